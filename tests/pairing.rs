//! Golden cases and tests held against the base's report: what a change broke closes its gate, what was broken before does not,
//! and what cannot be compared is never a pass.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use readiness::finding::{Finding, Outcome};
use readiness::io::json;
use readiness::metric::Value;
use readiness::report::Report;
use std::fs;
use std::path::Path;
use support::{Answer, check, ready};

const PROFILES: &str = "profiles:\n  pr: { gate: new }\n  nightly: { gate: all }\n";

/// The ready project with profiles, and a system and a prompt that its golden run tells.
fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    ready(here);
    let path = here.join("readiness.yaml");
    fs::write(&path, fs::read_to_string(&path).unwrap() + PROFILES).unwrap();
    change(here, "golden.jsonl", "\"model\":\"m1\"}", &format!("\"model\":\"m1\",\"prompt_sha256\":\"{}\"}}", "1".repeat(64)));
    folder
}

fn change(folder: &Path, name: &str, from: &str, to: &str) {
    let path = folder.join(name);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{name} holds no {from:?}");
    fs::write(path, text.replace(from, to)).unwrap();
}

/// The golden cases of these numbers get a claim that is contradicted.
fn bad(folder: &Path, cases: std::ops::Range<usize>) {
    let path = folder.join("golden.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    let is_meant = |line: &str| cases.clone().any(|n| line.contains(&format!("\"id\":\"c{n}\"")));
    let lines = text.lines().map(|line| if is_meant(line) { line.replace("\"supported\"", "\"contradicted\"") } else { line.to_owned() });
    fs::write(path, lines.collect::<Vec<_>>().join("\n") + "\n").unwrap();
}

fn fails(folder: &Path, n: usize) {
    change(folder, "reports/unit.xml", &format!("name=\"test_{n}\" time=\"0.01\"/>"), &format!("name=\"test_{n}\"><failure/></testcase>"));
}

/// Keeps the report of the project as it is.
fn keep(folder: &Path) {
    let answer = check(folder, &["--emit", "json=base.json"]);
    assert!(matches!(answer.code, 0 | 1 | 3), "{}", answer.err);
}

fn held(folder: &Path, more: &[&str]) -> Answer {
    check(folder, &[&["--profile", "pr", "--base-report", "base.json"][..], more].concat())
}

fn report(folder: &Path, more: &[&str]) -> Report {
    json::read(check(folder, &[&["--format", "json"][..], more].concat()).out.as_bytes()).unwrap()
}

fn compared(folder: &Path, more: &[&str]) -> Report {
    report(folder, &[&["--profile", "pr", "--base-report", "base.json"][..], more].concat())
}

fn of<'r>(report: &'r Report, rule: &str) -> &'r Finding {
    report.findings.iter().find(|finding| finding.rule == rule).unwrap_or_else(|| panic!("no finding of {rule}"))
}

fn outcome(report: &Report, rule: &str) -> Outcome {
    of(report, rule).outcome
}

#[test]
fn a_change_answers_for_the_golden_cases_it_breaks() {
    let folder = project();
    let here = folder.path();
    bad(here, 700..740);
    keep(here);
    assert_eq!(outcome(&report(here, &[]), "ai-claims/hallucination-rate"), Outcome::Fail);

    // Nothing moved: what was bad before is not this change's, and the comparison says so.
    let same = compared(here, &[]);
    assert_eq!(held(here, &[]).code, 0, "{}", held(here, &[]).out);
    assert_eq!(outcome(&same, "ai-eval/newly-failing"), Outcome::Pass);
    assert_eq!(outcome(&same, "ai-claims/hallucination-rate"), Outcome::NotApplicable);
    let message = &of(&same, "ai-claims/hallucination-rate").message;
    assert!(message.contains("golden.compared is yes"), "{message}");
    assert_eq!(same.metric("golden.still_failing").unwrap().value, Value::Count(40));

    // Four are no proof of a regression, and no pass either; five are one.
    for (n, expected, code) in [(4, Outcome::Unproven, 3), (5, Outcome::Fail, 1)] {
        bad(here, 0..n);
        let answer = held(here, &["--all"]);
        assert_eq!(answer.code, code, "{}", answer.out);
        let found = compared(here, &[]);
        assert_eq!(outcome(&found, "ai-eval/newly-failing"), expected);
        assert_eq!(found.metric("golden.newly_failing").unwrap().value, Value::Count(n as u64));
    }
    let found = compared(here, &[]);
    let row = found.rows("golden.comparison").next().unwrap();
    assert_eq!((row.text("state"), row.ratio("was").map(|r| (r.part, r.whole))), (Some("regressed"), Some((760, 800))));
    assert!((row.number("drop").unwrap() - 0.625).abs() < 1e-9 && row.number("drop_high") > row.number("drop"));
    let newly = found.rows("golden.case").filter(|row| row.text("change") == Some("newly-failing")).count();
    assert_eq!(newly, 5);
}

