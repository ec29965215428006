//! The same rows in SQLite, in PostgreSQL and in partitions.

use super::server::Server;
use super::{Json, NOW, PASSWORD, inspect, readiness, refusal, server};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Instant;

/// Columns, their types in SQLite and in PostgreSQL.
const COLUMNS: [(&str, &str, &str); 24] = [
    ("id", "INTEGER PRIMARY KEY", "bigint PRIMARY KEY"),
    ("table_name", "TEXT NOT NULL", "varchar(100) NOT NULL"),
    ("operation", "TEXT NOT NULL", "varchar(20) NOT NULL"),
    ("record_count", "INTEGER NOT NULL", "integer NOT NULL"),
    ("deleted_ids", "TEXT", "json"),
    ("retention_rule", "TEXT", "text"),
    ("cutoff_date", "TIMESTAMP", "timestamp"),
    ("executed_at", "TIMESTAMP", "timestamp"),
    ("dry_run", "BOOLEAN DEFAULT 0", "boolean DEFAULT false"),
    ("error_message", "TEXT", "text"),
    ("job_run_id", "TEXT", "uuid"),
    ("job_name", "TEXT DEFAULT 'retention_cleanup'", "varchar(50) DEFAULT 'retention_cleanup'"),
    ("trigger", "TEXT DEFAULT 'cron'", "varchar(20) DEFAULT 'cron'"),
    ("actor", "TEXT DEFAULT 'system'", "varchar(50) DEFAULT 'system'"),
    ("environment", "TEXT", "text"),
    ("host", "TEXT", "text"),
    ("app_version", "TEXT", "text"),
    ("db_schema_version", "TEXT", "text"),
    ("duration_ms", "INTEGER", "integer"),
    ("rows_scanned", "INTEGER", "bigint"),
    ("min_deleted_id", "INTEGER", "bigint"),
    ("max_deleted_id", "INTEGER", "bigint"),
    ("prev_hash", "BLOB", "bytea"),
    ("entry_hash", "BLOB", "bytea"),
];

