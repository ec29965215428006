//! Rules over facts: one finding per rule and subject.

use super::expression::{self, Absence, Judged, Part, Rigour, Truth};
use super::facts::{self, Facts};
use super::pack::{Compiled, Subjects, expression_text};
use crate::evidence::Gap;
use crate::finding::{Basis, Finding, Outcome, Shown, WAITS};
use crate::instant::Instant;
use crate::io::hash::fingerprint;
use crate::metric::grouped;
use crate::record::Record;
use crate::rule::Severity;
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

mod attested;
mod cadence;
mod fitness;
mod kept;
mod lacking;
mod named;
mod parts;
mod scope;
mod view;

use fitness::unfit;
use kept::Kept;
pub use lacking::{Lacking, lacking};
pub use parts::parts;
use view::View;

/// What a judgement depends on beside evidence and rules.
#[derive(Clone, Debug, Default)]
pub struct Occasion {
    /// As of when.
    pub now: Option<Instant>,
    /// The commit under judgement.
    pub commit: Option<String>,
    /// The profile asked for.
    pub profile: Option<String>,
    /// The environment that profile is for.
    pub env: Option<String>,
    /// The least severity that blocks.
    pub block_at: Option<Severity>,
    /// Whether a change was asked about, so that what needs one must be there.
    pub diff: bool,
    /// Whether it is about the pull request of a fork, which has no secrets.
    pub fork: bool,
}

/// How many rows a finding remembers that it objects to.
const BLAMED: usize = 1000;
/// How many files a finding names.
const NAMED: usize = 5;

/// Judges all rules. Findings that close the gate come first, the worst of them at the top.
pub fn judge(rules: &[Compiled], facts: &Facts<'_>, occasion: &Occasion) -> Vec<Finding> {
    let mut findings: Vec<Finding> = rules.par_iter().flat_map_iter(|rule| one(rule, facts, occasion)).collect();
    findings.extend(scope::unanswered(rules, facts, &findings));
    worst_first(&mut findings, occasion.block_at.unwrap_or(Severity::P1));
    findings
}

/// Findings that close the gate first, the worst of them at the top, and what has its root in another after all roots.
pub fn worst_first(findings: &mut [Finding], block_at: Severity) {
    findings.sort_by(|a, b| {
        let key = |f: &Finding| (!f.blocks(block_at), f.is_inherited(), f.outcome, f.cause.is_some(), f.severity, Reverse(f.weight));
        key(a).cmp(&key(b)).then_with(|| a.rule.cmp(&b.rule)).then_with(|| a.subject.cmp(&b.subject))
    });
}

/// What one rule says; one that is on its way out, or that a layer calls by an old name, says that too.
pub fn one(rule: &Compiled, facts: &Facts<'_>, occasion: &Occasion) -> Vec<Finding> {
    let mut findings = said(rule, facts, occasion);
    let deprecated = rule.rule.deprecated.iter().map(|deprecated| format!("the rule {}", deprecated.told()));
    for told in deprecated.chain(rule.rule.called()) {
        for found in findings.iter_mut().filter(|found| found.outcome != Outcome::NotApplicable) {
            found.message = format!("{}; {told}", found.message.trim_end_matches('.'));
        }
    }
    findings
}

