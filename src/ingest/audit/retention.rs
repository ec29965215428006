//! `retention-audit-log`: the audit table of a data retention job, in an SQLite snapshot. Schema 0003 has ten columns,
//! schema 0004 has twelve more; a map says which is which, and fits other tables of the kind.

use super::judge::Judge;
use super::map::{COLUMNS, Column, Map};
use super::row::Row;
use super::tally::Tally;
use super::{Draft, chain, collect};
use crate::ingest::{Format, Reading, shipped_map, table};
use crate::instant::Instant;
use crate::io::fs::Artifact;
use crate::io::sqlite::{self, Cell, Snapshot, Table};
use crate::metric::grouped;
use crate::source::Location;
use std::ops::ControlFlow;

pub(super) const NAME: &str = "retention-audit-log";

pub(super) const FORMAT: Format<Draft> =
    Format { name: NAME, about: "the table retention_audit_log in an SQLite snapshot, schema 0003 or 0004", claims, read };

fn claims(artifact: &Artifact) -> bool {
    sqlite::holds(artifact, "retention_audit_log")
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut draft = Draft { path: reading.source.path.clone(), ..Draft::default() };
    let mut errors = Vec::new();
    let (file, text) = reading.request.map.unwrap_or((NAME, shipped_map(NAME).unwrap_or_default()));
    let Some(map) = Map::parse(file, text, &mut errors) else {
        for error in errors {
            reading.error("map", Location::whole(), error.to_string());
        }
        return draft;
    };
    let now = reading.request.now;
    match Snapshot::open(&reading.artifact.path, now) {
        Err(failure) => reading.error(failure.code, Location::whole(), failure.message),
        Ok(snapshot) => {
            for note in snapshot.notes() {
                reading.warning(note.code, Location::whole(), note.message.clone());
            }
            scan(reading, &snapshot, &map, &mut draft);
            draft.tables = reading.request.collectors.iter().map(|c| collect::ask(&snapshot, c, &map.times)).collect();
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
    let Some(present) = columns(reading, found, map) else { return };
    let select: Vec<String> =
        Column::ALL.iter().map(|(c, _)| if present[*c as usize] { sqlite::quoted(map.label(*c)) } else { "NULL".to_owned() }).collect();
    // Without an index the rows come in the order they were written.
    let sql = format!("SELECT {} FROM {} NOT INDEXED", select.join(", "), sqlite::quoted(&found.name));
    let tally = match tally(snapshot, &sql, map, present, reading.request.now) {
        Ok(tally) => tally,
        Err(failure) => return reading.error(failure.code, Location::whole(), failure.message),
    };
    if tally.rows == 0 {
        return reading.error("no-rows", Location::whole(), format!("{} has no row", found.name));
    }
    draft.columns = present.iter().filter(|p| **p).count() as u64;
    describe(reading, found, map, draft.columns, &tally);
    draft.readable = true;
    draft.tally = tally;
    chain(reading, snapshot, found, map, draft);
}

/// Verifies what binds the rows to each other.
fn chain(reading: &mut Reading<'_>, snapshot: &Snapshot, found: &Table, map: &Map, draft: &mut Draft) {
    let name = |column| map.columns[column as usize].as_deref().and_then(|name| table::column(found, name));
    let asked = chain::Asked {
        snapshot,
        table: found,
        spec: map.chain.as_ref(),
        covered: Column::ALL.iter().filter_map(|(column, _)| name(*column)).collect(),
        id: name(Column::Id),
        anchor: reading.request.anchor,
    };
    match chain::verify(&asked) {
        Ok(outcome) => {
            for (code, sentence) in outcome.notes {
                reading.note(code, Location::whole(), sentence);
            }
            draft.standing = outcome.standing;
            draft.tally.accuse(outcome.findings, &outcome.surplus);
        }
        Err(failure) => reading.error(failure.code, Location::whole(), failure.message),
    }
}

/// Which columns the table has; nothing when one is missing that the map relies on.
fn columns(reading: &mut Reading<'_>, found: &Table, map: &Map) -> Option<[bool; COLUMNS]> {
    let present = Column::ALL.map(|(c, _)| map.columns[c as usize].as_ref().is_some_and(|name| table::column(found, name).is_some()));
    let lacking = |added: bool| {
        Column::ALL
            .iter()
            .map(|(c, _)| *c)
            .filter(move |c| map.columns[*c as usize].is_some() && !present[*c as usize] && map.is_added(*c) == added)
    };
    let missing: Vec<String> = lacking(false).map(|c| table::no_column(found, map.label(c))).collect();
    for message in &missing {
        reading.error("no-column", Location::whole(), message.clone());
    }
    if !missing.is_empty() {
        return None;
    }
    let (absent, added) = (lacking(true).count(), map.migration.as_ref().map_or(0, |(_, added)| added.len()));
    if absent > 0 && absent < added {
        let names: Vec<&str> = lacking(true).map(|c| map.label(c)).collect();
        let schema = map.migration.as_ref().map_or("", |(schema, _)| schema);
        reading.warning("half-migrated", Location::whole(), format!("schema {schema} is not complete: {} is missing", names.join(", ")));
    }
    let known =
        |name: &str| chain::Spec::names(map.chain.as_ref(), name) || map.columns.iter().flatten().any(|c| c.eq_ignore_ascii_case(name));
    let unknown: Vec<&str> = found.columns.iter().map(|c| c.name.as_str()).filter(|name| !known(name)).collect();
    if !unknown.is_empty() {
        reading.note("unknown-column", Location::whole(), format!("columns the map does not know are not read: {}", unknown.join(", ")));
    }
    if let Some(trigger) = found.triggers.first() {
        reading.warning(
            "trigger",
            Location::whole(),
            format!("the trigger {trigger} may change rows of {} as they are written", found.name),
        );
    }
    Some(present)
}

fn tally(snapshot: &Snapshot, sql: &str, map: &Map, present: [bool; COLUMNS], now: Instant) -> Result<Tally, sqlite::Failure> {
    let mut judge = Judge::new(map, present, now);
    let mut tally = Tally::default();
    let mut position = 0;
    snapshot.query(sql)?.run(|row| {
        position += 1;
        let cells: [Cell<'_>; COLUMNS] = std::array::from_fn(|column| row.cell(column));
        let row = Row { id: cells[Column::Id as usize].integer().unwrap_or(position), cells };
        let (facts, findings) = judge.judge(&row);
        let number;
        let run = match row.get(Column::Run) {
            Cell::Text(text) if !text.trim_ascii().is_empty() => Some(text),
            Cell::Integer(n) => {
                number = n.to_be_bytes();
                Some(number.as_slice())
            }
            _ => None,
        };
        tally.add(row.id, &facts, run, findings, now);
        ControlFlow::Continue(())
    })?;
    Ok(tally)
}

/// Says what the file is, and what it cannot show.
fn describe(reading: &mut Reading<'_>, found: &Table, map: &Map, columns: u64, tally: &Tally) {
    let migrated = map.migration.as_ref().filter(|(_, added)| added.iter().any(|c| table::column(found, map.label(*c)).is_some()));
    let schema = migrated.map_or(map.schema.as_str(), |(schema, _)| schema);
    let schema = if schema.is_empty() { String::new() } else { format!(", schema {schema}") };
    let span = tally.span.map(|(first, last)| format!(", {} to {}", first.date(), last.date())).unwrap_or_default();
    reading.source.content = format!("{}{schema}, {columns} columns, {} rows{span}", found.name, grouped(tally.rows));
    reading.source.collected_at = tally.span.map(|(_, last)| last);
    if tally.legacy > 0 && tally.legacy < tally.rows {
        let names: Vec<&str> = [Column::Trigger, Column::Actor, Column::Job].into_iter().map(|c| map.label(c)).collect();
        let message = format!(
            "{} rows were written before schema {}: their {} are defaults of the table, not recorded facts",
            grouped(tally.legacy),
            map.migration.as_ref().map_or("", |(schema, _)| schema),
            names.join(", ")
        );
        reading.warning("legacy-rows", Location::whole(), message);
    }
}
