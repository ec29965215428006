//! Audit trails: snapshots of the tables in which a system records what it did.
//!
//! One pass over the rows counts everything and holds each row against the rules of its kind. A finding about a row is a
//! record: the snapshot is sound, and what it says is not. A snapshot that cannot be opened, lacks the table or has no row is a problem.

mod answers;
mod attempts;
mod chain;
mod collect;
mod column;
mod doers;
mod durations;
mod export;
mod findings;
mod ids;
mod integrity;
mod judge;
mod ledger;
mod line;
mod map;
mod newest;
mod past;
mod pgaudit;
mod pii;
mod policy;
mod redeleted;
mod retention;
mod rlhf;
mod row;
mod run;
mod run_id;
mod runs;
mod snapshot;
mod spread;
mod subject;
mod table_set;
mod tally;
#[cfg(test)]
mod tests;
mod trail;

use crate::catalogue::AUDIT_CODES;
use crate::checkpoint::Trail;
use crate::error::Diagnostic;
use crate::evidence::{Evidence, Table};
use crate::ingest::{Family, Format, Reading, Request, shipped_map};
use crate::instant::Instant;
use crate::integrity::{Bond, Rung};
use crate::io::fs::Artifact;
use crate::io::postgres::Asked;
use crate::io::sqlite;
use crate::metric::{Metric, Value, grouped};
use crate::record::Record;
use crate::source::{Grade, Location};
use chain::Standing;
use column::{Column, WORDED};
use map::Map;
use policy::Policy;
use std::sync::Arc;
use tally::Tally;

/// Findings after which the rows can still be relied on: what the job did, and what somebody should know. All others are about how a row
/// is written.
const SOUND: &[&str] = &[
    "AUD-ENV",
    "AUD-EXTRA-COL",
    "AUD-HALF-MIGRATED",
    "AUD-ID-GAP",
    "AUD-LEGACY-ROWS",
    "AUD-PII",
    "AUD-RUN-ID",
    "AUD-RUN-MIXED",
    "AUD-SCANNED",
    "AUD-SCANNED-EQUAL",
    "AUD-SEQUENCE",
    "AUD-SLOW",
    "AUD-TS-ORDER",
    "AUD-WAL-MISSING",
    "AUD-WAL-UNCOMMITTED",
    "RET-ACTOR",
    "RET-DRY-ONLY",
    "RET-ERROR",
    "RET-GAP",
    "RET-HOLD",
    "RET-IDS-LIMIT",
    "RET-INCOMPLETE-RUN",
    "RET-POLICY",
    "RET-RULE-CHANGED",
    "RET-RUN-TWICE",
    "RET-TRIGGER",
];

/// What a map asks of a database: its table, and the column that numbers the rows. Without a map it is the retention job's.
pub fn asked(map: Option<(&str, &str)>) -> Option<Asked> {
    let (file, text) = map.unwrap_or((retention::NAME, shipped_map(retention::NAME)?));
    let map = Map::parse(file, text, &mut Vec::new())?;
    Some(Asked { id: Some(map.label(Column::Id).to_owned()), table: map.table })
}

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
    /// How it was read.
    map: Option<Arc<Map>>,
    /// What binds its rows to each other, where it was looked for.
    bond: Option<Bond>,
    /// How far its chain holds.
    standing: Standing,
    tally: Tally,
    tables: Vec<Table>,
    /// The tree over its rows, where something was kept of it.
    trail: Option<Trail>,
}

impl Family for Audit {
    type Draft = Draft;
    const NAME: &'static str = "audit";
    const FORMATS: &'static [Format<Draft>] =
        &[retention::FORMAT, ledger::FORMAT, export::CSV, export::JSONL, rlhf::FORMAT, integrity::FORMAT, pgaudit::FORMAT];

