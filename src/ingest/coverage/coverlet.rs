//! coverlet's own JSON (`coverage.json` of .NET projects): module, document, class, method, and in it lines and branches.
//!
//! Several target frameworks and partial classes tell of the same lines: each counts once.

use super::cell::{Cell, HITS, NUMBER, finish, nullable};
use super::odds::Odds;
use super::{Draft, path};
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::json::{Each, Fill, Members, outline};
use crate::linemap::Line;
use serde::Deserialize;
use serde::de::MapAccess;
use std::collections::BTreeMap;

pub(super) const FORMAT: Format<Draft> = Format { name: "coverlet", about: "coverlet JSON, of .NET projects", claims, read };

fn claims(artifact: &Artifact) -> bool {
    outline(&artifact.head).is_some_and(|outline| ["Lines", "Branches"].iter().any(|key| outline.has(&["*", "*", "*", "*", key])))
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut report = Report::default();
    reading.json(Fill(&mut report));
    finish(reading, report.draft, report.odds, "coverlet", &[], &[])
}

/// The modules, by name.
#[derive(Default)]
struct Report {
    draft: Draft,
    odds: Odds,
}

/// The methods of each class.
type Classes = BTreeMap<String, BTreeMap<String, Method>>;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Method {
    #[serde(default)]
    lines: BTreeMap<String, Cell>,
    #[serde(default, deserialize_with = "nullable")]
    branches: Vec<Branch>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Branch {
    line: Cell,
    #[serde(default)]
    offset: Cell,
    #[serde(default)]
    path: Cell,
    #[serde(default)]
    ordinal: Cell,
    hits: Cell,
}

impl Members for Report {
    const WHAT: &'static str = "modules by name";

    fn member<'de, A: MapAccess<'de>>(&mut self, module: &str, value: &mut A) -> Result<(), A::Error> {
        value.next_value_seed(Each::new("documents by path", |document: &str, classes: Classes| self.document(module, document, &classes)))
    }
}

impl Report {
    fn document(&mut self, module: &str, document: &str, classes: &Classes) {
        let into = self.draft.lines.file(&path::normal(document));
        for (class, methods) in classes {
            for (name, method) in methods {
                let steps = [module, document, class, name];
                let lines = method.lines.iter().filter_map(|(key, cell)| {
                    let number = key.trim().parse().ok().filter(|number| *number > 0);
                    if number.is_none() {
                        self.odds.see(NUMBER, &steps);
                    } else if cell.count().is_none() {
                        self.odds.see(HITS, &steps);
                    }
                    number.map(|number| Line::new(number, cell.count().unwrap_or(0)))
                });
                let lines: Vec<Line> = lines.collect();
                into.add(&lines);
                if let Some(first) = lines.iter().map(|line| line.number).min() {
                    into.functions.add(first, name.as_bytes(), lines.iter().any(|line| line.hits > 0), 1);
                }
                for Branch { line, offset, path, ordinal, hits } in &method.branches {
                    let [offset, path, ordinal] = [offset, path, ordinal].map(|cell| cell.count().unwrap_or(0));
                    let arm = format!("{name} {offset} {path} {ordinal}");
                    into.arms.add(line.line().unwrap_or(0), arm.as_bytes(), hits.count() > Some(0), 1);
                }
            }
        }
    }
}
