//! `delta` against a stored report, from the command line, and what `explain` tells of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use assert_cmd::Command;
use std::path::Path;

const CONFIG: &str = "project: { id: p, name: P }\nevidence:\n  coverage: { family: coverage, path: coverage.xml }\npacks: [rules/]\n";
const RULE: &str = "question: Does coverage hold?\nseverity: P1\nrequire: or_else(delta(coverage.line), 0pt) >= -1pt && coverage.line >= 1%\n\
    why: w\nfix: f\ncases:\n  - { given: { coverage.line: 1/2 }, outcome: pass }\n  - { given: { coverage.line: 0/2 }, outcome: fail }\n\
    \x20 - { given: {}, outcome: no-evidence }\n";

/// A project with one rule, which holds coverage to what it was.
fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::create_dir(here.join("rules")).unwrap();
    std::fs::write(here.join("readiness.yaml"), CONFIG).unwrap();
    std::fs::write(here.join("rules/pack.yaml"), "title: T\nabout: A\n").unwrap();
    std::fs::write(here.join("rules/hold.yaml"), RULE).unwrap();
    folder
}

fn coverage(folder: &Path, covered: usize) {
    let lines: String = (1..=200).map(|n| format!("<line number=\"{n}\" hits=\"{}\"/>", u8::from(n <= covered))).collect();
    let text = format!(
        "<?xml version=\"1.0\"?><coverage line-rate=\"{}\" branch-rate=\"0\" version=\"7.6\" timestamp=\"1771372800000\"><packages>\
         <package name=\"a\"><classes><class name=\"a\" filename=\"a.py\"><methods/><lines>{lines}</lines></class></classes></package>\
         </packages></coverage>",
        covered as f64 / 200.0
    );
    std::fs::write(folder.join("coverage.xml"), text).unwrap();
}

fn run(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::cargo_bin("readiness").unwrap();
    let output = command.current_dir(folder).args(arguments).args(["--now", "2026-02-19T00:00:00Z"]).output().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code().unwrap(), text)
}

#[test]
fn a_fall_against_the_base_closes_the_gate() {
    let folder = project();
    let here = folder.path();
    coverage(here, 170);
    let (code, text) = run(here, &["check", "--out", "base"]);
    assert_eq!(code, 0, "{text}");
    let base = ["--base-report", "base/report.json"];
    coverage(here, 168);
    assert_eq!(run(here, &["check", base[0], base[1]]).0, 0);
    coverage(here, 165);
    let (code, text) = run(here, &["check", base[0], base[1]]);
    assert_eq!(code, 1, "{text}");
    assert_eq!(run(here, &["check"]).0, 0, "without a base the rule falls back to no change");
    let (code, text) = run(here, &["explain", "rules/hold", base[0], base[1]]);
    assert_eq!(code, 0, "{text}");
    for line in [
        "delta(coverage.line) = -2.5 pt (82.5 %, was 85 %), required at least -1 pt: does not hold, 3 lines short",
        "coverage.line = 82.5 % (165 of 200), required at least 1 %: holds",
        "from coverage.xml (sha256 ",
        "…, 24 h old)",
        "rules/hold.yaml:3",
    ] {
        assert!(text.contains(line), "{line} not in\n{text}");
    }
}

#[test]
fn a_mistake_is_shown_in_its_whole_line() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::create_dir(here.join("rules")).unwrap();
    std::fs::write(here.join("readiness.yaml"), CONFIG).unwrap();
    std::fs::write(here.join("rules/pack.yaml"), "title: T\nabout: A\n").unwrap();
    std::fs::write(here.join("rules/hold.yaml"), RULE.replace("coverage.line >= 1%", "coverage.lien >= 1%")).unwrap();
    let (code, text) = run(here, &["check"]);
    let shown = "  3 | require: or_else(delta(coverage.line), 0pt) >= -1pt && coverage.lien >= 1%\n    |";
    assert!(code == 2 && text.contains(shown), "{text}");
    let caret = text.lines().skip_while(|line| !line.contains("3 | require")).nth(1).unwrap();
    assert_eq!(caret.find('^'), text.lines().find(|line| line.contains("3 | require")).unwrap().find("coverage.lien"));
}

/// What a folder of kept reports is good for: the one of the commit that the work rests on is found by git.
#[test]
fn of_many_kept_reports_that_of_the_merge_base_is_the_base() {
    let folder = project();
    let here = folder.path();
    std::fs::write(here.join(".gitignore"), "kept/\n").unwrap();
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"];
        let output = std::process::Command::new("git").arg("-C").arg(here).args(identity).args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    let step = |covered: usize, name: &str| {
        coverage(here, covered);
        git(&["add", "-A"]);
        git(&["commit", "-q", "-m", name]);
        let (code, text) = run(here, &["check", "--out", &format!("kept/{name}")]);
        assert_eq!(code, 0, "{text}");
    };
    git(&["init", "-q", "-b", "main"]);
    step(160, "old");
    step(170, "parted");
    git(&["switch", "-q", "-c", "work"]);
    git(&["switch", "-q", "main"]);
    step(190, "later");
    git(&["switch", "-q", "work"]);
    std::fs::write(here.join("kept/old/other.json"), "{}").unwrap();

    coverage(here, 165);
    git(&["commit", "-qam", "work"]);
    let (code, text) = run(here, &["check", "--base-report", "kept", "--base", "main"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("delta(coverage.line) is -2.5 pt (82.5 %, was 85 %)"), "{text}");
    let (code, text) = run(here, &["check", "--base-report", "kept"]);
    assert!(code == 1 && text.contains("(82.5 %, was 85 %)"), "the nearest commit before HEAD is the same one: {text}");
    let (_, report) = run(here, &["check", "--base-report", "kept", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let past: Vec<_> = report["past"].as_array().unwrap().iter().map(|past| &past["metrics"][0]["part"]).collect();
    assert_eq!(past, [160, 170], "the course up to where this work began, oldest first, and nothing of what came later there");
    assert!(run(here, &["explain", "rules/hold", "--base-report", "kept"]).1.contains("= -2.5 pt (82.5 %, was 85 %)"));

    std::fs::remove_dir_all(here.join("kept/parted")).unwrap();
    let (code, text) = run(here, &["check", "--base-report", "kept"]);
    assert_eq!(code, 0, "an older one is better than none: {text}");
    std::fs::write(here.join("kept/old/other.json"), "{\"schema\": \"readiness/report/1\"}").unwrap();
    let (code, text) = run(here, &["check", "--base-report", "kept"]);
    assert!(code == 2 && text.contains("not a readiness report"), "a report that cannot be read is not passed over: {text}");
    std::fs::remove_dir_all(here.join("kept/old")).unwrap();
    let (code, text) = run(here, &["check", "--base-report", "kept"]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("none of its 1 reports about `p` is of a commit before HEAD"), "{text}");
}
