//! TRX, the XML of Visual Studio, MSTest and `dotnet test --logger trx`: `vstst.xsd`, and the TrxLogger of microsoft/vstest.
//!
//! The words are those of its `TestOutcome`. A test that was not executed or was inconclusive is skipped, as vstest itself counts it; a
//! warning is neither a pass nor a failure, and is skipped too. Everything that ended otherwise than by a result is an error. Of a test
//! with results within it (sets of data, ordered tests) those within count, unless only the outer one failed.

use super::elements::{Elements, walk};
use super::flaws::{Flaws, UNEXPLAINED, UNFINISHED, UNKNOWN};
use super::message::{Excerpt, first_line};
use super::number::clock;
use super::totals::{Declared, stated};
use super::{Case, Draft, Outcome, Tally, join_retries};
use crate::ingest::{Format, Reading};
use crate::instant::Instant;
use crate::io::clock as calendar;
use crate::io::fs::Artifact;
use crate::io::xml::{Tag, opening};
use crate::metric::grouped;
use std::collections::BTreeMap;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "trx", about: "TRX: Visual Studio, MSTest, `dotnet test --logger trx`", claims, read };

fn claims(artifact: &Artifact) -> bool {
    opening(&artifact.head).is_ok_and(|opening| opening.root == "TestRun")
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut run = Run::default();
    walk(reading, &mut run);
    reading.source.collected_at = run.made;
    reading.source.content = format!("TRX, {} results", grouped(run.all.total()));
    run.judge();
    let Run { flaws, declared, all, leaves, classes, .. } = run;
    let place = flaws.place_of_totals();
    flaws.tell(reading);
    let cases: Vec<Case> = leaves.into_iter().map(|(id, case)| named(case, classes.get(&id))).collect();
    if let Some(declared) = declared {
        let counted = Tally::of(cases.iter().map(|case| case.outcome));
        // Some writers count tests with results within them, others only those within.
        let counted = if declared.total == Some(counted.total()) { counted } else { all };
        declared.compare(reading, place, counted);
    }
    Draft { cases: join_retries(cases), stated: Tally::default() }
}

/// The class is told apart from the results, by the id of the test.
fn named(case: Case, class: Option<&(String, String)>) -> Case {
    let Some((class, storage)) = class else { return case };
    let short = case.name.strip_prefix(class.as_str()).and_then(|rest| rest.strip_prefix('.')).map(str::to_owned);
    Case { class: class.clone(), suite: storage.clone(), name: short.unwrap_or(case.name), ..case }
}

#[derive(Default)]
struct Run {
    flaws: Flaws,
    made: Option<Instant>,
    /// Results whose elements are open, the outermost first.
    open: Vec<Open>,
    /// Results that count, each with the id of its test.
    leaves: Vec<(String, Case)>,
    /// Every result, also those that have others within.
    all: Tally,
    /// Class and assembly of a test by its id.
    classes: BTreeMap<String, (String, String)>,
    /// The test that is being defined.
    defining: Option<(String, String)>,
    declared: Option<Declared>,
    /// What the run as a whole came to, in its own word.
    outcome: Option<String>,
    excerpt: Excerpt,
    /// Whether what is being said of the run is an error, and the first error said.
    info: bool,
    error: Option<String>,
}

struct Open {
    id: String,
    case: Case,
    /// Whether there are results within, and bad ones among them.
    within: (bool, bool),
}

