//! The door to `serde_json`.

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use serde_json::Value;

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
