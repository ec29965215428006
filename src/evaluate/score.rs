//! The score: what part of the weight of all applicable rules has passed.

use crate::finding::{Finding, Outcome};
use crate::metric::{Metric, Value};
use crate::rule::Severity;
use crate::verdict::{Area, Score};
use std::collections::BTreeMap;

/// A P0 that does not pass and is not waived keeps the score below half.
const CAP: u32 = 49;

/// The score over all findings. A rule earns its weight when every subject it applies to passes; nothing else earns anything.
pub fn score(findings: &[Finding], claimed: Option<&Metric>, computed: Option<&Metric>) -> Score {
    let mut rules: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings.iter().filter(|f| f.outcome != Outcome::NotApplicable) {
        rules.entry(&finding.rule).or_default().push(finding);
    }
    let mut areas: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    let (mut with_evidence, mut capped) = (0, false);
    for (rule, findings) in &rules {
        let weight = u64::from(findings.first().map_or(0, |f| f.weight));
        let passed = findings.iter().all(|f| f.outcome == Outcome::Pass);
        with_evidence += u64::from(findings.iter().all(|f| f.outcome != Outcome::NoEvidence));
        capped |= findings.iter().any(|f| f.severity == Severity::P0 && f.outcome != Outcome::Pass && !f.is_waived());
        let area = areas.entry(rule.split('/').next().unwrap_or(rule)).or_default();
        area.0 += if passed { weight } else { 0 };
        area.1 += weight;
    }
    let (passed, weight) = areas.values().fold((0, 0), |sum, area| (sum.0 + area.0, sum.1 + area.1));
    let mut score = Score {
        overall: percent(passed, weight),
        capped_at: None,
        capped_while: None,
        passed_weight: passed,
        weight,
        areas: areas
            .into_iter()
            .map(|(name, (passed, weight))| Area { name: name.to_owned(), score: percent(passed, weight).unwrap_or(0), passed, weight })
            .collect(),
        with_evidence: Value::ratio(with_evidence, rules.len() as u64),
        claimed: claimed.map(|m| m.value.clone()),
        computed: computed.map(|m| m.value.clone()),
    };
    if capped {
        score.cap(CAP, "a P0 rule does not pass");
    }
    score
}

fn percent(passed: u64, weight: u64) -> Option<u32> {
    u32::try_from(passed.saturating_mul(100).checked_div(weight)?).ok()
}
