//! The laws of the house that need the whole program. L5 and L6 stand in `formats.rs`, L7 and L8 in `floors.rs`, L9 in `rules.rs`.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use proptest::prelude::*;
use readiness::evaluate::facts::Facts;
use readiness::evaluate::judge::{Occasion, judge};
use readiness::evaluate::pack;
use readiness::evidence::Evidence;
use readiness::finding::Outcome;
use readiness::metric::Value;
use readiness::render;
use readiness::rule::{Pack, Place, Rule, Severity, Spanned};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use support::{EVIDENCE, NOW, check, ready, reflexio, tree};

const FORMATS: [&str; 5] = ["text", "json", "markdown", "github", "html"];

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn score(folder: &Path) -> Option<u64> {
    let answer = check(folder, &["--format", "json"]);
    let report: readiness::report::Report = readiness::io::json::read(answer.out.as_bytes()).unwrap();
    report.score.overall.map(u64::from)
}

#[test]
fn a_project_with_all_its_evidence_is_ready() {
    let project = folder();
    ready(project.path());
    let answer = check(project.path(), &["--all"]);
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
}

#[test]
fn l1_the_exit_code_is_the_same_for_every_format() {
    let (open, closed) = (folder(), folder());
    ready(open.path());
    reflexio(closed.path());
    for format in render::OUTPUTS.iter().map(|o| o.name) {
        assert_eq!(check(open.path(), &["--format", format]).code, 0, "{format}");
        assert_eq!(check(closed.path(), &["--format", format]).code, 1, "{format}");
    }
    assert_eq!(render::OUTPUTS.iter().map(|o| o.name).filter(|name| FORMATS.contains(name)).count(), FORMATS.len());
}

#[test]
fn l2_less_evidence_never_opens_a_gate_nor_raises_the_score() {
    let project = folder();
    ready(project.path());
    let full = score(project.path());
    for name in EVIDENCE {
        let path = project.path().join(name);
        let content = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let answer = check(project.path(), &["--all"]);
        assert!(matches!(answer.code, 1 | 3), "without {name}:\n{}{}", answer.out, answer.err);
        let named = answer.out.contains(name) || (name.starts_with("reports/") && answer.out.contains("1 of 2 expected files"));
        assert!(named, "{name} is not named:\n{}", answer.out);
        assert!(score(project.path()) <= full, "{name}");
        fs::write(&path, content).unwrap();
    }
    assert_eq!(check(project.path(), &[]).code, 0);
}

#[test]
fn l2_a_dropped_golden_case_is_noticed() {
    let project = folder();
    ready(project.path());
    let path = project.path().join("golden.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    let without: Vec<&str> = text.lines().filter(|line| !line.contains("\"id\":\"c7\"")).collect();
    fs::write(&path, without.join("\n") + "\n").unwrap();
    assert_eq!(check(project.path(), &[]).code, 3);
}

#[test]
fn l3_silence_is_never_a_pass() {
    let project = folder();
    ready(project.path());
    for (name, nothing) in [
        ("reports/unit.xml", "<testsuites/>"),
        ("reports/unit.xml", ""),
        ("coverage.xml", "<coverage line-rate=\"1\"><packages/></coverage>"),
        ("golden.jsonl", ""),
        ("golden.jsonl", &support::golden(0)),
        ("history.jsonl", ""),
        ("metrics.prom", ""),
        ("metrics.prom", "# HELP app_error_rate x\n"),
        ("assessment.yaml", "schema: readiness/assessment/1\n"),
    ] {
        let path = project.path().join(name);
        let content = fs::read(&path).unwrap();
        fs::write(&path, nothing).unwrap();
        let answer = check(project.path(), &[]);
        assert!(matches!(answer.code, 1 | 3), "{name} with {nothing:?} exits {}:\n{}{}", answer.code, answer.out, answer.err);
        fs::write(&path, content).unwrap();
    }
    assert_eq!(check(project.path(), &[]).code, 0);
    support::audit(&project.path().join("audit.db"), 0);
    assert_eq!(check(project.path(), &[]).code, 3, "an audit database without rows");
}

#[test]
fn l3_no_rule_and_no_evidence_are_never_a_pass() {
    let project = folder();
    let configuration = project.path().join("readiness.yaml");
    for (text, code) in [
        ("project: { id: x }\nevidence: {}\npacks: [pr-gate]\n", 3),
        ("project: { id: x }\nevidence: {}\npacks: []\n", 2),
        ("project: { id: x }\nevidence: {}\npacks:\n", 2),
        ("", 2),
    ] {
        fs::write(&configuration, text).unwrap();
        let answer = check(project.path(), &[]);
        assert_eq!(answer.code, code, "{text:?}: {}{}", answer.out, answer.err);
    }
}