/// The base was red against its own base: that was another change, and excuses nothing.
#[test]
fn a_regression_is_never_inherited() {
    let folder = project();
    let here = folder.path();
    keep(here);
    bad(here, 0..5);
    let answer = held(here, &["--emit", "json=next.json"]);
    assert_eq!(answer.code, 1, "{}", answer.out);
    fs::rename(here.join("next.json"), here.join("base.json")).unwrap();
    assert_eq!(held(here, &[]).code, 0, "what the base had is the base's: {}", held(here, &[]).out);
    bad(here, 5..10);
    let answer = held(here, &[]);
    assert_eq!(answer.code, 1, "{}", answer.out);
    let mended = compared(here, &[]).fixed;
    assert!(mended.iter().all(|fixed| fixed.rule != "ai-eval/newly-failing"), "{mended:?}");
}

#[test]
fn without_a_base_the_rates_judge_also_on_a_pull_request() {
    let folder = project();
    let here = folder.path();
    bad(here, 0..40);
    let found = report(here, &["--profile", "pr"]);
    assert_eq!(outcome(&found, "ai-claims/hallucination-rate"), Outcome::Fail);
    assert_eq!(outcome(&found, "ai-eval/newly-failing"), Outcome::NotApplicable);
    assert!(of(&found, "ai-eval/newly-failing").message.contains("give --base-report"), "{}", of(&found, "ai-eval/newly-failing").message);
    keep(here);
    // Every night they judge beside the comparison.
    let nightly = report(here, &["--profile", "nightly", "--base-report", "base.json"]);
    assert_eq!(outcome(&nightly, "ai-claims/hallucination-rate"), Outcome::Fail);
    assert_eq!(outcome(&nightly, "ai-eval/newly-failing"), Outcome::Pass);
}

#[test]
fn another_judge_is_no_comparison_and_says_so() {
    let folder = project();
    let here = folder.path();
    keep(here);
    change(here, "golden.jsonl", "\"model\":\"j1\"", "\"model\":\"j2\"");
    change(here, "golden.jsonl", &"0".repeat(64), &"2".repeat(64));
    let answer = held(here, &[]);
    assert_eq!(answer.code, 3, "{}", answer.out);
    let found = compared(here, &[]);
    let message = &of(&found, "ai-eval/newly-failing").message;
    assert!(
        message.contains("the judge was `j1` at the base and is `j2`") && message.contains("digest of the suite was `000"),
        "{message}"
    );
    assert_eq!(
        (of(&found, "ai-eval/dropped-cases").outcome, &of(&found, "ai-eval/dropped-cases").message),
        (Outcome::NoEvidence, &format!("golden: {message}"))
    );
    assert_eq!(outcome(&found, "ai-claims/hallucination-rate"), Outcome::Pass, "nothing was compared, so the rate judges");
    // Another system is what a comparison is for.
    change(here, "golden.jsonl", "\"model\":\"j2\"", "\"model\":\"j1\"");
    change(here, "golden.jsonl", &"2".repeat(64), &"0".repeat(64));
    change(here, "golden.jsonl", "\"model\":\"m1\"", "\"model\":\"m2\"");
    let found = compared(here, &[]);
    assert_eq!(outcome(&found, "ai-eval/newly-failing"), Outcome::Pass);
    let moved = found.rows("golden.comparison").next().unwrap().text("moved").unwrap().to_owned();
    assert!(moved.contains("m1") && moved.contains("m2"), "{moved}");
}

