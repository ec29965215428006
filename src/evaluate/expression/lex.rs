//! Text to tokens.

use super::Mistake;
use crate::io::spelling;
use crate::metric::Ratio;

/// A token and the byte it starts at.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub at: usize,
    pub kind: Lexeme,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Lexeme {
    /// `coverage.line`, `has`, `true`, `in`.
    Name(String),
    Literal(Literal),
    /// An operator or a bracket.
    Sign(&'static str),
    End,
}

/// A literal as it is written.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `80%`.
    Percent(Ratio),
    /// `12`.
    Whole(u64),
    /// `0.5`, `-3`, `60/s`, `2pt`: a number and its unit.
    Number(f64, &'static str),
    /// `500ms`, in milliseconds.
    Duration(f64),
    /// `512MiB`.
    Bytes(u64),
    /// `"live"`.
    Text(String),
    /// `true`.
    Flag(bool),
}

const SIGNS: [&str; 18] = ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "=", "(", ")", "{", "}", "[", "]", ",", "-"];
const DURATIONS: [(&str, f64); 7] = [("ns", 1e-6), ("us", 1e-3), ("ms", 1.0), ("s", 1e3), ("min", 6e4), ("h", 3.6e6), ("d", 8.64e7)];
const SIZES: [(&str, u64); 7] =
    [("B", 1), ("kB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];
const RATES: [&str; 3] = ["/s", "/min", "/h"];

/// Splits a text into tokens; all mistakes are collected.
pub(super) fn tokens(text: &str, mistakes: &mut Vec<Mistake>) -> Vec<Token> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        if c.is_whitespace() {
            at += c.len_utf8();
        } else if c.is_ascii_digit() {
            let length = number_length(rest);
            match literal(&rest[..length]) {
                Ok(literal) => found.push(Token { at, kind: Lexeme::Literal(literal) }),
                Err((message, help)) => mistakes.push(Mistake::new(at, message).help(help)),
            }
            at += length;
        } else if c == '"' || c == '\'' {
            let (literal, length) = quoted(rest, c);
            match literal {
                Some(literal) => found.push(Token { at, kind: Lexeme::Literal(Literal::Text(literal)) }),
                None => mistakes.push(Mistake::new(at, "a text that does not end")),
            }
            at += length;
        } else if c.is_ascii_alphabetic() || c == '_' {
            let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.')).unwrap_or(rest.len());
            found.push(Token { at, kind: Lexeme::Name(rest[..length].to_owned()) });
            at += length;
        } else if let Some((wrong, right)) = WRONG.iter().find(|(wrong, _)| rest.starts_with(wrong)) {
            mistakes.push(Mistake::new(at, format!("`{wrong}` is not an operator")).help(Some(format!("did you mean `{right}`?"))));
            found.push(Token { at, kind: Lexeme::Sign(right) });
            at += wrong.len();
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            found.push(Token { at, kind: Lexeme::Sign(sign) });
            at += sign.len();
        } else {
            mistakes.push(Mistake::new(at, format!("`{}` means nothing here", c.escape_debug())));
            at += c.len_utf8();
        }
    }
    found.push(Token { at: text.len(), kind: Lexeme::End });
    found
}

/// Spellings of other languages, and ours.
const WRONG: [(&str, &str); 6] = [("=>", ">="), ("=<", "<="), ("<>", "!="), ("≥", ">="), ("≤", "<="), ("≠", "!=")];

/// Digits, one point, an exponent, and the unit written right behind.
fn number_length(text: &str) -> usize {
    let digits = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let unit = &text[digits..];
    let length = unit.find(|c: char| !(c.is_ascii_alphabetic() || c == '%' || c == '/' || c == 'µ')).unwrap_or(unit.len());
    digits + length
}

type Wrong = (String, Option<String>);

fn literal(text: &str) -> Result<Literal, Wrong> {
    let split = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let (digits, unit) = text.split_at(split);
    let number: f64 = digits.parse().map_err(|_| (format!("`{digits}` is not a number"), None))?;
    if unit.is_empty() {
        return Ok(digits.parse().map_or(Literal::Number(number, ""), Literal::Whole));
    }
    if unit == "%" {
        let ratio = Ratio::from_decimal(digits).and_then(|r| Some(Ratio::new(r.part, r.whole.checked_mul(100)?)));
        return ratio.map(Literal::Percent).ok_or_else(|| (format!("`{text}` has too many digits"), None));
    }
    if unit == "pt" {
        return Ok(Literal::Number(number, "pt"));
    }
    if let Some(rate) = RATES.iter().find(|rate| **rate == unit) {
        return Ok(Literal::Number(number, rate));
    }
    if let Some((_, ms)) = DURATIONS.iter().find(|(name, _)| *name == unit || (*name == "us" && unit == "µs")) {
        return Ok(Literal::Duration(number * ms));
    }
    if let Some((_, bytes)) = SIZES.iter().find(|(name, _)| *name == unit) {
        return Ratio::from_decimal(digits)
            .map(|r| Literal::Bytes(r.part.saturating_mul(*bytes) / r.whole))
            .ok_or_else(|| (format!("`{text}` has too many digits"), None));
    }
    let units = DURATIONS.iter().map(|(n, _)| *n).chain(SIZES.iter().map(|(n, _)| *n)).chain(RATES).chain(["%", "pt"]);
    let help = match unit {
        "msec" | "millis" => Some("did you mean `ms`?".to_owned()),
        "sec" => Some("did you mean `s`?".to_owned()),
        "m" => Some("did you mean `min`?".to_owned()),
        _ => spelling::did_you_mean(unit, units),
    };
    Err((format!("unknown unit `{unit}`"), help))
}

/// Reads a duration literal such as `24h` outside an expression.
pub fn duration(text: &str) -> Result<f64, String> {
    match literal(text.trim()) {
        Ok(Literal::Duration(ms)) => Ok(ms),
        Ok(_) => Err(format!("`{text}` is not a length of time such as `24h`")),
        Err((message, help)) => Err(help.map_or(message.clone(), |help| format!("{message} - {help}"))),
    }
}

/// Reads a percent literal such as `95%` outside an expression.
pub fn percent(text: &str) -> Result<Ratio, String> {
    match literal(text.trim()) {
        Ok(Literal::Percent(ratio)) => Ok(ratio),
        _ => Err(format!("`{text}` is not a percentage such as `95%`")),
    }
}

fn quoted(text: &str, quote: char) -> (Option<String>, usize) {
    let mut out = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((i, c)) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some((_, 'n')) => out.push('\n'),
                Some((_, 't')) => out.push('\t'),
                Some((_, c)) => out.push(c),
                None => break,
            },
            c if c == quote => return (Some(out), i + c.len_utf8()),
            c => out.push(c),
        }
    }
    (None, text.len())
}
