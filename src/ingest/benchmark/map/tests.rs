#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::evidence::Evidence;
use crate::ingest::testing::{is_clean, problems, read_file};
use crate::io::sqlite::testing::make;

/// Every series: `fib p95 m1: c1=1 c2=2 ms Lower`.
fn told(evidence: &Evidence) -> Vec<String> {
    let point = |p: crate::series::PointRef<'_>| format!("{}={}", p.commit.unwrap_or(""), p.value);
    let values = |s: &crate::series::Series| s.points.iter().map(point).collect::<Vec<_>>().join(" ");
    evidence.series.iter().map(|s| format!("{}: {} {} {:?}", s.id(), values(s), s.unit, s.direction)).collect()
}

fn csv(map: &str, text: &str) -> Evidence {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.csv");
    std::fs::write(&path, text).unwrap();
    read_file("benchmark", &path, Some(map), &[])
}

const WIDE: &str = "family: benchmark\ntable: nights\ncolumns: { at: night, commit: sha, machine: host }\ntime: { forms: [date], zone: UTC }\n\
                    metrics:\n  ms: { benchmark: all, metric: total, unit: ms }\n  acc: { benchmark: all, metric: accuracy, unit: '', direction: higher }\n";

const LONG: &str = "family: benchmark\ntable: results\ncolumns: { run: id, at: t, commit: sha, benchmark: name, metric: what, value: v, unit: unit }\n\
                    time: { forms: [unix], zone: UTC }\nparameters: [n]\nmetrics:\n  hits: { unit: '', direction: higher }\n";

#[test]
fn a_column_for_every_figure_in_both_kinds_of_table() {
    let expected = ["all accuracy h1: 0012345=0.5 c2=0.75  Higher", "all total h1: 0012345=7 c2=8.5 ms Lower"];
    let text = "night;sha;host;ms;acc;note\n2026-02-01;0012345;h1;7;0.5;x\n2026-02-02;c2;h1;8.5;0.75;y\n";
    assert_eq!(told(&csv(WIDE, text)), expected);
    let made = make(
        "CREATE TABLE nights (night TEXT, sha TEXT, host TEXT, ms, acc REAL); INSERT INTO nights VALUES ('2026-02-01', '0012345', 'h1', '7', 0.5),
         ('2026-02-02', 'c2', 'h1', 8.5, 0.75);",
    );
    assert_eq!(told(&read_file("benchmark", &made.path, Some(WIDE), &[])), expected);
}

#[test]
fn a_row_for_every_value_in_both_kinds_of_table() {
    let expected = ["fib n=10 hits: c1=3 c2=4  Higher", "fib n=10 p95: c1=20 c2=0.03 ms Lower", "fib n=9 p95: c1=5 ms Lower"];
    let rows = [
        ("1", "1770000000", "c1", "fib", "10", "p95", "20", "ms"),
        ("1", "1770000000", "c1", "fib", "9", "p95", "5", "ms"),
        ("1", "1770000000", "c1", "fib", "10", "hits", "3", ""),
        ("2", "1770090000", "c2", "fib", "10", "p95", "0.03", "ms"),
        ("2", "1770090000", "c2", "fib", "10", "hits", "4", ""),
    ];
    let text: String = rows.iter().map(|r| format!("{},{},{},{},{},{},{},{}\n", r.0, r.1, r.2, r.3, r.4, r.5, r.6, r.7)).collect();
    let evidence = csv(LONG, &format!("id,t,sha,name,n,what,v,unit\n{text}"));
    assert_eq!(told(&evidence), expected);
    assert!(problems(&evidence).is_empty(), "{:?}", problems(&evidence));
    let values: Vec<String> =
        rows.iter().map(|r| format!("({},{},'{}','{}',{},'{}',{},'{}')", r.0, r.1, r.2, r.3, r.4, r.5, r.6, r.7)).collect();
    let sql =
        format!("CREATE TABLE results (id, t INTEGER, sha, name, n, what, v, unit); INSERT INTO results VALUES {};", values.join(","));
    assert_eq!(told(&read_file("benchmark", &make(&sql).path, Some(LONG), &[])), expected);
}

