//! criterion.rs: the folder `target/criterion/**/new` of a benchmark, named by its `estimates.json` (src/estimate.rs, src/fs.rs and
//! src/analysis/mod.rs of criterion.rs): nanoseconds.
//!
//! `benchmark.json` beside it has the name, without which the folder's path is it, and `sample.json` the samples. The value is what
//! criterion prints: the slope, or the mean where sampling was flat. `change/estimates.json` is relative to another run and holds no
//! value. Versions before 0.3.6 began the names of the statistics with a capital.

use super::Draft;
use super::run::{Figure, Run};
use crate::ingest::{Format, Reading};
use crate::io::fs::{self, Artifact};
use crate::io::json::{self, outline};
use crate::source::Location;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "criterion", about: "criterion.rs: `target/criterion/**/new/estimates.json`, or `sample.json`", claims, read };

fn claims(artifact: &Artifact) -> bool {
    outline(&artifact.head).is_some_and(|outline| {
        let has = |places: &[&[&str]]| places.iter().any(|place| outline.has(place));
        let estimates = has(&[&["mean", "point_estimate"], &["Mean", "point_estimate"]]);
        let sample = outline.has(&["iters", "[]"]) && outline.has(&["times", "[]"]);
        let old = artifact.file_name().ends_with("sample.json") && outline.has(&["[]", "[]"]);
        estimates || sample || old
    })
}

#[derive(Deserialize)]
struct Estimates {
    #[serde(alias = "Mean")]
    mean: Estimate,
    #[serde(alias = "Slope")]
    slope: Option<Estimate>,
    #[serde(alias = "StdDev")]
    std_dev: Option<Estimate>,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: Option<f64>,
}

#[derive(Deserialize)]
struct Identity {
    full_id: Option<String>,
    title: Option<String>,
}

/// How often a benchmark was repeated for each sample, and how long that took.
#[derive(Deserialize)]
#[serde(untagged)]
enum Sample {
    Named { sampling_mode: Option<String>, iters: Vec<f64>, times: Vec<f64> },
    Old(Vec<f64>, Vec<f64>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum File {
    Estimates(Estimates),
    Sample(Sample),
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut run = Run::new(reading);
    let Some(file) = reading.tolerant_json(PhantomData::<File>) else { return run.finish(reading) };
    let artifact = reading.artifact;
    let name = beside::<Identity>(artifact, "benchmark.json").and_then(|identity| identity.full_id.or(identity.title));
    let name = name.filter(|name| !name.is_empty()).unwrap_or_else(|| from_path(&artifact.name));
    let (value, samples) = match file {
        File::Estimates(Estimates { std_dev: None, .. }) => {
            let message = "this is the change from one run to another and no measurement: name `new/estimates.json`";
            reading.note("relative", Location::whole(), message);
            return run.finish(reading);
        }
        File::Estimates(Estimates { mean, slope, .. }) => {
            let samples = beside::<Sample>(artifact, "sample.json").map(|sample| sample.each()).unwrap_or_default();
            (slope.unwrap_or(mean).point_estimate, samples)
        }
        File::Sample(sample) => (sample.typical(), sample.each()),
    };
    run.put(&name, "time", Figure::new(value, "ns").sampled(samples), Location::whole());
    run.finish(reading)
}

/// Another file of the same folder; what it adds is not worth failing for.
fn beside<T: DeserializeOwned>(artifact: &Artifact, name: &str) -> Option<T> {
    json::read(fs::read_text(&artifact.path.with_file_name(name)).ok()?.as_bytes()).ok()
}

/// `target/criterion/fib/20/new/estimates.json` is of `fib/20`.
fn from_path(path: &str) -> String {
    let mut folders: Vec<&str> = path.split('/').collect();
    let file = folders.pop().unwrap_or(path);
    folders.pop();
    let start = folders.iter().rposition(|folder| *folder == "criterion").map_or(0, |at| at + 1);
    let name = folders.get(start..).unwrap_or_default().join("/");
    if name.is_empty() { file.trim_end_matches(".json").to_owned() } else { name }
}

impl Sample {
    fn parts(&self) -> (&[f64], &[f64]) {
        match self {
            Sample::Named { iters, times, .. } | Sample::Old(iters, times) => (iters, times),
        }
    }

    /// The time of one iteration, for every sample.
    fn each(&self) -> Vec<f64> {
        let (iters, times) = self.parts();
        iters.iter().zip(times).map(|(n, time)| time / n).collect()
    }

    /// The slope through the origin, or the mean where the number of iterations is flat.
    fn typical(&self) -> Option<f64> {
        let (iters, times) = self.parts();
        let flat = matches!(self, Sample::Named { sampling_mode: Some(mode), .. } if mode == "Flat");
        let each = self.each();
        if flat || each.is_empty() {
            return (!each.is_empty()).then(|| each.iter().sum::<f64>() / each.len() as f64);
        }
        let over: f64 = iters.iter().zip(times).map(|(n, time)| n * time).sum();
        Some(over / iters.iter().map(|n| n * n).sum::<f64>())
    }
}
