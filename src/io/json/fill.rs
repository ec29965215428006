//! Reading a large document into something that is filled as it goes, entry by entry, so that no tree of it is ever held.

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;

/// An object whose members are known and of different kinds.
pub trait Members {
    /// What it is called in a message about something else that stands in its place: `a coverage report`.
    const WHAT: &'static str;

    /// Takes the value that follows `key`, or passes over it with [`skip`].
    ///
    /// # Errors
    /// When the value is not what belongs there.
    fn member<'de, A: MapAccess<'de>>(&mut self, key: &str, value: &mut A) -> Result<(), A::Error>;
}

/// Passes over a value.
///
/// # Errors
/// When it is no JSON.
pub fn skip<'de, A: MapAccess<'de>>(value: &mut A) -> Result<(), A::Error> {
    value.next_value::<IgnoredAny>().map(drop)
}

/// Fills an object. A key that is given twice is a mistake: which of the two counts is anybody's guess.
pub struct Fill<'a, T>(pub &'a mut T);

impl<'de, T: Members> DeserializeSeed<'de> for Fill<'_, T> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, document: D) -> Result<(), D::Error> {
        document.deserialize_map(self)
    }
}

impl<'de, T: Members> Visitor<'de> for Fill<'_, T> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::WHAT)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = BTreeSet::new();
        while let Some(key) = map.next_key::<String>()? {
            self.0.member(&key, &mut map)?;
            once(&mut seen, key)?;
        }
        Ok(())
    }
}

/// Fills the same thing with every object of an array.
pub struct FillAll<'a, T>(pub &'a mut T);

impl<'de, T: Members> DeserializeSeed<'de> for FillAll<'_, T> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, document: D) -> Result<(), D::Error> {
        document.deserialize_seq(self)
    }
}

impl<'de, T: Members> Visitor<'de> for FillAll<'_, T> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list, of each element {}", T::WHAT)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Fill(self.0))?.is_some() {}
        Ok(())
    }
}

/// Fills from a value that may be `null`, which is as good as absent.
pub struct Nullable<S>(pub S);

impl<'de, S: DeserializeSeed<'de, Value = ()>> DeserializeSeed<'de> for Nullable<S> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, document: D) -> Result<(), D::Error> {
        document.deserialize_option(self)
    }
}

impl<'de, S: DeserializeSeed<'de, Value = ()>> Visitor<'de> for Nullable<S> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }
    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_some<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        self.0.deserialize(value)
    }
}

/// Hands over the entries of an object, or of an array under their places from 0, one by one.
pub struct Each<V, F> {
    what: &'static str,
    take: F,
    entry: PhantomData<V>,
}

impl<V, F: FnMut(&str, V)> Each<V, F> {
    /// `what` is expected: `files by path`. Keys given twice are a mistake.
    pub fn new(what: &'static str, take: F) -> Self {
        Each { what, take, entry: PhantomData }
    }
}

impl<'de, V: Deserialize<'de>, F: FnMut(&str, V)> DeserializeSeed<'de> for Each<V, F> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, document: D) -> Result<(), D::Error> {
        document.deserialize_any(self)
    }
}

impl<'de, V: Deserialize<'de>, F: FnMut(&str, V)> Visitor<'de> for Each<V, F> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)
    }
    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let mut seen = BTreeSet::new();
        while let Some(key) = map.next_key::<String>()? {
            (self.take)(&key, map.next_value()?);
            once(&mut seen, key)?;
        }
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        let mut place = 0_usize;
        while let Some(value) = list.next_element()? {
            (self.take)(&place.to_string(), value);
            place += 1;
        }
        Ok(())
    }
}

