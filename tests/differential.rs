//! The twelve categories of differential coverage, beside what genhtml of lcov 2 says of the same two reports and the same diff.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use assert_cmd::Command;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/differential")
}

/// What genhtml printed: of lines its categories, and of each kind `16 of 28`.
fn genhtml() -> (BTreeMap<String, u64>, BTreeMap<String, (u64, u64)>) {
    let text = std::fs::read_to_string(folder().join("genhtml.txt")).unwrap();
    let (mut categories, mut totals, mut kind) = (BTreeMap::new(), BTreeMap::new(), String::new());
    for line in text.lines() {
        let Some((name, rest)) = line.trim().split_once("..") else { continue };
        let rest = rest.trim_start_matches('.').trim_start_matches(':').trim();
        if let Some((_, counts)) = rest.split_once(" (") {
            kind = name.to_owned();
            let words: Vec<&str> = counts.split(' ').collect();
            totals.insert(kind.clone(), (words[0].parse().unwrap(), words[2].parse().unwrap()));
        } else if kind == "lines" {
            categories.insert(name.to_owned(), rest.parse().unwrap());
        }
    }
    (categories, totals)
}

#[test]
fn every_category_and_total_is_that_of_genhtml() {
    let (categories, totals) = genhtml();
    assert_eq!((categories.len(), totals.len()), (12, 3));
    let output = Command::cargo_bin("readiness")
        .unwrap()
        .current_dir(folder())
        .args(["check", "head.info", "--diff", "change.diff", "--base-coverage", "base.info"])
        .args(["--require", "coverage.lost_lines == 2", "--format", "json", "--now", "2026-02-18T00:00:00Z"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let metrics = report["evidence"][0]["metrics"].as_array().unwrap();
    let ours: BTreeMap<String, u64> = metrics
        .iter()
        .filter(|metric| metric["id"] == "coverage.differential")
        .map(|metric| (metric["labels"]["category"].as_str().unwrap().to_owned(), metric["count"].as_u64().unwrap()))
        .collect();
    assert_eq!(ours, categories);
    for (id, kind) in [("coverage.line", "lines"), ("coverage.function", "functions"), ("coverage.branch", "branches")] {
        let metric = metrics.iter().find(|metric| metric["id"] == id).unwrap();
        assert_eq!((metric["part"].as_u64().unwrap(), metric["whole"].as_u64().unwrap()), totals[kind], "{kind}");
    }
}
