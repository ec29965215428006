//! The text format of COPY: a row a line, a tab between values, `\N` for NULL, and a backslash before what would not be a text's own.
//!
//! Source: <https://www.postgresql.org/docs/current/sql-copy.html>, "Text Format".

use crate::io::sqlite::Cell;
use std::ops::Range;

/// What becomes of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A whole number of at most 64 bits.
    Integer,
    /// `t` and `f` become 1 and 0.
    Flag,
    /// A binary fraction; what SQLite has no number for stays a text.
    Real,
    /// A decimal fraction; a number where that loses nothing, else its text.
    Decimal,
    /// A moment in UTC.
    Moment,
    /// Bytes.
    Bytes,
    /// Everything else, as PostgreSQL writes it.
    Text,
}

/// A row being understood; used again for the next one.
#[derive(Default)]
pub(super) struct Line {
    places: Vec<Option<Range<usize>>>,
}

impl Line {
    /// The values of a line without its line break. Backslashes are resolved where they stand.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn cells<'l>(&mut self, line: &'l mut [u8], kinds: &[Kind], cells: &mut Vec<Cell<'l>>) -> Result<(), String> {
        split(line, &mut self.places);
        if self.places.len() != kinds.len() {
            return Err(format!("a row has {} values for {} columns", self.places.len(), kinds.len()));
        }
        let written = |(place, kind): (&mut Option<Range<usize>>, &Kind)| match (place, kind) {
            (Some(place), Kind::Bytes) => unhex(line, place),
            (Some(place), Kind::Moment) => {
                moment(&mut line[place.clone()]).then(|| place.end -= 2);
                Ok(())
            }
            _ => Ok(()),
        };
        self.places.iter_mut().zip(kinds).try_for_each(written)?;
        let line: &'l [u8] = line;
        for (place, kind) in self.places.iter().zip(kinds) {
            cells.push(match place {
                None => Cell::Null,
                Some(place) => cell(&line[place.clone()], *kind)?,
            });
        }
        Ok(())
    }
}

/// Where each value stands, none for NULL, when its backslashes are gone.
fn split(line: &mut [u8], places: &mut Vec<Option<Range<usize>>>) {
    places.clear();
    let mut begin = 0;
    loop {
        let end = memchr::memchr(b'\t', &line[begin..]).map_or(line.len(), |at| begin + at);
        let value = &mut line[begin..end];
        places.push(if value == b"\\N" { None } else { Some(begin..begin + resolve(value)) });
        if end == line.len() {
            return;
        }
        begin = end + 1;
    }
}

/// Resolves backslashes in place; the new length.
fn resolve(value: &mut [u8]) -> usize {
    let Some(mut to) = memchr::memchr(b'\\', value) else { return value.len() };
    let mut from = to;
    while let Some(byte) = value.get(from).copied() {
        from += 1;
        let byte = match (byte, value.get(from)) {
            (b'\\', Some(letter)) => {
                from += 1;
                match letter {
                    b'b' => 8,
                    b't' => b'\t',
                    b'n' => b'\n',
                    b'v' => 11,
                    b'f' => 12,
                    b'r' => b'\r',
                    other => *other,
                }
            }
            (byte, _) => byte,
        };
        value[to] = byte;
        to += 1;
    }
    to
}

/// `\x00ff` becomes two bytes.
fn unhex(line: &mut [u8], place: &mut Range<usize>) -> Result<(), String> {
    let wrong = || "bytes are not written in hex".to_owned();
    let digits = place.len().checked_sub(2).filter(|n| n % 2 == 0 && line[place.clone()].starts_with(b"\\x")).ok_or_else(wrong)?;
    let nibble = |digit: u8| char::from(digit).to_digit(16).and_then(|n| u8::try_from(n).ok()).ok_or_else(wrong);
    for n in 0..digits / 2 {
        let at = place.start + 2 + 2 * n;
        line[place.start + n] = nibble(line[at])? << 4 | nibble(line[at + 1])?;
    }
    place.end = place.start + digits / 2;
    Ok(())
}

/// `2026-02-17 22:00:00.5+00` becomes `2026-02-17T22:00:00.5Z`, two bytes shorter; anything else, such as `infinity`, is left alone.
fn moment(text: &mut [u8]) -> bool {
    let n = text.len();
    let fits = n >= 22 && text.ends_with(b"+00") && text[10] == b' ';
    if fits {
        text[10] = b'T';
        text[n - 3] = b'Z';
    }
    fits
}

