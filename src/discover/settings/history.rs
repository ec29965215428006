//! `history`: the file that results of benchmarks are judged beside, and appended to.

use crate::error::Diagnostic;
use crate::io::fs;
use crate::io::yaml::Fields;

/// The family that has a history.
const FAMILY: &str = "benchmark";

/// The file that an entry of `family` names.
pub(super) fn read(f: &mut Fields<'_, '_>, family: &str) -> Option<String> {
    let said = f.spanned("history")?;
    let mut wrong = |message: &str, help: &str| f.errors.push(Diagnostic::new(said.place.clone(), message).help(Some(help.to_owned())));
    if family != FAMILY {
        wrong(&format!("`history` is about results of {FAMILY}s"), "remove it");
    }
    if said.text.trim().is_empty() || fs::is_glob(&said.text) {
        wrong("a history is one file", "name it, such as `bench/history.jsonl`");
    }
    Some(said.text)
}
