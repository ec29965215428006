//! Counts and durations: whole numbers from 0 to what is plausible.

use super::{Cell, Column, Facts, Found, Judge, Row, duration};

/// No job deletes more rows at once, or takes more milliseconds.
const PLAUSIBLE: i64 = 1_000_000_000_000;

impl Judge {
    /// What a row counts, and how long that took.
    pub(super) fn numbers<'a>(&self, row: &Row<'a>, found: &mut Found) -> Facts<'a> {
        let mut count = None;
        if self.has(Column::Count) {
            count = self.whole(row, Column::Count, false, found);
        }
        let took = self.whole(row, Column::Duration, true, found);
        if let (Some(took), Some(slow)) = (took, self.terms.map.slow)
            && took > slow
        {
            found.say("AUD-SLOW", || format!("took {}, at most {} is usual", duration(took as f64), duration(slow as f64)));
        }
        let scanned = self.whole(row, Column::Scanned, true, found);
        if let (Some(scanned), Some(count)) = (scanned, count)
            && scanned < count
        {
            let labels = (self.label(Column::Scanned), self.label(Column::Count));
            found.say("AUD-SCANNED", || format!("{} {scanned} is less than {} {count}", labels.0, labels.1));
        }
        Facts { count: count.and_then(|n| u64::try_from(n).ok()), duration: took, scanned, ..Facts::default() }
    }

    fn whole(&self, row: &Row<'_>, column: Column, optional: bool, found: &mut Found) -> Option<i64> {
        match row.get(column) {
            Cell::Integer(n @ 0..=PLAUSIBLE) => return Some(n),
            Cell::Null if optional => {}
            Cell::Integer(n @ ..0) => {
                found.kinds.push((column, "negative"));
                found.say("AUD-NEGATIVE", || format!("{} is {n}", self.label(column)));
            }
            Cell::Integer(n) => {
                found.say("AUD-RANGE", || format!("{} {n} is not plausible", self.label(column)));
            }
            cell => found.mistyped(column, self.label(column), cell, "a whole number"),
        }
        None
    }
}