fn once<E: Error>(seen: &mut BTreeSet<String>, key: String) -> Result<(), E> {
    if seen.contains(&key) {
        let shown: String = key.chars().take(200).collect();
        return Err(E::custom(format_args!("the key `{shown}` is given twice")));
    }
    seen.insert(key);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::json::{Flaw, stream_within};

    #[derive(Debug, Default, PartialEq)]
    struct Report {
        format: u64,
        files: Vec<(String, u64)>,
        parts: Part,
    }

    #[derive(Debug, Default, PartialEq)]
    struct Part {
        sum: u64,
    }

    impl Members for Report {
        const WHAT: &'static str = "a report";
        fn member<'de, A: MapAccess<'de>>(&mut self, key: &str, value: &mut A) -> Result<(), A::Error> {
            match key {
                "format" => self.format = value.next_value()?,
                "files" => value.next_value_seed(Each::new("files", |path: &str, n| self.files.push((path.to_owned(), n))))?,
                "parts" => value.next_value_seed(FillAll(&mut self.parts))?,
                _ => skip(value)?,
            }
            Ok(())
        }
    }

    impl Members for Part {
        const WHAT: &'static str = "a part";
        fn member<'de, A: MapAccess<'de>>(&mut self, _: &str, value: &mut A) -> Result<(), A::Error> {
            self.sum += value.next_value::<u64>()?;
            Ok(())
        }
    }

    /// Reads from memory, and through windows of several sizes with the same answer.
    fn fill(text: &[u8]) -> (Report, Option<(Flaw, String, u64, u64)>) {
        let read = |window| {
            let mut report = Report::default();
            let done = stream_within(window, text, Fill(&mut report));
            (report, done.err().map(|(flaw, mistake)| (flaw, mistake.message, mistake.line, mistake.column.max(1))))
        };
        let whole = read(1 << 30);
        [3, 8, 20].map(read).iter().for_each(|windowed| assert_eq!(*windowed, whole));
        whole
    }

    const WHOLE: &str =
        "\u{feff}{\"files\": {\"a\": 1, \"b\": 2}, \"x\": [[1e999, {}]], \"parts\": [{\"s\": 4}, {\"s\": 3}],\n \"format\": 3}\n";

    #[test]
    fn what_is_known_is_filled_and_the_rest_passed_over() {
        let (report, mistake) = fill(WHOLE.as_bytes());
        assert_eq!((report.format, report.files.len(), report.parts.sum, mistake), (3, 2, 7, None));
        assert_eq!(fill(br#"{"files": [7]}"#).0.files, [("0".to_owned(), 7)]);
    }

    #[test]
    fn a_document_cut_anywhere_is_cut_and_keeps_what_came_before() {
        let end = WHOLE.trim_end().len();
        for at in 3..end {
            let (_, mistake) = fill(&WHOLE.as_bytes()[..at]);
            // In the middle of a number nobody can tell the end of the file from a mistake.
            let in_number = WHOLE[..at].ends_with("1e");
            assert_eq!(mistake.map(|it| it.0), Some(if in_number { Flaw::Malformed } else { Flaw::Cut }), "{at}");
        }
        assert_eq!(fill(&WHOLE.as_bytes()[..30]).0.files, [("a".to_owned(), 1), ("b".to_owned(), 2)]);
    }

    #[test]
    fn mistakes_have_a_kind_and_a_place() {
        for (text, flaw, message, line, column) in [
            ("{\"format\": NaN}", Flaw::Malformed, "expected value", 1, 12),
            ("{\n\"format\": \"3\"}", Flaw::Unexpected, "invalid type: string \"3\", expected u64", 2, 13),
            ("{\"format\": 1} {", Flaw::Malformed, "trailing characters", 1, 15),
            ("{\"format\": 1}\0", Flaw::Malformed, "trailing characters", 1, 14),
            ("{\"files\": {\"a\": 1, \"a\": 2}}", Flaw::Unexpected, "the key `a` is given twice", 1, 26),
            ("{\"x\": 1, \"x\": 2}", Flaw::Unexpected, "the key `x` is given twice", 1, 16),
            ("[1]", Flaw::Unexpected, "invalid type: sequence, expected a report", 1, 1),
            ("{\"x\": [}", Flaw::Malformed, "expected value", 1, 8),
        ] {
            assert_eq!(fill(text.as_bytes()).1, Some((flaw, message.to_owned(), line, column)), "{text}");
        }
        assert_eq!(fill(b"{\"\xff\": 1}").1.map(|it| it.0), Some(Flaw::Malformed));
        let deep = format!("{{\"x\": {}", "[".repeat(1_000_000));
        assert_eq!(fill(deep.as_bytes()).1.map(|it| it.0), Some(Flaw::Cut));
    }
}
