//! Go cover profiles, as `go test -coverprofile` and `go tool covdata textfmt` write them and `golang.org/x/tools/cover` reads them.
//!
//! `coverage.statement` is the number that `go tool cover` prints. A line ran when any block that touches it ran. Blocks at the same
//! place are one: repeated by `-coverpkg` for every test binary, or by joining files.

use super::number::count;
use super::odds::{Odd, Odds};
use super::span::Spans;
use super::{Draft, path};
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::source::Location;
use std::collections::BTreeMap;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "gocover", about: "Go cover profiles: `go test -coverprofile`, `go tool covdata textfmt`", claims, read };

/// The first line that says anything is the mode, or a block.
fn claims(artifact: &Artifact) -> bool {
    let head = artifact.head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&artifact.head);
    let first = head.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).find(|line| !line.is_empty());
    first.is_some_and(|line| mode(line).is_some_and(|mode| MODES.contains(&mode)) || Block::parse(line).is_some())
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut profile = Profile::default();
    reading.each_line_of_bytes(|_, number, line, ended| profile.line(number, line, ended));
    profile.finish(reading)
}

const MODES: [&[u8]; 3] = [b"set", b"count", b"atomic"];

const UNKNOWN: Odd = ("unknown-line", "lines that are no block are passed over");
const BACKWARD: Odd = ("block-without-place", "blocks that begin in line 0 or behind their end are left out");
const MODELESS: Odd = ("mode-missing", "profiles that do not begin with their mode are taken as counts");
const MIXED: Odd = ("modes-differ", "a mode that is not the first one is passed over");
const APART: Odd = ("statements-differ", "blocks at one place that do not agree how many statements they hold are taken as the largest");
const UNENDED: Odd = ("line-without-end", "the last line has no end: the file may be cut short");

#[derive(Default)]
struct Profile {
    mode: Option<Vec<u8>>,
    files: BTreeMap<String, Vec<Block>>,
    /// The file that the last lines told of, as it is spelled there.
    name: Vec<u8>,
    blocks: Vec<Block>,
    odds: Odds,
    /// The line in which the file ends in the middle of a block.
    cut: Option<u64>,
}

/// A stretch of statements that run together.
#[derive(Clone, Copy)]
struct Block {
    /// Line and column where it begins and where it ends.
    place: [u32; 4],
    statements: u32,
    hits: u64,
    /// The line of the profile.
    at: u64,
}

/// What follows `mode:`.
fn mode(line: &[u8]) -> Option<&[u8]> {
    line.strip_prefix(b"mode:").map(<[u8]>::trim_ascii)
}

impl Block {
    /// `<file>:<line>.<column>,<line>.<column> <statements> <hits>`; the file may have colons and spaces in its name.
    fn parse(line: &[u8]) -> Option<(&[u8], Block)> {
        let space = memchr::memrchr(b' ', line)?;
        let (line, hits) = (line[..space].trim_ascii_end(), std::str::from_utf8(&line[space + 1..]).ok()?);
        let space = memchr::memrchr(b' ', line)?;
        let (line, statements) = (line[..space].trim_ascii_end(), std::str::from_utf8(&line[space + 1..]).ok()?);
        let colon = memchr::memrchr(b':', line).filter(|colon| *colon > 0)?;
        let mut place = [0; 4];
        let mut numbers = line[colon + 1..].split(|byte| matches!(byte, b'.' | b','));
        for number in &mut place {
            *number = std::str::from_utf8(numbers.next()?).ok()?.parse().ok()?;
        }
        if numbers.next().is_some() {
            return None;
        }
        Some((&line[..colon], Block { place, statements: statements.parse().ok()?, hits: count(hits)?, at: 0 }))
    }

    fn bytes(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes.chunks_exact_mut(4).zip(self.place).for_each(|(chunk, number)| chunk.copy_from_slice(&number.to_le_bytes()));
        bytes
    }
}

impl Profile {
    fn line(&mut self, number: u64, line: &[u8], ended: bool) {
        let line = line.trim_ascii();
        if line.is_empty() {
            return;
        }
        if let Some(mode) = mode(line) {
            match &self.mode {
                Some(first) if first != mode => self.odds.note(MIXED, number),
                Some(_) => {}
                None => self.mode = Some(mode.to_vec()),
            }
            return;
        }
        if self.mode.is_none() {
            self.odds.note(MODELESS, number);
            self.mode = Some(Vec::new());
        }
        match Block::parse(line) {
            Some((name, block)) => {
                if name != self.name {
                    self.end_file();
                    self.name.extend_from_slice(name);
                }
                self.blocks.push(Block { at: number, ..block });
                if !ended {
                    self.odds.note(UNENDED, number);
                }
            }
            None if ended => self.odds.note(UNKNOWN, number),
            None => self.cut = Some(number),
        }
    }

    fn end_file(&mut self) {
        if !self.blocks.is_empty() {
            let path = path::normal(&String::from_utf8_lossy(&self.name));
            self.files.entry(path).or_default().append(&mut self.blocks);
        }
        self.name.clear();
    }

    /// Sorts the blocks of a file, and joins those at one place: run when any of them ran, or so often as all of them together.
    fn join(&mut self, blocks: &mut Vec<Block>) {
        let set = self.mode.as_deref() == Some(b"set");
        let odds = &mut self.odds;
        blocks.sort_by_key(|block| block.place);
        blocks.dedup_by(|next, kept| {
            let same = next.place == kept.place;
            if same {
                if next.statements != kept.statements {
                    odds.note(APART, next.at);
                }
                kept.statements = kept.statements.max(next.statements);
                kept.hits = if set { kept.hits.max(next.hits) } else { kept.hits.saturating_add(next.hits) };
            }
            same
        });
    }

    fn finish(mut self, reading: &mut Reading<'_>) -> Draft {
        self.end_file();
        if let Some(line) = self.cut {
            reading.error("truncated", Location::line(line), "the file ends in the middle of a block: it is cut short");
        }
        let mut draft = Draft::default();
        let mut spans = Spans::of(reading.source.bytes);
        for (path, mut blocks) in std::mem::take(&mut self.files) {
            self.join(&mut blocks);
            let file = draft.lines.file(&path);
            let mut lines = Vec::new();
            for block in &blocks {
                let [first, _, last, _] = block.place;
                if first == 0 || first > last {
                    self.odds.note(BACKWARD, block.at);
                } else if spans.add(&mut lines, (first, last), block.hits) {
                    file.statements.add(first, &block.bytes(), block.hits > 0, u64::from(block.statements));
                } else {
                    let message = "the blocks touch more lines than any source of this size has";
                    reading.error("undecodable", Location::line(block.at), message);
                    return draft;
                }
            }
            file.add(&lines);
        }
        draft.lines.settle();
        self.odds.tell(reading);
        reading.source.content = draft.describe("Go cover profile");
        draft
    }
}
