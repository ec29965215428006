//! Switching it on: what was already so does not block, what is new does, and nothing vanishes unnoticed.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::fs;
use std::path::Path;
use support::{Answer, check, readiness, ready};

const PROFILES: &str = "\
profiles:
  pr: { gate: new }
  trial: { gate: observe, until: 2026-05-01 }
  release: { gate: all }
";

/// The ready project with profiles.
fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    ready(folder.path());
    let path = folder.path().join("readiness.yaml");
    fs::write(&path, fs::read_to_string(&path).unwrap() + PROFILES).unwrap();
    folder
}

fn change(folder: &Path, name: &str, from: &str, to: &str) {
    let path = folder.join(name);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{name} holds no {from:?}");
    fs::write(path, text.replace(from, to)).unwrap();
}

/// Five of nine lines that ran did not.
fn break_coverage(folder: &Path) {
    for line in 5..10 {
        change(folder, "coverage.xml", &format!("<line number=\"{line}\" hits=\"1\"/>"), &format!("<line number=\"{line}\" hits=\"0\"/>"));
    }
}

fn baseline(folder: &Path) -> Answer {
    readiness(folder, &["baseline", "--now", support::NOW])
}

#[test]
fn what_was_already_so_does_not_block_and_what_is_new_does() {
    let folder = project();
    let here = folder.path();
    break_coverage(here);
    assert_eq!(check(here, &["--profile", "pr"]).code, 1, "without a base everything is new");
    let answer = baseline(here);
    assert_eq!(answer.code, 0, "{}", answer.err);
    let answer = check(here, &["--profile", "pr"]);
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
    assert!(answer.out.starts_with("Held against readiness.baseline.json: 0 new, 0 worse,"), "{}", answer.out);
    assert!(answer.out.contains("inherited, so since 2026-02-18") && answer.out.contains("Not ready"), "{}", answer.out);
    assert_eq!(check(here, &["--profile", "release"]).code, 1, "a release inherits nothing");

    change(
        here,
        "reports/unit.xml",
        "name=\"test_1\" time=\"0.01\"/>",
        "name=\"test_1\" time=\"0.01\"><failure message=\"no\"/></testcase>",
    );
    let answer = check(here, &["--profile", "pr"]);
    assert_eq!(answer.code, 1, "{}", answer.out);
    assert!(answer.out.contains(" 1 new,"), "{}", answer.out);
}

#[test]
fn a_shard_that_is_gone_is_lack_of_proof() {
    let folder = project();
    break_coverage(folder.path());
    baseline(folder.path());
    fs::remove_file(folder.path().join("reports/slow.xml")).unwrap();
    assert_eq!(check(folder.path(), &["--profile", "pr"]).code, 3);
}

#[test]
fn a_baseline_only_shrinks() {
    let folder = project();
    let here = folder.path();
    break_coverage(here);
    baseline(here);
    let recorded = || fs::read_to_string(here.join("readiness.baseline.json")).unwrap();
    let before = recorded();
    assert!(before.contains("pr-gate/coverage-line"));
    change(
        here,
        "reports/unit.xml",
        "name=\"test_1\" time=\"0.01\"/>",
        "name=\"test_1\" time=\"0.01\"><failure message=\"no\"/></testcase>",
    );
    let answer = baseline(here);
    assert!(answer.out.contains("a baseline only shrinks"), "{}", answer.out);
    assert_eq!(recorded(), before, "a new failure is never recorded");
    support::ready(here);
    fs::write(here.join("readiness.yaml"), fs::read_to_string(here.join("readiness.yaml")).unwrap() + PROFILES).unwrap();
    assert_eq!(baseline(here).code, 0);
    assert!(!recorded().contains("pr-gate/coverage-line"), "what is mended is not known any more");
}

