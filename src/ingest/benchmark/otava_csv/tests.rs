#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::ingest::benchmark::testing::{figures, named};
use crate::ingest::testing::problems;

#[test]
fn a_row_is_a_run_and_a_column_a_metric() {
    let evidence = named(
        "tpcc.csv",
        "time,commit,branch,note,p50,rate\n2024.01.01 3:00:00 +0100,aaa0,main,x,1540,10.43\n1704164400,aaa1,main,,1384,\n\
         2024-01-03T02:00:00Z,aaa2,main,,fast,10.29\n",
    );
    assert_eq!(figures(&evidence), ["tpcc p50 1384  lower", "tpcc rate 10.29  lower"]);
    let first = evidence.series[0].points.first().unwrap();
    assert_eq!((first.at.unwrap().to_string().as_str(), first.commit), ("2024-01-01T02:00:00Z", Some("aaa0")));
    assert_eq!(evidence.series[0].points.get(1).unwrap().at.unwrap().to_string(), "2024-01-02T03:00:00Z");
    assert_eq!(
        problems(&evidence),
        [
            "note direction-assumed: nothing tells which way is better for `p50`, `rate`: lower is taken to be",
            "warning not-a-number:4: tpcc p50 has no value in this run",
        ]
    );
}

#[test]
fn a_row_without_a_moment_is_an_error() {
    let evidence = named("t.csv", "time,commit,ms\nyesterday,a,1\n1704164400,b,2\n");
    assert_eq!(problems(&evidence)[0], "error time:2: `yesterday` is no moment");
}
