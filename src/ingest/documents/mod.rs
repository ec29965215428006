//! What documents claim: a score, the criteria it rests on, the milestones on the way to it, the blockers that are left.
//!
//! Claims are evidence of what was said, never of what is so; rules compare them with what was measured.

mod assessment;
pub mod status;

use crate::evidence::Evidence;
use crate::ingest::{Family, Format, Request};
use crate::instant::Instant;
use crate::metric::{Ratio, Value};
use crate::record::Record;
use crate::source::{Grade, Location};
use std::collections::BTreeSet;

/// The family of documents.
pub struct Documents;

/// What one document claims.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// The file.
    pub path: String,
    /// The score it claims.
    pub claimed: Option<Ratio>,
    /// What the claim rests on.
    pub criteria: Vec<Criterion>,
    /// Claims of the past.
    pub milestones: Vec<Milestone>,
    /// What stood in the way.
    pub blockers: Vec<Blocker>,
}

/// One of the things a claimed score is the mean of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Criterion {
    /// What is scored.
    pub name: String,
    /// The score given.
    pub score: Ratio,
    /// The status word.
    pub status: Option<String>,
    /// The comment.
    pub comment: Option<String>,
}

/// A score that was claimed earlier.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Milestone {
    /// What was reached.
    pub label: String,
    /// The score claimed.
    pub score: Ratio,
    /// The commit named.
    pub commit: Option<String>,
    /// When.
    pub at: Option<Instant>,
}

/// Something that stood in the way.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Blocker {
    /// What it is.
    pub name: String,
    /// Its status then.
    pub before: Option<String>,
    /// Its status now.
    pub after: String,
}

impl Blocker {
    /// Whether it is still open.
    pub fn is_open(&self) -> bool {
        !status::is_done(&self.after)
    }
}

impl Family for Documents {
    type Draft = Draft;
    const NAME: &'static str = "documents";
    const FORMATS: &'static [Format<Draft>] = &[assessment::FORMAT];

    fn is_empty(draft: &Draft) -> bool {
        draft.claimed.is_none() && draft.criteria.is_empty() && draft.milestones.is_empty() && draft.blockers.is_empty()
    }

    fn settle(drafts: Vec<Draft>, _: &Request<'_>, evidence: &mut Evidence) {
        if drafts.is_empty() {
            return;
        }
        let mut seen = BTreeSet::new();
        for draft in &drafts {
            let criteria = draft.criteria.iter().map(|c| ("criterion", &c.name));
            let milestones = draft.milestones.iter().map(|m| ("milestone", &m.label));
            for (what, name) in criteria.chain(milestones).chain(draft.blockers.iter().map(|b| ("blocker", &b.name))) {
                if !seen.insert((what, name)) {
                    evidence.problem("duplicate", Grade::Error, &draft.path, Location::whole(), format!("{what} `{name}` is there twice"));
                }
            }
        }
        let criteria: Vec<&Criterion> = drafts.iter().flat_map(|draft| &draft.criteria).collect();
        let scores: Vec<Ratio> = criteria.iter().map(|criterion| criterion.score).collect();
        let open = drafts.iter().flat_map(|draft| &draft.blockers).filter(|blocker| blocker.is_open()).count();
        // Of several claims the highest is the one that has to be borne out.
        let claimed = drafts.iter().filter_map(|draft| draft.claimed).reduce(higher).unwrap_or_default();
        evidence.put("documents.claimed_score", Value::Ratio(claimed));
        evidence.put("documents.criteria_mean", Value::Ratio(mean(&scores).unwrap_or_default()));
        evidence.put("documents.criteria", Value::Count(criteria.len() as u64));
        evidence.put("documents.blockers_open", Value::Count(open as u64));
        for family in ["document.criterion", "document.milestone", "document.blocker"] {
            evidence.family(family);
        }
        for draft in drafts {
            draft.criteria.into_iter().for_each(|criterion| evidence.push("document.criterion", criterion.record()));
            draft.milestones.into_iter().for_each(|milestone| evidence.push("document.milestone", milestone.record()));
            draft.blockers.into_iter().for_each(|blocker| evidence.push("document.blocker", blocker.record()));
        }
    }
}

impl Criterion {
    fn record(self) -> Record {
        Record::new("name", self.name)
            .with("score", Value::Ratio(self.score))
            .with_some("status", self.status.map(Value::Text))
            .with_some("comment", self.comment.map(Value::Text))
    }
}

impl Milestone {
    fn record(self) -> Record {
        Record::new("name", self.label)
            .with("score", Value::Ratio(self.score))
            .with_some("commit", self.commit.map(Value::Text))
            .with_some("at", self.at.map(Value::Instant))
    }
}

impl Blocker {
    fn record(self) -> Record {
        let open = self.is_open();
        Record::new("name", self.name)
            .with_some("before", self.before.map(Value::Text))
            .with("after", Value::text(self.after))
            .with("open", Value::Flag(open))
    }
}

fn higher(a: Ratio, b: Ratio) -> Ratio {
    if a.compare(b).is_some_and(std::cmp::Ordering::is_lt) { b } else { a }
}

/// The exact mean: 90 % and 85 % are 175 of 200. Nothing when there is no score, or the fraction is too long.
fn mean(scores: &[Ratio]) -> Option<Ratio> {
    let common = scores.iter().try_fold(1u128, |common, score| {
        let whole = u128::from(score.whole);
        common.checked_mul(whole / gcd(common, whole)).filter(|common| *common <= u128::from(u64::MAX))
    })?;
    let parts = scores.iter().map(|score| u128::from(score.part) * (common / u128::from(score.whole))).sum::<u128>();
    let whole = common.checked_mul(scores.len() as u128)?;
    Some(Ratio::new(u64::try_from(parts).ok()?, u64::try_from(whole).ok()?))
}

fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_is_exact() {
        let percent = |n: u64| Ratio::new(n, 100);
        assert_eq!(mean(&[90, 85, 80, 76, 90, 70].map(percent)), Some(Ratio::new(491, 600)));
        assert_eq!(mean(&[Ratio::new(818, 1000), percent(50)]), Some(Ratio::new(1318, 2000)));
        assert_eq!(mean(&[]), Some(Ratio::new(0, 0)));
        assert_eq!(mean(&[Ratio::new(1, u64::MAX), Ratio::new(1, u64::MAX - 1)]), None);
    }
}
