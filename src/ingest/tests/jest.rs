//! Jest's JSON, `jest --json`, and Vitest's, `vitest --reporter=json`: `FormattedTestResults` of jestjs/jest, `JsonTestResults` of
//! vitest-dev/vitest.
//!
//! Skipped, disabled and still to be done are skipped. `pending` is skipped in Jest, where it is the word for it; in Vitest it is a test
//! that was collected and never ran, an error. A file that failed as a whole, or whose clean-up failed, is an error where no test of it
//! failed. Attempts are `invocations` in Jest; in Vitest a pass that has failures was tried again after each.

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
use serde::de::{IgnoredAny, MapAccess};

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "jest", about: "JSON of Jest (`jest --json`) and Vitest (`vitest --reporter=json`)", claims, read };

fn claims(artifact: &Artifact) -> bool {
    outline(&artifact.head).is_some_and(|outline| outline.has(&["numTotalTests"]) && outline.has(&["numTotalTestSuites"]))
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut report = Report::default();
    reading.json(Fill(&mut report));
    let broken_suites = report.totals.num_runtime_error_test_suites;
    let cases: Vec<Case> =
        report.cases.into_iter().map(|(status, case)| Case { outcome: status.outcome(broken_suites.is_some()), ..case }).collect();
    let (whole, tool) = (Location::whole(), if broken_suites.is_some() { "Jest" } else { "Vitest" });
    reading.source.collected_at = report.started.and_then(since_1970);
    reading.source.content = format!("{tool}, {} tests, {} files", grouped(cases.len() as u64), grouped(report.files));
    let counted = Tally::of(cases.iter().map(|case| case.outcome));
    if report.interrupted {
        reading.error(UNFINISHED, Location::pointer(&["wasInterrupted"]), "the run was interrupted before all of its tests ended");
    } else if !report.listed && is_sound(reading) {
        reading.error(UNFINISHED, whole.clone(), "the report has no list of results");
    } else if report.success == Some(false) && !counted.is_bad() && report.broken.is_empty() && is_sound(reading) && counted.total() > 0 {
        reading.error(UNEXPLAINED, Location::pointer(&["success"]), format!("{tool} says that the run failed, and no test in it did"));
    }
    report.totals.declared(counted).compare(reading, whole, counted);
    let broken = report.broken.len() as u64;
    if is_sound(reading) && broken_suites.is_some_and(|stated| stated > broken) {
        let message = format!("the file states {} files that failed to run, and lists {broken}", broken_suites.unwrap_or(0));
        reading.error("declared-totals-differ", Location::pointer(&["numRuntimeErrorTestSuites"]), message);
    }
    Draft { cases: cases.into_iter().chain(report.broken).collect(), stated: Tally::default() }
}

#[derive(Default)]
struct Report {
    started: Option<f64>,
    success: Option<bool>,
    interrupted: bool,
    /// Whether there is a list of results at all.
    listed: bool,
    totals: Totals,
    files: u64,
    /// What `pending` means shows at the end.
    cases: Vec<(Status, Case)>,
    /// Files that failed otherwise than by a test.
    broken: Vec<Case>,
}

#[derive(Default)]
struct Totals {
    num_total_tests: Option<u64>,
    num_passed_tests: Option<u64>,
    num_failed_tests: Option<u64>,
    num_pending_tests: Option<u64>,
    num_todo_tests: Option<u64>,
    /// Vitest does not state it.
    num_runtime_error_test_suites: Option<u64>,
}

impl Totals {
    /// What Vitest calls pending in its totals are skipped tests and those that never ran.
    fn declared(&self, counted: Tally) -> Declared {
        let never_ran = if self.num_runtime_error_test_suites.is_none() { counted.errors } else { 0 };
        let skipped =
            self.num_pending_tests.map(|pending| pending.saturating_add(self.num_todo_tests.unwrap_or(0)).saturating_sub(never_ran));
        let bad = self.num_failed_tests.map(|failed| failed.saturating_add(never_ran));
        Declared { total: self.num_total_tests, passed: self.num_passed_tests, bad, skipped }
    }
}

impl Members for Report {
    const WHAT: &'static str = "a report of Jest or Vitest";

