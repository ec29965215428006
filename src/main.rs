//! The `readiness` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(readiness::cli::run(std::env::args_os()))
}
