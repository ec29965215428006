#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::logs;
use crate::evidence::Evidence;
use crate::ingest::golden::claim::Verdict;
use crate::ingest::testing::{problems, read};
use crate::metric::Value;
use std::collections::BTreeMap;

fn evidence(text: &str) -> Evidence {
    read("golden", &[("r.json", text.as_bytes())], &BTreeMap::new())
}

/// A run of these cases: input, success, metrics.
fn run(cases: &[(&str, &str, &str)]) -> Evidence {
    let cases: Vec<String> = cases
        .iter()
        .enumerate()
        .map(|(n, (input, success, metrics))| {
            format!(r#"{{"name":"test_case_{n}","input":"{input}","success":{success},"metricsData":[{metrics}]}}"#)
        })
        .collect();
    evidence(&format!(r#"{{"testRunData":{{"testCases":[{}],"metricsScores":[]}}}}"#, cases.join(",")))
}

fn outcomes(evidence: &Evidence) -> Vec<(&str, &str)> {
    let rows = evidence.rows("golden.case").iter();
    rows.map(|row| (row.text("outcome").unwrap(), row.text("message").unwrap_or(""))).collect()
}

const GOOD: &str = r#"{"name":"Tone","threshold":0.5,"success":true,"score":0.9}"#;
const BAD: &str = r#"{"name":"Tone","threshold":0.5,"success":false,"score":0.1,"reason":"rude\nand long"}"#;
const RAISED: &str = r#"{"name":"Facts","success":true,"score":1,"error":"503\nat x"}"#;

#[test]
fn a_metric_that_broke_has_no_opinion() {
    let evidence = run(&[
        ("a", "true", GOOD),
        ("b", "false", BAD),
        ("c", "true", &format!("{GOOD},{RAISED}")),
        ("d", "false", &format!("{BAD},{RAISED}")),
        ("e", "true", r#"{"name":"Facts","success":true,"score":NaN}"#),
        ("f", "true", r#"{"name":"Facts","score":1}"#),
        ("g", "true", ""),
        ("h", "false", ""),
        ("i", "null", GOOD),
        ("j", "false", GOOD),
        ("k", "true", &format!("{GOOD},{}", BAD.replace("\"score\"", "\"flaky\":true,\"score\""))),
    ]);
    assert_eq!(problems(&evidence), [""; 0]);
    assert_eq!(
        outcomes(&evidence),
        [
            ("passed", ""),
            ("failed", "Tone: rude"),
            ("error", "the judge failed: Facts: 503"),
            ("failed", "Tone: rude"),
            ("error", "the judge failed: Facts: it has no score"),
            ("error", "the judge failed: Facts: it has no verdict"),
            ("not-judged", "no metric judges the answer"),
            ("failed", "the case is marked as failed"),
            ("not-judged", "the case does not say whether the answer is good"),
            ("failed", "the case is marked as failed"),
            ("passed", ""),
        ]
    );
}

#[test]
fn cases_are_known_by_what_they_ask() {
    let ids = |evidence: &Evidence| {
        let mut ids: Vec<_> = evidence.rows("golden.case").iter().map(|row| (row.subject().to_owned(), row.count("attempts"))).collect();
        ids.sort();
        ids
    };
    let forth = run(&[("a", "true", GOOD), ("b", "true", GOOD), ("a", "true", GOOD)]);
    let back = run(&[("b", "true", GOOD), ("a", "true", GOOD), ("a", "true", GOOD)]);
    assert_eq!(ids(&forth), ids(&back));
    assert_eq!(ids(&forth).iter().map(|it| it.1).sum::<Option<u64>>(), Some(3));
    assert!(ids(&forth)[0].0.starts_with("input-"));
    let named = r#"{"testCases":[{"name":"tone","input":"a"},{"name":"tone","input":"b"},{"name":"facts","input":"a"}],"testFile":"t.py"}"#;
    let named = ids(&evidence(named));
    assert_eq!(named[0].0, "facts");
    assert!(named[1].0.starts_with("tone#") && named[2].0.starts_with("tone#"));
}

#[test]
fn totals_are_recounted_and_a_link_is_no_run() {
    let text = |passed: u64, failed: u64| {
        format!(
            r#"{{"testCases":[{{"input":"a","success":true,"metricsData":[{GOOD}]}},{{"input":"b"}}],"testPassed":{passed},"testFailed":{failed}}}"#
        )
    };
    for (passed, failed) in [(1, 0), (1, 1)] {
        assert_eq!(problems(&evidence(&text(passed, failed))), [""; 0]);
    }
    assert_eq!(problems(&evidence(&text(5, 0))), ["error declared-totals-differ: the file states 5 test cases, and holds 2"]);
    assert_eq!(problems(&evidence(&text(2, 0))), ["error declared-totals-differ: the file states 2 passed, and holds 1"]);
    assert_eq!(evidence(r#"{"testRunLink":"https://app.confident-ai.com/x"}"#).problems[0].code, "only-a-link");
    for nothing in [r#"{"testRunData":null}"#, r#"{"testFile":"t.py","testCases":[],"metricScores":[]}"#] {
        assert_eq!(problems(&evidence(nothing)), ["error no-cases: the run has no case"]);
    }
}

#[test]
fn claims_are_read_from_what_a_metric_wrote_down() {
    let log = "Truths (limit=None):\n[\n \"x]\"\n] \n \nClaims:\n[\n \"a [1]\",\n \"b\",\n \"c\"\n] \n \nVerdicts:\n[\n {\"verdict\": \"yes\", \
               \"reason\": null},\n {\"verdict\": \"no\", \"reason\": \"Claims: no\"},\n {\"verdict\": \"idk\"}\n] \n \nScore: 0.6";
    let claims = logs::claims(log).unwrap();
    let verdicts: Vec<_> = claims.iter().map(|claim| (claim.text.as_deref(), claim.verdict)).collect();
    assert_eq!(verdicts, [(Some("a [1]"), Verdict::Supported), (Some("b"), Verdict::Contradicted), (Some("c"), Verdict::Unverifiable)]);
    assert_eq!(logs::claims("Verdicts:\n[]").unwrap().len(), 0);
    for log in ["", "Verdicts:", "Verdicts:\n[{", "the Verdicts:\n[]", "Verdicts:\n[Verdict(1)]", "Verdicts:\nnone"] {
        assert!(logs::claims(log).is_none(), "{log}");
    }
    let metric = format!(r#"{{"name":"Faithfulness","success":true,"score":0.7,"verboseLogs":{}}}"#, crate::io::json::line(&log).unwrap());
    let evidence = run(&[("a", "true", &metric)]);
    assert_eq!(outcomes(&evidence), [("passed", "")]);
    let rate = evidence.metric("golden.hallucination_rate").unwrap();
    assert_eq!((rate.value.clone(), rate.unmeasured), (Value::ratio(1, 2), 1));
    let none = metric.replace("\"verboseLogs\":", "\"verboseLogs\":\"Verdicts:\\n[]\",\"x\":");
    assert_eq!(outcomes(&run(&[("a", "true", &none)])), [("not-judged", "there is no claim to judge")]);
}
