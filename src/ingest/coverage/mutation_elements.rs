//! The report schema of mutation-testing-elements, versions 1 and 2: Stryker for JavaScript, .NET and Scala, Infection, Mull.

use super::Draft;
use super::cell::Cell;
use super::mutants::describe;
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::json::{Each, Fill, Members, outline, skip};
use crate::mutant::Fate;
use crate::source::Location;
use serde::Deserialize;
use serde::de::MapAccess;

pub(super) const FORMAT: Format<Draft> = Format {
    name: "mutation-elements",
    about: "mutation-testing-elements JSON: Stryker (JavaScript, .NET, Scala), Infection, Mull",
    claims,
    read,
};

fn claims(artifact: &Artifact) -> bool {
    outline(&artifact.head)
        .is_some_and(|outline| outline.has(&["files", "*", "mutants"]) || (outline.has(&["schemaVersion"]) && outline.has(&["thresholds"])))
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut report = Report::default();
    reading.json(Fill(&mut report));
    reading.source.content = describe(&report.draft.mutants, "mutation-testing-elements");
    if let Some((at, status)) = report.unfinished {
        let at = Location::pointer(&["files", &at, "mutants"]);
        if status == "Pending" {
            reading.error("unfinished", at, "the run had not come to all mutants when this was written");
        } else {
            reading.error("unknown-outcome", at, format!("the status `{status}` of a mutant is not known"));
        }
    }
    report.draft
}

#[derive(Default)]
struct Report {
    draft: Draft,
    /// The first file with a mutant that has no fate, and what is said of it instead.
    unfinished: Option<(String, String)>,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    mutants: Vec<Mutant>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mutant {
    status: String,
    #[serde(default)]
    mutator_name: String,
    replacement: Option<String>,
    location: Span,
}

#[derive(Deserialize)]
struct Span {
    start: Place,
    end: Place,
}

#[derive(Deserialize)]
struct Place {
    line: Cell,
    column: Cell,
}

impl Members for Report {
    const WHAT: &'static str = "a report of mutation tests";

    fn member<'de, A: MapAccess<'de>>(&mut self, key: &str, value: &mut A) -> Result<(), A::Error> {
        match key {
            "files" => value.next_value_seed(Each::new("files by path", |path: &str, file| self.file(path, file))),
            _ => skip(value),
        }
    }
}

impl Report {
    fn file(&mut self, path: &str, file: File) {
        for Mutant { status, mutator_name, replacement, location: Span { start, end } } in file.mutants {
            let fate = match status.as_str() {
                "Killed" => Fate::Killed,
                "Timeout" => Fate::TimedOut,
                "Survived" => Fate::Survived,
                "NoCoverage" => Fate::NotCovered,
                "CompileError" | "RuntimeError" | "Ignored" => Fate::Invalid,
                _ => {
                    self.unfinished.get_or_insert((path.to_owned(), status));
                    continue;
                }
            };
            let [from, to, last] = [start.column, end.line, end.column].map(|cell| cell.count().unwrap_or(0));
            let replacement = replacement.unwrap_or_default();
            let change = format!("{from}-{to}:{last} {mutator_name} {replacement}");
            self.draft.mutant(path, start.line.line().unwrap_or(0), change.trim_end(), fate);
        }
    }
}
