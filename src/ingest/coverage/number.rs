//! Numbers as the writers of coverage reports spell them.

use crate::instant::Instant;
use crate::io::clock;
use crate::io::xml::Tag;

/// `5`, `1.0`, `1,234`, `1e3`, and more than fits: a count that is negative or no number is none.
pub(super) fn count(text: &str) -> Option<u64> {
    let text = text.trim();
    if let Ok(count) = text.parse() {
        return Some(count);
    }
    let thousands =
        text.contains(',') && text.split(',').skip(1).all(|group| group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit()));
    let plain = if thousands { text.replace(',', "") } else { text.replace(',', ".") };
    // A fraction of a hit is a hit. A number beyond the range of u64 becomes its end.
    plain.parse::<f64>().ok().filter(|value| *value >= 0.0).map(|value| value.ceil() as u64)
}

/// The number of a line, which is not 0.
pub(super) fn line(text: &str) -> Option<u32> {
    text.trim().parse().ok().filter(|line| *line > 0)
}

/// The count in an attribute, if it is there and one.
pub(super) fn attribute(tag: &Tag<'_>, name: &str) -> Option<u64> {
    tag.get(name).and_then(|text| count(&text))
}

/// Milliseconds or seconds since 1970, or a date; 0 and placeholders are none.
pub(super) fn moment(text: &str) -> Option<Instant> {
    const EARLIEST_SECONDS: f64 = 1e8;
    const EARLIEST_MILLISECONDS: f64 = 1e11;
    match text.trim().parse::<f64>() {
        Ok(number) if (EARLIEST_MILLISECONDS..1e14).contains(&number) => Some(Instant(number as i64)),
        Ok(number) if (EARLIEST_SECONDS..EARLIEST_MILLISECONDS).contains(&number) => Some(Instant((number * 1000.0) as i64)),
        Ok(_) => None,
        Err(_) => clock::parse(text),
    }
}
