//! `readiness history`: keeps the values of benchmarks from one run to the next.

mod ack;
mod append;
mod export;
mod import;
mod keep;
mod list;
mod prune;

pub use keep::{has_any, keep};

use super::options::moment;
use super::plain;
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
use crate::io::sqlite::is_database;
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

/// How files are read.
#[derive(Clone, Debug, clap::Args)]
pub struct Reading {
    /// A map for a table of your own design: a shipped map's name, or a YAML file
    #[arg(long)]
    map: Option<String>,
    /// As of when [default: the clock]
    #[arg(long, value_name = "TIME")]
    now: Option<String>,
}

impl Reading {
    /// The present.
    fn now(&self) -> Result<Instant, Error> {
        moment(self.now.as_deref())
    }

    /// Benchmark results as their readers read them, together.
    fn read(&self, paths: &[PathBuf]) -> Result<Evidence, Error> {
        read(paths, self.map.as_deref(), self.now()?)
    }
}

/// Where runs were measured.
#[derive(Clone, Debug, clap::Args)]
pub struct Place {
    /// The branch that was measured [default: what our own files say; of a new run, the one that is checked out]
    #[arg(long, value_name = "NAME")]
    branch: Option<String>,
    /// The kind of machine that measured; empty for none [default: what the files say; of a new run, else this machine]
    #[arg(long, value_name = "NAME")]
    machine: Option<String>,
}

impl Place {
    /// As it is said of runs.
    fn said(&self) -> Result<Said, Error> {
        Ok(Said { branch: named(self.branch.as_ref())?, machine: self.machine.clone(), ..Said::default() })
    }
}

/// A name, unless it is none.
fn named(name: Option<&String>) -> Result<Option<String>, Error> {
    match name.filter(|name| name.trim().is_empty()) {
        Some(name) => Err(Error::Usage(format!("`{name}` names nothing: leave the option out"))),
        None => Ok(name.cloned()),
    }
}

/// What holds here where nobody says it.
fn here(now: Instant, said: &Said) -> Here {
    let folder = Path::new("");
    // Git is asked for nothing that was said: starting it takes longer than appending does.
    let commit = if said.commit.is_some() { None } else { git::head(folder) };
    let branch = if said.branch.is_some() { None } else { git::branch(folder) };
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
fn lines(path: &Path, reading: &Reading, said: &Said) -> Result<Option<(Vec<HistoryLine>, usize)>, Error> {
    let evidence = reading.read(&[path.to_owned()])?;
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
        None if is_database(&artifact.head) => {
            Err(Error::Usage(format!("{shown} is a database that nobody can read, or that holds no history: mend it, or begin another")))
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
