//! The findings of one rule, of which a family without end makes as many as it has rows: the worst are kept, the rest counted.

use super::finding;
use crate::evaluate::pack::Compiled;
use crate::finding::{Finding, Outcome};
use crate::io::hash::fingerprint;
use crate::metric::grouped;
use std::collections::BTreeMap;

/// How many findings of one rule are kept.
const MOST: usize = 10_000;

/// Findings as they come.
pub(super) struct Kept<'r> {
    rule: &'r Compiled,
    findings: Vec<Finding>,
    /// How many there were beyond, and a digest of them in their order.
    beyond: BTreeMap<Outcome, (u64, String)>,
}

impl<'r> Kept<'r> {
    pub(super) fn new(rule: &'r Compiled) -> Self {
        Kept { rule, findings: Vec::new(), beyond: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, finding: Finding) {
        self.findings.push(finding);
        if self.findings.len() >= 2 * MOST {
            self.condense();
        }
    }

    /// Leaves out what is least bad; among equals, what came last.
    fn condense(&mut self) {
        self.findings.sort_by_key(|finding| finding.outcome);
        for left_out in self.findings.drain(MOST.min(self.findings.len())..) {
            let (count, digest) = self.beyond.entry(left_out.outcome).or_default();
            *count += 1;
            *digest = fingerprint(&[digest, &left_out.fingerprint]);
        }
    }

    /// All findings, and one that stands for those that were left out and is as bad as the worst of them. It is the same
    /// tomorrow only if they are the same: what is new among them must not hide behind what is not.
    pub(super) fn all(mut self) -> Vec<Finding> {
        if self.findings.len() > MOST {
            self.condense();
        }
        if let Some((worst, (_, digest))) = self.beyond.first_key_value() {
            let total: u64 = self.beyond.values().map(|(count, _)| count).sum();
            let counts: Vec<String> = self.beyond.iter().map(|(outcome, (n, _))| format!("{} {}", grouped(*n), outcome.label())).collect();
            let subject = format!("{} more", grouped(total));
            let text = format!("beyond the first {}, which are told one by one: {}", grouped(MOST as u64), counts.join(", "));
            let rest = finding(self.rule, Some(&subject), *worst, text);
            self.findings.push(Finding { fingerprint: fingerprint(&[&rest.fingerprint, digest]), ..rest });
        }
        self.findings
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::tests::rule;
    use super::*;

    fn kept(bad: usize, total: usize) -> Vec<Finding> {
        let rules = rule("for_each: tests.case\nrequire: outcome == \"passed\"");
        let mut kept = Kept::new(&rules[0]);
        for n in 0..total {
            // The bad ones come last.
            let outcome = if n + bad >= total { Outcome::Fail } else { Outcome::Pass };
            kept.add(finding(&rules[0], Some(&n.to_string()), outcome, String::new()));
        }
        kept.all()
    }

    #[test]
    fn nothing_bad_is_lost_in_the_crowd() {
        assert_eq!(kept(0, MOST).len(), MOST);
        let found = kept(3, 5 * MOST);
        assert_eq!(found.len(), MOST + 1);
        assert_eq!(found.iter().filter(|f| f.outcome == Outcome::Fail).count(), 3);
        let rest = found.last().unwrap();
        assert_eq!((rest.outcome, rest.subject.as_deref()), (Outcome::Pass, Some("40,000 more")));
        let crowd = kept(2 * MOST, 3 * MOST);
        assert_eq!(crowd.last().unwrap().outcome, Outcome::Fail);
        assert!(crowd.last().unwrap().message.ends_with("10,000 fail, 10,000 pass"), "{}", crowd.last().unwrap().message);
        assert_ne!(crowd.last().unwrap().fingerprint, kept(2 * MOST + 1, 3 * MOST).last().unwrap().fingerprint);
    }
}