#[test]
fn l4_the_same_inputs_give_the_same_bytes() {
    let (one, two) = (folder(), folder());
    reflexio(one.path());
    reflexio(two.path());
    for project in [&one, &two] {
        assert_eq!(check(project.path(), &["--out", "out"]).code, 1);
    }
    let (first, second) = (tree(&one.path().join("out")), tree(&two.path().join("out")));
    assert!(first.len() >= 3);
    assert_eq!(first, second);
}

#[test]
fn l10_rendering_a_stored_report_gives_the_same_pages() {
    let project = folder();
    reflexio(project.path());
    check(project.path(), &["--out", "out"]);
    let answer = support::readiness(project.path(), &["render", "out/report.json", "--out", "again"]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert_eq!(tree(&project.path().join("out")), tree(&project.path().join("again")));
}

#[test]
fn l12_all_outputs_show_the_same_numbers() {
    let project = folder();
    reflexio(project.path());
    let printed = |format: &str| {
        let text = check(project.path(), &["--format", format, "--all"]).out;
        // Outputs escape, wrap and decorate; the figures stay.
        text.replace("&#39;", "'").split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let report: readiness::report::Report = readiness::io::json::read(check(project.path(), &["--format", "json"]).out.as_bytes()).unwrap();
    let outputs: Vec<(&str, String)> = ["html", "markdown", "text"].into_iter().map(|format| (format, printed(format))).collect();
    let mut compared = 0;
    for finding in report.findings.iter().filter(|f| f.blocks(report.gate.block_at) && f.observed != "–") {
        for (format, text) in &outputs {
            assert!(text.contains(&finding.observed), "{} shows no {:?} of {}", format, finding.observed, finding.id());
            compared += 1;
        }
    }
    assert!(compared > 0);
    let score = report.score.overall.unwrap().to_string();
    assert!(outputs.iter().all(|(_, text)| text.contains(&score)));
}

fn outcome(requirement: &str, part: u64, whole: u64, confidence: Option<u32>) -> Outcome {
    let place = Place { file: "rule".into(), line: 1, column: 1 };
    let rule = Rule {
        id: "p/r".to_owned(),
        severity: Some(Severity::P1),
        require: Some(Spanned { text: requirement.to_owned(), place, ..Spanned::default() }),
        confidence,
        ..Rule::default()
    };
    let mut errors = Vec::new();
    let (rules, _) = pack::check(&[Pack { rules: vec![rule], ..Pack::default() }], &BTreeMap::new(), &mut errors);
    assert!(errors.is_empty(), "{errors:?}");
    let mut evidence = Evidence::new("golden", "golden");
    evidence.put("golden.pass_rate", Value::ratio(part, whole));
    judge(&rules, &Facts::new(&[evidence]), &Occasion::default())[0].outcome
}

proptest! {
    /// L11: a stricter limit never improves an outcome. Worse is smaller: fail, unproven, pass.
    #[test]
    fn l11_tightening_a_threshold_never_improves(part in 0u64..500, more in 1u64..500, low in 0u32..1000, step in 0u32..1000, confident: bool) {
        let rank = |outcome| match outcome {
            Outcome::Fail => 0,
            Outcome::Unproven => 1,
            Outcome::Pass => 2,
            other => panic!("{other}"),
        };
        let (whole, confidence) = (part + more, confident.then_some(950_000));
        let loose = f64::from(low) / 10.0;
        let tight = f64::from((low + step).min(1000)) / 10.0;
        let at_least = |limit: f64| rank(outcome(&format!("golden.pass_rate >= {limit}%"), part, whole, confidence));
        prop_assert!(at_least(tight) <= at_least(loose));
        let at_most = |limit: f64| rank(outcome(&format!("golden.pass_rate <= {limit}%"), part, whole, confidence));
        prop_assert!(at_most(loose) <= at_most(tight));
    }
}

#[test]
fn the_moment_of_judgement_is_used_everywhere() {
    let project = folder();
    ready(project.path());
    // A year later the same evidence is stale, and nothing else has changed.
    let answer = support::readiness(project.path(), &["check", "--now", "2027-02-18T00:00:00Z"]);
    assert_eq!(answer.code, 3, "{}", answer.out);
    assert!(answer.out.contains("d old, at most"), "{}", answer.out);
    assert!(check(project.path(), &["--format", "json"]).out.contains(&format!("\"now\": \"{NOW}\"")));
}
