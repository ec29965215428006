//! Runs of one commit are one point: the same code was measured again, and must not count twice.
//!
//! The point stands where the commit was measured first, so that a commit of last month that is measured once more today does not
//! become the newest, and its value is the median of the runs'. Nights on which nothing was committed stay nights of their own: they
//! show how much values scatter. A label that names no commit ("unknown", "HEAD", a working tree with changes) says nothing of what
//! was measured, and such runs stay apart.

use super::gather::Row;
use super::timeline::Timeline;
use crate::analyze::quantile::median;
use crate::instant::Instant;
use crate::series::{Repeat, Run};
use std::collections::BTreeMap;

/// Runs of a commit that follow each other are one measurement within this time, in milliseconds: half a day.
const TOGETHER: i64 = 12 * 3_600_000;

/// Puts the runs of each commit together; the order is kept.
pub(super) fn joined(rows: Vec<Row>, timeline: &Timeline) -> Vec<Row> {
    let mut groups: Vec<Vec<Row>> = Vec::new();
    let mut last: BTreeMap<u32, usize> = BTreeMap::new();
    for row in rows {
        let commit = timeline.commits.at(row.place);
        let newest = groups.len().checked_sub(1);
        let known = last.get(&commit).copied();
        match known.and_then(|place| Some((place, groups.get_mut(place)?))) {
            Some((place, group)) if Some(place) != newest || is_soon_after(group, &row, &timeline.runs) => group.push(row),
            _ => {
                last.insert(commit, groups.len());
                groups.push(vec![row]);
            }
        }
    }
    groups.into_iter().filter_map(|group| together(group, &timeline.runs)).collect()
}

fn moment(row: &Row, runs: &[Run]) -> Option<Instant> {
    runs.get(row.place as usize)?.at
}

/// Whether a run follows the first of a commit's within half a day. Without dates nothing tells two nights apart.
fn is_soon_after(group: &[Row], row: &Row, runs: &[Run]) -> bool {
    let first = group.first().and_then(|first| moment(first, runs));
    first.zip(moment(row, runs)).is_none_or(|(first, at)| at.0 - first.0 < TOGETHER)
}

fn together(mut group: Vec<Row>, runs: &[Run]) -> Option<Row> {
    if group.len() == 1 {
        return group.pop();
    }
    let values: Vec<f64> = group.iter().map(|row| row.value).collect();
    let name = |row: &Row| runs.get(row.place as usize).and_then(|run| run.name.clone());
    let repeat = |row: &Row| Repeat { at: moment(row, runs), run: name(row), value: row.value, samples: row.samples.len() };
    let repeats = group.iter().map(repeat).collect();
    let samples = group.iter_mut().flat_map(|row| std::mem::take(&mut row.samples)).collect();
    Some(Row { place: group.first()?.place, value: median(&values)?, samples, repeats })
}

/// Whether a label is of one state of the code. Every commit id has a digit in it; git shows a file that is not committed as zeros.
pub(super) fn names_a_commit(label: &str) -> bool {
    label.bytes().any(|byte| byte.is_ascii_digit()) && label.bytes().any(|byte| byte != b'0') && !label.ends_with("dirty")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::values::{RunRef, Values};
    use super::*;

    type Measured = (Option<i64>, &'static str, f64);

    /// Hour, value and number of runs of every point; each run has two samples.
    fn shown(all: &[Measured]) -> (Vec<(i64, f64, usize)>, Vec<Row>) {
        let mut file = Values::default();
        let name = |hour: &Option<i64>, index: usize| hour.map_or(format!("n{index}"), |hour| format!("r{hour}"));
        for (index, (hour, commit, _)) in all.iter().enumerate() {
            let at = hour.map(|hour| Instant(hour * 3_600_000));
            file.run(RunRef { at, name: Some(&name(hour, index)), commit: Some(commit), release: None });
        }
        let (timeline, places) = Timeline::of(std::iter::once(&file));
        let row =
            |(place, (_, _, value)): (&u32, &Measured)| Row { place: *place, value: *value, samples: vec![*value; 2], repeats: Vec::new() };
        let rows = joined(places[0].iter().zip(all).map(row).collect(), &timeline);
        let hour = |row: &Row| moment(row, &timeline.runs).map_or(0, |at| at.0 / 3_600_000);
        (rows.iter().map(|row| (hour(row), row.value, row.repeats.len().max(1))).collect(), rows)
    }

    #[test]
    fn runs_of_a_commit_are_one_point_where_it_was_first() {
        let (all, rows) = shown(&[(Some(1), "a1", 10.0), (Some(2), "b2", 20.0), (Some(300), "a1", 12.0), (Some(400), "a1", 99.0)]);
        assert_eq!(all, [(1, 12.0, 3), (2, 20.0, 1)]);
        let last = &rows[0].repeats[2];
        assert_eq!((last.at.unwrap().0 / 3_600_000, last.run.as_deref(), rows[0].samples.len()), (400, Some("r400"), 6));
    }

    #[test]
    fn a_night_without_a_commit_is_a_night_of_its_own() {
        let nights = [(Some(2), "a1", 10.0), (Some(3), "a1", 12.0), (Some(26), "a1", 20.0), (Some(50), "a1", 30.0), (Some(51), "b2", 1.0)];
        assert_eq!(shown(&nights).0, [(2, 11.0, 2), (26, 20.0, 1), (50, 30.0, 1), (51, 1.0, 1)]);
        assert_eq!(shown(&[(None, "a1", 1.0), (None, "a1", 2.0), (None, "a1", 9.0)]).0, [(0, 2.0, 3)]);
    }

    #[test]
    fn a_label_that_names_no_commit_joins_nothing() {
        for label in ["unknown", "HEAD", "", "0000000000000000000000000000000000000000", "14c907f-dirty"] {
            assert_eq!(shown(&[(Some(1), label, 1.0), (Some(2), label, 2.0)]).0.len(), 2, "{label}");
        }
    }
}
