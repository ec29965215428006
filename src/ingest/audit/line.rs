//! A line of JSON Lines: an object whose keys are all different. A key that stands there twice would show one value to us and another
//! one to whoever takes the first.

use crate::io::json::Value;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use std::fmt;

/// The most keys of a line: each is held against all others.
const KEYS: usize = 1_000;

/// An object, in the order it is written.
#[derive(Debug, PartialEq)]
pub(super) struct Line(Vec<(String, Value)>);

impl Line {
    /// The keys.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(key, _)| key.as_str())
    }

    /// The value of a key, whatever its case.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        let exact = self.0.iter().find(|(key, _)| key == name);
        exact.or_else(|| self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))).map(|(_, value)| value)
    }
}

impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Line, D::Error> {
        struct Keys;

        impl<'de> Visitor<'de> for Keys {
            type Value = Line;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Line, A::Error> {
                let mut entries: Vec<(String, Value)> = Vec::with_capacity(map.size_hint().unwrap_or(22));
                while let Some((key, value)) = map.next_entry::<String, Value>()? {
                    if entries.len() == KEYS {
                        return Err(A::Error::custom(format!("the line has more than {KEYS} keys")));
                    }
                    if entries.iter().any(|(known, _)| known.eq_ignore_ascii_case(&key)) {
                        return Err(A::Error::custom(format!("the key `{key}` stands there twice")));
                    }
                    entries.push((key, value));
                }
                Ok(Line(entries))
            }
        }

        deserializer.deserialize_map(Keys)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::io::json::read_line;

    #[test]
    fn a_key_stands_there_once() {
        let line: Line = read_line(r#"{"a": 1, "B": {"c": 1, "c": 2}}"#, 1).unwrap();
        assert_eq!(line.keys().collect::<Vec<_>>(), ["a", "B"]);
        assert_eq!((line.get("b").is_some(), line.get("c")), (true, None));
        let twice = read_line::<Line>(r#"{"n": 1, "N": 2}"#, 1).unwrap_err();
        assert!(twice.message.starts_with("the key `N` stands there twice"), "{}", twice.message);
        let many = |n: usize| format!("{{{}}}", (0..n).map(|key| format!("\"{key}\": 0")).collect::<Vec<_>>().join(","));
        assert!(read_line::<Line>(&many(KEYS), 1).is_ok());
        assert!(read_line::<Line>(&many(KEYS + 1), 1).unwrap_err().message.starts_with("the line has more than 1000 keys"));
        assert!(read_line::<Line>("[1]", 1).unwrap_err().message.contains("a JSON object"));
    }
}
