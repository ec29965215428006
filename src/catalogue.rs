//! Every metric and record family there is, with its kind: what the expression language is typed by.

mod audit;
mod benchmark;
mod coverage;
mod golden;
mod others;
mod test_results;

pub use audit::{AUDIT_CODES, INTEGRITY};
pub use benchmark::{PAIR_STATES, SERIES_STATES};
pub use coverage::{CHANGE_STATES, DIFFERENTIAL, FATES};
pub use golden::{CASE_CHANGES, CASE_OUTCOMES, COMPARISON_STATES, MODES};
pub use test_results::{TEST_CHANGES, TEST_OUTCOMES};

use crate::metric::Name;
use crate::series::Direction;
use std::borrow::Cow::Borrowed;
use std::fmt;

/// The kind of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Counted part of counted whole.
    Ratio,
    /// How many.
    Count,
    /// A number with a unit, or without (empty).
    Number(Name),
    /// A length of time.
    Duration,
    /// A size.
    Bytes,
    /// A moment.
    Instant,
    /// One of these words, lowest first.
    Level(&'static [&'static str]),
    /// A word or sentence; one of these, where the set is closed.
    Text(&'static [&'static str]),
    /// Yes or no.
    Flag,
}

impl Kind {
    /// The kind that a declaration in YAML names; `unit` is used by numbers only.
    pub fn named(name: &str, unit: &Name) -> Option<Kind> {
        Some(match name {
            "ratio" => Kind::Ratio,
            "count" => Kind::Count,
            "number" => Kind::Number(unit.clone()),
            "duration" => Kind::Duration,
            "bytes" => Kind::Bytes,
            "instant" => Kind::Instant,
            "text" => Kind::Text(&[]),
            "flag" => Kind::Flag,
            _ => return None,
        })
    }

    /// The names [`Kind::named`] knows.
    pub const NAMES: [&'static str; 8] = ["ratio", "count", "number", "duration", "bytes", "instant", "text", "flag"];
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Ratio => f.write_str("ratio"),
            Kind::Count => f.write_str("count"),
            Kind::Number(unit) if unit.is_empty() => f.write_str("number"),
            Kind::Number(unit) => write!(f, "number in {unit}"),
            Kind::Duration => f.write_str("duration"),
            Kind::Bytes => f.write_str("size"),
            Kind::Instant => f.write_str("moment"),
            Kind::Level(_) => f.write_str("level"),
            Kind::Text(_) => f.write_str("text"),
            Kind::Flag => f.write_str("flag"),
        }
    }
}

/// A label a metric may carry, and its values where they are a closed set.
pub type Label = (&'static str, &'static [&'static str]);

/// One metric id.
#[derive(Clone, Debug)]
pub struct Definition {
    /// The id.
    pub id: &'static str,
    /// Its kind.
    pub kind: Kind,
    /// Which way is better, if one is.
    pub better: Option<Direction>,
    /// Labels its parts carry.
    pub labels: &'static [Label],
    /// One line.
    pub about: &'static str,
}

/// One cell of a record family.
pub type Field = (&'static str, Kind, &'static str);

/// One record family.
#[derive(Clone, Debug)]
pub struct Family {
    /// `coverage.file`.
    pub name: &'static str,
    /// The cell that names a row.
    pub key: &'static str,
    /// The evidence family that yields it.
    pub from: &'static str,
    /// One line.
    pub about: &'static str,
    /// Its cells, the key left out.
    pub fields: &'static [Field],
}

/// What one family of evidence is judged by.
#[derive(Clone, Debug)]
pub struct Area {
    /// The family: `coverage`.
    pub name: &'static str,
    /// Its metrics.
    pub metrics: &'static [Definition],
    /// Its record families.
    pub families: &'static [Family],
}

const HIGHER: Option<Direction> = Some(Direction::Higher);
const LOWER: Option<Direction> = Some(Direction::Lower);
const NONE: &[Label] = &[];

const fn metric(id: &'static str, kind: Kind, better: Option<Direction>, about: &'static str) -> Definition {
    Definition { id, kind, better, labels: NONE, about }
}

const fn labelled(id: &'static str, kind: Kind, better: Option<Direction>, labels: &'static [Label], about: &'static str) -> Definition {
    Definition { id, kind, better, labels, about }
}

/// Every family of evidence, in the order they are told in.
pub const AREAS: &[Area] = &[
    coverage::AREA,
    test_results::AREA,
    golden::AREA,
    benchmark::AREA,
    audit::AREA,
    others::TELEMETRY,
    others::DOCUMENTS,
    others::SLO,
    others::ATTESTATION,
];

/// Every shipped metric.
pub fn metrics() -> impl Iterator<Item = &'static Definition> {
    AREAS.iter().flat_map(|area| area.metrics)
}

/// Every shipped record family.
pub fn families() -> impl Iterator<Item = &'static Family> {
    AREAS.iter().flat_map(|area| area.families)
}

/// The definition of a shipped metric.
pub fn metric_named(id: &str) -> Option<&'static Definition> {
    metrics().find(|d| d.id == id)
}

/// The records of what was held against the base.
pub const COMPARISONS: [&str; 2] = ["golden.comparison", "tests.comparison"];

/// The records that say why nothing could be held against the base, for a metric that is of the head and the base.
pub fn comparison(id: &str) -> Option<&'static str> {
    const GOLDEN: [&str; 7] = ["newly_failing", "newly_passing", "still_failing", "newly_unmeasured", "dropped", "added", "possible_drop"];
    const TESTS: [&str; 5] = ["new_failures", "still_failing", "newly_passing", "dropped", "added"];
    match id.split_once('.')? {
        ("golden", name) if GOLDEN.contains(&name) => Some(COMPARISONS[0]),
        ("tests", name) if TESTS.contains(&name) => Some(COMPARISONS[1]),
        _ => None,
    }
}

/// What a share counts that was read as a percentage: nothing but percentage points.
pub const POINT: &str = "point";

/// What the ratio `id` (a metric or a cell) counts, in the singular.
pub fn counted(id: &str) -> &'static str {
    match id.rsplit('.').next().unwrap_or(id) {
        // What a project declares may be called like something that is counted.
        _ if ["telemetry.", "custom.", "documents."].iter().any(|family| id.starts_with(family)) => POINT,
        "line" | "patch" => "line",
        "mutation_score" | "patch_mutation_score" => "mutant",
        "branch" => "branch",
        "citation_support" => "citation",
        "score" | "worse" | "better" | "worst_change" => POINT,
        _ if id.starts_with("tests.") => "test",
        _ => "case",
    }
}

/// The definition of a record family.
pub fn family_named(name: &str) -> Option<&'static Family> {
    families().find(|f| f.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_described() {
        for mut names in [metrics().map(|d| d.id).collect::<Vec<_>>(), families().map(|f| f.name).collect()] {
            let n = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), n);
        }
        assert!(metrics().all(|d| !d.about.is_empty()));
        assert!(families().all(|f| !f.about.is_empty() && f.fields.iter().all(|(.., about)| !about.is_empty())));
    }
}
