//! What the program prints holds to the published schemas, and the two schemas agree where they describe the same thing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use assert_cmd::Command;
use serde_json::Value;

const NOW: &str = "2026-02-18T00:00:00Z";

fn schema(name: &str) -> Value {
    let path = format!("{}/site/schema/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn printed(arguments: &[&str]) -> Value {
    let output = Command::cargo_bin("readiness").unwrap().current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{arguments:?}: {e}\n{}", String::from_utf8_lossy(&output.stderr)))
}

/// The part of JSON Schema 2020-12 that the two schemas use; a keyword it does not know is an error.
struct Validator<'a> {
    root: &'a Value,
    errors: Vec<String>,
}

impl Validator<'_> {
    fn check(&mut self, schema: &Value, value: &Value, at: &str) {
        let Some(keywords) = schema.as_object() else {
            return if schema == &Value::Bool(false) {
                self.errors.push(format!("{at}: nothing may stand here"))
            };
        };
        for (keyword, wanted) in keywords {
            if !self.holds(keyword, wanted, schema, value, at) {
                self.errors.push(format!("{at}: {keyword} {wanted} does not hold for {value}"));
            }
        }
    }

    fn passes(&self, schema: &Value, value: &Value) -> bool {
        let mut other = Validator { root: self.root, errors: Vec::new() };
        other.check(schema, value, "");
        other.errors.is_empty()
    }

    fn holds(&mut self, keyword: &str, wanted: &Value, schema: &Value, value: &Value, at: &str) -> bool {
        let words = |list: &Value| -> Vec<String> { list.as_array().unwrap().iter().map(|w| w.as_str().unwrap().to_owned()).collect() };
        let (object, array) = (value.as_object(), value.as_array());
        match keyword {
            "$schema" | "$id" | "$defs" | "title" | "description" => true,
            "$ref" => {
                let pointer = wanted.as_str().unwrap().trim_start_matches('#');
                let target = self.root.pointer(pointer).unwrap_or_else(|| panic!("{pointer} is not in the schema")).clone();
                self.check(&target, value, at);
                true
            }
            "type" => {
                let types = if wanted.is_array() { words(wanted) } else { vec![wanted.as_str().unwrap().to_owned()] };
                types.iter().any(|name| match name.as_str() {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "boolean" => value.is_boolean(),
                    "null" => value.is_null(),
                    "number" => value.is_number(),
                    "integer" => value.is_i64() || value.is_u64(),
                    other => panic!("type {other}"),
                })
            }
            "const" => value == wanted,
            "enum" => wanted.as_array().unwrap().contains(value),
            "minimum" => value.as_f64().is_none_or(|n| n >= wanted.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|n| n <= wanted.as_f64().unwrap()),
            "minLength" => value.as_str().is_none_or(|s| s.len() as u64 >= wanted.as_u64().unwrap()),
            "minProperties" => object.is_none_or(|o| o.len() as u64 >= wanted.as_u64().unwrap()),
            "maxItems" => array.is_none_or(|a| a.len() as u64 <= wanted.as_u64().unwrap()),
            "minItems" => array.is_none_or(|a| a.len() as u64 >= wanted.as_u64().unwrap()),
            // Patterns are for editors and check-jsonschema; here only their presence is known.
            "pattern" => wanted.is_string(),
            "required" => object.is_none_or(|o| words(wanted).iter().all(|name| o.contains_key(name))),
            "dependentRequired" => object.is_none_or(|o| {
                wanted
                    .as_object()
                    .unwrap()
                    .iter()
                    .all(|(name, others)| !o.contains_key(name) || words(others).iter().all(|w| o.contains_key(w)))
            }),
            "properties" => {
                for (name, inner) in object.into_iter().flatten() {
                    if let Some(schema) = wanted.get(name) {
                        self.check(schema, inner, &format!("{at}/{name}"));
                    }
                }
                true
            }
            "additionalProperties" => {
                for (name, inner) in object.into_iter().flatten() {
                    if schema.get("properties").and_then(|known| known.get(name)).is_none() {
                        self.check(wanted, inner, &format!("{at}/{name}"));
                    }
                }
                true
            }
            "prefixItems" => {
                for (i, (schema, inner)) in wanted.as_array().unwrap().iter().zip(array.into_iter().flatten()).enumerate() {
                    self.check(schema, inner, &format!("{at}/{i}"));
                }
                true
            }
            "items" => {
                let first = schema.get("prefixItems").and_then(Value::as_array).map_or(0, Vec::len);
                for (i, inner) in array.into_iter().flatten().enumerate().skip(first) {
                    self.check(wanted, inner, &format!("{at}/{i}"));
                }
                true
            }
            "anyOf" => wanted.as_array().unwrap().iter().any(|schema| self.passes(schema, value)),
            "oneOf" => wanted.as_array().unwrap().iter().filter(|schema| self.passes(schema, value)).count() == 1,
            "not" => !self.passes(wanted, value),
            other => panic!("keyword {other}"),
        }
    }
}

