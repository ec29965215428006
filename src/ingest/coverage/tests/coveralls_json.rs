//! Coveralls' JSON.

use super::*;

#[test]
fn lines_branches_commit_and_time_are_read() {
    let job = r#"{"service_name": "x", "repo_token": "secret", "run_at": "2026-02-17 08:00:00 UTC", "git": {"head": {"id": "b4016333deb8e0c1cab05eb1d3899fdfcfb5eb12"}},
        "source_files": [{"name": ".\\a.ex", "source": "x", "coverage": [null, 1, 0, null, "2", 1.0], "branches": [2, 0, 0, 1, 2, 0, 1, 0, 9, 0, 0, null]}]}"#;
    let all = evidence(&[job.as_bytes()]);
    assert_eq!((ratio(&all, "coverage.line"), ratio(&all, "coverage.branch")), (Some((3, 4)), Some((1, 3))));
    assert_eq!(all.sources[0].commit.as_deref(), Some("b4016333deb8e0c1cab05eb1d3899fdfcfb5eb12"));
    assert_eq!(all.sources[0].collected_at.map(|at| at.to_string()).as_deref(), Some("2026-02-17T08:00:00Z"));
    assert!(all.problems.is_empty(), "{:?}", all.problems);
    is_error_when_cut(job);
}

#[test]
fn what_is_odd_has_its_place() {
    let job = r#"{"commit_sha": "HEAD", "run_at": null, "git": null, "source_files": [{"name": "a", "coverage": [1, -1, []], "branches": [1, 0, 0]}, {"name": "b", "coverage": []}]}"#;
    let all = evidence(&[job.as_bytes()]);
    assert_eq!((ratio(&all, "coverage.line"), all.sources[0].commit.as_deref()), (Some((1, 3)), None));
    let said: Vec<String> = all.problems.iter().map(|problem| format!("{}{}", problem.code, problem.at)).collect();
    assert_eq!(said, ["branches-incomplete at /source_files/0/branches", "hits-not-a-count at /source_files/0/coverage/1"]);
    assert_eq!(codes(&evidence(&[br#"{"source_files": [], "git": {}}"#])), [("empty", None)]);
    assert!(evidence(&[br#"{"source_files": [{"coverage": [1]}], "git": {}}"#]).gap().is_some(), "a file without a name");
}
