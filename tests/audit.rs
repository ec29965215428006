//! Audit trails as a person meets them: databases are made, something is done to them, and `inspect` and `check` say what.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../benches/audit/generator.rs"]
mod generator;
mod support;

use rusqlite::Connection;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use support::{Answer, readiness};

const NOW: &str = "2026-02-17T23:30:00Z";

const TABLE: &str = include_str!("../fixtures/reflexio/migrations/0003.sql");
const MIGRATION: &str = include_str!("../fixtures/reflexio/migrations/0004.sql");

/// Thirty nightly runs over three tables; each row deletes two ids that no other row deletes.
const ROWS: &str = r"INSERT INTO retention_audit_log
        (table_name, operation, record_count, deleted_ids, retention_rule, cutoff_date, executed_at, dry_run)
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 89),
         r(i, name, days, at) AS (SELECT i, CASE i % 3 WHEN 0 THEN 'transcriptions' WHEN 1 THEN 'facts' ELSE 'digests' END,
                                  iif(i % 3, 730, 90), datetime('2026-01-19 22:59:00', (i / 3) || ' days', (i % 3) || ' seconds') FROM n)
    SELECT name, 'DELETE', 2, json_array(2 * i, 2 * i + 1), json_object('table', name, 'retention_days', days),
           datetime(at, '-' || days || ' days'), at, 0 FROM r;";

const FACTS: &str =
    "UPDATE retention_audit_log SET job_run_id = printf('cd613e30-d8f1-4adf-91b7-%012d', (id - 1) / 3), environment = 'prod',
    host = 'worker-1', app_version = 'v4.1.1', db_schema_version = '0004', duration_ms = 100 + id, rows_scanned = 10 + id,
    min_deleted_id = json_extract(deleted_ids, '$[0]'), max_deleted_id = json_extract(deleted_ids, '$[1]')";

/// A folder with a policy, a configuration and a database.
struct Trail {
    folder: tempfile::TempDir,
}

impl Trail {
    fn made(sql: &str) -> Trail {
        let trail = Trail { folder: tempfile::tempdir().unwrap() };
        let file = |name: &str, text: &str| fs::write(trail.path().join(name), text).unwrap();
        file("retention-policy.yaml", "transcriptions: 90\nfacts: 730\ndigests: 730\ncadence: 1d\n");
        file("readiness.yaml", "project: { id: demo }\nevidence:\n  audit: { family: audit, path: audit.db }\npacks: [retention-audit]\n");
        Connection::open(trail.database()).unwrap().execute_batch(sql).unwrap();
        trail
    }

