//! Nyrkiö's JSON: one run or a list of them, each with a time in seconds since 1970, metrics, and attributes such as commit and branch
//! (the documentation of nyrkio.com, and `nyrkioJson` of nyrkio/change-detection).
//!
//! The benchmark is `test_name` among the attributes, or else the name of the file: the service takes it from the address a run is sent to.

use super::Draft;
use super::run::{Figure, Run};
use crate::ingest::{Format, Reading};
use crate::instant::Instant;
use crate::io::fs::Artifact;
use crate::io::json::{Value, outline};
use crate::series::Direction;
use crate::source::Location;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::marker::PhantomData;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> = Format { name: "nyrkio", about: "Nyrkiö's JSON: `nyrkioJson`", claims, read };

fn claims(artifact: &Artifact) -> bool {
    outline(&artifact.head).is_some_and(|outline| {
        let list = outline.has(&["[]", "timestamp"]) && outline.has(&["[]", "metrics", "[]"]);
        let one = outline.has(&["timestamp"]) && outline.has(&["metrics", "[]"]) && outline.has(&["attributes", "{}"]);
        list || one
    })
}

#[derive(Deserialize)]
#[serde(untagged)]
enum File {
    List(Vec<Entry>),
    One(Entry),
}

#[derive(Deserialize)]
struct Entry {
    timestamp: Option<f64>,
    #[serde(default)]
    metrics: Vec<Metric>,
    #[serde(default)]
    attributes: BTreeMap<String, Value>,
    passed: Option<bool>,
}

#[derive(Deserialize)]
struct Metric {
    name: String,
    #[serde(default)]
    unit: Option<String>,
    value: Option<f64>,
    direction: Option<String>,
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut run = Run::new(reading);
    let entries = match reading.tolerant_json(PhantomData::<File>) {
        Some(File::List(entries)) => entries,
        Some(File::One(entry)) => vec![entry],
        None => Vec::new(),
    };
    let file = reading.artifact.file_name();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    for (index, entry) in entries.iter().enumerate() {
        entry.take(stem, &mut run, &Location::pointer(&[&index.to_string()]));
    }
    (run.at, run.commit) = (None, None);
    run.finish(reading)
}

impl Entry {
    fn take(&self, stem: &str, run: &mut Run, place: &Location) {
        let text = |key: &str| self.attributes.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        run.commit = text("git_commit").map(str::to_owned);
        run.at = self.timestamp.map(|seconds| seconds * 1000.0).filter(|ms| ms.abs() < 1e15).map(|ms| Instant(ms as i64));
        let name = text("test_name").unwrap_or(stem);
        if self.passed == Some(false) {
            return run.lost("failed", place.clone(), format!("{name} did not pass, and has no value"));
        }
        for metric in &self.metrics {
            let figure = Figure::new(metric.value, metric.unit.as_deref().unwrap_or(""));
            let figure = match metric.direction.as_deref() {
                Some("higher_is_better") => figure.better(Direction::Higher),
                Some("lower_is_better") => figure.better(Direction::Lower),
                _ => figure,
            };
            run.put(name, &metric.name, figure, place.clone());
        }
    }
}
