//! gcovr's JSON (`--json`, `--json-summary`), and the intermediate JSON of gcov that it is made after.
//!
//! A line may stand there once for each function it belongs to (templates): it counts once, and so does each of its branches. Lines
//! marked as excluded or as no code are left out.

use super::cell::{Cell, HITS, IMPOSSIBLE, NUMBER, Told, finish, impossible, nullable, ratio};
use super::odds::Odds;
use super::{Draft, path};
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::json::{Each, Fill, Members, outline, skip};
use crate::linemap::{Line, Lines, Totals};
use serde::Deserialize;
use serde::de::MapAccess;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "gcovr-json", about: "gcovr JSON (also its summary) and gcov's JSON, of C and C++ projects", claims, read };

fn claims(artifact: &Artifact) -> bool {
    outline(&artifact.head).is_some_and(|outline| {
        outline.has(&["gcovr/format_version"])
            || outline.has(&["gcovr/summary_format_version"])
            || outline.has(&["files", "[]", "lines", "[]", "line_number"])
            || outline.has(&["files", "[]", "functions", "[]", "execution_count"])
    })
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut report = Report::default();
    reading.json(Fill(&mut report));
    let Report { draft, odds, totals } = report;
    let totals = totals.totals().unwrap_or_default();
    let told: [Told; 3] = [
        ("lines", totals.line, Lines::line_ratio),
        ("branches", totals.branch, Lines::branch_ratio),
        ("functions", totals.function, Lines::function_ratio),
    ];
    finish(reading, draft, odds, "gcovr", &told, &["line_total"])
}

#[derive(Default)]
struct Report {
    draft: Draft,
    odds: Odds,
    /// What a summary says of all files together.
    totals: Summary,
}

#[derive(Deserialize)]
struct File {
    #[serde(alias = "filename")]
    file: String,
    #[serde(default, deserialize_with = "nullable")]
    lines: Vec<Entry>,
    #[serde(default, deserialize_with = "nullable")]
    functions: Vec<Function>,
    #[serde(flatten)]
    summary: Summary,
}

#[derive(Deserialize)]
struct Entry {
    line_number: Cell,
    count: Cell,
    #[serde(default, deserialize_with = "nullable")]
    branches: Vec<Branch>,
    #[serde(default, rename = "gcovr/excluded", deserialize_with = "nullable")]
    excluded: bool,
    #[serde(default, rename = "gcovr/noncode", deserialize_with = "nullable")]
    noncode: bool,
}

#[derive(Deserialize)]
struct Branch {
    count: Cell,
    branchno: Option<i64>,
    source_block_id: Option<i64>,
    #[serde(alias = "destination_blockno")]
    destination_block_id: Option<i64>,
    #[serde(default, rename = "gcovr/excluded", deserialize_with = "nullable")]
    excluded: bool,
}

#[derive(Deserialize)]
struct Function {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    demangled_name: Option<String>,
    #[serde(default, alias = "start_line")]
    lineno: Cell,
    #[serde(default)]
    execution_count: Cell,
    #[serde(default, rename = "gcovr/excluded", deserialize_with = "nullable")]
    excluded: bool,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct Summary {
    line_covered: Cell,
    line_total: Cell,
    branch_covered: Cell,
    branch_total: Cell,
    function_covered: Cell,
    function_total: Cell,
}

impl Members for Report {
    const WHAT: &'static str = "a report of gcovr";

    fn member<'de, A: MapAccess<'de>>(&mut self, key: &str, value: &mut A) -> Result<(), A::Error> {
        let total = match key {
            "files" => return value.next_value_seed(Each::new("files", |place: &str, file| self.file(place, &file))),
            "line_covered" => &mut self.totals.line_covered,
            "line_total" => &mut self.totals.line_total,
            "branch_covered" => &mut self.totals.branch_covered,
            "branch_total" => &mut self.totals.branch_total,
            "function_covered" => &mut self.totals.function_covered,
            "function_total" => &mut self.totals.function_total,
            _ => return skip(value),
        };
        *total = value.next_value()?;
        Ok(())
    }
}

impl Report {
    fn file(&mut self, place: &str, file: &File) {
        let into = self.draft.lines.file(&path::normal(&file.file));
        if let Some(totals) = file.summary.totals() {
            into.totals = totals;
        }
        if file.summary.is_impossible() {
            self.odds.see(IMPOSSIBLE, &["files", place]);
        }
        let mut lines = Vec::with_capacity(file.lines.len());
        for (nth, entry) in file.lines.iter().enumerate().filter(|(_, entry)| !entry.excluded && !entry.noncode) {
            let Some(number) = entry.line_number.line() else {
                self.odds.see(NUMBER, &["files", place, "lines", &nth.to_string()]);
                continue;
            };
            if entry.count.count().is_none() || entry.branches.iter().any(|branch| branch.count.is_odd()) {
                self.odds.see(HITS, &["files", place, "lines", &nth.to_string()]);
            }
            lines.push(Line::new(number, entry.count.count().unwrap_or(0)));
            for (order, branch) in (0..).zip(&entry.branches).filter(|(_, branch)| !branch.excluded) {
                let Branch { branchno, source_block_id, destination_block_id, .. } = branch;
                // gcov's own branches have blocks and no number, and those of old versions of gcovr have only their order.
                let blocks = source_block_id.zip(*destination_block_id);
                let order = branchno.unwrap_or(if blocks.is_some() { -1 } else { order });
                let name = format!("{order} {source_block_id:?} {destination_block_id:?}");
                into.arms.add(number, name.as_bytes(), branch.count.count() > Some(0), 1);
            }
        }
        into.add(&lines);
        for function in file.functions.iter().filter(|function| !function.excluded) {
            let name = function.name.as_deref().or(function.demangled_name.as_deref()).unwrap_or_default();
            let line = function.lineno.line().unwrap_or(0);
            into.functions.add(line, name.as_bytes(), function.execution_count.count() > Some(0), 1);
        }
    }
}

impl Summary {
    fn is_impossible(self) -> bool {
        let told =
            [(self.line_covered, self.line_total), (self.branch_covered, self.branch_total), (self.function_covered, self.function_total)];
        told.into_iter().any(|(covered, total)| impossible(covered, total))
    }

    fn totals(self) -> Option<Totals> {
        self.line_total.count().map(|_| Totals {
            line: ratio(self.line_covered, self.line_total),
            branch: ratio(self.branch_covered, self.branch_total),
            function: ratio(self.function_covered, self.function_total),
            ..Totals::default()
        })
    }
}
