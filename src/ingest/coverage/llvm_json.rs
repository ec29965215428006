//! `llvm-cov export` JSON (clang, Swift, cargo-llvm-cov), whole or `-summary-only`.
//!
//! Lines follow from segments as LLVM's `LineCoverageStats` has it: the state a line begins in, and the regions that begin on it. The
//! summaries count functions one by one, of a template only the best instantiation, so that they may differ from what its lines show.

use super::cell::{Cell, IMPOSSIBLE, Told, finish, ratio};
use super::odds::{Odd, Odds};
use super::{Draft, path};
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::json::{Each, Fill, FillAll, Members, outline, skip};
use crate::linemap::{Line, Lines, Totals};
use crate::source::Location;
use serde::Deserialize;
use serde::de::MapAccess;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "llvm-json", about: "llvm-cov export JSON: clang, Swift, cargo-llvm-cov; whole or summary only", claims, read };

/// No report has more lines than this: a few bytes of it could name any number.
const MOST: u64 = 50_000_000;
const SEGMENT: Odd = ("segments-out-of-order", "segments that stand before the one ahead of them, or nowhere, are left out");

fn claims(artifact: &Artifact) -> bool {
    outline(&artifact.head).is_some_and(|outline| {
        let file = ["filename", "segments", "branches", "expansions", "summary"];
        let has = |key: &&str| outline.has(&["data", "[]", "files", "[]", key]);
        file.iter().filter(|key| has(key)).count() > 1 || outline.has(&["data", "[]", "totals", "regions"])
    })
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut export = Export::default();
    reading.json(Fill(&mut export));
    let Export { draft, odds, totals, lines } = export;
    if lines > MOST {
        reading.error(
            "too-many-lines",
            Location::pointer(&["data"]),
            "the segments go over more than 50,000,000 lines: the rest is not read",
        );
    }
    let told: [Told; 3] = [
        ("lines, function by function,", totals.line, Lines::line_ratio),
        ("branches, function by function,", totals.branch, Lines::branch_ratio),
        ("functions", totals.function, Lines::function_ratio),
    ];
    finish(reading, draft, odds, "llvm-cov", &told, &["data", "0", "totals"])
}

#[derive(Default)]
struct Export {
    draft: Draft,
    odds: Odds,
    totals: Totals,
    /// How many lines the segments read so far go over.
    lines: u64,
}

/// One binary's part of an export: the elements of `data`.
struct Part<'a>(&'a mut Export);

#[derive(Deserialize)]
struct File {
    filename: String,
    segments: Option<Vec<Vec<Slot>>>,
    branches: Option<Vec<Vec<Slot>>>,
    #[serde(default)]
    summary: Summary,
}

#[derive(Deserialize)]
struct Function {
    #[serde(default)]
    name: String,
    count: Cell,
    #[serde(default)]
    filenames: Vec<String>,
    #[serde(default)]
    regions: Vec<Vec<Slot>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Summary {
    lines: Count,
    branches: Count,
    functions: Count,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Count {
    count: u64,
    covered: u64,
}

/// An element of a row: early versions write flags as 0 and 1.
#[derive(Clone, Copy, Deserialize)]
#[serde(untagged)]
enum Slot {
    Flag(bool),
    Number(Cell),
}

/// Where the state of a file changes.
#[derive(Clone, Copy)]
struct Segment {
    line: u32,
    count: u64,
    counted: bool,
    entry: bool,
    gap: bool,
}

impl Members for Export {
    const WHAT: &'static str = "an export of llvm-cov";

    fn member<'de, A: MapAccess<'de>>(&mut self, key: &str, value: &mut A) -> Result<(), A::Error> {
        match key {
            "data" => value.next_value_seed(FillAll(&mut Part(self))),
            _ => skip(value),
        }
    }
}

impl Members for Part<'_> {
    const WHAT: &'static str = "the coverage of a program";

    fn member<'de, A: MapAccess<'de>>(&mut self, key: &str, value: &mut A) -> Result<(), A::Error> {
        let Part(export) = self;
        match key {
            "files" => value.next_value_seed(Each::new("files", |place: &str, file| export.file(place, &file))),
            "functions" => value.next_value_seed(Each::new("functions", |_: &str, function| export.function(&function))),
            "totals" => {
                export.totals = value.next_value::<Summary>()?.totals();
                Ok(())
            }
            _ => skip(value),
        }
    }
}

impl Export {
    fn file(&mut self, place: &str, file: &File) {
        let into = self.draft.lines.file(&path::normal(&file.filename));
        into.totals = file.summary.totals();
        if file.summary.is_impossible() {
            self.odds.see(IMPOSSIBLE, &["data", "0", "files", place, "summary"]);
        }
        if let Some(rows) = &file.segments {
            let mut segments: Vec<Segment> = Vec::with_capacity(rows.len());
            for row in rows {
                let last = segments.last().map_or(0, |segment| segment.line);
                match Segment::of(row).filter(|next| next.line >= last) {
                    Some(segment) => segments.push(segment),
                    None => self.odds.see(SEGMENT, &["data", "0", "files", place, "segments"]),
                }
            }
            let over = |ends: (&Segment, &Segment)| u64::from(ends.1.line - ends.0.line) + 1;
            self.lines = self.lines.saturating_add(segments.first().zip(segments.last()).map_or(0, over));
            if self.lines <= MOST {
                into.add(&lines(&segments));
            }
        }
        for row in file.branches.iter().flatten() {
            if let [from, column, to, end, taken, not_taken, ..] = row[..] {
                let line = from.cell().line().unwrap_or(0);
                let [column, to, end] = [column, to, end].map(Slot::number);
                for (arm, hits) in [('T', taken), ('F', not_taken)] {
                    into.arms.add(line, format!("{column}-{to}:{end} {arm}").as_bytes(), hits.number() > 0, 1);
                }
            }
        }
    }

