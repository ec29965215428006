//! Results of asv, airspeed velocity: `results/<machine>/<commit>-<environment>.json` (asv/results.py of airspeed-velocity/asv), of version
//! 2 and of version 1, which has the values alone. `benchmarks.json` and `machine.json` beside them hold no results.
//!
//! A benchmark with parameters has a value for each combination, the last parameter changing first. Units and names of parameters stand in
//! `benchmarks.json`; where it is not there, the first word of a name tells the unit, as it does for asv: `time_`, `mem_`, `peakmem_`,
//! `track_`. Lower is better for all that asv measures. A value is dated by its commit.

use super::Draft;
use super::run::{Figure, Run};
use crate::ingest::{Format, Reading};
use crate::instant::Instant;
use crate::io::fs::{self, Artifact};
use crate::io::json::{self, Value, outline};
use crate::source::Location;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::marker::PhantomData;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> = Format {
    name: "asv",
    about: "airspeed velocity: the folder `results`, or `<machine>/<commit>-<environment>.json` in it",
    claims,
    read,
};

/// More combinations of parameters than this are not named.
const COMBINATIONS: usize = 100_000;
/// What of `params` is the hardware; the rest is what was installed, but for the name of the machine.
const HARDWARE: [&str; 5] = ["os", "arch", "cpu", "num_cpu", "ram"];

fn claims(artifact: &Artifact) -> bool {
    if let Some(members) = &artifact.members {
        return members.iter().any(|member| is_machine(member));
    }
    outline(&artifact.head).is_some_and(|outline| {
        let has = |places: &[&[&str]]| places.iter().all(|place| outline.has(place));
        let machine = || artifact.file_name() == "machine.json" && has(&[&["machine"], &["num_cpu"], &["version"]]);
        let benchmarks = || artifact.file_name() == "benchmarks.json" && has(&[&["*", "param_names"], &["*", "type"]]);
        has(&[&["commit_hash"], &["params"], &["python"]]) && (outline.has(&["results"]) || outline.has(&["result_columns"]))
            || machine()
            || benchmarks()
    })
}

#[derive(Default, Deserialize)]
struct File {
    commit_hash: Option<String>,
    /// Milliseconds since 1970.
    date: Option<f64>,
    #[serde(default)]
    params: BTreeMap<String, Value>,
    result_columns: Option<Vec<String>>,
    results: Option<BTreeMap<String, Value>>,
}

/// What `benchmarks.json` says of a benchmark.
#[derive(Default, Deserialize)]
struct Definition {
    unit: Option<String>,
    #[serde(default)]
    param_names: Vec<String>,
}

fn is_machine(member: &str) -> bool {
    member == "machine.json" || member.ends_with("/machine.json")
}

/// As asv does: the JSON files in the folders that have a `machine.json`.
fn read(reading: &mut Reading<'_>) -> Draft {
    let Some(members) = &reading.artifact.members else { return read_file(reading) };
    let folder = |member: &str| member.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
    let machines: Vec<String> = members.iter().filter(|member| is_machine(member)).map(|member| folder(member)).collect();
    let is_result = |member: &&String| {
        let aside = is_machine(member) || member.ends_with("benchmarks.json") || !member.ends_with(".json");
        !aside && machines.contains(&folder(member))
    };
    Draft::of_members(reading, members.iter().filter(is_result), |reading, _| read_file(reading))
}

fn read_file(reading: &mut Reading<'_>) -> Draft {
    let mut run = Run::new(reading);
    let Some(file) = reading.tolerant_json(PhantomData::<File>) else { return run.finish(reading) };
    let Some(results) = file.results else {
        reading.note("description", Location::whole(), "this describes benchmarks or a machine, and holds no results");
        return run.finish(reading);
    };
    let definitions = definitions(reading.artifact);
    run.commit = file.commit_hash.filter(|commit| !commit.is_empty());
    run.at = file.date.and_then(moment);
    run.machine = machine(&file.params);
    let mut started = None;
    for (name, row) in &results {
        let definition = definitions.get(name).and_then(|value| Definition::deserialize(value).ok());
        let row = Row::of(row, file.result_columns.as_deref());
        row.take(&mut run, name, definition.as_ref(), &Location::pointer(&["results", name]));
        started = started.max(row.started);
    }
    let draft = run.finish(reading);
    // An old commit may be measured today.
    reading.source.collected_at = started.filter(|at| *at <= reading.request.now).or(reading.source.collected_at);
    draft
}

/// Milliseconds since 1970.
fn moment(ms: f64) -> Option<Instant> {
    (ms > 0.0 && ms < 1e14).then_some(Instant(ms as i64))
}

/// `benchmarks.json` in the folder above that of the machine, or in the same.
fn definitions(artifact: &Artifact) -> BTreeMap<String, Value> {
    let beside = artifact.path.with_file_name("benchmarks.json");
    let above = artifact.path.parent().and_then(|folder| folder.parent()).map(|folder| folder.join("benchmarks.json"));
    let read = |path| json::read(fs::read_text(path).ok()?.as_bytes()).ok();
    above.as_deref().and_then(read).or_else(|| read(&beside)).unwrap_or_default()
}

