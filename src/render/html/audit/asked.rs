//! What rules' queries found in the audit trail.

use super::super::rules::{Group, groups};
use super::super::sources::fragments;
use crate::evidence::Table;
use crate::metric::Value;
use crate::render::parts::bar;
use crate::render::parts::markup::Html;
use crate::report::Report;

/// A table that a rule's query gave.
pub(super) struct Asked {
    pub question: String,
    pub rule: String,
    pub link: Option<String>,
    pub columns: Vec<(String, bool)>,
    pub rows: Vec<Vec<Cell>>,
    pub omitted: u64,
    pub error: Option<String>,
    pub query: String,
}

/// A cell, with the name of its column for screens on which columns do not fit.
pub(super) struct Cell {
    pub name: String,
    pub text: String,
    pub numeric: bool,
    /// Its share of the largest in its column, where that is drawn.
    pub bar: Html,
}

pub(super) fn asked(report: &Report) -> Vec<Asked> {
    let entries = fragments(report);
    let groups = groups(report, &entries);
    let tables = report.evidence.iter().filter(|e| e.family == "audit").flat_map(|e| &e.tables);
    tables.map(|table| answer(table, groups.iter().find(|g| g.rule.rule == table.rule))).collect()
}

fn answer(table: &Table, rule: Option<&Group<'_>>) -> Asked {
    let numeric = |kind: &str| matches!(kind, "count" | "number" | "duration" | "bytes" | "ratio");
    let columns: Vec<(String, bool)> = table.columns.iter().map(|(name, kind)| (name.replace('_', " "), numeric(kind))).collect();
    let drawn = table.columns.iter().position(|(name, _)| Some(name) == table.chart.as_ref());
    let most = drawn.map(|at| table.rows.iter().filter_map(|row| amount(row.get(at)?.as_ref()?)).fold(0.0, f64::max));
    let bar = |at: usize, value: &Option<Value>, text: &str| match (most, value.as_ref().and_then(amount)) {
        (Some(most), Some(amount)) if drawn == Some(at) && most > 0.0 => bar::gauge(text, "f-plain", amount / most, None),
        _ => Html::default(),
    };
    let cell = |(at, ((name, numeric), value)): (usize, (&(String, bool), &Option<Value>))| {
        let text = value.as_ref().map_or_else(|| "–".to_owned(), said);
        Cell { name: name.clone(), bar: bar(at, value, &text), text, numeric: *numeric }
    };
    Asked {
        question: rule.map_or_else(|| table.rule.clone(), |g| g.rule.question.clone()),
        rule: table.rule.clone(),
        link: rule.map(|g| g.id.clone()),
        rows: table.rows.iter().map(|row| columns.iter().zip(row).enumerate().map(cell).collect()).collect(),
        columns,
        omitted: table.omitted,
        error: table.error.clone(),
        query: table.query.clone(),
    }
}

/// How long a bar is.
fn amount(value: &Value) -> Option<f64> {
    match value {
        Value::Count(n) | Value::Bytes(n) => Some(*n as f64),
        Value::Number { value, .. } | Value::Duration(value) => Some(value.max(0.0)),
        _ => None,
    }
}

fn said(value: &Value) -> String {
    match value {
        Value::Instant(at) => at.minute(),
        other => other.to_string(),
    }
}
