#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::scaled;
use crate::evidence::Evidence;
use crate::ingest::benchmark::testing::{figures, read};
use crate::ingest::testing::problems;

/// Every series with its values, oldest first.
fn told(evidence: &Evidence) -> Vec<String> {
    let values = |s: &crate::series::Series| s.points.iter().map(|p| p.value.to_string()).collect::<Vec<_>>().join(" ");
    evidence.series.iter().map(|s| format!("{}: {} {:?}", s.id(), values(s), s.direction)).collect()
}

const TEXT: &str = "\
goos: linux
goarch: amd64
pkg: a/b
                    │   old.txt    │               new.txt               │
                    │    sec/op    │   sec/op     vs base                │
Encode/format=json-8   1.718µ ±  1%   1.423µ ± 1%  -17.20% (p=0.000 n=10)
Encode/format=gob-8    3.066µ ±  0%   3.070µ ± 2%        ~ (p=0.446 n=10)
Only-8                                10.00m ± ∞ ¹
geomean                2.295µ         2.090µ        -8.94%               ²
¹ need >= 6 samples for confidence interval at level 0.95
² benchmark set differs from baseline; geomeans may not be comparable

                    │   old.txt    │                new.txt                │
                    │     B/s      │      B/s       vs base                │
Encode/format=json-8   307.3Mi ± 8%   1.000Gi ±  2%    +4.84% (p=0.009 n=10)
";

#[test]
fn columns_are_runs_and_rows_are_benchmarks() {
    let evidence = read(TEXT);
    let machine = "linux/amd64, 8 procs";
    assert_eq!(
        told(&evidence),
        [
            format!("a/b.Encode/format=gob ns/op {machine}: 3066 3070 Lower"),
            format!("a/b.Encode/format=json B/s {machine}: 322227404.8 1073741824 Higher"),
            format!("a/b.Encode/format=json ns/op {machine}: 1718 1423 Lower"),
            format!("a/b.Only ns/op {machine}: 10000000 Lower"),
        ]
    );
    assert!(problems(&evidence).is_empty(), "{:?}", problems(&evidence));
}

#[test]
fn csv_tables_hold_the_same() {
    let csv = "goos: linux\ngoarch: amd64\npkg: a/b\n,old.txt,,new.txt\n,sec/op,CI,sec/op,CI,vs base,P\n\
               Encode/format=json-48,1.7180000000000001e-06,1%,1.4225000000000001e-06,1%,-17.20%,p=0.000 n=10\n\
               \"Encode/x=1,2-48\",3.0655e-06,0%\ngeomean,2.294891936453654e-06,,2.089754770302007e-06,,-8.94%\n\n\
               ,old.txt,,new.txt\n,B/op,CI,B/op,CI,vs base,P\nEncode/format=json-48,64,0%,64,∞,~,p=1.000 n=10\n";
    let evidence = read(csv);
    let near: Vec<String> = evidence
        .series
        .iter()
        .map(|s| format!("{} {}", s.id(), s.points.iter().map(|p| format!("{:.4}", p.value)).collect::<Vec<_>>().join(" ")))
        .collect();
    assert_eq!(
        near,
        [
            "a/b.Encode/format=json B/op linux/amd64, 48 procs 64.0000 64.0000",
            "a/b.Encode/format=json ns/op linux/amd64, 48 procs 1718.0000 1422.5000",
            "a/b.Encode/x=1,2 ns/op linux/amd64, 48 procs 3065.5000",
        ]
    );
    assert!(problems(&evidence).is_empty(), "{:?}", problems(&evidence));
}

#[test]
fn keys_that_change_tell_tables_apart_and_headers_have_several_lines() {
    let text = "note: before\n  │      a       │\n  │  x.txt       │\n  │    sec/op    │\nX   100.0n ± ∞ ¹\n\nnote: after\n  │      a       │\n  │    sec/op    │\nX   7.000 ± 0%\n";
    assert_eq!(told(&read(text)), ["X note=after ns/op: 7000000000 Lower", "X note=before ns/op: 100 Lower"]);
}

#[test]
fn units_of_ones_own_and_values_of_zero() {
    let text = "         │    before    │          after           │\n         │  text-bytes  │ text-bytes  vs base      │\n\
                Size       0.000 ± 0%     105.0 ± 0%  +5.00% (n=1)\nNonExact   1.010k ± 1% ¹   abc ± 0%   0.00% (n=3)\n";
    let evidence = read(text);
    assert_eq!(told(&evidence), ["NonExact text-bytes: 1010 Lower", "Size text-bytes: 0 105 Lower"]);
    assert_eq!(
        problems(&evidence),
        [
            "note direction-assumed: nothing tells which way is better for `text-bytes`: lower is taken to be",
            "warning no-value:4: `abc` is no value of NonExact",
        ]
    );
}

#[test]
fn prefixes_round_nothing() {
    for (text, unit, expected) in [
        ("46.55n", "sec/op", Some((46.55, "ns/op"))),
        ("1.701µ", "sec/op", Some((1701.0, "ns/op"))),
        ("4.655e-08", "sec/op", Some((46.55, "ns/op"))),
        ("2", "sec", Some((2e9, "ns"))),
        ("1.5k", "rows/op", Some((1500.0, "rows/op"))),
        ("2.5Ki", "B/op", Some((2560.0, "B/op"))),
        ("x", "B/op", None),
    ] {
        let found = scaled(text, unit);
        assert_eq!(found.as_ref().map(|(value, unit)| (*value, unit.as_str())), expected, "{text}");
    }
}

#[test]
fn the_text_of_go_is_another_format() {
    assert_eq!(figures(&read("BenchmarkX-8 10 30 ns/op\n")).len(), 1);
    assert_eq!(read("BenchmarkX-8 10 30 ns/op\n").sources[0].format.as_deref(), Some("go-bench"));
    assert_eq!(read(TEXT).sources[0].format.as_deref(), Some("benchstat"));
}
