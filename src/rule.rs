//! A rule as it is written in YAML (DESIGN.md section 4), before its expressions are compiled.

use crate::metric::Name;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

mod deprecated;
mod layer;

pub use deprecated::{Deprecated, instead};
pub use layer::{Change, Eased, Relax, Setting, Way};

/// How much a rule matters: `P0` and `P1` block, `P2` warns, `P3` informs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Severity {
    P0,
    P1,
    P2,
    P3,
}

impl Severity {
    /// The word used in files: `P0`.
    pub const fn word(self) -> &'static str {
        match self {
            Severity::P0 => "P0",
            Severity::P1 => "P1",
            Severity::P2 => "P2",
            Severity::P3 => "P3",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// Text of a YAML file and the place it stands at, so that an error inside it can be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spanned {
    /// The scalar's value.
    pub text: String,
    /// Where it starts.
    pub place: Place,
    /// Where its lines start, when it is quoted or stands on several; otherwise the text stands at `place` as it is.
    pub turns: Vec<Turn>,
}

/// A byte of a text at which a line of the file begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// The byte.
    pub byte: usize,
    /// The line, from 1.
    pub line: u64,
    /// The column, from 1, in characters.
    pub column: u64,
}

impl Spanned {
    /// The line of the file that byte `at` of the text stands in: where it begins, and as much of the text as it holds.
    pub fn line(&self, at: usize) -> (Turn, &str) {
        let start = Turn { byte: 0, line: self.place.line, column: self.place.column };
        let last = self.turns.iter().rposition(|turn| turn.byte <= at);
        let turn = last.map_or(start, |n| self.turns[n]);
        let end = self.turns.get(last.map_or(0, |n| n + 1)).map_or(self.text.len(), |next| next.byte);
        (turn, self.text.get(turn.byte..end.max(turn.byte)).unwrap_or_default())
    }
}

/// A place in a YAML file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The file as messages name it.
    pub file: std::sync::Arc<str>,
    /// From 1.
    pub line: u64,
    /// From 1, in characters.
    pub column: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// One rule.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rule {
    /// `pack/file-stem`.
    pub id: String,
    /// The pack's folder name.
    pub pack: String,
    /// Where the rule stands.
    pub place: Place,
    /// Answerable yes or no, phrased as the good state.
    pub question: String,
    /// How much it matters.
    pub severity: Option<Severity>,
    /// Its weight in the score, 1 unless stated.
    pub weight: u32,
    /// Who looks after it.
    pub owner: Option<String>,
    /// `SOC2:CC8.1` …
    pub controls: Vec<String>,
    /// The requirement; a rule has this or `attest`.
    pub require: Option<Spanned>,
    /// A person's dated statement instead.
    pub attest: Option<Attest>,
    /// Ratios are judged on the one-sided bound at this confidence, in parts per million.
    pub confidence: Option<u32>,
    /// Fewer cases than this decide nothing.
    pub min_n: Option<u64>,
    /// One finding per row of this family.
    pub for_each: Option<Spanned>,
    /// Which rows.
    pub filter: Option<Spanned>,
    /// When its pack applies; the pack's head says it for all rules.
    pub scope: Option<Spanned>,
    /// Whether the rule applies.
    pub when: Option<Spanned>,
    /// From which moment on.
    pub effective_from: Option<crate::instant::Instant>,
    /// What makes evidence fit.
    pub evidence: Fitness,
    /// An empty family passes as zero when its source is valid.
    pub empty: bool,
    /// A query over an audit snapshot.
    pub collect: Option<Collector>,
    /// How often something must have happened.
    pub cadence: Option<Cadence>,
    /// Fewer points of history than this: not applicable yet.
    pub warmup: Option<u64>,
    /// Why the rule exists, in a sentence or two.
    pub why: String,
    /// What to do when it fails.
    pub fix: String,
    /// A link.
    pub runbook: Option<String>,
    /// Examples that `readiness rules test` runs.
    pub cases: Vec<Case>,
    /// What it was called before.
    pub renamed_from: Vec<Spanned>,
    /// Why it is not to be used any more.
    pub deprecated: Option<Deprecated>,
    /// The rule as each layer leaves it, with that layer's own cases; none when nothing overrides it.
    pub layers: Vec<Rule>,
    /// Who set which field, the lowest layer first.
    pub settings: Vec<Setting>,
    /// Old names of it that layers still override it by, and where.
    pub outdated: Vec<Spanned>,
    /// The layers that ask for less, in force or not.
    pub eased: Vec<Eased>,
}

