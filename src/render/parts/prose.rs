//! The sentences that several outputs say in the same words. Nothing here is escaped: that is the output's business.

use super::waivers;
use crate::evidence::Gap;
use crate::finding::{Change, Finding, Outcome, Shown, Since};
use crate::metric::Value;
use crate::report::Report;
use crate::verdict::{Mode, Verdict};

/// `Reflexio 24/7 4.1.1`: what was judged, for people.
pub fn subject(report: &Report) -> String {
    let project = &report.project;
    let name = if project.name.is_empty() { &project.id } else { &project.name };
    match &project.version {
        Some(version) => format!("{name} {version}"),
        None => name.clone(),
    }
}

/// `Reflexio 24/7 4.1.1 is not ready`.
pub fn headline(report: &Report) -> String {
    format!("{} is {}", subject(report), report.verdict.label())
}

/// What blocks, in a sentence: "7 findings block: 3 fail, 2 are unproven, 2 have no evidence."
pub fn blocking(report: &Report) -> String {
    let count = |outcome| report.blocking().filter(|f| f.outcome == outcome).count();
    let parts: Vec<String> = [
        (count(Outcome::Fail), "fails", "fail"),
        (count(Outcome::Unproven), "is unproven", "are unproven"),
        (count(Outcome::NoEvidence), "has no evidence", "have no evidence"),
    ]
    .into_iter()
    .filter(|(n, ..)| *n > 0)
    .map(|(n, one, many)| format!("{n} {}", if n == 1 { one } else { many }))
    .collect();
    let waived = waivers::count(report);
    let text = match report.blocking().count() {
        0 if report.verdict == Verdict::Ready => "Nothing blocks".to_owned(),
        0 if waived.is_some() => "No blocking rule passed, so nothing is proven".to_owned(),
        0 => "No blocking rule applied, so nothing is proven".to_owned(),
        1 => format!("1 finding blocks: it {}", parts.concat().trim_start_matches("1 ")),
        n => format!("{n} findings block: {}", parts.join(", ")),
    };
    waived.map_or_else(|| format!("{text}."), |waived| format!("{text}; {waived}."))
}

/// How many pass, of how many that apply: "8 of 16 applicable findings pass."
pub fn passing(report: &Report) -> String {
    let applicable = report.findings.len() - report.count(Outcome::NotApplicable);
    let (n, verb) = match report.count(Outcome::Pass) {
        1 => (1, "passes"),
        n => (n, "pass"),
    };
    format!("{n} of {} {verb}.", plural(applicable, "applicable finding"))
}

/// The score and what must stand beside it: the cap, the weakest area, the claim, the share of rules with evidence.
pub fn score(report: &Report) -> String {
    let score = &report.score;
    let mut text = match score.overall {
        Some(n) => format!("Score {n} of 100"),
        None => "No score: no rule applied".to_owned(),
    };
    if let Some(cap) = score.capped_at {
        let so = score.capped_while.as_deref().unwrap_or("a P0 rule does not pass");
        text.push_str(&format!(", capped at {cap} while {so}"));
    }
    if let Some(claimed) = &score.claimed {
        text.push_str(&format!("; claimed {}", percent(claimed)));
    }
    if let Some(computed) = &score.computed {
        text.push_str(&format!("; its criteria give {}", percent(computed)));
    }
    if let Some(area) = score.areas.iter().min_by_key(|area| area.score) {
        text.push_str(&format!("; weakest area {} with {}", area.name, area.score));
    }
    if let Value::Ratio(rules) = score.with_evidence {
        text.push_str(&format!("; {} of {} rules have valid evidence", rules.part, rules.whole));
    }
    text.push('.');
    text
}

/// A score as it is claimed: a percentage, whatever it was counted from.
fn percent(value: &Value) -> String {
    match value {
        Value::Ratio(ratio) => format!("{} %", ratio.floor_percent(2).unwrap_or_default()),
        other => other.to_string(),
    }
}

/// How many waiting rules are named.
const NAMED: usize = 5;

