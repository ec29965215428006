//! The list of deleted ids in an audit row: a JSON array of numbers or texts.

use crate::io::{hash, json};

/// Longer lists are not read: a thousand ids take some forty kilobytes.
const LENGTH: usize = 1 << 20;

/// What a list holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ids {
    /// How many.
    pub count: u64,
    /// The smallest and the largest, if there are any: of whole numbers, or of texts in the order of their bytes.
    pub range: Option<(Id, Id)>,
    /// One that is listed twice.
    pub duplicate: Option<String>,
    /// All of them, as ranges in order.
    pub ranges: Vec<Range>,
}

/// An id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Id {
    /// A whole number.
    Number(i64),
    /// Anything else.
    Text(String),
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Id::Number(n) => n.fmt(f),
            Id::Text(text) => super::pii::redacted(text).fmt(f),
        }
    }
}

/// Ids that follow each other, as numbers that do: whole numbers from [`NUMBERS`] on, all else by a digest.
pub type Range = (u128, u128);

/// Where the whole numbers begin; a digest never lies there, because its first bit is set.
const NUMBERS: u128 = 1 << 65;

/// The id of a number, where it is one of a whole number.
pub fn shown(key: u128) -> Option<i64> {
    i64::try_from(key as i128 - NUMBERS as i128).ok()
}

/// Reads a list.
///
/// # Errors
/// What is wrong with it, to follow the column's name.
pub fn read(text: &str) -> Result<Ids, String> {
    if text.len() > LENGTH {
        return Err(format!("is longer than {} KiB", LENGTH / 1024));
    }
    match numbers(text.as_bytes()) {
        Some(numbers) => Ok(of_numbers(numbers)),
        None => any(text),
    }
}

