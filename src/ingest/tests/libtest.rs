//! The JSON of Rust's test harness, `cargo test -- -Z unstable-options --format json` (library/test/src/formatters/json.rs of
//! rust-lang/rust), and of cargo-nextest, `--message-format libtest-json` or `libtest-json-plus`.
//!
//! `ok` and `failed` are what they say, `ignored` is skipped, and a test that starts and never ends is an error; so is a suite that failed
//! without a failed test. A `timeout` event only warns that a test is slow. nextest ends the name of a test that it tried again with the
//! number of the last attempt, `#2`. It counts ignored tests in every suite, so only passes and failures are compared.

use super::events::{Line, each_event, first_event};
use super::flaws::{UNEXPLAINED, UNFINISHED, is_sound};
use super::message::first_line;
use super::number::span;
use super::totals::Declared;
use super::{Case, Draft, Outcome, Tally};
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::metric::grouped;
use crate::source::Location;
use serde::Deserialize;
use std::collections::BTreeMap;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "libtest", about: "Rust's libtest JSON: `cargo test` on nightly, cargo-nextest's `libtest-json`", claims, read };

fn claims(artifact: &Artifact) -> bool {
    let first: String = first_event(artifact.head_text()).chars().take(200).filter(|letter| *letter != ' ').collect();
    ["suite", "test", "bench", "report"]
        .iter()
        .any(|kind| first.starts_with(&format!("{{\"type\":\"{kind}\",\"")) && first.contains("\"event\":\""))
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut run = Run::default();
    each_event(reading, |number, line| match line {
        Line::Event(event) => {
            run.event(number, event);
            true
        }
        Line::Text(_) => false,
    });
    reading.source.content = format!("libtest, {} tests, {} suites", grouped(run.cases.len() as u64), grouped(run.suites));
    if run.open > 0 && is_sound(reading) {
        reading.error(UNFINISHED, Location::line(run.started), "a suite starts here and never ends");
    }
    let counted = Tally::of(run.cases.iter().map(|case| case.outcome));
    let declared = Declared { total: None, passed: Some(run.passed), bad: Some(run.failed), skipped: None };
    if run.open == 0 && run.running.is_empty() {
        declared.compare(reading, Location::whole(), counted);
        if run.unsuccessful && !counted.is_bad() && is_sound(reading) {
            reading.error(UNEXPLAINED, Location::whole(), "a suite failed, and no test in it did");
        }
    }
    let never_ended = Some("the test never ended".to_owned());
    let lost = run.running.into_iter().flat_map(|(name, count)| (0..count).map(move |_| name.clone()));
    run.cases.extend(lost.map(|name| Case { message: never_ended.clone(), ..case(&name, Outcome::Error) }));
    Draft { cases: run.cases, stated: Tally::default() }
}

#[derive(Deserialize)]
struct Event {
    r#type: Type,
    event: Option<Word>,
    #[serde(default)]
    name: String,
    exec_time: Option<f64>,
    stdout: Option<String>,
    message: Option<String>,
    reason: Option<String>,
    passed: Option<u64>,
    failed: Option<u64>,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Type {
    Suite,
    Test,
    Bench,
    Report,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Word {
    Discovery,
    Discovered,
    Completed,
    Started,
    Ok,
    Failed,
    Ignored,
    Timeout,
}

#[derive(Default)]
struct Run {
    /// Suites that are open, where the last one started, and how many ended.
    open: u64,
    started: u64,
    suites: u64,
    /// What suites state.
    passed: u64,
    failed: u64,
    unsuccessful: bool,
    /// How many tests of a name are running: the suites of a workspace may follow each other in one file.
    running: BTreeMap<String, u64>,
    cases: Vec<Case>,
}

impl Run {
    fn event(&mut self, line: u64, event: Event) {
        match (event.r#type, event.event) {
            (Type::Suite, Some(Word::Started)) => (self.open, self.started) = (self.open + 1, line),
            (Type::Suite, Some(word @ (Word::Ok | Word::Failed))) => {
                self.open = self.open.saturating_sub(1);
                self.suites += 1;
                self.passed = self.passed.saturating_add(event.passed.unwrap_or(0));
                self.failed = self.failed.saturating_add(event.failed.unwrap_or(0));
                self.unsuccessful |= word == Word::Failed;
            }
            (Type::Test, Some(Word::Started)) => *self.running.entry(event.name).or_default() += 1,
            (Type::Test, Some(Word::Ok)) => self.end(event, Outcome::Passed),
            (Type::Test, Some(Word::Failed)) => self.end(event, Outcome::Failed),
            (Type::Test, Some(Word::Ignored)) => self.end(event, Outcome::Skipped),
            // Slow tests, discovery, and the time that compiling took.
            (Type::Test | Type::Suite | Type::Bench | Type::Report, _) => {}
        }
    }

    fn end(&mut self, event: Event, outcome: Outcome) {
        let case = case(&event.name, outcome);
        let started = [event.name.as_str(), without_attempt(&event.name).0].into_iter().find(|name| self.running.contains_key(*name));
        if let Some(name) = started.map(str::to_owned) {
            let left = self.running.remove(&name).unwrap_or(1) - 1;
            if left > 0 {
                self.running.insert(name, left);
            }
        }
        let message = match outcome {
            Outcome::Passed => None,
            _ => event.message.or(event.reason).as_deref().and_then(first_line).or_else(|| panic_of(event.stdout.as_deref()?)),
        };
        self.cases.push(Case { duration: event.exec_time.and_then(|seconds| span(seconds * 1000.0)), message, ..case });
    }
}

/// `shop::shop$tests::works#2`: crate and binary, test, attempt. Names of Rust have no `$`, and no `#` before a number.
fn case(name: &str, outcome: Outcome) -> Case {
    let (name, attempts) = without_attempt(name);
    let (suite, test) = name.split_once('$').unwrap_or(("", name));
    Case { suite: suite.to_owned(), name: test.to_owned(), outcome, attempts, ..Case::default() }
}

fn without_attempt(name: &str) -> (&str, u64) {
    let attempt = name.rsplit_once('#').and_then(|(name, attempt)| Some((name, attempt.parse().ok()?)));
    attempt.filter(|(_, attempt)| *attempt > 0).unwrap_or((name, 1))
}

/// What a panic says stands in the line after the one that says where it was.
fn panic_of(stdout: &str) -> Option<String> {
    let mut lines = stdout.lines().skip_while(|line| !line.contains(" panicked at "));
    match (lines.next(), lines.next()) {
        (Some(_), Some(message)) if !message.trim().is_empty() => first_line(message),
        (Some(place), _) => first_line(place),
        _ => first_line(stdout),
    }
}
