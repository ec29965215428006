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
    let ids: Vec<String> = rows.iter().filter_map(|row| row.count("row")).take(ROWS).map(|id| id.to_string()).collect();
    let more = count.saturating_sub(ids.len() as u64);
    let listed = match (ids.is_empty(), more) {
        (true, _) => "–".to_owned(),
        (false, 0) => ids.join(", "),
        (false, more) => format!("{} and {} more", ids.join(", "), grouped(more)),
    };
    let message = |row: &Record| row.text("message").unwrap_or_default().to_owned();
    let told = rows.iter().take(if rows.len() > 1 { TOLD } else { 0 });
    let told: Vec<(String, String)> = told.map(|row| (row.subject().trim_end_matches(code).trim_end().to_owned(), message(row))).collect();
    Fault {
        code: code.to_owned(),
        count: grouped(count),
        rows: listed,
        first: rows.first().map(|row| message(row)).unwrap_or_default(),
        left_out: if told.is_empty() { 0 } else { rows.len() - told.len() },
        told,
    }
}