/// What was read, the entries that cannot be used, and the rules without evidence: "9 files read; missing: nightly."
pub fn evidence(report: &Report) -> String {
    let files: usize = report.evidence.iter().map(|e| e.sources.len()).sum();
    let names = |missing: bool| -> Vec<&str> {
        let gap = |e: &crate::evidence::Evidence| e.gap().is_some_and(|(gap, _)| (gap == Gap::Missing) == missing);
        report.evidence.iter().filter(|e| gap(e)).map(|e| e.name.as_str()).collect()
    };
    let mut text = format!("{} read", plural(files, "file"));
    for (word, names) in [("missing", names(true)), ("unusable", names(false))] {
        if !names.is_empty() {
            text.push_str(&format!("; {word}: {}", names.join(", ")));
        }
    }
    text.push('.');
    let waiting: std::collections::BTreeSet<&str> =
        report.findings.iter().filter(|f| f.waits_for().is_some()).map(|f| f.rule.as_str()).collect();
    if !waiting.is_empty() {
        let some: Vec<&str> = waiting.iter().take(NAMED).copied().collect();
        let more = waiting.len() - some.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let verb = if waiting.len() == 1 { "waits" } else { "wait" };
        text.push_str(&format!(" {} {verb} for evidence and judged nothing: {}{more}.", plural(waiting.len(), "rule"), some.join(", ")));
    }
    text
}

/// The finding's sentence, its margin where the sentence does not say it, and what the base had.
pub fn reason(finding: &Finding) -> String {
    let mut text = finding.message.clone();
    if !finding.margin.is_empty() && !text.contains(&finding.margin) {
        text = format!("{} ({})", text.trim_end_matches('.'), finding.margin);
    }
    match &finding.since {
        Some(Since { change: Change::Inherited, since }) => format!("{text}; inherited, so since {}", since.date()),
        Some(Since { change: Change::Worse, since }) => format!("{text}; worse than the base, where it has been since {}", since.date()),
        Some(Since { change: Change::Lapsed, since }) => {
            format!("{text}; so since {}, was waived, and is not any more", since.date())
        }
        _ => text,
    }
}

/// What a reader must know before anything else: that the gate only looks on, or what it was held against.
pub fn notice(report: &Report) -> Option<String> {
    let gate = &report.gate;
    if gate.mode == Mode::Observe {
        let until = gate.until.map_or_else(String::new, |until| format!(" until {}", until.date()));
        return Some(match gate.would_exit {
            Some(code) => format!("Only observed{until}: the gate stays open and would otherwise exit {code}."),
            None if gate.open => format!("Only observed{until}; it would be open anyway."),
            None => format!("Observed{until}, and that is over: the gate decides again."),
        });
    }
    let count = |change: Change| report.findings.iter().filter(|f| f.since.as_ref().is_some_and(|s| s.change == change)).count();
    match &gate.base {
        Some(base) => {
            let lapsed = match count(Change::Lapsed) {
                0 => String::new(),
                n => format!("{n} no longer waived, "),
            };
            let (new, worse, inherited, fixed) = (count(Change::New), count(Change::Worse), count(Change::Inherited), report.fixed.len());
            Some(format!("Held against {base}: {new} new, {worse} worse, {lapsed}{inherited} inherited, {fixed} fixed."))
        }
        None if gate.mode == Mode::New => Some("There is no base to hold this against, so everything counts as new.".to_owned()),
        None => None,
    }
}

/// What unfit evidence would have meant.
pub fn would_show(shown: &Shown) -> String {
    format!("If this evidence counted: {} ({})", shown.text.trim_end_matches('.'), shown.outcome.label())
}

/// `ready`, or what to read next: the verdict and the gate in a few words.
pub fn gate(report: &Report) -> String {
    let mut label = report.verdict.label().to_owned();
    if let Some(first) = label.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let state = if report.gate.open { "open" } else { "closed" };
    format!("{label}; the gate is {state} (exit code {}).", report.gate.exit_code)
}

/// `1 finding`, `2 findings`.
pub fn plural(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{} {noun}s", crate::metric::grouped(n as u64)) }
}
