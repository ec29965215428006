//! Istanbul's JSON: `coverage-final.json` (nyc, c8, Jest, Vitest, Cypress, Karma) and `coverage-summary.json`.
//!
//! A line ran as often as the most frequent statement that begins on it; what a report lists is what `istanbul-lib-coverage` counts.
//! Things are told apart by where they stand, because their numbers differ between runs of V8.

use super::cell::{Cell, HITS, IMPOSSIBLE, Told, finish, impossible, nullable, ratio};
use super::odds::Odds;
use super::{Draft, path};
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::json::{Each, outline};
use crate::linemap::{Line, Lines, Totals};
use crate::metric::Ratio;
use serde::Deserialize;
use std::collections::BTreeMap;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "istanbul", about: "Istanbul JSON (final and summary): nyc, c8, Jest, Vitest, Cypress, Karma", claims, read };

fn claims(artifact: &Artifact) -> bool {
    outline(&artifact.head).is_some_and(|outline| {
        let summary = outline.has(&["*", "lines", "pct"]) && outline.has(&["*", "statements", "pct"]);
        summary || outline.has(&["*", "statementMap"]) || outline.has(&["*", "data", "statementMap"])
    })
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut report = Report::default();
    reading.json(Each::new("coverage of files by path", |name: &str, file| report.file(name, file)));
    let Report { draft, odds, total } = report;
    let told: [Told; 4] = [
        ("lines", total.line, Lines::line_ratio),
        ("branches", total.branch, Lines::branch_ratio),
        ("functions", total.function, Lines::function_ratio),
        ("statements", total.statement, Lines::statement_ratio),
    ];
    finish(reading, draft, odds, "Istanbul", &told, &["total"])
}

#[derive(Default)]
struct Report {
    draft: Draft,
    odds: Odds,
    /// What a summary says of all files together.
    total: Totals,
}

/// What is said of one file, in either kind of report.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct File {
    path: Option<String>,
    /// Some writers put everything below it.
    data: Option<Box<File>>,
    #[serde(deserialize_with = "nullable")]
    statement_map: BTreeMap<String, Option<Range>>,
    #[serde(deserialize_with = "nullable")]
    fn_map: BTreeMap<String, Option<Function>>,
    #[serde(deserialize_with = "nullable")]
    branch_map: BTreeMap<String, Option<Branch>>,
    #[serde(deserialize_with = "nullable")]
    s: BTreeMap<String, Cell>,
    #[serde(deserialize_with = "nullable")]
    f: BTreeMap<String, Cell>,
    #[serde(deserialize_with = "nullable")]
    b: BTreeMap<String, Option<Vec<Cell>>>,
    lines: Option<Count>,
    statements: Option<Count>,
    functions: Option<Count>,
    branches: Option<Count>,
}

/// From where to where; what the compiler made up stands nowhere.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(default)]
struct Range {
    #[serde(deserialize_with = "nullable")]
    start: Place,
    #[serde(deserialize_with = "nullable")]
    end: Place,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(default)]
