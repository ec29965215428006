//! OpenCover XML, as OpenCover, AltCover and coverlet write it.
//!
//! A sequence point is a statement; the lines it reaches over ran when it did. Branch points are arms of the line they begin in,
//! told apart by method, offsets and path.

use super::Draft;
use super::elements::{Elements, compare_totals, walk};
use super::number::{attribute, count, line};
use super::odds::{Odd, Odds};
use super::points::{Kind, Points, is_hidden};
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::xml::{Tag, opening};
use crate::linemap::Totals;
use crate::metric::Ratio;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> = Format { name: "opencover", about: "OpenCover XML: OpenCover, AltCover, coverlet", claims, read };

fn claims(artifact: &Artifact) -> bool {
    opening(&artifact.head).is_ok_and(|opening| opening.root == "CoverageSession")
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut session = Session { points: Points::of(reading.artifact.size), ..Session::default() };
    let root = walk(reading, &mut session);
    session.finish(reading, root)
}

const NUMBER: Odd = ("line-without-number", "points without a usable line are left out");
const HITS: Odd = ("hits-not-a-count", "points whose visits are no count are taken as not run");
const PLACELESS: Odd = ("branch-without-line", "branches that do not say their line are left out");

#[derive(Default)]
struct Session {
    draft: Draft,
    odds: Odds,
    points: Points,
    depth: usize,
    method: Method,
    /// Whether the name of the method is being read.
    naming: bool,
    declared: Totals,
}

/// The method being read.
#[derive(Default)]
struct Method {
    name: String,
    file: String,
    /// The first line of it, and whether any of it ran.
    line: Option<u32>,
    ran: bool,
}

impl Elements for Session {
    fn start(&mut self, tag: &Tag<'_>) {
        let text = |name: &str| tag.get(name).unwrap_or_default().trim().to_owned();
        match tag.local() {
            b"Summary" if self.depth == 1 => {
                let ratio = |all, part| Ratio::new(attribute(tag, part).unwrap_or(0), attribute(tag, all).unwrap_or(0));
                self.declared.statement = ratio("numSequencePoints", "visitedSequencePoints");
                self.declared.branch = ratio("numBranchPoints", "visitedBranchPoints");
            }
            b"File" => self.points.name(&text("uid"), &text("fullPath")),
            b"Method" => self.method = Method::default(),
            b"Name" => self.naming = true,
            b"FileRef" => self.method.file = text("uid"),
            b"SequencePoint" => self.sequence(tag),
            b"BranchPoint" => self.branch(tag),
            _ => {}
        }
        self.depth += 1;
    }

    fn text(&mut self, text: &str) {
        if self.naming {
            self.method.name.push_str(text);
        }
    }

    fn end(&mut self, name: &[u8]) {
        self.depth = self.depth.saturating_sub(1);
        match name {
            b"Name" => self.naming = false,
            b"Method" => {
                let Method { name, file, line, ran } = std::mem::take(&mut self.method);
                if let Some(line) = line {
                    self.points.unit(&file, Kind::Function, line, name.as_bytes(), ran);
                }
            }
            b"Module" => self.points.put(&mut self.draft, &mut self.odds),
            _ => {}
        }
    }

    fn odds(&mut self) -> &mut Odds {
        &mut self.odds
    }
}

impl Session {
    /// The number of the file that a point lies in, and how often it was visited.
    fn of_point(&mut self, tag: &Tag<'_>) -> (String, u64) {
        let hits = tag.get("vc").and_then(|text| count(&text));
        if hits.is_none() {
            self.odds.meet(HITS);
        }
        let file = tag.get("fileid").map_or_else(|| self.method.file.clone(), |id| id.trim().to_owned());
        if self.method.file.is_empty() {
            self.method.file.clone_from(&file);
        }
        (file, hits.unwrap_or(0))
    }

    fn sequence(&mut self, tag: &Tag<'_>) {
        let number = |name: &str| tag.get(name).map(|text| line(&text));
        let Some(first) = number("sl").flatten() else { return self.odds.meet(NUMBER) };
        if is_hidden(first) {
            return;
        }
        let last = number("el").unwrap_or(Some(first)).filter(|last| *last >= first);
        let Some(last) = last else { return self.odds.meet(NUMBER) };
        let (file, hits) = self.of_point(tag);
        let columns = ["sc", "el", "ec"].map(|name| tag.get(name).unwrap_or_default()).join(",");
        self.points.span(&file, (first, last), hits);
        self.points.unit(&file, Kind::Statement, first, columns.as_bytes(), hits > 0);
        self.method.line.get_or_insert(first);
        self.method.ran |= hits > 0;
    }

    fn branch(&mut self, tag: &Tag<'_>) {
        let Some(first) = tag.get("sl").and_then(|text| line(&text)) else { return self.odds.meet(PLACELESS) };
        if is_hidden(first) {
            return;
        }
        let (file, hits) = self.of_point(tag);
        let place = ["offset", "offsetend", "path"].map(|name| tag.get(name).unwrap_or_default()).join(",");
        let name = format!("{place} {}", self.method.name);
        self.points.unit(&file, Kind::Arm, first, name.as_bytes(), hits > 0);
    }

    fn finish(mut self, reading: &mut Reading<'_>, root: u64) -> Draft {
        self.points.put(&mut self.draft, &mut self.odds);
        self.odds.place(root);
        self.draft.lines.settle();
        self.points.tell(reading);
        compare_totals(reading, &mut self.draft, self.declared, root);
        self.odds.tell(reading);
        reading.source.content = self.draft.describe("OpenCover");
        self.draft
    }
}
