//! `readiness stamp`, as its users meet it: what it writes, what a judgement makes of it, and what it refuses.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;
use support::{Answer, COMMIT, check, readiness, ready};

const MADE: &str = "2026-02-17T22:00:00Z";

/// A project that judges one coverage report by age and commit.
fn project(report: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    put(
        "readiness.yaml",
        &format!(
            "project: {{ id: p, name: P, commit: {COMMIT} }}\nevidence:\n  coverage: {{ family: coverage, path: \"out/*\", expect: 1 }}\npacks: [rules/]\n"
        ),
    );
    put("rules/r/pack.yaml", "title: R\nabout: What must be.\n");
    put(
        "rules/r/lines.yaml",
        "question: Is enough covered?\nseverity: P1\nrequire: coverage.line >= 80%\nevidence: { max_age: 24h, commit: head }\nwhy: So.\nfix: So.\n\
         cases:\n  - { given: { coverage.line: 9/10 }, outcome: pass }\n  - { given: { coverage.line: 1/10 }, outcome: fail }\n  - { given: {}, outcome: no-evidence }\n",
    );
    put("out/coverage.xml", report);
    folder
}

/// A report without a date.
fn undated() -> String {
    let folder = tempfile::tempdir().unwrap();
    ready(folder.path());
    fs::read_to_string(folder.path().join("coverage.xml")).unwrap().replace(" timestamp=\"1771369200000\"", "")
}

fn stamp(folder: &Path, more: &[&str]) -> Answer {
    readiness(folder, &[&["stamp", "out/coverage.xml", "--commit", COMMIT, "--now", MADE][..], more].concat())
}

fn read(folder: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(folder.join("out/coverage.xml.stamp.json")).unwrap()).unwrap()
}

#[test]
fn an_undated_report_is_evidence_only_with_a_stamp_and_only_unchanged() {
    let project = project(&undated());
    let folder = project.path();
    let without = check(folder, &[]);
    assert_eq!(without.code, 3, "{}", without.out);
    let said = without.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("does not say when it was made: run `readiness stamp out/coverage.xml` where it is made"), "{said}");
    assert!(said.contains("does not say which commit it was made from: run `readiness stamp"), "{said}");

    assert_eq!(stamp(folder, &[]).code, 0);
    // The stamp lies where the pattern looks, and is not taken for a second report.
    let with = check(folder, &["--out", "report"]);
    assert_eq!(with.code, 0, "{}{}", with.out, with.err);
    let report: serde_json::Value = serde_json::from_slice(&fs::read(folder.join("report/report.json")).unwrap()).unwrap();
    let source = &report["evidence"][0]["sources"][0];
    assert_eq!((&source["collected_at"], &source["commit"], &source["stamped"]), (&MADE.into(), &COMMIT.into(), &true.into()));
    assert!(fs::read_to_string(folder.join("report/report.html")).unwrap().contains(">stamped</span>"));

    let path = folder.join("out/coverage.xml");
    fs::write(&path, undated().replace("number=\"10\" hits=\"0\"", "number=\"10\" hits=\"1\"").replace("covered=\"9\"", "covered=\"10\""))
        .unwrap();
    let edited = check(folder, &[]);
    assert_eq!(edited.code, 3, "{}", edited.out);
    assert!(edited.out.contains("the file was changed after it was stamped"), "{}", edited.out);
}

#[test]
fn an_old_a_future_and_a_foreign_stamp_do_not_pass() {
    for (now, commit, said) in [
        ("2026-02-15T00:00:00Z", COMMIT, "3 d old"),
        ("2026-02-18T01:00:00Z", COMMIT, "later than now"),
        (MADE, "24c907f09276bec86cf5c2aa77ccc4b26e4c754d", "made from commit 24c907f"),
    ] {
        let project = project(&undated());
        assert_eq!(readiness(project.path(), &["stamp", "out/coverage.xml", "--commit", commit, "--now", now]).code, 0);
        let answer = check(project.path(), &[]);
        assert_eq!(answer.code, 3, "{}", answer.out);
        let text = answer.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(said), "{said:?} is missing in\n{text}");
    }
}

