//! benchmark.js as JSON: `JSON.stringify` of a benchmark, of a list of them, or of a suite, which is an object with the keys `0`, `1` …
//! (`Benchmark` and `Suite` in benchmark.js of bestiejs/benchmark.js). Periods are in seconds.
//!
//! The value is the mean of the samples; `hz` is the same again. What broke has an `error` or no samples. One written by hand may have
//! no more than a name and `hz`.

use super::Draft;
use super::run::{Figure, Run};
use crate::ingest::{Format, Reading};
use crate::instant::Instant;
use crate::io::fs::Artifact;
use crate::io::json::{Value, outline};
use crate::source::Location;
use serde::Deserialize;
use std::marker::PhantomData;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "benchmarkjs-json", about: "benchmark.js as JSON: a suite, a list of benchmarks, or one", claims, read };

fn claims(artifact: &Artifact) -> bool {
    outline(&artifact.head).is_some_and(|outline| {
        let whole = |place: &[&str]| {
            let has = |keys: &[&str]| outline.has(&[place, keys].concat());
            has(&["hz"]) && has(&["name"]) || has(&["stats", "rme"]) && has(&["stats", "moe"]) && has(&["times", "period"])
        };
        whole(&[]) || whole(&["[]"]) || whole(&["0"])
    })
}

#[derive(Deserialize)]
struct Benchmark {
    name: Option<String>,
    id: Option<Value>,
    hz: Option<f64>,
    stats: Option<Stats>,
    times: Option<Times>,
    error: Option<Value>,
    #[serde(default)]
    aborted: bool,
}

#[derive(Deserialize)]
struct Stats {
    mean: Option<f64>,
    #[serde(default)]
    sample: Vec<Option<f64>>,
}

#[derive(Deserialize)]
struct Times {
    /// Milliseconds since 1970.
    #[serde(rename = "timeStamp")]
    stamp: Option<f64>,
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut run = Run::new(reading);
    for (at, value) in members(reading.tolerant_json(PhantomData::<Value>).unwrap_or_default()) {
        let place = Location::pointer(&[&at.to_string()]);
        match Benchmark::deserialize(value) {
            Ok(benchmark) => benchmark.take(&mut run, place),
            Err(e) => run.lost("undecodable", place, format!("this is no benchmark: {e}")),
        }
    }
    run.finish(reading)
}

/// The benchmarks of a document with their numbers; the other keys of a suite are its own.
fn members(document: Value) -> Vec<(usize, Value)> {
    let mut members: Vec<(usize, Value)> = match document {
        Value::Array(list) => list.into_iter().enumerate().collect(),
        Value::Object(map) if map.contains_key("hz") || map.contains_key("stats") => vec![(0, Value::Object(map))],
        Value::Object(map) => map.into_iter().filter_map(|(key, value)| Some((key.parse().ok()?, value))).collect(),
        _ => Vec::new(),
    };
    members.sort_by_key(|(at, _)| *at);
    members
}

impl Benchmark {
    fn take(self, run: &mut Run, place: Location) {
        let id = || self.id.as_ref().map_or_else(String::new, |id| id.to_string().trim_matches('"').to_owned());
        let name = self.name.clone().filter(|name| !name.is_empty()).unwrap_or_else(id);
        let stamp = self.times.and_then(|times| times.stamp).filter(|ms| *ms > 0.0 && *ms < 1e14);
        run.at = stamp.map(|ms| Instant(ms as i64));
        let (mean, samples) = self.stats.map_or((None, Vec::new()), |stats| (stats.mean, stats.sample));
        if self.error.is_some_and(|error| !error.is_null()) || self.aborted {
            return run.lost("failed", place, format!("{name} failed, and has no value"));
        }
        let samples: Vec<f64> = samples.into_iter().map(|sample| sample.unwrap_or(f64::NAN)).collect();
        match mean.filter(|mean| *mean > 0.0) {
            Some(mean) => run.put(&name, "time", Figure::new(mean, "s").sampled(samples), place),
            None => run.put(&name, "throughput", Figure::new(self.hz, "ops/s"), place),
        }
        run.at = None;
    }
}
