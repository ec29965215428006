//! The door to the terminal and the environment.

use std::io::{self, IsTerminal, Write};

/// Prints a result.
///
/// # Errors
/// When standard output is closed or full.
pub fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Prints a diagnostic or progress. Where even that fails there is nobody left to tell.
pub fn note(text: &str) {
    let mut err = io::stderr().lock();
    let _ = writeln!(err, "{text}");
}

/// A variable of the environment.
#[allow(clippy::disallowed_methods, reason = "this is the environment's door")]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Whether results may be coloured, by the conventions of NO_COLOR, CLICOLOR_FORCE and TERM.
pub fn colours() -> bool {
    if variable("NO_COLOR").is_some() {
        return false;
    }
    if variable("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
        return true;
    }
    io::stdout().is_terminal() && variable("TERM").is_none_or(|term| term != "dumb")
}

/// The width of the terminal in characters, as far as the environment tells.
pub fn width() -> Option<usize> {
    variable("COLUMNS")?.parse().ok().filter(|columns| *columns >= 40)
}
