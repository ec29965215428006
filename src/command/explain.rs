//! `readiness explain RULE`: what a rule asks, why, and what to do when it does not hold.

use super::attest::follow;
use super::check::configured;
use super::options::{Options, moment};
use super::plain::say;
use super::{recall, render, setup};
use crate::error::Error;
use crate::evaluate::expression::{Part, Truth};
use crate::evaluate::facts::Facts;
use crate::evaluate::judge;
use crate::evaluate::pack::{self, Compiled};
use crate::evidence::Evidence;
use crate::finding::Basis;
use crate::instant::Instant;
use crate::io::spelling;
use crate::lifecycle::Lifecycle;
use crate::metric::duration;
use crate::render::parts::escape::terminal as clean;
use crate::render::parts::prose::plural;
use crate::report::Report;
use crate::rule::{Expected, Pack, Rule};
use crate::verdict::Exit;
use std::collections::BTreeMap;

mod origin;

/// How many findings are told with every comparison.
const DETAILED: usize = 20;
/// How much of a digest is told.
const DIGEST: usize = 12;

/// Explains a rule of the configuration or a shipped pack; with a configuration, what it says now.
///
/// # Errors
/// When there is no such rule.
pub fn run(id: &str, options: &Options) -> Result<Exit, Error> {
    let mut errors = Vec::new();
    let at = moment(options.now.as_deref())?;
    let (packs, now): (Vec<Pack>, Option<Now>) = match setup::asked(options) {
        Ok(setup) => {
            let kept = recall::file(options.base_report.as_deref(), &setup.root, &setup.config.project.id, options.change.base.as_deref())?;
            let base = kept.map(|kept| render::read(&kept.path)).transpose()?.map(|report| report.evidence);
            let compiled = setup.rules.iter().find(|rule| rule.rule.id == setup.ids.today(id)).cloned();
            (setup.packs, Some(Now { report: configured(options)?, base, compiled }))
        }
        Err(error @ Error::Configuration(_)) => return Err(error),
        Err(error) if options.config.is_some() || options.rules_from.is_some() => return Err(error),
        Err(_) => {
            let files: Vec<_> = pack::shipped().into_iter().filter_map(pack::embedded).collect();
            (pack::read(&files, at, &mut errors), None)
        }
    };
    let ids = Lifecycle::of(&packs, pack::removed(&mut errors));
    let rules = || packs.iter().flat_map(|pack| &pack.rules);
    // A pack of one's own may have a rule that has the name of one that is gone.
    let id = if rules().any(|rule| rule.id == id) { id } else { follow(&ids, id)? };
    let Some(rule) = rules().find(|rule| rule.id == id) else {
        let help = spelling::did_you_mean(id, rules().map(|r| r.id.as_str())).unwrap_or_else(|| "`readiness rules` lists them".to_owned());
        return Err(Error::Usage(format!("there is no rule `{id}` here - {help}")));
    };
    say(&describe(rule, now.as_ref(), at))?;
    Ok(Exit::Open)
}

/// What the rule says on this occasion.
struct Now {
    report: Report,
    base: Option<Vec<Evidence>>,
    compiled: Option<Compiled>,
}

impl Now {
    /// The findings of the rule, each with its comparisons and the files they rest on.
    fn tell(&self, id: &str) -> String {
        let facts = Facts::new(&self.report.evidence).with_system(&self.report.system);
        let facts = match &self.base {
            Some(base) => facts.with_base(base),
            None => facts,
        };
        let mut text = String::new();
        for (n, finding) in self.report.findings.iter().filter(|f| f.rule == id).enumerate() {
            text.push_str(&format!("  {}: {}\n", finding.outcome.label(), clean(&finding.message)));
            if let Some(waiver) = finding.waiver.as_ref().filter(|_| finding.is_waived()) {
                let (until, reason) = (waiver.expires.date(), clean(&waiver.reason));
                text.push_str(&format!("  waived by {} until {until}: {reason}\n", clean(&waiver.id)));
            }
            if let Some(shown) = &finding.would_show {
                text.push_str(&format!("  it would be {}: {}\n", shown.outcome.label(), clean(&shown.text)));
            }
            if let Some(rule) = self.compiled.as_ref().filter(|_| n < DETAILED) {
                judge::parts(rule, &facts, finding.subject.as_deref()).iter().for_each(|part| text.push_str(&compared(part)));
                finding.sources.iter().for_each(|basis| text.push_str(&self.file(basis)));
            }
        }
        if text.is_empty() { text } else { format!("\nNow\n{text}") }
    }