struct Place {
    line: Cell,
    column: Cell,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Function {
    #[serde(deserialize_with = "nullable")]
    decl: Range,
    #[serde(deserialize_with = "nullable")]
    loc: Range,
    line: Cell,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Branch {
    #[serde(deserialize_with = "nullable")]
    loc: Range,
    line: Cell,
    #[serde(deserialize_with = "nullable")]
    r#type: String,
    #[serde(deserialize_with = "nullable")]
    locations: Vec<Option<Range>>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct Count {
    total: Cell,
    covered: Cell,
}

impl Report {
    fn file(&mut self, name: &str, file: File) {
        let file = match file.data {
            Some(data) => *data,
            None => file,
        };
        let totals = file.totals();
        if name == "total" && totals.is_some() {
            self.total = totals.unwrap_or_default();
            return;
        }
        self.note_odd(name, &file);
        let into = self.draft.lines.file(&path::normal(file.path.as_deref().unwrap_or(name)));
        into.totals = totals.unwrap_or_default();
        file.statements(into);
        file.functions(into);
        file.branches(into);
    }

    fn note_odd(&mut self, name: &str, file: &File) {
        let counts = [("s", &file.s), ("f", &file.f)].map(|(key, counts)| (key, counts.values().any(|cell| cell.is_odd())));
        let branches = ("b", file.b.values().flatten().flatten().any(|cell| cell.is_odd()));
        for (key, _) in counts.into_iter().chain([branches]).filter(|(_, odd)| *odd) {
            self.odds.see(HITS, &[name, key]);
        }
        let totals = [("lines", file.lines), ("statements", file.statements), ("functions", file.functions), ("branches", file.branches)];
        for (key, _) in totals.iter().filter(|(_, count)| count.is_some_and(|count| impossible(count.covered, count.total))) {
            self.odds.see(IMPOSSIBLE, &[name, key]);
        }
    }
}

impl File {
    /// The counts of a summary.
    fn totals(&self) -> Option<Totals> {
        let ratio = |count: Option<Count>| count.map_or(Ratio::default(), Count::ratio);
        let any = self.lines.or(self.statements).is_some();
        any.then(|| Totals {
            line: ratio(self.lines),
            branch: ratio(self.branches),
            function: ratio(self.functions),
            statement: ratio(self.statements),
        })
    }

    fn statements(&self, into: &mut Lines) {
        let mut twins = Twins::default();
        let mut lines = Vec::new();
        for (id, cell) in &self.s {
            let hits = cell.count().unwrap_or(0);
            let place = self.statement_map.get(id).copied().flatten().unwrap_or_default();
            let line = place.start.line.line();
            lines.extend(line.map(|number| Line::new(number, hits)));
            into.statements.add(line.unwrap_or(0), twins.name(place, "").as_bytes(), hits > 0, 1);
        }
        into.add(&lines);
    }

    fn functions(&self, into: &mut Lines) {
        let mut twins = Twins::default();
        for (id, cell) in &self.f {
            let function = self.fn_map.get(id).and_then(Option::as_ref);
            let place = function.map(|it| if it.decl.start.line.line().is_some() { it.decl } else { it.loc }).unwrap_or_default();
            let line = place.start.line.line().or_else(|| function.and_then(|it| it.line.line()));
            into.functions.add(line.unwrap_or(0), twins.name(place, "").as_bytes(), cell.count() > Some(0), 1);
        }
    }

    fn branches(&self, into: &mut Lines) {
        let mut twins = Twins::default();
        let nowhere = Branch::default();
        for (id, arms) in &self.b {
            let branch = self.branch_map.get(id).and_then(Option::as_ref).unwrap_or(&nowhere);
            let first = branch.locations.first().copied().flatten().unwrap_or_default();
            let place = if branch.loc.start.line.line().is_some() { branch.loc } else { first };
            let line = place.start.line.line().or(branch.line.line()).unwrap_or(0);
            let name = twins.name(place, &branch.r#type);
            for (n, arm) in arms.iter().flatten().enumerate() {
                into.arms.add(line, format!("{name}/{n}").as_bytes(), arm.count() > Some(0), 1);
            }
        }
    }
}

impl Count {
    fn ratio(self) -> Ratio {
        ratio(self.covered, self.total)
    }
}

/// Names of things by their place; where several stand in one place, by their order too.
#[derive(Default)]
struct Twins(BTreeMap<(Range, String), u64>);

impl Twins {
    fn name(&mut self, place: Range, kind: &str) -> String {
        let Range { start, end } = place;
        let nth = self.0.entry((place, kind.to_owned())).and_modify(|n| *n += 1).or_insert(0);
        let [from, to, last] = [start.column, end.line, end.column].map(|cell| cell.count().unwrap_or(0));
        format!("{from}-{to}:{last} {kind} {nth}")
    }
}
