//! `readiness bench-pair`: base and head in turns. What the commands measure is written by scripts, so that nothing depends on how fast
//! this machine is.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use serde_json::Value;
use std::fs;
use std::path::Path;
use support::{Answer, readiness};

const NOW: &str = "2026-02-18T00:00:00Z";
/// A measurement of two benchmarks: the first around `$1`, the second around 50, a little different each time; and a log of who ran.
const SCRIPT: &str = r#"
n=$(cat n 2> /dev/null || echo 0); echo $((n + 1)) > n
basename "$PWD" >> ../order
printf '[{"name":"digest","unit":"ms","value":%s.%s},{"name":"search","unit":"ms","value":50.%s}]' "$1" $((n * 7 % 10)) $((n * 3 % 10))
"#;

/// Two checkouts with the script in each.
fn checkouts() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for side in ["base", "head"] {
        fs::create_dir(folder.path().join(side)).unwrap();
        fs::write(folder.path().join(side).join("bench.sh"), SCRIPT).unwrap();
    }
    folder
}

fn pair(folder: &Path, base: &str, head: &str, more: &[&str]) -> Answer {
    let fixed = ["bench-pair", "--base", base, "--head", head, "--base-dir", "base", "--head-dir", "head", "--now", NOW];
    readiness(folder, &[&fixed[..], more].concat())
}

/// Runs with results on standard output, and gives the answer as JSON too.
fn printed(base: &str, head: &str, more: &[&str]) -> (Answer, Value) {
    let folder = checkouts();
    let answer = pair(folder.path(), base, head, &[&["--results", "-", "--format", "json"], more].concat());
    let json = serde_json::from_str(&answer.out).unwrap_or_else(|e| panic!("{e}: {} {}", answer.out, answer.err));
    (answer, json)
}

fn states(json: &Value) -> Vec<String> {
    let state = |b: &Value| format!("{} {}", b["benchmark"].as_str().unwrap(), b["verdict"]["state"].as_str().unwrap());
    json["benchmarks"].as_array().unwrap().iter().map(state).collect()
}

#[test]
fn a_slower_head_is_shown_and_closes() {
    let folder = checkouts();
    let answer = pair(folder.path(), "sh bench.sh 100", "sh bench.sh 120", &["--results", "-", "--out", "pair.json"]);
    assert_eq!(answer.code, 1, "{}", answer.err);
    let lines: Vec<&str> = answer.out.lines().collect();
    assert_eq!(lines[0], "base  sh bench.sh 100");
    assert!(lines[2].starts_with("10 rounds in turns on "), "{}", answer.out);
    assert!(lines[4].starts_with("regressed  digest time  100.5 to 120.5 ms  +19.9 %  ("), "{}", answer.out);
    assert!(lines[5].starts_with("unchanged  search time"), "{}", answer.out);
    assert!(answer.out.contains("2 benchmarks: 1 regressed, 1 unchanged\n"), "{}", answer.out);
    // Base and head change places in every round, after one of warm-up.
    let order = fs::read_to_string(folder.path().join("order")).unwrap();
    assert!(order.starts_with("head\nbase\nbase\nhead\nhead\nbase\n"), "{order}");
    assert_eq!(order.lines().count(), 22);
    let file: Value = serde_json::from_str(&fs::read_to_string(folder.path().join("pair.json")).unwrap()).unwrap();
    assert_eq!((&file["schema"], &file["at"]), (&"readiness/bench-pair/1".into(), &NOW.into()));
    assert_eq!(file["runs"].as_array().unwrap().len(), 22);
}

