#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::ingest::benchmark::testing::{figures, read};
use crate::ingest::testing::problems;

#[test]
fn the_unit_tells_the_direction_or_it_is_assumed_and_told() {
    let evidence = read(
        r#"[{"name":"a","unit":"req/s","value":70},{"name":"b","unit":"Percent","value":"50","range":"3","extra":"x"},
        {"name":"c","unit":"ms","value":null},{"name":" ","unit":"ms","value":1},{"name":"d","unit":"ms","value":"fast"}]"#,
    );
    assert_eq!(figures(&evidence), ["a throughput 70 req/s higher", "b value 50 Percent lower"]);
    assert_eq!(
        problems(&evidence),
        [
            "note direction-assumed: nothing tells which way is better for `Percent`: lower is taken to be",
            "warning empty-name at /3: a benchmark has no name",
            "warning not-a-number at /2: c time has no value in this run, and 1 more of the kind",
        ]
    );
}
