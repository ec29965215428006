//! The lines of `golden/1` as they are written. What is not in the schema is refused, so that a misspelt key cannot pass
//! unseen; `metadata` holds whatever a project wants to keep beside a run or a case.

use crate::ingest::golden::case::Mode;
use crate::ingest::golden::claim::{Citation, Claim, Status, Verdict};
use crate::ingest::golden::run;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;
use std::fmt;

#[derive(Deserialize)]
#[serde(expecting = "an object with a `type`")]
pub struct Tag {
    pub r#type: Type,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Type {
    Run,
    Case,
    End,
}

#[derive(Deserialize)]
pub enum Schema {
    #[serde(rename = "golden/1")]
    Golden1,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunLine {
    #[serde(rename = "type")]
    _type: IgnoredAny,
    #[serde(rename = "schema")]
    _schema: Schema,
    #[serde(rename = "run_id")]
    _run_id: String,
    pub suite: String,
    pub suite_sha256: Option<String>,
    pub created_at: String,
    pub git_sha: Option<String>,
    pub mode: Mode,
    pub expected_cases: u64,
    pub sampling: Option<run::Sampling>,
    pub system: System,
    pub judge: Option<Judge>,
    #[serde(default, rename = "metadata")]
    _metadata: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct System {
    pub provider: String,
    pub model: String,
    pub prompt_sha256: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judge {
    pub kind: JudgeKind,
    pub model: Option<String>,
    pub prompt_sha256: Option<String>,
    pub calibration: Option<Calibration>,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum JudgeKind {
    Llm,
    Human,
    Rule,
}

/// The judge against human labels: how many bad answers it caught, how many good ones it passed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    pub true_bad: u64,
    pub caught: u64,
    pub true_good: u64,
    pub passed: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseLine {
    #[serde(rename = "type")]
    _type: IgnoredAny,
    pub id: String,
    #[serde(default = "first")]
    pub attempt: u64,
    pub category: Option<String>,
    pub question: Option<String>,
    pub answer: Option<String>,
    pub expected: Option<String>,
    pub cluster: Option<String>,
    #[serde(default)]
    pub sentinel: bool,
    pub status: Status,
    pub evidence: Option<Mode>,
    pub latency_ms: Option<f64>,
    pub tokens: Option<Tokens>,
    pub claims_expected: Option<u64>,
    #[serde(default)]
    pub claims: Vec<ClaimLine>,
    #[serde(default)]
    pub scores: BTreeMap<String, f64>,
    pub error: Option<Failure>,
    #[serde(default, rename = "metadata")]
    _metadata: IgnoredAny,
}

const fn first() -> u64 {
    1
}

const fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    pub r#in: u64,
    pub out: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimLine {
    pub id: String,
    pub text: Option<String>,
    pub verdict: Verdict,
    #[serde(default = "yes")]
    pub needs_citation: bool,
    #[serde(default)]
    pub citations: Vec<CitationLine>,
    #[serde(default)]
    pub judge_votes: Vec<Verdict>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CitationLine {
    #[serde(rename = "source")]
    _source: String,
    pub resolves: Option<bool>,
    pub supports: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    pub stage: Stage,
    pub kind: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    Generator,
    Retriever,
    Judge,
    Assertion,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    #[serde(rename = "type")]
    _type: IgnoredAny,
    pub cases: u64,
    pub claims: u64,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stage = match self.stage {
            Stage::Generator => "generator",
            Stage::Retriever => "retriever",
            Stage::Judge => "judge",
            Stage::Assertion => "assertion",
        };
        write!(f, "{stage}: {}", self.kind)
    }
}

impl From<Calibration> for run::Calibration {
    fn from(Calibration { true_bad, caught, true_good, passed }: Calibration) -> Self {
        run::Calibration { true_bad, caught, true_good, passed }
    }
}

impl ClaimLine {
    /// Whether most judges voted for another verdict than the one given.
    pub fn is_outvoted(&self) -> bool {
        let mut votes: BTreeMap<Verdict, usize> = BTreeMap::new();
        for vote in &self.judge_votes {
            *votes.entry(*vote).or_default() += 1;
        }
        votes.into_iter().any(|(verdict, n)| verdict != self.verdict && n * 2 > self.judge_votes.len())
    }
}

impl From<ClaimLine> for Claim {
    fn from(line: ClaimLine) -> Self {
        let citations = line.citations.iter().map(|c| Citation { resolves: c.resolves, supports: c.supports }).collect();
        Claim { id: line.id, text: line.text, verdict: line.verdict, needs_citation: line.needs_citation, citations }
    }
}