#[test]
fn the_file_is_evidence_that_check_judges() {
    let folder = checkouts();
    let verdict = |base: &str, head: &str, requirement: &str| {
        pair(folder.path(), base, head, &["--results", "-", "--out", "pair.json"]);
        readiness(folder.path(), &["check", "pair.json", "--require", requirement, "--now", NOW]).code
    };
    assert_eq!(verdict("sh bench.sh 100", "sh bench.sh 120", "benchmark.pair_regressed == 0"), 1);
    for (requirement, code) in
        [("worst(benchmark.pair.worse) <= 10%", 1), ("worst(benchmark.pair.worse) <= 19.9%", 3), ("worst(benchmark.pair.worse) <= 30%", 0)]
    {
        let answer = readiness(folder.path(), &["check", "pair.json", "--require", requirement, "--now", NOW]);
        assert_eq!(answer.code, code, "{requirement}: {}", answer.out);
    }
    let open = readiness(folder.path(), &["check", "pair.json", "--require", "worst(benchmark.pair.worse) <= 19.9%", "--now", NOW]);
    assert!(open.out.contains("19.87 to 19.96 %"), "{}", open.out);
    assert_eq!(verdict("sh bench.sh 100", "sh bench.sh 100", "benchmark.pair_regressed == 0 && benchmark.pair_missing == 0"), 0);
}

#[test]
fn the_pack_judges_a_pull_request() {
    let folder = checkouts();
    let git = |arguments: &[&str]| {
        let name = ["-c", "user.name=t", "-c", "user.email=t@example.org"];
        assert!(std::process::Command::new("git").current_dir(folder.path()).args(name).args(arguments).output().unwrap().status.success());
    };
    let config = "project: { id: p, name: P }\nevidence:\n  bench: { family: benchmark, path: pair.json }\npacks: [pr-bench, nightly-bench]\n\
                  profiles: { pr: { gate: all } }\n";
    fs::write(folder.path().join("readiness.yaml"), config).unwrap();
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "one"]);
    let gate = |head: &str, more: &[&str]| {
        pair(folder.path(), "sh bench.sh 100", head, &[&["--results", "-", "--out", "pair.json"], more].concat());
        readiness(folder.path(), &["check", "--profile", "pr", "--now", NOW])
    };
    let open = gate("sh bench.sh 100", &[]);
    assert_eq!(open.code, 0, "{}", open.out);
    let slower = gate("sh bench.sh 120", &[]);
    assert_eq!(slower.code, 1, "{}", slower.out);
    assert!(slower.out.contains("pr-bench/no-regression[digest time]") && slower.out.contains("pr-bench/ruled-out[digest time]"));
    let page = readiness(folder.path(), &["check", "--profile", "pr", "--now", NOW, "--format", "html"]).out;
    let section = page.split("id=\"pairs\"").nth(1).unwrap();
    for shown in ["1 regressed", "digest time", "100.5 ms", "120.5 ms", "+19.9 % (+19.9 % to +20.0 %)"] {
        assert!(page.contains(shown) && (shown.contains("regressed") || section.contains(shown)), "{shown}");
    }
    let dropped = gate("sh bench.sh 100 | sed 's/,{.*}/ /'", &[]);
    assert_eq!(dropped.code, 1, "{}", dropped.out);
    assert!(dropped.out.contains("pr-bench/complete"), "{}", dropped.out);
    let short = gate("sh bench.sh 100", &["--rounds", "3"]);
    assert_eq!(short.code, 1, "{}", short.out);
    assert!(short.out.contains("pr-bench/enough-rounds"), "{}", short.out);
}

#[test]
fn files_are_read_when_this_run_wrote_them() {
    let folder = checkouts();
    let write = "mkdir -p out/a && sh bench.sh 100 > out/a/result.json";
    let files = |head: &str, glob: &str| pair(folder.path(), write, head, &["--results", glob, "--rounds", "5", "--format", "json"]);
    for glob in ["out/**/*.json", "out/a/result.json", "./out/*/result.json"] {
        let answer = files(write, glob);
        assert_eq!(answer.code, 0, "{glob}: {} {}", answer.out, answer.err);
    }
    // The file of the run before is there, and the head writes none.
    let stale = files("true", "out/**/*.json");
    assert_eq!(stale.code, 3);
    assert!(stale.err.contains("head failed in the warm-up: it wrote no file that matches `out/**/*.json`"), "{}", stale.err);
    assert!(stale.err.contains("stopped: 2 runs of head failed"), "{}", stale.err);
}

