//! What the tests of all families use: evidence from bytes.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::{Request, family};
use crate::config::Declared;
use crate::evidence::Evidence;
use crate::instant::Instant;
use crate::io::fs::Artifact;
use crate::source::Grade;
use std::collections::BTreeMap;

/// Reads files, each a name and its content, as one entry of a family.
pub fn read(name: &str, files: &[(&str, &[u8])], declared: &BTreeMap<String, Declared>) -> Evidence {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let artifacts: Vec<Artifact> = files
        .iter()
        .map(|(name, content)| {
            let path = folder.path().join(name);
            std::fs::write(&path, content).expect("a temporary file");
            Artifact::look(&path, *name).expect("an artifact")
        })
        .collect();
    let now = Instant::parse("2026-02-18T00:00:00Z").expect("a moment");
    let request = Request { declared, ..Request::plain("it", &artifacts, now) };
    (family(name).expect("a family").read)(&request)
}

/// Everything wrong with evidence, one line each: `error truncated:3:4: the file ends`.
pub fn problems(evidence: &Evidence) -> Vec<String> {
    let severity = |grade| match grade {
        Grade::Error => "error",
        Grade::Warning => "warning",
        Grade::Note => "note",
    };
    evidence.problems.iter().map(|p| format!("{} {}{}: {}", severity(p.severity), p.code, p.at, p.message)).collect()
}

/// Whether the evidence can be relied on.
pub fn is_clean(evidence: &Evidence) -> bool {
    evidence.gap().is_none()
}

/// Reads one file that is there already, with a map and queries.
pub fn read_file(name: &str, path: &std::path::Path, map: Option<&str>, collectors: &[&crate::rule::Collector]) -> Evidence {
    let artifact = Artifact::look(path, path.file_name().and_then(|n| n.to_str()).unwrap_or("it")).expect("an artifact");
    let now = Instant::parse("2026-02-18T00:00:00Z").expect("a moment");
    let map = map.map(|text| ("map.yaml", text));
    let artifacts = [artifact];
    let request = Request { map, collectors, ..Request::plain("it", &artifacts, now) };
    (family(name).expect("a family").read)(&request)
}
