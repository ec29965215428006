//! `readiness completions`: a script for the shell, made from the command line's own definition.

use super::output::print;
use crate::error::Error;
use crate::verdict::Exit;

/// Prints a completion script that was generated from the command line's definition.
///
/// # Errors
/// When it cannot be printed.
pub fn run(script: &[u8]) -> Result<Exit, Error> {
    print(&String::from_utf8_lossy(script))?;
    Ok(Exit::Open)
}
