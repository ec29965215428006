//! `history-db`: our own history in an SQLite database, the table `readiness_history` with one row for every value, as
//! `readiness history append HISTORY.db` writes it. It says what the lines of `history-1` say.

use super::Draft;
use super::history_jsonl::{Order, take};
use crate::history_line::{HistoryLine, SCHEMA};
use crate::ingest::{Format, Reading, table};
use crate::io::fs::Artifact;
use crate::io::json;
use crate::io::sqlite::{self, Cell, Row, Snapshot};
use crate::series::Direction;
use crate::source::Location;
use std::ops::ControlFlow;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "history-db", about: "our own history in an SQLite database, the table `readiness_history`", claims, read };

const TABLE: &str = "readiness_history";
const COLUMNS: &str = "run, at, commit_id, branch, machine, benchmark, metric, value, unit, direction, samples";
/// After this many mistakes the rest is not read.
const MISTAKES: usize = 100;

fn claims(artifact: &Artifact) -> bool {
    sqlite::holds(artifact, TABLE)
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let (mut draft, mut order) = (Draft::default(), Order::default());
    match Snapshot::open(&reading.artifact.path, reading.request.now) {
        Err(failure) => reading.error(failure.code, Location::whole(), failure.message),
        Ok(snapshot) => {
            for note in snapshot.notes() {
                reading.warning(note.code, Location::whole(), note.message.clone());
            }
            let mut number = 0;
            // A table of the first version has no releases.
            let release = snapshot.table(TABLE).and_then(|table| table::column(table, "release")).unwrap_or("NULL");
            let rows = format!("SELECT {COLUMNS}, {release} FROM {TABLE} NOT INDEXED ORDER BY rowid");
            let outcome = snapshot.query(&rows).and_then(|mut query| {
                query.run(|row| {
                    number += 1;
                    match line(row) {
                        Ok(line) => take(reading, &mut draft, &mut order, line, Location::row(number), reading.request.now),
                        Err(why) => reading.error("malformed", Location::row(number), why),
                    }
                    if reading.problems.len() < MISTAKES { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
                })
            });
            let closed = snapshot.close();
            if let Err(failure) = outcome.and(closed) {
                reading.error(failure.code, Location::whole(), failure.message);
            }
        }
    }
    order.tell(reading);
    draft.finish(reading);
    draft
}

fn line(row: &Row<'_>) -> Result<HistoryLine, String> {
    let text = |index: usize, name: &str| {
        row.cell(index).text().map(str::to_owned).ok_or_else(|| format!("{name} {} is no text", row.cell(index)))
    };
    let given = |index: usize| row.cell(index).text().filter(|text| !text.is_empty()).map(str::to_owned);
    let samples =
        given(10).map(|text| json::read(text.as_bytes()).map_err(|mistake| format!("samples: {}", mistake.message))).transpose()?;
    Ok(HistoryLine {
        schema: SCHEMA.to_owned(),
        run: text(0, "run")?,
        at: text(1, "at")?,
        commit: given(2),
        branch: given(3),
        machine: given(4),
        release: given(11),
        benchmark: text(5, "benchmark")?,
        metric: text(6, "metric")?,
        value: match row.cell(7) {
            Cell::Real(value) => Some(value),
            Cell::Integer(n) => Some(n as f64),
            Cell::Null => None,
            other => return Err(format!("value {other} is no number")),
        },
        unit: text(8, "unit")?,
        direction: match text(9, "direction")?.as_str() {
            "lower" => Direction::Lower,
            "higher" => Direction::Higher,
            other => return Err(format!("the direction is `{other}`, not lower or higher")),
        },
        samples,
    })
}
