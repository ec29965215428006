//! conbench's results, one or a list of them: what benchadapt posts (benchadapt/python/benchadapt/result.py of conbench/conbench) and what
//! `/api/benchmark-results` gives back (conbench/entities/benchmark_result.py).
//!
//! Name and parameters stand in `tags`, times of single iterations in `stats.data`. The unit tells the direction, unless it is one of
//! conbench's rates (`B/s`, `i/s`). What is given back names its own rate of improvement too.

use super::Draft;
use super::run::{Figure, Run};
use crate::analyze::quantile::median;
use crate::ingest::{Format, Reading};
use crate::io::clock;
use crate::io::fs::Artifact;
use crate::io::json::{Value, outline};
use crate::series::Direction;
use crate::source::Location;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::marker::PhantomData;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "conbench", about: "conbench's benchmark results, posted and given back", claims, read };

fn claims(artifact: &Artifact) -> bool {
    outline(&artifact.head).is_some_and(|outline| {
        let at = |place: &[&str]| {
            let has = |keys: &[&str]| outline.has(&[place, keys].concat());
            let result = has(&["stats", "data"]) || has(&["stats", "mean"]) || has(&["stats", "unit"]) || has(&["error"]);
            result && (has(&["tags"]) || has(&["tags", "name"])) && (has(&["batch_id"]) || has(&["run_id"]) || has(&["github"]))
        };
        at(&[]) || at(&["[]"]) || at(&["data", "[]"])
    })
}

#[derive(Deserialize)]
#[serde(untagged)]
enum File {
    List(Vec<Posted>),
    Page { data: Vec<Posted> },
    One(Box<Posted>),
}

#[derive(Deserialize)]
struct Posted {
    #[serde(default)]
    tags: BTreeMap<String, Value>,
    stats: Option<Stats>,
    error: Option<Value>,
    timestamp: Option<String>,
    run_id: Option<String>,
    github: Option<Commit>,
    commit: Option<Commit>,
    machine_info: Option<BTreeMap<String, Value>>,
    hardware: Option<BTreeMap<String, Value>>,
}

#[derive(Deserialize)]
struct Commit {
    #[serde(alias = "sha")]
    commit: Option<String>,
}

#[derive(Deserialize)]
struct Stats {
    #[serde(default)]
    data: Vec<Option<Number>>,
    unit: Option<String>,
    mean: Option<Number>,
}

/// Numbers may be written as text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Plain(f64),
    Text(String),
}

impl Number {
    fn value(&self) -> f64 {
        match self {
            Number::Plain(number) => *number,
            Number::Text(text) => text.trim().parse().unwrap_or(f64::NAN),
        }
    }
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut run = Run::new(reading);
    let (results, prefix) = match reading.tolerant_json(PhantomData::<File>) {
        Some(File::List(list)) => (list, None),
        Some(File::Page { data }) => (data, Some("data")),
        Some(File::One(one)) => (vec![*one], None),
        None => return run.finish(reading),
    };
    let single = results.len() == 1 && prefix.is_none();
    for (at, result) in results.into_iter().enumerate() {
        let at = at.to_string();
        let path: Vec<&str> = prefix.into_iter().chain(Some(at.as_str()).filter(|_| !single)).collect();
        result.take(&mut run, Location::pointer(&path));
    }
    (run.name, run.at, run.commit, run.machine) = (None, None, None, String::new());
    run.finish(reading)
}

impl Posted {
    fn take(self, run: &mut Run, place: Location) {
        let name = self.name();
        run.name = self.run_id.filter(|id| !id.is_empty());
        run.at = self.timestamp.as_deref().and_then(clock::parse);
        run.commit = self.github.or(self.commit).and_then(|commit| commit.commit).filter(|commit| !commit.is_empty());
        run.machine = self.machine_info.or(self.hardware).map(|info| machine(&info)).unwrap_or_default();
        let stats = self.stats.unwrap_or(Stats { data: Vec::new(), unit: None, mean: None });
        let samples: Vec<f64> = stats.data.iter().map(|value| value.as_ref().map_or(f64::NAN, Number::value)).collect();
        let failed = self.error.is_some_and(|error| !error.is_null());
        let value = median(&samples.iter().copied().filter(|value| value.is_finite()).collect::<Vec<_>>());
        match value.or_else(|| stats.mean.as_ref().map(Number::value)) {
            None if failed => run.lost("failed", place, format!("{name} failed, and has no value")),
            value => {
                let unit = stats.unit.as_deref().unwrap_or("");
                let figure = Figure::new(value, unit);
                let rate = matches!(unit, "B/s" | "i/s" | "b/s" | "items/s");
                let figure = if rate { figure.better(Direction::Higher) } else { figure };
                let metric = super::unit::metric(unit);
                run.put(&name, metric, if samples.len() > 1 { figure.sampled(samples) } else { figure }, place);
            }
        }
    }

    /// The suite, the name, and the other tags as parameters, in the order of their keys.
    fn name(&self) -> String {
        let text = |key: &str| self.tags.get(key).map(plain).filter(|text| !text.is_empty());
        let mut name: Vec<String> = ["suite", "name"].into_iter().filter_map(text).collect();
        let parameters = self.tags.iter().filter(|(key, value)| !["suite", "name", "id"].contains(&key.as_str()) && !value.is_null());
        name.extend(parameters.map(|(key, value)| format!("{key}={}", plain(value))));
        name.join(" ")
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The machine without its name, which is another one every day where machines come and go.
fn machine(info: &BTreeMap<String, Value>) -> String {
    let text = |key: &str| info.get(key).map(plain).filter(|text| !text.is_empty() && text != "null");
    let keys = ["os_name", "architecture_name", "cpu_model_name", "cpu_core_count", "memory_bytes"];
    let parts: Vec<String> = keys.iter().filter_map(|key| text(key)).collect();
    parts.join(" ")
}
