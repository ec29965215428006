//! The base's report out of many that were kept: that of the nearest commit which this work rests on.

use super::setup::rooted;
use super::stored;
use crate::error::Error;
use crate::instant::Instant;
use crate::io::{fs, git, json};
use crate::source::same_commit;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// As much of a stored report as tells whether it is the one.
#[derive(Deserialize)]
struct Kept {
    project: Project,
    now: Instant,
}

#[derive(Deserialize)]
struct Project {
    id: String,
    commit: Option<String>,
}

/// The report that `--base-report` names; of a folder, the one that fits, as [`recall`] finds it.
///
/// # Errors
/// As [`recall`].
pub fn file(named: Option<&Path>, root: &Path, project: &str, reference: Option<&str>) -> Result<Option<PathBuf>, Error> {
    match named {
        Some(folder) if fs::is_dir(folder) => recall(folder, &rooted(root), project, reference).map(Some),
        file => Ok(file.map(Path::to_path_buf)),
    }
}

/// Finds in `folder` the report about `project` of the commit where HEAD and `reference` parted, or of its nearest ancestor
/// that has one; of several the latest. Without a reference, of the nearest commit before HEAD.
///
/// # Errors
/// When git cannot tell, a report cannot be read, or there is no such report: what is gone since the base could then not be missed.
fn recall(folder: &Path, root: &Path, project: &str, reference: Option<&str>) -> Result<PathBuf, Error> {
    let wrong = |why: String| Error::Usage(format!("`--base-report {}`: {why}", folder.display()));
    let ancestors = git::ancestors(root, reference).map_err(wrong)?;
    let mut kept: Vec<(usize, Instant, PathBuf)> = Vec::new();
    let mut reports = 0_u64;
    for path in stored::within(folder)? {
        let report: Kept = json::read(&stored::read(&path)?)
            .map_err(|e| Error::Usage(format!("{}:{}:{}: not a readiness report: {}", path.display(), e.line, e.column, e.message)))?;
        if report.project.id != project {
            continue;
        }
        reports += 1;
        let of = |commit: &String| report.project.commit.as_deref().is_some_and(|made| same_commit(made, commit));
        kept.extend(ancestors.iter().position(of).map(|distance| (distance, report.now, path)));
    }
    kept.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)).then_with(|| a.2.cmp(&b.2)));
    let nearest = kept.into_iter().next().map(|(_, _, path)| path);
    nearest.ok_or_else(|| {
        let of = reference.map_or_else(|| "before HEAD".to_owned(), |reference| format!("that HEAD and {reference} share"));
        wrong(format!("none of its {reports} reports about `{project}` is of a commit {of}; leave it out on the very first run"))
    })
}
