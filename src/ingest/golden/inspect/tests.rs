#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::evidence::Evidence;
use crate::ingest::claimants;
use crate::ingest::testing::{problems, read};
use crate::io::fs::Artifact;
use crate::metric::Value;
use std::collections::BTreeMap;
use std::path::Path;

fn of(name: &str, content: &[u8]) -> Evidence {
    read("golden", &[(name, content)], &BTreeMap::new())
}

fn fixture(name: &str) -> Evidence {
    of(name, &std::fs::read(Path::new("fixtures/formats/inspect").join(name)).unwrap())
}

fn value(evidence: &Evidence, id: &str) -> Option<Value> {
    evidence.metric(id).map(|metric| metric.value.clone())
}

fn unmeasured(evidence: &Evidence) -> Option<Value> {
    value(evidence, "golden.unmeasured")
}

/// Case, outcome and message of every row.
fn rows(evidence: &Evidence) -> Vec<(&str, &str, &str)> {
    let rows = evidence.rows("golden.case").iter();
    rows.map(|row| (row.subject(), row.text("outcome").unwrap_or_default(), row.text("message").unwrap_or_default())).collect()
}

#[test]
fn epochs_are_attempts_at_one_case() {
    for name in ["capitals.eval", "live.eval", "summaries.eval"] {
        let evidence = fixture(name);
        assert_eq!(problems(&evidence), [""; 0], "{name}");
        assert_eq!(value(&evidence, "golden.cases"), Some(Value::Count(10)), "{name}");
        assert_eq!(value(&evidence, "golden.clusters"), Some(Value::Count(5)), "{name}");
        assert_eq!(value(&evidence, "golden.pass_rate"), Some(Value::ratio(9, 10)), "{name}");
        assert_eq!(value(&evidence, "golden.flaky"), Some(Value::Count(1)), "{name}");
        assert_eq!(value(&evidence, "golden.expected_cases"), Some(Value::Count(10)), "{name}");
        let mode = if name == "live.eval" { "live" } else { "mock" };
        assert_eq!(value(&evidence, "golden.mode"), Some(Value::text(mode)), "{name}");
        let run = &evidence.rows("golden.run")[0];
        assert_eq!(run.text("tool"), Some("inspect_ai 0.3.285"));
        assert_eq!((run.text("suite"), run.text("judge"), run.text("measures")), (Some("capitals"), Some("rule"), Some("match")));
    }
}

#[test]
fn what_broke_and_what_has_no_score_stays_in_sight() {
    let evidence = fixture("shaky.eval");
    assert_eq!(problems(&evidence), ["note unmeasured: 3 of 5 samples are without a verdict"]);
    assert_eq!(value(&evidence, "golden.pass_rate"), Some(Value::ratio(2, 2)));
    assert_eq!(unmeasured(&evidence), Some(Value::Count(3)));
    let told = rows(&evidence);
    assert!(told.contains(&("france", "error", "RuntimeError('no connection to the archive of france')")), "{told:?}");
    assert!(told.contains(&("spain", "not-judged", "`lenient` gives no verdict")), "{told:?}");
    let evidence = fixture("unscored.eval");
    assert_eq!((value(&evidence, "golden.cases"), unmeasured(&evidence)), (Some(Value::Count(5)), Some(Value::Count(5))));
}

#[test]
fn a_run_that_did_not_come_to_its_end_is_no_evidence() {
    for (name, why) in [
        ("breaking.eval", "error unfinished-run at /status: the run ended with an error"),
        ("started.eval", "error unfinished-run at /status: the run had not come to its end when the log was written"),
        ("started.eval", "error truncated at /results: the log should have 10 samples and has 8"),
        ("cancelled.json", "error unfinished-run at /status: the run was cancelled"),
    ] {
        let told = problems(&fixture(name));
        assert!(told.iter().any(|problem| problem == why), "{name}: {told:?}");
    }
    let cut = problems(&fixture("cut.eval"));
    assert!(cut[0].starts_with("error malformed: this is no whole zip archive"), "{cut:?}");
}

#[test]
fn a_partial_answer_is_not_good_and_a_measure_has_no_verdict() {
    let evidence = fixture("graded.json");
    let told = rows(&evidence);
    assert!(told.contains(&("peru", "failed", "`parts/polite` says partly correct")), "{told:?}");
    assert_eq!(told.iter().filter(|(_, outcome, _)| *outcome == "passed").count(), 4);
    let evidence = fixture("measured.eval");
    assert!(rows(&evidence).iter().all(|(_, outcome, _)| *outcome == "not-judged"));
    assert_eq!(value(&evidence, "golden.expected_cases"), Some(Value::Count(5)));
    assert!(problems(&evidence)[0].contains("limited to 3 of the 5 samples"));
}