/// The common case, by hand: an array of whole numbers.
fn numbers(text: &[u8]) -> Option<Vec<i64>> {
    let mut rest = text.trim_ascii().strip_prefix(b"[")?.strip_suffix(b"]")?.trim_ascii();
    let mut numbers = Vec::with_capacity(rest.len() / 3);
    while !rest.is_empty() {
        let end = memchr::memchr(b',', rest).unwrap_or(rest.len());
        numbers.push(number(rest[..end].trim_ascii())?);
        if end + 1 == rest.len() {
            return None;
        }
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    Some(numbers)
}

fn number(text: &[u8]) -> Option<i64> {
    // More than 18 digits, a sign and a leading zero are left to the JSON reader.
    let canonical = matches!(text, [b'0'] | [b'1'..=b'9', ..]) && text.len() <= 18;
    canonical.then(|| text.iter().try_fold(0, |n, d| d.is_ascii_digit().then(|| n * 10 + i64::from(d - b'0'))))?
}

fn any(text: &str) -> Result<Ids, String> {
    let values: Vec<json::Value> = match json::read(text.as_bytes()) {
        Ok(json::Value::Array(values)) => values,
        Ok(_) => return Err("is not a JSON array".to_owned()),
        Err(mistake) => return Err(format!("is not JSON: {}", mistake.message)),
    };
    if let Some(numbers) = values.iter().map(json::Value::as_i64).collect::<Option<Vec<i64>>>() {
        return Ok(of_numbers(numbers));
    }
    let name = |value: &json::Value| match value {
        json::Value::String(text) => Some(text.clone()),
        json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    match values.iter().map(name).collect::<Option<Vec<String>>>() {
        Some(names) => Ok(of_texts(names)),
        None => Err("holds something that is neither a number nor a text".to_owned()),
    }
}

fn of_numbers(mut ids: Vec<i64>) -> Ids {
    let duplicate = sort(&mut ids).map(|id| id.to_string());
    let range = ids.first().zip(ids.last()).map(|(first, last)| (Id::Number(*first), Id::Number(*last)));
    let mut ranges: Vec<Range> = Vec::new();
    for id in &ids {
        let key = NUMBERS.wrapping_add_signed(i128::from(*id));
        match ranges.last_mut() {
            Some((_, end)) if *end == key || *end + 1 == key => *end = key,
            _ => ranges.push((key, key)),
        }
    }
    Ids { count: ids.len() as u64, range, duplicate, ranges }
}

fn of_texts(mut ids: Vec<String>) -> Ids {
    let duplicate = sort(&mut ids).cloned().map(|id| Id::Text(id).to_string());
    let range = ids.first().zip(ids.last()).map(|(first, last)| (Id::Text(first.clone()), Id::Text(last.clone())));
    // A number that is written as a text is the same id.
    let key = |id: &String| id.parse().map_or_else(|_| hash::short(id) | 1 << 127, |n: i64| NUMBERS.wrapping_add_signed(n.into()));
    let mut keys: Vec<u128> = ids.iter().map(key).collect();
    keys.sort_unstable();
    keys.dedup();
    Ids { count: ids.len() as u64, range, duplicate, ranges: keys.into_iter().map(|key| (key, key)).collect() }
}

/// Sorts ids, and tells one that is there twice.
fn sort<T: Ord>(ids: &mut [T]) -> Option<&T> {
    if !ids.is_sorted() {
        ids.sort_unstable();
    }
    ids.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| &pair[0])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn told(text: &str) -> (u64, String, Option<String>, usize) {
        let ids = read(text).unwrap();
        let range = ids.range.map_or_else(String::new, |(first, last)| format!("{first}..{last}"));
        (ids.count, range, ids.duplicate, ids.ranges.len())
    }

    #[test]
    fn lists_are_counted() {
        let is = |count, range: &str, duplicate: Option<&str>, ranges| (count, range.to_owned(), duplicate.map(str::to_owned), ranges);
        assert_eq!(told("[]"), is(0, "", None, 0));
        assert_eq!(told(" [ ] "), is(0, "", None, 0));
        assert_eq!(told("[1, 2, 3]"), is(3, "1..3", None, 1));
        assert_eq!(told("[3,1, 3]"), is(3, "1..3", Some("3"), 2));
        assert_eq!(told("[-5, 0, 9223372036854775807]"), is(3, "-5..9223372036854775807", None, 3));
        assert_eq!(told(r#"["b", "a", "b"]"#), is(3, "a..b", Some("b"), 2));
        assert_eq!(told(r#"[1, "550e8400-e29b-41d4-a716-446655440000"]"#), is(2, "1..550e8400-e29b-41d4-a716-446655440000", None, 2));
        assert_eq!(told("[9223372036854775808]"), is(1, "9223372036854775808..9223372036854775808", None, 1));
        assert_eq!(told(r#"["ada@example.com"]"#).1, "[email]..[email]");
    }

    #[test]
    fn an_id_is_the_same_however_it_is_written() {
        let ranges = |text| read(text).unwrap().ranges;
        assert_eq!(ranges("[7]"), ranges(r#"["7"]"#));
        assert_eq!(ranges("[-1, 0]").len(), 1);
        let end = |text| shown(ranges(text)[0].1);
        assert_eq!([end("[-9]"), end("[9223372036854775807]"), end(r#"["a"]"#)], [Some(-9), Some(i64::MAX), None]);
    }

    #[test]
    fn what_is_no_list_is_told() {
        for text in ["", "1, 2", "[1, 2", "[1,,2]", "[1, 2,]", "[01]", "[1 2]", "[,]"] {
            assert!(read(text).unwrap_err().starts_with("is not JSON: "), "{text}");
        }
        assert_eq!(read("{}").unwrap_err(), "is not a JSON array");
        assert_eq!(read("[null]").unwrap_err(), "holds something that is neither a number nor a text");
        assert_eq!(read(&format!("[{}1]", "1,".repeat(600_000))).unwrap_err(), "is longer than 1024 KiB");
    }
}