fn said(rule: &Compiled, facts: &Facts<'_>, occasion: &Occasion) -> Vec<Finding> {
    if let Some(outside) = scope::outside(rule, facts, occasion) {
        return vec![outside];
    }
    if let Some(attest) = &rule.rule.attest {
        return vec![attested::attested(rule, attest, facts, occasion)];
    }
    let view = match View::of(rule, facts) {
        Ok(view) => view,
        Err(absence) => return vec![absent(rule, None, &[absence], None, Vec::new())],
    };
    let (rows, broken) = match subjects(rule, &view) {
        Err(absence) => return vec![absent(rule, None, &[absence], None, view.basis())],
        Ok(found) => found,
    };
    let mut findings = match rows.as_deref() {
        None => vec![about(rule, None, view.single(), &view, occasion)],
        Some([]) if !broken.is_empty() => Vec::new(),
        Some([]) => vec![none_found(rule, &view, occasion)],
        Some(rows) => {
            let mut kept = Kept::new(rule);
            rows.iter().for_each(|(subject, row)| kept.add(about(rule, Some(subject), Some(row), &view, occasion)));
            kept.all()
        }
    };
    cadence::hold(rule, &mut findings, rows.as_deref().unwrap_or_default(), &view, occasion);
    let (omitted, advice) = match &rule.subjects {
        Subjects::Family(family) => (facts.omitted(family), "only the worst are kept; judge a metric of all"),
        _ => (view.omitted, "let the query give fewer, or raise `rows`"),
    };
    if omitted > 0 {
        let silent = findings.iter().all(|f| f.outcome == Outcome::NotApplicable);
        findings.iter_mut().filter(|f| silent || f.outcome == Outcome::Pass).for_each(|f| leave_open(f, omitted, advice));
    } else if broken.is_empty() {
        let unnamed = named::unnamed(rule, rows.as_deref().unwrap_or_default());
        findings.extend((!unnamed.is_empty()).then(|| absent(rule, None, &unnamed, None, view.basis())));
    }
    findings.extend((!broken.is_empty()).then(|| absent(rule, None, &broken, None, view.basis())));
    findings
}

/// What passed over some rows has not passed over the others.
fn leave_open(finding: &mut Finding, omitted: u64, advice: &str) {
    finding.outcome = Outcome::Unproven;
    finding.margin = format!("{} more rows were not judged", grouped(omitted));
    finding.message = format!("{}; {}: {advice}", finding.message, finding.margin);
}

type Subject<'v> = (String, &'v Record);

/// The rows that get a finding each, none for a rule about the system; and why there may be others in evidence that cannot be used.
fn subjects<'v>(rule: &Compiled, view: &'v View<'_>) -> Result<(Option<Vec<Subject<'v>>>, Vec<Absence>), Absence> {
    let named = |row: &'v Record| (row.subject().to_owned(), row);
    match &rule.subjects {
        Subjects::System if rule.rule.collect.as_ref().is_some_and(|c| c.rows.is_none()) => match view.collected() {
            [_] => Ok((None, Vec::new())),
            rows => {
                let gap = if rows.is_empty() { Gap::Missing } else { Gap::Invalid };
                Err(Absence::broken(gap, format!("the query gave {} rows where one is expected", rows.len())))
            }
        },
        Subjects::System => Ok((None, Vec::new())),
        Subjects::Rows => Ok((Some(view.collected().iter().map(named).collect()), Vec::new())),
        Subjects::Family(family) => {
            let (rows, entries, broken) = view.facts.rows_at_hand(family)?;
            view.used.borrow_mut().extend(entries);
            let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
            rows.iter().for_each(|(_, row)| *seen.entry(row.subject()).or_default() += 1);
            // Two entries may hold rows of one name; a finding must say which it means.
            let name = |index: usize, row: &Record| match seen.get(row.subject()) {
                Some(1) | None => row.subject().to_owned(),
                Some(_) => format!("{} ({})", row.subject(), view.facts.entry(index).name),
            };
            Ok((Some(rows.into_iter().map(|(index, row)| (name(index, row), row)).collect()), broken))
        }
    }
}

fn none_found(rule: &Compiled, view: &View<'_>, occasion: &Occasion) -> Finding {
    if rule.rule.empty {
        let unfit = unfit(&rule.rule, view, occasion);
        if unfit.is_empty() {
            let mut found = finding(rule, None, Outcome::Pass, "there is nothing to object to: no row".to_owned());
            "no row".clone_into(&mut found.observed);
            found.sources = view.basis();
            return found;
        }
        return absent(rule, None, &unfit, None, view.basis());
    }
    let text = match &rule.subjects {
        Subjects::Family(family) => format!("there is no {family} to judge"),
        _ => "the query found no row".to_owned(),
    };
    absent(rule, None, &[Absence::silent(text)], None, view.basis())
}

