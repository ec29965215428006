//! SimpleCov: `.resultset.json` (results of several commands), `coverage.json` of its JSON formatter, and that of simplecov-json.
//!
//! Where several commands ran the same file, a line that one of them takes as never relevant and no other ran is not relevant; hits add
//! up. What stands between `:nocov:` marks is `ignored`.

use super::cell::{Cell, HITS, finish};
use super::number::moment;
use super::odds::Odds;
use super::{Draft, path};
use crate::ingest::{Format, Reading};
use crate::instant::Instant;
use crate::io::fs::Artifact;
use crate::io::json::{Each, Fill, Members, outline, skip};
use crate::linemap::Line;
use serde::Deserialize;
use serde::de::MapAccess;
use std::collections::BTreeMap;
use total::Total;

mod total;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "simplecov", about: "SimpleCov JSON: .resultset.json and coverage.json, of Ruby projects", claims, read };

fn claims(artifact: &Artifact) -> bool {
    outline(&artifact.head).is_some_and(|outline| {
        let results = ["lines", "branches", "methods", "[]"].iter().any(|of| outline.has(&["*", "coverage", "*", of]));
        let formatted = ["lines", "branches", "methods", "[]"].iter().any(|of| outline.has(&["coverage", "*", of]));
        let empty = outline.has(&["*", "coverage", "{}"]) && outline.has(&["*", "timestamp"]);
        let rated = ["covered_percent", "covered_strength"].iter().any(|rate| outline.has(&["files", "[]", rate]));
        let listed = outline.has(&["files", "[]", "coverage"]) && rated;
        results || formatted || listed || empty || outline.has(&["meta", "simplecov_version"])
    })
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut report = Report::default();
    reading.json(Fill(&mut report));
    let Report { mut draft, odds, lines, made, total, .. } = report;
    for (path, cells) in lines {
        let counted = (1..).zip(cells).filter_map(|(number, cell)| Some(Line::new(number, cell?))).collect::<Vec<_>>();
        draft.lines.file(&path).add(&counted);
    }
    draft.exhaustive = true;
    reading.source.collected_at = made;
    finish(reading, draft, odds, "SimpleCov", &total.told(), &["total"])
}

/// One whole file, or with its `coverage` one command's results.
#[derive(Default)]
struct Report {
    draft: Draft,
    odds: Odds,
    /// It is one report of all commands, as a formatter writes it.
    formatted: bool,
    /// Of every file its lines, those that are not relevant too: whether they are shows only in the end.
    lines: BTreeMap<String, Vec<Option<u64>>>,
    /// When the first command ran.
    made: Option<Instant>,
    total: Total,
}

/// The results of one command, below its name.
struct Command<'a>(&'a mut Report);

