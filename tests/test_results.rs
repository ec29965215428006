//! Test results in the formats of many tools: what is cut off, hidden or broken never opens a gate.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use readiness::evidence::Evidence;
use readiness::ingest::{Request, claimants, family, formats};
use readiness::instant::Instant;
use readiness::io::fs::{Artifact, files};
use std::fs;
use std::path::{Path, PathBuf};
use support::{check, root};

/// A file of a format, with the evidence of it.
fn read(path: &Path) -> Option<Evidence> {
    let artifact = Artifact::look(path, "it").unwrap();
    let claimed = claimants(&artifact).iter().any(|format| format.family == "tests");
    let now = Instant::parse(support::NOW).unwrap();
    claimed.then(|| (family("tests").unwrap().read)(&Request::plain("it", &[artifact], now)))
}

/// Every fixture of every format of test results that can be relied on and holds a case.
fn sound() -> Vec<(&'static str, PathBuf)> {
    let mut found = Vec::new();
    for format in formats().filter(|format| format.family == "tests") {
        let folder = root().join("fixtures/formats").join(format.name);
        let aside = |path: &str| [".expected.json", ".md", ".sh"].iter().any(|end| path.ends_with(end));
        for path in files(&folder).into_iter().filter(|path| !aside(path)).map(|path| folder.join(path)) {
            if read(&path).unwrap().gap().is_none() {
                found.push((format.name, path));
            }
        }
    }
    found
}

#[test]
fn a_report_cut_anywhere_is_no_evidence() {
    let folder = tempfile::tempdir().unwrap();
    let cut = folder.path().join("cut");
    let sound = sound();
    assert!(sound.len() > 30, "{}", sound.len());
    for (format, path) in sound {
        let whole = fs::read(&path).unwrap();
        // Comments at the end of TAP say nothing.
        let text = String::from_utf8_lossy(&whole);
        let end = if format == "tap" { text.find("\n# tests ").unwrap_or(whole.len()) } else { whole.len() };
        let length = whole[..end].trim_ascii_end().len();
        // `go test` never says how many packages there are: what comes after the end of one is missed by nobody.
        let ends: Vec<usize> = match format {
            "go-test" => vec![length - 1, length * 9 / 10],
            _ => (0..length).step_by((length / 40).max(1)).chain((length - 8)..length).collect(),
        };
        for end in ends {
            fs::write(&cut, &whole[..end]).unwrap();
            let evidence = read(&cut);
            assert!(evidence.is_none_or(|evidence| evidence.gap().is_some()), "{} cut at {end}", path.display());
        }
    }
}

#[test]
fn a_gate_is_open_only_for_whole_reports_without_failures() {
    for (fixture, code) in [
        ("ctest/passing.xml", 0),
        ("go-test/cached.jsonl", 0),
        ("go-test/rerun.jsonl", 0),
        ("jest/passing.json", 0),
        ("mocha/passing.json", 0),
        ("pytest-json-report/subtests-passing.json", 0),
        ("xunit/v3.xml", 0),
        ("trx/rerun.trx", 0),
        ("ctest/Test.xml", 1),
        ("ctrf/specification.json", 1),
        ("go-test/go-1.24.jsonl", 1),
        ("go-test/count-3.jsonl", 1),
        ("jest/vitest.json", 1),
        ("libtest/nextest.jsonl", 1),
        ("nunit/teardown.xml", 1),
        ("nunit/no-assembly.xml", 1),
        ("pytest-json-report/subtests.json", 1),
        ("tap/node.tap", 1),
        ("xunit/v2.xml", 1),
        ("ctrf/hidden-failure.json", 3),
        ("ctrf/no-tests.json", 3),
        ("ctrf/nothing.json", 3),
        ("ctrf/unknown-status.json", 3),
        ("go-test/benchmark.jsonl", 3),
        ("jest/nothing.json", 3),
        ("pytest-json-report/interrupted.json", 3),
        ("pytest-json-report/nothing.json", 3),
        ("tap/bail-out.tap", 3),
        ("trx/aborted.trx", 3),
        ("trx/missing-rows.trx", 3),
        ("trx/unexplained.trx", 3),
        ("trx/unknown-outcome.trx", 3),
        ("xunit/missing-rows.xml", 3),
    ] {
        let folder = root().join("fixtures/formats");
        let answer = check(&folder, &[fixture, "--require", "tests.failed == 0 && tests.errors == 0"]);
        assert_eq!(answer.code, code, "{fixture}: {}{}", answer.out, answer.err);
    }
}
