#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::evidence::Evidence;
use crate::ingest::testing::{is_clean, problems, read_file};
use crate::io::sqlite::testing::make;
use crate::series::{Direction, Series};
use std::collections::BTreeMap;

/// A line of a run: name of the run, day of February 2026, benchmark, value as JSON, unit.
fn line(run: &str, day: u32, benchmark: &str, value: &str, unit: &str) -> String {
    format!(
        r#"{{"schema":"readiness/history/1","run":"{run}","at":"2026-02-{day:02}T02:00:00Z","commit":"c{day}","branch":"main","machine":"m1","benchmark":"{benchmark}","metric":"p95","value":{value},"unit":"{unit}","direction":"lower"}}"#
    )
}

fn read(text: &str) -> Evidence {
    let files = [("history.jsonl", text.as_bytes())];
    crate::ingest::testing::read("benchmark", &files, &BTreeMap::new())
}

fn values(series: &Series) -> Vec<f64> {
    series.points.iter().map(|p| p.value).collect()
}

#[test]
fn a_history_becomes_series() {
    let lines = [line("b", 2, "x", "2.5", "ms"), line("a", 1, "x", "1.5", "ms"), line("b", 2, "w", "7", "ms")];
    let evidence = read(&(lines.join("\n") + "\n\n"));
    assert!(is_clean(&evidence));
    let ids: Vec<String> = evidence.series.iter().map(Series::id).collect();
    assert_eq!(ids, ["w p95 m1", "x p95 m1"]);
    let x = &evidence.series[1];
    assert_eq!((values(x), x.unit.as_str(), x.direction), (vec![1.5, 2.5], "ms", Direction::Lower));
    assert_eq!((x.points.first().unwrap().run, x.points.first().unwrap().commit), (Some("a"), Some("c1")));
    assert_eq!(evidence.metric("benchmark.series").unwrap().value.to_string(), "2");
    assert_eq!(evidence.metric("benchmark.last_run").unwrap().value.to_string(), "2026-02-02T02:00:00Z");
    let source = &evidence.sources[0];
    assert_eq!(source.content, "2 series, 2 runs, 2026-02-01 to 2026-02-02");
    assert_eq!((source.commit.as_deref(), source.collected_at.unwrap().date()), (Some("c2"), "2026-02-02".to_owned()));
}

#[test]
fn a_run_counts_once() {
    let twice = line("a", 1, "x", "1", "ms");
    let evidence = read(
        &[&twice, &line("b", 2, "x", "5", "ms"), &twice, &line("b", 2, "x", "1", "ms"), &line("b", 2, "x", "3", "ms")]
            .map(|l| format!("{l}\n"))
            .concat(),
    );
    assert_eq!(values(&evidence.series[0]), [1.0, 3.0]);
    assert_eq!(problems(&evidence), ["warning re-measured: x p95 m1 has several values in 1 runs; their median counts"]);
}

#[test]
fn a_cut_line_and_marks_of_a_merge_are_passed_over() {
    let (a, b) = (line("a", 1, "x", "1", "ms"), line("b", 2, "x", "2", "ms"));
    let merged = read(&format!("<<<<<<< HEAD\n{a}\n=======\n{b}\n>>>>>>> feature\n"));
    assert_eq!(values(&merged.series[0]), [1.0, 2.0]);
    assert_eq!(
        problems(&merged),
        ["warning conflict-marker:1: the file holds the marks of an unfinished merge; both sides were read, and 2 more of the kind"]
    );
    for cut in [10, b.len() / 2, b.len() - 1] {
        let torn = read(&format!("{a}\n{}", &b[..cut]));
        assert_eq!(values(&torn.series[0]), [1.0]);
        assert_eq!(problems(&torn), ["warning torn-line:2: the last line is cut off, and was not read"]);
    }
    let resumed = read(&format!("{a}\n{}{b}\n", &a[..40]));
    assert_eq!(values(&resumed.series[0]), [1.0, 2.0]);
    assert_eq!(problems(&resumed), ["warning torn-line:2: a line was cut off, and the next one begins in the same line"]);
    assert_eq!(values(&read(&format!("{a}\n{b}")).series[0]), [1.0, 2.0], "a line feed may be missing");
    let mended = read(&format!("{a}\n{}\n{b}\n", &a[..60]));
    assert_eq!((values(&mended.series[0]), is_clean(&mended)), (vec![1.0, 2.0], true));
    assert_eq!(problems(&mended), ["warning torn-line:2: a line was cut off, and was not read"]);
}

