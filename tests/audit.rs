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

const TABLE: &str =
    "CREATE TABLE retention_audit_log (id INTEGER PRIMARY KEY AUTOINCREMENT, table_name TEXT NOT NULL, operation TEXT NOT NULL,
    record_count INTEGER NOT NULL, deleted_ids TEXT, retention_rule TEXT, cutoff_date TIMESTAMP,
    executed_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, dry_run BOOLEAN DEFAULT 0, error_message TEXT);";

const MIGRATION: &str = "ALTER TABLE retention_audit_log ADD COLUMN job_run_id TEXT;
    ALTER TABLE retention_audit_log ADD COLUMN job_name TEXT DEFAULT 'retention_cleanup';
    ALTER TABLE retention_audit_log ADD COLUMN trigger TEXT DEFAULT 'cron';
    ALTER TABLE retention_audit_log ADD COLUMN actor TEXT DEFAULT 'system';
    ALTER TABLE retention_audit_log ADD COLUMN environment TEXT; ALTER TABLE retention_audit_log ADD COLUMN host TEXT;
    ALTER TABLE retention_audit_log ADD COLUMN app_version TEXT; ALTER TABLE retention_audit_log ADD COLUMN db_schema_version TEXT;
    ALTER TABLE retention_audit_log ADD COLUMN duration_ms INTEGER; ALTER TABLE retention_audit_log ADD COLUMN rows_scanned INTEGER;
    ALTER TABLE retention_audit_log ADD COLUMN min_deleted_id INTEGER; ALTER TABLE retention_audit_log ADD COLUMN max_deleted_id INTEGER;
    CREATE INDEX by_table ON retention_audit_log(table_name); CREATE INDEX by_time ON retention_audit_log(executed_at);
    CREATE INDEX by_run ON retention_audit_log(job_run_id); CREATE INDEX by_environment ON retention_audit_log(environment);
    CREATE INDEX by_trigger ON retention_audit_log(trigger);
    CREATE INDEX by_error ON retention_audit_log(error_message) WHERE error_message IS NOT NULL;";

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
    ("CREATE TABLE Retention_\u{430}udit_log (id)", &["AUD-LOOKALIKE"], "another table looks like retention_audit_log", "fail"),
    (
        "CREATE TRIGGER quiet AFTER INSERT ON retention_audit_log BEGIN DELETE FROM retention_audit_log WHERE id = new.id - 100; END",
        &["AUD-TRIGGER"],
        "the trigger quiet may change rows",
        "fail",
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
    assert_eq!((metric("audit.rows")["count"].as_u64(), metric("audit.integrity")["level"].as_str()), (Some(200_000), Some("chained")));
}
