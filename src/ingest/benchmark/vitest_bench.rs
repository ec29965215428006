//! Vitest, `vitest bench --outputJson` (packages/vitest/src/node/reporters/benchmark of vitest-dev/vitest; tinybench underneath):
//! milliseconds. The value is the median; samples are there with `includeSamples`.

use super::Draft;
use super::run::{Figure, Run};
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::json::outline;
use crate::source::Location;
use serde::Deserialize;
use std::marker::PhantomData;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "vitest-bench", about: "Vitest's benchmarks: `vitest bench --outputJson`", claims, read };

fn claims(artifact: &Artifact) -> bool {
    outline(&artifact.head).is_some_and(|outline| outline.has(&["files", "[]", "groups", "[]"]))
}

#[derive(Deserialize)]
struct Report {
    files: Vec<File>,
}

#[derive(Deserialize)]
struct File {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    full_name: String,
    benchmarks: Vec<Benchmark>,
}

#[derive(Deserialize)]
struct Benchmark {
    name: String,
    median: Option<f64>,
    mean: Option<f64>,
    #[serde(default)]
    samples: Vec<Option<f64>>,
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut run = Run::new(reading);
    let files = reading.tolerant_json(PhantomData::<Report>).map(|report| report.files).unwrap_or_default();
    for (at, file) in files.iter().enumerate() {
        for (within, group) in file.groups.iter().enumerate() {
            let place = Location::pointer(&["files", &at.to_string(), "groups", &within.to_string()]);
            for benchmark in &group.benchmarks {
                let name = format!("{} > {}", group.full_name, benchmark.name);
                let samples: Vec<f64> = benchmark.samples.iter().map(|sample| sample.unwrap_or(f64::NAN)).collect();
                match benchmark.median.or(benchmark.mean) {
                    Some(value) => run.put(&name, "time", Figure::new(value, "ms").sampled(samples), place.clone()),
                    None => run.lost("no-result", place.clone(), format!("{name} has no result: it failed or was skipped")),
                }
            }
        }
    }
    run.finish(reading)
}
