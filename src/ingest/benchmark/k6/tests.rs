#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::ingest::benchmark::testing::{figures, read};
use crate::ingest::testing::problems;

const EXPECTED: [&str; 8] = [
    "checks rate 0.75  higher",
    "fast_latency avg 100  lower",
    "fast_latency p(95) 137  lower",
    "http_req_duration{a:b} avg 2.5 ms lower",
    "http_req_duration{a:b} p(95) 4 ms lower",
    "http_req_failed rate 0.25  lower",
    "http_reqs rate 80 /s higher",
    "queue value 3  lower",
];

#[test]
fn in_the_older_shape_true_means_crossed() {
    let evidence = read(
        r#"{"metrics":{"fast_latency":{"avg":100,"p(95)":137,"max":150,"thresholds":{"p(95)<50":true,"avg<200":false}},
        "http_req_duration{a:b}":{"avg":2.5,"min":1,"max":5,"p(95)":4},"checks":{"passes":3,"fails":1,"value":0.75},
        "http_req_failed":{"passes":1,"fails":3,"value":0.25},"http_reqs":{"count":800,"rate":80},"vus":{"value":5,"min":5,"max":5},
        "queue":{"value":3,"min":1,"max":5}},"root_group":{"name":"","path":""}}"#,
    );
    assert_eq!(figures(&evidence), EXPECTED);
    assert_eq!(
        problems(&evidence)[0],
        "warning threshold at /metrics/fast_latency: fast_latency crosses the threshold `p(95)<50` that k6 was given"
    );
    assert_eq!(problems(&evidence).len(), 2, "{:?}", problems(&evidence));
}

#[test]
fn in_the_newer_shape_it_is_not_ok() {
    let evidence = read(
        r#"{"root_group":{},"options":{},"state":{"testRunDurationMs":1},"metrics":{
        "fast_latency":{"type":"trend","contains":"default","values":{"avg":100,"p(95)":137,"max":150},"thresholds":{"p(95)<50":{"ok":false},"avg<200":{"ok":true}}},
        "http_req_duration{a:b}":{"type":"trend","contains":"time","values":{"avg":2.5,"min":1,"max":5,"p(95)":4}},
        "checks":{"type":"rate","contains":"default","values":{"passes":3,"fails":1,"rate":0.75}},
        "http_req_failed":{"type":"rate","contains":"default","values":{"rate":0.25,"passes":1,"fails":3}},
        "http_reqs":{"type":"counter","contains":"default","values":{"count":800,"rate":80}},
        "vus":{"type":"gauge","contains":"default","values":{"value":5,"min":5,"max":5}},
        "queue":{"type":"gauge","contains":"default","values":{"value":3,"min":1,"max":5}},
        "idle":{"type":"trend","contains":"time","values":{"avg":0,"p(95)":0},"thresholds":{"p(95)<1":{"ok":true}}}}}"#,
    );
    assert_eq!(figures(&evidence), EXPECTED);
    let problems = problems(&evidence);
    assert!(problems.contains(&"warning no-samples at /metrics/idle: idle has a threshold and no sample".to_owned()), "{problems:?}");
    assert_eq!(problems.iter().filter(|problem| problem.starts_with("warning threshold")).count(), 1);
}
