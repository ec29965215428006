//! Data about persons in texts that should hold none: it is found, named by its kind, and never shown.
//!
//! A detector looks at one place of a text and says how many bytes of it are of its kind. To add one: write the function, and
//! its line in [`DETECTORS`]. All are strict, because what they find is taken out of every output.

use std::borrow::Cow;

/// Something that names or reaches a person.
pub struct Detector {
    /// As a map names it.
    pub name: &'static str,
    /// For messages: "an email address".
    pub what: &'static str,
    /// How many bytes from the beginning of the text are one; it is called where a word begins.
    find: fn(&str) -> Option<usize>,
}

/// Every detector, the more telling first.
pub const DETECTORS: &[Detector] = &[
    Detector { name: "email", what: "an email address", find: email },
    Detector { name: "card", what: "a card number", find: card },
    Detector { name: "iban", what: "a bank account number", find: iban },
    Detector { name: "ssn", what: "a social security number", find: ssn },
    Detector { name: "snils", what: "an insurance number (SNILS)", find: snils },
    Detector { name: "nino", what: "a national insurance number", find: nino },
    Detector { name: "phone", what: "a phone number", find: phone },
];

/// The detector of a name.
pub fn named(name: &str) -> Option<&'static Detector> {
    DETECTORS.iter().find(|detector| detector.name == name)
}

/// The first thing of each kind that a text holds, by the place where it stands.
pub fn look(text: &str) -> impl Iterator<Item = (&'static Detector, &str)> {
    spots(text).into_iter().map(move |(detector, start, length)| (detector, &text[start..start + length]))
}

/// The text without what is in it about persons: `[email]` stands in its place.
pub fn redacted(text: &str) -> Cow<'_, str> {
    let spots = spots(text);
    if spots.is_empty() {
        return Cow::Borrowed(text);
    }
    let (mut clean, mut rest) = (String::with_capacity(text.len()), 0);
    for (detector, start, length) in spots {
        clean.push_str(&text[rest..start]);
        clean.push_str(&format!("[{}]", detector.name));
        rest = start + length;
    }
    clean.push_str(&text[rest..]);
    Cow::Owned(clean)
}

