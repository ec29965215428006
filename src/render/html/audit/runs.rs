//! The newest runs of the audited job, each with its rows.

use super::faults::sentence_of;
use crate::instant::Instant;
use crate::metric::{Value, duration, grouped};
use crate::record::Record;
use crate::report::Report;

/// How many are listed.
const RUNS: usize = 24;
/// Of how many, the newest, the rows are shown.
const OPENED: usize = 12;
/// How many findings of one run are told.
const TOLD: usize = 20;

/// A run of the job.
pub(super) struct Run {
    /// Its place in the list, for its fragment.
    pub number: usize,
    pub when: String,
    pub id: String,
    pub rows: String,
    pub deleted: String,
    pub dry_runs: String,
    pub errors: String,
    pub failed: bool,
    /// `cron as system, on worker-1 in prod, v4.1.1`.
    pub by: String,
    pub operations: Vec<Operation>,
    /// Rows of it that the report does not keep.
    pub left_out: u64,
    /// The code, the place and the sentence of what is wrong with it.
    pub findings: Vec<(String, String, String)>,
    pub untold: usize,
}

/// A row of a run.
pub(super) struct Operation {
    pub row: String,
    pub table: String,
    pub what: String,
    pub deleted: String,
    pub ids: String,
    pub cutoff: String,
    pub took: String,
    pub dry: bool,
    pub failed: bool,
    pub error: String,
}

/// The newest runs first, and how many older ones are not listed.
pub(super) fn runs(report: &Report) -> (Vec<Run>, u64) {
    let mut all: Vec<(&Record, i64)> = report.rows("audit.run").map(|row| (row, at(row, "at").map_or(i64::MIN, |at| at.0))).collect();
    all.sort_by(|(a, at), (b, other)| other.cmp(at).then_with(|| b.subject().cmp(a.subject())));
    let total = match report.metric("audit.runs").map(|m| &m.value) {
        Some(Value::Count(n)) => *n,
        _ => all.len() as u64,
    };
    let listed: Vec<Run> = all.iter().take(RUNS).enumerate().map(|(number, (row, _))| run(report, number + 1, row)).collect();
    let left_out = total.saturating_sub(listed.len() as u64);
    (listed, left_out)
}

fn at(row: &Record, name: &str) -> Option<Instant> {
    match row.get(name) {
        Some(Value::Instant(at)) => Some(*at),
        _ => None,
    }
}

fn count(row: &Record, name: &str) -> String {
    row.count(name).map_or_else(|| "–".to_owned(), grouped)
}

fn run(report: &Report, number: usize, row: &Record) -> Run {
    let is_its = |operation: &&Record| number <= OPENED && operation.text("run") == Some(row.subject());
    let rows: Vec<&Record> = report.rows("audit.operation").filter(is_its).collect();
    let is_of = |finding: &&Record| {
        finding.text("run") == Some(row.subject())
            || finding.count("row").is_some_and(|id| rows.iter().any(|row| row.subject() == format!("row {id}")))
    };
    let findings: Vec<&Record> = report.rows("audit.finding").filter(is_of).collect();
    let untold = findings.len().saturating_sub(TOLD);
    Run {
        number,
        // A run without an id is called after its moment, which stands beside it already.
        id: if at(row, "at").is_some_and(|at| at.to_string() == row.subject()) { "–".to_owned() } else { row.subject().to_owned() },
        when: at(row, "at").map_or_else(|| "–".to_owned(), |at| at.minute()),
        rows: count(row, "rows"),
        deleted: count(row, "deleted"),
        dry_runs: count(row, "dry_runs"),
        errors: count(row, "errors"),
        failed: row.count("errors").is_some_and(|n| n > 0),
        by: rows.first().map(|row| by(row)).unwrap_or_default(),
        left_out: if rows.is_empty() { 0 } else { row.count("rows").unwrap_or(0).saturating_sub(rows.len() as u64) },
        operations: rows.iter().map(|row| operation(row)).collect(),
        findings: findings.into_iter().take(TOLD).map(sentence_of).collect(),
        untold,
    }
}

fn by(row: &Record) -> String {
    let part = |before: &str, name: &str| row.text(name).map(|text| format!("{before}{text}"));
    let started = [part("", "trigger"), part("as ", "actor")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let place = [part("on ", "host"), part("in ", "environment")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    [started, place, part("", "version").unwrap_or_default()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn operation(row: &Record) -> Operation {
    Operation {
        row: row.subject().trim_start_matches("row ").to_owned(),
        table: row.text("table").unwrap_or("–").to_owned(),
        what: row.text("operation").unwrap_or("–").to_owned(),
        deleted: count(row, "deleted"),
        ids: count(row, "ids"),
        cutoff: at(row, "cutoff").map_or_else(|| "–".to_owned(), |at| at.minute()),
        took: row.number("duration").map_or_else(|| "–".to_owned(), duration),
        dry: row.get("dry_run") == Some(&Value::Flag(true)),
        failed: row.get("failed") == Some(&Value::Flag(true)),
        error: row.text("error").unwrap_or_default().to_owned(),
    }
}
