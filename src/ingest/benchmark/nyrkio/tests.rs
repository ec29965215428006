#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::ingest::benchmark::testing::{figures, named, read};
use crate::ingest::testing::problems;

#[test]
fn runs_with_their_commits() {
    let run = |at: u64, value: &str, more: &str| {
        format!(
            r#"{{"timestamp":{at},"metrics":[{{"name":"p50","unit":"us","value":{value}}},{{"name":"score","unit":"points","value":3,"direction":"higher_is_better"}}],"attributes":{{"git_commit":"c{at}","branch":"main"}}{more}}}"#
        )
    };
    let list =
        format!("[{},{},{}]", run(1_770_000_001, "5", ""), run(1_770_000_000, "4", ""), run(1_770_000_002, "6", r#","passed":false"#));
    let evidence = named("tpcc.json", &list);
    let points: Vec<_> = evidence.series[0].points.iter().map(|p| (p.commit.unwrap(), p.value)).collect();
    assert_eq!((evidence.series[0].id().as_str(), points), ("tpcc p50", vec![("c1770000000", 4.0), ("c1770000001", 5.0)]));
    assert_eq!(figures(&evidence)[1], "tpcc score 3 points higher");
    assert_eq!(
        problems(&evidence),
        ["warning failed at /2: tpcc did not pass, and has no value", "error empty-run: the newest run has no usable value"]
    );
    let one = read(&run(1_770_000_000, "4", "").replace("\"branch\"", "\"test_name\":\"t\",\"branch\""));
    assert_eq!(figures(&one), ["t p50 4 us lower", "t score 3 points higher"]);
}
