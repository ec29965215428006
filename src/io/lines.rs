//! Lines of a text file, one at a time and of bounded length.

use std::io::{self, BufRead};
use std::ops::ControlFlow;

/// One line, without its end.
#[derive(Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// From 1.
    pub number: u64,
    /// What stands in it, without `\n` or `\r\n`, and without a byte order mark.
    pub text: Result<&'a str, Fault>,
    /// False for a last line that the file ends in the middle of.
    pub ended: bool,
}

/// Why a line cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is longer than the bound.
    TooLong,
    /// It is not UTF-8 from this column on, in characters from 1.
    NotText(u64),
}

/// Splits at `\n` only: other separators of Unicode may stand in a line.
pub struct Lines<R> {
    reader: R,
    bound: usize,
    number: u64,
    buffer: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    /// The lines of `reader`, each of at most `bound` bytes.
    pub fn new(reader: R, bound: usize) -> Self {
        Lines { reader, bound, number: 0, buffer: Vec::new() }
    }

    /// The next line, or nothing at the end of the file. A line that is too long is passed over to its end.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        self.buffer.clear();
        let (mut ended, mut too_long, mut any) = (false, false, false);
        while !ended {
            let chunk = self.reader.fill_buf()?;
            if chunk.is_empty() {
                break;
            }
            any = true;
            let end = memchr::memchr(b'\n', chunk);
            let content = &chunk[..end.unwrap_or(chunk.len())];
            too_long |= self.buffer.len() + content.len() > self.bound;
            if !too_long {
                self.buffer.extend_from_slice(content);
            }
            ended = end.is_some();
            let n = content.len() + usize::from(ended);
            self.reader.consume(n);
        }
        if !any {
            return Ok(None);
        }
        self.number += 1;
        let text = if too_long { Err(Fault::TooLong) } else { text(&self.buffer, self.number == 1) };
        Ok(Some(Line { number: self.number, text, ended }))
    }

    /// The reader, behind the last line.
    pub fn into_inner(self) -> R {
        self.reader
    }
}

/// Passes the bytes of every line to `take`, with its number and whether it is ended, until `take` says stop: for formats of
/// millions of short lines, which are taken where they lie in the buffer of `reader`. A longer line than `bound` bytes is given as
/// none, and passed over.
///
/// # Errors
/// When the file cannot be read.
pub fn each_line<R: BufRead>(
    reader: &mut R,
    bound: usize,
    mut take: impl FnMut(u64, Option<&[u8]>, bool) -> ControlFlow<()>,
) -> io::Result<()> {
    let (mut number, mut carried, mut too_long) = (1, Vec::new(), false);
    loop {
        let chunk = reader.fill_buf()?;
        if chunk.is_empty() {
            if too_long || !carried.is_empty() {
                let _ = take(number, (!too_long).then(|| bare(&carried, number == 1)), false);
            }
            return Ok(());
        }
        let mut from = 0;
        for end in memchr::memchr_iter(b'\n', chunk) {
            let mut line = &chunk[from..end];
            from = end + 1;
            if too_long || carried.len() + line.len() > bound {
                too_long = true;
            } else if !carried.is_empty() {
                carried.extend_from_slice(line);
                line = &carried;
            }
            let flow = take(number, (!too_long).then(|| bare(line, number == 1)), true);
            carried.clear();
            (number, too_long) = (number + 1, false);
            if flow.is_break() {
                return Ok(());
            }
        }
        let rest = &chunk[from..];
        too_long |= carried.len() + rest.len() > bound;
        if !too_long {
            carried.extend_from_slice(rest);
        }
        let n = chunk.len();
        reader.consume(n);
    }
}

/// A line without a byte order mark and without the carriage return at its end.
fn bare(line: &[u8], first: bool) -> &[u8] {
    let line = if first { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) } else { line };
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn text(line: &[u8], first: bool) -> Result<&str, Fault> {
    let line = bare(line, first);
    std::str::from_utf8(line).map_err(|error| {
        let valid = String::from_utf8_lossy(&line[..error.valid_up_to()]);
        Fault::NotText(valid.chars().count() as u64 + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Vec<(u64, Result<String, Fault>, bool)> {
        let mut lines = Lines::new(io::BufReader::with_capacity(3, bytes), 9);
        let mut out = Vec::new();
        while let Ok(Some(line)) = lines.next_line() {
            out.push((line.number, line.text.map(str::to_owned), line.ended));
        }
        out
    }

    #[test]
    fn only_a_line_feed_ends_a_line() {
        assert_eq!(
            all("\u{feff}a\u{2028}b\r\n\nc".as_bytes()),
            [(1, Ok("a\u{2028}b".into()), true), (2, Ok(String::new()), true), (3, Ok("c".into()), false)]
        );
        assert_eq!(all(b""), []);
    }

    #[test]
    fn bytes_are_the_same_lines_however_the_buffer_cuts_them() {
        for capacity in 1..12 {
            let mut reader = io::BufReader::with_capacity(capacity, &b"\xef\xbb\xbfa\r\n\n1234567890\nb\xff"[..]);
            let mut out = Vec::new();
            let read = each_line(&mut reader, 9, |number, line, ended| {
                out.push((number, line.map(<[u8]>::to_vec), ended));
                ControlFlow::Continue(())
            });
            assert!(read.is_ok());
            let lines = [(1, Some(b"a".to_vec()), true), (2, Some(vec![]), true), (3, None, true), (4, Some(b"b\xff".to_vec()), false)];
            assert_eq!(out, lines, "{capacity}");
        }
    }

    #[test]
    fn long_and_broken_lines_do_not_hide_the_next() {
        assert_eq!(
            all(b"1234567890\nab\xff\n12345678\n"),
            [(1, Err(Fault::TooLong), true), (2, Err(Fault::NotText(3)), true), (3, Ok("12345678".into()), true)]
        );
    }
}
