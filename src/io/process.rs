//! The door to other programs: one is run with our own input, output and environment.

use std::ffi::OsString;
use std::io;
use std::process::{Command, ExitStatus, Stdio};

/// Runs a program to its end and gives its exit status, as a shell would: 128 and the signal's number when a signal ended it.
///
/// # Errors
/// When it cannot be started.
pub fn run(program: &OsString, arguments: &[OsString]) -> io::Result<i32> {
    Command::new(program).args(arguments).status().map(code)
}

/// What a program printed, if it can be run and ends with 0.
pub fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

#[cfg(unix)]
fn code(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(255)
}

#[cfg(not(unix))]
fn code(status: ExitStatus) -> i32 {
    status.code().unwrap_or(255)
}
