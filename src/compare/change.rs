//! Findings held against a baseline: what is new, what is worse, what was already so, and what is mended.

use crate::baseline::Baseline;
use crate::finding::{Change, Finding, Fixed, Outcome, Since};
use crate::instant::Instant;
use std::collections::BTreeSet;

/// Marks every finding that is not good, after waivers were held against them, and gives what the baseline objected to and the findings do not.
///
/// What the `fresh` rules say of a change, the baseline said of another one: of that nothing is inherited, and nothing mended.
pub fn hold_against(findings: &mut [Finding], baseline: &Baseline, now: Instant, fresh: &BTreeSet<&str>) -> Vec<Fixed> {
    let bad = |f: &Finding| matches!(f.outcome, Outcome::Fail | Outcome::Unproven | Outcome::NoEvidence);
    for finding in findings.iter_mut().filter(|f| bad(f)) {
        let known = baseline.find(&finding.fingerprint).filter(|_| !fresh.contains(finding.rule.as_str()));
        finding.since = Some(match known {
            None => Since { change: Change::New, since: now },
            Some(known) if known.is_better_than(finding) => Since { change: Change::Worse, since: known.since },
            Some(known) if finding.is_lapsed() || known.waived && !finding.is_waived() => {
                Since { change: Change::Lapsed, since: known.since }
            }
            Some(known) => Since { change: Change::Inherited, since: known.since },
        });
    }
    let still: BTreeSet<&str> = findings.iter().filter(|f| bad(f)).map(|f| f.fingerprint.as_str()).collect();
    // A subject that is gone is not mended; the inventory says that it is gone.
    let seen: BTreeSet<&str> = findings.iter().filter(|f| f.outcome == Outcome::Pass).map(|f| f.fingerprint.as_str()).collect();
    let lasting = baseline.findings.iter().filter(|k| !fresh.contains(k.rule.as_str()));
    let mended = lasting.filter(|k| !still.contains(k.fingerprint.as_str()) && seen.contains(k.fingerprint.as_str()));
    mended.map(|known| Fixed { rule: known.rule.clone(), subject: known.subject.clone(), was: known.outcome }).collect()
}

#[cfg(test)]
mod tests;
