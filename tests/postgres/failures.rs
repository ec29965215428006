//! Whatever keeps a table from being read whole is no evidence, and says why.

use super::server::Server;
use super::{NOW, PASSWORD, readiness, refusal, server};
use std::fs;
use std::time::Duration;

/// A table with so many short rows.
fn table(server: &Server, database: &str, rows: u32) {
    server.database(database);
    server.sql(
        database,
        &format!(
            "CREATE TABLE retention_audit_log (id int PRIMARY KEY, table_name text, record_count int, executed_at timestamp, filler text);
             INSERT INTO retention_audit_log SELECT n, 'facts', 1, '2026-02-17 03:00:00', repeat('x', 200) FROM generate_series(1, {rows}) n;
             GRANT SELECT ON retention_audit_log TO auditor"
        ),
    );
}

#[test]
fn what_a_server_does_not_give_is_no_evidence() {
    let Some(server) = server() else { return };
    let folder = tempfile::tempdir().unwrap();
    table(server, "failing", 2000);
    let refused = |source: &str, code: &str, parts: &[&str]| {
        let (found, message) = refusal(folder.path(), source);
        assert!(found == code && parts.iter().all(|part| message.contains(part)), "{source}: {message} [{found}]");
    };
    let address = server.address("failing", "");
    let sql = |text: &str| server.sql("failing", text);

    refused("postgres://auditor@127.0.0.1:1/failing", "no-server", &["postgres://auditor@127.0.0.1:1/failing", "refused"]);
    refused(&server.address("nowhere", ""), "no-database", &["database \"nowhere\" does not exist"]);
    let wrong = readiness(folder.path(), &["inspect", &address], Some("wrong"));
    assert_eq!(
        (wrong.code, wrong.out.contains("password authentication failed for user \"auditor\" [refused]")),
        (3, true),
        "{}",
        wrong.out
    );
    let none = readiness(folder.path(), &["inspect", &address], None);
    assert_eq!((none.code, none.out.contains("password missing")), (3, true), "{}", none.out);
    refused(&server.address("failing", "&sslmode=verify-full"), "no-tls", &["TLS"]);

    refused(
        &server.address("failing", "&schema=audit"),
        "no-table",
        &["the schema audit has no table retention_audit_log; the schema public has one: write ?schema=public"],
    );
    sql("REVOKE SELECT ON retention_audit_log FROM auditor");
    refused(&address, "no-permission", &["permission denied for table retention_audit_log", "GRANT SELECT ON public.retention_audit_log"]);
    sql("GRANT SELECT ON retention_audit_log TO auditor");
    // A policy would hide rows, and nobody would know.
    sql("ALTER TABLE retention_audit_log ENABLE ROW LEVEL SECURITY; CREATE POLICY half ON retention_audit_log USING (id > 1000)");
    refused(&address, "no-permission", &["row-level security"]);
    sql("ALTER TABLE retention_audit_log DISABLE ROW LEVEL SECURITY");

    refused(&server.address("failing", "&timeout=1ms"), "timeout", &["statement timeout"]);
    let waiting = |statement: String| {
        // `sleep` holds the lock for as long as the test needs it.
        std::thread::spawn(move || server.psql("failing", &statement))
    };
    let holder = waiting("BEGIN; LOCK TABLE retention_audit_log; SELECT pg_sleep(30)".into());
    until(
        server,
        "SELECT count(*) > 0 FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted AND relation = 'retention_audit_log'::regclass",
    );
    refused(&server.address("failing", "&lock_timeout=200ms"), "locked", &["lock timeout", "lock_timeout="]);
    // One that waits is ended by somebody. The server's last word may not arrive.
    let killer = std::thread::spawn(move || kill(server, "failing", "wait_event_type = 'Lock'"));
    refused(&address, "connection-lost", &[]);
    killer.join().unwrap();
    sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'failing' AND query LIKE '%pg_sleep(30)%' AND pid <> pg_backend_pid()",
    );
    assert!(holder.join().unwrap().is_err());

    for (sql_text, part) in [
        ("ALTER TABLE retention_audit_log RENAME TO real; CREATE VIEW retention_audit_log AS SELECT * FROM real", "is a view"),
        ("DROP VIEW retention_audit_log; CREATE MATERIALIZED VIEW retention_audit_log AS SELECT * FROM real", "is a materialized view"),
        (
            "DROP MATERIALIZED VIEW retention_audit_log; CREATE FOREIGN DATA WRAPPER none; CREATE SERVER s FOREIGN DATA WRAPPER none; CREATE FOREIGN TABLE retention_audit_log (id int) SERVER s",
            "is a foreign table",
        ),
    ] {
        sql(&format!("{sql_text}; GRANT SELECT ON retention_audit_log TO auditor"));
        refused(&address, "not-a-table", &[part]);
    }
    sql(
        "DROP FOREIGN TABLE retention_audit_log; CREATE TABLE retention_audit_log (id int, b int GENERATED ALWAYS AS (id) STORED); GRANT SELECT ON retention_audit_log TO auditor",
    );
    refused(&address, "generated-column", &["b is a generated column"]);
    sql("DROP TABLE retention_audit_log; CREATE TABLE retention_audit_log (a int); GRANT SELECT ON retention_audit_log TO auditor");
    refused(&address, "no-order", &["no primary key"]);
    server.sql("postgres", "DROP DATABASE failing");
}

