//! Counts and durations: whole numbers from 0 to what is plausible.

use super::{Cell, Column, Facts, Found, Judge, Row, duration};

/// No job deletes more rows at once, or takes more milliseconds.
const PLAUSIBLE: i64 = 1_000_000_000_000;

impl Judge<'_> {
    /// What a row counts, and how long that took.
    pub(super) fn numbers<'a>(&self, row: &Row<'a>, found: &mut Found<'_>) -> Facts<'a> {
        let mut count = None;
        if self.has(Column::Count) {
            count = whole(row, Column::Count, false, found);
        }
        let took = whole(row, Column::Duration, true, found);
        if let (Some(took), Some(slow)) = (took, self.terms.map.slow)
            && took > slow
        {
            found.say("AUD-SLOW", || format!("took {}, at most {} is usual", duration(took as f64), duration(slow as f64)));
        }
        let scanned = whole(row, Column::Scanned, true, found);
        if let (Some(scanned), Some(count)) = (scanned, count)
            && scanned < count
        {
            let labels = (self.label(Column::Scanned), self.label(Column::Count));
            found.say("AUD-SCANNED", || format!("{} {scanned} is less than {} {count}", labels.0, labels.1));
        }
        Facts { count: count.and_then(|n| u64::try_from(n).ok()), duration: took, scanned, ..Facts::default() }
    }
}

fn whole(row: &Row<'_>, column: Column, optional: bool, found: &mut Found<'_>) -> Option<i64> {
    let label = |found: &Found<'_>| found.map.label(column).to_owned();
    match row.get(column) {
        Cell::Integer(n @ 0..=PLAUSIBLE) => return Some(n),
        Cell::Null if optional => {}
        Cell::Integer(n @ ..0) => {
            found.kinds.push((column, "negative"));
            let label = label(found);
            found.say("AUD-NEGATIVE", || format!("{label} is {n}"));
        }
        Cell::Integer(n) => {
            let label = label(found);
            found.say("AUD-RANGE", || format!("{label} {n} is not plausible"));
        }
        cell => found.mistyped(column, cell, "a whole number"),
    }
    None
}