#[test]
fn the_bundle_holds_the_stamp() {
    let project = project(&undated());
    assert_eq!(stamp(project.path(), &[]).code, 0);
    let answer = readiness(project.path(), &["bundle", "--out", "bundle", "--now", support::NOW]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    let name = "evidence/coverage/out/coverage.xml.stamp.json";
    let kept = fs::read(project.path().join("bundle").join(name)).unwrap();
    assert_eq!(kept, fs::read(project.path().join("out/coverage.xml.stamp.json")).unwrap());
    assert!(fs::read_to_string(project.path().join("bundle/SHA256SUMS")).unwrap().contains(name));
}

#[test]
fn init_and_inspect_know_a_stamp() {
    let project = project(&undated());
    let folder = project.path();
    assert_eq!(stamp(folder, &[]).code, 0);
    let answer = readiness(folder, &["inspect", "out/coverage.xml.stamp.json"]);
    assert_eq!(answer.code, 3);
    assert!(answer.out.contains("this is a stamp"), "{}", answer.out);
    fs::remove_file(folder.join("readiness.yaml")).unwrap();
    assert_eq!(readiness(folder, &["init"]).code, 0);
    let written = fs::read_to_string(folder.join("readiness.yaml")).unwrap();
    assert!(written.contains("out/coverage.xml") && !written.contains("stamp.json"), "{written}");
}

#[test]
fn a_stamp_is_the_same_bytes_every_time_and_says_which_run() {
    let project = project(&undated());
    let folder = project.path();
    let made = |run: bool| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_readiness"));
        command.current_dir(folder).args(["stamp", "out/coverage.xml", "--now", MADE, "--commit", COMMIT]);
        for name in ["GITHUB_SHA", "GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT", "GITHUB_SERVER_URL", "GITHUB_REPOSITORY"] {
            command.env_remove(name);
        }
        if run {
            command.env("GITHUB_SHA", "24c907f09276bec86cf5c2aa77ccc4b26e4c754d").env("GITHUB_RUN_ID", "77").env("GITHUB_RUN_ATTEMPT", "2");
            command.env("GITHUB_SERVER_URL", "https://git.example").env("GITHUB_REPOSITORY", "o/r");
        }
        assert!(command.status().unwrap().success());
        fs::read_to_string(folder.join("out/coverage.xml.stamp.json")).unwrap()
    };
    let plain = made(false);
    assert_eq!(plain, made(false));
    let sha256 = readiness::io::hash::sha256(undated().as_bytes());
    let tool = format!("readiness {}", env!("CARGO_PKG_VERSION"));
    let expected = format!(
        "{{\n  \"_type\": \"https://in-toto.io/Statement/v1\",\n  \"subject\": [\n    {{\n      \"name\": \"coverage.xml\",\n      \"digest\": {{\n        \
         \"sha256\": \"{sha256}\"\n      }}\n    }}\n  ],\n  \"predicateType\": \"urn:readiness:stamp:1\",\n  \"predicate\": {{\n    \
         \"collected_at\": \"{MADE}\",\n    \"commit\": \"{COMMIT}\",\n    \"tool\": \"{tool}\"\n  }}\n}}\n"
    );
    assert_eq!(plain, expected);

    made(true);
    let predicate = read(folder)["predicate"].clone();
    assert_eq!(predicate["merge_commit"], "24c907f09276bec86cf5c2aa77ccc4b26e4c754d");
    let run = serde_json::json!({ "id": "77", "attempt": "2", "url": "https://git.example/o/r/actions/runs/77/attempts/2" });
    assert_eq!(predicate["run"], run);
    assert_eq!(check(folder, &[]).code, 0);
}

#[test]
fn without_a_commit_the_one_that_is_checked_out_is_taken() {
    let project = project(&undated());
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.current_dir(project.path()).args(["-c", "user.name=a", "-c", "user.email=a@example.org"]).args(arguments);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    git(&["init", "-q"]);
    git(&["commit", "-q", "--allow-empty", "-m", "first"]);
    assert_eq!(readiness(project.path(), &["stamp", "out/coverage.xml"]).code, 0);
    assert_eq!(read(project.path())["predicate"]["commit"], git(&["rev-parse", "HEAD"]));
}

#[cfg(unix)]
mod commands {
    use super::*;

    /// A shell command that writes the report anew and then does something more.
    fn writing(then: &str) -> String {
        format!("sleep 0.05; cp coverage.in out/coverage.xml; {then}")
    }

