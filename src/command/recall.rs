//! The base's report out of many that were kept: that of the nearest commit which this work rests on, and the course up to it.

use super::stored;
use crate::error::Error;
use crate::instant::Instant;
use crate::io::{fs, git, json};
use crate::metric::{Metric, Value};
use crate::report::{COURSES, Past, together};
use crate::source::same_commit;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// How many judgements a course goes back.
const PAST: usize = 120;

/// The report that stands for the base.
pub struct Kept {
    /// Its file.
    pub path: PathBuf,
    /// What it and those before it measured, oldest first; nothing when only the one was named.
    pub past: Vec<Past>,
}

/// As much of a stored report as tells whether it is the one, and what it measured.
#[derive(Deserialize)]
struct Head {
    project: Project,
    now: Instant,
    #[serde(default)]
    evidence: Vec<Measured>,
}

#[derive(Deserialize)]
struct Project {
    id: String,
    commit: Option<String>,
}

#[derive(Deserialize)]
struct Measured {
    #[serde(default)]
    metrics: Vec<Metric>,
}

/// The report that `--base-report` names; of a folder, the one that fits, as [`recall`] finds it.
///
/// # Errors
/// As [`recall`].
pub fn file(named: Option<&Path>, root: &Path, project: &str, reference: Option<&str>) -> Result<Option<Kept>, Error> {
    match named {
        Some(folder) if fs::is_dir(folder) => recall(folder, root, project, reference).map(Some),
        file => Ok(file.map(|path| Kept { path: path.to_path_buf(), past: Vec::new() })),
    }
}

/// Finds in `folder` the report about `project` of the commit where HEAD and `reference` parted, or of its nearest ancestor
/// that has one; of several the latest. Without a reference, of the nearest commit before HEAD.
///
/// # Errors
/// When git cannot tell, a report cannot be read, or there is no such report: what is gone since the base could then not be missed.
fn recall(folder: &Path, root: &Path, project: &str, reference: Option<&str>) -> Result<Kept, Error> {
    let wrong = |why: String| Error::Usage(format!("`--base-report {}`: {why}", folder.display()));
    let ancestors = git::ancestors(root, reference).map_err(wrong)?;
    let mut kept: Vec<(usize, Past, PathBuf)> = Vec::new();
    let mut reports = 0_u64;
    for path in stored::within(folder)? {
        let Head { project: of, now, evidence } = json::read(&stored::read(&path)?)
            .map_err(|e| Error::Usage(format!("{}:{}:{}: not a readiness report: {}", path.display(), e.line, e.column, e.message)))?;
        if of.id != project {
            continue;
        }
        reports += 1;
        let made = |commit: &String| of.commit.as_deref().is_some_and(|made| same_commit(made, commit));
        if let Some(distance) = ancestors.iter().position(made) {
            kept.push((distance, measured(now, of.commit, &evidence), path));
        }
    }
    kept.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.now.cmp(&a.1.now)).then_with(|| a.2.cmp(&b.2)));
    // Of each commit the latest.
    kept.dedup_by_key(|(distance, ..)| *distance);
    let Some(path) = kept.first().map(|(_, _, path)| path.clone()) else {
        let of = reference.map_or_else(|| "before HEAD".to_owned(), |reference| format!("that HEAD and {reference} share"));
        return Err(wrong(format!(
            "none of its {reports} reports about `{project}` is of a commit {of}; leave it out on the very first run"
        )));
    };
    let mut past: Vec<Past> = kept.into_iter().take(PAST).map(|(_, past, _)| past).filter(|past| !past.metrics.is_empty()).collect();
    past.reverse();
    Ok(Kept { path, past })
}

/// What a report measured of what has a course.
fn measured(now: Instant, commit: Option<String>, evidence: &[Measured]) -> Past {
    let of = |id: &'static str| (id, together(evidence.iter().flat_map(|entry| &entry.metrics), id));
    let known = COURSES.into_iter().map(of).filter(|(_, ratio)| ratio.is_known());
    Past { now, commit, metrics: known.map(|(id, ratio)| Metric::new(id, Value::Ratio(ratio))).collect() }
}
