//! Lines of a text file, one at a time and of bounded length.

use std::io::{self, BufRead};

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

fn text(line: &[u8], first: bool) -> Result<&str, Fault> {
    let line = if first { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) } else { line };
    let line = line.strip_suffix(b"\r").unwrap_or(line);
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
    fn long_and_broken_lines_do_not_hide_the_next() {
        assert_eq!(
            all(b"1234567890\nab\xff\n12345678\n"),
            [(1, Err(Fault::TooLong), true), (2, Err(Fault::NotText(3)), true), (3, Ok("12345678".into()), true)]
        );
    }
}
