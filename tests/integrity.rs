//! Chains in audit trails, as a person sees them: databases are made, tampered with, and looked at.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::PathBuf;
use support::readiness;

const COLUMNS: &str = "id INTEGER PRIMARY KEY, table_name TEXT NOT NULL, operation TEXT NOT NULL, record_count INTEGER NOT NULL,
    deleted_ids TEXT, retention_rule TEXT, cutoff_date TIMESTAMP, executed_at TIMESTAMP, dry_run BOOLEAN DEFAULT 0, error_message TEXT,
    job_run_id TEXT, job_name TEXT DEFAULT 'retention_cleanup', trigger TEXT DEFAULT 'cron', actor TEXT DEFAULT 'system',
    environment TEXT, host TEXT, app_version TEXT, db_schema_version TEXT, duration_ms INTEGER, rows_scanned INTEGER,
    min_deleted_id INTEGER, max_deleted_id INTEGER";

/// A database in a folder of its own.
struct Made {
    folder: tempfile::TempDir,
    path: PathBuf,
}

type Hash = [u8; 32];

/// The definition of a row's bytes, written once more.
fn canonical(row: &[Value]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for value in row {
        match value {
            Value::Null => bytes.push(0),
            Value::Integer(n) => bytes.extend([&[1][..], &n.to_be_bytes()].concat()),
            Value::Real(x) => bytes.extend([&[2][..], &x.to_be_bytes()].concat()),
            Value::Text(text) => bytes.extend([&[3][..], &u32::try_from(text.len()).unwrap().to_be_bytes(), text.as_bytes()].concat()),
            Value::Blob(blob) => bytes.extend([&[4][..], &u32::try_from(blob.len()).unwrap().to_be_bytes(), blob].concat()),
        }
    }
    bytes
}

fn hashed(prev: &[u8], row: &[Value]) -> Hash {
    Sha256::new().chain_update(prev).chain_update(canonical(row)).finalize().into()
}

