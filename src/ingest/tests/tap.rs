//! TAP, the Test Anything Protocol, versions 12 to 14: testanything.org.
//!
//! A test with `# SKIP` or `# TODO` is skipped, however it went. Of a test with subtests those count, unless only the outer one failed.
//! A plan that is missing or is not kept, and `Bail out!`, mean that the run did not finish. What is no TAP is passed over, as the
//! specification asks, and told.

mod line;
#[cfg(test)]
mod tests;

use super::flaws::{UNFINISHED, is_sound};
use super::message::first_line;
use super::number::span;
use super::{Case, Draft, Outcome, Tally};
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::metric::grouped;
use crate::source::Location;
use line::{Directive, Line, Point};
use std::ops::ControlFlow;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "tap", about: "TAP, the Test Anything Protocol: prove, Bats, node-tap, Node, pgTAP", claims, read };

/// Subtests within subtests, more than anybody writes.
const DEEPEST: usize = 32;

fn claims(artifact: &Artifact) -> bool {
    let head = artifact.head_text();
    let mut lines = head.lines().map(line::parse).filter(|line| !matches!(line, Line::Nothing));
    match lines.next() {
        Some(Line::Version) => true,
        Some(Line::Plan { depth: 0, .. }) => head.trim_start().starts_with("1..") || lines.any(|line| matches!(line, Line::Point(_))),
        // `ok 1` alone may be anything.
        Some(Line::Point(_)) => lines.any(|line| matches!(line, Line::Plan { depth: 0, .. })),
        _ => false,
    }
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut run = Run { levels: vec![Level::default()], ..Run::default() };
    reading.each_line(|reading, number, text, ended| {
        run.line(number, text);
        if !ended && !text.trim().is_empty() {
            // A directive may be missing that makes a skip of a pass.
            reading.error("truncated", Location::line(number), "the file ends in the middle of a line");
        }
        ControlFlow::Continue(())
    });
    run.fold(1);
    let Run { mut levels, bailed, unknown, mut flaw, .. } = run;
    let top = levels.pop().unwrap_or_default();
    if let Some(message) = top.breach() {
        flaw.get_or_insert((0, message));
    }
    reading.source.content = format!("TAP, {} tests", grouped(top.cases.len() as u64));
    if let Some((line, why)) = bailed {
        reading.error(UNFINISHED, Location::line(line), format!("the run bailed out: {}", first_line(&why).unwrap_or_default()));
    } else if let Some((line, message)) = flaw.filter(|_| is_sound(reading)) {
        reading.error(UNFINISHED, if line == 0 { Location::whole() } else { Location::line(line) }, message);
    }
    if let Some((line, count)) = unknown {
        reading.note("not-tap", Location::line(line), format!("lines that are no TAP: {}, the first here", grouped(count)));
    }
    Draft { cases: top.cases, stated: Tally::default() }
}

#[derive(Default)]
struct Run {
    /// The file itself, and the subtests that are open in it.
    levels: Vec<Level>,
    bailed: Option<(u64, String)>,
    /// The first line that is no TAP, and how many there are.
    unknown: Option<(u64, u64)>,
    /// The first plan of subtests that was not kept.
    flaw: Option<(u64, String)>,
    /// Whether the explanation of the last test is open, and whether its next line is the message.
    explaining: bool,
    message_next: bool,
}

#[derive(Default)]
struct Level {
    plan: Option<u64>,
    points: u64,
    cases: Vec<Case>,
    /// Whether the last test is the last case, and no test with others within it.
    explained: bool,
}

impl Run {
    fn line(&mut self, number: u64, text: &str) {
        let text = text.trim_end();
        if self.explaining {
            return self.explain(text.trim_start());
        }
        match line::parse(text) {
            Line::Point(point) if point.depth < DEEPEST => self.point(number, point),
            Line::Plan { depth, tests, skip } if depth < DEEPEST => self.plan(number, depth, tests, skip),
            Line::Bail(why) => self.bailed = self.bailed.take().or(Some((number, why.to_owned()))),
            Line::Explanation => self.explaining = true,
            Line::Version | Line::Nothing => {}
            _ => self.unknown.get_or_insert((number, 0)).1 += 1,
        }
    }