#[test]
fn a_run_that_was_appended_again_counts_once() {
    let a = line("a", 1, "x", "1", "ms").replace('}', ",\"samples\":[1,2]}");
    let evidence = read(&format!("{a}\n{}\n", a.replace("T02:", "T09:")));
    let [point] = &evidence.series[0].points.to_vec()[..] else { panic!("{:?}", evidence.series) };
    assert_eq!((point.at.unwrap().to_string().as_str(), point.samples.as_slice()), ("2026-02-01T02:00:00Z", &[1.0, 2.0][..]));
    assert!(problems(&evidence).is_empty());
}

#[test]
fn a_commit_that_was_measured_again_is_one_point() {
    let again = line("c", 3, "x", "5", "ms").replace("\"c3\"", "\"c1\"");
    let evidence = read(&[line("a", 1, "x", "1", "ms"), line("b", 2, "x", "2", "ms"), again].join("\n"));
    assert_eq!(values(&evidence.series[0]), [3.0, 2.0]);
    assert_eq!(evidence.series[0].points.first().unwrap().repeats.len(), 2);
    assert_eq!(evidence.metric("benchmark.last_run").unwrap().value.to_string(), "2026-02-03T02:00:00Z");
}

#[test]
fn runs_out_of_order_are_put_in_order_and_told() {
    let evidence = read(&[line("a", 1, "x", "1", "ms"), line("c", 3, "x", "3", "ms"), line("b", 2, "x", "2", "ms")].join("\n"));
    assert_eq!(values(&evidence.series[0]), [1.0, 2.0, 3.0]);
    let [told] = &problems(&evidence)[..] else { panic!("{:?}", problems(&evidence)) };
    assert!(told.starts_with("note out-of-order:3: run b of 2026-02-02T02:00:00Z stands behind run c of 2026-02-03T02:00:00Z: "), "{told}");
}

#[test]
fn what_is_no_value_is_no_point() {
    let lines = ["1", "NaN", "null", "-3", "Infinity", "0"].iter().enumerate();
    let text: String = lines.map(|(n, value)| line(&format!("r{n}"), n as u32 + 1, "x", value, "ms") + "\n").collect();
    let evidence = read(&text);
    assert_eq!(values(&evidence.series[0]), [1.0, 0.0]);
    assert_eq!(
        problems(&evidence),
        [
            "warning negative:4: x p95 is negative in this run, and is left out",
            "warning not-a-number:2: x p95 has no value in this run, and 2 more of the kind",
        ]
    );
    let future = read(&(line("a", 1, "x", "1", "ms") + "\n" + &line("b", 20, "x", "2", "ms")));
    assert_eq!(values(&future.series[0]), [1.0]);
    assert_eq!(problems(&future), ["warning later-than-now:2: x p95 is dated after 2026-02-18T00:00:00Z, and is left out"]);
    assert_eq!(problems(&read(&line("a", 1, "x", "NaN", "ms"))).last().unwrap(), "error no-values: no benchmark has a value");
    let crashed = read(&[line("a", 1, "x", "1", "ms"), line("b", 2, "x", "null", "ms"), line("b", 2, "y", "-1", "ms")].join("\n"));
    assert_eq!(problems(&crashed).last().unwrap(), "error empty-run: the newest run b has no usable value");
}

#[test]
fn units_of_one_series_are_made_equal() {
    let lines =
        [line("a", 1, "x", "2", "s"), line("b", 2, "x", "3000000", "us"), line("c", 3, "x", "1", "MB"), line("d", 4, "x", "4", "ms")];
    let evidence = read(&lines.join("\n"));
    assert_eq!((values(&evidence.series[0]), evidence.series[0].unit.as_str()), (vec![2000.0, 3000.0, 4.0], "ms"));
    assert_eq!(problems(&evidence), ["warning unit-changed: x p95 m1: 1 values in `MB` cannot be compared with the newest in `ms`"]);
}

#[test]
fn machines_are_kept_apart_and_branches_told() {
    let a = line("a", 1, "x", "1", "ms");
    let b = a.replace("\"m1\"", "\"m2\"").replace("\"main\"", "\"feature\"").replace("\"lower\"", "\"higher\"");
    let evidence = read(&format!("{a}\n{b}\n"));
    let ids: Vec<String> = evidence.series.iter().map(Series::id).collect();
    assert_eq!(ids, ["x p95 m1", "x p95 m2"]);
    assert_eq!(problems(&evidence), ["warning mixed-branches: runs of 2 branches are in one history: feature, main"]);
}

