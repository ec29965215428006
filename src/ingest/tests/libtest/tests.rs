use crate::evidence::Evidence;
use crate::ingest::testing::{problems, read};
use crate::ingest::tests::testing::{counts, texts};
use std::collections::BTreeMap;

fn evidence(document: &str) -> Evidence {
    read("tests", &[("libtest.jsonl", document.as_bytes())], &BTreeMap::new())
}

fn test(event: &str, name: &str) -> String {
    format!("{{ \"type\": \"test\", \"event\": \"{event}\", \"name\": \"{name}\" }}\n")
}

fn run(tests: &str, end: &str) -> Evidence {
    evidence(&format!("{{ \"type\": \"suite\", \"event\": \"started\", \"test_count\": 1 }}\n{tests}{end}"))
}

fn end(word: &str, passed: u64, failed: u64) -> String {
    format!("{{ \"type\": \"suite\", \"event\": \"{word}\", \"passed\": {passed}, \"failed\": {failed}, \"ignored\": 9 }}\n")
}

#[test]
fn events_of_tests_are_their_outcomes() {
    let tests = [test("started", "a"), test("timeout", "a"), test("ok", "a"), test("failed", "b"), test("ignored", "c")].concat();
    let all = run(&tests, &end("failed", 1, 1));
    assert_eq!((counts(&all), problems(&all)), ([3, 1, 1, 0, 1, 0], vec![]));
    let odd = run(&test("splendid", "a"), &end("ok", 0, 0));
    assert!(problems(&odd)[0].starts_with("error undecodable:2:"), "{:?}", problems(&odd));
}

#[test]
fn the_name_of_a_retried_test_ends_with_its_attempt() {
    let tests = [test("started", "shop::bin$a"), test("ok", "shop::bin$a#3"), test("failed", "b#2")].concat();
    let all = run(&tests, &end("failed", 1, 1));
    assert_eq!((counts(&all), texts(&all, "id")), ([2, 1, 1, 0, 0, 1], vec!["shop::bin::a", "b"]));
    assert_eq!(counts(&run(&test("ok", "r#fn"), &end("ok", 1, 0))), [1, 1, 0, 0, 0, 0]);
}

#[test]
fn a_message_is_what_the_panic_says() {
    let of = |rest: &str| {
        let line = format!("{{\"type\":\"test\",\"event\":\"failed\",\"name\":\"a\",{rest}}}\n");
        texts(&run(&line, &end("failed", 0, 1)), "message")[0].to_owned()
    };
    assert_eq!(of("\"stdout\":\"seen\\nthread 'a' panicked at src/lib.rs:1:2:\\nboom\\nmore\""), "boom");
    assert_eq!(of("\"stdout\":\"thread 'a' panicked at 'boom', src/lib.rs:1:2\\n\""), "thread 'a' panicked at 'boom', src/lib.rs:1:2");
    assert_eq!(of("\"message\":\"did not panic\""), "did not panic");
    assert_eq!(of("\"reason\":\"time limit exceeded\""), "time limit exceeded");
}

#[test]
fn what_never_ends_is_an_error() {
    let all = run(&(test("started", "a") + &test("started", "a") + &test("ok", "a")), &end("ok", 1, 0));
    assert_eq!((counts(&all), texts(&all, "message")[1]), ([2, 1, 0, 1, 0, 0], "the test never ended"));
    assert_eq!(problems(&run(&test("ok", "a"), "")), ["error unfinished-run:1: a suite starts here and never ends"]);
    assert_eq!(
        problems(&run(&test("ok", "a"), &end("failed", 1, 0))),
        ["error unexplained-failure: a suite failed, and no test in it did"]
    );
    assert!(problems(&run(&test("ok", "a"), &end("failed", 0, 1)))[0].starts_with("error declared-totals-differ"));
    assert!(problems(&run(&test("failed", "a"), &end("ok", 1, 0)))[0].starts_with("error declared-totals-differ"));
}
