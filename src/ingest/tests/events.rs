//! Test results as JSON Lines: one event after the other, and what other programs print between them.

use crate::ingest::Reading;
use crate::io::json;
use crate::metric::grouped;
use crate::source::{Grade, Location};
use serde::de::DeserializeOwned;
use std::ops::ControlFlow;

/// After this many mistakes the rest of a file is not read: it is of no use any more.
const MISTAKES: usize = 100;

/// A line of the file.
pub(super) enum Line<'a, T> {
    /// An event.
    Event(T),
    /// Something that is no JSON.
    Text(&'a str),
}

/// Passes every line with something in it to `take`, with its number; `take` says whether a line that is no event is understood. A line
/// that begins as an event and is none is an error; the other lines that nobody understands are told once.
pub(super) fn each_event<T: DeserializeOwned>(reading: &mut Reading<'_>, mut take: impl FnMut(u64, Line<'_, T>) -> bool) {
    let mut other: Option<(u64, u64)> = None;
    reading.each_line(|reading, number, text, ended| {
        let text = text.trim();
        if text.starts_with('{') {
            match json::read_line(text, number) {
                Ok(event) => drop(take(number, Line::Event(event))),
                Err(_) if !ended => reading.error("truncated", Location::line(number), "the file ends in the middle of an event"),
                Err(mistake) => reading.error("undecodable", Location::column(number, mistake.column), mistake.message),
            }
        } else if !text.is_empty() && !take(number, Line::Text(text)) {
            other.get_or_insert((number, 0)).1 += 1;
        }
        if reading.problems.iter().filter(|problem| problem.severity == Grade::Error).count() < MISTAKES {
            return ControlFlow::Continue(());
        }
        reading.error("too-many-mistakes", Location::line(number), format!("{MISTAKES} mistakes: the rest is not read"));
        ControlFlow::Break(())
    });
    if let Some((line, count)) = other {
        let message = format!("lines that are no events, as of a program that prints to the same file: {}, the first here", grouped(count));
        reading.warning("not-an-event", Location::line(line), message);
    }
}

/// The first line of a file that begins as an event does.
pub(super) fn first_event(head: &str) -> &str {
    head.lines().map(str::trim_start).find(|line| line.starts_with('{')).unwrap_or_default()
}
