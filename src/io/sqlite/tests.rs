#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::testing::{make, make_with_log};
use super::*;
use std::fs;

const NOW: Instant = Instant(1_771_372_800_123);

fn open(path: &Path) -> Result<Snapshot, Failure> {
    Snapshot::open(path, NOW)
}

fn code(path: &Path) -> &'static str {
    open(path).map(|_| "opened").unwrap_or_else(|failure| failure.code)
}

/// The first row of an answer as text, or the failure's sentence.
fn ask(snapshot: &Snapshot, sql: &str) -> String {
    let answer = || {
        let mut query = snapshot.query(sql)?;
        let columns = query.columns().len();
        let mut line = String::from("no row");
        query.run(|row| {
            line = (0..columns).map(|i| row.cell(i).to_string()).collect::<Vec<_>>().join(" ");
            ControlFlow::Break(())
        })?;
        Ok::<_, Failure>(line)
    };
    answer().unwrap_or_else(|failure| failure.message)
}

const SMALL: &str = "CREATE TABLE log (id INTEGER PRIMARY KEY, name TEXT); CREATE INDEX by_name ON log(name);
    INSERT INTO log(name) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) SELECT 'name ' || i FROM n;";

#[test]
fn rows_are_read_with_their_types() {
    let made = make("CREATE TABLE t (a, b, c, d, e); INSERT INTO t VALUES (NULL, -7, 2.5, 'é', x'00ff')");
    let snapshot = open(&made.path).unwrap();
    assert_eq!(ask(&snapshot, "SELECT * FROM t"), "NULL -7 2.5 `é` a blob of 2 bytes");
    assert_eq!(snapshot.query("SELECT a AS x, b FROM t").unwrap().columns(), ["x", "b"]);
    snapshot.close().unwrap();
    assert_eq!(fs::read_dir(made.folder.path()).unwrap().count(), 1, "nothing is written beside it");
}

#[test]
fn a_cut_database_is_never_clean() {
    let made = make(SMALL);
    let whole = fs::read(&made.path).unwrap();
    assert!(whole.len() > 4 * 4096);
    let lengths = (0..=100).chain((512..whole.len()).step_by(512)).chain([whole.len() - 1]);
    for length in lengths {
        let failure = open(&made.beside("cut.db", &whole[..length])).err().expect("a cut database");
        assert!(["empty-file", "not-a-database", "truncated", "damaged"].contains(&failure.code), "{length}: {failure}");
    }
    let longer = [whole.as_slice(), b"x"].concat();
    assert_eq!(code(&made.beside("long.db", &longer)), "truncated");
}

#[test]
fn damage_is_found_before_a_row_is_read() {
    let made = make(SMALL);
    let whole = fs::read(&made.path).unwrap();
    for page in 1..whole.len() / 4096 {
        let mut bytes = whole.clone();
        bytes[page * 4096..][..64].fill(0xa5);
        let failure = open(&made.beside("bad.db", &bytes)).err().expect("a damaged page");
        assert_eq!(failure.code, "damaged", "page {page}: {failure}");
    }
    for at in 0..100 {
        let mut bytes = whole.clone();
        bytes[at] ^= 0xff;
        if let Ok(snapshot) = open(&made.beside("bad.db", &bytes)) {
            assert_eq!(ask(&snapshot, "SELECT count(*), max(name) FROM log"), "400 `name 99`", "byte {at}");
        }
    }
    assert_eq!(code(&made.beside("text.db", b"id,name\n1,a\n")), "not-a-database");
}

