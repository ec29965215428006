//! Every shipped rule, and every rule of the fixtures, means what its cases say.

#![allow(clippy::unwrap_used, clippy::panic)]

use readiness::error::Diagnostic;
use readiness::evaluate::{cases, pack};
use readiness::instant::Instant;
use readiness::io::shelf::Shelf;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A rule file may have this many lines.
const LINES: usize = 120;

fn all() -> Vec<pack::Files> {
    let mut all: Vec<_> = pack::shipped().into_iter().map(|name| pack::embedded(name).unwrap()).collect();
    for project in std::fs::read_dir("fixtures").unwrap() {
        let rules = project.unwrap().path().join("rules");
        if rules.is_dir() {
            let mut errors = Vec::new();
            all.extend(pack::folder(&rules, rules.to_str().unwrap(), &Shelf::Disk, &mut errors).unwrap());
            none(&errors);
        }
    }
    all
}

fn none(errors: &[Diagnostic]) {
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert!(errors.is_empty(), "{} mistakes\n{}", errors.len(), lines.join("\n"));
}

#[test]
fn every_case_comes_out_as_written() {
    let mut errors = Vec::new();
    let packs = pack::read(&all(), Instant(0), &mut errors);
    none(&errors);
    let (rules, declared) = pack::check(&packs, &BTreeMap::new(), &mut errors);
    none(&errors);
    assert_eq!(rules.len(), packs.iter().map(|p| p.rules.len()).sum::<usize>());
    let wrong: Vec<Diagnostic> = rules.iter().flat_map(|rule| cases::run(rule, &declared)).collect();
    none(&wrong);
}

#[test]
fn every_file_of_the_rules_folder_is_shipped() {
    let shipped: BTreeSet<String> =
        pack::shipped().into_iter().flat_map(|name| pack::embedded(name).unwrap().files).map(|(path, _)| path).collect();
    let mut found = BTreeSet::new();
    for folder in std::fs::read_dir("rules").unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        for file in std::fs::read_dir(&folder).unwrap() {
            found.insert(file.unwrap().path().to_str().unwrap().replace('\\', "/"));
        }
    }
    assert_eq!(shipped, found);
}

/// The first line gives an editor the schema, and the schema file is where the line says.
#[test]
fn every_file_is_short_and_names_its_schema() {
    for (path, text) in all().iter().flat_map(|pack| &pack.files) {
        assert!(text.lines().count() <= LINES, "{path} has more than {LINES} lines");
        let first = text.lines().next().unwrap();
        let schema = first.strip_prefix("# yaml-language-server: $schema=").unwrap_or_else(|| panic!("{path} names no schema"));
        let is_head = path.ends_with("/pack.yaml");
        assert_eq!(schema.ends_with("/pack.schema.json"), is_head, "{path}");
        assert!(Path::new(path).parent().unwrap().join(schema).is_file(), "{path} names {schema}");
    }
}

/// A rule that asks a rate to be shown says what too few cases come to.
#[test]
fn a_rule_with_confidence_has_an_unproven_case() {
    let mut errors = Vec::new();
    for rule in pack::read(&all(), Instant(0), &mut errors).into_iter().flat_map(|pack| pack.rules) {
        let unproven = rule.cases.iter().any(|case| format!("{:?}", case.outcome).contains("unproven"));
        assert!(rule.confidence.is_none() || unproven, "{}", rule.id);
    }
}

/// The keys that a schema gives an editor are those that the program asks for.
#[test]
fn the_schemas_know_the_keys_of_the_program() {
    for (file, schema) in [("some-rule.yaml", "rules/schema.json"), ("pack.yaml", "rules/pack.schema.json")] {
        let files = pack::Files { pack: "some".to_owned(), files: vec![(file.to_owned(), "zzzzzzzzzzzz: 1\n".to_owned())] };
        let mut errors = Vec::new();
        pack::read(&[files], Instant(0), &mut errors);
        let keys = errors.iter().find_map(|e| e.help.as_ref()?.strip_prefix("the keys are ")).unwrap();
        let asked: BTreeSet<&str> = keys.split(", ").collect();
        let schema: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
        let known: BTreeSet<&str> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(asked, known, "{file}");
    }
}
