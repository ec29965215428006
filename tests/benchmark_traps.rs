//! The traps that files of benchmark tools set for their readers, each as a user meets it.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod support;

use serde_json::Value;
use std::fs;
use support::{NOW, readiness};

/// What `inspect` says of a text: every series with its values, state and direction, then every problem.
fn told(name: &str, text: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), text).unwrap();
    let answer = readiness(folder.path(), &["inspect", name, "--format", "json", "--now", NOW]);
    let document: Value = serde_json::from_str(&answer.out).unwrap_or_else(|e| panic!("{e}: {}", answer.err));
    let list = |key: &str| document[key].as_array().cloned().unwrap_or_default();
    let words =
        |value: &Value, keys: &[&str]| keys.iter().map(|key| value[*key].as_str().unwrap_or("").to_owned()).collect::<Vec<_>>().join(" ");
    let series = list("series").into_iter().map(|s| {
        let values: Vec<String> = s["points"].as_array().unwrap().iter().map(|p| p["value"].to_string()).collect();
        let shown = if values.len() > 5 { values[values.len() - 1..].to_vec() } else { values };
        let state = s["trend"]["state"].as_str().filter(|state| *state != "learning").map(|state| format!(" {state}")).unwrap_or_default();
        format!("{}: {} {}{state}", words(&s, &["benchmark", "metric"]).trim(), shown.join(" "), words(&s, &["unit", "direction"]).trim())
    });
    series.chain(list("problems").iter().map(|p| words(p, &["severity", "code", "message"]))).collect()
}

fn has(told: &[String], expected: &str) {
    assert!(told.iter().any(|line| line.starts_with(expected)), "{expected}\n{told:#?}");
}

#[test]
fn trap_1_in_k6s_older_summary_a_threshold_that_is_true_was_crossed() {
    let older = told(
        "summary.json",
        r#"{"metrics":{"latency":{"avg":100,"p(95)":137,"thresholds":{"p(95)<50":true,"avg<200":false}}},"root_group":{}}"#,
    );
    has(&older, "warning threshold latency crosses the threshold `p(95)<50`");
    assert_eq!(older.iter().filter(|line| line.contains("threshold")).count(), 1);
    let newer = told(
        "summary.json",
        r#"{"root_group":{},"options":{},"state":{},"metrics":{"latency":{"type":"trend","contains":"time","values":{"avg":100,"p(95)":137},
           "thresholds":{"p(95)<50":{"ok":false},"avg<200":{"ok":true}}}}}"#,
    );
    has(&newer, "warning threshold latency crosses the threshold `p(95)<50`");
    assert_eq!(newer.iter().filter(|line| line.contains("threshold")).count(), 1);
}

#[test]
fn trap_2_jmh_is_better_higher_or_lower_by_mode() {
    let result = |mode: &str, unit: &str| {
        format!(
            r#"{{"benchmark":"a.{mode}","mode":"{mode}","threads":1,"forks":1,"primaryMetric":{{"score":5.0,"scoreUnit":"{unit}","rawData":[[4.0,6.0]]}}}}"#
        )
    };
    let told = told("jmh.json", &format!("[{},{}]", result("thrpt", "ops/s"), result("avgt", "ns/op")));
    assert!(told.iter().any(|line| line.contains("a.thrpt") && line.contains("ops/s higher")), "{told:?}");
    assert!(told.iter().any(|line| line.contains("a.avgt") && line.contains("ns/op lower")), "{told:?}");
}

