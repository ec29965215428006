//! What the history of every benchmark series says of its newest value.

use super::cohort::{self, Absence, Standing};
use crate::acknowledgement::Acknowledgement;
use crate::analyze::changepoint::{self, History};
use crate::analyze::line::Line;
use crate::analyze::trend::{self, Judgement, State};
use crate::evidence::Evidence;
use crate::instant::Instant;
use crate::metric::{Ratio, Value, number};
use crate::record::Record;
use crate::series::{self, Change, Direction, Drift, Mark, Series, Setting, Text, Trend, unit};
use crate::source::{Grade, Location};
use acknowledged::{Known, Meeting};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

mod acknowledged;

/// The metrics that this adds.
const METRICS: [&str; 5] =
    ["benchmark.regressed", "benchmark.suspect", "benchmark.improved", "benchmark.missing", "benchmark.worst_change"];
/// The parts a share is given in.
const PARTS: f64 = 1e6;
/// So many machines are named.
const NAMED: usize = 5;
const MIXED: &str = "mixed-machines";

/// What is known of series beside their values.
#[derive(Clone, Debug)]
pub struct Terms<'a> {
    /// What entries of the configuration say of their series.
    pub settings: BTreeMap<&'a str, &'a [Setting]>,
    /// Steps that somebody accepts.
    pub acknowledged: &'a [Acknowledgement],
    /// As of when.
    pub now: Instant,
}

impl Terms<'_> {
    /// Nothing beside the values.
    pub const fn none(now: Instant) -> Self {
        Terms { settings: BTreeMap::new(), acknowledged: &[], now }
    }
}

/// Judges every series of all benchmark evidence: fills in its trend, adds the metrics that need a history and a record for each series.
pub fn trends(evidence: &mut [Evidence], terms: &Terms<'_>) {
    let mut meetings = Vec::new();
    for entry in evidence.iter_mut().filter(|entry| entry.family == "benchmark" && !entry.series.is_empty()) {
        entry.metrics.retain(|metric| !METRICS.contains(&metric.id.as_ref()));
        let standings = cohort::standings(&entry.series);
        let settings = terms.settings.get(entry.name.as_str()).copied().unwrap_or_default();
        let known = Known { entry: &entry.name, acknowledged: terms.acknowledged, now: terms.now };
        let judge = |(series, place): (&mut Series, Standing)| judge(series, &place, settings, &known);
        let mut judged: Vec<Judged> = entry.series.par_iter_mut().zip(standings).map(judge).collect();
        meetings.extend(judged.iter_mut().flat_map(|judged| std::mem::take(&mut judged.meetings)));
        metrics(&judged, entry);
        machines(entry);
        entry.records.insert("benchmark.series".into(), judged.into_iter().map(|judged| judged.record).collect());
    }
    acknowledged::tell(evidence, terms.acknowledged, &meetings, terms.now);
}

/// A series' record, and what the totals need of it.
struct Judged {
    state: &'static str,
    /// How much worse than the baseline; nothing when that could not be judged.
    worse: Option<Ratio>,
    record: Record,
    meetings: Vec<Meeting>,
}

fn judge(series: &mut Series, place: &Standing, settings: &[Setting], known: &Known<'_>) -> Judged {
    let values: Vec<f64> = series.points.iter().map(|point| point.value).collect();
    let (mut find, mut gate) = (changepoint::Options::default(), trend::Options::default());
    if let Some(least) = series::min_change(settings, &series.benchmark, &series.metric) {
        (find.min_change, gate.min_change) = (least, least);
    }
    let history = changepoint::detect(&values, &find).unwrap_or_default();
    let accepted = acknowledged::settle(series, &values, &history, (&find, &gate), known);
    let judgement = accepted.judgement;
    let (mut state, standing, because) = stand(&judgement, place);
    if state == "stable" && !accepted.marks.is_empty() && accepted.needed {
        state = "acknowledged";
    }
    series.trend = Some(told(series, &history, &judgement, state, &accepted.marks));
    let latest = values.last().copied().filter(|_| place.absence.is_none());
    let decided = matches!(state, "stable" | "acknowledged" | "improved" | "regressed" | "suspect");
    let because = match (standing, accepted.because) {
        (Some(_), _) => Some(because),
        (None, None) => shift(series, &judgement),
        (None, Some(why)) => Some(shift(series, &judgement).map_or(why.clone(), |shift| format!("{shift}; {why}"))),
    };
    let (worse, better) = shares(judgement.change, series.direction);
    let alone = latest.filter(|_| decided).map(|latest| (latest - judgement.baseline) / judgement.baseline.abs());
    let plain = |value| Value::Number { value, unit: Cow::Borrowed("") };
    let rate = |value| Value::Number { value, unit: Cow::Borrowed("/s") };
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
        .with_some("latest_worse", alone.map(|change| Value::Ratio(shares(change, series.direction).0)))
        .with_some("time", latest.and_then(|v| unit::milliseconds(v, &series.unit)).map(Value::Duration))
        .with_some("rate", latest.and_then(|v| unit::per_second(v, &series.unit)).map(rate))
        // A part of a byte is one that is needed.
        .with_some("size", latest.and_then(|v| unit::bytes(v, &series.unit)).map(|bytes| Value::Bytes(bytes.ceil() as u64)))
        .with("points", Value::Count(values.len() as u64))
        .with_some("standing", standing.map(Value::text))
        .with_some("because", because.map(Value::Text));
    // What moved to another machine is told, and counts no more.
    let state = if matches!(place.absence, Some(Absence::Moved(_))) { "moved" } else { state };
    Judged { state, worse: decided.then_some(worse), record, meetings: accepted.meetings }
}

