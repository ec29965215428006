//! Benchmark series: all of them in a table, the most interesting ones as charts.

use super::Section;
use crate::error::Error;
use crate::metric::number;
use crate::render::parts::chart::{Caption, Ink, Trend, trend};
use crate::render::parts::markup::{Html, fill};
use crate::render::parts::{bar, chip, figure};
use crate::report::Report;
use crate::series::{Direction, Series};
use askama::Template;

/// How many series have a chart, how many a row, and how many runs either shows.
const CHARTS: usize = 3;
const ROWS: usize = 200;
const RUNS: usize = 120;

#[derive(Template)]
#[template(path = "parts/benchmarks.html")]
struct Benchmarks {
    charts: Vec<Chart>,
    rows: Vec<Row>,
    left_out: usize,
}

struct Chart {
    news: String,
    about: String,
    picture: Html,
    runs: Vec<(String, String, String)>,
}

struct Row {
    chip: Html,
    rank: usize,
    name: String,
    place: String,
    latest: String,
    baseline: String,
    change: String,
    spark: Html,
    runs: usize,
}

/// The states, most interesting first, with the outcome whose look they have and their word.
const STATES: [(&str, &str, &str); 8] = [
    ("regressed", "fail", "Regressed"),
    ("missing", "no-evidence", "Missing"),
    ("zero-baseline", "no-evidence", "Zero baseline"),
    ("suspect", "unproven", "Suspect"),
    ("improved", "pass", "Improved"),
    ("insufficient-history", "unproven", "Too few runs"),
    ("learning", "not-applicable", "Learning"),
    ("stable", "pass", "Stable"),
];

pub(super) fn section(report: &Report) -> Result<Option<Section>, Error> {
    // An entry and one of its series: two entries may measure the same thing.
    let mut all: Vec<(&str, &Series)> =
        report.evidence.iter().flat_map(|e| e.series.iter().map(|series| (e.name.as_str(), series))).collect();
    if all.is_empty() {
        return Ok(None);
    }
    all.sort_by(|(_, a), (_, b)| rank(a).cmp(&rank(b)).then_with(|| weight(b).total_cmp(&weight(a))).then_with(|| a.id().cmp(&b.id())));
    let interesting = all.iter().filter(|(_, s)| matches!(state(s), "regressed" | "suspect" | "improved")).count();
    let drawn = interesting.clamp(1, CHARTS);
    let charts = all.iter().take(drawn).enumerate().map(|(i, (_, s))| chart(i, s)).collect::<Result<Vec<_>, _>>()?;
    let regressed = all.iter().filter(|(_, s)| state(s) == "regressed").count();
    let (note, tone) = match regressed {
        0 => (format!("{} series", all.len()), ""),
        n => (format!("{n} regressed"), "fail"),
    };
    let view = Benchmarks {
        charts: charts.into_iter().flatten().collect(),
        left_out: all.len().saturating_sub(ROWS),
        rows: all.iter().take(ROWS).map(|(entry, s)| row(entry, s)).collect(),
    };
    Ok(Some(Section { id: "benchmarks", title: "Benchmarks", note, tone, body: fill(&view)? }))
}

fn state(series: &Series) -> &str {
    series.trend.as_ref().map_or("learning", |trend| trend.state.as_ref())
}

fn rank(series: &Series) -> usize {
    STATES.iter().position(|(name, ..)| *name == state(series)).unwrap_or(STATES.len())
}

fn weight(series: &Series) -> f64 {
    series.trend.as_ref().map_or(0.0, |trend| trend.change.abs())
}

fn value(series: &Series, v: f64) -> String {
    if series.unit.is_empty() { number(v) } else { format!("{} {}", number(v), series.unit) }
}

fn newest(series: &Series) -> &[crate::series::Point] {
    &series.points[series.points.len().saturating_sub(RUNS)..]
}