    fn otherwise(artifact: &Artifact, request: &Request<'_>) -> Option<&'static Format<Draft>> {
        if sqlite::is_database(&artifact.head) {
            return Some(&retention::FORMAT);
        }
        // A map may be of an export: what begins with an object is JSON Lines, all else a table of texts.
        let json = artifact.head_text().trim_start().starts_with('{');
        request
            .map
            .filter(|_| artifact.size > 0 && !artifact.head.contains(&0) && !sqlite::is_named(&artifact.name))
            .map(|_| if json { &export::JSONL } else { &export::CSV })
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
        unbound(&drafts, request, evidence);
        let chain = chained(&drafts);
        let (mut total, mut columns, mut map, mut standing) = (Tally::default(), None, None, Standing::Anchored);
        for mut draft in drafts.into_iter().filter(|draft| draft.readable) {
            columns = Some(columns.unwrap_or(u64::MAX).min(draft.columns));
            map = map.or(draft.map);
            standing = standing.min(draft.standing);
            evidence.trails.extend(draft.trail.take());
            if several {
                total.merge(draft.tally, &draft.path);
            } else {
                total = draft.tally;
            }
        }
        let Some(columns) = columns else { return };
        evidence.records.entry("audit.chain".into()).or_default().extend(chain);
        let usual = || Map::parse("retention-audit-log", shipped_map("retention-audit-log").unwrap_or_default(), &mut Vec::new());
        let Some(map) = map.or_else(|| usual().map(Arc::new)) else { return };
        let policy = request.policy.and_then(|(file, text)| Policy::parse(file, text, &mut Vec::new()));
        let missed = trail::judge(&mut total, &map, policy.as_ref(), request.now);
        let omitted = total.findings.omitted();
        evidence.records.entry("audit.finding".into()).or_default().extend(total.findings.records());
        if omitted > 0 {
            total.omitted.insert("audit.finding".into(), omitted);
        }
        total.trouble.extend(total.doers.trouble());
        for trouble in &total.trouble {
            evidence.problem("not-judged", Grade::Error, "", Location::whole(), trouble.clone());
        }
        contents(&mut total, evidence, several);
        digests(&total, &map, evidence);
        evidence.put("audit.counts_deletions", Value::Flag(map.origin(Column::Count).is_some()));
        metrics(&mut total, columns, missed, standing, evidence);
        evidence.records.entry("audit.table".into()).or_default().extend(total.table_records());
        let newest = std::mem::take(&mut total.newest).records(total.dated_runs().listed());
        evidence.records.entry("audit.run".into()).or_default().extend(total.run_records());
        evidence.records.entry("audit.operation".into()).or_default().extend(newest);
        let (doers, omitted) = total.doers.records(&map);
        evidence.records.entry("audit.actor".into()).or_default().extend(doers);
        if omitted > 0 {
            total.omitted.insert("audit.actor".into(), omitted);
        }
        evidence.records.entry("audit.day".into()).or_default().extend(total.day_records());
        evidence.records.entry("audit.time_form".into()).or_default().extend(total.spread.records());
        evidence.records.entry("audit.environment".into()).or_default().extend(total.spread.environment_records(environments(&map)));
        evidence.omitted = total.omitted;
    }
}

/// Why nobody reads a database: what is wrong with it, or which tables it has in the place of those that are known.
pub(super) fn unclaimed(artifact: &Artifact) -> (&'static str, String) {
    match sqlite::Snapshot::open(&artifact.path, Instant(0)) {
        Err(failure) => (file_code(failure.code), failure.message),
        Ok(snapshot) => {
            let names: Vec<&str> = snapshot.tables().iter().map(|t| t.name.as_str()).filter(|t| !t.starts_with("sqlite_")).collect();
            let has = match names.as_slice() {
                [] => "no table at all".to_owned(),
                [.., _] if names.len() <= 10 => names.join(", "),
                many => format!("{} tables", many.len()),
            };
            (
                "AUD-NO-TABLE",
                format!("the database has no retention_audit_log, nor any other table that is known; it has {has}: name a map"),
            )
        }
    }
}

/// What was kept of one trail must be held against it: that it was not may not pass in silence.
fn unbound(drafts: &[Draft], request: &Request<'_>, evidence: &mut Evidence) {
    let kept = request.anchor.is_some() || request.checkpoint.is_some();
    if kept && (drafts.len() != 1 || !drafts.iter().all(|draft| draft.bond.is_some())) {
        let message =
            "what was kept of a trail, an anchor or a checkpoint, is held against the one table of one database, and this is none";
        evidence.problem("not-held", Grade::Error, "", Location::whole(), message);
    }
}

/// What binds the rows of all files; nothing where one of them was not looked at for that.
fn chained(drafts: &[Draft]) -> Option<Record> {
    let bond = drafts.iter().map(|draft| draft.bond).min()??;
    let standing = drafts.iter().map(|draft| draft.standing).min().unwrap_or_default();
    let record = Record::new("scheme", bond.name()).with("shows", Value::text(rung(standing).name()));
    Some(record.with("holdable", Value::Flag(drafts.len() == 1)))
}

/// The rung that a chain gives where all rows are sound.
fn rung(standing: Standing) -> Rung {
    match standing {
        Standing::Open => Rung::RowRules,
        Standing::Chained => Rung::Chained,
        Standing::Anchored => Rung::Anchored,
    }
}

/// The map and the policy that rows are read by; what is wrong with them is noted.
fn terms(reading: &mut Reading<'_>, map: &str) -> Option<(Map, Option<Policy>)> {
    let mut errors = Vec::new();
    let (file, text) = reading.request.map.unwrap_or((map, shipped_map(map).unwrap_or_default()));
    let map = Map::parse(file, text, &mut errors);
    let policy = reading.request.policy.map(|(file, text)| Policy::parse(file, text, &mut errors));
    for error in &errors {
        reading.error("map", Location::whole(), error.to_string());
    }
    match (map, policy) {
        (Some(map), None) => Some((map, None)),
        (Some(map), Some(Some(policy))) => Some((map, Some(policy))),
        _ => None,
    }
}

/// Says what a source is.
fn describe(reading: &mut Reading<'_>, what: &str, tally: &Tally) {
    let span = tally.span.map(|(first, last)| format!(", {} to {}", first.date(), last.date())).unwrap_or_default();
    reading.source.content = format!("{what}, {} rows{span}", grouped(tally.rows));
    reading.source.collected_at = tally.span.map(|(_, last): (Instant, Instant)| last);
}

/// Says in one sentence what was read.
fn contents(total: &mut Tally, evidence: &mut Evidence, several: bool) {
    let what = match evidence.sources.as_slice() {
        [one] if !several => format!(" ({})", one.content),
        sources => format!(" ({} files)", sources.len()),
    };
    let dry = match total.dry {
        (0, _) => String::new(),
        (rows, would) => {
            format!("; the deleted total excludes dry runs: {} rows of dry runs would have deleted {}", grouped(rows), grouped(would))
        }
    };
    let message = format!("{} rows, {} runs, {} deleted{dry}{what}", grouped(total.rows), grouped(total.runs()), grouped(total.deleted));
    evidence.problem("contents", Grade::Note, "", Location::whole(), message);
}

/// The map's words for an environment.
fn environments(map: &Map) -> &[String] {
    WORDED.iter().position(|column| *column == Column::Environment).map_or(&[], |place| &map.words[place])
}

/// For every code with findings one note that says what they have in common.
fn digests(total: &Tally, map: &Map, evidence: &mut Evidence) {
    for (code, generic) in total.digested() {
        let message = match code {
            "AUD-ENV" => total.spread.environments(map, environments(map)),
            "AUD-TYPE" | "AUD-NEGATIVE" => total.spread.wrong_kinds(map).unwrap_or(generic),
            "AUD-TS-FORMAT" => total.spread.forms(map.label(Column::At)).unwrap_or(generic),
            "AUD-CONTROL-CHARS" => {
                format!("{generic}: all values escaped in HTML, Markdown, JSON, terminal and GitHub annotations (no output is CSV)")
            }
            _ => generic,
        };
        let grade = if code == tally::TRUNCATED || code == "AUD-EXTRA-COL" { Grade::Note } else { Grade::Warning };
        evidence.problem(code, grade, "", Location::whole(), message);
    }
}

fn metrics(total: &mut Tally, columns: u64, missed: Option<u64>, standing: Standing, evidence: &mut Evidence) {
    let mut count = |id, n| evidence.put(id, Value::Count(n));
    count("audit.rows", total.rows);
    count("audit.runs", total.runs());
    count("audit.errors", total.errors);
    count("audit.deleted_rows", total.deleted);
    count("audit.legacy_rows", total.legacy);
    count("audit.dry_run_rows", total.dry.0);
    count("audit.unrecorded_ids", total.truncated.1);
    count("audit.columns", columns);
    if let Some(missed) = missed {
        count("audit.missed_runs", missed);
    }
    count("audit.findings", total.findings.total());
    for code in AUDIT_CODES {
        let n = total.findings.codes().get(code).copied().unwrap_or(0);
        evidence.metrics.push(Metric::new("audit.findings", Value::Count(n)).label("code", *code));
    }
    let sound = total.findings.codes().keys().all(|code| SOUND.contains(code));
    let integrity = match evidence.gap() {
        Some(_) => "none",
        None if !sound => "structural",
        None => rung(standing).name(),
    };
    evidence.put("audit.integrity", Value::Level(integrity.to_owned()));
    if let Some((_, last)) = total.span {
        evidence.put("audit.last_run", Value::Instant(last));
    }
}

/// The name under which this family tells what is wrong with a file.
fn file_code(code: &'static str) -> &'static str {
    match code {
        "empty-file" => "AUD-EMPTY",
        "not-a-database" => "AUD-NOT-SQLITE",
        "truncated" => "AUD-TRUNCATED",
        "damaged" => "AUD-CORRUPT",
        "hot-journal" => "AUD-HOT-JOURNAL",
        "changed" => "AUD-CHANGED",
        "unreadable" => "AUD-UNREADABLE",
        "too-large" => "AUD-TOO-LARGE",
        "too-costly" => "AUD-TOO-COSTLY",
        "not-allowed" | "sql" => "AUD-NOT-READABLE",
        "no-log" => "AUD-WAL-MISSING",
        "uncommitted" => "AUD-WAL-UNCOMMITTED",
        "no-table" => "AUD-NO-TABLE",
        "not-a-table" => "AUD-NOT-A-TABLE",
        "generated-column" => "AUD-GENERATED",
        other => other,
    }
}

/// The answers to the rules' queries: of one database, because answers of several cannot be put together.
fn tables(drafts: &[Draft], request: &Request<'_>) -> Vec<Table> {
    let answers = request.collectors.iter().map(|collector| {
        let mut found = drafts.iter().flat_map(|draft| &draft.tables).filter(|table| table.rule == collector.rule);
        let error = match (found.next(), request.artifacts.len()) {
            (Some(answer), 1) => return answer.clone(),
            (_, 0 | 1) if drafts.iter().any(|draft| draft.readable) => "a query asks a database, and this is none".to_owned(),
            (_, 0 | 1) => "the database could not be read".to_owned(),
            (_, n) => format!("it asks one database, and {} has {n}", request.name),
        };
        Table { error: Some(error), ..collect::empty(collector) }
    });
    answers.collect()
}
