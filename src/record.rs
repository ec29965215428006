//! One row of a family: a file, a case, a series, an audit row.

use crate::metric::{Design, Name, Ratio, Value};
use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A row of named, typed cells. The first cell is the subject: the text that names the row within its family.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    fields: Vec<(Name, Value)>,
    bases: Vec<(Name, Basis)>,
}

/// What a ratio in a row rests on, where the row says it of this ratio alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// How its cases are grouped; none where each is independent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub design: Option<Design>,
    /// Cases that should have been counted and could not be; always written, which tells a ratio of its own basis.
    pub unmeasured: u64,
    /// Between which parts of the same whole the truth lies, where it was estimated and not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<[u64; 2]>,
}

impl Record {
    /// A row about `subject`, which is written under `key` (`path`, `id`, `name`).
    pub fn new(key: impl Into<Name>, subject: impl Into<String>) -> Self {
        Record { fields: vec![(key.into(), Value::Text(subject.into()))], bases: Vec::new() }
    }

    /// The same row with one more cell.
    pub fn with(mut self, name: impl Into<Name>, value: Value) -> Self {
        self.fields.push((name.into(), value));
        self
    }

    /// The same row with one more cell, where there is something to say.
    pub fn with_some(self, name: impl Into<Name>, value: Option<Value>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The same row with one more ratio, and what it rests on.
    pub fn with_ratio(mut self, name: impl Into<Name>, ratio: Ratio, basis: Basis) -> Self {
        let name = name.into();
        self.bases.push((name.clone(), basis));
        self.with(name, Value::Ratio(ratio))
    }

    /// What the ratio called `name` rests on, where the row says it of this ratio alone.
    pub fn basis(&self, name: &str) -> Option<Basis> {
        self.bases.iter().find(|(n, _)| n == name).map(|(_, basis)| *basis)
    }

    /// What the row is about.
    pub fn subject(&self) -> &str {
        match self.fields.first() {
            Some((_, Value::Text(text))) => text,
            _ => "",
        }
    }

    /// The cell called `name`.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(n, _)| n == name).map(|(_, v)| v)
    }

    /// All cells, the subject first.
    pub fn fields(&self) -> &[(Name, Value)] {
        &self.fields
    }

    /// A text cell, or nothing.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(Value::Text(text) | Value::Level(text)) => Some(text),
            _ => None,
        }
    }

    /// A count cell, or nothing.
    pub fn count(&self, name: &str) -> Option<u64> {
        match self.get(name) {
            Some(Value::Count(n)) => Some(*n),
            _ => None,
        }
    }

    /// A ratio cell, or nothing.
    pub fn ratio(&self, name: &str) -> Option<Ratio> {
        match self.get(name) {
            Some(Value::Ratio(ratio)) => Some(*ratio),
            _ => None,
        }
    }

    /// A number, duration or rate as a plain number, or nothing.
    pub fn number(&self, name: &str) -> Option<f64> {
        match self.get(name) {
            Some(Value::Number { value, .. } | Value::Duration(value)) => Some(*value),
            Some(Value::Count(n) | Value::Bytes(n)) => Some(*n as f64),
            _ => None,
        }
    }
}

/// Text cells are plain strings in JSON, all others the objects of a metric without id and labels.
#[derive(Deserialize)]
#[serde(untagged)]
enum Cell {
    Text(String),
    Other(Based),
}

/// A value, and what it rests on where that is known.
#[derive(Serialize, Deserialize)]
struct Based {
    #[serde(flatten)]
    value: Value,
    #[serde(flatten)]
    basis: Option<Basis>,
}

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.fields.len()))?;
        for (name, value) in &self.fields {
            match value {
                Value::Text(text) => map.serialize_entry(name, text)?,
                other => map.serialize_entry(name, &Based { value: other.clone(), basis: self.basis(name) })?,
            }
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Record;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a record")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Record, A::Error> {
                let (mut fields, mut bases) = (Vec::new(), Vec::new());
                while let Some((name, cell)) = map.next_entry::<String, Cell>()? {
                    let name = Name::Owned(name);
                    let value = match cell {
                        Cell::Text(text) => Value::Text(text),
                        Cell::Other(Based { value, basis }) => {
                            bases.extend(basis.map(|basis| (name.clone(), basis)));
                            value
                        }
                    };
                    fields.push((name, value));
                }
                Ok(Record { fields, bases })
            }
        }
        deserializer.deserialize_map(Fields)
    }
}
