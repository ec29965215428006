//! An audit row, what it states, and what is found in it.

use super::column::{COLUMNS, Column};
use super::pii;
use crate::instant::Instant;
use crate::io::sqlite::Cell;

/// A row as it was read.
pub struct Row<'a> {
    /// Its id, or its position where it has none.
    pub id: i64,
    /// Its cells in the order of [`Column`]; NULL where the table has no such column.
    pub cells: [Cell<'a>; COLUMNS],
}

impl<'a> Row<'a> {
    /// The cell of a column.
    pub fn get(&self, column: Column) -> Cell<'a> {
        self.cells[column as usize]
    }

    /// A cell for a message, without what it says about persons.
    pub fn shown(&self, column: Column) -> String {
        shown(self.get(column))
    }

    /// The bytes that name its run; a number is written into `room`.
    pub fn run<'s>(&'s self, room: &'s mut Vec<u8>) -> Option<&'s [u8]> {
        match self.get(Column::Run) {
            Cell::Text(text) if !text.trim_ascii().is_empty() => Some(text),
            Cell::Integer(n) => {
                room.extend(n.to_string().bytes());
                Some(room)
            }
            _ => None,
        }
    }
}

/// A value for a message, without what it says about persons.
pub fn shown(cell: Cell<'_>) -> String {
    match cell {
        Cell::Text(text) => {
            let text = String::from_utf8_lossy(&text[..text.len().min(4096)]);
            Cell::Text(pii::redacted(&text).as_bytes()).to_string()
        }
        cell => cell.to_string(),
    }
}

/// What a row states, as far as it can be understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts<'a> {
    /// The table the job worked on.
    pub table: Option<&'a str>,
    /// When; none also when it lies in the future.
    pub at: Option<Instant>,
    /// How many rows were deleted, or would have been.
    pub count: Option<u64>,
    /// Whether it was a dry run.
    pub dry_run: Option<bool>,
    /// Whether it names an error.
    pub failed: bool,
    /// Its environment, where it is spelled as it should be.
    pub environment: Option<&'a str>,
    /// Whether somebody started it by hand.
    pub manual: bool,
    /// How long it took, in milliseconds.
    pub duration: Option<i64>,
    /// How many rows were looked at.
    pub scanned: Option<i64>,
    /// The retention it states, in days.
    pub days: Option<f64>,
    /// Whether it was written before the migration.
    pub legacy: bool,
    /// Rows older than this were deleted.
    pub cutoff: Option<Instant>,
    /// How many ids it lists, where the list can be read.
    pub listed: Option<u64>,
    /// The ids it lists.
    pub ids: Vec<super::ids::Range>,
}

/// What is wrong with a row: at most one finding per code.
pub type Findings = Vec<(&'static str, String)>;

/// Findings on the way.
#[derive(Default)]
pub struct Found {
    /// What was found so far.
    pub findings: Findings,
    /// Values that are of no kind for their column: the column, and what they are instead.
    pub kinds: Vec<(Column, &'static str)>,
}

impl Found {
    /// Adds a finding, or joins it to the one of the same code.
    pub fn say(&mut self, code: &'static str, message: impl FnOnce() -> String) {
        let message = message();
        match self.findings.iter_mut().find(|(known, _)| *known == code) {
            Some((_, text)) => {
                text.push_str("; ");
                text.push_str(&message);
            }
            None => self.findings.push((code, message)),
        }
    }

    /// Says that a value is not of the kind of its column, which the table calls `label`.
    pub fn mistyped(&mut self, column: Column, label: &str, cell: Cell<'_>, wanted: &str) {
        let kind = match cell {
            Cell::Null => "NULL",
            Cell::Integer(_) => "integer",
            Cell::Real(_) => "real",
            Cell::Text(_) => "text",
            Cell::Blob(_) => "blob",
        };
        self.kinds.push((column, kind));
        self.say("AUD-TYPE", || format!("{label} is {} ({kind}), not {wanted}", shown(cell)));
    }
}
