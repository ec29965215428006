//! coverlet's JSON.

use super::*;

fn module(name: &str, hits: u64, other: u64) -> String {
    format!(
        r#""{name}.dll": {{"C:\\src\\A.cs": {{"N.A": {{"System.Void N.A::F()": {{"Lines": {{"4": {hits}, "5": 0}},
        "Branches": [{{"Line": 4, "Offset": 1, "EndOffset": 3, "Path": 0, "Ordinal": 0, "Hits": {hits}}}, {{"Line": 4, "Offset": 1, "Path": 1, "Ordinal": 1, "Hits": {other}}}]}}}},
        "N.A/<G>d__1": {{"System.Boolean N.A/<G>d__1::MoveNext()": {{"Lines": {{"5": 0}}, "Branches": []}}}}}}}}"#
    )
}

#[test]
fn frameworks_and_classes_tell_of_the_same_lines() {
    let report = format!("{{{}, {}}}", module("net8", 2, 0), module("net48", 0, 1));
    let all = evidence(&[report.as_bytes()]);
    assert_eq!((ratio(&all, "coverage.line"), ratio(&all, "coverage.branch")), (Some((1, 2)), Some((2, 2))));
    assert_eq!(ratio(&all, "coverage.function"), Some((1, 2)));
    assert_eq!(all.rows("coverage.file")[0].subject(), "C:/src/A.cs");
    assert!(all.problems.is_empty(), "{:?}", all.problems);
    is_error_when_cut(&report);
}

#[test]
fn what_is_odd_has_its_place() {
    let report = r#"{"a.dll": {"b.cs": {"C": {"m": {"Lines": {"0": 1, "x": 1, "3": -1, "4": 1}}}}}}"#;
    let all = evidence(&[report.as_bytes()]);
    assert_eq!(ratio(&all, "coverage.line"), Some((1, 2)));
    let said: Vec<String> = all.problems.iter().map(|problem| format!("{}{}", problem.code, problem.at)).collect();
    assert_eq!(said, ["hits-not-a-count at /a.dll/b.cs/C/m", "line-without-number at /a.dll/b.cs/C/m"]);
}
