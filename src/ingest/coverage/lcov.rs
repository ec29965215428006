//! LCOV tracefiles, as geninfo(1) of lcov 1.x and 2.x defines them and as a dozen other tools write them.
//!
//! A section runs from `SF:` to `end_of_record`. Sections of one file (one for each test) are runs: their hits add up. Branches
//! have names (block and branch), so those of several files unite exactly. `LF` and `LH` count only in a section without lines.

use super::number::count;
use super::odds::{Odd, Odds};
use super::{Declared, Draft, compare_declared, path};
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::linemap::{Line, Totals};
use crate::metric::Ratio;
use crate::source::Location;
use functions::Functions;
use section::{Check, File, Section, TOTALS, digits, numbered, sum};
use std::borrow::Cow;
use std::collections::BTreeMap;

mod functions;
mod section;
#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> = Format {
    name: "lcov",
    about: "LCOV tracefiles: lcov, gcovr, Istanbul, c8, cargo-llvm-cov, coverage.py, Node.js, Flutter, SimpleCov and many more",
    claims,
    read,
};

/// The first line that says anything begins a section, or names the test of one.
fn claims(artifact: &Artifact) -> bool {
    let head = artifact.head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&artifact.head);
    let mut lines = head.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty() && !line.starts_with(b"#"));
    let source = |line: &[u8]| line.starts_with(b"SF:") || line.starts_with(b"KF:");
    lines.next().is_some_and(|first| {
        source(first)
            || ([&b"TN:"[..], b"VER:"].iter().any(|tag| first.starts_with(tag))
                && lines.next().is_none_or(|line| source(line) || line.starts_with(b"TN:")))
    })
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut trace = Trace::default();
    reading.each_line_of_bytes(|_, number, line, ended| trace.line(number, line, ended));
    trace.finish(reading)
}

const NUMBER: Odd = ("line-without-number", "records without a usable line number are left out");
const HITS: Odd = ("hits-not-a-count", "lines whose hits are no count are taken as not run");
const UNKNOWN: Odd = ("unknown-record", "lines that are no record of the format are passed over");
const HOMELESS: Odd = ("record-outside-section", "records that belong to no source file are left out");
const UNENDED: Odd = ("section-without-end", "sections without an `end_of_record` are taken as ended");
const BEYOND: Odd = ("totals-beyond-whole", "totals that count more hit than found are left out");
const PATH: Odd = ("path-not-utf-8", "file names that are not text in UTF-8 are shown with replacement characters");

#[derive(Default)]
struct Trace {
    /// Where each path lies among the files.
    paths: BTreeMap<String, usize>,
    files: Vec<File>,
    section: Option<Section>,
    /// The memory of the lines of the last section, for those of the next.
    spare: Vec<Line>,
    odds: Odds,
    lines: Check,
    branches: Check,
    /// How many sections there were, how many had an end, and how the file ended.
    begun: u64,
    ended: u64,
    last: (u64, bool),
}

impl Trace {
    fn line(&mut self, number: u64, line: &[u8], ended: bool) {
        let known = match line {
            [b'D', b'A', b':', rest @ ..] => self.hits(number, rest),
            [b'B', b'R', b'D', b'A', b':', rest @ ..] => self.arm(number, rest),
            line => self.other(number, line),
        };
        if !known {
            self.odds.note(UNKNOWN, number);
        }
        self.last = (number, ended || line.starts_with(b"end_of_record") || line.trim_ascii().is_empty());
    }

    /// `DA:<line>,<hits>[,<checksum>]`
    fn hits(&mut self, number: u64, rest: &[u8]) -> bool {
        let Some(section) = &mut self.section else { return self.homeless(number) };
        let Some((line, rest)) = numbered(rest) else { return false };
        if line == 0 {
            self.odds.note(NUMBER, number);
            return true;
        }
        let hits = match digits(rest) {
            (hits @ Some(_), [] | [b',', ..]) => hits,
            _ => rest.split(|byte| *byte == b',').next().and_then(|text| count(&String::from_utf8_lossy(text))),
        };
        if hits.is_none() {
            self.odds.note(HITS, number);
        }
        section.lines.push(Line::new(line, hits.unwrap_or(0)));
        true
    }

    /// `BRDA:<line>,[e|f][U]<block>,<branch>,<taken>`; `U` marks what lcov excludes, `-` that the block never ran, and the branch may be an
    /// expression with commas in it.
    fn arm(&mut self, number: u64, rest: &[u8]) -> bool {
        let Some(section) = &mut self.section else { return self.homeless(number) };
        let Some((line, rest)) = numbered(rest) else { return false };
        let Some(comma) = memchr::memrchr(b',', rest) else { return false };
        let (name, taken) = (&rest[..comma], rest[comma + 1..].trim_ascii_end());
        if line == 0 {
            self.odds.note(NUMBER, number);
            return true;
        }
        let taken = match taken {
            b"-" => Some(0),
            taken => digits(taken).0.or_else(|| count(&String::from_utf8_lossy(taken))),
        };
        if taken.is_none() {
            self.odds.note(HITS, number);
        }
        let ran = taken.is_some_and(|taken| taken > 0);
        if !matches!(name, [b'U', ..] | [b'e' | b'f', b'U', ..]) {
            section.arms.add(line, name, ran, 1);
        }
        true
    }

