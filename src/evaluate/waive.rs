//! Holds waivers against findings: marks what each is about, and lists what each is worth.

use super::compile::{Compiled, compile};
use super::facts::Facts;
use super::judge::{Occasion, one};
use crate::config::Declared;
use crate::error::Diagnostic;
use crate::evidence::Gap;
use crate::finding::{Finding, Outcome};
use crate::inventory;
use crate::io::hash::fingerprint;
use crate::proposal;
use crate::relax::Relaxed;
use crate::rule::{Rule, Severity};
use crate::waiver::{Listed, Met, State, Waived, Waiver, note, state};
use std::collections::{BTreeMap, BTreeSet};

/// A waiver that is ready to be held against findings.
#[derive(Clone, Debug)]
pub struct Ready {
    /// As it was written.
    pub waiver: Waiver,
    /// Its rule, with the bound in place of the requirement.
    bound: Option<Compiled>,
    /// What the rule was called; a fingerprint of that time still means the same finding.
    before: Vec<String>,
}

/// Checks the waivers' bounds in the scope of their rules; mistakes are added to `errors`.
pub fn prepare(
    waivers: Vec<Waiver>,
    rules: &[Compiled],
    declared: &BTreeMap<String, Declared>,
    errors: &mut Vec<Diagnostic>,
) -> Vec<Ready> {
    let mut bound = |waiver: &Waiver| {
        let require = waiver.bound.clone()?;
        let rule = rules.iter().find(|rule| rule.rule.id == waiver.rule)?.rule.clone();
        compile(Rule { require: Some(require), attest: None, ..rule }, declared, errors)
    };
    let before = |waiver: &Waiver| {
        let rule = rules.iter().find(|rule| rule.rule.id == waiver.rule);
        rule.iter().flat_map(|rule| &rule.rule.renamed_from).map(|old| old.text.clone()).collect()
    };
    waivers.into_iter().map(|waiver| Ready { bound: bound(&waiver), before: before(&waiver), waiver }).collect()
}

/// Marks findings with the waivers that are about them, and lists all waivers. Nothing is waived at an unknown time.
pub fn waive(findings: &mut [Finding], waivers: &[Ready], facts: &Facts<'_>, occasion: &Occasion) -> Vec<Listed> {
    let Some(now) = occasion.now else { return Vec::new() };
    let mut notes: BTreeMap<usize, String> = BTreeMap::new();
    let mut listed = Vec::with_capacity(waivers.len());
    for ready in waivers {
        let met = ready.meets(findings, facts, occasion);
        let mut unblocked = 0;
        for (index, met) in met.iter().filter(|(_, met)| matches!(met, Met::Objection | Met::Beyond | Met::Unwaivable)) {
            let worth = state(&ready.waiver, now, *met);
            unblocked += usize::from(worth.unblocks());
            let mark = &mut findings[*index].waiver;
            let lapsed = worth == State::Expired || mark.as_ref().is_some_and(|mark| mark.lapsed);
            if mark.as_ref().is_none_or(|mark| better(worth, &ready.waiver, mark)) {
                *mark = Some(Waived::by(&ready.waiver, worth));
                notes.insert(*index, format!("waiver {} {}", ready.waiver.id, note(&ready.waiver, worth, now)));
            }
            mark.iter_mut().for_each(|mark| mark.lapsed = lapsed);
        }
        let overall = match met.iter().map(|(_, met)| *met).min() {
            Some(met) => met,
            None if findings.iter().any(|f| f.rule == ready.waiver.rule) => Met::Nothing,
            // Without a base nothing can have vanished.
            None if inventory::RULES.contains(&ready.waiver.rule.as_str()) || ready.waiver.rule == proposal::RULE => Met::Elsewhere,
            None => Met::NoRule,
        };
        listed.push(Listed::new(&ready.waiver, state(&ready.waiver, now, overall), unblocked, now));
    }
    for (index, note) in notes {
        let finding = &mut findings[index];
        if !finding.is_waived() {
            finding.message = format!("{}; {note}", finding.message.trim_end_matches('.'));
        }
    }
    listed
}

/// Says of findings that object that less was asked for until a while ago.
pub fn lapsed(findings: &mut [Finding], relaxed: &[Relaxed]) {
    for over in relaxed.iter().filter(|relaxed| !relaxed.holds()) {
        for finding in findings.iter_mut().filter(|f| f.rule == over.what && f.objects()) {
            finding.message = format!("{}; the rule {}", finding.message.trim_end_matches('.'), over.note);
        }
    }
}

/// Whether a waiver worth `worth` says more of a finding than the one that marks it.
fn better(worth: State, waiver: &Waiver, mark: &Waived) -> bool {
    (worth.unblocks(), waiver.expires) > (mark.state.unblocks(), mark.expires)
}

impl Ready {
    /// What the waiver meets in each finding it is about.
    fn meets(&self, findings: &[Finding], facts: &Facts<'_>, occasion: &Occasion) -> Vec<(usize, Met)> {
        let scope = &self.waiver.scope;
        let covered = scope.covers(occasion.profile.as_deref(), occasion.env.as_deref());
        let kept = self.kept(facts, occasion);
        let about = |f: &Finding| f.rule == self.waiver.rule && scope.fingerprint.as_ref().is_none_or(|only| self.is_of(only, f));
        let met = |f: &Finding| match () {
            () if !covered => Met::Elsewhere,
            () if !f.objects() => Met::Nothing,
            () if nobody_may(f) => Met::Unwaivable,
            () if kept.as_ref().is_some_and(|kept| !kept.contains(&f.fingerprint)) => Met::Beyond,
            () => Met::Objection,
        };
        findings.iter().enumerate().filter(|(_, f)| about(f)).map(|(index, f)| (index, met(f))).collect()
    }

    /// Whether a finding has this fingerprint, or had it when its rule was called otherwise.
    fn is_of(&self, only: &str, found: &Finding) -> bool {
        let subject = found.subject.as_deref().unwrap_or_default();
        only == found.fingerprint || self.before.iter().any(|old| only == fingerprint(&[old, subject]))
    }

    /// The findings whose bound is shown to hold, if there is a bound.
    fn kept(&self, facts: &Facts<'_>, occasion: &Occasion) -> Option<BTreeSet<String>> {
        let bound = self.bound.as_ref()?;
        let kept = one(bound, facts, occasion).into_iter().filter(|f| f.outcome == Outcome::Pass);
        Some(kept.map(|f| f.fingerprint).collect())
    }
}

/// Nobody can allow what nobody has looked at.
fn nobody_may(finding: &Finding) -> bool {
    finding.severity == Severity::P0
        && finding.outcome == Outcome::NoEvidence
        && matches!(finding.gap, None | Some(Gap::Missing | Gap::Invalid))
}

#[cfg(test)]
mod tests;