    fn made(then: &str) -> (tempfile::TempDir, Answer) {
        let project = project("");
        fs::write(project.path().join("coverage.in"), undated()).unwrap();
        let answer = stamp(project.path(), &["--", "sh", "-c", then]);
        (project, answer)
    }

    #[test]
    fn a_command_is_run_and_recorded() {
        let (project, answer) = made(&writing("echo out; echo err >&2"));
        assert_eq!((answer.code, answer.out.as_str(), answer.err.as_str()), (0, "out\n", "err\n"));
        let predicate = read(project.path())["predicate"].clone();
        assert_eq!(predicate["command"], serde_json::json!(["sh", "-c", writing("echo out; echo err >&2")]));
        assert_eq!((&predicate["exit_status"], &predicate["collected_at"]), (&0.into(), &MADE.into()));
        assert_eq!(check(project.path(), &[]).code, 0);
    }

    #[test]
    fn a_command_that_fails_ends_as_it_ended_and_is_recorded() {
        for (then, code) in [("false", 1), ("exit 42", 42), ("kill -9 $$", 137)] {
            let (project, answer) = made(&writing(then));
            assert_eq!(answer.code, code, "{then}: {}", answer.err);
            assert_eq!(read(project.path())["predicate"]["exit_status"], code);
            let judged = check(project.path(), &[]);
            assert_eq!(judged.code, 0, "{}", judged.out);
            assert!(judged.out.contains(&format!("ended with exit status {code}")), "{}", judged.out);
        }
    }

    #[test]
    fn a_file_that_the_command_did_not_write_is_no_evidence() {
        for (command, code) in [("true", 2), ("false", 1)] {
            let project = project(&undated());
            let answer = stamp(project.path(), &["--", command]);
            assert_eq!(answer.code, code, "{}", answer.err);
            assert!(answer.err.contains("out/coverage.xml was there before, and the command did not write it"), "{}", answer.err);
            assert_eq!(read(project.path())["predicate"]["exit_status"], code % 2);
            let judged = check(project.path(), &[]);
            assert_eq!(judged.code, 3, "{}", judged.out);
            assert!(judged.out.contains("it is of an earlier run"), "{}", judged.out);
        }
    }

    #[test]
    fn a_file_that_is_not_there_after_the_command_is_said() {
        for (then, code) in [("rm out/coverage.xml", 2), ("rm out/coverage.xml; exit 7", 7)] {
            let (project, answer) = made(then);
            assert_eq!(answer.code, code, "{}", answer.err);
            assert!(answer.err.contains("out/coverage.xml: "), "{}", answer.err);
            assert!(!project.path().join("out/coverage.xml.stamp.json").exists());
        }
    }
}

#[test]
fn what_cannot_be_stamped_is_said() {
    let project = project(&undated());
    let folder = project.path();
    let refused = |arguments: &[&str], said: &str| {
        let answer = readiness(folder, &[&["stamp"], arguments].concat());
        assert_eq!(answer.code, 2, "{arguments:?}: {}", answer.err);
        assert!(answer.err.contains(said), "{arguments:?}: {}", answer.err);
    };
    refused(&[], "FILE");
    refused(&["nothing.xml"], "nothing.xml");
    refused(&["out"], "not a regular file");
    refused(&["out/coverage.xml.stamp.json"], "name the file beside it");
    refused(&["out/coverage.xml", "--commit", "main"], "7 to 64 hex digits");
    refused(&["out/coverage.xml", "--now", "soon"], "--now soon");
    refused(&["out/coverage.xml", "--commit", COMMIT, "--", "no-such-program-at-all"], "`no-such-program-at-all` cannot be run");
    assert!(!folder.join("out/coverage.xml.stamp.json").exists());
}

#[test]
fn help_teaches() {
    let folder = tempfile::tempdir().unwrap();
    let answer = readiness(folder.path(), &["stamp", "--help"]);
    assert_eq!(answer.code, 0);
    for said in ["readiness stamp junit.xml coverage.xml -- pytest", "in-toto", "the command's own", "no secrets"] {
        assert!(answer.out.contains(said), "{said:?} is missing in\n{}", answer.out);
    }
}
