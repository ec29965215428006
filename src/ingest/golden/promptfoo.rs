//! promptfoo's JSON: `promptfoo eval -o results.json` of every version, `promptfoo export`, what its Node library returns, and single rows.
//!
//! Versions 1 and 2 hold every answer twice, in `results` and in `table`; version 3 only in `results`. Of a file without results the table
//! is read.

pub mod gather;
mod grade;
mod identity;
pub mod marked;
mod origin;
pub mod row;
#[cfg(test)]
mod tests;

use super::draft::Draft;
use crate::ingest::{Format, Reading};
use crate::io::clock;
use crate::io::fs::Artifact;
use crate::io::json::{Each, Fill, Members, Outline, outline, skip};
use crate::source::Location;
use gather::{Gather, Head, Stats};
use marked::Table;
use row::{Options, Row, field, name_of};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "promptfoo", about: "promptfoo results in JSON, versions 1 to 3 (eval -o, export)", claims, read };

fn claims(artifact: &Artifact) -> bool {
    outline(&artifact.head).is_some_and(|outline| is_export(&outline) || is_link(&outline) || is_rows(&outline)) && !is_lines(artifact)
}

/// A run: its rows stand below `results`, in version 1 to 3 below `results.results`.
fn is_export(outline: &Outline) -> bool {
    let tabled = |place: &[&str]| outline.has(&[place, &["table", "body"]].concat()) && outline.has(&[place, &["table", "head"]].concat());
    let exported = outline.has(&["evalId"]) && outline.has(&["results", "{}"]);
    let summary =
        outline.has(&["results", "[]", "vars"]) && ["provider", "gradingResult"].iter().any(|key| outline.has(&["results", "[]", key]));
    exported || outline.has(&["results", "results", "[]"]) || tabled(&["results"]) || tabled(&[]) || summary
}

/// A run that only says where it can be looked at.
fn is_link(outline: &Outline) -> bool {
    let known = ["evalId", "shareableUrl", "url", "id", "createdAt", "description"];
    (outline.has(&["shareableUrl"]) || outline.has(&["evalId"])) && outline.keys().all(|key| known.contains(&key))
}

/// Rows alone: one, or a list.
fn is_rows(outline: &Outline) -> bool {
    ["", "[]"].iter().any(|list| {
        let has = |key: &str| if list.is_empty() { outline.has(&[key]) } else { outline.has(&[list, key]) };
        let graded = ["gradingResult", "promptIdx", "failureReason", "testCase"].iter().filter(|key| has(key)).count();
        let asked = ["provider", "prompt", "vars", "response"].iter().filter(|key| has(key)).count();
        // The verdict of a row may stand behind a long answer.
        let begun = list.is_empty() && asked >= 3 && outline.has(&["prompt", "raw"]);
        (graded >= 1 && asked >= 2) || (asked == 4 && has("success")) || begun
    })
}

/// Whether each line is a row of its own.
pub(super) fn is_lines(artifact: &Artifact) -> bool {
    let text = artifact.head_text().trim_start();
    let (first, whole) = text.split_once('\n').map_or((text, false), |(first, _)| (first, true));
    let row = outline(text.as_bytes()).is_some_and(|outline| is_rows(&outline) && !is_export(&outline) && !outline.has(&["evalId"]));
    row && text.starts_with('{') && first.len() > 1 && (!whole || first.trim_end().ends_with('}'))
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut export = Export::default();
    let shape = outline(&reading.artifact.head);
    match shape.as_ref() {
        Some(shape) if shape.has(&["[]"]) => {
            reading.tolerant_json(Each::new("a list of rows", |place: &str, row| export.row(&[place], row)));
        }
        Some(shape) if is_rows(shape) && !is_export(shape) => {
            let row = reading.tolerant_json(std::marker::PhantomData::<Row>);
            row.into_iter().for_each(|row| export.gather.take(Location::line(1), &row));
        }
        _ => {
            reading.tolerant_json(Fill(&mut export));
        }
    }
    export.finish(reading)
}

