#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::ingest::benchmark::testing::{figures, read};
use crate::ingest::testing::problems;

const POSTED: &str = r#"{"run_id":"r1","batch_id":"b","timestamp":"2026-02-10T01:00:00Z","tags":{"name":"sort","suite":"words","n":10,"kind":"x"},
 "stats":{"data":[1.5,"2.5",2.0],"unit":"s","iterations":3},"machine_info":{"name":"host7","os_name":"Linux","cpu_model_name":"EPYC","cpu_core_count":"4"},
 "github":{"commit":"abc1234","repository":"https://example.org/x"}}"#;

#[test]
fn tags_are_name_and_parameters_and_data_are_samples() {
    let expected = ["words sort kind=x n=10 time Linux EPYC 4 2 s lower [1.5, 2.5, 2]"];
    for text in [POSTED.to_owned(), format!("[{POSTED}]"), format!("{{\"data\":[{POSTED}],\"metadata\":{{}}}}")] {
        let evidence = read(&text);
        assert_eq!(figures(&evidence), expected);
        let point = evidence.series[0].points.first().unwrap();
        assert_eq!((point.run, point.commit), (Some("r1"), Some("abc1234")));
        assert!(problems(&evidence).is_empty());
    }
}

#[test]
fn rates_are_better_when_higher_and_what_is_given_back_has_a_mean() {
    let back = POSTED
        .replace("\"s\"", "\"i/s\"")
        .replace("[1.5,\"2.5\",2.0]", "[],\"mean\":\"7.5\"")
        .replace("github", "commit")
        .replace("\"commit\":\"abc", "\"sha\":\"abc");
    let evidence = read(&back);
    assert_eq!(figures(&evidence), ["words sort kind=x n=10 throughput Linux EPYC 4 7.5 i/s higher"]);
    assert_eq!(evidence.series[0].points.first().unwrap().commit, Some("abc1234"));
}

#[test]
fn a_failure_is_told() {
    let failed = r#"{"run_id":"r","tags":{"name":"x"},"error":{"stack_trace":"…"}}"#;
    let evidence = read(&format!("[{POSTED},{failed}]"));
    assert_eq!(problems(&evidence)[0], "warning failed at /1: x failed, and has no value");
    let alone = problems(&read(failed));
    assert_eq!(alone.last().unwrap(), "error no-values: no benchmark has a value");
}
