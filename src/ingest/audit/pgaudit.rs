//! `pgaudit-csv`: what the extension pgAudit writes into PostgreSQL's log, where that is CSV (`log_destination = csvlog`).
//!
//! Sources: <https://www.postgresql.org/docs/current/runtime-config-logging.html> (the columns; their number grew with the versions) and
//! <https://github.com/pgaudit/pgaudit#format> (the fields of a message).

use super::Draft;
use super::column::Column;
use super::export::{enough, scan, written};
use crate::ingest::{Format, Reading};
use crate::io::csv;
use crate::io::fs::Artifact;
use crate::source::Location;
use std::ops::ControlFlow;

const NAME: &str = "pgaudit-csv";
/// The columns of the log, and where its message stands.
const COLUMNS: [&str; 26] = [
    "log_time",
    "user_name",
    "database_name",
    "process_id",
    "connection_from",
    "session_id",
    "session_line_num",
    "command_tag",
    "session_start_time",
    "virtual_transaction_id",
    "transaction_id",
    "error_severity",
    "sql_state_code",
    "message",
    "detail",
    "hint",
    "internal_query",
    "internal_query_pos",
    "context",
    "query",
    "query_pos",
    "location",
    "application_name",
    "backend_type",
    "leader_pid",
    "query_id",
];
const MESSAGE: usize = 13;
/// The words for a zone that are the same everywhere.
const UTC: [&str; 2] = ["UTC", "GMT"];
/// No version writes fewer columns.
const FEWEST: usize = 23;
/// The fields of a message, after `AUDIT: `.
const FIELDS: [&str; 9] =
    ["audit_type", "statement_id", "substatement_id", "class", "command", "object_type", "object_name", "statement", "parameter"];

pub(super) const FORMAT: Format<Draft> = Format { name: NAME, about: "pgAudit's lines in PostgreSQL's log as CSV", claims, read };

/// A moment with the zone of the log, which is written out: an offset, or a word of which UTC alone is the same everywhere.
fn zoned(text: &str) -> String {
    match text.rsplit_once(' ') {
        Some((moment, word)) if UTC.contains(&word) => format!("{moment}Z"),
        Some((moment, offset)) if offset.starts_with(['+', '-']) => format!("{moment}{offset}"),
        _ => text.to_owned(),
    }
}

/// A line with pgAudit's mark in the column of the message, among the first ones of a log.
fn claims(artifact: &Artifact) -> bool {
    let (text, _) = csv::decode(&artifact.head);
    text.starts_with(|c: char| c.is_ascii_digit())
        && csv::Rows::new(&text, ',').flatten().take(1000).any(|row| row.cells.get(MESSAGE).is_some_and(|cell| cell.starts_with("AUDIT: ")))
}

fn read(reading: &mut Reading<'_>) -> Draft {
    // The columns are those of every such log: none of them is unknown.
    let names: Vec<String> = COLUMNS.iter().chain(&FIELDS).map(|name| (*name).to_owned()).collect();
    let mut word = None::<String>;
    let draft = scan(reading, NAME, &names, &[], |reading, map, take| {
        reading.each_row(',', |reading, row| {
            if row.cells.len() < FEWEST && !row.is_blank() {
                let message = format!("the row has {} cells, and a line of the log at least {FEWEST}", row.cells.len());
                reading.error("ragged-row", Location::line(row.line), message);
                return enough(reading);
            }
            let Some(fields) = row.cells.get(MESSAGE).and_then(|message| message.strip_prefix("AUDIT: ")) else {
                return ControlFlow::Continue(());
            };
            if word.is_none() {
                let zone = row.cells.first().and_then(|at| at.rsplit_once(' ')).map_or("UTC", |(_, zone)| zone);
                word = Some(zone.to_owned()).filter(|zone| zone.starts_with(char::is_alphabetic) && !UTC.contains(&zone.as_str()));
            }
            let fields: Vec<_> = csv::Rows::new(fields, ',').flatten().flat_map(|row| row.cells).collect();
            let value = |name: &str| {
                let log = || COLUMNS.iter().position(|known| *known == name).and_then(|place| row.cells.get(place));
                FIELDS.iter().position(|known| *known == name).map_or_else(log, |place| fields.get(place)).map_or("", |cell| cell.as_ref())
            };
            let held = Column::ALL.map(|(column, _)| {
                let text = map.origin(column).map_or("", |origin| value(&origin.name));
                let text = if column == Column::At { zoned(text) } else { text.to_owned() };
                written(&text, column, map.origin(column))
            });
            take(row.line, &held);
            ControlFlow::Continue(())
        });
    });
    if let Some(word) = word {
        let message = format!("the log names its zone `{word}`, which is not the same everywhere: set log_timezone = 'UTC'");
        reading.warning("zone-word", Location::whole(), message);
    }
    draft
}
