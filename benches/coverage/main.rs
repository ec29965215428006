//! How fast Cobertura and LCOV are read, beside what bounds it: finding every `<`, and quick-xml's bare events.
#![allow(missing_docs, clippy::expect_used)]

mod generator;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use generator::Truth;
use readiness::ingest::{Request, family};
use readiness::instant::Instant;
use readiness::io::fs::Artifact;
use readiness::io::xml::{Event, Xml};
use readiness::metric::Value;
use std::hint::black_box;
use tempfile::NamedTempFile;

fn readers(criterion: &mut Criterion) {
    let mut report = Vec::new();
    let truth = generator::cobertura(&mut report, 20).expect("a vector takes everything");
    let mut group = criterion.benchmark_group("cobertura");
    group.sample_size(10).throughput(Throughput::Bytes(report.len() as u64));
    group.bench_function("memchr: every <", |b| b.iter(|| memchr::memchr_iter(b'<', black_box(&report)).fold(0, |a, at| a ^ at)));
    group.bench_function("quick-xml: bare events", |b| b.iter(|| bare_events(black_box(&report))));
    group.bench_function("io::xml: strict events", |b| b.iter(|| strict_events(black_box(&report))));
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    read(&mut group, &file, &report, truth);
    group.finish();

    report.clear();
    let truth = generator::lcov(&mut report, 20).expect("a vector takes everything");
    let mut group = criterion.benchmark_group("lcov");
    group.sample_size(10).throughput(Throughput::Bytes(report.len() as u64));
    group.bench_function("memchr: every line", |b| b.iter(|| memchr::memchr_iter(b'\n', black_box(&report)).fold(0, |a, at| a ^ at)));
    read(&mut group, &file, &report, truth);
    group.finish();
}

fn read(group: &mut BenchmarkGroup<'_, WallTime>, file: &NamedTempFile, report: &[u8], truth: Truth) {
    std::fs::write(file.path(), report).expect("a temporary file");
    let artifact = Artifact::look(file.path(), "big").expect("a regular file");
    assert_eq!(whole(&artifact), Some(Value::ratio(truth.lines.0, truth.lines.1)));
    group.bench_function("whole: read, hashed, merged, as records", |b| b.iter(|| whole(&artifact)));
}

fn whole(artifact: &Artifact) -> Option<Value> {
    let evidence = (family("coverage")?.read)(&Request::plain("big", std::slice::from_ref(artifact), Instant(0)));
    evidence.metric("coverage.line").map(|metric| metric.value.clone())
}

fn bare_events(report: &[u8]) -> u64 {
    let mut reader = quick_xml::Reader::from_reader(std::io::BufReader::with_capacity(1 << 16, report));
    let (mut buffer, mut count) = (Vec::new(), 0);
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(quick_xml::events::Event::Eof) | Err(_) => return count,
            Ok(_) => count += 1,
        }
    }
}

fn strict_events(report: &[u8]) -> u64 {
    let mut xml = Xml::new(report);
    let mut count = 0;
    loop {
        match xml.next().expect("well-formed") {
            Event::Eof => return count,
            _ => count += 1,
        }
    }
}

criterion_group!(benches, readers);
criterion_main!(benches);