fn errors(schema: &Value, value: &Value) -> Vec<String> {
    let mut validator = Validator { root: schema, errors: Vec::new() };
    validator.check(schema, value, "");
    validator.errors
}

/// A report with a waived finding and a waiver that is not needed.
fn waived() -> Value {
    let folder = tempfile::tempdir().unwrap();
    support::ready(folder.path());
    std::fs::remove_file(folder.path().join("coverage.xml")).unwrap();
    let waiver = |id: &str, rule: &str, more: &str| {
        format!(
            "- {{ id: {id}, rule: {rule}, reason: r, ticket: t, owner: a, approved_by: b, granted: 2026-02-01, expires: 2026-02-20{more} }}\n"
        )
    };
    let needed = waiver("W-1", "pr-gate/coverage-line", ", compensating: c");
    let unused = waiver("W-2", "pr-gate/tests-exist", ", bound: tests.failed == 0");
    std::fs::write(folder.path().join("waivers.yaml"), needed + &unused).unwrap();
    let config = folder.path().join("readiness.yaml");
    printed(&["check", "--config", config.to_str().unwrap(), "--now", NOW, "--format", "json"])
}

#[test]
fn a_report_with_waivers_holds_to_its_schema() {
    let report = waived();
    assert_eq!(errors(&schema("report-1"), &report), Vec::<String>::new());
    assert_eq!((&report["waivers"][0]["state"], &report["waivers"][1]["state"]), (&"expiring".into(), &"unused".into()));
}

#[test]
fn a_report_with_a_statement_holds_to_its_schema() {
    let folder = tempfile::tempdir().unwrap();
    support::ready(folder.path());
    let rule = "question: Was it tried?\nseverity: P1\nattest: { by: officer, every: 90d }\nwhy: w\nfix: f\n";
    std::fs::write(folder.path().join("rules/service/tried.yaml"), rule).unwrap();
    let config = folder.path().join("readiness.yaml");
    let config = config.to_str().unwrap();
    let words = ["attest", "service/tried", "--by", "@alice", "--role", "officer", "--until", "2026-03-31", "--note", "seen"];
    let mut command = Command::cargo_bin("readiness").unwrap();
    command.args(words).args(["--config", config, "--now", NOW]).assert().success();
    let report = printed(&["check", "--config", config, "--now", NOW, "--format", "json"]);
    assert_eq!(errors(&schema("report-1"), &report), Vec::<String>::new());
    assert!(report["findings"].as_array().unwrap().iter().any(|f| f["attested"]["statement"]["note"] == "seen"));
}

fn report() -> Value {
    printed(&["check", "--config", "fixtures/reflexio/readiness.yaml", "--now", NOW, "--format", "json"])
}

#[test]
fn the_report_holds_to_its_schema() {
    assert_eq!(errors(&schema("report-1"), &report()), Vec::<String>::new());
}

/// A report held against a base, and what other rules make of it.
#[test]
fn a_backtest_holds_to_its_schema() {
    let folder = tempfile::tempdir().unwrap();
    support::ready(folder.path());
    let config = folder.path().join("readiness.yaml");
    let check = ["check", "--config", config.to_str().unwrap(), "--now", NOW, "--format", "json"];
    let path = folder.path().join("report.json");
    let path = path.to_str().unwrap();
    std::fs::write(path, printed(&check).to_string()).unwrap();
    let held = printed(&[&check[..], &["--base-report", path]].concat());
    assert_eq!(errors(&schema("report-1"), &held), Vec::<String>::new());
    assert!(!held["before"].as_array().unwrap().is_empty());
    std::fs::remove_file(folder.path().join("golden.jsonl")).unwrap();
    std::fs::write(folder.path().join("2.json"), printed(&check).to_string()).unwrap();
    let tried = printed(&["backtest", "--packs", "ai-eval", "--packs", "pr-gate", "--format", "json", folder.path().to_str().unwrap()]);
    assert_eq!((errors(&schema("backtest-1"), &tried), tried["runs"].as_array().unwrap().len()), (Vec::new(), 2));
}

