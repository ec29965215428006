#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::ingest::benchmark::testing::read;
use crate::ingest::testing::problems;
use crate::metric::Value;
use std::fmt::Write as _;

/// A file of six rounds, in which these runs failed, with these benchmarks.
fn file(failed: &[(&str, u32)], benchmarks: &str) -> String {
    let mut runs = String::new();
    for round in 1..=6 {
        for side in ["base", "head"] {
            let exit = i32::from(failed.contains(&(side, round)));
            let comma = if runs.is_empty() { "" } else { "," };
            write!(runs, r#"{comma}{{"round":{round},"side":"{side}","exit":{exit},"ms":5}}"#).unwrap();
        }
    }
    format!(
        r#"{{"schema":"readiness/bench-pair/1","tool":"readiness 0.1.0","at":"2026-02-17T10:00:00Z",
        "machine":{{"cpu":"x","cores":4,"memory_gib":16,"os":"linux","arch":"x86_64"}},"base":{{"command":"a","commit":"0000001"}},
        "head":{{"command":"b","commit":"0000002"}},"rounds":6,"warmup":0,"min_change":0.02,"runs":[{runs}],"benchmarks":[{benchmarks}]}}"#
    )
}

fn benchmark(name: &str, base: &str, head: &str) -> String {
    format!(
        r#"{{"benchmark":"{name}","metric":"time","unit":"ms","direction":"lower","base":{{"values":[{base}]}},"head":{{"values":[{head}]}}}}"#
    )
}

const LEVEL: &str = "100,101,99,100.5,99.5,100.2";
const ABOVE: &str = "110,111,109,110.5,109.5,110.2";

fn rows(text: &str) -> Vec<String> {
    let evidence = read(text);
    let row = |record: &crate::record::Record| {
        let worse = record.ratio("worse").map_or_else(String::new, |ratio| {
            let [low, high] = record.basis("worse").and_then(|basis| basis.range).unwrap();
            format!(" {} in {low}..{high}", ratio.part)
        });
        format!("{} {} {}{worse}", record.subject(), record.text("state").unwrap(), record.text("standing").unwrap_or("-"))
    };
    evidence.rows("benchmark.pair").iter().map(row).collect()
}

#[test]
fn every_benchmark_is_a_row_and_none_a_series() {
    let text = file(&[], &[benchmark("a", LEVEL, ABOVE), benchmark("b", LEVEL, LEVEL), benchmark("c", ABOVE, LEVEL)].join(","));
    assert_eq!(rows(&text), ["a time regressed - 100000 in 99405..100505", "b time unchanged - 0 in 0..0", "c time improved - 0 in 0..0"]);
    let evidence = read(&text);
    assert!(problems(&evidence).is_empty(), "{:?}", problems(&evidence));
    assert!(evidence.series.is_empty() && evidence.metric("benchmark.series").is_none());
    let counts =
        ["pairs", "pair_regressed", "pair_improved", "pair_undecided", "pair_missing", "pair_new", "pair_rounds", "pair_failed_runs"];
    let count = |name: &str| match evidence.metric(&format!("benchmark.{name}")).unwrap().value {
        Value::Count(n) => n,
        _ => unreachable!(),
    };
    assert_eq!(counts.map(count), [3, 1, 1, 0, 0, 0, 6, 0]);
    assert_eq!(evidence.sources[0].commit.as_deref(), Some("0000002"));
    assert!(evidence.sources[0].content.ends_with("linux x86_64, x, 4 cores, 16 GiB"));
}

#[test]
fn what_nothing_can_be_said_of_says_so() {
    let none = "null,null,null,null,null,null";
    let text = file(
        &[],
        &[
            benchmark("a", LEVEL, none),
            benchmark("b", none, LEVEL),
            benchmark("c", LEVEL, "1,2,3,4,null,null"),
            benchmark("d", LEVEL, "0,1,1,1,1,1"),
        ]
        .join(","),
    );
    assert_eq!(
        rows(&text),
        ["a time missing no-evidence", "b time new not-applicable", "c time too-few unproven", "d time zero-baseline no-evidence"]
    );
}

