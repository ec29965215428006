//! `readiness stamp`: says beside a file when, from which commit and by which command it was made.

use super::options::moment;
use super::output::write;
use super::plain;
use crate::error::Error;
use crate::io::fs::{self, Artifact};
use crate::io::terminal::{self, variable};
use crate::io::{git, json, process};
use crate::stamp::{LARGEST, Making, Run, SUFFIX, Stamp, is_commit};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What is asked of `stamp`.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The files.
    pub files: Vec<PathBuf>,
    /// The program that makes them, and its arguments; empty when they are there already.
    pub command: Vec<OsString>,
    /// As of when.
    pub now: Option<String>,
    /// The commit they are made from.
    pub commit: Option<String>,
}

/// Runs the command, if there is one, and stamps the files. Gives the exit code: that of the command, where it is no `u8` 255.
///
/// # Errors
/// When the command cannot be started, a file is not there or was not made by the command, or a stamp cannot be written.
pub fn run(options: &Options) -> Result<u8, Error> {
    for file in &options.files {
        if fs::slashed(file).ends_with(SUFFIX) {
            return Err(Error::Usage(format!("{} is a stamp; name the file beside it", file.display())));
        }
    }
    let (commit, merge_commit) = commits(options.commit.as_deref())?;
    if commit.is_none() {
        terminal::note("no commit is known here, so the stamp names none; --commit ID gives one");
    }
    let before: Vec<_> = options.files.iter().map(|file| fs::modified(file)).collect();
    let status = match options.command.split_first() {
        None => None,
        Some((program, arguments)) => {
            let status = process::run(program, arguments);
            Some(status.map_err(|e| Error::Usage(format!("`{}` cannot be run: {e}", program.to_string_lossy())))?)
        }
    };
    let command = status.map(|_| options.command.iter().map(|word| word.to_string_lossy().into_owned()).collect());
    let tool = format!("readiness {}", env!("CARGO_PKG_VERSION"));
    let collected_at = moment(options.now.as_deref())?;
    let making = Making { collected_at, commit, merge_commit, run: workflow(), command, exit_status: status, left_over: false, tool };
    let mut wrong = Vec::new();
    for (file, before) in options.files.iter().zip(before) {
        // A file of an earlier run must not get the date of this one.
        let left_over = status.is_some() && before.is_some() && fs::modified(file) == before;
        match stamp(file, Making { left_over, ..making.clone() }) {
            Err(Error::Usage(message)) => wrong.push(message),
            Ok(()) if left_over => wrong.push(format!("{} was there before, and the command did not write it", file.display())),
            done => done?,
        }
    }
    match status {
        _ if wrong.is_empty() => {}
        // That the command failed is what the caller must hear; this is only what follows from it.
        Some(status) if status != 0 => wrong.iter().for_each(|message| terminal::note(&plain::lines(message))),
        _ => return Err(Error::Usage(wrong.join("\n"))),
    }
    Ok(status.map_or(0, |status| u8::try_from(status).unwrap_or(255)))
}

fn stamp(file: &Path, making: Making) -> Result<(), Error> {
    let wrong = |e: std::io::Error| Error::Usage(format!("{}: {e}", file.display()));
    let artifact = Artifact::look(file, fs::slashed(file)).map_err(wrong)?;
    let (_, sha256) = artifact.digest().map_err(wrong)?;
    let text = json::document(&Stamp::new(artifact.file_name(), &sha256, making)).map_err(|e| Error::Internal(e.message))?;
    if text.len() as u64 > LARGEST {
        return Err(Error::Usage("the command is too long for a stamp; put it into a script".to_owned()));
    }
    write(&fs::beside(file, SUFFIX), &text)
}

/// The commit that is checked out here, and the one the run was started for where that is another.
fn commits(given: Option<&str>) -> Result<(Option<String>, Option<String>), Error> {
    if let Some(id) = given.filter(|id| !is_commit(id)) {
        return Err(Error::Usage(format!("`--commit {id}`: write 7 to 64 hex digits")));
    }
    let started = variable("GITHUB_SHA").filter(|id| is_commit(id));
    let commit = given.map(str::to_owned).or_else(|| git::head(Path::new("."))).or_else(|| started.clone());
    let merge = started.filter(|id| Some(id) != commit.as_ref());
    Ok((commit, merge))
}

/// The run of the workflow we are in.
fn workflow() -> Option<Run> {
    let id = variable("GITHUB_RUN_ID")?;
    let attempt = variable("GITHUB_RUN_ATTEMPT");
    let url = variable("GITHUB_SERVER_URL").zip(variable("GITHUB_REPOSITORY")).map(|(server, repository)| {
        let run = format!("{server}/{repository}/actions/runs/{id}");
        attempt.as_ref().map_or(run.clone(), |attempt| format!("{run}/attempts/{attempt}"))
    });
    Some(Run { id, attempt, url })
}
