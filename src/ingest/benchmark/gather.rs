//! From values to series: one unit, one value per run, oldest first.

use super::timeline::Timeline;
use super::unit::factor;
use super::values::{Column, Subject};
use super::{Draft, rerun};
use crate::analyze::quantile::median;
use crate::evidence::Evidence;
use crate::series::{Detail, Points, Repeat, Series};
use crate::source::{Grade, Location};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Puts the values of all files into series, in order of their ids.
pub(super) fn series(drafts: Vec<Draft>, evidence: &mut Evidence) {
    let branches: BTreeSet<&String> = drafts.iter().flat_map(|draft| &draft.branches).collect();
    if branches.len() > 1 {
        let names: Vec<&str> = branches.iter().take(5).map(|b| b.as_str()).collect();
        let message = format!("runs of {} branches are in one history: {}", branches.len(), names.join(", "));
        evidence.problem("mixed-branches", Grade::Warning, "", Location::whole(), message);
    }
    let (timeline, places) = Timeline::of(drafts.iter().map(|draft| &draft.values));
    let mut groups: BTreeMap<[String; 3], Vec<Part>> = BTreeMap::new();
    for (draft, places) in drafts.into_iter().zip(places) {
        for (subject, mut column) in draft.values.subjects.into_iter().zip(draft.values.columns) {
            column.runs.iter_mut().for_each(|run| *run = places[*run as usize]);
            if !column.values.is_empty() {
                groups.entry(subject.key().map(str::to_owned)).or_default().push(Part { subject, column });
            }
        }
    }
    let mut all: Vec<Series> = groups.into_values().filter_map(|parts| one(parts, &timeline, evidence)).collect();
    all.sort_by_cached_key(Series::id);
    evidence.series = all;
}

/// Values of a series in one unit, of one file; their runs are places in the timeline.
struct Part {
    subject: Subject,
    column: Column,
}

/// One series: unit and direction are those of the newest value.
fn one(parts: Vec<Part>, timeline: &Timeline, evidence: &mut Evidence) -> Option<Series> {
    let newest = parts.iter().max_by_key(|part| part.column.runs.iter().max())?;
    let Subject { benchmark, metric, machine, unit, direction } = newest.subject.clone();
    let mut series =
        Series { benchmark, metric, unit, direction, machine, points: Points::default(), older: 0, releases: Vec::new(), trend: None };
    let mut warn = |code, message: String| evidence.problem(code, Grade::Warning, "", Location::whole(), message);
    if parts.iter().any(|part| part.subject.direction != direction) {
        warn("direction-changed", format!("{} changes whether lower or higher is better; the newest run counts", series.id()));
    }
    let (parts, foreign): (Vec<Part>, Vec<Part>) = parts.into_iter().partition(|part| factor(&part.subject.unit, &series.unit).is_some());
    if let Some(other) = foreign.first().map(|part| &part.subject.unit) {
        let n: usize = foreign.iter().map(|part| part.column.values.len()).sum();
        warn("unit-changed", format!("{}: {n} values in `{other}` cannot be compared with the newest in `{}`", series.id(), series.unit));
    }
    let (points, disagree) = points(parts, &series.unit, timeline);
    if disagree > 0 {
        warn("re-measured", format!("{} has several values in {disagree} runs; their median counts", series.id()));
    }
    series.releases = timeline.releases(&points);
    series.points = points;
    Some(series)
}

/// One point for each commit or run, in the order of time, and in how many runs the values disagree.
fn points(mut parts: Vec<Part>, unit: &str, timeline: &Timeline) -> (Points, u64) {
    // The usual case, and there may be millions: every run once, one after the other.
    let in_order = |runs: &[u32]| runs.windows(2).all(|pair| pair[0] < pair[1]);
    let once = |runs: &[u32]| in_order(runs) && timeline.measured.differ(runs) && timeline.commits.differ(runs);
    if let [Part { subject, column }] = parts.as_mut_slice()
        && subject.unit == unit
        && once(&column.runs)
    {
        let Column { runs, values, samples } = std::mem::take(column);
        let details = samples.into_iter().map(|(index, samples)| (index, Detail { samples, ..Detail::default() })).collect();
        return (Points::new(Arc::clone(&timeline.runs), runs, values, details), 0);
    }
    let mut rows: Vec<Row> = parts.into_iter().flat_map(|part| part.rows(unit)).collect();
    rows.sort_by_key(|row| row.place);
    let (rows, disagree) = measured_once(rows, timeline);
    (columns(rerun::joined(rows, timeline), timeline), disagree)
}

/// A point on its own.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    /// Its run, in the timeline.
    pub place: u32,
    pub value: f64,
    pub samples: Vec<f64>,
    pub repeats: Vec<Repeat>,
}

impl Part {
    /// Its values in another unit; one that is no number there is left out.
    fn rows(self, unit: &str) -> impl Iterator<Item = Row> {
        let factor = factor(&self.subject.unit, unit).unwrap_or(f64::NAN);
        let Column { runs, values, mut samples } = self.column;
        let row = move |(index, (place, value)): (usize, (u32, f64))| {
            let samples = samples.remove(&index).unwrap_or_default().into_iter().map(|sample| sample * factor).collect();
            Row { place, value: value * factor, samples, repeats: Vec::new() }
        };
        runs.into_iter().zip(values).enumerate().map(row).filter(|row| row.value.is_finite())
    }
}

fn columns(rows: Vec<Row>, timeline: &Timeline) -> Points {
    let (mut places, mut values, mut details) = (Vec::new(), Vec::new(), BTreeMap::new());
    for Row { place, value, samples, repeats } in rows {
        details.insert(values.len(), Detail { samples, repeats });
        places.push(place);
        values.push(value);
    }
    Points::new(Arc::clone(&timeline.runs), places, values, details)
}

/// One row for each run, and in how many runs the values disagree.
fn measured_once(rows: Vec<Row>, timeline: &Timeline) -> (Vec<Row>, u64) {
    let mut places = BTreeMap::new();
    let mut runs: Vec<Vec<Row>> = Vec::new();
    for row in rows {
        let place = *places.entry(timeline.measured.at(row.place)).or_insert(runs.len());
        match runs.get_mut(place) {
            Some(run) => run.push(row),
            None => runs.push(vec![row]),
        }
    }
    let settled: Vec<(Row, bool)> = runs.into_iter().filter_map(settled).collect();
    let disagree = settled.iter().filter(|(_, agree)| !agree).count() as u64;
    (settled.into_iter().map(|(row, _)| row).collect(), disagree)
}

/// One row for a run, which stands where the first does, and whether its values agree: a line that was merged or appended twice counts
/// once, a repeated measurement by its median.
fn settled(mut run: Vec<Row>) -> Option<(Row, bool)> {
    let place = run.first()?.place;
    if run.len() > 1 {
        run.sort_by(|a, b| a.value.total_cmp(&b.value).then_with(|| a.samples.partial_cmp(&b.samples).unwrap_or(Ordering::Equal)));
        run.dedup_by(|a, b| a.value == b.value && a.samples == b.samples);
    }
    let agree = run.len() == 1;
    let value = median(&run.iter().map(|row| row.value).collect::<Vec<f64>>())?;
    let samples = run.into_iter().flat_map(|row| row.samples).collect();
    Some((Row { place, value, samples, repeats: Vec::new() }, agree))
}
