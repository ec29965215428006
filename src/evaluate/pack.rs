//! Reads packs: the shipped ones and a user's folder take the same way.

use super::compile::compile;
pub use super::compile::{Compiled, Subjects};
use super::expression::{duration, percent};
use crate::catalogue::{self, Kind};
use crate::config::Declared;
use crate::error::Diagnostic;
use crate::finding::Outcome;
use crate::io::clock;
use crate::io::hash::sha256;
use crate::io::spelling;
use crate::io::yaml::{self, Fields, Node};
use crate::metric::Name;
use crate::rule::{Attest, Case, Collector, Expected, Fitness, Given, Pack, Place, Rule, Severity, Spanned};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

mod folder;

use folder::stem;
pub use folder::{Files, embedded, folder, shipped};

/// Every shipped control id, `FRAMEWORK:ID`.
static CONTROLS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let lines = include_str!("../../rules/controls.tsv").lines();
    lines.filter_map(|line| line.split_once('\t')).map(|(framework, id)| format!("{framework}:{id}")).collect()
});

/// Reads the files of a pack. Every mistake in every file is added to `errors`.
pub fn read(files: &Files, errors: &mut Vec<Diagnostic>) -> Pack {
    let mut pack = Pack { name: files.pack.clone(), title: files.pack.clone(), ..Pack::default() };
    let listing: String = files.files.iter().map(|(path, text)| format!("{} {}\n", sha256(text.as_bytes()), stem(path))).collect();
    pack.sha256 = sha256(listing.as_bytes());
    let (heads, rules): (Vec<_>, Vec<_>) = files.files.iter().partition(|(path, _)| stem(path) == "pack");
    for (path, text) in heads {
        if let Some(node) = yaml::parse(path, text, errors) {
            pack.place = node.place.clone();
            head(&node, &mut pack, errors);
        }
    }
    let read: Vec<_> = rules
        .par_iter()
        .map(|(path, text)| {
            let mut errors = Vec::new();
            let rule = yaml::parse(path, text, &mut errors).map(|node| rule(&node, &files.pack, stem(path), &mut errors));
            (rule, errors)
        })
        .collect();
    for (rule, mut mistakes) in read {
        errors.append(&mut mistakes);
        pack.rules.extend(rule);
    }
    if pack.rules.is_empty() && errors.is_empty() {
        let path = files.files.first().map_or(files.pack.as_str(), |(path, _)| path.as_str());
        errors.push(Diagnostic::new(Place { file: path.into(), line: 1, column: 1 }, format!("the pack `{}` has no rule", files.pack)));
    }
    pack
}

/// Checks all rules of all packs against each other's declarations and the configuration's.
pub fn check(
    packs: &[Pack],
    configured: &BTreeMap<String, Declared>,
    errors: &mut Vec<Diagnostic>,
) -> (Vec<Compiled>, BTreeMap<String, Declared>) {
    let mut declared = configured.clone();
    for pack in packs {
        for (id, metric) in &pack.metrics {
            // Which of two meanings a rule was written for nobody could tell.
            if declared.insert(id.clone(), metric.clone()).is_some_and(|known| known != *metric) {
                errors.push(Diagnostic::new(pack.place.clone(), format!("`{id}` is declared elsewhere too, and differently")));
            }
        }
    }
    let rules: Vec<&Rule> = packs.iter().flat_map(|pack| &pack.rules).collect();
    let results: Vec<_> = rules
        .par_iter()
        .map(|rule| {
            let mut errors = Vec::new();
            (compile((*rule).clone(), &declared, &mut errors), errors)
        })
        .collect();
    let mut compiled = Vec::with_capacity(results.len());
    for (rule, mut mistakes) in results {
        errors.append(&mut mistakes);
        compiled.extend(rule);
    }
    let mut seen = BTreeMap::new();
    for rule in &rules {
        if let Some(first) = seen.insert(rule.id.as_str(), &rule.place) {
            errors.push(Diagnostic::new(rule.place.clone(), format!("the rule `{}` exists already at {first}", rule.id)));
        }
    }
    (compiled, declared)
}

fn head(node: &Node, pack: &mut Pack, errors: &mut Vec<Diagnostic>) {
    let mut fields = node.fields("a pack", errors);
    fields.require("title");
    fields.require("about");
    pack.title = fields.text("title").unwrap_or_default();
    pack.about = fields.text("about").unwrap_or_default();
    pack.metrics = declarations(fields.entries("metrics"), fields.errors);
    fields.finish();
}