fn row(entry: &str, series: &Series) -> Row {
    let (_, class, word) = STATES.iter().find(|(name, ..)| *name == state(series)).copied().unwrap_or(("", "unproven", "Unknown"));
    let trend = series.trend.as_ref();
    let values: Vec<f64> = newest(series).iter().map(|p| p.value).collect();
    Row {
        chip: chip::chip(class, word),
        rank: rank(series),
        name: format!("{} {}", series.benchmark, series.metric),
        place: [entry, &series.machine].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(", "),
        latest: series.points.last().map_or_else(|| "–".to_owned(), |p| value(series, p.value)),
        baseline: trend.map_or_else(|| "–".to_owned(), |t| value(series, t.baseline)),
        change: trend.map_or_else(|| "–".to_owned(), |t| figure::change(t.change)),
        spark: bar::spark(&values),
        runs: series.points.len(),
    }
}

/// Whether a step is for the worse.
fn worse(series: &Series, before: f64, after: f64) -> bool {
    (after > before) == (series.direction == Direction::Lower)
}

/// A series as a sentence: where it went, when, and whether it stayed.
fn news(series: &Series) -> String {
    let name = format!("{} {}", series.benchmark, series.metric);
    let Some(trend) = &series.trend else { return name };
    let Some(step) = trend.changes.last().filter(|_| matches!(state(series), "regressed" | "improved")) else {
        return match state(series) {
            "suspect" => format!("{name} has one value out of the ordinary"),
            _ => format!("{name} is within its usual range"),
        };
    };
    let verb = if step.after > step.before { "rose" } else { "fell" };
    let when = step.at.map(|at| format!(" on {}", at.date())).unwrap_or_default();
    let runs = series.points.len().saturating_sub(step.index);
    let stayed = if runs > 1 { format!(" and stayed there for {runs} runs") } else { String::new() };
    format!("{name} {verb} {}{when}{stayed}", figure::change(trend.change).trim_start_matches(['+', '−']))
}

fn chart(i: usize, series: &Series) -> Result<Option<Chart>, Error> {
    let points = newest(series);
    let skipped = series.points.len() - points.len();
    let values: Vec<f64> = points.iter().map(|p| p.value).collect();
    let labels: Vec<String> =
        points.iter().enumerate().map(|(n, p)| p.at.map_or_else(|| format!("run {}", skipped + n + 1), figure::day)).collect();
    let found = series.trend.as_ref();
    let steps: Vec<(usize, String)> = found
        .iter()
        .flat_map(|t| &t.changes)
        .filter(|c| c.index > skipped && c.index < series.points.len())
        .map(|c| (c.index - skipped, step(c)))
        .collect();
    let after = match found.and_then(|t| t.changes.last()) {
        Some(last) if !worse(series, last.before, last.after) => Ink::Pass,
        _ => Ink::Fail,
    };
    let news = news(series);
    let say = |v: f64| value(series, v);
    let drawn = Trend {
        values: &values,
        labels: &labels,
        baseline: found.map(|t| t.baseline),
        band: found.and_then(|t| t.band),
        limit: found.and_then(|t| t.limit),
        steps: &steps,
        after,
        say: &say,
    };
    let desc = format!("{news}. {}", about(series));
    let caption = Caption { id: &format!("chart-series-{i}"), title: &format!("{} by run", series.id()), desc: &desc };
    let Some(picture) = trend(&caption, &drawn)? else { return Ok(None) };
    let runs = points.iter().zip(&labels).map(|(p, label)| {
        let when = p.at.map_or_else(|| label.clone(), |at| at.date());
        (when, p.commit.as_deref().map(figure::commit).unwrap_or_default(), say(p.value))
    });
    Ok(Some(Chart { about: about(series), news, picture, runs: runs.collect() }))
}

fn step(change: &crate::series::Change) -> String {
    let commit = change.commit.as_deref().map(figure::commit);
    let parts: Vec<String> = change.at.map(|at| at.date()).into_iter().chain(commit).collect();
    parts.join(", ")
}

/// The numbers a chart is read with.
fn about(series: &Series) -> String {
    let mut parts = vec![format!("{} runs", series.points.len())];
    if let Some(trend) = &series.trend {
        parts.push(format!("usual {}", value(series, trend.baseline)));
        parts.extend(trend.band.map(|(low, high)| format!("shaded {} to {}", value(series, low), value(series, high))));
        parts.extend(trend.limit.map(|limit| format!("limit {}", value(series, limit))));
    }
    if !series.machine.is_empty() {
        parts.push(format!("on {}", series.machine));
    }
    format!("{}.", chip::capital(&parts.join("; ")))
}
