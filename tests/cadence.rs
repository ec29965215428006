//! Cadences as people meet them: what should happen every day and did not is listed by date, and what nobody can know is no pass.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::fs;
use std::path::Path;
use support::{Answer, readiness};

/// Rules about the runs of the retention job, each with its cases.
const JOB: &str = "\
question: Did the retention job run every day of the last thirty, once excepted?
severity: P1
require: audit.runs > 0
cadence: { every: 24h, window: 30d, gaps: 1 }
why: A job that stops says nothing.
fix: Look at the scheduler.
cases:
  - { given: { audit.runs: 31 }, occurred: { every: 24h, for: 31d }, outcome: pass }
  - { given: { audit.runs: 30 }, occurred: { every: 24h, for: 31d, except: [3d] }, outcome: pass }
  - { given: { audit.runs: 29 }, occurred: { every: 24h, for: 31d, except: [3d, 9d] }, outcome: fail }
  - { given: { audit.runs: 5 }, occurred: { every: 24h, for: 5d }, outcome: unproven }
  - { given: { audit.runs: 0 }, occurred: { every: 24h, for: 31d }, outcome: fail }
  - { given: { audit.runs: 31 }, outcome: unproven }
  - { given: {}, outcome: no-evidence }
";
const RUNS: &str = "\
question: Did a real run succeed every day of the last ten?
severity: P1
for_each: audit.run
where: dry_runs == 0 && errors == 0
require: rows > 0
cadence: { every: 24h, window: 10d }
why: A dry run deletes nothing.
fix: Look at the scheduler.
cases:
  - given: { audit.run: [{ id: a, at: 1h, rows: 1, dry_runs: 0, errors: 0 }, { id: b, at: 25h, rows: 1, dry_runs: 1, errors: 0 }] }
    outcome: { a: pass, b: not-applicable, cadence of audit.run: unproven }
  - given: { audit.run: [{ id: a, at: 1h, rows: 1, dry_runs: 0, errors: 0 }, { id: b, at: 73h, rows: 1, dry_runs: 0, errors: 0 }] }
    outcome: { a: pass, b: pass, cadence of audit.run: fail }
  - { given: {}, outcome: no-evidence }
";
const SERIES: &str = "\
question: Was every series measured every night of the last ten?
severity: P1
for_each: benchmark.series
require: points > 0
cadence: { every: 24h, window: 10d }
why: A night without a value hides a regression.
fix: Run the benchmarks.
cases:
  - { given: { benchmark.series: [{ id: a, points: 11 }] }, occurred: { every: 24h, for: 10d }, outcome: pass }
  - { given: { benchmark.series: [{ id: a, points: 10 }] }, occurred: { every: 24h, for: 10d, except: [2d] }, outcome: fail }
  - { given: {}, outcome: no-evidence }
";
const QUERY: &str = "\
question: Was every table cleaned every twelve hours?
severity: P1
collect:
  sql: audit
  query: SELECT executed_at FROM retention_audit_log ORDER BY executed_at DESC
  outputs: { executed_at: instant }
  rows: 1000
for_each: rows
require: has(executed_at)
cadence: { every: 12h, window: 3d, gaps: 0 }
why: w
fix: f
cases:
  - { given: { rows: [{ executed_at: 1h }, { executed_at: 13h }] }, outcome: { cadence of rows: unproven } }
  - { given: { rows: [{ executed_at: 1h }, { executed_at: 25h }] }, outcome: { cadence of rows: fail } }
  - given:
      rows: [{ executed_at: 1h }, { executed_at: 13h }, { executed_at: 25h }, { executed_at: 37h }, { executed_at: 49h }, { executed_at: 61h }]
    outcome: pass
  - { given: {}, outcome: no-evidence }
";

/// A project with these rules as its only pack.
fn project(rules: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    support::ready(folder.path());
    fs::remove_dir_all(folder.path().join("rules")).unwrap();
    let pack = folder.path().join("rules/often");
    fs::create_dir_all(&pack).unwrap();
    fs::write(pack.join("pack.yaml"), "title: Often\nabout: What happens again and again.\n").unwrap();
    rules.iter().for_each(|(name, text)| fs::write(pack.join(format!("{name}.yaml")), text).unwrap());
    let text = "project: { id: ready, name: Ready }\nevidence:\n  nightly: { family: benchmark, path: history.jsonl }\n  \
                audit: { family: audit, path: audit.db, map: retention-audit-log }\npacks: [rules/]\n";
    fs::write(folder.path().join("readiness.yaml"), text).unwrap();
    folder
}

fn at(folder: &Path, now: &str) -> Answer {
    readiness(folder, &["check", "--now", now, "--all"])
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Forgets the runs of these days.
fn forget(folder: &Path, days: &[&str]) {
    let database = rusqlite::Connection::open(folder.join("audit.db")).unwrap();
    for day in days {
        assert_eq!(database.execute("DELETE FROM retention_audit_log WHERE executed_at LIKE ?1 || '%'", [day]).unwrap(), 2);
    }
    database.close().unwrap();
}

#[test]
fn the_cases_of_a_rule_exercise_its_cadence() {
    let folder = project(&[("job", JOB), ("runs", RUNS), ("series", SERIES), ("query", QUERY)]);
    let rules = folder.path().join("rules");
    let answer = readiness(folder.path(), &["rules", "test", rules.to_str().unwrap()]);
    assert_eq!((answer.code, answer.out.as_str()), (0, "17 cases of 4 rules in 1 packs come out as written\n"), "{}", answer.err);
    fs::write(rules.join("often/job.yaml"), JOB.replace("except: [3d, 9d]", "except: [3d]")).unwrap();
    let answer = readiness(folder.path(), &["rules", "test", rules.to_str().unwrap()]);
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains("the case expects fail"), "{}", answer.err);
}

