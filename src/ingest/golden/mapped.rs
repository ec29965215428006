//! `golden-map`: results of somebody else's design, as a CSV table, JSON Lines or a JSON document; a map says what its columns mean.
//!
//! Files that a shipped map knows by their columns are read without naming it.

mod cell;
mod facts;
mod grade;
#[cfg(test)]
mod tests;

use super::draft::Draft;
use super::layout::Layout;
use super::map::Map;
use crate::ingest::{Format, MAPS, Reading};
use crate::io::fs::Artifact;
use crate::io::json::{self, Value};
use crate::io::{csv, spelling};
use crate::source::{Grade, Location};
use cell::Row;
use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::sync::LazyLock;

pub(super) const FORMAT: Format<Draft> = Format {
    name: "golden-map",
    about: "CSV, JSON Lines or JSON of another design, by a map; Azure's RAG evaluator, Phoenix, TruLens",
    claims,
    read,
};

/// After this many mistakes the rest of a file is not read.
const MISTAKES: usize = 100;

/// The shipped maps that know their files.
static KNOWING: LazyLock<Vec<Map>> = LazyLock::new(|| {
    let golden = MAPS.iter().filter(|(_, text)| text.contains("\nfamily: golden\n"));
    let maps = golden.filter_map(|(name, text)| Map::parse(name, text, &mut Vec::new()));
    maps.filter(|map| !map.known_by.is_empty()).collect()
});

fn claims(artifact: &Artifact) -> bool {
    known(artifact).is_some()
}

/// The shipped map that knows a file.
fn known(artifact: &Artifact) -> Option<&'static Map> {
    let names: BTreeSet<String> = match artifact.head_text().trim_start().as_bytes() {
        // Of JSON Lines, the first line.
        [b'{', ..] => {
            let head = artifact.head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&artifact.head);
            let first = head.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty())?;
            json::outline(first)?.keys().map(str::to_owned).collect()
        }
        [b'[', ..] => json::outline(&artifact.head)?.keys().map(str::to_owned).collect(),
        _ => csv::header(&artifact.head)?.into_iter().collect(),
    };
    KNOWING.iter().find(|map| map.known_by.iter().all(|name| names.contains(name)))
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut draft = Draft::of(reading);
    let asked = Map::of(reading.request).filter(|map| map.layout.is_some());
    let Some(map) = asked.or_else(|| known(reading.artifact).cloned()) else { return draft.finish(reading) };
    draft.demand(map.policy.clone());
    let mut reader = Reader { draft, layout: map.layout.clone().unwrap_or_default(), ..Reader::default() };
    match reading.artifact.head_text().trim_start().as_bytes() {
        [b'[', ..] => reader.document(reading),
        [b'{', ..] if reader.layout.rows.is_some() => reader.document(reading),
        [b'{', ..] => reader.lines(reading),
        _ => reader.table(reading),
    }
    reader.finish(reading, &map)
}

/// What is known of a file so far.
#[derive(Default)]
struct Reader {
    draft: Draft,
    layout: Layout,
    position: u64,
    /// The columns that any row has.
    seen: BTreeSet<String>,
    /// The names of the first row, for messages.
    names: Vec<String>,
    /// How often each question was asked, where questions name the cases.
    asked: BTreeMap<String, u64>,
    mistakes: usize,
}

impl Reader {
    fn table(&mut self, reading: &mut Reading<'_>) {
        let Some(table) = reading.table(self.layout.separator) else { return };
        let mut twice = BTreeSet::new();
        let wanted: BTreeSet<String> = self.wanted().map(str::to_owned).collect();
        for column in &table.columns {
            if !twice.insert(column) && wanted.contains(column) {
                reading.error("duplicate-column", Location::line(1), format!("the table has two columns `{column}`"));
            }
        }
        self.names.clone_from(&table.columns);
        self.seen.extend(table.columns.iter().cloned());
        for (line, cells) in table.rows {
            let cells = table.columns.iter().cloned().zip(cells.into_iter().map(Value::String)).collect();
            if self.take(reading, Location::line(line), &Value::Object(cells)).is_break() {
                break;
            }
        }
    }

