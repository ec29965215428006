//! pytest-json-report: `pytest --json-report`, by the plugin's own documentation and source.
//!
//! The outcomes are pytest's: an expected failure (`xfailed`) is skipped as pytest's JUnit XML has it, an unexpected pass (`xpassed`) is a
//! pass unless it is strict, which pytest already calls failed. `rerun` (pytest-rerunfailures) is a test that was tried again and then
//! passed; how often is not kept, so it had two attempts. A module that cannot be collected is an error.

use super::flaws::{UNEXPLAINED, UNFINISHED, is_sound};
use super::message::first_line;
use super::number::{since_1970, span};
use super::totals::Declared;
use super::{Case, Draft, Outcome, Tally};
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::json::{Each, Fill, Members, outline, skip};
use crate::metric::grouped;
use crate::source::Location;
use serde::Deserialize;
use serde::de::MapAccess;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "pytest-json-report", about: "pytest-json-report: `pytest --json-report`", claims, read };

fn claims(artifact: &Artifact) -> bool {
    outline(&artifact.head).is_some_and(|outline| outline.has(&["exitcode"]) && outline.has(&["root"]) && outline.has(&["summary", "{}"]))
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut report = Report::default();
    reading.json(Fill(&mut report));
    reading.source.collected_at = report.created.and_then(|seconds| since_1970(seconds * 1000.0));
    reading.source.content = format!("pytest, {} tests", grouped(report.cases.len() as u64));
    report.judge(reading);
    let counted = Tally::of(report.cases.iter().map(|case| case.outcome));
    report.summary.declared().compare(reading, Location::pointer(&["summary"]), counted);
    report.cases.append(&mut report.uncollected);
    Draft { cases: report.cases, stated: Tally::default() }
}

#[derive(Default)]
struct Report {
    created: Option<f64>,
    exit: Option<i64>,
    summary: Summary,
    cases: Vec<Case>,
    /// Modules that could not be collected.
    uncollected: Vec<Case>,
}

impl Members for Report {
    const WHAT: &'static str = "a report of pytest-json-report";

    fn member<'de, A: MapAccess<'de>>(&mut self, key: &str, value: &mut A) -> Result<(), A::Error> {
        match key {
            "created" => self.created = value.next_value()?,
            "exitcode" => self.exit = value.next_value()?,
            "summary" => self.summary = value.next_value()?,
            "collectors" => value.next_value_seed(Each::new("collectors", |_: &str, it: Collector| self.uncollected.extend(it.case())))?,
            "tests" => value.next_value_seed(Each::new("tests", |_: &str, test: Test| self.cases.push(test.case())))?,
            _ => skip(value)?,
        }
        Ok(())
    }
}