#[test]
fn what_lies_beside_it_decides() {
    let made = make(SMALL);
    let journal = made.beside("made.db-journal", b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7");
    assert_eq!(code(&made.path), "hot-journal");
    fs::write(&journal, [0; 512]).unwrap();
    assert_eq!(code(&made.path), "opened");
    made.beside("made.db-wal", b"");
    assert_eq!(code(&made.path), "opened");
    made.beside("made.db-wal", &[7; 4000]);
    assert_eq!(code(&made.path), "damaged");
    let other = make_with_log(SMALL, "SELECT 1");
    let small = make(&format!("PRAGMA page_size = 512; {SMALL}"));
    small.beside("made.db-wal", &fs::read(other.path.with_extension("db-wal")).unwrap());
    let message = open(&small.path).err().unwrap().message;
    assert_eq!(message, "the -wal beside the database is of another one: its pages are of 4096 bytes, and those of the database of 512");
}

#[test]
#[cfg(unix)]
fn only_a_regular_file_is_opened() {
    let made = make(SMALL);
    let link = made.folder.path().join("link.db");
    std::os::unix::fs::symlink(&made.path, &link).unwrap();
    assert_eq!(open(&link).err().unwrap().message, "link.db is a link; name the file itself");
    assert_eq!(code(made.folder.path()), "unreadable");
    assert_eq!(code(&made.folder.path().join("none.db")), "unreadable");
    let odd = made.folder.path().join("a?b#c%20 é.db");
    fs::copy(&made.path, &odd).unwrap();
    assert_eq!(code(&odd), "opened");
}

#[test]
fn a_log_is_read_from_a_private_copy() {
    let made = make_with_log(SMALL, "SELECT 1");
    let before = fs::read_dir(made.folder.path()).unwrap().count();
    let snapshot = open(&made.path).unwrap();
    assert_eq!(ask(&snapshot, "SELECT count(*) FROM log"), "400");
    assert!(snapshot.notes().is_empty());
    let private = snapshot.place.uri.strip_prefix("file:").and_then(|u| u.strip_suffix("/copy.db?mode=ro")).unwrap().to_owned();
    assert!(Path::new(&private).is_dir());
    snapshot.close().unwrap();
    assert!(!Path::new(&private).exists());
    assert_eq!(fs::read_dir(made.folder.path()).unwrap().count(), before);

    fs::remove_file(made.path.with_extension("db-wal")).unwrap();
    let alone = open(&made.path).unwrap();
    assert_eq!(alone.notes()[0].code, "no-log");
    assert!(alone.table("log").is_none());
}

#[test]
fn a_log_tells_what_is_not_read_of_it() {
    let made = make_with_log(SMALL, "UPDATE log SET name = printf('%900d', id)");
    let snapshot = open(&made.path).unwrap();
    assert_eq!(ask(&snapshot, "SELECT count(*), max(length(name)) FROM log"), "400 8");
    assert_eq!(snapshot.notes()[0].code, "uncommitted", "{:?}", snapshot.notes());

    let log = made.path.with_extension("db-wal");
    let mut bytes = fs::read(&log).unwrap();
    bytes[32 + 24 + 50] ^= 1;
    fs::write(&log, &bytes).unwrap();
    let failure = open(&made.path).err().unwrap();
    assert_eq!(failure.message, "the -wal beside the database is damaged at frame 1: the transactions after it are lost");
}

#[test]
fn a_change_while_reading_is_noticed() {
    let made = make(SMALL);
    let snapshot = open(&made.path).unwrap();
    rusqlite::Connection::open(&made.path).unwrap().execute("DELETE FROM log", []).unwrap();
    assert_eq!(snapshot.close().err().unwrap().code, "changed");
}

#[test]
fn code_in_the_file_never_runs() {
    let made = make(
        "CREATE VIEW forever AS WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r) SELECT i FROM r;
         CREATE TABLE bomb (n, big INT NOT NULL AS (length(hex(zeroblob(400000000 + n)))) VIRTUAL);
         CREATE VIRTUAL TABLE words USING fts5(word);
         CREATE TABLE plain (n, CHECK (n < length(hex(zeroblob(40000000))))); INSERT INTO plain VALUES (1);
         CREATE TRIGGER t AFTER INSERT ON plain BEGIN DELETE FROM plain; END;",
    );
    let snapshot = open(&made.path).unwrap();
    let kinds: Vec<_> = snapshot.tables().iter().take(4).map(|t| (t.name.as_str(), t.kind)).collect();
    assert_eq!(kinds[..3], [("bomb", Kind::Table), ("forever", Kind::View), ("plain", Kind::Table)]);
    assert!(!snapshot.table("BOMB").unwrap().is_readable());
    assert_eq!(snapshot.table("plain").unwrap().triggers, ["t"]);
    for name in ["forever", "bomb", "words", "dbstat", "sqlite_schema WHERE sql IN (SELECT 1 FROM bomb)"] {
        assert!(snapshot.query(&format!("SELECT * FROM {name}")).is_err(), "{name}");
    }
    assert_eq!(ask(&snapshot, "SELECT n FROM plain"), "1");
}

#[test]
fn a_query_only_selects() {
    let made = make(SMALL);
    let snapshot = open(&made.path).unwrap();
    for (sql, sentence) in [
        ("DELETE FROM log", "only SELECT may be used"),
        ("ATTACH 'x.db' AS x", "ATTACH may not be used: a query reads this database only"),
        ("PRAGMA writable_schema = 1", "`PRAGMA writable_schema` may not be used: a query only selects"),
        ("SELECT * FROM pragma_table_info('log')", "`pragma_table_info` may not be read: only plain tables of the file may be"),
        ("SELECT 1; SELECT 2", "the query is more than one statement"),
        ("", "the query is not a SELECT"),
        ("EXPLAIN SELECT 1", "the query is not a SELECT"),
        ("SELECT ?1", "the query has a parameter, and there is nothing to put in its place"),
        ("SELECT random()", "`random` may not be used: its answer is never the same"),
        ("SELECT load_extension('x')", "`load_extension` may not be used: it runs foreign code"),
        ("SELECT datetime('now', 'LocalTime')", "`localtime` may not be used: it depends on the time zone of the machine"),
        ("WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r) SELECT max(i) FROM r", "it was stopped after 100 million steps"),
        ("SELECT replace(hex(printf('%9999999s', 'x')), '2', printf('%999s', 'x'))", "a value is longer than 64 MiB"),
        ("SELECT \"nmae\" FROM log", "no such column: \"nmae\""),
    ] {
        let answer = ask(&snapshot, sql);
        assert!(answer.starts_with(sentence), "{sql}: {answer}");
    }
    assert_eq!(snapshot.query("SELECT\n  nmae FROM log").err().unwrap().offset, Some(9));
    let deep = format!("SELECT {}1{}", "(1+".repeat(200), ")".repeat(200));
    assert!(ask(&snapshot, &deep).contains("depth"), "{}", ask(&snapshot, &deep));
    assert_eq!(ask(&snapshot, "WITH x AS (SELECT * FROM log) SELECT count(*) FROM x JOIN json_each('[1,2]')"), "800");
}

#[test]
fn now_is_the_moment_that_is_judged() {
    let made = make(
        "CREATE TABLE t (at TEXT DEFAULT CURRENT_TIMESTAMP, id DEFAULT (hex(randomblob(16)))); INSERT INTO t(at) VALUES ('2026-01-17 00:00:00'), ('2026-01-19 00:00:00')",
    );
    let snapshot = open(&made.path).unwrap();
    for (sql, answer) in [
        ("datetime('now')", "`2026-02-18 00:00:00`"),
        ("datetime()", "`2026-02-18 00:00:00`"),
        ("datetime('NOW', 'subsec')", "`2026-02-18 00:00:00.123`"),
        ("datetime('subsec')", "`2026-02-18 00:00:00.123`"),
        ("datetime(x'6e6f77')", "`2026-02-18 00:00:00`"),
        ("CURRENT_TIMESTAMP", "`2026-02-18 00:00:00`"),
        ("CURRENT_DATE || CURRENT_TIME", "`2026-02-1800:00:00`"),
        ("date('now', '-30 days')", "`2026-01-19`"),
        ("time('now', '+90 minutes')", "`01:30:00`"),
        ("julianday('now') - julianday('2026-02-17')", "1.0000014235265553"),
        ("unixepoch('now')", "1771372800"),
        ("strftime('%Y-%m', 'now')", "`2026-02`"),
        ("strftime('%s')", "`1771372800`"),
        ("timediff('now', '2026-02-17')", "`+0000-00-01 00:00:00.123`"),
        ("strftime('now')", "`now`"),
        ("date('2024-02-29', '+1 year')", "`2025-03-01`"),
        ("date(NULL)", "NULL"),
        ("datetime(1771365600, 'unixepoch')", "`2026-02-17 22:00:00`"),
        ("count(*) FROM t WHERE at >= datetime('now', '-30 days')", "1"),
    ] {
        assert_eq!(ask(&snapshot, &format!("SELECT {sql}")), answer, "{sql}");
    }
}

#[test]
fn parts_of_moments_are_what_sqlite_says() {
    let made = make("CREATE TABLE t (a)");
    let (snapshot, original) = (open(&made.path).unwrap(), rusqlite::Connection::open_in_memory().unwrap());
    let moments = [
        "2026-02-17 23:10:09",
        "2026-02-17",
        "2024-02-29 00:00:00",
        "2026-02-29",
        "2026-02-31 10:00:00",
        "0000-01-01",
        "9999-12-28 23:59:59",
        "2026-13-01",
        "2026-00-10",
        "2026-01-00",
        "2026-02-17 24:00:00",
        "2026-02-17 10:60:00",
        "2026-02-17 10:59:60",
        "2026-02-17T10:00:00",
        "2026-02-17 10:00:00.5",
        "2026-02-17 10:00:00Z",
        "2026-02-17 10:00",
        "2026-02-17 10:00:00 ",
        "10:00:00",
        "",
        "x",
        "2026-2-17",
        "２026-02-17",
    ];
    let calls = [
        "date(%)",
        "time(%)",
        "datetime(%)",
        "strftime('%Y-%m', %)",
        "strftime('day %d, %H:%M:%S %%', %)",
        "strftime('%j %s %w', %)",
        "strftime('', %)",
        "strftime('é %Y', %)",
        "strftime('%', %)",
        "strftime('%Y %q', %)",
        "date(%, '+1 day')",
        "strftime(CAST('%Y' AS BLOB), %)",
    ];
    for (moment, call) in moments.iter().flat_map(|moment| calls.map(|call| (moment, call))) {
        // The last `%` with a bracket or comma behind it is the moment.
        let (before, after) = call.rsplit_once(if call.contains("%, '+") { "%, '+" } else { "%)" }).unwrap();
        let sql = format!("SELECT quote({before}'{moment}'{}{after})", if call.contains("%, '+") { ", '+" } else { ")" });
        let expected: String = original.query_row(&sql, [], |row| row.get(0)).unwrap();
        assert_eq!(ask(&snapshot, &sql), format!("`{}`", expected.escape_debug()), "{sql}");
    }
}

#[test]
fn a_table_is_found_behind_the_first_pages() {
    let many: String =
        (0..900).map(|n| format!("CREATE TABLE table_{n:04} (a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r);")).collect();
    let made = make(&format!("{many} CREATE TABLE retention_audit_log (id)"));
    let artifact = Artifact::look(&made.path, "made.db").unwrap();
    assert!(memchr::memmem::find(&artifact.head, b"retention_audit_log").is_none());
    assert!(holds(&artifact, "retention_audit_log"));
    assert!(!holds(&artifact, "performance_runs"));
    // A name that rows only mention is no table.
    let made =
        make("CREATE TABLE t (content_hash); INSERT INTO t VALUES ('SELECT * FROM retention_audit_log'); CREATE TABLE audit_events (a)");
    let artifact = Artifact::look(&made.path, "made.db").unwrap();
    assert!(holds(&artifact, "t") && !holds(&artifact, "retention_audit_log"));
    assert!(holds_column(&artifact, "t", "content_hash") && !holds_column(&artifact, "absent", "content_hash"));
    let text = Artifact::look(&made.beside("a.sql", b"CREATE TABLE retention_audit_log"), "a.sql").unwrap();
    assert!(!holds(&text, "retention_audit_log"));
}

#[test]
fn text_of_another_encoding_is_read() {
    let made = make("PRAGMA encoding = 'UTF-16le'; CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('grün 🟢')");
    assert_eq!(ask(&open(&made.path).unwrap(), "SELECT a FROM t"), "`grün 🟢`");
}

#[test]
fn a_table_may_be_too_wide() {
    let wide: Vec<String> = (0..201).map(|n| format!("c{n}")).collect();
    let failure = open(&make(&format!("CREATE TABLE t ({})", wide.join(", "))).path).map(|_| ()).unwrap_err();
    assert_eq!((failure.code, failure.message.as_str()), ("too-large", "a table has more than 200 columns"));
    assert_eq!(code(&make(&format!("CREATE TABLE t ({})", wide[1..].join(", "))).path), "opened");
}
