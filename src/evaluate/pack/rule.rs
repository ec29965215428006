//! Reads one rule file.

use super::{cadence, lifecycle};
use crate::catalogue::Kind;
use crate::control;
use crate::error::Diagnostic;
use crate::evaluate::expression::{duration, percent};
use crate::finding::Outcome;
use crate::instant::Instant;
use crate::io::yaml::{Fields, Node};
use crate::io::{clock, spelling};
use crate::metric::Name;
use crate::rule::{Attest, CACHED, Case, Collector, Expected, Fitness, Given, LIVE, Rule, Severity, Spanned};
use std::collections::{BTreeMap, BTreeSet};

/// Reads the rule `id` of a pack; mistakes are added to `errors`.
pub(super) fn read(node: &Node, id: &str, pack: &str, errors: &mut Vec<Diagnostic>) -> Rule {
    let mut f = node.fields("a rule", errors);
    // They make a layer of a file; what is read here is what the layers come to.
    f.node("overrides");
    if let Some(relax) = f.node("relax") {
        let help = "it allows a file with `overrides` to ask for less; change the rule itself";
        f.errors.push(Diagnostic::new(relax.place.clone(), "`relax` has nothing to relax").help(Some(help.into())));
    }
    for key in ["question", "severity", "why", "fix"] {
        f.require(key);
    }
    let mut rule = Rule {
        id: id.to_owned(),
        pack: pack.to_owned(),
        place: node.place.clone(),
        question: f.text("question").unwrap_or_default(),
        severity: f.get::<Severity>("severity"),
        weight: f.get::<u32>("weight").unwrap_or(1),
        owner: f.text("owner"),
        controls: controls(&mut f),
        require: f.spanned("require"),
        attest: f.node("attest").map(|node| attest(node, f.errors)),
        confidence: confidence(&mut f),
        min_n: f.get::<u64>("min_n"),
        for_each: f.spanned("for_each"),
        filter: f.spanned("where"),
        scope: None,
        when: f.spanned("when"),
        effective_from: moment(&mut f),
        evidence: f.node("evidence").map(|node| fitness(node, f.errors)).unwrap_or_default(),
        empty: empty(&mut f),
        collect: None,
        cadence: f.node("cadence").and_then(|node| cadence::read(node, f.errors)),
        warmup: f.get::<u64>("warmup"),
        why: f.text("why").unwrap_or_default(),
        fix: f.text("fix").unwrap_or_default(),
        runbook: f.text("runbook"),
        cases: Vec::new(),
        renamed_from: f.texts("renamed_from"),
        deprecated: f.node("deprecated").map(|node| lifecycle::deprecated(node, f.errors)),
        layers: Vec::new(),
        settings: Vec::new(),
        outdated: Vec::new(),
        eased: Vec::new(),
    };
    rule.collect = f.node("collect").map(|node| collector(node, &rule.id, f.errors));
    rule.cases = f.items("cases").iter().map(|node| case(node, f.errors)).collect();
    if rule.require.is_some() == rule.attest.is_some() {
        f.errors.push(Diagnostic::new(node.place.clone(), "a rule has exactly one of `require` and `attest`"));
    }
    f.finish();
    spoken(&rule, errors);
    rule
}

/// What says how evidence is judged says nothing about a person's word.
fn spoken(rule: &Rule, errors: &mut Vec<Diagnostic>) {
    if rule.attest.is_none() {
        return;
    }
    let idle = [
        ("for_each", rule.for_each.is_some()),
        ("where", rule.filter.is_some()),
        ("collect", rule.collect.is_some()),
        ("confidence", rule.confidence.is_some()),
        ("min_n", rule.min_n.is_some()),
        ("warmup", rule.warmup.is_some()),
        ("cadence", rule.cadence.is_some()),
        ("empty", rule.empty),
        ("max_age", rule.evidence.max_age.is_some()),
        ("mode", rule.evidence.mode.is_some()),
    ];
    for (key, _) in idle.iter().filter(|(_, given)| *given) {
        let message = format!("`{key}` has nothing to act on: a person attests this rule");
        errors.push(Diagnostic::new(rule.place.clone(), message));
    }
}

