//! What is wrong with the rows, by code.

use crate::metric::{Value, grouped};
use crate::record::Record;
use crate::report::Report;
use std::collections::BTreeMap;

/// How many rows and sentences of one code are listed.
const ROWS: usize = 24;
const TOLD: usize = 5;

/// All findings of one code.
pub(super) struct Fault {
    pub code: String,
    /// How many there are, also of those that the report does not keep.
    pub count: String,
    /// The ids of the first rows: `3, 7, 12 and 40 more`.
    pub rows: String,
    /// The first sentence.
    pub first: String,
    /// The place and the sentence of the first ones, where there are several.
    pub told: Vec<(String, String)>,
    pub left_out: usize,
}

/// The findings of a report, the most frequent code first.
pub(super) fn faults(report: &Report) -> Vec<Fault> {
    let mut by_code: BTreeMap<&str, Vec<&Record>> = BTreeMap::new();
    for row in report.rows("audit.finding") {
        by_code.entry(row.text("code").unwrap_or_default()).or_default().push(row);
    }
    let mut all: Vec<(u64, &str, Vec<&Record>)> =
        by_code.into_iter().map(|(code, rows)| (counted(report, code).max(rows.len() as u64), code, rows)).collect();
    all.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    all.into_iter().map(|(count, code, rows)| fault(code, count, &rows)).collect()
}

/// How many findings of a code there are.
fn counted(report: &Report, code: &str) -> u64 {
    let metrics = report.evidence.iter().flat_map(|entry| &entry.metrics).filter(|m| m.id == "audit.findings");
    let ours = metrics.filter(|m| m.labels.get("code").is_some_and(|label| label == code));
    ours.map(|m| if let Value::Count(n) = m.value { n } else { 0 }).sum()
}

fn fault(code: &str, count: u64, rows: &[&Record]) -> Fault {
    let mut ids: Vec<&str> = rows.iter().filter_map(|row| id(row)).collect();
    // Several findings of one row stand together.
    ids.dedup();
    let rest = count.saturating_sub(rows.len() as u64) + ids.len().saturating_sub(ROWS) as u64;
    ids.truncate(ROWS);
    let listed = match (ids.is_empty(), rest) {
        (true, _) => "–".to_owned(),
        (false, 0) => ids.join(", "),
        (false, more) => format!("{} and {} more", ids.join(", "), grouped(more)),
    };
    let told = rows.iter().take(if rows.len() > 1 { TOLD } else { 0 });
    let told: Vec<(String, String)> = told.map(|row| sentence_of(row)).map(|(_, place, message)| (place, message)).collect();
    Fault {
        code: code.to_owned(),
        count: grouped(count),
        rows: listed,
        first: rows.first().and_then(|row| row.text("message")).unwrap_or_default().to_owned(),
        left_out: if told.is_empty() { 0 } else { rows.len() - told.len() },
        told,
    }
}

/// The id of the row that a finding is about. One below zero is in its name only.
fn id(row: &Record) -> Option<&str> {
    let (_, rest) = row.subject().split_once("row ")?;
    rest.split(' ').next().filter(|id| id.parse::<i64>().is_ok())
}

/// The code of a finding, its place and its sentence.
pub(super) fn sentence_of(row: &Record) -> (String, String, String) {
    let code = row.text("code").unwrap_or_default();
    let place = row.subject().trim_end_matches(code).trim_end().to_owned();
    (code.to_owned(), place, row.text("message").unwrap_or_default().to_owned())
}