    /// Any other record; whether it is one.
    fn other(&mut self, number: u64, line: &[u8]) -> bool {
        let line = line.trim_ascii();
        if line.is_empty() || line.starts_with(b"#") {
            return true;
        }
        if line.starts_with(b"end_of_record") {
            self.ended += 1;
            self.end(number);
            return true;
        }
        let Some(colon) = memchr::memchr(b':', line) else { return false };
        let (tag, rest) = (&line[..colon], &line[colon + 1..]);
        match tag {
            b"SF" | b"KF" => self.begin(number, rest),
            b"TN" | b"VER" | b"MCDC" | b"MCF" | b"MCH" => {}
            b"DA" => return self.hits(number, rest),
            b"BRDA" => return self.arm(number, rest),
            _ => {
                let total = TOTALS.iter().position(|known| *known == tag);
                let Some(section) = &mut self.section else { return (total.is_some() || Functions::knows(tag)) && self.homeless(number) };
                let Some(total) = total else { return section.functions.record(tag, rest) };
                section.totals[total / 2][total % 2] = count(&String::from_utf8_lossy(rest));
            }
        }
        true
    }

    fn homeless(&mut self, number: u64) -> bool {
        self.odds.note(HOMELESS, number);
        true
    }

    fn begin(&mut self, number: u64, path: &[u8]) {
        if self.section.is_some() {
            self.odds.note(UNENDED, number);
            self.end(number);
        }
        let text = String::from_utf8_lossy(path);
        if matches!(text, Cow::Owned(_)) {
            self.odds.note(PATH, number);
        }
        self.begun += 1;
        let path = path::normal(&text);
        if path.is_empty() {
            self.odds.note(HOMELESS, number);
        } else {
            let new = self.files.len();
            let file = *self.paths.entry(path.clone()).or_insert(new);
            if file == new {
                self.files.push(File::default());
            }
            self.section = Some(Section { path, from: number, file, lines: std::mem::take(&mut self.spare), ..Section::default() });
        }
    }

    fn end(&mut self, number: u64) {
        let Some(mut section) = self.section.take() else { return self.odds.note(HOMELESS, number) };
        let (counted, branches) = (section.sum(), section.branches());
        let Section { from, file, mut lines, arms, functions, totals, .. } = section;
        let Some(file) = self.files.get_mut(file) else { return };
        file.add(&lines);
        file.rest.arms.take(arms);
        lines.clear();
        self.spare = lines;
        functions.put(totals[2][0], &mut file.rest.functions);
        let [line, branch, function] = totals.map(|[found, hit]| Some(Ratio::new(hit?, found?)));
        for (declared, counted, check) in [(line, counted, &mut self.lines), (branch, branches, &mut self.branches)] {
            check.add(declared.filter(|_| counted.is_known()), counted, from);
        }
        let [line, branch, function] = [line, branch, function].map(|told| {
            let told = told.unwrap_or_default();
            if told.part <= told.whole {
                return told;
            }
            self.odds.note(BEYOND, from);
            Ratio::default()
        });
        file.rest.totals.take(Totals { line, branch, function, ..Totals::default() });
    }

    fn finish(mut self, reading: &mut Reading<'_>) -> Draft {
        let (last, whole) = self.last;
        // A tool that ends no section at all has not been cut short.
        let endless = self.ended == 0 && self.begun > 1;
        if let Some(section) = &mut self.section {
            if whole && (endless || section.is_whole()) {
                self.odds.note(UNENDED, last);
            } else {
                let (path, from) = (&section.path, section.from);
                let message = format!("the file is cut short in the section of `{path}`, which begins in line {from}");
                reading.error("truncated", Location::line(last), message);
            }
            self.end(last);
        } else if !whole {
            reading.error("truncated", Location::line(last), "the file is cut short in the middle of a line");
        }
        let mut draft = Draft::default();
        for (path, at) in self.paths {
            let Some(mut file) = self.files.get_mut(at).map(std::mem::take) else { continue };
            sum(&mut file.lines);
            file.rest.add(&file.lines);
            draft.lines.files.insert(path, file.rest);
        }
        draft.lines.settle();
        if reading.problems.is_empty() {
            for (what, check) in [("lines", &self.lines), ("branches", &self.branches)] {
                if let Some(line) = check.differs {
                    compare_declared(reading, &mut draft, what, Declared::Counts(check.declared), check.counted, Location::line(line));
                }
            }
        }
        self.odds.tell(reading);
        reading.source.content = draft.describe("LCOV");
        draft
    }
}
