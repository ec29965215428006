//! A run of the audited job: when it began and what it did.

use super::doers::RunKey;
use super::row::Facts;
use super::table_set::TableSet;
use super::tally::PAUSE;
use crate::instant::Instant;
use crate::metric::Value;
use crate::record::Record;

/// A run that names itself is over within this time, in milliseconds.
const LENGTH: i64 = 86_400_000;
/// What rows say of where they ran, as messages name it.
const PLACES: [&str; 3] = ["hosts", "environments", "versions"];

/// A run, or what is known of it so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its id as messages show it.
    pub id: Option<String>,
    /// By which rows of one run are put together.
    pub key: u128,
    /// Its first row.
    pub at: Instant,
    /// Its last row.
    pub last: Instant,
    /// What its rows add up to.
    pub sums: Sums,
    /// Whether somebody started it by hand.
    pub manual: bool,
    /// Tables it worked on.
    pub tables: TableSet,
    /// Those of which it has two rows.
    pub twice: TableSet,
    /// Where it ran: digests of host, environment and version, 0 where no row names one.
    pub place: [u64; PLACES.len()],
    /// Whether its rows name several.
    pub mixed: [bool; PLACES.len()],
}

/// What the rows of a run add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Rows.
    pub rows: u64,
    /// What was deleted.
    pub deleted: u64,
    /// Rows of dry runs.
    pub dry_runs: u64,
    /// Rows that name an error.
    pub errors: u64,
}

impl Run {
    /// One without a row yet.
    pub fn new(id: Option<String>, key: u128, at: Instant) -> Run {
        let (tables, twice) = Default::default();
        let (place, mixed) = Default::default();
        Run { id, key, at, last: at, sums: Sums::default(), manual: false, tables, twice, place, mixed }
    }

    /// Whether a row with this id, or none, and this time is of this run.
    pub fn continues(&self, key: Option<u128>, at: Instant) -> bool {
        match key {
            Some(key) => self.is_named() && self.key == key,
            None => !self.is_named() && (at.0 - self.last.0).abs() <= PAUSE,
        }
    }

    /// Whether what is known of another run is of this one.
    pub fn is_one_with(&self, next: &Run) -> bool {
        self.continues(next.is_named().then_some(next.key), next.at)
    }

    /// Counts a row about a table that `deleted` so many.
    pub fn count(&mut self, at: Instant, facts: &Facts<'_>, deleted: u64, table: Option<usize>, place: [u64; PLACES.len()]) {
        (self.at, self.last) = (self.at.min(at), self.last.max(at));
        self.sums.rows += 1;
        self.sums.deleted = self.sums.deleted.saturating_add(deleted);
        self.sums.dry_runs += u64::from(facts.dry_run == Some(true));
        self.sums.errors += u64::from(facts.failed);
        self.manual |= facts.manual;
        if let Some(table) = table.filter(|table| self.tables.insert(*table)) {
            self.twice.insert(table);
        }
        if self.place != place {
            self.meet(place);
        }
    }

    /// Adds what else is known of it.
    pub fn join(&mut self, next: &Run) {
        (self.at, self.last) = (self.at.min(next.at), self.last.max(next.last));
        self.sums.rows += next.sums.rows;
        self.sums.deleted = self.sums.deleted.saturating_add(next.sums.deleted);
        self.sums.dry_runs += next.sums.dry_runs;
        self.sums.errors += next.sums.errors;
        self.manual |= next.manual;
        let both = self.tables.join(&next.tables);
        self.twice.join(&both);
        self.twice.join(&next.twice);
        self.meet(next.place);
        self.mixed.iter_mut().zip(next.mixed).for_each(|(here, there)| *here |= there);
    }

    fn meet(&mut self, place: [u64; PLACES.len()]) {
        for ((here, mixed), there) in self.place.iter_mut().zip(&mut self.mixed).zip(place) {
            *mixed |= *here != 0 && there != 0 && *here != there;
            *here = if *here == 0 { there } else { *here };
        }
    }

    /// Whether a row of this key and moment is one of its rows.
    pub fn has(&self, key: RunKey, at: Instant) -> bool {
        match key {
            RunKey::Named(key) => self.is_named() && self.key == key,
            RunKey::Nameless(_) => !self.is_named() && self.at <= at && at <= self.last,
        }
    }

    /// Whether it names itself.
    pub fn is_named(&self) -> bool {
        self.id.is_some()
    }

    /// Whether it names itself and nobody chose what it works on.
    pub fn is_whole(&self) -> bool {
        self.is_named() && !self.manual
    }

    /// As messages name it.
    pub fn name(&self) -> String {
        self.id.clone().unwrap_or_else(|| self.at.to_string())
    }

    /// What its rows do not agree about.
    pub fn disagreements(&self) -> Vec<String> {
        let several = PLACES.into_iter().zip(self.mixed).filter(|(_, mixed)| *mixed).map(|(what, _)| format!("over several {what}"));
        let long = self.is_named() && self.last.0.saturating_sub(self.at.0) > LENGTH;
        several.chain(long.then(|| format!("from {} to {}", self.at, self.last))).collect()
    }

    /// Whether its id is a UUID.
    pub fn has_uuid(&self) -> bool {
        let digit = |(at, byte): (usize, u8)| if matches!(at, 8 | 13 | 18 | 23) { byte == b'-' } else { byte.is_ascii_hexdigit() };
        self.id.as_ref().is_none_or(|id| id.len() == 36 && id.bytes().enumerate().all(digit))
    }

    /// As a record.
    pub fn record(&self) -> Record {
        Record::new("id", self.name())
            .with("at", Value::Instant(self.at))
            .with("rows", Value::Count(self.sums.rows))
            .with("deleted", Value::Count(self.sums.deleted))
            .with("dry_runs", Value::Count(self.sums.dry_runs))
            .with("errors", Value::Count(self.sums.errors))
    }
}