/// A rule is believed when its cases show it pass, fail and miss its evidence.
pub(super) fn complete(rule: &Rule, errors: &mut Vec<Diagnostic>) {
    if rule.attest.is_some() {
        return;
    }
    let shown: BTreeSet<&str> = rule
        .cases
        .iter()
        .flat_map(|case| match &case.outcome {
            Expected::One(outcome) => vec![outcome.as_str()],
            Expected::Each(outcomes) => outcomes.values().map(String::as_str).collect(),
        })
        .collect();
    for needed in ["pass", "fail", "no-evidence"] {
        if !shown.contains(needed) {
            errors.push(Diagnostic::new(rule.place.clone(), format!("the rule `{}` has no case with the outcome `{needed}`", rule.id)));
        }
    }
}

fn controls(f: &mut Fields<'_, '_>) -> Vec<String> {
    let controls = f.texts("controls");
    for control in &controls {
        if control::listed(&control.text).is_none() {
            let help = spelling::did_you_mean(&control.text, control::ids());
            f.errors.push(Diagnostic::new(control.place.clone(), format!("unknown control `{}`", control.text)).help(help));
        }
    }
    controls.into_iter().map(|c| c.text).collect()
}

fn attest(node: &Node, errors: &mut Vec<Diagnostic>) -> Attest {
    let mut f = node.fields("`attest`", errors);
    f.require("by");
    f.require("every");
    let by = f.spanned("by").unwrap_or_default();
    let every = f.spanned("every").unwrap_or_default();
    let length = duration(&every.text).map(|ms| ms as i64);
    let mut refuse = |text: &Spanned, message: String| {
        // A key that is not there has been told.
        if text.place.line > 0 {
            f.errors.push(Diagnostic::new(text.place.clone(), message));
        }
    };
    if by.text.trim().is_empty() {
        refuse(&by, "`by` is empty".to_owned());
    }
    match &length {
        Ok(0) => refuse(&every, "no statement is good for no time".to_owned()),
        Ok(_) => {}
        Err(message) => refuse(&every, message.clone()),
    }
    let (by, every) = (by.text, length.unwrap_or_default());
    f.finish();
    Attest { by, every }
}

fn length(f: &mut Fields<'_, '_>, key: &'static str) -> Option<i64> {
    let text = f.spanned(key)?;
    duration(&text.text).map_err(|message| f.errors.push(Diagnostic::new(text.place, message))).ok().map(|ms| ms as i64)
}

fn confidence(f: &mut Fields<'_, '_>) -> Option<u32> {
    let text = f.spanned("confidence")?;
    let ppm = percent(&text.text).ok().and_then(|r| u32::try_from(u128::from(r.part) * 1_000_000 / u128::from(r.whole)).ok());
    // Below one half a bound would lie on the better side of what was seen.
    let ppm = ppm.filter(|ppm| (500_000..1_000_000).contains(ppm));
    if ppm.is_none() {
        f.errors.push(
            Diagnostic::new(text.place, format!("`{}` is not a confidence", text.text))
                .help(Some("write a percentage from 50% to below 100%, such as `95%`".into())),
        );
    }
    ppm
}

fn moment(f: &mut Fields<'_, '_>) -> Option<Instant> {
    let text = f.spanned("effective_from")?;
    let at = clock::parse(&text.text);
    if at.is_none() {
        f.errors.push(Diagnostic::new(text.place, format!("`{}` is not a date", text.text)).help(Some("write `2026-02-18`".into())));
    }
    at
}

fn empty(f: &mut Fields<'_, '_>) -> bool {
    match f.spanned("empty") {
        None => false,
        Some(text) if text.text == "0" => true,
        Some(text) => {
            f.errors.push(Diagnostic::new(text.place, "`empty` can only be 0: an empty family then counts as zero"));
            false
        }
    }
}