#[test]
fn inspect_holds_to_its_schema() {
    let schema = schema("inspect-1");
    let folder = format!("{}/fixtures/reflexio/evidence", env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| format!("fixtures/reflexio/evidence/{}", e.unwrap().file_name().to_str().unwrap()))
        .collect();
    files.sort();
    files.push("Cargo.toml".to_owned());
    for file in &files {
        let one = printed(&["inspect", file, "--format", "json"]);
        // `anyOf` says only that nothing fits; the errors of the one branch say why.
        let branch = serde_json::json!({ "$ref": "#/$defs/reading", "$defs": schema["$defs"] });
        assert_eq!(errors(&branch, &one), Vec::<String>::new(), "{file}");
    }
    let all: Vec<&str> = ["inspect"].into_iter().chain(files.iter().map(String::as_str)).chain(["--format", "json"]).collect();
    assert_eq!(errors(&schema, &printed(&all)), Vec::<String>::new());
}

#[test]
fn change_points_hold_to_their_schema() {
    let schema = schema("change-points-1");
    for file in ["fixtures/formats/values-csv/steps.csv", "fixtures/formats/history-1/zoo.jsonl", "Cargo.toml"] {
        let found = printed(&["change-points", file, "--format", "json"]);
        assert_eq!(errors(&schema, &found), Vec::<String>::new(), "{file}");
    }
}

#[test]
fn a_list_of_a_history_holds_to_its_schema() {
    let schema = schema("history-list-1");
    for file in ["fixtures/formats/history-1/history.jsonl", "fixtures/formats/history-1/merged.jsonl", "Cargo.toml"] {
        let listed = printed(&["history", "list", file, "--format", "json"]);
        assert_eq!(errors(&schema, &listed), Vec::<String>::new(), "{file}");
    }
}

#[test]
fn a_stamp_holds_to_its_schema() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.xml");
    std::fs::write(&file, "<a/>").unwrap();
    let stamp = |more: &[&str], code: i32| -> Value {
        let mut command = Command::cargo_bin("readiness").unwrap();
        command.env("GITHUB_RUN_ID", "7").arg("stamp").arg(&file).args(["--now", NOW]).args(more).assert().code(code);
        serde_json::from_slice(&std::fs::read(folder.path().join("a.xml.stamp.json")).unwrap()).unwrap()
    };
    let schema = schema("stamp-1");
    for (more, code) in [(&["--commit", "14c907f"][..], 0), (&["--", env!("CARGO_BIN_EXE_readiness"), "--version"], 2)] {
        let written = stamp(more, code);
        assert_eq!(errors(&schema, &written), Vec::<String>::new(), "{written}");
    }
}

#[test]
fn a_report_of_another_shape_is_refused() {
    let schema = schema("report-1");
    let good = report();
    let spoil = |pointer: &str, value: Value| {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = value;
        assert!(!errors(&schema, &bad).is_empty(), "{pointer}");
    };
    spoil("/schema", "readiness/report/2".into());
    spoil("/verdict", "green".into());
    spoil("/gate/exit_code", 2.into());
    spoil("/findings/0/outcome", "passed".into());
    spoil("/score/overall", 101.into());
    spoil("/evidence/0/metrics/0", serde_json::json!({ "id": "a", "labels": {}, "part": 1 }));
    spoil("/evidence/0/metrics/0", serde_json::json!({ "id": "a", "labels": {}, "count": 1, "text": "x" }));
    spoil("/project", serde_json::json!({ "id": "a", "name": "b", "colour": "red" }));
}

#[test]
fn the_two_schemas_agree() {
    let (report, inspect) = (schema("report-1"), schema("inspect-1"));
    for (name, definition) in inspect["$defs"].as_object().unwrap().iter().filter(|(name, _)| *name != "reading") {
        assert_eq!(Some(definition), report["$defs"].get(name), "{name}");
    }
}
