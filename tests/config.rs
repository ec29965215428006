//! The schemas that editors are given for `readiness.yaml`, `waivers.yaml` and `attestations.yaml` say what the program reads.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use readiness::command::schema::SCHEMAS;
use readiness::config::Config;
use readiness::discover::{attestations, settings, waivers};
use readiness::error::Diagnostic;
use readiness::evaluate::pack;
use readiness::ingest::ROOMS;
use readiness::system::{RISKS, ROLES};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

/// Every part with one key that nobody knows: the message lists those that are known.
const STRANGE: &str = "zzzzzzzzzzzz: 1
project: { zzzzzzzzzzzz: 1 }
evidence: { a: { zzzzzzzzzzzz: 1 } }
profiles: { a: { zzzzzzzzzzzz: 1 } }
metrics: { custom.a: { zzzzzzzzzzzz: 1 } }
packs: [a]
system: { zzzzzzzzzzzz: 1, audit_period: {
  zzzzzzzzzzzz: 1 } }
waivers: { zzzzzzzzzzzz: 1, longest: {
  zzzzzzzzzzzz: 1 } }
";

fn schema(name: &str) -> Value {
    serde_json::from_str(SCHEMAS.iter().find(|(known, _)| *known == name).unwrap().1).unwrap()
}

fn families() -> Vec<&'static str> {
    ROOMS.iter().map(|room| room.family).collect()
}

/// The keys that the program lists for a strange one on `line`, and those that the schema has at `pointer`, are the same.
fn agree(errors: &[Diagnostic], schema: &Value, places: &[(u64, &str)]) {
    for (line, pointer) in places {
        let listed = errors.iter().find_map(|e| (e.place.line == *line).then_some(e.help.as_ref()?.strip_prefix("the keys are ")?));
        let asked: BTreeSet<&str> = listed.unwrap_or_else(|| panic!("{line}: {errors:?}")).split(", ").collect();
        let known: BTreeSet<&str> = schema.pointer(pointer).unwrap().as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(asked, known, "{pointer}");
    }
}

/// When this fails, a key was added to `src/discover/settings.rs`: describe it in the schema too.
#[test]
fn the_schema_knows_the_keys_of_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("readiness.yaml");
    fs::write(&path, STRANGE).unwrap();
    let mut errors = Vec::new();
    let readers = settings::Readers { shelf: &readiness::io::shelf::Shelf::Disk, declarations: pack::declarations, relax: pack::relax };
    settings::read(&path, "readiness.yaml", &families(), readers, &mut errors);
    let places = [
        (1, "/properties"),
        (2, "/properties/project/properties"),
        (3, "/properties/evidence/additionalProperties/properties"),
        (4, "/properties/profiles/additionalProperties/properties"),
        (5, "/properties/metrics/additionalProperties/properties"),
        (7, "/properties/system/properties"),
        (8, "/properties/system/properties/audit_period/anyOf/1/properties"),
        (9, "/properties/waivers/properties"),
        (10, "/properties/waivers/properties/longest/properties"),
    ];
    agree(&errors, &schema("config"), &places);
}

/// As above, for `src/discover/waivers.rs`.
#[test]
fn the_schema_knows_the_keys_of_waivers() {
    let text = "- scope: { zzzzzzzzzzzz: 1 }\n  zzzzzzzzzzzz: 1\n";
    let mut errors = Vec::new();
    waivers::parse(
        "waivers.yaml",
        text,
        waivers::Known { rules: None, config: &Config::default(), ids: &readiness::lifecycle::Lifecycle::default() },
        &mut errors,
    );
    agree(&errors, &schema("waivers"), &[(1, "/items/properties/scope/properties"), (2, "/items/properties")]);
}

/// As above, for `src/discover/attestations.rs`.
#[test]
fn the_schema_knows_the_keys_of_statements() {
    let mut errors = Vec::new();
    attestations::parse("attestations.yaml", "- zzzzzzzzzzzz: 1\n", &mut errors);
    agree(&errors, &schema("attestations"), &[(1, "/items/properties")]);
}

