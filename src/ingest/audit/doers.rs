//! Who had the job run, and how: rows and runs by actor and trigger.

use super::column::Column;
use super::map::Map;
use super::pii::redacted;
use super::row::{Facts, Row};
use crate::io::private::Sorter;
use crate::metric::Value;
use crate::record::Record;
use std::collections::BTreeMap;

/// So many pairs are told apart.
const KEPT: usize = 1_000;
/// The longest name that is shown, in characters.
const NAME: usize = 100;
/// A pair in 2 bytes, and in 17 a run of it.
const ENTRY: usize = 19;
/// What stands for an actor or a trigger that a row does not hold, and for one that only the schema does.
const NOBODY: &str = "(none)";
const UNRECORDED: &str = "(not recorded)";

/// Everybody who had the job run.
#[derive(Debug, Default)]
pub struct Doers {
    all: Vec<Doer>,
    /// Where each stands, by actor and trigger as they are shown.
    places: BTreeMap<(String, String), usize>,
    /// Actor and trigger of the row before as it has them, where its pair stands, and its run.
    last: Option<(Option<String>, Option<String>, bool, usize)>,
    run: Option<RunKey>,
    runs: Sorter<ENTRY>,
    failed: Option<String>,
    /// Rows of pairs too many.
    omitted: u64,
}

/// A run by the key of its id, or by its number among those without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunKey {
    /// It names itself.
    Named(u128),
    /// Its rows only follow each other.
    Nameless(u64),
}

/// An actor with a trigger.
#[derive(Clone, Copy, Debug, Default)]
struct Doer {
    rows: u64,
    deleted: u64,
    dry_runs: u64,
    errors: u64,
    /// Whether somebody started it by hand.
    manual: bool,
    runs: u64,
}

impl Doers {
    /// Counts a row of a run that `deleted` so many.
    pub fn add(&mut self, row: &Row<'_>, facts: &Facts<'_>, run: RunKey, deleted: u64) {
        let (actor, trigger) = (row.get(Column::Actor).text(), row.get(Column::Trigger).text());
        let known = self.last.as_ref().filter(|(a, t, legacy, _)| (a.as_deref(), t.as_deref(), *legacy) == (actor, trigger, facts.legacy));
        let place = match known.map(|(.., place)| *place) {
            Some(place) => place,
            None => {
                let shown = |name: Option<&str>| match name {
                    _ if facts.legacy => UNRECORDED.to_owned(),
                    Some(name) if !name.trim().is_empty() => redacted(name).chars().take(NAME).collect(),
                    _ => NOBODY.to_owned(),
                };
                let Some(place) = self.place((shown(actor), shown(trigger))) else {
                    self.omitted += 1;
                    return;
                };
                self.last = Some((actor.map(str::to_owned), trigger.map(str::to_owned), facts.legacy, place));
                self.run = None;
                place
            }
        };
        if self.run.replace(run) != Some(run) {
            self.failed = self.failed.take().or(self.runs.add(entry(place, run)).err().map(|error| error.to_string()));
        }
        let Some(doer) = self.all.get_mut(place) else { return };
        doer.rows += 1;
        doer.deleted = doer.deleted.saturating_add(deleted);
        doer.dry_runs += u64::from(facts.dry_run == Some(true));
        doer.errors += u64::from(facts.failed);
        doer.manual |= facts.manual;
    }

    fn place(&mut self, name: (String, String)) -> Option<usize> {
        if let Some(place) = self.places.get(&name) {
            return Some(*place);
        }
        if self.all.len() >= KEPT {
            return None;
        }
        self.all.push(Doer::default());
        self.places.insert(name, self.all.len() - 1);
        Some(self.all.len() - 1)
    }

    /// Counts the runs of each, when all rows of a file are counted.
    pub fn finish(&mut self) {
        let mut before = None;
        let all = &mut self.all;
        let outcome = std::mem::take(&mut self.runs).each(Vec::new(), |entry| {
            let place = usize::from(u16::from_be_bytes([entry[0], entry[1]]));
            if before.replace(*entry) != Some(*entry)
                && let Some(doer) = all.get_mut(place)
            {
                doer.runs += 1;
            }
        });
        self.failed = self.failed.take().or(outcome.err().map(|error| error.to_string()));
        (self.last, self.run) = (None, None);
    }

