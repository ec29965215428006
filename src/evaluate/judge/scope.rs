//! Whether a rule applies at all, by date, by what the system is said to be, by its pack's `when` and by its own.

use super::finding;
use super::view::View;
use super::{Compiled, Facts, Occasion};
use crate::evaluate::compile::{BASE, DIFF, FORK};
use crate::evaluate::expression::{self, Checked, Judged, Part, Rigour, Truth, no_base};
use crate::evidence::Gap;
use crate::finding::{Finding, Outcome};
use crate::io::hash::fingerprint;
use crate::metric::{Value, grouped};
use crate::record::Record;
use crate::rule::Severity;
use crate::system::{self, FACTS, RULE};
use std::collections::BTreeSet;

/// How many rules and packs a sentence names.
const NAMED: usize = 5;

/// The one finding of a rule that does not apply, or of which nobody has said whether it does.
pub(super) fn outside(rule: &Compiled, facts: &Facts<'_>, occasion: &Occasion) -> Option<Finding> {
    if let (Some(from), Some(now)) = (rule.rule.effective_from, occasion.now)
        && from > now
    {
        return Some(finding(rule, None, Outcome::NotApplicable, format!("starts on {}", from.date())));
    }
    for (when, whose) in [(&rule.scope, "its pack applies only when"), (&rule.when, "only when")] {
        let Some(when) = when else { continue };
        let missing = missing([when], facts);
        if !missing.is_empty() {
            return Some(unknown(rule, &missing, "decides whether this applies"));
        }
        if let Some(parts) = refuted(when, facts, occasion) {
            let text = format!("{whose} {}{}{}", when.source.text, because(&parts), answers(when, facts));
            return Some(finding(rule, None, Outcome::NotApplicable, text));
        }
    }
    let missing = missing([&rule.require, &rule.filter].into_iter().flatten(), facts);
    (!missing.is_empty()).then(|| unknown(rule, &missing, "is part of what this asks"))
}

/// What makes a condition false, if it is. What cannot be known does not switch a rule off; beside one part that is false it does
/// not matter.
fn refuted(when: &Checked, facts: &Facts<'_>, occasion: &Occasion) -> Option<Vec<Part>> {
    let profile = occasion.profile.clone().unwrap_or_default();
    let row = Record::new("occasion", "the occasion")
        .with("profile", Value::Text(profile))
        .with(DIFF, Value::Flag(occasion.diff))
        .with(BASE, Value::Flag(facts.has_base()))
        .with(FORK, Value::Flag(occasion.fork));
    let refuted = |part: &Checked| match expression::evaluate(part, &View::plain(facts), Some(&row), Rigour::default()) {
        Ok(Judged { truth: Truth::False, parts }) => Some(parts.into_iter().filter(|part| part.truth == Truth::False).collect()),
        _ => None,
    };
    when.conditions().iter().find_map(refuted)
}

/// "; no change was asked about", "; coverage.new_lines is 0": what the condition itself does not say.
fn because(parts: &[Part]) -> String {
    let told: Vec<String> = parts
        .iter()
        .filter_map(|part| match part.subject.as_str() {
            DIFF => Some("no change was asked about: give --base or --diff".to_owned()),
            BASE => Some(no_base().text),
            FORK => Some("a pull request from a fork has no secrets, and is judged in full in the merge queue".to_owned()),
            subject if subject.contains('.') && !subject.starts_with(system::PREFIX) => Some(format!("{subject} is {}", part.observed)),
            _ => None,
        })
        .collect();
    told.iter().map(|text| format!("; {text}")).collect()
}

/// The facts that expressions name and nobody has answered.
fn missing<'c>(expressions: impl IntoIterator<Item = &'c Checked>, facts: &Facts<'_>) -> BTreeSet<&'static str> {
    expressions.into_iter().flat_map(Checked::facts).filter(|id| facts.answer(id).is_err()).collect()
}

