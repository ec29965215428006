#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::ingest::benchmark::testing::{figures, read};
use crate::ingest::testing::problems;

const RULE: &str = "-------------------------------------------------------------------------------\n";
const DOTS: &str = "...............................................................................\n";
const HEADING: &str = "\nbenchmark name                       samples       iterations    est run time\n                                     mean          low mean      high mean\n                                     std dev       low std dev   high std dev\n";

fn case(name: &str, rows: &str) -> String {
    format!("{RULE}{name}\n{RULE}bench.cpp:5\n{DOTS}{HEADING}{RULE}{rows}\n")
}

const FIB: &str = "fib 20                                         100             2     1.2 ms \n                                        20.50 us      20.10 us      21.00 us \n                                          1.2 us        0.9 us        1.9 us \n                                                                              \n";

#[test]
fn the_second_row_has_the_mean() {
    assert_eq!(figures(&read(&case("numbers", FIB))), ["fib 20 time 20.5 us lower"]);
    let minutes = FIB.replace("20.50 us", "  1.5 m");
    assert_eq!(figures(&read(&case("numbers", &minutes))), ["fib 20 time 1.5 min lower"]);
}

#[test]
fn one_row_where_nothing_is_analysed_and_in_old_versions() {
    let plain =
        format!("benchmark name                       samples       iterations    mean\n{RULE}fib 20            100       2     1.5 ms\n");
    assert_eq!(figures(&read(&plain)), ["fib 20 time 1.5 ms lower"]);
    let old = format!(
        "benchmark name                                  iters   elapsed ns      average\n{RULE}fill 7         1         1567     1.567 µs\n"
    );
    assert_eq!(figures(&read(&old)), ["fill 7 time 1.567 µs lower"]);
}

#[test]
fn a_long_name_goes_on_in_the_next_row() {
    let long =
        format!("sorts a vector of ten thousand                                              \n{}", FIB.replace("fib 20", "numbers"));
    assert_eq!(figures(&read(&case("numbers", &long))), ["sorts a vector of ten thousand numbers time 20.5 us lower"]);
}

#[test]
fn names_of_several_test_cases_are_told_apart() {
    let twice = case("numbers\n  small", FIB) + &case("texts", &FIB.replace("20.50", "7"));
    assert_eq!(figures(&read(&twice)), ["numbers small fib 20 time 20.5 us lower", "texts fib 20 time 7 us lower"]);
}

#[test]
fn what_fails_or_is_cut_off_is_told() {
    let failed = format!("{FIB}fib 30                               Benchmark failed (out of memory)\n");
    assert_eq!(problems(&read(&case("numbers", &failed))), ["warning failed:15: fib 30 failed, and has no value: out of memory"]);
    let cut = case("numbers", &format!("{FIB}fib 30           100       2     1.5 ms\n"));
    assert_eq!(problems(&read(&cut)), ["warning no-result:15: fib 30 begins here and has no result"]);
    let nothing = case("numbers", "");
    assert_eq!(problems(&read(&nothing)), ["warning empty: the file holds nothing for benchmark to judge"]);
}
