//! Logs of Inspect AI, as a user gates on them.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use std::path::Path;

/// The exit code and the output of `check` on a log, given one requirement.
fn check(log: &str, require: &str) -> (i32, String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/formats/inspect");
    let mut command = assert_cmd::Command::cargo_bin("readiness").unwrap();
    let output = command.current_dir(folder).args(["check", log, "--require", require, "--now", "2026-11-21T00:00:00Z"]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(!text.contains("panicked"), "{text}");
    (output.status.code().unwrap_or(-1), text)
}

#[test]
fn a_sound_log_passes() {
    let (code, text) = check("live.eval", "golden.pass_rate >= 80%");
    assert_eq!(code, 0, "{text}");
}

#[test]
fn accuracy_one_with_samples_that_broke_never_passes() {
    // Two of five samples broke and one has no score; the log itself says `success` and accuracy 1.0.
    let (code, text) = check("shaky.eval", "golden.pass_rate >= 80%");
    assert_ne!(code, 0, "{text}");
    let (code, text) = check("shaky.eval", "golden.unmeasured == 0");
    assert_eq!(code, 1, "{text}");
}

#[test]
fn what_was_never_scored_or_never_finished_is_no_evidence() {
    for log in ["unscored.eval", "measured.eval", "breaking.eval", "started.eval", "cancelled.json", "cut.eval"] {
        let (code, text) = check(log, "golden.pass_rate >= 0%");
        assert_eq!(code, 3, "{log}: {text}");
    }
}

#[test]
fn a_limited_run_is_not_the_whole_set() {
    let (code, text) = check("measured.eval", "golden.cases == golden.expected_cases");
    assert_eq!(code, 1, "{text}");
}
