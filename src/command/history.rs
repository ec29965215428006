//! `readiness history`: keeps the values of benchmarks from one run to the next.

mod ack;
mod append;
mod export;
mod import;
mod keep;
mod list;
mod prune;

pub use keep::{Keeping, keep};

use super::check::moment;
use super::plain;
use super::setup::rooted;
use crate::config::Entry;
use crate::discover::{artifacts, map};
use crate::error::Error;
use crate::evidence::Evidence;
use crate::history::{self, Here, Said};
use crate::history_line::HistoryLine;
use crate::ingest::{self, Request};
use crate::instant::Instant;
use crate::io::fs::{self, Artifact};
use crate::io::shelf::Shelf;
use crate::io::{git, machine, terminal};
use crate::source::{Grade, Problem};
use crate::verdict::Exit;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// What is to be done with a history.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum Verb {
    /// Append the results of one run, whatever benchmark tool wrote them
    #[command(after_long_help = APPENDING)]
    Append(append::Options),
    /// Accept a step: what comes after it is the new normal, until a day
    Ack(ack::Options),
    /// List the series of a history, or of any file with benchmark results
    List(list::Options),
    /// Take in all runs of other histories, of whatever format
    Import(import::Options),
    /// Print a history in the format of another program
    Export(export::Options),
    /// Take old runs, or the series of benchmarks that are gone, out of a history
    Prune(prune::Options),
}

const APPENDING: &str = "\
  readiness history append bench/history.jsonl 'target/criterion/**/new/estimates.json'

The history is a file of JSON Lines (schema readiness/history/1), made where there is none. Several processes
may append to it at once. What is appended is on the disk when the command ends, or the file is as it was.

A run without a name is called by the digest of its files: the same results are the same run, and count once,
however often they are appended. Another run of the same commit counts together with the first, by the median.

Exit codes: 0 appended, or there already; 2 usage; 3 the results cannot be relied on, and nothing was appended;
4 the history could not be written.";

/// Does it.
///
/// # Errors
/// When a file is not there, is not what it should be, or cannot be written.
pub fn run(verb: &Verb) -> Result<Exit, Error> {
    match verb {
        Verb::Append(options) => append::run(options),
        Verb::Ack(options) => ack::run(options),
        Verb::List(options) => list::run(options),
        Verb::Import(options) => import::run(options),
        Verb::Export(options) => export::run(options),
        Verb::Prune(options) => prune::run(options),
    }
}

/// What may be said of a run.
#[derive(Clone, Debug, clap::Args)]
pub struct Saying {
    /// The run's name, the same for all results of it [default: what the results say, else the digest of the files]
    #[arg(long, value_name = "NAME")]
    run: Option<String>,
    /// The commit that was measured [default: what the results or their stamps say, else git HEAD]
    #[arg(long, value_name = "ID")]
    commit: Option<String>,
    /// When it was measured [default: what the results or their stamps say, else --now]
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// The branch that was measured [default: the one that is checked out]
    #[arg(long, value_name = "NAME")]
    branch: Option<String>,
    /// The kind of machine that measured; empty for none [default: what the results say, else this machine]
    #[arg(long, value_name = "NAME")]
    machine: Option<String>,
    /// As of when [default: the clock]
    #[arg(long, value_name = "TIME")]
    now: Option<String>,
}

impl Saying {
    /// What was said, and the present.
    fn resolve(&self) -> Result<(Said, Instant), Error> {
        let now = moment(self.now.as_deref())?;
        let wrong = |text: &str| Error::Usage(format!("`--at {text}`: write a time such as 2026-02-18T00:00:00Z"));
        let at = self.at.as_deref().map(|text| crate::io::clock::parse(text).ok_or_else(|| wrong(text))).transpose()?;
        if let Some(name) = [&self.run, &self.commit, &self.branch].into_iter().flatten().find(|name| name.trim().is_empty()) {
            return Err(Error::Usage(format!("`{name}` names nothing: leave the option out")));
        }
        let Saying { run, commit, branch, machine, .. } = self.clone();
        Ok((Said { run, at, commit, branch, machine }, now))
    }
}