#[test]
fn logs_of_2024_are_read() {
    let evidence = fixture("old.json");
    assert_eq!(problems(&evidence), ["warning no-time-zone at /eval/created: it names no time zone; it is read as UTC"]);
    assert_eq!(value(&evidence, "golden.pass_rate"), Some(Value::ratio(1, 2)));
    assert_eq!(value(&evidence, "golden.mode"), Some(Value::text("live")));
    assert_eq!(rows(&evidence)[1], ("2", "failed", "`model_graded_fact` says incorrect"));
    assert_eq!(evidence.rows("golden.run")[0].text("judge"), Some("openai/gpt-4"));
}

/// A log with these parts: the model, further keys of `eval`, the results, the samples.
fn log(model: &str, spec: &str, results: &str, samples: &str) -> Evidence {
    let text = format!(
        r#"{{"version":2,"status":"success","eval":{{"created":"2026-02-17T22:40:00Z","task":"t","model":"{model}","dataset":{{"samples":2,"sample_ids":[1,2]}}{spec}}},"results":{results},"samples":[{samples}]}}"#
    );
    of("log.json", text.as_bytes())
}

const GOOD: &str = r#"{"id":1,"epoch":1,"scores":{"match":{"value":"C"}},"model_usage":{"openai/x":{"output_tokens":3}}}"#;
const BAD: &str = r#"{"id":2,"epoch":1,"scores":{"match":{"value":"I"}},"limit":{"type":"token","limit":9}}"#;

#[test]
fn totals_are_counted_and_differences_told() {
    let both = format!("{GOOD},{BAD}");
    let fair =
        r#"{"total_samples":2,"completed_samples":2,"scores":[{"name":"match","scorer":"match","metrics":{"accuracy":{"value":0.5}}}]}"#;
    let evidence = log("openai/x", "", fair, &both);
    assert_eq!(problems(&evidence), [""; 0]);
    assert_eq!(rows(&evidence)[1].2, "`match` says incorrect; stopped by its token limit");
    let rosy = problems(&log("openai/x", "", &fair.replace("0.5", "0.9"), &both));
    assert_eq!(
        rosy,
        ["warning declared-totals-differ at /results/scores/0: the log states an accuracy of 0.9 for `match`, and its samples come to 0.5"]
    );
    let missing = problems(&log("openai/x", "", fair, GOOD));
    assert_eq!(missing[0], "error truncated at /results: the log should have 2 samples and has 1");
    let more = problems(&log("openai/x", "", &fair.replace("\"total_samples\":2", "\"total_samples\":1"), &both));
    assert_eq!(more[0], "error declared-totals-differ at /results: the file states 1 sample, and holds 2");
    let twice = problems(&log("openai/x", "", fair, &format!("{GOOD},{GOOD}")));
    assert_eq!(twice[1], "error duplicate-case: case `1`, attempt 1, is there already");
    let silent = problems(&log("openai/x", r#","config":{"log_samples":false}"#, fair, ""));
    assert_eq!(silent, ["error no-cases: the log was written without its samples (`--no-log-samples`)"]);
}

#[test]
fn a_run_is_live_only_when_a_real_model_answered() {
    let mode = |model: &str, sample: &str| {
        let evidence = log(model, "", "null", sample);
        evidence.rows("golden.run")[0].text("mode").map(str::to_owned)
    };
    assert_eq!(mode("openai/x", GOOD).as_deref(), Some("live"));
    assert_eq!(mode("openai/x", BAD), None);
    for stand_in in ["mockllm/model", "hardcoded/answers", "none/none"] {
        assert_eq!(mode(stand_in, BAD).as_deref(), Some("mock"), "{stand_in}");
    }
    assert_eq!(mode("none/none", GOOD).as_deref(), Some("live"));
    assert_eq!(mode("openai/x", &GOOD.replace("openai/x", "mockllm/model")).as_deref(), Some("mock"));
    let cached = GOOD.replace("\"epoch\":1", r#""epoch":1,"events":[{"event":"model","cache":"read"},{"event":"info"}]"#);
    assert_eq!(mode("openai/x", &cached).as_deref(), Some("cached"));
}

#[test]
fn an_archive_or_document_of_something_else_is_not_claimed() {
    let folder = tempfile::tempdir().unwrap();
    let claimed = |bytes: &[u8]| {
        let path = folder.path().join("it");
        std::fs::write(&path, bytes).unwrap();
        claimants(&Artifact::look(&path, "it").unwrap()).iter().map(|format| format.name).collect::<Vec<_>>()
    };
    let entry = |name: &str| [&b"PK\x03\x04"[..], &[0; 22], &[name.len() as u8, 0, 0, 0], name.as_bytes()].concat();
    assert_eq!(claimed(&entry("_journal/start.json")), ["inspect"]);
    assert_eq!(claimed(&entry("samples/a/1_epoch_2.json")), ["inspect"]);
    assert_eq!(claimed(&[entry("summaries.json"), entry("header.json")].concat()), ["inspect"]);
    for other in ["header.json", "samples/a.json", "word/document.xml"] {
        assert_eq!(claimed(&entry(other)), [""; 0], "{other}");
    }
    assert_eq!(claimed(br#"{"status":"success","eval":{"task":"t"}}"#), [""; 0]);
}