/// Where something stands, what, and how long it is.
fn spots(text: &str) -> Vec<(&'static Detector, usize, usize)> {
    let mut found = Vec::new();
    // Nearly every text is done here: no detector is content with less than an `@` or six digits.
    let bytes = text.as_bytes();
    let host = memchr::memchr(b'@', bytes).is_some();
    if !host && bytes.iter().filter(|byte| byte.is_ascii_digit()).nth(5).is_none() {
        return found;
    }
    let detectors = DETECTORS.iter().filter(|detector| host || detector.name != "email");
    let (mut at, mut before) = (0, None);
    while let Some(byte) = bytes.get(at) {
        let c = if byte.is_ascii() { char::from(*byte) } else { text[at..].chars().next().unwrap_or_default() };
        let begins = is_word(c) || matches!(c, '+' | '(');
        let hit = if begins && before.is_none_or(|b| !is_word(b) && b != '-' && b != '.') {
            detectors.clone().find_map(|d| Some((d, (d.find)(&text[at..])?)))
        } else {
            None
        };
        match hit {
            Some((detector, length)) => {
                found.push((detector, at, length));
                at += length;
                before = text[..at].chars().next_back();
            }
            None => (at, before) = (at + c.len_utf8(), Some(c)),
        }
    }
    found
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// `name@host.tld`.
fn email(text: &str) -> Option<usize> {
    let local = text.find(|c: char| !(c.is_alphanumeric() || "._%+-'".contains(c))).filter(|n| (1..=64).contains(n))?;
    let host = text[local..].strip_prefix('@')?;
    let length = host.find(|c: char| !(c.is_alphanumeric() || ".-".contains(c))).unwrap_or(host.len());
    let host = host[..length].trim_end_matches(['.', '-']);
    let (name, top) = host.rsplit_once('.')?;
    let whole = !name.is_empty() && top.chars().count() >= 2 && top.chars().all(char::is_alphabetic);
    whole.then_some(local + 1 + host.len())
}

/// Digits from the beginning, with single separators between them, and the bytes they take. Nothing when a word goes on.
fn digits(text: &str, separators: &str, most: usize) -> Option<(Vec<u8>, usize)> {
    let (mut digits, mut end, mut gap) = (Vec::new(), 0, false);
    for (at, c) in text.char_indices() {
        match c {
            '0'..='9' => {
                digits.push(c as u8 - b'0');
                (end, gap) = (at + 1, false);
            }
            c if separators.contains(c) && !gap && !digits.is_empty() => gap = true,
            _ => break,
        }
        if digits.len() > most {
            return None;
        }
    }
    let follows = text[end..].chars().next();
    (!digits.is_empty() && follows.is_none_or(|c| !is_word(c))).then_some((digits, end))
}

/// A payment card: 13 to 19 digits of a known scheme whose last one agrees with the others (ISO/IEC 7812-1, Luhn).
fn card(text: &str) -> Option<usize> {
    let (digits, end) = digits(text, " -", 19)?;
    let first = |n: usize| digits.iter().take(n).fold(0u32, |number, digit| number * 10 + u32::from(*digit));
    let known = match digits.len() {
        13 | 19 => first(1) == 4 && text.as_bytes().get(4).is_some_and(|b| b" -".contains(b)),
        15 => matches!(first(2), 34 | 37),
        16 => {
            first(1) == 4
                || (51..=55).contains(&first(2))
                || (2200..=2720).contains(&first(4))
                || first(4) == 6011
                || first(2) == 65
                || first(2) == 62
                || (3528..=3589).contains(&first(4))
        }
        14 => matches!(first(2), 36 | 38) || (300..=305).contains(&first(3)),
        _ => false,
    };
    let sum: u32 = digits.iter().rev().enumerate().map(|(place, digit)| luhn(place, u32::from(*digit))).sum();
    (known && sum.is_multiple_of(10)).then_some(end)
}

fn luhn(place: usize, digit: u32) -> u32 {
    let doubled = if place % 2 == 1 { 2 * digit } else { digit };
    doubled / 10 + doubled % 10
}

/// An account number whose check digits agree (ISO 13616, modulo 97).
fn iban(text: &str) -> Option<usize> {
    let (mut number, mut end) = (String::new(), 0);
    for (at, c) in text.char_indices() {
        match c {
            'A'..='Z' | '0'..='9' => {
                number.push(c);
                end = at + 1;
            }
            ' ' if number.len().is_multiple_of(4) => {}
            _ => break,
        }
        if number.len() > 34 {
            return None;
        }
    }
    let bytes = number.as_bytes();
    let shaped = (15..=34).contains(&bytes.len())
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..4].iter().all(u8::is_ascii_digit)
        && text[end..].chars().next().is_none_or(|c| !is_word(c));
    if !shaped {
        return None;
    }
    let rest = bytes[4..].iter().chain(&bytes[..4]).fold(0u32, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        letter => (rest * 100 + u32::from(letter - b'A') + 10) % 97,
    });
    (rest == 1).then_some(end)
}

/// `123-45-6789`, as the United States write it; areas 000, 666 and 900 and above are never given out.
fn ssn(text: &str) -> Option<usize> {
    let bytes = shape(text, "999-99-9999")?;
    let area = &bytes[..3];
    (area != b"000" && area != b"666" && area[0] != b'9' && &bytes[4..6] != b"00" && &bytes[7..] != b"0000").then_some(11)
}

/// `112-233-445 95`: nine digits and the two that check them.
fn snils(text: &str) -> Option<usize> {
    let bytes = shape(text, "999-999-999 99")?;
    let digits: Vec<u32> = bytes.iter().filter(|b| b.is_ascii_digit()).map(|b| u32::from(b - b'0')).collect();
    let sum: u32 = digits[..9].iter().zip((1..=9).rev()).map(|(digit, weight)| digit * weight).sum();
    (sum % 101 % 100 == digits[9] * 10 + digits[10]).then_some(14)
}

/// `AB 12 34 56 C`, as the United Kingdom writes it, with or without the spaces.
fn nino(text: &str) -> Option<usize> {
    let (bytes, length) = match shape(text, "AA 99 99 99 A") {
        Some(bytes) => (bytes, 13),
        None => (shape(text, "AA999999A")?, 9),
    };
    let never = |b: &u8| matches!(b, b'D' | b'F' | b'I' | b'Q' | b'U' | b'V');
    (!bytes[..2].iter().any(never) && bytes[1] != b'O' && (b'A'..=b'D').contains(&bytes[length - 1])).then_some(length)
}