impl Elements for Run {
    fn start(&mut self, tag: &Tag<'_>) {
        let text = |name| tag.get(name).unwrap_or_default().into_owned();
        match tag.local() {
            b"Times" => self.made = ["finish", "start"].into_iter().find_map(|name| calendar::parse(&tag.get(name)?)),
            name if is_result(name) => {
                let case = self.result(tag);
                self.open.push(Open { id: text("testId"), case, within: (false, false) });
            }
            b"Message" if !self.open.is_empty() => self.excerpt.begin(),
            b"RunInfo" => self.info = text("outcome") == "Error",
            b"Text" if self.info => self.excerpt.begin(),
            b"UnitTest" => self.defining = Some((text("id"), text("storage"))),
            b"TestMethod" => {
                if let Some((id, storage)) = self.defining.take() {
                    // The class may be told with its assembly: `Shop.Tests, Shop, Version=1.0.0.0`.
                    let class = text("className").split(',').next().unwrap_or_default().trim().to_owned();
                    let storage = storage.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
                    self.classes.insert(id, (class, storage));
                }
            }
            b"ResultSummary" => self.outcome = Some(text("outcome")),
            b"Counters" => {
                self.flaws.see_totals();
                let mut count = |name| stated(tag, name, &mut self.flaws);
                let bad = ["error", "timeout", "aborted"].map(&mut count).into_iter().flatten().fold(0, u64::saturating_add);
                let bad = count("failed").map(|failed| failed.saturating_add(bad));
                self.declared = Some(Declared { total: count("total"), passed: count("passed"), bad, skipped: None });
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        match name {
            name if is_result(name) => self.end_result(),
            b"Message" => {
                let text = self.excerpt.end();
                if let Some(Open { case, .. }) = self.open.last_mut() {
                    case.message = case.message.take().or_else(|| first_line(&text?));
                }
            }
            b"RunInfo" => self.info = false,
            b"Text" => self.error = self.error.take().or(self.excerpt.end()),
            _ => {}
        }
    }

    fn text(&mut self, piece: &str) {
        self.excerpt.push(piece);
    }

    fn flaws(&mut self) -> &mut Flaws {
        &mut self.flaws
    }
}

/// `UnitTestResult`, `WebTestResult`, `GenericTestResult`, `TestResultAggregation` …
fn is_result(name: &[u8]) -> bool {
    name.ends_with(b"TestResult") || name.ends_with(b"TestResultAggregation")
}

impl Run {
    fn result(&mut self, tag: &Tag<'_>) -> Case {
        let word = tag.get("outcome").unwrap_or_default();
        let name = tag.get("testName").unwrap_or_default().into_owned();
        let outcome = outcome(&word).unwrap_or_else(|| {
            self.flaws.see(UNKNOWN, || format!("the outcome of `{}` is `{}`, which is none of TRX", short(&name), short(&word)));
            Outcome::Error
        });
        Case { name, outcome, attempts: 1, duration: tag.get("duration").and_then(|text| clock(&text)), ..Case::default() }
    }

    fn end_result(&mut self) {
        let Some(Open { id, case, within: (any, bad_within) }) = self.open.pop() else { return };
        let bad = case.outcome.is_bad();
        self.all.count(case.outcome);
        if let Some(outer) = self.open.last_mut() {
            outer.within = (true, outer.within.1 || bad || bad_within);
        }
        if !any || (bad && !bad_within) {
            self.leaves.push((id, case));
        }
    }

    /// Compares what is said of the whole run with its results.
    fn judge(&mut self) {
        let word = self.outcome.clone().unwrap_or_default();
        let stopped = ["Aborted", "Timeout", "Disconnected", "InProgress", "Pending", "PassedButRunAborted"].contains(&word.as_str());
        let crashed = self.error.as_deref().filter(|text| text.contains("test run was aborted") || text.contains("host process crashed"));
        if stopped || crashed.is_some() {
            let why = crashed.map(|text| format!(": {}", short(text))).unwrap_or_default();
            self.flaws.see(UNFINISHED, || format!("the run ended as `{}`, before all of its tests did{why}", short(&word)));
        } else if !self.all.is_bad() && (matches!(word.as_str(), "Failed" | "Error") || self.error.is_some()) {
            let why = self.error.as_deref().map(|text| format!(": {}", short(text))).unwrap_or_default();
            self.flaws.see(UNEXPLAINED, || format!("the run ended as `{}`, and no test in it failed{why}", short(&word)));
        }
    }
}

fn outcome(word: &str) -> Option<Outcome> {
    Some(match word {
        "Passed" | "PassedButRunAborted" => Outcome::Passed,
        "NotExecuted" | "Inconclusive" | "Warning" => Outcome::Skipped,
        "Failed" => Outcome::Failed,
        "Error" | "Timeout" | "Aborted" | "NotRunnable" | "Disconnected" | "Completed" | "InProgress" | "Pending" => Outcome::Error,
        _ => return None,
    })
}

/// A text of the file, short enough for a message.
fn short(text: &str) -> String {
    text.trim().chars().take(100).collect()
}