fn cell(value: &[u8], kind: Kind) -> Result<Cell<'_>, String> {
    let text = || std::str::from_utf8(value).unwrap_or("");
    let wrong = || format!("`{}` is no number", text());
    Ok(match kind {
        Kind::Integer => Cell::Integer(text().parse().map_err(|_| wrong())?),
        Kind::Flag => Cell::Integer(i64::from(value == b"t")),
        Kind::Real => text().parse().ok().filter(|x: &f64| x.is_finite()).map_or(Cell::Text(value), Cell::Real),
        Kind::Decimal => decimal(text()).unwrap_or(Cell::Text(value)),
        Kind::Bytes => Cell::Blob(value),
        Kind::Moment | Kind::Text => Cell::Text(value),
    })
}

/// A decimal number as SQLite can hold it, where nothing is lost: fifteen digits always survive.
fn decimal<'a>(text: &str) -> Option<Cell<'a>> {
    if let Ok(whole) = text.parse() {
        return Some(Cell::Integer(whole));
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    text.parse().ok().filter(|x: &f64| x.is_finite() && digits <= 15).map(Cell::Real)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(line: &[u8], kinds: &[Kind]) -> Result<Vec<String>, String> {
        let (mut line, mut cells) = (line.to_vec(), Vec::new());
        Line::default().cells(&mut line, kinds, &mut cells)?;
        Ok(cells
            .iter()
            .map(|cell| match cell {
                Cell::Text(text) => String::from_utf8_lossy(text).into_owned(),
                Cell::Blob(blob) => format!("{blob:?}"),
                Cell::Real(x) => format!("real {x:?}"),
                Cell::Integer(n) => format!("integer {n}"),
                Cell::Null => "NULL".into(),
            })
            .collect())
    }

    #[test]
    fn values_keep_what_they_are() {
        use Kind::{Bytes, Decimal, Flag, Integer, Moment, Real, Text};
        for (text, kind, expected) in [
            ("\\N", Integer, "NULL"),
            ("-9223372036854775808", Integer, "integer -9223372036854775808"),
            ("t", Flag, "integer 1"),
            ("f", Flag, "integer 0"),
            ("0.1", Real, "real 0.1"),
            ("NaN", Real, "NaN"),
            ("-Infinity", Real, "-Infinity"),
            ("12.50", Decimal, "real 12.5"),
            ("12", Decimal, "integer 12"),
            ("1234567890.1234567", Decimal, "1234567890.1234567"),
            ("98765432109876543210", Decimal, "98765432109876543210"),
            ("NaN", Decimal, "NaN"),
            ("2026-02-17 22:00:00+00", Moment, "2026-02-17T22:00:00Z"),
            ("2026-02-17 22:00:00.123456+00", Moment, "2026-02-17T22:00:00.123456Z"),
            ("infinity", Moment, "infinity"),
            ("\\\\x00ff", Bytes, "[0, 255]"),
            ("\\\\x", Bytes, "[]"),
            ("", Text, ""),
            ("\\\\N", Text, "\\N"),
            ("a\\tb\\nc\\\\d\\re\\be\\ff\\vg", Text, "a\tb\nc\\d\re\u{8}e\u{c}f\u{b}g"),
        ] {
            assert_eq!(read(text.as_bytes(), &[kind]).unwrap(), [expected], "{text}");
        }
    }

    #[test]
    fn a_row_has_as_many_values_as_columns() {
        assert_eq!(
            read(b"1\t\\N\tx\\ty\t", &[Kind::Integer, Kind::Text, Kind::Text, Kind::Text]).unwrap(),
            ["integer 1", "NULL", "x\ty", ""]
        );
        assert!(read(b"1\t2", &[Kind::Integer]).unwrap_err().contains("2 values for 1 columns"));
        assert!(read(b"one", &[Kind::Integer]).is_err());
        for bytes in ["x", "\\\\x0", "\\\\x0g"] {
            assert!(read(bytes.as_bytes(), &[Kind::Bytes]).is_err(), "{bytes}");
        }
    }

    #[test]
    fn no_line_breaks_it() {
        // Every two bytes that mean something, in every kind.
        let letters = b"\\Nxt\t0f+ \xff";
        let kinds = [Kind::Integer, Kind::Flag, Kind::Real, Kind::Decimal, Kind::Moment, Kind::Bytes, Kind::Text];
        for kind in kinds {
            for (a, b, c) in letters.iter().flat_map(|a| letters.iter().flat_map(move |b| letters.iter().map(move |c| (a, b, c)))) {
                let _ = read(&[*a, *b, *c], &[kind]);
            }
        }
    }
}
