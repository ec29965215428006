//! `readiness init` on projects as they are: what they have is found, nothing closes by mistake, and what gets worse does.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::fs;
use std::path::Path;
use support::{Answer, check, readiness};

/// A copy of one of the projects in `fixtures/adoption`.
fn project(name: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    support::copy(&support::root().join("fixtures/adoption").join(name), folder.path());
    folder
}

fn init(folder: &Path) -> Answer {
    let answer = readiness(folder, &["init", "--now", support::NOW]);
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
    answer
}

fn pr(folder: &Path) -> Answer {
    check(folder, &["--profile", "pr"])
}

fn text(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

/// A project, its reports, the limits it starts with, and the rules that wait.
type Project = (&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

const PROJECTS: [Project; 5] = [
    ("python", &["coverage.xml", "reports/junit.xml"], &["coverage.branch >= 50%", "coverage.line >= 66.6%"], &[]),
    ("javascript", &["coverage/cobertura-coverage.xml", "reports/junit.xml"], &["coverage.branch >= 96.4%", "coverage.line >= 98.4%"], &[]),
    ("rust", &["cobertura.xml", "target/nextest/ci/junit.xml"], &["coverage.line >= 87.2%"], &["pr-gate/coverage-branch"]),
    ("php", &["reports/cobertura.xml", "reports/junit.xml"], &["coverage.line >= 73.8%"], &["pr-gate/coverage-branch"]),
    ("go", &["cover.out", "junit.xml"], &["coverage.line >= 100%"], &["pr-gate/coverage-branch"]),
];

#[test]
fn an_untouched_project_is_open_and_says_what_is_not_judged() {
    for (name, reports, limits, waiting) in PROJECTS {
        let folder = project(name);
        let here = folder.path();
        let told = init(here).out;
        let configuration = text(here, "readiness.yaml");
        for report in reports {
            assert!(configuration.contains(&format!("path: {report} }}")), "{name}: {configuration}");
            assert!(told.contains(report), "{name}: {told}");
        }
        for limit in limits {
            assert!(told.contains(limit), "{name}: {limit} is not in\n{told}");
        }
        let answer = pr(here);
        assert_eq!(answer.code, 0, "{name}: {}{}", answer.out, answer.err);
        let said = answer.out.split_whitespace().collect::<Vec<_>>().join(" ");
        for rule in waiting {
            assert!(configuration.contains(&format!("\n  {rule}: ")) && said.contains(rule), "{name}: {rule}\n{configuration}\n{said}");
        }
        assert_eq!(waiting.is_empty(), !said.contains("for evidence and judged nothing"), "{name}: {said}");
        if !limits.is_empty() {
            assert_eq!(readiness(here, &["rules", "test", "readiness/floor/"]).code, 0, "{name}");
        }
        let answer = readiness(here, &["doctor"]);
        assert_eq!(answer.code, 0, "{name}: {}", answer.out);
        assert_eq!(answer.out.matches("\nwait  ").count(), waiting.len(), "{name}: {}", answer.out);
    }
}

#[test]
fn a_report_that_is_gone_closes_for_lack_of_proof() {
    for (name, reports, ..) in PROJECTS {
        let folder = project(name);
        init(folder.path());
        for report in reports {
            let (here, aside) = (folder.path().join(report), folder.path().join("aside"));
            fs::rename(&here, &aside).unwrap();
            let answer = pr(folder.path());
            assert_eq!(answer.code, 3, "{name} without {report}: {}", answer.out);
            fs::rename(aside, here).unwrap();
        }
    }
}

#[test]
fn a_test_that_fails_from_now_on_closes() {
    for (name, reports, ..) in PROJECTS {
        let folder = project(name);
        init(folder.path());
        let path = folder.path().join(reports.last().unwrap());
        let suite = "<testsuite name=\"new\" tests=\"1\" failures=\"1\"><testcase classname=\"new\" name=\"new\"><failure>no</failure></testcase></testsuite></testsuites>";
        let before = fs::read_to_string(&path).unwrap();
        let (start, _) = before.rsplit_once("</testsuites>").unwrap();
        fs::write(&path, format!("{start}{suite}")).unwrap();
        let answer = pr(folder.path());
        assert_eq!(answer.code, 1, "{name}: {}", answer.out);
    }
}

#[test]
fn the_same_repository_gives_the_same_bytes_and_nothing_is_written_over() {
    let (one, other) = (project("python"), project("python"));
    init(one.path());
    init(other.path());
    assert_eq!(support::tree(one.path()), support::tree(other.path()));
    let before = support::tree(one.path());
    let answer = readiness(one.path(), &["init"]);
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains("readiness.yaml exists"), "{}", answer.err);
    for kept in ["readiness.yaml", "readiness/floor", ".github/readiness.yaml"] {
        let folder = project("python");
        fs::create_dir_all(folder.path().join(kept)).unwrap();
        assert_eq!(readiness(folder.path(), &["init"]).code, 2, "{kept}");
        assert!(!folder.path().join("readiness.baseline.json").exists(), "{kept}");
    }
    assert_eq!(support::tree(one.path()), before);
}

#[test]
fn what_a_workflow_writes_is_told_with_its_line() {
    let folder = project("python");
    let told = init(folder.path()).out;
    assert!(told.contains(".github/workflows/ci.yml:10  writes reports/junit.xml"), "{told}");
    let configuration = text(folder.path(), "readiness.yaml");
    assert!(configuration.contains("# 4 of 5") || configuration.contains("Written by .github/workflows/ci.yml:10."), "{configuration}");
    assert!(configuration.starts_with("# What `readiness check` judges") && configuration.contains("id: tally"), "{configuration}");
}

#[test]
fn one_run_in_two_formats_is_one_run() {
    let folder = project("javascript");
    let told = init(folder.path()).out;
    assert!(told.contains("not used: the same files as in coverage/cobertura-coverage.xml, in another format"), "{told}");
    assert!(!text(folder.path(), "readiness.yaml").contains("- coverage/lcov.info"), "{told}");
}

#[test]
fn a_rate_starts_at_what_its_cases_prove() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("golden.jsonl"), support::golden(30)).unwrap();
    let told = init(folder.path()).out;
    // 30 of 30 show at least 90.49 % at 95 % confidence; the shipped goal of 95 % is not proven, and is no failure of today.
    assert!(told.contains("golden.pass_rate >= 90.4%") && told.contains("golden.clusters >= 30"), "{told}");
    let answer = pr(folder.path());
    assert_eq!(answer.code, 0, "{}", answer.out);
    assert!(answer.out.contains("ai-eval/pass-rate") && answer.out.contains("inherited"), "{}", answer.out);
    fs::write(folder.path().join("golden.jsonl"), support::golden(29)).unwrap();
    assert_ne!(pr(folder.path()).code, 0, "less is proven now");
}

