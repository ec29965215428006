//! The rows of the newest runs, as a report opens them.

use super::column::Column;
use super::doers::RunKey;
use super::pii::redacted;
use super::row::{Facts, Row};
use super::run::Run;
use crate::instant::Instant;
use crate::metric::Value;
use crate::record::Record;
use std::cmp::Reverse;
use std::sync::Arc;

/// So many rows are held, at least: the newest ones.
const HELD: usize = 2_048;
/// The runs that are opened, the newest ones.
const RUNS: usize = 24;
/// The rows of one run that are shown.
const SHOWN: usize = 50;
/// The longest name and the longest error that are shown, in characters.
const NAME: usize = 100;
const ERROR: usize = 200;

/// The newest rows.
#[derive(Debug, Default)]
pub struct Newest {
    rows: Vec<Operation>,
    /// Rows before this moment are not among the newest.
    floor: Option<Instant>,
    /// Nor rows with an id below this, where ids rise with time.
    lowest: Option<i64>,
    /// The texts of the row before, most of which the next has too.
    names: [Option<Arc<str>>; NAMES.len()],
}

const NAMES: [(Column, &str); 7] = [
    (Column::Operation, "operation"),
    (Column::Actor, "actor"),
    (Column::Trigger, "trigger"),
    (Column::Environment, "environment"),
    (Column::Host, "host"),
    (Column::Version, "version"),
    (Column::Table, "table"),
];

/// What one row says.
#[derive(Clone, Debug)]
struct Operation {
    row: i64,
    at: Instant,
    run: RunKey,
    names: [Option<Arc<str>>; NAMES.len()],
    cutoff: Option<Instant>,
    count: Option<u64>,
    listed: Option<u64>,
    duration: Option<i64>,
    dry_run: Option<bool>,
    failed: bool,
    error: Option<Box<str>>,
}

impl Newest {
    /// Passes over rows far below the highest id: what is written later has a higher one, and a run whose rows do not is told to have
    /// more of them than are listed.
    pub fn rising_to(&mut self, highest: i64) {
        self.lowest = Some(highest.saturating_sub(4 * HELD as i64));
    }

    /// Remembers a row, if it is among the newest.
    pub fn add(&mut self, row: &Row<'_>, facts: &Facts<'_>, run: RunKey) {
        if self.lowest.is_some_and(|lowest| row.id < lowest) {
            return;
        }
        let Some(at) = facts.at.filter(|at| self.floor.is_none_or(|floor| *at >= floor)) else { return };
        for (known, (column, _)) in self.names.iter_mut().zip(NAMES) {
            let cell = row.get(column).text();
            if known.as_deref() != cell {
                *known = cell.map(Arc::from);
            }
        }
        let error = row.get(Column::Error).text().filter(|_| facts.failed).map(|text| cut(&redacted(text), ERROR).into_boxed_str());
        self.rows.push(Operation {
            row: row.id,
            at,
            run,
            names: self.names.clone(),
            cutoff: facts.cutoff,
            count: facts.count,
            listed: facts.listed,
            duration: facts.duration,
            dry_run: facts.dry_run,
            failed: facts.failed,
            error,
        });
        if self.rows.len() >= 2 * HELD {
            self.rows.select_nth_unstable_by_key(HELD, |row| (Reverse(row.at), Reverse(row.row)));
            self.floor = self.rows.get(HELD).map(|row| row.at);
            self.rows.truncate(HELD);
        }
    }

    /// Adds those of another file.
    pub fn merge(&mut self, other: Newest) {
        self.rows.extend(other.rows);
    }

    /// A record for every row of the newest of these runs, which stand oldest first.
    pub fn records(mut self, runs: &[Run]) -> Vec<Record> {
        self.rows.sort_by_key(|row| (row.at, row.row));
        let opened = runs.iter().rev().take(RUNS).rev();
        opened
            .flat_map(|run| self.rows.iter().filter(|row| run.has(row.run, row.at)).take(SHOWN).map(|row| row.record(&run.name())))
            .collect()
    }
}

fn cut(text: &str, most: usize) -> String {
    let mut short: String = text.chars().take(most).collect();
    if text.chars().nth(most).is_some() {
        short.push('…');
    }
    short
}

impl Operation {
    fn record(&self, run: &str) -> Record {
        let mut record =
            Record::new("id", format!("row {}", self.row)).with("run", Value::text(run.to_owned())).with("at", Value::Instant(self.at));
        for ((_, field), name) in NAMES.iter().zip(&self.names) {
            record = record.with_some(*field, name.as_deref().map(|name| Value::Text(cut(&redacted(name), NAME))));
        }
        record
            .with_some("cutoff", self.cutoff.map(Value::Instant))
            .with_some("deleted", self.count.map(Value::Count))
            .with_some("ids", self.listed.map(Value::Count))
            .with_some("duration", self.duration.map(|ms| Value::Duration(ms as f64)))
            .with_some("dry_run", self.dry_run.map(Value::Flag))
            .with("failed", Value::Flag(self.failed))
            .with_some("error", self.error.as_ref().map(|text| Value::Text(text.to_string())))
    }
}
