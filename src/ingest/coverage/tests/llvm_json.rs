//! llvm-cov's JSON.

use super::*;

const SUMMARY: &str =
    r#"{"lines": {"count": 18, "covered": 10}, "branches": {"count": 22, "covered": 8}, "functions": {"count": 3, "covered": 2}}"#;

fn export(files: &str, more: &str) -> String {
    format!(r#"{{"data": [{{"files": [{files}]{more}, "totals": {SUMMARY}}}], "type": "llvm.coverage.json.export", "version": "2.0.1"}}"#)
}

/// The line coverage of a file with these segments.
fn of(segments: &str) -> Option<(u64, u64)> {
    let file = format!(r#"{{"filename": "a.c", "segments": [{segments}], "summary": {{}}}}"#);
    ratio(&evidence(&[export(&file, "").as_bytes()]), "coverage.line")
}

#[test]
fn lines_follow_from_segments() {
    for (segments, expected) in [
        // A function over lines 1 to 4, with a block of its own in line 2 that never ran.
        ("[1, 10, 1, true, true], [2, 5, 0, true, true], [2, 9, 1, true, false], [4, 2, 0, false, false]", (4, 4)),
        (
            "[1, 10, 1, true, true, false], [3, 1, 0, true, true, false], [5, 1, 1, true, false, false], [6, 2, 0, false, false, false]",
            (4, 6),
        ),
        // What the preprocessor left out is no code.
        (
            "[1, 1, 2, true, true, false], [2, 1, 0, false, true, false], [4, 1, 2, true, false, false], [5, 1, 0, false, false, false]",
            (2, 2),
        ),
        // A gap does not make the line that it begins on run.
        ("[1, 1, 0, true, true, false], [1, 9, 5, true, true, true], [2, 2, 0, false, false, false]", (1, 2)),
        // Early versions write 0 and 1.
        ("[1, 1, 0, 1, 1], [3, 2, 0, 0, 0]", (0, 3)),
        ("", (0, 0)),
    ] {
        assert_eq!(of(segments), Some(expected), "{segments}");
    }
}

#[test]
fn branches_and_functions_are_told_apart_by_place() {
    let file = r#"{"filename": "/p/a.c", "segments": [[1, 1, 1, true, true, false], [3, 2, 0, false, false, false]],
        "branches": [[2, 3, 2, 9, 1, 0, 0, 0, 4], [2, 3, 2, 9, 0, 5, 0, 0, 4], [2, 12, 2, 15, 0, 0, 0, 0, 4]]}"#;
    let functions = r#", "functions": [{"name": "_Z1fIiE", "count": 0, "filenames": ["/p/a.c"], "regions": [[1, 1, 3, 2, 0, 0, 0, 0]]},
        {"name": "_Z1fIdE", "count": 2, "filenames": ["/p/a.c"], "regions": [[1, 1, 3, 2, 2, 0, 0, 0]]},
        {"name": "left out", "count": 2, "filenames": ["/p/other.c"], "regions": [[1, 1, 3, 2, 2, 0, 0, 0]]}]"#;
    let all = evidence(&[export(file, functions).as_bytes()]);
    assert_eq!((ratio(&all, "coverage.branch"), ratio(&all, "coverage.function")), (Some((2, 4)), Some((1, 1))));
    assert_eq!(all.problems.iter().filter(|problem| problem.code == "declared-totals-differ").count(), 3);
    is_error_when_cut(&export(file, functions));
}

#[test]
fn a_summary_is_taken_at_its_word() {
    let all = evidence(&[export(&format!(r#"{{"filename": "a.rs", "summary": {SUMMARY}}}"#), "").as_bytes()]);
    assert_eq!((ratio(&all, "coverage.line"), ratio(&all, "coverage.branch")), (Some((10, 18)), Some((8, 22))));
    assert_eq!((ratio(&all, "coverage.function"), all.problems.len()), (Some((2, 3)), 0));
}

#[test]
fn few_bytes_cannot_name_lines_without_end() {
    let file = r#"{"filename": "a.c", "segments": [[1, 1, 1, true, true, false], [4000000000, 1, 0, false, false, false]]}"#;
    assert_eq!(codes(&evidence(&[export(file, "").as_bytes()])), [("too-many-lines", None)]);
    let backwards = r#"{"filename": "a.c", "segments": [[5, 1, 1, true, true, false], [2, 1, 0, false, false, false], [0, 1, 1], ["x"]]}"#;
    let all = evidence(&[export(backwards, "").as_bytes()]);
    assert!(codes(&all).contains(&("segments-out-of-order", None)), "{:?}", all.problems);
}
