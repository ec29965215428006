//! What is odd in a report and does not stop it: each kind is told once, with how often it was met and where first.

use crate::ingest::Reading;
use crate::metric::grouped;
use crate::source::Location;
use std::collections::BTreeMap;

/// A kind of oddity: the code of its problem, and a clause that says what was made of it.
pub(super) type Odd = (&'static str, &'static str);

/// The oddities of one report.
#[derive(Debug, Default)]
pub(super) struct Odds(BTreeMap<&'static str, (&'static str, u64, u64)>);

impl Odds {
    /// Meets one in a line of the report.
    pub(super) fn note(&mut self, (code, what): Odd, line: u64) {
        let (_, count, _) = self.0.entry(code).or_insert((what, 0, line));
        *count += 1;
    }

    /// Warns of each kind.
    pub(super) fn tell(&self, reading: &mut Reading<'_>) {
        for (code, (what, count, first)) in &self.0 {
            reading.warning(code, Location::line(*first), format!("{what}: {}, the first here", grouped(*count)));
        }
    }
}