#[test]
fn trap_3_google_benchmarks_aggregates_are_no_benchmarks() {
    let entry = |kind: &str, name: &str, time: f64| {
        format!(
            r#"{{"name":"BM_a{name}","run_name":"BM_a","run_type":"{kind}","aggregate_name":"{}","repetitions":2,"iterations":9,"real_time":{time},"cpu_time":{time},"time_unit":"ns"}}"#,
            name.trim_start_matches('_')
        )
    };
    let entries = [
        entry("iteration", "", 10.0),
        entry("iteration", "", 20.0),
        entry("aggregate", "_mean", 15.0),
        entry("aggregate", "_stddev", 7.0),
        entry("aggregate", "_cv", 0.5),
    ];
    let told = told(
        "bench.json",
        &format!(r#"{{"context":{{"date":"2026-02-01T00:00:00Z","num_cpus":4}},"benchmarks":[{}]}}"#, entries.join(",")),
    );
    assert!(told.iter().all(|line| line.starts_with("BM_a ")), "{told:?}");
    has(&told, "BM_a real_time: 15");
}

#[test]
fn trap_4_units_that_change_between_runs_are_made_equal() {
    let run = |id: &str, date: &str, value: &str, unit: &str| {
        format!(r#"{{"commit":{{"id":"{id}"}},"date":{date},"tool":"cargo","benches":[{{"name":"a","value":{value},"unit":"{unit}"}}]}}"#)
    };
    let runs = [
        run("c1", "1770000000000", "1500", "ns/iter"),
        run("c2", "1770090000000", "2", "us/iter"),
        run("c3", "1770180000000", "0.003", "ms/iter"),
    ];
    let told = told("data.js", &format!(r#"window.BENCHMARK_DATA = {{"entries":{{"s":[{}]}}}}"#, runs.join(",")));
    has(&told, "s: a time: 0.0015 0.002 0.003 ms/iter lower");
}

#[test]
fn trap_5_go_repeats_are_samples_and_packages_are_told_apart() {
    let text = "goos: linux\ngoarch: amd64\npkg: a\nBenchmarkX-8 10 30 ns/op 64 B/op\nBenchmarkX-8 10 10 ns/op 64 B/op\npkg: b\nBenchmarkX-8 10 7 ns/op\n";
    let told = told("bench.txt", text);
    assert_eq!(told, ["a.BenchmarkX B/op: 64.0 B/op lower", "a.BenchmarkX ns/op: 20.0 ns/op lower", "b.BenchmarkX ns/op: 7.0 ns/op lower"]);
}

#[test]
fn trap_6_cargo_bench_separators_failures_targets_and_criterions_flat_and_relative_files() {
    let text = "     Running benches/a.rs (target/release/deps/a-1)\n\nrunning 3 tests\ntest x ... bench:   1,234 ns/iter (+/- 5)\ntest y ... FAILED\ntest z ... ignored\n\n\
                     Running benches/b.rs (target/release/deps/b-1)\n\nrunning 1 test\ntest x ... bench:   5 ns/iter (+/- 1)\na long name of a benchmark\n                        time:   [1.0000 ms 1.5000 ms 2.0000 ms]\n";
    let told_text = told("bench.txt", text);
    has(&told_text, "benches/a.rs x time: 1234.0 ns/iter lower");
    has(&told_text, "benches/b.rs x time: 5.0 ns/iter lower");
    has(&told_text, "a long name of a benchmark time: 1.5 ms lower");
    has(&told_text, "warning failed y failed, and has no value");
    has(&told_text, "warning skipped z is ignored, and has no value");
    let flat = told("estimates.json", r#"{"mean":{"point_estimate":3.5},"slope":null,"std_dev":{"point_estimate":1}}"#);
    assert_eq!(flat, ["estimates time: 3.5 ns lower"]);
    has(&told("estimates.json", r#"{"mean":{"point_estimate":-0.1},"median":{"point_estimate":0.2}}"#), "note relative this is the change");
}

#[test]
fn trap_7_data_js_repeats_a_commit_and_stands_in_any_order() {
    let run = |id: &str, date: &str, benches: &str| {
        format!(r#"{{"commit":{{"id":"{id}"}},"date":{date},"tool":"customSmallerIsBetter","benches":[{benches}]}}"#)
    };
    let bench = |name: &str, value: &str, range: &str| format!(r#"{{"name":"{name}","value":{value},"unit":"ns","range":"{range}"}}"#);
    let runs = [
        run("c2222222", "1770180000000", &[bench("a", "4", "± 123"), bench("late", "1", "+-1.2%")].join(",")),
        run("c1111111", "1770000000000", &[bench("a", "1", "stddev: .."), bench("gone", "9", "")].join(",")),
        run("c2222222", "1770180100000", &bench("a", "6", "")),
    ];
    let told = told("data.js", &format!(r#"window.BENCHMARK_DATA = {{"lastUpdate":1,"entries":{{"s":[{}]}}}};"#, runs.join(",")));
    has(&told, "s: a time: 1.0 5.0 ns lower");
    has(&told, "s: late time: 1.0 ns lower");
    has(&told, "s: gone time: 9.0 ns lower");
}

/// The value of a benchmark in a night; nothing where it was not measured.
type Nights<'a> = &'a dyn Fn(u32) -> Option<&'static str>;

/// A history of nights, of benchmarks with their values.
fn history(benchmarks: &[(&str, Nights<'_>)]) -> String {
    let mut text = String::new();
    for night in 1..=28 {
        for (name, value) in benchmarks {
            if let Some(value) = value(night) {
                text.push_str(&format!(
                    "{{\"schema\":\"readiness/history/1\",\"run\":\"r{night:02}\",\"at\":\"2026-01-{night:02}T02:00:00Z\",\"commit\":\"c{night:07}\",\"branch\":\"main\",\
                     \"machine\":\"m1\",\"benchmark\":\"{name}\",\"metric\":\"p95\",\"value\":{value},\"unit\":\"ms\",\"direction\":\"lower\"}}\n"
                ));
            }
        }
    }
    text
}

#[test]
fn trap_8_a_baseline_of_zero_and_a_value_that_is_none_are_no_pass() {
    let told = told(
        "history.jsonl",
        &history(&[
            ("zero", &|night| Some(if night < 28 { "0" } else { "5" })),
            ("nan", &|night| Some(if night < 28 { "3" } else { "NaN" })),
            ("well", &|_| Some("7")),
        ]),
    );
    has(&told, "zero p95: 5.0 ms lower zero-baseline");
    has(&told, "nan p95: 3.0 ms lower missing");
    has(&told, "well p95: 7.0 ms lower stable");
    has(&told, "warning not-a-number nan p95 has no value in this run");
}

#[test]
fn trap_9_hyperfine_tells_commands_that_fail_and_a_single_run_has_no_deviation() {
    let result = |command: &str, exits: &str| {
        format!(
            r#"{{"command":"{command}","mean":1.0,"stddev":null,"median":1.0,"user":1.0,"system":0.1,"min":1.0,"max":1.0,"times":[1.0],"memory_usage_byte":[4096],"exit_codes":{exits}}}"#
        )
    };
    let told = told("hyperfine.json", &format!(r#"{{"results":[{},{}]}}"#, result("good", "[0]"), result("bad", "[1]")));
    assert!(told.iter().any(|line| line.starts_with("good ") && line.contains("1.0 s lower")), "{told:?}");
    assert!(
        !told.iter().any(|line| line.starts_with("bad ")) && told.iter().any(|line| line.starts_with("warning failed bad")),
        "{told:?}"
    );
}

#[test]
fn trap_10_a_benchmark_that_is_missing_from_the_new_run_is_seen() {
    let told = told("history.jsonl", &history(&[("gone", &|night| (night < 28).then_some("7")), ("well", &|_| Some("7"))]));
    has(&told, "gone p95: 7.0 ms lower missing");
    has(&told, "well p95: 7.0 ms lower stable");
}