#[test]
fn cached_answers_will_do_while_they_are_the_bases() {
    let folder = project();
    let here = folder.path();
    keep(here);
    let live = fs::read(here.join("golden.jsonl")).unwrap();
    let cached = || {
        change(here, "golden.jsonl", "\"mode\":\"live\"", "\"mode\":\"cached\"");
        change(here, "golden.jsonl", "\"evidence\":\"live\"", "\"evidence\":\"cached\"");
    };
    cached();
    let answer = held(here, &["--all"]);
    assert_eq!(outcome(&compared(here, &[]), "ai-eval/newly-failing"), Outcome::Pass, "{}", answer.out);
    assert_eq!(outcome(&compared(here, &[]), "ai-claims/live-mode"), Outcome::NotApplicable);
    assert_eq!(outcome(&report(here, &[]), "ai-claims/live-mode"), Outcome::Fail, "only on a pull request");
    for (from, to) in [("\"model\":\"m1\"", "\"model\":\"m2\""), (&*"1".repeat(64), &*"3".repeat(64))] {
        fs::write(here.join("golden.jsonl"), &live).unwrap();
        cached();
        change(here, "golden.jsonl", from, to);
        let found = compared(here, &[]);
        let finding = of(&found, "ai-eval/newly-failing");
        assert_eq!(finding.outcome, Outcome::NoEvidence, "{}", finding.message);
        assert!(finding.message.contains("made in mode cached"), "{}", finding.message);
        assert_eq!(held(here, &[]).code, 3);
    }
    fs::write(here.join("golden.jsonl"), &live).unwrap();
    change(here, "golden.jsonl", "\"mode\":\"live\"", "\"mode\":\"mock\"");
    assert_ne!(held(here, &[]).code, 0);
}

#[test]
fn a_case_that_is_taken_away_opens_nothing() {
    let folder = project();
    let here = folder.path();
    keep(here);
    bad(here, 0..5);
    assert_eq!(held(here, &[]).code, 1);
    let text = fs::read_to_string(here.join("golden.jsonl")).unwrap();
    let less: Vec<&str> = text.lines().filter(|line| !(0..5).any(|n| line.contains(&format!("\"id\":\"c{n}\"")))).collect();
    let less = less
        .join("\n")
        .replace("\"expected_cases\":800", "\"expected_cases\":795")
        .replace("\"cases\":800,\"claims\":800", "\"cases\":795,\"claims\":795");
    fs::write(here.join("golden.jsonl"), less + "\n").unwrap();
    let answer = held(here, &["--all"]);
    assert_eq!(answer.code, 3, "{}", answer.out);
    let found = compared(here, &[]);
    assert_eq!(outcome(&found, "ai-eval/dropped-cases"), Outcome::Fail);
    assert_eq!(found.rows("golden.dropped_case").count(), 5);
}

#[test]
fn a_test_that_failed_before_is_inherited_and_another_one_is_not() {
    let folder = project();
    let here = folder.path();
    fails(here, 0);
    keep(here);
    assert_eq!(held(here, &[]).code, 0, "{}", held(here, &[]).out);
    let found = compared(here, &[]);
    assert_eq!(outcome(&found, "pr-gate/new-failures"), Outcome::Pass);
    assert_eq!(found.metric("tests.still_failing").unwrap().value, Value::Count(1));
    fails(here, 3);
    let found = compared(here, &[]);
    let finding = of(&found, "pr-gate/new-failures");
    assert_eq!((finding.outcome, finding.blamed.as_slice()), (Outcome::Fail, &["unit::test_3".to_owned()][..]));
    assert_eq!(held(here, &[]).code, 1);
}