    fn lines(&mut self, reading: &mut Reading<'_>) {
        reading.each_line(|reading, number, text, _| {
            if text.trim().is_empty() {
                return ControlFlow::Continue(());
            }
            match json::read_line::<Value>(&json::tolerate(text), number) {
                Ok(value) => self.take(reading, Location::line(number), &value),
                Err(mistake) => {
                    reading.error("undecodable", Location::column(mistake.line, mistake.column), mistake.message);
                    self.mistake(reading)
                }
            }
        });
    }

    fn document(&mut self, reading: &mut Reading<'_>) {
        let Some(document) = reading.tolerant_json(PhantomData::<Value>) else { return };
        let path = self.layout.rows.clone().unwrap_or_default();
        let rows = if path.is_empty() { Some(&document) } else { cell::within(&document, &path) };
        let Some(Value::Array(rows)) = rows else {
            let steps: Vec<&str> = path.split('.').collect();
            return reading.error("no-rows", Location::pointer(&steps), "there is no list of rows");
        };
        for (at, row) in rows.iter().enumerate() {
            let mut steps: Vec<&str> = path.split('.').filter(|step| !step.is_empty()).collect();
            let at = at.to_string();
            steps.push(&at);
            if self.take(reading, Location::pointer(&steps), row).is_break() {
                break;
            }
        }
    }

    fn take(&mut self, reading: &mut Reading<'_>, at: Location, value: &Value) -> ControlFlow<()> {
        let Value::Object(cells) = value else {
            reading.error("undecodable", at, "a row must be an object");
            return self.mistake(reading);
        };
        self.position += 1;
        if self.names.is_empty() {
            self.names = cells.keys().cloned().collect();
        }
        let row = Row { value, layout: &self.layout };
        let new: Vec<String> =
            self.wanted().filter(|name| !self.seen.contains(*name) && row.at(name).is_some()).map(str::to_owned).collect();
        let (mut case, wrong) = grade::case(&row, self.draft.policy(), self.position);
        if case.question.is_some() && self.layout.columns.id.is_none() && self.layout.columns.attempt.is_none() {
            let n = self.asked.entry(case.id.clone()).or_default();
            *n += 1;
            case.attempt = *n;
        }
        self.seen.extend(new);
        let mut flow = ControlFlow::Continue(());
        for (code, message) in wrong {
            reading.error(code, at.clone(), message);
            flow = self.mistake(reading);
        }
        self.draft.take(reading, at, case);
        flow
    }

    fn mistake(&mut self, reading: &mut Reading<'_>) -> ControlFlow<()> {
        self.mistakes += 1;
        if self.mistakes < MISTAKES {
            return ControlFlow::Continue(());
        }
        reading.error("too-many-mistakes", Location::whole(), format!("{MISTAKES} mistakes: the rest is not read"));
        ControlFlow::Break(())
    }

    /// The columns that have to be there.
    fn wanted(&self) -> impl Iterator<Item = &str> {
        let measures = self.draft.policy().names().filter(|(_, if_present)| !if_present).map(|(name, _)| name);
        self.layout.names().into_iter().chain(measures)
    }

    fn finish(self, reading: &mut Reading<'_>, map: &Map) -> Draft {
        let broken = reading.problems.iter().any(|problem| problem.severity == Grade::Error);
        let known = map.known_by.iter().map(String::as_str);
        let missing: BTreeSet<&str> = self.wanted().chain(known).filter(|name| !self.seen.contains(*name)).collect();
        if self.position > 0 || !broken {
            for name in missing.into_iter().filter(|name| !self.names.iter().any(|known| known == name)) {
                let help = spelling::did_you_mean(name, self.names.iter().map(String::as_str)).map(|help| format!("; {help}"));
                let message = format!("no row has a column `{name}`{}", help.unwrap_or_default());
                reading.error("no-column", Location::whole(), message);
            }
        }
        let repeated = self.asked.values().filter(|n| **n > 1).count();
        if repeated > 0 {
            let message = format!("asked more than once, and counted as attempts at one case: {repeated} questions");
            reading.note("repeated-question", Location::whole(), message);
        }
        self.draft.finish(reading)
    }
}
