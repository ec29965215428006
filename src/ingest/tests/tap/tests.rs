use crate::evidence::Evidence;
use crate::ingest::testing::{problems, read};
use crate::ingest::tests::testing::{counts, texts};
use std::collections::BTreeMap;

fn evidence(document: &str) -> Evidence {
    read("tests", &[("out.tap", document.as_bytes())], &BTreeMap::new())
}

#[test]
fn directives_take_a_result_out_of_account() {
    let all = evidence(
        "TAP version 14\n1..6\nok 1 - a\nnot ok 2 - b\n  ---\n  message: 'boom'\n  duration_ms: 5\n  ...\nok 3 - c # SKIP no disk\nnot ok 4 # todo later\nok 5 - e # TODO\nok\n",
    );
    assert_eq!((counts(&all), problems(&all)), ([6, 2, 1, 0, 3, 0], vec![]));
    assert_eq!(texts(&all, "id"), ["a", "b", "c", "test 4", "e", "test 6"]);
    assert_eq!(texts(&all, "message"), ["-", "boom", "no disk", "later", "-", "-"]);
    assert_eq!(all.rows("tests.case")[1].number("duration"), Some(5.0));
}

#[test]
fn subtests_count_instead_of_what_they_are_in() {
    let nested = |inner: &str, outer: &str| evidence(&format!("1..1\n# Subtest: x\n{inner}{outer} 1 - x\n"));
    let all = nested("    ok 1 - a\n        not ok 1 - deep\n        1..1\n    not ok 2 - b\n    1..2\n", "not ok");
    assert_eq!((counts(&all), problems(&all), texts(&all, "id")), ([2, 1, 1, 0, 0, 0], vec![], vec!["x::a", "x > b::deep"]));
    assert_eq!(counts(&nested("    1..1\n    ok 1 - a\n", "not ok")), [2, 1, 1, 0, 0, 0], "what only the outer one says is not lost");
    let short = nested("    1..3\n    ok 1 - a\n", "ok");
    assert_eq!(problems(&short), ["error unfinished-run:5: in the subtests before it, 3 tests are planned, and 1 have a result"]);
    let open = evidence("1..1\nok 1 - a\n    ok 1 - b\n");
    assert_eq!(
        (counts(&open)[0], problems(&open)),
        (2, vec!["error unfinished-run: in the subtests before it, no plan says how many tests there should be".to_owned()])
    );
}

#[test]
fn a_suite_without_tests_is_no_test() {
    let node = "TAP version 13\n# Subtest: empty\nok 1 - empty\n  ---\n  duration_ms: 0.1\n  type: 'suite'\n  ...\n1..1\n";
    assert!(problems(&evidence(node))[0].starts_with("warning empty"));
    assert_eq!(counts(&evidence(&node.replace("ok 1", "not ok 1"))), [1, 0, 1, 0, 0, 0]);
}

#[test]
fn a_plan_that_is_not_kept_is_no_evidence() {
    let told = |document: &str| problems(&evidence(document));
    assert_eq!(told("1..3\nok 1 - a\nok 2 - b\n"), ["error unfinished-run: 3 tests are planned, and 2 have a result"]);
    assert_eq!(told("1..1\nok 1 - a\nok 2 - b\n"), ["error unfinished-run: 1 tests are planned, and 2 have a result"]);
    assert_eq!(told("TAP version 13\nok 1 - a\n"), ["error unfinished-run: no plan says how many tests there should be"]);
    assert_eq!(told("1..2\nok 1 - a\nBail out! no disk\n"), ["error unfinished-run:3: the run bailed out: no disk"]);
    assert_eq!(told("1..1\nok 1 - a"), ["error truncated:2: the file ends in the middle of a line"]);
    assert_eq!(told("1..1\nok 1 - a\n1..1\n"), ["error unfinished-run:3: a second plan"]);
    assert!(told("TAP version 13\n1..0\n")[0].starts_with("warning empty"));
    assert!(told("ok 1 - a\nok 2 - b\n1..2\n").is_empty());
    let none = evidence("1..0 # SKIP no network\n");
    assert_eq!((counts(&none), texts(&none, "message")), ([1, 0, 0, 0, 1, 0], vec!["no network"]));
}

#[test]
fn what_is_no_tap_is_told_and_passed_over() {
    let all = evidence("1..1\nhello\nok 1 - a\n<html>\n");
    assert_eq!((counts(&all)[1], problems(&all)), (1, vec!["note not-tap:2: lines that are no TAP: 2, the first here".to_owned()]));
    let deep = format!("TAP version 13\n{}ok 1\n1..0\n", " ".repeat(100_000));
    assert_eq!(counts(&evidence(&deep)), [0; 6]);
}
