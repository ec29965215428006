//! Audit trails in a real PostgreSQL: the same rows give the same findings and figures as from a file, and what goes wrong is no
//! evidence and says why.

#![cfg(all(unix, feature = "postgres"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, clippy::print_stdout, clippy::print_stderr, clippy::disallowed_methods)]

#[path = "../support/mod.rs"]
mod support;

mod failures;
mod rows;
mod server;
mod values;

use serde_json::Value as Json;
use server::{PASSWORD, server};
use std::path::Path;
use std::process::Command;
use support::{Answer, NOW};

/// Runs the program with a password.
fn readiness(folder: &Path, arguments: &[&str], password: Option<&str>) -> Answer {
    let mut command = Command::new(env!("CARGO_BIN_EXE_readiness"));
    command.current_dir(folder).args(arguments).env_remove("READINESS_CONFIG").env("NO_COLOR", "1").env_remove("COLUMNS");
    command.env_remove("PGPASSWORD").env_remove("PGUSER").env("PGPASSFILE", "/nonexistent");
    // Where private copies are made, so that one that is left behind is seen.
    let private = folder.join("private");
    std::fs::create_dir_all(&private).unwrap();
    command.env("TMPDIR", &private);
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    let output = command.output().unwrap();
    assert_eq!(std::fs::read_dir(&private).unwrap().count(), 0, "a private copy is left behind");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let answer = Answer { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) };
    assert!(!answer.out.contains(PASSWORD) && !answer.err.contains(PASSWORD), "the password is told");
    answer
}

/// What a source says.
fn inspect(folder: &Path, source: &str) -> (Json, i32) {
    let answer = readiness(folder, &["inspect", source, "--format", "json", "--now", NOW], Some(PASSWORD));
    (serde_json::from_str(&answer.out).unwrap_or_else(|_| panic!("{}{}", answer.out, answer.err)), answer.code)
}

/// The problem that makes it no evidence: its code and its sentence.
fn refusal(folder: &Path, source: &str) -> (String, String) {
    let (seen, code) = inspect(folder, source);
    assert_eq!(code, 3, "{seen:#}");
    let errors: Vec<&Json> = seen["problems"].as_array().unwrap().iter().filter(|p| p["severity"] == "error").collect();
    let [problem] = errors[..] else { panic!("{errors:#?}") };
    (problem["code"].as_str().unwrap().to_owned(), problem["message"].as_str().unwrap().to_owned())
}