#[test]
fn figures_of_several_benchmarks_may_share_their_columns() {
    let map = WIDE.replace("machine: host", "benchmark: name").replace("benchmark: all, ", "");
    let evidence = csv(&map, "night,sha,name,ms,acc\n2026-02-01,c1,a,7,\n2026-02-01,c1,b,,0.5\n2026-02-01,c1,,1,1\n");
    assert_eq!(told(&evidence), ["a total: c1=7 ms Lower", "b accuracy: c1=0.5  Higher"]);
    assert_eq!(problems(&evidence), ["warning empty-name:4: a row names no benchmark, and 1 more of the kind"]);
}

#[test]
fn without_times_the_rows_are_in_order_and_those_of_a_commit_together() {
    let map = "family: benchmark\ncolumns: { commit: sha, benchmark: name, value: v }\n";
    let evidence = csv(map, "sha,name,v\nc9,a,1\nc1,a,5\nc9,a,3\n");
    assert_eq!(told(&evidence), ["a: c9=2 c1=5  Lower"]);
    assert!(
        problems(&evidence)
            .contains(&"note direction-assumed: nothing tells which way is better for `value`: lower is taken to be".to_owned())
    );
}

#[test]
fn what_a_table_lacks_or_holds_wrongly_is_told() {
    let header = "night,sha,host,ms,acc\n";
    for (text, expected) in [
        (
            "nights,sha,host,ms,acc\n2026-02-01,c,h,1,1\n".to_owned(),
            "error no-column: the header has no column night; did you mean `nights`?",
        ),
        ("night,sha,host,ms\n2026-02-01,c,h,1\n".to_owned(), "warning no-column: the header has no column acc"),
        (header.to_owned(), "error no-rows: the table has no row"),
        (format!("{header}2026-02-01,c,h,fast,1\n"), "warning not-a-number:2: all total has no value in this run"),
        (format!("{header}yesterday,c,h,1,1\n"), "error time:2: night `yesterday` is no moment"),
        (format!("{header}2026-02-01,c,h,1\n"), "error ragged-row:2: the row has 4 cells, and the header 5"),
        ("{\"a\": 1}\n".to_owned(), "error no-column: the header has no column night"),
    ] {
        let evidence = csv(WIDE, &text);
        assert!(problems(&evidence).iter().any(|p| p.starts_with(expected)), "{expected}: {:?}", problems(&evidence));
        assert!(is_clean(&evidence) != expected.starts_with("error"), "{expected}");
    }
    let many = format!("{header}{}", "yesterday,c,h,1,1\n".repeat(300));
    assert!(problems(&csv(WIDE, &many)).len() < 105);
}

#[test]
fn mistakes_in_a_map_are_told() {
    for (map, expected) in [
        (WIDE.replace("unit: ms }", "unit: rounds }"), "map.yaml:6:7: a metric has no `direction`"),
        (WIDE.replace("benchmark: all, metric: total", "metric: total"), "map.yaml:6:7: a metric has no `benchmark`"),
        (LONG.replace("benchmark: name, ", ""), "map.yaml:3:10: columns has no `benchmark`"),
        (LONG.replace("value: v, ", ""), "map.yaml:3:10: columns of metric or unit are of a table with a row for every value"),
        (LONG.replace("time: { forms: [unix], zone: UTC }\n", ""), "map.yaml:1:1: a benchmark map has no `time`"),
        (WIDE.replace("metrics:", "metrix:"), "map.yaml:1:1: a benchmark map has no `metrics`"),
    ] {
        let told = problems(&csv(&map, "a\n1\n"));
        assert!(told.iter().any(|p| p.contains(expected)), "{expected}: {told:?}");
    }
    let unnamed = WIDE.replace("table: nights\n", "");
    let made = make("CREATE TABLE nights (night TEXT); INSERT INTO nights VALUES ('2026-02-01');");
    assert_eq!(
        problems(&read_file("benchmark", &made.path, Some(&unnamed), &[]))[0],
        "error map: the file is a database, and the map names no `table`"
    );
}
