//! Texts that are sometimes more than a text.

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// So much of a text is kept, in bytes.
const KEPT: usize = 16 * 1024;

/// As much of a text as whole characters fill so many bytes.
pub fn beginning(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or_default()]
}

/// What people read of a text, a number, a list of alternatives, a chat, or the parts of a message; images and the like are left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Text(pub String);

impl Text {
    /// The text, if there is any.
    pub fn some(self) -> Option<String> {
        Some(self.0).filter(|text| !text.is_empty())
    }

    fn of(text: &str) -> Text {
        Text(beginning(text, KEPT).to_owned())
    }

    fn add(&mut self, more: &Text) {
        if !self.0.is_empty() && !more.0.is_empty() && self.0.len() < KEPT {
            self.0.push('\n');
        }
        let room = KEPT.saturating_sub(self.0.len());
        self.0.push_str(beginning(&more.0, room));
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Text;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or messages")
    }
    fn visit_str<E>(self, text: &str) -> Result<Text, E> {
        Ok(Text::of(text))
    }
    fn visit_bool<E>(self, flag: bool) -> Result<Text, E> {
        Ok(Text(flag.to_string()))
    }
    fn visit_u64<E>(self, number: u64) -> Result<Text, E> {
        Ok(Text(number.to_string()))
    }
    fn visit_i64<E>(self, number: i64) -> Result<Text, E> {
        Ok(Text(number.to_string()))
    }
    fn visit_f64<E>(self, number: f64) -> Result<Text, E> {
        Ok(Text(number.to_string()))
    }
    fn visit_unit<E>(self) -> Result<Text, E> {
        Ok(Text::default())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Text, A::Error> {
        let mut all = Text::default();
        while let Some(part) = list.next_element()? {
            all.add(&part);
        }
        Ok(all)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Text, A::Error> {
        let mut all = Text::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "content" | "text" => all.add(&map.next_value()?),
                _ => map.next_value::<IgnoredAny>().map(drop)?,
            }
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::io::json;

    #[test]
    fn what_people_read_is_kept() {
        let of = |text: &str| json::read::<Text>(text.as_bytes()).unwrap().0;
        assert_eq!(of(r#""a""#), "a");
        assert_eq!(of("7"), "7");
        assert_eq!(of("null"), "");
        assert_eq!(of(r#"["bike","bicycle"]"#), "bike\nbicycle");
        let chat = r#"[{"role":"system","content":"Be brief."},{"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image","image":"data:"}]}]"#;
        assert_eq!(of(chat), "Be brief.\nWhat is this?");
        assert_eq!(of(&format!("[{0:?},{0:?}]", "ü".repeat(KEPT))).len(), KEPT);
    }
}
