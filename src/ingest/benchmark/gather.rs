//! From measurements to series: one unit, one value per run, oldest first.

use super::measurement::{Run, Subject};
use super::places::Places;
use super::unit::factor;
use super::{Draft, Measurement, rerun};
use crate::analyze::quantile::median;
use crate::evidence::Evidence;
use crate::instant::Instant;
use crate::series::{Point, Release, Series, Text};
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
    let mut places = Places::default();
    let all = drafts.iter().flat_map(|draft| &draft.measurements);
    let order: Vec<usize> = all.map(|measurement| places.of(&measurement.subject.key())).collect();
    let mut groups: Vec<Vec<Measurement>> = (0..places.len()).map(|_| Vec::new()).collect();
    for (place, measurement) in order.into_iter().zip(drafts.into_iter().flat_map(|draft| draft.measurements)) {
        groups[place].push(measurement);
    }
    groups.sort_by(|a, b| a.first().map(|m| m.subject.key()).cmp(&b.first().map(|m| m.subject.key())));
    let mut all: Vec<Series> = groups.into_iter().filter_map(|values| one(values, evidence)).collect();
    all.sort_by_cached_key(Series::id);
    evidence.series = all;
}

/// One series: unit and direction are those of the newest value.
fn one(mut values: Vec<Measurement>, evidence: &mut Evidence) -> Option<Series> {
    // What bears no date is the newest: a tool's results beside a history.
    let moment = |value: &Measurement| (value.run.at.is_none(), value.run.at);
    values.sort_by(|a, b| moment(a).cmp(&moment(b)).then_with(|| a.run.name.cmp(&b.run.name)));
    let Subject { benchmark, metric, machine, unit, direction } = Subject::clone(&values.last()?.subject);
    let mut series = Series { benchmark, metric, unit, direction, machine, points: Vec::new(), releases: Vec::new(), trend: None };
    let mut warn = |code, message: String| evidence.problem(code, Grade::Warning, "", Location::whole(), message);
    if values.iter().any(|value| value.subject.direction != direction) {
        warn("direction-changed", format!("{} changes whether lower or higher is better; the newest run counts", series.id()));
    }
    let before = values.len();
    let other = values.iter().find(|value| factor(&value.subject.unit, &series.unit).is_none()).map(|value| value.subject.unit.clone());
    values.retain_mut(|value| convert(value, &series.unit));
    if let Some(other) = other {
        let n = before - values.len();
        warn("unit-changed", format!("{}: {n} values in `{other}` cannot be compared with the newest in `{}`", series.id(), series.unit));
    }
    let released = released(&values);
    let (points, disagree) = points(values);
    if disagree > 0 {
        warn("re-measured", format!("{} has several values in {disagree} runs; their median counts", series.id()));
    }
    series.points = rerun::joined(points);
    series.releases = releases(&released, &series.points);
    Some(series)
}

/// A run by its name; one without a name by its moment.
type Label = (Option<Text>, Option<Instant>);

fn label(name: &Option<Text>, at: Option<Instant>) -> Label {
    (name.clone(), if name.is_some() { None } else { at })
}

/// The runs that are of a release.
fn released(values: &[Measurement]) -> BTreeMap<Label, Text> {
    let of = |run: &Run| Some((label(&run.name, run.at), run.release.clone()?));
    values.iter().filter_map(|value| of(&value.run)).collect()
}

/// The first point of every release.
fn releases(released: &BTreeMap<Label, Text>, points: &[Point]) -> Vec<Release> {
    let mut all: Vec<Release> = Vec::new();
    // Most histories name none.
    for (index, point) in points.iter().enumerate().filter(|_| !released.is_empty()) {
        let parts = point.repeats.iter().map(|repeat| label(&repeat.run, repeat.at));
        let name = std::iter::once(label(&point.run, point.at)).chain(parts).find_map(|label| released.get(&label));
        if let Some(name) = name.filter(|name| all.last().is_none_or(|last| last.name != **name)) {
            all.push(Release { index, name: name.clone() });
        }
    }
    all
}

/// Brings a measurement into another unit; false when that is not possible.
fn convert(value: &mut Measurement, unit: &str) -> bool {
    let Some(factor) = factor(&value.subject.unit, unit) else { return false };
    if factor != 1.0 {
        value.value *= factor;
        value.samples.iter_mut().for_each(|sample| *sample *= factor);
    }
    value.value.is_finite()
}

/// One point for each run, in the order of time, and in how many runs the values disagree. A run without a name is known by its time
/// and commit.
fn points(values: Vec<Measurement>) -> (Vec<Point>, u64) {
    let key = |Run { at, name, commit, .. }: &Run| (name.clone(), if name.is_some() { None } else { *at }, commit.clone());
    if rerun::all_differ(values.iter().map(|value| key(&value.run))) {
        return (values.into_iter().map(point).collect(), 0);
    }
    let mut places = BTreeMap::new();
    let mut runs: Vec<Vec<Measurement>> = Vec::new();
    for value in values {
        let place = *places.entry(key(&value.run)).or_insert(runs.len());
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
    let Run { at, name, commit, .. } = &*one.run;
    Point { at: *at, commit: commit.clone(), run: name.clone(), value: one.value, samples: one.samples, repeats: Vec::new() }
}

/// One point for a run, and whether its values agree: a line that was merged or appended twice counts once, a repeated measurement by its
/// median.
fn settled(mut run: Vec<Measurement>) -> Option<(Point, bool)> {
    let at = run.iter().filter_map(|measurement| measurement.run.at).min();
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
