//! A page for the formats that are read and the outputs that are written.

use super::{REFERENCE, table};
use crate::page::Page;
use crate::render::OUTPUTS;
use crate::render::parts::escape::{cell, span_cell};

/// A format that is read: `command/` takes these from the registry of readers.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// The family it yields evidence of.
    pub family: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Which tools write it.
    pub about: &'a str,
}

pub(super) fn page(readers: &[Reader<'_>]) -> Page {
    let read: Vec<_> = readers.iter().map(|r| [span_cell(r.family), span_cell(r.name), cell(r.about)]).collect();
    let written: Vec<_> = OUTPUTS.iter().map(|o| [span_cell(o.name), o.file.map_or("–".to_owned(), span_cell), cell(o.about)]).collect();
    let markdown = format!(
        "# Formats\n\n## Read\n\nA file is known by its content, not by its name. `readiness inspect FILE` shows what is made of it.\n\n{}\
         ## Written\n\n`--format NAME` prints one, `--emit NAME=FILE` writes one, `--out DIR` writes those with a file.\n\n{}",
        table(["family", "format", "written by"], &read),
        table(["output", "file", "what it is"], &written)
    );
    Page { path: "formats.html".to_owned(), title: "Formats".to_owned(), group: REFERENCE.to_owned(), markdown }
}
