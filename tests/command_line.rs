//! Odd command lines, odd files and odd places to write to: a message and an exit code, never a panic or a wait without end.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::fs;
use std::path::Path;
use support::{Answer, check, readiness, ready};

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    ready(folder.path());
    folder
}

fn says(answer: &Answer, code: i32, text: &str) {
    assert_eq!(answer.code, code, "{}{}", answer.out, answer.err);
    let said = format!("{}{}", answer.out, answer.err).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains(text), "no {text:?} in {said}");
}

#[test]
fn every_output_has_a_file_of_its_own() {
    let project = project();
    for emit in ["json", "json=", "=a.json", "jsn=a.json"] {
        assert_eq!(check(project.path(), &["--emit", emit]).code, 2, "{emit}");
    }
    let answer = check(project.path(), &["--emit", "json=a", "--emit", "html=a"]);
    says(&answer, 2, "`--emit html=a`: another output goes to a already");
    assert!(!project.path().join("a").exists());
}

#[test]
fn what_cannot_be_written_is_an_error_of_its_own() {
    let project = project();
    fs::write(project.path().join("file"), "mine").unwrap();
    fs::create_dir_all(project.path().join("taken/report.html")).unwrap();
    for out in ["file", "file/below", "taken"] {
        says(&check(project.path(), &["--out", out]), 4, "cannot write");
    }
    says(&check(project.path(), &["--emit", "json=."]), 4, "cannot write");
    assert_eq!(fs::read_to_string(project.path().join("file")).unwrap(), "mine");
}

#[test]
fn outputs_replace_what_was_there() {
    let project = project();
    for old in ["", "x", &"x".repeat(1 << 20)] {
        fs::write(project.path().join("a.json"), old).unwrap();
        assert_eq!(check(project.path(), &["--emit", "json=a.json"]).code, 0);
        let printed = check(project.path(), &["--format", "json"]).out;
        assert_eq!(fs::read_to_string(project.path().join("a.json")).unwrap(), printed);
    }
}

#[test]
fn many_at_once_write_what_one_writes() {
    let project = project();
    let path = project.path();
    assert_eq!(check(path, &["--out", "alone"]).code, 0);
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..6).map(|_| scope.spawn(|| check(path, &["--out", "together"]).code)).collect();
        assert!(runs.into_iter().all(|run| run.join().unwrap() == 0));
    });
    assert_eq!(support::tree(&path.join("alone")), support::tree(&path.join("together")));
}

/// Configures the tests by a pattern that must find so many files.
fn configure(folder: &Path, pattern: &str, expect: usize) {
    let path = folder.join("readiness.yaml");
    let text = fs::read_to_string(&path).unwrap();
    let line = text.lines().find(|line| line.trim_start().starts_with("tests:")).unwrap().to_owned();
    fs::write(&path, text.replace(&line, &format!("  tests: {{ family: tests, path: \"{pattern}\", expect: {expect} }}"))).unwrap();
}

#[test]
fn patterns_have_bounds() {
    let project = project();
    let nested = format!("{}a{}", "{".repeat(500), "}".repeat(500));
    for (pattern, told) in
        [(nested.as_str(), "a pattern with more than 16 `{`"), (&"*a".repeat(3000), "a pattern of 6000 bytes; the most is 1024")]
    {
        configure(project.path(), pattern, 1);
        says(&check(project.path(), &[]), 2, told);
    }
    for pattern in
        ["{{{{{{{{{{{{{{{{a}}}}}}}}}}}}}}}}", &format!("{}none.xml", "**/".repeat(300)), &"{a,b}".repeat(16), &"[!a-z]".repeat(150)]
    {
        configure(project.path(), pattern, 1);
        says(&check(project.path(), &[]), 3, "finds no file");
    }
}

#[test]
fn a_file_with_the_name_of_a_pattern_is_that_file() {
    let project = project();
    let folder = project.path().join("app/[id]");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("unit.xml"), support::junit("unit", 5)).unwrap();
    configure(project.path(), "app/[id]/unit.xml", 1);
    assert_eq!(check(project.path(), &[]).code, 0);
    fs::remove_file(folder.join("unit.xml")).unwrap();
    assert_eq!(check(project.path(), &[]).code, 3);
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    #[test]
    fn what_never_ends_is_not_read_to_its_end() {
        let project = project();
        for (arguments, code) in [
            (&["render", "/dev/zero"][..], 2),
            // Evidence that is no file proves nothing.
            (&["inspect", "/dev/zero"], 3),
            (&["check", "--config", "/dev/zero"], 2),
            (&["check", "--base-report", "/dev/zero"], 2),
            (&["stamp", "/dev/zero"], 2),
            (&["inspect", "audit.db", "--map", "/dev/zero"], 2),
        ] {
            assert_eq!(readiness(project.path(), arguments).code, code, "{arguments:?}");
        }
        assert_eq!(check(project.path(), &["--emit", "json=/dev/null"]).code, 0);
    }

    #[test]
    fn links_in_circles_and_into_nothing() {
        let project = project();
        let at = |name: &str| project.path().join(name);
        symlink("b.xml", at("reports/a.xml")).unwrap();
        symlink("a.xml", at("reports/b.xml")).unwrap();
        symlink("..", at("reports/up")).unwrap();
        configure(project.path(), "reports/**/*.xml", 2);
        assert_eq!(check(project.path(), &[]).code, 0, "there are two files, whatever else is there");
        says(&check(project.path(), &["--config", "reports/a.xml"]), 2, "reports/a.xml");
        symlink("nowhere", at("out")).unwrap();
        says(&check(project.path(), &["--out", "out"]), 4, "cannot write");
        assert!(!at("nowhere").exists());
    }

    #[test]
    fn a_name_that_is_no_text_is_told_and_not_passed_over() {
        let project = project();
        let name = project.path().join("reports").join(OsStr::from_bytes(b"caf\xe9.xml"));
        // Some file systems take no such name.
        if fs::write(&name, support::junit("slow", 1)).is_ok() {
            says(&check(project.path(), &[]), 3, "is not text in UTF-8: give it another one");
        }
    }
}
