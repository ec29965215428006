#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::catalogue::{self, AUDIT_CODES, Kind};
use crate::evidence::{Evidence, Table};
use crate::ingest::testing::{is_clean, problems, read_file};
use crate::io::sqlite::testing::{Made, make, make_with_log};
use crate::metric::{Name, Value};
use crate::rule::{Collector, Spanned};
use std::fs;

const OLD: &str = include_str!("../../../fixtures/reflexio/migrations/0003.sql");
const MIGRATE: &str = include_str!("../../../fixtures/reflexio/migrations/0004.sql");

/// Six rows of schema 0003, one every three hours, about two tables.
const OLD_ROWS: &str = r#"INSERT INTO retention_audit_log (table_name, operation, record_count, deleted_ids, retention_rule, cutoff_date, executed_at)
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 5)
    SELECT iif(i % 2, 'facts', 'digests'), 'DELETE', 2, json_array(i * 10, i * 10 + 1),
           json_object('table', iif(i % 2, 'facts', 'digests'), 'retention_days', 90),
           datetime('2026-02-17 03:00:00', (i * 3) || ' hours', '-90 days'), datetime('2026-02-17 03:00:00', (i * 3) || ' hours') FROM n;"#;

const NEW_ROWS: &str =
    "UPDATE retention_audit_log SET job_run_id = printf('cd613e30-d8f1-4adf-91b7-%012d', (id - 1) / 2), environment = 'prod',
    host = 'h', app_version = 'v1', db_schema_version = '0004', duration_ms = id * 10, rows_scanned = 5,
    min_deleted_id = json_extract(deleted_ids, '$[0]'), max_deleted_id = json_extract(deleted_ids, '$[1]');";

fn old() -> String {
    format!("{OLD}{OLD_ROWS}")
}

fn new() -> String {
    format!("{OLD}{OLD_ROWS}{MIGRATE}{NEW_ROWS}")
}

fn read(made: &Made) -> Evidence {
    read_file("audit", &made.path, None, &[])
}

fn metric(evidence: &Evidence, id: &str) -> String {
    evidence.metric(id).map_or_else(|| "none".to_owned(), |m| m.value.to_string())
}

fn findings(evidence: &Evidence) -> Vec<String> {
    let line = |r: &crate::record::Record| format!("{}: {}", r.subject(), r.text("message").unwrap_or_default());
    evidence.rows("audit.finding").iter().map(line).collect()
}

#[test]
fn a_sound_trail_is_counted() {
    let evidence = read(&make(&format!("{} DROP INDEX idx_audit_trigger; DROP INDEX idx_audit_error; VACUUM;", new())));
    assert_eq!(
        problems(&evidence),
        [
            "note no-index: no index begins with trigger, error_message: queries that filter by it read every row",
            "note no-chain: no tamper evidence scheme present: integrity NOT verifiable: that no row was changed or removed later cannot be shown",
            "note contents: 6 rows, 3 runs, 12 deleted (retention_audit_log, schema 0004, 22 columns, 6 rows, 2026-02-17 to 2026-02-17)",
        ]
    );
    let figures = ["rows", "runs", "errors", "deleted_rows", "columns", "findings", "integrity", "last_run"];
    let values = figures.map(|id| metric(&evidence, &format!("audit.{id}")));
    assert_eq!(values, ["6", "3", "0", "12", "22", "0", "row-rules", "2026-02-17T18:00:00Z"]);
    let source = &evidence.sources[0];
    assert_eq!(source.content, "retention_audit_log, schema 0004, 22 columns, 6 rows, 2026-02-17 to 2026-02-17");
    assert_eq!(source.collected_at.unwrap().to_string(), "2026-02-17T18:00:00Z");
    assert_eq!(source.sha256.len(), 64);
    let table = &evidence.rows("audit.table")[0];
    assert_eq!((table.subject(), table.count("rows"), table.count("deleted")), ("digests", Some(3), Some(6)));
    assert_eq!((table.number("p50"), table.number("p95")), (Some(30.0), Some(48.0)));
    assert_eq!(table.get("retention"), Some(&Value::Duration(90.0 * 86_400_000.0)));
}

