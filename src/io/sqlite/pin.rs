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

fn moment(now: Instant) -> Value {
    Value::Text(now.to_string())
}

fn refusal(message: String) -> Error {
    Error::UserFunctionError(message.into())
}
