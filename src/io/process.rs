//! The door to other programs: one is run with our own input, output and environment.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Instant;

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

/// How a command ended, and how long it took.
#[derive(Clone, Copy, Debug)]
pub struct Timed {
    /// Its exit status, as [`run`] gives it.
    pub exit: i32,
    /// From its start to its end, in milliseconds.
    pub ms: f64,
}

/// Runs a shell command in a folder, without any input, what it prints going to two files, and takes its time.
///
/// # Errors
/// When there is no shell or no such folder.
#[allow(clippy::disallowed_methods, reason = "taking the time of another program is what this is for")]
pub fn timed(command: &str, folder: &Path, out: File, err: File) -> io::Result<Timed> {
    let mut shell = shell(command);
    shell.current_dir(folder).stdin(Stdio::null()).stdout(out).stderr(err);
    let start = Instant::now();
    let status = shell.status()?;
    Ok(Timed { ms: start.elapsed().as_secs_f64() * 1000.0, exit: code(status) })
}

#[cfg(unix)]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", command]);
    shell
}

#[cfg(not(unix))]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("cmd");
    shell.args(["/C", command]);
    shell
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
