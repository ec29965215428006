//! One executable line.

use crate::metric::Ratio;

/// What is known of one executable line. Twelve bytes, so that a report of millions of lines fits into a few megabytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// From 1.
    pub number: u32,
    /// How often it ran; 4,294,967,295 stands for that and more.
    pub hits: u32,
    taken: u16,
    branches: u16,
}

impl Line {
    /// A line that ran `hits` times, without branches.
    pub fn new(number: u32, hits: u64) -> Self {
        Line { number, hits: u32::try_from(hits).unwrap_or(u32::MAX), taken: 0, branches: 0 }
    }

    /// The same line with `taken` of its `branches`. A share above 1 and more than 65,535 branches are not believed: nothing.
    pub fn branching(self, taken: u64, branches: u64) -> Option<Self> {
        let (taken, branches) = (u16::try_from(taken).ok()?, u16::try_from(branches).ok()?);
        (taken <= branches).then_some(Line { taken, branches, ..self })
    }

    /// Its branches that were taken, of all it has; `0/0` where it has none.
    pub fn branch(self) -> Ratio {
        Ratio::new(u64::from(self.taken), u64::from(self.branches))
    }

    /// Some of its branches were taken, and some not.
    pub fn is_partial(self) -> bool {
        self.taken > 0 && self.taken < self.branches
    }

    /// Takes another record of the same line: its hits as `hits` joins them, and the branches of whichever record saw more of
    /// them taken, then of the one that knows more of them.
    pub(super) fn take(&mut self, other: Line, hits: fn(u32, u32) -> u32) {
        self.hits = hits(self.hits, other.hits);
        (self.taken, self.branches) = (self.taken, self.branches).max((other.taken, other.branches));
    }

    /// Takes branches that were counted one by one, where they say more.
    pub(super) fn take_branches(&mut self, counted: Ratio) {
        if let Some(other) = self.branching(counted.part, counted.whole) {
            self.take(other, |own, _| own);
        }
    }
}
