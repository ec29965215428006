//! Julia's BenchmarkTools, `BenchmarkTools.save` (src/serialization.jl of JuliaCI/BenchmarkTools.jl): nanoseconds.
//!
//! Groups within groups of trials, which have the time of every sample, or of estimates of them. The median of the samples counts.

use super::Draft;
use super::run::{Figure, Run};
use crate::analyze::quantile::median;
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::json::{Value, outline};
use crate::source::Location;
use std::marker::PhantomData;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> = Format { name: "julia", about: "Julia's BenchmarkTools: `BenchmarkTools.save`", claims, read };

fn claims(artifact: &Artifact) -> bool {
    outline(&artifact.head).is_some_and(|outline| outline.has(&["[]", "BenchmarkTools"]))
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut run = Run::new(reading);
    let document = reading.tolerant_json(PhantomData::<Value>).unwrap_or_default();
    for (index, value) in document.pointer("/1").and_then(Value::as_array).into_iter().flatten().enumerate() {
        tagged(value, &mut Vec::new(), &mut run, &Location::pointer(&["1", &index.to_string()]));
    }
    run.finish(reading)
}

/// A value with its type in front: `["BenchmarkGroup", {…}]`.
fn tagged(value: &Value, path: &mut Vec<String>, run: &mut Run, place: &Location) {
    let (Some(kind), Some(body)) = (value.get(0).and_then(Value::as_str), value.get(1)) else { return };
    let name = || if path.is_empty() { "all".to_owned() } else { path.join("/") };
    match kind {
        "BenchmarkGroup" => {
            for (key, inner) in body.get("data").and_then(Value::as_object).into_iter().flatten() {
                path.push(key.trim_matches('"').to_owned());
                tagged(inner, path, run, place);
                path.pop();
            }
        }
        "Trial" | "TrialEstimate" => {
            let number = |key: &str| body.get(key).and_then(Value::as_f64);
            let listed = body.get("times").and_then(Value::as_array);
            let times: Vec<f64> = listed.into_iter().flatten().map(|time| time.as_f64().unwrap_or(f64::NAN)).collect();
            let value = number("time").or_else(|| median(&times));
            run.put(&name(), "time", Figure::new(value, "ns").sampled(times), place.clone());
            for (metric, unit) in [("memory", "B"), ("allocs", "allocs")] {
                if let Some(value) = number(metric) {
                    run.put(&name(), metric, Figure::new(value, unit), place.clone());
                }
            }
        }
        "Parameters" => {}
        other => run.lost("no-result", place.clone(), format!("{} is of the type {other}, which is no measurement", name())),
    }
}
