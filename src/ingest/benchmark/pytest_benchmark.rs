//! pytest-benchmark, `--benchmark-json` and the files of `--benchmark-save` (src/pytest_benchmark/session.py and stats.py of
//! ionelmc/pytest-benchmark): seconds. The value is the median of the rounds, which `--benchmark-save-data` lists.

use super::Draft;
use super::run::{Figure, Run};
use crate::ingest::{Format, Reading};
use crate::io::clock;
use crate::io::fs::Artifact;
use crate::io::json::outline;
use crate::source::Location;
use serde::Deserialize;
use std::marker::PhantomData;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "pytest-benchmark", about: "pytest-benchmark's JSON: `--benchmark-json`, `--benchmark-save`", claims, read };

fn claims(artifact: &Artifact) -> bool {
    outline(&artifact.head).is_some_and(|outline| {
        let of_machine = outline.has(&["machine_info", "{}"]) || outline.has(&["commit_info", "{}"]);
        let of_tests = ["fullname", "options", "group"].iter().any(|key| outline.has(&["benchmarks", "[]", key]));
        let stats = ["data", "rounds", "median"].iter().any(|key| outline.has(&["benchmarks", "[]", "stats", key]));
        (of_machine && outline.has(&["benchmarks", "[]"])) || stats && (of_machine || of_tests)
    })
}

#[derive(Deserialize)]
struct File {
    benchmarks: Vec<Test>,
    datetime: Option<String>,
    commit_info: Option<Commit>,
    machine_info: Option<Machine>,
}

#[derive(Deserialize)]
struct Commit {
    id: Option<String>,
    dirty: Option<bool>,
}

#[derive(Default, Deserialize)]
struct Machine {
    system: Option<String>,
    machine: Option<String>,
    cpu: Option<Cpu>,
}

#[derive(Default, Deserialize)]
struct Cpu {
    brand_raw: Option<String>,
    brand: Option<String>,
    count: Option<u64>,
}

#[derive(Deserialize)]
struct Test {
    fullname: Option<String>,
    name: Option<String>,
    stats: Option<Stats>,
    has_error: Option<bool>,
}

#[derive(Deserialize)]
struct Stats {
    median: Option<f64>,
    mean: Option<f64>,
    #[serde(default)]
    data: Option<Vec<Option<f64>>>,
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut run = Run::new(reading);
    let Some(file) = reading.tolerant_json(PhantomData::<File>) else { return run.finish(reading) };
    run.machine = file.machine_info.unwrap_or_default().fingerprint();
    run.at = file.datetime.as_deref().and_then(clock::parse);
    if let Some(Commit { id, dirty }) = file.commit_info {
        run.commit = id.filter(|id| !id.is_empty() && id != "unknown" && id != "unversioned");
        if dirty == Some(true) && run.commit.is_some() {
            reading.note("dirty", Location::pointer(&["commit_info", "dirty"]), "the code differs from the commit that is named");
        }
    }
    for (index, test) in file.benchmarks.into_iter().enumerate() {
        test.take(&mut run, Location::pointer(&["benchmarks", &index.to_string()]));
    }
    run.finish(reading)
}

impl Test {
    fn take(self, run: &mut Run, place: Location) {
        let name = self.fullname.or(self.name).unwrap_or_default();
        match self.stats {
            Some(stats) if self.has_error != Some(true) => {
                let data = stats.data.unwrap_or_default().into_iter().map(|number| number.unwrap_or(f64::NAN)).collect();
                run.put(&name, "time", Figure::new(stats.median.or(stats.mean), "s").sampled(data), place);
            }
            _ => run.lost("failed", place, format!("{name} failed, and has no value")),
        }
    }
}

impl Machine {
    /// `Linux x86_64, AMD EPYC 7763, 4 CPUs`.
    fn fingerprint(self) -> String {
        let system = [self.system, self.machine].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let cpu = self.cpu.unwrap_or_default();
        let count = cpu.count.map(|count| format!("{count} CPUs"));
        let parts = [Some(system), cpu.brand_raw.or(cpu.brand), count];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }
}
