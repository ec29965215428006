//! What became of a golden case.

use super::claim::{Answer, Claim, Tally};
use serde::Deserialize;

/// How an answer was made, best first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// By the system under judgement, now.
    #[default]
    Live,
    /// By the system, earlier.
    Cached,
    /// From a recording.
    Replay,
    /// By something that stands in for the system.
    Mock,
}

impl Mode {
    /// The word of [`crate::catalogue::MODES`].
    pub const fn word(self) -> &'static str {
        match self {
            Mode::Live => "live",
            Mode::Cached => "cached",
            Mode::Replay => "replay",
            Mode::Mock => "mock",
        }
    }
}

/// What became of a case, from what weighs least to what weighs most when a case was tried several times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It does not concern this system.
    NotApplicable,
    /// The answer was good.
    Passed,
    /// It was not run.
    Skipped,
    /// It was run and not judged.
    NotJudged,
    /// Something broke.
    Error,
    /// The answer was bad.
    Failed,
}

impl Outcome {
    /// The word of [`crate::catalogue::CASE_OUTCOMES`].
    pub const fn word(self) -> &'static str {
        match self {
            Outcome::NotApplicable => "not-applicable",
            Outcome::Passed => "passed",
            Outcome::Skipped => "skipped",
            Outcome::NotJudged => "not-judged",
            Outcome::Error => "error",
            Outcome::Failed => "failed",
        }
    }

    /// Whether it should have been judged and was not.
    pub const fn is_unmeasured(self) -> bool {
        matches!(self, Outcome::Skipped | Outcome::NotJudged | Outcome::Error)
    }
}

/// What one of the tool's own measures says of an answer: an assertion, a metric, a scorer.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// As the tool calls the measure.
    pub name: String,
    /// Its value, where it has one; never a NaN.
    pub value: Option<f64>,
    /// Whether the tool takes it for good; none when it has no opinion, or the measure broke.
    pub passed: Option<bool>,
}

/// One graded answer: an attempt at a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// The case.
    pub id: String,
    /// Which attempt at it, from 1. Where a tool does not number repeats, the reader does.
    pub attempt: u64,
    /// What it is about.
    pub category: Option<String>,
    /// Cases of one cluster come from one template and count as one sample; by default a case is its own.
    pub cluster: Option<String>,
    /// Whether a bad answer fails outright.
    pub sentinel: bool,
    /// How the answer was made.
    pub mode: Mode,
    /// What became of it.
    pub outcome: Outcome,
    /// What was counted in its claims.
    pub tally: Tally,
    /// How long the answer took, in milliseconds.
    pub latency: Option<f64>,
    /// Why it is not good.
    pub message: Option<String>,
    /// What was asked, where the file tells.
    pub question: Option<String>,
    /// What was answered.
    pub answer: Option<String>,
    /// What a good answer is.
    pub expected: Option<String>,
    /// What the answer claims.
    pub claims: Vec<Claim>,
    /// What the tool's measures say.
    pub scores: Vec<Score>,
}

impl Case {
    /// A case of which only this is known; nothing says that it was made otherwise than live.
    pub fn new(id: impl Into<String>, outcome: Outcome) -> Case {
        Case {
            id: id.into(),
            attempt: 1,
            category: None,
            cluster: None,
            sentinel: false,
            mode: Mode::Live,
            outcome,
            tally: Tally::default(),
            latency: None,
            message: None,
            question: None,
            answer: None,
            expected: None,
            claims: Vec::new(),
            scores: Vec::new(),
        }
    }

    /// A case whose answer was taken apart into claims.
    pub fn of_claims(id: impl Into<String>, answer: Answer) -> Case {
        let (outcome, message) = answer.outcome();
        Case { tally: answer.tally(), message, claims: answer.claims, ..Case::new(id, outcome) }
    }

    /// The independent sample this case belongs to.
    pub fn sample(&self) -> &str {
        self.cluster.as_deref().unwrap_or(&self.id)
    }
}
