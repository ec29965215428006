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

const FORMATS: [&str; 6] = ["text", "json", "markdown", "github", "html", "issues"];

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

/// Of a set of more cases than a report keeps one by one.
#[test]
fn l2_a_dropped_case_of_a_large_golden_set_is_noticed() {
    let project = folder();
    ready(project.path());
    let golden = |cases: usize| fs::write(project.path().join("golden.jsonl"), support::golden(cases)).unwrap();
    golden(10_005);
    let before = check(project.path(), &["--out", "base"]);
    assert_eq!(check(project.path(), &["--base-report", "base/report.json"]).code, before.code, "nothing is gone");
    golden(10_004);
    let answer = check(project.path(), &["--base-report", "base/report.json"]);
    assert!(answer.code != 0 && answer.out.contains("1 fewer of kind golden case than the base saw"), "{}", answer.out);
}

/// Eight shards, of which the last one has a failed test.
fn shards(folder: &Path) {
    ready(folder);
    fs::remove_dir_all(folder.join("reports")).unwrap();
    fs::create_dir(folder.join("reports")).unwrap();
    for n in 1..=8 {
        fs::write(folder.join(format!("reports/shard-{n}.xml")), support::junit(&format!("shard-{n}"), 5 + n)).unwrap();
    }
    change(folder, "reports/shard-8.xml", "name=\"test_3\" time=\"0.01\"/>", "name=\"test_3\"><failure/></testcase>");
    change(folder, "readiness.yaml", "expect: 2", "expect: 8");
}

