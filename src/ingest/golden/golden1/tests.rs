#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::evidence::Evidence;
use crate::ingest::testing::{is_clean, problems, read};
use crate::metric::Value;
use proptest::prelude::*;
use std::collections::BTreeMap;

const RUN: &str = r#"{"type":"run","schema":"golden/1","run_id":"r1","suite":"s","created_at":"2026-02-17T22:40:00Z","git_sha":"14c907f","mode":"live","expected_cases":2,"system":{"provider":"acme","model":"m-1"},"judge":{"kind":"llm","calibration":{"true_bad":50,"caught":46,"true_good":200,"passed":197}}}"#;
const ONE: &str = r#"{"type":"case","id":"a","category":"LEGAL","status":"ok","latency_ms":812.5,"tokens":{"in":900,"out":140},"claims":[{"id":"c1","verdict":"supported","citations":[{"source":"d#1","resolves":true,"supports":true}]}],"scores":{"faithfulness":0.93}}"#;
const TWO: &str = r#"{"type":"case","id":"b","category":"MEDICAL","status":"ok","claims":[{"id":"c1","verdict":"contradicted","judge_votes":["contradicted","supported","contradicted"]}]}"#;
const END: &str = r#"{"type":"end","cases":2,"claims":2}"#;

fn lines(lines: &[&str]) -> Vec<u8> {
    let mut text = lines.join("\n");
    text.push('\n');
    text.into_bytes()
}

fn golden(bytes: &[u8]) -> Evidence {
    read("golden", &[("golden.jsonl", bytes)], &BTreeMap::new())
}

/// The problems of a file that differs from the good one in the second line.
fn second(line: &str) -> Vec<String> {
    problems(&golden(&lines(&[RUN, line, TWO, END])))
}

#[test]
fn a_good_file_is_read_without_a_word() {
    let evidence = golden(&lines(&[RUN, ONE, TWO, END]));
    assert_eq!(problems(&evidence), [""; 0]);
    let source = &evidence.sources[0];
    assert_eq!(source.format.as_deref(), Some("golden-1"));
    assert_eq!(source.collected_at.unwrap().to_string(), "2026-02-17T22:40:00Z");
    assert_eq!((source.commit.as_deref(), source.mode.as_deref()), (Some("14c907f"), Some("live")));
    assert_eq!(source.content, "2 cases in 2 categories, live run");
    assert_eq!(evidence.metric("golden.judge_calibrated").unwrap().value, Value::Flag(true));
    assert_eq!(evidence.metric("golden.hallucination_rate").unwrap().value, Value::ratio(1, 2));
    assert_eq!(evidence.metric("golden.citation_coverage").unwrap().value, Value::ratio(1, 2));
}

#[test]
fn a_byte_order_mark_a_line_separator_and_windows_are_no_harm() {
    let odd = ONE.replace("LEGAL", "LEGAL\u{2028}LAW");
    let text = format!("\u{feff}{RUN}\r\n\r\n{odd}\r\n{TWO}\r\n{END}");
    let evidence = golden(text.as_bytes());
    assert_eq!(problems(&evidence), [""; 0]);
    assert_eq!(evidence.rows("golden.category")[0].subject(), "LEGAL\u{2028}LAW");
}

