//! CTRF, the Common Test Report Format: JSON of many reporters, by the specification of ctrf.io.
//!
//! `pending` and `skipped` are skipped. `other` is what a reporter could not map: where its raw status says that the test is still to be
//! done or was not asked for, it is skipped, otherwise an error. `retries` are attempts beside the last, and a `flaky` pass had at least
//! one.

use super::flaws::{UNFINISHED, is_sound};
use super::message::first_line;
use super::number::{since_1970, span};
use super::totals::Declared;
use super::{Case, Draft, Outcome, Tally};
use crate::ingest::{Format, Reading};
use crate::io::clock;
use crate::io::fs::Artifact;
use crate::io::json::{Each, Fill, Members, outline, skip};
use crate::metric::grouped;
use crate::source::Location;
use serde::Deserialize;
use serde::de::MapAccess;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> = Format {
    name: "ctrf",
    about: "CTRF JSON (ctrf.io): reporters of Playwright, Cypress, Jest, pytest, Go, .NET and others",
    claims,
    read,
};

fn claims(artifact: &Artifact) -> bool {
    outline(&artifact.head).is_some_and(|outline| {
        let results = outline.has(&["results", "tool", "name"])
            && (outline.has(&["results", "summary", "{}"]) || outline.has(&["results", "tests", "[]"]));
        results || (outline.has(&["reportFormat"]) && outline.has(&["specVersion"]))
    })
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut report = Report::default();
    reading.json(Fill(&mut report));
    let Report { timestamp, results: Results { tool, commit, summary, listed, cases } } = report;
    let stop = summary.and_then(|summary| since_1970(summary.stop.or(summary.start)?));
    reading.source.collected_at = timestamp.and_then(|text| clock::parse(&text)).or(stop);
    reading.source.commit = commit.filter(|commit| !commit.is_empty());
    reading.source.content = format!("CTRF of {}, {} tests", tool.chars().take(60).collect::<String>(), grouped(cases.len() as u64));
    if !listed && is_sound(reading) {
        reading.error(UNFINISHED, Location::whole(), "the report has no list of tests");
    }
    let counted = Tally::of(cases.iter().map(|case| case.outcome));
    summary.unwrap_or_default().declared(counted).compare(reading, Location::pointer(&["results", "summary"]), counted);
    Draft { cases, stated: Tally::default() }
}

#[derive(Default)]
struct Report {
    timestamp: Option<String>,
    results: Results,
}

#[derive(Default)]
struct Results {
    tool: String,
    commit: Option<String>,
    summary: Option<Summary>,
    /// Whether there is a list of tests at all.
    listed: bool,
    cases: Vec<Case>,
}

impl Members for Report {
    const WHAT: &'static str = "a report in CTRF";

    fn member<'de, A: MapAccess<'de>>(&mut self, key: &str, value: &mut A) -> Result<(), A::Error> {
        match key {
            "timestamp" => self.timestamp = value.next_value()?,
            "results" => value.next_value_seed(Fill(&mut self.results))?,
            _ => skip(value)?,
        }
        Ok(())
    }
}

impl Members for Results {
    const WHAT: &'static str = "results in CTRF";

    fn member<'de, A: MapAccess<'de>>(&mut self, key: &str, value: &mut A) -> Result<(), A::Error> {
        match key {
            "tool" => self.tool = value.next_value::<Tool>()?.name.unwrap_or_default(),
            "summary" => self.summary = Some(value.next_value()?),
            "environment" => self.commit = value.next_value::<Option<Environment>>()?.and_then(|environment| environment.commit),
            "tests" => {
                self.listed = true;
                value.next_value_seed(Each::new("tests", |_: &str, test: Test| self.cases.push(test.case())))?;
            }
            _ => skip(value)?,
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct Tool {
    name: Option<String>,
}

#[derive(Deserialize)]
struct Environment {
    commit: Option<String>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct Summary {
    tests: Option<u64>,
    passed: Option<u64>,
    failed: Option<u64>,
    skipped: Option<u64>,
    pending: Option<u64>,
    other: Option<u64>,
    start: Option<f64>,
    stop: Option<f64>,
}

impl Summary {
    /// As this reader sees its `other` tests, which are skipped or errors.
    fn declared(self, counted: Tally) -> Declared {
        let other = self.other.unwrap_or(0);
        let errors = counted.errors.min(other);
        let rest = self.pending.unwrap_or(0).saturating_add(other - errors);
        let add = |count: Option<u64>, more: u64| count.map(|count| count.saturating_add(more));
        Declared { total: self.tests, passed: self.passed, bad: add(self.failed, errors), skipped: add(self.skipped, rest) }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Test {
    name: String,
    status: Status,
    duration: Option<f64>,
    suite: Option<Suite>,
    message: Option<String>,
    raw_status: Option<String>,
    file_path: Option<String>,
    retries: Option<u64>,
    flaky: Option<bool>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Passed,
    Failed,
    Skipped,
    Pending,
    Other,
}

/// A list of names, and in reports before the first version of the specification one text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Suite {
    Path(Vec<String>),
    Name(String),
}

impl Test {
    fn case(self) -> Case {
        let outcome = match self.status {
            Status::Passed => Outcome::Passed,
            Status::Failed => Outcome::Failed,
            Status::Skipped | Status::Pending => Outcome::Skipped,
            Status::Other if self.raw_status.as_deref().is_some_and(is_not_asked_for) => Outcome::Skipped,
            Status::Other => Outcome::Error,
        };
        let suite = match self.suite {
            Some(Suite::Path(path)) => path.join(" > "),
            Some(Suite::Name(name)) => name,
            None => String::new(),
        };
        let least = u64::from(self.flaky == Some(true));
        Case {
            suite,
            name: self.name,
            file: self.file_path.unwrap_or_default().replace('\\', "/"),
            outcome,
            attempts: self.retries.unwrap_or(0).max(least).saturating_add(1),
            duration: self.duration.and_then(span),
            message: self.message.as_deref().or(self.raw_status.as_deref().filter(|_| outcome == Outcome::Error)).and_then(first_line),
            ..Case::default()
        }
    }
}

/// Words of test tools for tests that nobody ran on purpose.
fn is_not_asked_for(word: &str) -> bool {
    let plain = word.to_ascii_lowercase().replace(['-', '_', ' '], "");
    ["todo", "disabled", "skipped", "pending", "ignored", "notrun", "notexecuted", "inconclusive"].contains(&plain.as_str())
}