/// Reads declared metrics: `telemetry.errors: { kind: count, sample: app_errors_total }`.
pub fn declarations(entries: &[(Spanned, Node)], errors: &mut Vec<Diagnostic>) -> BTreeMap<String, Declared> {
    let mut declared = BTreeMap::new();
    for (id, node) in entries {
        if !(id.text.starts_with("telemetry.") || id.text.starts_with("custom.")) {
            let message = format!("`{}` cannot be declared", id.text);
            errors.push(Diagnostic::new(id.place.clone(), message).help(Some("declared ids start with `telemetry.` or `custom.`".into())));
        }
        if catalogue::metric_named(&id.text).is_some() {
            errors.push(Diagnostic::new(id.place.clone(), format!("`{}` exists already", id.text)));
        }
        let mut fields = node.fields("a declared metric", errors);
        for key in ["kind", "about"] {
            fields.require(key);
        }
        let kind = fields.spanned("kind").unwrap_or_default();
        let unit = Name::Owned(fields.text("unit").unwrap_or_default());
        if kind.place.line > 0 && Kind::named(&kind.text, &unit).is_none() {
            let help =
                spelling::did_you_mean(&kind.text, Kind::NAMES).or_else(|| Some(format!("the kinds are {}", Kind::NAMES.join(", "))));
            fields.errors.push(Diagnostic::new(kind.place.clone(), format!("unknown kind `{}`", kind.text)).help(help));
        }
        let labels = fields.get::<BTreeMap<String, String>>("labels").unwrap_or_default();
        let sample = fields.text("sample").map(|sample| (sample, labels));
        let about = fields.text("about").unwrap_or_default();
        fields.finish();
        declared.insert(id.text.clone(), Declared { id: id.text.clone(), kind: kind.text, unit, about, sample });
    }
    declared
}

fn rule(node: &Node, pack: &str, stem: &str, errors: &mut Vec<Diagnostic>) -> Rule {
    let mut f = node.fields("a rule", errors);
    for key in ["question", "severity", "why", "fix"] {
        f.require(key);
    }
    let mut rule = Rule {
        id: format!("{pack}/{stem}"),
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
        when: f.spanned("when"),
        effective_from: moment(&mut f),
        evidence: f.node("evidence").map(|node| fitness(node, f.errors)).unwrap_or_default(),
        empty: empty(&mut f),
        collect: None,
        warmup: f.get::<u64>("warmup"),
        why: f.text("why").unwrap_or_default(),
        fix: f.text("fix").unwrap_or_default(),
        runbook: f.text("runbook"),
        cases: Vec::new(),
    };
    rule.collect = f.node("collect").map(|node| collector(node, &rule.id, f.errors));
    rule.cases = f.items("cases").iter().map(|node| case(node, f.errors)).collect();
    if rule.require.is_some() == rule.attest.is_some() {
        f.errors.push(Diagnostic::new(node.place.clone(), "a rule has exactly one of `require` and `attest`"));
    }
    f.finish();
    complete(&rule, errors);
    rule
}

/// A rule is believed when its cases show it pass, fail and miss its evidence.
fn complete(rule: &Rule, errors: &mut Vec<Diagnostic>) {
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
        if !CONTROLS.contains(&control.text) {
            let help = spelling::did_you_mean(&control.text, CONTROLS.iter().map(String::as_str));
            f.errors.push(Diagnostic::new(control.place.clone(), format!("unknown control `{}`", control.text)).help(help));
        }
    }
    controls.into_iter().map(|c| c.text).collect()
}

fn attest(node: &Node, errors: &mut Vec<Diagnostic>) -> Attest {
    let mut f = node.fields("`attest`", errors);
    f.require("by");
    f.require("every");
    let by = f.text("by").unwrap_or_default();
    let every = length(&mut f, "every").unwrap_or_default();
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

fn moment(f: &mut Fields<'_, '_>) -> Option<crate::instant::Instant> {
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
    for (text, word) in [(&commit, "head"), (&mode, "live")] {
        if let Some(text) = text.as_ref().filter(|t| t.text != word) {
            f.errors.push(
                Diagnostic::new(text.place.clone(), format!("`{}` is not known here", text.text)).help(Some(format!("write `{word}`"))),
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
    f.finish();
    Collector { rule: rule.to_owned(), source, query, outputs, rows }
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

/// The text of a rule file's `require`, for people.
pub fn expression_text(rule: &Rule) -> String {
    rule.require
        .as_ref()
        .map_or_else(|| format!("attested by {}", rule.attest.as_ref().map_or("", |a| a.by.as_str())), |r: &Spanned| r.text.clone())
}
