//! Ruby's standard library `benchmark` (`Benchmark::Tms::FORMAT` in lib/benchmark.rb of ruby/benchmark): rows of a label, the user, system
//! and total processor time, and the real time in brackets, in seconds.
//!
//! The rehearsal of `bmbm` is no measurement. A label that comes again was measured again. A row without a label, as `puts
//! Benchmark.measure` prints it, is of the file.

use super::Draft;
use super::run::{Figure, Run};
use super::text::{stem, uncoloured};
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::source::Location;
use std::ops::ControlFlow;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "ruby-benchmark", about: "the text of Ruby's `benchmark`: `bm`, `bmbm`, `measure`", claims, read };

fn claims(artifact: &Artifact) -> bool {
    artifact.head_text().lines().any(|line| row(&uncoloured(line)).is_some())
}

/// The label, the total processor time and the real time.
fn row(line: &str) -> Option<(&str, f64, f64)> {
    let (before, real) = line.trim_end().strip_suffix(')')?.rsplit_once('(')?;
    let mut rest = before;
    let mut times = [0.0; 3];
    for time in times.iter_mut().rev() {
        rest = rest.trim_end();
        let at = rest.rfind(char::is_whitespace).map_or(0, |at| at + 1);
        *time = seconds(rest.get(at..)?)?;
        rest = rest.get(..at)?;
    }
    let label = rest.trim();
    Some((label.strip_suffix(':').unwrap_or(label), times[2], seconds(real.trim())?))
}

/// Seconds are printed with a fraction: a whole number is something else.
fn seconds(text: &str) -> Option<f64> {
    let (whole, fraction) = text.trim_start_matches('-').split_once('.')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits(whole) && digits(fraction) { text.parse().ok() } else { None }
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut run = Run::new(reading);
    let mut rehearsal = None;
    let name = stem(reading.artifact);
    reading.each_line(|_, number, line, _| {
        let line = uncoloured(line);
        if line.starts_with("Rehearsal ---") {
            rehearsal = Some(number);
        } else if rehearsal.is_some() && line.starts_with("---") && line.contains(" total: ") {
            rehearsal = None;
        } else if let Some((label, total, real)) = row(&line).filter(|_| rehearsal.is_none()) {
            let label = if label.is_empty() { name.as_str() } else { label };
            for (metric, value) in [("real", real), ("total", total)] {
                run.sample(label, metric, Figure::new(value, "s"), Location::line(number));
            }
        }
        ControlFlow::Continue(())
    });
    if let Some(line) = rehearsal {
        run.lost("no-result", Location::line(line), "the rehearsal has no end, and no measurement follows".to_owned());
    }
    run.finish(reading)
}
