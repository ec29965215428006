//! criterion.rs: the folder `target/criterion/**/new` of a benchmark, named by its `estimates.json` (src/estimate.rs, src/fs.rs and
//! src/analysis/mod.rs of criterion.rs): nanoseconds.
//!
//! `benchmark.json` beside it has the name, without which the folder's path is it, and `sample.json` the samples. The value is what
//! criterion prints: the slope, or the mean where sampling was flat. `change/estimates.json` is relative to another run and holds no
//! value. Versions before 0.3.6 began the names of the statistics with a capital.
//!
//! The folder of all benchmarks, `target/criterion`, is read as one: of each benchmark what stands in `new`, which is the last run, and
//! nothing of `base`, `change` or a named baseline, which are earlier ones.

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

pub(super) const FORMAT: Format<Draft> = Format {
    name: "criterion",
    about: "criterion.rs: the folder `target/criterion`, or `new/estimates.json` or `sample.json` in it",
    claims,
    read,
};

fn claims(artifact: &Artifact) -> bool {
    if let Some(members) = &artifact.members {
        return members.iter().any(|member| in_new(member, "estimates.json") || in_new(member, "sample.json"));
    }
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
    let Some(members) = &reading.artifact.members else { return read_file(reading, None) };
    let has = |member: &String| members.binary_search(member).is_ok();
    // A run that was cut off leaves samples that nobody has looked at yet.
    let alone = |member: &String| in_new(member, "sample.json") && !has(&member.replace("sample.json", "estimates.json"));
    let found = members.iter().filter(|member| in_new(member, "estimates.json") || alone(member));
    Draft::of_members(reading, found, |reading, member| read_file(reading, Some(member)))
}

/// Whether a member of a folder is such a file of the last run of a benchmark.
fn in_new(member: &str, file: &str) -> bool {
    member.strip_suffix(file).is_some_and(|folder| folder == "new/" || folder.ends_with("/new/"))
}

/// Reads a file, which may be a member of the folder that is read.
fn read_file(reading: &mut Reading<'_>, member: Option<&str>) -> Draft {
    let mut run = Run::new(reading);
    let Some(file) = reading.tolerant_json(PhantomData::<File>) else { return run.finish(reading) };
    let name = beside::<Identity>(reading, "benchmark.json").and_then(|identity| identity.full_id.or(identity.title));
    let below = member.filter(|member| member.matches('/').count() > 1);
    let name = name.filter(|name| !name.is_empty()).unwrap_or_else(|| from_path(below.unwrap_or(&reading.artifact.name)));
    let (value, samples) = match file {
        File::Estimates(Estimates { std_dev: None, .. }) => {
            let message = "this is the change from one run to another and no measurement: name `new/estimates.json`";
            reading.note("relative", Location::whole(), message);
            return run.finish(reading);
        }
        File::Estimates(Estimates { mean, slope, .. }) => {
            let samples = beside::<Sample>(reading, "sample.json").map(|sample| sample.each()).unwrap_or_default();
            (slope.unwrap_or(mean).point_estimate, samples)
        }
        File::Sample(sample) => (sample.typical(), sample.each()),
    };
    run.put(&name, "time", Figure::new(value, "ns").sampled(samples), Location::whole());
    run.finish(reading)
}

/// Another file of the same folder, if it is there; what it adds is not worth failing for.
fn beside<T: DeserializeOwned>(reading: &mut Reading<'_>, name: &str) -> Option<T> {
    let path = reading.artifact.path.with_file_name(name);
    let text = fs::exists(&path).then(|| fs::read_text(&path))?;
    let read = text.map_err(|e| e.to_string()).and_then(|text| json::read(text.as_bytes()).map_err(|mistake| mistake.message));
    read.map_err(|e| reading.warning("companion", Location::whole(), format!("`{name}` beside it cannot be read: {e}"))).ok()
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
