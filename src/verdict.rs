//! The verdict, the gate and the exit code, decided here and nowhere else (DESIGN.md section 1).

use crate::finding::{Finding, Outcome};
use crate::rule::Severity;
use serde::{Deserialize, Serialize};

/// The state of the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every blocking rule that applied passed, and at least one did.
    Ready,
    /// Nothing blocking fails, and something blocking is unproven, has no evidence, or none applied.
    NotProven,
    /// A blocking rule fails.
    NotReady,
}

impl Verdict {
    /// `ready`, `not proven`, `not ready`.
    pub const fn label(self) -> &'static str {
        match self {
            Verdict::Ready => "ready",
            Verdict::NotProven => "not proven ready",
            Verdict::NotReady => "not ready",
        }
    }

    /// The verdict over all findings. No finding at all proves nothing.
    pub fn over(findings: &[Finding], block_at: Severity) -> Verdict {
        let blocking = || findings.iter().filter(|f| f.severity <= block_at);
        if blocking().any(|f| f.outcome == Outcome::Fail) {
            return Verdict::NotReady;
        }
        let passed = blocking().any(|f| f.outcome == Outcome::Pass);
        if !passed || blocking().any(|f| f.blocks(block_at)) { Verdict::NotProven } else { Verdict::Ready }
    }
}

/// Which findings close the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// All blocking findings.
    All,
}

/// The decision behind the exit code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    /// Which findings count.
    pub mode: Mode,
    /// The least severity that blocks.
    pub block_at: Severity,
    /// Whether the change may go through.
    pub open: bool,
    /// What the process exits with.
    pub exit_code: u8,
}

impl Gate {
    /// The gate that follows the verdict.
    pub fn follow(verdict: Verdict, block_at: Severity) -> Gate {
        let exit = Exit::from(verdict);
        Gate { mode: Mode::All, block_at, open: exit == Exit::Open, exit_code: exit as u8 }
    }
}

/// Every exit code there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// The gate is open, or the command did its work.
    Open = 0,
    /// Closed by a failure.
    Failed = 1,
    /// Usage, configuration or rule-pack error: nothing was judged.
    Usage = 2,
    /// Closed for lack of proof.
    Unproven = 3,
    /// Internal error, or an output that could not be written.
    Internal = 4,
    /// A bundle that does not hold.
    Broken = 5,
}

impl From<Verdict> for Exit {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Ready => Exit::Open,
            Verdict::NotReady => Exit::Failed,
            Verdict::NotProven => Exit::Unproven,
        }
    }
}

/// The score, shown beside the verdict and never deciding it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// 0 to 100; none when no rule applied.
    pub overall: Option<u32>,
    /// The cap that an unwaived P0 put on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capped_at: Option<u32>,
    /// Weight passed and weight applicable.
    pub passed_weight: u64,
    /// Weight of all applicable rules.
    pub weight: u64,
    /// Per area (pack), in order of name: its score.
    pub areas: Vec<Area>,
    /// Rules with valid evidence, of applicable rules.
    pub with_evidence: crate::metric::Value,
    /// The score a document claims, in percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed: Option<crate::metric::Value>,
    /// The mean of the criteria a document gives for its claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub computed: Option<crate::metric::Value>,
}

/// One area's part of the score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// The pack's name.
    pub name: String,
    /// 0 to 100.
    pub score: u32,
    /// Weight passed.
    pub passed: u64,
    /// Weight applicable.
    pub weight: u64,
}
