//! A line of a benchmark history: one value of one run.

use crate::series::Direction;
use serde::{Deserialize, Serialize};

/// The schema of a line, published as `site/schema/history-1.json`.
pub const SCHEMA: &str = "readiness/history/1";

/// A line as it stands in a file, in the order of its keys. Keys that are not here are of later versions, or the project's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistoryLine {
    /// [`SCHEMA`], or another one that is not read.
    pub schema: String,
    /// Which run: the same for all values of one run, and for no other run.
    pub run: String,
    /// When the run was, in RFC 3339 with its zone.
    pub at: String,
    /// What was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// On which branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// On which kind of machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<String>,
    /// What was released of the commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// What ran.
    pub benchmark: String,
    /// What of it was measured.
    pub metric: String,
    /// In `unit`; none where the run has no value.
    pub value: Option<f64>,
    /// `ms`, `1/s`, or nothing.
    pub unit: String,
    /// Which way is better.
    pub direction: Direction,
    /// The raw measurements that the value summarises.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub samples: Option<Vec<Option<f64>>>,
}

/// The name of a run that has none, by a digest of its files: the same results are the same run.
pub fn unnamed(digest: &str) -> String {
    format!("results-{}", digest.get(..16).unwrap_or(digest))
}

impl HistoryLine {
    /// Whether another line adds nothing to this one: it is the same measurement, whatever moment it was written at, and of no release
    /// that is not told here.
    pub fn is_again(&self, other: &HistoryLine) -> bool {
        let named = self.run == other.run && self.commit == other.commit && self.machine == other.machine;
        let released = other.release.is_none() || other.release == self.release;
        named && released && self.benchmark == other.benchmark && self.metric == other.metric && self.measured_as(other)
    }

    /// Whether two lines say the same of what was measured.
    pub fn measured_as(&self, other: &HistoryLine) -> bool {
        self.value == other.value && self.unit == other.unit && self.samples == other.samples
    }
}
