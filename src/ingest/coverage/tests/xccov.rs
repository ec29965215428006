use super::{codes, evidence, is_error_when_cut, ratio};

const REPORT: &str = r#"{"coveredLines": 7, "lineCoverage": 0.7, "executableLines": 10, "targets": [
 {"buildProductPath": "/p/App.app/App", "coveredLines": 5, "executableLines": 8, "lineCoverage": 0.625, "name": "App.app", "files": [
  {"path": "/p/App/A.swift", "name": "A.swift", "coveredLines": 5, "executableLines": 8, "lineCoverage": 0.625, "functions": [
   {"name": "A.f()", "lineNumber": 3, "executionCount": 4, "coveredLines": 5, "executableLines": 5, "lineCoverage": 1},
   {"name": "A.g()", "lineNumber": 9, "executionCount": 0, "coveredLines": 0, "executableLines": 3, "lineCoverage": 0}]}]},
 {"buildProductPath": "/p/Tests.xctest/Tests", "coveredLines": 2, "executableLines": 2, "lineCoverage": 1, "name": "Tests.xctest", "files": [
  {"path": "/p/Tests/T.swift", "name": "T.swift", "coveredLines": 2, "executableLines": 2, "lineCoverage": 1, "functions": []}]}]}"#;

const ARCHIVE: &str = r#"{"/p/App/A.swift": [{"line": 1, "isExecutable": false},
 {"line": 2, "isExecutable": true, "executionCount": 4, "subranges": [{"column": 9, "executionCount": 0, "length": 3}]},
 {"line": 3, "isExecutable": true, "executionCount": 0}], "/p/App/Empty.swift": []}"#;

#[test]
fn a_report_gives_totals_of_files_and_their_functions() {
    let all = evidence(&[REPORT.as_bytes()]);
    assert_eq!((ratio(&all, "coverage.line"), ratio(&all, "coverage.function")), (Some((7, 10)), Some((1, 2))));
    assert_eq!(all.problems.len(), 0, "{:?}", all.problems);
    let packages: Vec<_> = all.rows("coverage.package").iter().map(|row| row.subject().to_owned()).collect();
    assert_eq!(packages, ["App.app", "Tests.xctest"]);
    is_error_when_cut(REPORT);
}

#[test]
fn an_archive_gives_lines() {
    let all = evidence(&[ARCHIVE.as_bytes()]);
    assert_eq!((ratio(&all, "coverage.line"), ratio(&all, "coverage.branch")), (Some((1, 2)), None));
    assert_eq!((all.rows("coverage.file").len(), all.problems.len()), (2, 0));
    is_error_when_cut(ARCHIVE);
    let both = evidence(&[REPORT.as_bytes(), ARCHIVE.as_bytes()]);
    assert_eq!(ratio(&both, "coverage.line"), Some((3, 4)), "lines where there are lines");
}

#[test]
fn a_file_of_two_targets_counts_once() {
    let file = r#"{"path": "/p/A.swift", "coveredLines": 1, "executableLines": 2, "functions": [{"name": "f()", "lineNumber": 1, "executionCount": 1}]}"#;
    let target = |name: &str| format!(r#"{{"name": "{name}", "coveredLines": 1, "executableLines": 2, "files": [{file}]}}"#);
    let report = format!(r#"{{"coveredLines": 3, "executableLines": 4, "targets": [{}, {}]}}"#, target("App"), target("Tests"));
    let all = evidence(&[report.as_bytes()]);
    assert_eq!((ratio(&all, "coverage.line"), ratio(&all, "coverage.function")), (Some((1, 2)), Some((1, 1))));
    assert_eq!(codes(&all), [("declared-totals-differ", None)]);
}

#[test]
fn targets_alone_count_as_they_say() {
    let list = r#"[{"name": "App", "buildProductPath": "/p/App", "coveredLines": 3, "executableLines": 4},
                   {"name": "Kit", "buildProductPath": "/p/Kit", "coveredLines": 9, "executableLines": 4, "files": []}]"#;
    let all = evidence(&[list.as_bytes()]);
    assert_eq!((ratio(&all, "coverage.line"), codes(&all)), (Some((3, 13)), vec![("more-covered-than-there-is", None)]));
    assert!(evidence(&[br#"{"coveredLines": 0, "executableLines": 0, "lineCoverage": 0, "targets": []}"#]).gap().is_some());
}

#[test]
fn what_cannot_be_counted_is_told() {
    let archive = r#"{"a.swift": [{"line": 0, "isExecutable": true, "executionCount": 1}, {"line": 2, "isExecutable": true},
                      {"line": 3, "isExecutable": true, "executionCount": -1}], " ": []}"#;
    let all = evidence(&[archive.as_bytes()]);
    assert_eq!(ratio(&all, "coverage.line"), Some((0, 2)));
    assert_eq!(codes(&all), [("file-without-name", None), ("hits-not-a-count", None), ("line-without-number", None)]);
    let report = r#"{"targets": [{"name": "App", "buildProductPath": "p", "files": [{"coveredLines": 1, "executableLines": 1},
                     {"path": "a", "coveredLines": 1, "executableLines": 1, "functions": [{"name": "f"}]}]}]}"#;
    let all = evidence(&[report.as_bytes()]);
    assert_eq!((ratio(&all, "coverage.line"), ratio(&all, "coverage.function")), (Some((1, 1)), Some((0, 1))));
    assert_eq!(codes(&all), [("file-without-name", None), ("hits-not-a-count", None)]);
}
