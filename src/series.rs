//! A benchmark's values over time.

use crate::instant::Instant;
use crate::metric::Name;
use serde::{Deserialize, Serialize};

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Smaller is better: latency, memory.
    Lower,
    /// Larger is better: throughput, hit rate.
    Higher,
}

/// The value of a commit, or of a run that names none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// When it ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Instant>,
    /// What ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Which run; two lines of one run are one measurement written twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// In the series' unit, finite.
    pub value: f64,
    /// The tool's raw measurements, where it gives them; of several runs one after the other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<f64>,
    /// The runs of the commit, where there are several: the value is the median of theirs, and moment and run are the first one's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repeats: Vec<Repeat>,
}

impl Point {
    /// When its commit was measured last.
    pub fn newest(&self) -> Option<Instant> {
        self.repeats.iter().filter_map(|repeat| repeat.at).max().or(self.at)
    }

    /// How many runs are behind the value.
    pub fn runs(&self) -> usize {
        self.repeats.len().max(1)
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
    pub run: Option<String>,
    /// What it measured, in the series' unit.
    pub value: f64,
    /// How many of the point's samples are its.
    pub samples: usize,
}

/// The values of one metric of one benchmark on one kind of machine, oldest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// `digest`.
    pub benchmark: String,
    /// `p95`.
    pub metric: String,
    /// `ms`, `/s`, or nothing.
    pub unit: String,
    /// Which way is better.
    pub direction: Direction,
    /// The machine's fingerprint or name; series of different machines are never mixed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub machine: String,
    /// Oldest first.
    pub points: Vec<Point>,
    /// What the detector said of it; filled by `compare/trend`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trend: Option<Trend>,
}

impl Series {
    /// `digest p95`, with the machine where one is named.
    pub fn id(&self) -> String {
        let mut id = self.benchmark.clone();
        for part in [&self.metric, &self.machine] {
            if !part.is_empty() {
                id.push(' ');
                id.push_str(part);
            }
        }
        id
    }
}

/// A step in a series.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Index of the first point of the new level.
    pub index: usize,
    /// Median before.
    pub before: f64,
    /// Median after.
    pub after: f64,
    /// Which commit and when, of the first point of the new level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Instant>,
}

/// What a series' history says of its last point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trend {
    /// `stable`, `regressed`, `improved`, `suspect`, `learning`, `insufficient-history`, `zero-baseline`, `missing`.
    pub state: Name,
    /// The median before the last change (or of all points), which the newest values are compared with.
    pub baseline: f64,
    /// The value from which a new point is out of the ordinary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
    /// The ordinary range around the baseline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub band: Option<(f64, f64)>,
    /// Relative change from the baseline to the current level; positive is larger.
    pub change: f64,
    /// All steps found, oldest first.
    pub changes: Vec<Change>,
}
