//! scoverage XML of Scala: statements with their lines. A statement marked as a branch is one arm of its line; a line ran when any
//! statement in it did; what is marked as ignored counts for nothing.

use super::elements::{Elements, compare_totals, walk};
use super::number::{attribute, count, line, moment};
use super::odds::{Odd, Odds};
use super::{Draft, path};
use crate::ingest::{Format, Reading};
use crate::instant::Instant;
use crate::io::fs::Artifact;
use crate::io::xml::{Tag, opening};
use crate::linemap::{Line, Totals, plus};
use crate::metric::Ratio;
use std::collections::BTreeMap;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "scoverage", about: "scoverage XML: sbt, Maven, Gradle and Mill plugins for Scala", claims, read };

fn claims(artifact: &Artifact) -> bool {
    opening(&artifact.head).is_ok_and(|opening| opening.root == "scoverage")
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut report = Report::default();
    let root = walk(reading, &mut report);
    report.finish(reading, root)
}

const NUMBER: Odd = ("line-without-number", "statements without a usable line count, but for no line");
const HITS: Odd = ("hits-not-a-count", "statements whose invocations are no count are taken as not run");
const NAMELESS: Odd = ("file-without-name", "statements and classes that name no file are left out");

#[derive(Default)]
struct Report {
    draft: Draft,
    odds: Odds,
    made: Option<Instant>,
    declared: Ratio,
    package: String,
    class: Class,
    method: String,
    /// Statements and classes told so far: what has no place of its own is told apart by its turn.
    turn: u64,
    /// What classes count that list no statement, by file.
    summaries: BTreeMap<String, Ratio>,
}

/// The class being read.
#[derive(Default)]
struct Class {
    name: String,
    path: String,
    counted: Ratio,
    listed: bool,
}

fn counted(tag: &Tag<'_>) -> Ratio {
    match (attribute(tag, "statements-invoked"), attribute(tag, "statement-count")) {
        (Some(part), Some(whole)) if part <= whole => Ratio::new(part, whole),
        _ => Ratio::default(),
    }
}

impl Elements for Report {
    fn start(&mut self, tag: &Tag<'_>) {
        let text = |name: &str| tag.get(name).unwrap_or_default().trim().to_owned();
        match tag.local() {
            b"scoverage" => {
                self.declared = counted(tag);
                self.made = tag.get("timestamp").and_then(|at| moment(&at));
            }
            b"package" => self.package = text("name"),
            b"class" => {
                self.class = Class { name: text("name"), path: path::normal(&text("filename")), counted: counted(tag), listed: false }
            }
            b"method" => self.method = text("name"),
            b"statement" => self.statement(tag),
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        match name {
            b"class" => {
                let Class { path, counted, listed, .. } = std::mem::take(&mut self.class);
                if !listed && counted.is_known() && !path.is_empty() {
                    self.home(&path);
                    let sum = self.summaries.entry(path).or_default();
                    *sum = plus(*sum, counted);
                }
            }
            b"package" => self.package.clear(),
            b"method" => self.method.clear(),
            _ => {}
        }
    }

    fn odds(&mut self) -> &mut Odds {
        &mut self.odds
    }
}

impl Report {
    /// The file belongs to the package being read.
    fn home(&mut self, path: &str) {
        let known = self.draft.packages.get(&self.package).is_some_and(|files| files.contains(path));
        if !known && !self.package.is_empty() {
            self.draft.packages.entry(self.package.clone()).or_default().insert(path.to_owned());
        }
    }

    fn statement(&mut self, tag: &Tag<'_>) {
        self.class.listed = true;
        self.turn += 1;
        let is = |name: &str| tag.get(name).is_some_and(|text| text.trim().eq_ignore_ascii_case("true"));
        if is("ignored") {
            return;
        }
        // The source is the file itself; the class names it below the folder of the sources.
        let source = tag.get("source").map(|source| path::normal(&source)).filter(|source| !source.is_empty());
        let path = source.unwrap_or_else(|| self.class.path.clone());
        if path.is_empty() {
            return self.odds.meet(NAMELESS);
        }
        let hits = tag.get("invocation-count").and_then(|text| count(&text));
        if hits.is_none() {
            self.odds.meet(HITS);
        }
        let hits = hits.unwrap_or(0);
        let number = tag.get("line").and_then(|text| line(&text));
        if number.is_none() {
            self.odds.meet(NUMBER);
        }
        let place = match (tag.get("start"), tag.get("end")) {
            (Some(start), Some(end)) => format!("{start}-{end}"),
            _ => format!("#{}", self.turn),
        };
        self.home(&path);
        let (ran, line) = (hits > 0, number.unwrap_or(0));
        let file = self.draft.lines.file(&path);
        file.statements.add(line, place.as_bytes(), ran, 1);
        if let Some(line) = number {
            file.add(&[Line::new(line, hits)]);
        }
        if is("branch") {
            file.arms.add(line, place.as_bytes(), ran, 1);
        }
        if !self.method.is_empty() {
            file.functions.add(0, format!("{} {}", self.class.name, self.method).as_bytes(), ran, 1);
        }
    }

    fn finish(mut self, reading: &mut Reading<'_>, root: u64) -> Draft {
        for (path, statement) in &self.summaries {
            self.draft.lines.file(path).totals.take(Totals { statement: *statement, ..Totals::default() });
        }
        self.draft.lines.settle();
        compare_totals(reading, &mut self.draft, Totals { statement: self.declared, ..Totals::default() }, root);
        self.odds.tell(reading);
        reading.source.collected_at = self.made;
        reading.source.content = self.draft.describe("scoverage");
        self.draft
    }
}
