//! `now`, pinned: SQLite's date functions, with the moment that is judged in the place of the clock. Functions whose answer
//! is never the same are taken away. Both by replacing them, because a table may name any of them in a DEFAULT.
//!
//! Source: <https://www.sqlite.org/lang_datefunc.html>. The clock is read for a missing time value, for `now`, and for
//! `subsec` where a time value stands; the time zone of the machine for the modifiers `localtime` and `utc`.

use crate::instant::Instant;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Error, Result, params_from_iter};
use std::sync::{Arc, Mutex, PoisonError};

/// The functions, which argument is the first time value, and how many time values there are.
const FUNCTIONS: &[(&str, usize, usize)] =
    &[("date", 0, 1), ("time", 0, 1), ("datetime", 0, 1), ("julianday", 0, 1), ("unixepoch", 0, 1), ("strftime", 1, 1), ("timediff", 0, 2)];

/// Keywords that read the clock, and the functions that they stand for.
const KEYWORDS: &[(&str, &str)] = &[("current_date", "date"), ("current_time", "time"), ("current_timestamp", "datetime")];

/// Functions whose answer is not a function of the data, or that reach out of the database.
const REFUSED: &[(&str, &str)] = &[
    ("random", "its answer is never the same"),
    ("randomblob", "its answer is never the same"),
    ("zeroblob", "it makes values of any size"),
    ("load_extension", "it runs foreign code"),
    ("fts3_tokenizer", "it runs foreign code"),
    ("sqlite_log", "it writes"),
];

/// Replaces functions. The pinned ones ask the originals, in a database of their own.
pub(super) fn install(connection: &Connection, now: Instant) -> Result<()> {
    let original = Arc::new(Mutex::new(Connection::open_in_memory()?));
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    for &(name, why) in REFUSED {
        let call = move |_: &Context<'_>| Err::<Value, _>(refusal(format!("`{name}` may not be used: {why}")));
        connection.create_scalar_function(name, -1, flags, call)?;
    }
    for &(keyword, function) in KEYWORDS {
        let sql = format!("SELECT {function}(?1)");
        let value: Value = original.lock().unwrap_or_else(PoisonError::into_inner).query_row(&sql, [moment(now)], |row| row.get(0))?;
        connection.create_scalar_function(keyword, -1, flags, move |_: &Context<'_>| Ok(value.clone()))?;
    }
    for &(name, first, times) in FUNCTIONS {
        let original = Arc::clone(&original);
        let call = move |context: &Context<'_>| -> Result<Value> {
            if let Some(text) = plain(name, context) {
                return Ok(Value::Text(text));
            }
            let arguments = arguments(context, now, first, times)?;
            let sql = format!("SELECT {name}({})", vec!["?"; arguments.len()].join(","));
            let original = original.lock().unwrap_or_else(PoisonError::into_inner);
            original.prepare_cached(&sql)?.query_row(params_from_iter(arguments), |row| row.get(0))
        };
        connection.create_scalar_function(name, -1, flags, call)?;
    }
    Ok(())
}

fn arguments(context: &Context<'_>, now: Instant, first: usize, times: usize) -> Result<Vec<Value>> {
    let mut arguments = Vec::with_capacity(context.len() + 2);
    for index in 0..context.len() {
        let raw = context.get_raw(index);
        let word = match raw {
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => std::str::from_utf8(bytes).unwrap_or("").to_ascii_lowercase(),
            _ => String::new(),
        };
        let is_time = (first..first + times).contains(&index);
        match word.as_str() {
            "now" if is_time => arguments.push(moment(now)),
            "subsec" | "subsecond" if is_time => arguments.extend([moment(now), Value::Text(word)]),
            "localtime" | "utc" if index >= first + times => {
                return Err(refusal(format!("`{word}` may not be used: it depends on the time zone of the machine")));
            }
            _ => arguments.push(raw.try_into()?),
        }
    }
    if times == 1 && context.len() <= first {
        arguments.push(moment(now));
    }
    Ok(arguments)
}

/// The common case by hand, because a report asks for the month of every row: a part of a moment that is written as SQLite writes it.
/// Nothing for all that is not so plain.
fn plain(name: &str, context: &Context<'_>) -> Option<String> {
    let text = |at: usize| match context.get_raw(at) {
        ValueRef::Text(text) => Some(text),
        _ => None,
    };
    let (format, moment) = match (name, context.len()) {
        ("date", 1) => (&b"%Y-%m-%d"[..], text(0)?),
        ("time", 1) => (&b"%H:%M:%S"[..], text(0)?),
        ("datetime", 1) => (&b"%Y-%m-%d %H:%M:%S"[..], text(0)?),
        ("strftime", 2) => (text(0)?, text(1)?),
        _ => return None,
    };
    let moment = Written::read(moment)?;
    let mut out = String::with_capacity(format.len() + 4);
    let mut format = format.iter();
    while let Some(byte) = format.next() {
        match byte {
            b'%' => out.push_str(moment.part(*format.next()?)?),
            byte if byte.is_ascii() && *byte != 0 => out.push(char::from(*byte)),
            _ => return None,
        }
    }
    Some(out)
}

/// A moment as SQLite writes it, of which every part can be taken as it stands.
struct Written<'a>(&'a str);

impl Written<'_> {
    /// Reads `2026-02-17` or `2026-02-17 23:10:00`. Days after the 28th are left to SQLite, which knows how many a month has.
    fn read(text: &[u8]) -> Option<Written<'_>> {
        let shaped = |shape: &[u8]| {
            text.len() == shape.len()
                && text.iter().zip(shape).all(|(byte, shape)| match shape {
                    b'9' => byte.is_ascii_digit(),
                    other => byte == other,
                })
        };
        let timed = shaped(b"9999-99-99 99:99:99");
        if !timed && !shaped(b"9999-99-99") {
            return None;
        }
        let two = |at: usize| text.get(at..at + 2).map_or(0, |digits| u32::from(digits[0] - b'0') * 10 + u32::from(digits[1] - b'0'));
        let day = (1..=12).contains(&two(5)) && (1..=28).contains(&two(8));
        let time = !timed || (two(11) < 24 && two(14) < 60 && two(17) < 60);
        (day && time).then_some(Written(std::str::from_utf8(text).ok()?))
    }

    fn part(&self, letter: u8) -> Option<&str> {
        let (at, length) = match letter {
            b'Y' => (0, 4),
            b'm' => (5, 2),
            b'd' => (8, 2),
            b'H' => (11, 2),
            b'M' => (14, 2),
            b'S' => (17, 2),
            _ => return None,
        };
        // A day begins at midnight.
        self.0.get(at..at + length).or((at > 8).then_some("00"))
    }
}

fn moment(now: Instant) -> Value {
    Value::Text(now.to_string())
}

fn refusal(message: String) -> Error {
    Error::UserFunctionError(message.into())
}
