use crate::evidence::Evidence;
use crate::ingest::testing::{problems, read};
use crate::ingest::tests::testing::{counts, texts};
use std::collections::BTreeMap;

fn evidence(document: &str) -> Evidence {
    read("tests", &[("report.json", document.as_bytes())], &BTreeMap::new())
}

/// A report of which each list is given by the titles in it.
fn report(stats: &str, tests: &[&str], pending: &[&str], failures: &[&str], passes: &[&str]) -> Evidence {
    let list = |titles: &[&str]| {
        let tests: Vec<String> = titles
            .iter()
            .map(|title| {
                format!(
                    "{{\"title\": \"{title}\", \"fullTitle\": \"shop {title}\", \"currentRetry\": 0, \"err\": {{\"message\": \"boom\"}}}}"
                )
            })
            .collect();
        tests.join(",")
    };
    let [tests, pending, failures, passes] = [tests, pending, failures, passes].map(list);
    evidence(&format!(
        "{{\"stats\": {{\"suites\": 1, \"start\": \"2026-02-17T10:00:00Z\", {stats}}}, \"tests\": [{tests}], \"pending\": [{pending}], \"failures\": [{failures}], \"passes\": [{passes}]}}"
    ))
}

fn stats(tests: u64, passes: u64, pending: u64, failures: u64) -> String {
    format!("\"tests\": {tests}, \"passes\": {passes}, \"pending\": {pending}, \"failures\": {failures}, \"end\": \"2026-02-17T10:00:01Z\"")
}

#[test]
fn a_failure_that_is_no_test_is_a_hook() {
    let all = report(&stats(3, 1, 1, 2), &["a", "b", "c"], &["b"], &["c", "hook"], &["a"]);
    assert_eq!((counts(&all), problems(&all)), ([4, 1, 1, 1, 1, 0], vec![]));
    assert_eq!(texts(&all, "id"), ["shop::b", "shop::c", "shop::hook", "shop::a"]);
    assert_eq!(all.sources[0].collected_at.map(|at| at.to_string()).as_deref(), Some("2026-02-17T10:00:01Z"));
}

#[test]
fn a_test_that_no_list_knows_is_an_error() {
    let all = report(&stats(2, 1, 0, 0), &["a", "b"], &[], &[], &["a"]);
    assert_eq!((counts(&all), texts(&all, "message")[1]), ([2, 1, 0, 1, 0, 0], "the report does not say what became of it"));
    let both = report(&stats(1, 1, 0, 1), &["a"], &[], &["a"], &["a"]);
    assert_eq!(counts(&both), [2, 1, 1, 0, 0, 0], "done twice: its pass does not hide its failure");
}

#[test]
fn retries_are_attempts() {
    let test = "{\"title\": \"a\", \"fullTitle\": \"a\", \"currentRetry\": 2, \"duration\": 7, \"err\": {\"message\": {\"code\": 7}}}";
    let all = evidence(&format!("{{\"stats\": {{\"suites\": 0, {}}}, \"tests\": [{test}], \"passes\": [{test}]}}", stats(1, 1, 0, 0)));
    assert_eq!(counts(&all), [1, 1, 0, 0, 0, 1]);
    assert_eq!((all.rows("tests.case")[0].count("attempts"), all.rows("tests.case")[0].number("duration")), (Some(3), Some(7.0)));
}

#[test]
fn statistics_are_compared_with_the_lists() {
    let with = |stats: &str| problems(&report(stats, &["a"], &[], &["a"], &[]));
    assert!(with(&stats(1, 0, 0, 1)).is_empty());
    assert!(with(&stats(1, 1, 0, 0))[0].starts_with("error declared-totals-differ at /stats: "));
    assert_eq!(with(&stats(2, 0, 0, 1)), ["error declared-totals-differ at /stats: the file states 2 tests, and lists 1"]);
    assert!(with(&stats(1, 2, 0, 1))[0].starts_with("warning declared-totals-differ"));
    let open = "\"tests\": 1, \"passes\": 0, \"pending\": 0, \"failures\": 1";
    assert_eq!(with(open), ["error unfinished-run at /stats: the report does not say when the run ended"]);
    let bare = evidence(&format!("{{\"stats\": {{\"suites\": 1, {}}}}}", stats(3, 3, 0, 0)));
    assert!(bare.gap().is_some(), "statistics without tests");
}
