//! Tables of separated values, as RFC 4180 has them and as spreadsheets write them.
//!
//! Written by us because the widely used crate reads what is broken as if it were whole: a quote that is never closed swallows the rest of
//! a file, and that has to be told. Tables that a person could open are held in memory; exports are read piece by piece.

mod encoding;
mod stream;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

pub use encoding::{Encoding, decode, text};
pub use stream::Pieces;

/// What may separate cells, the more telling first.
const SEPARATORS: [char; 4] = ['\t', ';', '|', ','];

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<'t> {
    /// The line it begins on, from 1.
    pub line: u64,
    /// What stands in it.
    pub cells: Vec<Cow<'t, str>>,
}

impl Row<'_> {
    /// Whether nothing stands in it: an empty line, or nothing but separators.
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }
}

/// Why a row cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A quote is opened on this line and never closed; what follows it is lost.
    Open(u64),
    /// Something stands behind the quote that closes a cell of the row that begins on this line.
    Behind(u64),
}

/// The rows of a text, one after the other.
pub struct Rows<'t> {
    text: &'t str,
    separator: char,
    line: u64,
    /// How many cells the last row had.
    width: usize,
}

impl<'t> Rows<'t> {
    /// The rows of `text`, whose cells are separated by `separator`.
    pub fn new(text: &'t str, separator: char) -> Self {
        Rows { text, separator, line: 1, width: 0 }
    }

    /// One cell, and whether it is the last of its row.
    fn cell(&mut self, row: u64) -> Result<(Cow<'t, str>, bool), Fault> {
        let cell = if self.text.starts_with('"') { self.quoted()? } else { Cow::Borrowed(self.plain()) };
        let mut rest = self.text.chars();
        match rest.next() {
            Some(next) if next == self.separator => {
                self.text = rest.as_str();
                Ok((cell, false))
            }
            Some('\r' | '\n') => {
                self.text = self.text.strip_prefix("\r\n").unwrap_or(rest.as_str());
                self.line += 1;
                Ok((cell, true))
            }
            None => Ok((cell, true)),
            Some(_) => {
                self.skip_row();
                Err(Fault::Behind(row))
            }
        }
    }

    /// What stands up to the next separator or line end.
    fn plain(&mut self) -> &'t str {
        // Cells are short: looking at each byte is faster than a search that is made for long texts.
        let end = match u8::try_from(self.separator).ok().filter(u8::is_ascii) {
            Some(separator) => self.text.bytes().position(|byte| byte == separator || byte == b'\n' || byte == b'\r'),
            None => self.text.find([self.separator, '\r', '\n']),
        };
        let end = end.unwrap_or(self.text.len());
        let (cell, rest) = self.text.split_at(end);
        self.text = rest;
        cell
    }

    /// What stands between two quotes, where two in a row are one.
    fn quoted(&mut self) -> Result<Cow<'t, str>, Fault> {
        let (opened, mut cell) = (self.line, Cow::Borrowed(""));
        loop {
            let inner = &self.text[1..];
            let Some(end) = memchr::memchr(b'"', inner.as_bytes()) else {
                self.text = "";
                return Err(Fault::Open(opened));
            };
            let (piece, rest) = inner.split_at(end);
            self.line += memchr::memchr_iter(b'\n', piece.as_bytes()).count() as u64;
            self.text = &rest[1..];
            match &mut cell {
                Cow::Borrowed("") => cell = Cow::Borrowed(piece),
                cell => cell.to_mut().push_str(piece),
            }
            if !self.text.starts_with('"') {
                return Ok(cell);
            }
            cell.to_mut().push('"');
        }
    }

    fn skip_row(&mut self) {
        let end = memchr::memchr(b'\n', self.text.as_bytes()).map_or(self.text.len(), |end| end + 1);
        self.text = &self.text[end..];
        self.line += 1;
    }
}

impl<'t> Iterator for Rows<'t> {
    type Item = Result<Row<'t>, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.text.is_empty() {
            return None;
        }
        let mut row = Row { line: self.line, cells: Vec::with_capacity(self.width) };
        loop {
            match self.cell(row.line) {
                Ok((cell, last)) => {
                    row.cells.push(cell);
                    if last {
                        self.width = row.cells.len();
                        return Some(Ok(row));
                    }
                }
                Err(fault) => return Some(Err(fault)),
            }
        }
    }
}

/// What separates the cells of a table: the separator that its first row has most often outside quotes. A comma, if it has none.
pub fn separator(text: &str) -> char {
    let (mut counts, mut quoted) = ([0_usize; SEPARATORS.len()], false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '\r' | '\n' if !quoted => break,
            _ if quoted => {}
            _ => SEPARATORS.iter().zip(&mut counts).for_each(|(separator, n)| *n += usize::from(*separator == c)),
        }
    }
    let best = SEPARATORS.into_iter().zip(counts).rev().max_by_key(|(_, n)| *n);
    best.filter(|(_, n)| *n > 0).map_or(',', |(separator, _)| separator)
}

/// The cells of the first row of a file of which this is the beginning: what a reader knows a table by. None when it has no first row
/// that is whole.
pub fn header(head: &[u8]) -> Option<Vec<String>> {
    let (text, _) = decode(head);
    let row = Rows::new(&text, separator(&text)).next()?.ok()?;
    let cells: Vec<String> = row.cells.iter().map(|cell| cell.trim().to_owned()).collect();
    (cells.len() > 1 && !cells.iter().any(|cell| cell.contains('\0'))).then_some(cells)
}

/// A number as tables write it: `0.5`, `1e-3`, `0,5`, `82 %`, which is 0.82. None for anything else, infinities and NaN too.
pub fn number(text: &str) -> Option<f64> {
    if let Some(number) = plain_number(text.as_bytes()) {
        return Some(number);
    }
    let text = text.trim();
    let (text, scale) = text.strip_suffix('%').map_or((text, 1.0), |text| (text.trim_end(), 100.0));
    // A comma is a decimal sign where it stands alone: `1,234.5` and `1,234,567` have grouped digits.
    let point = match (text.matches(',').count(), text.contains('.')) {
        (0, _) => Cow::Borrowed(text),
        (1, false) => Cow::Owned(text.replace(',', ".")),
        _ => return None,
    };
    let digits = point.trim_start_matches(['-', '+']);
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    point.parse::<f64>().ok().filter(|number| number.is_finite()).map(|number| number / scale)
}

/// A number of up to fifteen digits with or without a point, which is most of them. Both the digits and the power of ten are whole
/// numbers that a float holds exactly, so that their quotient is the float next to the number (W. D. Clinger, How to read floating point
/// numbers accurately, 1990): the same that the standard library finds.
fn plain_number(text: &[u8]) -> Option<f64> {
    const MOST: usize = 15;
    const POWERS: [f64; MOST + 1] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > MOST + 1 {
        return None;
    }
    let (mut whole, mut count, mut point) = (0_u64, 0, None);
    for byte in digits {
        match byte {
            b'0'..=b'9' if count < MOST => {
                whole = whole * 10 + u64::from(byte - b'0');
                count += 1;
            }
            b'.' if point.is_none() && count > 0 => point = Some(count),
            _ => return None,
        }
    }
    let value = whole as f64 / POWERS[count - point.unwrap_or(count)];
    (count > 0).then_some(if negative { -value } else { value })
}