    fn member<'de, A: MapAccess<'de>>(&mut self, key: &str, value: &mut A) -> Result<(), A::Error> {
        match key {
            "startTime" => self.started = value.next_value()?,
            "success" => self.success = value.next_value()?,
            "wasInterrupted" => self.interrupted = value.next_value::<Option<bool>>()? == Some(true),
            "numTotalTests" => self.totals.num_total_tests = value.next_value()?,
            "numPassedTests" => self.totals.num_passed_tests = value.next_value()?,
            "numFailedTests" => self.totals.num_failed_tests = value.next_value()?,
            "numPendingTests" => self.totals.num_pending_tests = value.next_value()?,
            "numTodoTests" => self.totals.num_todo_tests = value.next_value()?,
            "numRuntimeErrorTestSuites" => self.totals.num_runtime_error_test_suites = value.next_value()?,
            "testResults" => {
                self.listed = true;
                value.next_value_seed(Each::new("results of files", |_: &str, file| self.file(file)))?;
            }
            _ => skip(value)?,
        }
        Ok(())
    }
}

impl Report {
    fn file(&mut self, file: File) {
        self.files += 1;
        let path = file.name.unwrap_or_default().replace('\\', "/");
        // The path is that of one machine; tests are to be called the same everywhere.
        let name = path.rsplit('/').next().unwrap_or_default();
        let failed = file.status == Some(FileStatus::Failed) || file.test_exec_error.is_some();
        let fine = file.assertion_results.iter().all(|test| test.status != Status::Failed);
        if failed && fine {
            let message = file.message.as_deref().and_then(telling_line);
            self.broken.push(Case { file: path.clone(), ..Case::of("(file)", name, Outcome::Error, message) });
        }
        self.cases.extend(file.assertion_results.into_iter().map(|test| (test.status, Case { file: path.clone(), ..test.case(name) })));
    }
}

impl Case {
    fn of(name: &str, suite: &str, outcome: Outcome, message: Option<String>) -> Case {
        Case { name: name.to_owned(), suite: suite.to_owned(), outcome, attempts: 1, message, ..Case::default() }
    }
}

/// The first line that is more than the heading of every message of Jest.
fn telling_line(message: &str) -> Option<String> {
    let heading = |line: &&str| line.trim().is_empty() || line.contains("Test suite failed to run");
    message.lines().find(|line| !heading(line)).and_then(first_line)
}

/// The other names are those that Jest's reporters are given.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    #[serde(alias = "testFilePath")]
    name: Option<String>,
    status: Option<FileStatus>,
    #[serde(alias = "failureMessage")]
    message: Option<String>,
    test_exec_error: Option<IgnoredAny>,
    #[serde(default, alias = "testResults")]
    assertion_results: Vec<Test>,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum FileStatus {
    Passed,
    Failed,
    Skipped,
    Pending,
    Focused,
    Todo,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Status {
    Passed,
    Failed,
    Skipped,
    Pending,
    Todo,
    Disabled,
}

impl Status {
    fn outcome(self, jest: bool) -> Outcome {
        match self {
            Status::Passed => Outcome::Passed,
            Status::Failed => Outcome::Failed,
            Status::Pending if !jest => Outcome::Error,
            Status::Skipped | Status::Pending | Status::Todo | Status::Disabled => Outcome::Skipped,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Test {
    title: String,
    status: Status,
    ancestor_titles: Option<Vec<String>>,
    duration: Option<f64>,
    invocations: Option<u64>,
    /// One of something thrown that is no error may be nothing.
    failure_messages: Option<Vec<Option<String>>>,
}

impl Test {
    fn case(self, name_of_file: &str) -> Case {
        let failures = self.failure_messages.unwrap_or_default();
        let again = if self.status == Status::Passed { failures.len() as u64 } else { 0 };
        let message = failures.iter().flatten().next().filter(|_| self.status == Status::Failed).and_then(|text| first_line(text));
        let suite = self.ancestor_titles.unwrap_or_default().join(" > ");
        Case {
            attempts: self.invocations.unwrap_or(1).max(again.saturating_add(1)),
            duration: self.duration.and_then(span),
            ..Case::of(&self.title, if suite.is_empty() { name_of_file } else { &suite }, Outcome::Passed, message)
        }
    }
}
