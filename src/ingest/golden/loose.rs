//! Cells of result files whose type their writers do not keep to: a description that YAML took for a number, an answer that is an object.

use crate::io::json::{self, Value};
use serde::{Deserialize, Deserializer};

/// Longer texts are cut: a report shows less, and a run of many cases has to fit into memory. In characters.
const LONGEST: usize = 4000;

/// Whatever stands there as a text; none for `null` and for an empty text.
///
/// # Errors
/// When it is no JSON.
pub fn text<'de, D: Deserializer<'de>>(document: D) -> Result<Option<String>, D::Error> {
    Value::deserialize(document).map(|value| words(&value))
}

/// A finite number, also one written as a text; none for anything else.
///
/// # Errors
/// When it is no JSON.
pub fn number<'de, D: Deserializer<'de>>(document: D) -> Result<Option<f64>, D::Error> {
    Value::deserialize(document).map(|value| match &value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    })
}

/// As [`number`], of a key that was given; so that a `null`, which JavaScript writes for a NaN, is told from silence.
///
/// # Errors
/// When it is no JSON.
pub fn given<'de, D: Deserializer<'de>>(document: D) -> Result<Option<Option<f64>>, D::Error> {
    number(document).map(Some)
}

/// A truth value; none for anything else.
///
/// # Errors
/// When it is no JSON.
pub fn flag<'de, D: Deserializer<'de>>(document: D) -> Result<Option<bool>, D::Error> {
    Value::deserialize(document).map(|value| value.as_bool())
}

/// A value as people read it; none for `null` and for an empty text.
pub fn words(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(cut(text)),
        other => json::line(other).ok().map(|text| cut(&text)),
    }
}

/// The text, or its beginning.
pub fn cut(text: &str) -> String {
    let end = text.char_indices().nth(LONGEST).map_or(text.len(), |(end, _)| end);
    text[..end].to_owned()
}

/// The first line of a message, without what a stack trace adds.
pub fn first_line(text: &str) -> &str {
    text.trim().lines().next().unwrap_or("").trim_end()
}
