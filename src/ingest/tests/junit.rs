//! JUnit XML: no standard, but a family of dialects (Ant, Surefire, pytest, Jest, Mocha, PHPUnit, GoogleTest, CTest, Go, .NET …).
//!
//! Every case is counted, and what suites state about themselves is only compared with that; it counts where a suite lists no case
//! at all. A case that both failed and was skipped failed.

use super::flaws::Flaws;
use super::message::{LONGEST_MESSAGE, first_line};
use super::{Case, Draft, Outcome, Tally, join_retries};
use crate::ingest::{Document, Format, Reading};
use crate::instant::Instant;
use crate::io::clock;
use crate::io::fs::Artifact;
use crate::io::xml::{Event, Tag, XmlError, opening};
use crate::metric::grouped;
use crate::source::Location;

#[cfg(test)]
mod tests;
mod vocabulary;

use vocabulary::{declared, happening, milliseconds, state};

pub(super) const FORMAT: Format<Draft> = Format {
    name: "junit",
    about: "JUnit XML: pytest, Surefire, Gradle, Jest, Mocha, PHPUnit, GoogleTest, CTest, gotestsum and many more",
    claims,
    read,
};

fn claims(artifact: &Artifact) -> bool {
    opening(&artifact.head).is_ok_and(|opening| is_suite(opening.root.as_bytes()))
}

/// `testrun` is the root that Eclipse writes.
fn is_suite(name: &[u8]) -> bool {
    matches!(name, b"testsuites" | b"testsuite" | b"testrun")
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut report = Report::default();
    reading.xml(|xml| report.read(xml));
    report.tell(reading);
    std::mem::take(&mut report.flaws).tell(reading);
    reading.source.content = format!("JUnit, {} cases, {} suites", grouped(report.executions.len() as u64), grouped(report.suites as u64));
    Draft { cases: join_retries(report.executions), stated: report.stated }
}

#[derive(Default)]
struct Report {
    executions: Vec<Case>,
    stated: Tally,
    made: Option<Instant>,
    flaws: Flaws,
    /// How many suites there were.
    suites: usize,
    /// What every open element is.
    open: Vec<Element>,
    /// The place of the first suite without cases, and how many there are.
    hollow: Option<(u64, u64)>,
    /// The outermost element that states something else than it holds, how deep it lies, and what to say.
    differs: Option<(usize, u64, String)>,
}

enum Element {
    Suite(Suite),
    Case(Case),
    /// Something that happened to the case above, whose text may be its message.
    Happened {
        wants_text: bool,
    },
    Other,
}

#[derive(Default)]
struct Suite {
    number: usize,
    line: u64,
    name: String,
    file: String,
    declared: Option<Tally>,
    /// Cases in it and in suites within it, as they stand, and the failed attempts before or after them.
    counted: Tally,
    retries: u64,
    /// What suites within it state that list no case.
    stated: Tally,
}

impl Report {
    fn read(&mut self, xml: &mut Document<'_>) -> Result<(), XmlError> {
        loop {
            match xml.next()? {
                Event::Start(tag) => {
                    let mut element = self.element(&tag);
                    if let Element::Suite(suite) = &mut element {
                        suite.line = xml.place().line;
                        self.flaws.place(suite.line);
                    }
                    self.open.push(element);
                }
                Event::Text(text) => self.text(text),
                Event::End(_) => self.end(),
                Event::Eof => return Ok(()),
            }
        }
    }

    fn element(&mut self, tag: &Tag<'_>) -> Element {
        let name = tag.local();
        match self.open.last_mut() {
            Some(Element::Case(case)) if happening(name).is_some() => Element::Happened { wants_text: case.suffer(tag) },
            Some(Element::Case(_) | Element::Happened { .. }) if name != b"testcase" => Element::Other,
            Some(Element::Suite(suite)) if matches!(name, b"error" | b"failure") => {
                let mut case = suite.case();
                case.suffer(tag);
                Element::Case(case)
            }
            _ if name == b"testcase" => Element::Case(self.case(tag)),
            _ if is_suite(name) => Element::Suite(self.suite(tag)),
            _ => Element::Other,
        }
    }

    fn suite(&mut self, tag: &Tag<'_>) -> Suite {
        self.suites += 1;
        self.made = self.made.max(tag.get("timestamp").and_then(|text| clock::parse(&text)));
        let text = |name| tag.get(name).unwrap_or_default().into_owned();
        Suite { number: self.suites, name: text("name"), file: text("file"), declared: declared(tag, &mut self.flaws), ..Suite::default() }
    }

