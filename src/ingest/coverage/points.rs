//! What reports of .NET tools tell: stretches of source in files that have numbers, and a list that names the files, which may come
//! first or last.

use super::odds::{Odd, Odds};
use super::span::Spans;
use super::{Draft, path};
use crate::ingest::Reading;
use crate::linemap::Line;
use crate::source::Location;
use std::collections::BTreeMap;

/// Compilers number lines that no source has: 0xFEEFEE and 0xF00F00.
const HIDDEN: [u32; 2] = [0x00FE_EFEE, 0x00F0_0F00];

const NAMELESS: Odd = ("point-without-file", "stretches of source in files that the report does not name are left out");

/// The stretches told so far, by the number of their file.
#[derive(Default)]
pub(super) struct Points {
    numbers: BTreeMap<String, usize>,
    files: Vec<File>,
    spans: Option<Spans>,
    /// The lines reach beyond all bounds.
    pub(super) too_many: bool,
}

#[derive(Default)]
struct File {
    path: Option<String>,
    lines: Vec<Line>,
    units: Vec<(Kind, u32, Vec<u8>, bool)>,
}

/// A thing with a name of its own.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Arm,
    Function,
    Statement,
}

/// Whether a line stands in no source.
pub(super) fn is_hidden(line: u32) -> bool {
    HIDDEN.contains(&line)
}

impl Points {
    /// For a report of so many bytes.
    pub(super) fn of(bytes: u64) -> Self {
        Points { spans: Some(Spans::of(bytes)), ..Points::default() }
    }

    fn file(&mut self, number: &str) -> &mut File {
        let at = match self.numbers.get(number) {
            Some(at) => *at,
            None => {
                self.numbers.insert(number.to_owned(), self.files.len());
                self.files.push(File::default());
                self.files.len() - 1
            }
        };
        &mut self.files[at]
    }

    /// The file of this number is called so.
    pub(super) fn name(&mut self, number: &str, name: &str) {
        let path = path::normal(name);
        self.file(number).path = (!path.is_empty()).then_some(path);
    }

    /// The lines from the first to the last, both included, ran so often.
    pub(super) fn span(&mut self, number: &str, lines: (u32, u32), hits: u64) {
        let mut spans = self.spans.take();
        let known = spans.as_mut().is_some_and(|spans| spans.add(&mut self.file(number).lines, lines, hits));
        self.spans = spans;
        self.too_many |= !known;
    }

    /// A thing in a line ran, or did not.
    pub(super) fn unit(&mut self, number: &str, kind: Kind, line: u32, name: &[u8], ran: bool) {
        self.file(number).units.push((kind, line, name.to_owned(), ran));
    }

    /// Puts everything told so far where it belongs; the numbers may then mean other files.
    pub(super) fn put(&mut self, draft: &mut Draft, odds: &mut Odds) {
        self.numbers.clear();
        for File { path, lines, units } in self.files.drain(..) {
            let Some(path) = path else {
                odds.meet(NAMELESS);
                continue;
            };
            let file = draft.lines.file(&path);
            file.add(&lines);
            for (kind, line, name, ran) in units {
                let units = match kind {
                    Kind::Arm => &mut file.arms,
                    Kind::Function => &mut file.functions,
                    Kind::Statement => &mut file.statements,
                };
                units.add(line, &name, ran, 1);
            }
        }
    }

    /// Says so when the lines reached beyond all bounds.
    pub(super) fn tell(&self, reading: &mut Reading<'_>) {
        if self.too_many {
            reading.error("undecodable", Location::whole(), "the report touches more lines than any source of this size has");
        }
    }
}
