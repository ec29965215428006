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
    pub range: Option<(DeletedId, DeletedId)>,
    /// One that is listed twice.
    pub duplicate: Option<String>,
    /// All of them, as ranges in order.
    pub ranges: Vec<Range>,
}

/// An id of something that was deleted: shown without what it says about persons.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeletedId {
    /// A whole number.
    Number(i64),
    /// Anything else.
    Text(String),
}

impl std::fmt::Display for DeletedId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            DeletedId::Number(n) => n.fmt(f),
            DeletedId::Text(text) => super::pii::redacted(text).fmt(f),
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

/// Reads a list. Its ranges are put into `room`, whatever was in there before.
///
/// # Errors
/// What is wrong with it, to follow the column's name.
pub fn read(text: &[u8], mut room: Vec<Range>) -> Result<Ids, String> {
    if text.len() > LENGTH {
        return Err(format!("is longer than {} KiB", LENGTH / 1024));
    }
    room.clear();
    if let Some(ids) = rising(text, &mut room) {
        return Ok(Ids { ranges: room, ..ids });
    }
    match numbers(text) {
        Some(numbers) => Ok(of_numbers(numbers)),
        None => any(std::str::from_utf8(text).unwrap_or("no text")),
    }
}

/// The common case, by hand: an array of whole numbers, each larger than the one before.
fn rising(text: &[u8], ranges: &mut Vec<Range>) -> Option<Ids> {
    let mut rest = text.trim_ascii().strip_prefix(b"[")?.strip_suffix(b"]")?.trim_ascii();
    let Some((first, after)) = number(rest) else { return rest.is_empty().then(Ids::default) };
    let (mut count, mut last, mut start) = (1, first, first);
    rest = after;
    let key = |id: i64| NUMBERS.wrapping_add_signed(i128::from(id));
    while let Some((b',', after)) = rest.split_first() {
        let (id, after) = number(after.trim_ascii_start())?;
        if id != last + 1 {
            if id <= last {
                return None;
            }
            ranges.push((key(start), key(last)));
            start = id;
        }
        (count, last, rest) = (count + 1, id, after);
    }
    ranges.push((key(start), key(last)));
    rest.is_empty().then(|| Ids { count, range: Some((DeletedId::Number(first), DeletedId::Number(last))), ..Ids::default() })
}

/// An array of whole numbers in any order.
fn numbers(text: &[u8]) -> Option<Vec<i64>> {
    let mut rest = text.trim_ascii().strip_prefix(b"[")?.strip_suffix(b"]")?.trim_ascii();
    let mut numbers = Vec::with_capacity(rest.len() / 3);
    loop {
        let (id, after) = number(rest)?;
        numbers.push(id);
        match after {
            [] => return Some(numbers),
            [b',', after @ ..] => rest = after.trim_ascii_start(),
            _ => return None,
        }
    }
}

/// The number at the beginning of a text, and what follows it and its blanks. More than 18 digits, a sign and a leading zero are left
/// to the JSON reader.
fn number(text: &[u8]) -> Option<(i64, &[u8])> {
    let (mut number, mut length) = eight(text).unwrap_or((0, 0));
    while let Some(digit) = text.get(length).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
        if length == 18 {
            return None;
        }
        number = number * 10 + i64::from(digit);
        length += 1;
    }
    let canonical = length == 1 || (length > 1 && text[0] != b'0');
    canonical.then(|| (number, text[length..].trim_ascii_start()))
}

