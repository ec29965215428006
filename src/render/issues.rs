//! `issues.json`: an issue for every change for the worse in a benchmark's history, open or closed (`site/schema/issues-1.json`).
//!
//! A step may be found a run or two from where it was found the night before: `also` holds the keys that the issue would have then,
//! so that nobody opens it twice.

use super::parts::escape::{cell, cut, prose, span, span_cell, terminal};
use super::parts::prose::plural;
use super::{Output, Style};
use crate::error::Error;
use crate::instant::Instant;
use crate::io::hash::fingerprint;
use crate::io::json;
use crate::metric::number;
use crate::report::Report;
use crate::series::{Change, Direction, Series, Text, Trend};
use serde::Serialize;
use std::collections::BTreeSet;

/// The issues of the night.
pub const OUTPUT: Output = Output {
    name: "issues",
    file: None,
    about: "an issue for every benchmark that got worse, open or closed, for a step that files them",
    render,
};

const SCHEMA: &str = "readiness/issues/1";
/// What every issue carries, so that those of others are left alone.
const LABEL: &str = "benchmark-regression";
/// A step may move by so many runs as runs are added.
const REACH: usize = 3;
/// A step with so many runs behind it is the level by now.
const SETTLED: usize = 64;
/// A level is back when no more than this share of it is left of the step, or this share of the step.
const LEFT: (f64, f64) = (0.02, 0.1);
/// The longest title.
const TITLE: usize = 200;
/// How surely a rank test tells two levels apart: from which z on noise does it less than once in so many times.
const SURE: [(f64, &str); 4] = [(4.9, "1,000,000"), (4.42, "100,000"), (3.9, "10,000"), (3.3, "1,000")];

#[derive(Serialize)]
struct Issues<'r> {
    schema: &'static str,
    project: &'r str,
    now: Instant,
    /// Whether all evidence is there: only then an issue that is not listed is about nothing any more.
    complete: bool,
    issues: Vec<Issue>,
}

