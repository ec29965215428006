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
    let told = made.look(&[]);
    assert_eq!(told.level, "structural");
    assert_eq!(told.findings.len(), 1);
    assert!(told.findings[0].starts_with("CHAIN-LINK retention_audit_log has entry_hash and no prev_hash"), "{:?}", told.findings);
    made.change("ALTER TABLE retention_audit_log DROP COLUMN entry_hash");
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

const CHECKPOINT: [&str; 2] = ["--checkpoint", "audit.checkpoint"];

impl Made {
    fn checkpoint(&self, more: &[&str]) -> support::Answer {
        let arguments = ["audit", "checkpoint", "audit.db", "--out", "audit.checkpoint", "--now", support::NOW];
        readiness(self.folder.path(), &[&arguments[..], more].concat())
    }

    /// Without the two columns of the chain: an application that knows no hashes.
    fn plain(n: i64) -> Made {
        let (made, _) = chained(n, HASHES);
        made.change("ALTER TABLE retention_audit_log DROP COLUMN entry_hash; ALTER TABLE retention_audit_log DROP COLUMN prev_hash");
        made
    }
}

#[test]
fn a_checkpoint_shows_that_rows_were_only_added() {
    let made = Made::plain(60);
    let answer = made.checkpoint(&[]);
    assert_eq!(
        (answer.code, answer.out.starts_with("audit.checkpoint: retention_audit_log 60 ")),
        (0, true),
        "{}{}",
        answer.out,
        answer.err
    );
    let told = made.look(&CHECKPOINT);
    assert_eq!((told.level.as_str(), told.findings.len()), ("anchored", 0), "{:?}", told.findings);
    made.change("INSERT INTO retention_audit_log SELECT id + 60, table_name, operation, 0, '[]', retention_rule, datetime(cutoff_date, '+1 hour'), datetime(executed_at, '+1 hour'), 0, NULL, 'run-x', job_name, trigger, actor, environment, host, app_version, db_schema_version, 20, 5, NULL, NULL FROM retention_audit_log WHERE id > 55; ALTER TABLE retention_audit_log ADD COLUMN note TEXT");
    let told = made.look(&CHECKPOINT);
    assert!(
        told.notes.contains("append-only: the first 60 rows are those of audit.checkpoint (not signed); the 5 after them"),
        "{}",
        told.notes
    );
    assert_eq!(told.level, "anchored", "{:?}", told.findings);
    // The next checkpoint continues this one, over all columns that there are now.
    let answer = made.checkpoint(&[]);
    assert_eq!((answer.code, answer.out.contains("retention_audit_log 65 ")), (0, true), "{}{}", answer.out, answer.err);
    assert!(fs::read_to_string(made.folder.path().join("audit.checkpoint")).unwrap().contains("\"note\""));
}

#[test]
fn what_was_done_to_rows_is_seen_and_narrowed() {
    for (sql, expected) in [
        ("UPDATE retention_audit_log SET duration_ms = 21 WHERE id = 45", "among the rows 45, counted"),
        (
            "UPDATE retention_audit_log SET id = 1000 - id WHERE id IN (41, 42); UPDATE retention_audit_log SET id = id - 917 WHERE id > 900",
            "among the rows 41-42, counted",
        ),
        ("DELETE FROM retention_audit_log WHERE id = 45", "44 of 60 rows are there"),
        (
            "DELETE FROM retention_audit_log WHERE id > 55",
            "among the rows 56-60, counted in the order of their ids; all other rows are as they were",
        ),
        ("UPDATE retention_audit_log SET host = 'other' WHERE id >= 31", "among the rows 31-60, counted"),
        (
            "ALTER TABLE retention_audit_log RENAME COLUMN host TO hostname; ALTER TABLE retention_audit_log ADD COLUMN host TEXT",
            "among the rows 1-60, counted",
        ),
    ] {
        let made = Made::plain(60);
        assert_eq!(made.checkpoint(&[]).code, 0);
        let before = fs::read(made.folder.path().join("audit.checkpoint")).unwrap();
        let told = made.change(sql).look(&CHECKPOINT);
        let findings: Vec<&String> =
            told.findings.iter().filter(|f| f.starts_with("CHAIN-ANCHOR history was rewritten since audit.checkpoint")).collect();
        assert!(findings.len() == 1 && (findings[0].contains(expected) || expected.contains(" of 60")), "{sql}: {:?}", told.findings);
        assert_eq!(told.level, "structural", "{sql}");
        let answer = made.checkpoint(&[]);
        assert_eq!((answer.code, answer.err.contains("no checkpoint was written: history was rewritten")), (1, true), "{}", answer.err);
        assert_eq!(fs::read(made.folder.path().join("audit.checkpoint")).unwrap(), before);
    }
}

