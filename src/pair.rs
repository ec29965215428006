//! A base and a head measured in turns in one job on one machine: `readiness/bench-pair/1`, as it is written and read.

use crate::instant::Instant;
use crate::machine::Machine;
use crate::series::Direction;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What the file calls itself.
pub const SCHEMA: &str = "readiness/bench-pair/1";

/// The most raw measurements of a run that are kept.
pub const SAMPLES: usize = 1000;

/// The whole file. What it says under `verdict` follows from its values; whoever reads it works it out again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// [`SCHEMA`].
    pub schema: String,
    /// Who wrote it.
    pub tool: String,
    /// When the last run ended.
    pub at: Instant,
    /// Where all runs were.
    pub machine: Machine,
    /// What the change starts from.
    pub base: Commanded,
    /// The change.
    pub head: Commanded,
    /// How many rounds were asked for; each has a run of either side.
    pub rounds: u32,
    /// How many rounds went before, whose values do not count.
    pub warmup: u32,
    /// The smallest change that counts, as a share.
    pub min_change: f64,
    /// The runs in the order they were, those of the warm-up too.
    pub runs: Vec<Run>,
    /// What was measured, in order of name.
    pub benchmarks: Vec<Benchmark>,
}

/// One side: what was run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commanded {
    /// The shell command.
    pub command: String,
    /// The commit that was checked out where it ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
}

/// Base or head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// What the change starts from.
    Base,
    /// The change.
    Head,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Side::Base => "base",
            Side::Head => "head",
        })
    }
}

/// One run of a command.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// From 1; 0 is the warm-up.
    pub round: u32,
    /// Of which command.
    pub side: Side,
    /// Its exit status.
    pub exit: i32,
    /// How long it took, in milliseconds.
    pub ms: f64,
    /// Why nothing that it measured counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

impl Run {
    /// Whether what it measured counts.
    pub fn is_sound(&self) -> bool {
        self.exit == 0 && self.problem.is_none()
    }
}

/// One metric of one benchmark on both sides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Benchmark {
    /// What ran.
    pub benchmark: String,
    /// What of it was measured.
    pub metric: String,
    /// The unit of all values.
    pub unit: String,
    /// Which way is better.
    pub direction: Direction,
    /// Its values at the base.
    pub base: Measured,
    /// Its values at the head.
    pub head: Measured,
    /// What the values say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
}

impl Benchmark {
    /// `digest p95`.
    pub fn id(&self) -> String {
        if self.metric.is_empty() { self.benchmark.clone() } else { format!("{} {}", self.benchmark, self.metric) }
    }
}

/// The values of one side.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// One for each round; none where the run failed or had no value.
    pub values: Vec<Option<f64>>,
    /// The raw measurements behind each value, where the tool gives them; at most [`SAMPLES`] of a run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<Vec<f64>>,
    /// The machine that the result files name; empty where they name none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub machine: String,
}

/// What the values of a benchmark say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// One of the catalogue's `PAIR_STATES`.
    pub state: String,
    /// Rounds with a value on both sides.
    pub rounds: u32,
    /// Where medians of raw measurements were compared, how many there are in a run, at least; else the tool's own figures were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub samples: Option<usize>,
    /// Head divided by base, and the bounds of its interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ratio: Option<Estimate>,
    /// In a sentence without a full stop.
    pub because: String,
}

/// A ratio of head and base.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// 95 % sure on this side alone.
    pub low: f64,
    /// 95 % sure on this side alone.
    pub high: f64,
    /// How probable so clear a difference is by chance, after the correction for all benchmarks of the file.
    pub p: f64,
}
