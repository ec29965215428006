//! `performance-runs`: a table of benchmark runs, in an SQLite database or as separated values. A map says which column is which, and
//! whether there is a column for every figure or a row for every value; without one it is the table `performance_runs` of a database.

use super::Draft;
use super::map::{AT, Map};
use super::rows::Rows;
use crate::ingest::{Format, Reading, shipped_map, table};
use crate::io::fs::Artifact;
use crate::io::spelling;
use crate::io::sqlite::{self, Cell, Snapshot, Table};
use crate::source::Location;
use std::ops::ControlFlow;

const NAME: &str = "performance-runs";
/// After this many mistakes the rest of a table is not read.
const MISTAKES: usize = 100;

pub(super) const FORMAT: Format<Draft> =
    Format { name: NAME, about: "a table of runs by a map, SQLite or CSV; the table performance_runs of SQLite without one", claims, read };

fn claims(artifact: &Artifact) -> bool {
    sqlite::holds(artifact, "performance_runs")
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut errors = Vec::new();
    let (file, text) = reading.request.map.unwrap_or((NAME, shipped_map(NAME).unwrap_or_default()));
    let Some(map) = Map::parse(file, text, &mut errors) else {
        for error in errors {
            reading.error("map", Location::whole(), error.to_string());
        }
        return Draft::default();
    };
    if sqlite::is_database(&reading.artifact.head) { database(reading, &map) } else { values(reading, &map) }
}

/// A table of separated values.
fn values(reading: &mut Reading<'_>, map: &Map) -> Draft {
    let Some(table) = reading.table(None) else { return Draft::default() };
    let names = || table.columns.iter().map(String::as_str);
    let (mut places, mut complete) = (Vec::new(), true);
    for wanted in map.columns() {
        let place = wanted.and_then(|(name, _)| names().position(|column| column.eq_ignore_ascii_case(name)));
        if let (Some((name, needed)), None) = (wanted, place) {
            let help = spelling::did_you_mean(name, names()).map(|help| format!("; {help}")).unwrap_or_default();
            missing(reading, needed, format!("the header has no column {name}{help}"));
            complete &= !needed;
        }
        places.push(place);
    }
    if !complete {
        return Draft::default();
    }
    let (mut rows, mut mistakes) = (Rows::new(map), 0);
    for (line, cells) in &table.rows {
        let text = |index: usize| places.get(index).copied().flatten().and_then(|at| cells.get(at)).map_or("", |text| text.trim());
        // Only times are numbers here: a commit `0012345` is no number, and values are read as text.
        let cell = |index: usize| match (text(index), index) {
            ("", _) => Cell::Null,
            (text, AT) => text.parse().map_or(Cell::Text(text.as_bytes()), Cell::Integer),
            (text, _) => Cell::Text(text.as_bytes()),
        };
        mistakes += usize::from(!rows.take(reading, Location::line(*line), cell));
        if mistakes >= MISTAKES {
            break;
        }
    }
    rows.finish(reading, "the table")
}

fn database(reading: &mut Reading<'_>, map: &Map) -> Draft {
    let Some(name) = &map.table else {
        reading.error("map", Location::whole(), "the file is a database, and the map names no `table`");
        return Draft::default();
    };
    match Snapshot::open(&reading.artifact.path, reading.request.now) {
        Err(failure) => {
            reading.error(failure.code, Location::whole(), failure.message);
            Draft::default()
        }
        Ok(snapshot) => {
            for note in snapshot.notes() {
                reading.warning(note.code, Location::whole(), note.message.clone());
            }
            let draft = scan(reading, &snapshot, name, map);
            if let Err(failure) = snapshot.close() {
                reading.error(failure.code, Location::whole(), failure.message);
            }
            draft
        }
    }
}

fn scan(reading: &mut Reading<'_>, snapshot: &Snapshot, name: &str, map: &Map) -> Draft {
    let found = match table::find(snapshot, name) {
        Ok(found) => found,
        Err((code, message)) => {
            reading.error(code, Location::whole(), message);
            return Draft::default();
        }
    };
    let Some(columns) = selected(reading, found, map) else { return Draft::default() };
    let sql = format!("SELECT {} FROM {} NOT INDEXED", columns.join(", "), sqlite::quoted(&found.name));
    let (mut rows, mut mistakes, mut position) = (Rows::new(map), 0, 0);
    let outcome = snapshot.query(&sql).and_then(|mut query| {
        query.run(|row| {
            position += 1;
            let place = Location::row(row.cell(0).integer().unwrap_or(position));
            mistakes += usize::from(!rows.take(reading, place, |index| row.cell(index)));
            if mistakes < MISTAKES { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })
    });
    if let Err(failure) = outcome {
        reading.error(failure.code, Location::whole(), failure.message);
    }
    rows.finish(reading, &found.name)
}

/// The columns to select; nothing when one is missing that the map relies on.
fn selected(reading: &mut Reading<'_>, found: &Table, map: &Map) -> Option<Vec<String>> {
    let mut complete = true;
    let mut columns = Vec::new();
    for wanted in map.columns() {
        columns.push(match wanted.map(|(name, needed)| (name, needed, table::column(found, name))) {
            None => "NULL".to_owned(),
            Some((_, _, Some(column))) => sqlite::quoted(column),
            Some((name, needed, None)) => {
                missing(reading, needed, table::no_column(found, name));
                complete &= !needed;
                "NULL".to_owned()
            }
        });
    }
    complete.then_some(columns)
}

fn missing(reading: &mut Reading<'_>, needed: bool, message: String) {
    if needed {
        reading.error("no-column", Location::whole(), message);
    } else {
        reading.warning("no-column", Location::whole(), message);
    }
}
