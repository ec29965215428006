//! Runs of evaluation tools that look good and show nothing: every file in a folder `fooled` of a format's fixtures. Judged by the packs
//! for AI systems, none of them opens the gate, and none passes for a rate of good answers.

#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]

use readiness::io::fs::{files, folders};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// Shortly after the fixtures were made.
const NOW: &str = "2026-11-21T00:00:00Z";

fn fooled() -> Vec<PathBuf> {
    let formats = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/formats");
    let mut found = Vec::new();
    for format in folders(&formats) {
        let folder = formats.join(format).join("fooled");
        let names = if folder.is_dir() { files(&folder) } else { Vec::new() };
        found.extend(names.iter().filter(|name| !name.ends_with(".expected.json")).map(|name| folder.join(name)));
    }
    found
}

/// The exit code of the gate, and the report.
fn judge(file: &Path) -> (Option<i32>, Value) {
    let project = tempfile::tempdir().unwrap();
    let name = file.file_name().unwrap().to_str().unwrap();
    fs::copy(file, project.path().join(name)).unwrap();
    let configuration = format!(
        "project: {{ id: small, commit: 14c907f09276bec86cf5c2aa77ccc4b26e4c754d }}\n\
         evidence:\n  golden: {{ family: golden, path: \"{name}\" }}\n\
         packs: [ai-eval, ai-claims]\n"
    );
    fs::write(project.path().join("readiness.yaml"), configuration).unwrap();
    let mut command = assert_cmd::Command::cargo_bin("readiness").unwrap();
    let output = command.current_dir(project.path()).args(["check", "--now", NOW, "--format", "json"]).output().unwrap();
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn what_fools_other_gates_opens_none() {
    let files = fooled();
    assert!(files.len() >= 10, "{} files", files.len());
    for file in files {
        let (code, report) = judge(&file);
        assert!(matches!(code, Some(1 | 3)), "{}: exit code {code:?}", file.display());
        let findings = report["findings"].as_array().unwrap();
        let rate: Vec<_> = findings.iter().filter(|finding| finding["rule"] == "ai-eval/pass-rate").collect();
        assert_eq!(rate.len(), 1, "{}", file.display());
        assert_ne!(rate[0]["outcome"], "pass", "{}", file.display());
    }
}
