//! What the history of every benchmark series says of its newest value.

use super::cohort::{self, Absence};
use crate::analyze::changepoint::{self, History};
use crate::analyze::trend::{self, Judgement, State};
use crate::evidence::Evidence;
use crate::metric::{Ratio, Value, number};
use crate::record::Record;
use crate::series::{Change, Direction, Series, Trend};
use rayon::prelude::*;
use std::borrow::Cow;

/// The metrics that this adds.
const METRICS: [&str; 5] =
    ["benchmark.regressed", "benchmark.suspect", "benchmark.improved", "benchmark.missing", "benchmark.worst_change"];
/// The parts a share is given in.
const PARTS: f64 = 1e6;

/// Judges every series of all benchmark evidence: fills in its trend, adds the metrics that need a history and a record for each series.
pub fn trends(evidence: &mut [Evidence]) {
    for entry in evidence.iter_mut().filter(|entry| entry.family == "benchmark" && !entry.series.is_empty()) {
        entry.metrics.retain(|metric| !METRICS.contains(&metric.id.as_ref()));
        let absences = cohort::absences(&entry.series);
        let replaced: Vec<bool> = entry.series.iter().map(|one| entry.series.iter().any(|old| cohort::took_over(one, old))).collect();
        let standings = absences.into_iter().zip(replaced);
        let judged: Vec<Judged> = entry
            .series
            .par_iter_mut()
            .zip(standings.collect::<Vec<_>>())
            .map(|(series, (absence, moved))| judge(series, absence, moved))
            .collect();
        metrics(&judged, entry);
        entry.records.insert("benchmark.series".into(), judged.into_iter().map(|judged| judged.record).collect());
    }
}

/// A series' record, and what the totals need of it.
struct Judged {
    state: &'static str,
    /// How much worse than the baseline; nothing when that could not be judged.
    worse: Option<Ratio>,
    record: Record,
}

fn judge(series: &mut Series, absence: Option<Absence>, moved: bool) -> Judged {
    let values: Vec<f64> = series.points.iter().map(|point| point.value).collect();
    let history = changepoint::detect(&values, &changepoint::Options::default()).unwrap_or_default();
    let judgement = trend::judge(&values, &history, series.direction, &trend::Options::default());
    let judgement = confirmed(judgement, series);
    let (state, standing, because) = standing(&judgement, absence.as_ref(), moved);
    series.trend = Some(told(series, &history, &judgement, state));
    let latest = values.last().copied().filter(|_| absence.is_none());
    let decided = matches!(state, "stable" | "improved" | "regressed" | "suspect");
    let because = if standing.is_some() { Some(because) } else { shift(series, &judgement) };
    let (worse, better) = shares(judgement.change, series.direction);
    let plain = |value| Value::Number { value, unit: Cow::Borrowed("") };
    let record = Record::new("id", series.id())
        .with("benchmark", Value::text(&series.benchmark))
        .with("metric", Value::text(&series.metric))
        .with("machine", Value::text(&series.machine))
        .with("unit", Value::text(&series.unit))
        .with("state", Value::text(state))
        .with_some("latest", latest.map(plain))
        .with_some("baseline", decided.then(|| plain(judgement.baseline)))
        .with_some("worse", decided.then_some(Value::Ratio(worse)))
        .with_some("better", decided.then_some(Value::Ratio(better)))
        .with("points", Value::Count(values.len() as u64))
        .with_some("standing", standing.map(Value::text))
        .with_some("because", because.map(Value::Text));
    // What moved to another machine is told, and counts no more.
    let state = if matches!(absence, Some(Absence::Moved(_))) { "moved" } else { state };
    Judged { state, worse: decided.then_some(worse), record }
}

/// What further runs of the newest commit say of a suspicion: two in a row beyond the limit confirm it, and one within refutes it.
fn confirmed(judgement: Judgement, series: &Series) -> Judgement {
    let repeats = series.points.last().map_or(&[][..], |point| &point.repeats);
    let (State::Suspect, Some(limit), false) = (judgement.state, judgement.limit, repeats.is_empty()) else { return judgement };
    let beyond = |value: f64| if series.direction == Direction::Lower { value > limit } else { value < limit };
    let state = match repeats.iter().rev().take_while(|repeat| beyond(repeat.value)).count() {
        0 => State::Stable,
        1 => State::Suspect,
        _ => State::Regressed,
    };
    Judgement { state, ..judgement }
}

