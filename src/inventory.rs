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
#[serde(transparent)]
pub struct Inventory(BTreeMap<String, BTreeSet<String>>);

impl Inventory {
    /// Notes that `name` was seen.
    pub fn add(&mut self, kind: &str, name: impl Into<String>) {
        self.0.entry(kind.to_owned()).or_default().insert(name.into());
    }

    /// The names of a kind, in order.
    pub fn names<'a>(&'a self, kind: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.0.get(kind).into_iter().flatten().map(String::as_str)
    }

    /// The same with every name of a kind as `rename` gives it.
    pub fn rename(&mut self, kind: &str, rename: impl Fn(&str) -> String) {
        if let Some(names) = self.0.get_mut(kind) {
            *names = names.iter().map(|name| rename(name)).collect();
        }
    }

    /// Whether nothing was seen.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What `earlier` saw and this does not, kind by kind.
    pub fn lost<'a>(&self, earlier: &'a Inventory) -> Vec<(&'a str, &'a str)> {
        let seen = |kind: &str, name: &String| self.0.get(kind).is_some_and(|names| names.contains(name));
        let all = earlier.0.iter().flat_map(|(kind, names)| names.iter().map(move |name| (kind, name)));
        all.filter(|(kind, name)| !seen(kind, name)).map(|(kind, name)| (kind.as_str(), name.as_str())).collect()
    }
}
