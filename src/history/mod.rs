//! The history of benchmarks, kept in a file: a run is appended, and old runs are taken out.
//!
//! Nothing here reads a history to judge it: that is `ingest`'s, which reads our files as it reads everybody's. What is written
//! is never changed; a run that is written twice is the readers' to count once.

pub mod checkpoints;
pub mod export;
mod lines;
mod prune;
mod run;
mod table;
#[cfg(test)]
mod tests;

use crate::history_line::HistoryLine;
use crate::instant::Instant;
use std::io;
use std::path::Path;

pub use prune::{Prune, Pruned, Stay};
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

/// Whether a history is a table of an SQLite database: its name says so.
fn is_table(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("db"))
}

/// Appends the lines of one run, all of them or none. Other processes may append at the same time.
///
/// # Errors
/// When the file cannot be written.
pub fn append(path: &Path, lines: &[HistoryLine]) -> io::Result<Appended> {
    if is_table(path) { table::append(path, lines) } else { lines::append(path, lines) }
}

/// All lines of a history of ours, as they stand in it.
///
/// # Errors
/// When the file is not there, or has a line that cannot be understood.
pub fn recall(path: &Path) -> io::Result<Vec<HistoryLine>> {
    if is_table(path) { table::recall(path) } else { lines::recall(path) }
}

/// Takes old runs out. The file is written anew as a whole, while nobody appends to it.
///
/// # Errors
/// When the file is not there, has a line that cannot be understood, or cannot be written; then it is as it was.
pub fn prune(path: &Path, what: &Prune, dry_run: bool) -> io::Result<Pruned> {
    if is_table(path) { table::prune(path, what, dry_run) } else { lines::prune(path, what, dry_run) }
}
