//! A benchmark's values over time.

use crate::instant::Instant;
use crate::metric::Name;
use crate::pattern::Pattern;
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use std::sync::Arc;

mod points;
pub mod unit;

pub use points::{Detail, Point, PointRef, Points, Repeat, Run};

/// A name that many values have in common, kept once.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(from = "String")]
pub struct Text(Arc<str>);

impl<T: Into<Arc<str>>> From<T> for Text {
    fn from(text: T) -> Self {
        Text(text.into())
    }
}

impl std::ops::Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Smaller is better: latency, memory.
    Lower,
    /// Larger is better: throughput, hit rate.
    Higher,
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
    pub points: Points,
    /// How many points there are before these, which a report leaves out.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub older: usize,
    /// Points that somebody released, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub releases: Vec<Release>,
    /// What the detector said of it; filled by `compare/trend`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trend: Option<Trend>,
}

fn is_zero(n: &usize) -> bool {
    *n == 0
}

/// That a point is of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// Which point; the first of that release.
    pub index: usize,
    /// `v4.1.1`.
    pub name: Text,
}

impl Series {
    /// A series without a value, of no machine in particular.
    pub fn new(benchmark: &str, metric: &str, unit: &str, direction: Direction) -> Series {
        let [benchmark, metric, unit] = [benchmark, metric, unit].map(str::to_owned);
        let (machine, points, releases) = Default::default();
        Series { benchmark, metric, unit, direction, machine, points, older: 0, releases, trend: None }
    }

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

    /// How many points it has, also those that a report leaves out.
    pub fn all(&self) -> usize {
        self.older + self.points.len()
    }

    /// Keeps the newest points, at least so many, and those that what is said of the series is about.
    pub fn keep_newest(&mut self, least: usize) {
        let first = self.trend.iter().flat_map(Trend::points).min().unwrap_or(usize::MAX).saturating_sub(BEFORE);
        let left_out = self.points.len().saturating_sub(least).min(first);
        if left_out == 0 {
            return;
        }
        self.points.leave_out(left_out);
        self.older += left_out;
        self.releases.retain(|release| release.index >= left_out);
        let releases = self.releases.iter_mut().map(|release| &mut release.index);
        releases.chain(self.trend.iter_mut().flat_map(Trend::points_mut)).for_each(|index| *index -= left_out);
    }
}

/// So many points are kept before what is said of a series, to show what it came from.
const BEFORE: usize = 20;

impl Trend {
    /// The points it is about.
    fn points(&self) -> impl Iterator<Item = usize> {
        let drift = self.drift.iter().map(|drift| drift.from);
        self.since.into_iter().chain(self.changes.iter().map(|change| change.index)).chain(drift)
    }

    fn points_mut(&mut self) -> impl Iterator<Item = &mut usize> {
        let drift = self.drift.iter_mut().flat_map(|drift| [&mut drift.from, &mut drift.to]);
        self.since.iter_mut().chain(self.changes.iter_mut().map(|change| &mut change.index)).chain(drift)
    }
}

/// What the configuration says of the series that a pattern names.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// Which series.
    pub pattern: Pattern,
    /// Which way is better, whatever the file or the unit says.
    pub better: Option<Direction>,
    /// Changes smaller than this share of the level are not reported.
    pub min_change: Option<f64>,
}

/// Whether a pattern means a series: it names the benchmark, or the benchmark and its metric with a space between.
pub fn is_named(pattern: &Pattern, benchmark: &str, metric: &str) -> bool {
    pattern.matches(benchmark) || pattern.matches(&format!("{benchmark} {metric}"))
}

/// Which way is better by the first setting that names a series and says so.
pub fn better(settings: &[Setting], benchmark: &str, metric: &str) -> Option<Direction> {
    settings.iter().filter(|setting| is_named(&setting.pattern, benchmark, metric)).find_map(|setting| setting.better)
}

/// The smallest change of interest by the first setting that names a series and says one.
pub fn min_change(settings: &[Setting], benchmark: &str, metric: &str) -> Option<f64> {
    settings.iter().filter(|setting| is_named(&setting.pattern, benchmark, metric)).find_map(|setting| setting.min_change)
}

/// That a step is meant and known of, so that what comes after it is the new normal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Why it is accepted.
    pub reason: String,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The last moment of the acknowledgement.
    pub expires: Instant,
}

/// A step in a series.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Index of the first point of the new level.
    pub index: usize,
    /// Median before.
    pub before: f64,
    /// Median after.
    pub after: f64,
    /// Which commit and when, of the first point of the new level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<Text>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Instant>,
    /// The z of the rank test between the points before and after, positive upward; nothing where they are too few for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statistic: Option<f64>,
    /// That it is accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<Mark>,
    /// Who made the commits after the last run of the old level, up to the first of the new one, and how many there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authors: Option<Authors>,
}

/// Whose commits lie between two runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authors {
    /// How many commits.
    pub commits: u64,
    /// Names, each once, in order.
    pub names: Vec<String>,
}

/// What a series' history says of its last point.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Trend {
    /// `stable`, `acknowledged`, `regressed`, `improved`, `suspect`, `new`, `learning`, `insufficient-history`, `zero-baseline`,
    /// `missing`.
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
    /// Index of the first point that `change` is about: of the new level, or the suspect one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<usize>,
    /// All steps found, oldest first.
    pub changes: Vec<Change>,
    /// The longest stretch that rises or falls all the time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift: Option<Drift>,
}

/// A slow change, which no single run made: a straight line says more of these points than a level does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    /// Index of its first point.
    pub from: usize,
    /// Index of its last point.
    pub to: usize,
    /// Where the line begins, in the unit of the values.
    pub before: f64,
    /// Where it ends.
    pub after: f64,
}
