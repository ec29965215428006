//! How long ten thousand rules take: read and checked, and judged. Compare the two with each other, not with a clock.

#![allow(missing_docs, clippy::unwrap_used)]

use criterion::{Criterion, criterion_group, criterion_main};
use readiness::evaluate::facts::Facts;
use readiness::evaluate::judge::{Occasion, judge};
use readiness::evaluate::pack::{self, Files};
use readiness::evidence::Evidence;
use readiness::instant::Instant;
use readiness::metric::Value;
use std::collections::BTreeMap;
use std::hint::black_box;

const RULES: usize = 10_000;

fn files() -> Files {
    let rule = |n: usize| {
        let text = format!(
            "question: Is line coverage at least {limit} percent, and are there {n} tests?\nseverity: P2\nrequire: coverage.line >= {limit}% && tests.total >= {n}\n\
             why: Somebody once had a reason.\nfix: Write more tests.\ncases:\n  - {{ given: {{ coverage.line: 100/100, tests.total: 10000 }}, outcome: pass }}\n  \
             - {{ given: {{ coverage.line: 0/100, tests.total: 0 }}, outcome: fail }}\n  - {{ given: {{}}, outcome: no-evidence }}\n",
            limit = n % 100
        );
        (format!("rules/many/rule-{n:05}.yaml"), text)
    };
    let mut files = vec![("rules/many/pack.yaml".to_owned(), "title: Many\nabout: Ten thousand rules.\n".to_owned())];
    files.extend((0..RULES).map(rule));
    Files { pack: "many".to_owned(), files }
}

fn rules(criterion: &mut Criterion) {
    let files = files();
    let mut group = criterion.benchmark_group("ten thousand rules");
    group.sample_size(10);
    group.bench_function("read and check", |bencher| {
        bencher.iter(|| {
            let mut errors = Vec::new();
            let packs = pack::read(std::slice::from_ref(&files), Instant(0), &mut errors);
            let checked = pack::check(&packs, &BTreeMap::new(), &mut errors);
            assert!(errors.is_empty());
            black_box(checked)
        });
    });
    let mut errors = Vec::new();
    let (compiled, _) = pack::check(&pack::read(std::slice::from_ref(&files), Instant(0), &mut errors), &BTreeMap::new(), &mut errors);
    let mut coverage = Evidence::new("coverage", "coverage");
    coverage.put("coverage.line", Value::ratio(662, 1008));
    let mut tests = Evidence::new("tests", "tests");
    tests.put("tests.total", Value::Count(111));
    let evidence = [coverage, tests];
    group.bench_function("judge", |bencher| bencher.iter(|| black_box(judge(&compiled, &Facts::new(&evidence), &Occasion::default()))));
    group.finish();
}

criterion_group!(benches, rules);
criterion_main!(benches);
