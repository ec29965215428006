//! The audit trail in a job summary: how far it can be relied on, by table, by actor, and what is wrong with its rows.

use crate::metric::{Value, duration, grouped};
use crate::record::Record;
use crate::render::parts::escape::{cell, prose, span_cell, value_cell};
use crate::report::Report;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// How many rows of each table are listed.
const LISTED: usize = 20;

/// The heading of the fold, and its tables with their heads; nothing without an audit trail.
pub(super) struct Folded {
    /// `Audit trail: 500 rows, 125 runs, integrity structural`.
    pub title: String,
    /// For each table its first two lines, and its rows.
    pub tables: Vec<(&'static str, Vec<String>)>,
    /// Rows that are not listed.
    pub left_out: usize,
}

pub(super) fn folded(report: &Report) -> Option<Folded> {
    let count = |id: &str| match report.metric(id)?.value {
        Value::Count(n) => Some(n),
        _ => None,
    };
    let (rows, runs) = (count("audit.rows")?, count("audit.runs")?);
    let integrity = report.metric("audit.integrity").map(|m| m.value.to_string()).unwrap_or_default();
    let title = prose(&format!("Audit trail: {} rows, {} runs, integrity {integrity}", grouped(rows), grouped(runs)));
    let mut left_out = 0;
    let mut table = |head, mut rows: Vec<String>| {
        left_out += rows.len().saturating_sub(LISTED);
        rows.truncate(LISTED);
        (head, rows)
    };
    let listed = |family: &'static str, line: fn(&Record) -> String| -> Vec<String> {
        let mut all: Vec<&Record> = report.rows(family).collect();
        all.sort_by_key(|row| (Reverse(row.count("rows")), row.subject()));
        all.into_iter().map(line).collect()
    };
    let tables = vec![
        table(
            "| Table | Rows | Deleted | Dry runs | Errors | Median | 95th percentile |\n|---|---|---|---|---|---|---|\n",
            listed("audit.table", of_table),
        ),
        table("| Actor | Started by | Runs | Rows | Dry runs | Errors |\n|---|---|---|---|---|---|\n", listed("audit.actor", of_actor)),
        table("| Code | Findings | The first |\n|---|---|---|\n", faults(report)),
        table("| Times are written as | Rows | For example |\n|---|---|---|\n", several(listed("audit.time_form", spelling))),
        table("| Environments are spelled | Rows |\n|---|---|\n", several(listed("audit.environment", spelling))),
    ];
    Some(Folded { title, tables: tables.into_iter().filter(|(_, rows)| !rows.is_empty()).collect(), left_out })
}

/// What is written in one way needs no table.
fn several(rows: Vec<String>) -> Vec<String> {
    if rows.len() > 1 { rows } else { Vec::new() }
}

fn count(row: &Record, name: &str) -> String {
    row.count(name).map_or_else(|| "–".to_owned(), grouped)
}

fn of_table(row: &Record) -> String {
    let counts = ["rows", "deleted", "dry_runs", "errors"].map(|name| value_cell(&count(row, name))).join(" | ");
    let time = |name| value_cell(&row.number(name).map_or_else(|| "–".to_owned(), duration));
    format!("| {} | {counts} | {} | {} |\n", span_cell(row.subject()), time("p50"), time("p95"))
}

fn of_actor(row: &Record) -> String {
    let counts = ["runs", "rows", "dry_runs", "errors"].map(|name| value_cell(&count(row, name))).join(" | ");
    let text = |name| span_cell(row.text(name).unwrap_or_default());
    let mark = if row.get("named") == Some(&Value::Flag(false)) { " (names nobody)" } else { "" };
    format!("| {}{mark} | {} | {counts} |\n", text("actor"), text("trigger"))
}

fn spelling(row: &Record) -> String {
    let example = row.text("example").map(|text| format!(" {} |", span_cell(text))).unwrap_or_default();
    format!("| {} | {} |{example}\n", span_cell(row.subject()), value_cell(&count(row, "rows")))
}

/// A row for every code, those with most findings first.
fn faults(report: &Report) -> Vec<String> {
    let mut by_code: BTreeMap<&str, (u64, &Record)> = BTreeMap::new();
    for row in report.rows("audit.finding") {
        by_code.entry(row.text("code").unwrap_or_default()).or_insert((0, row)).0 += 1;
    }
    for metric in report.evidence.iter().flat_map(|entry| &entry.metrics).filter(|m| m.id == "audit.findings") {
        let code = metric.labels.get("code").and_then(|code| by_code.get_mut(code.as_str()));
        if let (Some((n, _)), Value::Count(all)) = (code, &metric.value) {
            *n = (*n).max(*all);
        }
    }
    let mut all: Vec<(&str, (u64, &Record))> = by_code.into_iter().collect();
    all.sort_by_key(|(code, (n, _))| (Reverse(*n), *code));
    let line = |(code, (n, row)): (&str, (u64, &Record))| {
        let place = row.subject().trim_end_matches(code).trim_end();
        let told = format!("{place}: {}", row.text("message").unwrap_or_default());
        format!("| {} | {} | {} |\n", span_cell(code), value_cell(&grouped(n)), cell(&told))
    };
    all.into_iter().map(line).collect()
}
