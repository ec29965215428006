//! The house keeps its shape: imports point down, each third-party crate has one door, files stay small.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Crates that any file may name: they are part of the language of the project.
const EVERYWHERE: [&str; 6] = ["serde", "thiserror", "clap", "askama", "rayon", "memchr"];
const STAGES: [&str; 7] = ["discover", "ingest", "compare", "history", "evaluate", "render", "bundle"];

/// Every Rust file below `src`, its path and its code without comments.
fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    let mut paths = Vec::new();
    walk(Path::new("src"), &mut paths);
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            (path.to_str().unwrap().replace('\\', "/"), code.join("\n"))
        })
        .collect()
}

/// The room a file stands in: `ingest` for `src/ingest/coverage/mod.rs`, `metric` for `src/metric.rs`.
fn room(path: &str) -> &str {
    let inner = path.trim_start_matches("src/");
    inner.split('/').next().unwrap().trim_end_matches(".rs")
}

fn floor(room: &str) -> u8 {
    match room {
        "io" | "analyze" => 1,
        room if STAGES.contains(&room) => 2,
        "command" => 3,
        "cli" | "main" | "lib" => 4,
        _ => 0,
    }
}

/// The rooms that a file names after `crate::`, also inside braces.
fn imports(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let names: Vec<&str> = match rest.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap().split(',').collect(),
            None => vec![rest],
        };
        for name in names {
            let word: String = name.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if word.starts_with(|c: char| c.is_ascii_lowercase()) {
                found.insert(word);
            }
        }
    }
    found
}

#[test]
fn imports_point_down() {
    let mut wrong = Vec::new();
    for (path, code) in sources() {
        let here = room(&path);
        for there in imports(&code) {
            let down = floor(&there) < floor(here);
            let among_nouns = floor(here) == 0 && floor(&there) == 0;
            if there != here && !down && !among_nouns {
                wrong.push(format!("{path} (floor {}) imports {there} (floor {})", floor(here), floor(&there)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nouns_have_no_cycle() {
    let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, code) in sources() {
        let here = room(&path);
        if floor(here) == 0 {
            let nouns = imports(&code).into_iter().filter(|there| floor(there) == 0 && there != here);
            edges.entry(here.to_owned()).or_default().extend(nouns);
        }
    }
    // A noun whose imports are all gone can go too; whatever is left stands in a circle.
    loop {
        let free: Vec<String> = edges.iter().filter(|(_, to)| to.iter().all(|n| !edges.contains_key(n))).map(|(n, _)| n.clone()).collect();
        if free.is_empty() {
            break;
        }
        for noun in free {
            edges.remove(&noun);
        }
    }
    assert!(edges.is_empty(), "nouns import each other in a circle: {edges:?}");
}

#[test]
fn every_crate_has_one_door() {
    let manifest = fs::read_to_string("Cargo.toml").unwrap();
    let dependencies = manifest.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
    let names: Vec<String> = dependencies
        .lines()
        .filter(|line| line.contains('=') && !line.trim_start().starts_with('#'))
        .map(|line| line.split('=').next().unwrap().trim().replace('-', "_"))
        .filter(|name| !EVERYWHERE.contains(&name.as_str()))
        .collect();
    assert!(names.len() > 10, "{names:?}");
    for name in names {
        let mut doors = BTreeSet::new();
        for (path, code) in sources() {
            let named = code.match_indices(&format!("{name}::")).any(|(at, _)| {
                let before = code[..at].chars().next_back();
                !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
            });
            if named {
                // A door may have rooms of its own behind it: io/xml.rs and io/xml/scan.rs.
                doors.insert(path.trim_end_matches(".rs").to_owned());
            }
        }
        let roots: Vec<&String> = doors.iter().filter(|d| !doors.iter().any(|o| o != *d && d.starts_with(&format!("{o}/")))).collect();
        assert!(roots.len() <= 1, "{name} is named in {roots:?}");
        assert!(!roots.is_empty(), "{name} is a dependency that nobody names");
    }
}

#[test]
fn files_are_small() {
    let mut wrong = Vec::new();
    let mut lengths = Vec::new();
    for (path, code) in sources() {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        lengths.push(lines);
        let parts: Vec<&str> = path.split('/').collect();
        let format = parts.len() == 4 && parts[1] == "ingest" && parts[3] != "mod.rs" && code.contains(": Format<");
        let output = parts.len() == 3 && parts[1] == "render" && parts[2] != "mod.rs";
        let most = if format || output { 250 } else { 400 };
        if lines > most {
            wrong.push(format!("{path}: {lines} lines, at most {most}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    lengths.sort_unstable();
    assert!(lengths[lengths.len() / 2] <= 150, "the median file has {} lines", lengths[lengths.len() / 2]);
}

#[test]
fn rules_are_small() {
    for pack in fs::read_dir("rules").unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()) {
        for rule in fs::read_dir(&pack).unwrap().map(|e| e.unwrap().path()) {
            let lines = fs::read_to_string(&rule).unwrap().lines().count();
            assert!(lines <= 120, "{} has {lines} lines", rule.display());
        }
    }
}