#[test]
fn a_line_that_cannot_be_understood_is_an_error() {
    let good = line("a", 1, "x", "1", "ms");
    for (line, expected) in [
        (
            good.replace("history/1", "history/2"),
            "error schema:2: the line is of the schema `readiness/history/2`, not readiness/history/1",
        ),
        (good.replace("T02:00:00Z", ""), "error time:2: `at` is `2026-02-01`, not a moment with its zone"),
        (good.replace("\"x\"", "\" \""), "error empty-name:2: `benchmark` is empty"),
        (good.replace("\"unit\":\"ms\",", ""), "error malformed:2:176: missing field `unit`"),
        (good.replace("lower", "down"), "error malformed:2:186: unknown variant `down`, expected `lower` or `higher`"),
        ("[]".to_owned(), "error malformed:2:1: a line must be a JSON object"),
    ] {
        let evidence = read(&format!("{good}\n{line}\n"));
        assert_eq!(problems(&evidence), [expected]);
        assert!(!is_clean(&evidence));
    }
    let many = read(&format!("{good}\n{}", "x\n".repeat(1000)));
    assert_eq!(problems(&many).len(), 101);
    assert_eq!(problems(&read("")), ["error empty-file: the file is empty"]);
}

const RUNS: &str = "CREATE TABLE performance_runs (id INTEGER PRIMARY KEY, timestamp TEXT, git_commit TEXT, git_branch TEXT, platform TEXT,
    embedding_throughput REAL, vector_search_latency REAL);
    INSERT INTO performance_runs VALUES (1, '2026-02-01T02:05:10.890215', 'c1', 'main', 'linux', 70.5, 0.04),
      (2, '2026-02-02 02:05:10', 'c2', 'main', 'linux', 71, NULL);";

#[test]
fn a_table_of_runs_becomes_series() {
    let made = make(RUNS);
    let evidence = read_file("benchmark", &made.path, None, &[]);
    assert!(is_clean(&evidence));
    assert_eq!(problems(&evidence).len(), 9, "columns that the shipped map knows and the table lacks");
    assert_eq!(problems(&evidence)[0], "warning no-column: performance_runs has no column query_latency_no_vllm");
    let shown: Vec<_> = evidence.series.iter().map(|s| (s.id(), values(s), s.direction)).collect();
    assert_eq!(
        shown,
        [
            ("embedding throughput linux".to_owned(), vec![70.5, 71.0], Direction::Higher),
            ("vector_search latency linux".to_owned(), vec![0.04], Direction::Lower),
        ]
    );
    let point = evidence.series[0].points.first().unwrap();
    assert_eq!((point.run, point.at.unwrap().to_string().as_str()), (Some("1"), "2026-02-01T02:05:10.890Z"));
    assert_eq!(evidence.sources[0].commit.as_deref(), Some("c2"));
}

#[test]
fn a_map_reads_another_table_of_runs() {
    let map = "family: benchmark\ntable: nights\ncolumns: { at: night }\ntime: { forms: [date], zone: '+01:00' }\n\
               metrics:\n  ms: { benchmark: all, metric: total, unit: ms, direction: lower }\n";
    let made = make(
        "CREATE TABLE nights (night TEXT, ms); INSERT INTO nights VALUES ('2026-02-01', 7), ('2026-02-02', 'fast'), ('2026-02-03', 8.5);",
    );
    let evidence = read_file("benchmark", &made.path, Some(map), &[]);
    assert_eq!(problems(&evidence), ["warning not-a-number row 2: all total has no value in this run"]);
    assert_eq!(values(&evidence.series[0]), [7.0, 8.5]);
    let broken = read_file("benchmark", &made.path, Some(&map.replace("direction: lower", "direction: less")), &[]);
    assert_eq!(problems(&broken), ["error map: map.yaml:6:61: `direction`: unknown variant `less`, expected `lower` or `higher`"]);
}

#[test]
fn a_table_that_shows_nothing_is_a_problem() {
    for (sql, expected) in [
        (RUNS.split("INSERT").next().unwrap().to_owned(), "error no-rows: performance_runs has no row"),
        (RUNS.replace("performance_runs", "runs"), "error no-table: the database has no table performance_runs; it has runs"),
        (RUNS.replace("timestamp", "time"), "error no-column: performance_runs has no column timestamp"),
        (RUNS.replace("71, NULL", "NULL, NULL"), "error empty-run: the newest run 2 has no usable value"),
        (RUNS.replace("2026-02-02 02:05:10", "yesterday"), "error time row 2: timestamp `yesterday` is no moment"),
    ] {
        let evidence = read_file("benchmark", &make(&sql).path, None, &[]);
        assert!(problems(&evidence).iter().any(|p| p == expected), "{expected}: {:?}", problems(&evidence));
        assert!(!is_clean(&evidence));
    }
}
