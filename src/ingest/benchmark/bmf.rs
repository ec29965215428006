//! Bencher Metric Format: benchmarks by name, their measures by name, each with a value and maybe bounds (the reference of bencher.dev).
//!
//! A measure has no unit in the file. Those that Bencher makes for every project have known ones; of others lower is taken to be better.

use super::Draft;
use super::run::{Figure, Run};
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

pub(super) const FORMAT: Format<Draft> = Format { name: "bmf", about: "Bencher Metric Format", claims, read };

/// The measures that Bencher knows, and their units.
const MEASURES: &[(&str, &str)] =
    &[("latency", "ns"), ("throughput", "ops/s"), ("build-time", "s"), ("file-size", "B"), ("binary-size", "B")];

fn claims(artifact: &Artifact) -> bool {
    outline(&artifact.head).is_some_and(|outline| {
        let own = |key: &str| matches!(key, "value" | "lower_value" | "upper_value" | "{}");
        outline.has(&["*", "*", "value"]) && outline.below(&["*", "*"]).all(own) && outline.below(&["*"]).all(|key| key != "[]")
    })
}

#[derive(Deserialize)]
struct Metric {
    value: Option<f64>,
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut run = Run::new(reading);
    let benchmarks = reading.tolerant_json(PhantomData::<BTreeMap<String, BTreeMap<String, Metric>>>).unwrap_or_default();
    for (name, measures) in &benchmarks {
        for (measure, metric) in measures {
            let unit = MEASURES.iter().find(|(known, _)| known == measure).map_or("", |(_, unit)| *unit);
            let figure = Figure::new(metric.value, unit);
            let counted = ["instructions", "estimated-cycles", "allocations"].contains(&measure.as_str());
            let figure = if counted { figure.better(Direction::Lower) } else { figure };
            run.put(name, measure, figure, Location::pointer(&[name, measure]));
        }
    }
    run.finish(reading)
}