/// What further runs of the newest commit say of a suspicion: two in a row beyond the limit confirm it, and one within refutes it.
fn confirmed(judgement: Judgement, series: &Series) -> Judgement {
    let repeats = series.points.last().map_or(&[][..], |point| point.repeats);
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
fn stand(judgement: &Judgement, place: &Standing) -> (&'static str, Option<&'static str>, String) {
    match (&place.absence, judgement.state) {
        (Some(Absence::Missing(why)), _) => ("missing", Some("no-evidence"), why.clone()),
        (Some(Absence::Moved(machine)), _) => ("missing", Some("not-applicable"), format!("it runs on {machine} now")),
        (None, State::Learning { have, need }) if place.moved => {
            ("insufficient-history", Some("unproven"), format!("the machine changed: {have} of {need} runs on this one"))
        }
        (None, State::Learning { have, need }) if place.new => ("new", Some("not-applicable"), format!("new: learning {have}/{need}")),
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
    let since = point.at.map_or_else(String::new, |at| format!(" since {}", at.date()));
    let commit: String = point.commit.iter().flat_map(|commit| commit.chars().take(7)).collect();
    let commit = if commit.is_empty() { commit } else { format!(" ({commit})") };
    Some(format!("{} ({} to {}{unit}){since}{commit}", percent(judgement.change), number(judgement.baseline), number(level)))
}

/// `+13.8 %`.
fn percent(change: f64) -> String {
    let sign = if change < 0.0 { "-" } else { "+" };
    format!("{sign}{} %", number((change.abs() * 1000.0).round() / 10.0))
}

/// How much worse and how much better, as shares; cut so that neither is flattered.
fn shares(change: f64, direction: Direction) -> (Ratio, Ratio) {
    let worse = if direction == Direction::Lower { change } else { -change };
    // A float beyond the range of the count becomes its largest value, which is as bad.
    let part = |share: f64| Ratio::new((share.max(0.0) * PARTS) as u64, PARTS as u64);
    (Ratio { part: (worse.max(0.0) * PARTS).ceil() as u64, ..part(0.0) }, part(-worse))
}

fn told(series: &Series, history: &History, judgement: &Judgement, state: &'static str, marks: &BTreeMap<usize, Mark>) -> Trend {
    let change = |change: &changepoint::Change| {
        let point = series.points.get(change.index);
        Change {
            index: change.index,
            before: change.before,
            after: change.after,
            commit: point.and_then(|point| point.commit.map(Text::from)),
            at: point.and_then(|point| point.at),
            statistic: Some(change.statistic).filter(|z| z.is_finite()),
            acknowledged: marks.get(&change.index).cloned(),
            authors: None,
        }
    };
    Trend {
        state: state.into(),
        baseline: judgement.baseline,
        limit: judgement.limit,
        band: judgement.band,
        change: judgement.change,
        since: judgement.since,
        changes: history.changes.iter().map(change).collect(),
        drift: history.drift.and_then(|drift| line(series, drift.from..drift.to)),
    }
}

/// The line through a stretch of a series.
fn line(series: &Series, stretch: Range<usize>) -> Option<Drift> {
    let (before, after) = Line::through(series.points.values().get(stretch.clone())?).ends();
    Some(Drift { from: stretch.start, to: stretch.end.checked_sub(1)?, before, after })
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

/// Names the machines of what was measured on several: their values are never compared with each other.
fn machines(entry: &mut Evidence) {
    entry.problems.retain(|problem| problem.code != MIXED);
    let mut all: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for one in &entry.series {
        all.entry((&one.benchmark, &one.metric)).or_default().insert(&one.machine);
    }
    let mixed: Vec<_> = all.iter().filter(|(_, machines)| machines.len() > 1).collect();
    let Some(((benchmark, metric), _)) = mixed.first() else { return };
    let names: BTreeSet<&str> = mixed.iter().flat_map(|(_, machines)| machines.iter().copied()).collect();
    let shown = names.iter().take(NAMED).map(|name| if name.is_empty() { "one that is not named" } else { name });
    let list = shown.collect::<Vec<_>>().join(", ");
    let rest = if names.len() > NAMED { format!(" and {} more", names.len() - NAMED) } else { String::new() };
    let others = if mixed.len() > 1 { format!(" and {} more", mixed.len() - 1) } else { String::new() };
    let message = format!("{benchmark} {metric}{others} ran on several machines, each with a history of its own: {list}{rest}");
    entry.problem(MIXED, Grade::Note, "", Location::whole(), message);
}

#[cfg(test)]
mod tests;
