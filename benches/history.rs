//! `cargo bench --bench history`: a run appended to a history of a million values, and a table of ten million values read and gated,
//! beside what no program that looks at every value could do without: look at every byte, and parse every number.
#![allow(missing_docs, clippy::unwrap_used)]

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use readiness::analyze::changepoint::{self, Options};
use readiness::compare::{self, Terms};
use readiness::evidence::Evidence;
use readiness::history;
use readiness::history_line::{HistoryLine, SCHEMA};
use readiness::ingest::{self, Request};
use readiness::instant::Instant;
use readiness::io::fs::Artifact;
use readiness::series::Direction;
use std::fs::File;
use std::hint::black_box;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Duration;

const SERIES: usize = 5_000;
const RUNS: usize = 2_000;
/// A run of the history that is appended to has so many values.
const VALUES: usize = 500;
/// So many of the newest values are looked at where a nightly job looks at no more.
const NEWEST: usize = 150;
const NOW: Instant = Instant(1_800_000_000_000);

/// Noise of one percent, the same for everybody.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        let sum: f64 = (0..4).map(|_| self.uniform()).sum();
        100.0 + 1.7 * (sum - 2.0)
    }

    fn uniform(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A table with a row for every run and a column for every benchmark.
fn table(path: &Path) {
    let (mut out, mut noise) = (BufWriter::new(File::create(path).unwrap()), Noise(7));
    write!(out, "commit").unwrap();
    (0..SERIES).for_each(|series| write!(out, ",bench_{series:04}").unwrap());
    for run in 0..RUNS {
        write!(out, "\n{run:040x}").unwrap();
        (0..SERIES).for_each(|_| write!(out, ",{:.3}", noise.next()).unwrap());
    }
    writeln!(out).unwrap();
}

/// The values of a run.
fn run(number: usize, noise: &mut Noise) -> Vec<HistoryLine> {
    let line = |benchmark| HistoryLine {
        schema: SCHEMA.to_owned(),
        run: format!("nightly-{number}"),
        at: Instant(NOW.0 - (3_000 - number as i64) * 86_400_000).to_string(),
        commit: Some(format!("{number:040x}")),
        branch: Some("main".to_owned()),
        machine: Some("linux-x64".to_owned()),
        release: None,
        benchmark: format!("bench_{benchmark:04}"),
        metric: "time".to_owned(),
        value: Some(noise.next()),
        unit: "ms".to_owned(),
        direction: Direction::Lower,
        samples: None,
    };
    (0..VALUES).map(line).collect()
}

fn read(path: &Path) -> Evidence {
    let artifact = Artifact::look(path, "table.csv").unwrap();
    (ingest::family("benchmark").unwrap().read)(&Request::plain("nightly", std::slice::from_ref(&artifact), NOW))
}

fn wide(criterion: &mut Criterion) {
    // On one thread, so that a time is the work.
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    table(&path);
    let bytes = std::fs::read(&path).unwrap();
    let mut group = criterion.benchmark_group("5,000 benchmarks, 2,000 runs");
    group.sample_size(10).warm_up_time(Duration::from_millis(500)).throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("every byte looked at", |bencher| {
        bencher.iter(|| memchr::memchr2_iter(b',', b'\n', black_box(&bytes)).count());
    });
    group.bench_function("every number parsed", |bencher| {
        let text = std::str::from_utf8(&bytes).unwrap();
        bencher.iter(|| black_box(text).split([',', '\n']).filter_map(|cell| cell.parse::<f64>().ok()).sum::<f64>());
    });
    group.bench_function("read", |bencher| bencher.iter_with_large_drop(|| read(&path)));
    group.bench_function("read, the newest 150 searched", |bencher| {
        let options = Options { look_back: NEWEST, ..Options::default() };
        bencher.iter_with_large_drop(|| {
            let evidence = read(&path);
            let found = evidence.series.iter().filter_map(|series| changepoint::detect(series.points.values(), &options)).count();
            (evidence, found)
        });
    });
    group.bench_function("read and gated", |bencher| {
        bencher.iter_with_large_drop(|| {
            let mut evidence = [read(&path)];
            compare::trends(&mut evidence, &Terms::none(NOW));
            evidence
        });
    });
    group.finish();
}

fn append(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let mut group = criterion.benchmark_group("a run of 500 values, appended to a million");
    group.sample_size(20);
    for name in ["history.jsonl", "history.db"] {
        let (path, mut noise) = (folder.path().join(name), Noise(3));
        let old: Vec<HistoryLine> = (0..1_000_000 / VALUES).flat_map(|number| run(number, &mut noise)).collect();
        history::append(&path, &old).unwrap();
        drop(old);
        let mut next = 1_000_000 / VALUES;
        group.bench_function(name, |bencher| {
            let new = || {
                next += 1;
                run(next, &mut noise)
            };
            bencher.iter_batched(new, |lines| history::append(&path, &lines).unwrap(), BatchSize::PerIteration);
        });
    }
    group.finish();
}

criterion_group!(benches, wide, append);
criterion_main!(benches);
