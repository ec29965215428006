#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::evidence::Evidence;
use crate::ingest::testing::{problems, read};
use crate::metric::Value;
use std::collections::BTreeMap;
use std::path::Path;

fn of(content: &str) -> Evidence {
    read("golden", &[("log.jsonl", content.as_bytes())], &BTreeMap::new())
}

fn fixture(name: &str) -> String {
    std::fs::read_to_string(Path::new("fixtures/formats/openai-evals").join(name)).unwrap()
}

fn value(evidence: &Evidence, id: &str) -> Option<Value> {
    evidence.metric(id).map(|metric| metric.value.clone())
}

#[test]
fn what_was_asked_and_never_judged_stays_in_sight() {
    let evidence = of(&fixture("match.jsonl"));
    assert_eq!(problems(&evidence), [""; 0]);
    assert_eq!(value(&evidence, "golden.cases"), Some(Value::Count(5)));
    assert_eq!(value(&evidence, "golden.pass_rate"), Some(Value::ratio(2, 3)));
    assert_eq!(value(&evidence, "golden.unmeasured"), Some(Value::Count(2)));
    assert_eq!(value(&evidence, "golden.mode"), Some(Value::text("live")));
    let told: Vec<_> = evidence.rows("golden.case").iter().filter_map(|row| row.text("message")).collect();
    assert_eq!(told, ["`match` is false", "it was asked and never judged", "Rate limit reached for requests"]);
}

#[test]
fn a_report_may_come_first_and_a_model_may_judge() {
    let evidence = of(&fixture("report-first.jsonl"));
    assert_eq!(problems(&evidence), [""; 0]);
    assert_eq!(value(&evidence, "golden.pass_rate"), Some(Value::ratio(1, 2)));
}

#[test]
fn what_is_not_whole_or_flatters_itself_is_told() {
    assert_eq!(
        problems(&of(&fixture("killed.jsonl"))),
        ["error truncated: the log has no `final_report`: the run did not come to its end"]
    );
    assert_eq!(problems(&of(&fixture("empty.jsonl"))), ["error no-cases: the run has no case"]);
    let evidence = of(&fixture("flattering.jsonl"));
    assert_eq!(
        problems(&evidence),
        [
            "warning limited-run: the run is limited to 5 samples of its set",
            "warning declared-totals-differ:10: the report states an accuracy of 1, and the log's matches come to 0.6666666666666666",
        ]
    );
    assert_eq!(value(&evidence, "golden.mode"), Some(Value::text("mock")));
}

#[test]
fn of_several_matches_one_that_is_wrong_decides() {
    let matched = |data: &[&str]| {
        let events = data.iter().map(|data| format!(r#"{{"run_id":"r","event_id":1,"sample_id":"s","type":"match","data":{data}}}"#));
        let lines: Vec<String> =
            [r#"{"spec":{"eval_name":"e"}}"#.to_owned()].into_iter().chain(events).chain([r#"{"final_report":{}}"#.to_owned()]).collect();
        of(&lines.join("\n")).rows("golden.case")[0].text("outcome").unwrap_or_default().to_owned()
    };
    let (good, bad, none) = (r#"{"correct":true}"#, r#"{"correct":false}"#, "{}");
    for several in [&[good, bad, none][..], &[none, bad, good], &[bad, good]] {
        assert_eq!(matched(several), "failed");
    }
    assert_eq!(matched(&[good, none, good]), "not-judged");
    assert_eq!(matched(&[good, good]), "passed");
}

#[test]
fn a_log_cut_anywhere_is_an_error() {
    let text = fixture("match.jsonl");
    let spec = text.find('\n').unwrap();
    for end in (spec..text.trim_end().len()).step_by(37) {
        assert!(problems(&of(&text[..end])).iter().any(|problem| problem.starts_with("error")), "{end}");
    }
    let doubled = problems(&of(&format!("{text}{text}")));
    assert!(doubled.iter().any(|problem| problem.contains("a second run in one file")), "{doubled:?}");
}
