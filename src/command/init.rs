//! `readiness init`: looks at what a repository has, writes a commented configuration for it, and records what is already so.

use super::base::FILE;
use super::check::Options;
use super::plain::say;
use super::{baseline, setup};
use crate::error::Error;
use crate::ingest;
use crate::io::fs::{self, Artifact};
use crate::io::git;
use crate::render::parts::prose::plural;
use crate::verdict::Exit;
use std::collections::BTreeMap;
use std::path::Path;

/// Folders whose files are somebody else's, or no evidence.
const SKIPPED: [&str; 12] = [
    "node_modules",
    ".venv",
    "venv",
    "vendor",
    "fixtures",
    "testdata",
    "target/debug",
    "target/release",
    "target/classes",
    "__pycache__",
    ".tox",
    ".nox",
];
/// What evidence files are called. Looking into every file of a large repository would take minutes.
const EXTENSIONS: [&str; 11] = ["xml", "json", "jsonl", "ndjson", "db", "sqlite", "sqlite3", "prom", "txt", "yaml", "yml"];
/// Files larger than this are not looked at while guessing.
const LARGEST: u64 = 256 * 1024 * 1024;
/// From so many files of one kind in one folder on, a pattern names them.
const MANY: usize = 4;

/// What was found: paths by family and format.
type Found = BTreeMap<(&'static str, &'static str), Vec<String>>;

/// Writes `readiness.yaml` into `folder`, and a baseline of what is not good today. An existing one is left alone.
///
/// # Errors
/// When there is one already, or it cannot be written.
pub fn run(folder: &Path, now: Option<String>) -> Result<Exit, Error> {
    let path = folder.join("readiness.yaml");
    if fs::exists(&path) {
        return Err(Error::Usage(format!("{} exists; remove it first, or edit it", path.display())));
    }
    let found = evidence(folder);
    let text = configuration(&name(folder), &found, folder);
    fs::write_new(&path, text.as_bytes()).map_err(|source| Error::Output { path: path.clone(), source })?;
    let files: usize = found.values().map(Vec::len).sum();
    say(&format!("{} written; {} found.\n", path.display(), plural(files, "evidence file")))?;
    if files == 0 {
        say("Run your tests with a JUnit and a coverage report, put their paths in, then run `readiness check`.\n")?;
        return Ok(Exit::Open);
    }
    // What is not good today is nobody's fault who comes tomorrow.
    let options = Options { config: Some(path), now, ..Options::default() };
    setup::load(options.config.as_deref())?;
    baseline::run(&options)?;
    say(&format!("Read readiness.yaml, commit it with {FILE}, then run `readiness check --profile pr`.\n"))?;
    Ok(Exit::Open)
}

fn name(folder: &Path) -> String {
    let top = git::top(folder).map(std::path::PathBuf::from).or_else(|| folder.canonicalize().ok());
    let name = top.and_then(|path| path.file_name().map(|n| n.to_string_lossy().into_owned())).unwrap_or_else(|| "project".to_owned());
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c.to_ascii_lowercase() } else { '-' }).collect()
}

fn evidence(folder: &Path) -> Found {
    let mut found = Found::new();
    for file in fs::files_outside(folder, &SKIPPED) {
        let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
        if !EXTENSIONS.contains(&extension) {
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

/// How the configuration names files: one by one, or those of a full folder by a pattern with the number it must find.
fn paths(files: &[String], folder: &Path) -> (Vec<String>, Option<usize>) {
    let place = |file: &String| file.rsplit_once('/').map_or(String::new(), |(place, _)| format!("{place}/"));
    let places: std::collections::BTreeSet<String> = files.iter().map(place).collect();
    if let ([only], true) = (places.iter().collect::<Vec<_>>().as_slice(), files.len() >= MANY) {
        let extension = files[0].rsplit_once('.').map_or("", |(_, extension)| extension);
        let pattern = format!("{only}*.{extension}");
        // A pattern that also finds other files would make them evidence.
        let here = fs::files(&folder.join(only.as_str()));
        let same = here.iter().filter(|file| !file.contains('/') && file.ends_with(&format!(".{extension}"))).count();
        if same == files.len() && !only.contains(['*', '?', '[', '{']) {
            return (vec![pattern], Some(files.len()));
        }
    }
    (files.to_vec(), None)
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

/// Where `readiness schema config` is kept in a repository that gives its editors the schema.
const SCHEMAS: [&str; 2] = ["readiness.schema.json", "site/schema/config-1.json"];

/// The line that gives an editor the schema, where the repository has it.
fn hint(folder: &Path) -> String {
    let kept = SCHEMAS.iter().find(|path| fs::exists(&folder.join(path)));
    kept.map_or_else(String::new, |path| format!("# yaml-language-server: $schema={path}\n"))
}

fn configuration(id: &str, found: &Found, folder: &Path) -> String {
    let mut text = hint(folder);
    text.push_str(&format!(
        "# What `readiness check` judges. Every key is explained in the documentation under \"Evidence\" and \"Rules\".\n\n\
         project:\n  id: {id}\n\n\
         # One entry per kind of evidence: a name of your choice, the family, and where the file is.\n\
         # Missing, empty or unreadable evidence never passes.\nevidence:\n"
    ));
    if found.is_empty() {
        text.push_str("  # Nothing was found. Make the files that these entries name, or change the paths.\n");
        text.push_str("  unit-tests: { family: tests, path: reports/junit.xml }\n  coverage: { family: coverage, path: coverage.xml }\n");
    }
    for ((family, format), files) in found {
        let (paths, expect) = paths(files, folder);
        let list: Vec<String> = paths.iter().map(|path| quoted(path)).collect();
        let path = if let [one] = list.as_slice() { one.clone() } else { format!("[{}]", list.join(", ")) };
        let expect = expect.map_or_else(String::new, |n| format!(", expect: {n}"));
        text.push_str(&format!("  {format}: {{ family: {family}, path: {path}{expect} }}\n"));
    }
    let packs: std::collections::BTreeSet<&str> = found.keys().filter_map(|(family, _)| pack(family)).collect();
    let packs: Vec<&str> = if packs.is_empty() { vec!["pr-gate"] } else { packs.into_iter().collect() };
    text.push_str(&format!(
        "\n# `readiness rules` lists what each pack asks. A folder of your own rules is named with a slash at the end: rules/\npacks: [{}]\n\n\
         # Ways of judging: `readiness check --profile pr`.\nprofiles:\n  \
         # A pull request answers for what it breaks. What {FILE} lists was already so.\n  pr: {{ gate: new }}\n  \
         # A release answers for everything, warnings included.\n  release: {{ gate: all, block_at: P2 }}\n",
        packs.join(", ")
    ));
    text
}

/// A path as YAML reads it back.
fn quoted(path: &str) -> String {
    let plain = path.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c)) && !path.starts_with('-');
    if plain {
        return path.to_owned();
    }
    let mut text = String::from("\"");
    for c in path.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            c if c.is_control() || !c.is_ascii() => text.push_str(&format!("\\U{:08X}", u32::from(c))),
            c => text.push(c),
        }
    }
    text.push('"');
    text
}
