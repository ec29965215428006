//! Everything a reader is shown, and the only input of `render` and of comparison.

use crate::control::Framework;
use crate::evidence::Evidence;
use crate::finding::{Finding, Fixed, Outcome};
use crate::instant::Instant;
use crate::inventory::Inventory;
use crate::metric::{Metric, Ratio, Value};
use crate::proposal::Proposal;
use crate::relax::Relaxed;
use crate::system::System;
use crate::verdict::{Gate, Score, Verdict};
use crate::waiver::Listed;
use serde::{Deserialize, Serialize};

/// The version of `report.json`; readers refuse another major number.
pub const SCHEMA: &str = "readiness/report/1";

/// One judgement of one system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: String,
    /// `readiness 0.1.0`.
    pub tool: String,
    /// What was judged.
    pub project: Subject,
    /// What the system is said to be.
    #[serde(default, skip_serializing_if = "System::is_empty")]
    pub system: System,
    /// As of when.
    pub now: Instant,
    /// The profile asked for, if one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// The change that was asked about, if one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Compared>,
    /// Whether it is about the pull request of a fork, which has no secrets.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fork: bool,
    /// The environment that the profile is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub env: Option<String>,
    /// The state of the system.
    pub verdict: Verdict,
    /// The decision.
    pub gate: Gate,
    /// The score.
    pub score: Score,
    /// Worst first, then by severity, weight and id.
    pub findings: Vec<Finding>,
    /// All evidence, in order of name.
    pub evidence: Vec<Evidence>,
    /// What the base measured, as far as `delta` and `change` look back to it: its metrics, without its rows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<Evidence>,
    /// What earlier judgements measured that were kept in one folder, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub past: Vec<Past>,
    /// What the base objected to and this judgement does not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fixed: Vec<Fixed>,
    /// What was seen, by name, for the next judgement to miss.
    #[serde(default)]
    pub inventory: Inventory,
    /// The frameworks that rules name: which controls they are evidence toward, and which have no rule.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub controls: Vec<Framework>,
    /// The packs that judged.
    pub packs: Vec<Used>,
    /// All waivers, in the order of their file, each with what it is worth.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<Listed>,
    /// What asks for less than the layer below it, for a while, or did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relaxed: Vec<Relaxed>,
    /// What the change would say otherwise than the commit whose rules judge, where one was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Proposal>,
}

/// What an earlier judgement measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Past {
    /// As of when it judged.
    pub now: Instant,
    /// The commit it judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Its ratios of which the course is shown, of several entries together.
    pub metrics: Vec<Metric>,
}

/// The metrics whose course over kept reports is shown.
pub const COURSES: [&str; 2] = ["coverage.line", "coverage.branch"];

/// A ratio of several entries together.
pub fn together<'a>(metrics: impl Iterator<Item = &'a Metric>, id: &str) -> Ratio {
    metrics.filter(|metric| metric.id == id && metric.labels.is_empty()).fold(Ratio::default(), |sum, metric| match metric.value {
        Value::Ratio(ratio) => Ratio::new(sum.part.saturating_add(ratio.part), sum.whole.saturating_add(ratio.whole)),
        _ => sum,
    })
}

/// A change that coverage is held against.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// The commit, branch or tag it was compared with, or the file of the diff.
    pub with: String,
    /// The commit where both parted, where git was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// How many files changed.
    pub files: u64,
    /// The reports that say which lines ran at the base.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub base_coverage: Vec<String>,
}

/// What was judged.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Subject {
    /// Stable, short.
    pub id: String,
    /// For people.
    pub name: String,
    /// The version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The address of its repository on a forge: `https://…`, without a slash at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
}

/// A pack that judged, and its exact content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Used {
    /// The pack's name.
    pub name: String,
    /// For people.
    pub title: String,
    /// How many rules.
    pub rules: usize,
    /// SHA-256 over its files.
    pub sha256: String,
}

impl Report {
    /// How many findings have this outcome.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.findings.iter().filter(|f| f.outcome == outcome).count()
    }

    /// The findings that keep the gate shut, worst first.
    pub fn blocking(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|f| f.blocks(self.gate.block_at))
    }

    /// Whether another finding, at least as severe, says what is to be done about this one.
    pub fn is_told_by_its_root(&self, finding: &Finding) -> bool {
        let is_root = |root: &Finding, cause: &String| root.rule == *cause && root.cause.is_none() && root.severity <= finding.severity;
        finding.cause.as_ref().is_some_and(|cause| self.findings.iter().any(|root| is_root(root, cause)))
    }

    /// How many findings stand by a waiver.
    pub fn waived(&self) -> usize {
        self.findings.iter().filter(|f| f.is_waived()).count()
    }

    /// All rows of a record family, over all evidence.
    pub fn rows<'a>(&'a self, family: &'a str) -> impl Iterator<Item = &'a crate::record::Record> {
        self.evidence.iter().flat_map(move |e| e.rows(family))
    }

    /// The first unlabelled metric of this id.
    pub fn metric(&self, id: &str) -> Option<&crate::metric::Metric> {
        self.evidence.iter().find_map(|e| e.metric(id))
    }
}
