use crate::evidence::Evidence;
use crate::ingest::testing::{problems, read};
use crate::ingest::tests::testing::{counts, texts};
use std::collections::BTreeMap;

fn evidence(document: &str) -> Evidence {
    read("tests", &[("ctrf.json", document.as_bytes())], &BTreeMap::new())
}

fn results(summary: &str, tests: &[&str]) -> Evidence {
    evidence(&document(summary, tests))
}

fn document(summary: &str, tests: &[&str]) -> String {
    let tests: Vec<String> = tests.iter().map(|test| format!("{{\"duration\": 5, {test}}}")).collect();
    format!("{{\"results\": {{\"tool\": {{\"name\": \"t\"}}, \"summary\": {{{summary}}},\n\"tests\": [{}]}}}}", tests.join(", "))
}

#[test]
fn every_status_of_ctrf_is_known_and_no_other() {
    let words = ["passed", "failed", "skipped", "pending", "other"];
    let tests: Vec<String> = words.iter().map(|word| format!("\"name\": \"{word}\", \"status\": \"{word}\"")).collect();
    let all = results("", &tests.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((counts(&all), problems(&all)), ([5, 1, 1, 1, 2, 0], vec![]));
    let to_do = results(
        "",
        &[
            "\"name\": \"a\", \"status\": \"other\", \"rawStatus\": \"todo\"",
            "\"name\": \"b\", \"status\": \"other\", \"rawStatus\": \"timedOut\"",
        ],
    );
    assert_eq!((counts(&to_do), texts(&to_do, "message")), ([2, 0, 0, 1, 1, 0], vec!["-", "timedOut"]));
    let odd = results("", &["\"name\": \"a\", \"status\": \"Passed\""]);
    assert_eq!(
        problems(&odd),
        ["error undecodable:2:57: unknown variant `Passed`, expected one of `passed`, `failed`, `skipped`, `pending`, `other`"]
    );
    assert!(results("", &["\"name\": \"a\""]).gap().is_some(), "a test without a status");
}

#[test]
fn retries_and_flakiness_are_attempts() {
    let all = results(
        "",
        &[
            "\"name\": \"a\", \"status\": \"passed\", \"retries\": 2, \"flaky\": true",
            "\"name\": \"b\", \"status\": \"passed\", \"flaky\": true",
            "\"name\": \"c\", \"status\": \"failed\", \"retries\": 3",
            "\"name\": \"d\", \"status\": \"passed\", \"retries\": null, \"flaky\": null",
            "\"name\": \"e\", \"status\": \"passed\", \"retries\": 18446744073709551615",
        ],
    );
    assert_eq!(counts(&all), [5, 4, 1, 0, 0, 3]);
    let attempts: Vec<_> = all.rows("tests.case").iter().filter_map(|case| case.count("attempts")).collect();
    assert_eq!(attempts, [3, 2, 4, 1, u64::MAX]);
}

#[test]
fn the_summary_is_compared_with_the_tests() {
    let tests =
        ["\"name\": \"a\", \"status\": \"failed\"", "\"name\": \"b\", \"status\": \"other\"", "\"name\": \"c\", \"status\": \"pending\""];
    let with = |summary: &str| problems(&results(summary, &tests));
    assert!(with("\"tests\": 3, \"passed\": 0, \"failed\": 1, \"skipped\": 0, \"pending\": 1, \"other\": 1").is_empty());
    assert!(with("\"tests\": 3, \"failed\": 0, \"other\": 1")[0].starts_with("error declared-totals-differ at /results/summary: "));
    assert!(with("\"tests\": 9, \"failed\": 1, \"other\": 1")[0].starts_with("error declared-totals-differ"));
    assert!(with("\"tests\": 2, \"failed\": 1, \"other\": 1")[0].starts_with("warning declared-totals-differ"));
}

#[test]
fn a_report_without_results_is_no_evidence() {
    for document in
        ["{\"reportFormat\": \"CTRF\", \"specVersion\": \"1.0.0\"}", "{\"results\": {\"tool\": {\"name\": \"t\"}, \"summary\": {}}}"]
    {
        assert_eq!(problems(&evidence(document)), ["error unfinished-run: the report has no list of tests"], "{document}");
    }
    assert!(problems(&results("\"tests\": 0", &[]))[0].starts_with("warning empty"));
    let whole = document("", &["\"name\": \"a\", \"status\": \"passed\""]);
    for end in 0..whole.len() {
        assert!(evidence(&whole[..end]).gap().is_some(), "{end}");
    }
}
