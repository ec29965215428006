//! What is odd in a report and does not stop it: each kind is told once, with how often it was met and where first.

use crate::ingest::Reading;
use crate::metric::grouped;
use crate::source::Location;
use std::collections::BTreeMap;

/// A kind of oddity: the code of its problem, and a clause that says what was made of it.
pub(super) type Odd = (&'static str, &'static str);

/// The oddities of one report.
#[derive(Debug, Default)]
pub(super) struct Odds {
    kinds: BTreeMap<&'static str, (&'static str, u64, Location)>,
    /// One was met whose place is not known yet.
    met: bool,
}

impl Odds {
    /// Meets one in a line of the report.
    pub(super) fn note(&mut self, (code, what): Odd, line: u64) {
        self.kinds.entry(code).or_insert_with(|| (what, 0, Location::line(line))).1 += 1;
    }

    /// Meets one in a JSON report, below these keys.
    pub(super) fn see(&mut self, (code, what): Odd, steps: &[&str]) {
        self.kinds.entry(code).or_insert_with(|| (what, 0, Location::pointer(steps))).1 += 1;
    }

    /// Meets one in the element being read, whose place is still to be said.
    pub(super) fn meet(&mut self, odd: Odd) {
        self.met |= !self.kinds.contains_key(odd.0);
        self.note(odd, 0);
    }

    /// Whether a place is to be said.
    pub(super) fn is_met(&self) -> bool {
        self.met
    }

    /// Says the line of what was met.
    pub(super) fn place(&mut self, line: u64) {
        self.met = false;
        self.kinds.values_mut().filter(|(_, _, first)| first.line == Some(0)).for_each(|(_, _, first)| *first = Location::line(line));
    }

    /// Warns of each kind.
    pub(super) fn tell(&self, reading: &mut Reading<'_>) {
        for (code, (what, count, first)) in &self.kinds {
            reading.warning(code, first.clone(), format!("{what}: {}, the first here", grouped(*count)));
        }
    }
}
