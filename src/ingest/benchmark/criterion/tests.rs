#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::ingest::benchmark::testing::{figures, named, read};
use crate::ingest::testing::{problems, read as read_files};
use std::collections::BTreeMap;

const ESTIMATES: &str =
    r#"{"mean":{"point_estimate":3.5},"median":{"point_estimate":3},"slope":{"point_estimate":4},"std_dev":{"point_estimate":1}}"#;

#[test]
fn the_files_of_a_folder_belong_together() {
    let files: [(&str, &[u8]); 3] = [
        ("estimates.json", ESTIMATES.as_bytes()),
        ("benchmark.json", br#"{"group_id":"g","full_id":"g/f/10","title":"g/f/10"}"#),
        ("sample.json", br#"{"sampling_mode":"Linear","iters":[1.0,2.0],"times":[5.0,6.0]}"#),
    ];
    let evidence = read_files("benchmark", &files, &BTreeMap::new());
    let samples = evidence.series[0].points.first().unwrap().samples;
    assert_eq!((evidence.series[0].id().as_str(), samples.len()), ("g/f/10 time", 4), "named twice, the samples count twice");
    assert!(problems(&evidence).iter().any(|problem| problem.starts_with("warning re-measured")));
}

#[test]
fn slope_or_mean_of_new_and_old_files() {
    assert_eq!(figures(&read(ESTIMATES)), ["results time 4 ns lower"]);
    assert_eq!(figures(&read(&ESTIMATES.replace(r#"{"point_estimate":4}"#, "null"))), ["results time 3.5 ns lower"]);
    let old = ESTIMATES.replace("mean", "Mean").replace("slope", "Slope").replace("std_dev", "StdDev");
    assert_eq!(figures(&read(&old)), ["results time 4 ns lower"]);
    assert_eq!(figures(&named("sample.json", "[[1.0,2.0],[3.0,6.0]]")), ["sample time 3 ns lower [3, 3]"]);
    let flat = r#"{"sampling_mode":"Flat","iters":[1.0,2.0],"times":[2.0,8.0]}"#;
    assert_eq!(figures(&read(flat)), ["results time 3 ns lower [2, 4]"]);
}

#[test]
fn a_change_is_no_measurement() {
    let evidence = read(r#"{"mean":{"point_estimate":-0.1},"median":{"point_estimate":0.2}}"#);
    assert!(evidence.series.is_empty());
    assert_eq!(
        problems(&evidence),
        [
            "note relative: this is the change from one run to another and no measurement: name `new/estimates.json`",
            "warning empty: the file holds nothing for benchmark to judge",
        ]
    );
}

#[test]
fn without_its_companion_the_path_is_the_name() {
    for (path, name) in [
        ("target/criterion/fib 20/new/estimates.json", "fib 20"),
        ("bench/criterion/g/f/10/base/estimates.json", "g/f/10"),
        ("estimates.json", "estimates"),
        ("new/estimates.json", "estimates"),
    ] {
        assert_eq!(super::from_path(path), name);
    }
}
