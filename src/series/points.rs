//! The values of a series in columns: there may be thousands of series of thousands of runs, and the runs are the same for most of them.

use super::Text;
use crate::instant::Instant;
use serde::{Deserialize, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A run of benchmarks.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Run {
    /// When.
    pub at: Option<Instant>,
    /// Its name.
    pub name: Option<Text>,
    /// At which commit.
    pub commit: Option<Text>,
    /// What was released of it.
    pub release: Option<Text>,
}

/// The value of a commit, or of a run that names none, on its own; in a series it stands in [`Points`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// When it ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Instant>,
    /// What ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<Text>,
    /// Which run; two lines of one run are one measurement written twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Text>,
    /// In the series' unit, finite.
    pub value: f64,
    /// The tool's raw measurements, where it gives them; of several runs one after the other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<f64>,
    /// The runs of the commit, where there are several: the value is the median of theirs, and moment and run are the first one's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repeats: Vec<Repeat>,
}

/// A [`Point`] where it stands in its series.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PointRef<'p> {
    /// As [`Point::at`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Instant>,
    /// As [`Point::commit`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<&'p str>,
    /// As [`Point::run`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<&'p str>,
    /// As [`Point::value`].
    pub value: f64,
    /// As [`Point::samples`].
    #[serde(skip_serializing_if = "<[f64]>::is_empty")]
    pub samples: &'p [f64],
    /// As [`Point::repeats`].
    #[serde(skip_serializing_if = "<[Repeat]>::is_empty")]
    pub repeats: &'p [Repeat],
}

impl PointRef<'_> {
    /// When its commit was measured last.
    pub fn newest(&self) -> Option<Instant> {
        self.repeats.iter().filter_map(|repeat| repeat.at).max().or(self.at)
    }

    /// How many runs are behind the value.
    pub fn runs(&self) -> usize {
        self.repeats.len().max(1)
    }
}

impl From<PointRef<'_>> for Point {
    fn from(one: PointRef<'_>) -> Point {
        let PointRef { at, commit, run, value, samples, repeats } = one;
        Point { at, commit: commit.map(Text::from), run: run.map(Text::from), value, samples: samples.to_vec(), repeats: repeats.to_vec() }
    }
}

/// One of several runs of a commit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Repeat {
    /// When it ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Instant>,
    /// Which run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Text>,
    /// What it measured, in the series' unit.
    pub value: f64,
    /// How many of the point's samples are its.
    pub samples: usize,
}

/// The values of a series, oldest first. It reads and is written as a list of [`Point`].
#[derive(Clone, Default, Deserialize)]
#[serde(from = "Vec<Point>")]
pub struct Points {
    /// The runs that the values are of, and perhaps others: series that were read together share them.
    runs: Arc<[Run]>,
    /// Which run each value is of.
    places: Vec<u32>,
    values: Vec<f64>,
    /// What only some points have, by their index.
    details: BTreeMap<usize, Detail>,
}

/// What stands behind a value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Detail {
    /// As [`Point::samples`].
    pub samples: Vec<f64>,
    /// As [`Point::repeats`].
    pub repeats: Vec<Repeat>,
}

impl Points {
    /// Values and the place of the run of each among `runs`; the details are those of the values at these indices. What has no
    /// run is left out.
    pub fn new(runs: Arc<[Run]>, places: Vec<u32>, values: Vec<f64>, details: BTreeMap<usize, Detail>) -> Points {
        let mut points = Points { runs, places, values, details };
        let known = points.places.iter().take_while(|place| (**place as usize) < points.runs.len()).count();
        let whole = known.min(points.values.len());
        points.places.truncate(whole);
        points.values.truncate(whole);
        points.details.retain(|index, detail| *index < whole && *detail != Detail::default());
        points
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The values alone.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The runs of which [`Points::places`] tells.
    pub fn runs(&self) -> &Arc<[Run]> {
        &self.runs
    }

    /// Which of the runs each value is of.
    pub fn places(&self) -> &[u32] {
        &self.places
    }

    /// The points that have samples or repeats, by index.
    pub fn details(&self) -> &BTreeMap<usize, Detail> {
        &self.details
    }

    /// The point at an index.
    pub fn get(&self, index: usize) -> Option<PointRef<'_>> {
        let (value, place) = (*self.values.get(index)?, *self.places.get(index)?);
        let run = self.runs.get(place as usize)?;
        let detail = if self.details.is_empty() { None } else { self.details.get(&index) };
        Some(PointRef {
            at: run.at,
            commit: run.commit.as_deref(),
            run: run.name.as_deref(),
            value,
            samples: detail.map_or(&[], |detail| &detail.samples),
            repeats: detail.map_or(&[], |detail| &detail.repeats),
        })
    }