/// What holds here where nobody says it.
fn here(now: Instant, said: &Said) -> Here {
    let folder = rooted(Path::new(""));
    // Git is asked for nothing that was said: starting it takes longer than appending does.
    let commit = if said.commit.is_some() { None } else { git::head(&folder) };
    let branch = if said.branch.is_some() { None } else { git::branch(&folder) };
    Here { now, commit, branch, machine: Some(machine::here().fingerprint()) }
}

/// Benchmark results as their readers read them, together.
fn read(paths: &[PathBuf], map: Option<&str>, now: Instant) -> Result<Evidence, Error> {
    let entry = Entry { family: "benchmark".to_owned(), path: paths.iter().map(|path| fs::slashed(path)).collect(), ..Entry::default() };
    let (found, problems) = artifacts::of(&entry, Path::new(""), None);
    if let Some(missing) = problems.iter().find(|problem| problem.severity == Grade::Error) {
        return Err(Error::Usage(missing.message.clone()));
    }
    let text = map.map(|name| map::text(name, Path::new(""), &Shelf::Disk, ingest::MAPS)).transpose()?;
    let map = map.zip(text.as_deref());
    if let Some((name, text)) = map {
        ingest::room_of_map(name, text).map_err(Error::Configuration)?;
    }
    let room = ingest::family("benchmark").ok_or_else(|| Error::Internal("nothing reads benchmarks".into()))?;
    let mut evidence = (room.read)(&Request { map, ..Request::plain("results", &found, now) });
    evidence.problems.extend(problems);
    Ok(evidence)
}

/// All lines of a file: as they stand in it where it is a history of ours, else as its reader understands it. Nothing when it cannot be
/// relied on, which is told; and how many values have no date.
fn lines(path: &Path, map: Option<&str>, said: &Said, now: Instant) -> Result<Option<(Vec<HistoryLine>, usize)>, Error> {
    let evidence = read(&[path.to_owned()], map, now)?;
    if !tell(&evidence) {
        return Ok(None);
    }
    let format = evidence.sources.first().and_then(|source| source.format.as_deref());
    if evidence.sources.len() != 1 || !format.is_some_and(|format| OWN.contains(&format)) {
        return Ok(Some(history::many(&evidence, said)));
    }
    let mut lines = history::recall(path).map_err(|e| Error::Usage(format!("{}: {e}", fs::slashed(path))))?;
    for line in &mut lines {
        line.branch = said.branch.clone().or(line.branch.take());
        line.machine = said.machine.clone().or(line.machine.take());
    }
    Ok(Some((lines, 0)))
}

/// Refuses a file that is there and is no history of ours: the arguments may have been mixed up.
fn own(history: &Path) -> Result<(), Error> {
    let shown = fs::slashed(history);
    let artifact = match Artifact::look(history, shown.clone()) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(Error::Usage(format!("{shown}: {e}"))),
        Ok(artifact) if artifact.size == 0 => return Ok(()),
        Ok(artifact) => artifact,
    };
    match ingest::claimants(&artifact).first() {
        Some(format) if OWN.contains(&format.name) => Ok(()),
        Some(format) => {
            Err(Error::Usage(format!("{shown} is no history of ours but {} ({}): the history comes first", format.name, format.about)))
        }
        None => Err(Error::Usage(format!("{shown} is no history: every line of one is of the schema readiness/history/1"))),
    }
}

/// The formats that can be written to.
const OWN: [&str; 2] = ["history-1", "history-db"];

/// Says what is wrong with files; true when they can be relied on.
fn tell(evidence: &Evidence) -> bool {
    let lines: Vec<String> = evidence.problems.iter().map(problem).collect();
    if !lines.is_empty() {
        terminal::note(&plain::lines(&lines.join("\n")));
    }
    evidence.problems.iter().all(|problem| problem.severity != Grade::Error)
}

fn problem(problem: &Problem) -> String {
    let grade = match problem.severity {
        Grade::Error => "error",
        Grade::Warning => "warning",
        Grade::Note => "note",
    };
    let place = if problem.path.is_empty() { String::new() } else { format!("{}{}: ", problem.path, problem.at) };
    format!("{grade}: {place}{} [{}]", problem.message, problem.code)
}

/// A commit as it is shown.
fn short(commit: &str) -> String {
    commit.chars().take(12).collect()
}

/// An error of writing a history.
fn unwritten(path: &Path, source: std::io::Error) -> Error {
    Error::Output { path: path.to_owned(), source }
}
