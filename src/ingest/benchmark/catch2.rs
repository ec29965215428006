//! Catch2, the console reporter (src/catch2/reporters/catch_reporter_console.cpp of catchorg/Catch2): a table in each test case, with
//! three rows for a benchmark of which the second has the mean, or with one row where nothing is analysed and before version 2.9.
//!
//! A name that is too long for its column goes on in the next row. One that several test cases have is told apart by the test case.

use super::Draft;
use super::run::{Figure, Places, Run};
use super::text::uncoloured;
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::source::Location;
use std::ops::ControlFlow;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "catch2", about: "Catch2's benchmarks as the console reporter prints them", claims, read };

fn claims(artifact: &Artifact) -> bool {
    artifact.head_text().lines().any(|line| heading(&uncoloured(line)).is_some())
}

/// What the last column of a table's first rows holds.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Last {
    /// The time of one iteration.
    Value,
    /// How long all will take: the value is in the row below.
    Estimate,
}

/// The heading of a table.
fn heading(line: &str) -> Option<Last> {
    let words: Vec<&str> = line.strip_prefix("benchmark name")?.split_whitespace().collect();
    match words[..] {
        ["samples", "iterations", "mean"] | ["iters", "elapsed", "ns", "average"] => Some(Last::Value),
        ["samples", "iterations", ..] => Some(Last::Estimate),
        _ => None,
    }
}

/// What follows the name in a first row: two counts and a time. Gives the name's part of the row and the time.
fn first_row(line: &str) -> Option<(&str, f64, &str)> {
    let (rest, unit) = line.trim_end().rsplit_once(char::is_whitespace)?;
    let (rest, value) = rest.rsplit_once(char::is_whitespace)?;
    let (rest, iterations) = rest.trim_end().rsplit_once(char::is_whitespace)?;
    let (name, samples) = rest.trim_end().rsplit_once(char::is_whitespace).unwrap_or(("", rest.trim()));
    let counts = [samples, iterations].iter().all(|count| count.parse::<u64>().is_ok());
    let value = value.parse().ok().filter(|_| counts && is_unit(unit))?;
    Some((name.trim(), value, unit))
}

/// The mean in front of its bounds.
fn second_row(line: &str) -> Option<(f64, &str)> {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words[..] {
        [value, unit, _, low, _, high] if [unit, low, high].iter().all(|unit| is_unit(unit)) => Some((value.parse().ok()?, unit)),
        _ => None,
    }
}

fn is_unit(word: &str) -> bool {
    ["ns", "us", "µs", "μs", "ms", "s", "m"].contains(&word)
}

#[derive(Default)]
enum State {
    /// Between tables.
    #[default]
    Outside,
    /// Between two lines of dashes: the names of a test case and its sections.
    Title(Vec<String>),
    /// In the heading of a table.
    Heading(Last),
    /// In a table, where a name may have begun.
    Table(Last, String),
    /// In a table, below the first row of a benchmark, which stands on this line.
    Below(String, u64),
}

#[derive(Default)]
struct File {
    state: State,
    /// The names of the test case and its sections.
    case: String,
    /// Test case, name, value, unit, line.
    found: Vec<(String, String, f64, String, u64)>,
    lost: Vec<(&'static str, u64, String)>,
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut file = File::default();
    reading.each_line(|_, number, line, _| {
        file.line(number, uncoloured(line).trim_end());
        ControlFlow::Continue(())
    });
    file.leave();
    let mut run = Run::new(reading);
    let places = Places::of(file.found.iter().map(|(case, name, ..)| (case.as_str(), name.as_str())));
    for (case, name, value, unit, line) in &file.found {
        let unit = if unit == "m" { "min" } else { unit };
        run.put(&places.name(case, name), "time", Figure::new(*value, unit), Location::line(*line));
    }
    for (code, line, message) in file.lost {
        run.lost(code, Location::line(line), message);
    }
    run.finish(reading)
}

impl File {
    fn line(&mut self, number: u64, line: &str) {
        if let Some(last) = heading(line) {
            self.leave();
            self.state = State::Heading(last);
            return;
        }
        let is_rule = |sign: char| line.len() > 20 && line.chars().all(|letter| letter == sign);
        if is_rule('.') || is_rule('=') || is_rule('~') {
            return self.leave();
        }
        self.state = match std::mem::take(&mut self.state) {
            State::Heading(last) if is_rule('-') => State::Table(last, String::new()),
            State::Heading(last) => State::Heading(last),
            State::Title(names) if is_rule('-') => {
                self.case = names.join(" ");
                State::Outside
            }
            State::Title(mut names) => {
                names.extend(Some(line.trim()).filter(|name| !name.is_empty()).map(str::to_owned));
                State::Title(names)
            }
            State::Outside if is_rule('-') => State::Title(Vec::new()),
            State::Outside => State::Outside,
            state if is_rule('-') => {
                self.state = state;
                self.leave();
                State::Title(Vec::new())
            }
            State::Table(last, name) => self.row(last, name, number, line),
            State::Below(name, begun) => match second_row(line) {
                Some((value, unit)) => {
                    self.found.push((self.case.clone(), name, value, unit.to_owned(), number));
                    State::Table(Last::Estimate, String::new())
                }
                None => State::Below(name, begun),
            },
        };
    }

    /// A row that begins a benchmark, goes on with its name, or is none of both.
    fn row(&mut self, last: Last, mut name: String, number: u64, line: &str) -> State {
        if let Some((before, error)) = line.split_once("Benchmark failed (").or_else(|| line.split_once("benchmark failed (")) {
            let name = join(name, before.trim());
            self.lost.push(("failed", number, format!("{name} failed, and has no value: {}", error.trim_end_matches(')'))));
            return State::Table(last, String::new());
        }
        match first_row(line) {
            Some((rest, value, unit)) => {
                name = join(name, rest);
                if last == Last::Estimate {
                    return State::Below(name, number);
                }
                self.found.push((self.case.clone(), name, value, unit.to_owned(), number));
                State::Table(last, String::new())
            }
            // Standard deviations are indented, and a name is not.
            None if line.starts_with(char::is_whitespace) || line.is_empty() => State::Table(last, name),
            None => State::Table(last, join(name, line.trim())),
        }
    }

    /// The end of a table, where a benchmark may not have ended.
    fn leave(&mut self) {
        if let State::Below(name, line) = std::mem::take(&mut self.state) {
            self.lost.push(("no-result", line, format!("{name} begins here and has no result")));
        }
    }
}

fn join(name: String, rest: &str) -> String {
    if name.is_empty() { rest.to_owned() } else { format!("{name} {rest}") }
}
