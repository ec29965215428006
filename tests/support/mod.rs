//! A small project whose gate is open, made from nothing, so that a test can take one thing away and see the gate close.

#![allow(dead_code, clippy::unwrap_used, clippy::panic)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// When everything is judged.
pub const NOW: &str = "2026-02-18T00:00:00Z";
/// What is judged.
pub const COMMIT: &str = "14c907f09276bec86cf5c2aa77ccc4b26e4c754d";

/// What the program answered.
pub struct Answer {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// Runs the program in a folder.
pub fn readiness(folder: &Path, arguments: &[&str]) -> Answer {
    let mut command = Command::new(env!("CARGO_BIN_EXE_readiness"));
    command.current_dir(folder).args(arguments).env_remove("READINESS_CONFIG").env("NO_COLOR", "1").env_remove("COLUMNS");
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Answer { code: status.code().unwrap_or(-1), out: text(stdout), err: text(stderr) }
}

/// Judges the project in a folder.
pub fn check(folder: &Path, more: &[&str]) -> Answer {
    readiness(folder, &[&["check", "--now", NOW][..], more].concat())
}

/// The root of the repository.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Copies the example project's configuration, rules and evidence into `to`.
pub fn reflexio(to: &Path) {
    let from = root().join("fixtures/reflexio");
    for part in ["readiness.yaml", "rules", "evidence"] {
        copy(&from.join(part), &to.join(part));
    }
}

/// Copies a file, or a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::copy(from, to).unwrap();
    }
}

