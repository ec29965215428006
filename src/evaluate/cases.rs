//! Runs the examples that every rule carries.

use super::compile::{self, DIFF, FORK, compile};
use super::difference::changes;
use super::expression;
use super::facts::{Facts, value_of};
use super::judge::{Occasion, one};
use super::pack::Compiled;
use crate::catalogue::{self, Kind};
use crate::config::Declared;
use crate::error::Diagnostic;
use crate::evidence::{Evidence, Table};
use crate::instant::Instant;
use crate::metric::{Metric, Name, Ratio, Value};
use crate::record::{Basis, Record};
use crate::rule::{Case, Expected, Given, Rule};
use crate::source::Source;
use crate::system::{PREFIX, System, fact_named};
use std::collections::BTreeMap;

mod occurred;

/// How many cases a rule has, in all of its layers.
pub fn count(rule: &Rule) -> usize {
    if rule.layers.is_empty() { rule.cases.len() } else { rule.layers.iter().map(|layer| layer.cases.len()).sum() }
}

/// Runs all cases of a rule, those of a layer against the rule as that layer leaves it. Each that does not come out as written
/// is a diagnostic, and so is a layer that shows by no case what it changes.
pub fn run(rule: &Compiled, declared: &BTreeMap<String, Declared>) -> Vec<Diagnostic> {
    if rule.rule.layers.is_empty() {
        return own(rule, declared);
    }
    let mut wrong = Vec::new();
    let mut below: Option<Compiled> = None;
    for layer in &rule.rule.layers {
        let Some(compiled) = compile(layer.clone(), declared, &mut wrong) else { break };
        wrong.extend(own(&compiled, declared));
        wrong.extend(below.as_ref().and_then(|below| unshown(below, &compiled, declared)));
        // What is relaxed is so for a while: the next layer lies on what is below.
        if layer.eased.is_empty() {
            below = Some(compiled);
        }
    }
    wrong
}

/// Fields that decide what comes out of a case. Ages, commits and weights do not: the evidence of a case is always fit.
const DECISIVE: [&str; 12] = [
    "require",
    "confidence",
    "min_n",
    "where",
    "when",
    "for_each",
    "collect",
    "empty",
    "warmup",
    "cadence.every",
    "cadence.window",
    "cadence.gaps",
];

/// A layer that decides otherwise must show it: by a case that the rule below does not satisfy.
fn unshown(below: &Compiled, layer: &Compiled, declared: &BTreeMap<String, Declared>) -> Option<Diagnostic> {
    let changes = changes(&below.rule, &layer.rule);
    let change = changes.iter().find(|change| DECISIVE.contains(&change.field))?;
    if layer.rule.cases.iter().any(|case| check(below, case, declared).is_err()) {
        return None;
    }
    let message = format!("no case shows what this layer changes: `{}` was `{}` and is `{}`", change.field, change.was, change.is);
    let help = "add one that comes out otherwise for the rule it overrides, such as a value between the two limits";
    Some(Diagnostic::new(layer.rule.place.clone(), message).help(Some(help.to_owned())))
}

fn own(rule: &Compiled, declared: &BTreeMap<String, Declared>) -> Vec<Diagnostic> {
    rule.rule
        .cases
        .iter()
        .filter_map(|case| check(rule, case, declared).err().map(|text| Diagnostic::new(case.place.clone(), text)))
        .collect()
}

fn check(rule: &Compiled, case: &Case, declared: &BTreeMap<String, Declared>) -> Result<(), String> {
    let system = system(case)?;
    // A case plays where the pack applies, unless it says what the system is.
    let rule = &Compiled { scope: rule.scope.clone().filter(|_| !system.is_empty()), ..rule.clone() };
    let evidence = stage(rule, case, declared)?;
    let profile = match case.given.get("profile") {
        Some(Given::Value(profile)) => Some(profile.clone()),
        _ => None,
    };
    let commit = Some(HEAD.to_owned());
    let occasion =
        Occasion { now: Some(day(rule)), commit, profile, diff: is_so(case, DIFF), fork: is_so(case, FORK), ..Occasion::default() };
    let before = before(rule, case, declared)?;
    let mut facts = Facts::new(&evidence).with_system(&system);
    if let Some(before) = &before {
        facts = facts.with_base(before);
    }
    let findings = one(rule, &facts, &occasion);
    match &case.outcome {
        Expected::One(expected) => {
            let wrong = findings.iter().find(|f| f.outcome.word() != expected);
            wrong.map_or(Ok(()), |f| Err(format!("{} is {}, the case expects {expected}: {}", f.id(), f.outcome, f.message)))
        }
        Expected::Each(expected) => {
            for (subject, outcome) in expected {
                let found = findings.iter().find(|f| f.subject.as_ref() == Some(subject)).ok_or(format!("no finding about `{subject}`"))?;
                if found.outcome.word() != outcome {
                    return Err(format!("{} is {}, the case expects {outcome}: {}", found.id(), found.outcome, found.message));
                }
            }
            Ok(())
        }
    }
}