#[test]
fn what_fails_is_never_a_pass() {
    let fails = "sh bench.sh 100; echo broken pipe >&2; exit 7";
    for (base, head, said) in [
        ("sh bench.sh 100", fails, "head failed in the warm-up: exit code 7\n  broken pipe"),
        (fails, "sh bench.sh 100", "base failed in the warm-up: exit code 7\n  broken pipe"),
        ("sh bench.sh 100", "no-such-program-at-all", "exit code 127"),
        ("sh bench.sh 100", "echo hello", "head failed in the warm-up: stdout: no benchmark reader knows this format"),
        ("sh bench.sh 100", "kill -9 $$", "exit code 137"),
    ] {
        let (answer, json) = printed(base, head, &[]);
        assert_eq!(answer.code, 3, "{head}: {}", answer.err);
        assert!(answer.err.contains(said), "{said}: {}", answer.err);
        assert!(!states(&json).iter().any(|state| state.contains("unchanged")));
    }
    // One failure in the middle: the other rounds count, and the gate stays closed.
    let once = "sh bench.sh 100; [ $(cat n) != 4 ]";
    let (answer, json) = printed("sh bench.sh 100", once, &[]);
    assert_eq!((answer.code, states(&json)), (3, vec!["digest unchanged".to_owned(), "search unchanged".to_owned()]));
    assert_eq!(json["benchmarks"][0]["verdict"]["rounds"], 9);
}

#[test]
fn missing_new_and_too_few_are_outcomes_of_their_own() {
    let one = "sh bench.sh 100 | sed 's/,{.*}//'";
    let (answer, json) = printed("sh bench.sh 100", one, &["--rounds", "5"]);
    assert_eq!((answer.code, states(&json)), (3, vec!["digest unchanged".to_owned(), "search missing".to_owned()]));
    let (answer, json) = printed(one, "sh bench.sh 100", &["--rounds", "5"]);
    assert_eq!((answer.code, states(&json)), (0, vec!["digest unchanged".to_owned(), "search new".to_owned()]));
    let (answer, json) = printed("sh bench.sh 100", "sh bench.sh 100", &["--rounds", "4"]);
    assert_eq!((answer.code, states(&json)), (3, vec!["digest too-few".to_owned(), "search too-few".to_owned()]));
    let (answer, json) = printed("sh bench.sh 100", "sh bench.sh 80", &["--rounds", "6"]);
    assert_eq!((answer.code, states(&json)[0].as_str()), (0, "digest improved"));
}

#[test]
fn units_are_brought_together_and_machines_kept_apart() {
    let (answer, json) =
        printed("sh bench.sh 100", "sh bench.sh 100000 | sed 's/ms/us/g; s/:50/:50000/'", &["--rounds", "5", "--min-change", "5%"]);
    assert_eq!(states(&json)[0], "digest unchanged", "{}", answer.err);
    assert_eq!(json["benchmarks"][0]["unit"], "ms");
    let google = |machine: &str| {
        format!(
            r#"printf '{{"context":{{"num_cpus":{machine},"mhz_per_cpu":1000,"library_build_type":"release"}},"benchmarks":[{{"name":"f","run_type":"iteration","iterations":9,"real_time":5,"cpu_time":5,"time_unit":"ns"}}]}}'"#
        )
    };
    let (answer, json) = printed(&google("4"), &google("8"), &["--rounds", "5"]);
    assert_eq!(answer.code, 3, "{}", answer.err);
    assert!(json["benchmarks"][0]["verdict"]["because"].as_str().unwrap().starts_with("base ran on "), "{json}");
}

