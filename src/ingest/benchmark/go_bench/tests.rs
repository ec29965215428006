#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::ingest::benchmark::testing::{figures, read};
use crate::ingest::testing::problems;

#[test]
fn a_line_has_several_metrics_and_repeated_lines_are_samples() {
    let evidence = read(
        "goos: linux\ngoarch: amd64\npkg: a/b\ncpu: EPYC\nBenchmarkX-8  10  30 ns/op  5 MB/s  64 B/op  1 allocs/op\n\
         BenchmarkX-8  10  10 ns/op  7 MB/s  64 B/op  1 allocs/op\nBenchmarkX-8  9  20 ns/op  6 MB/s  64 B/op  1 allocs/op\n\
         PASS\nok  \ta/b\t1s\npkg: a/c\nBenchmarkX-8  10  1.5 ns/op\nok  \ta/c\t1s\n",
    );
    let machine = "linux/amd64 EPYC, 8 procs";
    assert_eq!(
        figures(&evidence),
        [
            format!("a/b.BenchmarkX B/op {machine} 64 B/op lower [64, 64, 64]"),
            format!("a/b.BenchmarkX MB/s {machine} 6 MB/s higher [5, 7, 6]"),
            format!("a/b.BenchmarkX allocs/op {machine} 1 allocs/op lower [1, 1, 1]"),
            format!("a/b.BenchmarkX ns/op {machine} 20 ns/op lower [30, 10, 20]"),
            format!("a/c.BenchmarkX ns/op {machine} 1.5 ns/op lower"),
        ]
    );
    assert!(problems(&evidence).is_empty());
}

#[test]
fn a_number_at_the_end_is_that_of_processors_only_if_every_name_has_one() {
    let evidence = read("BenchmarkX/n-10  1  30 ns/op\nBenchmarkY  1  20 ns/op\n");
    assert_eq!(figures(&evidence), ["BenchmarkX/n-10 ns/op 30 ns/op lower", "BenchmarkY ns/op 20 ns/op lower"]);
}

#[test]
fn keys_that_change_and_units_of_ones_own() {
    let evidence = read(
        "commit: abc1234\ncommit-time: 2026-02-10T00:00:00Z\nUnit hits better=higher\nnote: before\nBenchmarkX 1 3 hits 1 misfits\n\
         note: after\nBenchmarkX 1 4 hits\n",
    );
    assert_eq!(
        figures(&evidence),
        [
            "BenchmarkX note=after hits 4 hits higher",
            "BenchmarkX note=before hits 3 hits higher",
            "BenchmarkX note=before misfits 1 misfits lower"
        ]
    );
    assert_eq!(problems(&evidence), ["note direction-assumed: nothing tells which way is better for `misfits`: lower is taken to be"]);
    assert_eq!(evidence.sources[0].commit.as_deref(), Some("abc1234"));
}

#[test]
fn what_failed_was_skipped_or_never_ended_is_told() {
    let evidence = read(
        "goos: linux\nBenchmarkA\nBenchmarkA-2  1  3 ns/op\nBenchmarkB\n    x.go:5: no database\n--- SKIP: BenchmarkB\nBenchmarkC\n\
         --- FAIL: BenchmarkC\nBenchmarkD-2 \tpanic: oh\nBenchmarkE-2 1 NaN ns/op\npanic: oh\nFAIL\ta/b\t0.1s\n",
    );
    assert_eq!(figures(&evidence), ["BenchmarkA ns/op linux, 2 procs 3 ns/op lower"]);
    assert_eq!(
        problems(&evidence),
        [
            "warning failed:8: BenchmarkC failed, and has no value, and 2 more of the kind",
            "warning no-result:9: BenchmarkD begins here and has no result",
            "warning not-a-number:10: BenchmarkE ns/op has no value in this run",
            "warning skipped:6: BenchmarkB was skipped, and has no value",
        ]
    );
    let nothing = read("goos: linux\ngoarch: amd64\nPASS\nok  \ta/b\t0.1s\n");
    assert_eq!(problems(&nothing), ["warning empty: the file holds nothing for benchmark to judge"]);
}
