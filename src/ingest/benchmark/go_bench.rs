//! The text of `go test -bench` (golang.org/design/14313-benchmark-format and `testing.BenchmarkResult.String`).
//!
//! A line holds several metrics; a line that is repeated (`-count`) is another sample. `key: value` lines say what follows them is of;
//! keys of one's own that change within the file tell series apart. The number of processors that ends every name becomes part of the
//! machine.

use super::Draft;
use super::run::{Figure, Run};
use crate::ingest::{Format, Reading};
use crate::io::clock;
use crate::io::fs::Artifact;
use crate::series::Direction;
use crate::source::Location;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> = Format { name: "go-bench", about: "the text of `go test -bench`", claims, read };

/// Keys that are not a parameter of the benchmarks.
const COMMON: &[&str] = &["goos", "goarch", "pkg", "cpu", "commit", "commit-time", "branch"];

fn claims(artifact: &Artifact) -> bool {
    let text = artifact.head_text();
    // benchstat's tables begin with the same keys.
    let is_table = || text.contains('│') || text.contains(",CI");
    text.lines().any(|line| parse(line).is_some()) || text.lines().any(|line| line.starts_with("goos: ")) && !is_table()
}

/// The name, and every value with its unit.
fn parse(line: &str) -> Option<(&str, Vec<(f64, &str)>)> {
    let mut fields = line.split_whitespace();
    let name = fields.next().filter(|name| name.starts_with("Benchmark"))?;
    fields.next()?.parse::<u64>().ok()?;
    let rest: Vec<&str> = fields.collect();
    let values: Option<Vec<_>> = rest.chunks(2).map(|pair| Some((pair.first()?.parse().ok()?, *pair.get(1)?))).collect();
    values.filter(|values| !values.is_empty()).map(|values| (name, values))
}

/// A line of results, and the keys in force there.
struct Line {
    number: u64,
    name: String,
    values: Vec<(f64, String)>,
    keys: BTreeMap<String, String>,
}

#[derive(Default)]
struct File {
    lines: Vec<Line>,
    keys: BTreeMap<String, String>,
    /// The units that a `Unit` line gives a direction.
    better: BTreeMap<String, Direction>,
    /// Benchmarks that began and gave no result yet.
    begun: BTreeMap<String, u64>,
    lost: Vec<(&'static str, u64, String)>,
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut file = File::default();
    reading.each_line(|_, number, line, _| {
        file.line(number, line.trim_end());
        ControlFlow::Continue(())
    });
    let mut run = Run::new(reading);
    file.tell(&mut run);
    run.finish(reading)
}

impl File {
    fn line(&mut self, number: u64, line: &str) {
        if let Some((name, values)) = parse(line) {
            let values = values.into_iter().map(|(value, unit)| (value, unit.to_owned())).collect();
            // With -v the name stands on a line of its own before, without the number of processors.
            self.begun.retain(|begun, _| !name.starts_with(begun.as_str()));
            self.lines.push(Line { number, name: name.to_owned(), values, keys: self.keys.clone() });
        } else if let Some(name) = line.strip_prefix("--- FAIL: ").or_else(|| line.strip_prefix("--- SKIP: ")) {
            let name = name.split_whitespace().next().unwrap_or(name);
            self.begun.retain(|begun, _| !name.starts_with(begun.as_str()));
            let (code, what) = if line.starts_with("--- FAIL") { ("failed", "failed") } else { ("skipped", "was skipped") };
            self.lost.push((code, number, format!("{name} {what}, and has no value")));
        } else if line.starts_with("panic: ") || line.starts_with("FAIL\t") || line.starts_with("FAIL ") {
            self.lost.push(("failed", number, format!("the run failed: {}", line.replace('\t', " "))));
        } else if let Some(unit) = line.strip_prefix("Unit ") {
            self.unit(unit);
        } else if line.starts_with("Benchmark") {
            self.begin(number, line);
        } else if let Some((key, value)) = line.split_once(':').filter(|(key, _)| is_key(key)) {
            self.keys.insert(key.to_owned(), value.trim().to_owned());
        }
    }

    fn unit(&mut self, line: &str) {
        let Some((unit, rest)) = line.split_once(' ') else { return };
        for word in rest.split_whitespace() {
            match word {
                "better=higher" => drop(self.better.insert(unit.to_owned(), Direction::Higher)),
                "better=lower" => drop(self.better.insert(unit.to_owned(), Direction::Lower)),
                _ => {}
            }
        }
    }

    /// A name without a result: what it prints, or its end, follows.
    fn begin(&mut self, number: u64, line: &str) {
        let name = line.split_whitespace().next().unwrap_or(line);
        let plain = name.rsplit_once('-').filter(|(_, procs)| procs.parse::<u16>().is_ok()).map_or(name, |(plain, _)| plain);
        self.begun.insert(plain.to_owned(), number);
    }

    fn tell(self, run: &mut Run) {
        let key = |key: &str| self.keys.get(key).filter(|value| !value.is_empty());
        run.commit = key("commit").cloned();
        run.at = key("commit-time").and_then(|time| clock::parse(time));
        let named = self.lines.iter().all(|line| procs(&line.name).is_some());
        let parameters: BTreeSet<&String> = self
            .lines
            .iter()
            .flat_map(|line| line.keys.keys())
            .filter(|key| !COMMON.contains(&key.as_str()))
            .filter(|key| self.lines.iter().any(|line| line.keys.get(*key) != self.lines.first().and_then(|line| line.keys.get(*key))))
            .collect();
        for line in &self.lines {
            let (name, count) = procs(&line.name).filter(|_| named).unwrap_or((&line.name, 0));
            run.machine = machine(&line.keys, count);
            let mut benchmark = line.keys.get("pkg").map_or_else(|| name.to_owned(), |pkg| format!("{pkg}.{name}"));
            for (key, value) in parameters.iter().filter_map(|key| Some((key, line.keys.get(*key)?))) {
                benchmark.push_str(&format!(" {key}={value}"));
            }
            for (value, unit) in &line.values {
                let figure = Figure::new(*value, unit);
                let figure = self.better.get(unit).map_or(figure.clone(), |better| figure.better(*better));
                run.sample(&benchmark, unit, figure, Location::line(line.number));
            }
        }
        for (code, number, message) in self.lost {
            run.lost(code, Location::line(number), message);
        }
        for (name, number) in self.begun {
            run.lost("no-result", Location::line(number), format!("{name} begins here and has no result"));
        }
    }
}

/// A name without the number of processors at its end.
pub(super) fn procs(name: &str) -> Option<(&str, u16)> {
    let (plain, count) = name.rsplit_once('-')?;
    count.parse().ok().map(|count| (plain, count))
}

/// `linux/amd64 AMD EPYC, 8 procs`.
pub(super) fn machine(keys: &BTreeMap<String, String>, procs: u16) -> String {
    let system = ["goos", "goarch"].iter().filter_map(|key| keys.get(*key).map(String::as_str)).collect::<Vec<_>>().join("/");
    let hardware = [system, keys.get("cpu").cloned().unwrap_or_default()];
    let hardware = hardware.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" ");
    let procs = if procs == 0 { String::new() } else { format!("{procs} procs") };
    [hardware, procs].iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// Keys begin with a small letter and hold no blank and no capital.
pub(super) fn is_key(key: &str) -> bool {
    key.starts_with(char::is_lowercase) && !key.contains(|letter: char| letter.is_whitespace() || letter.is_uppercase())
}
