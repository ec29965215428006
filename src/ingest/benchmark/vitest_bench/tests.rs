#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::ingest::benchmark::testing::{figures, read};
use crate::ingest::testing::problems;

#[test]
fn medians_or_means_and_what_has_none() {
    let evidence = read(
        r#"{"files":[{"filepath":"/a/b.ts","groups":[{"fullName":"b.ts > fib","benchmarks":[
        {"name":"x","hz":500,"mean":2,"median":1.5,"samples":[1,1.5,3.5]},{"name":"y","mean":2},{"name":"z","rank":0}]}]}]}"#,
    );
    assert_eq!(figures(&evidence), ["b.ts > fib > x time 1.5 ms lower [1, 1.5, 3.5]", "b.ts > fib > y time 2 ms lower"]);
    assert_eq!(problems(&evidence), ["warning no-result at /files/0/groups/0: b.ts > fib > z has no result: it failed or was skipped"]);
}
