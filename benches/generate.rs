//! `cargo bench --bench generate -- cobertura 200 > big.xml`: a coverage report of 200 MB on stdout, what it says on stderr.
//! Also `lcov`; `golden 1000000`: a golden set of a million cases; and `trail 5000000 FILE.db`, `chained 5000000 FILE.db`: an audit
//! trail in a database, whose last hash is told.
#![allow(missing_docs, clippy::print_stderr)]

#[path = "audit/generator.rs"]
mod audit;
#[path = "coverage/generator.rs"]
mod coverage;
#[path = "golden/generator.rs"]
mod golden;

use std::io::{self, BufWriter, Write};

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let Some(size) = arguments.iter().find_map(|argument| argument.parse::<i64>().ok()) else { return Ok(()) };
    let mut out = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    if let Some(file) = arguments.iter().find(|argument| argument.ends_with(".db")) {
        let chained = arguments.iter().any(|argument| argument == "chained");
        eprintln!("{}", audit::trail(file, size, chained).map_err(io::Error::other)?);
        return Ok(());
    }
    let wanted = |what: &str| arguments.iter().any(|argument| argument == what);
    let size = size.unsigned_abs();
    match (wanted("golden"), wanted("lcov")) {
        (true, _) => eprintln!("{:?}", golden::golden(&mut out, size)?),
        (_, true) => eprintln!("{:?}", coverage::lcov(&mut out, size)?),
        _ => eprintln!("{:?}", coverage::cobertura(&mut out, size)?),
    }
    out.flush()
}
