//! The history of benchmarks, kept in a file: a run is appended, and old runs are taken out.
//!
//! Nothing here reads a history to judge it: that is `ingest`'s, which reads our files as it reads everybody's. What is written
//! is never changed; a run that is written twice is the readers' to count once.

mod lines;
mod run;
#[cfg(test)]
mod tests;

use crate::history_line::HistoryLine;
use crate::instant::Instant;
use std::io;
use std::path::Path;

pub use run::{Here, Said, many, one};

/// What became of a run that was to be appended.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Appended {
    /// Values that were written.
    pub written: usize,
    /// Values that stood in the history already, word for word, and were not written again.
    pub known: usize,
    /// Whether there was no history before.
    pub begun: bool,
    /// How many bytes of a cut-off last line were found; a new line was begun behind them.
    pub torn: usize,
    /// A run among the last ones that is dated later than the one appended, and when.
    pub later: Option<(String, Instant)>,
    /// Another run with exactly the same raw measurements, which no second measurement ever has.
    pub same_as: Option<String>,
}

/// Appends the lines of one run, all of them or none. Other processes may append at the same time.
///
/// # Errors
/// When the file cannot be written.
pub fn append(path: &Path, lines: &[HistoryLine]) -> io::Result<Appended> {
    lines::append(path, lines)
}
