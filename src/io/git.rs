//! The door to git: the program, asked for facts.

use std::path::Path;
use std::process::{Command, Stdio};

/// The full id of the commit that is checked out in `folder`, if it is in a repository.
pub fn head(folder: &Path) -> Option<String> {
    ask(folder, &["rev-parse", "--verify", "HEAD"])
}

/// The top folder of the repository that `folder` is in.
pub fn top(folder: &Path) -> Option<String> {
    ask(folder, &["rev-parse", "--show-toplevel"])
}

fn ask(folder: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    (output.status.success() && !text.trim().is_empty()).then(|| text.trim().to_owned())
}