    /// The oldest.
    pub fn first(&self) -> Option<PointRef<'_>> {
        self.get(0)
    }

    /// The newest.
    pub fn last(&self) -> Option<PointRef<'_>> {
        self.get(self.len().checked_sub(1)?)
    }

    /// When one of them was measured last.
    pub fn newest(&self) -> Option<Instant> {
        let runs = self.places.iter().filter_map(|place| self.runs.get(*place as usize)?.at);
        let again = self.details.values().flat_map(|detail| &detail.repeats).filter_map(|repeat| repeat.at);
        runs.chain(again).max()
    }

    /// All of them, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = PointRef<'_>> + ExactSizeIterator + Clone {
        let none = PointRef { at: None, commit: None, run: None, value: f64::NAN, samples: &[], repeats: &[] };
        (0..self.len()).map(move |index| self.get(index).unwrap_or(none))
    }

    /// Leaves out the oldest.
    pub fn leave_out(&mut self, oldest: usize) {
        let oldest = oldest.min(self.len());
        self.places.drain(..oldest);
        self.values.drain(..oldest);
        let details = std::mem::take(&mut self.details).split_off(&oldest);
        self.details = details.into_iter().map(|(index, detail)| (index - oldest, detail)).collect();
    }

    /// All of them, each on its own.
    pub fn to_vec(&self) -> Vec<Point> {
        self.iter().map(Point::from).collect()
    }
}

impl From<Vec<Point>> for Points {
    fn from(all: Vec<Point>) -> Points {
        all.into_iter().collect()
    }
}

impl FromIterator<Point> for Points {
    fn from_iter<I: IntoIterator<Item = Point>>(all: I) -> Points {
        let (mut runs, mut values, mut details) = (Vec::new(), Vec::new(), BTreeMap::new());
        for Point { at, commit, run, value, samples, repeats } in all {
            details.insert(values.len(), Detail { samples, repeats });
            runs.push(Run { at, name: run, commit, release: None });
            values.push(value);
        }
        let places = (0..).take(runs.len()).collect();
        Points::new(runs.into(), places, values, details)
    }
}

impl PartialEq for Points {
    fn eq(&self, other: &Points) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl fmt::Debug for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Serialize for Points {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn point(at: i64, value: f64) -> Point {
        let (commit, run) = (Some(format!("c{at}").into()), None);
        Point { at: Some(Instant(at)), commit, run, value, ..Point::default() }
    }

    #[test]
    fn columns_hold_points() {
        let sampled = Point { samples: vec![1.0, 3.0], run: Some("r".into()), ..point(2, 2.0) };
        let all = vec![point(1, 1.5), sampled.clone(), Point { at: None, commit: None, ..point(3, -4.0) }];
        let points = Points::from(all.clone());
        assert_eq!((points.to_vec(), points.values(), points.len()), (all.clone(), &[1.5, 2.0, -4.0][..], 3));
        assert_eq!(points.iter().next_back().map(|last| last.value), points.last().map(|last| last.value));
        assert!(Points::default().last().is_none() && Points::default().is_empty());
    }

    #[test]
    fn series_share_their_runs() {
        let runs: Arc<[Run]> = (0..4).map(|at| Run { at: Some(Instant(at)), ..Run::default() }).collect();
        let detail = Detail { samples: vec![7.0], ..Detail::default() };
        let of = |places: &[u32]| {
            let details = [(0, Detail::default()), (1, detail.clone()), (9, detail.clone())].into();
            Points::new(Arc::clone(&runs), places.to_vec(), vec![0.5; 3], details)
        };
        let points = of(&[0, 2, 3]);
        assert_eq!(points.iter().map(|point| point.at.unwrap().0).collect::<Vec<_>>(), [0, 2, 3]);
        assert_eq!((points.get(1).unwrap().samples, points.details().len(), points.get(3).is_none()), (&[7.0][..], 1, true));
        assert_eq!(of(&[0, 4, 1]).len(), 1, "a place without a run");
    }
}
