//! BenchmarkDotNet, the JSON exporters (src/BenchmarkDotNet/Exporters/Json/JsonExporterBase.cs of dotnet/BenchmarkDotNet): nanoseconds.
//!
//! The value is the median. A benchmark without statistics failed. Where several jobs ran one benchmark, the job is part of its name.

use super::Draft;
use super::run::{Figure, Run, local};
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

pub(super) const FORMAT: Format<Draft> =
    Format { name: "benchmarkdotnet", about: "BenchmarkDotNet's JSON exporters: brief, full, compressed", claims, read };

fn claims(artifact: &Artifact) -> bool {
    outline(&artifact.head).is_some_and(|outline| outline.has(&["HostEnvironmentInfo", "{}"]))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct File {
    #[serde(default)]
    title: String,
    host_environment_info: Host,
    benchmarks: Vec<Benchmark>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Host {
    processor_name: Option<Text>,
    logical_core_count: Option<u64>,
    architecture: Option<String>,
}

/// Old versions wrote the object that reads the name as well.
#[derive(Deserialize)]
#[serde(untagged)]
enum Text {
    Plain(String),
    Lazy {
        #[serde(rename = "Value")]
        value: String,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Benchmark {
    full_name: Option<String>,
    #[serde(default)]
    display_info: String,
    statistics: Option<Statistics>,
    memory: Option<Memory>,
    #[serde(default)]
    metrics: Vec<Metric>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Statistics {
    median: Option<f64>,
    mean: Option<f64>,
    #[serde(default)]
    original_values: Vec<Option<f64>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Memory {
    bytes_allocated_per_operation: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Metric {
    value: Option<f64>,
    descriptor: Descriptor,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Descriptor {
    id: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    the_greater_the_better: bool,
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut run = Run::new(reading);
    let Some(File { title, host_environment_info, benchmarks }) = reading.tolerant_json(PhantomData::<File>) else {
        return run.finish(reading);
    };
    run.machine = host_environment_info.fingerprint();
    run.at = date(&title).and_then(|text| local(&text, reading.request.now));
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    benchmarks.iter().for_each(|benchmark| *names.entry(benchmark.plain()).or_default() += 1);
    for (index, benchmark) in benchmarks.iter().enumerate() {
        let (name, job) = (benchmark.plain(), benchmark.display_info.split_once(": ").map(|(_, job)| job));
        let several = names.get(name).is_some_and(|n| *n > 1);
        let name = job.filter(|_| several).map_or_else(|| name.to_owned(), |job| format!("{name} {job}"));
        benchmark.take(&name, &mut run, &Location::pointer(&["Benchmarks", &index.to_string()]));
    }
    run.finish(reading)
}

/// `Memory-20260315-231008` ends in the local time of the run.
fn date(title: &str) -> Option<String> {
    let (rest, time) = title.rsplit_once('-')?;
    let (_, day) = rest.rsplit_once('-')?;
    let digits = |text: &str, n: usize| text.len() == n && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits(day, 8) && digits(time, 6)).then(|| {
        let (y, m, d) = (&day[..4], &day[4..6], &day[6..]);
        format!("{y}-{m}-{d}T{}:{}:{}", &time[..2], &time[2..4], &time[4..])
    })
}

impl Host {
    /// `AMD Ryzen 7 5800X, 16 CPUs, X64`.
    fn fingerprint(self) -> String {
        let name = self.processor_name.map(|name| match name {
            Text::Plain(name) | Text::Lazy { value: name } => name.trim().to_owned(),
        });
        let parts = [name, self.logical_core_count.map(|count| format!("{count} CPUs")), self.architecture];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }
}

impl Benchmark {
    fn plain(&self) -> &str {
        self.full_name.as_deref().unwrap_or(&self.display_info)
    }

    fn take(&self, name: &str, run: &mut Run, place: &Location) {
        let Some(statistics) = &self.statistics else {
            return run.lost("failed", place.clone(), format!("{name} has no statistics: it failed"));
        };
        let samples = statistics.original_values.iter().map(|value| value.unwrap_or(f64::NAN)).collect();
        run.put(name, "time", Figure::new(statistics.median.or(statistics.mean), "ns").sampled(samples), place.clone());
        if let Some(bytes) = self.memory.as_ref().and_then(|memory| memory.bytes_allocated_per_operation) {
            run.put(name, "allocated", Figure::new(bytes, "B/op"), place.clone());
        }
        for Metric { value, descriptor } in self.metrics.iter().filter(|metric| metric.descriptor.id != "Allocated Memory") {
            let direction = if descriptor.the_greater_the_better { Direction::Higher } else { Direction::Lower };
            run.put(name, &descriptor.id, Figure::new(*value, &descriptor.unit).better(direction), place.clone());
        }
    }
}