/// Up to eight digits at once: the bytes of a word are added in pairs, the pairs in fours, the fours in one.
fn eight(text: &[u8]) -> Option<(i64, usize)> {
    let word = u64::from_le_bytes(*text.first_chunk()?) ^ 0x3030_3030_3030_3030;
    // The high bit of every byte that is no digit: it is above 9, or carries when 0x76 is added.
    let others = (word.wrapping_add(0x7676_7676_7676_7676) | word) & 0x8080_8080_8080_8080;
    let digits = others.trailing_zeros() / 8;
    // What follows the digits moves out at the top, and zeros move in before them.
    let word = word.checked_shl(64 - 8 * digits).unwrap_or(0);
    let pairs = (word.wrapping_mul(10).wrapping_add(word >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs.wrapping_mul(100).wrapping_add(pairs >> 16)) & 0x0000_ffff_0000_ffff;
    let all = (fours.wrapping_mul(10_000).wrapping_add(fours >> 32)) & 0xffff_ffff;
    Some((all as i64, digits as usize))
}

fn any(text: &str) -> Result<Ids, String> {
    let values: Vec<json::Value> = match json::read(text.as_bytes()) {
        Ok(json::Value::Array(values)) => values,
        Ok(_) => return Err("is not a JSON array".to_owned()),
        Err(mistake) => return Err(format!("is not JSON: {}", mistake.message)),
    };
    if let Some(numbers) = values.iter().map(whole).collect::<Option<Vec<i64>>>() {
        return Ok(of_numbers(numbers));
    }
    let name = |value: &json::Value| match value {
        json::Value::String(text) if text.trim().is_empty() => Err("holds an id without a letter or a digit".to_owned()),
        json::Value::String(text) => Ok(text.clone()),
        // Beyond 64 bits a whole number is known by its digits only.
        json::Value::Number(number) if number.is_f64() && number.as_f64().is_some_and(|x| x.abs() < 9e18) => {
            Err(format!("holds {number}, which is not written as a whole number"))
        }
        json::Value::Number(number) => Ok(number.to_string()),
        _ => Err("holds something that is neither a number nor a text".to_owned()),
    };
    values.iter().map(name).collect::<Result<_, String>>().map(of_texts)
}

/// The whole number that a value is.
fn whole(value: &json::Value) -> Option<i64> {
    value.as_i64().or_else(|| unquoted(value.as_str()?))
}

/// The whole number that a text writes; a number in quotes is the same id as the number.
fn unquoted(text: &str) -> Option<i64> {
    text.parse().ok().filter(|n: &i64| n.to_string() == text)
}

fn of_numbers(mut ids: Vec<i64>) -> Ids {
    let duplicate = sort(&mut ids).map(|id| id.to_string());
    let range = ids.first().zip(ids.last()).map(|(first, last)| (DeletedId::Number(*first), DeletedId::Number(*last)));
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
    let duplicate = sort(&mut ids).cloned().map(|id| DeletedId::Text(id).to_string());
    let range = ids.first().zip(ids.last()).map(|(first, last)| (DeletedId::Text(first.clone()), DeletedId::Text(last.clone())));
    let key = |id: &String| unquoted(id).map_or_else(|| hash::short(id) | 1 << 127, |n| NUMBERS.wrapping_add_signed(n.into()));
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
        let ids = read(text.as_bytes(), Vec::new()).unwrap();
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
        assert_eq!(told(r#"["10", 9]"#), is(2, "9..10", None, 1));
        assert_eq!(told(r#"["10", "9", "09"]"#), is(3, "09..9", None, 3));
        assert_eq!(told("[9223372036854775808]"), is(1, "9223372036854775808..9223372036854775808", None, 1));
        assert_eq!(told(r#"["ada@example.com"]"#).1, "[email]..[email]");
    }

    #[test]
    fn numbers_of_any_length_are_read_as_the_json_reader_reads_them() {
        let digits = "123456789012345678901";
        for before in 1..=21 {
            for after in 0..10 {
                let number = &digits[..before];
                let text = format!("[{number},{number}{}]", "7".repeat(after));
                let (ids, slow) = (read(text.as_bytes(), Vec::new()).unwrap(), any(&text).unwrap());
                assert_eq!(ids, slow, "{text}");
            }
        }
        for text in ["[0,1, 2 ,3]", "[ 7 ]", "[1,3,5]", "[9,10,11]", "[999999999999999999]", "[2,1]", "[1,1]"] {
            assert_eq!(read(text.as_bytes(), vec![(1, 2)]).unwrap(), any(text).unwrap(), "{text}");
        }
    }

    #[test]
    fn an_id_is_the_same_however_it_is_written() {
        let ranges = |text: &str| read(text.as_bytes(), Vec::new()).unwrap().ranges;
        assert_eq!(ranges("[7]"), ranges(r#"["7"]"#));
        assert_eq!(ranges("[-1, 0]").len(), 1);
        let end = |text| shown(ranges(text)[0].1);
        assert_eq!([end("[-9]"), end("[9223372036854775807]"), end(r#"["a"]"#)], [Some(-9), Some(i64::MAX), None]);
    }

    #[test]
    fn what_is_no_list_is_told() {
        let wrong = |text: &str| read(text.as_bytes(), Vec::new()).unwrap_err();
        for text in ["", "1, 2", "[1, 2", "[1,,2]", "[1, 2,]", "[01]", "[1 2]", "[,]"] {
            assert!(wrong(text).starts_with("is not JSON: "), "{text}");
        }
        assert_eq!(wrong("{}"), "is not a JSON array");
        assert_eq!(wrong("[null]"), "holds something that is neither a number nor a text");
        assert_eq!(wrong("[1, 2.5]"), "holds 2.5, which is not written as a whole number");
        assert_eq!(wrong(r#"["a", " "]"#), "holds an id without a letter or a digit");
        assert_eq!(wrong(&format!("[{}1]", "1,".repeat(600_000))), "is longer than 1024 KiB");
    }
}
