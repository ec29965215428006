//! hyperfine, `--export-json` (src/hyperfine/export/json.rs and benchmark/benchmark_result.rs of sharkdp/hyperfine): seconds, one result
//! per command, with the time and exit code of every run.
//!
//! The value is the median. A command of which one run failed has no value: how fast a program fails is another benchmark.

use super::Draft;
use super::run::{Figure, Run};
use crate::analyze::quantile::median;
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::json::outline;
use crate::source::Location;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::marker::PhantomData;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> = Format { name: "hyperfine", about: "hyperfine's JSON: `--export-json`", claims, read };

fn claims(artifact: &Artifact) -> bool {
    outline(&artifact.head).is_some_and(|outline| {
        let place = |key: &str| outline.has(&["results", "[]", key]);
        place("command") && (place("mean") || place("times") || place("exit_codes"))
    })
}

#[derive(Deserialize)]
struct Export {
    results: Vec<Outcome>,
}

#[derive(Deserialize)]
struct Outcome {
    command: String,
    mean: Option<f64>,
    median: Option<f64>,
    #[serde(default)]
    times: Option<Vec<Option<f64>>>,
    /// None of a command that a signal ended.
    #[serde(default)]
    exit_codes: Vec<Option<i64>>,
    #[serde(default)]
    memory_usage_byte: Option<Vec<Option<f64>>>,
    #[serde(default)]
    parameters: BTreeMap<String, Option<String>>,
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut run = Run::new(reading);
    let export = reading.tolerant_json(PhantomData::<Export>);
    for (index, outcome) in export.map(|export| export.results).unwrap_or_default().into_iter().enumerate() {
        outcome.take(&mut run, Location::pointer(&["results", &index.to_string()]));
    }
    run.finish(reading)
}

impl Outcome {
    fn take(self, run: &mut Run, place: Location) {
        let name = self.name();
        let failed = self.exit_codes.iter().filter(|code| **code != Some(0)).count();
        if failed > 0 {
            return run.lost("failed", place, format!("{name} failed in {failed} of {} runs, and has no value", self.exit_codes.len()));
        }
        let numbers = |list: Option<Vec<Option<f64>>>| -> Vec<f64> {
            list.unwrap_or_default().into_iter().map(|number| number.unwrap_or(f64::NAN)).collect()
        };
        let (times, memory) = (numbers(self.times), numbers(self.memory_usage_byte));
        let value = self.median.or_else(|| median(&times)).or(self.mean);
        if !memory.is_empty() {
            run.put(&name, "memory", Figure::new(median(&memory), "B").sampled(memory), place.clone());
        }
        run.put(&name, "time", Figure::new(value, "s").sampled(times), place);
    }

    /// The command, and its parameters where it does not show them.
    fn name(&self) -> String {
        let mut name = self.command.clone();
        for (key, value) in &self.parameters {
            let value = value.as_deref().unwrap_or("");
            if !name.split_whitespace().any(|word| word == value) {
                name.push_str(&format!(" {key}={value}"));
            }
        }
        name
    }
}
