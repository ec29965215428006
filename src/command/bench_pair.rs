//! `readiness bench-pair`: base and head run in turns on this machine, and what that says of each benchmark.

use super::options::moment;
use super::output::{print, write};
use super::plain;
use crate::analyze::pair::verdicts;
use crate::error::Error;
use crate::io::fs::Glob;
use crate::io::{csv, fs, git, json, machine, terminal};
use crate::pair::{Commanded, Pair, SCHEMA, Side};
use crate::verdict::Exit;
use std::path::{Path, PathBuf};

mod table;
mod turns;

/// What is asked of `bench-pair`.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// The shell command that measures the base
    #[arg(long, value_name = "CMD")]
    pub base: String,
    /// The shell command that measures the head
    #[arg(long, value_name = "CMD")]
    pub head: String,
    /// Where the base is checked out, and its command runs
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub base_dir: PathBuf,
    /// Where the head is checked out, and its command runs
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub head_dir: PathBuf,
    /// How often each side runs
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=200))]
    pub rounds: u32,
    /// How often each side runs before, without being counted
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(0..=100))]
    pub warmup: u32,
    /// What each run writes: a file or pattern below its folder, or `-` for what it prints [default: how long it takes]
    #[arg(long, value_name = "GLOB", allow_hyphen_values = true)]
    pub results: Option<String>,
    /// Write what was measured to a file that `check` reads
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// text or json
    #[arg(long, default_value = "text")]
    pub format: String,
    /// The smallest change that counts
    #[arg(long, value_name = "SHARE", default_value = "2%")]
    pub min_change: String,
    /// As of when [default: the clock, after the last run]
    #[arg(long, value_name = "TIME")]
    pub now: Option<String>,
}

/// Where the values of a run come from.
enum Results {
    /// The time it takes.
    Time,
    /// What it prints.
    Printed,
    /// The files it writes.
    Written(Glob),
}

/// Runs both commands in turns, writes what was measured and prints what it says. Exits 1 when a benchmark regressed, and 3 when a run
/// failed or a benchmark could not be compared or decided.
///
/// # Errors
/// When an option is wrong, or the file or the output cannot be written.
pub fn run(options: &Options) -> Result<Exit, Error> {
    if !matches!(options.format.as_str(), "text" | "json") {
        return Err(Error::Usage(format!("`--format {}`: bench-pair prints text or json", options.format)));
    }
    let min_change = csv::number(&options.min_change).filter(|share| (0.0..=1.0).contains(share));
    let Some(min_change) = min_change else {
        return Err(Error::Usage(format!("`--min-change {}`: write a share such as 2%", options.min_change)));
    };
    let results = results(options.results.as_deref())?;
    for folder in [&options.base_dir, &options.head_dir] {
        if !fs::is_dir(folder) {
            return Err(Error::Usage(format!("{} is no folder", folder.display())));
        }
    }
    if let Some(out) = &options.out {
        // What an earlier run left there must not be taken for this one's.
        fs::remove(out).map_err(|source| Error::Output { path: out.clone(), source })?;
    }
    let measured = turns::take(options, &results)?;
    let mut pair = Pair {
        schema: SCHEMA.to_owned(),
        tool: format!("readiness {}", env!("CARGO_PKG_VERSION")),
        at: moment(options.now.as_deref())?,
        machine: machine::here(),
        base: commanded(&options.base, &options.base_dir),
        head: commanded(&options.head, &options.head_dir),
        rounds: options.rounds,
        warmup: options.warmup,
        min_change,
        runs: measured.runs,
        benchmarks: measured.benchmarks,
    };
    let found = verdicts(&pair.benchmarks, min_change);
    pair.benchmarks.iter_mut().zip(found).for_each(|(benchmark, verdict)| benchmark.verdict = Some(verdict));
    let text = json::document(&pair).map_err(|e| Error::Internal(e.message))?;
    if let Some(out) = &options.out {
        write(out, &text)?;
    }
    for note in &measured.notes {
        terminal::note(&plain::lines(note));
    }
    match options.format.as_str() {
        "json" => print(&text)?,
        _ => plain::say(&table::table(&pair))?,
    }
    Ok(exit(&pair))
}

fn results(asked: Option<&str>) -> Result<Results, Error> {
    match asked {
        None => Ok(Results::Time),
        Some("-") => Ok(Results::Printed),
        Some(pattern) => {
            let wrong = |message: String| Error::Usage(format!("`--results {pattern}`: {message}"));
            if pattern.is_empty() || Path::new(pattern).is_absolute() || pattern.split('/').any(|part| part == "..") {
                return Err(wrong("write a path below the folder the command runs in".to_owned()));
            }
            Glob::new(pattern.strip_prefix("./").unwrap_or(pattern)).map(Results::Written).map_err(wrong)
        }
    }
}

fn commanded(command: &str, folder: &Path) -> Commanded {
    Commanded { command: command.to_owned(), commit: git::head(folder) }
}

/// Closed by what is worse, and for lack of proof by whatever is not the same or better.
fn exit(pair: &Pair) -> Exit {
    let any = |states: &[&str]| {
        let state = |verdict: &crate::pair::Verdict| states.contains(&verdict.state.as_str());
        pair.benchmarks.iter().filter_map(|benchmark| benchmark.verdict.as_ref()).any(state)
    };
    let failed = pair.runs.iter().any(|run| !run.is_sound());
    let undecided = any(&["unproven", "too-few", "missing", "machine-changed", "zero-baseline"]);
    if any(&["regressed"]) {
        Exit::Failed
    } else if failed || undecided || !any(&["unchanged", "improved"]) {
        Exit::Unproven
    } else {
        Exit::Open
    }
}

/// The command of a side, and where it runs.
fn side(options: &Options, side: Side) -> (&str, &Path) {
    match side {
        Side::Base => (&options.base, &options.base_dir),
        Side::Head => (&options.head, &options.head_dir),
    }
}