#[test]
fn a_rewritten_chain_is_seen_by_its_checkpoint() {
    let (made, _) = chained(60, HASHES);
    assert_eq!(made.checkpoint(&[]).code, 0);
    // Written anew from row 31 on, with hashes that hold.
    let db = Connection::open(&made.path).unwrap();
    let row = |id: i64| -> Vec<Value> {
        db.query_row("SELECT * FROM retention_audit_log WHERE id = ?", [id], |row| (0..24).map(|at| row.get(at)).collect()).unwrap()
    };
    let Value::Blob(mut prev) = row(30)[23].clone() else { panic!() };
    for id in 31..=60 {
        let mut content = row(id)[..22].to_vec();
        content[15] = Value::Text("other".to_owned());
        let hash = hashed(&prev, &content).to_vec();
        db.execute("UPDATE retention_audit_log SET host = 'other', prev_hash = ?, entry_hash = ? WHERE id = ?", (&prev, &hash, id))
            .unwrap();
        prev = hash;
    }
    drop(db);
    let told = made.look(&[]);
    assert_eq!((told.level.as_str(), told.findings.len()), ("chained", 0), "{:?}", told.findings);
    assert!(told.notes.contains("internally consistent, not anchored"));
    let told = made.look(&CHECKPOINT);
    assert!(told.findings[0].contains("among the rows 31-60, counted"), "{:?}", told.findings);
    assert_eq!(told.level, "structural");
}

/// A key in PEM: the first test of RFC 8032, and what it is checked with under the name `retention_audit_log`.
const PEM: &str =
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";

#[test]
fn a_gate_holds_the_trail_against_a_signed_checkpoint() {
    let made = Made::plain(60);
    let folder = made.folder.path();
    fs::write(folder.join("key.pem"), PEM).unwrap();
    let verifier = |answer: &support::Answer| {
        answer
            .err
            .lines()
            .find(|line| line.contains("+A") || line.contains("+B"))
            .unwrap_or_else(|| panic!("{}", answer.err))
            .trim()
            .to_owned()
    };
    let own = verifier(&made.checkpoint(&["--key", "key.pem", "--origin", "example.com/audit"]));
    assert!(own.starts_with("example.com/audit+"), "{own}");
    let other = verifier(&made.checkpoint(&["--key", "key.pem", "--witness", "auditor.example"]));
    fs::create_dir(folder.join("rules")).unwrap();
    fs::write(folder.join("rules/pack.yaml"), "title: Trail\nabout: It.\n").unwrap();
    let cases = |level: &str| {
        format!(
            "cases:\n  - {{ given: {{ audit.integrity: {level} }}, outcome: pass }}\n  - {{ given: {{ audit.integrity: none }}, outcome: fail }}\n  - {{ given: {{}}, outcome: no-evidence }}\n"
        )
    };
    let judge = |level: &str, checkpoint: &str| {
        let rule = format!("question: Is it?\nseverity: P0\nrequire: audit.integrity >= \"{level}\"\nwhy: a\nfix: b\n{}", cases(level));
        fs::write(folder.join("rules/level.yaml"), rule).unwrap();
        let config = format!(
            "project: {{ id: p }}\nevidence:\n  audit: {{ family: audit, path: audit.db, checkpoint: {checkpoint} }}\npacks: [rules/]\n"
        );
        fs::write(folder.join("readiness.yaml"), config).unwrap();
        support::check(folder, &[])
    };
    let code = |level: &str, checkpoint: &str| {
        let answer = judge(level, checkpoint);
        (answer.code, answer.out + &answer.err)
    };
    let signed = format!("{{ file: audit.checkpoint, keys: [\"{own}\"], witnesses: [\"{other}\"] }}");
    for (level, checkpoint, expected) in [
        ("anchored", "audit.checkpoint", 0),
        ("witnessed", "audit.checkpoint", 1),
        ("witnessed", signed.as_str(), 0),
        ("witnessed", &format!("{{ file: audit.checkpoint, keys: [\"{own}\"] }}"), 1),
        ("anchored", "nowhere.checkpoint", 2),
    ] {
        let (code, told) = code(level, checkpoint);
        assert_eq!(code, expected, "{level} {checkpoint}: {told}");
    }
    // A checkpoint that was changed after it was signed is no evidence, and neither is one that nobody known signed.
    let note = fs::read_to_string(folder.join("audit.checkpoint")).unwrap();
    fs::write(folder.join("audit.checkpoint"), note.replacen("\n60\n", "\n59\n", 1)).unwrap();
    let (refused, told) = code("anchored", &signed);
    assert_eq!(refused, 3, "{told}");
    fs::write(folder.join("audit.checkpoint"), note.split("\n\n").next().unwrap().to_owned() + "\n").unwrap();
    let (refused, told) = code("anchored", &signed);
    assert_eq!(refused, 3, "{told}");
}

