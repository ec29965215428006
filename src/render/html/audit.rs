//! The audit trail: by day, by table, how far it proves itself, and what rules asked of it.

mod asked;
mod faults;
mod ladder;
mod people;
mod runs;

use super::Section;
use crate::error::Error;
use crate::instant::Instant;
use crate::metric::{Value, duration, grouped};
use crate::record::Record;
use crate::render::parts::chart::{Caption, Day, days};
use crate::render::parts::figure;
use crate::render::parts::markup::{Html, fill};
use crate::report::Report;
use askama::Template;

/// How many days a chart shows at most.
const DAYS: i64 = 90;
const DAY: i64 = 86_400_000;

#[derive(Template)]
#[template(path = "parts/audit.html")]
struct Audit {
    facts: Vec<(&'static str, String)>,
    ladders: Vec<ladder::Ladder>,
    news: String,
    chart: Html,
    numbers: Vec<(String, u64, u64, u64)>,
    tables: Vec<Row>,
    doers: Vec<people::Doer>,
    doers_left_out: usize,
    times: Vec<people::Spelling>,
    environments: Vec<people::Spelling>,
    runs: Vec<runs::Run>,
    runs_left_out: u64,
    faults: Vec<faults::Fault>,
    asked: Vec<asked::Asked>,
}

struct Row {
    name: String,
    rows: String,
    deleted: String,
    dry_runs: String,
    errors: String,
    p50: String,
    p95: String,
    retention: String,
}

pub(super) fn section(report: &Report) -> Result<Option<Section>, Error> {
    let Some(Value::Count(rows)) = report.metric("audit.rows").map(|m| m.value.clone()) else { return Ok(None) };
    let days = filled(report);
    let (runs, runs_left_out) = runs::runs(report);
    let (doers, doers_left_out) = people::doers(report);
    let view = Audit {
        facts: facts(report),
        ladders: ladder::ladders(report),
        news: news(&days),
        chart: chart(&days)?,
        numbers: days.into_iter().map(|d| (d.label, d.done, d.dry, d.failed)).collect(),
        tables: report.rows("audit.table").map(row).collect(),
        doers,
        doers_left_out,
        times: people::spellings(report, "audit.time_form"),
        environments: people::spellings(report, "audit.environment"),
        runs,
        runs_left_out,
        faults: faults::faults(report),
        asked: asked::asked(report),
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
        dry_runs: count("dry_runs"),
        errors: count("errors"),
        p50: time("p50"),
        p95: time("p95"),
        retention: time("retention"),
    }
}
