//! The door to `serde_json`.

mod canonical;
mod fill;
mod outline;
mod tolerant;

use serde::de::{DeserializeOwned, DeserializeSeed};
use serde::{Deserialize, Serialize};
use serde_json::Deserializer;
use serde_json::error::Category;
use std::io::{BufReader, Read};

pub use canonical::{ascii, canonical, fraction};
pub use fill::{Each, Fill, FillAll, Members, Nullable, skip};
pub use outline::{Outline, outline};
pub use serde_json::Value;
pub use tolerant::{Tolerant, tolerate};

/// Documents up to this size are read from memory, four times as fast; of larger ones only a window is held.
const WHOLE: u64 = 32 * 1024 * 1024;

/// A mistake in a JSON text, with its place.
#[derive(Debug)]
pub struct Mistake {
    /// What is wrong.
    pub message: String,
    /// From 1; 0 when unknown.
    pub line: u64,
    /// From 1; 0 when unknown.
    pub column: u64,
}

impl From<serde_json::Error> for Mistake {
    fn from(error: serde_json::Error) -> Self {
        let text = error.to_string();
        // The library repeats the place at the end of the sentence.
        let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message).to_owned();
        Mistake { message, line: error.line() as u64, column: error.column() as u64 }
    }
}

/// Reads one JSON document.
///
/// # Errors
/// The first mistake, with its place.
pub fn read<T: DeserializeOwned>(text: &[u8]) -> Result<T, Mistake> {
    serde_json::from_slice(text).map_err(Mistake::from)
}

/// Reads line `number` of a file of JSON Lines; a mistake has its place in that file, the column in characters.
///
/// # Errors
/// The first mistake.
pub fn read_line<T: DeserializeOwned>(text: &str, number: u64) -> Result<T, Mistake> {
    serde_json::from_str(text).map_err(|error| {
        let mut mistake = Mistake::from(error);
        mistake.line = number;
        let bytes = usize::try_from(mistake.column).unwrap_or(0);
        mistake.column = text.char_indices().take_while(|(at, _)| *at < bytes).count().max(1) as u64;
        mistake
    })
}

/// What kind of mistake keeps a document from being read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The file ends in the middle.
    Cut,
    /// It is no JSON.
    Malformed,
    /// It is JSON, and something else stands there than its format has.
    Unexpected,
    /// The file cannot be read.
    Unreadable,
}

/// Reads one large document into a seed that fills something as it goes: what stands before a mistake is not lost. A byte order mark is
/// passed over; nesting deeper than 128 levels is a mistake, except in what the seed ignores.
///
/// # Errors
/// The first mistake; its column is in bytes.
pub fn stream<T>(reader: impl Read, seed: impl for<'de> DeserializeSeed<'de, Value = T>) -> Result<T, (Flaw, Mistake)> {
    stream_within(WHOLE, reader, seed)
}

/// Reads a document in memory, whose texts are taken where they lie in it.
///
/// # Errors
/// As [`stream`].
pub fn whole<'t, T: Deserialize<'t>>(text: &'t str) -> Result<T, (Flaw, Mistake)> {
    serde_json::from_str(text).map_err(told)
}

/// Reads documents shorter than `window` bytes from memory, and of others what follows the window through a buffer.
fn stream_within<T, S>(window: u64, mut reader: impl Read, seed: S) -> Result<T, (Flaw, Mistake)>
where
    S: for<'de> DeserializeSeed<'de, Value = T>,
{
    let mut beginning = Vec::new();
    let read = reader.by_ref().take(window).read_to_end(&mut beginning);
    read.map_err(|error| (Flaw::Unreadable, Mistake { message: error.to_string(), line: 0, column: 0 }))?;
    let text = beginning.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&beginning);
    let done = if (beginning.len() as u64) < window {
        let mut document = Deserializer::from_slice(text);
        seed.deserialize(&mut document).and_then(|value| document.end().map(|()| value))
    } else {
        let mut document = Deserializer::from_reader(BufReader::with_capacity(1 << 16, text.chain(reader)));
        seed.deserialize(&mut document).and_then(|value| document.end().map(|()| value))
    };
    done.map_err(told)
}

fn told(error: serde_json::Error) -> (Flaw, Mistake) {
    let flaw = match error.classify() {
        Category::Eof => Flaw::Cut,
        Category::Syntax => Flaw::Malformed,
        Category::Data => Flaw::Unexpected,
        Category::Io => Flaw::Unreadable,
    };
    (flaw, Mistake::from(error))
}

/// One line of JSON.
///
/// # Errors
/// When a value cannot be JSON, such as a map with keys that are not text.
pub fn line<T: Serialize>(value: &T) -> Result<String, Mistake> {
    serde_json::to_string(value).map_err(Mistake::from)
}

/// An indented document that ends with a newline.
///
/// # Errors
/// As [`line()`].
pub fn document<T: Serialize>(value: &T) -> Result<String, Mistake> {
    let mut text = serde_json::to_string_pretty(value).map_err(Mistake::from)?;
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_in_a_line_has_its_place_in_the_file() {
        let mistake = read_line::<Value>("{\"ключ\": NaN}", 7).err();
        assert_eq!(mistake.map(|m| (m.message, m.line, m.column)), Some(("expected value".to_owned(), 7, 10)));
        let mistake = read_line::<Value>("{\"a\":", 2).err();
        assert_eq!(mistake.map(|m| (m.line, m.column)), Some((2, 5)));
    }
}
