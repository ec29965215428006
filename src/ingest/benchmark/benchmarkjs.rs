//! benchmark.js, the text of `String(benchmark)` (`toStringBench` in benchmark.js of bestiejs/benchmark.js):
//! `name x 1,431,759 ops/sec ±0.74% (93 runs sampled)`, or `name: ` and an error. Other lines are the program's own.

use super::Draft;
use super::run::{Figure, Run};
use super::text::uncoloured;
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::source::Location;
use std::ops::ControlFlow;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> = Format { name: "benchmarkjs", about: "the text of benchmark.js", claims, read };

fn claims(artifact: &Artifact) -> bool {
    artifact.head_text().lines().any(|line| result(&uncoloured(line)).is_some())
}

/// The name and how many operations a second has.
fn result(line: &str) -> Option<(&str, f64)> {
    let (before, rest) = line.split_once(" ops/sec")?;
    let (name, rate) = before.rsplit_once(" x ")?;
    let sampled = rest.contains(" run sampled)") || rest.contains(" runs sampled)");
    Some((name.trim(), rate.replace(',', "").parse().ok()?)).filter(|_| sampled)
}

/// The name of a benchmark that broke.
fn broken(line: &str) -> Option<&str> {
    let (name, error) = line.split_once(": ")?;
    let named = error.split([' ', ':']).next().is_some_and(|word| word.ends_with("Error"));
    Some(name.trim()).filter(|name| !name.is_empty() && (named || error.is_empty()))
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut run = Run::new(reading);
    reading.each_line(|_, number, line, _| {
        let line = uncoloured(line);
        if let Some((name, rate)) = result(&line) {
            run.put(name, "throughput", Figure::new(rate, "ops/s"), Location::line(number));
        } else if let Some(name) = broken(&line) {
            run.lost("failed", Location::line(number), format!("{name} failed, and has no value"));
        }
        ControlFlow::Continue(())
    });
    run.finish(reading)
}