/// What a file says.
#[derive(Default)]
struct Export {
    gather: Gather,
    head: Head,
    table: Option<Table>,
    /// The moments the file names, the most telling first.
    evaluated: Option<String>,
    stamped: Option<String>,
    created: Option<String>,
    link: Option<String>,
    /// Whether there is a place for results.
    results: bool,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Metadata {
    promptfoo_version: Option<String>,
    evaluation_created_at: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Config {
    #[serde(deserialize_with = "super::loose::text")]
    description: Option<String>,
    default_test: Option<DefaultTest>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum DefaultTest {
    Test { options: Option<Options> },
    Other(serde::de::IgnoredAny),
}

impl Members for Export {
    const WHAT: &'static str = "the results of promptfoo";

    fn member<'de, A: MapAccess<'de>>(&mut self, key: &str, value: &mut A) -> Result<(), A::Error> {
        match key {
            "results" => {
                self.results = true;
                value.next_value_seed(Results(self))?;
            }
            "table" if self.gather.is_empty() => self.table = value.next_value()?,
            "stats" => self.head.stats = value.next_value::<Option<Stats>>()?.or(self.head.stats),
            "timestamp" => self.stamped = value.next_value()?,
            "createdAt" => self.created = loose(value)?,
            "shareableUrl" | "url" => self.link = loose(value)?.or(self.link.take()),
            "metadata" => {
                let metadata = value.next_value::<Option<Metadata>>()?.unwrap_or_default();
                self.head.version = metadata.promptfoo_version;
                self.evaluated = metadata.evaluation_created_at;
            }
            "config" => self.config(value.next_value::<Option<Config>>()?.unwrap_or_default()),
            _ => skip(value)?,
        }
        Ok(())
    }
}

fn loose<'de, A: MapAccess<'de>>(value: &mut A) -> Result<Option<String>, A::Error> {
    value.next_value::<crate::io::json::Value>().map(|value| super::loose::words(&value))
}

/// The rows, or the object that holds them.
struct Results<'a>(&'a mut Export);

impl<'de> DeserializeSeed<'de> for Results<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, document: D) -> Result<(), D::Error> {
        document.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Results<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of rows, or an object that holds one")
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        Fill(self.0).visit_map(map)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut place = 0_u64;
        while let Some(row) = list.next_element::<Option<Row>>()? {
            self.0.row(&["results", "results", &place.to_string()], row);
            place += 1;
        }
        Ok(())
    }
}

impl Export {
    fn row(&mut self, place: &[&str], row: Option<Row>) {
        match row {
            Some(row) => self.gather.take(Location::pointer(place), &row),
            None => self.gather.problem("undecodable", Location::pointer(place), "the row is null"),
        }
    }

    fn config(&mut self, config: Config) {
        self.head.suite = config.description;
        if let Some(DefaultTest::Test { options: Some(options) }) = config.default_test {
            self.head.judge = name_of(&options.provider).or_else(|| field(&options.provider, "label"));
        }
    }

    fn finish(mut self, reading: &mut Reading<'_>) -> Draft {
        if self.gather.is_empty() {
            for (line, cell, row) in self.table.take().into_iter().flat_map(Table::rows) {
                let at = Location::pointer(&["results", "table", "body", &line.to_string(), "outputs", &cell.to_string()]);
                match row {
                    Ok(row) => self.gather.take(at, &row),
                    Err(why) => self.gather.problem("undecodable", at, why),
                }
            }
        }
        if self.gather.is_empty() && !self.results && self.link.is_some() {
            let message = "the file only links to its results: write them with `promptfoo export eval ID -o results.json`";
            reading.error("only-a-link", Location::whole(), message);
        }
        let moments = [self.evaluated, self.stamped, self.created];
        reading.source.collected_at = moments.iter().flatten().find_map(|moment| clock::parse(moment));
        let draft = Draft::of(reading);
        self.gather.finish(reading, draft, self.head)
    }
}