/// The state of a series, and for one that decides nothing what follows from it and why.
fn standing(judgement: &Judgement, absence: Option<&Absence>, moved: bool) -> (&'static str, Option<&'static str>, String) {
    match (absence, judgement.state) {
        (Some(Absence::Missing(why)), _) => ("missing", Some("no-evidence"), why.clone()),
        (Some(Absence::Moved(machine)), _) => ("missing", Some("not-applicable"), format!("it runs on {machine} now")),
        (None, State::Learning { have, need }) if moved => {
            ("insufficient-history", Some("unproven"), format!("the machine changed: {have} of {need} runs on this one"))
        }
        (None, State::Learning { have, need }) => ("learning", Some("not-applicable"), format!("learning {have}/{need}")),
        (None, State::ZeroBaseline) => {
            ("zero-baseline", Some("no-evidence"), "its baseline is 0, so there is no relative change".to_owned())
        }
        (None, State::Stable) => ("stable", None, String::new()),
        (None, State::Suspect) => ("suspect", None, String::new()),
        (None, State::Regressed) => ("regressed", None, String::new()),
        (None, State::Improved) => ("improved", None, String::new()),
    }
}

/// Where a series went, from when on: "+13.8 % (362 to 412 ms) since 2026-02-07 (a1b2c3d)". Nothing when it stayed.
fn shift(series: &Series, judgement: &Judgement) -> Option<String> {
    let point = series.points.get(judgement.since?)?;
    let level = judgement.baseline * (1.0 + judgement.change);
    let unit = if series.unit.is_empty() { String::new() } else { format!(" {}", series.unit) };
    let sign = if judgement.change < 0.0 { "-" } else { "+" };
    let change = format!("{sign}{} %", number((judgement.change.abs() * 1000.0).round() / 10.0));
    let since = point.at.map_or_else(String::new, |at| format!(" since {}", at.date()));
    let commit: String = point.commit.iter().flat_map(|commit| commit.chars().take(7)).collect();
    let commit = if commit.is_empty() { commit } else { format!(" ({commit})") };
    Some(format!("{change} ({} to {}{unit}){since}{commit}", number(judgement.baseline), number(level)))
}

/// How much worse and how much better, as shares; cut so that neither is flattered.
fn shares(change: f64, direction: Direction) -> (Ratio, Ratio) {
    let worse = if direction == Direction::Lower { change } else { -change };
    // A float beyond the range of the count becomes its largest value, which is as bad.
    let part = |share: f64| Ratio::new((share.max(0.0) * PARTS) as u64, PARTS as u64);
    (Ratio { part: (worse.max(0.0) * PARTS).ceil() as u64, ..part(0.0) }, part(-worse))
}

fn told(series: &Series, history: &History, judgement: &Judgement, state: &'static str) -> Trend {
    let change = |change: &changepoint::Change| {
        let point = series.points.get(change.index);
        Change {
            index: change.index,
            before: change.before,
            after: change.after,
            commit: point.and_then(|point| point.commit.clone()),
            at: point.and_then(|point| point.at),
        }
    };
    Trend {
        state: state.into(),
        baseline: judgement.baseline,
        limit: judgement.limit,
        band: judgement.band,
        change: judgement.change,
        changes: history.changes.iter().map(change).collect(),
    }
}

fn metrics(judged: &[Judged], entry: &mut Evidence) {
    for id in ["regressed", "suspect", "improved", "missing"] {
        let n = judged.iter().filter(|judged| judged.state == id).count();
        entry.put(format!("benchmark.{id}"), Value::Count(n as u64));
    }
    let parts = judged.iter().filter_map(|judged| judged.worse).map(|worse| worse.part);
    // Without a single judged series the worst change is unknown, not nothing.
    let worst = parts.max().map_or_else(Ratio::default, |part| Ratio::new(part, PARTS as u64));
    entry.put("benchmark.worst_change", Value::Ratio(worst));
}

#[cfg(test)]
mod tests;