fn fitness(node: &Node, errors: &mut Vec<Diagnostic>) -> Fitness {
    let mut f = node.fields("`evidence`", errors);
    let max_age = length(&mut f, "max_age");
    let commit = f.spanned("commit");
    let mode = f.spanned("mode");
    for (text, words) in [(&commit, &["head"][..]), (&mode, &[LIVE, CACHED])] {
        if let Some(text) = text.as_ref().filter(|t| !words.contains(&t.text.as_str())) {
            let help = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" or ");
            f.errors.push(
                Diagnostic::new(text.place.clone(), format!("`{}` is not known here", text.text)).help(Some(format!("write {help}"))),
            );
        }
    }
    f.finish();
    Fitness { max_age, commit_head: commit.is_some(), mode: mode.map(|m| m.text) }
}

fn collector(node: &Node, rule: &str, errors: &mut Vec<Diagnostic>) -> Collector {
    let mut f = node.fields("`collect`", errors);
    for key in ["sql", "query", "outputs"] {
        f.require(key);
    }
    let source = f.spanned("sql").unwrap_or_default();
    let query = f.spanned("query").unwrap_or_default();
    let mut outputs = Vec::new();
    for (column, kind) in f.entries("outputs") {
        let name = kind.scalar().unwrap_or_default();
        if Kind::named(name, &Name::default()).is_none() || name == "ratio" {
            let help = Some("the kinds are count, number, duration, bytes, instant, text, flag".into());
            f.errors.push(Diagnostic::new(kind.place.clone(), format!("a column cannot be of kind `{name}`")).help(help));
        }
        outputs.push((column.text.clone(), Name::Owned(name.to_owned())));
    }
    let rows = f.get::<u64>("rows");
    let chart = f.spanned("chart");
    if let Some(chart) = &chart
        && !outputs.iter().any(|(name, kind)| *name == chart.text && ["count", "number", "duration", "bytes"].contains(&kind.as_ref()))
    {
        let help = Some("`chart` names an output of the kind count, number, duration or bytes".to_owned());
        f.errors.push(Diagnostic::new(chart.place.clone(), format!("`{}` cannot be drawn as bars", chart.text)).help(help));
    }
    f.finish();
    Collector { rule: rule.to_owned(), source, query, outputs, rows, chart: chart.map(|chart| chart.text) }
}

fn case(node: &Node, errors: &mut Vec<Diagnostic>) -> Case {
    let mut f = node.fields("a case", errors);
    f.require("outcome");
    let mut case = Case { place: node.place.clone(), ..Case::default() };
    for (name, value) in f.entries("given") {
        let Some(found) = given_value(value) else {
            f.errors.push(Diagnostic::new(value.place.clone(), format!("`{}` must be a value or a list of rows", name.text)));
            continue;
        };
        case.given.insert(name.text.clone(), found);
    }
    case.occurred = f.node("occurred").map(|node| cadence::occurred(node, f.errors)).unwrap_or_default();
    if let Some(outcome) = f.node("outcome") {
        let mut word = |node: &Node| {
            let word = node.scalar().unwrap_or_default();
            if !Outcome::ALL.iter().any(|o| o.word() == word) {
                let help = spelling::did_you_mean(word, Outcome::ALL.iter().map(|o| o.word()));
                f.errors.push(Diagnostic::new(node.place.clone(), format!("`{word}` is no outcome")).help(help));
            }
            word.to_owned()
        };
        case.outcome = match outcome.entries() {
            Some(each) => Expected::Each(each.iter().map(|(subject, node)| (subject.text.clone(), word(node))).collect()),
            None => Expected::One(word(outcome)),
        };
    }
    f.finish();
    case
}

fn given_value(node: &Node) -> Option<Given> {
    if let Some(text) = node.scalar() {
        return Some(Given::Value(text.to_owned()));
    }
    let row = |node: &Node| -> Option<BTreeMap<String, String>> {
        node.entries()?.iter().map(|(key, value)| Some((key.text.clone(), value.scalar()?.to_owned()))).collect()
    };
    node.items()?.iter().map(row).collect::<Option<Vec<_>>>().map(Given::Rows)
}
