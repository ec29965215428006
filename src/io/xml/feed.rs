//! The bytes under the reader: buffered, counted in lines and columns, and bounded.

use std::io::{self, BufRead, Read};

/// A place in a text: both count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Line, from 1.
    pub line: u64,
    /// Column, from 1, in characters.
    pub column: u64,
}

impl Place {
    /// The start of a text.
    pub const START: Self = Self { line: 1, column: 1 };

    /// Where one stands after reading `bytes` from here.
    pub(super) fn after(self, bytes: &[u8]) -> Self {
        match memchr::memrchr(b'\n', bytes) {
            None => Self { line: self.line, column: self.column + characters(bytes) },
            Some(last) => Self {
                line: self.line + memchr::memchr_iter(b'\n', &bytes[..=last]).count() as u64,
                column: 1 + characters(&bytes[last + 1..]),
            },
        }
    }
}

fn characters(utf8: &[u8]) -> u64 {
    utf8.iter().filter(|&&byte| byte & 0xC0 != 0x80).count() as u64
}

/// A buffered reader that knows the place of a mark in it, and refuses to feed more than a limit past that mark.
///
/// Lines are counted once per refill, over the whole buffer, and exactly only when a place is asked for: the hot path pays nothing
/// per event.
pub(super) struct Feed<R> {
    source: R,
    buffer: Box<[u8]>,
    next: usize,
    filled: usize,
    /// Place of `buffer[0]`.
    base: Place,
    /// The mark: an index into the buffer, or its place once the buffer has moved on.
    mark: Result<usize, Place>,
    /// Bytes refilled since the mark was set, and how many may be.
    since_mark: usize,
    limit: usize,
    ended: bool,
}

impl<R: Read> Feed<R> {
    pub(super) fn new(source: R, capacity: usize, limit: usize) -> Self {
        Self {
            source,
            buffer: vec![0; capacity].into_boxed_slice(),
            next: 0,
            filled: 0,
            base: Place::START,
            mark: Ok(0),
            since_mark: 0,
            limit,
            ended: false,
        }
    }

    /// Sets the mark here.
    pub(super) fn set_mark(&mut self) {
        self.mark = Ok(self.next);
        self.since_mark = 0;
    }

    /// Place of the mark.
    pub(super) fn place(&self) -> Place {
        match self.mark {
            Ok(index) => self.base.after(&self.buffer[..index]),
            Err(place) => place,
        }
    }

    /// Whether the source has nothing more to give.
    pub(super) fn has_ended(&self) -> bool {
        self.ended
    }

    /// Whether what comes next, from the current position, starts with `prefix` (at most 16 bytes). Moves the mark here.
    pub(super) fn starts_with(&mut self, prefix: &[u8]) -> io::Result<bool> {
        while self.filled - self.next < prefix.len() && prefix.starts_with(&self.buffer[self.next..self.filled]) {
            self.base = self.base.after(&self.buffer[..self.next]);
            self.buffer.copy_within(self.next..self.filled, 0);
            self.filled -= self.next;
            self.next = 0;
            self.set_mark();
            let read = self.source.read(&mut self.buffer[self.filled..])?;
            if read == 0 {
                self.ended = true;
                return Ok(false);
            }
            self.filled += read;
        }
        Ok(self.buffer[self.next..self.filled].starts_with(prefix))
    }

    /// What is buffered from here up to and including `stop`.
    pub(super) fn up_to(&self, stop: u8) -> Option<&[u8]> {
        let buffered = &self.buffer[self.next..self.filled];
        memchr::memchr(stop, buffered).map(|at| &buffered[..=at])
    }

    /// Consumes white space. Whether anything is left.
    pub(super) fn skip_space(&mut self) -> io::Result<Option<u8>> {
        loop {
            while self.buffer[self.next..self.filled].starts_with(b"        ") {
                self.next += 8;
            }
            while self.next < self.filled {
                let byte = self.buffer[self.next];
                if !matches!(byte, b' ' | b'\n' | b'\t' | b'\r') {
                    return Ok(Some(byte));
                }
                self.next += 1;
            }
            self.set_mark();
            if self.fill_buf()?.is_empty() {
                return Ok(None);
            }
        }
    }

    /// Appends what comes next to `text`: up to `stop`, at most `most` bytes, or to the end. Whether `stop` was reached; it stays unread.
    pub(super) fn take_until(&mut self, stop: u8, most: usize, text: &mut Vec<u8>) -> io::Result<bool> {
        let mut room = most;
        while room > 0 {
            let available = self.fill_buf()?;
            let available = &available[..available.len().min(room)];
            if available.is_empty() {
                break;
            }
            let found = memchr::memchr(stop, available);
            let count = found.unwrap_or(available.len());
            text.extend_from_slice(&available[..count]);
            self.next += count;
            if found.is_some() {
                return Ok(true);
            }
            room -= count;
        }
        Ok(false)
    }
}

impl<R: Read> Read for Feed<R> {
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(output.len());
        output[..count].copy_from_slice(&available[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for Feed<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.next == self.filled {
            if self.since_mark > self.limit {
                return Err(io::Error::new(io::ErrorKind::FileTooLarge, "markup longer than the limit"));
            }
            let done = &self.buffer[..self.filled];
            self.base = match self.mark {
                Ok(index) => {
                    let place = self.base.after(&done[..index]);
                    self.mark = Err(place);
                    place.after(&done[index..])
                }
                Err(_) => self.base.after(done),
            };
            self.next = 0;
            self.filled = 0;
            self.filled = self.source.read(&mut self.buffer)?;
            self.ended = self.filled == 0;
            self.since_mark += self.filled;
        }
        Ok(&self.buffer[self.next..self.filled])
    }

    fn consume(&mut self, count: usize) {
        self.next += count;
    }
}
