//! A value of a run. What millions of them have in common, some thousand benchmarks and runs, is kept once.

use super::places::Shared;
use crate::instant::Instant;
use crate::series::{Direction, Text};
use std::sync::Arc;

/// One value of one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    /// Of what.
    pub subject: Arc<Subject>,
    /// In which run.
    pub run: Arc<Run>,
    /// Finite, and not negative unless the draft is signed.
    pub value: f64,
    /// The tool's raw measurements.
    pub samples: Vec<f64>,
}

/// What is measured.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// What ran.
    pub benchmark: String,
    /// What of it was measured.
    pub metric: String,
    /// On which machine; empty if the file does not say.
    pub machine: String,
    /// The unit of the values.
    pub unit: String,
    /// Which way is better.
    pub direction: Direction,
}

impl Subject {
    /// What names a series, whatever unit a run gave.
    pub fn key(&self) -> [&str; 3] {
        [&self.benchmark, &self.metric, &self.machine]
    }
}

/// A run.
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

/// The subjects and runs of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Common {
    subjects: Shared<Subject>,
    runs: Shared<Run>,
}

impl Common {
    pub fn subject(&mut self, subject: Subject) -> Arc<Subject> {
        self.subjects.of(subject)
    }

    pub fn run(&mut self, run: Run) -> Arc<Run> {
        self.runs.of(run)
    }
}