    /// Instantiations of one template begin in one place: they are one function.
    fn function(&mut self, function: &Function) {
        let Some(name) = function.filenames.first() else { return };
        // Functions of files that were left out of the report are listed all the same.
        let Some(into) = self.draft.lines.files.get_mut(&path::normal(name)) else { return };
        let (line, column) = match function.regions.first().map(Vec::as_slice) {
            Some([line, column, ..]) => (line.cell().line().unwrap_or(0), column.number().to_string()),
            _ => (0, function.name.clone()),
        };
        into.functions.add(line, column.as_bytes(), function.count.count() > Some(0), 1);
    }
}

impl Summary {
    fn is_impossible(&self) -> bool {
        [&self.lines, &self.branches, &self.functions].iter().any(|told| told.covered > told.count)
    }

    fn totals(&self) -> Totals {
        let ratio = |told: &Count| ratio(Cell::Count(told.covered), Cell::Count(told.count));
        Totals { line: ratio(&self.lines), branch: ratio(&self.branches), function: ratio(&self.functions), ..Totals::default() }
    }
}

impl Slot {
    fn cell(self) -> Cell {
        match self {
            Slot::Flag(flag) => Cell::Count(u64::from(flag)),
            Slot::Number(cell) => cell,
        }
    }

    fn number(self) -> u64 {
        self.cell().count().unwrap_or(0)
    }
}

impl Segment {
    /// `[line, column, count, has a count, begins a region]`, since LLVM 10 also `is a gap`.
    fn of(row: &[Slot]) -> Option<Segment> {
        let [line, _, count, counted, entry, rest @ ..] = row else { return None };
        let flag = |slot: &Slot| slot.number() > 0;
        let gap = rest.first().is_some_and(flag);
        Some(Segment { line: line.cell().line()?, count: count.number(), counted: flag(counted), entry: flag(entry), gap })
    }

    fn begins_region(&self) -> bool {
        self.entry && self.counted && !self.gap
    }
}

/// The lines that segments, in order, say something of.
fn lines(segments: &[Segment]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut state: Option<&Segment> = None;
    for on_line in segments.chunk_by(|one, next| one.line == next.line) {
        let Some(first) = on_line.first() else { continue };
        if let (Some(state), Some(last)) = (state.filter(|state| state.counted), state.map(|state| state.line)) {
            lines.extend((last + 1..first.line).map(|number| Line::new(number, state.count)));
        }
        let begins = on_line.iter().filter(|segment| segment.begins_region()).map(|segment| segment.count).max();
        let skipped = !first.counted && first.entry;
        let counted = state.is_some_and(|state| state.counted) || begins.is_some();
        if (counted && !skipped) || on_line.iter().any(|segment| segment.entry && segment.counted) {
            let wrapped = state.map_or(0, |state| state.count);
            lines.push(Line::new(first.line, begins.unwrap_or(0).max(wrapped)));
        }
        state = on_line.last();
    }
    lines
}