#[test]
fn nothing_is_an_error() {
    assert_eq!(problems(&golden(b"")), ["error empty-file: the file is empty"]);
    let none = lines(&[&RUN.replace("\"expected_cases\":2", "\"expected_cases\":0"), r#"{"type":"end","cases":0,"claims":0}"#]);
    assert_eq!(problems(&golden(&none)), ["error no-cases: the run has no case"]);
}

#[test]
fn what_is_said_and_what_is_there_must_agree() {
    let end = r#"{"type":"end","cases":3,"claims":1}"#;
    assert_eq!(
        problems(&golden(&lines(&[RUN, ONE, TWO, end]))),
        [
            "error declared-totals-differ:4: the file states 3 cases, and holds 2",
            "error declared-totals-differ:4: the file states 1 claim, and holds 2"
        ]
    );
    let one = r#"{"type":"end","cases":1,"claims":1}"#;
    assert_eq!(problems(&golden(&lines(&[RUN, ONE, one]))), ["error expected-cases-differ: the run should have 2 cases and has 1"]);
    assert_eq!(problems(&golden(&lines(&[RUN, ONE, TWO]))), ["error truncated: the file ends without its `end` line, after 2 cases"]);
}

#[test]
fn cases_and_claims_are_unique() {
    let again = r#"{"type":"end","cases":3,"claims":3}"#;
    assert_eq!(
        problems(&golden(&lines(&[RUN, ONE, ONE, TWO, again]))),
        ["error duplicate-case:3: case `a`, attempt 1, is on line 2 already"]
    );
    let attempt = ONE.replace("\"id\":\"a\"", "\"id\":\"a\",\"attempt\":2");
    assert_eq!(problems(&golden(&lines(&[RUN, ONE, &attempt, TWO, again]))), [""; 0]);
    let twice = r#"{"type":"case","id":"a","status":"ok","claims":[{"id":"c","verdict":"supported"},{"id":"c","verdict":"supported"}]}"#;
    assert!(second(twice)[0].starts_with("error duplicate-claim:2: case `a` has claim `c` twice"));
}

#[test]
fn unknown_words_and_keys_are_errors_with_a_place() {
    for (line, start) in [
        (ONE.replace("\"ok\"", "\"fine\""), "error undecodable:2:58: unknown variant `fine`, expected one of `ok`, `error`"),
        (ONE.replace("supported", "true-ish"), "error undecodable:2:147: unknown variant `true-ish`, expected one of `supported`"),
        (ONE.replace("\"category\"", "\"evidence\":\"real\",\"category\""), "error undecodable:2:41: unknown variant `real`"),
        (ONE.replace("\"category\"", "\"kategory\""), "error undecodable:2:34: unknown field `kategory`"),
        (ONE.replace("\"case\"", "\"kase\""), "error undecodable:2:14: unknown variant `kase`, expected one of `run`, `case`, `end`"),
        (ONE.replace("\"status\":\"ok\",", ""), "error undecodable:2:231: missing field `status`"),
        (ONE.replace("0.93", "NaN"), "error undecodable:2:240: expected value"),
        (ONE.replace("0.93", "1e999"), "error undecodable:2:244: number out of range"),
        ("[]".to_owned(), "error undecodable:2:"),
        ("null".to_owned(), "error undecodable:2:4: invalid type: null, expected an object with a `type`"),
        ("\u{fffd}".to_owned(), "error undecodable:2:1: expected value"),
        (ONE.replace("\"id\":\"a\"", "\"id\":\"a\",\"id\":\"c\""), "error undecodable:2:28: duplicate field `id`"),
    ] {
        let problems = second(&line);
        assert!(problems.len() == 1 && problems[0].starts_with(start), "{problems:?} should start with {start}");
    }
    for (from, to) in [("\"live\"", "\"dry\""), ("\"llm\"", "\"oracle\""), ("golden/1", "golden/1\",\"a\":\"")] {
        let problems = problems(&golden(&lines(&[&RUN.replace(from, to), ONE, TWO, END])));
        assert!(problems[0].starts_with("error "), "{problems:?}");
        assert_eq!(problems.len(), 1, "{problems:?}");
    }
}

#[test]
fn impossible_statements_are_errors() {
    for (line, said) in [
        (ONE.replace("812.5", "-1"), "error out-of-range:2: case `a` has a number that cannot be"),
        (
            ONE.replace("\"claims\"", "\"error\":{\"stage\":\"judge\",\"kind\":\"x\"},\"claims\""),
            "error contradicts-itself:2: case `a` is `ok` and has an error",
        ),
        (ONE.replace("\"a\"", "\"\""), "error undecodable:2: the case has an empty id"),
    ] {
        assert_eq!(second(&line), [said]);
    }
    let run = RUN.replace("\"caught\":46", "\"caught\":51");
    assert_eq!(
        problems(&golden(&lines(&[&run, ONE, TWO, END]))),
        ["error contradicts-itself:1: the judge was right more often than it was asked"]
    );
    let run = RUN.replace("2026-02-17T22:40:00Z", "yesterday");
    assert_eq!(problems(&golden(&lines(&[&run, ONE, TWO, END]))), ["error undecodable:1: `created_at` is no moment: `yesterday`"]);
    let run = RUN.replace("22:40:00Z", "22:40:00");
    assert_eq!(
        problems(&golden(&lines(&[&run, ONE, TWO, END]))),
        ["warning no-time-zone:1: `created_at` names no time zone; it is read as UTC"]
    );
}

#[test]
fn the_order_is_run_cases_end() {
    let problems = |all: &[&str]| problems(&golden(&lines(all)));
    assert_eq!(problems(&[RUN, RUN, ONE, TWO, END]), ["error out-of-order:2: a second run in one file"]);
    assert_eq!(problems(&[RUN, ONE, TWO, END, ONE]), ["error after-end:5: there is something after the end of the run"]);
    assert_eq!(
        problems(&[ONE, RUN, TWO, END])[0],
        "error unknown-format: no golden reader knows this format; it is JSON with `cases`, `category`, `claims`, `created_at`, `expected_cases`"
    );
}

#[test]
fn hopeless_files_are_given_up() {
    let text = format!("{RUN}\n{}", "{}\n".repeat(10_000));
    let problems = problems(&golden(text.as_bytes()));
    assert_eq!(problems.len(), 101);
    assert_eq!(problems[100], "error too-many-mistakes:101: 100 mistakes: the rest is not read");
}

#[test]
fn stand_ins_count_as_mock() {
    let mode = |all: &[&str]| {
        let evidence = golden(&lines(all));
        (problems(&evidence), evidence.metric("golden.mode").map(|metric| metric.value.to_string()), is_clean(&evidence))
    };
    let said = |text: &str| (vec![text.to_owned()], Some("mock".to_owned()), true);
    assert_eq!(
        mode(&[&RUN.replace("\"acme\"", "\"mockllm\""), ONE, TWO, END]),
        said("warning mock-signal:1: `mockllm/m-1` has the word `mockllm` in it and the run says `live`: it counts as mock")
    );
    let idle = ONE.replace("812.5", "0.4").replace("900", "0").replace("140", "0");
    assert_eq!(mode(&[RUN, &idle, TWO, END]), said("warning mock-signal:2: no token and under 5 ms, but `live`: 1 case counts as mock"));
    let none = |word: &str| (vec![], Some(word.to_owned()), true);
    assert_eq!(mode(&[&RUN.replace("acme", "ollama"), &idle, TWO, END]), none("live"));
    assert_eq!(mode(&[RUN, &idle.replace("\"category\"", "\"evidence\":\"cached\",\"category\""), TWO, END]), none("cached"));
    assert_eq!(mode(&[&RUN.replace("\"live\"", "\"mock\"").replace("acme", "mock"), &idle, TWO, END]), none("mock"));
    assert_eq!(mode(&[&RUN.replace("\"live\"", "\"replay\""), ONE, TWO, END]), none("replay"));
}

#[test]
fn a_judge_that_was_outvoted_is_shown() {
    let line = TWO.replace("\"b\"", "\"a\"").replace("\"verdict\":\"contradicted\"", "\"verdict\":\"supported\"");
    assert_eq!(second(&line), ["warning judge-outvoted:2: the verdict is not the one most judges voted for: 1 claim"]);
}

#[test]
fn no_cut_goes_unseen() {
    let whole = lines(&[RUN, &ONE.replace("LEGAL", "ПРАВО"), TWO, END]);
    assert!(is_clean(&golden(&whole)));
    // Without the last line feed nothing is lost.
    for cut in 0..whole.len() - 1 {
        assert!(!is_clean(&golden(&whole[..cut])), "cut to {cut} bytes");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut all = RUN.as_bytes().to_vec();
        all.push(b'\n');
        all.extend(&bytes);
        prop_assert!(!is_clean(&golden(&all)));
        let _ = golden(&bytes);
    }

    #[test]
    fn a_changed_byte_is_read_without_panic(at in 0usize..700, byte in any::<u8>()) {
        let mut all = lines(&[RUN, ONE, TWO, END]);
        let at = at % all.len();
        all[at] = byte;
        let _ = golden(&all);
    }
}
