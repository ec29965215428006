//! What a file states about itself, compared with what it lists.

use super::flaws::{Flaws, NO_NUMBER, is_sound};
use super::{Outcome, Tally};
use crate::ingest::Reading;
use crate::io::xml::Tag;
use crate::source::Location;

/// The counts of a summary; what it does not state is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Declared {
    pub(super) total: Option<u64>,
    pub(super) passed: Option<u64>,
    /// Failures and errors, which tools tell apart differently.
    pub(super) bad: Option<u64>,
    pub(super) skipped: Option<u64>,
}

impl Declared {
    /// The summaries of two parts together.
    pub(super) fn and(self, other: Declared) -> Declared {
        let sum = |a: Option<u64>, b: Option<u64>| Some(a?.saturating_add(b?));
        Declared {
            total: sum(self.total, other.total),
            passed: sum(self.passed, other.passed),
            bad: sum(self.bad, other.bad),
            skipped: sum(self.skipped, other.skipped),
        }
    }

    /// Notes a difference from what was counted, unless the file is damaged anyway. Rows that are missing, and failures that are not
    /// the listed ones, make the file unusable; anything else is a warning.
    pub(super) fn compare(self, reading: &mut Reading<'_>, at: Location, counted: Tally) {
        let bad = counted.failed.saturating_add(counted.errors);
        let other = |stated: Option<u64>, counted| stated.is_some_and(|stated| stated != counted);
        if !is_sound(reading) {
            return;
        }
        let grave = self.total.is_some_and(|total| total > counted.total()) || other(self.bad, bad);
        let slight = other(self.total, counted.total()) || other(self.passed, counted.passed) || other(self.skipped, counted.skipped);
        if grave || slight {
            let listed = Declared {
                total: self.total.map(|_| counted.total()),
                passed: self.passed.map(|_| counted.passed),
                bad: self.bad.map(|_| bad),
                skipped: self.skipped.map(|_| counted.skipped),
            };
            let message = format!("the file states {}, and lists {}", self.words(), listed.words());
            match grave {
                true => reading.error("declared-totals-differ", at, message),
                false => reading.warning("declared-totals-differ", at, message),
            }
        }
    }

    fn words(self) -> String {
        let Declared { total, passed, bad, skipped } = self;
        let parts = [(total, "tests"), (passed, "passed"), (bad, "failed or errors"), (skipped, "skipped")];
        let told: Vec<String> = parts.into_iter().filter_map(|(count, what)| Some(format!("{} {what}", count?))).collect();
        told.join(", ")
    }
}

/// A count in an attribute; what stands there and is no count is noted.
pub(super) fn stated(tag: &Tag<'_>, name: &str, flaws: &mut Flaws) -> Option<u64> {
    let text = tag.get(name)?;
    let count = text.trim().parse().ok();
    if count.is_none() {
        flaws.see(NO_NUMBER, || format!("the total `{name}` is no number: `{}`", text.chars().take(60).collect::<String>()));
    }
    count
}

impl Tally {
    /// How many cases came to what.
    pub(super) fn of(outcomes: impl IntoIterator<Item = Outcome>) -> Tally {
        let mut tally = Tally::default();
        outcomes.into_iter().for_each(|outcome| tally.count(outcome));
        tally
    }

    /// Whether anything failed.
    pub(super) fn is_bad(self) -> bool {
        self.failed > 0 || self.errors > 0
    }
}
