//! Mutation tests: cargo-mutants, mutation-testing-elements, PIT.

use super::*;

fn fates(evidence: &Evidence) -> Vec<(&str, u64)> {
    let counts = evidence.metrics.iter().filter(|metric| metric.id == "coverage.mutants");
    counts
        .map(|metric| match metric.value {
            Value::Count(count) => (metric.labels.get("fate").map_or("", String::as_str), count),
            _ => panic!("no count"),
        })
        .collect()
}

fn elements(mutants: &[(&str, u32)]) -> String {
    let one = |(status, line): &(&str, u32)| {
        format!(
            r#"{{"id": "{line}{status}", "mutatorName": "M", "replacement": "r{status}", "status": "{status}", "location": {{"start": {{"line": {line}, "column": 3}}, "end": {{"line": {line}, "column": 9}}}}}}"#
        )
    };
    let mutants: Vec<String> = mutants.iter().map(one).collect();
    format!(
        r#"{{"schemaVersion": "1", "thresholds": {{}}, "files": {{"src\\a.js": {{"language": "js", "source": "x", "mutants": [{}]}}}}}}"#,
        mutants.join(", ")
    )
}

fn outcomes(mutants: &[&str], rest: &str) -> String {
    let one = |(line, summary): (usize, &&str)| {
        format!(
            r#"{{"scenario": {{"Mutant": {{"name": "src/a.rs:{line}:5: replace f with {summary}", "file": "src/a.rs", "span": {{"start": {{"line": {line}, "column": 5}}}}}}}}, "summary": "{summary}"}}"#
        )
    };
    let mutants: Vec<String> = mutants.iter().enumerate().map(one).collect();
    format!(r#"{{"outcomes": [{{"scenario": "Baseline", "summary": "Success"}}, {}]{rest}}}"#, mutants.join(", "))
}

fn pit(mutations: &str) -> String {
    format!("<?xml version='1.0' encoding='UTF-8'?>\n<mutations>\n{mutations}</mutations>\n")
}

#[test]
fn the_score_is_of_mutants_that_say_something() {
    let all = evidence(&[elements(&[
        ("Killed", 1),
        ("Timeout", 2),
        ("Survived", 3),
        ("NoCoverage", 4),
        ("CompileError", 5),
        ("RuntimeError", 6),
        ("Ignored", 7),
    ])
    .as_bytes()]);
    assert_eq!(ratio(&all, "coverage.mutation_score"), Some((2, 4)));
    assert_eq!(fates(&all), [("killed", 1), ("timeout", 1), ("survived", 1), ("no-coverage", 1), ("invalid", 3)]);
    assert_eq!(ratio(&all, "coverage.line"), None, "mutants are no lines");
    assert_eq!(all.rows("coverage.mutation")[0].subject(), "src/a.js");
    let kept: Vec<&str> = all.rows("coverage.mutant").iter().map(Record::subject).collect();
    assert_eq!(kept, ["src/a.js:3: 3-3:9 M rSurvived", "src/a.js:4: 3-4:9 M rNoCoverage"]);
    assert!(all.problems.is_empty(), "{:?}", all.problems);
    is_error_when_cut(&elements(&[("Killed", 1), ("Survived", 2)]));
}

#[test]
fn no_mutant_at_all_shows_nothing() {
    for report in [elements(&[]), elements(&[("Ignored", 1)]), outcomes(&[], ""), pit("")] {
        let report = report.replace(", ]", "]");
        let all = evidence(&[report.as_bytes()]);
        assert_eq!((ratio(&all, "coverage.mutation_score"), codes(&all)), (None, vec![("empty", None)]), "{report}");
    }
}

#[test]
fn a_run_that_did_not_end_is_an_error() {
    let pending = evidence(&[elements(&[("Killed", 1), ("Pending", 2)]).as_bytes()]);
    assert_eq!((codes(&pending), ratio(&pending, "coverage.mutation_score")), (vec![("unfinished", None)], Some((1, 1))));
    assert_eq!(codes(&evidence(&[elements(&[("Maimed", 1)]).as_bytes()])), [("unknown-outcome", None),]);
    let going_on = evidence(&[outcomes(&["CaughtMutant"], r#", "start_time": "2026-02-17T08:00:00Z", "end_time": null"#).as_bytes()]);
    assert_eq!(codes(&going_on), [("unfinished", None)]);
    let broken = outcomes(&["CaughtMutant"], "").replace(r#""Baseline", "summary": "Success""#, r#""Baseline", "summary": "Failure""#);
    assert_eq!(codes(&evidence(&[broken.as_bytes()])), [("baseline-failed", None)]);
    assert_eq!(codes(&evidence(&[outcomes(&["Perhaps"], "").as_bytes()])), [("unknown-outcome", None)]);
    let not_started = pit("<mutation detected='false' status='NOT_STARTED'><sourceFile>A.java</sourceFile></mutation>");
    assert_eq!(codes(&evidence(&[not_started.as_bytes()])), [("unfinished", Some(2))]);
}

#[test]
fn outcomes_of_cargo_mutants_are_read_and_its_totals_compared() {
    let run = ["CaughtMutant", "MissedMutant", "Timeout", "Unviable", "Success"];
    let told = r#", "total_mutants": 5, "missed": 1, "caught": 1, "timeout": 1, "unviable": 1, "start_time": "2026-02-17T08:00:00Z", "end_time": "2026-02-17T08:01:00Z""#;
    let all = evidence(&[outcomes(&run, told).as_bytes()]);
    assert_eq!((ratio(&all, "coverage.mutation_score"), all.problems.len()), (Some((2, 3)), 0));
    assert_eq!(all.rows("coverage.mutant")[0].subject(), "src/a.rs:1: 5: replace f with MissedMutant");
    assert_eq!(all.sources[0].collected_at.map(|at| at.to_string()).as_deref(), Some("2026-02-17T08:00:00Z"));
    let fewer = evidence(&[outcomes(&run, &told.replace(r#""missed": 1"#, r#""missed": 3"#)).as_bytes()]);
    assert_eq!(codes(&fewer), [("declared-totals-differ", None)]);
    is_error_when_cut(&outcomes(&run, told));
}

#[test]
fn mutations_of_pit_are_read() {
    let one = |status: &str, line: u32, index: u32| {
        format!(
            "<mutation detected='true' status='{status}'><sourceFile>A.java</sourceFile><mutatedClass>p.q.A$B</mutatedClass>
            <mutatedMethod>&lt;init&gt;</mutatedMethod><lineNumber>{line}</lineNumber><mutator>org.pitest.M</mutator><indexes><index>{index}</index></indexes></mutation>"
        )
    };
    let report =
        [("KILLED", 1, 0), ("SURVIVED", 2, 0), ("SURVIVED", 2, 4), ("TIMED_OUT", 3, 0), ("NO_COVERAGE", 4, 0), ("RUN_ERROR", 5, 0)]
            .map(|(status, line, index)| one(status, line, index))
            .concat();
    let all = evidence(&[pit(&report).as_bytes()]);
    assert_eq!(ratio(&all, "coverage.mutation_score"), Some((2, 5)), "no test judged the one with the error, whatever PIT says");
    assert_eq!(codes(&all), [("mutation-without-judgement", Some(9))]);
    assert_eq!(all.rows("coverage.mutant")[0].subject(), "p/q/A.java:2: M in <init> 0");
    // Two runs: what either noticed is noticed.
    let again = evidence(&[pit(&report).as_bytes(), pit(&one("KILLED", 2, 4)).as_bytes()]);
    assert_eq!(ratio(&again, "coverage.mutation_score"), Some((3, 5)));
    let others = pit("<mutation detected='false'><sourceFilePath>src/a.cpp</sourceFilePath><lineNumber>x</lineNumber></mutation>
        <mutation detected='true'><mutatedClass>p.C</mutatedClass></mutation>");
    let all = evidence(&[others.as_bytes()]);
    assert_eq!((ratio(&all, "coverage.mutation_score"), codes(&all)), (Some((1, 2)), vec![("mutation-without-file", Some(4))]));
    is_error_when_cut(&pit(&one("KILLED", 2, 4)));
}
