//! Xcode's coverage as `xccov view --json` prints it of a result bundle: with `--report` counts of targets, files and functions, with
//! `--archive` the lines of each file.
//!
//! The report counts a file once for each target it is built into; here a file counts once. Parts of a line that did not run
//! (`subranges`) are no branches.

use super::cell::{Cell, HITS, IMPOSSIBLE, NUMBER, finish, impossible, nullable, ratio};
use super::odds::{Odd, Odds};
use super::{Draft, path};
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::json::{Each, Fill, Members, Outline, outline, skip};
use crate::linemap::{Line, Lines, Totals};
use serde::Deserialize;
use serde::de::MapAccess;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "xccov", about: "Xcode JSON: `xccov view --report --json` and `xccov view --archive --json`", claims, read };

fn claims(artifact: &Artifact) -> bool {
    outline(&artifact.head).is_some_and(|outline| {
        let counts = |of: &[&str]| ["executableLines", "coveredLines"].iter().any(|key| outline.has(&[of, &[key]].concat()));
        let report =
            counts(&["targets", "[]"]) || outline.has(&["targets", "[]", "buildProductPath"]) || counts(&["targets", "[]", "files", "[]"]);
        let empty = outline.has(&["targets", "[]"]) && counts(&[]);
        report || empty || is_list(&outline) || is_archive(&outline)
    })
}

/// Targets without the whole around them, as with `--only-targets` and `--files-for-target`.
fn is_list(outline: &Outline) -> bool {
    outline.has(&["[]", "buildProductPath"])
}

fn is_archive(outline: &Outline) -> bool {
    outline.has(&["*", "[]", "isExecutable"])
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut report = Report::default();
    let outline = outline(&reading.artifact.head).unwrap_or_default();
    if is_archive(&outline) {
        reading.json(Each::new("lines of files by path", |name: &str, lines: Vec<Entry>| report.lines(name, &lines)));
    } else if is_list(&outline) {
        reading.json(Each::new("targets", |place: &str, target| report.target(&[place], target)));
    } else {
        reading.json(Fill(&mut report));
    }
    let told = ("lines", ratio(report.covered, report.executable), Lines::line_ratio as fn(&Lines) -> _);
    finish(reading, report.draft, report.odds, "Xcode", &[told], &["coveredLines"])
}

const NAMELESS: Odd = ("file-without-name", "files without a path are left out");

#[derive(Default)]
struct Report {
    draft: Draft,
    odds: Odds,
    /// What is said of all targets together.
    covered: Cell,
    executable: Cell,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Target {
    #[serde(default)]
    name: String,
    #[serde(default, deserialize_with = "nullable")]
    files: Vec<File>,
    #[serde(default)]
    covered_lines: Cell,
    #[serde(default)]
    executable_lines: Cell,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    #[serde(default)]
    path: String,
    #[serde(default)]
    covered_lines: Cell,
    #[serde(default)]
    executable_lines: Cell,
    #[serde(default, deserialize_with = "nullable")]
    functions: Vec<Function>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Function {
    #[serde(default)]
    name: String,
    #[serde(default)]
    line_number: Cell,
    #[serde(default)]
    execution_count: Cell,
}

/// A line of an archive.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(default)]
    line: Cell,
    is_executable: bool,
    #[serde(default)]
    execution_count: Cell,
}

impl Members for Report {
    const WHAT: &'static str = "a report of Xcode";

    fn member<'de, A: MapAccess<'de>>(&mut self, key: &str, value: &mut A) -> Result<(), A::Error> {
        match key {
            "targets" => value.next_value_seed(Each::new("targets", |place: &str, target| self.target(&["targets", place], target)))?,
            "coveredLines" => self.covered = value.next_value()?,
            "executableLines" => self.executable = value.next_value()?,
            _ => skip(value)?,
        }
        Ok(())
    }
}

impl Report {
    fn target(&mut self, at: &[&str], Target { name, files, covered_lines, executable_lines }: Target) {
        for file in &files {
            let path = path::normal(&file.path);
            if path.is_empty() {
                self.odds.see(NAMELESS, at);
                continue;
            }
            self.totals(at, &path, file.covered_lines, file.executable_lines);
            let functions = &mut self.draft.lines.file(&path).functions;
            for Function { name, line_number, execution_count } in &file.functions {
                if execution_count.count().is_none() {
                    self.odds.see(HITS, at);
                }
                functions.add(line_number.line().unwrap_or(0), name.as_bytes(), execution_count.count() > Some(0), 1);
            }
            if !name.is_empty() {
                self.draft.packages.entry(name.clone()).or_default().insert(path);
            }
        }
        // Of a list of targets there is no more than this.
        if files.is_empty() && !name.is_empty() && executable_lines.count() > Some(0) {
            self.totals(at, &name, covered_lines, executable_lines);
        }
    }

    fn totals(&mut self, at: &[&str], path: &str, covered: Cell, executable: Cell) {
        if impossible(covered, executable) {
            self.odds.see(IMPOSSIBLE, at);
        }
        self.draft.lines.file(path).totals.take(Totals { line: ratio(covered, executable), ..Totals::default() });
    }

    fn lines(&mut self, name: &str, entries: &[Entry]) {
        let path = path::normal(name);
        if path.is_empty() {
            return self.odds.see(NAMELESS, &[name]);
        }
        let mut lines = Vec::new();
        for Entry { line, execution_count, .. } in entries.iter().filter(|entry| entry.is_executable) {
            let Some(number) = line.line() else {
                self.odds.see(NUMBER, &[name]);
                continue;
            };
            if execution_count.count().is_none() {
                self.odds.see(HITS, &[name]);
            }
            lines.push(Line::new(number, execution_count.count().unwrap_or(0)));
        }
        self.draft.lines.file(&path).add(&lines);
    }
}