#[test]
fn everything_yielded_is_in_the_catalogue() {
    let evidence = read(&make(&new()));
    let codes: Vec<&str> = evidence.metrics.iter().filter_map(|m| m.labels.get("code")).map(String::as_str).collect();
    assert_eq!(codes, AUDIT_CODES);
    for definition in catalogue::metrics().filter(|d| d.id.starts_with("audit.")) {
        assert!(evidence.metric(definition.id).is_some(), "{}", definition.id);
    }
    for family in catalogue::families().filter(|f| f.from == "audit") {
        for record in evidence.rows(family.name) {
            for (name, value) in &record.fields()[1..] {
                let (_, kind, _) = family.fields.iter().find(|(field, ..)| field == name).expect(name);
                let agrees = matches!(
                    (kind, value),
                    (Kind::Count, Value::Count(_))
                        | (Kind::Duration, Value::Duration(_))
                        | (Kind::Instant, Value::Instant(_))
                        | (Kind::Text(_), Value::Text(_))
                        | (Kind::Flag, Value::Flag(_))
                );
                assert!(agrees, "{} {name}", family.name);
            }
        }
    }
}

#[test]
fn the_older_schema_has_ten_columns() {
    let evidence = read(&make(&old()));
    assert!(is_clean(&evidence));
    assert_eq!(metric(&evidence, "audit.columns"), "10");
    assert_eq!(metric(&evidence, "audit.runs"), "6", "rows hours apart are runs of their own");
    assert_eq!(metric(&evidence, "audit.findings"), "0");
    assert!(evidence.sources[0].content.starts_with("retention_audit_log, schema 0003, 10 columns, 6 rows"));
}

#[test]
fn defaults_of_old_rows_are_not_facts() {
    let evidence = read(&make(&format!(
        "{OLD}{OLD_ROWS}{MIGRATE}{NEW_ROWS} UPDATE retention_audit_log SET job_run_id = NULL, environment = NULL,
        host = NULL, app_version = NULL, db_schema_version = NULL, duration_ms = NULL, rows_scanned = NULL, min_deleted_id = NULL,
        max_deleted_id = NULL WHERE id IN (1, 2, 5)"
    )));
    let found = findings(&evidence);
    let newer = "row 5 AUD-NULL: all columns of the newer schema hold their defaults, though older rows have values";
    assert_eq!(found[0], newer);
    assert!(found[1].starts_with(
        "trail AUD-LEGACY-ROWS: 3 legacy rows: trigger/actor/job_name of legacy rows are schema DEFAULTs, not recorded facts"
    ));
    // A row that differs from the defaults in one column was written by the newer program.
    let one = format!("{OLD}{OLD_ROWS}{MIGRATE} UPDATE retention_audit_log SET actor = 'ada' WHERE id = 6");
    assert_eq!(metric(&read(&make(&one)), "audit.legacy_rows"), "5");
}