/// Rows that keep every rule.
fn rows(n: i64) -> Vec<Vec<Value>> {
    let text = |text: &str| Value::Text(text.to_owned());
    let row = |id: i64| {
        let (at, cutoff) = (format!("2026-02-{:02} 03:00:00", 1 + (id - 1) % 17), format!("2025-02-{:02} 03:00:00", 1 + (id - 1) % 17));
        let at = if id <= 17 {
            (at, cutoff)
        } else {
            (format!("2026-02-17 {:02}:{:02}:00", 4 + id / 60, id % 60), format!("2025-02-17 {:02}:{:02}:00", 4 + id / 60, id % 60))
        };
        let rule = text(r#"{"table":"facts","retention_days":365}"#);
        let ids = text(&format!("[{},{}]", id * 2, id * 2 + 1));
        vec![
            Value::Integer(id),
            text("facts"),
            text("DELETE"),
            Value::Integer(2),
            ids,
            rule,
            text(&at.1),
            text(&at.0),
            Value::Integer(0),
            Value::Null,
            text(&format!("run-{id}")),
            text("retention_cleanup"),
            text("cron"),
            text("system"),
            text("prod"),
            text("h"),
            text("v1"),
            text("0004"),
            Value::Integer(20),
            Value::Integer(5),
            Value::Integer(id * 2),
            Value::Integer(id * 2 + 1),
        ]
    };
    (1..=n).map(row).collect()
}

/// A database with a chain, and the hash of every row.
fn chained(n: i64, table: &str) -> (Made, Vec<Hash>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.db");
    let mut db = Connection::open(&path).unwrap();
    db.execute_batch(&format!("CREATE TABLE retention_audit_log ({COLUMNS}{table})")).unwrap();
    let mut hashes: Vec<Hash> = Vec::new();
    let marks = vec!["?"; 24].join(",");
    let writing = db.transaction().unwrap();
    for mut row in rows(n) {
        let prev = hashes.last().copied().unwrap_or_default();
        let hash = hashed(&prev, &row);
        hashes.push(hash);
        row.extend([Value::Blob(prev.to_vec()), Value::Blob(hash.to_vec())]);
        writing.execute(&format!("INSERT INTO retention_audit_log VALUES ({marks})"), params_from_iter(row)).unwrap();
    }
    writing.commit().unwrap();
    drop(db);
    (Made { folder, path }, hashes)
}

const HASHES: &str = ", prev_hash BLOB, entry_hash BLOB";

/// What the program says of a database: its exit code, the level, the findings and the notes about chains.
struct Told {
    code: i32,
    level: String,
    findings: Vec<String>,
    notes: String,
}

impl Made {
    fn change(&self, sql: &str) -> &Made {
        Connection::open(&self.path).unwrap().execute_batch(sql).unwrap();
        self
    }

    fn look(&self, more: &[&str]) -> Told {
        let answer =
            readiness(self.folder.path(), &[&["inspect", "audit.db", "--format", "json", "--now", support::NOW][..], more].concat());
        let told: Json = serde_json::from_str(&answer.out).unwrap_or_else(|e| panic!("{e}: {}{}", answer.out, answer.err));
        let list = |json: &Json| json.as_array().cloned().unwrap_or_default();
        let text = |json: &Json, key: &str| json[key].as_str().unwrap_or_default().to_owned();
        let level = list(&told["metrics"]).iter().find(|m| m["id"] == "audit.integrity").map(|m| text(m, "text")).unwrap_or_default();
        let findings =
            list(&told["records"]["audit.finding"]).iter().map(|f| format!("{} {}", text(f, "code"), text(f, "message"))).collect();
        let notes = list(&told["problems"]).iter().map(|p| text(p, "message") + "\n").collect();
        Told { code: answer.code, level, findings, notes }
    }

    fn anchor(&self, size: usize, head: &Hash) -> &Made {
        let head: String = head.iter().map(|byte| format!("{byte:02x}")).collect();
        fs::write(self.folder.path().join("anchor.json"), format!("{{\"size\": {size}, \"head\": \"{head}\"}}")).unwrap();
        self
    }
}

const ANCHOR: [&str; 2] = ["--anchor", "anchor.json"];

#[test]
fn a_chain_is_recognised_and_verified() {
    let (made, hashes) = chained(90, HASHES);
    let told = made.look(&[]);
    assert_eq!((told.code, told.level.as_str(), told.findings.len()), (0, "chained", 0), "{:?}", told.findings);
    assert!(told.notes.contains("chain verified 90/90 (native): internally consistent, not anchored"), "{}", told.notes);
    let told = made.anchor(90, &hashes[89]).look(&ANCHOR);
    assert_eq!((told.level.as_str(), told.findings.len()), ("anchored", 0));
    let told = made.anchor(60, &hashes[59]).look(&ANCHOR);
    assert_eq!((told.level.as_str(), told.findings.len()), ("anchored", 0));
    assert!(told.notes.contains("its first 60 rows end in the hash of the anchor; the 30 after them are not anchored"), "{}", told.notes);
}

#[test]
fn what_was_done_to_a_chain_is_named() {
    for (sql, expected) in [
        (
            "UPDATE retention_audit_log SET record_count = record_count + 0.0, duration_ms = 21 WHERE id = 45",
            "CHAIN-HASH row 45: its content",
        ),
        (
            "DELETE FROM retention_audit_log WHERE id = 45",
            "CHAIN-LINK rows 44-46: prev_hash of row 46 is the hash of no row: row 45 is gone",
        ),
        ("DELETE FROM retention_audit_log WHERE id < 31", "CHAIN-GENESIS row 31, the first: prev_hash is "),
        ("UPDATE retention_audit_log SET prev_hash = NULL WHERE id = 11", "CHAIN-LINK row 11: prev_hash is NULL"),
        (
            "UPDATE retention_audit_log SET entry_hash = substr(entry_hash, 1, 20) WHERE id = 90",
            "CHAIN-HASH row 90: entry_hash has 20 bytes, not 32",
        ),
        (
            "UPDATE retention_audit_log SET id = 1000 - id WHERE id IN (41, 42); UPDATE retention_audit_log SET id = id - 917 WHERE id > 900",
            "CHAIN-LINK rows 41-42 were exchanged",
        ),
        ("UPDATE retention_audit_log SET prev_hash = zeroblob(32) WHERE id = 46", "CHAIN-FORK rows 1 and 46 share the same previous hash"),
    ] {
        let (made, _) = chained(90, HASHES);
        let told = made.change(sql).look(&[]);
        assert!(told.findings.iter().any(|finding| finding.starts_with(expected)), "{sql}: {:?}", told.findings);
        assert_eq!((told.code, told.level.as_str()), (0, "structural"), "{sql}");
    }
}

#[test]
fn what_a_chain_cannot_show_an_anchor_does() {
    let (made, hashes) = chained(90, HASHES);
    made.anchor(90, &hashes[89]).change("DELETE FROM retention_audit_log WHERE id > 85");
    let told = made.look(&[]);
    assert_eq!((told.level.as_str(), told.findings.len()), ("chained", 0));
    assert!(told.notes.contains("or take rows from its end"), "{}", told.notes);
    let told = made.look(&ANCHOR);
    assert_eq!((told.level.as_str(), told.findings.len()), ("structural", 1));
    assert!(
        told.findings[0].starts_with("CHAIN-ANCHOR the anchor is of 90 rows, and there are 85: the last 5 are gone"),
        "{:?}",
        told.findings
    );

    // All of it written anew from a row in the middle on.
    let (made, _) = chained(90, HASHES);
    let told = made.anchor(90, &[9; 32]).look(&ANCHOR);
    assert!(told.findings[0].starts_with("CHAIN-ANCHOR head differs from the anchor"), "{:?}", told.findings);
    // The columns with the chain taken away.
    made.change("ALTER TABLE retention_audit_log DROP COLUMN prev_hash");
    let told = made.look(&ANCHOR);
    assert!(told.findings[0].starts_with("CHAIN-ANCHOR there is an anchor, and no chain"), "{:?}", told.findings);
    assert_eq!(made.look(&[]).level, "row-rules");
    fs::write(made.folder.path().join("anchor.json"), "{}").unwrap();
    assert!(made.look(&ANCHOR).findings[0].starts_with("CHAIN-ANCHOR the anchor cannot be read"));
}

#[test]
fn rows_are_taken_in_the_order_of_their_ids() {
    // Stored from the last to the first: the id is no key.
    let (made, _) = chained(30, HASHES);
    made.change(
        "CREATE TABLE back AS SELECT * FROM retention_audit_log ORDER BY id DESC; DROP TABLE retention_audit_log;
         ALTER TABLE back RENAME TO retention_audit_log; VACUUM",
    );
    let told = made.look(&[]);
    assert!(told.notes.contains("chain verified 30/30"), "{}", told.notes);
    assert!(!told.findings.iter().any(|finding| finding.starts_with("CHAIN")), "{:?}", told.findings);
    let (made, _) = chained(30, &format!("{HASHES}, note TEXT").replace(", note TEXT", ""));
    assert_eq!(
        made.change("UPDATE retention_audit_log SET prev_hash = upper(hex(prev_hash)), entry_hash = lower(hex(entry_hash))")
            .look(&[])
            .level,
        "chained"
    );
}

#[test]
fn a_trail_without_a_chain_says_so() {
    let (made, _) = chained(9, HASHES);
    made.change("ALTER TABLE retention_audit_log DROP COLUMN entry_hash; ALTER TABLE retention_audit_log DROP COLUMN prev_hash");
    let told = made.look(&[]);
    assert_eq!((told.code, told.level.as_str()), (0, "row-rules"));
    assert!(told.notes.contains("no tamper evidence scheme present: integrity NOT verifiable"), "{}", told.notes);
}