#[test]
fn nothing_to_judge_is_no_pass() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("go.mod"), "module example.org/empty\n").unwrap();
    let told = init(folder.path()).out;
    assert!(told.contains("Go") && told.contains("There is nothing to judge until then"), "{told}");
    assert!(text(folder.path(), "readiness.yaml").contains("# This makes it: gotestsum --junitfile junit.xml ./..."));
    assert_eq!(pr(folder.path()).code, 3);
    let folder = project("python");
    for report in PROJECTS[0].1 {
        fs::remove_file(folder.path().join(report)).unwrap();
    }
    init(folder.path());
    assert!(text(folder.path(), "readiness.yaml").contains("# .github/workflows/ci.yml:10 writes it."));
    assert_eq!(pr(folder.path()).code, 3);
}

#[test]
fn a_damaged_report_and_a_committed_one_are_not_used_and_are_named() {
    let folder = project("rust");
    let here = folder.path();
    let cut = &text(here, "cobertura.xml")[..2000];
    fs::write(here.join("cobertura.xml"), cut).unwrap();
    fs::write(here.join("junit.json"), "{ \"tests\": [1, 2] }").unwrap();
    fs::create_dir_all(here.join("tests/data")).unwrap();
    fs::write(here.join("tests/data/sample.xml"), support::junit("sample", 2)).unwrap();
    let git = |arguments: &[&str]| {
        let done = std::process::Command::new("git").arg("-C").arg(here).args(arguments).output().unwrap();
        assert!(done.status.success(), "{arguments:?}: {done:?}");
    };
    git(&["init", "-q"]);
    git(&["add", "Cargo.toml", "tests"]);
    let told = init(here).out;
    assert!(told.contains("tests/data/sample.xml  ") && told.contains("not used: it is committed"), "{told}");
    assert!(told.contains("not used: it cannot be used:"), "{told}");
    assert!(told.contains("junit.json") && told.contains("not used: no reader knows this format"), "{told}");
    assert_eq!(pr(here).code, 0);
    let configuration = text(here, "readiness.yaml");
    assert!(
        configuration.contains("# cobertura.xml: it cannot be used") && configuration.contains("\n  pr-gate/coverage-line: "),
        "{configuration}"
    );
}

#[test]
fn a_waiting_rule_judges_as_soon_as_its_evidence_is_there_and_never_excuses_a_loss() {
    let folder = project("go");
    let here = folder.path();
    fs::remove_file(here.join("cover.out")).unwrap();
    init(here);
    let path = here.join("readiness.yaml");
    let with =
        fs::read_to_string(&path).unwrap().replace("evidence:\n", "evidence:\n  coverage: { family: coverage, path: coverage.xml }\n");
    fs::write(&path, with).unwrap();
    let gone = pr(here);
    assert_eq!(gone.code, 3, "an entry is a promise: {}", gone.out);
    fs::copy(support::root().join("fixtures/adoption/php/reports/cobertura.xml"), here.join("coverage.xml")).unwrap();
    let judged = pr(here);
    assert_eq!(judged.code, 1, "{}", judged.out);
    assert!(judged.out.contains("pr-gate/coverage-line  73.86 %"), "{}", judged.out);
    let doctor = readiness(here, &["doctor"]);
    assert!(doctor.out.contains("note  pr-gate/coverage-line  is judged: its evidence is there"), "{}", doctor.out);
    assert!(doctor.out.contains("wait  pr-gate/coverage-branch"), "{}", doctor.out);
}

#[test]
fn results_of_benchmarks_bring_the_pack_that_they_can_answer() {
    for (from, to, taken, offered) in [
        ("bench-pair-1/pair.json", "bench-pair.json", "pr-bench", "nightly-bench"),
        ("history-1/history.jsonl", "bench/history.jsonl", "nightly-bench", "pr-bench"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path();
        fs::create_dir(here.join("bench")).unwrap();
        fs::copy(support::root().join("fixtures/formats").join(from), here.join(to)).unwrap();
        init(here);
        let configuration = text(here, "readiness.yaml");
        assert!(configuration.contains(&format!("\n  - {taken}\n")), "{configuration}");
        assert!(configuration.contains(&format!("\n  # - {offered} ")), "{configuration}");
    }
}