    fn open(&mut self, depth: usize) -> &mut Level {
        while self.levels.len() <= depth {
            self.levels.push(Level::default());
        }
        &mut self.levels[depth]
    }

    fn plan(&mut self, number: u64, depth: usize, tests: u64, skip: Option<&str>) {
        let level = self.open(depth);
        let again = level.plan.replace(tests).is_some();
        if let (0, Some(reason)) = (tests, skip) {
            let message = first_line(reason);
            level.cases.push(Case { name: "(all)".into(), outcome: Outcome::Skipped, attempts: 1, message, ..Case::default() });
        }
        if again {
            self.flaw.get_or_insert((number, "a second plan".to_owned()));
        }
    }

    fn point(&mut self, number: u64, point: Point<'_>) {
        let Point { depth, ok, name, number: counted, directive } = point;
        let within = self.close(number, depth);
        let level = self.open(depth);
        level.points += 1;
        let name = if name.is_empty() { format!("test {}", counted.unwrap_or(level.points)) } else { name };
        let (outcome, message) = match directive {
            Some(Directive::Skip(why) | Directive::Todo(why)) => (Outcome::Skipped, first_line(why)),
            None if ok => (Outcome::Passed, None),
            None => (Outcome::Failed, None),
        };
        let bad_within = within.iter().any(|case| case.outcome.is_bad());
        let itself = within.is_empty() || (outcome == Outcome::Failed && !bad_within);
        for case in within {
            let suite = if case.suite.is_empty() { name.clone() } else { format!("{name} > {}", case.suite) };
            // What is to be done does not count yet, with everything in it.
            let outcome = if outcome == Outcome::Skipped && case.outcome.is_bad() { Outcome::Skipped } else { case.outcome };
            level.cases.push(Case { suite, outcome, ..case });
        }
        level.explained = itself;
        if itself {
            level.cases.push(Case { name, outcome, attempts: 1, message, ..Case::default() });
        }
    }

    /// Ends the subtests below a depth, and gives what they came to.
    fn close(&mut self, number: u64, depth: usize) -> Vec<Case> {
        let mut within = Vec::new();
        while self.levels.len() > depth + 1 {
            let Some(level) = self.levels.pop() else { break };
            if let Some(message) = level.breach() {
                self.flaw.get_or_insert((number, format!("in the subtests before it, {message}")));
            }
            let mut cases = level.cases;
            cases.append(&mut within);
            within = cases;
        }
        within
    }

    /// Subtests that are still open at the end have no test that they belong to.
    fn fold(&mut self, depth: usize) {
        if self.levels.len() > depth {
            let within = self.close(0, depth - 1);
            self.flaw.get_or_insert((0, "the file ends in the middle of subtests".to_owned()));
            self.open(depth - 1).cases.extend(within);
        }
    }

    /// A line of what follows a test between `---` and `...`.
    fn explain(&mut self, text: &str) {
        if text == "..." {
            (self.explaining, self.message_next) = (false, false);
            return;
        }
        let Some(case) = self.levels.last_mut().filter(|level| level.explained).and_then(|level| level.cases.last_mut()) else { return };
        let value = |key: &str| text.strip_prefix(key).map(|rest| rest.trim().trim_matches(['\'', '"']));
        // Node tells of a `describe` that holds no test as of a test that passed.
        let hollow = value("type:") == Some("suite") && case.outcome == Outcome::Passed;
        if let Some(duration) = value("duration_ms:").and_then(|text| text.parse().ok()) {
            case.duration = span(duration);
        } else if let Some(message) = value("message:").or_else(|| value("error:")).filter(|_| case.message.is_none()) {
            self.message_next = message.starts_with(['|', '>']);
            case.message = first_line(message).filter(|_| !self.message_next && case.outcome.is_bad());
        } else if std::mem::take(&mut self.message_next) && case.outcome.is_bad() {
            case.message = first_line(text);
        }
        if hollow && let Some(level) = self.levels.last_mut() {
            level.cases.pop();
            level.explained = false;
        }
    }
}

impl Level {
    /// What is wrong with the number of tests.
    fn breach(&self) -> Option<String> {
        match self.plan {
            Some(plan) if plan == self.points => None,
            Some(plan) => Some(format!("{} tests are planned, and {} have a result", grouped(plan), grouped(self.points))),
            None => Some("no plan says how many tests there should be".to_owned()),
        }
    }
}
