//! What was already so: the findings of an earlier judgement that a change is held against.

use crate::finding::{Finding, Outcome};
use crate::instant::Instant;
use crate::inventory::Inventory;
use crate::report::Report;
use serde::{Deserialize, Serialize};

/// The version of `readiness.baseline.json`.
pub const SCHEMA: &str = "readiness/baseline/1";

/// A finding that was not good.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Known {
    /// The rule.
    pub rule: String,
    /// The subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Rule and subject, as [`Finding::fingerprint`].
    pub fingerprint: String,
    /// What it was.
    pub outcome: Outcome,
    /// How much was missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shortfall: Option<f64>,
    /// The rows it objected to, as [`Finding::blamed`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blamed: Vec<String>,
    /// Since when it has been so.
    pub since: Instant,
    /// Whether it stood by a waiver.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub waived: bool,
}

/// An earlier judgement, as far as a later one is held against it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// [`SCHEMA`].
    pub schema: String,
    /// The project's id.
    pub project: String,
    /// When it was recorded, or the base report made.
    pub recorded: Instant,
    /// Findings that were not good, in order of rule and subject.
    pub findings: Vec<Known>,
    /// What was seen; a committed baseline leaves it out.
    #[serde(default, skip_serializing_if = "Inventory::is_empty")]
    pub inventory: Inventory,
}

impl Baseline {
    /// What a report leaves for its successors.
    pub fn of(report: &Report) -> Baseline {
        let mut findings: Vec<Known> = report.findings.iter().filter_map(|finding| known(finding, report.now)).collect();
        findings.sort_by(|a, b| (&a.rule, &a.subject).cmp(&(&b.rule, &b.subject)));
        Baseline {
            schema: SCHEMA.to_owned(),
            project: report.project.id.clone(),
            recorded: report.now,
            findings,
            inventory: report.inventory.clone(),
        }
    }

    /// The same baseline without what is mended by now: it never gains a finding and no finding gets worse.
    pub fn shrink(mut self, today: &Baseline) -> Baseline {
        self.findings.retain_mut(|known| match today.find(&known.fingerprint) {
            Some(now) => {
                if !now.is_worse_than(known) {
                    (known.outcome, known.shortfall, known.blamed) = (now.outcome, now.shortfall, now.blamed.clone());
                }
                // What was accepted until a day must not become inherited by being recorded after it.
                known.waived |= now.waived;
                true
            }
            None => false,
        });
        self
    }

    /// What is known under a fingerprint.
    pub fn find(&self, fingerprint: &str) -> Option<&Known> {
        self.findings.iter().find(|known| known.fingerprint == fingerprint)
    }
}

impl Known {
    /// Whether this is worse than `other`: a worse outcome, or the same with more missing or with another row to blame.
    pub fn is_worse_than(&self, other: &Known) -> bool {
        worse((self.outcome, self.shortfall, &self.blamed), (other.outcome, other.shortfall, &other.blamed))
    }

    /// Whether a finding under the same fingerprint is worse than this.
    pub fn is_better_than(&self, finding: &Finding) -> bool {
        worse((finding.outcome, finding.shortfall, &finding.blamed), (self.outcome, self.shortfall, &self.blamed))
    }
}

/// What is compared of a finding: its outcome, how much is missing, and the rows to blame.
type Standing<'a> = (Outcome, Option<f64>, &'a [String]);

/// Outcomes are ordered worst first. Where one side does not say how much is missing, the outcome alone decides. Where there
/// was evidence and is none, nobody knows how bad it is by now: less evidence is never better. One test mended and another broken
/// leaves the number as it was, and is worse: the other one was good.
fn worse(now: Standing<'_>, before: Standing<'_>) -> bool {
    if now.0 == Outcome::NoEvidence && before.0 != Outcome::NoEvidence {
        return true;
    }
    match now.0.cmp(&before.0) {
        std::cmp::Ordering::Less => true,
        std::cmp::Ordering::Greater => false,
        std::cmp::Ordering::Equal => {
            let other = !before.2.is_empty() && now.2.iter().any(|row| !before.2.contains(row));
            other || now.1.zip(before.1).is_some_and(|(now, before)| now > before)
        }
    }
}

fn known(finding: &Finding, now: Instant) -> Option<Known> {
    matches!(finding.outcome, Outcome::Fail | Outcome::Unproven | Outcome::NoEvidence).then(|| Known {
        rule: finding.rule.clone(),
        subject: finding.subject.clone(),
        fingerprint: finding.fingerprint.clone(),
        outcome: finding.outcome,
        shortfall: finding.shortfall,
        blamed: finding.blamed.clone(),
        since: finding.since.as_ref().map_or(now, |since| since.since),
        waived: finding.is_waived(),
    })
}
