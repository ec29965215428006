//! When a row was written, whether clocks agree, and whether the cut-off lies as far back as the retention says.

use super::{Cell, Column, Facts, Found, Judge, Row, SLACK, Tally, duration, shown};
use crate::ingest::audit::tally::KEPT;
use crate::ingest::table::Form;
use crate::instant::Instant;
use std::collections::BTreeMap;

/// A row may be dated this much after `now`, in milliseconds, as anywhere else.
const SKEW: i64 = 300_000;
/// Zones differ by whole quarters of an hour, and from UTC by at most 14 hours.
const QUARTER: i64 = 900_000;
const ZONES: i64 = 56;
/// Before the year 2000 nobody wrote such a trail.
const PLAUSIBLE: i64 = 946_684_800_000;

/// A moment and how it is written, where a value is one.
pub(super) type Told = Option<(Instant, Form)>;

/// What rows tell about the clocks that wrote them.
///
/// A program that writes local time and a database that writes UTC leave a trail whose times jump back and forth by the same
/// whole quarters of an hour. That is one mistake, and not one of every row whose cut-off then seems wrong or whose time seems
/// to lie ahead: such rows wait until the last row has been seen.
#[derive(Default)]
pub(super) struct Clocks {
    /// The newest time so far that is written as it should be.
    before: Option<Instant>,
    /// How often times went back by so many quarters of an hour, and in all, and the most they did, in milliseconds.
    backs: BTreeMap<i64, u64>,
    back: u64,
    most: i64,
    /// Findings that clocks this many quarters apart would explain.
    waiting: BTreeMap<i64, Vec<(i64, &'static str, String)>>,
    /// Times that lie ahead by so many milliseconds.
    ahead: Vec<(i64, i64, String)>,
}

impl Clocks {
    /// How many quarters of an hour a difference is, give or take the slack; nothing when zones cannot explain it.
    fn quarters(difference: i64) -> Option<i64> {
        let quarters = (difference + QUARTER / 2) / QUARTER;
        ((1..=ZONES).contains(&quarters) && (difference - quarters * QUARTER).abs() <= SLACK).then_some(quarters)
    }

    /// The difference of two clocks that most of the jumps have in common.
    fn apart(&self) -> Option<i64> {
        let (quarters, times) = self.backs.iter().max_by_key(|(_, times)| **times)?;
        (*times >= 2 && times * 2 >= self.back).then_some(*quarters)
    }