/// The finding about one subject, or about the system.
fn about(rule: &Compiled, subject: Option<&str>, row: Option<&Record>, view: &View<'_>, occasion: &Occasion) -> Finding {
    // What a query calls its columns is the rule's own affair.
    let speaks = matches!(rule.subjects, Subjects::Family(_));
    if let Some(finding) = row.filter(|_| speaks).and_then(|row| standing(rule, subject, row)) {
        return finding;
    }
    let rigour = Rigour { confidence: rule.rule.confidence, min_n: rule.rule.min_n };
    if let Some(filter) = &rule.filter {
        match expression::evaluate(filter, view, row, Rigour::default()) {
            Ok(Judged { truth: Truth::True, .. }) => {}
            Ok(Judged { truth: Truth::False, .. }) => {
                return finding(rule, subject, Outcome::NotApplicable, format!("left out by `where: {}`", filter.source.text));
            }
            Ok(_) => {
                return finding(
                    rule,
                    subject,
                    Outcome::Unproven,
                    format!("whether `where: {}` holds cannot be decided", filter.source.text),
                );
            }
            Err(absences) => return absent(rule, subject, &absences, None, view.basis()),
        }
    }
    let Some(require) = &rule.require else { return finding(rule, subject, Outcome::NoEvidence, "nothing is required".to_owned()) };
    let judged = expression::evaluate(require, view, row, rigour);
    let basis = view.basis();
    match judged {
        Err(absences) => absent(rule, subject, &absences, None, basis),
        // `or_else` and `has` get by without any evidence; a rule does not.
        Ok(_) if view.used.borrow().is_empty() => absent(rule, subject, &[Absence::silent("no evidence was looked at")], None, basis),
        Ok(judged) => {
            let unfit = unfit(&rule.rule, view, occasion);
            if unfit.is_empty() { decided(rule, subject, row, &judged, basis) } else { absent(rule, subject, &unfit, Some(&judged), basis) }
        }
    }
}

/// A row may carry its own standing: a series that is still learning decides nothing, whatever is asked of it.
fn standing(rule: &Compiled, subject: Option<&str>, row: &Record) -> Option<Finding> {
    if let (Some(needed), Some(points)) = (rule.rule.warmup, row.count("points"))
        && points < needed
    {
        return Some(finding(rule, subject, Outcome::NotApplicable, format!("learning {points}/{needed}")));
    }
    let (outcome, because) = expression::standing(row)?;
    if outcome == Outcome::NoEvidence {
        return Some(absent(rule, subject, &[Absence::broken(Gap::Missing, because)], None, Vec::new()));
    }
    Some(finding(rule, subject, outcome, because.to_owned()))
}

fn decided(rule: &Compiled, subject: Option<&str>, row: Option<&Record>, judged: &Judged, basis: Vec<Basis>) -> Finding {
    let outcome = match judged.truth {
        Truth::True => Outcome::Pass,
        Truth::False => Outcome::Fail,
        Truth::Unproven => Outcome::Unproven,
    };
    let parts: Vec<&Part> = deciding(judged);
    let mut found = finding(rule, subject, outcome, String::new());
    // What the row says of itself tells more than the comparison: since when, and by how much.
    let told = row.and_then(|row| row.text("because")).filter(|_| outcome != Outcome::Pass);
    found.message = sentence(&parts, told, &basis);
    found.observed = first(&parts, |p| &p.observed);
    found.required = first(&parts, |p| &p.required);
    found.margin = first(&parts, |p| &p.margin);
    if outcome != Outcome::Pass {
        // All that is missing: which comparison comes first may change from run to run.
        found.shortfall = parts.iter().filter_map(|p| p.shortfall).reduce(|sum, more| sum + more);
        found.blamed = blamed(&parts);
    }
    if let (Some(told), true) = (told, found.margin.is_empty()) {
        told.clone_into(&mut found.margin);
    }
    found.sources = basis;
    found
}

