//! A page for a pack: every rule with what it asks, why, what to do, and its examples.

use super::{RULES, block, labelled, table};
use crate::metric::duration;
use crate::page::Page;
use crate::render::parts::escape::{cell, prose, span, span_cell};
use crate::render::parts::prose::plural;
use crate::rule::{Cadence, Case, Expected, Given, Pack, Rule, Severity};
use std::collections::BTreeMap;

pub(super) fn page(pack: &Pack) -> Page {
    let mut text = format!("# {}\n\n", prose(&pack.title));
    text.push_str(&labelled("For:", &pack.about));
    text.push_str(&format!("In `readiness.yaml`: `packs: [{}]`. Metrics are explained under [metrics](metrics.md).\n\n", pack.name));
    if let Some(when) = &pack.when {
        text.push_str(&format!("It applies only when {}; otherwise its rules are not applicable.\n\n", span(&when.text)));
    }
    if !pack.metrics.is_empty() {
        let rows: Vec<_> = pack.metrics.values().map(|m| [span_cell(&m.id), cell(&m.kind), cell(&m.about)]).collect();
        text.push_str(&format!("Metrics it declares:\n\n{}", table(["metric", "kind", "meaning"], &rows)));
    }
    text.extend(pack.rules.iter().map(rule));
    Page { path: format!("rules/{}.html", pack.name), title: pack.title.clone(), group: RULES.to_owned(), markdown: text }
}

/// The heading is the file's stem, so that the fragment is too.
fn rule(rule: &Rule) -> String {
    let stem = rule.id.rsplit('/').next().unwrap_or(&rule.id);
    let mut text = format!("## {}\n\n**{}**\n\n", span(stem), prose(&rule.question));
    match (&rule.require, &rule.attest) {
        (Some(require), _) => text.push_str(&block(&require.text)),
        (None, Some(attest)) => {
            text.push_str(&format!("A person states it: {}, every {}.\n\n", prose(&attest.by), duration(attest.every as f64)));
        }
        (None, None) => {}
    }
    for (name, value) in facts(rule) {
        text.push_str(&format!("- {name}: {value}\n"));
    }
    text.push('\n');
    if let Some(collect) = &rule.collect {
        text.push_str(&format!("It asks {} for:\n\n{}", span(&collect.source.text), block(&collect.query.text)));
    }
    text.push_str(&labelled("Why.", &rule.why));
    text.push_str(&labelled("What to do.", &rule.fix));
    if !rule.cases.is_empty() {
        let rows: Vec<_> = rule.cases.iter().map(case).collect();
        text.push_str(&table(["given", "outcome"], &rows));
    }
    text
}

/// What a rule says beside its requirement, where it says it.
fn facts(rule: &Rule) -> Vec<(&'static str, String)> {
    let severity = rule.severity.map(|severity| {
        let does = match severity {
            Severity::P0 | Severity::P1 => "blocks",
            Severity::P2 => "warns",
            Severity::P3 => "informs",
        };
        format!("{severity}, {does}; weight {}", rule.weight)
    });
    let text = |spanned: &Option<crate::rule::Spanned>| spanned.as_ref().map(|spanned| span(&spanned.text));
    let fit = &rule.evidence;
    let mut fitness: Vec<String> = fit.max_age.map(|age| format!("at most {} old", duration(age as f64))).into_iter().collect();
    fitness.extend(fit.commit_head.then(|| "of the commit under judgement".to_owned()));
    fitness.extend(fit.mode.as_ref().map(|mode| format!("mode {}", span(mode))));
    let controls: Vec<String> = rule.controls.iter().map(|control| span(control)).collect();
    let list = |parts: Vec<String>| (!parts.is_empty()).then(|| parts.join(", "));
    let facts = [
        ("severity", severity),
        ("confidence", rule.confidence.map(|ppm| format!("{} %, one-sided", f64::from(ppm) / 10_000.0))),
        ("cases needed", rule.min_n.map(|n| n.to_string())),
        ("for each", text(&rule.for_each)),
        ("where", text(&rule.filter)),
        ("applies when", text(&rule.when)),
        ("applies from", rule.effective_from.map(|at| at.to_string())),
        ("happens", rule.cadence.as_ref().map(cadence)),
        ("runs of history needed", rule.warmup.map(|n| n.to_string())),
        ("fit evidence is", list(fitness)),
        ("no record at all", rule.empty.then(|| "counts as zero, if the source is valid".to_owned())),
        ("evidence toward", list(controls)),
        ("called before", list(rule.renamed_from.iter().map(|old| span(&old.text)).collect())),
        ("deprecated", rule.deprecated.as_ref().map(|deprecated| prose(&format!("the rule {}", deprecated.told())))),
        ("owner", rule.owner.as_deref().map(prose)),
        ("runbook", rule.runbook.as_deref().map(span)),
    ];
    facts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// `at least every 24 h, over 30 d; at most 1 gap`.
fn cadence(cadence: &Cadence) -> String {
    let [every, window] = [cadence.every, cadence.window].map(|ms| duration(ms as f64));
    format!("at least every {every}, over {window}; {} allowed", plural(usize::try_from(cadence.gaps).unwrap_or(usize::MAX), "gap"))
}

fn case(case: &Case) -> [String; 2] {
    let mut given: Vec<String> = case.given.iter().map(|(name, given)| self::given(name, given)).collect();
    given.extend(occurred(&case.occurred));
    let outcome = match &case.outcome {
        Expected::One(outcome) => cell(outcome),
        Expected::Each(each) => {
            let parts: Vec<String> = each.iter().map(|(subject, outcome)| format!("{} {}", span_cell(subject), cell(outcome))).collect();
            parts.join(", ")
        }
    };
    [if given.is_empty() { "nothing".to_owned() } else { given.join(", ") }, outcome]
}

/// `31 occurrences, from 0 ms to 30 d ago`.
fn occurred(ages: &[i64]) -> Option<String> {
    let [first, last] = [ages.first()?, ages.last()?].map(|ms| duration(*ms as f64));
    Some(format!("{}, from {first} to {last} ago", plural(ages.len(), "occurrence")))
}

fn given(name: &str, given: &Given) -> String {
    match given {
        Given::Value(value) => span_cell(&format!("{name} = {value}")),
        Given::Rows(rows) if rows.is_empty() => format!("{} without a row", span_cell(name)),
        Given::Rows(rows) => {
            let rows: Vec<String> = rows.iter().map(|cells| span_cell(&row(cells))).collect();
            format!("{}: {}", span_cell(name), rows.join("; "))
        }
    }
}

fn row(cells: &BTreeMap<String, String>) -> String {
    let cells: Vec<String> = cells.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    cells.join(", ")
}
