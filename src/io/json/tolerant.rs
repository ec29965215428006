//! What many programs write as JSON and is none: Python's `NaN`, `Infinity` and `-Infinity`, and halves of surrogate pairs that
//! JavaScript and Python leave in a text cut within a character.

use std::borrow::Cow;
use std::io::{self, Read};

/// How much is read at a time.
const CHUNK: usize = 1 << 16;
/// No token is longer: `\ud83d\ude00`.
const TOKEN: usize = 12;
/// What is no number in JSON, and `null` here.
const NO_NUMBERS: [&[u8]; 3] = [b"NaN", b"Infinity", b"-Infinity"];
/// What stands for a character that is lost.
const LOST: &[u8] = b"\\ufffd";

/// A JSON text in which `null` stands for every NaN and infinity, and U+FFFD for every half of a surrogate pair. All else, mistakes too,
/// stays as it is. In the line of a NaN, mistakes behind it are found one column further on.
pub struct Tolerant<R> {
    inner: R,
    mend: Mend,
    /// What was read and not looked at yet.
    raw: Vec<u8>,
    /// What was looked at, and how much of it is handed on.
    mended: Vec<u8>,
    handed: usize,
    ended: bool,
}

impl<R: Read> Tolerant<R> {
    /// The text that `inner` gives.
    pub fn new(inner: R) -> Self {
        Tolerant { inner, mend: Mend::default(), raw: Vec::new(), mended: Vec::new(), handed: 0, ended: false }
    }
}

impl<R: Read> Read for Tolerant<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.handed == self.mended.len() && !self.ended {
            self.mended.clear();
            self.handed = 0;
            self.ended = self.inner.by_ref().take(CHUNK as u64).read_to_end(&mut self.raw)? == 0;
            let done = self.mend.pass(&self.raw, self.ended, &mut self.mended);
            self.raw.drain(..done);
        }
        let ready = &self.mended[self.handed..];
        let n = ready.len().min(buffer.len());
        buffer[..n].copy_from_slice(&ready[..n]);
        self.handed += n;
        Ok(n)
    }
}

/// The same for a text in memory.
pub fn tolerate(text: &str) -> Cow<'_, str> {
    let suspicious = text.contains("NaN") || text.contains("Infinity") || text.contains("\\ud") || text.contains("\\uD");
    if !suspicious {
        return Cow::Borrowed(text);
    }
    let mut mended = Vec::with_capacity(text.len() + 16);
    Mend::default().pass(text.as_bytes(), true, &mut mended);
    // Only whole tokens of ASCII were replaced.
    String::from_utf8(mended).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Where in a text one is.
#[derive(Default)]
struct Mend {
    in_string: bool,
}

impl Mend {
    /// Passes what is certain of `text` on to `out`, and tells how much that was; at the end of the file all is certain.
    fn pass(&mut self, text: &[u8], at_end: bool, out: &mut Vec<u8>) -> usize {
        let mut at = 0;
        loop {
            let rest = &text[at..];
            let odd =
                if self.in_string { memchr::memchr2(b'"', b'\\', rest) } else { rest.iter().position(|byte| b"\"NI-".contains(byte)) };
            let plain = odd.unwrap_or(rest.len());
            out.extend_from_slice(&rest[..plain]);
            at += plain;
            let rest = &rest[plain..];
            let Some(&byte) = rest.first() else { return at };
            if byte == b'"' {
                self.in_string = !self.in_string;
                out.push(byte);
                at += 1;
                continue;
            }
            if rest.len() < TOKEN && !at_end {
                return at;
            }
            let (length, mended) = if self.in_string { escape(rest) } else { number(rest) };
            out.extend_from_slice(mended);
            at += length;
        }
    }
}

/// A token outside of texts: its length, and what stands for it.
fn number(text: &[u8]) -> (usize, &[u8]) {
    match NO_NUMBERS.iter().find(|token| text.starts_with(token)) {
        Some(token) => (token.len(), b"null"),
        None => (1, &text[..1]),
    }
}

/// An escape within a text: its length, and what stands for it.
fn escape(text: &[u8]) -> (usize, &[u8]) {
    let whole = |length: usize| (length.min(text.len()), &text[..length.min(text.len())]);
    match (unit(text), text.get(6..).and_then(unit)) {
        (Some(0xD800..0xDC00), Some(0xDC00..0xE000)) => whole(12),
        (Some(0xD800..0xE000), _) => (6, LOST),
        (Some(_), _) => whole(6),
        (None, _) => whole(2),
    }
}

/// The UTF-16 unit that `\u` and four digits stand for.
fn unit(text: &[u8]) -> Option<u32> {
    let digits = text.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().try_fold(0, |unit, digit| Some(unit * 16 + char::from(*digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Gives out a few bytes at a time.
    struct Drip<'a>(&'a [u8], usize);

    impl Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let n = self.1.min(buffer.len()).min(self.0.len());
            buffer[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }

    fn mended(text: &str) -> String {
        let whole = tolerate(text).into_owned();
        let mut read = String::new();
        Tolerant::new(Drip(text.as_bytes(), 1)).read_to_string(&mut read).unwrap();
        assert_eq!(read, whole);
        // However the text is cut into chunks.
        for cut in 0..text.len() {
            let (mut mend, mut out) = (Mend::default(), Vec::new());
            let done = mend.pass(&text.as_bytes()[..cut], false, &mut out);
            mend.pass(&text.as_bytes()[done..], true, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), whole, "{cut}");
        }
        whole
    }

    #[test]
    fn what_is_no_number_is_null_and_halves_of_characters_are_lost() {
        assert_eq!(mended(r#"{"a": NaN, "b": [-Infinity, Infinity,-1]}"#), r#"{"a": null, "b": [null, null,-1]}"#);
        assert_eq!(mended(r#"["NaN", "\"NaN", "-Infinity\\", NaN]"#), r#"["NaN", "\"NaN", "-Infinity\\", null]"#);
        assert_eq!(mended(r#"["\ud83d", "\ude00\ud83d", "\ud83d\ude00"]"#), r#"["\ufffd", "\ufffd\ufffd", "\ud83d\ude00"]"#);
        assert_eq!(mended(r#"["\\ud83d", "\uD83D\n", "ж\u00e9"]"#), r#"["\\ud83d", "\ufffd\n", "ж\u00e9"]"#);
    }

    #[test]
    fn mistakes_stay_mistakes() {
        for text in ["{\"a\": Na", "[Nan, Inf, -Inf, nan]", "[\"\\u12", "[\"a\\", "-", "[\"\\ud8zz\"]", "{\"a\": -}"] {
            assert_eq!(mended(text), text);
        }
        assert_eq!(mended("[NaNa]"), "[nulla]");
    }

    #[test]
    fn long_texts_pass() {
        let text = format!("[{}NaN]", "\"\\\\NaN\", 12.5e-3, ".repeat(20_000));
        assert_eq!(mended_once(&text), text.replace("NaN]", "null]"));
    }

    fn mended_once(text: &str) -> String {
        let mut read = String::new();
        Tolerant::new(text.as_bytes()).read_to_string(&mut read).unwrap();
        read
    }
}
