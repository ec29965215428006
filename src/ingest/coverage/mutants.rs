//! What became of changes that were made to the code on purpose, to see whether a test notices: a line that runs proves little.

use super::path;
use crate::evidence::Evidence;
use crate::linemap::plus;
use crate::metric::{Metric, Ratio, Value, grouped};
use crate::record::Record;
use std::collections::BTreeMap;

/// What became of a mutant, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    /// A test failed.
    Killed,
    /// The tests did not end: something noticed.
    TimedOut,
    /// All tests passed.
    Survived,
    /// No test runs the line.
    NotCovered,
    /// It does not compile, or was left out on purpose: says nothing.
    Invalid,
}

use Fate::{Invalid, Killed, NotCovered, Survived, TimedOut};

/// Every fate that counts, and the label of it.
const FATES: [(Fate, &str); 5] =
    [(Killed, "killed"), (TimedOut, "timeout"), (Survived, "survived"), (NotCovered, "no-coverage"), (Invalid, "invalid")];

/// The mutants of one file, by line and by what was changed there.
type Mutations = BTreeMap<(u32, String), Fate>;

/// The mutants of every file.
#[derive(Debug, Default)]
pub(super) struct Mutants(BTreeMap<String, Mutations>);

impl Mutants {
    /// A mutant. Told twice, the better fate counts: some test noticed.
    pub(super) fn add(&mut self, file: &str, line: u32, change: &str, fate: Fate) {
        let known = self.0.entry(path::normal(file)).or_default().entry((line, change.to_owned())).or_insert(fate);
        *known = fate.min(*known);
    }

    /// Those of another run.
    pub(super) fn join(&mut self, run: Mutants) {
        for (file, mutations) in run.0 {
            let known = self.0.entry(file).or_default();
            for (mutation, fate) in mutations {
                let known = known.entry(mutation).or_insert(fate);
                *known = fate.min(*known);
            }
        }
    }

    /// Noticed ones, of all that say something.
    pub(super) fn score(&self) -> Ratio {
        self.0.values().fold(Ratio::default(), |sum, mutations| plus(sum, score(mutations)))
    }

    /// Whether there are none at all.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many met a fate.
    pub(super) fn count(&self, fate: Fate) -> u64 {
        self.0.values().map(|mutations| count(mutations, fate)).sum()
    }

    /// `cargo-mutants, 3 files, 19 mutants`.
    pub(super) fn describe(&self, format: &str) -> String {
        let mutants: usize = self.0.values().map(BTreeMap::len).sum();
        format!("{format}, {} files, {} mutants", grouped(self.0.len() as u64), grouped(mutants as u64))
    }

    /// Metrics and records; of single mutants those that no test noticed.
    pub(super) fn put(&self, evidence: &mut Evidence) {
        if self.is_empty() {
            return;
        }
        if self.score().is_known() {
            evidence.put("coverage.mutation_score", Value::Ratio(self.score()));
        }
        for (fate, label) in FATES {
            evidence.metrics.push(Metric::new("coverage.mutants", Value::Count(self.count(fate))).label("fate", label));
        }
        evidence.family("coverage.mutation");
        for (path, mutations) in &self.0 {
            let record = Record::new("path", path).with("score", Value::Ratio(score(mutations)));
            let counts = [(Killed, "killed"), (TimedOut, "timeout"), (Survived, "survived"), (NotCovered, "not_covered")];
            let record = counts.into_iter().fold(record, |record, (fate, cell)| record.with(cell, Value::Count(count(mutations, fate))));
            evidence.push("coverage.mutation", record);
        }
        evidence.family("coverage.mutant");
        for (path, mutations) in &self.0 {
            for ((line, change), fate) in mutations.iter().filter(|(_, fate)| matches!(fate, Survived | NotCovered)) {
                let label = FATES.iter().find(|(known, _)| known == fate).map_or("", |(_, label)| *label);
                let record = Record::new("change", format!("{path}:{line}: {change}")).with("path", Value::Text(path.clone()));
                let record = record.with("line", Value::Count(u64::from(*line))).with("fate", Value::text(label));
                evidence.push("coverage.mutant", record);
            }
        }
    }
}

fn count(mutations: &Mutations, fate: Fate) -> u64 {
    mutations.values().filter(|known| **known == fate).count() as u64
}

fn score(mutations: &Mutations) -> Ratio {
    let valid = mutations.values().filter(|fate| **fate != Invalid);
    Ratio::new(valid.clone().filter(|fate| matches!(fate, Killed | TimedOut)).count() as u64, valid.count() as u64)
}
