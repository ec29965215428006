//! The audit trail: by day, by table, how far it proves itself, and what rules asked of it.

use super::Section;
use super::rules::groups;
use super::sources::fragments;
use crate::catalogue::INTEGRITY;
use crate::error::Error;
use crate::evidence::Table;
use crate::instant::Instant;
use crate::metric::{Value, duration, grouped};
use crate::record::Record;
use crate::render::parts::chart::{Caption, Day, days};
use crate::render::parts::figure;
use crate::render::parts::markup::{Html, fill};
use crate::report::Report;
use askama::Template;

/// How many row findings are listed, and how many days a chart shows at most.
const LISTED: usize = 20;
const DAYS: i64 = 90;
const DAY: i64 = 86_400_000;

#[derive(Template)]
#[template(path = "parts/audit.html")]
struct Audit {
    facts: Vec<(&'static str, String)>,
    rungs: Vec<(&'static str, bool)>,
    rung: &'static str,
    news: String,
    chart: Html,
    numbers: Vec<(String, u64, u64, u64)>,
    tables: Vec<Row>,
    findings: Vec<(String, String, String)>,
    left_out: usize,
    asked: Vec<Asked>,
}

struct Row {
    name: String,
    rows: String,
    deleted: String,
    errors: String,
    p50: String,
    p95: String,
    retention: String,
}

/// A table that a rule's query gave.
struct Asked {
    question: String,
    rule: String,
    link: Option<String>,
    columns: Vec<(String, bool)>,
    rows: Vec<Vec<Cell>>,
    omitted: u64,
    error: Option<String>,
    query: String,
}

/// A cell, with the name of its column for screens on which columns do not fit.
struct Cell {
    name: String,
    text: String,
    numeric: bool,
}

pub(super) fn section(report: &Report) -> Result<Option<Section>, Error> {
    let Some(Value::Count(rows)) = report.metric("audit.rows").map(|m| m.value.clone()) else { return Ok(None) };
    let days = filled(report);
    let rung = match report.metric("audit.integrity").map(|m| &m.value) {
        Some(Value::Level(level)) => INTEGRITY.iter().position(|rung| rung == level),
        _ => None,
    };
    let findings: Vec<&Record> = report.rows("audit.finding").collect();
    let view = Audit {
        facts: facts(report),
        // The lowest word says that nothing is proven; it is the floor the ladder stands on.
        rungs: INTEGRITY.iter().enumerate().skip(1).map(|(i, name)| (*name, rung.is_some_and(|rung| i <= rung))).collect(),
        rung: rung.map_or("unknown", |rung| INTEGRITY[rung]),
        news: news(&days),
        chart: chart(&days)?,
        numbers: days.into_iter().map(|d| (d.label, d.done, d.dry, d.failed)).collect(),
        tables: report.rows("audit.table").map(row).collect(),
        left_out: findings.len().saturating_sub(LISTED),
        findings: findings.into_iter().take(LISTED).map(finding).collect(),
        asked: asked(report),
    };
    Ok(Some(Section { id: "audit", title: "Audit trail", note: format!("{} rows", grouped(rows)), tone: "", body: fill(&view)? }))
}

fn facts(report: &Report) -> Vec<(&'static str, String)> {
    [
        ("Rows", "audit.rows"),
        ("Job runs", "audit.runs"),
        ("Rows deleted for real", "audit.deleted_rows"),
        ("Rows with an error", "audit.errors"),
        ("Columns", "audit.columns"),
    ]
    .into_iter()
    .filter_map(|(what, id)| Some((what, report.metric(id)?.value.to_string())))
    .chain(report.metric("audit.last_run").and_then(|m| match m.value {
        Value::Instant(at) => Some(("Newest row", format!("{} ago", figure::age(report.now, at)))),
        _ => None,
    }))
    .collect()
}

/// One entry for every day from the first to the last, also for those without a row: a gap is news.
fn filled(report: &Report) -> Vec<Day> {
    let mut known: Vec<(i64, &Record)> =
        report.rows("audit.day").filter_map(|row| Some((Instant::parse(row.subject())?.day(), row))).collect();
    known.sort_by_key(|(day, _)| *day);
    let (Some((first, _)), Some((last, _))) = (known.first(), known.last()) else { return Vec::new() };
    let from = (*first).max(last - DAYS + 1);
    (from..=*last)
        .map(|day| {
            let rows = known.iter().filter(|(at, _)| *at == day).map(|(_, row)| row);
            let mut entry = Day { label: figure::day(Instant(day * DAY)), ..Day::default() };
            for row in rows {
                let count = |name| row.count(name).unwrap_or(0);
                entry.dry += count("dry_runs");
                entry.failed += count("errors");
                entry.done += count("rows").saturating_sub(count("dry_runs") + count("errors"));
            }
            entry
        })
        .collect()
}

fn news(days: &[Day]) -> String {
    let gaps = days.iter().filter(|d| d.done + d.dry + d.failed == 0).count();
    let failed = days.iter().fold(0u64, |sum, day| sum.saturating_add(day.failed));
    let gaps = match gaps {
        0 => format!("A row on every one of {} days", days.len()),
        n => format!("{n} of {} days have no row", days.len()),
    };
    match failed {
        0 => format!("{gaps}, no error"),
        1 => format!("{gaps}, one error"),
        n => format!("{gaps}, {} errors", grouped(n)),
    }
}

fn chart(bars: &[Day]) -> Result<Html, Error> {
    if bars.len() < 2 {
        return Ok(Html::default());
    }
    let desc = news(bars);
    days(&Caption { id: "chart-audit", title: "Audit rows by day", desc: &desc }, bars)
}

fn row(row: &Record) -> Row {
    let count = |name| row.count(name).map_or_else(|| "–".to_owned(), grouped);
    let time = |name| row.number(name).map_or_else(|| "–".to_owned(), duration);
    Row {
        name: row.subject().to_owned(),
        rows: count("rows"),
        deleted: count("deleted"),
        errors: count("errors"),
        p50: time("p50"),
        p95: time("p95"),
        retention: time("retention"),
    }
}

fn finding(row: &Record) -> (String, String, String) {
    let number = row.count("row").map(|n| n.to_string()).unwrap_or_default();
    (row.text("code").unwrap_or_default().to_owned(), number, row.text("message").unwrap_or_default().to_owned())
}

fn asked(report: &Report) -> Vec<Asked> {
    let entries = fragments(report);
    let groups = groups(report, &entries);
    let tables = report.evidence.iter().filter(|e| e.family == "audit").flat_map(|e| &e.tables);
    tables.map(|table| answer(table, groups.iter().find(|g| g.rule.rule == table.rule))).collect()
}

fn answer(table: &Table, rule: Option<&super::rules::Group<'_>>) -> Asked {
    let numeric = |kind: &str| matches!(kind, "count" | "number" | "duration" | "bytes" | "ratio");
    let columns: Vec<(String, bool)> = table.columns.iter().map(|(name, kind)| (name.replace('_', " "), numeric(kind))).collect();
    let cell = |((name, numeric), value): (&(String, bool), &Option<Value>)| Cell {
        name: name.clone(),
        text: value.as_ref().map_or_else(|| "–".to_owned(), said),
        numeric: *numeric,
    };
    Asked {
        question: rule.map_or_else(|| table.rule.clone(), |g| g.rule.question.clone()),
        rule: table.rule.clone(),
        link: rule.map(|g| g.id.clone()),
        rows: table.rows.iter().map(|row| columns.iter().zip(row).map(cell).collect()).collect(),
        columns,
        omitted: table.omitted,
        error: table.error.clone(),
        query: table.query.clone(),
    }
}

fn said(value: &Value) -> String {
    match value {
        Value::Instant(at) => at.minute(),
        other => other.to_string(),
    }
}
