//! One row of somebody else's design, and what stands in it.

use crate::ingest::golden::case::Score;
use crate::ingest::golden::layout::Layout;
use crate::io::csv;
use crate::io::json::{self, Value};
use std::borrow::Cow;

/// What stands for nothing in any file, in lower case.
const NOTHING: [&str; 5] = ["", "nan", "none", "null", "n/a"];

/// A row; that of a table is an object of texts.
pub struct Row<'r> {
    pub value: &'r Value,
    pub layout: &'r Layout,
}

impl<'r> Row<'r> {
    /// What stands under a name, or at the end of a path; the name comes first, since tables have names with dots.
    pub fn at(&self, name: &str) -> Option<&'r Value> {
        within(self.value, name)
    }

    /// A text, unless nothing stands there.
    pub fn text(&self, name: Option<&String>) -> Option<String> {
        self.at(name?).map(words).filter(|text| !text.trim().is_empty())
    }

    /// A word to look up: in lower case, none where nothing was computed.
    pub fn word(&self, name: Option<&String>) -> Option<String> {
        self.text(name).map(|text| text.trim().to_lowercase()).filter(|word| !self.is_unmeasured(word))
    }

    /// A number, unless it was not computed.
    ///
    /// # Errors
    /// When something else stands there.
    pub fn number(&self, name: &str) -> Result<Option<f64>, String> {
        self.at(name).map_or(Ok(None), |value| self.amount(name, value))
    }

    fn amount(&self, name: &str, value: &Value) -> Result<Option<f64>, String> {
        let text = words(value);
        if self.is_unmeasured(text.trim()) {
            return Ok(None);
        }
        let number = match value {
            Value::Number(number) => number.as_f64(),
            Value::Bool(flag) => Some(f64::from(u8::from(*flag))),
            Value::String(text) => csv::number(&self.plain(text)),
            _ => None,
        };
        let shown: String = text.chars().take(40).collect();
        number.filter(|number| number.is_finite()).map(Some).ok_or_else(|| format!("`{name}` is no number: `{shown}`"))
    }

    /// A number as the table writes it, with the decimal sign that numbers have here.
    fn plain<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.layout.decimal {
            Some('.') => text.replace(',', "").into(),
            Some(',') => text.replace('.', "").replace(',', ".").into(),
            _ => text.into(),
        }
    }

    /// What a column says as a measure: none when the row has no such column.
    ///
    /// # Errors
    /// When something else than a number or a flag stands there.
    pub fn score(&self, name: &str) -> Result<Option<Score>, String> {
        let Some(value) = self.at(name) else { return Ok(None) };
        let flag = match value {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) if text.trim().eq_ignore_ascii_case("true") => Some(true),
            Value::String(text) if text.trim().eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        };
        let value = match flag {
            Some(flag) => Some(f64::from(u8::from(flag))),
            None => self.amount(name, value)?,
        };
        Ok(Some(Score { name: name.to_owned(), value, passed: flag }))
    }

    /// How much of something there is: a number, or the length of a list.
    ///
    /// # Errors
    /// When something else stands there.
    pub fn count(&self, name: &str) -> Result<Option<u64>, String> {
        match self.at(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match list(value) {
                Some(items) => Ok(Some(items.len() as u64)),
                None => match self.amount(name, value)? {
                    Some(number) if number < 0.0 || number.fract() != 0.0 => Err(format!("`{name}` is no count: {number}")),
                    // A count beyond 2^53 is none either; the bound of claims comes later.
                    number => Ok(number.map(|number| number as u64)),
                },
            },
        }
    }

    /// The texts of a list; a text alone is a list of one.
    pub fn texts(&self, name: Option<&String>) -> Option<Vec<String>> {
        let value = self.at(name?).filter(|value| !value.is_null())?;
        let texts = match list(value) {
            Some(items) => items.iter().map(words).collect(),
            None => vec![words(value)],
        };
        Some(texts.into_iter().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect())
    }

    fn is_unmeasured(&self, text: &str) -> bool {
        if NOTHING.contains(&text.to_lowercase().as_str()) {
            return true;
        }
        let same = |sentinel: &String| {
            sentinel.eq_ignore_ascii_case(text) || csv::number(sentinel).is_some_and(|number| csv::number(text) == Some(number))
        };
        self.layout.unmeasured.iter().any(same)
    }
}

/// What stands under a name in a value, or at the end of a path of names and positions.
pub fn within<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    value.get(name).or_else(|| {
        name.split('.').try_fold(value, |value, step| match value {
            Value::Array(items) => items.get(step.parse::<usize>().ok()?),
            value => value.get(step),
        })
    })
}

/// The items of a list; a table writes it as JSON, in one cell.
pub fn list(value: &Value) -> Option<Cow<'_, [Value]>> {
    match value {
        Value::Array(items) => Some(Cow::Borrowed(items)),
        Value::String(text) if text.trim_start().starts_with('[') => json::read::<Vec<Value>>(text.as_bytes()).ok().map(Cow::Owned),
        _ => None,
    }
}

/// A value as text.
pub fn words(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
