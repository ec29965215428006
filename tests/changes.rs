//! `delta` against a stored report, from the command line, and what `explain` tells of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use assert_cmd::Command;
use std::path::Path;

const CONFIG: &str = "project: { id: p, name: P }\nevidence:\n  coverage: { family: coverage, path: coverage.xml }\npacks: [rules/]\n";
const RULE: &str = "question: Does coverage hold?\nseverity: P1\nrequire: or_else(delta(coverage.line), 0pt) >= -1pt && coverage.line >= 1%\n\
    why: w\nfix: f\ncases:\n  - { given: { coverage.line: 1/2 }, outcome: pass }\n  - { given: { coverage.line: 0/2 }, outcome: fail }\n\
    \x20 - { given: {}, outcome: no-evidence }\n";

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
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::create_dir(here.join("rules")).unwrap();
    std::fs::write(here.join("readiness.yaml"), CONFIG).unwrap();
    std::fs::write(here.join("rules/pack.yaml"), "title: T\nabout: A\n").unwrap();
    std::fs::write(here.join("rules/hold.yaml"), RULE).unwrap();
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
