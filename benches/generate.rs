//! `cargo bench --bench generate -- cobertura 200 > big.xml`: a coverage report of 200 MB on stdout, what it says on stderr.
//! Also `lcov`.
#![allow(missing_docs, clippy::print_stderr)]

#[path = "coverage/generator.rs"]
mod generator;

use std::io::{self, BufWriter, Write};

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let Some(megabytes) = arguments.iter().find_map(|argument| argument.parse().ok()) else { return Ok(()) };
    let mut out = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    let lcov = arguments.iter().any(|argument| argument == "lcov");
    let truth = if lcov { generator::lcov(&mut out, megabytes)? } else { generator::cobertura(&mut out, megabytes)? };
    eprintln!("{truth:?}");
    out.flush()
}
