//! What other rules would have made of judgements that are over.

use crate::finding::Outcome;
use crate::instant::Instant;
use serde::{Deserialize, Serialize};

/// The version of what `readiness backtest --format json` prints.
pub const SCHEMA: &str = "readiness/backtest/1";

/// Stored judgements under other rules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Backtest {
    /// [`SCHEMA`].
    pub schema: String,
    /// The packs that judge now, in order.
    pub packs: Vec<String>,
    /// Every judgement, oldest first.
    pub runs: Vec<Run>,
    /// What became of each rule over all judgements, in order of id.
    pub rules: Vec<Tally>,
}

/// What a gate would have done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gate {
    /// Shut.
    Closed,
    /// Nobody can tell: a blocking rule asks for what the report does not hold.
    Unknown,
    /// Open.
    Open,
}

/// One stored judgement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Its file.
    pub report: String,
    /// Which system.
    pub project: String,
    /// As of when.
    pub now: Instant,
    /// Its commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Its profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// What the gate did; for one that only looked on, what it would have done.
    pub was: Gate,
    /// What it would have done under the other rules.
    pub is: Gate,
    /// The findings that would have shut it, `pack/rule` or `pack/rule[subject]`, worst first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shut_by: Vec<String>,
    /// Rules that come out otherwise than they did, or were not there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<Changed>,
    /// Rules that cannot be judged, which never counts as passing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_judged: Vec<NotJudged>,
}

impl Run {
    /// Whether the gate was open and would have been shut.
    pub fn is_newly_closed(&self) -> bool {
        self.was == Gate::Open && self.is == Gate::Closed
    }

    /// Whether the gate was shut and would have been open.
    pub fn is_newly_open(&self) -> bool {
        self.was == Gate::Closed && self.is == Gate::Open
    }
}

/// A rule that comes out otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// The rule.
    pub rule: String,
    /// Its worst outcome then; none where there was no such rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Outcome>,
    /// Its worst outcome now.
    pub is: Outcome,
}

/// A rule that the stored report does not hold enough for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotJudged {
    /// The rule.
    pub rule: String,
    /// What is lacking.
    pub lacks: Vec<String>,
}

/// What became of a rule over all judgements.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// The rule.
    pub rule: String,
    /// Failed now, and not then.
    pub newly_failing: usize,
    /// Unproven or without evidence now, and otherwise then.
    pub newly_unproven: usize,
    /// Passed now, and not then.
    pub newly_passing: usize,
    /// Did not apply now, and did then.
    pub newly_not_applicable: usize,
    /// As it was.
    pub unchanged: usize,
    /// Could not be judged.
    pub not_judged: usize,
}

impl Tally {
    /// Counts what became of the rule in one judgement.
    pub fn count(&mut self, was: Option<Outcome>, is: Outcome) {
        let counter = match is {
            _ if was == Some(is) => &mut self.unchanged,
            Outcome::Fail => &mut self.newly_failing,
            Outcome::Unproven | Outcome::NoEvidence => &mut self.newly_unproven,
            Outcome::Pass => &mut self.newly_passing,
            Outcome::NotApplicable => &mut self.newly_not_applicable,
        };
        *counter += 1;
    }

    /// Whether it came out as it did, every time.
    pub fn is_as_before(&self) -> bool {
        let Tally { rule: _, newly_failing, newly_unproven, newly_passing, newly_not_applicable, unchanged: _, not_judged } = self;
        newly_failing + newly_unproven + newly_passing + newly_not_applicable + not_judged == 0
    }
}