#[test]
fn each_rule_finds_what_breaks_it() {
    for (change, expected) in [
        ("executed_at = '2026-02-17T06:00:00'", "AUD-TS-FORMAT: executed_at `2026-02-17T06:00:00` is written as iso, not as datetime"),
        ("executed_at = '2026-02-30 06:00:00'", "AUD-TS-INVALID: executed_at `2026-02-30 06:00:00`: 2026-02-30 is not a date"),
        ("executed_at = NULL", "AUD-TS-NULL: executed_at is NULL"),
        (
            "executed_at = '2027-02-17 06:00:00'",
            "AUD-TS-FUTURE: executed_at 2027-02-17 is in the future: 364.2 d after 2026-02-18T00:00:00Z",
        ),
        (
            "executed_at = '2026-02-17 01:00:00', cutoff_date = '2025-11-19 01:00:00'",
            "AUD-TS-ORDER: executed_at goes back by 2:00:00 from the row before",
        ),
        ("record_count = 'two'", "AUD-TYPE: record_count is `two` (text), not a whole number"),
        ("host = x'00'", "AUD-TYPE: host is a blob of 1 bytes (blob), not a text"),
        ("actor = CAST(x'ff' AS TEXT)", "AUD-ENCODING: actor is not UTF-8"),
        (
            "table_name = ' ', retention_rule = json_set(retention_rule, '$.table', ' ')",
            "AUD-TYPE: table_name is ` ` (text), not the name of a table",
        ),
        ("dry_run = 'False'", "AUD-TYPE: dry_run is `False` (text), not 0 or 1"),
        ("record_count = -2", "AUD-NEGATIVE: record_count is -2"),
        ("record_count = 4611686018427387904, rows_scanned = NULL", "AUD-RANGE: record_count 4611686018427387904 is not plausible"),
        ("rows_scanned = 1", "AUD-SCANNED: rows_scanned 1 is less than record_count 2"),
        ("environment = 'Prod '", "AUD-ENV: environment is `Prod ` (`prod`?), not one of dev, staging, prod"),
        ("environment = NULL", "AUD-ENV: environment is NULL, not one of dev, staging, prod"),
        ("operation = 'delete'", "AUD-ENUM: operation is `delete`, not one of DELETE, SOFT_DELETE, ARCHIVE, PURGE"),
        ("db_schema_version = '0003'", "AUD-SCHEMA: db_schema_version is `0003`, and the table is of schema 0004"),
        ("actor = 'a' || char(0x202e)", "AUD-CONTROL-CHARS: actor holds U+202E"),
        ("job_run_id = char(27) || '[2J'", "AUD-CONTROL-CHARS: job_run_id holds U+001B"),
        ("duration_ms = 5001", "AUD-SLOW: took 5,001 ms, at most 5 s is usual"),
        ("error_message = 'a' || char(10) || 'b'", "RET-ERROR: error_message `a\\nb`"),
        (
            "cutoff_date = '2025-11-19 11:00:00'",
            "RET-CUTOFF: cutoff_date is 5 h too late: rows were deleted before their time (90 days of retention)",
        ),
        ("cutoff_date = NULL", "RET-CUTOFF: cutoff_date is NULL"),
        ("deleted_ids = '[10]', max_deleted_id = 10", "RET-IDS-COUNT: 1 id, record_count 2"),
        ("deleted_ids = NULL", "RET-IDS-COUNT: deleted_ids is NULL, record_count 2"),
        ("deleted_ids = '[10, 10]', max_deleted_id = 10", "RET-IDS-DUP: duplicate id 10"),
        ("deleted_ids = '[10, 11'", "RET-IDS-JSON: deleted_ids is not JSON: EOF while parsing a list"),
        ("min_deleted_id = 9", "RET-IDS-RANGE: min/max 9..11 disagree with list 10..11"),
        ("retention_rule = '{}'", "RET-RULE-JSON: retention_rule has no `retention_days`"),
        (
            "retention_rule = json_object('table', 'digests', 'retention_days', 90)",
            "RET-RULE-JSON: retention_rule is of the table `digests`",
        ),
        ("trigger = 'manual', job_name = 'manual_cleanup'", "RET-ACTOR: a manual run whose actor is `system`"),
    ] {
        let evidence = read(&make(&format!("{} UPDATE retention_audit_log SET {change} WHERE id = 2", new())));
        assert!(is_clean(&evidence), "{change}");
        let of_rows: Vec<String> = findings(&evidence).into_iter().filter(|finding| finding.starts_with("row")).collect();
        assert_eq!(of_rows, [format!("row 2 {expected}")], "{change}");
        let event = super::SOUND.iter().any(|code| expected.starts_with(&format!("{code}:")));
        assert_eq!(metric(&evidence, "audit.integrity"), if event { "row-rules" } else { "structural" }, "{change}");
    }
    let changed = "UPDATE retention_audit_log SET retention_rule = json_object('table', 'facts', 'retention_days', 365),
        cutoff_date = datetime(executed_at, '-365 days') WHERE id = 4";
    let evidence = read(&make(&format!("{} {changed}", new())));
    let expected = ["row 4", "row 6"].map(|row| format!("{row} RET-RULE-CHANGED"));
    let found: Vec<String> = evidence.rows("audit.finding").iter().map(|r| r.subject().to_owned()).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_list_may_end_at_a_thousand_ids() {
    let list = "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT json_group_array(i) FROM n)";
    let change = format!("record_count = 1500, rows_scanned = 1500, deleted_ids = {list}, min_deleted_id = 1, max_deleted_id = 1500");
    let evidence = read(&make(&format!("{} UPDATE retention_audit_log SET {change} WHERE id = 2", new())));
    let note = "note ids-truncated: id 2: list truncated at 1000 of 1500 (allowed, 500 ids not recorded)";
    assert_eq!(problems(&evidence).last().map(String::as_str), Some(note));
    assert_eq!(metric(&evidence, "audit.unrecorded_ids"), "500");
    // The rows after it delete ids that were among the thousand.
    assert!(findings(&evidence).iter().all(|finding| finding.contains("RET-IDS-REDELETED")), "{:?}", findings(&evidence));
}

#[test]
fn only_real_deletions_count_as_deleted() {
    let evidence = read(&make(&format!(
        "{} UPDATE retention_audit_log SET dry_run = 1 WHERE id = 1; UPDATE retention_audit_log SET dry_run = 'maybe' WHERE id = 2;
         UPDATE retention_audit_log SET error_message = 'no such table' WHERE id = 3; UPDATE retention_audit_log SET dry_run = 'true' WHERE id = 4",
        new()
    )));
    assert_eq!(metric(&evidence, "audit.deleted_rows"), "4");
    assert_eq!(metric(&evidence, "audit.errors"), "1");
    let day = &evidence.rows("audit.day")[0];
    let counts = ["rows", "deletions", "dry_runs", "errors"].map(|field| day.count(field).unwrap());
    assert_eq!(counts, [6, 2, 2, 1]);
    let digests = &evidence.rows("audit.table")[0];
    assert_eq!(digests.get("last_real").unwrap().to_string(), "2026-02-17T15:00:00Z");
}

#[test]
fn days_without_a_row_are_seen() {
    let evidence = read(&make(&format!(
        "{} UPDATE retention_audit_log SET executed_at = '2026-02-12 23:59:59', cutoff_date = NULL, record_count = 0, deleted_ids = NULL WHERE id = 1",
        old()
    )));
    let days: Vec<(String, u64)> = evidence.rows("audit.day").iter().map(|r| (r.subject().to_owned(), r.count("rows").unwrap())).collect();
    let expected = [("2026-02-12", 1), ("2026-02-13", 0), ("2026-02-14", 0), ("2026-02-15", 0), ("2026-02-16", 0), ("2026-02-17", 5)];
    assert_eq!(days, expected.map(|(day, n)| (day.to_owned(), n)));
}

#[test]
fn a_snapshot_that_shows_nothing_is_a_problem() {
    let other = "CREATE TABLE retention_audit_logs (id); CREATE TABLE x (y);";
    let view = "CREATE VIEW retention_audit_log AS WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r) SELECT i AS id FROM r;";
    let generated = OLD.replace("record_count INTEGER NOT NULL", "n INT, record_count INT AS (length(hex(zeroblob(40000000 + n))))");
    for (sql, expected) in [
        (OLD, "error AUD-NO-ROWS: retention_audit_log has no row"),
        (
            other,
            "error AUD-NO-TABLE: no retention_audit_log: the database has no table retention_audit_log; did you mean `retention_audit_logs`?",
        ),
        (view, "error AUD-NOT-A-TABLE: retention_audit_log is a view, and a view shows whatever its query says"),
        (&generated, "error AUD-GENERATED: record_count is a generated column of retention_audit_log: not a recorded fact"),
        (
            &old().replace("record_count", "recordcount"),
            "error AUD-NO-COLUMN: retention_audit_log has no column record_count; did you mean `recordcount`?",
        ),
    ] {
        let evidence = read(&make(sql));
        let mut told = problems(&evidence);
        told.retain(|problem| !problem.contains("no-index"));
        assert_eq!(told, [expected]);
        assert!(evidence.metrics.is_empty() && evidence.records.is_empty(), "{expected}");
    }
}

#[test]
fn what_is_odd_about_a_table_is_told() {
    let odd = "ALTER TABLE retention_audit_log ADD COLUMN host TEXT; ALTER TABLE retention_audit_log ADD COLUMN note TEXT;
        CREATE TRIGGER purge AFTER INSERT ON retention_audit_log BEGIN DELETE FROM retention_audit_log WHERE id < 3; END;";
    let evidence = read(&make(&format!("{}{odd}", old())));
    let missing = "job_run_id, job_name, trigger, actor, environment, app_version, db_schema_version, duration_ms, rows_scanned, min_deleted_id, max_deleted_id";
    assert_eq!(
        findings(&evidence)[..3],
        [
            format!("trail AUD-HALF-MIGRATED: schema 0004 is not complete: {missing} is missing"),
            "trail AUD-EXTRA-COL: unknown column note ignored".to_owned(),
            "trail AUD-TRIGGER: the trigger purge may change rows of retention_audit_log, or what is written to it".to_owned(),
        ]
    );
    assert_eq!(metric(&evidence, "audit.columns"), "11");
    let logged = read(&make_with_log(&new(), "SELECT 1"));
    assert_eq!((metric(&logged, "audit.rows"), metric(&logged, "audit.findings")), ("6".to_owned(), "0".to_owned()));
}

#[test]
fn a_cut_snapshot_is_never_clean() {
    let made = make(&new());
    let whole = fs::read(&made.path).unwrap();
    for length in (0..100).chain((512..whole.len()).step_by(512)) {
        let path = made.beside("cut.db", &whole[..length]);
        let evidence = read_file("audit", &path, None, &[]);
        assert!(!is_clean(&evidence) && evidence.metrics.is_empty(), "{length}");
    }
}

#[test]
fn findings_beyond_a_thousand_of_a_code_are_only_counted_and_crowd_out_no_other() {
    let many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10500)
        INSERT INTO retention_audit_log (table_name, operation, record_count, executed_at)
        SELECT 'facts', iif(i = 10500, 'DELETE', 'delete'), iif(i = 10500, -1, 0), '2026-02-17 03:00:00' FROM n;";
    let evidence = read(&make(&format!("{OLD}{many}")));
    let of = |code: &str| evidence.rows("audit.finding").iter().filter(|row| row.text("code") == Some(code)).count();
    assert_eq!((of("AUD-ENUM"), of("AUD-NEGATIVE")), (1_000, 1));
    assert_eq!(evidence.omitted.get("audit.finding"), Some(&9_499));
    assert_eq!(metric(&evidence, "audit.findings"), "10,500");
}

