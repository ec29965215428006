//! The history of github-action-benchmark: `data.js` (`window.BENCHMARK_DATA = {…}`) and the JSON of `external-data-json-path`
//! (src/write.ts of benchmark-action/github-action-benchmark).
//!
//! Suites by name, each a list of runs with their commit and the moment in ms since 1970 they were recorded; every run names the tool that
//! measured it, which tells the direction where the unit does not. Runs may stand in any order, and a commit may have run twice.

use super::run::{Figure, Run};
use super::{Draft, unit};
use crate::ingest::{Format, Reading};
use crate::instant::Instant;
use crate::io::fs::Artifact;
use crate::io::json::{outline, tolerate};
use crate::series::Direction;
use crate::source::Location;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::BTreeMap;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "gab-data", about: "github-action-benchmark's history: `data.js`, `external-data-json-path`", claims, read };

const VARIABLE: &str = "window.BENCHMARK_DATA";

fn claims(artifact: &Artifact) -> bool {
    let head = artifact.head_text().trim_start();
    let history = || outline(&artifact.head).is_some_and(|outline| outline.has(&["entries", "{}"]) && outline.has(&["lastUpdate"]));
    head.starts_with(VARIABLE) || history()
}

#[derive(Deserialize)]
struct History<'t> {
    #[serde(borrow)]
    entries: BTreeMap<String, Vec<Entry<'t>>>,
}

#[derive(Deserialize)]
struct Entry<'t> {
    commit: Option<Commit>,
    date: Option<f64>,
    #[serde(default, borrow)]
    tool: Cow<'t, str>,
    #[serde(borrow)]
    benches: Vec<Bench<'t>>,
}

#[derive(Deserialize)]
struct Commit {
    id: Option<String>,
}

#[derive(Deserialize)]
struct Bench<'t> {
    #[serde(borrow)]
    name: Cow<'t, str>,
    value: Option<f64>,
    #[serde(default, borrow)]
    unit: Option<Cow<'t, str>>,
}

/// What a unit tells, for millions of values of a few units.
#[derive(Default)]
struct Units<'h>(BTreeMap<(&'h str, &'h str), (&'static str, Option<Direction>)>);

impl<'h> Units<'h> {
    /// The name of a metric, and which way is better.
    fn told(&mut self, tool: &'h str, unit: &'h str) -> (&'static str, Option<Direction>) {
        *self.0.entry((tool, unit)).or_insert_with(|| (unit::metric(unit), direction(tool, unit)))
    }
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut run = Run::new(reading);
    let Some(text) = reading.text() else { return run.finish(reading) };
    // With blanks in the assignment's place all keeps its line and column.
    let (assignment, document) = text.split_at(text.find('{').unwrap_or(text.len()));
    let blank: String = assignment.chars().map(|letter| if letter == '\n' { '\n' } else { ' ' }).collect();
    let document = format!("{blank}{}", document.trim_end().trim_end_matches(';'));
    let document = tolerate(&document);
    let Some(history) = reading.json_in::<History<'_>>(&document) else { return run.finish(reading) };
    let mut units = Units::default();
    for (suite, entries) in &history.entries {
        for (index, entry) in entries.iter().enumerate() {
            entry.take(suite, &mut units, &mut run, &Location::pointer(&["entries", suite, &index.to_string()]));
        }
    }
    // The file is of many runs; which is the newest is seen from the values.
    (run.at, run.commit) = (None, None);
    run.finish(reading)
}

impl Entry<'_> {
    fn take<'h>(&'h self, suite: &str, units: &mut Units<'h>, run: &mut Run, place: &Location) {
        run.commit = self.commit.as_ref().and_then(|commit| commit.id.clone()).filter(|id| !id.is_empty());
        run.at = self.date.filter(|ms| ms.abs() < 1e15).map(|ms| Instant(ms as i64));
        if self.benches.is_empty() {
            run.lost("empty-run", place.clone(), format!("a run of {suite} has no benchmark"));
        }
        for bench in &self.benches {
            let unit = bench.unit.as_deref().unwrap_or("");
            let (metric, direction) = units.told(&self.tool, unit);
            run.put(&format!("{suite}: {}", bench.name), metric, Figure::known(bench.value, unit, direction), place.clone());
        }
    }
}

/// Which way is better, as the tool says, or else as the action takes it to be for a tool's figures without a telling unit.
fn direction(tool: &str, unit: &str) -> Option<Direction> {
    let told = unit::direction(unit);
    match tool {
        "customBiggerIsBetter" => Some(Direction::Higher),
        "customSmallerIsBetter" => Some(Direction::Lower),
        "benchmarkjs" | "pytest" => told.or(Some(Direction::Higher)),
        "" => told,
        _ => told.or(Some(Direction::Lower)),
    }
}
