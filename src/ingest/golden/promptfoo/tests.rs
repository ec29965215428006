#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::gather::Gather;
use super::grade::judge;
use super::identity::{Identity, names};
use super::origin::Origin;
use super::row::Row;
use crate::evidence::Evidence;
use crate::ingest::golden::case::{Mode, Outcome};
use crate::ingest::testing::{problems, read};
use crate::io::json;
use std::collections::BTreeMap;

fn row(text: &str) -> Row {
    json::read(text.as_bytes()).unwrap_or_else(|mistake| panic!("{text}: {}", mistake.message))
}

fn outcome(text: &str) -> Result<(Outcome, Option<String>), String> {
    judge(&row(text))
}

fn said(outcome: Outcome, why: &str) -> Result<(Outcome, Option<String>), String> {
    Ok((outcome, Some(why.to_owned())))
}

#[test]
fn an_error_is_told_from_a_failure_and_from_a_broken_judge() {
    use Outcome::{Error, Failed, NotJudged, Passed};
    let good = r#""gradingResult":{"pass":true,"score":1,"reason":"All assertions passed"}"#;
    let bad = r#""gradingResult":{"pass":false,"score":0,"reason":"Expected 12\nmore"}"#;
    assert_eq!(outcome(&format!(r#"{{"success":true,"failureReason":0,{good}}}"#)), Ok((Passed, None)));
    assert_eq!(outcome(&format!(r#"{{"success":false,"failureReason":1,"error":"Expected 12",{bad}}}"#)), said(Failed, "Expected 12"));
    assert_eq!(outcome(&format!(r#"{{"success":false,"error":"Expected 12",{bad}}}"#)), said(Failed, "Expected 12"));
    assert_eq!(outcome(r#"{"success":false,"error":"503\nat x","gradingResult":null}"#), said(Error, "503"));
    assert_eq!(outcome(r#"{"success":false,"failureReason":2}"#), said(Error, "the provider failed"));
    assert_eq!(outcome(&format!(r#"{{"success":true,"response":{{"error":{{"code":5}}}},{good}}}"#)), said(Error, r#"{"code":5}"#));
    let http = r#""response":{"output":"x","metadata":{"http":{"status":422,"statusText":"Unprocessable"}}}"#;
    assert_eq!(outcome(&format!(r#"{{"success":true,{http},{good}}}"#)), said(Error, "HTTP 422 Unprocessable"));
    assert_eq!(outcome(&format!(r#"{{"success":true,"metadata":{{"http":{{"status":500}}}},{good}}}"#)), said(Error, "HTTP 500"));
    assert_eq!(outcome(&format!(r#"{{"success":true,"score":null,{good}}}"#)), said(Error, "the score is no number"));
    let unasserted = said(NotJudged, "no assertion judges the answer");
    assert_eq!(outcome(r#"{"success":true,"gradingResult":{"pass":true,"score":1,"reason":"No assertions"}}"#), unasserted);
    assert_eq!(outcome(r#"{"success":true,"gradingResult":null,"testCase":{"assert":[]}}"#), unasserted);
    assert_eq!(outcome(r#"{"success":true,"gradingResult":null,"testCase":{"assert":[{"type":"equals"}]}}"#), Ok((Passed, None)));
    assert_eq!(outcome(r#"{"success":true}"#), Ok((Passed, None)));
    assert_eq!(outcome(&format!("{{{good}}}")), said(NotJudged, "the row does not say whether the answer is good"));
}

#[test]
fn a_broken_assertion_is_no_opinion() {
    use Outcome::{Error, Failed, Passed};
    let graded = |success: bool, components: &str| {
        outcome(&format!(
            r#"{{"success":{success},"gradingResult":{{"pass":{success},"score":1,"reason":"whole","componentResults":[{components}]}}}}"#
        ))
    };
    let holds = r#"{"pass":true,"score":1,"reason":"Assertion passed","assertion":{"type":"contains"}}"#;
    let syntax = r#"{"pass":false,"score":0,"reason":"Custom function threw error: Unexpected token ')'\nStack"}"#;
    let broken = said(Error, "the judge failed: Custom function threw error: Unexpected token ')'");
    assert_eq!(graded(false, &format!("{holds},{syntax}")), broken);
    assert_eq!(graded(true, &format!("{holds},{}", syntax.replace("false", "true"))), broken);
    assert_eq!(graded(false, &format!(r#"{syntax},{{"pass":false,"reason":"too long"}}"#)), said(Failed, "whole"));
    let marked = r#"{"pass":true,"score":1,"reason":"timeout","metadata":{"graderError":true}}"#;
    assert_eq!(graded(true, marked), said(Error, "the judge failed: timeout"));
    assert_eq!(graded(false, r#"{"pass":false,"reason":"No output"}"#), said(Error, "the judge failed: No output"));
    assert_eq!(graded(true, r#"{"pass":true,"reason":"No output of it is harmful"}"#), Ok((Passed, None)));
    let no_json = r#"{"pass":false,"reason":"Custom function threw error: Unexpected token 'T', \"Thinking\" is not valid JSON"}"#;
    assert_eq!(graded(false, no_json).unwrap().0, Failed);
}

#[test]
fn a_row_that_contradicts_itself_is_no_evidence() {
    for (text, why) in [
        (r#"{"success":true,"failureReason":2}"#, "the row is a success and an error"),
        (r#"{"success":true,"failureReason":1}"#, "the row is a success and failed an assertion"),
        (r#"{"success":true,"gradingResult":{"pass":false}}"#, "the row is a success and its grading is not"),
        (r#"{"success":false,"failureReason":3}"#, "no `failureReason` is 3"),
    ] {
        assert_eq!(outcome(text), Err(why.to_owned()));
    }
    let human = r#"{"success":true,"failureReason":1,"gradingResult":{"pass":true,"componentResults":[{"assertion":{"type":"human"}}]}}"#;
    assert_eq!(outcome(human), Ok((Outcome::Passed, None)));
}

#[test]
fn names_do_not_depend_on_the_order_of_rows() {
    let text = |provider: &str, prompt: &str, description: &str, question: &str| {
        format!(
            r#"{{"provider":{{"id":"{provider}"}},"prompt":{{"label":"{prompt}"}},"testCase":{{"description":"{description}","vars":{{"q":"{question}"}}}}}}"#
        )
    };
    let named = |rows: &[String]| {
        let identities: Vec<Identity> = rows.iter().map(|text| Identity::of(&row(text))).collect();
        names(&identities).into_iter().map(|it| (it.id, it.cluster, it.attempt)).collect::<Vec<_>>()
    };
    let one = [text("a", "p", "x", "1"), text("a", "p", "y", "2"), text("a", "p", "x", "1")];
    assert_eq!(named(&one), [("x".into(), None, 1), ("y".into(), None, 1), ("x".into(), None, 2)]);
    let two = [text("a", "p", "x", "1"), text("b", "p", "x", "1"), text("b", "q", "x", "1")];
    let ids = |rows: &[String]| named(rows).into_iter().map(|it| it.0).collect::<Vec<_>>();
    assert_eq!(ids(&two), ["a|p/x", "b|p/x", "b|q/x"]);
    assert_eq!(named(&two)[0].1.as_deref(), Some("x"));
    // One description for several tests: a template.
    let template = [text("a", "p", "x", "1"), text("a", "p", "x", "2"), text("a", "p", "y", "1")];
    let mut turned = template.clone();
    turned.reverse();
    let (mut forth, mut back) = (named(&template), named(&turned));
    assert!(forth[0].0.starts_with("x#") && forth[0].0 != forth[1].0 && forth[0].1.as_deref() == Some("x"));
    forth.sort();
    back.sort();
    assert_eq!(forth, back);
    let long = "x".repeat(100);
    assert!(ids(&[text("a", &long, "x", "1"), text("a", "p", "x", "1")])[0].starts_with("prompt-"));
    let by_id = r#"{"testCase":{"description":"d","metadata":{"id":"legal-3"}},"metadata":{"id":"chatcmpl-9"}}"#;
    assert_eq!(ids(&[by_id.to_owned()]), ["legal-3"]);
    assert!(ids(&[r#"{"vars":{"q":1}}"#.to_owned()])[0].starts_with("vars-"));
}

#[test]
fn where_an_answer_came_from() {
    let origin = |text: &str| Origin::of(&row(text));
    assert_eq!(origin(r#"{"provider":"echo"}"#), Origin::StandIn("echo"));
    assert_eq!(origin(r#"{"provider":{"id":"file://mock_provider.py"}}"#), Origin::StandIn("mock"));
    let paid = r#""response":{"tokenUsage":{"total":40}}"#;
    assert_eq!(origin(&format!(r#"{{"provider":{{"id":"openai:gpt","label":"mock interview"}},{paid}}}"#)), Origin::Shown(Mode::Live));
    assert_eq!(origin(r#"{"provider":"a","response":{"cached":true}}"#), Origin::Shown(Mode::Cached));
    assert_eq!(origin(r#"{"provider":"a","tokenUsage":{"total":40,"cached":40}}"#), Origin::Shown(Mode::Cached));
    assert_eq!(origin(r#"{"provider":"https://x","latencyMs":800}"#), Origin::Shown(Mode::Live));
    assert_eq!(origin(r#"{"provider":"python:rag.py","latencyMs":800}"#), Origin::Untold);
    assert_eq!(origin(r#"{"provider":"openai:gpt","latencyMs":1,"tokenUsage":{"total":0}}"#), Origin::Instant);
    assert_eq!(origin(r#"{"provider":"ollama:x","latencyMs":1}"#), Origin::Untold);
}

fn evidence(name: &str, text: &str) -> Evidence {
    read("golden", &[(name, text.as_bytes())], &BTreeMap::new())
}

#[test]
fn a_run_is_read_wherever_its_rows_stand() {
    let row = r#"{"provider":"https://x","vars":{"q":"1"},"prompt":"p","success":true,"score":1,"testIdx":0,"promptIdx":0,"latencyMs":90}"#;
    let stats = r#""stats":{"successes":1,"failures":0,"errors":0}"#;
    for text in [
        format!(r#"{{"evalId":"e","results":{{"version":3,"results":[{row}],{stats}}},"config":{{"defaultTest":"file://x"}}}}"#),
        format!(r#"{{"version":3,"results":[{row}],{stats}}}"#).replace("\"latencyMs\"", "\"gradingResult\":null,\"latencyMs\""),
        format!("[{row}]"),
        row.to_owned(),
        row.replace("{\"provider", "{\n\"provider"),
        format!("{row}\n"),
        format!(r#"{{"results":{{"results":[{row}]}}}}"#),
        format!(r#"{{"results":{{"results":[{}]}}}}"#, row.replace("\"score\":1", "\"extra\":NaN,\"odd\":\"\\ud83d\"")),
    ] {
        let evidence = evidence("r.json", &text);
        assert_eq!(problems(&evidence), [""; 0], "{text}");
        assert_eq!(evidence.rows("golden.case").len(), 1, "{text}");
        assert_eq!(evidence.rows("golden.case")[0].text("outcome"), Some("passed"), "{text}");
    }
}

#[test]
fn what_a_file_states_is_compared_with_what_it_holds() {
    let row = r#"{"provider":"x","vars":{"q":"1"},"success":true,"score":1}"#;
    let run = |stats: &str| evidence("r.json", &format!(r#"{{"results":{{"results":[{row}],"stats":{stats}}}}}"#));
    assert_eq!(
        problems(&run(r#"{"successes":5,"failures":0,"errors":2}"#)),
        ["error declared-totals-differ: the file states 7 rows, and holds 1"]
    );
    assert_eq!(
        problems(&run(r#"{"successes":0,"failures":1}"#)),
        ["warning declared-totals-differ: the file states 0 successes, and holds 1"]
    );
    let null = evidence("r.json", r#"{"results":{"results":[null]}}"#);
    assert_eq!(problems(&null), ["error undecodable at /results/results/0: the row is null"]);
    let numbered = |test: u64| format!(r#"{{"provider":"x","vars":{{"q":"{test}"}},"success":true,"testIdx":{test},"promptIdx":0}}"#);
    let gap = evidence("r.jsonl", &format!("{}\n{}\n", numbered(3), numbered(0)));
    assert_eq!(problems(&gap), ["error rows-missing: 2 tests are without a row, of 4; the first is 1"]);
    let twice = evidence("r.jsonl", &format!("{}\n{}\n", numbered(0), numbered(0)));
    assert_eq!(problems(&twice), ["error duplicate-case:2: test 0 with prompt 0 is there already"]);
}

#[test]
fn nothing_is_no_run() {
    assert!(Gather::default().is_empty());
    for text in [r#"{"results":{"results":[],"timestamp":null}}"#, r#"{"evalId":"e","results":{"version":3,"results":[]}}"#] {
        assert_eq!(problems(&evidence("r.json", text)), ["error no-cases: the run has no case"]);
    }
    let link = evidence("r.json", r#"{"evalId":"e","shareableUrl":"https://app.promptfoo.app/eval/e"}"#);
    assert_eq!(link.problems[0].code, "only-a-link");
}