    pub(super) fn finish(self, tally: &mut Tally, label: &str) {
        let apart = self.apart();
        let mut explained = 0;
        for (quarters, findings) in self.waiting {
            if apart == Some(quarters) {
                explained += findings.len() as u64;
                continue;
            }
            findings.into_iter().for_each(|(row, code, message)| tally.say(Some(row), code, message));
        }
        for (row, ahead, message) in self.ahead {
            if apart.is_some_and(|quarters| ahead <= quarters * QUARTER + SKEW) {
                explained += 1;
            } else {
                tally.say(Some(row), "AUD-TS-FUTURE", message);
            }
        }
        if self.back == 0 {
            return;
        }
        let mut text = format!("{label} goes back by up to {} while ids rise ({} rows)", clock(self.most), self.back);
        if let Some(quarters) = apart {
            let zone = quarters * QUARTER / 60_000;
            text.push_str(&format!(": two clock sources (local {:+03}:{:02} and UTC?)", zone / 60, zone % 60));
        }
        if explained > 0 {
            text.push_str(&format!("; {explained} cut-offs and times that are off by the same are not counted as findings of their own"));
        }
        tally.digest("AUD-TS-ORDER", text);
    }
}

/// `5:00:00`.
fn clock(ms: i64) -> String {
    let seconds = (ms + 500) / 1000;
    if seconds >= 14 * 86_400 {
        return duration(ms as f64);
    }
    format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

impl Judge {
    /// When a row was written, given what its time was understood as.
    pub(super) fn moment(&mut self, row: &Row<'_>, told: Told, tally: &mut Tally, found: &mut Found) -> Option<Instant> {
        let label = self.terms.map.label(Column::At);
        let cell = row.get(Column::At);
        let form = told.map(|(_, form)| form);
        tally.spread.form(form.map(Form::name), cell);
        let at = self.time(cell, told, Column::At, found)?;
        let ahead = at.0.saturating_sub(self.terms.now.0);
        if ahead > SKEW {
            let message = format!("{label} {} is in the future: {} after {}", day(cell, at), duration(ahead as f64), self.terms.now);
            if ahead <= ZONES * QUARTER + SKEW && self.clocks.ahead.len() < KEPT {
                self.clocks.ahead.push((row.id, ahead, message));
            } else {
                found.say("AUD-TS-FUTURE", || message);
            }
            return None;
        }
        // A time that had to be guessed at shows no order.
        if !form.is_some_and(|form| self.terms.map.times.accepts(form)) {
            return Some(at);
        }
        if let Some(back) = self.clocks.before.replace(at).map(|before| before.0 - at.0).filter(|back| *back > SLACK) {
            self.clocks.back += 1;
            self.clocks.most = self.clocks.most.max(back);
            if let Some(quarters) = Clocks::quarters(back) {
                *self.clocks.backs.entry(quarters).or_default() += 1;
            }
            found.say("AUD-TS-ORDER", || format!("{label} goes back by {} from the row before", clock(back)));
        }
        Some(at)
    }

    fn time(&self, cell: Cell<'_>, told: Told, column: Column, found: &mut Found) -> Option<Instant> {
        let label = self.label(column);
        let Some((at, form)) = told else {
            match cell {
                Cell::Null => found.say("AUD-TS-NULL", || format!("{label} is NULL")),
                Cell::Blob(_) => found.mistyped(column, label, cell, "a time"),
                cell => found.say("AUD-TS-INVALID", || match date(cell).filter(|date| !exists(date)) {
                    Some(date) => format!("{label} {}: {date} is not a date", shown(cell)),
                    None => format!("{label} {} is no moment", shown(cell)),
                }),
            }
            return None;
        };
        if at.0 < PLAUSIBLE {
            found.say("AUD-TS-INVALID", || format!("{label} {} is not plausible", shown(cell)));
            return None;
        }
        if !self.terms.map.times.accepts(form) {
            let wanted = self.terms.map.times.forms();
            found.say("AUD-TS-FORMAT", || format!("{label} {} is written as {}, not as {wanted}", shown(cell), form.name()));
        }
        Some(at)
    }

    /// The cut-off lies as far before the run as the retention says.
    pub(super) fn cutoff(&mut self, row: &Row<'_>, facts: &Facts<'_>, told: Told, found: &mut Found) -> Option<Instant> {
        if !self.has(Column::Cutoff) {
            return None;
        }
        let label = self.terms.map.label(Column::Cutoff);
        let cell = row.get(Column::Cutoff);
        if cell.is_null() {
            if facts.count.is_some_and(|n| n > 0) {
                found.say("RET-CUTOFF", || format!("{label} is NULL"));
            }
            return None;
        }
        let cutoff = self.time(cell, self.terms.map.times.tell(cell), Column::Cutoff, found)?;
        // A time that had to be guessed at shows nothing about another.
        let sure = told.is_some_and(|(_, form)| self.terms.map.times.accepts(form));
        let near = |at: &Instant| at.0 >= PLAUSIBLE && at.0 <= self.terms.now.0 + ZONES * QUARTER + SKEW;
        let at = facts.at.or_else(|| told.map(|(at, _)| at)).filter(|at| sure && near(at));
        let (Some(at), Some(days)) = (at, facts.days) else { return Some(cutoff) };
        let off = (cutoff.0 as f64 - (at.0 as f64 - days * 86_400_000.0)) as i64;
        if off.abs() <= facts.duration.unwrap_or(0).max(SLACK) {
            return Some(cutoff);
        }
        let side = if off > 0 { "too late: rows were deleted before their time" } else { "too early: rows are kept past their time" };
        let message = format!("{label} is {} {side} ({days} days of retention)", duration(off.abs() as f64));
        let waiting = Clocks::quarters(off.abs()).map(|quarters| self.clocks.waiting.entry(quarters).or_default());
        match waiting.filter(|waiting| waiting.len() < KEPT) {
            Some(waiting) => waiting.push((row.id, "RET-CUTOFF", message)),
            None => found.say("RET-CUTOFF", || message),
        }
        Some(cutoff)
    }
}

/// The day that a text names, as it writes it, else as it was understood.
fn day(cell: Cell<'_>, at: Instant) -> String {
    date(cell).map_or_else(|| at.to_string(), str::to_owned)
}

/// The date at the beginning of a text, whether there is such a day or not.
fn date(cell: Cell<'_>) -> Option<&str> {
    let Cell::Text(text) = cell else { return None };
    let date = std::str::from_utf8(text).ok()?.get(..10)?;
    let shaped = date.bytes().zip(b"9999-99-99").all(|(b, shape)| if *shape == b'9' { b.is_ascii_digit() } else { b == b'-' });
    shaped.then_some(date)
}

/// Whether there is such a day.
fn exists(date: &str) -> bool {
    let number = |range: std::ops::Range<usize>| date.get(range).and_then(|digits| digits.parse().ok()).unwrap_or(0);
    Instant::midnight(number(0..4), number(5..7), number(8..10)).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_quarters_of_an_hour() {
        assert_eq!(Clocks::quarters(5 * 3_600_000 - 40), Some(20));
        assert_eq!(Clocks::quarters(5 * 3_600_000 + 1_800_000), Some(22));
        for difference in [0, SLACK, QUARTER / 2, 15 * 3_600_000, 86_400_000] {
            assert_eq!(Clocks::quarters(difference), None, "{difference}");
        }
        assert_eq!([clock(17_999_960), clock(90_000)], ["5:00:00", "0:01:30"]);
    }
}