/// A row; now and then one that breaks a rule.
fn row(id: i64) -> Vec<Value> {
    let text = |text: &str| Value::Text(text.to_owned());
    let second = id - 1;
    let time = |year: i64| {
        let (day, rest) = (second / 86_400 % 28, second % 86_400);
        format!("{year}-{:02}-{:02} {:02}:{:02}:{:02}", 1 + second / (86_400 * 28), 1 + day, rest / 3600, rest / 60 % 60, rest % 60)
    };
    let table = ["facts", "messages", "sessions", "files"][(id % 4) as usize];
    let days = if id % 1013 == 0 { 30 } else { 365 };
    let failed = id % 977 == 0;
    let ids = match id % 499 {
        0 => format!("[{}, {}, {}]", id * 2, id * 2, id * 2 + 1),
        1 => format!("[{}]", id * 2),
        _ => format!("[{},{}]", id * 2, id * 2 + 1),
    };
    vec![
        Value::Integer(id),
        text(table),
        text(if id % 1999 == 0 { "delete" } else { "DELETE" }),
        Value::Integer(2),
        text(&ids),
        text(&format!(r#"{{"table":"{table}","retention_days":{days}}}"#)),
        text(&time(2025)),
        text(&time(2026)),
        Value::Integer(i64::from(id % 11 == 0)),
        if failed { text("disk full\tat C:\\data\nline two \\N é") } else { Value::Null },
        text(&format!("{:08x}-0000-4000-8000-{:012x}", id / 4, id / 4)),
        text("retention_cleanup"),
        text(if id % 601 == 0 { "manual" } else { "cron" }),
        text("system"),
        text("prod"),
        text("db1"),
        text("v1.2"),
        text("0004"),
        Value::Integer(if id % 733 == 0 { 9000 } else { 20 + id % 50 }),
        Value::Integer(5),
        Value::Integer(id * 2),
        Value::Integer(id * 2 + 1),
    ]
}

fn canonical(row: &[Value]) -> Vec<u8> {
    let sized = |kind: u8, bytes: &[u8]| [&[kind][..], &u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat();
    row.iter()
        .flat_map(|value| match value {
            Value::Null => vec![0],
            Value::Integer(n) => [&[1][..], &n.to_be_bytes()].concat(),
            Value::Real(x) => [&[2][..], &x.to_be_bytes()].concat(),
            Value::Text(text) => sized(3, text.as_bytes()),
            Value::Blob(blob) => sized(4, blob),
        })
        .collect()
}

/// As COPY reads it.
fn field(column: usize, value: &Value) -> String {
    match value {
        Value::Null => "\\N".to_owned(),
        Value::Integer(n) if COLUMNS[column].2.starts_with("boolean") => if *n == 1 { "t" } else { "f" }.to_owned(),
        Value::Integer(n) => n.to_string(),
        Value::Real(x) => x.to_string(),
        Value::Text(text) => text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n"),
        Value::Blob(blob) => blob.iter().fold("\\\\x".to_owned(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        }),
    }
}

/// Fills an SQLite file and a database of the server with the same `n` rows, whose chain is broken in one place.
fn fill(server: &Server, path: &Path, database: &str, n: i64) {
    let columns = |which: fn(&(&str, &str, &'static str)) -> String| COLUMNS.iter().map(which).collect::<Vec<_>>().join(", ");
    let mut db = Connection::open(path).unwrap();
    db.execute_batch(&format!("CREATE TABLE retention_audit_log ({})", columns(|(name, sort, _)| format!("{name} {sort}")))).unwrap();
    server.database(database);
    let made = columns(|(name, _, sort)| format!("{name} {sort}"));
    server.sql(database, &format!("CREATE TABLE retention_audit_log ({made}); GRANT SELECT ON retention_audit_log TO auditor"));
    let marks = vec!["?"; 24].join(",");
    let writing = db.transaction().unwrap();
    let mut insert = writing.prepare(&format!("INSERT INTO retention_audit_log VALUES ({marks})")).unwrap();
    let begin = "COPY retention_audit_log FROM STDIN;\n";
    let (mut text, mut prev) = (begin.to_owned(), [0_u8; 32]);
    // A server writes rows wherever there is room: here the last first.
    let mut chunks = Vec::new();
    for id in 1..=n {
        let mut row = row(id);
        let hash: [u8; 32] = Sha256::new().chain_update(prev).chain_update(canonical(&row)).finalize().into();
        row.extend([Value::Blob(prev.to_vec()), Value::Blob(hash.to_vec())]);
        if id == n / 2 {
            row[13] = Value::Text("somebody else".into());
        }
        prev = hash;
        let fields: Vec<String> = row.iter().enumerate().map(|(column, value)| field(column, value)).collect();
        writeln!(text, "{}", fields.join("\t")).unwrap();
        if text.len() > 64 << 20 {
            chunks.push(std::mem::replace(&mut text, begin.to_owned()) + "\\.\n");
        }
        insert.execute(params_from_iter(row)).unwrap();
    }
    drop(insert);
    writing.commit().unwrap();
    chunks.push(text + "\\.\n");
    for chunk in chunks.iter().rev() {
        server.sql(database, chunk);
    }
}

/// What must be the same whatever the rows came from.
fn judged(seen: &Json) -> Json {
    let problems: Vec<&Json> =
        seen["problems"].as_array().unwrap().iter().filter(|p| !["copied", "exported"].contains(&p["code"].as_str().unwrap())).collect();
    serde_json::json!({
        "format": seen["format"], "family": seen["family"], "metrics": seen["metrics"], "records": seen["records"],
        "omitted": seen["omitted"], "problems": problems,
    })
}

/// Two sources say the same.
fn agree(one: &Json, other: &Json) {
    let (one, other) = (judged(one), judged(other));
    for key in ["format", "family", "metrics", "omitted", "problems"] {
        assert_eq!(one[key], other[key], "{key}");
    }
    // Too long to be printed.
    assert!(one["records"] == other["records"], "the records differ");
}

fn metric<'j>(seen: &'j Json, id: &str) -> &'j Json {
    let metrics = seen["metrics"].as_array().unwrap();
    metrics.iter().find(|m| m["id"] == id && m["labels"].as_object().is_none_or(|labels| labels.is_empty())).unwrap()
}

/// The same rows from a file, from a server and from four partitions of either.
fn same(database: &str, n: i64) {
    let Some(server) = server() else { return };
    let folder = tempfile::tempdir().unwrap();
    fill(server, &folder.path().join("audit.db"), database, n);
    let address = server.address(database, "");
    let timed = |source: &str| {
        let began = Instant::now();
        let (seen, code) = inspect(folder.path(), source);
        println!("{n} rows from {}: {:.1} s", source.split('?').next().unwrap(), began.elapsed().as_secs_f64());
        assert_eq!(code, 0, "{:#}", seen["problems"]);
        seen
    };
    let file = timed("audit.db");
    assert_eq!(metric(&file, "audit.rows")["count"], n);
    assert!(metric(&file, "audit.findings")["count"].as_u64().unwrap() > 20, "{:#}", file["metrics"]);
    let code = |m: &&Json| m["labels"]["code"] == "CHAIN-HASH" && m["count"] == 1;
    assert!(file["metrics"].as_array().unwrap().iter().any(|m| code(&m)), "the broken chain is not seen: {:#}", file["metrics"]);
    let rows = timed(&address);
    agree(&rows, &file);
    for (source, out) in [(address.as_str(), "of-server"), ("audit.db", "of-file")] {
        let began = Instant::now();
        let exported = readiness(folder.path(), &["audit", "export", source, "--out", out, "--partitions", "4"], Some(PASSWORD));
        assert_eq!(exported.code, 0, "{}{}", exported.out, exported.err);
        println!("{n} rows exported {out}: {:.1} s", began.elapsed().as_secs_f64());
        assert_eq!(exported.out.lines().count(), 5, "{}", exported.out);
        let seen = timed(&format!("{out}/manifest.json"));
        agree(&seen, &file);
        let manifest: Json = serde_json::from_str(&fs::read_to_string(folder.path().join(out).join("manifest.json")).unwrap()).unwrap();
        assert_eq!(manifest["rows"], n);
        // The rows have one digest, wherever they are.
        assert_eq!(manifest["sha256"], rows["sha256"], "{out}");
        assert_eq!(manifest["partitions"].as_array().unwrap().len(), 4);
        // A partition stands for the export it lies in.
        assert_eq!(inspect(folder.path(), &format!("{out}/partition-002.db")), (timed(&format!("{out}/manifest.json")), 0));
    }
    server.sql("postgres", &format!("DROP DATABASE {database}"));
}

#[test]
fn the_same_rows_give_the_same_findings_and_figures() {
    same("rows", std::env::var("READINESS_ROWS").ok().map_or(20_000, |n| n.parse().unwrap()));
}

/// `cargo test --release --test postgres -- --ignored --nocapture`
#[test]
#[ignore = "takes minutes"]
fn a_million_rows_give_the_same_findings_and_figures() {
    same("million", 1_000_000);
}

#[test]
fn every_type_keeps_its_value() {
    let Some(server) = server() else { return };
    server.database("types");
    server.sql(
        "types",
        "CREATE SCHEMA \"au dit\"; CREATE TYPE mood AS ENUM ('fine'); CREATE DOMAIN small AS int CHECK (value > 0);
         CREATE TABLE \"au dit\".retention_audit_log (
            id text PRIMARY KEY, table_name mood, record_count small, executed_at timestamptz, dry_run boolean, cutoff_date date, duration_ms numeric,
            \"we\"\"ird\" numeric(30, 10), real4 real, real8 float8, deleted_ids bigint[], rule jsonb, span interval, bytes bytea, nothing int)
         PARTITION BY RANGE (id);
         CREATE TABLE \"au dit\".low PARTITION OF \"au dit\".retention_audit_log FOR VALUES FROM (MINVALUE) TO ('b');
         CREATE TABLE \"au dit\".high PARTITION OF \"au dit\".retention_audit_log FOR VALUES FROM ('b') TO (MAXVALUE);
         INSERT INTO \"au dit\".retention_audit_log VALUES
            ('c', 'fine', 3, '2026-02-17 23:00:00.25+05', true, '2026-01-01', 17, 12345678901234567890.0123456789, 0.1, 'NaN', '{1,2}', '{\"a\": [1]}', '90 min', '\\x00ff', NULL),
            ('B', 'fine', 1, 'infinity', false, NULL, 0.5, 1.5, 1e-10, 1e300, '{}', 'null', NULL, '\\x', NULL);
         GRANT USAGE ON SCHEMA \"au dit\" TO auditor; GRANT SELECT ON \"au dit\".retention_audit_log TO auditor",
    );
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("map.yaml"),
        "family: audit\ntable: retention_audit_log\ncolumns: { id: id, table: table_name, count: record_count, at: executed_at }\ntime: { forms: [rfc3339], zone: UTC }\n",
    )
    .unwrap();
    let address = server.address("types", "&schema=au%20dit");
    let exported = readiness(folder.path(), &["audit", "export", &address, "--out", "out", "--map", "map.yaml"], Some(PASSWORD));
    assert_eq!(exported.code, 0, "{}{}", exported.out, exported.err);
    let manifest = fs::read_to_string(folder.path().join("out/manifest.json")).unwrap();
    let told: Json = serde_json::from_str(&manifest).unwrap();
    assert_eq!((told["source"]["kind"].as_str(), told["partitions"][0]["min_id"].as_str()), (Some("postgresql"), Some("B")), "{manifest}");
    assert!(
        told["source"]["snapshot"].as_str().unwrap().contains(':') && told["source"]["system"].as_str().unwrap().len() > 10,
        "{manifest}"
    );
    let db = Connection::open(folder.path().join("out/partition-001.db")).unwrap();
    let rows: Vec<Vec<Value>> = db
        .prepare("SELECT * FROM retention_audit_log")
        .unwrap()
        .query_map([], |row| (0..15).map(|n| row.get(n)).collect())
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let text = |text: &str| Value::Text(text.to_owned());
    let (int, real) = (Value::Integer, Value::Real);
    assert_eq!(
        rows,
        [
            vec![
                text("B"),
                text("fine"),
                int(1),
                text("infinity"),
                int(0),
                Value::Null,
                real(0.5),
                real(1.5),
                real(1e-10),
                real(1e300),
                text("[]"),
                text("null"),
                Value::Null,
                Value::Blob(vec![]),
                Value::Null,
            ],
            vec![
                text("c"),
                text("fine"),
                int(3),
                text("2026-02-17T18:00:00.25Z"),
                int(1),
                text("2026-01-01"),
                int(17),
                text("12345678901234567890.0123456789"),
                real(0.1),
                text("NaN"),
                text("[1,2]"),
                text("{\"a\": [1]}"),
                text("PT1H30M"),
                Value::Blob(vec![0, 255]),
                Value::Null,
            ],
        ]
    );
    server.sql("postgres", "DROP DATABASE types");
}

#[test]
fn an_export_that_is_not_whole_is_no_evidence() {
    let Some(server) = server() else { return };
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fill(server, &at("audit.db"), "parts", 100);
    let exported = readiness(folder.path(), &["audit", "export", "audit.db", "--out", "out", "--partitions", "4"], None);
    assert_eq!(exported.code, 0, "{}", exported.err);
    let again = readiness(folder.path(), &["audit", "export", "audit.db", "--out", "out"], None);
    assert_eq!((again.code, again.err.contains("is not empty")), (2, true));
    let refused = |what: &str, code: &str, part: &str| {
        let (found, message) = refusal(folder.path(), "out/manifest.json");
        assert!(found == code && message.contains(part), "{what}: {message} [{found}]");
    };
    let part = at("out/partition-002.db");
    let sound = fs::read(&part).unwrap();
    fs::remove_file(&part).unwrap();
    refused("missing", "missing", "out/partition-002.db is not there: it is partition 2 of an export");
    let mut altered = sound.clone();
    let place = altered.windows(6).position(|bytes| bytes == b"system").unwrap();
    altered[place] = b'S';
    fs::write(&part, &altered).unwrap();
    refused("altered", "partition-altered", "its content is not what the manifest says");
    fs::write(&part, &sound).unwrap();
    fs::write(at("out/partition-005.db"), &sound).unwrap();
    refused("added", "partition-unknown", "partition-005.db lies beside it");
    fs::remove_file(at("out/partition-005.db")).unwrap();
    // A manifest that was adapted to the partitions still has to agree with itself.
    let manifest = fs::read_to_string(at("out/manifest.json")).unwrap();
    let change = |what: &str, from: &str, to: &str, code: &str, part: &str| {
        assert!(manifest.contains(from), "{from}");
        fs::write(at("out/manifest.json"), manifest.replacen(from, to, 1)).unwrap();
        refused(what, code, part);
        fs::write(at("out/manifest.json"), &manifest).unwrap();
    };
    change("overlap", "\"min_id\": 26", "\"min_id\": 25", "manifest", "they overlap");
    change("gap", "\"min_id\": 26", "\"min_id\": 27", "partition-altered", "ids 26 to 50, and the manifest states");
    change("rows", "\"rows\": 100", "\"rows\": 101", "manifest", "it states 101 rows");
    change("unknown key", "\"rows\": 100", "\"row\": 100", "manifest", "line");
    let one: Json = serde_json::from_str(&manifest).unwrap();
    change("digest", one["sha256"].as_str().unwrap(), &"0".repeat(64), "manifest", "not the rows it states the digest of");
    assert_eq!(inspect(folder.path(), "out/manifest.json").1, 0);
    server.sql("postgres", "DROP DATABASE parts");
}

#[test]
fn a_gate_judges_the_same_from_a_server_and_offline() {
    let Some(server) = server() else { return };
    let folder = tempfile::tempdir().unwrap();
    fill(server, &folder.path().join("audit.db"), "gate", 500);
    let address = server.address("gate", "");
    let exported = readiness(folder.path(), &["audit", "export", &address, "--out", "out", "--partitions", "3"], Some(PASSWORD));
    assert_eq!(exported.code, 0, "{}", exported.err);
    let judge = |path: &str, arguments: &[&str]| {
        let expect = if path.contains('*') { ", expect: 3" } else { "" };
        let text = format!(
            "project: {{ id: x, name: X, commit: 14c907f09276bec86cf5c2aa77ccc4b26e4c754d }}\nevidence:\n  audit: {{ family: audit, path: '{path}'{expect} }}\npacks: [retention-audit]\n"
        );
        fs::write(folder.path().join("readiness.yaml"), text).unwrap();
        readiness(folder.path(), arguments, Some(PASSWORD))
    };
    let findings = |path: &str| {
        let answer = judge(path, &["check", "--now", NOW, "--format", "json"]);
        assert!(answer.code == 1 || answer.code == 3, "{}{}", answer.out, answer.err);
        let report: Json = serde_json::from_str(&answer.out).unwrap();
        let entry = report["evidence"].as_array().unwrap().iter().find(|entry| entry["name"] == "audit").unwrap().clone();
        assert!(!entry["tables"].as_array().unwrap().is_empty() && entry["tables"][0].get("error").is_none(), "{:#}", entry["tables"]);
        let finding = |f: &Json| serde_json::json!([f["rule"], f["subject"], f["outcome"], f["observed"], f["required"]]);
        let findings: Vec<Json> = report["findings"].as_array().unwrap().iter().map(finding).collect();
        (answer.code, findings, entry["tables"].clone(), entry["metrics"].clone())
    };
    let file = findings("audit.db");
    assert_eq!(findings(&address), file);
    assert_eq!(findings("out/manifest.json"), file);
    assert_eq!(findings("out/*.db"), file);
    // What was judged goes into the bundle, as far as it is files.
    let bundled = judge("out/manifest.json", &["bundle", "--now", NOW, "--out", "whole"]);
    assert_eq!(bundled.code, 0, "{}", bundled.err);
    let held = fs::read_dir(folder.path().join("whole/evidence/audit/out")).unwrap().count();
    assert_eq!(held, 4);
    let bundled = judge(&address, &["bundle", "--now", NOW, "--out", "without"]);
    assert_eq!(bundled.code, 0, "{}", bundled.err);
    assert!(bundled.err.contains("does not hold the rows of a database") && !folder.path().join("without/evidence").exists());
    server.sql("postgres", "DROP DATABASE gate");
}
