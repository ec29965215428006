//! What rows say about one table, the subject of the job's work.

use super::attempts::Attempts;
use super::durations::Durations;
use super::pii::redacted;
use super::row::Facts;
use super::tally::KEPT;
use crate::metric::Value;
use crate::record::Record;
use std::collections::BTreeMap;

/// So many tables are found without looking at their name for what must not be shown.
const FAMILIAR: usize = 16;

/// Every table that rows are about.
#[derive(Debug, Default)]
pub struct Subjects {
    all: Vec<Subject>,
    /// Where each stands, by the name that is shown.
    places: BTreeMap<String, usize>,
    /// Where some stand, by the name as rows have it.
    familiar: Vec<(String, usize)>,
    durations: Durations,
}

/// Rows about one table.
#[derive(Debug, Default)]
pub struct Subject {
    rows: u64,
    deleted: u64,
    errors: u64,
    dry_runs: u64,
    days: Option<f64>,
    /// What was done about it, and what was only tried.
    pub attempts: Attempts,
}

impl Subjects {
    /// Counts a row that `deleted` so many, for `real` or not, and gives the place of its table; nothing when that would be a table too many.
    pub fn add(&mut self, facts: &Facts<'_>, deleted: u64, real: bool) -> Option<usize> {
        let place = self.place(facts.table.unwrap_or("(none)"))?;
        let subject = self.all.get_mut(place)?;
        subject.rows += 1;
        subject.deleted = subject.deleted.saturating_add(deleted);
        subject.errors += u64::from(facts.failed);
        subject.dry_runs += u64::from(facts.dry_run == Some(true));
        subject.days = facts.days.or(subject.days);
        match facts.at {
            Some(at) if real => subject.attempts.worked(at),
            Some(at) if facts.dry_run == Some(true) => subject.attempts.tried(at),
            _ => {}
        }
        if let Some(ms) = facts.duration {
            self.durations.add(place, u32::try_from(ms).unwrap_or(u32::MAX));
        }
        Some(place)
    }

    fn place(&mut self, table: &str) -> Option<usize> {
        if let Some((_, place)) = self.familiar.iter().find(|(name, _)| name == table) {
            return Some(*place);
        }
        let name = redacted(table);
        let known = self.places.get(name.as_ref()).copied();
        // Who makes up ten thousand names may make up more than fit in memory.
        let place = known.or_else(|| (self.all.len() < KEPT).then(|| self.insert(name.into_owned())))?;
        if self.familiar.len() < FAMILIAR {
            self.familiar.push((table.to_owned(), place));
        }
        Some(place)
    }

    fn insert(&mut self, name: String) -> usize {
        self.all.push(Subject::default());
        self.places.insert(name, self.all.len() - 1);
        self.all.len() - 1
    }

    /// All of them, in order of name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Subject)> {
        self.places.iter().filter_map(|(name, place)| Some((name.as_str(), self.all.get(*place)?)))
    }

    /// The names of all, by their places.
    pub fn names(&self) -> Vec<&str> {
        let mut names = vec![""; self.all.len()];
        for (name, place) in &self.places {
            names[*place] = name;
        }
        names
    }

    /// The place of a table, where rows are about it.
    pub fn place_of(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    /// Whether there may be more of them than are told apart.
    pub fn is_full(&self) -> bool {
        self.all.len() >= KEPT
    }

    /// Adds those of another file, and gives the place that each of its tables has here.
    pub fn merge(&mut self, mut other: Subjects) -> Vec<usize> {
        let mut moved = vec![0; other.all.len()];
        for (name, there) in std::mem::take(&mut other.places) {
            let Some(subject) = other.all.get_mut(there).map(std::mem::take) else { continue };
            let here = self.places.get(&name).copied().unwrap_or_else(|| self.insert(name));
            if let Some(known) = self.all.get_mut(here) {
                known.merge(subject);
            }
            moved[there] = here;
        }
        self.durations.merge(other.durations, &moved);
        moved
    }

    /// A record for each, in order of name.
    pub fn records(&mut self) -> Vec<Record> {
        let quantiles = self.durations.quantiles();
        let of = |place: usize| quantiles.get(place).copied().unwrap_or_default();
        self.places.iter().filter_map(|(name, place)| Some(self.all.get(*place)?.record(name, of(*place)))).collect()
    }
}

impl Subject {
    fn merge(&mut self, other: Subject) {
        self.rows += other.rows;
        self.deleted = self.deleted.saturating_add(other.deleted);
        self.errors += other.errors;
        self.dry_runs += other.dry_runs;
        self.days = other.days.or(self.days);
        self.attempts.merge(other.attempts);
    }

    fn record(&self, name: &str, [p50, p95]: [Option<f64>; 2]) -> Record {
        Record::new("name", name)
            .with("rows", Value::Count(self.rows))
            .with("deleted", Value::Count(self.deleted))
            .with("errors", Value::Count(self.errors))
            .with("dry_runs", Value::Count(self.dry_runs))
            .with_some("last_real", self.attempts.last_real.map(Value::Instant))
            .with_some("p50", p50.map(Value::Duration))
            .with_some("p95", p95.map(Value::Duration))
            .with_some("retention", self.days.map(|days| Value::Duration(days * 86_400_000.0)))
    }
}
