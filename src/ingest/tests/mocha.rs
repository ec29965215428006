//! Mocha's JSON reporter, `mocha --reporter json` (lib/reporters/json.js of mochajs/mocha).
//!
//! The tests are listed once all together and once by what became of them. A pending test is skipped; a hook that failed stands among the
//! failures only, and is an error. A test that no list says anything of has no outcome, which is an error too.

use super::flaws::{UNFINISHED, is_sound};
use super::message::first_line;
use super::number::span;
use super::totals::Declared;
use super::{Case, Draft, Outcome, Tally};
use crate::ingest::{Format, Reading};
use crate::io::clock;
use crate::io::fs::Artifact;
use crate::io::json::{Each, Fill, Members, Value, outline, skip};
use crate::metric::grouped;
use crate::source::Location;
use serde::Deserialize;
use serde::de::MapAccess;
use std::collections::BTreeMap;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> = Format { name: "mocha", about: "Mocha's JSON reporter: `mocha --reporter json`", claims, read };

fn claims(artifact: &Artifact) -> bool {
    outline(&artifact.head).is_some_and(|outline| {
        let stats = ["suites", "passes", "pending", "failures"].iter().all(|key| outline.has(&["stats", key]));
        // Mochawesome keeps the statistics and lists the tests by suites.
        stats && !outline.has(&["stats", "testsRegistered"])
    })
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut report = Report::default();
    reading.json(Fill(&mut report));
    let Report { stats, mut tests, cases: mut listed } = report;
    let total = tests.values().sum::<u64>();
    for case in &mut listed {
        match tests.get_mut(&key(case)) {
            Some(left) => *left = left.saturating_sub(1),
            // What failed and is no test is a hook.
            None if case.outcome == Outcome::Failed => case.outcome = Outcome::Error,
            None => {}
        }
    }
    reading.source.collected_at = stats.end.as_deref().or(stats.start.as_deref()).and_then(clock::parse);
    reading.source.content = format!("Mocha, {} tests", grouped(total));
    let at = || Location::pointer(&["stats"]);
    if is_sound(reading) && stats.end.is_none() {
        reading.error(UNFINISHED, at(), "the report does not say when the run ended");
    }
    // `tests` counts those that ended, and the lists hooks too.
    let counted = Tally::of(listed.iter().map(|case| case.outcome));
    Declared { total: None, passed: stats.passes, bad: stats.failures, skipped: stats.pending }.compare(reading, at(), counted);
    if is_sound(reading) && stats.tests.is_some_and(|stated| stated > total) {
        let message = format!("the file states {} tests, and lists {}", stats.tests.unwrap_or(0), total);
        reading.error("declared-totals-differ", at(), message);
    }
    let lost = tests.into_iter().flat_map(|((suite, name, file), left)| (0..left).map(move |_| lost(&suite, &name, &file)));
    listed.extend(lost);
    Draft { cases: listed, stated: Tally::default() }
}

/// A test that ended, and nobody says how.
fn lost(suite: &str, name: &str, file: &str) -> Case {
    let message = Some("the report does not say what became of it".to_owned());
    let [suite, name, file] = [suite, name, file].map(str::to_owned);
    Case { suite, name, file, outcome: Outcome::Error, attempts: 1, message, ..Case::default() }
}

/// Suite, name and file.
type Key = (String, String, String);

fn key(case: &Case) -> Key {
    (case.suite.clone(), case.name.clone(), case.file.clone())
}

#[derive(Default)]
struct Report {
    stats: Stats,
    /// How often each test is in the list of all.
    tests: BTreeMap<Key, u64>,
    cases: Vec<Case>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Stats {
    tests: Option<u64>,
    passes: Option<u64>,
    pending: Option<u64>,
    failures: Option<u64>,
    start: Option<String>,
    end: Option<String>,
}

impl Members for Report {
    const WHAT: &'static str = "a report of Mocha";

    fn member<'de, A: MapAccess<'de>>(&mut self, name: &str, value: &mut A) -> Result<(), A::Error> {
        let outcome = match name {
            "stats" => {
                self.stats = value.next_value()?;
                return Ok(());
            }
            "tests" => {
                let count = |_: &str, test: Test| *self.tests.entry(key(&test.case(Outcome::Passed))).or_default() += 1;
                return value.next_value_seed(Each::new("tests", count));
            }
            "passes" => Outcome::Passed,
            "pending" => Outcome::Skipped,
            "failures" => Outcome::Failed,
            _ => return skip(value),
        };
        value.next_value_seed(Each::new("tests", |_: &str, test: Test| self.cases.push(test.case(outcome))))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Test {
    title: String,
    #[serde(default)]
    full_title: String,
    file: Option<String>,
    duration: Option<f64>,
    current_retry: Option<u64>,
    err: Option<Failure>,
}

#[derive(Deserialize)]
struct Failure {
    /// Whatever was thrown may call anything its message.
    message: Option<Value>,
}

impl Test {
    fn case(self, outcome: Outcome) -> Case {
        let suite = self.full_title.strip_suffix(&self.title).unwrap_or_default().trim_end().to_owned();
        Case {
            suite,
            name: self.title,
            file: self.file.unwrap_or_default().replace('\\', "/"),
            outcome,
            attempts: self.current_retry.unwrap_or(0).saturating_add(1),
            duration: self.duration.and_then(span),
            message: self.err.and_then(|failure| first_line(failure.message?.as_str()?)),
            ..Case::default()
        }
    }
}
