//! `readiness change-points`: one line for every change of level, from a table of values and from a history.

#![allow(clippy::unwrap_used)]

mod support;

use serde_json::Value;
use std::fmt::Write as _;
use support::{Answer, NOW, readiness, root};

fn of(path: &str, more: &[&str]) -> Answer {
    readiness(&root(), &[&["change-points", path, "--now", NOW][..], more].concat())
}

#[test]
fn a_step_in_a_table_is_one_line() {
    let answer = of("fixtures/formats/values-csv/steps.csv", &[]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    let [line] = answer.out.lines().collect::<Vec<_>>()[..] else { unreachable!("{}", answer.out) };
    assert!(line.starts_with("parse  at 30 (000001e)  99.85 to 110.2  "), "{line}");
    assert!(line.contains("  +10.41 %  z 5.9"), "{line}");
    for said in ["steps.csv:43: render has no value in this row [no-value]\n", "\n1 change point in 2 series"] {
        assert!(answer.err.contains(said), "{said}: {}", answer.err);
    }
}

#[test]
fn json_says_the_same() {
    let answer = of("fixtures/formats/values-csv/steps.csv", &["--format", "json"]);
    let json: Value = serde_json::from_str(&answer.out).unwrap();
    assert_eq!((&json["format"], &json["series"][1]["points"]), (&"values-csv".into(), &49.into()));
    let [point] = &json["change_points"].as_array().unwrap()[..] else { unreachable!("{json}") };
    assert_eq!((&point["series"], &point["index"], &point["commit"]), (&"parse".into(), &30.into(), &"000001e".into()));
    assert!((0.09..0.11).contains(&point["change"].as_f64().unwrap()), "{point}");
    assert!(of("fixtures/formats/values-csv/steps.csv", &["--min-change", "20%"]).out.is_empty());
}

#[test]
fn a_history_and_bare_values_are_read_too() {
    let folder = tempfile::tempdir().unwrap();
    let (mut history, mut values) = (String::new(), String::new());
    for run in 0..60 {
        let value = if run < 40 { 10.0 } else { 8.0 } + f64::from(run % 5) / 20.0;
        let at = format!("2026-01-{:02}T{:02}:00:00Z", 1 + run / 24, run % 24);
        writeln!(history, r#"{{"schema":"readiness/history/1","run":"r{run}","at":"{at}","commit":"c{run}","benchmark":"digest","metric":"p95","value":{value},"unit":"ms","direction":"lower"}}"#).unwrap();
        writeln!(values, "{value}").unwrap();
    }
    std::fs::write(folder.path().join("history.jsonl"), history).unwrap();
    std::fs::write(folder.path().join("\u{1b}[31m.csv"), values).unwrap();
    for (file, line) in [
        ("history.jsonl", "digest p95  at 40 (c40)  10.1 to 8.1 ms  -19.8 %  z -6.3\n"),
        ("\u{1b}[31m.csv", "\\u{1b}[31m  at 40  10.1 to 8.1  -19.8 %  z -6.3\n"),
    ] {
        let answer = readiness(folder.path(), &["change-points", file, "--now", NOW]);
        assert_eq!((answer.code, answer.out.as_str()), (0, line), "{}", answer.err);
    }
    let newest = readiness(folder.path(), &["change-points", "history.jsonl", "--now", NOW, "--last", "20"]);
    assert_eq!(newest.out, "");
    assert!(newest.err.contains("only the newest 20 values were looked at in 1 series"), "{}", newest.err);
}

#[test]
fn what_cannot_be_read_is_told() {
    for (path, more, code, said) in [
        ("none.csv", &[][..], 2, "none.csv: "),
        ("Cargo.toml", &[], 3, "error: Cargo.toml: no benchmark reader knows this format"),
        ("fixtures/formats/values-csv/damaged.csv", &[], 3, "`slow` is no number"),
        ("fixtures/formats/values-csv/steps.csv", &["--min-change", "2"], 2, "write a share such as 2%"),
        ("fixtures/formats/values-csv/steps.csv", &["--format", "xml"], 2, "change-points prints text or json"),
        ("fixtures/formats/values-csv/steps.csv", &["--last", "0"], 2, "--last"),
    ] {
        let answer = of(path, more);
        assert_eq!(answer.code, code, "{path} {more:?}: {}", answer.err);
        assert!(answer.err.contains(said), "{said}: {}", answer.err);
    }
}
