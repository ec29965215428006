//! NUnit 3 XML, of nunit3-console, `dotnet test --logger nunit` and NUnitLite: "Test Result XML Format" of docs.nunit.org.
//!
//! Inconclusive tests (an assumption that did not hold) and tests with warnings are neither passes nor failures for NUnit, and its adapter
//! for Visual Studio shows both as skipped; so does this reader. A failure whose label is `Error`, `Invalid` or `Cancelled` is an error. A
//! suite that could not be set up or cleaned away is an error where no case of it says so.

use super::elements::{Elements, walk};
use super::flaws::{Flaws, UNEXPLAINED, UNFINISHED, UNKNOWN};
use super::message::{Excerpt, first_line};
use super::number::span;
use super::totals::{Declared, stated};
use super::{Case, Draft, Outcome, Tally};
use crate::ingest::{Format, Reading};
use crate::instant::Instant;
use crate::io::clock;
use crate::io::fs::Artifact;
use crate::io::xml::{Tag, opening};
use crate::metric::grouped;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "nunit", about: "NUnit 3 XML: nunit3-console, NUnitLite, `dotnet test --logger nunit`", claims, read };

fn claims(artifact: &Artifact) -> bool {
    opening(&artifact.head).is_ok_and(|opening| opening.root == "test-run")
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut run = Run::default();
    walk(reading, &mut run);
    reading.source.collected_at = run.made;
    reading.source.content = format!("NUnit, {} cases", grouped(run.counted.total()));
    let failed = run.result == "Failed" && run.cases.iter().all(|case| !case.outcome.is_bad());
    if failed {
        run.flaws.see(UNEXPLAINED, || "the run ended as `Failed`, and no case in it failed".to_owned());
    }
    let place = run.flaws.place_of_totals();
    run.flaws.tell(reading);
    run.declared.compare(reading, place, run.counted);
    Draft { cases: run.cases, stated: Tally::default() }
}

#[derive(Default)]
struct Run {
    flaws: Flaws,
    made: Option<Instant>,
    result: String,
    declared: Declared,
    /// What the cases alone came to.
    counted: Tally,
    suites: Vec<Suite>,
    case: Option<Case>,
    cases: Vec<Case>,
    excerpt: Excerpt,
}

#[derive(Default)]
struct Suite {
    name: String,
    /// Whether it failed, and where.
    failed: bool,
    site: String,
    message: Option<String>,
    /// Whether anything in it failed.
    bad_within: bool,
}

impl Elements for Run {
    fn start(&mut self, tag: &Tag<'_>) {
        let text = |name| tag.get(name).unwrap_or_default().into_owned();
        match tag.local() {
            b"test-run" => self.run(tag),
            b"test-suite" => {
                let failed = tag.get("result").is_some_and(|word| word == "Failed");
                self.suites.push(Suite { name: text("fullname"), failed, site: text("site"), ..Suite::default() });
            }
            b"test-case" => self.case = Some(self.case(tag)),
            b"message" => self.excerpt.begin(),
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        match name {
            b"message" => {
                let text = self.excerpt.end().and_then(|text| first_line(&text));
                let message = self.case.as_mut().map(|case| &mut case.message).or(self.suites.last_mut().map(|suite| &mut suite.message));
                if let Some(message) = message {
                    *message = message.take().or(text);
                }
            }
            b"test-case" => {
                if let Some(case) = self.case.take() {
                    self.counted.count(case.outcome);
                    self.keep(case);
                }
            }
            b"test-suite" => self.end_suite(),
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

impl Run {
    fn run(&mut self, tag: &Tag<'_>) {
        self.made = ["end-time", "start-time"].into_iter().find_map(|name| clock::parse(&tag.get(name)?));
        self.result = tag.get("result").unwrap_or_default().into_owned();
        if self.result == "Cancelled" || tag.get("label").is_some_and(|label| label == "Cancelled") {
            self.flaws.see(UNFINISHED, || "the run was cancelled before all of its tests ended".to_owned());
        }
        self.flaws.see_totals();
        let mut count = |name| stated(tag, name, &mut self.flaws);
        let (inconclusive, warnings) = (count("inconclusive").unwrap_or(0), count("warnings").unwrap_or(0));
        let skipped = count("skipped").map(|skipped| skipped.saturating_add(inconclusive).saturating_add(warnings));
        self.declared = Declared { total: count("total"), passed: count("passed"), bad: count("failed"), skipped };
    }

    fn case(&mut self, tag: &Tag<'_>) -> Case {
        let text = |name| tag.get(name).unwrap_or_default().into_owned();
        let (name, full, word) = (text("name"), text("fullname"), text("result"));
        let outcome = outcome(&word, &text("label")).unwrap_or_else(|| {
            self.flaws.see(UNKNOWN, || {
                let [name, word] = [&full, &word].map(|text| text.chars().take(100).collect::<String>());
                format!("the result of `{name}` is `{word}`, which is none of NUnit")
            });
            Outcome::Error
        });
        let class = tag.get("classname").map(|class| class.into_owned());
        let class = class.or_else(|| Some(full.strip_suffix(&name)?.strip_suffix('.')?.to_owned())).unwrap_or_default();
        let duration = tag.get("duration").and_then(|text| text.parse::<f64>().ok()).and_then(|seconds| span(seconds * 1000.0));
        Case { class, name, outcome, attempts: 1, duration, ..Case::default() }
    }

    fn keep(&mut self, case: Case) {
        if case.outcome.is_bad() {
            self.suites.iter_mut().for_each(|suite| suite.bad_within = true);
        }
        self.cases.push(case);
    }

    fn end_suite(&mut self) {
        let Some(suite) = self.suites.pop() else { return };
        if suite.failed && (!suite.bad_within || suite.site == "TearDown") {
            let name = if suite.site.is_empty() { "(suite)".to_owned() } else { format!("({})", suite.site) };
            self.keep(Case { class: suite.name, name, outcome: Outcome::Error, attempts: 1, message: suite.message, ..Case::default() });
        }
    }
}

fn outcome(result: &str, label: &str) -> Option<Outcome> {
    Some(match (result, label) {
        ("Passed", _) => Outcome::Passed,
        ("Skipped" | "Inconclusive" | "Warning", _) => Outcome::Skipped,
        ("Failed", "Error" | "Invalid" | "Cancelled") => Outcome::Error,
        ("Failed", _) => Outcome::Failed,
        _ => return None,
    })
}
