//! `readiness init`: looks at what a repository has, and writes a commented configuration for it.

use super::check::print;
use crate::error::Error;
use crate::ingest;
use crate::io::fs::{self, Artifact};
use crate::io::git;
use crate::verdict::Exit;
use std::collections::BTreeMap;
use std::path::Path;

/// Folders whose files are other projects' evidence.
const SKIPPED: [&str; 8] = ["node_modules", "target", ".venv", "venv", "vendor", "dist", "fixtures", "testdata"];
/// Files larger than this are not looked at while guessing.
const LARGEST: u64 = 256 * 1024 * 1024;

/// Writes `readiness.yaml` into `folder`. An existing one is left alone.
///
/// # Errors
/// When there is one already, or it cannot be written.
pub fn run(folder: &Path) -> Result<Exit, Error> {
    let path = folder.join("readiness.yaml");
    if fs::exists(&path) {
        return Err(Error::Usage(format!("{} exists; remove it first, or edit it", path.display())));
    }
    let found = evidence(folder);
    let text = configuration(&name(folder), &found);
    fs::write_new(&path, text.as_bytes()).map_err(|source| Error::Output { path: path.clone(), source })?;
    let entries: usize = found.values().map(Vec::len).sum();
    let next = if entries == 0 {
        "No evidence was found: run your tests with a JUnit and a coverage report, put their paths in, then run `readiness check`.\n"
            .to_owned()
    } else {
        "Read it, then run `readiness check`.\n".to_owned()
    };
    print(&format!("{} written, {entries} pieces of evidence found. {next}", path.display()))?;
    Ok(Exit::Open)
}

fn name(folder: &Path) -> String {
    let top = git::top(folder).map(std::path::PathBuf::from).or_else(|| folder.canonicalize().ok());
    let name = top.and_then(|path| path.file_name().map(|n| n.to_string_lossy().into_owned())).unwrap_or_else(|| "project".to_owned());
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c.to_ascii_lowercase() } else { '-' }).collect()
}

/// Paths by family and format.
fn evidence(folder: &Path) -> BTreeMap<(&'static str, &'static str), Vec<String>> {
    let mut found: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for file in fs::files(folder) {
        if file.split('/').any(|part| SKIPPED.contains(&part)) {
            continue;
        }
        let Ok(artifact) = Artifact::look(&folder.join(&file), file.clone()) else { continue };
        if artifact.size == 0 || artifact.size > LARGEST {
            continue;
        }
        if let [format] = ingest::claimants(&artifact).as_slice() {
            found.entry((format.family, format.name)).or_default().push(file);
        }
    }
    found
}

/// The pack that judges a family.
fn pack(family: &str) -> Option<&'static str> {
    Some(match family {
        "coverage" | "tests" => "pr-gate",
        "golden" => "ai-eval",
        "benchmark" => "nightly-bench",
        "audit" => "retention-audit",
        "documents" => "claims",
        _ => return None,
    })
}

fn configuration(id: &str, found: &BTreeMap<(&'static str, &'static str), Vec<String>>) -> String {
    let mut text = format!(
        "# What `readiness check` judges. Every key is explained in the documentation under \"Evidence\" and \"Rules\".\n\n\
         project:\n  id: {id}\n\n\
         # One entry per kind of evidence: a name of your choice, the family, and where the file is.\n\
         # Missing, empty or unreadable evidence never passes.\nevidence:\n"
    );
    if found.is_empty() {
        text.push_str("  # Nothing was found. Make the files that these entries name, or change the paths.\n");
        text.push_str("  unit-tests: { family: tests, path: reports/junit.xml }\n  coverage: { family: coverage, path: coverage.xml }\n");
    }
    for ((family, format), paths) in found {
        text.push_str(&format!("  # {} of the format {format}\n", if paths.len() == 1 { "a file" } else { "files" }));
        let list: Vec<String> = paths.iter().map(|path| quoted(path)).collect();
        let path = if let [one] = list.as_slice() { one.clone() } else { format!("[{}]", list.join(", ")) };
        text.push_str(&format!("  {format}: {{ family: {family}, path: {path} }}\n"));
    }
    let mut packs: Vec<&str> = found.keys().filter_map(|(family, _)| pack(family)).collect();
    packs.dedup();
    packs.sort_unstable();
    packs.dedup();
    if packs.is_empty() {
        packs.push("pr-gate");
    }
    text.push_str(&format!(
        "\n# `readiness rules` lists what each pack asks. A folder of your own rules is named with a slash at the end: rules/\npacks: [{}]\n\n\
         # Ways of judging: `readiness check --profile release`.\nprofiles:\n  pr: {{ gate: all }}\n  release: {{ gate: all, block_at: P2 }}\n",
        packs.join(", ")
    ));
    text
}

/// A path as YAML reads it back.
fn quoted(path: &str) -> String {
    let plain = path.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c)) && !path.starts_with('-');
    if plain { path.to_owned() } else { format!("\"{}\"", path.replace('\\', "\\\\").replace('"', "\\\"")) }
}