/// The beginning of a text, if it is of a shape: `9` is a digit, `A` a capital letter, all else is itself.
fn shape<'t>(text: &'t str, shape: &str) -> Option<&'t [u8]> {
    let bytes = text.as_bytes().get(..shape.len())?;
    let fits = bytes.iter().zip(shape.bytes()).all(|(byte, shape)| match shape {
        b'9' => byte.is_ascii_digit(),
        b'A' => byte.is_ascii_uppercase(),
        other => *byte == other,
    });
    let ends = text.get(shape.len()..)?.chars().next().is_none_or(|c| !is_word(c) && c != '-');
    (fits && ends).then_some(bytes)
}

/// A number that says where to call: with a country's prefix, or with an area in parentheses.
fn phone(text: &str) -> Option<usize> {
    if let Some(rest) = text.strip_prefix('+') {
        let (digits, end) = grouped(rest)?;
        return (8..=15).contains(&digits).then_some(1 + end);
    }
    let (area, start) = match text.strip_prefix("8 (").or_else(|| text.strip_prefix("8(")) {
        Some(rest) => (rest, text.len() - rest.len()),
        None => (text.strip_prefix('(')?, 1),
    };
    let close = area.find(')').filter(|n| (3..=5).contains(n) && area.bytes().take(*n).all(|b| b.is_ascii_digit()))?;
    let rest = &area[close + 1..];
    let blank = rest.len() - rest.trim_start_matches([' ', '-']).len();
    let (digits, end) = grouped(&rest[blank..])?;
    (5..=8).contains(&digits).then_some(start + close + 1 + blank + end)
}

/// How many digits stand in groups at the beginning, and how many bytes they take.
fn grouped(text: &str) -> Option<(usize, usize)> {
    let (mut count, mut end) = (0, 0);
    for (at, c) in text.char_indices() {
        match c {
            '0'..='9' => (count, end) = (count + 1, at + 1),
            ' ' | '-' | '.' | '(' | ')' if count > 0 && at <= end + 1 => {}
            _ => break,
        }
    }
    (count > 0 && text[end..].chars().next().is_none_or(|c| !is_word(c))).then_some((count, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_are_taken_out_of_texts() {
        for (text, expected) in [
            ("cannot reach ada.lovelace+x@example.co.uk.", "cannot reach [email]."),
            ("<Ada@Example.com>, b@c.de", "<[email]>, [email]"),
            ("почта: анна@пример.рф", "почта: [email]"),
            ("card 4111 1111 1111 1111 refused", "card [card] refused"),
            ("card 4111111111111111", "card [card]"),
            ("amex 378282246310005;", "amex [card];"),
            ("call +7 (916) 123-45-67 now", "call [phone] now"),
            ("call (555) 123-4567", "call [phone]"),
            ("8 (916) 123-45-67", "[phone]"),
            ("+49 30 1234567.", "[phone]."),
            ("ssn 123-45-6789", "ssn [ssn]"),
            ("СНИЛС 112-233-445 95", "СНИЛС [snils]"),
            ("to DE89 3704 0044 0532 0130 00", "to [iban]"),
            ("GB29NWBK60161331926819", "[iban]"),
            ("nino AB123456C", "nino [nino]"),
        ] {
            assert_eq!(redacted(text), expected, "{text}");
        }
    }

    #[test]
    fn numbers_that_name_nobody_stay() {
        for text in [
            "system",
            "Table does not exist",
            "record_count 4611686018427387904 is not plausible",
            "2026-02-17 22:59:12.040000",
            "cd613e30-d8f1-4adf-91b7-584a2265b1f5",
            "cd613e30-d8f1-4adf-91b7-000000000001",
            "1771365600000",
            "4111 1111 1111 1112",
            "000-12-3456",
            "112-233-445 96",
            "v4.1.1 at 10.0.0.12:5432",
            "@decorator and a@b",
            "DE88 3704 0044 0532 0130 00",
            "sha256 9d52acc2c2118724698cee22c32559e26694ffa05dbe03447fa2714092807a4e",
            "ids 1234567890123",
            "f(1234567) + 1",
            "",
        ] {
            assert_eq!(redacted(text), text);
        }
    }

    #[test]
    fn each_find_is_named() {
        let found: Vec<(&str, &str)> = look("a@b.de or +49 30 1234567").map(|(d, text)| (d.name, text)).collect();
        assert_eq!(found, [("email", "a@b.de"), ("phone", "+49 30 1234567")]);
    }
}