/// A flaky test is put under a waiver with an end that names it, and no other test hides behind it.
#[test]
fn a_quarantine_is_for_one_test_and_ends() {
    let folder = project();
    let here = folder.path();
    keep(here);
    fails(here, 3);
    let waiver = |rule: &str, bound: &str| {
        format!(
            "- id: quarantine {rule}\n  rule: {rule}\n  reason: fails now and then\n  ticket: T-1\n  owner: \"@a\"\n  approved_by: \"@b\"\n  \
             granted: 2026-02-10\n  expires: 2026-03-01\n  bound: '{bound}'\n"
        )
    };
    let waivers = waiver("pr-gate/tests-pass", "all(tests.case, outcome in [\"passed\", \"skipped\"] || id == \"unit::test_3\")")
        + &waiver("pr-gate/new-failures", "all(tests.case, change != \"newly-failing\" || id == \"unit::test_3\")");
    fs::write(here.join("waivers.yaml"), waivers).unwrap();
    let answer = held(here, &["--all"]);
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
    let later = support::readiness(here, &["check", "--now", "2026-03-02T00:00:00Z", "--profile", "pr", "--base-report", "base.json"]);
    assert_ne!(later.code, 0, "it ends");
    fails(here, 4);
    let answer = held(here, &[]);
    assert_eq!(answer.code, 1, "{}", answer.out);
    // Of a rule with a finding for each test, the fingerprint names one.
    fs::remove_file(here.join("waivers.yaml")).unwrap();
    let rule = "question: Does each test pass?\nseverity: P1\nfor_each: tests.case\nrequire: outcome in [\"passed\", \"skipped\"]\nwhy: w\nfix: f\n\
        cases:\n  - { given: { tests.case: [{ id: a, outcome: passed }] }, outcome: pass }\n  \
        - { given: { tests.case: [{ id: a, outcome: failed }] }, outcome: fail }\n  - { given: {}, outcome: no-evidence }\n";
    fs::write(here.join("rules/service/each.yaml"), rule).unwrap();
    let found = compared(here, &[]);
    let each = |found: &Report, n: usize| found.findings.iter().find(|f| f.subject == Some(format!("unit::test_{n}"))).unwrap().clone();
    let only = format!("{}  scope: {{ fingerprint: {} }}\n", waiver("service/each", "tests.total > 0"), each(&found, 3).fingerprint);
    fs::write(here.join("waivers.yaml"), only).unwrap();
    let found = compared(here, &[]);
    assert_eq!((each(&found, 3).is_waived(), each(&found, 4).is_waived()), (true, false));
}

#[test]
fn a_fork_has_no_secrets_and_is_judged_in_the_merge_queue() {
    let folder = project();
    let here = folder.path();
    keep(here);
    fs::remove_file(here.join("golden.jsonl")).unwrap();
    let answer = held(here, &["--fork", "--all"]);
    assert_eq!(answer.code, 0, "{}", answer.out);
    let found = compared(here, &["--fork"]);
    assert!(found.fork);
    let golden = found.findings.iter().filter(|f| f.rule.starts_with("ai-"));
    for finding in golden {
        assert_eq!(finding.outcome, Outcome::NotApplicable, "{}", finding.rule);
        assert!(finding.message.contains("a pull request from a fork has no secrets"), "{}", finding.message);
    }
    assert_eq!(held(here, &[]).code, 3, "in the merge queue it is required");
    // Nothing else is excused.
    fs::remove_file(here.join("coverage.xml")).unwrap();
    assert_eq!(held(here, &["--fork"]).code, 3);
}

#[test]
fn a_stored_comparison_can_be_judged_again() {
    let folder = project();
    let here = folder.path();
    keep(here);
    bad(here, 0..5);
    check(here, &["--profile", "pr", "--base-report", "base.json", "--emit", "json=kept/report.json"]);
    let answer = support::readiness(
        here,
        &["backtest", "--packs", "ai-eval", "--packs", "pr-gate", "--format", "json", "--now", support::NOW, "kept"],
    );
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert!(answer.out.contains("\"closed\"") && !answer.out.contains("golden.newly_failing"), "{}", answer.out);
}

/// What the base did not do right, no change has to answer for; the rates judge in the place of the comparison.
#[test]
fn a_base_that_nothing_can_be_held_against_blocks_no_change() {
    let folder = project();
    let here = folder.path();
    change(here, "golden.jsonl", "\"mode\":\"live\"", "\"mode\":\"mock\"");
    keep(here);
    assert_eq!(held(here, &[]).code, 0, "{}", held(here, &[]).out);
    let found = compared(here, &[]);
    let finding = of(&found, "ai-eval/newly-failing");
    assert_eq!(finding.outcome, Outcome::NotApplicable);
    assert!(finding.message.contains("the answers of the base were made in mode mock"), "{}", finding.message);
    assert_eq!(outcome(&found, "ai-eval/dropped-cases"), Outcome::NotApplicable);
    assert_eq!(outcome(&found, "ai-claims/live-mode"), Outcome::Fail, "inherited, and still so");
    bad(here, 0..40);
    change(here, "golden.jsonl", "\"mode\":\"mock\"", "\"mode\":\"live\"");
    assert_eq!(outcome(&compared(here, &[]), "ai-claims/hallucination-rate"), Outcome::Fail);
    assert_eq!(held(here, &[]).code, 1);
}