#[test]
fn gaps_are_listed_by_date_and_too_many_close_the_gate() {
    let folder = project(&[("job", JOB)]);
    let folder = folder.path();
    let full = at(folder, support::NOW);
    assert_eq!(full.code, 0, "{}{}", full.out, full.err);
    forget(folder, &["2026-02-03"]);
    let one = at(folder, support::NOW);
    assert_eq!(one.code, 0, "{}", one.out);
    forget(folder, &["2026-02-09", "2026-02-10"]);
    let three = at(folder, support::NOW);
    assert_eq!(three.code, 1);
    let told = "3 gaps in the last 30 d, one every 24 h, at most 1 allowed: none for 2026-02-03, 2026-02-09, 2026-02-10";
    assert!(words(&three.out).contains(told), "{}", three.out);
    let report: serde_json::Value =
        serde_json::from_str(&readiness(folder, &["check", "--now", support::NOW, "--format", "json"]).out).unwrap();
    let finding = &report["findings"][0];
    assert_eq!((&finding["observed"], &finding["margin"]), (&"3 gaps".into(), &"2 gaps too many".into()));
    assert_eq!(finding["required"], "at most 1 gap in 30 d, one every 24 h");
}

#[test]
fn what_stopped_fails_the_day_after_and_what_is_young_is_unproven() {
    let folder = project(&[("job", JOB)]);
    let folder = folder.path();
    // The last run is at three in the morning of the 17th: due on the 18th, and on the 19th.
    assert_eq!(at(folder, "2026-02-18T05:24:00Z").code, 0);
    let one = at(folder, "2026-02-18T05:25:00Z");
    assert!(one.code == 0 && words(&one.out).contains("PASS"), "one gap is allowed\n{}", one.out);
    assert_eq!(at(folder, "2026-02-19T05:24:00.001Z").code, 1);
    support::audit(&folder.join("audit.db"), 12);
    let young = at(folder, support::NOW);
    assert_eq!(young.code, 3);
    let told = "no gap since 2026-02-06 03:00 UTC, one every 24 h; what was before is not known, and 30 d are asked for";
    assert!(words(&young.out).contains(told), "{}", young.out);
    // A failure that is known is not excused by what is not.
    forget(folder, &["2026-02-08", "2026-02-09"]);
    assert_eq!(at(folder, support::NOW).code, 1);
    fs::remove_file(folder.join("audit.db")).unwrap();
    assert_eq!(at(folder, support::NOW).code, 3);
}

#[test]
fn rows_that_are_left_out_are_no_occurrence() {
    let folder = project(&[("runs", RUNS)]);
    let folder = folder.path();
    assert_eq!(at(folder, support::NOW).code, 0);
    let database = rusqlite::Connection::open(folder.join("audit.db")).unwrap();
    database.execute("UPDATE retention_audit_log SET dry_run = 1 WHERE executed_at LIKE '2026-02-12%'", []).unwrap();
    database.close().unwrap();
    let answer = at(folder, support::NOW);
    assert_eq!(answer.code, 1, "{}", answer.out);
    assert!(words(&answer.out).contains("often/runs[cadence of audit.run]") && answer.out.contains("2026-02-12"), "{}", answer.out);
}

#[test]
fn every_series_is_held_against_the_cadence_by_itself() {
    let folder = project(&[("series", SERIES)]);
    let folder = folder.path();
    assert_eq!(at(folder, support::NOW).code, 0);
    let history = support::history(40);
    let without: String =
        history.lines().filter(|line| !(line.contains("p50") && line.contains("2026-02-11T"))).map(|line| format!("{line}\n")).collect();
    fs::write(folder.join("history.jsonl"), without).unwrap();
    let answer = at(folder, support::NOW);
    assert_eq!(answer.code, 1, "{}", answer.out);
    let told = words(&answer.out);
    assert!(told.contains("FAIL 1") && told.contains("PASS 1") && told.contains("none for 2026-02-11"), "{}", answer.out);
}

#[test]
fn a_query_brings_its_own_dates() {
    let folder = project(&[("query", QUERY)]);
    let answer = at(folder.path(), support::NOW);
    assert_eq!(answer.code, 1, "{}{}", answer.out, answer.err);
    let told = "3 gaps in the last 3 d, one every 12 h, at most 0 allowed: none for 2026-02-15 15:00 UTC, 2026-02-16 15:00 UTC, 2026-02-17 15:00 UTC";
    assert!(words(&answer.out).contains(told), "{}", answer.out);
}

#[test]
fn a_cadence_that_asks_nothing_is_a_mistake() {
    for (from, to, told) in [
        (
            "every: 24h, window: 30d",
            "every: 24h, window: 12h",
            "often/job.yaml:4:10: `window` is shorter than `every`, so nothing is expected",
        ),
        ("gaps: 1", "gaps: 30", "`gaps: 30` allows that nothing happens at all: 30 expected"),
        ("gaps: 1", "gap: 1", "`cadence` has no key `gap` - did you mean `gaps`?"),
    ] {
        let folder = project(&[("job", &JOB.replace(from, to))]);
        let answer = at(folder.path(), support::NOW);
        assert_eq!(answer.code, 2, "{}", answer.out);
        assert!(answer.err.contains(told), "{told}\n{}", answer.err);
    }
}