#[test]
fn a_connection_that_must_be_encrypted_is_refused_with_a_way_out() {
    let Some(server) = server() else { return };
    let folder = tempfile::tempdir().unwrap();
    table(server, "tlsonly", 10);
    let ways = ["this program speaks no TLS", "host=/run/postgresql", "an SSH tunnel or a proxy", "readiness audit export"];
    for (more, first) in [
        ("&sslmode=require", "the address asks for an encrypted connection"),
        ("&sslmode=verify-full", "the address asks for an encrypted connection"),
        ("", "the server refuses this connection, which is not encrypted"),
        ("&sslmode=disable", "the server refuses this connection, which is not encrypted"),
    ] {
        let (code, message) = refusal(folder.path(), &server.address("tlsonly", more));
        assert!(
            code == "no-tls" && message.starts_with(first) && ways.iter().all(|way| message.contains(way)),
            "{more}: {message} [{code}]"
        );
    }
    server.sql("postgres", "DROP DATABASE tlsonly");
}

#[test]
fn a_connection_that_is_killed_amid_the_rows_leaves_nothing() {
    let Some(server) = server() else { return };
    let folder = tempfile::tempdir().unwrap();
    table(server, "killed", 400_000);
    let address = server.address("killed", "");
    let killer = std::thread::spawn(move || kill(server, "killed", "query LIKE 'COPY%' AND state = 'active'"));
    let (code, message) = refusal(folder.path(), &address);
    killer.join().unwrap();
    assert_eq!(code, "connection-lost", "{message}");
    // The gate is closed for lack of proof, and says so.
    fs::write(
        folder.path().join("readiness.yaml"),
        format!("project: {{ id: x, name: X }}\nevidence:\n  audit: {{ family: audit, path: '{address}' }}\npacks: [retention-audit]\n"),
    )
    .unwrap();
    let killer = std::thread::spawn(move || kill(server, "killed", "query LIKE 'COPY%' AND state = 'active'"));
    let judged = readiness(folder.path(), &["check", "--now", NOW], Some(PASSWORD));
    killer.join().unwrap();
    assert_eq!(judged.code, 3, "{}", judged.out);
    let said = judged.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("terminating connection") || said.contains("the connection broke off"), "{said}");
    let exporter = std::thread::spawn(move || kill(server, "killed", "query LIKE 'COPY%' AND state = 'active'"));
    let exported = readiness(folder.path(), &["audit", "export", &address, "--out", "out"], Some(PASSWORD));
    exporter.join().unwrap();
    assert_eq!((exported.code, exported.err.contains("nothing was exported")), (3, true), "{}", exported.err);
    assert!(!folder.path().join("out").exists());
    server.sql("postgres", "DROP DATABASE killed");
}

#[test]
fn passwords_are_not_written_down() {
    let Some(server) = server() else { return };
    let folder = tempfile::tempdir().unwrap();
    table(server, "secret", 10);
    let secret = server.address("secret", "").replace("auditor@", "auditor:hunter2@");
    let config =
        format!("project: {{ id: x, name: X }}\nevidence:\n  audit: {{ family: audit, path: '{secret}' }}\npacks: [retention-audit]\n");
    fs::write(folder.path().join("readiness.yaml"), config).unwrap();
    for (arguments, code) in [
        (&["check", "--now", NOW][..], 2),
        (&["doctor"][..], 2),
        (&["inspect", &secret][..], 3),
        (&["audit", "export", &secret, "--out", "out"][..], 3),
        (&["check", &secret, "--require", "audit.rows > 0"][..], 3),
    ] {
        let answer = readiness(folder.path(), arguments, Some(PASSWORD));
        let said = answer.out + &answer.err;
        assert!(said.contains("PGPASSWORD") && !said.contains("hunter2"), "{arguments:?}: {said}");
        assert_eq!(answer.code, code, "{arguments:?}: {said}");
    }
    // A file that only its owner can read is as good as the variable.
    let file = folder.path().join("pgpass");
    fs::write(&file, format!("127.0.0.1:*:secret:auditor:{PASSWORD}\n")).unwrap();
    let with = |mode: u32| {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        let address = server.address("secret", "");
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_readiness"));
        let output = command.args(["inspect", &address, "--now", NOW]).env_remove("PGPASSWORD").env("PGPASSFILE", &file).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(
        with(0o600).contains("10 rows of retention_audit_log in the order of id, copied from postgres://auditor@127.0.0.1"),
        "{}",
        with(0o600)
    );
    assert!(with(0o644).contains("chmod 0600"), "{}", with(0o644));
    server.sql("postgres", "DROP DATABASE secret");
}

/// Waits until the server says `t`.
fn until(server: &Server, sql: &str) {
    for _ in 0..1500 {
        if server.psql("failing", sql).is_ok_and(|answer| answer == "t") {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("it never came to {sql}");
}

/// Ends our program's connection as soon as it is where it should be. The loop is the server's, which is there in time.
fn kill(server: &Server, database: &str, when: &str) {
    server.sql(
        "postgres",
        &format!(
            "DO $$ BEGIN FOR n IN 1..6000 LOOP
                PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}' AND application_name = 'readiness' AND {when};
                IF FOUND THEN RETURN; END IF;
                PERFORM pg_stat_clear_snapshot(); PERFORM pg_sleep(0.005);
             END LOOP; RAISE 'nobody came'; END $$"
        ),
    );
}