/// Whether a case says so of its occasion.
fn is_so(case: &Case, name: &str) -> bool {
    matches!(case.given.get(name), Some(Given::Value(said)) if said == "true")
}

/// What a case says of the system: `system.ai_role: provider`.
fn system(case: &Case) -> Result<System, String> {
    let mut system = System::default();
    for (id, given) in case.given.iter().filter(|(id, _)| id.starts_with(PREFIX)) {
        let fact = fact_named(id).ok_or_else(|| format!("unknown fact `{id}`"))?;
        let Given::Value(text) = given else { return Err(format!("`{id}` is one value")) };
        let value = value_of(text, &fact.kind).ok_or_else(|| format!("`{id}`: `{text}` is no {}", fact.kind))?;
        system.say(id, value);
    }
    Ok(system)
}

/// The day a case plays on: one on which the rule is in force.
fn day(rule: &Compiled) -> Instant {
    rule.rule.effective_from.unwrap_or(Instant(0))
}

const HEAD: &str = "0000000000000000000000000000000000000000";

/// What a case says of the occasion, which is no evidence.
const OCCASION: [&str; 4] = ["profile", DIFF, compile::BASE, FORK];

fn is_evidence(name: &str) -> bool {
    !OCCASION.contains(&name) && !name.starts_with(BASE) && !name.starts_with(PREFIX)
}

/// How a case names what the base measured: `base coverage.line: 80/100`, `base coverage.file: [ … ]`. `base: true` says that there
/// is one.
const BASE: &str = "base ";

/// What a case says of the base.
fn before(rule: &Compiled, case: &Case, declared: &BTreeMap<String, Declared>) -> Result<Option<Vec<Evidence>>, String> {
    let mut stage = Stage { day: day(rule), entries: BTreeMap::new() };
    for (name, given) in case.given.iter().filter_map(|(name, given)| Some((name.strip_prefix(BASE)?, given))) {
        match given {
            Given::Value(text) => stage.metric(name, text, declared)?,
            Given::Rows(rows) => stage.rows(name, rows)?,
        }
    }
    let known = !stage.entries.is_empty() || is_so(case, compile::BASE);
    Ok(known.then(|| stage.entries.into_values().collect()))
}

/// The evidence a case describes: fresh, of the right commit and live, unless the case says otherwise.
fn stage(rule: &Compiled, case: &Case, declared: &BTreeMap<String, Declared>) -> Result<Vec<Evidence>, String> {
    let mut stage = Stage { day: day(rule), entries: BTreeMap::new() };
    for (name, given) in case.given.iter().filter(|(name, _)| is_evidence(name)) {
        match given {
            Given::Value(text) if name.contains('.') => stage.metric(name, text, declared)?,
            Given::Rows(rows) if name == "rows" => {
                let rows = rows.iter().map(|row| cells(rule, row)).collect::<Result<_, _>>()?;
                stage.table(rule, rows);
            }
            Given::Rows(rows) => stage.rows(name, rows)?,
            Given::Value(_) => {}
        }
    }
    let single = |given: &Given| if let Given::Value(text) = given { Some(text.clone()) } else { None };
    let columns: BTreeMap<String, String> = case
        .given
        .iter()
        .filter(|(name, _)| !name.contains('.') && !OCCASION.contains(&name.as_str()))
        .filter_map(|(n, g)| Some((n.clone(), single(g)?)))
        .collect();
    if !columns.is_empty() {
        let row = cells(rule, &columns)?;
        stage.table(rule, vec![row]);
    }
    let mut evidence: Vec<Evidence> = stage.entries.into_values().collect();
    occurred::date(rule, case, day(rule), &mut evidence)?;
    Ok(evidence)
}

/// A row of the rule's own query, a cell per declared column.
fn cells(rule: &Compiled, row: &BTreeMap<String, String>) -> Result<Vec<Option<Value>>, String> {
    let outputs = rule.rule.collect.as_ref().map_or(&[][..], |c| &c.outputs);
    if let Some(unknown) = row.keys().find(|name| !outputs.iter().any(|(column, _)| column == *name)) {
        return Err(format!("the rule's query has no column `{unknown}`"));
    }
    let cell = |(column, kind): &(String, Name)| match row.get(column) {
        None => Ok(None),
        Some(text) => {
            let kind = Kind::named(kind, &Name::default()).ok_or("unknown kind")?;
            occurred::value(text, &kind, day(rule)).map(Some).ok_or_else(|| format!("`{column}`: `{text}` is no {kind}"))
        }
    };
    outputs.iter().map(cell).collect()
}

