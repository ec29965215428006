//! Which series are measured together: those that share a run, and those that share one with these.

use crate::instant::Instant;
use crate::series::{PointRef, Points, Series};
use std::collections::{BTreeMap, BTreeSet};

/// A run: its name, or else its moment.
type Run<'s> = (Option<&'s str>, Option<Instant>);

fn run<'s>(name: Option<&'s str>, at: Option<Instant>) -> Run<'s> {
    (name, if name.is_some() { None } else { at })
}

/// The runs of a point.
pub(super) fn runs(point: PointRef<'_>) -> impl Iterator<Item = Run<'_>> {
    let one = Some(run(point.run, point.at)).filter(|_| point.repeats.is_empty());
    one.into_iter().chain(point.repeats.iter().map(|repeat| run(repeat.run.as_deref(), repeat.at)))
}

/// Series that are measured together.
#[derive(Default)]
pub(super) struct Job<'s> {
    pub members: Vec<usize>,
    pub times: BTreeSet<Instant>,
    pub newest: Option<PointRef<'s>>,
}

impl<'s> Job<'s> {
    /// When it ran last.
    pub fn last(&self) -> Option<Instant> {
        self.times.last().copied()
    }

    /// Takes the moments of a series; those of the runs that were `seen` are known.
    fn take(&mut self, points: &'s Points, seen: &mut Vec<bool>) {
        let runs = points.runs();
        seen.resize(runs.len(), false);
        for place in points.places().iter().map(|place| *place as usize) {
            if !std::mem::replace(&mut seen[place], true) {
                self.times.extend(runs[place].at);
            }
        }
        self.times.extend(points.details().values().flat_map(|detail| &detail.repeats).filter_map(|repeat| repeat.at));
        let moment = |at: Option<Instant>| (at.is_none(), at);
        let newest = points.places().iter().enumerate().max_by_key(|(_, place)| moment(runs[**place as usize].at));
        let newest = newest.and_then(|(index, _)| points.get(index));
        if let Some(newest) = newest.filter(|newest| self.newest.is_none_or(|known| moment(newest.at) >= moment(known.at))) {
            self.newest = Some(newest);
        }
    }

    /// The median time between its runs, if it ran more than once.
    pub fn interval(&self) -> Option<i64> {
        let times: Vec<i64> = self.times.iter().map(|at| at.0).collect();
        let mut gaps: Vec<i64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        gaps.sort_unstable();
        gaps.get(gaps.len() / 2).copied()
    }
}

/// The jobs of some series.
pub(super) struct Jobs<'s> {
    pub all: Vec<Job<'s>>,
    series: &'s [Series],
    runs: Numbers<'s>,
}

impl<'s> Jobs<'s> {
    /// The jobs, found by following shared runs.
    pub fn of(series: &'s [Series]) -> Self {
        let runs = Numbers::of(series);
        let mut leader: Vec<usize> = (0..series.len()).collect();
        let mut first: Vec<Option<usize>> = vec![None; runs.known.len()];
        for (index, one) in series.iter().enumerate() {
            let mut joined = index;
            runs.each(&one.points, |number| {
                let other = *first[number].get_or_insert(index);
                if other != joined {
                    let (a, b) = (lead(&mut leader, other), lead(&mut leader, index));
                    leader[a.max(b)] = a.min(b);
                    joined = other;
                }
            });
        }
        let mut jobs: BTreeMap<usize, Job<'s>> = BTreeMap::new();
        let mut seen: BTreeMap<(usize, usize), Vec<bool>> = BTreeMap::new();
        for (index, one) in series.iter().enumerate() {
            let leader = lead(&mut leader, index);
            let job = jobs.entry(leader).or_default();
            job.members.push(index);
            job.take(&one.points, seen.entry((leader, lies_at(&one.points))).or_default());
        }
        Jobs { all: jobs.into_values().collect(), series, runs }
    }

    /// Whether no run measured both of these series.
    pub fn are_apart(&self, one: usize, other: usize) -> bool {
        let mut measured = BTreeSet::new();
        self.runs.each(&self.series[other].points, |number| _ = measured.insert(number));
        let mut apart = true;
        self.runs.each(&self.series[one].points, |number| apart &= !measured.contains(&number));
        apart
    }
}

/// A number for each run, however many series it measured.
struct Numbers<'s> {
    known: BTreeMap<Run<'s>, usize>,
    /// Those of the runs that series share, by where these lie: there may be millions of points, and some thousand runs.
    shared: BTreeMap<usize, Vec<usize>>,
}

/// Where the runs of a series lie.
fn lies_at(points: &Points) -> usize {
    points.runs().as_ptr().addr()
}

impl<'s> Numbers<'s> {
    fn of(series: &'s [Series]) -> Self {
        let mut numbers = Numbers { known: BTreeMap::new(), shared: BTreeMap::new() };
        for Series { points, .. } in series {
            let Numbers { known, shared } = &mut numbers;
            let mut number = |run: Run<'s>| {
                let new = known.len();
                *known.entry(run).or_insert(new)
            };
            let all = || points.runs().iter().map(|one| number(run(one.name.as_deref(), one.at))).collect();
            shared.entry(lies_at(points)).or_insert_with(all);
            let again = points.details().values().flat_map(|detail| &detail.repeats);
            again.for_each(|repeat| _ = number(run(repeat.run.as_deref(), repeat.at)));
        }
        numbers
    }

    /// Gives the number of every run of a series.
    fn each(&self, points: &Points, mut take: impl FnMut(usize)) {
        let Some(numbers) = self.shared.get(&lies_at(points)) else { return };
        if points.details().is_empty() {
            return points.places().iter().for_each(|place| take(numbers[*place as usize]));
        }
        points.iter().flat_map(runs).filter_map(|run| self.known.get(&run)).for_each(|number| take(*number));
    }
}

fn lead(leader: &mut [usize], mut index: usize) -> usize {
    while leader[index] != index {
        leader[index] = leader[leader[index]];
        index = leader[index];
    }
    index
}
