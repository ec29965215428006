//! The rows of a table one after the other, of a file of any size: whole rows are gathered line by line, a quoted cell may hold several.

use super::{Rows, decode};
use std::borrow::Cow;
use std::io::{self, BufRead};

/// Pieces of a file that end where a row does.
pub struct Pieces<R> {
    reader: R,
    separator: u8,
    bound: usize,
    bytes: Vec<u8>,
    /// The line the next piece begins on.
    line: u64,
    first: bool,
}

/// One or more whole rows, and the last of a file whether it is whole or not.
pub struct Piece<'p> {
    /// The line it begins on, from 1.
    pub line: u64,
    /// What stands in it, as text.
    pub text: Cow<'p, str>,
    /// Whether it is text in UTF-8.
    pub is_utf8: bool,
}

impl Piece<'_> {
    /// Its rows, whose lines count from the beginning of the file.
    pub fn rows(&self, separator: char) -> Rows<'_> {
        Rows { text: &self.text, separator, line: self.line, width: 0 }
    }
}

/// Where a byte of a table stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first character of a cell.
    Start,
    /// In a cell without quotes.
    Plain,
    /// Between quotes.
    Quoted,
    /// Behind a quote that closes a cell, or is the first of two.
    Closed,
    /// Behind what may not follow such a quote: the rest of the line is lost.
    Lost,
}

impl State {
    fn after(self, byte: u8, separator: u8) -> State {
        match (self, byte) {
            (State::Quoted, b'"') => State::Closed,
            (State::Quoted, _) => State::Quoted,
            (State::Start | State::Closed, b'"') => State::Quoted,
            (State::Lost, byte) if byte != b'\n' => State::Lost,
            (_, byte) if byte == separator || byte == b'\r' || byte == b'\n' => State::Start,
            (State::Closed, _) => State::Lost,
            _ => State::Plain,
        }
    }
}

impl<R: BufRead> Pieces<R> {
    /// The pieces of a file, whose rows have at most `bound` bytes.
    pub fn new(reader: R, separator: u8, bound: usize) -> Pieces<R> {
        Pieces { reader, separator, bound, bytes: Vec::new(), line: 1, first: true }
    }

    /// The next piece, or nothing at the end of the file. A row that is longer than the bound ends there.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn next_piece(&mut self) -> io::Result<Option<Piece<'_>>> {
        self.bytes.clear();
        let (line, mut state) = (self.line, State::Start);
        loop {
            let from = self.bytes.len();
            let mut limited = io::Read::take(&mut self.reader, (self.bound - from) as u64);
            limited.read_until(b'\n', &mut self.bytes)?;
            let read = &self.bytes[from..];
            if read.is_empty() {
                break;
            }
            state = read.iter().fold(state, |state, byte| state.after(*byte, self.separator));
            self.line += u64::from(read.ends_with(b"\n"));
            if (state != State::Quoted && read.ends_with(b"\n")) || self.bytes.len() >= self.bound {
                break;
            }
        }
        if self.bytes.is_empty() {
            return Ok(None);
        }
        let bytes = match self.bytes.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) if self.first => rest,
            _ => &self.bytes,
        };
        self.first = false;
        let (text, is_utf8) = match std::str::from_utf8(bytes) {
            Ok(text) => (Cow::Borrowed(text), true),
            Err(_) => (decode(bytes).0, false),
        };
        Ok(Some(Piece { line, text, is_utf8 }))
    }

    /// The reader, behind the last piece.
    pub fn into_inner(self) -> R {
        self.reader
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::Fault;
    use super::*;
    use proptest::prelude::*;

    type Told = Vec<Result<(u64, Vec<String>), Fault>>;

    fn told<'t>(rows: impl Iterator<Item = Result<super::super::Row<'t>, Fault>>) -> Told {
        rows.map(|row| row.map(|row| (row.line, row.cells.iter().map(|cell| cell.to_string()).collect()))).collect()
    }

    fn streamed(text: &str, bound: usize) -> Told {
        let mut pieces = Pieces::new(text.as_bytes(), b',', bound);
        let mut all = Vec::new();
        while let Some(piece) = pieces.next_piece().unwrap() {
            all.extend(told(piece.rows(',')));
        }
        all
    }

    #[test]
    fn cells_may_hold_lines() {
        let text = "a,b\r\n1,\"x\ny\"\"z\n\"\n2,3";
        assert_eq!(streamed(text, 100), told(Rows::new(text, ',')));
        assert_eq!(streamed("a,b\n1,\"x\ny", 100).last(), Some(&Err(Fault::Open(2))));
        // A quote that is never closed holds no more than a row may have.
        assert!(streamed(&format!("a\n\"{}", "x\n".repeat(1000)), 64).contains(&Err(Fault::Open(2))));
    }

    proptest! {
        #[test]
        fn rows_are_those_of_the_whole_text(text in "([a1,\"]|\r\n|\n|\"\"|,\"){0,60}") {
            prop_assert_eq!(streamed(&text, 10_000), told(Rows::new(&text, ',')));
        }
    }
}
