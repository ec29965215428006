//! A history as a table of an SQLite database, one row for every value.

use super::Appended;
use super::lines::End;
use super::prune::{Mark, Prune, Pruned};
use crate::history_line::{HistoryLine, SCHEMA as LINE};
use crate::io::sqlite::{Cell, Failure, Field, Row, Schema, Store, Writer};
use crate::io::{clock, json};
use crate::series::Direction;
use std::io;
use std::path::Path;

/// `rdhi`, and the version of the table.
const SCHEMA: Schema = Schema {
    application: 0x7264_6869,
    sql: "CREATE TABLE readiness_history (
  run TEXT NOT NULL, at TEXT NOT NULL, commit_id TEXT, branch TEXT, machine TEXT NOT NULL, benchmark TEXT NOT NULL, metric TEXT NOT NULL,
  value REAL, unit TEXT NOT NULL, direction TEXT NOT NULL CHECK (direction IN ('lower', 'higher')), samples TEXT, release TEXT);
CREATE UNIQUE INDEX readiness_history_once ON readiness_history (run, benchmark, metric, machine, unit, value, commit_id)",
    upgrades: &["ALTER TABLE readiness_history ADD COLUMN release TEXT"],
};
const COLUMNS: &str = "run, at, commit_id, branch, machine, benchmark, metric, value, unit, direction, samples, release";
/// How many of the last rows are looked at before something is appended.
const LAST: usize = 5000;

/// As [`super::append`].
pub(super) fn append(path: &Path, lines: &[HistoryLine]) -> io::Result<Appended> {
    let mut store = Store::open(path, &SCHEMA).map_err(failed)?;
    store.write(|writer| into(writer, lines)).map_err(failed)
}

fn into(writer: &Writer<'_>, lines: &[HistoryLine]) -> Result<Appended, Failure> {
    let last = rows(writer, &format!("SELECT {COLUMNS} FROM readiness_history ORDER BY rowid DESC LIMIT {LAST}"))?;
    let mut appended = Appended { begun: last.is_empty(), ..Appended::default() };
    let end = End::ended(last);
    appended.later = end.later(lines);
    appended.same_as = end.same(lines, &end.index());
    let sql = format!(
        "INSERT INTO readiness_history ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET \
         release = excluded.release WHERE excluded.release IS NOT NULL AND excluded.release IS NOT readiness_history.release"
    );
    for line in lines {
        let samples = line.samples.as_ref().and_then(|samples| json::line(samples).ok());
        let direction = match line.direction {
            Direction::Lower => "lower",
            Direction::Higher => "higher",
        };
        let written = writer.run(
            &sql,
            &[
                Field::Text(Some(&line.run)),
                Field::Text(Some(&line.at)),
                // An index holds what is NULL any number of times.
                Field::Text(Some(line.commit.as_deref().unwrap_or_default())),
                Field::Text(line.branch.as_deref()),
                Field::Text(Some(line.machine.as_deref().unwrap_or_default())),
                Field::Text(Some(&line.benchmark)),
                Field::Text(Some(&line.metric)),
                Field::Real(line.value),
                Field::Text(Some(&line.unit)),
                Field::Text(Some(direction)),
                Field::Text(samples.as_deref()),
                Field::Text(line.release.as_deref()),
            ],
        )?;
        appended.written += written;
        appended.known += 1 - written.min(1);
    }
    Ok(appended)
}

/// As [`super::recall`].
pub(super) fn recall(path: &Path) -> io::Result<Vec<HistoryLine>> {
    let mut store = Store::open(path, &SCHEMA).map_err(failed)?;
    store.write(|writer| rows(writer, &format!("SELECT {COLUMNS} FROM readiness_history ORDER BY rowid"))).map_err(failed)
}

/// As [`super::prune()`].
pub(super) fn prune(path: &Path, what: &Prune, dry_run: bool) -> io::Result<Pruned> {
    if !crate::io::fs::exists(path) {
        return Err(io::ErrorKind::NotFound.into());
    }
    let mut store = Store::open(path, &SCHEMA).map_err(failed)?;
    let pruned = store.write(|writer| {
        let (mut ids, mut marks) = (Vec::new(), Vec::new());
        writer.each(&format!("SELECT {COLUMNS}, rowid FROM readiness_history ORDER BY rowid"), |row| {
            let line = line(row);
            if let Some(at) = clock::parse(&line.at) {
                ids.push(row.cell(12).integer().unwrap_or_default());
                marks.push(Mark::new(&line.benchmark, &line.metric, line.machine.as_deref(), at, &line.run));
            }
        })?;
        let (stay, pruned) = what.sift(&marks);
        for (id, _) in ids.iter().zip(stay).filter(|(_, stays)| !stays && !dry_run) {
            writer.run("DELETE FROM readiness_history WHERE rowid = ?", &[Field::Integer(*id)])?;
        }
        Ok(pruned)
    });
    let pruned = pruned.map_err(failed)?;
    if !dry_run && !pruned.gone.is_empty() {
        store.shrink().map_err(failed)?;
    }
    Ok(pruned)
}

fn rows(writer: &Writer<'_>, sql: &str) -> Result<Vec<HistoryLine>, Failure> {
    let mut all = Vec::new();
    writer.each(sql, |row| all.push(line(row)))?;
    Ok(all)
}

fn line(row: &Row<'_>) -> HistoryLine {
    let text = |index| row.cell(index).text().map(str::to_owned);
    let given = |index| text(index).filter(|text| !text.is_empty());
    HistoryLine {
        schema: LINE.to_owned(),
        run: text(0).unwrap_or_default(),
        at: text(1).unwrap_or_default(),
        commit: given(2),
        branch: given(3),
        machine: given(4),
        release: given(11),
        benchmark: text(5).unwrap_or_default(),
        metric: text(6).unwrap_or_default(),
        value: match row.cell(7) {
            Cell::Real(value) => Some(value),
            Cell::Integer(n) => Some(n as f64),
            _ => None,
        },
        unit: text(8).unwrap_or_default(),
        direction: if text(9).as_deref() == Some("higher") { Direction::Higher } else { Direction::Lower },
        samples: text(10).and_then(|text| json::read(text.as_bytes()).ok()),
    }
}

fn failed(failure: Failure) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, failure.message)
}
