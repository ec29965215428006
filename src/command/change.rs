//! The change that coverage is held against: from git, or from a file.

use crate::config::Config;
use crate::diff::{Body, Diff};
use crate::error::Error;
use crate::evidence::Evidence;
use crate::ingest::{self, Request};
use crate::instant::Instant;
use crate::io::fs::{self, Artifact};
use crate::io::{diff, git};
use crate::linemap::LineMap;
use crate::report::Compared;
use crate::source::{Grade, same_commit};
use crate::tree::{Sources, Tree};
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// The family that a change is held against.
const FAMILY: &str = "coverage";

/// What the command line says of a change.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The commit, branch or tag to compare with.
    pub base: Option<String>,
    /// A diff instead.
    pub diff: Option<PathBuf>,
    /// Coverage reports of the base.
    pub base_coverage: Vec<PathBuf>,
}

impl Asked {
    /// Whether there is anything to compare with.
    pub fn is_asked(&self) -> bool {
        self.base.is_some() || self.diff.is_some()
    }

    /// The same, with what a profile compares with where the command line does not say.
    pub fn or_else(&self, base: Option<&str>) -> Asked {
        let base = if self.is_asked() { self.base.clone() } else { base.map(str::to_owned) };
        Asked { base, ..self.clone() }
    }
}

/// A change.
#[derive(Clone, Debug)]
pub struct Change {
    /// What changed.
    pub diff: Diff,
    /// Which lines ran at the base, where reports of it were given.
    pub base: Option<LineMap>,
    /// Patterns of files that owe nothing.
    pub exclude: Vec<String>,
    /// What the report says of it.
    pub told: Compared,
}

/// What all coverage entries say of source files.
pub fn sources(config: &Config) -> Sources {
    let mut all = Sources::default();
    for entry in config.evidence.values().filter(|entry| entry.family == FAMILY) {
        all.moved.extend(entry.sources.moved.iter().cloned());
        all.exclude.extend(entry.sources.exclude.iter().cloned());
    }
    all
}

/// Finds out what changed; nothing when nobody asks.
///
/// # Errors
/// When that cannot be told: a change that cannot be seen is not a change of nothing.
pub fn load(asked: &Asked, root: &Path, tree: Option<&Tree>, sources: &Sources, now: Instant) -> Result<Option<Change>, Error> {
    let (with, commit, diff) = match (&asked.base, &asked.diff) {
        (None, None) if asked.base_coverage.is_empty() => return Ok(None),
        (None, None) => return Err(Error::Usage("`--base-coverage` needs a change: give --base or --diff".to_owned())),
        (Some(_), Some(_)) => return Err(Error::Usage("`--base` and `--diff` both say what changed: give one".to_owned())),
        (Some(base), None) => {
            let (commit, diff) = git::changes(root, base)
                .map_err(|why| Error::Usage(format!("`--base {base}`: what changed since cannot be told: {why}")))?;
            (base.clone(), Some(commit), diff)
        }
        (None, Some(path)) => (fs::slashed(path), None, read(path)?),
    };
    let told = Compared {
        with,
        commit,
        files: diff.files.len() as u64,
        base_coverage: asked.base_coverage.iter().map(|path| fs::slashed(path)).collect(),
    };
    let base = match asked.base_coverage.as_slice() {
        [] => None,
        files => {
            let before = tree.map(|tree| before(tree, &diff));
            Some(coverage(files, before.as_ref(), sources, told.commit.as_deref(), now)?)
        }
    };
    Ok(Some(Change { diff, base, exclude: sources.exclude.clone(), told }))
}

/// A diff from a file. One without any change is what a failed command leaves.
fn read(path: &Path) -> Result<Diff, Error> {
    let wrong = |why: String| Error::Usage(format!("`--diff {}`: {why}", path.display()));
    let file = fs::open(path).map_err(|e| wrong(e.to_string()))?;
    let diff = diff::read(BufReader::with_capacity(256 * 1024, file)).map_err(|fault| wrong(fault.to_string()))?;
    if diff.files.is_empty() {
        return Err(wrong("it holds no change, as after a command that failed; where nothing changed, leave it out".to_owned()));
    }
    Ok(diff)
}

/// The repository as it was before a change.
fn before(tree: &Tree, diff: &Diff) -> Tree {
    let copied = |body: &Body| matches!(body, Body::Copy(_));
    let came: Vec<&str> = diff.files.iter().filter(|f| f.base != f.head).filter_map(|f| f.head.as_deref()).collect();
    let went = diff.files.iter().filter(|f| f.base != f.head && !copied(&f.body)).filter_map(|f| f.base.clone());
    let came: std::collections::BTreeSet<&str> = came.into_iter().collect();
    let mut files: Vec<String> = tree.files.iter().filter(|file| !came.contains(file.as_str())).cloned().chain(went).collect();
    files.sort_unstable();
    files.dedup();
    Tree { files, ..tree.clone() }
}

/// Which lines ran at the base.
fn coverage(files: &[PathBuf], tree: Option<&Tree>, sources: &Sources, commit: Option<&str>, now: Instant) -> Result<LineMap, Error> {
    let look = |path: &PathBuf| {
        let shown = fs::slashed(path);
        Artifact::look(path, shown.clone()).map_err(|e| Error::Usage(format!("`--base-coverage {shown}`: {e}")))
    };
    let artifacts = files.iter().map(look).collect::<Result<Vec<_>, _>>()?;
    let request = Request { tree, sources, ..Request::plain("the base's coverage", &artifacts, now) };
    let Some(room) = ingest::family(FAMILY) else { return Err(Error::Internal(format!("the family {FAMILY} has no reader"))) };
    let evidence = (room.read)(&request);
    if let Some(why) = unusable(&evidence, commit) {
        return Err(Error::Usage(format!("`--base-coverage`: {why}")));
    }
    Ok(evidence.lines)
}

/// Why reports of the base cannot be held against a change.
fn unusable(evidence: &Evidence, commit: Option<&str>) -> Option<String> {
    if let Some(problem) = evidence.problems.iter().find(|problem| problem.severity == Grade::Error) {
        return Some(format!("{}{}: {}", problem.path, problem.at, problem.message));
    }
    evidence.sources.iter().find_map(|source| {
        let (made, parted) = (source.commit.as_deref()?, commit?);
        let text = format!("{} is of commit {made}, and the change parts from {parted}: its lines have other numbers", source.path);
        (!same_commit(made, parted)).then_some(text)
    })
}
