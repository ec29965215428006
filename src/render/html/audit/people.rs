//! Who had the job run, and how the trail spells its times and environments.

use crate::metric::{Value, grouped};
use crate::record::Record;
use crate::report::Report;
use std::cmp::Reverse;

/// How many rows of a table are listed.
const LISTED: usize = 24;

/// An actor with a trigger.
pub(super) struct Doer {
    pub actor: String,
    pub trigger: String,
    /// Whether the name is a person's or a program's own.
    pub named: bool,
    /// Whether somebody started it by hand.
    pub manual: bool,
    pub runs: String,
    pub rows: String,
    pub deleted: String,
    pub dry_runs: String,
    pub errors: String,
    pub failed: bool,
}

/// A way to write something, and how often it occurs.
pub(super) struct Spelling {
    pub spelled: String,
    pub rows: String,
    pub example: String,
    pub unknown: bool,
}

fn most_first<'r>(report: &'r Report, family: &'static str) -> (Vec<&'r Record>, usize) {
    let mut all: Vec<&Record> = report.rows(family).collect();
    all.sort_by_key(|row| (Reverse(row.count("rows")), row.subject()));
    let left_out = all.len().saturating_sub(LISTED);
    all.truncate(LISTED);
    (all, left_out)
}

fn count(row: &Record, name: &str) -> String {
    row.count(name).map_or_else(|| "–".to_owned(), grouped)
}

/// Actors and triggers, those with most rows first, and how many are not listed.
pub(super) fn doers(report: &Report) -> (Vec<Doer>, usize) {
    let (all, left_out) = most_first(report, "audit.actor");
    let doer = |row: &Record| Doer {
        actor: row.text("actor").unwrap_or_default().to_owned(),
        trigger: row.text("trigger").unwrap_or_default().to_owned(),
        named: row.get("named") == Some(&Value::Flag(true)),
        manual: row.get("manual") == Some(&Value::Flag(true)),
        runs: count(row, "runs"),
        rows: count(row, "rows"),
        deleted: count(row, "deleted"),
        dry_runs: count(row, "dry_runs"),
        errors: count(row, "errors"),
        failed: row.count("errors").is_some_and(|n| n > 0),
    };
    (all.into_iter().map(doer).collect(), left_out)
}

/// The ways in which something is written, where there are several or one is unknown.
pub(super) fn spellings(report: &Report, family: &'static str) -> Vec<Spelling> {
    let (all, _) = most_first(report, family);
    let spelling = |row: &Record| Spelling {
        spelled: row.subject().to_owned(),
        rows: count(row, "rows"),
        example: row.text("example").unwrap_or_default().to_owned(),
        unknown: row.get("known") == Some(&Value::Flag(false)),
    };
    let all: Vec<Spelling> = all.into_iter().map(spelling).collect();
    if all.len() > 1 || all.iter().any(|s| s.unknown) { all } else { Vec::new() }
}
