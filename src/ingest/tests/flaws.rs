//! What is wrong with the cases of a file.

use crate::ingest::Reading;
use crate::metric::grouped;
use crate::source::{Grade, Location};
use std::collections::BTreeMap;

/// A case has an outcome that the format does not have.
pub(super) const UNKNOWN: &str = "unknown-outcome";
/// A total is stated and is no number.
pub(super) const NO_NUMBER: &str = "declared-total-unreadable";
/// The run ended before its tests did.
pub(super) const UNFINISHED: &str = "unfinished-run";
/// The run failed, and no case says why.
pub(super) const UNEXPLAINED: &str = "unexplained-failure";

/// Of each kind of flaw the first, with its place, and how many there are: a damaged file of a million cases is told in a few lines.
#[derive(Debug, Default)]
pub(super) struct Flaws {
    kinds: BTreeMap<&'static str, Flaw>,
    unplaced: bool,
    /// Where the file states its totals, once it does.
    totals: Option<u64>,
}

#[derive(Debug)]
struct Flaw {
    message: String,
    line: u64,
    count: u64,
}

impl Flaws {
    /// Notes a flaw; its place follows.
    pub(super) fn see(&mut self, code: &'static str, message: impl FnOnce() -> String) {
        let flaw = self.kinds.entry(code).or_insert_with(|| Flaw { message: message(), line: 0, count: 0 });
        flaw.count += 1;
        self.unplaced |= flaw.line == 0;
    }

    /// The totals of the file stand here; their place follows.
    pub(super) fn see_totals(&mut self) {
        self.unplaced |= *self.totals.get_or_insert(0) == 0;
    }

    /// Where the totals of the file stand.
    pub(super) fn place_of_totals(&self) -> Location {
        self.totals.filter(|line| *line > 0).map_or(Location::whole(), Location::line)
    }

    /// Whether a place is asked for.
    pub(super) fn is_unplaced(&self) -> bool {
        self.unplaced
    }

    /// Where everything stands that has no place yet.
    pub(super) fn place(&mut self, line: u64) {
        self.kinds.values_mut().filter(|flaw| flaw.line == 0).for_each(|flaw| flaw.line = line);
        self.totals = self.totals.map(|at| if at == 0 { line } else { at });
        self.unplaced = false;
    }

    /// Puts everything into the reading. A total that is no number leaves the cases as they are; the rest makes the file unusable.
    pub(super) fn tell(self, reading: &mut Reading<'_>) {
        for (code, Flaw { message, line, count }) in self.kinds {
            let at = if line == 0 { Location::whole() } else { Location::line(line) };
            let message = if count > 1 { format!("{message}; {} such in all", grouped(count)) } else { message };
            match code {
                NO_NUMBER => reading.warning(code, at, message),
                _ => reading.error(code, at, message),
            }
        }
    }
}

/// Whether nothing has been found so far that makes a file unusable: only then do its totals mean anything.
pub(super) fn is_sound(reading: &Reading<'_>) -> bool {
    reading.problems.iter().all(|problem| problem.severity != Grade::Error)
}
