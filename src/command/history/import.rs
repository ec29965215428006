//! `readiness history import`: all runs of other histories.

use super::{Place, Reading, lines, own, unwritten};
use crate::command::plain;
use crate::error::Error;
use crate::history;
use crate::history_line::HistoryLine;
use crate::io::fs;
use crate::render::parts::prose::plural;
use crate::verdict::Exit;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What is asked of `import`.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// The history, made where there is none
    #[arg(value_name = "HISTORY")]
    pub history: PathBuf,
    /// Files that hold many runs: data.js, Otava's CSV, Nyrkiö, performance_runs, our own
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Where all of them were measured.
    #[command(flatten)]
    pub place: Place,
    /// How files are read.
    #[command(flatten)]
    pub reading: Reading,
}

/// Imports. Exits 3 when a file cannot be relied on.
///
/// # Errors
/// When a file is not there, or the history cannot be written.
pub fn run(options: &Options) -> Result<Exit, Error> {
    own(&options.history)?;
    let said = options.place.said()?;
    let mut all = Vec::new();
    for file in &options.files {
        let Some((found, undated)) = lines(file, &options.reading, &said)? else {
            plain::say("nothing was imported: a file cannot be relied on\n")?;
            return Ok(Exit::Unproven);
        };
        let shown = fs::slashed(file);
        if found.is_empty() {
            return Err(Error::Usage(format!("{shown} does not say when its values were measured: a history needs a date for each")));
        }
        let left = if undated > 0 { format!("; {} without a date were left out", plural(undated, "value")) } else { String::new() };
        let runs: BTreeSet<&String> = found.iter().map(|line| &line.run).collect();
        plain::say(&format!("{shown}: {} of {}{left}\n", plural(found.len(), "value"), plural(runs.len(), "run")))?;
        all.extend(found);
    }
    let (new, known) = unknown(&options.history, all)?;
    history::append(&options.history, &new).map_err(|e| unwritten(&options.history, e))?;
    let known = if known > 0 { format!("; {} stood in it already", plural(known, "value")) } else { String::new() };
    plain::say(&format!("{}: {} appended{known}\n", fs::slashed(&options.history), plural(new.len(), "value")))?;
    Ok(Exit::Open)
}

/// The lines that do not stand in a history, and how many do.
fn unknown(history: &Path, lines: Vec<HistoryLine>) -> Result<(Vec<HistoryLine>, usize), Error> {
    let there = if fs::exists(history) {
        history::recall(history).map_err(|e| Error::Usage(format!("{}: {e}", fs::slashed(history))))?
    } else {
        Vec::new()
    };
    let mut index: BTreeMap<[String; 3], Vec<HistoryLine>> = BTreeMap::new();
    let key = |line: &HistoryLine| [&line.run, &line.benchmark, &line.metric].map(String::clone);
    for line in there {
        index.entry(key(&line)).or_default().push(line);
    }
    let before = lines.len();
    let is_new = |line: &HistoryLine| {
        let known = index.entry(key(line)).or_default();
        let new = !known.iter().any(|known| known.is_again(line));
        if new {
            known.push(line.clone());
        }
        new
    };
    let mut lines = lines;
    let mut is_new = is_new;
    lines.retain(|line| is_new(line));
    let known = before - lines.len();
    Ok((lines, known))
}
