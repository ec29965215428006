//! A value of a row, borrowed from it.

/// A value as SQLite stores it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Nothing.
    Null,
    /// A whole number.
    Integer(i64),
    /// A binary fraction.
    Real(f64),
    /// Text; UTF-8, unless the file is hostile.
    Text(&'a [u8]),
    /// Bytes.
    Blob(&'a [u8]),
}

impl<'a> Cell<'a> {
    /// The text, if it is one.
    pub fn text(self) -> Option<&'a str> {
        match self {
            Cell::Text(text) => std::str::from_utf8(text).ok(),
            _ => None,
        }
    }

    /// The whole number, if it is one.
    pub fn integer(self) -> Option<i64> {
        match self {
            Cell::Integer(n) => Some(n),
            _ => None,
        }
    }

    /// Whether it is this text.
    pub fn is(self, text: &str) -> bool {
        matches!(self, Cell::Text(found) if found == text.as_bytes())
    }

    /// Whether it is NULL.
    pub fn is_null(self) -> bool {
        matches!(self, Cell::Null)
    }
}

impl std::fmt::Display for Cell<'_> {
    /// For messages: the kind where the value would not say it, and not more than 60 characters.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Cell::Null => f.write_str("NULL"),
            Cell::Integer(n) => write!(f, "{n}"),
            Cell::Real(x) => write!(f, "{x:?}"),
            Cell::Text(text) => {
                let text = String::from_utf8_lossy(&text[..text.len().min(240)]);
                let short: String = text.chars().take(60).flat_map(|c| c.escape_debug()).collect();
                write!(f, "`{short}`{}", if text.chars().nth(60).is_some() { "…" } else { "" })
            }
            Cell::Blob(blob) => write!(f, "a blob of {} bytes", blob.len()),
        }
    }
}
