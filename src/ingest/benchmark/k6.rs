//! k6's end-of-test summary in both shapes: what `handleSummary` gets, and the older one of `--summary-export`
//! (internal/js/summary.go and internal/cmd/ui.go of grafana/k6).
//!
//! In the older one `true` beside a threshold means that it was **crossed** (issue 1346 of that project is of how it is written); in the
//! newer one there is an `ok`. A metric with a threshold and without a sample has no value. What k6 was told to do (`vus`) and the extremes
//! are not measurements of the system.

use super::Draft;
use super::run::{Figure, Run};
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::json::{Value, outline};
use crate::series::Direction;
use crate::source::Location;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::marker::PhantomData;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> = Format { name: "k6", about: "k6's summary: `--summary-export`, `handleSummary`", claims, read };

fn claims(artifact: &Artifact) -> bool {
    outline(&artifact.head).is_some_and(|outline| {
        let own = ["iterations", "vus", "http_reqs", "iteration_duration", "data_received", "checks"];
        outline.has(&["metrics", "{}"])
            && (outline.has(&["root_group"]) || own.iter().any(|metric| outline.has(&["metrics", metric, "{}"])))
    })
}

#[derive(Deserialize)]
struct Summary {
    metrics: BTreeMap<String, Metric>,
}

/// The newer shape has `type`, `contains` and `values`; in the older one the values stand here.
#[derive(Deserialize)]
struct Metric {
    #[serde(default)]
    contains: String,
    values: Option<BTreeMap<String, Option<f64>>>,
    #[serde(default)]
    thresholds: BTreeMap<String, Threshold>,
    #[serde(flatten)]
    plain: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Threshold {
    Crossed(bool),
    Held { ok: bool },
}

impl Threshold {
    fn is_crossed(&self) -> bool {
        match self {
            Threshold::Crossed(crossed) => *crossed,
            Threshold::Held { ok } => !ok,
        }
    }
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut run = Run::new(reading);
    let metrics = reading.tolerant_json(PhantomData::<Summary>).map(|summary| summary.metrics).unwrap_or_default();
    for (name, metric) in &metrics {
        let place = Location::pointer(&["metrics", name]);
        for (threshold, _) in metric.thresholds.iter().filter(|(_, threshold)| threshold.is_crossed()) {
            reading.warning("threshold", place.clone(), format!("{name} crosses the threshold `{threshold}` that k6 was given"));
        }
        if !matches!(family(name), "vus" | "vus_max") {
            metric.take(name, &mut run, &place);
        }
    }
    run.finish(reading)
}

/// The metric without the tags of a submetric: `http_req_duration{status:200}`.
fn family(name: &str) -> &str {
    name.split('{').next().unwrap_or(name)
}

impl Metric {
    fn take(&self, name: &str, run: &mut Run, place: &Location) {
        let values = self.values.clone().unwrap_or_else(|| {
            let numbers = self.plain.iter().filter(|(_, value)| value.is_number() || value.is_null());
            numbers.map(|(key, value)| (key.clone(), value.as_f64())).collect()
        });
        let value = |key: &str| values.get(key).copied();
        if value("avg").is_some() || value("med").is_some() {
            return self.trend(name, &values, run, place);
        }
        // A counter has a count and how many in a second, a rate how many of all, a gauge its last value.
        let of_checks = value("passes").is_some() || value("fails").is_some();
        let (statistic, figure) = match (value("count"), value("rate"), value("value")) {
            (Some(_), Some(rate), _) => ("rate", counter(family(name), self.unit(name), rate)),
            (None, Some(rate), None) => ("rate", share(family(name), rate)),
            (_, _, Some(share_of)) if of_checks => ("rate", share(family(name), share_of)),
            (_, _, Some(value)) => ("value", Figure::new(value, self.unit(name))),
            (Some(count), ..) => ("count", Figure::new(count, self.unit(name))),
            _ => return run.lost("no-result", place.clone(), format!("{name} has no value")),
        };
        if of_checks && value("passes") == Some(Some(0.0)) && value("fails") == Some(Some(0.0)) {
            return run.lost("no-samples", place.clone(), format!("{name} has no sample"));
        }
        run.put(name, statistic, figure, place.clone());
    }

    fn trend(&self, name: &str, values: &BTreeMap<String, Option<f64>>, run: &mut Run, place: &Location) {
        if !values.is_empty() && values.values().all(|value| *value == Some(0.0)) && !self.thresholds.is_empty() {
            return run.lost("no-samples", place.clone(), format!("{name} has a threshold and no sample"));
        }
        for (statistic, value) in values.iter().filter(|(key, _)| !matches!(key.as_str(), "min" | "max" | "count")) {
            run.put(name, statistic, Figure::new(*value, self.unit(name)).better(Direction::Lower), place.clone());
        }
    }

    fn unit(&self, name: &str) -> &'static str {
        let name = family(name);
        let timed = name.starts_with("http_req_") || name.ends_with("_duration") || name.starts_with("ws_") || name.starts_with("grpc_req");
        match self.contains.as_str() {
            "time" => "ms",
            "data" => "B",
            "" if timed && !name.ends_with("_failed") => "ms",
            "" if name.starts_with("data_") => "B",
            _ => "",
        }
    }
}

fn counter(name: &str, unit: &str, rate: Option<f64>) -> Figure {
    let costs = ["dropped", "error", "fail"].iter().any(|word| name.to_lowercase().contains(word));
    let direction = if costs { Direction::Lower } else { Direction::Higher };
    Figure::new(rate, &format!("{unit}/s")).better(direction)
}

/// Of `checks` the more the better; of `http_req_failed`, and of whatever sounds like it, the fewer.
fn share(name: &str, rate: Option<f64>) -> Figure {
    let figure = Figure::new(rate, "");
    let says = |words: &[&str]| words.iter().any(|word| name.to_lowercase().contains(word));
    if says(&["fail", "error", "drop"]) {
        figure.better(Direction::Lower)
    } else if says(&["check", "success", "pass"]) {
        figure.better(Direction::Higher)
    } else {
        figure
    }
}