#[test]
fn without_results_the_time_of_the_command_is_measured() {
    let folder = checkouts();
    let answer = pair(folder.path(), "true", "sleep 0.2", &["--rounds", "6", "--warmup", "0"]);
    assert_eq!(answer.code, 1, "{} {}", answer.out, answer.err);
    assert!(answer.out.contains("regressed  command time  "), "{}", answer.out);
}

#[test]
fn wrong_options_measure_nothing() {
    let folder = checkouts();
    for (more, said) in [
        (&["--format", "xml"][..], "bench-pair prints text or json"),
        (&["--min-change", "two"], "write a share such as 2%"),
        (&["--rounds", "0"], "--rounds"),
        (&["--results", "/etc/*.json"], "write a path below the folder the command runs in"),
        (&["--results", "../*.json"], "write a path below the folder the command runs in"),
        (&["--results", "[x"], "--results [x"),
    ] {
        let answer = pair(folder.path(), "sh bench.sh 1", "sh bench.sh 1", more);
        assert_eq!(answer.code, 2, "{more:?}: {}", answer.err);
        assert!(answer.err.contains(said), "{said}: {}", answer.err);
    }
    let nowhere = readiness(folder.path(), &["bench-pair", "--base", "true", "--head", "true", "--base-dir", "nowhere"]);
    assert_eq!((nowhere.code, nowhere.err.contains("nowhere is no folder")), (2, true));
    assert!(!folder.path().join("order").exists());
}

#[test]
fn an_old_file_is_not_taken_for_a_new_one() {
    let folder = checkouts();
    fs::write(folder.path().join("pair.json"), "old").unwrap();
    let answer = pair(folder.path(), "sh bench.sh 1", "exit 1", &["--results", "-", "--out", "pair.json"]);
    assert_eq!(answer.code, 3);
    assert!(fs::read_to_string(folder.path().join("pair.json")).unwrap().contains("readiness/bench-pair/1"));
}

#[test]
fn what_a_command_says_is_never_a_command() {
    let (answer, _) = printed("echo '\u{1b}[31m::error::x' >&2; exit 3", "sh bench.sh 1", &[]);
    assert!(answer.err.contains("\\u{1b}[31m") && !answer.err.contains('\u{1b}'), "{}", answer.err);
}

#[test]
fn medians_of_raw_measurements_are_compared_where_the_tool_gives_them() {
    let script = r#"
n=$(cat m 2> /dev/null || echo 0); echo $((n + 1)) > m
t="0.$1$((n % 3))1, 0.$1$((n % 3))2, 0.$1$((n % 3))3, 0.$1$((n % 3))4, 0.9$((n * 3 % 10))"
printf '{"results":[{"command":"digest","mean":0.5,"stddev":0.1,"median":0.1,"user":0.1,"system":0.1,"min":0.1,"max":0.9,"times":[%s],"exit_codes":[0,0,0,0,0]}]}' "$t"
"#;
    let folder = checkouts();
    for side in ["base", "head"] {
        fs::write(folder.path().join(side).join("fine.sh"), script).unwrap();
    }
    let answer = pair(folder.path(), "sh fine.sh 10", "sh fine.sh 12", &["--results", "-", "--out", "pair.json"]);
    assert_eq!(answer.code, 1, "{}{}", answer.out, answer.err);
    assert!(
        answer.out.contains("regressed  digest time  ") && answer.out.contains(", 10 rounds, medians of 5 samples\n"),
        "{}",
        answer.out
    );
    let file: Value = serde_json::from_str(&fs::read_to_string(folder.path().join("pair.json")).unwrap()).unwrap();
    let digest = &file["benchmarks"][0];
    assert_eq!(digest["verdict"]["samples"], 5);
    assert!(digest["base"]["samples"].as_array().unwrap().iter().all(|run| run.as_array().unwrap().len() == 5));
    let judged = readiness(folder.path(), &["inspect", "pair.json", "--format", "json", "--now", "2026-02-18"]);
    assert!(judged.code == 0 && judged.out.contains("medians of 5 samples"), "{}{}", judged.out, judged.err);
}
