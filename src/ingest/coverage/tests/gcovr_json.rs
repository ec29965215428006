//! gcovr's JSON.

use super::*;

fn report(lines: &str, more: &str) -> String {
    format!(r#"{{"gcovr/format_version": "0.15", "files": [{{"file": "src/a.cpp", "lines": [{lines}]{more}}}]}}"#)
}

#[test]
fn a_line_counts_once_and_what_is_marked_not_at_all() {
    let lines = r#"{"line_number": 3, "function_name": "f<int>", "count": 0, "branches": [{"branchno": 0, "count": 0, "fallthrough": true, "throw": false, "source_block_id": 2}]},
        {"line_number": 3, "function_name": "f<double>", "count": 4, "branches": [{"branchno": 0, "count": 2, "source_block_id": 2}, {"branchno": 1, "count": 0}]},
        {"line_number": 4, "count": 0, "branches": [], "gcovr/excluded": true}, {"line_number": 5, "count": 1, "branches": [], "gcovr/noncode": true},
        {"line_number": 6, "count": 0, "branches": [{"count": 1}, {"count": 0}, {"count": 9, "gcovr/excluded": true}]}"#;
    let functions = r#", "functions": [{"name": "f", "lineno": 3, "execution_count": 1}, {"demangled_name": "g()", "lineno": 6, "execution_count": 0},
        {"name": "h", "lineno": 9, "execution_count": 1, "gcovr/excluded": true}]"#;
    let all = evidence(&[report(lines, functions).as_bytes()]);
    assert_eq!((ratio(&all, "coverage.line"), ratio(&all, "coverage.branch")), (Some((1, 2)), Some((2, 4))));
    assert_eq!((ratio(&all, "coverage.function"), all.problems.len()), (Some((1, 2)), 0));
    is_error_when_cut(&report(lines, functions));
}

#[test]
fn a_summary_gives_totals_and_is_compared_with_its_own() {
    let summary = |covered: u64| {
        format!(
            r#"{{"root": ".", "gcovr/summary_format_version": "0.6", "files": [{{"filename": "a.c", "line_total": 4, "line_covered": 3,
            "branch_total": 0, "branch_covered": 0, "branch_percent": null, "function_total": 2, "function_covered": 1}}], "line_total": 4, "line_covered": {covered}}}"#
        )
    };
    let all = evidence(&[summary(3).as_bytes()]);
    assert_eq!((ratio(&all, "coverage.line"), ratio(&all, "coverage.branch")), (Some((3, 4)), None));
    assert_eq!((ratio(&all, "coverage.function"), all.problems.len()), (Some((1, 2)), 0));
    assert_eq!(codes(&evidence(&[summary(4).as_bytes()])), [("declared-totals-differ", None)]);
}

#[test]
fn what_is_odd_has_its_place() {
    let lines =
        r#"{"line_number": 0, "count": 1}, {"line_number": 2, "count": -1}, {"line_number": 3, "count": 1, "branches": [{"count": -4}]}"#;
    let all = evidence(&[report(lines, "").as_bytes()]);
    assert_eq!((ratio(&all, "coverage.line"), ratio(&all, "coverage.branch")), (Some((1, 2)), Some((0, 1))));
    let said: Vec<String> = all.problems.iter().map(|problem| format!("{}{}", problem.code, problem.at)).collect();
    assert_eq!(said, ["hits-not-a-count at /files/0/lines/1", "line-without-number at /files/0/lines/0"]);
}
