//! The verdict, the gate and the exit code, decided here and nowhere else (DESIGN.md section 1).

use crate::finding::{Finding, Outcome};
use crate::instant::Instant;
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

    /// The verdict over all findings. No finding at all proves nothing, and neither does a waived one.
    pub fn over(findings: &[Finding], block_at: Severity) -> Verdict {
        let blocking = || findings.iter().filter(|f| f.severity <= block_at);
        if blocking().any(|f| f.blocks(block_at) && f.outcome == Outcome::Fail) {
            return Verdict::NotReady;
        }
        let passed = blocking().any(|f| f.outcome == Outcome::Pass);
        if !passed || blocking().any(|f| f.blocks(block_at)) { Verdict::NotProven } else { Verdict::Ready }
    }
}

/// Which findings close the gate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// All blocking findings.
    #[default]
    All,
    /// Blocking findings that the base does not have, or has less badly.
    New,
    /// None until a date: it is only told what would close it.
    Observe,
}

/// How the gate is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Which findings count.
    pub mode: Mode,
    /// The last moment of `observe`.
    pub until: Option<Instant>,
    /// What the findings were held against.
    pub base: Option<String>,
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
    /// What the findings were held against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// The last moment of `observe`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
    /// What `observe` exits with after that moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub would_exit: Option<u8>,
}

impl Gate {
    /// The gate over all findings, as of `now`.
    pub fn decide(findings: &[Finding], block_at: Severity, policy: &Policy, now: Instant) -> Gate {
        let full = Exit::from(Verdict::over(findings, block_at));
        let exit = match policy.mode {
            Mode::All => full,
            Mode::New => over_new(findings, block_at),
            Mode::Observe if policy.until.is_some_and(|until| now <= until) => Exit::Open,
            Mode::Observe => full,
        };
        Gate {
            mode: policy.mode,
            block_at,
            open: exit == Exit::Open,
            exit_code: exit as u8,
            base: policy.base.clone(),
            until: policy.until,
            would_exit: (exit != full && policy.mode == Mode::Observe).then_some(full as u8),
        }
    }
}

impl Gate {
    /// Whether a finding is one of those that this gate is shut by.
    pub fn is_shut_by(&self, finding: &Finding) -> bool {
        match self.mode {
            Mode::Observe if self.open => false,
            Mode::New if finding.is_inherited() => false,
            _ => finding.blocks(self.block_at),
        }
    }
}

/// What is inherited does not close the gate; that nothing was judged does, and so does that everything new is waived while
/// nothing passes: a waiver proves nothing.
fn over_new(findings: &[Finding], block_at: Severity) -> Exit {
    let blocking = || findings.iter().filter(|f| f.severity <= block_at && f.outcome != Outcome::NotApplicable);
    let fresh = || blocking().filter(|f| f.blocks(block_at) && !f.is_inherited());
    if fresh().any(|f| f.outcome == Outcome::Fail) {
        Exit::Failed
    } else if fresh().next().is_some() || !blocking().any(|f| f.outcome == Outcome::Pass || f.is_inherited()) {
        Exit::Unproven
    } else {
        Exit::Open
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

impl Exit {
    /// The exit code of this number; anything unknown is an internal error.
    pub const fn of(code: u8) -> Exit {
        match code {
            0 => Exit::Open,
            1 => Exit::Failed,
            2 => Exit::Usage,
            3 => Exit::Unproven,
            5 => Exit::Broken,
            _ => Exit::Internal,
        }
    }
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
    /// What it was lowered to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capped_at: Option<u32>,
    /// As long as what: "a P0 rule does not pass".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capped_while: Option<crate::metric::Name>,
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

impl Score {
    /// Lowers it to `most`, as long as something is so.
    pub fn cap(&mut self, most: u32, so: &'static str) {
        if let Some(overall) = self.overall.as_mut().filter(|overall| **overall > most) {
            *overall = most;
            (self.capped_at, self.capped_while) = (Some(most), Some(so.into()));
        }
    }
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
