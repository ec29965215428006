//! pytest-json-report: `pytest --json-report`, by the plugin's own documentation and source.
//!
//! The outcomes are pytest's: an expected failure (`xfailed`) is skipped as pytest's JUnit XML has it, an unexpected pass (`xpassed`) is a
//! pass unless it is strict, which pytest already calls failed. `rerun` (pytest-rerunfailures) is a test that was tried again and then
//! passed; how often is not kept, so it had two attempts. A module that cannot be collected is an error. Of subtests the plugin keeps the
//! last one only: that it passed shows a pass where all of pytest ended well, and otherwise nothing, which is an error.

use super::flaws::{UNEXPLAINED, UNFINISHED, is_sound};
use super::number::since_1970;
use super::totals::Declared;
use super::{Case, Draft, Outcome, Tally};
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::json::{Each, Fill, Members, outline, skip};
use crate::metric::grouped;
use crate::source::Location;
use item::{Collector, Test, Word};
use serde::Deserialize;
use serde::de::MapAccess;

mod item;
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
    let counted = Tally::of(report.cases.iter().map(|case| case.outcome));
    if report.exit != Some(0) {
        report.doubt();
    }
    report.judge(reading);
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
    /// Places of tests whose last subtest passed.
    doubtful: Vec<usize>,
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
            "tests" => value.next_value_seed(Each::new("tests", |_: &str, test: Test| self.test(test)))?,
            _ => skip(value)?,
        }
        Ok(())
    }
}

impl Report {
    fn test(&mut self, test: Test) {
        if test.outcome == Word::SubtestsPassed {
            self.doubtful.push(self.cases.len());
        }
        self.cases.push(test.case());
    }

    /// Takes back passes that only the last subtest vouches for.
    fn doubt(&mut self) {
        for place in std::mem::take(&mut self.doubtful) {
            if let Some(case) = self.cases.get_mut(place).filter(|case| case.outcome == Outcome::Passed) {
                case.outcome = Outcome::Error;
                case.message = Some("the report keeps the last subtest only, and something in this run failed".to_owned());
            }
        }
    }

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
    #[serde(rename = "subtests passed")]
    subtests_passed: Option<u64>,
    #[serde(rename = "subtests failed")]
    subtests_failed: Option<u64>,
    #[serde(rename = "subtests skipped")]
    subtests_skipped: Option<u64>,
}

impl Summary {
    /// An outcome without a test is not in the summary, and counts as none.
    fn declared(self) -> Declared {
        let sum = |counts: &[Option<u64>]| counts.iter().flatten().fold(0, |sum: u64, count| sum.saturating_add(*count));
        let any = [self.total, self.passed, self.xpassed, self.rerun, self.failed, self.error, self.skipped, self.xfailed];
        let known = |count| any.iter().any(Option::is_some).then_some(count);
        Declared {
            total: self.total,
            passed: known(sum(&[self.passed, self.xpassed, self.rerun, self.subtests_passed, self.subtests_skipped])),
            bad: known(sum(&[self.failed, self.error, self.subtests_failed])),
            skipped: known(sum(&[self.skipped, self.xfailed])),
        }
    }
}