#[test]
fn what_a_failed_run_measured_does_not_count() {
    let text = file(&[("head", 2), ("head", 5)], &benchmark("a", LEVEL, ABOVE));
    assert_eq!(rows(&text), ["a time too-few unproven"]);
    let evidence = read(&text);
    assert_eq!(
        problems(&evidence),
        ["warning unfounded-value at /benchmarks: 2 values are of runs that failed or are not listed, and are left out"]
    );
    assert_eq!(evidence.metric("benchmark.pair_failed_runs").unwrap().value, Value::Count(2));
    assert_eq!(evidence.metric("benchmark.pair_rounds").unwrap().value, Value::Count(4));
}

#[test]
fn a_verdict_is_worked_out_and_not_believed() {
    let said =
        benchmark("a", LEVEL, ABOVE).replace(r#""metric""#, r#""verdict":{"state":"unchanged","rounds":6,"because":"trust me"},"metric""#);
    let text = file(&[], &said);
    assert!(rows(&text)[0].starts_with("a time regressed"));
    assert_eq!(
        problems(&read(&text)),
        ["warning verdict-differs at /benchmarks/0/verdict: a time is said to be unchanged; its values say regressed"]
    );
}

#[test]
fn what_is_no_pair_is_an_error() {
    let good = file(&[], &benchmark("a", LEVEL, ABOVE));
    for (from, to, said) in [
        (
            "bench-pair/1",
            "bench-pair/2",
            "error schema at /schema: the file is of the schema `readiness/bench-pair/2`, not readiness/bench-pair/1",
        ),
        ("2026-02-17", "2026-03-17", "error later-than-now at /at: the file is dated after 2026-02-18T00:00:00Z"),
        ("0.02", "2", "error min-change at /min_change: the smallest change that counts must be a share from 0 to 1"),
        (r#""rounds":6"#, r#""rounds":7"#, "error benchmark at /benchmarks/0: a time: 6 values of base in 7 rounds, at most 200"),
        ("100,101", "-1,101", "error benchmark at /benchmarks/0: a time: a value of base is negative or no number"),
        (r#""a","metric""#, r#"" ","metric""#, "error benchmark at /benchmarks/0: a benchmark has no name"),
    ] {
        let text = good.replacen(from, to, 1);
        assert_ne!(text, good, "{from}");
        let evidence = read(&text);
        assert_eq!(problems(&evidence), [said], "{from}");
        assert!(evidence.rows("benchmark.pair").is_empty() && evidence.metrics.is_empty());
    }
    let twice = file(&[], &[benchmark("a", LEVEL, ABOVE), benchmark("a", LEVEL, ABOVE)].join(","));
    assert_eq!(problems(&read(&twice)), ["error benchmark at /benchmarks/1: a time is there twice"]);
    let nothing = file(&[("head", 1), ("head", 2)], "");
    assert_eq!(problems(&read(&nothing)), ["error no-values at /benchmarks: no benchmark has a value: 2 of 12 runs failed"]);
    let cut = &good[..good.len() - 20];
    assert!(problems(&read(cut))[0].starts_with("error truncated"), "{:?}", problems(&read(cut)));
}

/// Every column of the record and every state is in the catalogue.
#[test]
fn the_catalogue_knows_every_cell() {
    let text = file(&[], &[benchmark("a", LEVEL, ABOVE), benchmark("b", LEVEL, "1,2,3,null,null,null")].join(","));
    let family = crate::catalogue::family_named("benchmark.pair").unwrap();
    for record in read(&text).rows("benchmark.pair") {
        for (name, _) in record.fields() {
            assert!(name == family.key || family.fields.iter().any(|(field, ..)| field == name), "{name}");
        }
        assert!(crate::catalogue::PAIR_STATES.contains(&record.text("state").unwrap()));
    }
}