/// The rows that the comparisons object to, each once; none when they are too many to keep.
fn blamed(parts: &[&Part]) -> Vec<String> {
    let rows: BTreeSet<&String> = parts.iter().flat_map(|part| &part.blamed).collect();
    if rows.len() > BLAMED { Vec::new() } else { rows.into_iter().cloned().collect() }
}

/// The comparisons that made the outcome; all of them when none did alone.
fn deciding(judged: &Judged) -> Vec<&Part> {
    let parts: Vec<&Part> = judged.parts.iter().filter(|p| p.truth == judged.truth).collect();
    if parts.is_empty() { judged.parts.iter().collect() } else { parts }
}

/// What a table shows of several comparisons: the first one that decided. The sentence holds all of them.
fn first(parts: &[&Part], text: impl Fn(&Part) -> &String) -> String {
    parts.first().map(|part| text(part).clone()).unwrap_or_default()
}

/// "coverage.line is 79.96 % (1,999 of 2,500), required at least 80 %: 1 line short (coverage.xml)".
fn sentence(parts: &[&Part], told: Option<&str>, basis: &[Basis]) -> String {
    let clauses: Vec<String> = parts.iter().map(|part| part.sentence()).chain(told.map(str::to_owned)).collect();
    let files = match basis {
        [] => String::new(),
        [one] => format!(" ({})", one.path),
        [first, rest @ ..] => format!(" ({} and {} more)", first.path, rest.len()),
    };
    format!("{}{files}", clauses.join("; "))
}

fn absent(rule: &Compiled, subject: Option<&str>, absences: &[Absence], shown: Option<&Judged>, basis: Vec<Basis>) -> Finding {
    // Only where nothing was promised: a source that is configured and gone, cut or stale is never waited for.
    if let (Some(reason), true) = (&rule.waits, absences.iter().all(|absence| absence.silent)) {
        return finding(rule, subject, Outcome::NotApplicable, format!("{WAITS}{reason}"));
    }
    let texts: BTreeSet<&str> = absences.iter().map(|a| a.text.as_str()).collect();
    let mut found = finding(rule, subject, Outcome::NoEvidence, texts.into_iter().collect::<Vec<_>>().join("; "));
    found.gap = absences.iter().map(|a| a.gap).min();
    if let Some(judged) = shown {
        let parts = deciding(judged);
        let (observed, required, margin) = (first(&parts, |p| &p.observed), first(&parts, |p| &p.required), first(&parts, |p| &p.margin));
        let margin = if margin.is_empty() { margin } else { format!(": {margin}") };
        let outcome = match judged.truth {
            Truth::True => Outcome::Pass,
            Truth::False => Outcome::Fail,
            Truth::Unproven => Outcome::Unproven,
        };
        found.would_show = Some(Shown { outcome, text: format!("{observed}, required {required}{margin}") });
        found.required = required;
    }
    found.sources = basis;
    found
}

fn finding(rule: &Compiled, subject: Option<&str>, outcome: Outcome, message: String) -> Finding {
    let written = &rule.rule;
    let expression = expression_text(written);
    Finding {
        rule: written.id.clone(),
        subject: subject.map(str::to_owned),
        question: written.question.clone(),
        severity: written.severity.unwrap_or(Severity::P0),
        weight: written.weight,
        owner: written.owner.clone(),
        controls: written.controls.clone(),
        outcome,
        gap: None,
        message,
        observed: "–".to_owned(),
        required: expression.clone(),
        margin: String::new(),
        shortfall: None,
        blamed: Vec::new(),
        since: None,
        would_show: None,
        cause: None,
        why: written.why.clone(),
        fix: written.fix.clone(),
        expression,
        rule_at: format!("{}:{}", written.place.file, written.place.line),
        sources: Vec::new(),
        waiver: None,
        attested: None,
        fingerprint: fingerprint(&[&written.id, subject.unwrap_or_default()]),
    }
}

#[cfg(test)]
mod tests;
