//! The list of deleted ids in an audit row: a JSON array of numbers or texts.

use crate::io::json;

/// Longer lists are not read: a thousand ids take some forty kilobytes.
const LENGTH: usize = 1 << 20;

/// What a list holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ids {
    /// How many.
    pub count: u64,
    /// The smallest and the largest, if all are whole numbers and there are any.
    pub range: Option<(i64, i64)>,
    /// One that is listed twice.
    pub duplicate: Option<String>,
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
        Some(numbers) => Ok(summary(numbers, |numbers| Some((*numbers.first()?, *numbers.last()?)))),
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
        return Ok(summary(numbers, |numbers| Some((*numbers.first()?, *numbers.last()?))));
    }
    let name = |value: &json::Value| match value {
        json::Value::String(text) => Some(text.clone()),
        json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    match values.iter().map(name).collect::<Option<Vec<String>>>() {
        Some(names) => Ok(summary(names, |_| None)),
        None => Err("holds something that is neither a number nor a text".to_owned()),
    }
}

fn summary<T: Ord + ToString>(mut ids: Vec<T>, range: impl Fn(&[T]) -> Option<(i64, i64)>) -> Ids {
    if !ids.is_sorted() {
        ids.sort_unstable();
    }
    let duplicate = ids.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0].to_string());
    Ids { count: ids.len() as u64, range: range(&ids), duplicate }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn ids(count: u64, range: Option<(i64, i64)>, duplicate: Option<&str>) -> Result<Ids, String> {
        Ok(Ids { count, range, duplicate: duplicate.map(ToOwned::to_owned) })
    }

    #[test]
    fn lists_are_counted() {
        assert_eq!(read("[]"), ids(0, None, None));
        assert_eq!(read(" [ ] "), ids(0, None, None));
        assert_eq!(read("[1, 2, 3]"), ids(3, Some((1, 3)), None));
        assert_eq!(read("[3,1, 3]"), ids(3, Some((1, 3)), Some("3")));
        assert_eq!(read("[-5, 0, 9223372036854775807]"), ids(3, Some((-5, i64::MAX)), None));
        assert_eq!(read(r#"["b", "a", "b"]"#), ids(3, None, Some("b")));
        assert_eq!(read(r#"[1, "550e8400-e29b-41d4-a716-446655440000"]"#), ids(2, None, None));
        assert_eq!(read("[9223372036854775808]"), ids(1, None, None));
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
