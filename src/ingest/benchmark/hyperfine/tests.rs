#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::ingest::benchmark::testing::{figures, read};
use crate::ingest::testing::problems;

#[test]
fn the_median_counts_and_every_run_is_a_sample() {
    let evidence = read(
        r#"{"results":[{"command":"a 1","mean":2,"stddev":1,"median":1.5,"user":1,"system":0,"min":1,"max":3.5,
        "times":[1.5,1,3.5],"memory_usage_byte":[10,30,20],"exit_codes":[0,0,0],"parameters":{"n":"1","m":"x"}}]}"#,
    );
    assert_eq!(figures(&evidence), ["a 1 m=x memory 20 B lower [10, 30, 20]", "a 1 m=x time 1.5 s lower [1.5, 1, 3.5]"]);
    assert!(problems(&evidence).is_empty());
}

#[test]
fn one_run_has_no_deviation_and_old_files_no_times() {
    let evidence = read(r#"{"results":[{"command":"a","mean":2,"stddev":null,"median":2,"times":[2]},{"command":"b","mean":3}]}"#);
    assert_eq!(figures(&evidence), ["a time 2 s lower [2]", "b time 3 s lower"]);
}

#[test]
fn a_command_that_fails_has_no_value() {
    let evidence = read(
        r#"{"results":[{"command":"a","mean":2,"times":[2,2],"exit_codes":[0,null]},{"command":"b","mean":2,"times":[2],"exit_codes":[1]},
        {"command":"c","mean":-1},{"command":"d","mean":null},{"command":"e","mean":4,"times":[NaN]}]}"#,
    );
    assert_eq!(figures(&evidence), ["e time 4 s lower"]);
    assert_eq!(
        problems(&evidence),
        [
            "warning bad-sample at /results/4: e time has samples that are negative or no numbers",
            "warning failed at /results/0: a failed in 1 of 2 runs, and has no value, and 1 more of the kind",
            "warning negative at /results/2: c time is negative in this run, and is left out",
            "warning not-a-number at /results/3: d time has no value in this run",
        ]
    );
    let all = read(r#"{"results":[{"command":"b","mean":2,"exit_codes":[1]}]}"#);
    assert_eq!(problems(&all).last().unwrap(), "error no-values: no benchmark has a value");
}

#[test]
fn a_cut_file_is_told() {
    let whole = r#"{"results":[{"command":"a","mean":2,"times":[2,2]}]}"#;
    for end in 40..whole.len() {
        assert!(problems(&read(&whole[..end]))[0].starts_with("error truncated"), "{end}");
    }
}
