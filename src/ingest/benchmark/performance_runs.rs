//! `performance-runs`: a table of an SQLite database with one row per run and one column per figure. A map says which is
//! which, and fits other tables of the kind.

use super::map::Map;
use super::{Draft, Measurement};
use crate::ingest::{Format, Reading, shipped_map, table};
use crate::io::fs::Artifact;
use crate::io::sqlite::{self, Cell, Row, Snapshot, Table};
use crate::source::Location;
use std::ops::ControlFlow;

const NAME: &str = "performance-runs";
/// The columns before the figures: run, time, commit, branch, machine.
const LEADING: usize = 5;
/// After this many mistakes the rest of a table is not read.
const MISTAKES: usize = 100;

pub(super) const FORMAT: Format<Draft> =
    Format { name: NAME, about: "the table performance_runs of an SQLite database, or another by a map", claims, read };

fn claims(artifact: &Artifact) -> bool {
    sqlite::holds(artifact, "performance_runs")
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut draft = Draft::default();
    let mut errors = Vec::new();
    let (file, text) = reading.request.map.unwrap_or((NAME, shipped_map(NAME).unwrap_or_default()));
    let Some(map) = Map::parse(file, text, &mut errors) else {
        for error in errors {
            reading.error("map", Location::whole(), error.to_string());
        }
        return draft;
    };
    match Snapshot::open(&reading.artifact.path, reading.request.now) {
        Err(failure) => reading.error(failure.code, Location::whole(), failure.message),
        Ok(snapshot) => {
            for note in snapshot.notes() {
                reading.warning(note.code, Location::whole(), note.message.clone());
            }
            scan(reading, &snapshot, &map, &mut draft);
            if let Err(failure) = snapshot.close() {
                reading.error(failure.code, Location::whole(), failure.message);
            }
        }
    }
    draft
}

fn scan(reading: &mut Reading<'_>, snapshot: &Snapshot, map: &Map, draft: &mut Draft) {
    let found = match table::find(snapshot, &map.table) {
        Ok(found) => found,
        Err((code, message)) => return reading.error(code, Location::whole(), message),
    };
    let Some(columns) = columns(reading, found, map) else { return };
    let sql = format!("SELECT {} FROM {} NOT INDEXED", columns.join(", "), sqlite::quoted(&found.name));
    let (mut rows, mut mistakes) = (0, 0);
    let outcome = snapshot.query(&sql).and_then(|mut query| {
        query.run(|row| {
            rows += 1;
            mistakes += usize::from(!take(reading, map, row, rows, draft));
            if mistakes < MISTAKES { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })
    });
    if let Err(failure) = outcome {
        reading.error(failure.code, Location::whole(), failure.message);
    } else if rows == 0 {
        reading.error("no-rows", Location::whole(), format!("{} has no row", found.name));
    }
    draft.finish(reading);
}

/// The columns to select; nothing when one is missing that the map relies on.
fn columns(reading: &mut Reading<'_>, found: &Table, map: &Map) -> Option<Vec<String>> {
    let mut columns = Vec::with_capacity(LEADING + map.figures.len());
    let mut complete = true;
    for name in [map.run.as_ref(), Some(&map.at), map.commit.as_ref(), map.branch.as_ref(), map.machine.as_ref()] {
        columns.push(match name.map(|name| (name, table::column(found, name))) {
            None => "NULL".to_owned(),
            Some((_, Some(column))) => sqlite::quoted(column),
            Some((name, None)) => {
                reading.error("no-column", Location::whole(), table::no_column(found, name));
                complete = false;
                continue;
            }
        });
    }
    for figure in &map.figures {
        columns.push(match table::column(found, &figure.column) {
            Some(column) => sqlite::quoted(column),
            None => {
                reading.warning("no-column", Location::whole(), table::no_column(found, &figure.column));
                "NULL".to_owned()
            }
        });
    }
    complete.then_some(columns)
}

/// Takes the figures of a row; false when the row cannot be placed in time.
fn take(reading: &mut Reading<'_>, map: &Map, row: &Row<'_>, position: i64, draft: &mut Draft) -> bool {
    let name = |index| match row.cell(index) {
        Cell::Text(text) => Some(String::from_utf8_lossy(text).into_owned()).filter(|text| !text.trim().is_empty()),
        Cell::Integer(n) => Some(n.to_string()),
        _ => None,
    };
    let place = Location::row(row.cell(0).integer().unwrap_or(position));
    let written = row.cell(1);
    let Some((at, _)) = map.times.read(written) else {
        reading.error("time", place, format!("{} {written} is no moment", map.at));
        return false;
    };
    draft.attempt(name(0).as_deref(), Some(at), reading.request.now);
    draft.branches.extend(name(3));
    for (index, figure) in map.figures.iter().enumerate() {
        let cell = row.cell(LEADING + index);
        let value = match cell {
            Cell::Null => continue,
            Cell::Integer(n) => n as f64,
            Cell::Real(x) => x,
            _ => f64::NAN,
        };
        let measurement = Measurement {
            benchmark: figure.benchmark.clone(),
            metric: figure.metric.clone(),
            machine: name(4).unwrap_or_default(),
            unit: figure.unit.clone(),
            direction: figure.direction,
            run: name(0),
            at: Some(at),
            commit: name(2),
            value,
            samples: Vec::new(),
        };
        draft.take(measurement, place.clone(), reading.request.now);
    }
    true
}
