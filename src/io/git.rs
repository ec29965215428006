//! The door to git: the program, asked for facts.
//!
//! What it answers must not depend on who asks, so every setting that changes a diff is set here, and attributes of the
//! repository cannot hide a file's lines (`--text`).

use super::diff;
use crate::diff::Diff;
use std::io::BufReader;
use std::path::Path;
use std::process::{Command, Output, Stdio};

mod commit;

pub use commit::{Commit, Kind, commit};

/// The full id of the commit that is checked out in `folder`, if it is in a repository.
pub fn head(folder: &Path) -> Option<String> {
    ask(folder, &["rev-parse", "--verify", "HEAD"])
}

/// The branch that is checked out in `folder`, if one is.
pub fn branch(folder: &Path) -> Option<String> {
    ask(folder, &["symbolic-ref", "--quiet", "--short", "HEAD"])
}

/// The top folder of the repository that `folder` is in.
pub fn top(folder: &Path) -> Option<String> {
    ask(folder, &["rev-parse", "--show-toplevel"])
}

/// The folder within its repository: empty for the top, else ending in `/`.
pub fn within(folder: &Path) -> Option<String> {
    let output = git(folder, &["rev-parse", "--show-prefix"]).ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim_end_matches(['\n', '\r']).to_owned())
}

/// The text of a file of a commit, named from the top of the repository. The caller has made sure that `commit` is an id.
pub fn text_at(folder: &Path, commit: &str, path: &str) -> Option<String> {
    ask(folder, &["cat-file", "blob", &format!("{commit}:{path}")])
}

/// How many commits lead from one to another, and the names of those who made them, each once and in order. Nothing where either is
/// not known here.
pub fn authors(folder: &Path, from: &str, to: &str) -> Option<(u64, Vec<String>)> {
    let known = |id: &str| ask(folder, &["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{id}^{{commit}}")]);
    let range = format!("{}..{}", known(from)?, known(to)?);
    let output =
        git(folder, &["log", "--no-show-signature", "--format=%aN", &range, "--"]).ok().filter(|output| output.status.success())?;
    let mut names: Vec<String> = String::from_utf8_lossy(&output.stdout).lines().map(|name| name.trim().to_owned()).collect();
    let commits = names.len() as u64;
    names.sort_unstable();
    names.dedup();
    Some((commits, names))
}

/// All files that git tracks, named from the top of the repository, in order.
pub fn tracked(folder: &Path) -> Option<Vec<String>> {
    let top = top(folder)?;
    let output = git(Path::new(&top), &["ls-files", "-z"]).ok().filter(|output| output.status.success())?;
    let names = output.stdout.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    let mut names: Vec<String> = names.map(|name| String::from_utf8_lossy(name).into_owned()).collect();
    names.sort_unstable();
    // A file with conflicts is listed once for each side.
    names.dedup();
    Some(names)
}

/// What the working tree changes against the commit where `reference` and HEAD parted, and that commit's id. Files that git does not
/// track are no part of it.
///
/// # Errors
/// Why it cannot be told, and what to do; never an empty change instead.
pub fn changes(folder: &Path, reference: &str) -> Result<(String, Diff), String> {
    let top = match git(folder, &["rev-parse", "--show-toplevel"])? {
        output if output.status.success() => String::from_utf8_lossy(&output.stdout).trim_end().to_owned(),
        output => return Err(format!("git does not answer here: {}", words(&output))),
    };
    let top = Path::new(&top);
    let base = merge_base(top, reference)?;
    let diff = diff(top, &base)?;
    Ok((base, diff))
}

/// How far back a commit is looked for.
const GENERATIONS: &str = "--max-count=10000";

/// The commits that HEAD and `reference` share, the latest first; without a reference those before HEAD.
///
/// # Errors
/// Why it cannot be told, and what to do.
pub fn ancestors(folder: &Path, reference: Option<&str>) -> Result<Vec<String>, String> {
    let from = match reference {
        Some(reference) => merge_base(folder, reference)?,
        None => head(folder).ok_or("git does not answer here: a report is found by its commit")?,
    };
    let output = git(folder, &["rev-list", GENERATIONS, &from, "--"])?;
    if !output.status.success() {
        return Err(format!("git does not tell the commits before {from}: {}", words(&output)));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().skip(usize::from(reference.is_none())).map(str::to_owned).collect())
}

/// The ids of all commits that any branch, tag or HEAD leads to.
pub fn all(folder: &Path) -> Option<Vec<String>> {
    let output = git(folder, &["rev-list", "--all", "HEAD", "--"]).ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
}

const FETCH: &str =
    "fetch the whole history (actions/checkout: `fetch-depth: 0`; GitLab: `GIT_DEPTH: 0`; by hand: `git fetch --unshallow`)";

fn merge_base(top: &Path, reference: &str) -> Result<String, String> {
    let shallow = || ask(top, &["rev-parse", "--is-shallow-repository"]).is_some_and(|answer| answer == "true");
    let Some(commit) = ask(top, &["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{reference}^{{commit}}")]) else {
        let advice = if shallow() { FETCH } else { "fetch it, or name another commit, branch or tag" };
        return Err(format!("the commit is not known here: {advice}"));
    };
    if head(top).is_none() {
        return Err("nothing is checked out here: there is no HEAD".to_owned());
    }
    ask(top, &["merge-base", &commit, "HEAD"]).ok_or_else(|| match shallow() {
        true => format!("the history ends before the commit where it and HEAD parted: {FETCH}"),
        false => "it and HEAD have no commit in common".to_owned(),
    })
}

fn diff(top: &Path, base: &str) -> Result<Diff, String> {
    let options = [
        "diff",
        "--no-ext-diff",
        "--no-textconv",
        "--no-color",
        "--text",
        "--find-renames=50%",
        "-l1000",
        "--unified=0",
        "--inter-hunk-context=0",
        "--diff-algorithm=myers",
        "--indent-heuristic",
        "--src-prefix=a/",
        "--dst-prefix=b/",
        "--no-relative",
        "--submodule=short",
        "--ignore-submodules=dirty",
        base,
        "--",
    ];
    let mut child =
        command(top, &options).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().map_err(|e| format!("git cannot be run: {e}"))?;
    let read = match child.stdout.take() {
        Some(stdout) => diff::read(BufReader::with_capacity(256 * 1024, stdout)),
        None => return Err("git gives no answer".to_owned()),
    };
    let ended = child.wait().map_err(|e| format!("git cannot be waited for: {e}"))?;
    match read {
        // What broke off breaks the reading too, and is the better reason.
        _ if !ended.success() && read.is_ok() => Err(format!("`git diff` failed ({ended})")),
        Ok(diff) => Ok(diff),
        Err(fault) => Err(format!("the diff of git cannot be read: {fault}")),
    }
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(arguments).stdin(Stdio::null());
    command.env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0").env_remove("GIT_DIFF_OPTS").env_remove("GIT_EXTERNAL_DIFF");
    command
}

fn git(folder: &Path, arguments: &[&str]) -> Result<Output, String> {
    command(folder, arguments).output().map_err(|e| format!("git cannot be run: {e}"))
}

/// What git says of its failure.
fn words(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("without a word").to_owned()
}

fn ask(folder: &Path, arguments: &[&str]) -> Option<String> {
    let output = git(folder, arguments).ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    (output.status.success() && !text.trim().is_empty()).then(|| text.trim().to_owned())
}

#[cfg(test)]
mod tests;
