//! Audit trails: snapshots of the tables in which a system records what it did.
//!
//! One pass over the rows counts everything and holds each row against the rules of its kind. A finding about a row is a
//! record: the snapshot is sound, and what it says is not. A snapshot that cannot be opened, lacks the table or has no row is a problem.

mod chain;
mod collect;
mod ids;
mod judge;
mod map;
mod retention;
mod row;
mod run;
mod tally;
#[cfg(test)]
mod tests;

use crate::catalogue::AUDIT_CODES;
use crate::error::Diagnostic;
use crate::evidence::{Evidence, Table};
use crate::ingest::{Family, Format, Request};
use crate::io::fs::Artifact;
use crate::io::sqlite;
use crate::metric::{Metric, Value};
use crate::record::Record;
use chain::Standing;
use map::Map;
use tally::{KEPT, Tally};

/// Findings about what the job did. All others are about how a row is written: they show that the trail cannot be relied on.
const EVENTS: &[&str] = &["AUD-SLOW", "RET-ACTOR", "RET-ERROR", "RET-IDS-LIMIT", "RET-RULE-CHANGED"];

/// The family of audit trails.
pub struct Audit;

/// What one snapshot says.
#[derive(Debug, Default)]
pub struct Draft {
    /// The file.
    path: String,
    /// Whether the table could be read, and had rows.
    readable: bool,
    /// Columns of the table that the map knows.
    columns: u64,
    tally: Tally,
    /// How far its chain holds.
    standing: Standing,
    tables: Vec<Table>,
}

impl Family for Audit {
    type Draft = Draft;
    const NAME: &'static str = "audit";
    const FORMATS: &'static [Format<Draft>] = &[retention::FORMAT];

    fn otherwise(artifact: &Artifact, _: &Request<'_>) -> Option<&'static Format<Draft>> {
        sqlite::is_database(&artifact.head).then_some(&retention::FORMAT)
    }

    fn check_map(file: &str, text: &str) -> Vec<Diagnostic> {
        let mut errors = Vec::new();
        Map::parse(file, text, &mut errors);
        errors
    }

    fn is_empty(draft: &Draft) -> bool {
        !draft.readable
    }

    fn settle(drafts: Vec<Draft>, request: &Request<'_>, evidence: &mut Evidence) {
        evidence.tables = tables(&drafts, request);
        let several = drafts.len() > 1;
        let (mut total, mut columns, mut standing) = (Tally::default(), None, Standing::Anchored);
        for mut draft in drafts.into_iter().filter(|draft| draft.readable) {
            columns = Some(columns.unwrap_or(u64::MAX).min(draft.columns));
            standing = standing.min(draft.standing);
            for (row, code, message) in draft.tally.findings.drain(..) {
                let place = if several { format!("{} row {row}", draft.path) } else { format!("row {row}") };
                if evidence.rows("audit.finding").len() >= KEPT {
                    *total.omitted.entry("audit.finding".into()).or_default() += 1;
                } else {
                    evidence.push("audit.finding", finding(place, row, code, message));
                }
            }
            total.merge(draft.tally);
        }
        if let Some(columns) = columns {
            metrics(&mut total, columns, standing, evidence);
            evidence.records.entry("audit.table".into()).or_default().extend(total.table_records());
            evidence.records.entry("audit.run".into()).or_default().extend(total.run_records());
            evidence.records.entry("audit.day".into()).or_default().extend(total.day_records());
            evidence.family("audit.finding");
            evidence.omitted = total.omitted;
        }
    }
}

fn finding(place: String, row: i64, code: &'static str, message: String) -> Record {
    Record::new("id", format!("{place} {code}"))
        .with("code", Value::text(code))
        .with_some("row", u64::try_from(row).ok().map(Value::Count))
        .with("message", Value::Text(message))
}

fn metrics(total: &mut Tally, columns: u64, standing: Standing, evidence: &mut Evidence) {
    let mut count = |id, n| evidence.put(id, Value::Count(n));
    count("audit.rows", total.rows);
    count("audit.runs", total.runs());
    count("audit.errors", total.errors);
    count("audit.deleted_rows", total.deleted);
    count("audit.columns", columns);
    count("audit.findings", total.codes.values().sum());
    for code in AUDIT_CODES {
        let n = total.codes.get(code).copied().unwrap_or(0);
        evidence.metrics.push(Metric::new("audit.findings", Value::Count(n)).label("code", *code));
    }
    let sound = total.codes.keys().all(|code| EVENTS.contains(code));
    let integrity = match evidence.gap() {
        Some(_) => "none",
        None if !sound => "structural",
        None => match standing {
            Standing::Open => "row-rules",
            Standing::Chained => "chained",
            Standing::Anchored => "anchored",
        },
    };
    evidence.put("audit.integrity", Value::Level(integrity.to_owned()));
    if let Some((_, last)) = total.span {
        evidence.put("audit.last_run", Value::Instant(last));
    }
}

/// The answers to the rules' queries: of one database, because answers of several cannot be put together.
fn tables(drafts: &[Draft], request: &Request<'_>) -> Vec<Table> {
    let answers = request.collectors.iter().map(|collector| {
        let mut found = drafts.iter().flat_map(|draft| &draft.tables).filter(|table| table.rule == collector.rule);
        let error = match (found.next(), request.artifacts.len()) {
            (Some(answer), 1) => return answer.clone(),
            (_, 0 | 1) => "the database could not be read".to_owned(),
            (_, n) => format!("it asks one database, and {} has {n}", request.name),
        };
        Table { error: Some(error), ..collect::empty(collector) }
    });
    answers.collect()
}
