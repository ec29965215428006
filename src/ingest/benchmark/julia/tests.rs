#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::ingest::benchmark::testing::{figures, read};
use crate::ingest::testing::problems;

#[test]
fn groups_hold_trials_and_estimates() {
    let evidence = read(
        r#"[{"Julia":"1.11.0","BenchmarkTools":"1.6.0"},[["BenchmarkGroup",{"tags":[],"data":{"fib":["BenchmarkGroup",{"data":{
        "10":["Trial",{"times":[3.0,1.0,2.0],"gctimes":[0.0,0.0,0.0],"memory":16,"allocs":1,"params":["Parameters",{}]}],
        "20":["TrialEstimate",{"time":31028.0,"gctime":0.0,"memory":0,"allocs":0}],"30":["TrialRatio",{}]}}]}}]]]"#,
    );
    assert_eq!(
        figures(&evidence),
        [
            "fib/10 allocs 1 allocs lower",
            "fib/10 memory 16 B lower",
            "fib/10 time 2 ns lower [3, 1, 2]",
            "fib/20 allocs 0 allocs lower",
            "fib/20 memory 0 B lower",
            "fib/20 time 31028 ns lower",
        ]
    );
    assert_eq!(problems(&evidence), ["warning no-result at /1/0: fib/30 is of the type TrialRatio, which is no measurement"]);
}
