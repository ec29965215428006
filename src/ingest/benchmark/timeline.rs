//! The runs of all files of an entry in the order of time, so that values are put in order and told apart by a number.

use super::rerun::names_a_commit;
use super::values::Values;
use crate::instant::Instant;
use crate::series::{Points, Release, Run, Text};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Every run once, oldest first. What bears no date is the newest: a tool's results beside a history.
pub(super) struct Timeline {
    pub runs: Arc<[Run]>,
    /// What was measured in each: runs of the same number are one, written twice. A run without a name is known by its time and commit.
    pub measured: Numbers,
    /// The commit of each: those of the same number are of one. What names none is of a commit of its own.
    pub commits: Numbers,
    /// The runs that are of a release.
    released: BTreeMap<Label, Text>,
}

/// A run by its name; one without a name by its moment.
type Label = (Option<Text>, Option<Instant>);

fn label(name: Option<Text>, at: Option<Instant>) -> Label {
    let at = if name.is_some() { None } else { at };
    (name, at)
}

/// A number for each run.
pub(super) struct Numbers {
    of: Vec<u32>,
    all_differ: bool,
}

impl Timeline {
    /// The runs of some files; and for each file, where each of its runs stands.
    pub fn of<'f>(files: impl Iterator<Item = &'f Values>) -> (Timeline, Vec<Vec<u32>>) {
        let (mut known, mut runs) = (BTreeMap::new(), Vec::new());
        let mut find = |run: &'f Run| {
            *known.entry(run).or_insert_with(|| {
                runs.push(run);
                runs.len() - 1
            })
        };
        let found: Vec<Vec<usize>> = files.map(|file| file.runs.iter().map(&mut find).collect()).collect();
        let mut order: Vec<usize> = (0..runs.len()).collect();
        order.sort_by_key(|index| (runs[*index].at.is_none(), runs[*index].at, &runs[*index].name));
        let mut places = vec![0; runs.len()];
        (0..).zip(&order).for_each(|(place, index)| places[*index] = place);
        let runs: Arc<[Run]> = order.into_iter().map(|index| runs[index].clone()).collect();
        let measured = Numbers::of(runs.iter().map(|run| Some((&run.name, run.at.filter(|_| run.name.is_none()), &run.commit))));
        let commits = Numbers::of(runs.iter().map(|run| run.commit.as_deref().filter(|commit| names_a_commit(commit))));
        let places = found.into_iter().map(|file| file.into_iter().map(|index| places[index]).collect()).collect();
        let released = runs.iter().filter_map(|run| Some((label(run.name.clone(), run.at), run.release.clone()?))).collect();
        (Timeline { runs, measured, commits, released }, places)
    }

    /// The first point of every release.
    pub fn releases(&self, points: &Points) -> Vec<Release> {
        let mut all: Vec<Release> = Vec::new();
        // Most histories name none.
        for (index, point) in points.iter().enumerate().filter(|_| !self.released.is_empty()) {
            let parts = point.repeats.iter().map(|repeat| label(repeat.run.clone(), repeat.at));
            let name = std::iter::once(label(point.run.map(Text::from), point.at)).chain(parts).find_map(|label| self.released.get(&label));
            if let Some(name) = name.filter(|name| all.last().is_none_or(|last| last.name != **name)) {
                all.push(Release { index, name: name.clone() });
            }
        }
        all
    }
}

impl Numbers {
    /// Equal things have the same number, and what is none has one of its own.
    fn of<T: Ord>(things: impl Iterator<Item = Option<T>>) -> Numbers {
        let mut known = BTreeMap::new();
        let mut all_differ = true;
        let number = |(new, thing): (u32, Option<T>)| match thing.map(|thing| *known.entry(thing).or_insert(new)) {
            Some(number) => {
                all_differ &= number == new;
                number
            }
            None => new,
        };
        let of = (0..).zip(things).map(number).collect();
        Numbers { of, all_differ }
    }

    /// The number of the run at a place.
    pub fn at(&self, place: u32) -> u32 {
        self.of.get(place as usize).copied().unwrap_or(u32::MAX)
    }

    /// Whether no two of these runs have the same number.
    pub fn differ(&self, places: &[u32]) -> bool {
        if self.all_differ {
            return true;
        }
        let mut numbers: Vec<u32> = places.iter().map(|place| self.at(*place)).collect();
        numbers.sort_unstable();
        numbers.windows(2).all(|pair| pair[0] != pair[1])
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::ingest::benchmark::values::RunRef;

    #[test]
    fn runs_stand_in_the_order_of_time_and_once() {
        let file = |runs: &[(Option<i64>, Option<&str>, Option<&str>)]| {
            let mut values = Values::default();
            for (at, name, commit) in runs {
                values.run(RunRef { at: at.map(Instant), name: *name, commit: *commit, release: None });
            }
            values
        };
        let history = file(&[(Some(5), Some("b"), Some("c1")), (Some(3), Some("a"), Some("c1")), (Some(5), Some("a"), None)]);
        let results = file(&[(None, None, Some("HEAD")), (Some(5), Some("b"), Some("c1")), (Some(9), Some("b"), Some("c1"))]);
        let (timeline, places) = Timeline::of([&history, &results].into_iter());
        let told: Vec<_> = timeline.runs.iter().map(|run| (run.at.map(|at| at.0), run.name.as_deref())).collect();
        assert_eq!(told, [(Some(3), Some("a")), (Some(5), Some("a")), (Some(5), Some("b")), (Some(9), Some("b")), (None, None)]);
        assert_eq!(places, [vec![2, 0, 1], vec![4, 2, 3]]);
        let numbers = |numbers: &Numbers| (0..5).map(|place| numbers.at(place)).collect::<Vec<_>>();
        assert_eq!(numbers(&timeline.measured), [0, 1, 2, 2, 4], "a name and a commit are a run, whenever it is dated");
        assert_eq!(numbers(&timeline.commits), [0, 1, 0, 0, 4]);
        assert_eq!((timeline.measured.differ(&[0, 1, 2]), timeline.measured.differ(&[2, 0, 3])), (true, false));
    }
}