impl Rule {
    /// What is said of layers that still override it by an old name, each.
    pub fn called(&self) -> impl Iterator<Item = String> {
        let told = |old: &Spanned| {
            let Place { file, line, .. } = &old.place;
            format!("{file}:{line} overrides it as `{}`, which is what it was called", old.text)
        };
        self.outdated.iter().map(told)
    }
}

/// A statement by a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attest {
    /// Who must state it.
    pub by: String,
    /// How often, in milliseconds.
    pub every: i64,
}

/// How often something must have happened, and how often it may have been missed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cadence {
    /// The time between two occurrences, in milliseconds.
    pub every: i64,
    /// How far back one looks, in milliseconds; no shorter than `every`.
    pub window: i64,
    /// How many may be missing in that time.
    pub gaps: u64,
}

/// Answers of the system under judgement, made now.
pub const LIVE: &str = "live";
/// Live ones, and what the system answered before while nothing that they depend on has changed since the base.
pub const CACHED: &str = "cached";

/// What makes evidence fit for a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fitness {
    /// The greatest age, in milliseconds.
    pub max_age: Option<i64>,
    /// It must be of the commit under judgement.
    pub commit_head: bool,
    /// [`LIVE`] or [`CACHED`].
    pub mode: Option<String>,
}

/// A read-only query whose columns become metrics of one rule.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Collector {
    /// The rule it belongs to.
    pub rule: String,
    /// The evidence entry, or the family `audit` when it has one entry.
    pub source: Spanned,
    /// One SELECT.
    pub query: Spanned,
    /// Column to kind, in the order of the file.
    pub outputs: Vec<(String, Name)>,
    /// How many rows the report shows; none: the query gives one row.
    pub rows: Option<u64>,
    /// The column that the report draws as bars.
    pub chart: Option<String>,
}

/// One example of a rule: what is given, and what must come out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Case {
    /// Metric, family or collector column, and what it is.
    pub given: BTreeMap<String, Given>,
    /// How long before the judgement something happened, each in milliseconds, newest first; for rules with a cadence.
    pub occurred: Vec<i64>,
    /// The outcome, or one outcome per subject.
    pub outcome: Expected,
    /// Where the case stands.
    pub place: Place,
}

/// What a case gives.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// A value as text: `0/76`, `12`, `80%`, `mock`.
    Value(String),
    /// Rows of a family, each a map of values as text.
    Rows(Vec<BTreeMap<String, String>>),
}

/// What must come out of a case.
#[derive(Clone, Debug, PartialEq)]
pub enum Expected {
    /// One outcome for the rule.
    One(String),
    /// An outcome per subject.
    Each(BTreeMap<String, String>),
}

impl Default for Expected {
    fn default() -> Self {
        Expected::One(String::new())
    }
}

/// A folder of rules.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pack {
    /// The folder's name.
    pub name: String,
    /// Where its `pack.yaml` starts.
    pub place: Place,
    /// For people.
    pub title: String,
    /// What it is for, in a sentence.
    pub about: String,
    /// When it applies at all; every rule of it carries this.
    pub when: Option<Spanned>,
    /// The packs whose rules it may override; they are loaded with it.
    pub extends: Vec<Spanned>,
    /// Its rules by id, as they are after all overlays.
    pub rules: Vec<Rule>,
    /// Metrics it declares.
    pub metrics: BTreeMap<String, crate::metric::Declared>,
    /// SHA-256 over its files' names and contents.
    pub sha256: String,
    /// Its files, path and text, as they were read.
    pub files: Vec<(String, String)>,
}