/// A ratio that was estimated, as a case writes it: `6% (4% to 9%)`.
fn estimate(text: &str) -> Option<(Ratio, Basis)> {
    let (value, bounds) = text.split_once(" (")?;
    let (low, high) = bounds.strip_suffix(')')?.split_once(" to ")?;
    let parts = |text: &str| expression::percent(text.trim()).ok()?.share().map(|share| (share * 1e6).round() as u64);
    Some((Ratio::new(parts(value)?, 1_000_000), Basis { range: Some([parts(low)?, parts(high)?]), ..Basis::default() }))
}

struct Stage {
    day: Instant,
    entries: BTreeMap<String, Evidence>,
}

impl Stage {
    fn entry(&mut self, family: &str) -> &mut Evidence {
        let family = if family == "custom" { "telemetry" } else { family };
        let day = self.day;
        self.entries.entry(family.to_owned()).or_insert_with(|| Evidence {
            sources: vec![Source {
                path: "case".to_owned(),
                collected_at: Some(day),
                commit: Some(HEAD.to_owned()),
                mode: Some("live".to_owned()),
                ..Source::default()
            }],
            ..Evidence::new(family.to_owned(), family.to_owned())
        })
    }

    fn metric(&mut self, name: &str, text: &str, declared: &BTreeMap<String, Declared>) -> Result<(), String> {
        let (id, label) = match name.split_once('{') {
            Some((id, label)) => (id, label.trim_end_matches('}').split_once('=')),
            None => (name, None),
        };
        let kind = match declared.get(id) {
            Some(declared) => Kind::named(&declared.kind, &declared.unit),
            None => catalogue::metric_named(id).map(|d| d.kind.clone()),
        };
        let kind = kind.ok_or_else(|| format!("unknown metric `{id}`"))?;
        let (text, unmeasured) = match text.split_once(" unmeasured ") {
            Some((text, n)) => (text, n.trim().parse().map_err(|_| format!("`{n}` is no count"))?),
            None => (text, 0),
        };
        let value = value_of(text, &kind).ok_or_else(|| format!("`{name}`: `{text}` is no {kind}"))?;
        if id == "golden.mode" {
            let mode = Some(value.to_string());
            self.entry("golden").sources.iter_mut().for_each(|source| source.mode.clone_from(&mode));
        }
        let mut metric = Metric { unmeasured, ..Metric::new(id.to_owned(), value) };
        if let Some((label, value)) = label {
            metric = metric.label(label.trim().to_owned(), value.trim().trim_matches('"'));
        }
        self.entry(id.split('.').next().unwrap_or(id)).metrics.push(metric);
        Ok(())
    }

    fn rows(&mut self, name: &str, rows: &[BTreeMap<String, String>]) -> Result<(), String> {
        let family = catalogue::family_named(name).ok_or_else(|| format!("unknown record family `{name}`"))?;
        let fields = expression::fields_of(name);
        self.entry(family.from).family(family.name);
        for row in rows {
            let subject = row.get(family.key).ok_or_else(|| format!("a row of {name} needs `{}`", family.key))?;
            let mut record = Record::new(family.key, subject.clone());
            for (cell, text) in row.iter().filter(|(cell, _)| *cell != family.key) {
                let free = (Name::Borrowed(""), Kind::Text(&[]));
                let standing = cell == "standing" || cell == "because";
                let (_, kind) = fields
                    .iter()
                    .find(|(field, _)| field == cell)
                    .or(standing.then_some(&free))
                    .ok_or_else(|| format!("{name} has no `{cell}`"))?;
                if let (Kind::Ratio, Some((ratio, basis))) = (kind, estimate(text)) {
                    record = record.with_ratio(cell.clone(), ratio, basis);
                    continue;
                }
                let value = occurred::value(text, kind, self.day).ok_or_else(|| format!("`{cell}`: `{text}` is no {kind}"))?;
                record = record.with(cell.clone(), value);
            }
            self.entry(family.from).push(family.name, record);
        }
        Ok(())
    }

    fn table(&mut self, rule: &Compiled, rows: Vec<Vec<Option<Value>>>) {
        let Some(collector) = &rule.rule.collect else { return };
        let columns = collector.outputs.iter().map(|(column, kind)| (Name::Owned(column.clone()), kind.clone())).collect();
        let table = Table { rule: rule.rule.id.clone(), columns, rows, ..Table::default() };
        self.entry(&collector.source.text).tables.push(table);
    }
}