#[test]
fn the_schema_knows_the_families() {
    let schema = schema("config");
    let known = schema.pointer("/properties/evidence/additionalProperties/properties/family/enum").unwrap();
    assert_eq!(known, &Value::from(families()));
}

#[test]
fn every_schema_can_be_printed_and_every_one_is_kept() {
    let mut kept = BTreeSet::new();
    for (folder, end) in [("site/schema", ".json"), ("rules", "schema.json")] {
        for file in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.to_str().unwrap().ends_with(end)) {
            kept.insert(fs::read_to_string(file).unwrap());
        }
    }
    assert_eq!(kept, SCHEMAS.iter().map(|(_, text)| (*text).to_owned()).collect());
    for (name, text) in SCHEMAS {
        let schema: Value = serde_json::from_str(text).unwrap();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{name}");
        assert!(!schema["title"].as_str().unwrap().is_empty(), "{name}");
    }
}

#[test]
fn our_configurations_name_the_schema() {
    for path in ["readiness.yaml", "readiness.nightly.yaml", "fixtures/reflexio/readiness.yaml"] {
        let text = fs::read_to_string(path).unwrap();
        let named = text.lines().next().unwrap().strip_prefix("# yaml-language-server: $schema=").unwrap_or_else(|| panic!("{path}"));
        assert!(std::path::Path::new(path).parent().unwrap().join(named).is_file(), "{path} names {named}");
    }
}

/// The answers an editor offers are those the program takes.
#[test]
fn the_schema_knows_the_answers_about_the_system() {
    let schema = schema("config");
    for (key, words) in [("ai_role", ROLES), ("ai_risk", RISKS)] {
        assert_eq!(schema.pointer(&format!("/properties/system/properties/{key}/enum")).unwrap(), &Value::from(words), "{key}");
    }
}

#[test]
fn a_rule_waits_only_with_a_reason_and_only_if_a_file_can_end_it() {
    let wrong = |waiting: &str| {
        let folder = tempfile::tempdir().unwrap();
        let text =
            format!("project: {{ id: a }}\nevidence: {{ t: {{ family: tests, path: t.xml }} }}\nwaiting: {waiting}\npacks: [pr-gate]\n");
        fs::write(folder.path().join("readiness.yaml"), text).unwrap();
        let answer = support::readiness(folder.path(), &["check"]);
        assert_eq!(answer.code, 2, "{waiting}: {}", answer.out);
        answer.err
    };
    assert!(wrong("{ pr-gate/coverage-lines: later }").contains("did you mean `pr-gate/coverage-line`"));
    assert!(wrong("{ pr-gate/coverage-line: \" \" }").contains("waits without a reason"));
    assert!(wrong("[pr-gate/coverage-line]").contains("must be a mapping"));
}

#[test]
fn the_address_of_a_repository_is_one() {
    let read = |address: &str| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("readiness.yaml");
        fs::write(&path, format!("project: {{ id: a, repository: \"{address}\" }}\nevidence: {{}}\npacks: [pr-gate]\n")).unwrap();
        let mut errors = Vec::new();
        let readers = settings::Readers { shelf: &readiness::io::shelf::Shelf::Disk, declarations: pack::declarations, relax: pack::relax };
        let config = settings::read(&path, "readiness.yaml", &families(), readers, &mut errors);
        (config.project.repository, errors.into_iter().map(|e| e.to_string()).collect::<Vec<_>>())
    };
    assert_eq!(read("https://github.com/owner/name/").0.as_deref(), Some("https://github.com/owner/name"));
    for wrong in ["http://github.com/owner/name", "https://github.com", "https://github.com//name", "javascript:alert(1)", "https://a/b?c"]
    {
        let (repository, errors) = read(wrong);
        assert_eq!(repository, None);
        assert!(errors.iter().any(|e| e.contains("is not the address of a repository")), "{wrong}: {errors:?}");
    }
}
