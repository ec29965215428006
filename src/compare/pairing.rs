//! What became of each golden case and of each test since the base: rows of one name in the entry of one name, paired by their ids.
//!
//! Silence is no good sign here either. What the base did not tell is unknown and never an improvement, what is not there any
//! more is counted, and where the two runs are no pair nothing is counted at all: a metric that is absent is not zero.

mod comparable;
mod golden;
#[cfg(test)]
mod laws;
mod tally;
mod tests;

use crate::evidence::Evidence;
use crate::inventory::Inventory;
use crate::metric::{Value, grouped};
use crate::record::Record;
use crate::source::{Grade, Location};
use std::collections::{BTreeMap, BTreeSet};

/// Why a comparison compares nothing: the change made it impossible, and has no evidence; or the base did, or the number of cases, which
/// is not the change's affair, and all that is not held against a base judges alone.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Refusal {
    ByHead(String),
    ByBase(String),
}

impl Refusal {
    /// The row that says so.
    fn tell(self, row: Record) -> Record {
        let (word, why) = match self {
            Refusal::ByHead(why) => ("no-evidence", why),
            Refusal::ByBase(why) => ("not-applicable", why),
        };
        standing(row.with("state", Value::text("not-comparable")), word, format!("not compared with the base: {why}"))
    }
}

/// Adds to all evidence what became of its golden cases and tests since the base. `seen` are the names of everything the base saw,
/// also of the rows that its report left out.
pub fn pair(evidence: &mut [Evidence], base: &[Evidence], seen: &Inventory) {
    golden::pair(evidence, base, seen);
    tests::pair(evidence, base, seen);
}

/// One family of evidence at the base.
struct Base<'b> {
    entries: Vec<&'b Evidence>,
    /// The records that are paired.
    rows: &'static str,
    /// The names of all of them, where some were left out.
    names: BTreeSet<&'b str>,
}

impl<'b> Base<'b> {
    fn of(base: &'b [Evidence], family: &str, rows: &'static str, seen: &'b Inventory) -> Base<'b> {
        let entries: Vec<&Evidence> = base.iter().filter(|entry| entry.family == family).collect();
        let cut = entries.iter().any(|entry| left_out(entry, rows) > 0);
        let names = if cut { seen.names(rows).collect() } else { BTreeSet::new() };
        Base { entries, rows, names }
    }

    /// The entry of this name.
    fn entry(&self, name: &str) -> Option<&'b Evidence> {
        self.entries.iter().find(|entry| entry.name == name).copied()
    }

    /// Whether the base saw a row of this name and its report left out what became of it.
    fn forgot(&self, entry: &Evidence, name: &str) -> bool {
        left_out(entry, self.rows) > 0 && self.names.contains(name)
    }

    /// How many rows the base left out of which not even the name is known.
    fn unnamed(&self, entry: &Evidence) -> u64 {
        if self.names.is_empty() { left_out(entry, self.rows) } else { 0 }
    }

    /// The names whose rows were left out and that are nowhere any more.
    fn lost(&self, evidence: &[Evidence]) -> Vec<&'b str> {
        // Of rows that are not kept nobody knows whether they are still there; the inventory counts them.
        if evidence.iter().any(|entry| left_out(entry, self.rows) > 0) {
            return Vec::new();
        }
        let mut lost = self.names.clone();
        for entry in self.entries.iter().copied().chain(evidence) {
            entry.rows(self.rows).iter().for_each(|row| {
                lost.remove(row.subject());
            });
        }
        lost.into_iter().collect()
    }
}

fn left_out(entry: &Evidence, rows: &str) -> u64 {
    entry.omitted.get(rows).copied().unwrap_or_default()
}

/// Where what is about the whole family is said: the first entry of it that can be used.
fn first(evidence: &[Evidence], family: &str) -> Option<usize> {
    evidence.iter().position(|entry| entry.family == family && entry.gap().is_none())
}

/// Notes that the base's report kept only some of its rows.
fn tell_left_out(entry: &mut Evidence, was: &Evidence, rows: &str) {
    let n = left_out(was, rows);
    if n > 0 {
        let message =
            format!("the base's report left out {} rows of {rows}: that they were there is known, and not how they came out", grouped(n));
        entry.problem("base-rows-left-out", Grade::Note, "", Location::whole(), message);
    }
}

/// Writes into each row what became of it.
fn mark(entry: &mut Evidence, rows: &'static str, changes: &[&'static str]) {
    if let Some(rows) = entry.records.get_mut(rows) {
        let marked = std::mem::take(rows).into_iter().zip(changes);
        *rows = marked.map(|(row, change)| row.with("change", Value::text(*change))).collect();
    }
}

/// A comparison that says why it compares nothing.
fn standing(row: Record, standing: &'static str, because: String) -> Record {
    row.with("standing", Value::text(standing)).with("because", Value::Text(because))
}

/// The rows of an entry by name.
fn by_name<'e>(entry: &'e Evidence, rows: &str) -> BTreeMap<&'e str, &'e Record> {
    entry.rows(rows).iter().map(|row| (row.subject(), row)).collect()
}
