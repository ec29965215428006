//! The example project, as its users meet it: what the run says, and what happens when something is taken away or mistyped.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::fs;
use support::{check, readiness, ready, reflexio, tree};

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    reflexio(folder.path());
    folder
}

#[test]
fn the_run_says_what_the_release_note_does_not() {
    let project = project();
    let answer = check(project.path(), &["--out", "out"]);
    assert_eq!(answer.code, 1, "{}", answer.err);
    let text = answer.out.split_whitespace().collect::<Vec<_>>().join(" ");
    for said in [
        "Not ready",
        "test_citation_coverage_legal",
        "made in mode mock, required live",
        "0 of 76, at most 3.87 %",
        "522 more clean cases needed",
        "90 %",
        "81.83 %",
    ] {
        assert!(text.contains(said), "{said:?} is missing in\n{}", answer.out);
    }
    let names: Vec<String> = tree(&project.path().join("out")).into_iter().map(|(name, _)| name).collect();
    for file in ["report.html", "report.json", "summary.md"] {
        assert!(names.iter().any(|name| name == file), "{file} is not among {names:?}");
    }
}

#[test]
fn every_missing_file_is_named_and_never_opens_the_gate() {
    let project = project();
    for (name, content) in tree(&project.path().join("evidence")) {
        let path = project.path().join("evidence").join(&name);
        fs::remove_file(&path).unwrap();
        let answer = check(project.path(), &[]);
        assert!(matches!(answer.code, 1 | 3), "without {name}: {}{}", answer.out, answer.err);
        assert!(answer.out.contains(&format!("evidence/{name} is not there")), "{name} is not named:\n{}", answer.out);
        fs::write(&path, content).unwrap();
    }
}

#[test]
fn a_truncated_report_never_opens_the_gate() {
    let project = tempfile::tempdir().unwrap();
    ready(project.path());
    for name in ["coverage.xml", "golden.jsonl", "history.jsonl", "audit.db"] {
        let path = project.path().join(name);
        let content = fs::read(&path).unwrap();
        let step = if name == "coverage.xml" { 1 } else { 10 };
        for percent in (0..100).step_by(step) {
            fs::write(&path, &content[..content.len() * percent / 100]).unwrap();
            let answer = check(project.path(), &[]);
            assert!(matches!(answer.code, 1 | 3), "{name} cut at {percent} %:\n{}{}", answer.out, answer.err);
        }
        fs::write(&path, content).unwrap();
    }
    assert_eq!(check(project.path(), &[]).code, 0);
}

#[test]
fn all_mistakes_are_told_in_one_run_with_place_and_advice() {
    let project = project();
    let rule = |name: &str, require: &str, extra: &str| {
        let text = format!(
            "question: Is it so?\nseverity: P1\nrequire: {require}\nwhy: Because.\nfix: Mend it.\n{extra}cases:\n  - {{ given: {{}}, outcome: pass }}\n  \
             - {{ given: {{}}, outcome: fail }}\n  - {{ given: {{}}, outcome: no-evidence }}\n"
        );
        fs::write(project.path().join("rules/reflexio-sla").join(name), text).unwrap();
    };
    rule("typo.yaml", "coverage.lien >= 80%", "");
    rule("bare.yaml", "coverage.line >= 80", "");
    rule("arrow.yaml", "coverage.line => 80%", "");
    rule("twice.yaml", "coverage.line >= 80%", "severity: P2\n");
    rule("unknown.yaml", "coverage.line >= 80%", "serverity: P2\n");
    let answer = check(project.path(), &[]);
    assert_eq!(answer.code, 2);
    assert!(answer.out.is_empty(), "nothing is judged:\n{}", answer.out);
    for said in [
        "rules/reflexio-sla/typo.yaml:3:10: unknown metric `coverage.lien` - did you mean `coverage.line`?",
        "rules/reflexio-sla/bare.yaml:3:27: cannot compare a ratio with a plain number - did you mean `80%`?",
        "rules/reflexio-sla/arrow.yaml:3:24: `=>` is not an operator - did you mean `>=`?",
        "rules/reflexio-sla/twice.yaml:6:1: key `severity` is given twice; the first is on line 2",
        "rules/reflexio-sla/unknown.yaml:6:1: a rule has no key `serverity` - did you mean `severity`?",
    ] {
        assert!(answer.err.contains(said), "{said:?} is missing in\n{}", answer.err);
    }
}

