//! `cargo bench --bench generate -- 200 > big.xml`: a Cobertura report of 200 MB on stdout, what it says on stderr.
#![allow(missing_docs, clippy::print_stderr)]

#[path = "cobertura/generator.rs"]
mod generator;

use std::io::{self, BufWriter, Write};

fn main() -> io::Result<()> {
    let Some(megabytes) = std::env::args().skip(1).find_map(|argument| argument.parse().ok()) else { return Ok(()) };
    let mut out = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    let truth = generator::write(&mut out, megabytes)?;
    eprintln!("{truth:?}");
    out.flush()
}
