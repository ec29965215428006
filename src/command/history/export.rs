//! `readiness history export`: a history for another program.

use super::{Reading, lines};
use crate::command::output::{print, write};
use crate::error::Error;
use crate::history::{Said, export};
use crate::io::clock;
use crate::verdict::Exit;
use std::path::PathBuf;

/// What is asked of `export`.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// A history, of whatever format
    #[arg(value_name = "HISTORY")]
    pub history: PathBuf,
    /// The format to write
    #[arg(long, value_enum, default_value_t = Format::Jsonl)]
    pub format: Format,
    /// Write it to a file instead of printing it
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// How files are read.
    #[command(flatten)]
    pub reading: Reading,
}

/// What can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Our own JSON Lines, with everything
    Jsonl,
    /// A row for every run, a column for every series: for spreadsheets and Apache Otava
    Csv,
    /// github-action-benchmark's data.js
    Gab,
}

/// Exports. Exits 3 when the file cannot be relied on.
///
/// # Errors
/// When the file is not there, or the output cannot be written.
pub fn run(options: &Options) -> Result<Exit, Error> {
    let Some((all, _)) = lines(&options.history, &options.reading, &Said::default())? else { return Ok(Exit::Unproven) };
    let text = match options.format {
        Format::Jsonl => export::jsonl(&all),
        Format::Csv => Ok(export::csv(&all)),
        Format::Gab => export::gab(&all, clock::parse),
    };
    let text = text.map_err(Error::Internal)?;
    match &options.out {
        Some(path) => write(path, &text)?,
        None => print(&text)?,
    }
    Ok(Exit::Open)
}
