#![allow(clippy::unwrap_used)]

use super::*;
use crate::ingest::testing::{problems, read as read_files};
use crate::metric::Value as Metric;
use std::collections::BTreeMap;

const SAMPLES: &str = "{\"doc_id\":0,\"doc\":{},\"target\":\"a\",\"filter\":\"none\",\"metrics\":[\"acc\"],\"acc\":1.0}\n\
                       {\"doc_id\":1,\"doc\":{},\"target\":\"b\",\"filter\":\"none\",\"metrics\":[\"acc\"],\"acc\":0.0}\n";

fn results(mean: f64, original: u64) -> String {
    format!(
        "{{\"results\":{{\"t\":{{\"alias\":\"t\",\"acc,none\":{mean},\"acc_stderr,none\":\"N/A\"}}}},\"versions\":{{\"t\":1}},\
         \"n-samples\":{{\"t\":{{\"original\":{original},\"effective\":2}}}},\"config\":{{\"model\":\"hf\"}}}}"
    )
}

fn entry(results: &str) -> crate::evidence::Evidence {
    let files = [("results_x.json", results.as_bytes()), ("samples_t_2026-02-17T10-00-00.5.jsonl", SAMPLES.as_bytes())];
    read_files("golden", &files, &BTreeMap::new())
}

#[test]
fn the_task_is_in_the_name_of_the_file() {
    assert_eq!(task("samples_gsm8k_cot_2025-05-31T14-30-51.983293.jsonl"), Some("gsm8k_cot"));
    assert_eq!(task("log.jsonl"), None);
}

#[test]
fn samples_are_held_against_the_results() {
    let good = entry(&results(0.5, 2));
    assert_eq!(
        problems(&good),
        ["note no-samples: the file holds no case: name the samples beside it (`--log_samples`) to have them judged"]
    );
    assert_eq!(good.metric("golden.pass_rate").unwrap().value, Metric::ratio(1, 2));
    assert_eq!(good.metric("golden.expected_cases").unwrap().value, Metric::Count(2));
    assert_eq!(good.rows("golden.score").len(), 1);
    let wrong = entry(&results(0.75, 2));
    assert!(
        problems(&wrong).iter().any(|p| p.starts_with("error declared-totals-differ: ") && p.contains("t/acc")),
        "{:?}",
        problems(&wrong)
    );
}

#[test]
fn a_limited_run_is_not_complete() {
    let limited = entry(&results(0.5, 800));
    assert!(problems(&limited).iter().any(|p| p == "warning limited at /n-samples/t: the task t was limited to 2 of 800 documents"));
    assert_eq!(limited.metric("golden.expected_cases").unwrap().value, Metric::Count(800));
}
