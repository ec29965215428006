//! From measurements to series: one unit, one value per run, oldest first.

use super::places::Places;
use super::unit::factor;
use super::{Draft, Measurement, rerun};
use crate::analyze::quantile::median;
use crate::evidence::Evidence;
use crate::series::{Point, Series};
use crate::source::{Grade, Location};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Puts the measurements of all files into series, in order of their ids.
pub(super) fn series(drafts: Vec<Draft>, evidence: &mut Evidence) {
    let branches: BTreeSet<&String> = drafts.iter().flat_map(|draft| &draft.branches).collect();
    if branches.len() > 1 {
        let names: Vec<&str> = branches.iter().take(5).map(|b| b.as_str()).collect();
        let message = format!("runs of {} branches are in one history: {}", branches.len(), names.join(", "));
        evidence.problem("mixed-branches", Grade::Warning, "", Location::whole(), message);
    }
    let (mut places, mut groups) = (Places::default(), Vec::new());
    for mut measurement in drafts.into_iter().flat_map(|draft| draft.measurements) {
        let key = [&mut measurement.benchmark, &mut measurement.metric, &mut measurement.machine].map(std::mem::take);
        let place = places.of([&key[0], &key[1], &key[2]]);
        if place == groups.len() {
            groups.push((key, Vec::new()));
        }
        groups[place].1.push(measurement);
    }
    groups.sort_by(|a, b| a.0.cmp(&b.0));
    let mut all: Vec<Series> = groups.into_iter().filter_map(|(key, values)| one(key, values, evidence)).collect();
    all.sort_by_cached_key(Series::id);
    evidence.series = all;
}

/// One series: unit and direction are those of the newest value.
fn one([benchmark, metric, machine]: [String; 3], mut values: Vec<Measurement>, evidence: &mut Evidence) -> Option<Series> {
    // What bears no date is the newest: a tool's results beside a history.
    values.sort_by(|a, b| (a.at.is_none(), a.at, &a.run).cmp(&(b.at.is_none(), b.at, &b.run)));
    let newest = values.last()?;
    let (unit, direction) = (newest.unit.clone(), newest.direction);
    let mut series = Series { benchmark, metric, unit, direction, machine, points: Vec::new(), trend: None };
    let mut warn = |code, message: String| evidence.problem(code, Grade::Warning, "", Location::whole(), message);
    if values.iter().any(|value| value.direction != direction) {
        warn("direction-changed", format!("{} changes whether lower or higher is better; the newest run counts", series.id()));
    }
    let before = values.len();
    let other = values.iter().find(|value| factor(&value.unit, &series.unit).is_none()).map(|value| value.unit.clone());
    values.retain_mut(|value| convert(value, &series.unit));
    if let Some(other) = other {
        let n = before - values.len();
        warn("unit-changed", format!("{}: {n} values in `{other}` cannot be compared with the newest in `{}`", series.id(), series.unit));
    }
    let (points, disagree) = points(values);
    if disagree > 0 {
        warn("re-measured", format!("{} has several values in {disagree} runs; their median counts", series.id()));
    }
    series.points = rerun::joined(points);
    Some(series)
}

/// Brings a measurement into another unit; false when that is not possible.
fn convert(value: &mut Measurement, unit: &str) -> bool {
    let Some(factor) = factor(&value.unit, unit) else { return false };
    if factor != 1.0 {
        value.value *= factor;
        value.samples.iter_mut().for_each(|sample| *sample *= factor);
    }
    value.value.is_finite()
}

/// One point for each run, in the order of time, and in how many runs the values disagree. A run without a name is known by its time
/// and commit.
fn points(values: Vec<Measurement>) -> (Vec<Point>, u64) {
    let moment = |value: &Measurement| if value.run.is_some() { None } else { value.at };
    if rerun::all_differ(values.iter().map(|value| (&value.run, moment(value), &value.commit))) {
        return (values.into_iter().map(point).collect(), 0);
    }
    let mut places = BTreeMap::new();
    let mut runs: Vec<Vec<Measurement>> = Vec::new();
    for value in values {
        let place = *places.entry((value.run.clone(), moment(&value), value.commit.clone())).or_insert(runs.len());
        match runs.get_mut(place) {
            Some(run) => run.push(value),
            None => runs.push(vec![value]),
        }
    }
    let settled: Vec<(Point, bool)> = runs.into_iter().filter_map(settled).collect();
    let disagree = settled.iter().filter(|(_, agree)| !agree).count() as u64;
    (settled.into_iter().map(|(point, _)| point).collect(), disagree)
}

fn point(one: Measurement) -> Point {
    Point { at: one.at, commit: one.commit, run: one.run, value: one.value, samples: one.samples, repeats: Vec::new() }
}

/// One point for a run, and whether its values agree: a line that was merged or appended twice counts once, a repeated measurement by its
/// median.
fn settled(mut run: Vec<Measurement>) -> Option<(Point, bool)> {
    let at = run.iter().filter_map(|measurement| measurement.at).min();
    if run.len() > 1 {
        run.sort_by(|a, b| a.value.total_cmp(&b.value).then_with(|| a.samples.partial_cmp(&b.samples).unwrap_or(Ordering::Equal)));
        run.dedup_by(|a, b| a.value == b.value && a.samples == b.samples);
    }
    let values: Vec<f64> = run.iter().map(|m| m.value).collect();
    let value = median(&values)?;
    let samples = run.iter_mut().flat_map(|m| std::mem::take(&mut m.samples)).collect();
    let one = run.pop()?;
    Some((Point { at, value, samples, ..point(one) }, run.is_empty()))
}
