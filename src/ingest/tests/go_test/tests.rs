use crate::evidence::Evidence;
use crate::ingest::testing::{problems, read};
use crate::ingest::tests::testing::{counts, texts};
use std::collections::BTreeMap;

fn evidence(document: &str) -> Evidence {
    read("tests", &[("go.jsonl", document.as_bytes())], &BTreeMap::new())
}

fn run(events: &[&str]) -> Evidence {
    let lines: String = events.iter().map(|event| format!("{{\"Time\":\"2026-02-17T10:00:00Z\",{event}}}\n")).collect();
    evidence(&lines)
}

/// `run TestX` or, of the package itself, `fail`.
fn event(short: &str) -> String {
    match short.split_once(' ') {
        Some((action, test)) => format!("\"Action\":\"{action}\",\"Package\":\"p\",\"Test\":\"{test}\""),
        None => format!("\"Action\":\"{short}\",\"Package\":\"p\""),
    }
}

fn events(short: &[&str]) -> Evidence {
    let events: Vec<String> = short.iter().map(|short| event(short)).collect();
    run(&events.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn tests_pass_fail_and_are_skipped() {
    let all = events(&["start", "run A", "pause A", "cont A", "pass A", "run B", "fail B", "run C", "skip C", "fail"]);
    assert_eq!((counts(&all), problems(&all)), ([3, 1, 1, 0, 1, 0], vec![]));
    assert_eq!(texts(&all, "id"), ["p::A", "p::B", "p::C"]);
    assert_eq!(all.sources[0].collected_at.map(|at| at.to_string()).as_deref(), Some("2026-02-17T10:00:00Z"));
}

#[test]
fn a_test_that_never_ends_is_an_error() {
    let dead = events(&["run A", "pass A", "run B", "output B", "fail"]);
    assert_eq!((counts(&dead), texts(&dead, "message")[1]), ([2, 1, 0, 1, 0, 0], "the test never ended"));
    assert_eq!(counts(&events(&["run A", "pass"])), [1, 0, 0, 1, 0, 0], "though the package passed");
    assert_eq!(counts(&events(&["run A", "run A", "pass A", "pass"])), [1, 0, 0, 1, 0, 0], "it starts again before it ended");
}

#[test]
fn go_itself_loses_some_last_events() {
    let lost = events(&["run A", "run A/one", "pass A", "pass"]);
    assert_eq!((counts(&lost), problems(&lost)), ([2, 1, 0, 0, 1, 0], vec![]));
    for short in
        [["run A", "run A/one", "pass A", "fail"], ["run A", "run A/one", "fail A", "fail"], ["run A", "run A/one", "skip A", "pass"]]
    {
        assert_eq!(counts(&events(&short))[3], 1, "{short:?}");
    }
    assert!(problems(&events(&["run BenchmarkA", "output BenchmarkA", "pass"]))[0].starts_with("warning empty"));
    assert_eq!(counts(&events(&["run BenchmarkA", "fail"])), [1, 0, 0, 1, 0, 0]);
}

#[test]
fn a_package_that_fails_without_a_failed_test_is_an_error() {
    let all = events(&["run A", "pass A", "fail"]);
    assert_eq!((counts(&all), texts(&all, "id")[0]), ([2, 1, 0, 1, 0, 0], "p::(package)"));
    let built = run(&[
        "\"Action\":\"build-output\",\"ImportPath\":\"p\",\"Output\":\"# p\\n\"",
        "\"Action\":\"build-output\",\"ImportPath\":\"p\",\"Output\":\"a.go:1: boom\\n\"",
        "\"Action\":\"build-fail\",\"ImportPath\":\"p\"",
        "\"Action\":\"fail\",\"Package\":\"p\",\"FailedBuild\":\"p\"",
    ]);
    assert_eq!((counts(&built), texts(&built, "message")), ([1, 0, 0, 1, 0, 0], vec!["a.go:1: boom"]));
    let alone = run(&["\"Action\":\"build-output\",\"ImportPath\":\"p\",\"Output\":\"a.go:1: boom\\n\""]);
    assert_eq!(counts(&alone), [1, 0, 0, 1, 0, 0], "no package speaks of it");
    let plain = evidence("# p\na.go:1: boom\nFAIL\tp [build failed]\n{\"Action\":\"pass\",\"Package\":\"q\"}\n");
    assert_eq!((counts(&plain), texts(&plain, "id")), ([1, 0, 0, 1, 0, 0], vec!["p::(package)"]));
    assert!(problems(&plain)[0].starts_with("warning not-an-event:1: ") && problems(&plain)[0].contains(": 2,"));
}

#[test]
fn executions_of_one_run_are_as_bad_as_the_worst() {
    let count = |words: [&str; 3]| {
        let short = words.iter().flat_map(|word| ["run A".to_owned(), format!("{word} A")]).chain(["fail".to_owned()]).collect::<Vec<_>>();
        let all = events(&short.iter().map(String::as_str).collect::<Vec<_>>());
        (counts(&all), all.rows("tests.case")[0].count("attempts"))
    };
    assert_eq!(count(["fail", "pass", "pass"]), ([1, 0, 1, 0, 0, 0], Some(3)));
    assert_eq!(count(["pass", "pass", "fail"]), ([1, 0, 1, 0, 0, 0], Some(3)));
    let steady = events(&["run A", "pass A", "run A", "pass A", "pass"]);
    assert_eq!(counts(&steady), [1, 1, 0, 0, 0, 0], "nothing is flaky about it");
    let again = events(&["run A", "fail A", "run B", "pass B", "fail", "run A", "pass A", "pass"]);
    assert_eq!(counts(&again), [2, 2, 0, 0, 0, 1], "the package ran again");
}

#[test]
fn a_run_that_is_cut_off_is_no_evidence() {
    let open = events(&["start", "run A", "pass A"]);
    assert_eq!(problems(&open), ["error unfinished-run:1: packages that never ended: 1, the first is `p`, which starts here"]);
    let torn = evidence("{\"Action\":\"pass\",\"Package\":\"p\"}\n{\"Action\":\"pa");
    assert_eq!(problems(&torn), ["error truncated:2: the file ends in the middle of an event"]);
    let odd = evidence("{\"Action\":\"pass\",\"Package\":\"p\"}\n{\"Action\":\"explode\",\"Package\":\"p\"}\n");
    assert!(problems(&odd)[0].starts_with("error undecodable:2:19: unknown variant `explode`"), "{:?}", problems(&odd));
}

#[test]
fn cached_results_are_told() {
    let all = run(&[
        &event("run A"),
        &event("pass A"),
        "\"Action\":\"output\",\"Package\":\"p\",\"Output\":\"ok  \\tp\\t(cached)\\n\"",
        &event("pass"),
    ]);
    assert_eq!(problems(&all), ["note cached-results: results of packages that Go took from its cache: 1"]);
    assert!(problems(&events(&["skip"]))[0].starts_with("warning empty"), "a package without tests");
}
