use crate::evidence::Evidence;
use crate::ingest::testing::{problems, read};
use crate::ingest::tests::testing::{counts, texts};
use std::collections::BTreeMap;

fn evidence(document: &str) -> Evidence {
    read("tests", &[("report.json", document.as_bytes())], &BTreeMap::new())
}

fn report(exit: &str, summary: &str, tests: &[String]) -> Evidence {
    evidence(&format!(
        "{{\"created\": 1771322400.5, \"exitcode\": {exit}, \"root\": \"/p\", \"summary\": {{{summary}}},\n\"collectors\": [], \"tests\": [{}]}}",
        tests.join(",")
    ))
}

fn test(outcome: &str, call: &str) -> String {
    let call = if call.is_empty() {
        String::new()
    } else {
        format!(", \"call\": {{\"duration\": 0.5, \"outcome\": \"{call}\", \"crash\": {{\"message\": \"boom\\nmore\"}}}}")
    };
    format!(
        "{{\"nodeid\": \"tests/a.py::TestX::test_y[a::b]\", \"outcome\": \"{outcome}\", \"setup\": {{\"duration\": 0.25, \"outcome\": \"passed\"}}{call}}}"
    )
}

#[test]
fn outcomes_are_those_of_pytest() {
    let tests = [
        ("passed", "passed"),
        ("failed", "failed"),
        ("error", "passed"),
        ("skipped", ""),
        ("xfailed", "skipped"),
        ("xpassed", "passed"),
        ("rerun", "passed"),
    ];
    let all = report(
        "1",
        "\"total\": 7, \"passed\": 1, \"failed\": 1, \"error\": 1, \"skipped\": 1, \"xfailed\": 1, \"xpassed\": 1, \"rerun\": 1",
        &tests.map(|(outcome, call)| test(outcome, call)),
    );
    assert_eq!((counts(&all), problems(&all)), ([7, 3, 1, 1, 2, 1], vec![]));
    assert_eq!(texts(&all, "id")[0], "tests/a.py::TestX::test_y[a::b]");
    assert_eq!((texts(&all, "file")[0], texts(&all, "message")[1]), ("tests/a.py", "boom"));
    assert_eq!(all.rows("tests.case")[0].number("duration"), Some(750.0));
    assert_eq!(all.sources[0].collected_at.map(|at| at.to_string()).as_deref(), Some("2026-02-17T10:00:00.500Z"));
    let odd = report("0", "", &[test("splendid", "passed")]);
    assert!(problems(&odd)[0].starts_with("error undecodable:2:"), "{:?}", problems(&odd));
}

#[test]
fn a_test_without_its_call_never_ended() {
    for outcome in ["passed", "xpassed", "rerun"] {
        let all = report("0", "", &[test(outcome, "")]);
        assert_eq!((counts(&all), texts(&all, "message")), ([1, 0, 0, 1, 0, 0], vec!["the test never ended"]), "{outcome}");
    }
}

#[test]
fn the_last_subtest_vouches_for_the_others_only_in_a_good_run() {
    let tests = [test("subtests passed", "passed"), test("subtests skipped", "passed")];
    let summary = "\"total\": 2, \"subtests passed\": 1, \"subtests skipped\": 1";
    let good = report("0", summary, &tests);
    assert_eq!((counts(&good), problems(&good)), ([2, 2, 0, 0, 0, 0], vec![]));
    let bad = report("1", summary, &tests);
    assert_eq!((counts(&bad), problems(&bad)), ([2, 0, 0, 2, 0, 0], vec![]));
    assert_eq!(counts(&report("1", "", &[test("subtests failed", "failed")])), [1, 0, 1, 0, 0, 0]);
}

#[test]
fn how_pytest_ended_counts() {
    let ended = |exit: &str, summary: &str| problems(&report(exit, summary, &[test("passed", "passed")]));
    assert!(ended("0", "\"total\": 1, \"passed\": 1, \"collected\": 3, \"deselected\": 2").is_empty());
    assert_eq!(ended("0", "\"collected\": 3"), ["error unfinished-run at /summary/collected: 3 tests were collected, and 1 have a result"]);
    assert_eq!(ended("1", ""), ["error unexplained-failure at /exitcode: pytest failed (exit code 1), and no test here did"]);
    assert_eq!(
        ended("2", "\"collected\": 3"),
        ["error unfinished-run at /exitcode: pytest was interrupted (exit code 2), with 1 of 3 tests done"]
    );
    for exit in ["3", "4", "-9", "null"] {
        assert!(ended(exit, "")[0].starts_with("error unfinished-run"), "{exit}");
    }
    assert!(ended("0", "\"total\": 2, \"passed\": 2")[0].starts_with("error declared-totals-differ"));
    assert!(ended("0", "\"passed\": 2")[0].starts_with("warning declared-totals-differ"));
}

#[test]
fn a_module_that_cannot_be_collected_is_an_error() {
    let collector = "{\"nodeid\": \"b.py\", \"outcome\": \"failed\", \"longrepr\": \"b.py:1: in <module>\\nE   no such module\"}";
    let all = evidence(&format!(
        "{{\"exitcode\": 1, \"root\": \"/p\", \"summary\": {{}}, \"collectors\": [{collector}], \"tests\": [{}]}}",
        test("passed", "passed")
    ));
    assert_eq!((counts(&all), problems(&all)), ([2, 1, 0, 1, 0, 0], vec![]));
    assert_eq!((texts(&all, "id")[1], texts(&all, "message")[1]), ("b.py::(collection)", "no such module"));
}
