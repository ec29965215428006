//! A line of a history of benchmarks, whatever a crash or a merge made of it.

use crate::history_line::HistoryLine;
use crate::io::json::{self, Flaw, Mistake};
use std::marker::PhantomData;

/// What stands in a line.
#[derive(Debug)]
pub enum Content {
    /// Nothing.
    Nothing,
    /// A value.
    Value(Box<HistoryLine>),
    /// A value, behind the beginning of another line: a run was interrupted, and the next one went on in the same line.
    Resumed(Box<HistoryLine>),
    /// The beginning of a line: a run was interrupted, and the next one began a line of its own.
    Torn,
    /// A mark of git's: two versions of the file were put together here.
    Mark,
    /// Something else.
    Broken(Mistake),
}

/// Reads a line.
pub fn content(text: &str) -> Content {
    let text = text.trim();
    if text.is_empty() {
        return Content::Nothing;
    }
    if is_mark(text) {
        return Content::Mark;
    }
    if !text.starts_with('{') {
        return Content::Broken(Mistake { message: "a line must be a JSON object".to_owned(), line: 1, column: 1 });
    }
    let mistake = match json::read(text.as_bytes()) {
        Ok(line) => return Content::Value(Box::new(line)),
        Err(mistake) => mistake,
    };
    // Some writers put NaN where there is no number; JSON knows none.
    let plain = text.replace("-Infinity", "null").replace("Infinity", "null").replace("NaN", "null");
    let after = text.rfind("{\"schema\"").filter(|at| *at > 0).and_then(|at| text.get(at..));
    match (json::read(plain.as_bytes()), after.map(|text| json::read(text.as_bytes()))) {
        (Ok(line), _) => Content::Value(Box::new(line)),
        (_, Some(Ok(line))) => Content::Resumed(Box::new(line)),
        _ if is_cut(text) => Content::Torn,
        _ => Content::Broken(mistake),
    }
}

fn is_cut(text: &str) -> bool {
    json::stream(text.as_bytes(), PhantomData::<HistoryLine>).is_err_and(|(flaw, _)| flaw == Flaw::Cut)
}

/// Whether a line is a mark of git's.
pub fn is_mark(line: &str) -> bool {
    line == "======="
        || ["<<<<<<<", ">>>>>>>", "|||||||"]
            .iter()
            .any(|mark| line.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
}