#[test]
fn the_ledger_of_lexecon_is_followed() {
    let from = support::root().join("fixtures/formats/lexecon-ledger/sound.db");
    let folder = tempfile::tempdir().unwrap();
    let made = Made { path: folder.path().join("audit.db"), folder };
    let again = |sql: &str| {
        fs::copy(&from, &made.path).unwrap();
        made.change(sql).look(&[])
    };
    let told = again("");
    assert!(told.findings.is_empty(), "{:?}", told.findings);
    assert_eq!(told.level, "chained");
    let entry = "project: { id: demo }\nevidence:\n  audit: { family: audit, path: audit.db }\npacks: [retention-audit]\n";
    fs::write(made.folder.path().join("readiness.yaml"), entry).unwrap();
    let judged = readiness(made.folder.path(), &["check", "--now", support::NOW]);
    assert_eq!(judged.code, 0, "{}", judged.out);
    assert!(told.notes.contains("chain verified 12/12 (lexecon): internally consistent, not anchored"), "{}", told.notes);
    for (sql, expected) in [
        ("DELETE FROM ledger_entries WHERE entry_id = 'entry_11'", "CHAIN-HEAD latest_hash is not the hash of the last entry"),
        ("DELETE FROM ledger_metadata", "CHAIN-HEAD ledger_metadata has no latest_hash"),
        ("UPDATE ledger_entries SET data = replace(data, 'permit', 'refuse') WHERE entry_id = 'entry_5'", "CHAIN-HASH row 6: its content"),
        ("DELETE FROM ledger_entries WHERE entry_id = 'entry_5'", "CHAIN-LINK rows 5-6: previous_hash of row 6 is the hash of no row"),
        (
            "UPDATE ledger_entries SET entry_id = 'first' WHERE entry_id = 'genesis'",
            "CHAIN-GENESIS the first entry is `first`, not `genesis`",
        ),
        ("UPDATE ledger_entries SET timestamp = '2026-02-17T23:00:00.0000055' WHERE entry_id = 'entry_3'", "CHAIN-HASH row 6: its content"),
        ("UPDATE ledger_entries SET data = '{' WHERE entry_id = 'entry_3'", "CHAIN-HASH row 4: its content"),
    ] {
        let told = again(sql);
        assert!(told.findings.iter().any(|finding| finding.starts_with(expected)), "{sql}: {:?}", told.findings);
    }
}