#[test]
fn a_bundle_can_be_checked_without_the_program() {
    let project = project();
    let answer = readiness(project.path(), &["bundle", "--out", "bundle", "--now", support::NOW]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    let bundle = project.path().join("bundle");
    let sums = fs::read_to_string(bundle.join("SHA256SUMS")).unwrap();
    let listed: Vec<&str> = sums.lines().map(|line| line.split_once("  ").unwrap().1).collect();
    for (name, content) in tree(&bundle) {
        if name != "SHA256SUMS" {
            assert!(listed.contains(&name.as_str()), "{name} has no sum");
            assert!(sums.contains(&format!("{}  {name}", readiness::io::hash::sha256(&content))), "{name}");
        }
    }
    let evidence = tree(&project.path().join("evidence")).len();
    assert_eq!(listed.iter().filter(|name| name.starts_with("evidence/")).count(), evidence);
    assert_eq!(readiness(project.path(), &["bundle", "--out", "bundle"]).code, 2, "a bundle is never written over another");
}

#[test]
fn one_requirement_needs_no_configuration() {
    let project = project();
    let ask = |requirement: &str| readiness(project.path(), &["check", "evidence/coverage.xml", "--require", requirement]).code;
    assert_eq!(ask("coverage.line >= 60%"), 0);
    assert_eq!(ask("coverage.line >= 80%"), 1);
    assert_eq!(ask("tests.failed == 0"), 3);
    assert_eq!(ask("coverage.line >= 80"), 2);
    assert_eq!(
        readiness(project.path(), &["check", "readiness.yaml", "--require", "coverage.line >= 1%"]).code,
        2,
        "a file that is no evidence"
    );
}

#[test]
fn init_writes_what_check_reads() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("reports")).unwrap();
    fs::write(folder.path().join("reports/unit.xml"), support::junit("unit", 3)).unwrap();
    let answer = readiness(folder.path(), &["init", "--now", support::NOW]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    let configuration = fs::read_to_string(folder.path().join("readiness.yaml")).unwrap();
    assert!(configuration.contains("reports/unit.xml"), "{configuration}");
    let answer = check(folder.path(), &[]);
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
    let told = answer.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("3 rules wait for evidence and judged nothing: pr-gate/coverage-branch, pr-gate/coverage-line"), "{told}");
    assert_eq!(check(folder.path(), &["--profile", "pr"]).code, 0);
    fs::write(folder.path().join("reports/unit.xml"), support::junit("unit", 0)).unwrap();
    assert_eq!(check(folder.path(), &["--profile", "pr"]).code, 3, "that no test runs any more is");
    assert_eq!(readiness(folder.path(), &["init"]).code, 2, "an existing configuration is left alone");
}

#[test]
fn init_names_many_files_by_a_pattern_that_knows_their_number() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("target/surefire-reports")).unwrap();
    fs::create_dir_all(folder.path().join("node_modules/x")).unwrap();
    for n in 0..5 {
        let name = format!("target/surefire-reports/TEST-{n}.xml");
        fs::write(folder.path().join(name), support::junit(&format!("suite{n}"), 2)).unwrap();
    }
    fs::write(folder.path().join("node_modules/x/junit.xml"), support::junit("theirs", 2)).unwrap();
    assert_eq!(readiness(folder.path(), &["init", "--now", support::NOW]).code, 0);
    let configuration = fs::read_to_string(folder.path().join("readiness.yaml")).unwrap();
    assert!(configuration.contains("path: \"target/surefire-reports/*.xml\", expect: 5"), "{configuration}");
    assert!(!configuration.contains("node_modules"), "{configuration}");
    assert_eq!(check(folder.path(), &["--profile", "pr"]).code, 0);
    fs::remove_file(folder.path().join("target/surefire-reports/TEST-3.xml")).unwrap();
    assert_eq!(check(folder.path(), &["--profile", "pr"]).code, 3, "a shard is gone");
}

#[test]
fn other_verbs_answer() {
    let project = project();
    let answer = readiness(project.path(), &["explain", "ai-claims/hallucination-rate", "--now", support::NOW]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert!(answer.out.contains("golden.hallucination_rate <= 0.5%") && answer.out.contains("522 more clean cases"), "{}", answer.out);
    assert_eq!(readiness(project.path(), &["explain", "ai-claims/halucination-rate"]).code, 2);
    let answer = readiness(project.path(), &["doctor"]);
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
    let answer = readiness(project.path(), &["completions", "bash"]);
    assert!(answer.code == 0 && answer.out.contains("readiness"));
    assert_eq!(readiness(project.path(), &["rules", "test", "rules"]).code, 0);
    assert_eq!(readiness(project.path(), &["chekc"]).code, 2);
}
