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
/// As [`line`].
pub fn document<T: Serialize>(value: &T) -> Result<String, Mistake> {
    let mut text = serde_json::to_string_pretty(value).map_err(Mistake::from)?;
    text.push('\n');
    Ok(text)
}
