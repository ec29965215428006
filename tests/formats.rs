//! Every file under `fixtures/formats` and `fixtures/hostile` is inspected, and what is said of it is compared with the
//! `.expected.json` beside it. Nothing is listed here: a new fixture is found by walking. `READINESS_BLESS=1` writes the expectations
//! anew; look at the difference before you commit it.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use readiness::ingest::{claimants, formats};
use readiness::io::fs::{Artifact, files, folders};
use std::path::{Path, PathBuf};

const NOW: &str = "2026-02-18T00:00:00Z";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// Fixtures below a folder, as paths relative to it.
fn fixtures(folder: &Path) -> Vec<String> {
    let aside =
        |path: &String| path.ends_with("README.md") || path.ends_with(".sh") || path.ends_with(".py") || path.ends_with(".expected.json");
    files(folder).into_iter().filter(|path| !aside(path)).collect()
}

/// What `readiness inspect` prints about a fixture, and its exit code.
fn inspect(folder: &Path, fixture: &str) -> (String, i32) {
    let mut command = assert_cmd::Command::cargo_bin("readiness").unwrap();
    let output = command.current_dir(folder).args(["inspect", fixture, "--format", "json", "--now", NOW]).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!stderr.contains("panicked"), "{fixture}: {stderr}");
    (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap_or(-1))
}

/// Compares all fixtures of a folder, or rewrites what is expected of them.
fn compare(folder: &Path) {
    let mut differing = Vec::new();
    for fixture in fixtures(folder) {
        let (printed, code) = inspect(folder, &fixture);
        let damaged = printed.contains("\"severity\": \"error\"") || printed.contains("\"format\": null");
        assert_eq!(code, if damaged { 3 } else { 0 }, "{fixture}: exit code");
        let expectation = folder.join(format!("{fixture}.expected.json"));
        if std::env::var_os("READINESS_BLESS").is_some() {
            std::fs::write(&expectation, &printed).unwrap();
        } else if std::fs::read_to_string(&expectation).unwrap_or_default() != printed {
            differing.push(fixture);
        }
    }
    assert!(differing.is_empty(), "not as expected in {}: {differing:#?}\nREADINESS_BLESS=1 rewrites what is expected", folder.display());
}

#[test]
fn every_fixture_is_read_as_expected() {
    for format in folders(&root().join("formats")) {
        compare(&root().join("formats").join(format));
    }
}

#[test]
fn every_hostile_file_is_reported_and_never_read_in_silence() {
    let folder = root().join("hostile");
    compare(&folder);
    assert!(fixtures(&folder).len() > 20);
}

#[test]
fn exactly_one_reader_claims_each_fixture() {
    for folder in folders(&root().join("formats")) {
        let path = root().join("formats").join(&folder);
        for fixture in fixtures(&path) {
            let artifact = Artifact::look(&path.join(&fixture), fixture.clone()).unwrap();
            let claimed: Vec<_> = claimants(&artifact).iter().map(|format| format.name).collect();
            assert_eq!(claimed, [folder.as_str()], "{folder}/{fixture}");
        }
    }
}

#[test]
fn formats_have_fixtures_and_fixtures_have_formats() {
    let mut registered: Vec<_> = formats().map(|format| format.name.to_owned()).collect();
    registered.sort_unstable();
    assert_eq!(folders(&root().join("formats")), registered);
    for format in registered {
        let folder = root().join("formats").join(&format);
        assert!(!fixtures(&folder).is_empty(), "{format} has no fixture");
        assert!(folder.join("README.md").exists(), "{format} does not say how its fixtures were made");
    }
}

#[test]
fn nothing_expected_lacks_its_fixture() {
    for path in files(&root()) {
        if let Some(fixture) = path.strip_suffix(".expected.json") {
            assert!(root().join(fixture).exists(), "{path} is left over");
        }
    }
}
