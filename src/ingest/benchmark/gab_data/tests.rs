#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::ingest::benchmark::testing::{figures, read};
use crate::ingest::testing::problems;
use crate::series::Series;

fn entry(id: &str, date: i64, tool: &str, benches: &str) -> String {
    format!(r#"{{"commit":{{"id":"{id}","timestamp":"dummy stamp"}},"date":{date},"tool":"{tool}","benches":[{benches}]}}"#)
}

fn data(suites: &[(&str, &[String])]) -> String {
    let suites: Vec<String> = suites.iter().map(|(name, entries)| format!("\"{name}\":[{}]", entries.join(","))).collect();
    format!("window.BENCHMARK_DATA = {{\"lastUpdate\":1,\"repoUrl\":\"x\",\"entries\":{{{}}}}}", suites.join(","))
}

const FEBRUARY: i64 = 1_769_904_000_000;

#[test]
fn runs_are_put_in_order_and_their_units_made_equal() {
    let bench = |value: &str, unit: &str| format!(r#"{{"name":"fib","value":{value},"range":"± 1.2%","unit":"{unit}"}}"#);
    let runs = [
        entry("c2", FEBRUARY + 2000, "cargo", &bench("2", "us/iter")),
        entry("c1", FEBRUARY + 1000, "cargo", &bench("1500", "ns/iter")),
        entry("c2", FEBRUARY + 3000, "cargo", &bench("2.5", "us/iter")),
    ];
    let evidence = read(&data(&[("Rust", &runs)]));
    let series = &evidence.series[0];
    assert_eq!((series.id(), series.unit.as_str()), ("Rust: fib time".to_owned(), "us/iter"));
    let points: Vec<_> = series.points.iter().map(|p| (p.commit.unwrap(), p.value)).collect();
    assert_eq!(points, [("c1", 1.5), ("c2", 2.25)]);
    assert_eq!(evidence.sources[0].commit.as_deref(), Some("c2"));
    assert!(problems(&evidence).is_empty());
}

#[test]
fn direction_comes_from_the_tool_or_the_unit() {
    let of = |tool: &str, name: &str, unit: &str| entry("c", FEBRUARY, tool, &format!(r#"{{"name":"{name}","value":1,"unit":"{unit}"}}"#));
    let runs = [
        of("customBiggerIsBetter", "a", "Megabytes"),
        of("customSmallerIsBetter", "b", "points"),
        of("jmh", "c", "ops/s"),
        of("jmh", "d", "us/op"),
        of("pytest", "e", "iter/sec"),
        of("go", "f", "hits"),
    ];
    let evidence = read(&data(&[("s", &runs)]));
    assert_eq!(
        figures(&evidence),
        [
            "s: a size 1 Megabytes higher",
            "s: b value 1 points lower",
            "s: c throughput 1 ops/s higher",
            "s: d time 1 us/op lower",
            "s: e throughput 1 iter/sec higher",
            "s: f value 1 hits lower",
        ]
    );
}

#[test]
fn late_names_lost_names_and_values_that_are_none() {
    let bench = |name: &str, value: &str| format!(r#"{{"name":"{name}","value":{value},"unit":"ns"}}"#);
    let runs = [
        entry("a", FEBRUARY, "go", &[bench("x", "1"), bench("gone", "0")].join(",")),
        entry("b", FEBRUARY + 1, "go", &[bench("x", "-2"), bench("late", "2")].join(",")),
        entry("c", FEBRUARY + 2, "go", ""),
    ];
    let text = data(&[("s", &runs)]);
    let evidence = read(&(text.clone() + ";\n"));
    let points: Vec<_> = evidence.series.iter().map(|s: &Series| (s.benchmark.as_str(), s.points.len())).collect();
    assert_eq!(points, [("s: gone", 1), ("s: late", 1), ("s: x", 1)]);
    assert_eq!(
        problems(&evidence),
        [
            "warning empty-run at /entries/s/2: a run of s has no benchmark",
            "warning negative at /entries/s/1: s: x time is negative in this run, and is left out",
            "error empty-run: the newest run has no usable value",
        ]
    );
    assert!(problems(&read(&text[..text.len() - 3]))[0].starts_with("error truncated:1:"));
    let external = read(text.split_once("= ").unwrap().1);
    assert_eq!(figures(&external), figures(&evidence));
    assert_eq!(problems(&read(&data(&[]))), ["warning empty: the file holds nothing for benchmark to judge"]);
}