#[derive(Serialize)]
struct Issue {
    key: String,
    also: Vec<String>,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<String>,
    title: String,
    body: String,
    labels: [&'static str; 1],
    #[serde(skip)]
    size: f64,
}

fn render(report: &Report, _: Style) -> Result<String, Error> {
    let entries = || report.evidence.iter().filter(|entry| entry.family == "benchmark");
    let is_whole = |series: &Series| series.trend.as_ref().is_some_and(|trend| trend.state != "missing");
    let complete = entries().next().is_some()
        && entries().all(|entry| entry.gap().is_none() && !entry.series.is_empty() && entry.series.iter().all(is_whole));
    let mut issues: Vec<Issue> = entries().flat_map(|entry| entry.series.iter().flat_map(|series| of(&entry.name, series))).collect();
    // The worst come first: a step that files only so many of them files those.
    issues.sort_by(|a, b| b.size.total_cmp(&a.size).then_with(|| a.key.cmp(&b.key)));
    let all = Issues { schema: SCHEMA, project: &report.project.id, now: report.now, complete, issues };
    json::document(&all).map_err(|mistake| Error::Internal(mistake.message))
}

/// The issues of a series: one for each step for the worse, also for one that is too new to be found as a step.
fn of(entry: &str, series: &Series) -> Vec<Issue> {
    let Some(trend) = &series.trend else { return Vec::new() };
    let steps = steps(series, trend);
    let own: BTreeSet<String> = steps.iter().map(|step| key(entry, series, step.index)).collect();
    let one = |step: &Change| {
        let key = key(entry, series, step.index);
        let near = step.index.saturating_sub(REACH)..=(step.index + REACH).min(series.points.len().saturating_sub(1));
        let also = near.map(|index| self::key(entry, series, index)).filter(|near| !own.contains(near)).collect();
        let because = closed(series, trend, step);
        let state = if because.is_some() { "closed" } else { "open" };
        let size = (step.after - step.before).abs() / step.before.abs();
        let (title, body) = (title(series, step), body(entry, series, trend, step, &key));
        Issue { key, also, state, because, title, body, labels: [LABEL], size }
    };
    steps.iter().map(one).collect()
}

fn steps(series: &Series, trend: &Trend) -> Vec<Change> {
    let mut steps: Vec<Change> = trend.changes.iter().filter(|step| is_worse(series, step)).cloned().collect();
    let found = |since: usize| trend.changes.iter().any(|step| step.index == since);
    if let Some(since) = trend.since.filter(|since| trend.state == "regressed" && !found(*since)) {
        let (before, point) = (trend.baseline, series.points.get(since));
        let after = before + trend.change * before.abs();
        let (commit, at) = (point.and_then(|p| p.commit.map(Text::from)), point.and_then(|p| p.at));
        steps.push(Change { index: since, before, after, commit, at, ..Change::default() });
    }
    steps
}

fn is_worse(series: &Series, step: &Change) -> bool {
    (step.after > step.before) == (series.direction == Direction::Lower)
}

/// The same for the same step of the same series, whatever else is in the report.
fn key(entry: &str, series: &Series, index: usize) -> String {
    let point = series.points.get(index);
    let index = (series.older + index).to_string();
    let commit = point.and_then(|p| p.commit.or(p.run)).unwrap_or(&index);
    fingerprint(&["benchmark-step", entry, &series.benchmark, &series.metric, &series.machine, commit])
}

/// Why there is nothing to do about a step any more.
fn closed(series: &Series, trend: &Trend, step: &Change) -> Option<String> {
    if let Some(mark) = &step.acknowledged {
        let by = mark.owner.as_ref().map_or_else(String::new, |owner| format!(" by {}", span(owner)));
        return Some(format!("The step is acknowledged{by} until {}: {}", mark.expires.date(), prose(&mark.reason)));
    }
    let worse = |level: f64| if series.direction == Direction::Lower { level - step.before } else { step.before - level };
    let enough = (LEFT.0 * step.before.abs()).max(LEFT.1 * worse(step.after));
    // The newest level decides: one that came back and went away again has not recovered.
    let back = trend.changes.last().filter(|last| last.index > step.index && worse(last.after) <= enough);
    if let Some(back) = back {
        let when = back.at.map_or_else(String::new, |at| format!(" since {}", at.date()));
        return Some(format!("The level is back{when}{}: {}.", at_commit(back.commit.as_deref()), prose(&level(series, back.after))));
    }
    let runs = series.points.len().saturating_sub(step.index);
    let settled = runs >= SETTLED && trend.state != "regressed";
    settled.then(|| format!("It has been the level of {runs} runs, and is the one that new values are compared with."))
}

fn title(series: &Series, step: &Change) -> String {
    let name = terminal(&series.id()).replace('@', "(at)");
    cut(&format!("{name} got {} worse", percent(step)), TITLE).into_owned()
}

fn percent(step: &Change) -> String {
    let share = (step.after - step.before).abs() / step.before.abs();
    if share.is_finite() { format!("{} %", number((share * 1000.0).round() / 10.0)) } else { "infinitely".to_owned() }
}

fn level(series: &Series, value: f64) -> String {
    if series.unit.is_empty() { number(value) } else { format!("{} {}", number(value), series.unit) }
}

/// Full ids of commits stand as they are, so that a forge links them; anything else is untrusted text.
fn at_commit(commit: Option<&str>) -> String {
    let is_id = |commit: &str| matches!(commit.len(), 40 | 64) && commit.bytes().all(|b| b.is_ascii_hexdigit());
    commit.map_or_else(String::new, |commit| if is_id(commit) { format!(" at {commit}") } else { format!(" at {}", span_cell(commit)) })
}

fn body(entry: &str, series: &Series, trend: &Trend, step: &Change, key: &str) -> String {
    let run = |index: usize| {
        let point = series.points.get(index)?;
        let at = point.at.map_or_else(|| "an undated run".to_owned(), |at| at.minute());
        Some(format!("{at}{}", at_commit(point.commit)))
    };
    let better = if series.direction == Direction::Lower { "lower" } else { "higher" };
    let (before, after) = (level(series, step.before), level(series, step.after));
    let mut rows = vec![("last run of the old level", step.index.checked_sub(1).and_then(run))];
    rows.push(("first run of the new level", run(step.index)));
    rows.push(("runs at it since", Some((series.points.len().saturating_sub(step.index)).to_string())));
    rows.push(("how surely", Some(confidence(series, step))));
    rows.push(("usual range before", trend.band.map(|(low, high)| cell(&format!("{} to {}", level(series, low), level(series, high))))));
    rows.push(("machine", Some(&series.machine).filter(|machine| !machine.is_empty()).map(|machine| span_cell(machine))));
    rows.push(("evidence", Some(span_cell(entry))));
    rows.push((
        "commits between",
        step.authors.as_ref().map(|authors| {
            let names: Vec<String> = authors.names.iter().map(|name| span_cell(name)).collect();
            format!("{}, by {}", plural(usize::try_from(authors.commits).unwrap_or(usize::MAX), "commit"), names.join(", "))
        }),
    ));
    let table: String = rows.into_iter().filter_map(|(name, text)| Some(format!("| {name} | {} |\n", text?))).collect();
    format!(
        "<!-- readiness:{key} -->\n{} got **{}** worse: from {} to {} ({better} is better).\n\n| | |\n|---|---|\n{table}\n\
         This issue is closed when the level is back, or when the step is accepted in `acknowledged.yaml`.\n",
        span(&series.id()),
        percent(step),
        prose(&before),
        prose(&after),
    )
}

/// How surely it is a step and no noise, in words.
fn confidence(series: &Series, step: &Change) -> String {
    let z = step.statistic.map_or(0.0, f64::abs);
    match SURE.iter().find(|(least, _)| z >= *least) {
        Some((_, times)) => {
            format!("noise alone would do this less than once in {times} times (rank test, z {})", number((z * 10.0).round() / 10.0))
        }
        None => {
            let runs = series.points.len().saturating_sub(step.index);
            format!("the newest {} lie far beyond all that is usual; too few for a rank test yet", plural(runs, "run"))
        }
    }
}

#[cfg(test)]
mod tests;
