//! Lines of bytes, of which only the beginning is kept: a diff may hold anything.

use std::io::{self, BufRead};

/// What is kept of a line in bytes: more than two names of four thousand characters, every one escaped.
const KEPT: usize = 64 * 1024;

/// The lines of a diff.
pub(super) struct Feed<R> {
    reader: R,
    line: Vec<u8>,
    /// The number of the last line, from 1.
    pub number: u64,
}

impl<R: BufRead> Feed<R> {
    pub fn new(reader: R) -> Self {
        Feed { reader, line: Vec::new(), number: 0 }
    }

    /// The beginning of the next line, without its end.
    pub fn next(&mut self) -> io::Result<Option<&[u8]>> {
        self.line.clear();
        let (mut any, mut ended) = (false, false);
        while !ended {
            let chunk = self.reader.fill_buf()?;
            if chunk.is_empty() {
                break;
            }
            any = true;
            let end = memchr::memchr(b'\n', chunk);
            let content = &chunk[..end.unwrap_or(chunk.len())];
            let room = KEPT - self.line.len();
            self.line.extend_from_slice(&content[..content.len().min(room)]);
            ended = end.is_some();
            let n = content.len() + usize::from(ended);
            self.reader.consume(n);
        }
        if !any {
            return Ok(None);
        }
        self.number += 1;
        Ok(Some(&self.line))
    }
}
