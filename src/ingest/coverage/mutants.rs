//! What reports of mutation tests tell: metrics, and the mutants that no test noticed.

use crate::evidence::Evidence;
use crate::metric::{Metric, Value, grouped};
use crate::mutant::{Fate, Mutants, Mutations, score};
use crate::record::Record;
use std::collections::BTreeMap;

use Fate::{Invalid, Killed, NotCovered, Survived, TimedOut};

/// Every fate that counts, and the label of it.
const FATES: [(Fate, &str); 5] =
    [(Killed, "killed"), (TimedOut, "timeout"), (Survived, "survived"), (NotCovered, "no-coverage"), (Invalid, "invalid")];

/// `cargo-mutants, 3 files, 19 mutants`.
pub(super) fn describe(mutants: &Mutants, format: &str) -> String {
    let count: usize = mutants.files.values().map(BTreeMap::len).sum();
    format!("{format}, {} files, {} mutants", grouped(mutants.files.len() as u64), grouped(count as u64))
}

/// Metrics and records; of single mutants those that no test noticed.
pub(super) fn put(mutants: &Mutants, evidence: &mut Evidence) {
    if mutants.is_empty() {
        return;
    }
    if mutants.score().is_known() {
        evidence.put("coverage.mutation_score", Value::Ratio(mutants.score()));
    }
    for (fate, label) in FATES {
        evidence.metrics.push(Metric::new("coverage.mutants", Value::Count(mutants.count(fate))).label("fate", label));
    }
    evidence.family("coverage.mutation");
    for (path, mutations) in &mutants.files {
        let record = Record::new("path", path).with("score", Value::Ratio(score(mutations.values().copied())));
        let counts = [(Killed, "killed"), (TimedOut, "timeout"), (Survived, "survived"), (NotCovered, "not_covered")];
        let record = counts.into_iter().fold(record, |record, (fate, cell)| record.with(cell, Value::Count(count(mutations, fate))));
        evidence.push("coverage.mutation", record);
    }
    evidence.family("coverage.mutant");
    for (path, mutations) in &mutants.files {
        for ((line, change), fate) in mutations.iter().filter(|(_, fate)| matches!(fate, Survived | NotCovered)) {
            let label = FATES.iter().find(|(known, _)| known == fate).map_or("", |(_, label)| *label);
            let record = Record::new("change", format!("{path}:{line}: {change}")).with("path", Value::Text(path.clone()));
            let record = record.with("line", Value::Count(u64::from(*line))).with("fate", Value::text(label));
            evidence.push("coverage.mutant", record);
        }
    }
}

fn count(mutations: &Mutations, fate: Fate) -> u64 {
    mutations.values().filter(|known| **known == fate).count() as u64
}
