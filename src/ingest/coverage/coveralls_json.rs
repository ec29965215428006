//! The JSON that is sent to Coveralls: excoveralls, python-coveralls, gcovr, php-coveralls and many more write it to a file.

use super::cell::{Cell, HITS, finish, nullable};
use super::number::moment;
use super::odds::{Odd, Odds};
use super::{Draft, path};
use crate::ingest::{Format, Reading};
use crate::instant::Instant;
use crate::io::fs::Artifact;
use crate::io::json::{Each, Fill, Members, outline, skip};
use crate::linemap::Line;
use serde::Deserialize;
use serde::de::MapAccess;

pub(super) const FORMAT: Format<Draft> = Format {
    name: "coveralls-json",
    about: "Coveralls JSON (source_files): excoveralls, gcovr, coveralls-python, php-coveralls",
    claims,
    read,
};

const BRANCHES: Odd =
    ("branches-incomplete", "files whose list of branches does not hold four numbers for each: the rest of it is left out");

fn claims(artifact: &Artifact) -> bool {
    outline(&artifact.head).is_some_and(|outline| {
        let file = ["name", "coverage", "source", "source_digest"];
        file.iter().any(|key| outline.has(&["source_files", "[]", key])) || (outline.has(&["source_files", "[]"]) && outline.has(&["git"]))
    })
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut job = Job::default();
    reading.json(Fill(&mut job));
    reading.source.collected_at = job.made;
    reading.source.commit = job.commit;
    finish(reading, job.draft, job.odds, "Coveralls", &[], &[])
}

#[derive(Default)]
struct Job {
    draft: Draft,
    odds: Odds,
    made: Option<Instant>,
    commit: Option<String>,
}

#[derive(Deserialize)]
struct File {
    name: String,
    #[serde(default, deserialize_with = "nullable")]
    coverage: Vec<Cell>,
    /// Line, block, branch, hits, and so on.
    branches: Option<Vec<Cell>>,
}

#[derive(Deserialize)]
struct Git {
    head: Option<Head>,
}

#[derive(Deserialize)]
struct Head {
    id: Option<String>,
}

impl Members for Job {
    const WHAT: &'static str = "a job of Coveralls";

    fn member<'de, A: MapAccess<'de>>(&mut self, key: &str, value: &mut A) -> Result<(), A::Error> {
        match key {
            "source_files" => value.next_value_seed(Each::new("source files", |place: &str, file| self.file(place, &file)))?,
            "run_at" => self.made = value.next_value::<Option<String>>()?.and_then(|text| moment(&text)),
            "commit_sha" => self.commit = value.next_value::<Option<String>>()?.filter(|sha| is_commit(sha)).or(self.commit.take()),
            "git" => {
                let head = value.next_value::<Option<Git>>()?.and_then(|git| git.head);
                self.commit = self.commit.take().or(head.and_then(|head| head.id).filter(|sha| is_commit(sha)));
            }
            _ => skip(value)?,
        }
        Ok(())
    }
}

/// Tools write `HEAD` or nothing where there is no repository.
fn is_commit(text: &str) -> bool {
    (7..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl Job {
    fn file(&mut self, place: &str, file: &File) {
        let into = self.draft.lines.file(&path::normal(&file.name));
        let mut lines = Vec::new();
        for (number, cell) in (1..).zip(&file.coverage) {
            if cell.is_odd() {
                self.odds.see(HITS, &["source_files", place, "coverage", &(number - 1).to_string()]);
            }
            if *cell != Cell::Null {
                lines.push(Line::new(number, cell.count().unwrap_or(0)));
            }
        }
        into.add(&lines);
        let branches = file.branches.iter().flatten().copied().collect::<Vec<_>>();
        let rows = branches.chunks_exact(4);
        if !rows.remainder().is_empty() {
            self.odds.see(BRANCHES, &["source_files", place, "branches"]);
        }
        for row in rows {
            if let [line, block, branch, hits] = row {
                let [block, branch] = [block, branch].map(|cell| cell.count().unwrap_or(0));
                into.arms.add(line.line().unwrap_or(0), format!("{block},{branch}").as_bytes(), hits.count() > Some(0), 1);
            }
        }
    }
}
