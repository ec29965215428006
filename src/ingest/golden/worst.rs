//! The cases that people want to see: the worst, with everything that is known of them.

use super::case::{Case, Outcome};
use super::ledger;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// So many cases are kept.
pub const KEPT: usize = 10_000;

/// A case that is kept, and its fingerprint in the ledger.
pub struct Kept {
    /// Of its id, within its suite where there are several.
    pub fingerprint: u64,
    /// The case.
    pub case: Case,
}

/// The worst cases so far; of those that are equally bad, the first.
#[derive(Default)]
pub struct Worst {
    /// By badness, file and number within the file.
    cases: BTreeMap<(Reverse<Outcome>, usize, u64), Kept>,
    seen: u64,
}

impl Worst {
    /// Takes a case in, if it is bad enough.
    pub fn push(&mut self, case: Case) {
        let place = (Reverse(case.outcome), 0, self.seen);
        self.seen += 1;
        self.insert(place, case, None);
    }

    /// Takes in what another file kept.
    pub fn join(&mut self, other: Worst, file: usize) {
        for ((outcome, _, number), kept) in other.cases {
            self.insert((outcome, file, number), kept.case, Some(kept.fingerprint));
        }
    }

    fn insert(&mut self, place: (Reverse<Outcome>, usize, u64), case: Case, known: Option<u64>) {
        if self.cases.len() >= KEPT {
            if self.cases.last_key_value().is_none_or(|(last, _)| place >= *last) {
                return;
            }
            self.cases.pop_last();
        }
        let fingerprint = known.unwrap_or_else(|| ledger::fingerprint(&case.id));
        self.cases.insert(place, Kept { fingerprint, case });
    }

    /// What is kept, to be changed in place; not in a way that makes a case better or worse.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Kept> {
        self.cases.values_mut()
    }

    /// What is kept, in the order of the files.
    pub fn in_order(self) -> Vec<Kept> {
        let mut cases: Vec<_> = self.cases.into_iter().map(|((_, file, number), kept)| (file, number, kept)).collect();
        cases.sort_by_key(|(file, number, _)| (*file, *number));
        cases.into_iter().map(|(_, _, kept)| kept).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_are_kept_in_their_order() {
        let mut worst = Worst::default();
        for number in 0..KEPT + 100 {
            let outcome = if number % 1000 == 999 { Outcome::Failed } else { Outcome::Passed };
            worst.push(Case::new(format!("{number}"), outcome));
        }
        let mut other = Worst::default();
        other.push(Case::new("last", Outcome::Error));
        worst.join(other, 1);
        let cases: Vec<Case> = worst.in_order().into_iter().map(|kept| kept.case).collect();
        assert_eq!(cases.len(), KEPT);
        assert_eq!(cases.iter().filter(|case| case.outcome == Outcome::Failed).count(), 10);
        assert_eq!(cases.first().map(|case| case.id.as_str()), Some("0"));
        assert_eq!(cases.last().map(|case| case.id.as_str()), Some("last"));
        // The last good ones made room for the bad.
        assert!(!cases.iter().any(|case| case.id == "10098"));
    }
}
