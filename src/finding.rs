//! What a rule says of a subject.

use crate::attestation::Attested;
use crate::evidence::Gap;
use crate::instant::Instant;
use crate::rule::Severity;
use crate::source::Location;
use crate::waiver::Waived;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The five things a rule can say (DESIGN.md section 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Shown not to hold.
    Fail,
    /// Evidence is there and cannot decide.
    Unproven,
    /// There is no usable evidence.
    NoEvidence,
    /// Shown to hold.
    Pass,
    /// The rule says nothing here.
    NotApplicable,
}

impl Outcome {
    /// All outcomes, worst first.
    pub const ALL: [Outcome; 5] = [Outcome::Fail, Outcome::Unproven, Outcome::NoEvidence, Outcome::Pass, Outcome::NotApplicable];

    /// The word used in files: `no-evidence`.
    pub const fn word(self) -> &'static str {
        match self {
            Outcome::Fail => "fail",
            Outcome::Unproven => "unproven",
            Outcome::NoEvidence => "no-evidence",
            Outcome::Pass => "pass",
            Outcome::NotApplicable => "not-applicable",
        }
    }

    /// The words people read: `no evidence`.
    pub const fn label(self) -> &'static str {
        match self {
            Outcome::NoEvidence => "no evidence",
            Outcome::NotApplicable => "not applicable",
            other => other.word(),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What unfit evidence would have meant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// The outcome it would have had.
    pub outcome: Outcome,
    /// In a sentence.
    pub text: String,
}

/// What a finding is, held against the base.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// The base passed here, or did not know the subject.
    New,
    /// The base was not good here either, and this is worse.
    Worse,
    /// As the base was, or better without being good.
    Inherited,
    /// As the base was, and the waiver it stood by does not hold any more: what was accepted until a day is not inherited.
    Lapsed,
}

/// A finding that is not good, held against the base.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Since {
    /// What it is.
    pub change: Change,
    /// From when on it has been so; the age is counted from here.
    pub since: Instant,
}

/// What the base objected to and the head does not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fixed {
    /// The rule.
    pub rule: String,
    /// The subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What it was.
    pub was: Outcome,
}

/// What evidence a finding rests on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Basis {
    /// The evidence entry.
    pub evidence: String,
    /// The file.
    pub path: String,
    /// Where in it.
    #[serde(flatten)]
    pub at: Location,
}

/// One rule's word on one subject. All texts are final: every output prints these.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// `pack/file-stem`.
    pub rule: String,
    /// The record it is about; none for a rule without `for_each`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The rule's question.
    pub question: String,
    /// The rule's severity.
    pub severity: Severity,
    /// The rule's weight.
    pub weight: u32,
    /// The rule's owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The rule's controls.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub controls: Vec<String>,
    /// What came out.
    pub outcome: Outcome,
    /// For `no-evidence`: which kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<Gap>,
    /// One sentence: observed, required, by how much, from which file, or why it says nothing.
    pub message: String,
    /// "61.4 % (2,528 of 4,118)"; a dash when nothing was observed.
    pub observed: String,
    /// "at least 80 %".
    pub required: String,
    /// "766 lines short", in natural units.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub margin: String,
    /// How much is missing, in the unit of the margin; two findings of one rule and subject are compared by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shortfall: Option<f64>,
    /// The rows it objects to where it asks all of a family at once; another row than the base's makes it worse. None where they
    /// are too many to keep.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blamed: Vec<String>,
    /// Held against the base, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Since>,
    /// What unfit evidence would have meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub would_show: Option<Shown>,
    /// The rule whose finding is the root of this one, and the one to act on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// Why the rule exists.
    pub why: String,
    /// What to do.
    pub fix: String,
    /// The expression as written.
    pub expression: String,
    /// `rules/pr-gate/coverage-line.yaml:4`.
    pub rule_at: String,
    /// What it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<Basis>,
    /// A waiver that is about it, whether or not it unblocks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiver: Option<Waived>,
    /// For a rule that a person attests: whose word it asks for, and the one that was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attested: Option<Attested>,
    /// SHA-256 over rule and subject, no values: the same finding tomorrow has the same fingerprint.
    pub fingerprint: String,
}

/// How the message of a finding begins whose rule waits for its first evidence.
pub const WAITS: &str = "waits for evidence: ";

impl Finding {
    /// What a rule waits for that has never had any evidence here.
    pub fn waits_for(&self) -> Option<&str> {
        self.message.strip_prefix(WAITS).filter(|_| self.outcome == Outcome::NotApplicable)
    }

    /// `pack/rule`, or `pack/rule[subject]`.
    pub fn id(&self) -> String {
        match &self.subject {
            Some(subject) => format!("{}[{subject}]", self.rule),
            None => self.rule.clone(),
        }
    }

    /// Whether the base had it already, and no better.
    pub fn is_inherited(&self) -> bool {
        self.since.as_ref().is_some_and(|since| since.change == Change::Inherited)
    }

    /// Whether the rule objects: it fails, is unproven, or has no evidence.
    pub const fn objects(&self) -> bool {
        matches!(self.outcome, Outcome::Fail | Outcome::Unproven | Outcome::NoEvidence)
    }

    /// Whether a waiver lets it stand for now. The outcome is what it is.
    pub fn is_waived(&self) -> bool {
        self.objects() && self.waiver.as_ref().is_some_and(|waiver| waiver.state.unblocks())
    }

    /// Whether a waiver let it stand until a day, and that day is over.
    pub fn is_lapsed(&self) -> bool {
        self.objects() && !self.is_waived() && self.waiver.as_ref().is_some_and(|waiver| waiver.lapsed)
    }

    /// Whether it keeps a gate shut that blocks at `block_at`.
    pub fn blocks(&self, block_at: Severity) -> bool {
        self.severity <= block_at && self.objects() && !self.is_waived()
    }
}
