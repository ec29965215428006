#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::ingest::benchmark::testing::{figures, read};
use crate::ingest::testing::problems;

fn file(entries: &str) -> String {
    format!(
        r#"{{"context":{{"date":"2026-02-10T10:00:00+01:00","host_name":"h","num_cpus":4,"mhz_per_cpu":4228,
        "caches":[{{"type":"Data","level":1,"size":49152}},{{"type":"Unified","level":3,"size":1048576}}]}},"benchmarks":[{entries}]}}"#
    )
}

#[test]
fn repetitions_are_samples_and_aggregates_are_not_benchmarks() {
    let repeated = |n: u32, more: &str| {
        format!(
            r#"{{"name":"f","run_name":"f","run_type":"iteration","repetition_index":{n},"real_time":{n},"cpu_time":1,"time_unit":"us"{more}}}"#
        )
    };
    let aggregate = |name: &str, aggregate: &str, value: f64| {
        format!(
            r#"{{"name":"{name}_{aggregate}","run_name":"{name}","run_type":"aggregate","aggregate_name":"{aggregate}","real_time":{value},"cpu_time":{value},"time_unit":"ms"}}"#
        )
    };
    let mut entries = vec![repeated(1, ""), repeated(2, ""), repeated(6, "")];
    for name in ["f", "g"] {
        entries.extend(["mean", "median", "stddev", "cv"].iter().zip([7.0, 8.0, 9.0, 0.1]).map(|(a, value)| aggregate(name, a, value)));
    }
    entries.push(aggregate("h", "mean", 5.0));
    let evidence = read(&file(&entries.join(",")));
    let machine = "4 CPUs, 1024 KiB of cache";
    assert_eq!(
        figures(&evidence),
        [
            format!("f cpu_time {machine} 1 us lower [1, 1, 1]"),
            format!("f real_time {machine} 2 us lower [1, 2, 6]"),
            format!("g cpu_time {machine} 8 ms lower"),
            format!("g real_time {machine} 8 ms lower"),
            format!("h cpu_time {machine} 5 ms lower"),
            format!("h real_time {machine} 5 ms lower"),
        ]
    );
    assert!(problems(&evidence).is_empty());
    assert_eq!(evidence.sources[0].collected_at.unwrap().to_string(), "2026-02-10T09:00:00Z");
}

#[test]
fn counters_are_metrics_and_errors_are_told() {
    let evidence = read(
        r#"{"context":{"num_cpus":2},"benchmarks":[
        {"name":"a","real_time":1,"cpu_time":2,"time_unit":"ns","threads":1,"bytes_per_second":5,"rounds":7,"label":"x"},
        {"name":"b","error_occurred":true,"error_message":"no input"},{"name":"c","skip_message":"no GPU","skipped":true},
        {"name":"d","real_time":NaN,"cpu_time":-1,"time_unit":"ns"},
        {"name":"e","run_type":"aggregate","aggregate_name":"zz","aggregate_unit":"percentage","real_time":0.5,"cpu_time":0.25}]}"#,
    );
    assert_eq!(
        figures(&evidence),
        [
            "a bytes_per_second 2 CPUs 5 B/s higher",
            "a cpu_time 2 CPUs 2 ns lower",
            "a real_time 2 CPUs 1 ns lower",
            "a rounds 2 CPUs 7  lower",
            "e cpu_time zz 2 CPUs 0.25  lower",
            "e real_time zz 2 CPUs 0.5  lower",
        ]
    );
    assert_eq!(
        problems(&evidence),
        [
            "note direction-assumed: nothing tells which way is better for `cpu_time zz`, `real_time zz`, `rounds`: lower is taken to be",
            "warning failed at /benchmarks/1: b failed, and has no value: no input",
            "warning negative at /benchmarks/3: d cpu_time is negative in this run, and is left out",
            "warning not-a-number at /benchmarks/3: d real_time has no value in this run",
            "warning skipped at /benchmarks/2: c was skipped, and has no value: no GPU",
        ]
    );
}

#[test]
fn a_local_date_is_never_later_than_now() {
    let of = |date: &str| {
        let entry = r#"{"name":"a","real_time":1,"cpu_time":2,"time_unit":"ns"}"#;
        let evidence = read(&format!(r#"{{"context":{{"date":"{date}","num_cpus":2}},"benchmarks":[{entry}]}}"#));
        evidence.sources[0].collected_at.map(|at| at.to_string())
    };
    assert_eq!(of("2026-02-18 09:00:00").as_deref(), Some("2026-02-18T00:00:00Z"));
    assert_eq!(of("2026-02-17 09:00:00").as_deref(), Some("2026-02-17T09:00:00Z"));
    assert_eq!(of("2026-02-18T09:00:00+09:00").as_deref(), Some("2026-02-18T00:00:00Z"));
}
