//! Results of benchmarks judged beside their history, and appended to it by the same command.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use serde_json::Value;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use support::{Answer, NOW, readiness};

const CONFIGURATION: &str = "\
project: { id: p, name: P, commit: 14c907f09276bec86cf5c2aa77ccc4b26e4c754d }
evidence:
  nightly: { family: benchmark, path: \"bench/*.json\", expect: 1, history: history.jsonl }
packs: [nightly-bench]
";

/// What hyperfine measured this night, stamped as of `at`.
fn measure(folder: &Path, ms: f64, at: &str) {
    let times: Vec<String> = (0..5).map(|n| format!("{}", (ms + f64::from(n) / 10.0) / 1000.0)).collect();
    let (mean, times) = (ms / 1000.0, times.join(","));
    let text = format!(
        r#"{{"results":[{{"command":"digest","mean":{mean},"stddev":0.001,"median":{mean},"user":0.1,"system":0.1,"min":0.1,"max":0.2,"times":[{times}],"exit_codes":[0,0,0,0,0]}}]}}"#
    );
    fs::create_dir_all(folder.join("bench")).unwrap();
    fs::write(folder.join("bench/digest.json"), text).unwrap();
    let stamped = readiness(folder, &["stamp", "bench/digest.json", "--now", at, "--commit", "c0ffee1c0ffee1c0ffee1c0ffee1c0ffee1c0ffe"]);
    assert_eq!(stamped.code, 0, "{}", stamped.err);
}

/// A project with a history of forty nights at about 40 ms.
fn project() -> tempfile::TempDir {
    let made = tempfile::tempdir().unwrap();
    let folder = made.path();
    fs::write(folder.join("readiness.yaml"), CONFIGURATION).unwrap();
    measure(folder, 40.0, "2026-02-17T02:00:00Z");
    let append = ["history", "append", "history.jsonl", "bench/digest.json", "--now", NOW, "--machine", "m1", "--run", "night-0"];
    assert_eq!(readiness(folder, &append).code, 0);
    let line: Vec<Value> =
        fs::read_to_string(folder.join("history.jsonl")).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let mut text = String::new();
    for night in 0..40 {
        for line in &line {
            let mut line = line.clone();
            line["run"] = format!("night-{night}").into();
            line["at"] = format!("2026-{:02}-{:02}T02:00:00Z", 1 + night / 28, 1 + night % 28).into();
            line["commit"] = format!("{:040x}", night + 1).into();
            line["value"] = (line["value"].as_f64().unwrap() * (1.0 + f64::from((night * 7) % 5) / 400.0)).into();
            line.as_object_mut().unwrap().remove("samples");
            writeln!(text, "{line}").unwrap();
        }
    }
    fs::write(folder.join("history.jsonl"), text).unwrap();
    made
}

fn check(folder: &Path, more: &[&str]) -> Answer {
    readiness(folder, &[&["check", "--now", NOW, "--format", "json"][..], more].concat())
}

/// The first series of a report: its number of points, its machine, the run of its newest point and its state.
fn series(answer: &Answer) -> (usize, String, String, String) {
    let report: Value = serde_json::from_str(&answer.out).unwrap_or_else(|e| panic!("{e}: {}{}", answer.out, answer.err));
    let all = report["evidence"][0]["series"].as_array().unwrap();
    let one = &all[0];
    let points = one["points"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (points.len(), text(&one["machine"]), text(&points.last().unwrap()["run"]), text(&one["trend"]["state"]))
}

#[test]
fn results_are_the_newest_run_of_their_history() {
    let folder = project();
    let folder = folder.path();
    measure(folder, 60.0, "2026-02-17T02:00:00Z");
    let judged = check(folder, &[]);
    let (points, machine, run, state) = series(&judged);
    assert_eq!((points, machine.as_str(), state.as_str()), (41, "m1", "suspect"), "{}", judged.err);
    assert!(run.starts_with("results-"), "{run}");
    assert!(judged.out.contains("\"machine-assumed\""));
    assert_eq!(series(&check(folder, &["--run", "night-41", "--machine", "m1"])).2, "night-41");
    // Another machine is never compared with this one.
    assert_ne!(series(&check(folder, &["--machine", "m0"])).3, "suspect");
}

#[test]
fn appending_changes_neither_the_judgement_nor_the_next_one() {
    let folder = project();
    let folder = folder.path();
    measure(folder, 60.0, "2026-02-17T02:00:00Z");
    let before = fs::read_to_string(folder.join("history.jsonl")).unwrap();
    let judged = check(folder, &[]);
    let appended = check(folder, &["--append"]);
    assert_eq!((appended.code, &appended.out), (judged.code, &judged.out));
    for told in [" appended as results-", " of 2026-02-17T02:00:00Z, commit c0ffee1c0ffe", "machine: m1"] {
        assert!(appended.err.contains(told), "{told}: {}", appended.err);
    }
    let after = fs::read_to_string(folder.join("history.jsonl")).unwrap();
    assert!(after.starts_with(&before) && after.len() > before.len());
    // The same results again: the run stands in the history, and is the same run.
    let again = check(folder, &["--append"]);
    assert_eq!((again.code, series(&again)), (judged.code, series(&judged)));
    assert!(again.err.contains("stands in it already; nothing was appended"), "{}", again.err);
    assert_eq!(fs::read_to_string(folder.join("history.jsonl")).unwrap(), after);
    // The commit is measured again: one point still, and the second run confirms what the first let suspect.
    measure(folder, 60.5, "2026-02-17T05:00:00Z");
    let confirmed = check(folder, &["--append"]);
    let (points, _, _, state) = series(&confirmed);
    assert_eq!((points, state.as_str(), confirmed.code), (41, "regressed", 1));
    measure(folder, 60.2, "2026-02-17T23:00:00Z");
    assert_eq!(series(&check(folder, &["--append"])).0, 42, "the next night is a point of its own");
}

#[test]
fn results_that_were_appended_under_another_name_count_once() {
    let folder = project();
    let folder = folder.path();
    measure(folder, 60.0, "2026-02-17T02:00:00Z");
    let append = ["history", "append", "history.jsonl", "bench/digest.json", "--now", NOW, "--machine", "m1", "--run", "by-hand"];
    assert_eq!(readiness(folder, &append).code, 0);
    let before = fs::read_to_string(folder.join("history.jsonl")).unwrap();
    let judged = check(folder, &["--append"]);
    let (points, _, run, state) = series(&judged);
    assert_eq!((points, run.as_str(), state.as_str()), (41, "by-hand", "suspect"));
    assert!(judged.err.contains("by-hand stands in it already"), "{}", judged.err);
    assert_eq!(fs::read_to_string(folder.join("history.jsonl")).unwrap(), before);
}

#[test]
fn without_a_history_the_gate_is_closed_once_and_a_history_begun() {
    let folder = project();
    let folder = folder.path();
    fs::remove_file(folder.join("history.jsonl")).unwrap();
    let closed = check(folder, &[]);
    assert_eq!(closed.code, 3, "{}", closed.out);
    assert!(closed.out.contains("history.jsonl is not there: `readiness check --append` begins it"), "{}", closed.out);
    let begun = check(folder, &["--append"]);
    assert_eq!(begun.code, 3);
    assert!(begun.err.contains("it is the first run of this history"), "{}", begun.err);
    assert_ne!(check(folder, &[]).code, 3, "from the second night on it is there");
}

#[test]
fn what_cannot_be_read_is_not_appended() {
    let folder = project();
    let folder = folder.path();
    let before = fs::read_to_string(folder.join("history.jsonl")).unwrap();
    fs::write(folder.join("bench/digest.json"), "{\"results\":[{\"command\":").unwrap();
    let judged = check(folder, &["--append"]);
    assert_eq!(judged.code, 3);
    assert!(judged.err.contains("history.jsonl: nothing was appended: the results of nightly cannot be relied on"), "{}", judged.err);
    assert_eq!(fs::read_to_string(folder.join("history.jsonl")).unwrap(), before);
    let yaml = fs::read_to_string(folder.join("readiness.yaml")).unwrap();
    fs::write(folder.join("readiness.yaml"), yaml.replace(", history: history.jsonl", "")).unwrap();
    let none = check(folder, &["--append"]);
    assert!(none.code == 2 && none.err.contains("no entry has a `history`, or a `checkpoint` in a .jsonl, to append to"), "{}", none.err);
    for (entry, said) in [
        ("family: benchmark, history: \"*.jsonl\", path", "a history is one file"),
        ("family: tests, history: h.jsonl, path", "`history` is about results of benchmarks"),
    ] {
        fs::write(
            folder.join("readiness.yaml"),
            CONFIGURATION.replace("family: benchmark, path", entry).replace(", history: history.jsonl", ""),
        )
        .unwrap();
        let answer = check(folder, &[]);
        assert!(answer.code == 2 && answer.err.contains(said), "{}", answer.err);
    }
}

#[test]
fn a_release_is_told_with_the_results_and_marked_in_the_chart() {
    let folder = project();
    let folder = folder.path();
    measure(folder, 40.0, "2026-02-17T02:00:00Z");
    let releases = |answer: &Answer| -> Value {
        let report: Value = serde_json::from_str(&answer.out).unwrap();
        report["evidence"][0]["series"][0]["releases"].clone()
    };
    assert_eq!(releases(&check(folder, &[])), Value::Null);
    let judged = check(folder, &["--release", "v1 <b>"]);
    assert_eq!(releases(&judged)[0]["name"], "v1 <b>");
    let appended = check(folder, &["--release", "v1 <b>", "--append", "--out", "out"]);
    assert_eq!((appended.code, &appended.out), (judged.code, &judged.out));
    assert_eq!(releases(&check(folder, &[])), releases(&judged), "the history knows it now");
    let page = fs::read_to_string(folder.join("out/report.html")).unwrap();
    for part in [">v1 &lt;b&gt;</text>", "Releases: v1 &lt;b&gt; of 2026-02-17.", "<bdi>v1 &#60;b&#62;</bdi>"] {
        assert!(page.contains(part), "{part}");
    }
}