    /// A sound trail, and what is done to it.
    fn with(change: &str) -> Trail {
        Trail::made(&format!("{TABLE}{MIGRATION}{ROWS}{FACTS};{change}"))
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn database(&self) -> PathBuf {
        self.path().join("audit.db")
    }

    fn inspect(&self, more: &[&str]) -> (i32, Value) {
        let answer = readiness(self.path(), &[&["inspect", "audit.db", "--format", "json", "--now", NOW][..], more].concat());
        (answer.code, serde_json::from_str(&answer.out).unwrap())
    }

    fn check(&self) -> Answer {
        readiness(self.path(), &["check", "--now", NOW])
    }
}

/// The codes of findings, and of problems that are errors.
fn codes(inspected: &Value) -> BTreeSet<String> {
    let records = inspected["records"]["audit.finding"].as_array().into_iter().flatten();
    let errors = inspected["problems"].as_array().into_iter().flatten().filter(|problem| problem["severity"] == "error");
    records.chain(errors).map(|row| row["code"].as_str().unwrap().to_owned()).collect()
}

/// What is done to a sound trail, the codes of what is then found, a sentence of it, and how the gate decides: `fail` closes it, `warn`
/// leaves it open with a finding of P2, `pass` without one.
const CASES: &[(&str, &[&str], &str, &str)] = &[
    ("SELECT 1", &[], "90 rows, 30 runs, 180 deleted", "pass"),
    ("ALTER TABLE retention_audit_log ADD COLUMN note TEXT", &["AUD-EXTRA-COL"], "unknown column note ignored", "pass"),
    ("UPDATE retention_audit_log SET record_count = 'two' WHERE id = 4", &["AUD-TYPE"], "record_count: 1 text (ids 4)", "fail"),
    ("UPDATE retention_audit_log SET record_count = -2 WHERE id = 4", &["AUD-NEGATIVE"], "record_count: 1 negative (ids 4)", "fail"),
    ("UPDATE retention_audit_log SET dry_run = 'true' WHERE id = 4", &["AUD-TYPE"], "dry_run is `true` (text), not 0 or 1", "fail"),
    ("UPDATE retention_audit_log SET dry_run = 2 WHERE id = 4", &["AUD-RANGE"], "dry_run is 2, not 0 or 1", "fail"),
    ("UPDATE retention_audit_log SET environment = ' prod' WHERE id = 4", &["AUD-ENV"], "environment = 'prod' misses 1 of 90 rows", "warn"),
    ("UPDATE retention_audit_log SET environment = NULL WHERE id = 4", &["AUD-ENV"], "1 rows NULL", "warn"),
    ("ALTER TABLE retention_audit_log RENAME COLUMN executed_at TO Executed_AT", &[], "90 rows", "pass"),
    ("UPDATE retention_audit_log SET operation = 'Delete' WHERE id = 4", &["AUD-ENUM"], "operation is `Delete`, not one of DELETE", "fail"),
    ("UPDATE retention_audit_log SET db_schema_version = '0003' WHERE id = 4", &["AUD-SCHEMA"], "the table is of schema 0004", "fail"),
    (
        "UPDATE retention_audit_log SET error_message = 'no mail to ada@example.com' WHERE id = 88",
        &["AUD-PII", "RET-ERROR"],
        "error_message holds an email address (not shown)",
        // The newest run failed.
        "fail",
    ),
    (
        "UPDATE retention_audit_log SET trigger = 'manual', job_name = 'manual_cleanup' WHERE id BETWEEN 4 AND 6",
        &["RET-ACTOR"],
        "a manual run whose actor is `system`",
        "warn",
    ),
    ("UPDATE retention_audit_log SET trigger = 'ci' WHERE id = 4", &["RET-TRIGGER"], "trigger ci with environment prod", "warn"),
    ("UPDATE retention_audit_log SET host = 'worker-2' WHERE id = 4", &["AUD-RUN-MIXED"], "over several hosts", "warn"),
    ("DELETE FROM retention_audit_log WHERE id = 5", &["AUD-ID-GAP", "RET-INCOMPLETE-RUN"], "no row about facts", "fail"),
    ("DELETE FROM retention_audit_log WHERE id > 87", &["AUD-SEQUENCE"], "3 newer rows are gone", "warn"),
    ("DELETE FROM retention_audit_log WHERE id BETWEEN 4 AND 6", &["AUD-ID-GAP", "RET-GAP"], "no run on 2026-01-20", "fail"),
    ("UPDATE retention_audit_log SET table_name = 'digests' WHERE id = 5", &["RET-INCOMPLETE-RUN", "RET-RULE-JSON", "RET-RUN-TWICE"], "", "fail"),
    (
        "UPDATE retention_audit_log SET dry_run = 1 WHERE id > 60",
        &["RET-DRY-ONLY"],
        "last real run 10 days ago; 10 dry runs since",
        "fail",
    ),
    (
        "UPDATE retention_audit_log SET retention_rule = json_object('table', 'facts', 'retention_days', 3650),
         cutoff_date = datetime(executed_at, '-3650 days') WHERE table_name = 'facts' AND id > 45",
        &["RET-POLICY"],
        "facts: retention_days 730 -> 3650 on 2026-02-03, policy file says 730",
        "fail",
    ),
    ("UPDATE retention_audit_log SET retention_rule = '{' WHERE id = 4", &["RET-RULE-JSON"], "retention_rule is not JSON", "fail"),
    ("UPDATE retention_audit_log SET cutoff_date = datetime(cutoff_date, '2 days') WHERE id = 4", &["RET-CUTOFF"], "2 d too late", "fail"),
    (
        "UPDATE retention_audit_log SET deleted_ids = '[6, 0]', min_deleted_id = 0 WHERE id = 4",
        &["RET-IDS-RANGE", "RET-IDS-REDELETED"],
        "id 0 of transcriptions deleted already by row 1",
        "fail",
    ),
    (
        "UPDATE retention_audit_log SET deleted_ids = json_array('0d7f0b1e-8c53-4b5e-9a44-9c0f1b7d2a10', '0d7f0b1e-8c53-4b5e-9a44-9c0f1b7d2a11'),
         min_deleted_id = NULL, max_deleted_id = NULL WHERE id = 4",
        &[],
        "90 rows",
        "pass",
    ),
    (
        "UPDATE retention_audit_log SET executed_at = replace(executed_at, ' ', 'T') || 'Z' WHERE id = 4",
        &["AUD-TS-FORMAT"],
        "executed_at is written in 2 ways, table of formats with counts: datetime 89, rfc3339 1",
        "fail",
    ),
    ("UPDATE retention_audit_log SET executed_at = '2026-02-30 10:00:00' WHERE id = 4", &["AUD-TS-INVALID"], "2026-02-30 is not a date", "fail"),
    (
        "UPDATE retention_audit_log SET executed_at = datetime(executed_at, '5 hours') WHERE id % 2",
        &["AUD-TS-ORDER"],
        "two clock sources (local +05:00 and UTC?)",
        "warn",
    ),
    ("UPDATE retention_audit_log SET rows_scanned = record_count", &["AUD-SCANNED-EQUAL"], "says nothing about what was looked at", "pass"),
    ("UPDATE retention_audit_log SET duration_ms = 7412 WHERE id = 4", &["AUD-SLOW"], "at most 5 s is usual", "pass"),
    ("UPDATE retention_audit_log SET actor = char(27) || '[2J' WHERE id = 4", &["AUD-CONTROL-CHARS"], "actor holds U+001B: all values escaped in HTML,", "fail"),
    ("UPDATE retention_audit_log SET id = -5 WHERE id = 1", &["AUD-ID-GAP", "AUD-NEGATIVE"], "id is -5, which no counter gives", "fail"),
    (
        "UPDATE retention_audit_log SET id = 9223372036854775807 WHERE id = 90; UPDATE retention_audit_log SET id = -9223372036854775808 WHERE id = 1",
        &["AUD-ID-GAP", "AUD-NEGATIVE", "AUD-SEQUENCE"],
        "the last row is 9223372036854775807: it was set back by hand",
        "fail",
    ),
    ("DELETE FROM sqlite_sequence", &["AUD-SEQUENCE"], "which ids were given out was taken away by hand", "warn"),
    (
        "DELETE FROM retention_audit_log WHERE id BETWEEN 4 AND 6; DELETE FROM sqlite_sequence",
        &["AUD-ID-GAP", "AUD-SEQUENCE", "RET-GAP"],
        "3 ids up to 90 have no row, the first of them 4 to 6",
        "fail",
    ),
    (
        "UPDATE retention_audit_log SET dry_run = 1 WHERE table_name = 'facts' AND id > 30",
        &["RET-DRY-ONLY"],
        "facts: last real run 20 days ago; 20 dry runs since",
        "fail",
    ),
    ("UPDATE retention_audit_log SET dry_run = 1", &["RET-DRY-ONLY"], "no real run at all; 30 dry runs", "fail"),
    (
        "UPDATE retention_audit_log SET job_run_id = '  ' WHERE id BETWEEN 4 AND 6",
        &["AUD-RUN-ID"],
        "job_run_id is `  `: nothing says which run wrote the row",
        "warn",
    ),
    ("UPDATE retention_audit_log SET job_run_id = NULL WHERE id BETWEEN 4 AND 6", &["AUD-RUN-ID"], "job_run_id is NULL", "warn"),
    ("CREATE TABLE Retention_\u{430}udit_log (id)", &["AUD-LOOKALIKE"], "another table looks like retention_audit_log", "fail"),
    (
        "CREATE TRIGGER quiet AFTER INSERT ON retention_audit_log BEGIN DELETE FROM retention_audit_log WHERE id = new.id - 100; END",
        &["AUD-TRIGGER"],
        "the trigger quiet may change rows",
        "fail",
    ),
    (
        "CREATE TABLE facts (a); CREATE TRIGGER tidy AFTER INSERT ON facts BEGIN UPDATE retention_audit_log SET actor = 'ada' WHERE id = 1; END",
        &["AUD-TRIGGER"],
        "the trigger tidy may change rows",
        "fail",
    ),
    (
        "CREATE TABLE facts (a); CREATE TRIGGER told AFTER DELETE ON facts BEGIN INSERT INTO retention_audit_log (operation) VALUES ('DELETE'); END",
        &[],
        "90 rows",
        "pass",
    ),
    ("CREATE TABLE retention_audit_1og (id)", &["AUD-LOOKALIKE"], "another table looks like retention_audit_log", "fail"),
    ("UPDATE retention_audit_log SET host = 'worker-1' || char(8203) WHERE id BETWEEN 4 AND 6", &["AUD-CONTROL-CHARS"], "host holds U+200B", "fail"),
    (
        "UPDATE retention_audit_log SET trigger = 'manual', job_name = 'manual_cleanup', actor = 's\u{443}stem' WHERE id BETWEEN 4 AND 6",
        &["RET-ACTOR"],
        "a manual run whose actor is",
        "warn",
    ),
    (
        "UPDATE retention_audit_log SET deleted_ids = '[\"1000\", \"999\"]', min_deleted_id = 999, max_deleted_id = 1000 WHERE id = 4",
        &[],
        "90 rows",
        "pass",
    ),
    ("UPDATE retention_audit_log SET executed_at = '0001-01-01 00:00:00' WHERE id = 4", &["AUD-TS-INVALID"], "is not plausible", "fail"),
    (
        "UPDATE retention_audit_log SET retention_rule = json_insert(retention_rule, '$.by', 'ada@example.com') WHERE id = 4",
        &["AUD-PII"],
        "retention_rule holds an email address (not shown)",
        "pass",
    ),
];

#[test]
fn what_is_done_to_a_trail_is_told_and_judged() {
    let mut wrong = Vec::new();
    for (change, expected, sentence, verdict) in CASES {
        let trail = Trail::with(change);
        let (code, inspected) = trail.inspect(&[]);
        let told = inspected["problems"].to_string() + &inspected["records"]["audit.finding"].to_string();
        let found = codes(&inspected);
        if code != 0 || found != expected.iter().map(|code| (*code).to_owned()).collect() {
            wrong.push(format!("{change}\n  exit {code}, found {found:?}"));
        }
        if !told.contains(sentence) {
            wrong.push(format!("{change}\n  `{sentence}` is not said: {told}"));
        }
        let Answer { code, out, .. } = trail.check();
        // What only informs, and what warns, is listed all the same.
        let listed = out.lines().any(|line| line.starts_with("FAIL"));
        if code != i32::from(*verdict == "fail") || (*verdict == "warn" && !listed) {
            wrong.push(format!("{change}\n  is not judged as `{verdict}` (exit {code}):\n{out}"));
        }
        assert!(!told.contains("ada@example.com") && !out.contains("ada@example.com"), "{change}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn what_cannot_be_relied_on_is_refused() {
    let computed = TABLE.replace("record_count INTEGER NOT NULL", "n INTEGER, record_count INTEGER AS (n * 2)");
    for (sql, expected, sentence) in [
        ("CREATE VIEW retention_audit_log AS SELECT 1 AS id".to_owned(), "AUD-NOT-A-TABLE", "is a view"),
        (computed, "AUD-GENERATED", "record_count is a generated column"),
        ("CREATE TABLE transcriptions (id)".to_owned(), "AUD-NO-TABLE", "no retention_audit_log"),
        (TABLE.to_owned(), "AUD-NO-ROWS", "has no row"),
        (
            TABLE.replace("executed_at", "happened_at")
                + "INSERT INTO retention_audit_log (table_name, operation, record_count) VALUES ('a', 'b', 1)",
            "AUD-NO-COLUMN",
            "no column executed_at",
        ),
    ] {
        let trail = Trail::made(&sql);
        let (code, inspected) = trail.inspect(&[]);
        assert_eq!((code, codes(&inspected)), (3, BTreeSet::from([expected.to_owned()])), "{sql}");
        assert!(inspected["problems"].to_string().contains(sentence), "{}", inspected["problems"]);
        assert_eq!(inspected["metrics"].as_array().unwrap().len(), 0, "what cannot be read is not counted");
        assert_eq!(trail.check().code, 3, "{sql}");
    }
}

#[test]
fn damage_is_refused_and_nothing_is_written_beside_it() {
    let whole = fs::read(Trail::with("SELECT 1").database()).unwrap();
    let mut torn = whole.clone();
    torn[whole.len() / 2..].fill(0x5a);
    for (bytes, expected) in [
        (&whole[..whole.len() - 4096], "AUD-TRUNCATED"),
        (torn.as_slice(), "AUD-CORRUPT"),
        (b"not a database at all".as_slice(), "AUD-NOT-SQLITE"),
    ] {
        let trail = Trail::with("SELECT 1");
        fs::write(trail.database(), bytes).unwrap();
        let (code, inspected) = trail.inspect(&[]);
        assert_eq!((code, codes(&inspected)), (3, BTreeSet::from([expected.to_owned()])), "{}", inspected["problems"]);
        assert_eq!(fs::read_dir(trail.path()).unwrap().count(), 3);
    }
    let trail = Trail::with("SELECT 1");
    fs::write(trail.path().join("audit.db-journal"), b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7").unwrap();
    assert_eq!(codes(&trail.inspect(&[]).1), BTreeSet::from(["AUD-HOT-JOURNAL".to_owned()]));
}

#[test]
fn the_report_opens_a_run_and_says_who_started_it() {
    let change = "UPDATE retention_audit_log SET trigger = 'manual', actor = 'ada@example.com', job_name = 'manual_cleanup' WHERE id > 87;
        UPDATE retention_audit_log SET trigger = 'manual', actor = '<b>root', job_name = 'manual_cleanup' WHERE id BETWEEN 82 AND 84;
        UPDATE retention_audit_log SET error_message = '<script>alert(1)</script> of eve@example.com' WHERE id = 89;
        UPDATE retention_audit_log SET record_count = 5 WHERE id = 90;
        UPDATE retention_audit_log SET dry_run = 1 WHERE id = 83";
    let trail = Trail::with(change);
    let (_, inspected) = trail.inspect(&[]);
    let records = &inspected["records"];
    let actor = |name: &str| {
        let found = records["audit.actor"].as_array().unwrap().iter().find(|row| row["id"] == name).unwrap_or_else(|| panic!("{name}"));
        let count = |field: &str| found[field]["count"].as_u64().unwrap();
        (found["named"]["flag"].as_bool().unwrap(), count("runs"), count("rows"), count("dry_runs"), count("errors"))
    };
    assert_eq!(actor("system by cron"), (false, 28, 84, 0, 0));
    assert_eq!(actor("[email] by manual"), (true, 1, 3, 0, 1));
    assert_eq!(actor("<b>root by manual"), (true, 1, 3, 1, 0));
    let rows = records["audit.operation"].as_array().unwrap();
    assert_eq!(rows.len(), 72, "the rows of the 24 newest runs");
    let row = rows.iter().find(|row| row["id"] == "row 89").unwrap();
    assert_eq!(row["run"], "cd613e30-d8f1-4adf-91b7-000000000029");
    assert_eq!((&row["table"], &row["ids"]["count"], &row["duration"]["ms"]), (&"facts".into(), &2.into(), &189.0.into()));
    assert_eq!(row["cutoff"]["at"], "2024-02-18T22:59:01Z");
    assert_eq!((&row["failed"]["flag"], &row["error"]), (&true.into(), &"<script>alert(1)</script> of [email]".into()));

    let answer = readiness(trail.path(), &["check", "--now", NOW, "--out", "out"]);
    assert_eq!(answer.code, 1);
    let page = fs::read_to_string(trail.path().join("out/report.html")).unwrap();
    let audit = page.split_once("id=\"audit\"").unwrap().1.split_once("</section>").unwrap().0;
    for part in [
        "<h3>Who had it run</h3>",
        "<bdi>system</bdi><span class=\"mark\">names nobody</span>",
        "<tbody id=\"run-24\">",
        "Started by <bdi>manual as [email], on worker-1 in prod, v4.1.1</bdi>.",
        "&#60;script&#62;alert(1)&#60;/script&#62; of [email]",
        "<span class=\"mark\">dry run</span>",
        "<span class=\"mono\">RET-IDS-COUNT</span> <bdi>row 90</bdi>",
    ] {
        assert!(audit.contains(part), "`{part}` is not there: {audit}");
    }
    assert!(!audit.contains("<script>") && !audit.contains("<b>root"));
    let summary = fs::read_to_string(trail.path().join("out/summary.md")).unwrap();
    for part in
        ["Audit trail: 90 rows, 30 runs, integrity", "| `system` (names nobody) | `cron` | 28 | 84 | 0 | 0 |", "| `RET-IDS-COUNT` | 1 |"]
    {
        assert!(summary.contains(part), "`{part}` is not there: {summary}");
    }
    for output in [inspected.to_string(), page, summary, answer.out, fs::read_to_string(trail.path().join("out/report.json")).unwrap()] {
        assert!(!output.contains("ada@example.com") && !output.contains("eve@example.com"));
    }
}

#[test]
fn runs_too_old_to_be_listed_are_judged() {
    let many = ROWS
        .replace("i < 89", "i < 30899")
        .replace("'2026-01-19 22:59:00', (i / 3) || ' days'", "'2024-12-15 19:59:00', (i / 3) || ' hours'");
    let trail = Trail::made(&format!("{TABLE}{MIGRATION}{many}{FACTS};DELETE FROM retention_audit_log WHERE id = 152"));
    let (_, inspected) = trail.inspect(&[]);
    assert_eq!(codes(&inspected), BTreeSet::from(["AUD-ID-GAP", "AUD-SLOW", "RET-INCOMPLETE-RUN"].map(str::to_owned)));
    assert_eq!(
        (inspected["omitted"]["audit.run"].as_u64(), inspected["records"]["audit.run"].as_array().unwrap().len()),
        (Some(300), 10_000)
    );
    let told = inspected["problems"].to_string();
    assert!(told.contains("run cd613e30-d8f1-4adf-91b7-000000000050: no row about facts") && told.contains("10,300 runs"), "{told}");
    assert_eq!(trail.check().code, 1);
}

#[test]
fn ids_name_one_row_each() {
    let loose = TABLE.replace("id INTEGER PRIMARY KEY AUTOINCREMENT", "id INTEGER");
    let rows = ROWS.replace("INSERT INTO retention_audit_log\n        (", "INSERT INTO retention_audit_log\n        (id, ");
    let rows = rows.replace("SELECT name, 'DELETE'", "SELECT i + 1, name, 'DELETE'");
    for (change, expected, sentence) in [
        ("SELECT 1", None, "90 rows"),
        ("UPDATE retention_audit_log SET id = 49 WHERE id = 50", Some("AUD-ID-TWICE"), "id 49: 2 rows have this id"),
        ("UPDATE retention_audit_log SET id = NULL WHERE id = 50", Some("AUD-NULL"), "id is NULL"),
        ("UPDATE retention_audit_log SET id = 'x' WHERE id = 50", Some("AUD-TYPE"), "id is `x`, and others are whole numbers"),
    ] {
        let trail = Trail::made(&format!("{loose}{MIGRATION}{rows}{FACTS};{change}"));
        let (_, inspected) = trail.inspect(&[]);
        assert_eq!(codes(&inspected), expected.into_iter().map(str::to_owned).collect(), "{change}");
        assert!(inspected["problems"].to_string().contains(sentence), "{}", inspected["problems"]);
        assert_eq!(trail.check().code, i32::from(expected.is_some()), "{change}");
    }
}

#[test]
fn a_row_without_a_rule_is_told_where_no_policy_says_it() {
    let trail = Trail::with("UPDATE retention_audit_log SET retention_rule = NULL WHERE id = 4");
    assert_eq!(codes(&trail.inspect(&[]).1), BTreeSet::new(), "the policy says how long these rows are kept");
    fs::remove_file(trail.path().join("retention-policy.yaml")).unwrap();
    let (_, inspected) = trail.inspect(&[]);
    assert_eq!(codes(&inspected), BTreeSet::from(["RET-RULE-JSON".to_owned()]));
    assert_eq!(inspected["records"]["audit.finding"][0]["row"]["count"], 4);
}

#[test]
fn a_table_that_stands_in_the_log_only_is_found() {
    let trail = Trail::made("SELECT 1");
    let live = Trail::made("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0");
    let connection = Connection::open(live.database()).unwrap();
    connection.execute_batch(&format!("PRAGMA wal_autocheckpoint = 0;{TABLE}{MIGRATION}{ROWS}{FACTS}")).unwrap();
    fs::copy(live.database(), trail.database()).unwrap();
    fs::copy(live.path().join("audit.db-wal"), trail.path().join("audit.db-wal")).unwrap();
    let (code, inspected) = trail.inspect(&[]);
    assert_eq!((code, codes(&inspected)), (0, BTreeSet::new()), "{}", inspected["problems"]);
    assert!(inspected["problems"].to_string().contains("90 rows, 30 runs"));
    assert_eq!(fs::read_dir(trail.path()).unwrap().count(), 4, "nothing is written beside the evidence");
}

#[test]
fn an_index_that_hides_rows_is_damage() {
    let trail = Trail::with("UPDATE retention_audit_log SET error_message = 'disk full' WHERE id > 87");
    let (page, size): (usize, usize) = {
        let connection = Connection::open(trail.database()).unwrap();
        let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, u32>(0)).unwrap() as usize;
        (number("SELECT rootpage FROM sqlite_schema WHERE name = 'idx_audit_error'"), number("PRAGMA page_size"))
    };
    let mut bytes = fs::read(trail.database()).unwrap();
    let leaf = &mut bytes[(page - 1) * size..page * size];
    // A leaf of an index without cells, whose free room begins at the end of the page.
    leaf.fill(0);
    (leaf[0], leaf[5]) = (10, (size >> 8) as u8);
    fs::write(trail.database(), bytes).unwrap();
    let (code, inspected) = trail.inspect(&[]);
    assert_eq!((code, codes(&inspected)), (3, BTreeSet::from(["AUD-CORRUPT".to_owned()])), "{}", inspected["problems"]);
    assert_eq!(trail.check().code, 3);
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_refused() {
    let trail = Trail::with("SELECT 1");
    fs::rename(trail.database(), trail.path().join("real.db")).unwrap();
    for make in ["mkfifo audit.db", "ln -s real.db audit.db", "mkdir audit.db", "ln -s nowhere.db audit.db"] {
        let made = std::process::Command::new("sh").args(["-c", make]).current_dir(trail.path()).status().unwrap();
        assert!(made.success());
        assert_eq!((trail.inspect(&[]).0, trail.check().code), (3, 3), "{make}");
        fs::remove_file(trail.database()).or_else(|_| fs::remove_dir(trail.database())).unwrap();
    }
    assert_eq!(readiness(trail.path(), &["inspect", "audit.db"]).code, 2, "a path that is not there is a slip");
}

#[test]
fn the_terminal_says_what_the_trail_holds_and_every_code() {
    let trail = Trail::with("UPDATE retention_audit_log SET environment = iif(id % 3, 'production', NULL) WHERE id > 60");
    let told = trail.check().out.split_whitespace().collect::<Vec<_>>().join(" ");
    for sentence in [
        "90 rows, 30 runs, 180 deleted",
        "no tamper evidence scheme present: integrity NOT verifiable",
        "AUD-ENV: environment values: `prod` 60, `production` 20, 10 rows NULL: counted how?; environment = 'prod' misses 30 of 90 rows",
    ] {
        assert!(told.contains(sentence), "`{sentence}` is not said: {told}");
    }
    let told = readiness(trail.path(), &["inspect", "audit.db", "--now", NOW]).out;
    for line in ["         60  `prod`", "         10  NULL", "         90  datetime  `2026-01-19 22:59:00`"] {
        assert!(told.lines().any(|told| told == line), "`{line}` is not said: {told}");
    }
}

#[test]
fn rows_from_before_the_migration_hold_no_facts() {
    let old = format!("{TABLE}{ROWS}{MIGRATION}{FACTS} WHERE id > 45");
    let trail = Trail::made(&old);
    let (_, inspected) = trail.inspect(&[]);
    assert_eq!(codes(&inspected), BTreeSet::from(["AUD-LEGACY-ROWS".to_owned()]));
    let told = inspected["problems"].to_string();
    assert!(told.contains("45 legacy rows: trigger/actor/job_name of legacy rows are schema DEFAULTs, not recorded facts"), "{told}");
    assert_eq!(trail.check().code, 0);
}

#[test]
fn a_policy_is_named_or_lies_beside_the_trail() {
    let change = "UPDATE retention_audit_log SET retention_rule = json_object('table', 'facts', 'retention_days', 365),
        cutoff_date = datetime(executed_at, '-365 days') WHERE table_name = 'facts'";
    let trail = Trail::with(change);
    fs::rename(trail.path().join("retention-policy.yaml"), trail.path().join("agreed.yaml")).unwrap();
    assert_eq!(codes(&trail.inspect(&[]).1), BTreeSet::new(), "nobody said what the retention should be");
    assert_eq!(codes(&trail.inspect(&["--policy", "agreed.yaml"]).1), BTreeSet::from(["RET-POLICY".to_owned()]));
    let named =
        "project: { id: demo }\nevidence:\n  audit: { family: audit, path: audit.db, policy: agreed.yaml }\npacks: [retention-audit]\n";
    fs::write(trail.path().join("readiness.yaml"), named).unwrap();
    let answer = trail.check();
    assert!(answer.code == 1 && answer.out.contains("retention-audit/policy-kept"), "{}", answer.out);
    fs::write(trail.path().join("agreed.yaml"), "facts: soon\n").unwrap();
    assert_eq!(trail.inspect(&["--policy", "agreed.yaml"]).0, 3);
    let nowhere = readiness(trail.path(), &["inspect", "audit.db", "--policy", "nowhere.yaml"]);
    assert_eq!(nowhere.code, 2, "{}", nowhere.err);
}

#[test]
fn a_hold_forbids_what_the_retention_asks_for() {
    let trail = Trail::with("SELECT 1");
    let policy = "transcriptions: 90\nfacts: 730\ndigests: 730\nholds: [{ table: facts, from: 2026-02-10, reason: case 17 }]\n";
    fs::write(trail.path().join("retention-policy.yaml"), policy).unwrap();
    let (_, inspected) = trail.inspect(&[]);
    assert_eq!(codes(&inspected), BTreeSet::from(["RET-HOLD".to_owned()]));
    assert!(inspected["problems"].to_string().contains("deleted on 2026-02-10 under a legal hold (case 17)"));
    assert_eq!(trail.check().code, 1);
}

/// Memory does not grow with the rows: what must be remembered of them is written down.
#[test]
#[cfg(target_os = "linux")]
fn two_hundred_thousand_rows_fit_in_sixty_four_megabytes() {
    let folder = tempfile::tempdir().unwrap();
    generator::trail(folder.path().join("audit.db").to_str().unwrap(), 200_000, true).unwrap();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_readiness"))
        .current_dir(folder.path())
        .args(["inspect", "audit.db", "--format", "json", "--now", NOW])
        .stdout(fs::File::create(folder.path().join("seen.json")).unwrap())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let peak = text.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        most = most.max(peak.unwrap_or(0));
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert!(most > 0 && most <= 64 << 10, "{most} kB");
    let seen: Value = serde_json::from_str(&fs::read_to_string(folder.path().join("seen.json")).unwrap()).unwrap();
    let metric = |id: &str| seen["metrics"].as_array().unwrap().iter().find(|m| m["id"] == id).unwrap().clone();
    assert_eq!((metric("audit.rows")["count"].as_u64(), metric("audit.integrity")["text"].as_str()), (Some(200_000), Some("chained")));
}

impl Trail {
    /// The rows as objects; a column that holds nothing may be left out, as many programs do.
    fn lines(&self, sparing: bool) -> Vec<serde_json::Map<String, Value>> {
        let connection = Connection::open(self.database()).unwrap();
        let mut statement = connection.prepare("SELECT * FROM retention_audit_log ORDER BY id").unwrap();
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let object = |row: &rusqlite::Row<'_>| {
            let value = |name: &String| match row.get_unwrap(name.as_str()) {
                rusqlite::types::Value::Integer(n) => n.into(),
                rusqlite::types::Value::Text(text) => text.into(),
                _ => Value::Null,
            };
            Ok(names.iter().map(|name| (name.clone(), value(name))).filter(|(_, value)| !(sparing && value.is_null())).collect())
        };
        statement.query_map([], object).unwrap().map(Result::unwrap).collect()
    }

    /// Judges a file in the place of the database.
    fn judged(&self, name: &str, text: &str) -> (BTreeSet<String>, Answer) {
        fs::write(self.path().join(name), text).unwrap();
        let entry = format!("project: {{ id: demo }}\nevidence:\n  audit: {{ family: audit, path: {name} }}\npacks: [retention-audit]\n");
        fs::write(self.path().join("readiness.yaml"), entry).unwrap();
        let inspected = readiness(self.path(), &["inspect", name, "--format", "json", "--now", NOW]);
        (codes(&serde_json::from_str(&inspected.out).unwrap()), self.check())
    }
}

fn json_lines(rows: &[serde_json::Map<String, Value>]) -> String {
    rows.iter().map(|row| serde_json::to_string(row).unwrap() + "\n").collect()
}

fn comma_separated(rows: &[serde_json::Map<String, Value>], nothing: &str) -> String {
    let cell = |value: &Value| match value {
        Value::Null => nothing.to_owned(),
        Value::String(text) => format!("\"{}\"", text.replace('"', "\"\"")),
        other => other.to_string(),
    };
    let line = |row: &serde_json::Map<String, Value>| row.values().map(cell).collect::<Vec<_>>().join(",") + "\n";
    rows[0].keys().cloned().collect::<Vec<_>>().join(",") + "\n" + &rows.iter().map(line).collect::<String>()
}

#[test]
fn an_export_is_judged_as_its_database_is() {
    let sound = Trail::with("SELECT 1");
    let rows = sound.lines(false);
    let files = [
        ("audit.csv", comma_separated(&rows, "")),
        ("null.csv", comma_separated(&rows, "NULL")),
        ("copy.csv", comma_separated(&rows, r"\N")),
        ("audit.jsonl", json_lines(&rows)),
    ];
    for (name, text) in files {
        let (found, checked) = sound.judged(name, &text);
        assert_eq!((found, checked.code), (BTreeSet::new(), 0), "{name}:\n{}", checked.out);
    }
    // The queries of the rules see the rows of the export.
    let failed = Trail::with("UPDATE retention_audit_log SET error_message = 'locked' WHERE id = 88");
    let (_, checked) = failed.judged("audit.csv", &comma_separated(&failed.lines(false), ""));
    assert_eq!(checked.code, 1);
    assert!(checked.out.contains("retention-audit/errors-last-day"), "{}", checked.out);
    // A key that says nothing is left out in most lines; the rows need no id.
    let mut sparing = failed.lines(true);
    sparing.iter_mut().for_each(|row| _ = row.remove("id"));
    let (found, checked) = failed.judged("audit.jsonl", &json_lines(&sparing));
    assert_eq!((found, checked.code), (BTreeSet::from(["RET-ERROR".to_owned()]), 1), "{}", checked.out);
    // Rows from before the migration read as its defaults.
    let old = Trail::made(&format!(
        "{TABLE}{MIGRATION}{ROWS}{FACTS}; UPDATE retention_audit_log SET job_run_id = NULL, environment = NULL, host = NULL, app_version = NULL,
         db_schema_version = NULL, duration_ms = NULL, rows_scanned = NULL, min_deleted_id = NULL, max_deleted_id = NULL WHERE id < 46"
    ));
    let (found, checked) = old.judged("audit.csv", &comma_separated(&old.lines(false), ""));
    assert_eq!((found, checked.code), (BTreeSet::from(["AUD-LEGACY-ROWS".to_owned()]), 0), "{}", checked.out);
}

#[test]
fn an_export_that_says_two_things_is_refused() {
    let trail = Trail::with("SELECT 1");
    let rows = trail.lines(false);
    let (lines, table) = (json_lines(&rows), comma_separated(&rows, ""));
    let bare: Vec<_> = trail.lines(false).into_iter().map(|mut row| (_ = row.remove("error_message"), row).1).collect();
    let late = json_lines(&bare.iter().cycle().take(4000).cloned().collect::<Vec<_>>()) + &json_lines(&rows[..1]);
    for (name, text, expected) in [
        ("twice.jsonl", lines.replacen("\"record_count\":2", "\"record_count\":500,\"record_count\":2", 1), "malformed"),
        ("twice.csv", table.replacen("max_deleted_id", "record_count", 1), "column-twice"),
        ("late.jsonl", late, "AUD-NO-COLUMN"),
    ] {
        let (found, checked) = trail.judged(name, &text);
        assert_eq!(checked.code, 3, "{name}");
        assert!(found.contains(expected), "{name}: {found:?}");
    }
}
