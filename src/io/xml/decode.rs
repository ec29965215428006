//! Bytes of any declared encoding in, UTF-8 out: the only place that names `encoding_rs`.

use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Enough to see a byte order mark and a whole XML declaration.
const PROLOG: usize = 1024;
const CHUNK: usize = 16 * 1024;

/// Streams an XML entity as UTF-8, without its byte order mark.
///
/// The encoding is found as in XML 1.0, appendix F: byte order mark, then the pattern of `<?` in UTF-16, then the declaration. A
/// declaration of UTF-16 in a file whose bytes are plainly not UTF-16 (what .NET writes from a string) is read as UTF-8. UTF-8 itself
/// is passed through; whoever cuts it into strings checks it.
pub(super) struct Utf8Reader<R> {
    inner: R,
    ahead: Vec<u8>,
    taken: usize,
    ended: bool,
    decoder: Option<Decoder>,
    started: bool,
    /// The encoding that the last bytes were not.
    broken: Option<&'static str>,
}

impl<R: Read> Utf8Reader<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, ahead: Vec::new(), taken: 0, ended: false, decoder: None, started: false, broken: None }
    }

    fn start(&mut self) -> io::Result<()> {
        self.started = true;
        while self.ahead.len() < PROLOG && !self.ended {
            read_ahead(&mut self.inner, &mut self.ahead, PROLOG, &mut self.ended)?;
        }
        let (encoding, mark) = match self.ahead.as_slice() {
            [0xEF, 0xBB, 0xBF, ..] => (UTF_8, 3),
            [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] | [b'<', 0, 0, 0, ..] | [0, 0, 0, b'<', ..] => {
                return Err(unreadable("the file is UTF-32, which is not supported"));
            }
            [0xFF, 0xFE, ..] => (UTF_16LE, 2),
            [0xFE, 0xFF, ..] => (UTF_16BE, 2),
            [b'<', 0, ..] => (UTF_16LE, 0),
            [0, b'<', ..] => (UTF_16BE, 0),
            prolog => (declared(prolog)?, 0),
        };
        self.taken = mark;
        if encoding != UTF_8 {
            self.decoder = Some(encoding.new_decoder_without_bom_handling());
        }
        Ok(())
    }
}

impl<R: Read> Read for Utf8Reader<R> {
    /// `output` must hold at least one character (4 bytes).
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        if !self.started {
            self.start()?;
        }
        if let Some(name) = self.broken {
            return Err(unreadable(&format!("a byte sequence that is not {name}")));
        }
        let Some(decoder) = &mut self.decoder else {
            if self.taken == self.ahead.len() {
                return read_some(&mut self.inner, output);
            }
            let count = output.len().min(self.ahead.len() - self.taken);
            output[..count].copy_from_slice(&self.ahead[self.taken..self.taken + count]);
            self.taken += count;
            return Ok(count);
        };
        loop {
            let (result, read, written) = decoder.decode_to_utf8_without_replacement(&self.ahead[self.taken..], output, self.ended);
            self.taken += read;
            if let DecoderResult::Malformed(..) = result {
                // What stands before it is given out first, so that the error has its place.
                self.broken = Some(decoder.encoding().name());
                return if written > 0 { Ok(written) } else { self.read(output) };
            }
            if self.ended && self.taken == self.ahead.len() {
                self.decoder = None;
                return Ok(written);
            }
            if written > 0 {
                return Ok(written);
            }
            self.ahead.drain(..self.taken);
            self.taken = 0;
            read_ahead(&mut self.inner, &mut self.ahead, CHUNK, &mut self.ended)?;
        }
    }
}

/// Appends up to `room` bytes.
fn read_ahead(inner: &mut impl Read, ahead: &mut Vec<u8>, room: usize, ended: &mut bool) -> io::Result<()> {
    let held = ahead.len();
    ahead.resize(held + room, 0);
    let read = read_some(inner, &mut ahead[held..])?;
    ahead.truncate(held + read);
    *ended = read == 0;
    Ok(())
}

fn read_some(inner: &mut impl Read, output: &mut [u8]) -> io::Result<usize> {
    loop {
        match inner.read(output) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// The encoding that an ASCII-compatible XML declaration names; UTF-8 without one.
fn declared(prolog: &[u8]) -> io::Result<&'static Encoding> {
    let Some(declaration) = prolog.strip_prefix(b"<?xml") else { return Ok(UTF_8) };
    let declaration = &declaration[..memchr::memmem::find(declaration, b"?>").unwrap_or(declaration.len())];
    let Some(at) = memchr::memmem::find(declaration, b"encoding") else { return Ok(UTF_8) };
    let mut quoted = declaration[at..].split(|byte| matches!(byte, b'"' | b'\''));
    let label = quoted.nth(1).unwrap_or_default();
    match Encoding::for_label(label) {
        Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => Ok(UTF_8),
        Some(encoding) => Ok(encoding),
        None => Err(unreadable(&format!("the declared encoding `{}` is not known", String::from_utf8_lossy(label).escape_debug()))),
    }
}

fn unreadable(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}
