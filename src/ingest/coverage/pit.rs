//! `mutations.xml` of PIT, for Java, Kotlin and Scala, and what others write after it.
//!
//! A file is named after the package of its class, unless its path is told. What PIT calls not viable (the class does not load), a
//! memory error or a run error says nothing here and is told, although PIT counts all three as detected: no test judged the change,
//! and as its documentation has it, a memory error may come of running the tests so often, and many run errors of a broken setup. The
//! other readers do the same with what does not compile and with errors of the runner.

use super::Draft;
use super::elements::{Elements, walk};
use super::mutants::describe;
use super::odds::{Odd, Odds};
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::xml::{Tag, opening};
use crate::mutant::Fate;
use crate::source::Location;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "pit", about: "mutations.xml of PIT: mutation tests of Java and Kotlin code", claims, read };

const NAMELESS: Odd = ("mutation-without-file", "mutations that name no source file are those of their class, or of no file");

const UNJUDGED: Odd = ("mutation-without-judgement", "mutations that no test judged say nothing, although PIT counts them as detected");

fn claims(artifact: &Artifact) -> bool {
    opening(&artifact.head).is_ok_and(|opening| opening.root == "mutations")
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut report = Report::default();
    let root = walk(reading, &mut report);
    report.odds.tell(reading);
    if let Some(status) = report.unfinished {
        let message = format!("a mutation is `{status}`: the run had not come to its end when this was written");
        reading.error("unfinished", Location::line(root), message);
    }
    reading.source.content = describe(&report.draft.mutants, "PIT");
    report.draft
}

#[derive(Default)]
struct Report {
    draft: Draft,
    odds: Odds,
    mutation: Mutation,
    /// The text of the element being read.
    text: String,
    unfinished: Option<String>,
}

#[derive(Default)]
struct Mutation {
    status: String,
    file: String,
    path: String,
    class: String,
    method: String,
    line: u32,
    mutator: String,
    /// Tells mutations of one kind on one line apart.
    indexes: Vec<String>,
}

impl Elements for Report {
    fn start(&mut self, tag: &Tag<'_>) {
        self.text.clear();
        if tag.local() == b"mutation" {
            let detected = tag.get("detected").map_or("", |detected| if detected == "true" { "KILLED" } else { "SURVIVED" });
            let status = tag.get("status").map_or(detected.to_owned(), |status| status.into_owned());
            self.mutation = Mutation { status, ..Mutation::default() };
        }
    }

    fn text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn end(&mut self, name: &[u8]) {
        let text = std::mem::take(&mut self.text);
        let text = text.trim();
        let mutation = &mut self.mutation;
        match name {
            b"sourceFile" => text.clone_into(&mut mutation.file),
            b"sourceFilePath" => text.clone_into(&mut mutation.path),
            b"mutatedClass" => text.clone_into(&mut mutation.class),
            b"mutatedMethod" => text.clone_into(&mut mutation.method),
            b"lineNumber" => mutation.line = text.parse().unwrap_or(0),
            b"mutator" => text.rsplit('.').next().unwrap_or_default().clone_into(&mut mutation.mutator),
            b"index" | b"block" if !text.is_empty() => mutation.indexes.push(text.to_owned()),
            b"mutation" => self.mutation(),
            _ => {}
        }
    }

    fn odds(&mut self) -> &mut Odds {
        &mut self.odds
    }
}

impl Report {
    fn mutation(&mut self) {
        let Mutation { status, file, path, class, method, line, mutator, indexes } = std::mem::take(&mut self.mutation);
        let fate = match status.as_str() {
            "KILLED" => Fate::Killed,
            "TIMED_OUT" => Fate::TimedOut,
            "SURVIVED" => Fate::Survived,
            "NO_COVERAGE" => Fate::NotCovered,
            "NON_VIABLE" | "MEMORY_ERROR" | "RUN_ERROR" => {
                self.odds.meet(UNJUDGED);
                Fate::Invalid
            }
            _ => {
                self.unfinished.get_or_insert(status);
                return;
            }
        };
        let package = class.rsplit_once('.').map_or(String::new(), |(package, _)| format!("{}/", package.replace('.', "/")));
        let file = match (path.is_empty(), file.is_empty()) {
            (false, _) => path,
            (true, false) => format!("{package}{file}"),
            (true, true) => {
                self.odds.meet(NAMELESS);
                class.replace('.', "/")
            }
        };
        let change = format!("{mutator} in {method} {}", indexes.join(","));
        self.draft.mutant(&file, line, change.trim_end(), fate);
    }
}
