#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::ingest::benchmark::testing::{figures, read};
use crate::ingest::testing::problems;

fn report(root: &str, cases: &[(&str, &str)]) -> String {
    let cases: Vec<_> =
        cases.iter().map(|(name, body)| format!("<TestCase name=\"{name}\"><Section name=\"s\">{body}</Section></TestCase>")).collect();
    format!("<{root}>\n{}\n</{root}>", cases.join("\n"))
}

const FIB: &str =
    "<BenchmarkResults name=\"fib\" samples=\"9\"><mean value=\"2.5e+3\"/><standardDeviation value=\"9\"/></BenchmarkResults>";

#[test]
fn means_are_in_nanoseconds() {
    for root in ["Catch", "Catch2TestRun"] {
        assert_eq!(figures(&read(&report(root, &[("numbers", FIB)]))), ["fib time 2500 ns lower"]);
    }
    let two = report("Catch", &[("a", FIB), ("b", FIB)]);
    assert_eq!(figures(&read(&two)), ["a s fib time 2500 ns lower", "b s fib time 2500 ns lower"]);
}

#[test]
fn what_has_no_mean_is_told() {
    let body = format!("{FIB}<BenchmarkResults name=\"x\"><failed message=\"no input\"/></BenchmarkResults><BenchmarkResults name=\"y\"/>");
    assert_eq!(
        problems(&read(&report("Catch", &[("a", &body)]))),
        ["warning failed:2: x failed, and has no value: no input", "warning no-result:2: y begins here and has no result"]
    );
    let cut = report("Catch", &[("a", FIB)]);
    assert!(problems(&read(&cut[..cut.len() - 20]))[0].starts_with("error truncated"));
    assert!(problems(&read(&report("Catch", &[("a", "")])))[0].starts_with("error unknown-format"));
}
