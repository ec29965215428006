//! Whatever a row holds arrives, and what lies beside an export is found.

use super::{Json, NOW, PASSWORD, inspect, readiness, server};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rusqlite::Connection;
use rusqlite::types::Value;
use std::fs;

/// A row: text, bytes, a number, a fraction, a list, JSON, and a moment in microseconds.
type Row = (Option<String>, Option<Vec<u8>>, Option<i64>, Option<f64>, Option<Vec<Option<String>>>, Option<String>, Option<i64>);

/// Texts of what means something to COPY, to JSON, to SQL and to terminals.
fn text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "\\",
        "\\N",
        "\\.",
        "\t",
        "\n",
        "\r",
        "\u{8}",
        "\u{b}",
        "\u{1b}[31m",
        "'",
        "\"",
        "{",
        "}",
        ",",
        "NULL",
        "é",
        "😀",
        "\u{202e}",
        "\u{feff}",
        "x",
        " ",
        "\\x00",
        "$$",
        "%",
    ]);
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn row() -> impl Strategy<Value = Row> {
    let list = prop::collection::vec(prop::option::of(text()), 0..4);
    let json = text().prop_map(|text| serde_json::json!({ "a": [text, null, 1e300, -0.5] }).to_string());
    let fraction = prop_oneof![any::<f64>(), Just(f64::NAN), Just(f64::INFINITY), Just(-0.0), Just(f64::MIN_POSITIVE)];
    let moment = -2_000_000_000_000_000..4_000_000_000_000_000_i64;
    (
        prop::option::of(text()),
        prop::option::of(prop::collection::vec(any::<u8>(), 0..8)),
        prop::option::of(any::<i64>()),
        prop::option::of(fraction),
        prop::option::of(list),
        prop::option::of(json),
        prop::option::of(moment),
    )
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A text as SQL, without any quoting that could be wrong.
fn sql_text(text: &str) -> String {
    format!("convert_from(decode('{}', 'hex'), 'UTF8')", hex(text.as_bytes()))
}

fn sql(id: usize, row: &Row) -> String {
    let or_null = |text: Option<String>| text.unwrap_or_else(|| "NULL".to_owned());
    let (text, bytes, number, fraction, list, json, moment) = row;
    let list = list.as_ref().map(|list| {
        let items: Vec<String> = list.iter().map(|item| or_null(item.as_deref().map(sql_text))).collect();
        format!("ARRAY[{}]::text[]", items.join(", "))
    });
    let values = [
        or_null(text.as_deref().map(sql_text)),
        or_null(bytes.as_ref().map(|bytes| format!("decode('{}', 'hex')", hex(bytes)))),
        or_null(number.map(|n| format!("'{n}'::bigint"))),
        or_null(fraction.map(|x| format!("'{x:e}'::float8"))),
        or_null(list),
        or_null(json.as_deref().map(|json| format!("{}::json", sql_text(json)))),
        or_null(moment.map(|n| format!("'1970-01-01 00:00:00+00'::timestamptz + interval '{n} microseconds'"))),
    ];
    format!("({id}, {})", values.join(", "))
}

/// What must stand in the copy.
fn arrived(row: &Row, cells: &[Value]) {
    let (text, bytes, number, fraction, list, json, moment) = row.clone();
    let or_null = |value: Option<Value>| value.unwrap_or(Value::Null);
    assert_eq!(cells[0], or_null(text.map(Value::Text)));
    assert_eq!(cells[1], or_null(bytes.map(Value::Blob)));
    assert_eq!(cells[2], or_null(number.map(Value::Integer)));
    match (fraction, &cells[3]) {
        (None, cell) => assert_eq!(*cell, Value::Null),
        // SQLite keeps whole reals as integers, of which none is below zero and nothing.
        (Some(0.0), cell) => assert_eq!(*cell, Value::Real(0.0)),
        (Some(x), Value::Real(y)) => assert_eq!(x.to_bits(), y.to_bits()),
        (Some(x), Value::Text(text)) => {
            assert!(!x.is_finite() && text.to_lowercase().starts_with(&x.to_string().to_lowercase()[..3]), "{x} {text}")
        }
        (x, cell) => panic!("{x:?} {cell:?}"),
    }
    match (list, &cells[4]) {
        (None, cell) => assert_eq!(*cell, Value::Null),
        (Some(list), Value::Text(text)) => assert_eq!(serde_json::from_str::<Vec<Option<String>>>(text).unwrap(), list),
        (list, cell) => panic!("{list:?} {cell:?}"),
    }
    assert_eq!(cells[5], or_null(json.map(Value::Text)));
    match (moment, &cells[6]) {
        (None, cell) => assert_eq!(*cell, Value::Null),
        (Some(_), Value::Text(text)) => assert!(text.ends_with('Z') && text.as_bytes()[10] == b'T', "{text}"),
        (moment, cell) => panic!("{moment:?} {cell:?}"),
    }
}

#[test]
fn whatever_a_row_holds_arrives() {
    let Some(server) = server() else { return };
    server.database("hostile");
    let folder = tempfile::tempdir().unwrap();
    let map = "family: audit\ntable: t\ncolumns: { id: id, at: moment, operation: text }\ntime: { forms: [datetime], zone: UTC }\n";
    fs::write(folder.path().join("map.yaml"), map).unwrap();
    let mut runner = TestRunner::new_with_rng(
        Config { cases: 6, failure_persistence: None, ..Config::default() },
        TestRunner::deterministic().new_rng(),
    );
    let address = server.address("hostile", "");
    runner
        .run(&prop::collection::vec(row(), 1..120), |rows| {
            let values: Vec<String> = rows.iter().enumerate().map(|(id, row)| sql(id, row)).collect();
            server.sql(
                "hostile",
                &format!(
                    "DROP TABLE IF EXISTS t; CREATE TABLE t (id int PRIMARY KEY, text text, bytes bytea, number bigint, fraction float8, list text[], json json, moment timestamptz);
                     INSERT INTO t VALUES {}; GRANT SELECT ON t TO auditor",
                    values.join(",\n")
                ),
            );
            let _ = fs::remove_dir_all(folder.path().join("out"));
            let exported = readiness(folder.path(), &["audit", "export", &address, "--out", "out", "--map", "map.yaml"], Some(PASSWORD));
            assert_eq!(exported.code, 0, "{}{}", exported.out, exported.err);
            let db = Connection::open(folder.path().join("out/partition-001.db")).unwrap();
            let mut all = db.prepare("SELECT text, bytes, number, fraction, list, json, moment FROM t ORDER BY id").unwrap();
            let copied: Vec<Vec<Value>> =
                all.query_map([], |row| (0..7).map(|place| row.get(place)).collect()).unwrap().map(Result::unwrap).collect();
            assert_eq!(copied.len(), rows.len());
            rows.iter().zip(&copied).for_each(|(row, cells)| arrived(row, cells));
            Ok(())
        })
        .unwrap();
    server.sql("postgres", "DROP DATABASE hostile");
}

/// The sentences about a source that are worse than notes.
fn warnings(seen: &Json) -> Vec<String> {
    let problems = seen["problems"].as_array().unwrap();
    problems
        .iter()
        .filter(|p| p["severity"] != "note")
        .map(|p| format!("{} {}", p["code"].as_str().unwrap(), p["message"].as_str().unwrap()))
        .collect()
}

#[test]
fn a_column_with_a_zone_needs_no_word_of_the_map() {
    let Some(server) = server() else { return };
    server.database("zoned");
    server.sql(
        "zoned",
        "CREATE TABLE retention_audit_log (id bigint PRIMARY KEY, table_name text, operation text, record_count int, deleted_ids text, retention_rule text,
            cutoff_date timestamptz, executed_at timestamptz, dry_run boolean, error_message text);
         INSERT INTO retention_audit_log VALUES (1, 'facts', 'DELETE', 1, '[7]', '{\"table\":\"facts\",\"retention_days\":365}',
            '2025-02-17 03:00:00+05', '2026-02-17 03:00:00+05', false, NULL);
         GRANT SELECT ON retention_audit_log TO auditor",
    );
    let folder = tempfile::tempdir().unwrap();
    let address = server.address("zoned", "");
    let (seen, code) = inspect(folder.path(), &address);
    assert_eq!((code, warnings(&seen)), (0, vec![]), "{seen:#}");
    let last = |seen: &Json| seen["metrics"].as_array().unwrap().iter().find(|m| m["id"] == "audit.last_run").unwrap()["at"].clone();
    assert_eq!(last(&seen), "2026-02-16T22:00:00Z");
    // An export keeps what the column says, and a policy and a stamp that lie beside its manifest are found.
    let exported = readiness(folder.path(), &["audit", "export", &address, "--out", "out", "--partitions", "1"], Some(PASSWORD));
    assert_eq!(exported.code, 0, "{}{}", exported.out, exported.err);
    let (seen, code) = inspect(folder.path(), "out/manifest.json");
    assert_eq!((code, warnings(&seen)), (0, vec![]), "{seen:#}");
    fs::write(folder.path().join("out/retention-policy.yaml"), "facts: 30\ncadence: 1d\n").unwrap();
    let stamped = readiness(
        folder.path(),
        &["stamp", "out/manifest.json", "--commit", "14c907f09276bec86cf5c2aa77ccc4b26e4c754d", "--now", NOW],
        None,
    );
    assert_eq!(stamped.code, 0, "{}", stamped.err);
    fs::write(
        folder.path().join("readiness.yaml"),
        "project: { id: x, name: X }\nevidence:\n  audit: { family: audit, path: out/manifest.json }\npacks: [retention-audit]\n",
    )
    .unwrap();
    let judged = readiness(folder.path(), &["check", "--now", NOW, "--format", "json"], None);
    let report: Json = serde_json::from_str(&judged.out).unwrap();
    let entry = &report["evidence"][0];
    assert_eq!(entry["sources"][0]["commit"], "14c907f09276bec86cf5c2aa77ccc4b26e4c754d", "{entry:#}");
    assert!(entry["records"]["audit.finding"].to_string().contains("RET-POLICY"), "{}", entry["records"]["audit.finding"]);
    server.sql("postgres", "DROP DATABASE zoned");
}