/// `Linux x86_64 EPYC 4 16GB, python 3.12 numpy 2.1`.
fn machine(params: &BTreeMap<String, Value>) -> String {
    let text = |key: &str| params.get(key).map(plain).filter(|text| !text.is_empty());
    let hardware: Vec<String> = HARDWARE.iter().filter_map(|key| text(key)).collect();
    let installed: Vec<String> = params
        .keys()
        .filter(|key| !HARDWARE.contains(&key.as_str()) && !["machine", "version"].contains(&key.as_str()))
        // An interpreter that was there already is named by its path.
        .filter_map(|key| Some(format!("{key} {}", text(key)?.rsplit('/').next()?)))
        .collect();
    [hardware, installed].iter().filter(|part| !part.is_empty()).map(|part| part.join(" ")).collect::<Vec<_>>().join(", ")
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// The parts of a result that are read.
struct Row<'v> {
    values: Vec<&'v Value>,
    params: Vec<Vec<String>>,
    samples: Option<&'v Vec<Value>>,
    /// When it was measured.
    started: Option<Instant>,
}

impl<'v> Row<'v> {
    /// By the columns of version 2; without them an object, or a value alone.
    fn of(row: &'v Value, columns: Option<&[String]>) -> Self {
        let part = |name: &str| match (row, columns) {
            (Value::Array(cells), Some(columns)) => cells.get(columns.iter().position(|column| column == name)?),
            (Value::Object(keys), _) => keys.get(name),
            (value, None) if name == "result" => Some(value),
            _ => None,
        };
        let values = match part("result") {
            Some(Value::Array(values)) => values.iter().collect(),
            Some(value) => vec![value],
            None => Vec::new(),
        };
        let params = part("params").and_then(Value::as_array).into_iter().flatten();
        let params = params.map(|values| values.as_array().into_iter().flatten().map(plain).collect()).collect();
        let started = part("started_at").and_then(Value::as_f64).and_then(moment);
        Row { values, params, samples: part("samples").and_then(Value::as_array), started }
    }

    fn take(&self, run: &mut Run, name: &str, definition: Option<&Definition>, place: &Location) {
        let names = definition.map(|definition| definition.param_names.as_slice()).unwrap_or_default();
        let unit = definition.and_then(|definition| definition.unit.as_deref()).unwrap_or_else(|| unit(name));
        let metric = super::unit::metric(unit);
        let combinations = self.params.iter().try_fold(1_usize, |n, values| n.checked_mul(values.len())).filter(|n| *n <= COMBINATIONS);
        let whole = self.values.iter().all(|value| value.is_null());
        if whole || combinations != Some(self.values.len()) {
            let message = match combinations {
                _ if whole => format!("{name} failed or was skipped, and has no value"),
                Some(n) => format!("{name} has {} values for {n} combinations of its parameters", self.values.len()),
                None => format!("{name} has more than {COMBINATIONS} combinations of its parameters"),
            };
            return run.lost(if whole { "failed" } else { "undecodable" }, place.clone(), message);
        }
        for (at, value) in self.values.iter().enumerate() {
            let name = format!("{name}{}", self.combination(at, names));
            let samples = self.samples.and_then(|samples| samples.get(at)?.as_array());
            let samples: Vec<f64> = samples.into_iter().flatten().map(|sample| sample.as_f64().unwrap_or(f64::NAN)).collect();
            match value {
                Value::Null => run.lost("failed", place.clone(), format!("{name} failed or was skipped, and has no value")),
                value => run.put(&name, metric, Figure::new(value.as_f64(), unit).sampled(samples), place.clone()),
            }
        }
    }

    /// The parameters of a value by its place, as ` n=10 kind=plain`.
    fn combination(&self, mut at: usize, names: &[String]) -> String {
        let mut parts = Vec::with_capacity(self.params.len());
        for (index, values) in self.params.iter().enumerate().rev() {
            let value = values.get(at % values.len().max(1)).map_or("", |value| value.trim_matches('\''));
            at /= values.len().max(1);
            parts.push(names.get(index).map_or_else(|| format!(" {value}"), |name| format!(" {name}={value}")));
        }
        parts.reverse();
        parts.concat()
    }
}

/// What asv takes a benchmark to measure that says nothing else.
fn unit(name: &str) -> &'static str {
    let word = name.rsplit('.').next().unwrap_or(name);
    let is = |prefixes: &[&str]| prefixes.iter().any(|prefix| word.starts_with(prefix));
    if is(&["time_", "Time", "timeraw_", "Timeraw"]) {
        "seconds"
    } else if is(&["mem_", "Mem", "peakmem_", "PeakMem"]) {
        "bytes"
    } else {
        ""
    }
}
