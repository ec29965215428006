//! How long the steps of a history take to find: 1,000 commits with a step of 5 % that is mended in every kind of noise.
#![allow(missing_docs)]

#[path = "detectors/generator.rs"]
mod generator;

use criterion::{Criterion, criterion_group, criterion_main};
use readiness::analyze::changepoint::{self, Options};
use std::hint::black_box;

fn segmentation(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("steps of 1,000 commits");
    for family in generator::FAMILIES {
        let histories = generator::histories(1, 2, 1000);
        let Some(history) =
            histories.into_iter().rfind(|history| history.family == family && history.step == 5 && history.truth.len() == 2)
        else {
            continue;
        };
        group.bench_function(family, |bencher| bencher.iter(|| changepoint::detect(black_box(&history.values), &Options::default())));
    }
    group.finish();
}

criterion_group!(benches, segmentation);
criterion_main!(benches);
