//! coverage.py's JSON, `coverage json`: format 1 (no number), 2 and 3 (with functions and classes).
//!
//! Branches are arcs from line to line. An exit that coverage.py asks nobody to take (`while True`, `# pragma: no branch`) stands in no
//! list and counts as taken in its totals; so it does here. Before version 7.6 docstrings that ran stand among the lines, and not in
//! the totals.

use super::cell::{Cell, NUMBER, Told, finish};
use super::number::moment;
use super::odds::Odds;
use super::{Draft, path};
use crate::ingest::{Format, Reading};
use crate::instant::Instant;
use crate::io::fs::Artifact;
use crate::io::json::{Each, Fill, Members, outline, skip};
use crate::linemap::{Line, Lines};
use crate::metric::{Ratio, grouped};
use crate::source::Location;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "coverage-py", about: "coverage.py JSON, as `coverage json` and pytest-cov write it", claims, read };

fn claims(artifact: &Artifact) -> bool {
    outline(&artifact.head).is_some_and(|outline| {
        let a_file = ["executed_lines", "missing_lines"].iter().any(|key| outline.has(&["files", "*", key]));
        // SimpleCov says `branch_coverage` of itself too.
        a_file || (outline.has(&["meta", "branch_coverage"]) && outline.has(&["meta", "show_contexts"]))
    })
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut report = Report::default();
    reading.json(Fill(&mut report));
    reading.source.collected_at = report.made;
    let Report { draft, odds, totals, docstrings, .. } = report;
    if docstrings > 0 {
        let message = "docstrings stand among the lines that ran, as before coverage.py 7.6: as many lines as its summaries do not count";
        reading.note("docstrings-among-lines", Location::pointer(&["files"]), format!("{message} are left out: {}", grouped(docstrings)));
    }
    let told: [Told; 2] = [("lines", totals.lines(), Lines::line_ratio), ("branches", totals.branches(), Lines::branch_ratio)];
    finish(reading, draft, odds, "coverage.py", &told, &["totals"])
}

#[derive(Default)]
struct Report {
    draft: Draft,
    odds: Odds,
    made: Option<Instant>,
    totals: Summary,
    docstrings: u64,
}

#[derive(Deserialize)]
struct Meta {
    #[serde(default)]
    timestamp: String,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct Summary {
    covered_lines: u64,
    num_statements: u64,
    num_branches: u64,
    covered_branches: u64,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    executed_lines: Vec<Cell>,
    #[serde(default)]
    missing_lines: Vec<Cell>,
    #[serde(default)]
    excluded_lines: Vec<Cell>,
    executed_branches: Option<Vec<Arc>>,
    #[serde(default)]
    missing_branches: Vec<Arc>,
    #[serde(default)]
    summary: Summary,
    #[serde(default)]
    functions: BTreeMap<String, Region>,
}

/// From a line to another, or out of the function that begins in the line of that negative number.
#[derive(Clone, Copy, Deserialize)]
struct Arc(Cell, i64);

#[derive(Deserialize)]
struct Region {
    #[serde(default)]
    executed_lines: First,
    #[serde(default)]
    missing_lines: First,
}

/// The first line of a list, of which nothing else is of use.
#[derive(Clone, Copy, Default)]
struct First(Option<u32>);

impl<'de> Deserialize<'de> for First {
    fn deserialize<D: Deserializer<'de>>(document: D) -> Result<Self, D::Error> {
        document.deserialize_seq(First::default())
    }
}

impl<'de> Visitor<'de> for First {
    type Value = First;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("lines")
    }
    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<First, A::Error> {
        self.0 = list.next_element::<Cell>()?.and_then(Cell::line);
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(self)
    }
}

impl Members for Report {
    const WHAT: &'static str = "a report of coverage.py";

    fn member<'de, A: MapAccess<'de>>(&mut self, key: &str, value: &mut A) -> Result<(), A::Error> {
        match key {
            "meta" => self.made = moment(&value.next_value::<Meta>()?.timestamp),
            "files" => value.next_value_seed(Each::new("files by path", |path: &str, file| self.file(path, &file)))?,
            "totals" => self.totals = value.next_value()?,
            _ => skip(value)?,
        }
        Ok(())
    }
}

impl Report {
    fn file(&mut self, name: &str, file: &File) {
        let excluded: BTreeSet<u32> = file.excluded_lines.iter().filter_map(|cell| cell.line()).collect();
        let mut lines = |key, list: &[Cell], hits| {
            let bad = list.iter().filter(|cell| cell.line().is_none());
            bad.for_each(|_| self.odds.see(NUMBER, &["files", name, key]));
            let numbers = list.iter().filter_map(|cell| cell.line()).filter(|number| !excluded.contains(number));
            numbers.map(|number| Line::new(number, hits)).collect::<Vec<_>>()
        };
        let executed = lines("executed_lines", &file.executed_lines, 1);
        let missing = lines("missing_lines", &file.missing_lines, 0);
        // Docstrings come first in a module; which other lines they are does not show, and the first ones always ran.
        let docstrings = file.summary.docstrings(executed.len() as u64, missing.len() as u64);
        self.docstrings += docstrings;
        let into = self.draft.lines.file(&path::normal(name));
        into.add(&missing);
        into.add(executed.get(usize::try_from(docstrings).unwrap_or(0)..).unwrap_or(&[]));
        file.branches(into);
        for (name, region) in file.functions.iter().filter(|(name, _)| !name.is_empty()) {
            let Region { executed_lines: First(ran), missing_lines: First(missed) } = region;
            if let Some(first) = [*ran, *missed].into_iter().flatten().min() {
                into.functions.add(first, name.as_bytes(), ran.is_some(), 1);
            }
        }
    }
}

impl File {
    fn branches(&self, into: &mut Lines) {
        let Some(executed) = &self.executed_branches else {
            // Before version 6.5 there are only totals.
            into.totals.branch = self.summary.branches();
            return;
        };
        for (arcs, taken) in [(executed, true), (&self.missing_branches, false)] {
            for Arc(from, to) in arcs {
                into.arms.add(from.line().unwrap_or(0), to.to_string().as_bytes(), taken, 1);
            }
        }
        let (taken, listed) = (executed.len() as u64, (executed.len() + self.missing_branches.len()) as u64);
        let unlisted = self.summary.num_branches.saturating_sub(listed);
        let all_taken = self.summary.covered_branches == taken + unlisted;
        // No more than lines can have: what nobody can look at is not believed to any amount.
        if unlisted > 0 && all_taken && unlisted <= 2 * (self.executed_lines.len() + self.missing_lines.len()) as u64 {
            into.arms.add(0, b"exits that nobody need take", true, unlisted);
        }
    }
}

impl Summary {
    /// How many of the lines that ran are no statements, if the summary agrees with the rest.
    fn docstrings(self, executed: u64, missing: u64) -> u64 {
        let agrees = self.covered_lines > 0 && self.covered_lines.checked_add(missing) == Some(self.num_statements);
        if agrees { executed.saturating_sub(self.covered_lines) } else { 0 }
    }

    fn lines(self) -> Ratio {
        Ratio::new(self.covered_lines, self.num_statements)
    }

    fn branches(self) -> Ratio {
        Ratio::new(self.covered_branches, self.num_branches)
    }
}
