//! `cargo bench --bench generate -- cobertura 200 > big.xml`: a coverage report of 200 MB on stdout, what it says on stderr.
//! Also `lcov`; and `golden 1000000`: a golden set of a million cases.
#![allow(missing_docs, clippy::print_stderr)]

#[path = "coverage/generator.rs"]
mod coverage;
#[path = "golden/generator.rs"]
mod golden;

use std::io::{self, BufWriter, Write};

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let Some(size) = arguments.iter().find_map(|argument| argument.parse().ok()) else { return Ok(()) };
    let mut out = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    let wanted = |what: &str| arguments.iter().any(|argument| argument == what);
    match (wanted("golden"), wanted("lcov")) {
        (true, _) => eprintln!("{:?}", golden::golden(&mut out, size)?),
        (_, true) => eprintln!("{:?}", coverage::lcov(&mut out, size)?),
        _ => eprintln!("{:?}", coverage::cobertura(&mut out, size)?),
    }
    out.flush()
}
