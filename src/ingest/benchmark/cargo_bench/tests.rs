#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::ingest::benchmark::testing::{figures, read};
use crate::ingest::testing::problems;

#[test]
fn libtest_with_separators_rates_and_results_behind_other_output() {
    let evidence = read(
        "running 6 tests\ntest a ... bench:       1,234.56 ns/iter (+/- 5)\ntest b ... bench:  10 ns/iter (+/- 1) = 1,000 MB/s\n\
         test c ... FAILED\ntest d ... ignored\ntest e ... some output\nmore of it\nbench:          30 ns/iter (+/- 1)\ntest f ... half\n\n\
         test result: FAILED. 0 passed; 1 failed; 1 ignored; 3 measured; 0 filtered out\n\nerror: bench failed, to rerun pass `--bench x`\n",
    );
    assert_eq!(
        figures(&evidence),
        ["a time 1234.56 ns/iter lower", "b throughput 1000 MB/s higher", "b time 10 ns/iter lower", "e time 30 ns/iter lower"]
    );
    assert_eq!(
        problems(&evidence),
        [
            "warning failed:4: c failed, and has no value, and 1 more of the kind",
            "warning no-result:9: f begins here and has no result",
            "warning skipped:5: d is ignored, and has no value",
        ]
    );
}

#[test]
fn criterion_with_long_names_units_and_rates() {
    let evidence = read(
        "Benchmarking fib 20: Analyzing\n\u{1b}[1mfib 20\u{1b}[0m        time:   [26.029 µs \u{1b}[1m26.251 µs\u{1b}[0m 26.505 µs]\n\
         \x20       change: [-1.3% +0.1% +1.5%] (p = 0.5 > 0.05)\nFound 2 outliers among 100 measurements (2.00%)\n\
         group/a name that is longer than a column\n                        time:   [1.9 ps 2.0 ps 2.1 ps]\n\
         \x20                       thrpt:  [481.63 Kelem/s 483.37 Kelem/s 484.70 Kelem/s]\nx  time: [1 ns 2 ns]\n",
    );
    assert_eq!(
        figures(&evidence),
        [
            "fib 20 time 26.251 µs lower",
            "group/a name that is longer than a column throughput 483370 elem/s higher",
            "group/a name that is longer than a column time 2 ps lower",
        ]
    );
}

#[test]
fn a_name_of_two_targets_is_told_apart() {
    let evidence = read(
        "     Running benches/a.rs (target/release/deps/a-0)\ntest x ... bench: 1 ns/iter (+/- 0)\ntest y ... bench: 2 ns/iter (+/- 0)\n\
         \x20    Running benches/b.rs (target/release/deps/b-0)\ntest x ... bench: 3 ns/iter (+/- 0)\n",
    );
    assert_eq!(
        figures(&evidence),
        ["benches/a.rs x time 1 ns/iter lower", "benches/b.rs x time 3 ns/iter lower", "y time 2 ns/iter lower"]
    );
}

#[test]
fn nothing_measured_is_empty_and_tests_are_not_ours() {
    let frame = "running 0 tests\n\ntest result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n";
    assert_eq!(problems(&read(frame)), ["warning empty: the file holds nothing for benchmark to judge"]);
    let tests = "running 1 test\ntest a ... ok\n\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n";
    assert!(problems(&read(tests))[0].starts_with("error unknown-format"));
}
