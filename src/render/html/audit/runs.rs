//! The newest runs of the audited job.

use crate::metric::{Value, grouped};
use crate::record::Record;
use crate::report::Report;

/// How many are listed.
const RUNS: usize = 24;

/// A run of the job.
pub(super) struct Run {
    pub when: String,
    pub id: String,
    pub rows: String,
    pub deleted: String,
    pub dry_runs: String,
    pub errors: String,
    pub failed: bool,
}

/// The newest runs first, and how many older ones are not listed.
pub(super) fn runs(report: &Report) -> (Vec<Run>, u64) {
    let mut all: Vec<(&Record, i64)> = report.rows("audit.run").map(|row| (row, at(row).map_or(i64::MIN, |at| at.0))).collect();
    all.sort_by(|(a, at), (b, other)| other.cmp(at).then_with(|| b.subject().cmp(a.subject())));
    let total = match report.metric("audit.runs").map(|m| &m.value) {
        Some(Value::Count(n)) => *n,
        _ => all.len() as u64,
    };
    let listed: Vec<Run> = all.iter().take(RUNS).map(|(row, _)| run(row)).collect();
    let left_out = total.saturating_sub(listed.len() as u64);
    (listed, left_out)
}

fn at(row: &Record) -> Option<crate::instant::Instant> {
    match row.get("at") {
        Some(Value::Instant(at)) => Some(*at),
        _ => None,
    }
}

fn run(row: &Record) -> Run {
    let count = |name| row.count(name).map_or_else(|| "–".to_owned(), grouped);
    let when = at(row).map_or_else(|| "–".to_owned(), |at| at.minute());
    Run {
        // A run without an id is called after its moment, which stands beside it already.
        id: if at(row).is_some_and(|at| at.to_string() == row.subject()) { "–".to_owned() } else { row.subject().to_owned() },
        when,
        rows: count("rows"),
        deleted: count("deleted"),
        dry_runs: count("dry_runs"),
        errors: count("errors"),
        failed: row.count("errors").is_some_and(|n| n > 0),
    }
}
