//! Exports of an audit table: as CSV with a header (`retention-audit-csv`), and as JSON Lines (`retention-audit-jsonl`). The rows are
//! judged as those of the table would be, after a text is taken for the number it writes where the column holds numbers.

use super::answers::{Answers, affinity};
use super::column::{COLUMNS, Column, Origin};
use super::judge::{Judge, Terms};
use super::line::Line;
use super::map::Map;
use super::row::Row;
use super::tally::Tally;
use super::{Draft, describe, terms};
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::json::{self, Value};
use crate::io::sqlite::Cell;
use crate::io::{csv, spelling};
use crate::partition::Affinity;
use crate::source::{Grade, Location};
use std::ops::ControlFlow;
use std::sync::Arc;

/// The map of both, where the entry names none.
const MAP: &str = "retention-audit-log";
/// So many mistakes of a file are told.
const MISTAKES: usize = 20;
/// Columns by which an export is known.
const KNOWN_BY: [&str; 4] = ["table_name", "operation", "record_count", "executed_at"];

pub(super) const CSV: Format<Draft> =
    Format { name: "retention-audit-csv", about: "the table retention_audit_log as CSV with a header", claims: claims_csv, read: read_csv };

pub(super) const JSONL: Format<Draft> =
    Format { name: "retention-audit-jsonl", about: "the table retention_audit_log as JSON Lines", claims: claims_jsonl, read: read_jsonl };

fn claims_csv(artifact: &Artifact) -> bool {
    csv::header(&artifact.head).is_some_and(|header| KNOWN_BY.iter().all(|name| header.iter().any(|cell| cell.eq_ignore_ascii_case(name))))
}

fn claims_jsonl(artifact: &Artifact) -> bool {
    let first = artifact.head_text().lines().find(|line| !line.trim().is_empty()).unwrap_or("").trim_start();
    first.starts_with('{') && KNOWN_BY.iter().all(|name| first.contains(&format!("\"{name}\"")))
}

fn read_csv(reading: &mut Reading<'_>) -> Draft {
    let (text, _) = csv::decode(&reading.artifact.head);
    let separator = csv::separator(&text);
    let Some(names) = header(&text, separator) else { return Draft { path: reading.source.path.clone(), ..Draft::default() } };
    let twice = names.iter().enumerate().find(|(place, name)| names[..*place].iter().any(|known| known.eq_ignore_ascii_case(name)));
    if let Some((_, name)) = twice.filter(|(_, name)| !name.is_empty()) {
        reading.error("column-twice", Location::line(1), format!("two columns are called {name}"));
    }
    scan(reading, MAP, &names, &names, |reading, map, take| {
        let places = Column::ALL
            .map(|(column, _)| map.origin(column).and_then(|origin| names.iter().position(|name| name.eq_ignore_ascii_case(&origin.name))));
        let mut is_header = true;
        reading.each_row(separator, |reading, row| {
            if std::mem::take(&mut is_header) {
                return ControlFlow::Continue(());
            }
            if row.cells.len() != names.len() {
                let message = format!("the row has {} cells, and the header {}", row.cells.len(), names.len());
                reading.error("ragged-row", Location::line(row.line), message);
                return enough(reading);
            }
            let held = Column::ALL.map(|(column, _)| {
                let text = places[column as usize].and_then(|place| row.cells.get(place)).map_or("", |cell| cell.as_ref());
                written(text, column, map.origin(column))
            });
            take(row.line, &held);
            ControlFlow::Continue(())
        });
    })
}

/// The names in the first row in which anything stands.
fn header(text: &str, separator: char) -> Option<Vec<String>> {
    let first = csv::Rows::new(text, separator).flatten().find(|row| !row.is_blank())?;
    Some(first.cells.iter().map(|cell| cell.trim().to_owned()).collect())
}

fn read_jsonl(reading: &mut Reading<'_>) -> Draft {
    let names = keys(reading.artifact.head_text());
    scan(reading, MAP, &names, &names, |reading, map, row| {
        let late: Vec<&Origin> = map.columns.iter().flatten().filter(|origin| !names.is_empty() && !has(&names, &origin.name)).collect();
        reading.each_line(|reading, number, text, ended| {
            let text = text.trim_start_matches('\u{feff}');
            if text.trim().is_empty() {
                return ControlFlow::Continue(());
            }
            match json::read_line::<Line>(text, number) {
                Ok(line) => {
                    if let Some(origin) = late.iter().find(|origin| line.get(&origin.name).is_some()) {
                        let message = format!("no line before this one has {}: write every column into every line", origin.name);
                        reading.error("AUD-NO-COLUMN", Location::line(number), message);
                        return ControlFlow::Break(());
                    }
                    let value = |origin: &Origin| line.get(&origin.name).map_or(Held::Null, |value| json_held(follow(value, &origin.path)));
                    row(number, &Column::ALL.map(|(column, _)| map.origin(column).map_or(Held::Null, value)));
                    ControlFlow::Continue(())
                }
                Err(mistake) => {
                    let code = if ended { "malformed" } else { "truncated" };
                    reading.error(code, Location::column(mistake.line, mistake.column.max(1)), mistake.message);
                    enough(reading)
                }
            }
        });
    })
}

/// The keys of the first lines: a line may leave out what it has nothing to say of. None where no line can be read.
fn keys(head: &str) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for line in head.lines().filter_map(|line| json::read_line::<Line>(line.trim_start_matches('\u{feff}'), 1).ok()) {
        let new: Vec<&str> = line.keys().filter(|key| !has(&keys, key)).collect();
        keys.extend(new.into_iter().map(str::to_owned));
    }
    keys
}

