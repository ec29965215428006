#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::ingest::benchmark::testing::{figures, read};
use crate::ingest::testing::problems;

#[test]
fn measures_have_their_units() {
    let evidence = read(
        r#"{"a::b":{"latency":{"value":3.5,"lower_value":1,"upper_value":null},"throughput":{"value":2}},"c":{"score":{"value":7},"latency":{"value":-1}}}"#,
    );
    assert_eq!(figures(&evidence), ["a::b latency 3.5 ns lower", "a::b throughput 2 ops/s higher", "c score 7  lower"]);
    assert_eq!(
        problems(&evidence),
        [
            "note direction-assumed: nothing tells which way is better for `score`: lower is taken to be",
            "warning negative at /c/latency: c latency is negative in this run, and is left out",
        ]
    );
    assert!(problems(&read(r#"{"a":{"b":{"value":1,"other":2}}}"#))[0].starts_with("error unknown-format"));
}