impl Report {
    /// Compares how pytest ended with what it lists. Its exit codes are those of `pytest.ExitCode`.
    fn judge(&self, reading: &mut Reading<'_>) {
        let at = Location::pointer(&["exitcode"]);
        let listed = self.cases.len() as u64;
        let chosen = self.summary.collected.unwrap_or(0).saturating_sub(self.summary.deselected.unwrap_or(0));
        let bad = self.cases.iter().chain(&self.uncollected).any(|case| case.outcome.is_bad());
        let stopped = match self.exit {
            _ if !is_sound(reading) => return,
            Some(0 | 1 | 5) => None,
            Some(2) => Some("pytest was interrupted (exit code 2)".to_owned()),
            Some(3) => Some("pytest had an internal error (exit code 3)".to_owned()),
            Some(other) => Some(format!("pytest ended with exit code {other}")),
            None => Some("the report does not say how pytest ended".to_owned()),
        };
        if let Some(why) = stopped {
            reading.error(UNFINISHED, at, format!("{why}, with {} of {} tests done", grouped(listed), grouped(chosen.max(listed))));
        } else if chosen > listed {
            let message = format!("{} tests were collected, and {} have a result", grouped(chosen), grouped(listed));
            reading.error(UNFINISHED, Location::pointer(&["summary", "collected"]), message);
        } else if self.exit == Some(1) && !bad {
            reading.error(UNEXPLAINED, at, "pytest failed (exit code 1), and no test here did");
        }
    }
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct Summary {
    total: Option<u64>,
    collected: Option<u64>,
    deselected: Option<u64>,
    passed: Option<u64>,
    xpassed: Option<u64>,
    rerun: Option<u64>,
    failed: Option<u64>,
    error: Option<u64>,
    skipped: Option<u64>,
    xfailed: Option<u64>,
}

impl Summary {
    /// An outcome without a test is not in the summary, and counts as none.
    fn declared(self) -> Declared {
        let sum = |counts: &[Option<u64>]| counts.iter().flatten().fold(0, |sum: u64, count| sum.saturating_add(*count));
        let any = [self.total, self.passed, self.xpassed, self.rerun, self.failed, self.error, self.skipped, self.xfailed];
        let known = |count| any.iter().any(Option::is_some).then_some(count);
        Declared {
            total: self.total,
            passed: known(sum(&[self.passed, self.xpassed, self.rerun])),
            bad: known(sum(&[self.failed, self.error])),
            skipped: known(sum(&[self.skipped, self.xfailed])),
        }
    }
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Word {
    Passed,
    Failed,
    Error,
    Skipped,
    Xfailed,
    Xpassed,
    Rerun,
}

#[derive(Deserialize)]
struct Collector {
    nodeid: String,
    outcome: Word,
    longrepr: Option<String>,
}

impl Collector {
    /// A module that is skipped as a whole has no tests of its own.
    fn case(self) -> Option<Case> {
        let outcome = match self.outcome {
            Word::Passed => return None,
            Word::Skipped => Outcome::Skipped,
            _ => Outcome::Error,
        };
        let message = self.longrepr.as_deref().and_then(last_line);
        Some(Case {
            suite: self.nodeid.clone(),
            file: self.nodeid,
            name: "(collection)".into(),
            outcome,
            attempts: 1,
            message,
            ..Case::default()
        })
    }
}

#[derive(Deserialize)]
struct Test {
    nodeid: String,
    outcome: Word,
    setup: Option<Stage>,
    call: Option<Stage>,
    teardown: Option<Stage>,
}

#[derive(Deserialize)]
struct Stage {
    duration: Option<f64>,
    outcome: Option<Word>,
    crash: Option<Crash>,
    longrepr: Option<String>,
}

#[derive(Deserialize)]
struct Crash {
    message: Option<String>,
}

impl Test {
    fn case(self) -> Case {
        let stages = || [&self.setup, &self.call, &self.teardown].into_iter().flatten();
        let ended = self.call.as_ref().is_some_and(|call| call.outcome == Some(Word::Passed));
        let outcome = match self.outcome {
            Word::Passed | Word::Xpassed | Word::Rerun if ended => Outcome::Passed,
            // The test never came to its end.
            Word::Passed | Word::Xpassed | Word::Rerun | Word::Error => Outcome::Error,
            Word::Failed => Outcome::Failed,
            Word::Skipped | Word::Xfailed => Outcome::Skipped,
        };
        let told = stages().filter(|stage| stage.outcome != Some(Word::Passed)).find_map(Stage::message);
        let seconds: f64 = stages().filter_map(|stage| stage.duration).sum();
        // `tests/test_shop.py::TestGroup::test_one[a::b]`
        let bare = self.nodeid.split('[').next().unwrap_or_default();
        let (file, name) = bare.split_once("::").map_or(("", 0), |(file, _)| (file, bare.rfind("::").map_or(0, |at| at + 2)));
        Case {
            class: self.nodeid[..name].trim_end_matches("::").to_owned(),
            name: self.nodeid[name..].to_owned(),
            file: file.to_owned(),
            outcome,
            attempts: 1 + u64::from(self.outcome == Word::Rerun),
            duration: span(seconds * 1000.0),
            message: if outcome == Outcome::Passed {
                None
            } else {
                told.or((outcome == Outcome::Error).then(|| "the test never ended".into()))
            },
            ..Case::default()
        }
    }
}

impl Stage {
    fn message(&self) -> Option<String> {
        let crash = self.crash.as_ref().and_then(|crash| first_line(crash.message.as_deref()?));
        crash.or_else(|| last_line(self.longrepr.as_deref()?))
    }
}

/// Of a traceback the last line says what happened; of a skip, `('test_shop.py', 28, 'Skipped: not now')`, the last part.
fn last_line(text: &str) -> Option<String> {
    let line = text.trim().lines().next_back()?;
    let skip = line.split_once("'Skipped: ").and_then(|(_, reason)| reason.strip_suffix("')"));
    first_line(skip.unwrap_or(line.strip_prefix("E ").unwrap_or(line)))
}
