//! What was seen: the names of everything a judgement rested on, so that the next one notices what is gone.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The built-in rules that nothing the base saw may vanish; all of them are P1.
pub const RULES: [&str; 7] = [
    "inventory/source",
    "inventory/tests-suite",
    "inventory/tests-case",
    "inventory/golden-case",
    "inventory/golden-category",
    "inventory/benchmark-series",
    "inventory/attestation",
];

/// Names by kind: `source`, `tests.suite`, `tests.case`, `golden.case`, `golden.category`, `benchmark.series`, `attestation`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inventory {
    #[serde(flatten)]
    names: BTreeMap<String, BTreeSet<String>>,
    /// How many there were of a kind of which not all could be named.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    counts: BTreeMap<String, u64>,
}

impl Inventory {
    /// Notes that `name` was seen.
    pub fn add(&mut self, kind: &str, name: impl Into<String>) {
        self.names.entry(kind.to_owned()).or_default().insert(name.into());
    }

    /// Notes how many of a kind were seen, where not all of them can be named.
    pub fn count(&mut self, kind: &str, n: u64) {
        let count = self.counts.entry(kind.to_owned()).or_default();
        *count = count.saturating_add(n);
    }

    /// The names of a kind, in order.
    pub fn names<'a>(&'a self, kind: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.names.get(kind).into_iter().flatten().map(String::as_str)
    }

    /// The same with every name of a kind as `rename` gives it.
    pub fn rename(&mut self, kind: &str, rename: impl Fn(&str) -> String) {
        if let Some(names) = self.names.get_mut(kind) {
            *names = names.iter().map(|name| rename(name)).collect();
        }
    }

    /// Whether nothing was seen.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && self.counts.is_empty()
    }

    /// How many fewer this saw than `earlier` did of each kind that one of them could only count.
    pub fn fewer<'a>(&'a self, earlier: &'a Inventory) -> Vec<(&'a str, u64)> {
        let size = |one: &Inventory, kind: &str| one.counts.get(kind).copied().unwrap_or_else(|| one.names(kind).count() as u64);
        let kinds: BTreeSet<&str> = self.counts.keys().chain(earlier.counts.keys()).map(String::as_str).collect();
        let fewer = kinds.into_iter().map(|kind| (kind, size(earlier, kind).saturating_sub(size(self, kind))));
        fewer.filter(|(_, n)| *n > 0).collect()
    }

    /// What `earlier` saw and this does not, kind by kind; nothing of a kind that either could only count.
    pub fn lost<'a>(&self, earlier: &'a Inventory) -> Vec<(&'a str, &'a str)> {
        let seen = |kind: &str, name: &String| self.names.get(kind).is_some_and(|names| names.contains(name));
        let named = |(kind, _): &(&String, _)| !self.counts.contains_key(*kind) && !earlier.counts.contains_key(*kind);
        let all = earlier.names.iter().filter(named).flat_map(|(kind, names)| names.iter().map(move |name| (kind, name)));
        all.filter(|(kind, name)| !seen(kind, name)).map(|(kind, name)| (kind.as_str(), name.as_str())).collect()
    }
}
