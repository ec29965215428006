//! promptfoo's JSON Lines: `promptfoo eval -o results.jsonl`, one graded answer per line, in the order in which they came.
//!
//! The file does not say how many there should be; what is missing shows only where a test in the middle has no line.

use super::draft::Draft;
use super::promptfoo::gather::{Gather, Head};
use super::promptfoo::is_lines;
use super::promptfoo::row::Row;
use crate::ingest::{Format, Reading};
use crate::io::json;
use crate::source::Location;
use std::ops::ControlFlow;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "promptfoo-jsonl", about: "promptfoo results in JSON Lines, one answer per line (eval -o)", claims: is_lines, read };

/// After this many mistakes the rest of a file is not read: it is of no use any more.
const MISTAKES: u64 = 100;

fn read(reading: &mut Reading<'_>) -> Draft {
    let (mut gather, mut mistakes) = (Gather::default(), 0);
    reading.each_line(|reading, number, text, ended| {
        if text.trim().is_empty() {
            return ControlFlow::Continue(());
        }
        match json::read_line::<Row>(&json::tolerate(text), number) {
            Ok(row) => gather.take(Location::line(number), &row),
            Err(mistake) => {
                mistakes += 1;
                let code = if ended { "undecodable" } else { "truncated" };
                reading.error(code, Location::column(mistake.line, mistake.column), mistake.message);
            }
        }
        if mistakes < MISTAKES {
            return ControlFlow::Continue(());
        }
        reading.error("too-many-mistakes", Location::line(number), format!("{MISTAKES} mistakes: the rest is not read"));
        ControlFlow::Break(())
    });
    let draft = Draft::of(reading);
    gather.finish(reading, draft, Head::default())
}
