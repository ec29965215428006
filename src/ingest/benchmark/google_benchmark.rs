//! Google Benchmark, `--benchmark_out_format=json` (src/json_reporter.cc of google/benchmark).
//!
//! Repetitions are the samples of one benchmark and their median its value. Of the aggregates only `median`, or else `mean`, counts, and
//! only where repetitions are not listed; `stddev`, `cv`, complexity and its RMS are no measurements, and an aggregate of the user's own
//! is a metric of its own.

use super::run::{Figure, Run, local};
use super::{Draft, unit};
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::json::{Value, outline};
use crate::source::Location;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "google-benchmark", about: "Google Benchmark's JSON: `--benchmark_out`, `--benchmark_format=json`", claims, read };

/// Numbers that are no counters.
const BOOKKEEPING: &[&str] = &[
    "family_index",
    "per_family_instance_index",
    "repetitions",
    "repetition_index",
    "threads",
    "iterations",
    "real_coefficient",
    "cpu_coefficient",
    "rms",
];

fn claims(artifact: &Artifact) -> bool {
    outline(&artifact.head).is_some_and(|outline| {
        let own = ["num_cpus", "library_build_type", "mhz_per_cpu", "library_version"];
        own.iter().any(|key| outline.has(&["context", key]))
    })
}

#[derive(Deserialize)]
struct File {
    context: Context,
    benchmarks: Vec<Entry>,
}

#[derive(Deserialize)]
struct Context {
    date: Option<String>,
    num_cpus: Option<u64>,
    #[serde(default)]
    caches: Vec<Cache>,
}

#[derive(Deserialize)]
struct Cache {
    level: u64,
    size: u64,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    run_name: Option<String>,
    aggregate_name: Option<String>,
    aggregate_unit: Option<String>,
    real_time: Option<f64>,
    cpu_time: Option<f64>,
    time_unit: Option<String>,
    #[serde(default)]
    error_occurred: bool,
    error_message: Option<String>,
    #[serde(default)]
    skipped: Option<bool>,
    skip_message: Option<String>,
    #[serde(flatten)]
    more: BTreeMap<String, Value>,
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut run = Run::new(reading);
    let Some(File { context, benchmarks }) = reading.tolerant_json(PhantomData::<File>) else { return run.finish(reading) };
    run.at = context.date.as_deref().and_then(|date| local(date, reading.request.now));
    run.machine = context.fingerprint();
    let has = |statistic: Option<&str>| -> BTreeSet<String> {
        benchmarks.iter().filter(|entry| entry.aggregate_name.as_deref() == statistic).map(|entry| entry.run().to_owned()).collect()
    };
    let (listed, medians) = (has(None), has(Some("median")));
    for (index, entry) in benchmarks.iter().enumerate() {
        let place = Location::pointer(&["benchmarks", &index.to_string()]);
        let known = listed.contains(entry.run());
        match entry.aggregate_name.as_deref() {
            None => entry.take("", &mut run, place),
            Some("stddev" | "cv" | "BigO" | "RMS") => {}
            Some("median") if !known => entry.take("", &mut run, place),
            Some("mean") if !known && !medians.contains(entry.run()) => entry.take("", &mut run, place),
            Some("median" | "mean") => {}
            Some(own) => entry.take(own, &mut run, place),
        }
    }
    run.finish(reading)
}

impl Context {
    /// `4 CPUs, 32 MiB of cache`. The clock rate is left out: it is measured anew, and differs, on every start.
    fn fingerprint(&self) -> String {
        let cpus = self.num_cpus.map(|count| format!("{count} CPUs"));
        let largest = self.caches.iter().max_by_key(|cache| cache.level);
        let cache = largest.map(|cache| format!("{} KiB of cache", cache.size / 1024));
        [cpus, cache].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

impl Entry {
    /// The benchmark that repetitions and aggregates have in common.
    fn run(&self) -> &str {
        self.run_name.as_deref().unwrap_or(&self.name)
    }

    /// Takes all values; `statistic` is that of the user, if it is one.
    fn take(&self, statistic: &str, run: &mut Run, place: Location) {
        let name = self.run();
        let why = |message: &Option<String>| message.as_ref().map_or(String::new(), |message| format!(": {message}"));
        if self.error_occurred {
            return run.lost("failed", place, format!("{name} failed, and has no value{}", why(&self.error_message)));
        } else if self.skipped == Some(true) || self.skip_message.is_some() {
            return run.lost("skipped", place, format!("{name} was skipped, and has no value{}", why(&self.skip_message)));
        }
        let unit = if self.aggregate_unit.as_deref() == Some("percentage") { "" } else { self.time_unit.as_deref().unwrap_or("ns") };
        let metric = |metric: &str| if statistic.is_empty() { metric.to_owned() } else { format!("{metric} {statistic}") };
        run.sample(name, &metric("real_time"), Figure::new(self.real_time, unit), place.clone());
        run.sample(name, &metric("cpu_time"), Figure::new(self.cpu_time, unit), place.clone());
        for (counter, value) in self.more.iter().filter(|(key, _)| !BOOKKEEPING.contains(&key.as_str())) {
            let unit = counter_unit(counter);
            match value {
                Value::Number(number) => run.sample(name, &metric(counter), Figure::new(number.as_f64(), &unit), place.clone()),
                Value::Null => run.sample(name, &metric(counter), Figure::new(None, &unit), place.clone()),
                _ => {}
            }
        }
    }
}

/// The unit that the name of a counter tells: `bytes_per_second`.
fn counter_unit(counter: &str) -> String {
    match counter {
        "bytes_per_second" => return "B/s".to_owned(),
        "max_bytes_used" | "total_allocated_bytes" | "net_heap_growth" => return "B".to_owned(),
        "allocs_per_iter" => return "allocs/iter".to_owned(),
        _ => {}
    }
    let rate = counter.strip_suffix("_per_second").map(|what| format!("{what}/s"));
    let unit = rate.unwrap_or_default();
    if unit.is_empty() && unit::direction(counter).is_some() { counter.to_owned() } else { unit }
}