#[test]
fn what_the_base_saw_must_still_be_there() {
    let folder = project();
    let here = folder.path();
    assert_eq!(check(here, &["--emit", "json=base.json"]).code, 0);
    assert_eq!(check(here, &["--base-report", "base.json"]).code, 0, "nothing has changed");
    let cases: [(&str, &dyn Fn(), &str); 4] = [
        (
            "a suite",
            &|| change(here, "readiness.yaml", "path: \"reports/*.xml\", expect: 2", "path: reports/unit.xml"),
            "the test suite slow",
        ),
        ("a test", &|| fs::write(here.join("reports/unit.xml"), support::junit("unit", 4)).unwrap(), "test_4"),
        ("golden cases", &|| fs::write(here.join("golden.jsonl"), support::golden(790)).unwrap(), "the golden case c795"),
        ("a series", &|| drop_series(here), "the benchmark series digest p50"),
    ];
    for (what, drop, told) in cases {
        ready(here);
        fs::write(here.join("readiness.yaml"), fs::read_to_string(here.join("readiness.yaml")).unwrap() + PROFILES).unwrap();
        drop();
        let alone = check(here, &[]);
        assert_eq!(alone.code, 0, "{what}: without the base nobody can know\n{}", alone.out);
        let answer = check(here, &["--base-report", "base.json"]);
        assert_eq!(answer.code, 3, "{what}: {}", answer.out);
        assert!(answer.out.contains(told), "{what}: {told:?} is missing in\n{}", answer.out);
    }
}

fn drop_series(folder: &Path) {
    let path = folder.join("history.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    let kept: Vec<&str> = text.lines().filter(|line| !line.contains("\"p50\"")).collect();
    fs::write(path, kept.join("\n") + "\n").unwrap();
}

#[test]
fn a_rule_may_ask_what_changed() {
    let folder = project();
    let here = folder.path();
    let rule = "question: Did line coverage not drop by more than two points?\nseverity: P1\nrequire: delta(coverage.line) >= -2pt\n\
                why: It only gets better.\nfix: Test what is new.\ncases:\n  - { given: { coverage.line: 79/100, \"base coverage.line\": 80/100 }, outcome: pass }\n  \
                - { given: { coverage.line: 70/100, \"base coverage.line\": 80/100 }, outcome: fail }\n  - { given: {}, outcome: no-evidence }\n";
    let path = here.join("rules/service/ratchet.yaml");
    fs::write(&path, rule).unwrap();
    let tested = readiness(here, &["rules", "test", "rules"]);
    assert_eq!(tested.code, 0, "{}", tested.err);
    let alone = check(here, &["--emit", "json=base.json"]);
    assert_eq!(alone.code, 3, "without a base there is no change to judge: {}{}", alone.out, alone.err);
    assert!(alone.out.contains("--base-report"), "{}", alone.out);
    assert_eq!(check(here, &["--base-report", "base.json"]).code, 0);
    change(here, "coverage.xml", "<line number=\"9\" hits=\"1\"/>", "<line number=\"9\" hits=\"0\"/>");
    let answer = check(here, &["--base-report", "base.json"]);
    assert_eq!(answer.code, 1, "{}", answer.out);
    assert!(answer.out.contains("service/ratchet"), "{}", answer.out);
}

#[test]
fn looking_on_has_an_end_and_says_so_first() {
    let folder = project();
    break_coverage(folder.path());
    let answer = check(folder.path(), &["--profile", "trial"]);
    assert_eq!(answer.code, 0, "{}", answer.out);
    assert!(answer.out.starts_with("Only observed until 2026-05-01: the gate stays open and would otherwise exit 1."), "{}", answer.out);
    for format in ["markdown", "github", "html"] {
        let text = check(folder.path(), &["--profile", "trial", "--format", format]).out;
        assert!(text.contains("Only observed until 2026-05-01"), "{format}");
    }
    let later = readiness(folder.path(), &["check", "--profile", "trial", "--now", "2026-05-01T23:59:59Z"]);
    assert_eq!(later.code, 0, "the last day counts");
    let over = readiness(folder.path(), &["check", "--profile", "trial", "--now", "2026-05-02T00:00:00Z"]);
    assert_eq!(over.code, 1, "{}", over.out);
    assert!(over.out.starts_with("Observed until 2026-05-01, and that is over"), "{}", over.out);
    let early = readiness(folder.path(), &["check", "--profile", "trial", "--now", "2026-01-01T00:00:00Z"]);
    assert_eq!(early.code, 2, "more than ninety days: {}", early.out);
}

#[test]
fn the_base_must_be_of_the_same_project() {
    let folder = project();
    assert_eq!(check(folder.path(), &["--emit", "json=base.json"]).code, 0);
    change(folder.path(), "readiness.yaml", "id: ready", "id: other");
    assert_eq!(check(folder.path(), &["--base-report", "base.json"]).code, 2);
    assert_eq!(check(folder.path(), &["--base-report", "missing.json"]).code, 2);
}