    /// "from coverage.xml (sha256 3f2a9c0b41d7…, 3 h old)".
    fn file(&self, basis: &Basis) -> String {
        let sources = self.report.evidence.iter().filter(|entry| entry.name == basis.evidence).flat_map(|entry| &entry.sources);
        let Some(source) = sources.into_iter().find(|source| source.path == basis.path) else { return String::new() };
        let digest: String = source.sha256.chars().take(DIGEST).collect();
        let age = match source.collected_at {
            Some(made) if made <= self.report.now => format!("{} old", duration((self.report.now.0 - made.0) as f64)),
            Some(made) => format!("dated {made}, later than now"),
            None => "of unknown age".to_owned(),
        };
        format!("    from {} (sha256 {digest}…, {age})\n", clean(&source.path))
    }
}

/// "tests.failed = 2, required 0: does not hold, 2 too many".
fn compared(part: &Part) -> String {
    let truth = match part.truth {
        Truth::True => "holds",
        Truth::False => "does not hold",
        Truth::Unproven => "is not decided",
    };
    let margin = if part.margin.is_empty() { String::new() } else { format!(", {}", part.margin) };
    clean(&format!("    {} = {}, required {}: {truth}{margin}", part.subject, part.observed, part.required)) + "\n"
}

fn describe(rule: &Rule, now: Option<&Now>, at: Instant) -> String {
    let mut text = format!("{}\n{}\n\n", rule.id, rule.question);
    text.push_str(&origin::fields(rule, at));
    let before: Vec<&str> = rule.renamed_from.iter().map(|old| old.text.as_str()).collect();
    if !before.is_empty() {
        text.push_str(&format!("\nCalled before\n  {}\n", clean(&before.join(", "))));
    }
    for told in rule.called() {
        text.push_str(&format!("  {}\n", clean(&told)));
    }
    if let Some(deprecated) = &rule.deprecated {
        text.push_str(&format!("\nDeprecated\n  the rule {}\n", clean(&deprecated.told())));
    }
    for (title, words, field) in [("Why", &rule.why, "why"), ("Fix", &rule.fix, "fix")] {
        text.push_str(&format!("\n{title}{}\n  {}\n", origin::heading(rule, field), words.trim()));
    }
    text.push_str(&now.map(|now| now.tell(&rule.id)).unwrap_or_default());
    text.push_str("\nCases\n");
    for case in &rule.cases {
        let outcome = match &case.outcome {
            Expected::One(outcome) => outcome.clone(),
            Expected::Each(each) => each.iter().map(|(subject, outcome)| format!("{subject}: {outcome}")).collect::<Vec<_>>().join(", "),
        };
        let given: BTreeMap<&String, String> = case.given.iter().map(|(name, given)| (name, shown(given))).collect();
        let mut given: Vec<String> = given.into_iter().map(|(name, value)| format!("{name} = {value}")).collect();
        if !case.occurred.is_empty() {
            given.push(plural(case.occurred.len(), "occurrence"));
        }
        text.push_str(&format!("  {} -> {outcome}\n", if given.is_empty() { "nothing".to_owned() } else { given.join(", ") }));
    }
    text
}

fn shown(given: &crate::rule::Given) -> String {
    match given {
        crate::rule::Given::Value(text) => text.clone(),
        crate::rule::Given::Rows(rows) => format!("{} rows", rows.len()),
    }
}
