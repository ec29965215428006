//! The text of `cargo bench`: libtest's `test x ... bench: 1,234 ns/iter (+/- 56)` and criterion's `x  time:   [low estimate high]`, also
//! of several targets in one file.
//!
//! A name that several targets have is told apart by the target. What a benchmark prints may stand between its name and its result.

use super::run::{Figure, Places, Run};
use super::text::uncoloured;
use super::{Draft, gungraun};
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::source::Location;
use std::ops::ControlFlow;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "cargo-bench", about: "the text of `cargo bench`: Rust's libtest and criterion", claims, read };

fn claims(artifact: &Artifact) -> bool {
    let text = artifact.head_text();
    if gungraun::is_one(text) {
        return false;
    }
    let result = |line: &str| libtest(line).is_some() || estimate(line, "time:").is_some();
    // Nothing but the frame: `cargo bench` of a crate without benchmarks. With ordinary tests in it, it is of `cargo test`.
    let hollow = || text.contains("test result:") && text.contains(" measured;") && !text.contains(" ... ok");
    text.lines().any(|line| result(&uncoloured(line))) || text.lines().any(|line| line.starts_with("running ")) && hollow()
}

/// The value and its unit, as libtest prints it.
fn libtest(line: &str) -> Option<(f64, &str, Option<f64>)> {
    let (_, rest) = line.split_once("bench:")?;
    let mut words = rest.split_whitespace();
    let value = words.next()?.replace(',', "").parse().ok()?;
    let unit = words.next().filter(|unit| unit.ends_with("/iter"))?;
    let rate = line.split_once(" = ").and_then(|(_, rate)| rate.split_whitespace().next()?.replace(',', "").parse().ok());
    Some((value, unit, rate))
}

/// What stands before criterion's `time:` or `thrpt:`, and the estimate between the two bounds.
fn estimate<'l>(line: &'l str, label: &str) -> Option<(&'l str, f64, &'l str)> {
    let (before, rest) = line.split_once(label)?;
    let words: Vec<&str> = rest.trim().strip_prefix('[')?.split_once(']')?.0.split_whitespace().collect();
    let [_, _, value, unit, _, _] = words[..] else { return None };
    Some((before.trim(), value.parse().ok()?, unit))
}

/// A result: of which target and benchmark, what, and where.
struct Found {
    target: String,
    name: String,
    metric: &'static str,
    figure: Figure,
    line: u64,
}

#[derive(Default)]
struct File {
    target: String,
    found: Vec<Found>,
    lost: Vec<(&'static str, u64, String)>,
    /// The benchmark of libtest that has begun.
    open: Option<(String, u64)>,
    /// The line before, where criterion puts a name that is long.
    before: String,
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut file = File::default();
    reading.each_line(|_, number, line, _| {
        file.line(number, uncoloured(line).trim_end());
        ControlFlow::Continue(())
    });
    let mut run = Run::new(reading);
    file.close();
    file.tell(&mut run);
    run.finish(reading)
}

impl File {
    fn line(&mut self, number: u64, line: &str) {
        if let Some(target) = line.trim_start().strip_prefix("Running ") {
            self.target = target.split(" (").next().unwrap_or(target).to_owned();
        } else if let Some((name, rest)) = line.strip_prefix("test ").and_then(|line| line.split_once(" ... ")) {
            self.close();
            self.open = Some((name.trim().to_owned(), number));
            self.result(number, rest);
        } else if let Some((name, value, unit)) = estimate(line, "time:") {
            let name = if name.is_empty() { std::mem::take(&mut self.before) } else { name.to_owned() };
            self.push(name, "time", Figure::new(value, unit), number);
        } else if let Some((_, value, unit)) = estimate(line, "thrpt:") {
            let name = self.found.last().map(|found| found.name.clone()).unwrap_or_default();
            let (value, unit) = thousands(value, unit);
            self.push(name, "throughput", Figure::new(value, &unit), number);
        } else if line.starts_with("test result: ") {
            self.close();
        } else if line.starts_with("error: ") {
            self.lost.push(("failed", number, format!("the run failed: {line}")));
        } else if self.open.is_some() {
            self.result(number, line);
        }
        if !line.starts_with(char::is_whitespace) {
            line.clone_into(&mut self.before);
        }
    }

    /// What follows the name of a benchmark of libtest.
    fn result(&mut self, number: u64, text: &str) {
        let Some((name, _)) = &self.open else { return };
        let name = name.clone();
        if let Some((value, unit, rate)) = libtest(text) {
            self.push(name.clone(), "time", Figure::new(value, unit), number);
            if let Some(rate) = rate {
                self.push(name, "throughput", Figure::new(rate, "MB/s"), number);
            }
        } else if text.ends_with("FAILED") {
            self.lost.push(("failed", number, format!("{name} failed, and has no value")));
        } else if text.starts_with("ignored") {
            self.lost.push(("skipped", number, format!("{name} is ignored, and has no value")));
        } else if text != "ok" {
            return;
        }
        self.open = None;
    }

    fn push(&mut self, name: String, metric: &'static str, figure: Figure, line: u64) {
        self.found.push(Found { target: self.target.clone(), name, metric, figure, line });
    }

    /// A benchmark that began and ended without a result.
    fn close(&mut self) {
        if let Some((name, line)) = self.open.take() {
            self.lost.push(("no-result", line, format!("{name} begins here and has no result")));
        }
    }

    fn tell(self, run: &mut Run) {
        let targets = Places::of(self.found.iter().map(|found| (found.target.as_str(), found.name.as_str())));
        for found in &self.found {
            let name = targets.name(&found.target, &found.name);
            run.put(&name, found.metric, found.figure.clone(), Location::line(found.line));
        }
        for (code, line, message) in self.lost {
            run.lost(code, Location::line(line), message);
        }
    }
}

/// `483.37 Kelem/s` as elements in a second: criterion counts elements in thousands, and bytes in units that are known.
fn thousands(value: f64, unit: &str) -> (f64, String) {
    for (prefix, factor) in [("K", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12)] {
        if let Some(rest) = unit.strip_prefix(prefix).filter(|rest| rest.starts_with("elem")) {
            return (value * factor, rest.to_owned());
        }
    }
    (value, unit.to_owned())
}