#[test]
fn a_map_reads_another_table() {
    let map = "family: audit\ntable: purges\ncolumns: { id: key, table: what, count: n, at: moment }\ntime: { forms: [unix], zone: UTC }\n";
    let made = make(
        "CREATE TABLE purges (key TEXT PRIMARY KEY, What TEXT, n INT, moment INT) WITHOUT ROWID; INSERT INTO purges VALUES ('a', 'mail', 3, 1771211000);",
    );
    let evidence = read_file("audit", &made.path, Some(map), &[]);
    assert!(is_clean(&evidence));
    assert_eq!((metric(&evidence, "audit.deleted_rows"), metric(&evidence, "audit.findings")), ("3".to_owned(), "0".to_owned()));
    assert_eq!(evidence.sources[0].format.as_deref(), Some("retention-audit-log"));
    let broken = read_file("audit", &made.path, Some("family: audit\ntabel: x\n"), &[]);
    assert!(
        problems(&broken).iter().any(|p| p.contains("map.yaml:2:1: an audit map has no key `tabel` - did you mean `table`?")),
        "{:?}",
        problems(&broken)
    );
}

fn collector(query: &str, outputs: &[(&str, &'static str)], rows: Option<u64>) -> Collector {
    Collector {
        rule: "pack/rule".into(),
        query: Spanned { text: query.into(), ..Spanned::default() },
        outputs: outputs.iter().map(|(name, kind)| ((*name).to_owned(), Name::Borrowed(*kind))).collect(),
        rows,
        ..Collector::default()
    }
}

fn ask(made: &Made, query: &str, outputs: &[(&str, &'static str)], rows: Option<u64>) -> Table {
    let collector = collector(query, outputs, rows);
    read_file("audit", &made.path, None, &[&collector]).tables.remove(0)
}

#[test]
fn a_query_gives_typed_rows() {
    let made = make(&new());
    let query = "SELECT table_name, count(*) AS n, AVG(duration_ms) AS took, MAX(executed_at) AS last, MAX(error_message) AS error,
        MAX(executed_at) >= datetime('now', '-2 days') AS fresh FROM retention_audit_log GROUP BY table_name ORDER BY table_name";
    let outputs = [("table_name", "text"), ("n", "count"), ("took", "duration"), ("last", "instant"), ("error", "text"), ("fresh", "flag")];
    let table = ask(&made, query, &outputs, Some(1));
    assert_eq!((table.error.as_deref(), table.omitted, table.rows.len()), (None, 1, 1));
    let cells: Vec<String> = table.rows[0].iter().map(|cell| cell.as_ref().map_or("NULL".into(), ToString::to_string)).collect();
    assert_eq!(cells, ["digests", "3", "30 ms", "2026-02-17T15:00:00Z", "NULL", "yes"]);
    assert_eq!((table.rule.as_str(), table.query.as_str()), ("pack/rule", query));
    let none = ask(&made, "SELECT id AS n FROM retention_audit_log WHERE 0", &[("n", "count")], Some(5));
    assert_eq!((none.rows.len(), none.error), (0, None));
}

#[test]
fn a_query_that_cannot_be_answered_says_why() {
    let made = make(&new());
    let n = &[("n", "count")][..];
    for (query, outputs, expected) in [
        (
            "SELECT\n  recrd_count AS n FROM retention_audit_log",
            n,
            "line 2, column 3: no such column: recrd_count; did you mean `record_count`?",
        ),
        ("SELECT 1 AS n FROM retention_log", n, "no such table: retention_log"),
        ("SELECT count(*) AS nn FROM retention_audit_log", n, "the query gives no column `n`; did you mean `nn`?"),
        ("SELECT 1 AS n, 2 AS m", n, "the query gives a column `m`, and `outputs` does not say what it is"),
        ("SELECT -1 AS n", n, "`n` is -1 in row 1, not a count"),
        ("SELECT 1.0 AS n", n, "`n` is 1.0 in row 1, not a count"),
        ("SELECT '1' AS n", n, "`n` is `1` in row 1, not a count"),
        ("SELECT 1 AS n", &[("n", "ratio")][..], "`n` cannot be of the kind ratio: the kinds are count, number"),
        ("SELECT id AS n FROM retention_audit_log", n, "the query gives 6 rows; state `rows:`, or ask for one"),
        ("DELETE FROM retention_audit_log", n, "only SELECT may be used"),
        ("SELECT random() AS n", n, "`random` may not be used: its answer is never the same"),
    ] {
        let table = ask(&made, query, outputs, None);
        let error = table.error.expect(query);
        assert!(error.starts_with(expected), "{query}: {error}");
        assert!(table.rows.is_empty());
    }
    fs::write(&made.path, "nothing").unwrap();
    assert_eq!(ask(&made, "SELECT 1 AS n", n, None).error.as_deref(), Some("the database could not be read"));
}
