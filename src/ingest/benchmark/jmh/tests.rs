#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::ingest::benchmark::testing::{figures, read};
use crate::ingest::testing::problems;

#[test]
fn the_mode_tells_the_direction_and_iterations_are_samples() {
    let entry = |mode: &str, score: &str, unit: &str, more: &str| {
        format!(
            r#"{{"jmhVersion":"1.37","benchmark":"a.B.c","mode":"{mode}","threads":1,"primaryMetric":{{"score":{score},"scoreError":"NaN","scoreUnit":"{unit}","rawData":[[1,2],[3]]}}{more}}}"#
        )
    };
    let secondary = r#","params":{"n":"17"},"secondaryMetrics":{"·gc.alloc.rate":{"score":5,"scoreUnit":"MB/sec","rawData":[[5]]}}"#;
    let entries = [entry("thrpt", "2", "ops/us", secondary), entry("avgt", "3", "us/op", ""), entry("ss", "\"NaN\"", "s/op", "")];
    let evidence = read(&format!("[{}]", entries.join(",")));
    assert_eq!(
        figures(&evidence),
        [
            "a.B.c n=17 gc.alloc.rate 5 MB/sec lower [5]",
            "a.B.c n=17 throughput 2 ops/us higher [1, 2, 3]",
            "a.B.c time 3 us/op lower [1, 2, 3]",
        ]
    );
    assert_eq!(problems(&evidence), ["warning not-a-number at /2: a.B.c single_shot_time has no value in this run"]);
}
