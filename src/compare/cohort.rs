//! Which series should have a value in the newest run, and have none.
//!
//! Series that share a run belong together: they are measured by one job. A job's series without a value in its newest run
//! is missing. So are all series of a job that has not run for several of its own intervals while others did.

use crate::instant::Instant;
use crate::series::{Point, Series};
use std::collections::{BTreeMap, BTreeSet};

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

/// What is said of each series, in their order: nothing for one that is up to date.
pub(super) fn absences(series: &[Series]) -> Vec<Option<Absence>> {
    let jobs = jobs(series);
    let newest = jobs.iter().filter_map(Job::last).max();
    let mut absences = vec![None; series.len()];
    for job in &jobs {
        let silent = job.last().zip(newest).is_some_and(|(last, newest)| newest.0 - last.0 > INTERVALS * job.interval(&jobs));
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
        }
    }
    absences
}

/// Whether a series began on another machine after this one had ended.
pub(super) fn took_over(heir: &Series, old: &Series) -> bool {
    let same = heir.benchmark == old.benchmark && heir.metric == old.metric && heir.machine != old.machine;
    let (began, ended) = (heir.points.first().and_then(|p| p.at), old.points.last().and_then(|p| p.at));
    same && began.zip(ended).is_some_and(|(began, ended)| began > ended)
}

/// A run: its name, or else its moment.
type Run<'s> = (Option<&'s str>, Option<Instant>);

/// The runs of a point.
fn runs(point: &Point) -> impl Iterator<Item = Run<'_>> {
    let one = Some((&point.run, point.at)).filter(|_| point.repeats.is_empty());
    let all = one.into_iter().chain(point.repeats.iter().map(|repeat| (&repeat.run, repeat.at)));
    all.map(|(run, at)| (run.as_deref(), if run.is_some() { None } else { at }))
}

/// Whether two points are of one run, or of runs of one commit: when some benchmarks are measured again, the others are not missing.
fn is_measured_with(one: &Point, other: &Point) -> bool {
    let again = one.runs() > 1 || other.runs() > 1;
    runs(one).any(|run| runs(other).any(|same| same == run)) || (again && one.commit.is_some() && one.commit == other.commit)
}

fn told(point: &Point) -> String {
    match (&point.run, point.at) {
        (Some(run), Some(at)) => format!("{run} ({})", at.date()),
        (Some(run), None) => run.clone(),
        (None, Some(at)) => at.date(),
        (None, None) => "an undated run".to_owned(),
    }
}

/// Series that are measured together.
#[derive(Default)]
struct Job<'s> {
    members: Vec<usize>,
    times: BTreeSet<Instant>,
    newest: Option<&'s Point>,
}

impl Job<'_> {
    fn last(&self) -> Option<Instant> {
        self.times.last().copied()
    }

    /// The median time between its runs, or else the longest there is among all jobs.
    fn interval(&self, all: &[Job<'_>]) -> i64 {
        let own = |job: &Job<'_>| {
            let times: Vec<i64> = job.times.iter().map(|at| at.0).collect();
            let mut gaps: Vec<i64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
            gaps.sort_unstable();
            gaps.get(gaps.len() / 2).copied()
        };
        own(self).or_else(|| all.iter().filter_map(own).max()).unwrap_or(i64::MAX / (INTERVALS + 1))
    }
}

/// The jobs, found by following shared runs.
fn jobs(series: &[Series]) -> Vec<Job<'_>> {
    let mut leader: Vec<usize> = (0..series.len()).collect();
    let mut first: BTreeMap<Run<'_>, usize> = BTreeMap::new();
    for (index, one) in series.iter().enumerate() {
        for point in &one.points {
            for run in runs(point) {
                let other = *first.entry(run).or_insert(index);
                let (a, b) = (lead(&mut leader, other), lead(&mut leader, index));
                leader[a.max(b)] = a.min(b);
            }
        }
    }
    let mut jobs: BTreeMap<usize, Job<'_>> = BTreeMap::new();
    for (index, one) in series.iter().enumerate() {
        let job = jobs.entry(lead(&mut leader, index)).or_default();
        job.members.push(index);
        for point in &one.points {
            if job.newest.is_none_or(|newest| (point.at.is_none(), point.at) >= (newest.at.is_none(), newest.at)) {
                job.newest = Some(point);
            }
            job.times.extend(point.at);
            job.times.extend(point.repeats.iter().filter_map(|repeat| repeat.at));
        }
    }
    jobs.into_values().collect()
}

fn lead(leader: &mut [usize], mut index: usize) -> usize {
    while leader[index] != index {
        leader[index] = leader[leader[index]];
        index = leader[index];
    }
    index
}
