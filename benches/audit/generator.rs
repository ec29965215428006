//! Audit trails of any size: a database with the table of schema 0004, plain or with a chain.

use readiness::instant::Instant;
use rusqlite::types::Value;
use rusqlite::{Connection, Result, params_from_iter};
use sha2::{Digest, Sha256};

const TABLE: &str = "CREATE TABLE retention_audit_log (id INTEGER PRIMARY KEY AUTOINCREMENT, table_name TEXT NOT NULL, operation TEXT NOT NULL,
    record_count INTEGER NOT NULL, deleted_ids TEXT, retention_rule TEXT, cutoff_date TIMESTAMP, executed_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    dry_run BOOLEAN DEFAULT 0, error_message TEXT, job_run_id TEXT, job_name TEXT DEFAULT 'retention_cleanup', trigger TEXT DEFAULT 'cron',
    actor TEXT DEFAULT 'system', environment TEXT, host TEXT, app_version TEXT, db_schema_version TEXT, duration_ms INTEGER, rows_scanned INTEGER,
    min_deleted_id INTEGER, max_deleted_id INTEGER";
const NAMES: [(&str, i64); 4] = [("raw_audio", 1), ("transcriptions", 90), ("facts", 730), ("digests", 730)];

/// Writes a database of `rows` rows, one every six seconds up to 2026-02-17, and gives its hash of the last row.
pub fn trail(path: &str, rows: i64, chained: bool) -> Result<String> {
    let mut db = Connection::open(path)?;
    let hashes = if chained { ", prev_hash BLOB, entry_hash BLOB" } else { "" };
    db.execute_batch(&format!("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {TABLE}{hashes})"))?;
    let writing = db.transaction()?;
    let mut prev = [0_u8; 32];
    {
        let marks = vec!["?"; if chained { 24 } else { 22 }].join(",");
        let mut insert = writing.prepare(&format!("INSERT INTO retention_audit_log VALUES ({marks})"))?;
        for id in 1..=rows {
            let mut row = row(id, rows);
            if chained {
                let hash: [u8; 32] = Sha256::new().chain_update(prev).chain_update(canonical(&row)).finalize().into();
                row.extend([Value::Blob(prev.to_vec()), Value::Blob(hash.to_vec())]);
                prev = hash;
            }
            insert.execute(params_from_iter(row))?;
        }
    }
    writing.commit()?;
    Ok(prev.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn row(id: i64, rows: i64) -> Vec<Value> {
    let text = |text: String| Value::Text(text);
    let (name, days) = NAMES[id as usize % NAMES.len()];
    let count = id * 7919 % 40;
    let ids: Vec<String> = (0..count).map(|n| (id * 50 + n).to_string()).collect();
    let at = 1_771_365_000 - (rows - id) * 6;
    let ends = if count > 0 { [Value::Integer(id * 50), Value::Integer(id * 50 + count - 1)] } else { [Value::Null, Value::Null] };
    let mut row = vec![
        Value::Integer(id),
        text(name.to_owned()),
        text("DELETE".to_owned()),
        Value::Integer(count),
        text(format!("[{}]", ids.join(","))),
        text(format!(
            "{{\"table\":\"{name}\",\"retention_days\":{days},\"timestamp_column\":\"created_at\",\"soft_delete\":false,\"delete_column\":null}}"
        )),
        text(moment(at - days * 86_400)),
        text(moment(at)),
        Value::Integer(i64::from(id % 50 == 0)),
        Value::Null,
        text(format!("cd613e30-d8f1-4adf-91b7-{:012x}", id / 4)),
        text("retention_cleanup".to_owned()),
        text("cron".to_owned()),
        text("system".to_owned()),
        text("prod".to_owned()),
        text("reflexio-worker-01".to_owned()),
        text("4.1.1".to_owned()),
        text("0004".to_owned()),
        Value::Integer(20 + id % 400),
        Value::Integer(count),
    ];
    row.extend(ends);
    row
}

fn canonical(row: &[Value]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(512);
    for value in row {
        match value {
            Value::Integer(n) => {
                bytes.push(1);
                bytes.extend(n.to_be_bytes());
            }
            Value::Text(text) => {
                bytes.push(3);
                bytes.extend((text.len() as u32).to_be_bytes());
                bytes.extend(text.as_bytes());
            }
            _ => bytes.push(0),
        }
    }
    bytes
}

/// Seconds since 1970 as SQLite writes them.
fn moment(at: i64) -> String {
    let second = at.rem_euclid(86_400);
    format!("{} {:02}:{:02}:{:02}", Instant(at * 1000).date(), second / 3600, second / 60 % 60, second % 60)
}