fn change(folder: &Path, name: &str, from: &str, to: &str) {
    let path = folder.join(name);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{name} holds no {from:?}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn l2_of_eight_shards_the_failing_one_is_deleted() {
    let project = folder();
    shards(project.path());
    assert_eq!(check(project.path(), &["--emit", "json=base.json"]).code, 1);
    let before = score(project.path());
    fs::remove_file(project.path().join("reports/shard-8.xml")).unwrap();
    for more in [&[][..], &["--base-report", "base.json"]] {
        let answer = check(project.path(), more);
        assert_eq!(answer.code, 3, "{}", answer.out);
        assert!(answer.out.contains("7 of 8 expected files"), "{}", answer.out);
    }
    assert!(score(project.path()) <= before);
    // Nor does another shard under its name help, nor fewer that are expected.
    fs::copy(project.path().join("reports/shard-7.xml"), project.path().join("reports/shard-8.xml")).unwrap();
    assert_eq!(check(project.path(), &[]).code, 3);
    fs::remove_file(project.path().join("reports/shard-8.xml")).unwrap();
    change(project.path(), "readiness.yaml", "expect: 8", "expect: 7");
    assert_eq!(check(project.path(), &["--base-report", "base.json"]).code, 3);
    assert!(held(project.path()) <= before);
}

/// The score held against the base.
fn held(folder: &Path) -> Option<u64> {
    let answer = check(folder, &["--base-report", "base.json", "--format", "json"]);
    let report: readiness::report::Report = readiness::io::json::read(answer.out.as_bytes()).unwrap();
    report.score.overall.map(u64::from)
}

/// What fails is taken away together with everything that says how much there should be.
#[test]
fn l2_what_failed_and_is_dropped_neither_opens_the_gate_nor_raises_the_score() {
    type Step<'a> = &'a dyn Fn(&Path);
    let write = |folder: &Path, name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
    let failing = |folder: &Path| {
        change(folder, "reports/slow.xml", "name=\"test_1\" time=\"0.01\"/>", "name=\"test_1\"><failure/></testcase>");
    };
    let cases: [(&str, Step<'_>, Step<'_>); 6] = [
        ("a suite", &failing, &|folder| {
            change(folder, "readiness.yaml", "path: \"reports/*.xml\", expect: 2", "path: reports/unit.xml");
        }),
        ("a test", &failing, &|folder| {
            let (start, end) = ("<testcase classname=\"slow\" name=\"test_1\"><failure/></testcase>", "");
            change(folder, "reports/slow.xml", start, end);
            change(folder, "reports/slow.xml", "tests=\"3\"", "tests=\"2\"");
        }),
        (
            "a golden case",
            &|folder| {
                let text = support::golden(800);
                let bad = text.lines().map(|line| match line.contains("\"id\":\"c7\"") {
                    true => line.replace("\"supported\"", "\"contradicted\""),
                    false => line.to_owned(),
                });
                write(folder, "golden.jsonl", &(bad.collect::<Vec<_>>().join("\n") + "\n"));
            },
            &|folder| {
                let text = fs::read_to_string(folder.join("golden.jsonl")).unwrap();
                let kept: Vec<&str> = text.lines().filter(|line| !line.contains("\"id\":\"c7\"")).collect();
                write(folder, "golden.jsonl", &(kept.join("\n").replace(":800", ":799") + "\n"));
            },
        ),
        (
            "a series",
            &|folder| {
                // The last nights are three times as slow.
                let text = support::history(40);
                let slow = text.lines().enumerate().map(|(n, line)| match line.contains("\"p50\"") && n >= 70 {
                    true => line.replace("\"value\":2", "\"value\":9"),
                    false => line.to_owned(),
                });
                write(folder, "history.jsonl", &(slow.collect::<Vec<_>>().join("\n") + "\n"));
            },
            &|folder| {
                let text = fs::read_to_string(folder.join("history.jsonl")).unwrap();
                let kept: Vec<&str> = text.lines().filter(|line| !line.contains("\"p50\"")).collect();
                write(folder, "history.jsonl", &(kept.join("\n") + "\n"));
            },
        ),
        ("a source", &|folder| change(folder, "metrics.prom", "app_error_rate 0.001", "app_error_rate 0.5"), &|folder| {
            change(folder, "readiness.yaml", "  metrics: { family: telemetry, path: metrics.prom }\n", "");
        }),
        (
            "one of two sources",
            &|folder| {
                failing(folder);
                change(folder, "readiness.yaml", "\"reports/*.xml\", expect: 2", "reports/unit.xml");
                change(folder, "readiness.yaml", "  coverage:", "  slow: { family: tests, path: reports/slow.xml }\n  coverage:");
            },
            &|folder| change(folder, "readiness.yaml", "  slow: { family: tests, path: reports/slow.xml }\n", ""),
        ),
    ];
    for (what, break_it, drop_it) in cases {
        let project = folder();
        ready(project.path());
        break_it(project.path());
        let broken = check(project.path(), &["--emit", "json=base.json"]);
        assert!(matches!(broken.code, 1 | 3), "{what}: {}{}", broken.out, broken.err);
        let before = score(project.path());
        drop_it(project.path());
        let answer = check(project.path(), &["--base-report", "base.json"]);
        assert_eq!(answer.code, 3, "{what}: {}{}", answer.out, answer.err);
        assert!(held(project.path()) <= before, "{what}: {:?} of {before:?}", held(project.path()));
        if what == "a suite" {
            let words = answer.out.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words.contains("capped at 49 while something that the base saw is not there"), "{}", answer.out);
        }
    }
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

/// Judged again elsewhere, printed, emitted or rendered from what was stored: the bytes are the same, in every output.
#[test]
fn l4_and_l10_a_judgement_can_be_replayed() {
    let prepare = |folder: &Path| {
        reflexio(folder);
        assert_eq!(check(folder, &["--emit", "json=base.json"]).code, 1);
        fs::write(folder.join("waivers.yaml"), "# none\n").unwrap();
    };
    let (one, two) = (folder(), tempfile::Builder::new().prefix("elsewhere ü").tempdir().unwrap());
    prepare(one.path());
    prepare(two.path());
    for output in render::OUTPUTS {
        let stored = format!("json=stored-{}.json", output.name);
        let emitted = format!("{}=emitted", output.name);
        let held = ["--base-report", "base.json", "--format", output.name, "--all"];
        let first = check(one.path(), &[&held[..], &["--emit", &stored, "--emit", &emitted]].concat());
        let second = check(two.path(), &held);
        assert_eq!((first.code, &first.out), (second.code, &second.out), "{}", output.name);
        let path = format!("stored-{}.json", output.name);
        let rendered = support::readiness(one.path(), &["render", &path, "--format", output.name, "--all"]);
        assert_eq!(rendered.out, first.out, "{}", output.name);
        // Files are written without looking at the terminal.
        let plain = support::readiness(one.path(), &["render", &path, "--format", output.name]);
        assert_eq!(fs::read_to_string(one.path().join("emitted")).unwrap(), plain.out, "{}", output.name);
    }
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

/// Something that says nothing of the golden answers, or only that nothing is known.
fn beside_the_point() -> impl Strategy<Value = Evidence> {
    let family = prop::sample::select(vec!["golden", "tests", "coverage", "benchmark"]);
    let metric = prop::sample::select(vec!["golden.cases", "golden.citation_coverage", "tests.failed", "tests.total", "coverage.line"]);
    let value = prop_oneof![
        (0u64..3).prop_map(Value::Count),
        (0u64..3, 0u64..3).prop_map(|(part, more)| Value::ratio(part, part + more)),
        Just(Value::Text("live".to_owned())),
    ];
    (family, prop::collection::vec((metric, value), 0..4), any::<[bool; 3]>()).prop_map(|(family, metrics, [unknown, row, labelled])| {
        let mut evidence = Evidence::new("more", family);
        metrics.into_iter().for_each(|(id, value)| evidence.put(id, value));
        if unknown {
            evidence.put("golden.pass_rate", Value::ratio(0, 0));
        }
        if row {
            evidence.push("golden.case", readiness::record::Record::new("id", "c1").with("passed", Value::Flag(true)));
        }
        if labelled {
            let mut metric = readiness::metric::Metric::new("golden.pass_rate", Value::ratio(1, 1));
            metric.labels.insert("category".into(), "LEGAL".to_owned());
            evidence.metrics.push(metric);
        }
        evidence
    })
}

proptest! {
    /// Whatever else is there: what nobody measured does not hold.
    #[test]
    fn more_evidence_never_makes_a_pass_of_none_without_a_value(
        all in prop::collection::vec(beside_the_point(), 0..4),
        require in prop::sample::select(vec![
            "golden.pass_rate >= 0%",
            "tests.failed == 0 || golden.pass_rate >= 0%",
            "!(golden.pass_rate < 1%)",
            "golden.pass_rate <= 100% && coverage.line >= 0%",
        ]),
        confidence in prop::option::of(Just(950_000)),
    ) {
        let place = Place { file: "rule".into(), line: 1, column: 1 };
        let require = Some(Spanned { text: require.to_owned(), place, ..Spanned::default() });
        let rule = Rule { id: "p/r".to_owned(), severity: Some(Severity::P1), require, confidence, ..Rule::default() };
        let (rules, _) = pack::check(&[Pack { rules: vec![rule], ..Pack::default() }], &BTreeMap::new(), &mut Vec::new());
        for n in 0..=all.len() {
            let findings = judge(&rules, &Facts::new(&all[..n]), &Occasion::default());
            prop_assert_eq!(findings.len(), 1);
            prop_assert_ne!(findings[0].outcome, Outcome::Pass, "{}", findings[0].message);
        }
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
