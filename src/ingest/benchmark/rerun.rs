//! Runs of one commit are one point: the same code was measured again, and must not count twice.
//!
//! The point stands where the commit was measured first, so that a commit of last month that is measured once more today does not
//! become the newest, and its value is the median of the runs'. Nights on which nothing was committed stay nights of their own: they
//! show how much values scatter. A label that names no commit ("unknown", "HEAD", a working tree with changes) says nothing of what
//! was measured, and such runs stay apart.

use crate::analyze::quantile::median;
use crate::series::{Point, Repeat, Text};
use std::collections::BTreeMap;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash};

/// Runs of a commit that follow each other are one measurement within this time, in milliseconds: half a day.
const TOGETHER: i64 = 12 * 3_600_000;

/// Puts the runs of each commit together; the order is kept.
pub(super) fn joined(points: Vec<Point>) -> Vec<Point> {
    let named = || points.iter().filter_map(|point| point.commit.as_deref());
    if all_differ(named()) {
        return points;
    }
    let mut groups: Vec<Vec<Point>> = Vec::new();
    let mut last: BTreeMap<Text, usize> = BTreeMap::new();
    for point in points {
        let Some(commit) = point.commit.clone().filter(|commit| names_a_commit(commit)) else {
            groups.push(vec![point]);
            continue;
        };
        let newest = groups.len().checked_sub(1);
        let known = last.get(&commit).copied();
        match known.and_then(|place| Some((place, groups.get_mut(place)?))) {
            Some((place, group)) if Some(place) != newest || is_soon_after(group, &point) => group.push(point),
            _ => {
                last.insert(commit, groups.len());
                groups.push(vec![point]);
            }
        }
    }
    groups.into_iter().filter_map(together).collect()
}

/// Whether a run follows the first of a commit's within half a day. Without dates nothing tells two nights apart.
fn is_soon_after(group: &[Point], point: &Point) -> bool {
    let first = group.first().and_then(|first| first.at);
    first.zip(point.at).is_none_or(|(first, at)| at.0 - first.0 < TOGETHER)
}

/// Whether no two of many things are the same, told without comparing them: the usual case, and there may be millions. A wrong "no" costs
/// time only.
pub(super) fn all_differ<T: Hash>(things: impl Iterator<Item = T>) -> bool {
    let mut marks: Vec<u64> = things.map(|thing| BuildHasherDefault::<DefaultHasher>::default().hash_one(thing)).collect();
    marks.sort_unstable();
    marks.windows(2).all(|pair| pair[0] != pair[1])
}

fn together(mut runs: Vec<Point>) -> Option<Point> {
    if runs.len() == 1 {
        return runs.pop();
    }
    let values: Vec<f64> = runs.iter().map(|run| run.value).collect();
    let repeat = |run: &Point| Repeat { at: run.at, run: run.run.clone(), value: run.value, samples: run.samples.len() };
    let repeats = runs.iter().map(repeat).collect();
    let samples = runs.iter_mut().flat_map(|run| std::mem::take(&mut run.samples)).collect();
    let first = runs.into_iter().next()?;
    Some(Point { value: median(&values)?, samples, repeats, ..first })
}

/// Whether a label is of one state of the code. Every commit id has a digit in it; git shows a file that is not committed as zeros.
fn names_a_commit(label: &str) -> bool {
    label.bytes().any(|byte| byte.is_ascii_digit()) && label.bytes().any(|byte| byte != b'0') && !label.ends_with("dirty")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::instant::Instant;

    fn point(hour: i64, commit: &str, value: f64) -> Point {
        let (at, run) = (Some(Instant(hour * 3_600_000)), Some(format!("r{hour}").into()));
        Point { at, commit: Some(commit.into()), run, value, samples: vec![value; 2], repeats: Vec::new() }
    }

    /// Hour, commit, value and runs of every point.
    fn shown(all: &[Point]) -> Vec<(i64, &str, f64, usize)> {
        all.iter().map(|p| (p.at.unwrap().0 / 3_600_000, p.commit.as_deref().unwrap(), p.value, p.runs())).collect()
    }

    #[test]
    fn runs_of_a_commit_are_one_point_where_it_was_first() {
        let all = joined(vec![point(1, "a1", 10.0), point(2, "b2", 20.0), point(300, "a1", 12.0), point(400, "a1", 99.0)]);
        assert_eq!(shown(&all), [(1, "a1", 12.0, 3), (2, "b2", 20.0, 1)]);
        assert_eq!((all[0].newest().unwrap().0 / 3_600_000, all[0].repeats[2].run.as_deref()), (400, Some("r400")));
        assert_eq!(all[0].samples.len(), 6);
    }

    #[test]
    fn a_night_without_a_commit_is_a_night_of_its_own() {
        let all =
            joined(vec![point(2, "a1", 10.0), point(3, "a1", 12.0), point(26, "a1", 20.0), point(50, "a1", 30.0), point(51, "b2", 1.0)]);
        assert_eq!(shown(&all), [(2, "a1", 11.0, 2), (26, "a1", 20.0, 1), (50, "a1", 30.0, 1), (51, "b2", 1.0, 1)]);
        let undated = |value| Point { at: None, ..point(0, "a1", value) };
        assert_eq!(joined(vec![undated(1.0), undated(2.0), undated(9.0)])[0].value, 2.0);
    }

    #[test]
    fn a_label_that_names_no_commit_joins_nothing() {
        for label in ["unknown", "HEAD", "", "0000000000000000000000000000000000000000", "14c907f-dirty"] {
            assert_eq!(joined(vec![point(1, label, 1.0), point(2, label, 2.0)]).len(), 2, "{label}");
        }
    }
}
