#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::ingest::benchmark::testing::{figures, read};
use crate::ingest::testing::problems;

#[test]
fn the_default_emitter_and_others_of_its_form() {
    let evidence = read(
        "Building…\nTemplate(RunTime): 0.1568472448997197 us.\r\nBigInt.100(RunTimeRaw): 9.4e1 ns.\nApp(CodeSize): 4096 bytes.\n\
         List(of)(RunTime): 2 us.\n",
    );
    assert_eq!(
        figures(&evidence),
        [
            "App CodeSize 4096 bytes lower",
            "BigInt.100 RunTimeRaw 94 ns lower",
            "List(of) time 2 us lower",
            "Template time 0.1568472448997197 us lower",
        ]
    );
    assert!(problems(&evidence).is_empty());
}

#[test]
fn a_benchmark_that_is_run_again_gives_samples() {
    assert_eq!(figures(&read("a(RunTime): 3 us.\na(RunTime): 1 us.\na(RunTime): 2 us.\n")), ["a time 2 us lower [3, 1, 2]"]);
}

#[test]
fn what_is_no_value_is_told() {
    let evidence = read("a(RunTime): 3 us.\nb(RunTime): Infinity us.\nUnhandled exception:\nBad state\n");
    assert_eq!(
        problems(&evidence),
        ["warning failed:3: the run ends with an exception", "warning not-a-number:2: b time has no value in this run"]
    );
    assert!(problems(&read("see chapter 3 (time): 5 minutes.\n"))[0].starts_with("error unknown-format"));
}