fn has(names: &[String], name: &str) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// A file that has so much wrong with it is not read to its end.
pub(super) fn enough(reading: &Reading<'_>) -> ControlFlow<()> {
    if reading.problems.len() < MISTAKES { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
}

/// A value of an export.
pub(super) enum Held {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
}

impl Held {
    fn cell(&self) -> Cell<'_> {
        match self {
            Held::Null => Cell::Null,
            Held::Integer(n) => Cell::Integer(*n),
            Held::Real(x) => Cell::Real(*x),
            Held::Text(text) => Cell::Text(text.as_bytes()),
        }
    }
}

/// What a cell of a table of texts holds: nothing where nothing stands, or what databases write for it, and a number where the column
/// holds numbers.
pub(super) fn written(text: &str, column: Column, origin: Option<&Origin>) -> Held {
    if matches!(text, "" | "NULL" | r"\N") {
        return Held::Null;
    }
    if let Some(origin) = origin.filter(|origin| !origin.path.is_empty()) {
        return json::read::<Value>(text.as_bytes()).map_or(Held::Null, |value| json_held(follow(&value, &origin.path)));
    }
    let number = affinity(column) == Affinity::Integer;
    match (column, text) {
        // What databases and programs write for a boolean when they export it.
        (Column::DryRun, "t" | "true" | "TRUE" | "True") => Held::Integer(1),
        (Column::DryRun, "f" | "false" | "FALSE" | "False") => Held::Integer(0),
        _ => text.parse().ok().filter(|_| number).map_or_else(|| Held::Text(text.to_owned()), Held::Integer),
    }
}

fn follow<'v>(value: &'v Value, path: &[String]) -> &'v Value {
    path.iter().fold(value, |value, key| value.get(key).unwrap_or(&Value::Null))
}

fn json_held(value: &Value) -> Held {
    match value {
        Value::Null => Held::Null,
        Value::Bool(flag) => Held::Integer(i64::from(*flag)),
        Value::Number(number) => number.as_i64().map_or_else(|| Held::Real(number.as_f64().unwrap_or(f64::NAN)), Held::Integer),
        Value::String(text) => Held::Text(text.clone()),
        list => Held::Text(list.to_string()),
    }
}

/// Judges the rows of a file that has these columns, of which `told` are told where the map does not know them; `feed` passes each row
/// with its line. No columns at all are all of them.
pub(super) fn scan<'a>(
    reading: &mut Reading<'a>,
    map: &str,
    names: &[String],
    told: &[String],
    feed: impl FnOnce(&mut Reading<'a>, &Map, &mut dyn FnMut(u64, &[Held; COLUMNS])),
) -> Draft {
    let mut draft = Draft { path: reading.source.path.clone(), ..Draft::default() };
    let Some((map, policy)) = terms(reading, map) else { return draft };
    let map = Arc::new(map);
    let there = |origin: &Origin| names.is_empty() || has(names, &origin.name);
    let present = Column::ALL.map(|(column, _)| map.origin(column).is_some_and(there));
    // Rows of a file that numbers none are numbered by their lines.
    let missing = |column: &Column| {
        let wanted = *column != Column::Id && map.origin(*column).is_some_and(|origin| !origin.optional) && !map.is_added(*column);
        wanted && !present[*column as usize]
    };
    for column in Column::ALL.iter().map(|(column, _)| *column).filter(missing) {
        let help = spelling::did_you_mean(map.label(column), names.iter().map(String::as_str));
        let help = help.map(|help| format!("; {help}")).unwrap_or_default();
        reading.error("AUD-NO-COLUMN", Location::whole(), format!("the file has no column {}{help}", map.label(column)));
    }
    let mut tally = Tally::default();
    let known = |name: &&String| map.columns.iter().flatten().any(|origin| origin.name.eq_ignore_ascii_case(name));
    let unknown: Vec<&str> = told.iter().filter(|name| !known(name)).map(String::as_str).collect();
    if !unknown.is_empty() {
        let s = if unknown.len() == 1 { "" } else { "s" };
        tally.say(None, "AUD-EXTRA-COL", format!("unknown column{s} {} ignored", unknown.join(", ")));
    }
    // An export does not tell with which defaults a migration added its columns; the map does.
    let defaults = Column::ALL.map(|(column, _)| map.is_added(column).then(|| map.default(column)));
    let mut judge = Judge::new(Terms { map: Arc::clone(&map), policy, now: reading.request.now, present, defaults, numbered: false });
    let mut answers = Answers::begin(reading.request, &map, &present);
    feed(reading, &map, &mut |line, held| {
        let mut cells: [Cell<'_>; COLUMNS] = std::array::from_fn(|column| held[column].cell());
        let id = cells[Column::Id as usize].integer().unwrap_or_else(|| i64::try_from(line).unwrap_or(i64::MAX));
        answers.iter_mut().for_each(|answers| answers.add(id, &cells));
        map.understand(&mut cells);
        judge.row(&Row { id, cells }, &mut tally);
    });
    judge.finish(&mut tally);
    let broken = reading.problems.iter().any(|problem| problem.severity == Grade::Error);
    if tally.rows == 0 && !broken {
        reading.error("AUD-NO-ROWS", Location::whole(), "the file has no row");
    } else if !broken {
        draft.columns = present.iter().filter(|there| **there).count() as u64;
        describe(reading, &format!("{} columns", draft.columns), &tally);
        let message =
            "no tamper evidence scheme present: integrity NOT verifiable: that no row was changed or removed later cannot be shown";
        reading.note("no-chain", Location::whole(), message);
        draft.tables = answers.map(|answers| answers.ask(reading.request, &map)).unwrap_or_default();
        draft.readable = true;
        draft.tally = tally;
    }
    draft.map = Some(map);
    draft
}
