//! An audit row, and the rules it must keep by itself.

use super::map::{COLUMNS, Column, Map};
use crate::instant::Instant;
use crate::io::sqlite::Cell;
use crate::metric::duration;

/// No job deletes more rows at once, or takes more milliseconds.
const PLAUSIBLE: i64 = 1_000_000_000_000;

/// A row as it was read.
pub struct Row<'a> {
    /// Its id, or its position where it has none.
    pub id: i64,
    /// Its cells in the order of [`Column`]; NULL where the table has no such column.
    pub cells: [Cell<'a>; COLUMNS],
}

/// What a row states, as far as it can be understood.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
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
    /// How long it took, in milliseconds.
    pub duration: Option<i64>,
    /// The retention it states, in days.
    pub days: Option<f64>,
    /// Whether it was written before the migration.
    pub legacy: bool,
}

/// What is wrong with a row: at most one finding per code.
pub type Findings = Vec<(&'static str, String)>;

impl<'a> Row<'a> {
    /// The cell of a column.
    pub fn get(&self, column: Column) -> Cell<'a> {
        self.cells[column as usize]
    }
}

/// Findings on the way.
pub struct Found<'m> {
    /// For the names of the columns.
    pub map: &'m Map,
    /// What was found so far.
    pub findings: Findings,
}

impl Found<'_> {
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
}

/// The table's name.
pub(super) fn table<'a>(row: &Row<'a>, found: &mut Found<'_>) -> Option<&'a str> {
    let cell = row.get(Column::Table);
    let name = cell.text().filter(|name| !name.trim().is_empty());
    if name.is_none() {
        found.say("AUD-TYPE", || format!("{} is {cell}, not the name of a table", found.map.label(Column::Table)));
    }
    name
}

/// How many rows were deleted.
pub(super) fn count(row: &Row<'_>, found: &mut Found<'_>) -> Option<u64> {
    whole(row, Column::Count, false, found).and_then(|n| u64::try_from(n).ok())
}

/// A whole number from 0 to what is plausible.
fn whole(row: &Row<'_>, column: Column, optional: bool, found: &mut Found<'_>) -> Option<i64> {
    let cell = row.get(column);
    match cell {
        Cell::Integer(n @ 0..=PLAUSIBLE) => return Some(n),
        Cell::Null if optional => {}
        Cell::Integer(n @ ..0) => found.say("AUD-RANGE", || format!("{} is {n}", found.map.label(column))),
        Cell::Integer(n) => found.say("AUD-RANGE", || format!("{} {n} is not plausible", found.map.label(column))),
        cell => found.say("AUD-TYPE", || format!("{} is {cell}, not a whole number", found.map.label(column))),
    }
    None
}

/// Whether the row names an error, which is a finding by itself.
pub(super) fn failed(row: &Row<'_>, found: &mut Found<'_>) -> bool {
    let cell = row.get(Column::Error);
    if !cell.is_null() {
        found.say("RET-ERROR", || format!("{} {cell}", found.map.label(Column::Error)));
    }
    !cell.is_null()
}

/// The duration, and how many rows were looked at in that time.
pub(super) fn span(row: &Row<'_>, found: &mut Found<'_>) -> Option<i64> {
    let took = whole(row, Column::Duration, true, found);
    if let (Some(took), Some(slow)) = (took, found.map.slow)
        && took > slow
    {
        found.say("AUD-SLOW", || format!("took {}, at most {} is usual", duration(took as f64), duration(slow as f64)));
    }
    let scanned = whole(row, Column::Scanned, true, found);
    if let (Some(scanned), Some(count)) = (scanned, row.get(Column::Count).integer())
        && scanned < count
    {
        let labels = (found.map.label(Column::Scanned), found.map.label(Column::Count));
        found.say("AUD-RANGE", || format!("{} {scanned} is less than {} {count}", labels.0, labels.1));
    }
    took
}

/// Texts are texts, in UTF-8, without characters that steer a terminal or turn the direction of writing.
pub(super) fn texts(row: &Row<'_>, found: &mut Found<'_>) {
    use Column::{Actor, Environment, Error, Host, Job, Operation, Run, Schema, Table, Trigger, Version};
    for column in [Table, Operation, Error, Run, Job, Trigger, Actor, Environment, Host, Version, Schema] {
        match row.get(column) {
            Cell::Null | Cell::Integer(_) => {}
            Cell::Text(text) => {
                let plain = text.iter().all(|b| (0x20..0x7f).contains(b));
                if plain {
                    continue;
                }
                match std::str::from_utf8(text) {
                    Err(_) => found.say("AUD-TYPE", || format!("{} is not UTF-8", found.map.label(column))),
                    Ok(text) => {
                        // An error may be many lines long.
                        let allowed = |c: char| column == Error && matches!(c, '\n' | '\r' | '\t');
                        if let Some(c) = text.chars().find(|c| steers(*c) && !allowed(*c)) {
                            found.say("AUD-CONTROL", || format!("{} holds U+{:04X}", found.map.label(column), u32::from(c)));
                        }
                    }
                }
            }
            cell => found.say("AUD-TYPE", || format!("{} is {cell}, not a text", found.map.label(column))),
        }
    }
}

fn steers(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}')
}
