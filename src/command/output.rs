//! Where results go: standard output, and files.

use crate::error::Error;
use crate::io::{fs, terminal};
use crate::render::{self, OUTPUTS, Output, Style};
use crate::report::Report;
use std::path::Path;

/// The output of this name.
///
/// # Errors
/// When there is none.
pub fn format(name: &str) -> Result<&'static Output, Error> {
    let names = || OUTPUTS.iter().map(|output| output.name);
    render::output(name).ok_or_else(|| {
        let help = crate::io::spelling::did_you_mean(name, names())
            .unwrap_or_else(|| format!("there are {}", names().collect::<Vec<_>>().join(", ")));
        Error::Usage(format!("there is no format `{name}` - {help}"))
    })
}

/// Prints a result; a reader that has gone away is an output that could not be written.
///
/// # Errors
/// When standard output cannot be written.
pub fn print(text: &str) -> Result<(), Error> {
    terminal::print(text).map_err(|source| Error::Output { path: "standard output".into(), source })
}

/// Writes one file.
///
/// # Errors
/// When it cannot be written.
pub fn write(path: &Path, text: &str) -> Result<(), Error> {
    fs::write(path, text.as_bytes()).map_err(|source| Error::Output { path: path.to_owned(), source })
}

/// Writes every output that has a file; gives their number.
///
/// # Errors
/// When one cannot be written.
pub fn write_all(report: &Report, folder: &Path) -> Result<usize, Error> {
    let mut written = 0;
    for output in OUTPUTS {
        if let Some(file) = output.file {
            write(&folder.join(file), &(output.render)(report, Style::default())?)?;
            written += 1;
        }
    }
    Ok(written)
}
