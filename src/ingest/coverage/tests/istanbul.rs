//! Istanbul's JSON.

use super::*;

const FILE: &str = r#"{"path": "src/a.js", "statementMap": {
    "0": {"start": {"line": 1, "column": 0}, "end": {"line": 1, "column": 9}}, "1": {"start": {"line": 1, "column": 10}, "end": {"line": 3, "column": 1}},
    "2": {"start": {"line": 4, "column": 0}, "end": {"line": 4, "column": null}}, "3": {"start": {"line": 4, "column": 0}, "end": {"line": 4, "column": null}}},
    "fnMap": {"0": {"name": "f", "decl": {"start": {"line": 1, "column": 0}, "end": {}}}, "1": {"name": "g", "line": 4}},
    "branchMap": {"0": {"loc": {"start": {"line": 1, "column": 0}}, "type": "if", "locations": [{"start": {"line": 1}}, {"start": {}}]},
        "1": {"type": "if", "line": 4, "locations": [{}, {}]}, "2": {"type": "if", "line": 4, "locations": [{}, {}]}},
    "s": {"0": 0, "1": 7, "2": 0, "3": 0, "4": 1}, "f": {"0": 1, "1": 0}, "b": {"0": [ARMS], "1": [1, 0], "2": [0, 0]},
    "inputSourceMap": {"version": 3}}"#;

fn report(arms: &str) -> String {
    format!("{{\"/abs/a.js\": {}}}", FILE.replace("ARMS", arms))
}

#[test]
fn lines_are_where_statements_begin() {
    let all = evidence(&[report("1, 0").as_bytes()]);
    assert_eq!(ratio(&all, "coverage.line"), Some((1, 2)));
    assert_eq!(ratio(&all, "coverage.statement"), Some((2, 5)), "two in one place are two, and one without a place counts");
    assert_eq!((ratio(&all, "coverage.function"), ratio(&all, "coverage.branch")), (Some((1, 2)), Some((2, 6))));
    assert_eq!(all.rows("coverage.file")[0].subject(), "src/a.js");
    assert!(all.problems.is_empty(), "{:?}", all.problems);
}

#[test]
fn shards_unite_arm_by_arm() {
    let all = evidence(&[report("1, 0").as_bytes(), report("0, 2").as_bytes()]);
    assert_eq!((ratio(&all, "coverage.branch"), ratio(&all, "coverage.statement")), (Some((3, 6)), Some((2, 5))));
    assert!(all.problems.is_empty(), "{:?}", all.problems);
}

#[test]
fn a_summary_gives_totals_and_is_compared_with_its_own() {
    let count = |covered: u64, total: u64| format!(r#"{{"total": {total}, "covered": {covered}, "skipped": 0, "pct": "Unknown"}}"#);
    let entry = |lines: &str| format!(r#"{{"lines": {lines}, "statements": {0}, "functions": {0}, "branches": {0}}}"#, count(0, 0));
    let summary =
        |total: &str| format!("{{\"total\": {}, \"a.js\": {}, \"b.js\": {}}}", entry(total), entry(&count(3, 4)), entry(&count(0, 0)));
    let all = evidence(&[summary(&count(3, 4)).as_bytes()]);
    assert_eq!((ratio(&all, "coverage.line"), ratio(&all, "coverage.branch")), (Some((3, 4)), None));
    assert_eq!((all.rows("coverage.file").len(), all.problems.len()), (2, 0));
    assert_eq!(codes(&evidence(&[summary(&count(4, 4)).as_bytes()])), [("declared-totals-differ", None)]);
    is_error_when_cut(&summary(&count(3, 4)));
}

#[test]
fn hits_that_are_no_count_did_not_happen() {
    let all = evidence(&[report("-1, \"x\"").as_bytes()]);
    assert_eq!(ratio(&all, "coverage.branch"), Some((1, 6)));
    assert_eq!(codes(&all), [("hits-not-a-count", None)]);
    let null = evidence(&[report("null, 1e300").as_bytes()]);
    assert_eq!((ratio(&null, "coverage.branch"), null.problems.len()), (Some((2, 6)), 0));
}

#[test]
fn a_file_may_be_wrapped_and_hold_nothing() {
    let wrapped = format!("{{\"a.js\": {{\"data\": {}}}}}", FILE.replace("ARMS", "1"));
    assert_eq!(ratio(&evidence(&[wrapped.as_bytes()]), "coverage.line"), Some((1, 2)));
    let empty = evidence(&[br#"{"a.js": {"path": "a.js", "statementMap": {}, "fnMap": {}, "branchMap": {}, "s": {}, "f": {}, "b": {}}}"#]);
    assert_eq!(codes(&empty), [("empty", None)]);
    let nulls = r#"{"a.js": {"path": null, "statementMap": {"0": null, "1": {"start": {"line": 2, "column": null}, "end": null}}, "fnMap": null,
        "branchMap": {"0": {"loc": null, "locations": [null], "type": null}}, "s": {"0": 1, "1": 1}, "f": null, "b": {"0": null, "1": [1]}}}"#;
    let all = evidence(&[nulls.as_bytes()]);
    assert_eq!((ratio(&all, "coverage.line"), ratio(&all, "coverage.branch"), all.problems.len()), (Some((1, 1)), Some((1, 1)), 0));
    assert!(evidence(&[b"{}"]).gap().is_some());
    is_error_when_cut(&report("1"));
}
