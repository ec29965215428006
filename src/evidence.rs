//! What one configuration entry yielded: its sources, merged.

use crate::acknowledgement;
use crate::checkpoint::Trail;
use crate::linemap::LineMap;
use crate::metric::{Metric, Name, Value};
use crate::mutant::Mutants;
use crate::record::Record;
use crate::series::Series;
use crate::source::{Grade, Location, Problem, Source};
use crate::transcript::Transcripts;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Records by family, in the order they were found.
pub type Records = BTreeMap<Name, Vec<Record>>;

/// One entry's n sources merged into metrics, records and series, and what was wrong on the way.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The entry's name in the configuration.
    pub name: String,
    /// `coverage`, `tests`, `golden` …
    pub family: Name,
    /// What was read, in stable order.
    pub sources: Vec<Source>,
    /// Totals and labelled parts.
    pub metrics: Vec<Metric>,
    /// Rows by family.
    pub records: Records,
    /// How many rows of a family the report leaves out, worst ones kept.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub omitted: BTreeMap<Name, u64>,
    /// Benchmark series.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<Series>,
    /// What somebody accepts of the steps of these series, and what that is worth.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acknowledged: Vec<acknowledgement::Listed>,
    /// What rules' queries found in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<Table>,
    /// What was asked and answered in golden cases, as far as it is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcripts: Option<Transcripts>,
    /// The trees over audit trails, for what is compared with what was kept of them.
    #[serde(skip)]
    pub trails: Vec<Trail>,
    /// Everything wrong, in the order of the sources.
    pub problems: Vec<Problem>,
    /// Which lines ran, for what is compared with a change; a report does not keep it.
    #[serde(skip)]
    pub lines: LineMap,
    /// Changes made to the code on purpose, for the same; a report does not keep them all.
    #[serde(skip)]
    pub mutants: Mutants,
}

/// Why evidence cannot be used, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gap {
    /// There is none, or less than expected.
    Missing,
    /// It is there and cannot be relied on.
    Invalid,
    /// It is older than the rule accepts, or tells no age.
    Stale,
    /// It is sound and about something else: a mock run, another commit.
    Unfit,
}

impl Evidence {
    /// Evidence of `family` under the configuration's `name`, still empty.
    pub fn new(name: impl Into<String>, family: impl Into<Name>) -> Self {
        Evidence { name: name.into(), family: family.into(), ..Evidence::default() }
    }

    /// Why this evidence cannot be used, if so, and the sentence that says why.
    pub fn gap(&self) -> Option<(Gap, String)> {
        let errors = || self.problems.iter().filter(|p| p.severity == Grade::Error);
        let missing = errors().find(|p| p.code == MISSING).map(|p| (Gap::Missing, p.message.clone()));
        let empty = || self.problems.iter().find(|p| p.code == EMPTY).map(|p| (Gap::Missing, p));
        let placed = |(gap, p): (Gap, &Problem)| {
            let place = if p.path.is_empty() { String::new() } else { format!("{}{}: ", p.path, p.at) };
            (gap, format!("{place}{}", p.message))
        };
        missing.or_else(|| errors().next().map(|p| (Gap::Invalid, p)).or_else(empty).map(placed))
    }

    /// Adds an unlabelled metric.
    pub fn put(&mut self, id: impl Into<Name>, value: Value) {
        self.metrics.push(Metric::new(id, value));
    }

    /// Adds a row to a family.
    pub fn push(&mut self, family: impl Into<Name>, record: Record) {
        self.records.entry(family.into()).or_default().push(record);
    }

    /// Makes a family known even when it has no row: it was looked for.
    pub fn family(&mut self, family: impl Into<Name>) {
        self.records.entry(family.into()).or_default();
    }

    /// Notes a problem of one of the sources.
    pub fn problem(&mut self, code: impl Into<Name>, severity: Grade, path: &str, at: Location, message: impl Into<String>) {
        self.problems.push(Problem::new(code, severity, path, at, message));
    }

    /// The rows of a family; empty when there are none.
    pub fn rows(&self, family: &str) -> &[Record] {
        self.records.get(family).map_or(&[], Vec::as_slice)
    }

    /// Keeps at most `most` rows of each family, the worst ones, and counts what is left out.
    pub fn keep_worst(&mut self, most: usize) {
        for (family, rows) in &mut self.records {
            if rows.len() > most {
                // Stable: rows that are equally bad stay in the order they were found.
                rows.sort_by_key(|row| std::cmp::Reverse(badness(row)));
                self.omitted.insert(family.clone(), (rows.len() - most) as u64);
                rows.truncate(most);
            }
        }
    }

    /// Keeps about `most` values of all series together: of each the newest, and whatever is said of it.
    pub fn keep_newest(&mut self, most: usize) {
        let all: usize = self.series.iter().map(|series| series.points.len()).sum();
        if all > most {
            let each = (most / self.series.len().max(1)).max(NEWEST);
            self.series.iter_mut().for_each(|series| series.keep_newest(each));
        }
    }

    /// The unlabelled metric `id`.
    pub fn metric(&self, id: &str) -> Option<&Metric> {
        self.metrics.iter().find(|m| m.id == id && m.labels.is_empty())
    }
}

/// Of a series as many values stay as make the baseline that the newest are compared with.
const NEWEST: usize = 64;

/// The rows a collector found, for people.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// The rule that asked.
    pub rule: String,
    /// The query, as it ran.
    pub query: String,
    /// Column names and kinds.
    pub columns: Vec<(Name, Name)>,
    /// Cells; none for NULL.
    pub rows: Vec<Vec<Option<Value>>>,
    /// The column that is drawn as bars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chart: Option<Name>,
    /// Rows there are beyond those shown.
    pub omitted: u64,
    /// Why there is no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// How much a row wants to be seen.
fn badness(row: &Record) -> u64 {
    let outcome = match row.text("outcome").or_else(|| row.text("state")) {
        Some("failed" | "error" | "regressed") => u64::MAX,
        Some("missing" | "not-judged" | "suspect") => u64::MAX - 1,
        _ => 0,
    };
    outcome.max(row.count("uncovered").unwrap_or(0)).max(row.count("unmeasured").unwrap_or(0))
}

/// The problem code of a sound file that holds nothing to judge: zero rows, zero cases.
pub const EMPTY: &str = "empty";

/// The problem code of a file, shard or entry that is not there.
pub const MISSING: &str = "missing";
