//! Dart's benchmark_harness (lib/src/score_emitter.dart of dart-lang/tools): `name(RunTime): 12.5 us.`; emitters of one's own write other
//! metrics and units in the same form, as those of the Dart SDK do (`name(CodeSize): 1234 bytes.`). Other lines are the program's own.

use super::Draft;
use super::run::{Figure, Run};
use super::text::uncoloured;
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::source::Location;
use std::ops::ControlFlow;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "dart-benchmark-harness", about: "the text of Dart's benchmark_harness: `name(RunTime): 12.5 us.`", claims, read };

/// Units of the lines that are taken to be results; anything else in this form may be prose.
const UNITS: &[&str] = &["ns", "us", "µs", "ms", "s", "seconds", "bytes", "KB", "MB", "runs/s", "ops/s", "fps"];

fn claims(artifact: &Artifact) -> bool {
    artifact.head_text().lines().any(|line| result(&uncoloured(line)).is_some())
}

/// Name, metric, value and unit.
fn result(line: &str) -> Option<(&str, &str, f64, &str)> {
    let (before, after) = line.trim().rsplit_once("): ")?;
    let (name, metric) = before.rsplit_once('(')?;
    let is_word = !metric.is_empty() && metric.chars().all(|letter| letter.is_ascii_alphanumeric());
    let (value, unit) = after.split_once(' ')?;
    let unit = unit.strip_suffix('.').unwrap_or(unit);
    let value = value.parse().ok().filter(|_| is_word && UNITS.contains(&unit) && !name.trim().is_empty())?;
    Some((name.trim(), metric, value, unit))
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut run = Run::new(reading);
    reading.each_line(|_, number, line, _| {
        let line = uncoloured(line);
        if let Some((name, metric, value, unit)) = result(&line) {
            let metric = if metric == "RunTime" { "time" } else { metric };
            run.sample(name, metric, Figure::new(value, unit), Location::line(number));
        } else if line.starts_with("Unhandled exception:") {
            run.lost("failed", Location::line(number), "the run ends with an exception".to_owned());
        }
        ControlFlow::Continue(())
    });
    run.finish(reading)
}