#[derive(Deserialize)]
#[serde(untagged)]
enum File {
    /// Before version 0.18.
    Lines(Vec<Cell>),
    Criteria(Criteria),
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Criteria {
    lines: Option<Vec<Cell>>,
    branches: Option<Branches>,
    methods: Option<Methods>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Branches {
    /// As Ruby names them: of each condition, `[:if, 0, 12, 4, 14, 7]`, its arms.
    Raw(BTreeMap<String, BTreeMap<String, Cell>>),
    Listed(Vec<Arm>),
}

#[derive(Deserialize)]
struct Arm {
    #[serde(default)]
    r#type: String,
    #[serde(default)]
    start_line: Cell,
    #[serde(default)]
    end_line: Cell,
    #[serde(default)]
    report_line: Cell,
    #[serde(default)]
    coverage: Cell,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Methods {
    /// `["Shop::Price", :total, 3, 2, 5, 5]`
    Raw(BTreeMap<String, Cell>),
    Listed(Vec<Method>),
}

#[derive(Deserialize)]
struct Method {
    #[serde(default)]
    name: String,
    #[serde(default)]
    start_line: Cell,
    #[serde(default)]
    coverage: Cell,
}

#[derive(Deserialize)]
struct Meta {
    timestamp: Option<String>,
}

/// A file of simplecov-json, which lists them.
#[derive(Deserialize)]
struct Listed {
    filename: String,
    coverage: Option<File>,
}

impl Members for Report {
    const WHAT: &'static str = "SimpleCov's results";

    fn member<'de, A: MapAccess<'de>>(&mut self, key: &str, value: &mut A) -> Result<(), A::Error> {
        self.formatted |= matches!(key, "meta" | "coverage" | "files");
        match key {
            "coverage" => value.next_value_seed(Each::new("files by path", |path: &str, file| self.file(path, file))),
            "files" => value.next_value_seed(Each::new("files", |_: &str, Listed { filename, coverage }: Listed| {
                coverage.into_iter().for_each(|file| self.file(&filename, file));
            })),
            "meta" => {
                self.made = value.next_value::<Meta>()?.timestamp.and_then(|text| moment(&text));
                Ok(())
            }
            "total" if self.formatted => {
                self.total = value.next_value()?;
                Ok(())
            }
            _ if self.formatted || matches!(key, "timestamp" | "command_name" | "$schema") => skip(value),
            _ => value.next_value_seed(Fill(&mut Command(self))),
        }
    }
}

impl Members for Command<'_> {
    const WHAT: &'static str = "the results of a command";

    fn member<'de, A: MapAccess<'de>>(&mut self, key: &str, value: &mut A) -> Result<(), A::Error> {
        let Command(report) = self;
        match key {
            "coverage" => value.next_value_seed(Each::new("files by path", |path: &str, file| report.file(path, file)))?,
            "timestamp" => {
                let made = value.next_value::<Cell>()?.count().and_then(|seconds| moment(&seconds.to_string()));
                report.made = [report.made, made].into_iter().flatten().min();
            }
            _ => skip(value)?,
        }
        Ok(())
    }
}

impl Report {
    fn file(&mut self, name: &str, file: File) {
        let path = path::normal(name);
        let Criteria { lines, branches, methods } = match file {
            File::Lines(lines) => Criteria { lines: Some(lines), ..Criteria::default() },
            File::Criteria(criteria) => criteria,
        };
        if lines.iter().flatten().any(|cell| *cell == Cell::Odd) {
            self.odds.see(HITS, &["coverage", name, "lines"]);
        }
        // A command that measures branches only says nothing of lines.
        lines.iter().for_each(|cells| self.lines(&path, cells));
        let into = self.draft.lines.file(&path);
        match branches {
            Some(Branches::Raw(conditions)) => {
                for (condition, arms) in &conditions {
                    for (arm, cell) in arms.iter().filter(|(_, cell)| cell.is_relevant()) {
                        into.arms.add(line_of(condition), format!("{condition}{arm}").as_bytes(), cell.count() > Some(0), 1);
                    }
                }
            }
            Some(Branches::Listed(arms)) => {
                for (nth, arm) in arms.iter().enumerate().filter(|(_, arm)| arm.coverage.is_relevant()) {
                    let line = arm.report_line.line().or(arm.start_line.line()).unwrap_or(0);
                    let ends = [arm.start_line, arm.end_line].map(|cell| cell.count().unwrap_or(0));
                    into.arms.add(line, format!("{nth} {} {ends:?}", arm.r#type).as_bytes(), arm.coverage.count() > Some(0), 1);
                }
            }
            None => {}
        }
        match methods {
            Some(Methods::Raw(methods)) => {
                for (method, cell) in methods.iter().filter(|(_, cell)| cell.is_relevant()) {
                    into.functions.add(line_of(method), method.as_bytes(), cell.count() > Some(0), 1);
                }
            }
            Some(Methods::Listed(methods)) => {
                for method in methods.iter().filter(|method| method.coverage.is_relevant()) {
                    let line = method.start_line.line().unwrap_or(0);
                    into.functions.add(line, method.name.as_bytes(), method.coverage.count() > Some(0), 1);
                }
            }
            None => {}
        }
    }

    /// Adds the lines of another command to those that are known.
    fn lines(&mut self, path: &str, cells: &[Cell]) {
        let hits = cells.iter().map(|cell| match cell {
            Cell::Odd => Some(0),
            cell => cell.count(),
        });
        let Some(known) = self.lines.get_mut(path) else {
            self.lines.insert(path.to_owned(), hits.collect());
            return;
        };
        known.resize(known.len().max(cells.len()), None);
        for (known, hits) in known.iter_mut().zip(hits.chain(std::iter::repeat(None))) {
            let sum = known.unwrap_or(0).saturating_add(hits.unwrap_or(0));
            *known = if sum == 0 && (known.is_none() || hits.is_none()) { None } else { Some(sum) };
        }
    }
}

impl Cell {
    /// Not left out by a mark in the source.
    fn is_relevant(self) -> bool {
        self != Cell::Word
    }
}

/// The line in a name such as `[:if, 0, 12, 4, 14, 7]`: the number that has three behind it.
fn line_of(name: &str) -> u32 {
    let mut parts = name.trim_end_matches(']').rsplit(',');
    parts.nth(3).and_then(|line| line.trim().parse().ok()).unwrap_or(0)
}
