//! What was done about a table, and what was only tried.

use super::tally::PAUSE;
use crate::instant::Instant;

/// Real and dry runs of one table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    /// The newest row that is neither a dry run nor an error.
    pub last_real: Option<Instant>,
    /// Dry runs since then; rows of one that follow each other count once.
    pub dry_since: u64,
    last_dry: Option<Instant>,
}

impl Attempts {
    /// Notes a row of a real run.
    pub fn worked(&mut self, at: Instant) {
        if self.last_real.is_none_or(|last| at > last) {
            self.last_real = Some(at);
            if self.last_dry.is_none_or(|dry| dry <= at) {
                self.dry_since = 0;
            }
        }
    }

    /// Notes a row of a dry run.
    pub fn tried(&mut self, at: Instant) {
        let same = self.last_dry.is_some_and(|dry| (at.0 - dry.0).abs() <= PAUSE);
        if self.last_real.is_none_or(|last| at > last) && !(same && self.dry_since > 0) {
            self.dry_since += 1;
        }
        self.last_dry = self.last_dry.max(Some(at));
    }

    /// Adds another file's.
    pub fn merge(&mut self, other: Attempts) {
        let (newer, older) = if self.last_real >= other.last_real { (*self, other) } else { (other, *self) };
        let since = if older.last_dry > newer.last_real { older.dry_since } else { 0 };
        *self = Attempts { last_real: newer.last_real, dry_since: newer.dry_since + since, last_dry: newer.last_dry.max(older.last_dry) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000;

    fn after(days: &[(i64, bool)]) -> Attempts {
        let mut attempts = Attempts::default();
        for (day, real) in days {
            if *real { attempts.worked(Instant(day * DAY)) } else { attempts.tried(Instant(day * DAY)) }
        }
        attempts
    }

    #[test]
    fn dry_runs_count_since_the_last_real_one() {
        let shown = |days: &[(i64, bool)]| (after(days).last_real.map(|at| at.0 / DAY), after(days).dry_since);
        assert_eq!(shown(&[(1, false), (2, true), (3, false), (3, false), (4, false)]), (Some(2), 2));
        assert_eq!(shown(&[(1, false), (2, false)]), (None, 2));
        assert_eq!(shown(&[(1, false), (2, true)]), (Some(2), 0));
        assert_eq!(shown(&[(5, false), (2, true), (1, true)]), (Some(2), 1), "rows need not be in the order of their times");
    }

    #[test]
    fn files_add_up() {
        let mut sum = after(&[(1, true), (2, false)]);
        sum.merge(after(&[(3, true), (4, false)]));
        assert_eq!((sum.last_real, sum.dry_since), (Some(Instant(3 * DAY)), 1));
        sum.merge(after(&[(5, false), (6, false)]));
        assert_eq!((sum.last_real, sum.dry_since), (Some(Instant(3 * DAY)), 3));
    }
}
