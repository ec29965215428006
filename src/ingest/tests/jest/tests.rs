use crate::evidence::Evidence;
use crate::ingest::testing::{problems, read};
use crate::ingest::tests::testing::{counts, texts};
use std::collections::BTreeMap;

fn evidence(document: &str) -> Evidence {
    read("tests", &[("report.json", document.as_bytes())], &BTreeMap::new())
}

fn report(head: &str, files: &[String]) -> Evidence {
    evidence(&format!(
        "{{\"numTotalTests\": {}, \"numTotalTestSuites\": 1, {head} \"startTime\": 1771322400000, \"testResults\": [{}]}}",
        files.iter().map(|file| file.matches("title").count()).sum::<usize>(),
        files.join(",")
    ))
}

fn file(status: &str, tests: &[&str]) -> String {
    let tests: Vec<String> = tests.iter().map(|test| format!("{{\"title\": \"x\", {test}}}")).collect();
    format!(
        "{{\"name\": \"C:\\\\shop\\\\a.test.js\", \"status\": \"{status}\", \"message\": \"  ● Test suite failed to run\\n\\n  boom\\n\", \"assertionResults\": [{}]}}",
        tests.join(",")
    )
}

const JEST: &str = "\"numRuntimeErrorTestSuites\": 0,";

#[test]
fn every_status_is_known_and_no_other() {
    let words = ["passed", "failed", "skipped", "pending", "todo", "disabled"].map(|word| format!("\"status\": \"{word}\""));
    let tests = words.each_ref().map(String::as_str);
    let jest = report(JEST, &[file("failed", &tests)]);
    assert_eq!((counts(&jest), problems(&jest)), ([6, 1, 1, 0, 4, 0], vec![]));
    assert_eq!((texts(&jest, "id")[0], texts(&jest, "file")[0]), ("a.test.js::x", "C:/shop/a.test.js"));
    let vitest = report("", &[file("failed", &tests)]);
    assert_eq!(counts(&vitest), [6, 1, 1, 1, 3, 0], "pending in Vitest never ran");
    let odd = report(JEST, &[file("passed", &["\"status\": \"success\""])]);
    assert!(problems(&odd)[0].starts_with("error undecodable:1:"), "{:?}", problems(&odd));
}

#[test]
fn a_file_that_failed_as_a_whole_is_an_error() {
    let empty = report("\"success\": false, \"numRuntimeErrorTestSuites\": 1,", &[file("failed", &[])]);
    assert_eq!((counts(&empty), problems(&empty)), ([1, 0, 0, 1, 0, 0], vec![]));
    assert_eq!((texts(&empty, "id"), texts(&empty, "message")), (vec!["a.test.js::(file)"], vec!["boom"]));
    let tidy = report(JEST, &[file("failed", &["\"status\": \"passed\""])]);
    assert_eq!(counts(&tidy), [2, 1, 0, 1, 0, 0], "its clean-up failed");
    assert_eq!(counts(&report(JEST, &[file("failed", &["\"status\": \"failed\""])])), [1, 0, 1, 0, 0, 0]);
    let lost = report("\"numRuntimeErrorTestSuites\": 2,", &[file("failed", &[])]);
    assert!(problems(&lost)[0].starts_with("error declared-totals-differ at /numRuntimeErrorTestSuites: "));
}

#[test]
fn retries_are_attempts() {
    let all = report(
        JEST,
        &[file(
            "passed",
            &[
                "\"status\": \"passed\", \"invocations\": 3",
                "\"status\": \"passed\", \"failureMessages\": [\"one\", \"two\"]",
                "\"status\": \"passed\", \"failureMessages\": [], \"duration\": 5",
            ],
        )],
    );
    let attempts: Vec<_> = all.rows("tests.case").iter().filter_map(|case| case.count("attempts")).collect();
    assert_eq!((counts(&all), attempts), ([3, 3, 0, 0, 0, 2], vec![3, 3, 1]));
    let failed =
        report(JEST, &[file("failed", &["\"status\": \"failed\", \"failureMessages\": [null, \"one\\nmore\"], \"invocations\": 2"])]);
    assert_eq!((failed.rows("tests.case")[0].count("attempts"), texts(&failed, "message")), (Some(2), vec!["one"]));
}

#[test]
fn totals_are_compared_with_the_tests() {
    let with =
        |head: &str| problems(&report(&format!("{JEST} {head},"), &[file("failed", &["\"status\": \"failed\"", "\"status\": \"todo\""])]));
    assert!(with("\"numFailedTests\": 1, \"numPassedTests\": 0, \"numPendingTests\": 0, \"numTodoTests\": 1").is_empty());
    assert!(with("\"numFailedTests\": 0, \"numPassedTests\": 1")[0].starts_with("error declared-totals-differ: "));
    assert!(with("\"numPassedTests\": 1")[0].starts_with("warning declared-totals-differ: "));
    let rows = evidence("{\"numTotalTests\": 3, \"numTotalTestSuites\": 1, \"testResults\": []}");
    assert!(problems(&rows)[0].starts_with("error declared-totals-differ: the file states 3 tests, and lists 0 tests"));
}

#[test]
fn a_run_that_did_not_end_well_is_no_evidence() {
    let ended = |head: &str| problems(&report(&format!("{JEST} {head},"), &[file("passed", &["\"status\": \"passed\""])]));
    assert_eq!(
        ended("\"wasInterrupted\": true"),
        ["error unfinished-run at /wasInterrupted: the run was interrupted before all of its tests ended"]
    );
    assert_eq!(
        ended("\"success\": false"),
        ["error unexplained-failure at /success: Jest says that the run failed, and no test in it did"]
    );
    assert!(ended("\"success\": true, \"wasInterrupted\": false").is_empty());
    assert_eq!(
        problems(&evidence("{\"numTotalTests\": 0, \"numTotalTestSuites\": 0}")),
        ["error unfinished-run: the report has no list of results"]
    );
}
