//! `readiness backtest`: other rules over judgements that are over, by the same judge.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use support::{Answer, readiness, ready};

/// A project with tests and coverage, judged by a pack of its own.
struct World {
    folder: tempfile::TempDir,
    runs: usize,
}

const PROFILES: &str = "profiles: { pr: { gate: new }, look: { gate: observe, until: 2026-03-31 } }";

impl World {
    fn new() -> World {
        let world = World { folder: tempfile::tempdir().unwrap(), runs: 0 };
        world.put("rules/gate/pack.yaml", "title: Gate\nabout: What it asks.\n");
        world.rule("rules/gate/lines.yaml", "coverage.line >= 80%", "coverage.line", ("90/100", "50/100"), "");
        world.rule("rules/gate/tests.yaml", "tests.failed == 0", "tests.failed", ("0", "1"), "");
        world
    }

    fn at(&self) -> &Path {
        self.folder.path()
    }

    fn put(&self, name: &str, text: &str) {
        let path = self.at().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn rule(&self, path: &str, require: &str, metric: &str, (good, bad): (&str, &str), more: &str) {
        let case = |value: &str, outcome: &str| format!("  - {{ given: {{ {metric}: {value} }}, outcome: {outcome} }}\n");
        let cases = format!("cases:\n{}{}  - {{ given: {{}}, outcome: no-evidence }}\n", case(good, "pass"), case(bad, "fail"));
        self.put(path, &format!("question: Is it so?\nseverity: P1\nrequire: {require}\nwhy: Because.\nfix: Mend it.\n{more}{cases}"));
    }

    /// Judges a state of the evidence and keeps the report: so many of a hundred lines, so many failed tests.
    fn run(&mut self, project: &str, lines: Option<u64>, failed: usize, more: &[&str]) -> i32 {
        self.runs += 1;
        let mut evidence = "  tests: { family: tests, path: junit.xml }\n".to_owned();
        if let Some(lines) = lines {
            evidence.push_str("  coverage: { family: coverage, path: coverage.xml }\n");
            let hits: String = (1..=100).map(|n| format!("<line number=\"{n}\" hits=\"{}\"/>", u64::from(n <= lines))).collect();
            self.put("coverage.xml", &format!(
                "<?xml version=\"1.0\" ?><coverage version=\"7.4\" timestamp=\"1771369200000\" line-rate=\"{}\" branch-rate=\"0\" lines-valid=\"100\" lines-covered=\"{lines}\"><packages><package name=\"a\"><classes><class name=\"a\" filename=\"a.py\"><methods/><lines>{hits}</lines></class></classes></package></packages></coverage>",
                lines as f64 / 100.0
            ));
        }
        let cases: String = (0..10)
            .map(|n| {
                if n < failed {
                    format!("<testcase classname=\"a\" name=\"t{n}\"><failure message=\"no\"/></testcase>")
                } else {
                    format!("<testcase classname=\"a\" name=\"t{n}\"/>")
                }
            })
            .collect();
        self.put(
            "junit.xml",
            &format!("<testsuite name=\"a\" tests=\"10\" failures=\"{failed}\" errors=\"0\" skipped=\"0\">{cases}</testsuite>"),
        );
        self.put(
            "readiness.yaml",
            &format!("project: {{ id: {project}, commit: abc }}\nevidence:\n{evidence}packs: [rules/gate/]\n{PROFILES}\n"),
        );
        let now = format!("2026-02-{:02}T00:00:00Z", self.runs);
        let answer = readiness(self.at(), &[&["check", "--now", &now, "--format", "json"], more].concat());
        assert!(!answer.out.is_empty(), "{}", answer.err);
        self.put(&format!("reports/{}/report.json", self.runs), &answer.out);
        answer.code
    }

    fn report(&self, run: usize) -> String {
        format!("reports/{run}/report.json")
    }

    fn backtest(&self, more: &[&str]) -> Answer {
        readiness(self.at(), &[&["backtest"], more].concat())
    }

    fn data(&self, more: &[&str]) -> Value {
        let answer = self.backtest(&[&["--format", "json"], more].concat());
        serde_json::from_str(&answer.out).unwrap_or_else(|e| panic!("{e}: {}", answer.err))
    }
}

fn gates(data: &Value) -> Vec<(&str, &str)> {
    data["runs"].as_array().unwrap().iter().map(|run| (run["was"].as_str().unwrap(), run["is"].as_str().unwrap())).collect()
}

fn tally(data: &Value, rule: &str) -> BTreeMap<String, u64> {
    let found = data["rules"].as_array().unwrap().iter().find(|tally| tally["rule"] == rule).unwrap();
    let counts = found.as_object().unwrap().iter().filter_map(|(key, n)| Some((key.clone(), n.as_u64()?)));
    counts.filter(|(_, n)| *n > 0).collect()
}

fn counts(counts: &[(&str, u64)]) -> BTreeMap<String, u64> {
    counts.iter().map(|(key, n)| ((*key).to_owned(), *n)).collect()
}

/// Six judgements of two systems: two closed, one without any coverage.
fn six() -> World {
    let mut world = World::new();
    assert_eq!(world.run("one", Some(95), 0, &[]), 0);
    assert_eq!(world.run("one", Some(82), 0, &[]), 0);
    assert_eq!(world.run("one", Some(70), 0, &[]), 1);
    assert_eq!(world.run("two", Some(89), 0, &[]), 0);
    assert_eq!(world.run("two", Some(96), 1, &[]), 1);
    assert_eq!(world.run("two", None, 0, &[]), 3);
    world
}

#[test]
fn a_tightened_rule_says_exactly_what_it_would_have_closed() {
    let world = six();
    world.put("strict/gate/pack.yaml", "title: Gate\nabout: What it asks.\n");
    world.rule("strict/gate/lines.yaml", "coverage.line >= 90%", "coverage.line", ("90/100", "50/100"), "");
    world.rule("strict/gate/tests.yaml", "tests.failed == 0", "tests.failed", ("0", "1"), "");
    let data = world.data(&["--packs", "strict/gate", "reports"]);
    let wanted =
        [("open", "open"), ("open", "closed"), ("closed", "closed"), ("open", "closed"), ("closed", "closed"), ("closed", "closed")];
    assert_eq!(gates(&data), wanted);
    assert_eq!(tally(&data, "gate/lines"), counts(&[("newly_failing", 2), ("unchanged", 4)]));
    assert_eq!(tally(&data, "gate/tests"), counts(&[("unchanged", 6)]));
    let text = world.backtest(&["--packs", "strict/gate", "reports"]);
    assert_eq!(text.code, 0);
    assert!(text.out.starts_with("gate would have closed 5 of 6 runs in 2 systems; 2 of them were open.\n"), "{}", text.out);
    assert!(text.out.contains("gate/lines") && !text.out.contains("\ngate/tests"), "{}", text.out);
    assert!(text.out.contains("2026-02-04 00:00 UTC  two abc  gate/lines (reports/4/report.json)"), "{}", text.out);
    assert_eq!(world.backtest(&["--packs", "strict/gate", "--deny", "closed", "reports"]).code, 1);
    assert_eq!(world.backtest(&["--packs", "rules/gate", "--deny", "closed", "reports"]).code, 0);
}

#[test]
fn a_loosened_rule_says_what_it_would_have_let_through() {
    let world = six();
    world.put("loose/gate/pack.yaml", "title: Gate\nabout: What it asks.\n");
    world.rule("loose/gate/lines.yaml", "coverage.line >= 60%", "coverage.line", ("90/100", "50/100"), "");
    let data = world.data(&["--packs", "loose/gate", "reports"]);
    let is: Vec<&str> = gates(&data).into_iter().map(|(_, is)| is).collect();
    assert_eq!(is, ["open", "open", "open", "open", "open", "closed"], "the last has no coverage at all, then as now");
    assert_eq!(tally(&data, "gate/lines"), counts(&[("newly_passing", 1), ("unchanged", 5)]));
    let text = world.backtest(&["--packs", "loose/gate", "reports"]).out;
    assert!(text.contains("2 runs closed then would have been open"), "{text}");
}

/// The rules that made a report make it again: every outcome, every gate.
#[test]
fn the_same_rules_say_the_same() {
    let mut world = six();
    world.run("one", Some(70), 2, &["--profile", "look"]);
    world.run("one", Some(70), 0, &["--profile", "pr", "--base-report", "reports/3/report.json"]);
    world.run("one", Some(69), 0, &["--profile", "pr", "--base-report", "reports/3/report.json"]);
    world.run("one", Some(95), 1, &["--profile", "pr", "--base-report", "reports/3/report.json"]);
    let data = world.data(&["--packs", "rules/gate", "reports"]);
    for (was, is) in gates(&data) {
        assert_eq!(was, is, "{data}");
    }
    assert_eq!(gates(&data).iter().filter(|(was, _)| *was == "closed").count(), 6);
    for rule in ["gate/lines", "gate/tests"] {
        assert_eq!(tally(&data, rule), counts(&[("unchanged", 10)]));
    }
    assert!(data["runs"].as_array().unwrap().iter().all(|run| run.get("changed").is_none() && run.get("not_judged").is_none()), "{data}");
}

/// Every family of evidence, every shipped pack: queries, levels, series, waivers.
#[test]
fn the_same_rules_say_the_same_of_everything() {
    let folder = tempfile::tempdir().unwrap();
    ready(folder.path());
    let keep = |name: &str, more: &[&str]| {
        let answer = readiness(folder.path(), &[&["check", "--now", support::NOW, "--format", "json"], more].concat());
        fs::create_dir_all(folder.path().join("kept")).unwrap();
        fs::write(folder.path().join("kept").join(name), &answer.out).unwrap();
        answer.code
    };
    assert_eq!(keep("good.json", &[]), 0);
    let waiver = "- { id: W-1, rule: pr-gate/coverage-line, reason: r, ticket: t, owner: a, approved_by: b, granted: 2026-02-01, expires: 2026-02-20 }\n";
    fs::write(folder.path().join("waivers.yaml"), waiver).unwrap();
    fs::remove_file(folder.path().join("coverage.xml")).unwrap();
    keep("waived.json", &[]);
    fs::remove_file(folder.path().join("waivers.yaml")).unwrap();
    fs::remove_file(folder.path().join("audit.db")).unwrap();
    keep("gone.json", &["--base-report", "kept/good.json"]);
    let answer = readiness(folder.path(), &["backtest", "--format", "json", "kept"]);
    let data: Value = serde_json::from_str(&answer.out).unwrap_or_else(|e| panic!("{e}: {}", answer.err));
    for (was, is) in gates(&data) {
        assert_eq!(was, is, "{data}");
    }
    for tally in data["rules"].as_array().unwrap() {
        assert_eq!(tally["unchanged"], 3, "{tally}");
    }
}

/// What a report does not hold cannot be judged, and never counts as passing.
#[test]
fn what_the_report_does_not_hold_is_not_judged() {
    let mut world = World::new();
    world.run("one", Some(95), 0, &[]);
    world.run("one", None, 0, &[]);
    world.run("one", Some(95), 1, &[]);
    world.put("new/more/pack.yaml", "title: More\nabout: What it asks.\n");
    world.rule("new/more/branches.yaml", "coverage.branch >= 50%", "coverage.branch", ("90/100", "10/100"), "");
    world.rule("new/more/golden.yaml", "or_else(golden.unmeasured, 0) == 0 && tests.total > 0", "golden.unmeasured", ("0", "1"), "");
    world.put(
        "new/more/golden.yaml",
        &fs::read_to_string(world.at().join("new/more/golden.yaml"))
            .unwrap()
            .replace("{ golden.unmeasured: 0 }", "{ golden.unmeasured: 0, tests.total: 1 }")
            .replace("{ golden.unmeasured: 1 }", "{ golden.unmeasured: 1, tests.total: 1 }"),
    );
    world.rule("new/more/tests.yaml", "tests.failed == 0", "tests.failed", ("0", "1"), "");
    let data = world.data(&["--packs", "new/more", "reports"]);
    let is: Vec<&str> = gates(&data).into_iter().map(|(_, is)| is).collect();
    assert_eq!(is, ["unknown", "unknown", "closed"], "{data}");
    assert_eq!(tally(&data, "more/golden"), counts(&[("not_judged", 3)]), "what `or_else` would put in its place is not measured");
    assert_eq!(tally(&data, "more/tests"), counts(&[("newly_failing", 1), ("newly_passing", 2)]));
    let text = world.backtest(&["--packs", "new/more", "--deny", "closed", "reports"]);
    assert_eq!(text.code, 3, "{}", text.out);
    assert!(text.out.contains("Of 2 runs nobody can tell") && text.out.contains("holds no golden.unmeasured"), "{}", text.out);

    // A pack that asks what the system is cannot be judged where the report does not say.
    world.put("new/more/pack.yaml", "title: More\nabout: What it asks.\nwhen: system.ai_risk >= \"high\"\n");
    let data = world.data(&["--packs", "new/more", "reports"]);
    assert!(gates(&data).iter().all(|(_, is)| *is == "unknown"), "{data}");
    assert_eq!(data["runs"][0]["not_judged"][0]["lacks"].as_array().unwrap().last().unwrap(), "system.ai_risk");
}

#[test]
fn what_cannot_be_tried_is_said() {
    let mut world = World::new();
    world.run("one", Some(95), 0, &[]);
    world.put("empty/other.json", "{\"a\": 1}");
    world.put("broken/report.json", "{\"schema\": \"readiness/report/1\"");
    world.put("later/r.json", "{\"schema\": \"readiness/report/9\"}");
    for (arguments, wanted) in [
        (&["--packs", "rules/gate", "empty"][..], "there is no stored report.json, so nothing was tried"),
        (&["--packs", "rules/gate", "nowhere"], "nowhere: "),
        (&["--packs", "rules/gate", "broken"], "not a readiness report"),
        (&["--packs", "rules/gate", "later"], "report"),
        (&["--packs", "pr-gat", "reports"], "did you mean `pr-gate`?"),
        (&["--packs", "rules/gate", "--format", "html", "reports"], "there is no format `html` here"),
        (&["--packs", "rules/gate", "empty/other.json"], "not a readiness report"),
    ] {
        let answer = world.backtest(arguments);
        assert!(answer.code == 2 && answer.err.contains(wanted), "{arguments:?}: {} {}", answer.code, answer.err);
    }
    assert_eq!(world.backtest(&["--packs", "rules/gate"]).code, 2);
    // The same judgement twice is one run, and the configuration's packs are the default.
    fs::copy(world.at().join(world.report(1)), world.at().join("reports/copy.json")).unwrap();
    let answer = world.backtest(&["reports", "empty"]);
    assert!(answer.out.starts_with("gate would have closed 0 of 1 run in 1 system.\n"), "{}", answer.out);
    assert!(answer.err.contains("1 file passed over: the same judgement again"), "{}", answer.err);
}

/// A change against the base is judged again, because the report keeps what the base measured.
#[test]
fn changes_against_the_base_are_judged_again() {
    let mut world = World::new();
    world.run("one", Some(95), 0, &[]);
    world.run("one", Some(93), 0, &["--base-report", "reports/1/report.json"]);
    world.put("delta/d/pack.yaml", "title: D\nabout: What it asks.\n");
    let text = "question: Is it so?\nseverity: P1\nrequire: delta(coverage.line) >= -1pt\nwhy: Because.\nfix: Mend it.\ncases:\n  - { given: { coverage.line: 8/10, base coverage.line: 8/10 }, outcome: pass }\n  - { given: { coverage.line: 7/10, base coverage.line: 8/10 }, outcome: fail }\n  - { given: {}, outcome: no-evidence }\n";
    world.put("delta/d/r.yaml", text);
    let data = world.data(&["--packs", "delta/d", "reports"]);
    assert_eq!(tally(&data, "d/r"), counts(&[("newly_failing", 1), ("not_judged", 1)]), "{data}");
    assert_eq!(data["runs"][0]["not_judged"][0]["lacks"][0], "coverage.line of the base");
}

/// The example project, with everything that goes wrong in it.
#[test]
fn the_example_project_is_judged_the_same_again() {
    let folder = tempfile::tempdir().unwrap();
    support::reflexio(folder.path());
    let report = readiness(folder.path(), &["check", "--now", support::NOW, "--format", "json"]).out;
    fs::write(folder.path().join("report.json"), &report).unwrap();
    let answer = readiness(folder.path(), &["backtest", "--format", "json", "report.json"]);
    let data: Value = serde_json::from_str(&answer.out).unwrap_or_else(|e| panic!("{e}: {}", answer.err));
    let changed = |tally: &&Value| tally["unchanged"] != 1;
    assert_eq!(data["rules"].as_array().unwrap().iter().filter(changed).collect::<Vec<_>>(), Vec::<&Value>::new());
    let stored: Value = serde_json::from_str(&report).unwrap();
    let blocking =
        |f: &&Value| f["outcome"] != "pass" && f["outcome"] != "not-applicable" && (f["severity"] == "P0" || f["severity"] == "P1");
    assert_eq!(
        data["runs"][0]["shut_by"].as_array().unwrap().len(),
        stored["findings"].as_array().unwrap().iter().filter(blocking).count()
    );
}

fn keep(folder: &Path, name: &str, edit: impl Fn(&mut Value)) {
    let report = readiness(folder, &["check", "--now", support::NOW, "--format", "json"]).out;
    let mut report: Value = serde_json::from_str(&report).unwrap();
    edit(&mut report);
    fs::create_dir_all(folder.join("kept")).unwrap();
    fs::write(folder.join("kept").join(name), report.to_string()).unwrap();
}

/// A report keeps the worst rows of a family: what fails there fails, and what does not says nothing of the others.
#[test]
fn rows_that_a_report_left_out_never_pass() {
    let folder = tempfile::tempdir().unwrap();
    ready(folder.path());
    let put = |name: &str, text: &str| {
        fs::create_dir_all(folder.path().join("new/rows")).unwrap();
        fs::write(folder.path().join("new/rows").join(name), text).unwrap();
    };
    put("pack.yaml", "title: Rows\nabout: What it asks.\n");
    let rule =
        |require: &str, cases: &str| format!("question: Is it so?\nseverity: P1\nwhy: Because.\nfix: Mend it.\n{require}cases:\n{cases}");
    let case = |outcome: &str, of: &str| format!("  - {{ given: {{ tests.case: [ {{ id: a, outcome: {outcome} }} ] }}, outcome: {of} }}\n");
    let none = "  - { given: {}, outcome: no-evidence }\n";
    let each = [case("passed", "{ a: pass }"), case("failed", "{ a: fail }"), none.to_owned()].concat();
    let whole = [case("passed", "pass"), case("failed", "fail"), none.to_owned()].concat();
    put("each.yaml", &rule("for_each: tests.case\nrequire: outcome == \"passed\"\n", &each));
    put("all.yaml", &rule("require: all(tests.case, outcome == \"passed\")\n", &whole));
    let tests = |report: &mut Value, failing: bool, omitted: u64| {
        let entry = report["evidence"].as_array_mut().unwrap().iter_mut().find(|e| e["name"] == "tests").unwrap();
        if failing {
            entry["records"]["tests.case"][0]["outcome"] = "failed".into();
        }
        if omitted > 0 {
            entry["omitted"] = serde_json::json!({ "tests.case": omitted });
        }
    };
    keep(folder.path(), "1.json", |report| tests(report, false, 0));
    keep(folder.path(), "2.json", |report| tests(report, false, 7));
    keep(folder.path(), "3.json", |report| tests(report, true, 7));
    let answer = readiness(folder.path(), &["backtest", "--packs", "new/rows", "--format", "json", "kept"]);
    let data: Value = serde_json::from_str(&answer.out).unwrap_or_else(|e| panic!("{e}: {}", answer.err));
    assert_eq!(tally(&data, "rows/each"), counts(&[("newly_passing", 1), ("not_judged", 1), ("newly_failing", 1)]));
    assert_eq!(tally(&data, "rows/all"), counts(&[("newly_passing", 1), ("not_judged", 2)]));
    assert_eq!(gates(&data), [("open", "open"), ("open", "unknown"), ("open", "closed")]);
}

/// A stored answer is an answer to its own query and to no other, whatever the rule is called.
#[test]
fn a_stored_answer_is_used_for_its_own_query_only() {
    let folder = tempfile::tempdir().unwrap();
    ready(folder.path());
    let shipped = fs::read_to_string(support::root().join("rules/retention-audit/deleted-by-table.yaml")).unwrap();
    let put = |name: &str, text: &str| {
        fs::create_dir_all(folder.path().join("new/asks")).unwrap();
        fs::write(folder.path().join("new/asks").join(name), text).unwrap();
    };
    put("pack.yaml", "title: Asks\nabout: What it asks.\n");
    put("same.yaml", &shipped);
    put("other.yaml", &shipped.replace("30 days", "31 days"));
    keep(folder.path(), "1.json", |_| ());
    let answer = readiness(folder.path(), &["backtest", "--packs", "new/asks", "--format", "json", "kept"]);
    let data: Value = serde_json::from_str(&answer.out).unwrap_or_else(|e| panic!("{e}: {}", answer.err));
    assert_eq!(tally(&data, "asks/same"), counts(&[("newly_passing", 1)]));
    assert_eq!(tally(&data, "asks/other"), counts(&[("not_judged", 1)]));
    assert_eq!(data["runs"][0]["not_judged"][0]["lacks"][0], "the answer to its query");
}
