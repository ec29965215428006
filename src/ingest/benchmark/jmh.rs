//! JMH, `-rf json` (jmh-core/.../results/format/JSONResultFormat.java of openjdk/jmh).
//!
//! Throughput is better when it is higher, all other modes measure time. Every iteration of every fork is a sample. Parameters, and more
//! than one thread, are part of the name.

use super::run::{Figure, Run};
use super::{Draft, unit};
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::json::outline;
use crate::series::Direction;
use crate::source::Location;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::marker::PhantomData;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> = Format { name: "jmh", about: "JMH's JSON: `-rf json`", claims, read };

fn claims(artifact: &Artifact) -> bool {
    outline(&artifact.head).is_some_and(|outline| {
        outline.has(&["[]", "benchmark"]) && (outline.has(&["[]", "jmhVersion"]) || outline.has(&["[]", "primaryMetric"]))
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    benchmark: String,
    mode: String,
    threads: Option<u64>,
    #[serde(default)]
    params: BTreeMap<String, String>,
    primary_metric: Metric,
    #[serde(default)]
    secondary_metrics: BTreeMap<String, Metric>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metric {
    score: Number,
    score_unit: String,
    #[serde(default)]
    raw_data: Vec<Vec<Number>>,
}

/// JMH puts NaN in quotes.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Plain(f64),
    Other(Option<String>),
}

impl Number {
    fn value(&self) -> f64 {
        match self {
            Number::Plain(value) => *value,
            Number::Other(text) => text.as_deref().and_then(|text| text.parse().ok()).unwrap_or(f64::NAN),
        }
    }
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut run = Run::new(reading);
    let entries = reading.tolerant_json(PhantomData::<Vec<Entry>>).unwrap_or_default();
    for (index, entry) in entries.iter().enumerate() {
        entry.take(&mut run, &Location::pointer(&[&index.to_string()]));
    }
    run.finish(reading)
}

impl Entry {
    fn take(&self, run: &mut Run, place: &Location) {
        let mut name = self.benchmark.clone();
        for (key, value) in &self.params {
            name.push_str(&format!(" {key}={value}"));
        }
        if let Some(threads) = self.threads.filter(|threads| *threads > 1) {
            name.push_str(&format!(" threads={threads}"));
        }
        let (metric, direction) = match self.mode.as_str() {
            "thrpt" => ("throughput", Direction::Higher),
            "avgt" => ("time", Direction::Lower),
            "sample" => ("sample_time", Direction::Lower),
            "ss" => ("single_shot_time", Direction::Lower),
            other => (other, unit::direction(&self.primary_metric.score_unit).unwrap_or(Direction::Lower)),
        };
        run.put(&name, metric, self.primary_metric.figure().better(direction), place.clone());
        for (label, metric) in &self.secondary_metrics {
            let label = label.trim_start_matches('·');
            // What a collector of garbage does costs, also when it does it at a rate.
            let costs = label.starts_with("gc.");
            let figure = metric.figure();
            run.put(&name, label, if costs { figure.better(Direction::Lower) } else { figure }, place.clone());
        }
    }
}

impl Metric {
    fn figure(&self) -> Figure {
        let samples: Vec<f64> = self.raw_data.iter().flatten().map(Number::value).collect();
        Figure::new(self.score.value(), &self.score_unit).sampled(samples)
    }
}