    fn case(&self, tag: &Tag<'_>) -> Case {
        let suite = self.open.iter().rev().find_map(|element| if let Element::Suite(suite) = element { Some(suite) } else { None });
        let inherited = suite.map(Suite::case).unwrap_or_default();
        let own = |name| tag.get(name).filter(|text| !text.is_empty());
        let state = ["status", "result"].into_iter().filter_map(own).map(|word| state(&word)).max();
        Case {
            class: own("classname").unwrap_or_default().into_owned(),
            name: own("name").or_else(|| own("id")).unwrap_or_default().into_owned(),
            file: own("file").map_or(inherited.file, |file| file.replace('\\', "/")),
            outcome: state.unwrap_or_default(),
            duration: own("time").and_then(|text| milliseconds(&text)),
            ..inherited
        }
    }

    fn text(&mut self, text: &str) {
        let [.., Element::Case(case), Element::Happened { wants_text: wants @ true }] = self.open.as_mut_slice() else { return };
        let message = case.message.get_or_insert_default();
        // Text comes in pieces; the first line is enough.
        message.push_str(if message.is_empty() { text.trim_start() } else { text });
        *wants = !message.contains('\n') && message.len() < 4 * LONGEST_MESSAGE;
    }

    fn end(&mut self) {
        match self.open.pop() {
            Some(Element::Case(case)) => {
                let case = Case { outcome: if case.to_do { Outcome::Skipped } else { case.outcome }, ..case };
                if let Some(Element::Suite(suite)) = self.open.iter_mut().rev().find(|element| matches!(element, Element::Suite(_))) {
                    suite.counted.count(case.outcome);
                    suite.retries += case.attempts.saturating_sub(1);
                }
                self.executions.push(Case { message: case.message.as_deref().and_then(first_line), ..case });
            }
            Some(Element::Suite(suite)) => self.end_suite(suite),
            _ => {}
        }
    }

    fn end_suite(&mut self, mut suite: Suite) {
        if let Some(declared) = suite.declared {
            if suite.counted.total() == 0 && declared.total() > 0 {
                suite.stated = declared;
                let (_, count) = self.hollow.get_or_insert((suite.line, 0));
                *count += 1;
            } else if suite.stated.total() == 0 && [0, suite.retries].into_iter().all(|retries| differ(declared, suite.counted, retries)) {
                let message = format!("suite `{}` states {}, its cases are {}", suite.name, words(declared), words(suite.counted));
                if self.differs.as_ref().is_none_or(|(depth, ..)| self.open.len() < *depth) {
                    self.differs = Some((self.open.len(), suite.line, message));
                }
            }
        }
        match self.open.last_mut() {
            Some(Element::Suite(outer)) => {
                outer.counted.add(suite.counted);
                outer.stated.add(suite.stated);
                outer.retries += suite.retries;
            }
            _ => self.stated.add(suite.stated),
        }
    }

    fn tell(&self, reading: &mut Reading<'_>) {
        reading.source.collected_at = self.made;
        if let Some((_, line, message)) = &self.differs {
            reading.warning("declared-totals-differ", Location::line(*line), message.clone());
        }
        if let Some((line, count)) = self.hollow {
            let message = format!("suites that state totals but list no case: {}, the first here; their totals are taken", grouped(count));
            reading.warning("totals-without-cases", Location::line(line), message);
        }
    }
}

impl Suite {
    /// A case of this suite of which nothing is known yet.
    fn case(&self) -> Case {
        let (suite, file) = (self.name.clone(), self.file.replace('\\', "/"));
        Case { suite_number: self.number, suite, file, attempts: 1, ..Case::default() }
    }
}

impl Case {
    /// Takes in an element that says what happened. Whether its text is wanted as the message.
    fn suffer(&mut self, tag: &Tag<'_>) -> bool {
        let Some((outcome, earlier)) = happening(tag.local()) else { return false };
        self.attempts += u64::from(earlier);
        if earlier && outcome == Outcome::Passed {
            return false;
        }
        // A test that is still to be done may fail (TAP, Node).
        self.to_do |= outcome == Outcome::Skipped && tag.get("type").is_some_and(|kind| kind == "todo");
        if outcome < self.outcome || (outcome == self.outcome && self.message.is_some()) {
            return false;
        }
        self.outcome = outcome;
        self.message = tag.get("message").filter(|text| !text.trim().is_empty()).map(|text| text.into_owned());
        self.message.is_none()
    }
}

/// Failures and errors are told apart differently by different tools; what is bad in all must agree. Surefire counts attempts, others
/// cases.
fn differ(declared: Tally, counted: Tally, retries: u64) -> bool {
    let bad = |tally: Tally| tally.failed.saturating_add(tally.errors);
    declared.total() != counted.total() + retries || bad(declared) != bad(counted) + retries
}

fn words(tally: Tally) -> String {
    let Tally { failed, errors, skipped, .. } = tally;
    format!("{} ({failed} failed, {errors} errors, {skipped} skipped)", tally.total())
}