/// The keys under `system` that answer these facts, each once.
fn keys(facts: &BTreeSet<&'static str>) -> Vec<&'static str> {
    facts.iter().map(|id| system::key(id)).collect::<BTreeSet<_>>().into_iter().collect()
}

/// "; `system` says ai_role: none", so that a reader sees why.
fn answers(when: &Checked, facts: &Facts<'_>) -> String {
    let told: Vec<String> = when
        .facts()
        .into_iter()
        .filter_map(|id| Some(format!("{}: {}", id.strip_prefix(system::PREFIX)?, facts.answer(id).ok()?)))
        .collect();
    if told.is_empty() { String::new() } else { format!("; `system` says {}", told.join(", ")) }
}

/// A rule that waits for an answer has no evidence, and is never passed over in silence.
fn unknown(rule: &Compiled, missing: &BTreeSet<&'static str>, why: &str) -> Finding {
    let text = format!("`system` does not say {}, which {why}", quoted(&keys(missing)));
    let found = finding(rule, None, Outcome::NoEvidence, text);
    Finding { gap: Some(Gap::Missing), cause: Some(RULE.to_owned()), ..found }
}

/// One finding for all facts that nobody has answered, as severe as the worst of the rules that wait for them.
pub(super) fn unanswered(rules: &[Compiled], facts: &Facts<'_>, findings: &[Finding]) -> Option<Finding> {
    let waiting: Vec<&Finding> = findings.iter().filter(|f| f.cause.as_deref() == Some(RULE)).collect();
    let severity = waiting.iter().map(|f| f.severity).min()?;
    let ids: BTreeSet<&str> = waiting.iter().map(|f| f.rule.as_str()).collect();
    let asking = rules.iter().filter(|rule| ids.contains(rule.rule.id.as_str()));
    let named = |rule: &Compiled| missing([&rule.scope, &rule.when, &rule.require, &rule.filter].into_iter().flatten(), facts);
    let missing: BTreeSet<&'static str> = asking.flat_map(named).collect();
    Some(root(severity, &missing, &ids))
}

fn root(severity: Severity, missing: &BTreeSet<&'static str>, waiting: &BTreeSet<&str>) -> Finding {
    let keys = keys(missing);
    let verb = if waiting.len() == 1 { "rule waits" } else { "rules wait" };
    let first: Vec<&str> = waiting.iter().take(NAMED).copied().collect();
    let more = if waiting.len() > NAMED { format!(" and {} more", waiting.len() - NAMED) } else { String::new() };
    let message =
        format!("`system` does not say {}; {} {verb} for it: {}{more}", quoted(&keys), grouped(waiting.len() as u64), first.join(", "));
    let choices: Vec<String> = keys.iter().map(|key| choice(key)).collect();
    Finding {
        rule: RULE.to_owned(),
        subject: None,
        question: "Is everything said about the system that decides which rules apply?".to_owned(),
        severity,
        weight: 1,
        owner: None,
        controls: Vec::new(),
        outcome: Outcome::NoEvidence,
        gap: Some(Gap::Missing),
        message,
        observed: "–".to_owned(),
        required: format!("{} answered", keys.join(", ")),
        margin: String::new(),
        shortfall: Some(keys.len() as f64),
        blamed: Vec::new(),
        since: None,
        would_show: None,
        cause: None,
        why: "A rule that does not know whether it applies can neither pass nor be left out.".to_owned(),
        fix: format!("Answer under `system:` in readiness.yaml: {}.", choices.join("; ")),
        expression: "every fact that a rule asks for is answered".to_owned(),
        rule_at: "built in".to_owned(),
        sources: Vec::new(),
        waiver: None,
        attested: None,
        fingerprint: fingerprint(&[RULE, ""]),
    }
}

/// `ai_role` is one of none, provider …
fn choice(key: &str) -> String {
    use crate::catalogue::Kind;
    let kind = FACTS.iter().find(|fact| system::key(fact.id) == key).map(|fact| &fact.kind);
    match kind {
        Some(Kind::Text(words) | Kind::Level(words)) => format!("`{key}` is one of {}", words.join(", ")),
        Some(Kind::Flag) => format!("`{key}` is true or false"),
        _ => format!("`{key}` is FROM/TO, such as 2026-01-01/2026-12-31"),
    }
}

fn quoted(keys: &[&str]) -> String {
    keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
}
