//! CTest's own XML, `Testing/<tag>/Test.xml` of `ctest -T Test`: `cmCTestTestHandler` of CMake.
//!
//! A test that was not run is skipped when it is disabled or skipped itself (`SKIP_RETURN_CODE`, `SKIP_REGULAR_EXPRESSION`); for CTest any
//! other reason (no program, a fixture that failed) is a failure, and here an error. `--repeat` leaves no trace in the file. A test
//! that the list announces and that has no result is missing.

use super::elements::{Elements, walk};
use super::flaws::{Flaws, UNFINISHED, UNKNOWN};
use super::message::{Excerpt, first_line};
use super::number::{since_1970, span};
use super::{Case, Draft, Outcome, Tally};
use crate::ingest::{Format, Reading};
use crate::instant::Instant;
use crate::io::fs::Artifact;
use crate::io::xml::{Tag, opening};
use crate::metric::grouped;
use std::collections::BTreeSet;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "ctest", about: "CTest's Test.xml, as `ctest -T Test` writes it for dashboards", claims, read };

fn claims(artifact: &Artifact) -> bool {
    opening(&artifact.head).is_ok_and(|opening| opening.root == "Site" && opening.child.as_deref() == Some("Testing"))
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut report = Report::default();
    walk(reading, &mut report);
    reading.source.collected_at = report.made;
    reading.source.content = format!("CTest, {} tests", grouped(report.cases.len() as u64));
    if let Some(first) = report.announced.first() {
        let (first, count) = (first.chars().take(100).collect::<String>(), report.announced.len() as u64);
        report.flaws.see(UNFINISHED, || format!("tests that are listed and have no result: {}, such as `{first}`", grouped(count)));
    } else if !report.ended {
        report.flaws.see(UNFINISHED, || "the file does not say when the tests ended".to_owned());
    }
    report.flaws.tell(reading);
    Draft { cases: report.cases, stated: Tally::default() }
}

#[derive(Default)]
struct Report {
    flaws: Flaws,
    made: Option<Instant>,
    ended: bool,
    /// Whether the list of tests is open, and those of it without a result so far.
    in_list: bool,
    announced: BTreeSet<String>,
    test: Option<Test>,
    cases: Vec<Case>,
    excerpt: Excerpt,
}

/// A test whose element is open.
#[derive(Default)]
struct Test {
    status: String,
    name: String,
    full_name: String,
    /// The measurement that is open.
    measure: String,
    seconds: Option<f64>,
    exit: String,
    completion: String,
    output: String,
}

impl Elements for Report {
    fn start(&mut self, tag: &Tag<'_>) {
        let text = |name| tag.get(name).unwrap_or_default().into_owned();
        match tag.local() {
            b"TestList" => self.in_list = true,
            b"Test" if self.in_list => self.excerpt.begin(),
            b"Test" => self.test = Some(Test { status: text("Status"), ..Test::default() }),
            b"NamedMeasurement" | b"Measurement" => {
                if let Some(test) = &mut self.test {
                    test.measure = text("name");
                }
            }
            b"Name" | b"FullName" | b"Value" | b"StartTestTime" | b"EndTestTime" => self.excerpt.begin(),
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        match name {
            b"TestList" => self.in_list = false,
            b"Test" if self.in_list => self.announced.extend(self.excerpt.end()),
            b"Test" => self.end_test(),
            b"Name" | b"FullName" | b"Value" | b"StartTestTime" | b"EndTestTime" => {
                let text = self.excerpt.end().unwrap_or_default();
                match (&mut self.test, name) {
                    (Some(test), _) => test.take(name, text),
                    (None, b"StartTestTime" | b"EndTestTime") => {
                        self.made = text.trim().parse::<f64>().ok().and_then(|seconds| since_1970(seconds * 1000.0)).or(self.made);
                        self.ended |= name == b"EndTestTime";
                    }
                    _ => {}
                }
            }
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

impl Report {
    fn end_test(&mut self) {
        let Some(test) = self.test.take() else { return };
        self.announced.remove(&test.full_name);
        let outcome = test.outcome().unwrap_or_else(|| {
            let [name, word] = [&test.name, &test.status].map(|text| text.chars().take(100).collect::<String>());
            self.flaws.see(UNKNOWN, || format!("the status of `{name}` is `{word}`, which is none of CTest"));
            Outcome::Error
        });
        let message = test.message(outcome);
        // `./sub/name`: where the test was added.
        let folder = test.full_name.strip_suffix(&test.name).unwrap_or_default();
        let suite = folder.trim_start_matches("./").trim_matches('/').to_owned();
        self.cases.push(Case { suite, name: test.name, outcome, attempts: 1, duration: test.seconds, message, ..Case::default() });
    }
}

impl Test {
    fn take(&mut self, element: &[u8], text: String) {
        match (element, self.measure.as_str()) {
            (b"Name", _) => self.name = text,
            (b"FullName", _) => self.full_name = text,
            (b"Value", "Execution Time") => self.seconds = text.parse::<f64>().ok().and_then(|seconds| span(seconds * 1000.0)),
            (b"Value", "Exit Code") => self.exit = text,
            (b"Value", "Completion Status") => self.completion = text,
            (b"Value", "") => self.output = text,
            _ => {}
        }
    }

    fn outcome(&self) -> Option<Outcome> {
        Some(match self.status.as_str() {
            "passed" => Outcome::Passed,
            "failed" => Outcome::Failed,
            "notrun" if self.completion == "Disabled" || self.completion.starts_with("SKIP_") => Outcome::Skipped,
            "notrun" => Outcome::Error,
            _ => return None,
        })
    }

    fn message(&self, outcome: Outcome) -> Option<String> {
        let how = match outcome {
            Outcome::Passed => return None,
            Outcome::Failed => &self.exit,
            Outcome::Skipped | Outcome::Error => &self.completion,
        };
        match first_line(&self.output) {
            Some(line) if how.is_empty() || line.contains(how.as_str()) => Some(line),
            Some(line) => Some(format!("{how}: {line}")),
            None => first_line(how),
        }
    }
}