    /// Adds those of another file, both finished.
    pub fn merge(&mut self, other: Doers) {
        for (name, there) in other.places {
            let (Some(there), Some(here)) = (other.all.get(there), self.place(name)) else { continue };
            if let Some(doer) = self.all.get_mut(here) {
                doer.rows += there.rows;
                doer.deleted = doer.deleted.saturating_add(there.deleted);
                doer.dry_runs += there.dry_runs;
                doer.errors += there.errors;
                doer.runs += there.runs;
                doer.manual |= there.manual;
            }
        }
        self.omitted += other.omitted;
        self.failed = self.failed.take().or(other.failed);
    }

    /// What kept the runs from being counted.
    pub fn trouble(&self) -> Option<String> {
        self.failed.as_ref().map(|error| format!("how many runs each actor had could not be counted: {error}"))
    }

    /// A record for each, in order of actor and trigger, and how many rows are of pairs too many. Nothing where the table holds neither.
    pub fn records(&self, map: &Map) -> (Vec<Record>, u64) {
        let told = self.places.keys().any(|(actor, trigger)| ![NOBODY, UNRECORDED].contains(&actor.as_str()) || trigger != NOBODY);
        let nobody = map.manual.as_ref().map(|(_, nobody)| nobody.as_slice()).unwrap_or_default();
        let record = |(name, place): (&(String, String), &usize)| {
            let ((actor, trigger), doer) = (name, self.all.get(*place)?);
            let named = ![NOBODY, UNRECORDED].contains(&actor.as_str()) && !nobody.iter().any(|n| n.eq_ignore_ascii_case(actor.trim()));
            let count = Value::Count;
            let record = Record::new("id", format!("{actor} by {trigger}"))
                .with("actor", Value::text(actor.clone()))
                .with("trigger", Value::text(trigger.clone()))
                .with("named", Value::Flag(named))
                .with("manual", Value::Flag(doer.manual));
            Some(
                record
                    .with("runs", count(doer.runs))
                    .with("rows", count(doer.rows))
                    .with("deleted", count(doer.deleted))
                    .with("dry_runs", count(doer.dry_runs))
                    .with("errors", count(doer.errors)),
            )
        };
        (self.places.iter().filter(|_| told).filter_map(record).collect(), self.omitted)
    }
}

fn entry(place: usize, run: RunKey) -> [u8; ENTRY] {
    let mut bytes = [0; ENTRY];
    let place = u16::try_from(place).unwrap_or(u16::MAX);
    bytes[..2].copy_from_slice(&place.to_be_bytes());
    let (kind, key) = match run {
        RunKey::Named(key) => (0, key),
        RunKey::Nameless(number) => (1, u128::from(number)),
    };
    bytes[2] = kind;
    bytes[3..].copy_from_slice(&key.to_be_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::ingest::audit::column::COLUMNS;
    use crate::ingest::shipped_map;
    use crate::io::sqlite::Cell;

    fn add(doers: &mut Doers, actor: &'static str, trigger: &'static str, run: u128, facts: &Facts<'_>) {
        let mut cells = [Cell::Null; COLUMNS];
        cells[Column::Trigger as usize] = Cell::Text(trigger.as_bytes());
        if !actor.is_empty() {
            cells[Column::Actor as usize] = Cell::Text(actor.as_bytes());
        }
        doers.add(&Row { id: 1, cells }, facts, RunKey::Named(run), 2);
    }

    #[test]
    fn runs_are_counted_once_for_each_pair() {
        let mut doers = Doers::default();
        let plain = Facts::default();
        for (actor, trigger, run) in [("system", "cron", 1), ("system", "cron", 1), ("ada@example.com", "manual", 2), ("system", "cron", 1)]
        {
            add(&mut doers, actor, trigger, run, &plain);
        }
        add(&mut doers, "", "manual", 3, &Facts { manual: true, failed: true, dry_run: Some(true), ..Facts::default() });
        add(&mut doers, "system", "cron", 4, &Facts { legacy: true, ..Facts::default() });
        doers.finish();
        let mut other = Doers::default();
        add(&mut other, "system", "cron", 9, &plain);
        other.finish();
        doers.merge(other);
        let map = Map::parse("map", shipped_map("retention-audit-log").unwrap(), &mut Vec::new()).unwrap();
        let (records, omitted) = doers.records(&map);
        let count = |row: &Record, name| row.count(name).unwrap();
        let shown: Vec<_> = records
            .iter()
            .map(|row| {
                (row.subject(), row.get("named") == Some(&Value::Flag(true)), count(row, "runs"), count(row, "rows"), count(row, "errors"))
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("(none) by manual", false, 1, 1, 1),
                ("(not recorded) by (not recorded)", false, 1, 1, 0),
                ("[email] by manual", true, 1, 1, 0),
                ("system by cron", false, 2, 4, 0),
            ]
        );
        assert_eq!(omitted, 0);
    }
}
