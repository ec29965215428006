//! `paths` and `exclude`: what an entry says of the source files that its evidence names.

use crate::config::{Entry, Moved, Sources};
use crate::error::Diagnostic;
use crate::io::fs;
use crate::io::yaml::{Fields, Node};
use crate::rule::Spanned;

/// The family that names source files.
const FAMILY: &str = "coverage";

pub(super) fn read(f: &mut Fields<'_, '_>) -> Sources {
    let moved = f.texts("paths").into_iter().filter_map(|text| moved(&text, f.errors)).collect();
    let exclude = f.texts("exclude");
    for pattern in &exclude {
        if let Err(message) = fs::Glob::new(&pattern.text) {
            f.errors.push(Diagnostic::new(pattern.place.clone(), message));
        }
    }
    Sources { moved, exclude: exclude.into_iter().map(|pattern| pattern.text).collect() }
}

/// Refuses both where no source file is named.
pub(super) fn concern(entry: &Entry, node: &Node, errors: &mut Vec<Diagnostic>) {
    if entry.family != FAMILY && entry.sources != Sources::default() {
        let message = format!("`paths` and `exclude` are about the source files that {FAMILY} names");
        errors.push(Diagnostic::new(node.place.clone(), message));
    }
}

/// `/build/src => src`.
fn moved(text: &Spanned, errors: &mut Vec<Diagnostic>) -> Option<Moved> {
    let mut wrong = |message: String, help: &str| {
        errors.push(Diagnostic::new(text.place.clone(), message).help(Some(help.to_owned())));
        None
    };
    let Some((from, to)) = text.text.split_once("=>") else {
        return wrong(format!("`{}` says not where the files lie", text.text), "write `/build/src => src`");
    };
    let tidy = |side: &str| {
        let side = side.trim().replace('\\', "/");
        if side.len() > 1 { side.trim_end_matches('/').to_owned() } else { side }
    };
    let (from, to) = (tidy(from), tidy(to));
    if from.is_empty() || to.is_empty() {
        return wrong(
            format!("`{}` has an empty side", text.text),
            "write `.` for paths that begin nowhere, and for the top of the repository",
        );
    }
    if to.starts_with('/') || to.split('/').any(|step| step == "..") {
        return wrong(format!("`{to}` is no folder of the repository"), "name it from the top of the repository, without a `/` before it");
    }
    Some(Moved { from, to })
}
