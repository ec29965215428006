//! What was seen, and what the base saw and the head does not.

use crate::attestation;
use crate::evidence::{Evidence, Gap};
use crate::finding::{Finding, Outcome};
use crate::inventory::Inventory;
use crate::io::hash::fingerprint;
use crate::metric::grouped;
use crate::record::Record;
use crate::rule::Severity;
use std::collections::{BTreeMap, BTreeSet};

/// So many vanished things are told one by one.
const EACH: usize = 20;
/// The families whose rows are counted as things that must not vanish.
const FAMILIES: [&str; 5] = ["tests.case", "golden.case", "golden.category", "benchmark.series", attestation::FAMILY];

/// Everything that was seen, by name.
pub fn take(evidence: &[Evidence]) -> Inventory {
    let mut inventory = Inventory::default();
    for entry in evidence {
        for source in entry.sources.iter().filter(|s| !s.sha256.is_empty()) {
            inventory.add("source", format!("{}: {}", entry.name, source.path));
        }
        for suite in entry.rows("tests.case").iter().filter_map(|row| row.text("suite")) {
            inventory.add("tests.suite", suite);
        }
    }
    for family in FAMILIES {
        let rows = || evidence.iter().flat_map(|entry| entry.rows(family)).filter(|row| is_there(row));
        let omitted: u64 = evidence.iter().filter_map(|entry| entry.omitted.get(family)).sum();
        // The worst rows only: which of them are kept changes from run to run, and their number does not.
        match omitted {
            0 => rows().for_each(|row| inventory.add(family, row.subject())),
            _ => inventory.count(family, omitted.saturating_add(rows().count() as u64)),
        }
    }
    inventory
}

/// A series that is only remembered is not there.
fn is_there(row: &Record) -> bool {
    row.text("state") != Some("missing")
}

/// A finding for everything the base saw and the head does not.
///
/// Evidence that cannot be used is told by the rules that need it; its rows are not listed again. Nor are its files where a fork
/// could not make any of them.
pub fn lost(base: &Inventory, head: &Inventory, evidence: &[Evidence], fork: bool) -> Vec<Finding> {
    let unusable: BTreeSet<&str> = evidence.iter().filter(|e| e.gap().is_some()).map(|e| e.family.as_ref()).collect();
    let nothing = |entry: &&Evidence| fork && entry.sources.is_empty() && entry.gap().is_some();
    let excused: Vec<String> = evidence.iter().filter(nothing).map(|entry| format!("{}: ", entry.name)).collect();
    let gone = head.lost(base);
    let suites: Vec<&str> = gone.iter().filter(|(kind, _)| *kind == "tests.suite").map(|(_, name)| *name).collect();
    let mut by_kind: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (kind, name) in gone {
        // A suite that is gone says it for its cases.
        let told = kind == "tests.case" && suites.iter().any(|suite| name.starts_with(suite));
        let excused = kind == "source" && excused.iter().any(|entry| name.starts_with(entry.as_str()));
        if !told && !excused && !unusable.contains(kind.split('.').next().unwrap_or(kind)) {
            by_kind.entry(kind).or_default().push(name);
        }
    }
    let fewer = head.fewer(base).into_iter().filter(|(kind, _)| !unusable.contains(kind.split('.').next().unwrap_or(kind)));
    let fewer = fewer.map(|(kind, n)| finding(kind, None, format!("{} fewer of kind {} than the base saw", grouped(n), word(kind))));
    by_kind.into_iter().flat_map(|(kind, names)| findings(kind, &names)).chain(fewer).collect()
}

/// What a kind is called.
fn word(kind: &str) -> &'static str {
    match kind {
        "source" => "file",
        "tests.suite" => "test suite",
        "tests.case" => "test",
        "golden.case" => "golden case",
        "golden.category" => "golden category",
        attestation::FAMILY => "statement",
        _ => "benchmark series",
    }
}

/// One finding each, or one for all when they are many.
fn findings(kind: &str, names: &[&str]) -> Vec<Finding> {
    let what = word(kind);
    if names.len() <= EACH {
        let message = |name: &str| format!("the {what} {name} was seen by the base and is not there now");
        return names.iter().map(|name| finding(kind, Some(name), message(name))).collect();
    }
    let first: Vec<&str> = names.iter().take(3).copied().collect();
    let message = format!("{} of kind {what} were seen by the base and are not there now: {} and more", names.len(), first.join(", "));
    vec![finding(kind, None, message)]
}

fn finding(kind: &str, name: Option<&str>, message: String) -> Finding {
    let rule = format!("inventory/{}", kind.replace('.', "-"));
    Finding {
        question: "Is everything the base saw still there?".to_owned(),
        severity: Severity::P1,
        weight: 1,
        owner: None,
        controls: Vec::new(),
        outcome: Outcome::NoEvidence,
        gap: Some(Gap::Missing),
        message,
        observed: "–".to_owned(),
        required: "present".to_owned(),
        margin: String::new(),
        shortfall: None,
        blamed: Vec::new(),
        since: None,
        would_show: None,
        cause: None,
        why: "What is not run cannot fail. A gate that judges only what it is shown is opened by showing less.".to_owned(),
        fix: "Bring it back, or acknowledge that it is gone with a waiver that names this finding, a reason and an end.".to_owned(),
        expression: "everything the base saw is still there".to_owned(),
        rule_at: "built in".to_owned(),
        sources: Vec::new(),
        waiver: None,
        attested: None,
        fingerprint: fingerprint(&[&rule, name.unwrap_or_default()]),
        subject: name.map(str::to_owned),
        rule,
    }
}
