//! `readiness rules diff`: what became of a rule closes a pipeline only when it is asked to.

#![allow(clippy::unwrap_used)]

use assert_cmd::Command;
use std::fs;
use std::path::Path;

/// Exit code and what is printed.
fn diff(old: &str, new: &str, more: &[&str]) -> (Option<i32>, String) {
    let output = Command::cargo_bin("readiness").unwrap().args(["rules", "diff", old, new]).args(more).output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_looser_copy_is_shown_and_refused_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("ours");
    fs::create_dir(&copy).unwrap();
    for file in fs::read_dir("rules/pr-gate").unwrap().map(|entry| entry.unwrap().path()) {
        fs::copy(&file, copy.join(file.file_name().unwrap())).unwrap();
    }
    let ours = copy.to_str().unwrap();
    let edit = |name: &str, from: &str, to: &str| {
        let path = copy.join(name);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from}");
        fs::write(&path, text.replace(from, to)).unwrap();
    };
    assert_eq!(diff("pr-gate", ours, &["--deny", "different"]), (Some(0), "The rules are the same.\n".to_owned()));
    edit("coverage-line.yaml", "require: coverage.line >= 80%", "require: coverage.line >= 70%");
    let (code, text) = diff("pr-gate", ours, &[]);
    assert_eq!(code, Some(0));
    assert!(text.contains("looser require: coverage.line >= 80% -> coverage.line >= 70%"), "{text}");
    assert_eq!(diff("pr-gate", ours, &["--deny", "looser"]).0, Some(1));
    assert_eq!(diff(ours, "pr-gate", &["--deny", "looser"]).0, Some(0));
    edit("coverage-line.yaml", "require: coverage.line >= 70%", "require: coverage.line >= 80%");
    fs::remove_file(Path::new(ours).join("no-flaky.yaml")).unwrap();
    assert_eq!(diff("pr-gate", ours, &["--deny", "looser"]).0, Some(1));
    fs::write(copy.join("tests-pass.yaml"), "question: x\n").unwrap();
    assert_eq!(diff("pr-gate", ours, &[]).0, Some(2));
    assert_eq!(diff("pr-gat", ours, &[]).0, Some(2));
}
