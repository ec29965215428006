//! Whether something happened as often as it should.
//!
//! Two occurrences are held against each other rather than against a calendar: after each, the next is due `every` later, and
//! a tenth of that is left for a late start. As long as none comes, every further `every` is one more gap. So a job that runs
//! at three in the morning, some minutes sooner or later, has no gap; one that stops has one more with each day; and nothing
//! depends on the hour at which somebody asks.

use crate::instant::Instant;

/// A late start is no gap within this part of the time between two occurrences.
const GRACE: i64 = 10;

/// What the occurrences within a window come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// When each of the missed ones was due, oldest first.
    pub gaps: Vec<Instant>,
    /// From when on it is known whether there were gaps: the beginning of the window, or the first occurrence.
    pub since: Instant,
    /// Whether that is the whole window.
    pub whole: bool,
}

/// Holds `occurrences`, in any order, against one every `every` milliseconds in the `window` milliseconds that end at `now`.
/// Nothing when there is none up to `now`; what is dated later shows nothing yet. Both lengths are positive.
///
/// What is older than the window tells how its beginning was. Where nothing is, the window is still known from its beginning
/// on if the first occurrence in it comes before one would be a gap.
pub fn hold(occurrences: &[Instant], every: i64, window: i64, now: Instant) -> Option<Kept> {
    let mut seen = occurrences.to_vec();
    seen.sort_unstable();
    let (mut watch, mut gaps) = (Watch::new(every, window, now), Vec::new());
    seen.into_iter().for_each(|at| watch.see(at, |gap| gaps.push(gap)));
    let (since, whole) = watch.end(|gap| gaps.push(gap))?;
    Some(Kept { gaps, since, whole })
}

/// Holds occurrences as [`hold`] does, one after the other, oldest first.
#[derive(Clone, Debug)]
pub struct Watch {
    every: i64,
    start: Instant,
    now: Instant,
    /// The last one before the window, or else the first one in it.
    first: Option<Instant>,
    last: Option<Instant>,
}

impl Watch {
    /// A watch that has seen nothing.
    pub fn new(every: i64, window: i64, now: Instant) -> Watch {
        Watch { every, start: Instant(now.0.saturating_sub(window)), now, first: None, last: None }
    }

    /// Takes the next occurrence, and passes when each one was due that is missing before it.
    pub fn see(&mut self, at: Instant, gap: impl FnMut(Instant)) {
        if at > self.now {
            return;
        }
        if at <= self.start {
            self.first = Some(at);
        } else {
            self.gaps(at, gap);
            self.first.get_or_insert(at);
        }
        self.last = Some(at);
    }

    /// Passes when each one was due that is missing at the end. From when on it is known whether there were gaps, and whether that is the whole
    /// window; nothing when there was no occurrence.
    pub fn end(self, gap: impl FnMut(Instant)) -> Option<(Instant, bool)> {
        // Nothing comes after the last one: until now it may merely be late.
        self.gaps(self.now, gap);
        let whole = self.first?.0 <= self.start.0.saturating_add(self.due());
        Some((if whole { self.start } else { self.first? }, whole))
    }

    fn due(&self) -> i64 {
        self.every.saturating_add(self.every / GRACE)
    }

