//! Which series should have a value in the newest run, and have none.
//!
//! Series that share a run belong together: they are measured by one job. A job's series without a value in its newest run
//! is missing. So are all series of a job that has not run for several of its own intervals while others did. A series whose
//! only run is its job's newest of several is new.

use crate::series::{PointRef, Series};
use jobs::{Job, Jobs, runs};
use std::collections::BTreeMap;

mod jobs;

/// A job is silent after so many of its usual intervals.
const INTERVALS: i64 = 3;

/// Why a series has no newest value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Absence {
    /// Its job ran without it, or does not run any more: a sentence.
    Missing(String),
    /// The same benchmark runs on another machine since: its name.
    Moved(String),
}

/// Where a series stands among the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// Why it has no newest value; nothing when it is up to date.
    pub absence: Option<Absence>,
    /// It measures on one machine what was measured on another before.
    pub moved: bool,
    /// Its first run is its job's newest.
    pub new: bool,
}

/// Where each series stands, in their order.
pub(super) fn standings(series: &[Series]) -> Vec<Standing> {
    let jobs = Jobs::of(series);
    let mut standings: Vec<Standing> =
        absences(series, &jobs).into_iter().map(|absence| Standing { absence, ..Standing::default() }).collect();
    let mut machines: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (index, one) in series.iter().enumerate() {
        machines.entry((&one.benchmark, &one.metric)).or_default().push(index);
    }
    for index in machines.values().filter(|same| same.len() > 1).flatten() {
        let others = machines.get(&(series[*index].benchmark.as_str(), series[*index].metric.as_str())).into_iter().flatten();
        standings[*index].moved = others.filter(|other| *other != index).any(|other| continues(series, *index, *other, &jobs));
    }
    for job in jobs.all.iter().filter(|job| job.times.len() > 1) {
        let measured = |only: PointRef<'_>| job.newest.is_some_and(|newest| is_measured_with(only, newest));
        let first = |index: &&usize| series[**index].points.len() == 1 && series[**index].points.last().is_some_and(measured);
        job.members.iter().filter(first).for_each(|index| standings[*index].new = true);
    }
    standings
}

/// What is said of each series, in their order: nothing for one that is up to date.
fn absences(series: &[Series], jobs: &Jobs<'_>) -> Vec<Option<Absence>> {
    let newest = jobs.all.iter().filter_map(Job::last).max();
    // Of a job that ran once nobody knows how often it should: it is given the longest time there is.
    let longest = jobs.all.iter().filter_map(Job::interval).max().unwrap_or(i64::MAX / (INTERVALS + 1));
    let mut absences = vec![None; series.len()];
    for job in &jobs.all {
        let usual = || job.interval().unwrap_or(longest);
        let silent = job.last().zip(newest).is_some_and(|(last, newest)| newest > last && newest.0 - last.0 > INTERVALS * usual());
        for index in &job.members {
            let one = &series[*index];
            let up_to_date = one.points.last().zip(job.newest).is_some_and(|(point, newest)| is_measured_with(point, newest));
            if let (Some(last), true) = (one.points.last(), silent || !up_to_date) {
                let reason = if silent { "its job has not run since" } else { "the newest run has no value of it" };
                absences[*index] = Some(Absence::Missing(format!("{reason}; the last one is of {}", told(last))));
            }
        }
    }
    let here: Vec<bool> = absences.iter().map(Option::is_none).collect();
    for (index, absence) in absences.iter_mut().enumerate().filter(|(_, absence)| absence.is_some()) {
        let heir = series.iter().zip(&here).find(|(other, here)| **here && took_over(other, &series[index]));
        if let Some((heir, _)) = heir {
            *absence = Some(Absence::Moved(heir.machine.clone()));
        } else if let (Some(Absence::Missing(why)), Some(name)) = (absence, renamed(&series[index], series, &here)) {
            why.push_str(&format!("; {name} is new since: was it renamed?"));
        }
    }
    absences
}

/// Whether a series measures what one on another machine measured before, and never in the same run: a job that moved, or that
/// takes turns on the machines of a pool. In one run, both are measured side by side.
fn continues(series: &[Series], one: usize, old: usize, jobs: &Jobs<'_>) -> bool {
    let began = |index: usize| series[index].points.first().and_then(|point| point.at);
    series[one].machine != series[old].machine
        && began(one).zip(began(old)).is_some_and(|(began, before)| began > before)
        && jobs.are_apart(one, old)
}

/// The one series that could be another under a new name: of the same metric, unit and machine, and begun after the other had ended.
fn renamed<'s>(old: &Series, all: &'s [Series], here: &[bool]) -> Option<&'s str> {
    let alike =
        |new: &Series| (&new.metric, &new.unit, &new.machine, new.direction) == (&old.metric, &old.unit, &old.machine, old.direction);
    let after = |new: &Series| {
        let (began, ended) = (new.points.first().and_then(|p| p.at), old.points.last().and_then(|point| point.newest()));
        began.zip(ended).is_some_and(|(began, ended)| began > ended)
    };
    let mut heirs = all.iter().zip(here).filter(|(new, here)| **here && alike(new) && after(new)).map(|(new, _)| new.benchmark.as_str());
    let heir = heirs.next()?;
    heirs.next().is_none().then_some(heir)
}

/// Whether a series began on another machine after this one had ended.
fn took_over(heir: &Series, old: &Series) -> bool {
    let same = heir.benchmark == old.benchmark && heir.metric == old.metric && heir.machine != old.machine;
    let (began, ended) = (heir.points.first().and_then(|p| p.at), old.points.last().and_then(|p| p.at));
    same && began.zip(ended).is_some_and(|(began, ended)| began > ended)
}

/// Whether two points are of one run, or of runs of one commit: when some benchmarks are measured again, the others are not missing.
fn is_measured_with(one: PointRef<'_>, other: PointRef<'_>) -> bool {
    let again = one.runs() > 1 || other.runs() > 1;
    runs(one).any(|run| runs(other).any(|same| same == run)) || (again && one.commit.is_some() && one.commit == other.commit)
}

fn told(point: PointRef<'_>) -> String {
    match (point.run, point.at) {
        (Some(run), Some(at)) => format!("{run} ({})", at.date()),
        (Some(run), None) => run.to_owned(),
        (None, Some(at)) => at.date(),
        (None, None) => "an undated run".to_owned(),
    }
}