/// All files below a folder with their contents, in order.
pub fn tree(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push((path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/"), fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// The evidence files of [`ready`], relative to its folder.
pub const EVIDENCE: [&str; 8] = [
    "reports/unit.xml",
    "reports/slow.xml",
    "coverage.xml",
    "golden.jsonl",
    "history.jsonl",
    "audit.db",
    "metrics.prom",
    "assessment.yaml",
];

/// A project that is ready, with one piece of evidence of every family.
pub fn ready(folder: &Path) {
    let put = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    put("readiness.yaml", CONFIGURATION);
    put(
        "rules/service/pack.yaml",
        "title: Service\nabout: What the service must show.\nmetrics:\n  telemetry.error_rate: { kind: ratio, sample: app_error_rate, about: failed requests }\n",
    );
    put("rules/service/errors.yaml", ERRORS);
    put("reports/unit.xml", &junit("unit", 5));
    put("reports/slow.xml", &junit("slow", 3));
    put("coverage.xml", COVERAGE);
    put("golden.jsonl", &golden(800));
    put("history.jsonl", &history(40));
    put("metrics.prom", "# HELP app_error_rate Failed requests.\n# TYPE app_error_rate gauge\napp_error_rate 0.001 1771369200000\n");
    put("assessment.yaml", ASSESSMENT);
    audit(&folder.join("audit.db"), 40);
}

const CONFIGURATION: &str = "\
project: { id: ready, name: Ready, commit: 14c907f09276bec86cf5c2aa77ccc4b26e4c754d }
evidence:
  tests: { family: tests, path: \"reports/*.xml\", expect: 2 }
  coverage: { family: coverage, path: coverage.xml }
  golden: { family: golden, path: golden.jsonl }
  nightly: { family: benchmark, path: history.jsonl }
  audit: { family: audit, path: audit.db, map: retention-audit-log }
  metrics: { family: telemetry, path: metrics.prom }
  assessment: { family: documents, path: assessment.yaml }
packs: [pr-gate, ai-eval, ai-claims, nightly-bench, retention-audit, claims, rules/]
";

const ERRORS: &str = "\
question: Do fewer than one in a hundred requests fail?
severity: P1
require: telemetry.error_rate <= 1%
why: Users see them.
fix: Look at the errors.
cases:
  - { given: { telemetry.error_rate: 0.1% }, outcome: pass }
  - { given: { telemetry.error_rate: 2% }, outcome: fail }
  - { given: {}, outcome: no-evidence }
";

const COVERAGE: &str = "\
<?xml version=\"1.0\" ?>
<coverage version=\"7.6\" timestamp=\"1771369200000\" lines-valid=\"10\" lines-covered=\"9\" line-rate=\"0.9\" branches-valid=\"4\" branches-covered=\"4\" branch-rate=\"1\" complexity=\"0\">
  <packages><package name=\"app\"><classes><class name=\"a\" filename=\"app/a.py\"><methods/><lines>
    <line number=\"1\" hits=\"1\"/><line number=\"2\" hits=\"1\" branch=\"true\" condition-coverage=\"100% (4/4)\"/><line number=\"3\" hits=\"1\"/>
    <line number=\"4\" hits=\"1\"/><line number=\"5\" hits=\"1\"/><line number=\"6\" hits=\"1\"/><line number=\"7\" hits=\"1\"/>
    <line number=\"8\" hits=\"1\"/><line number=\"9\" hits=\"1\"/><line number=\"10\" hits=\"0\"/>
  </lines></class></classes></package></packages>
</coverage>
";

const ASSESSMENT: &str = "\
schema: readiness/assessment/1
claimed: { score: 85%, document: RELEASE.md, line: 3 }
criteria:
  - { name: Tests, score: 90%, status: done }
  - { name: Audit, score: 85%, status: done }
blockers:
  - { name: No audit log, before: open, after: done }
";

/// A JUnit file of passing tests.
pub fn junit(suite: &str, tests: usize) -> String {
    let cases: String = (0..tests).map(|n| format!("<testcase classname=\"{suite}\" name=\"test_{n}\" time=\"0.01\"/>")).collect();
    format!(
        "<?xml version=\"1.0\"?><testsuites><testsuite name=\"{suite}\" tests=\"{tests}\" failures=\"0\" errors=\"0\" skipped=\"0\" \
         timestamp=\"2026-02-17T22:55:00Z\" time=\"0.1\">{cases}</testsuite></testsuites>\n"
    )
}

/// A live golden run without a bad answer, in two categories.
pub fn golden(cases: usize) -> String {
    let mut text = format!(
        "{{\"type\":\"run\",\"schema\":\"golden/1\",\"run_id\":\"r1\",\"suite\":\"s\",\"suite_sha256\":\"{}\",\"created_at\":\"2026-02-17T22:40:00Z\",\
         \"git_sha\":\"{COMMIT}\",\"mode\":\"live\",\"expected_cases\":{cases},\"system\":{{\"provider\":\"acme\",\"model\":\"m1\"}},\
         \"judge\":{{\"kind\":\"llm\",\"model\":\"j1\",\"calibration\":{{\"true_bad\":50,\"caught\":46,\"true_good\":200,\"passed\":197}}}}}}\n",
        "0".repeat(64)
    );
    for n in 0..cases {
        let category = ["LEGAL", "MEDICAL"][n % 2];
        let _ = writeln!(
            text,
            "{{\"type\":\"case\",\"id\":\"c{n}\",\"attempt\":1,\"category\":\"{category}\",\"sentinel\":false,\"status\":\"ok\",\"evidence\":\"live\",\
             \"latency_ms\":812,\"tokens\":{{\"in\":900,\"out\":140}},\"claims_expected\":1,\"claims\":[{{\"id\":\"k\",\"verdict\":\"supported\",\
             \"needs_citation\":true,\"citations\":[{{\"source\":\"d\",\"resolves\":true,\"supports\":true}}]}}]}}"
        );
    }
    let _ = writeln!(text, "{{\"type\":\"end\",\"cases\":{cases},\"claims\":{cases}}}");
    text
}

/// A day `n` days before the day of judgement.
fn day(n: usize) -> String {
    readiness::instant::Instant(1_771_372_800_000 - 86_400_000 * n as i64).date()
}

/// A steady history of two series, one run a night.
pub fn history(nights: usize) -> String {
    let mut text = String::new();
    for n in (1..=nights).rev() {
        for (metric, level) in [("p95", 360.0), ("p50", 210.0)] {
            let value = level + ((n * 7919) % 11) as f64 * 0.4;
            let _ = writeln!(
                text,
                "{{\"schema\":\"readiness/history/1\",\"run\":\"nightly-{n}\",\"at\":\"{}T02:05:00Z\",\"commit\":\"{n:040x}\",\"branch\":\"main\",\
                 \"machine\":\"linux-x64\",\"benchmark\":\"digest\",\"metric\":\"{metric}\",\"value\":{value},\"unit\":\"ms\",\"direction\":\"lower\"}}",
                day(n)
            );
        }
    }
    text
}

/// An audit snapshot of two tables cleaned every night.
pub fn audit(path: &Path, nights: usize) {
    let _ = fs::remove_file(path);
    let database = rusqlite::Connection::open(path).unwrap();
    for migration in ["0003", "0004"] {
        database.execute_batch(&fs::read_to_string(root().join(format!("fixtures/reflexio/migrations/{migration}.sql"))).unwrap()).unwrap();
    }
    let mut next = 1;
    for n in (1..=nights).rev() {
        for (table, days) in [("transcriptions", 90usize), ("facts", 730)] {
            let ids: Vec<i64> = (next..next + 3).collect();
            next += 3;
            database
                .execute(
                    "INSERT INTO retention_audit_log (table_name, operation, record_count, deleted_ids, retention_rule, cutoff_date, executed_at, dry_run,
                     error_message, job_run_id, job_name, trigger, actor, environment, host, app_version, db_schema_version, duration_ms, rows_scanned,
                     min_deleted_id, max_deleted_id)
                     VALUES (?1, 'DELETE', 3, ?2, ?3, ?4, ?5, 0, NULL, ?6, 'retention_cleanup', 'cron', 'system', 'prod', 'h', '4.1.1', '0004', 120, 9, ?7, ?8)",
                    rusqlite::params![
                        table,
                        format!("{ids:?}"),
                        format!("{{\"table\":\"{table}\",\"retention_days\":{days},\"timestamp_column\":\"created_at\",\"soft_delete\":false,\"delete_column\":null}}"),
                        format!("{} 03:00:00", day(n + days)),
                        format!("{} 03:00:00", day(n)),
                        format!("00000000-0000-4000-8000-{n:012}"),
                        ids[0],
                        ids[2]
                    ],
                )
                .unwrap();
        }
    }
    database.close().unwrap();
}
