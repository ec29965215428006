//! `now`, pinned: SQLite's date functions, with the moment that is judged in the place of the clock.
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

/// Puts the pinned functions in the place of SQLite's own. They ask the originals, in a database of their own.
pub(super) fn install(connection: &Connection, now: Instant) -> Result<()> {
    let original = Arc::new(Mutex::new(Connection::open_in_memory()?));
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
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
                let message = format!("`{word}` may not be used: it depends on the time zone of the machine");
                return Err(Error::UserFunctionError(message.into()));
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