    fn gaps(&self, next: Instant, mut gap: impl FnMut(Instant)) {
        let Some(last) = self.last else { return };
        // In 128 bits, because a row may be dated at the end of the world.
        let [last, next, begin, step, grace] = [last.0, next.0, self.start.0, self.every, self.due() - self.every].map(i128::from);
        let skipped = ((begin - last) / step).max(0);
        let mut expected = last + (skipped + 1) * step;
        while expected + grace < next {
            i64::try_from(expected).ok().filter(|at| *at > self.start.0).map(Instant).into_iter().for_each(&mut gap);
            expected += step;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    const HOUR: i64 = 3_600_000;
    const NOW: Instant = Instant(1000 * 24 * HOUR);

    /// What happened so many hours ago, held against one a day in ten days.
    fn daily(ages: &[i64]) -> Option<(Vec<i64>, bool)> {
        let at: Vec<Instant> = ages.iter().map(|hours| Instant(NOW.0 - hours * HOUR)).collect();
        let kept = hold(&at, 24 * HOUR, 240 * HOUR, NOW)?;
        Some((kept.gaps.iter().map(|gap| (NOW.0 - gap.0) / HOUR).collect(), kept.whole))
    }

    fn every_day(from: i64, to: i64, shift: i64) -> Vec<i64> {
        (from..=to).map(|day| day * 24 + shift).collect()
    }

    #[test]
    fn a_day_without_one_is_a_gap_on_its_date() {
        assert_eq!(daily(&[]), None);
        assert_eq!(daily(&every_day(0, 10, 21)), Some((vec![], true)));
        let without = |days: &[i64]| every_day(0, 12, 21).into_iter().filter(|age| !days.contains(&(age / 24))).collect::<Vec<_>>();
        assert_eq!(daily(&without(&[3])), Some((vec![3 * 24 + 21], true)));
        assert_eq!(daily(&without(&[3, 4, 7])), Some((vec![7 * 24 + 21, 4 * 24 + 21, 3 * 24 + 21], true)));
        // What stopped has one more with every day that goes by.
        assert_eq!(daily(&every_day(3, 12, 0)), Some((vec![48, 24], true)));
        // A gap before the window is no affair of it, one at its very beginning is.
        assert_eq!(daily(&without(&[10, 11])), Some((vec![], true)));
        assert_eq!(daily(&without(&[9])), Some((vec![9 * 24 + 21], true)));
    }

    #[test]
    fn a_late_start_is_no_gap_and_a_long_delay_is() {
        let late = |hours: i64| [vec![0, 24, 48 - hours], every_day(3, 11, 0)].concat();
        assert_eq!(daily(&late(2)), Some((vec![], true)));
        assert_eq!(daily(&late(3)), Some((vec![48], true)));
        // Up to now one may be late, too.
        assert_eq!(daily(&every_day(1, 11, 2)), Some((vec![], true)));
        assert_eq!(daily(&every_day(1, 11, 3)), Some((vec![3], true)));
    }

    #[test]
    fn a_window_that_is_not_covered_is_not_known() {
        assert_eq!(daily(&every_day(0, 4, 0)), Some((vec![], false)));
        assert_eq!(daily(&every_day(0, 9, 0)), Some((vec![], true)), "the first day of the window, and nothing older is kept");
        assert_eq!(daily(&[0, 96]), Some((vec![72, 48, 24], false)), "what is known to be missing is missing");
        assert_eq!(daily(&[0]), Some((vec![], false)));
        assert_eq!(daily(&[2400]).unwrap().0.len(), 9, "all of the window but the one due now, and nothing before it");
        assert_eq!(daily(&[-5]), None, "what has not happened yet shows nothing");
    }

    #[test]
    fn no_moment_is_too_far_away() {
        for at in [i64::MIN, i64::MIN / 2, 0, i64::MAX / 2] {
            let kept = hold(&[Instant(at)], 24 * HOUR, 240 * HOUR, NOW);
            assert!(kept.is_none_or(|kept| kept.gaps.len() <= 10));
        }
        assert!(hold(&[Instant(0)], 1, 5, Instant(i64::MAX)).unwrap().gaps.len() <= 5);
    }

    /// The same, said once more in the simplest way: every point in time after an occurrence and before the next one.
    fn slowly(at: &[Instant], every: i64, window: i64, now: Instant) -> Option<Kept> {
        let start = Instant(now.0 - window);
        let mut seen: Vec<Instant> = at.iter().copied().filter(|at| *at <= now).collect();
        seen.sort_unstable();
        let before = seen.iter().rposition(|at| *at <= start).unwrap_or(0);
        let seen = seen.get(before..)?;
        let first = *seen.first()?;
        let ends = seen.iter().skip(1).chain([&now]);
        let due = |(last, next): (&Instant, &Instant)| -> Vec<Instant> {
            let late = |at: &Instant| at.0 + every / GRACE < next.0 && *at > start;
            (1..=1000).map(|n| Instant(last.0 + n * every)).filter(late).collect()
        };
        let gaps = seen.iter().zip(ends).flat_map(due).collect();
        let whole = first.0 <= start.0 + every + every / GRACE;
        Some(Kept { gaps, since: if whole { start } else { first }, whole })
    }

    proptest! {
        #[test]
        fn one_after_the_other_tells_what_all_at_once_tell(
            at in proptest::collection::vec(0i64..900, 0..60), every in 1i64..60, window in 0i64..700, now in 0i64..1000,
        ) {
            let at: Vec<Instant> = at.into_iter().map(Instant).collect();
            prop_assert_eq!(hold(&at, every, window, Instant(now)), slowly(&at, every, window, Instant(now)));
        }

        /// One more occurrence never makes more gaps of one window, and none takes away what it covers.
        #[test]
        fn more_is_never_worse(ages in proptest::collection::vec(0i64..500, 1..60), more in 0i64..240) {
            let (gaps, whole) = daily(&ages).unwrap();
            let (fewer, still) = daily(&[ages, vec![more]].concat()).unwrap();
            // An occurrence before the first moves the beginning of what is known.
            prop_assert!(!whole || fewer.len() <= gaps.len(), "{fewer:?} {gaps:?}");
            prop_assert!(!whole || still);
        }

        /// Who asks earlier in the same hour hears the same of the past.
        #[test]
        fn the_past_does_not_change(ages in proptest::collection::vec(0i64..500, 1..60), later in 0i64..24) {
            let at: Vec<Instant> = ages.iter().map(|hours| Instant(NOW.0 - hours * HOUR)).collect();
            let known = hold(&at, 24 * HOUR, 240 * HOUR, NOW).unwrap();
            let again = hold(&at, 24 * HOUR, 240 * HOUR, Instant(NOW.0 + later * HOUR)).unwrap();
            let begin = NOW.0 + (later - 240) * HOUR;
            prop_assert!(known.gaps.iter().filter(|gap| gap.0 > begin).all(|gap| again.gaps.contains(gap)));
        }
    }
}
