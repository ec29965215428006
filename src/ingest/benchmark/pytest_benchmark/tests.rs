#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::ingest::benchmark::testing::{figures, read};
use crate::ingest::testing::problems;

#[test]
fn time_commit_and_machine_are_the_files() {
    let evidence = read(
        r#"{"machine_info":{"node":"host-7","system":"Linux","machine":"x86_64","cpu":{"brand_raw":"EPYC","count":4}},
        "commit_info":{"id":"abc1234","dirty":true},"datetime":"2026-02-10T10:00:00.5+00:00","version":"5.1.0",
        "benchmarks":[{"name":"t[1]","fullname":"a.py::t[1]","stats":{"median":2e-3,"mean":3e-3,"data":[1e-3,2e-3,6e-3]}},
        {"name":"u","fullname":null,"stats":{"mean":3e-3}}]}"#,
    );
    assert_eq!(
        figures(&evidence),
        [
            "a.py::t[1] time Linux x86_64, EPYC, 4 CPUs 0.002 s lower [0.001, 0.002, 0.006]",
            "u time Linux x86_64, EPYC, 4 CPUs 0.003 s lower"
        ]
    );
    assert_eq!(problems(&evidence), ["note dirty at /commit_info/dirty: the code differs from the commit that is named"]);
    let source = &evidence.sources[0];
    assert_eq!(
        (source.commit.as_deref(), source.collected_at.unwrap().to_string().as_str()),
        (Some("abc1234"), "2026-02-10T10:00:00.500Z")
    );
}

#[test]
fn a_test_that_failed_and_a_file_without_tests_are_told() {
    let evidence = read(
        r#"{"benchmarks":[{"fullname":"a","stats":{"median":1}},{"fullname":"b","stats":null},{"fullname":"c","stats":{"median":Infinity}}]}"#,
    );
    assert_eq!(figures(&evidence), ["a time 1 s lower"]);
    assert_eq!(
        problems(&evidence),
        [
            "warning failed at /benchmarks/1: b failed, and has no value",
            "warning not-a-number at /benchmarks/2: c time has no value in this run"
        ]
    );
    let none = read(r#"{"machine_info":{},"commit_info":{},"benchmarks":[]}"#);
    assert_eq!(problems(&none), ["warning empty: the file holds nothing for benchmark to judge"]);
    assert!(none.metrics.is_empty());
}
