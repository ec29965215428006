//! `readiness render`: a stored `report.json` shown again, the same as on the day.

use super::output::{format, print, write_all};
use crate::error::Error;
use crate::io::{fs, json, terminal};
use crate::render::Style;
use crate::report::{Report, SCHEMA};
use crate::verdict::Exit;
use std::path::{Path, PathBuf};

/// What is asked of `render`.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The stored report.
    pub report: PathBuf,
    /// What is printed.
    pub format: String,
    /// Where all files go, instead of printing one.
    pub out: Option<PathBuf>,
    /// How it is printed.
    pub style: Style,
}

/// Prints one output, or writes all of them. The exit code is not the gate's: nothing is judged here.
///
/// # Errors
/// When the report cannot be read or an output not be written.
pub fn run(options: &Options) -> Result<Exit, Error> {
    let output = format(&options.format)?;
    let report = read(&options.report)?;
    match &options.out {
        Some(folder) => {
            let written = write_all(&report, folder)?;
            terminal::note(&format!("{written} files written to {}", folder.display()));
        }
        None => print(&(output.render)(&report, options.style)?)?,
    }
    Ok(Exit::Open)
}

/// Reads a stored report.
///
/// # Errors
/// When it is not there, not a report, or of a version this program does not know.
pub fn read(path: &Path) -> Result<Report, Error> {
    let text = fs::read_bytes(path).map_err(|e| Error::Usage(format!("{}: {e}", path.display())))?;
    let report: Report = json::read(&text)
        .map_err(|e| Error::Usage(format!("{}:{}:{}: not a readiness report: {}", path.display(), e.line, e.column, e.message)))?;
    if report.schema == SCHEMA {
        Ok(report)
    } else {
        Err(Error::Usage(format!("{}: schema `{}` is not {SCHEMA}", path.display(), report.schema)))
    }
}
