//! The files of an evidence entry, in stable order, and what is missing among them.

use super::snapshot;
use crate::config::{self, Expect};
use crate::evidence::MISSING;
use crate::io::fs::{self, Artifact, Glob};
use crate::io::postgres::{Asked, is_address};
use crate::source::{Grade, Location, Problem};
use crate::stamp::SUFFIX;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};

/// Files that were found, and problems: a file that is not there, a pattern that finds fewer files than expected.
pub type Found = (Vec<Artifact>, Vec<Problem>);

/// Looks for an entry's files below `root`. A file that is found in several ways is found once. `asked` is the table that is wanted
/// of what is a database.
pub fn of(entry: &config::Entry, root: &Path, asked: Option<&Asked>) -> Found {
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    for path in &entry.path {
        if is_address(path) {
            match asked.map(|asked| snapshot::of_server(path, asked)) {
                Some(Ok(trail)) => found.push(trail.artifact),
                Some(Err(problem)) => problems.push(*problem),
                None => problems.push(problem("address", "", "only an audit trail is read from a server".to_owned())),
            }
            continue;
        }
        // A file of just this name is meant, whatever signs are in it: `app/[id]/coverage.xml`.
        if fs::is_glob(path) && !fs::exists(&root.join(path)) {
            found.extend(matching(path, root, &mut problems));
        } else {
            look(root, path, &mut found, &mut problems);
        }
    }
    once(&mut found, &mut problems);
    if let Some(message) = entry.expect.as_ref().and_then(|expect| unmet(expect, &found)) {
        problems.push(problem(MISSING, "", message));
    }
    if let Some(asked) = asked {
        snapshot::join(&mut found, &mut problems, asked);
    }
    (found, problems)
}

/// The history of an entry, where it has one and it is there.
pub fn history(path: &str, root: &Path, problems: &mut Vec<Problem>) -> Option<Artifact> {
    let mut found = Vec::new();
    let before = problems.len();
    look(root, path, &mut found, problems);
    if let Some(missing) = problems.get_mut(before).filter(|problem| problem.code == MISSING) {
        missing.message = format!("{path} is not there: `readiness check --append` begins it with today's results");
    }
    found.pop()
}

fn look(root: &Path, path: &str, found: &mut Vec<Artifact>, problems: &mut Vec<Problem>) {
    match Artifact::find(&root.join(path), path) {
        Ok(artifact) => found.push(artifact),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound && path.contains(char::REPLACEMENT_CHARACTER) => {
            problems.push(problem("unreadable", path, format!("the name of {path} is not text in UTF-8: give it another one")));
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => problems.push(problem(MISSING, path, format!("{path} is not there"))),
        Err(e) => problems.push(problem("unreadable", path, e.to_string())),
    }
}

/// Keeps the first of several names of one file: read twice, it would count twice and stand in for a file that is not there.
fn once(found: &mut Vec<Artifact>, problems: &mut Vec<Problem>) {
    let mut names: BTreeMap<PathBuf, String> = BTreeMap::new();
    found.retain(|artifact| match names.entry(fs::real(&artifact.path)) {
        Entry::Vacant(free) => {
            free.insert(artifact.name.clone());
            true
        }
        Entry::Occupied(first) => {
            if *first.get() != artifact.name {
                let message = format!("{} is the file {}, which counts once", artifact.name, first.get());
                problems.push(Problem { severity: Grade::Note, ..problem("same-file", &artifact.name, message) });
            }
            false
        }
    });
}

fn matching(pattern: &str, root: &Path, problems: &mut Vec<Problem>) -> Vec<Artifact> {
    let Ok(glob) = Glob::new(pattern) else { return Vec::new() };
    // Only the folder in front of the first wildcard needs to be walked.
    let fixed: Vec<&str> = pattern.split('/').take_while(|part| !fs::is_glob(part)).collect();
    let base = fixed.join("/");
    let names = fs::files(&root.join(&base)).into_iter().map(|file| if base.is_empty() { file } else { format!("{base}/{file}") });
    let mut found = Vec::new();
    for name in names.filter(|name| glob.matches(name) && !name.ends_with(SUFFIX)) {
        look(root, &name, &mut found, problems);
    }
    if found.is_empty() {
        problems.push(problem(MISSING, pattern, format!("{pattern} finds no file")));
    }
    found
}

fn unmet(expect: &Expect, found: &[Artifact]) -> Option<String> {
    match expect {
        Expect::Count(n) if *n != found.len() => Some(format!("{} of {n} expected files were found", found.len())),
        Expect::Count(_) => None,
        Expect::Names(names) => {
            let named = |artifact: &Artifact, name: &String| artifact.name == **name || artifact.file_name() == name.as_str();
            let missing: Vec<&str> = names.iter().filter(|name| !found.iter().any(|a| named(a, name))).map(String::as_str).collect();
            if !missing.is_empty() {
                return Some(format!("expected and not found: {}", missing.join(", ")));
            }
            // One name that fits several files would not notice when one of them is gone.
            (found.len() != names.len()).then(|| format!("{} files were found for {} expected names", found.len(), names.len()))
        }
    }
}

fn problem(code: &'static str, path: &str, message: String) -> Problem {
    Problem { code: code.into(), severity: Grade::Error, message, path: path.to_owned(), at: Location::whole() }
}
