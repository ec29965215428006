#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::ingest::benchmark::testing::{figures, named, read};
use crate::ingest::testing::{problems, read as read_files};
use std::collections::BTreeMap;

fn results(rows: &str) -> String {
    format!(
        r#"{{"commit_hash":"abc1234","date":1770000000000,"params":{{"cpu":"EPYC","machine":"host7","os":"Linux","numpy":"2.1","python":"/srv/bin/python3.12"}},
"python":"3.12","result_columns":["result","params","version","samples"],"results":{{{rows}}},"version":2}}"#
    )
}

const MACHINE: &str = "Linux EPYC, numpy 2.1 python python3.12";
const SORT: &str = r#""b.Words.time_sort":[[1.5,null,3.0,4.0],[["10","1000"],["'a'","'b'"]],"v",[[1.5,1.75],null,[3.0]]]"#;

#[test]
fn every_combination_of_parameters_is_a_benchmark() {
    let evidence = read(&results(SORT));
    assert_eq!(
        figures(&evidence),
        [
            format!("b.Words.time_sort 10 a time {MACHINE} 1.5 seconds lower [1.5, 1.75]"),
            format!("b.Words.time_sort 1000 a time {MACHINE} 3 seconds lower [3]"),
            format!("b.Words.time_sort 1000 b time {MACHINE} 4 seconds lower"),
        ]
    );
    assert_eq!(
        problems(&evidence)[0],
        "warning failed at /results/b.Words.time_sort: b.Words.time_sort 10 b failed or was skipped, and has no value"
    );
    assert_eq!(evidence.series[0].points.first().unwrap().commit, Some("abc1234"));
}

#[test]
fn units_and_names_of_parameters_are_in_another_file() {
    let rows = results(r#""b.track_hits":[[7],[["10"]]],"b.mem_list":[[64],[]]"#);
    let about = br#"{"b.track_hits":{"unit":"hits","param_names":["n"],"type":"track"},"version":2}"#;
    let files: [(&str, &[u8]); 2] = [("benchmarks.json", about), ("abc1234-env.json", rows.as_bytes())];
    let evidence = read_files("benchmark", &files, &BTreeMap::new());
    assert_eq!(
        figures(&evidence),
        [format!("b.mem_list size {MACHINE} 64 bytes lower"), format!("b.track_hits n=10 value {MACHINE} 7 hits lower")]
    );
    assert!(problems(&evidence).iter().any(|p| p.starts_with("note description: this describes benchmarks")), "{:?}", problems(&evidence));
}

#[test]
fn version_1_has_values_alone() {
    let old = r#"{"commit_hash":"abc1234","date":1770000000000,"params":{},"python":"2.7","requirements":{},"version":1,
                  "results":{"b.time_a":0.5,"b.time_b":{"params":[["1","2"]],"result":[1.5,2.5]},"b.time_c":null}}"#;
    let evidence = read(old);
    assert_eq!(
        figures(&evidence),
        ["b.time_a time 0.5 seconds lower", "b.time_b 1 time 1.5 seconds lower", "b.time_b 2 time 2.5 seconds lower"]
    );
    assert_eq!(problems(&evidence), ["warning failed at /results/b.time_c: b.time_c failed or was skipped, and has no value"]);
}

#[test]
fn a_value_is_of_its_commit_and_the_file_of_its_run() {
    let rows = r#""b.time_a":[[1.0],[],"v",[[1.0]],1770900000000]"#;
    let evidence = read(&results(rows).replace("\"samples\"]", "\"samples\",\"started_at\"]"));
    assert_eq!(evidence.series[0].points.first().unwrap().at.unwrap().date(), "2026-02-02");
    assert_eq!(evidence.sources[0].collected_at.unwrap().date(), "2026-02-12");
}

#[test]
fn values_that_do_not_fit_their_parameters_are_told() {
    let evidence = read(&results(r#""b.time_a":[[1.0,2.0],[["1","2","3"]]],"b.time_b":[[1.0],[]]"#));
    assert_eq!(figures(&evidence).len(), 1);
    assert_eq!(
        problems(&evidence),
        ["warning undecodable at /results/b.time_a: b.time_a has 2 values for 3 combinations of its parameters"]
    );
    let vast = format!("[{}]", vec!["[1,2,3,4,5,6,7,8,9,10]"; 40].join(","));
    let evidence = read(&results(&format!(r#""b.time_a":[[1.0],{vast}]"#)));
    assert!(problems(&evidence)[0].contains("more than 100000 combinations"), "{:?}", problems(&evidence));
    assert_eq!(named("machine.json", r#"{"machine":"x","num_cpu":"4","version":1}"#).sources[0].format.as_deref(), Some("asv"));
}
