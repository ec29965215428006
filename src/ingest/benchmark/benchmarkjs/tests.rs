#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::ingest::benchmark::testing::{figures, read};
use crate::ingest::testing::problems;

#[test]
fn rates_with_separators_and_errors() {
    let evidence = read(
        "Running 3 benchmarks...\nfib(10) x 1,431,759 ops/sec ±0.74% (93 runs sampled)\nthis x line should be ignored\n\
         a x b x 81.61 ops/sec ±1.70% (1 run sampled)\nbroken: \nworse: TypeError: no input\nnote: fine\nz x NaN ops/sec ±0% (0 runs sampled)\n",
    );
    assert_eq!(figures(&evidence), ["a x b throughput 81.61 ops/s higher", "fib(10) throughput 1431759 ops/s higher"]);
    assert_eq!(
        problems(&evidence),
        [
            "warning failed:5: broken failed, and has no value, and 1 more of the kind",
            "warning not-a-number:8: z throughput has no value in this run",
        ]
    );
}
