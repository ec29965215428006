//! coverage.py's JSON.

use super::*;

fn report(file: &str, totals: &str) -> String {
    format!(
        r#"{{"meta": {{"version": "7.6", "timestamp": "2026-02-17T08:00:00.5", "branch_coverage": true, "show_contexts": false}}, "files": {{"src\\a.py": {file}}}, "totals": {totals}}}"#
    )
}

fn of(file: &str) -> Evidence {
    evidence(&[report(file, "{}").as_bytes()])
}

#[test]
fn lines_and_arcs_are_counted() {
    let file = r#"{"executed_lines": [1, 2, 5, 9], "missing_lines": [7], "excluded_lines": [9], "summary": {},
        "executed_branches": [[2, 5], [5, -1]], "missing_branches": [[2, 7]], "contexts": {"1": [""]},
        "functions": {"": {"executed_lines": [1]}, "A.f": {"executed_lines": [2, 5], "missing_lines": [7]}, "g": {"missing_lines": [7]}, "h": {}}}"#;
    let all = of(file);
    assert_eq!((ratio(&all, "coverage.line"), ratio(&all, "coverage.branch")), (Some((3, 4)), Some((2, 3))));
    assert_eq!(ratio(&all, "coverage.function"), Some((1, 2)));
    assert_eq!(all.rows("coverage.file")[0].subject(), "src/a.py");
    assert_eq!(all.sources[0].collected_at.map(|at| at.to_string()).as_deref(), Some("2026-02-17T08:00:00.500Z"));
    assert!(all.problems.is_empty(), "{:?}", all.problems);
}

#[test]
fn two_shards_cover_together_what_each_took() {
    let shard = |taken: &str, missing: &str| {
        report(&format!(r#"{{"executed_lines": [2], "executed_branches": [{taken}], "missing_branches": [{missing}]}}"#), "{}")
    };
    let all = evidence(&[shard("[2, 5]", "[2, 7]").as_bytes(), shard("[2, 7]", "[2, 5]").as_bytes()]);
    assert_eq!(ratio(&all, "coverage.branch"), Some((2, 2)));
    assert!(all.problems.is_empty());
}

#[test]
fn exits_that_nobody_need_take_are_believed_within_bounds() {
    let file = |summary: &str| {
        let file =
            format!(r#"{{"executed_lines": [2], "summary": {{{summary}}}, "executed_branches": [[2, 5]], "missing_branches": [[2, 7]]}}"#);
        ratio(&of(&file), "coverage.branch")
    };
    assert_eq!(file(r#""num_branches": 4, "covered_branches": 3"#), Some((3, 4)));
    assert_eq!(file(r#""num_branches": 4, "covered_branches": 4"#), Some((1, 2)));
    assert_eq!(file(r#""num_branches": 400, "covered_branches": 399"#), Some((1, 2)));
    assert_eq!(file(r#""num_branches": 1, "covered_branches": 1"#), Some((1, 2)));
}

#[test]
fn docstrings_are_no_statements() {
    let all = of(r#"{"executed_lines": [1, 3, 4], "missing_lines": [6], "summary": {"covered_lines": 2, "num_statements": 3}}"#);
    assert_eq!(ratio(&all, "coverage.line"), Some((2, 3)));
    assert_eq!(codes(&all), [("docstrings-among-lines", None)]);
    let inconsistent = of(r#"{"executed_lines": [1, 3, 4], "missing_lines": [6], "summary": {"covered_lines": 2, "num_statements": 9}}"#);
    assert_eq!(ratio(&inconsistent, "coverage.line"), Some((3, 4)));
}

#[test]
fn what_is_odd_is_told_and_declared_totals_are_compared() {
    let file = r#"{"executed_lines": [1, 0, -3, "x", null, 2.0], "missing_lines": [1e30]}"#;
    let all =
        evidence(&[report(file, r#"{"covered_lines": 2, "num_statements": 4, "num_branches": 2, "covered_branches": 1}"#).as_bytes()]);
    assert_eq!(ratio(&all, "coverage.line"), Some((2, 2)));
    let said: Vec<String> = all.problems.iter().map(|problem| format!("{}{}", problem.code, problem.at)).collect();
    assert_eq!(
        said,
        [
            "declared-totals-differ at /totals",
            "declared-totals-differ at /totals",
            "line-without-number at /files/src\\a.py/executed_lines"
        ]
    );
}

#[test]
fn a_report_cut_or_given_twice_is_an_error() {
    let file = r#"{"executed_lines": [1], "missing_lines": [2]}"#;
    is_error_when_cut(&report(file, r#"{"covered_lines": 1, "num_statements": 2}"#));
    let twice = format!("{{\"files\": {{\"a.py\": {file},\n \"a.py\": {file}}}}}");
    let all = evidence(&[twice.as_bytes()]);
    assert_eq!(codes(&all), [("undecodable", Some(2))]);
    assert_eq!(all.problems[0].message, "the key `a.py` is given twice");
    assert!(evidence(&[format!("{} {{}}", report(file, "{}")).as_bytes()]).gap().is_some());
}

#[test]
fn utf_16_is_named() {
    let bytes: Vec<u8> = format!("\u{feff}{}", report("{}", "{}")).encode_utf16().flat_map(u16::to_le_bytes).collect();
    let all = evidence(&[&bytes]);
    assert!(all.problems[0].message.contains("JSON in UTF-16"), "{:?}", all.problems);
    let marked = format!("\u{feff}{}", report(r#"{"executed_lines": [1]}"#, "{}"));
    assert_eq!(ratio(&evidence(&[marked.as_bytes()]), "coverage.line"), Some((1, 1)));
}
