#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::ingest::benchmark::testing::{figures, read};
use crate::ingest::testing::problems;

#[test]
fn the_new_value_counts_in_text() {
    let evidence = read(
        "running 0 tests\n\ntest result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n\n\
         \u{1b}[32mfib::group::bench\u{1b}[0m \u{1b}[36mshort\u{1b}[0m:10\n  Instructions:     \u{1b}[1m  1734\u{1b}[0m|1650   (+5.09%) [+1.04844x]\n\
         \x20 L1 Hit Rate:   99.5000|N/A   (*********)\n  RAM Hits:   N/A|3   (*********)\n\
         \x20 ======= DHAT ====\n  Total bytes:   29499|N/A   (*********)\n  ======= CALLGRIND ====\n  Ge:  2|N/A (*********)\n",
    );
    assert_eq!(
        figures(&evidence),
        [
            "fib::group::bench short:10 DHAT Total bytes 29499 B lower",
            "fib::group::bench short:10 Ge 2  lower",
            "fib::group::bench short:10 Instructions 1734  lower",
            "fib::group::bench short:10 L1 Hit Rate 99.5 % higher",
        ]
    );
    assert_eq!(problems(&evidence), ["warning not-a-number:8: fib::group::bench short:10 RAM Hits has no value in this run"]);
    let iai = read("bench_short\n  Instructions:   1735 (+1.0%)\n  Estimated Cycles:   2404\n");
    assert_eq!(figures(&iai), ["bench_short Estimated Cycles 2404  lower", "bench_short Instructions 1735  lower"]);
}

fn summary(id: &str, metrics: &str) -> String {
    format!(
        r#"{{"benchmark_exe":"x","version":"6","module_path":"a::b","id":{id},"details":null,"profiles":[{{"tool":"Callgrind","summaries":{{"parts":[],"total":{{"regressions":[],"summary":{{"Callgrind":{{"Ir":{{"diffs":null,"metrics":{metrics}}}}}}}}}}}}}]}}"#
    )
}

#[test]
fn the_new_value_counts_in_json() {
    let pretty = summary("\"p\"", r#"{"Left":{"Float":1.5}}"#).replace("\"version\"", "\n \"version\"").replace("]}", "]\n}");
    let both = summary("null", r#"{"Both":[{"Int":6},{"Int":7}]}"#);
    let old = summary("\"o\"", r#"{"Right":{"Int":7}}"#);
    let evidence = read(&format!("running 0 tests\n\n{pretty}\n{both}\n{old}\n"));
    assert_eq!(figures(&evidence), ["a::b Ir 6  lower", "a::b p Ir 1.5  lower"]);
    assert_eq!(problems(&evidence), ["warning old-only:7: a::b o: only the run that it is compared with has 1 of its metrics: Ir"]);
    let nothing_new = read(&old);
    assert_eq!(problems(&nothing_new).last().unwrap(), "warning empty: the file holds nothing for benchmark to judge");
    let torn = read(&format!("{{\n \"baselines\": [\n{}\n{{\"a\":1}}\n", both.replace("\"6\"", "\"7\"")));
    assert_eq!(figures(&torn), ["a::b Ir 6  lower"]);
    assert_eq!(
        problems(&torn),
        [
            "warning version:3: the summary is of version 7, and this program knows 6",
            "warning malformed:4: a summary cannot be read: missing field `module_path`",
            "warning torn:1: a summary is cut off",
        ]
    );
}
