//! `readiness history`: what goes wrong with a file that many runs append to, and what the user is told.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use support::{Answer, NOW, readiness};

/// A result of hyperfine, whose file says nothing of when or of what.
fn result(folder: &Path, name: &str, ms: f64) {
    let times: Vec<String> = (0..5).map(|n| format!("{}", (ms + f64::from(n)) / 1000.0)).collect();
    let text = format!(
        r#"{{"results":[{{"command":"{name}","mean":{0},"stddev":0.001,"median":{0},"user":0.1,"system":0.1,"min":0.1,"max":0.2,"times":[{1}],"exit_codes":[0,0,0,0,0]}}]}}"#,
        ms / 1000.0,
        times.join(",")
    );
    fs::write(folder.join(format!("{name}.json")), text).unwrap();
}

fn append(folder: &Path, more: &[&str]) -> Answer {
    let fixed = ["history", "append", "history.jsonl", "--now", NOW, "--machine", "m1"];
    let branch = if more.contains(&"--branch") { &[][..] } else { &["--branch", "main"] };
    let answer = readiness(folder, &[&fixed[..], branch, more].concat());
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
    answer
}

fn list(folder: &Path) -> (Answer, Value) {
    let text = readiness(folder, &["history", "list", "history.jsonl", "--now", NOW]);
    let json = readiness(folder, &["history", "list", "history.jsonl", "--now", NOW, "--format", "json"]);
    assert_eq!(text.code, json.code);
    (text, serde_json::from_str(&json.out).unwrap())
}

fn history(folder: &Path) -> String {
    fs::read_to_string(folder.join("history.jsonl")).unwrap()
}

#[test]
fn runs_are_appended_and_listed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (run, (ms, commit)) in [(40.0, "c1"), (41.0, "c2")].into_iter().enumerate() {
        result(folder, "digest", ms);
        result(folder, "search", ms * 2.0);
        let (run, at) = (format!("night-{run}"), format!("2026-02-1{run}T02:00:00Z"));
        let answer = append(folder, &["*.json", "--run", &run, "--at", &at, "--commit", commit]);
        assert!(answer.out.starts_with("history.jsonl: "), "{}", answer.out);
        assert!(
            answer.out.contains(&format!(" appended as {run} of {at}, commit {commit}, branch main\n  machine: m1\n")),
            "{}",
            answer.out
        );
    }
    let (text, json) = list(folder);
    assert_eq!((text.code, text.err.as_str()), (0, ""));
    assert!(text.out.contains("digest "), "{}", text.out);
    assert!(text.out.contains("  2 points  2026-02-10 to 2026-02-11  "), "{}", text.out);
    assert!(text.out.contains(" series, 2 runs\n"), "{}", text.out);
    let digest = json["series"].as_array().unwrap().iter().find(|series| series["benchmark"] == "digest").unwrap();
    assert_eq!((&digest["points"], &digest["commit"], &digest["machine"]), (&2.into(), &"c2".into(), &"m1".into()));
    let first: Value = serde_json::from_str(history(folder).lines().next().unwrap()).unwrap();
    assert!(first["samples"].as_array().is_some_and(|samples| samples.len() == 5), "raw samples are kept: {first}");
}

#[test]
fn the_same_results_are_the_same_run_however_often_they_are_appended() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    result(folder, "digest", 40.0);
    append(folder, &["digest.json", "--commit", "c1"]);
    let before = history(folder);
    let again = append(folder, &["digest.json", "--commit", "c1", "--at", "2026-02-17T00:00:00Z"]);
    assert!(again.out.contains("stands in it already; nothing was appended"), "{}", again.out);
    assert_eq!(history(folder), before);
    let other = append(folder, &["digest.json", "--commit", "c2", "--run", "night-2"]);
    assert!(other.out.contains("the raw measurements are those of results-"), "{}", other.out);
    // Even where both stand in the file, as after a merge, they are one.
    fs::write(folder.join("history.jsonl"), before.repeat(3)).unwrap();
    let (_, json) = list(folder);
    assert_eq!((&json["runs"], &json["series"][0]["points"]), (&1.into(), &1.into()));
}

#[test]
fn a_torn_write_costs_its_own_line_only() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    result(folder, "digest", 40.0);
    append(folder, &["digest.json", "--commit", "c1", "--run", "a", "--at", "2026-02-10T00:00:00Z"]);
    let whole = history(folder);
    let line = whole.lines().next().unwrap().replace("\"a\"", "\"b\"");
    fs::write(folder.join("history.jsonl"), format!("{whole}{}", &line[..70])).unwrap();
    let (torn, json) = list(folder);
    assert_eq!((torn.code, &json["runs"]), (0, &1.into()));
    assert!(torn.err.contains("the last line is cut off, and was not read [torn-line]"), "{}", torn.err);
    result(folder, "digest", 41.0);
    let mended = append(folder, &["digest.json", "--commit", "c2", "--run", "c"]);
    assert!(mended.out.contains("its last line was cut off after 70 bytes and a new line begun behind it"), "{}", mended.out);
    assert!(history(folder).starts_with(&format!("{whole}{}\n{{", &line[..70])), "nothing that stood there was changed");
    let (after, json) = list(folder);
    assert_eq!((after.code, &json["runs"]), (0, &2.into()), "{}", after.err);
    assert!(after.err.contains("a line was cut off, and was not read [torn-line]"), "{}", after.err);
}

#[test]
fn processes_that_append_at_once_lose_and_mix_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let spawn = |n: usize| -> Child {
        let file = format!("b{n}.json");
        result(folder, &format!("b{n}"), 40.0 + n as f64);
        let run = format!("run-{n}");
        let arguments = ["history", "append", "history.jsonl", &file, "--now", NOW, "--run", &run, "--commit", "c1", "--machine", "m"];
        let mut command = Command::new(env!("CARGO_BIN_EXE_readiness"));
        command.current_dir(folder).args(arguments).stdout(Stdio::null()).spawn().unwrap()
    };
    let children: Vec<Child> = (0..12).map(spawn).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let (listed, json) = list(folder);
    assert_eq!((listed.code, listed.err.as_str(), &json["runs"]), (0, "", &12.into()));
    let lines = history(folder).lines().count();
    assert_eq!(lines % 12, 0, "{lines}");
}

#[test]
fn a_merged_branch_is_put_in_order_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut texts = Vec::new();
    for (day, branch, commit) in [(10, "main", "c1"), (11, "feature", "c2"), (12, "main", "c3")] {
        result(folder, "digest", f64::from(day));
        let (at, run) = (format!("2026-02-{day}T00:00:00Z"), format!("r{day}"));
        let _ = fs::remove_file(folder.join("history.jsonl"));
        append(folder, &["digest.json", "--run", &run, "--at", &at, "--commit", commit, "--branch", branch]);
        texts.push(history(folder));
    }
    // `merge=union` keeps all lines of both sides, one side first.
    fs::write(folder.join("history.jsonl"), format!("{}{}{}{}", texts[0], texts[2], texts[0], texts[1])).unwrap();
    let (union, json) = list(folder);
    assert_eq!((union.code, &json["runs"], &json["series"][0]["commit"]), (0, &3.into(), &"c3".into()));
    for told in ["run r11 of 2026-02-11T00:00:00Z stands behind run r12", "runs of 2 branches are in one history: feature, main"] {
        assert!(union.err.contains(told), "{told}: {}", union.err);
    }
    let conflict = format!("{}<<<<<<< HEAD\n{}=======\n{}>>>>>>> feature\n", texts[0], texts[2], texts[1]);
    fs::write(folder.join("history.jsonl"), conflict).unwrap();
    let (marked, json) = list(folder);
    assert_eq!((marked.code, &json["runs"]), (0, &3.into()));
    assert!(marked.err.contains("the marks of an unfinished merge; both sides were read, and 2 more"), "{}", marked.err);
}

#[test]
fn a_clock_that_went_backwards_is_told_when_it_happens_and_later() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    result(folder, "digest", 40.0);
    append(folder, &["digest.json", "--run", "a", "--at", "2026-02-17T00:00:00Z", "--commit", "c1"]);
    result(folder, "digest", 41.0);
    let late = append(folder, &["digest.json", "--run", "b", "--at", "2026-02-01T00:00:00Z", "--commit", "c2"]);
    assert!(late.out.contains("a of 2026-02-17T00:00:00Z is dated later: runs count in the order of their dates"), "{}", late.out);
    let (listed, json) = list(folder);
    assert_eq!((listed.code, &json["series"][0]["commit"]), (0, &"c1".into()));
    assert!(listed.err.contains("[out-of-order]"), "{}", listed.err);
    let future = readiness(folder, &["history", "append", "history.jsonl", "digest.json", "--now", NOW, "--at", "2026-03-01"]);
    assert_eq!(future.code, 2);
    assert!(future.err.contains("is after 2026-02-18T00:00:00Z: no reader would count the run"), "{}", future.err);
}

#[test]
fn a_commit_that_was_measured_again_is_one_point() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (run, ms) in [("a", 40.0), ("a-again", 44.0)] {
        result(folder, "digest", ms);
        append(folder, &["digest.json", "--run", run, "--commit", "14c907f09276bec8"]);
    }
    let (listed, json) = list(folder);
    assert!(listed.out.contains("  1 point, 2 runs  "), "{}", listed.out);
    assert_eq!((&json["runs"], &json["series"][0]["points"]), (&2.into(), &1.into()));
}

#[test]
fn commits_that_were_rebased_away_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.current_dir(folder).args(["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "init.defaultBranch=main"]).args(arguments);
        assert!(command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success(), "{arguments:?}");
    };
    git(&["init"]);
    git(&["commit", "--allow-empty", "-m", "one"]);
    result(folder, "digest", 40.0);
    append(folder, &["digest.json", "--run", "gone", "--commit", "14c907f09276bec86cf5c2aa77ccc4b26e4c754d"]);
    result(folder, "digest", 41.0);
    let here = readiness(folder, &["history", "append", "history.jsonl", "digest.json", "--now", NOW, "--machine", "m1"]);
    assert!(here.out.contains(", branch main\n"), "git says commit and branch: {}", here.out);
    let (listed, json) = list(folder);
    assert!(listed.out.contains("1 commit is not in this repository (14c907f09276): rebased or squashed away"), "{}", listed.out);
    assert_eq!(json["unknown_commits"].as_array().unwrap().len(), 1);
}

#[test]
fn nothing_is_appended_that_cannot_be_relied_on() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    result(folder, "digest", 40.0);
    fs::write(folder.join("broken.json"), "{\"results\":[{\"command\":").unwrap();
    fs::write(folder.join("README.md"), "# hello\n").unwrap();
    for (arguments, code, said) in [
        (&["history.jsonl", "none.json"][..], 2, "none.json is not there"),
        (&["history.jsonl", "*.txt"], 2, "*.txt finds no file"),
        (&["digest.json", "history.jsonl"], 2, "digest.json is no history of ours but hyperfine"),
        (&["README.md", "digest.json"], 2, "README.md is no history"),
        (&["history.jsonl", "digest.json", "broken.json"], 3, "broken.json"),
        (&["history.jsonl", "digest.json", "--run", " "], 2, "names nothing"),
        (&["README.md/history.jsonl", "digest.json"], 2, "README.md/history.jsonl: "),
    ] {
        let answer = readiness(folder, &[&["history", "append", "--now", NOW][..], arguments].concat());
        assert_eq!(answer.code, code, "{arguments:?}: {}{}", answer.out, answer.err);
        assert!(answer.err.contains(said), "{said}: {}", answer.err);
    }
    assert!(!folder.join("history.jsonl").exists());
}

/// A history of two series over six nights, one of them on two branches.
fn six_nights(folder: &Path) {
    for night in 0..6 {
        result(folder, "digest", 40.0 + f64::from(night));
        result(folder, "search", 80.0 + f64::from(night));
        let (run, at, commit) = (format!("night-{night}"), format!("2026-02-0{}T02:00:00Z", night + 1), format!("{:040x}", night + 1));
        append(folder, &["digest.json", "search.json", "--run", &run, "--at", &at, "--commit", &commit]);
    }
}

#[test]
fn what_is_exported_is_what_is_imported() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    six_nights(folder);
    let export = |format: &str, file: &str| {
        let answer = readiness(folder, &["history", "export", "history.jsonl", "--format", format, "--out", file, "--now", NOW]);
        assert_eq!(answer.code, 0, "{}", answer.err);
    };
    let import = |to: &str, from: &str| {
        let answer = readiness(folder, &["history", "import", to, from, "--now", NOW]);
        assert_eq!(answer.code, 0, "{}", answer.err);
        answer.out
    };
    export("jsonl", "copy.jsonl");
    assert_eq!(fs::read(folder.join("copy.jsonl")).unwrap(), history(folder).into_bytes());
    assert!(import("other.jsonl", "copy.jsonl").contains("other.jsonl: 12 values appended\n"));
    assert_eq!(fs::read(folder.join("other.jsonl")).unwrap(), history(folder).into_bytes());
    assert!(import("other.jsonl", "copy.jsonl").contains("other.jsonl: 0 values appended; 12 values stood in it already\n"));
    for (format, file) in [("gab", "data.js"), ("csv", "table.csv")] {
        export(format, file);
        let back = format!("{format}.jsonl");
        let said = import(&back, file);
        assert!(said.contains(" of 6 runs\n"), "{format}: {said}");
        // A second time nothing is new: runs without a name are called by their date and commit.
        assert!(import(&back, file).contains(": 0 values appended; "), "{format}");
        let values = |path: &str| {
            let text = fs::read_to_string(folder.join(path)).unwrap();
            let line = |line: &str| -> (String, f64, String) {
                let line: Value = serde_json::from_str(line).unwrap();
                (line["at"].to_string(), line["value"].as_f64().unwrap(), line["commit"].to_string())
            };
            let mut all: Vec<_> = text.lines().map(line).collect();
            all.sort_by(|a, b| a.partial_cmp(b).unwrap());
            all
        };
        assert_eq!(values(&back), values("history.jsonl"), "{format}");
    }
    fs::write(folder.join("bare.csv"), "1\n2\n3\n").unwrap();
    let undated = readiness(folder, &["history", "import", "x.jsonl", "bare.csv", "--now", NOW]);
    assert!(undated.code == 2 && undated.err.contains("bare.csv does not say when its values were measured"), "{}", undated.err);
    assert!(readiness(folder, &["history", "export", "history.jsonl"]).out == history(folder));
}

#[test]
fn old_runs_and_series_that_are_gone_are_taken_out() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    six_nights(folder);
    let whole = history(folder);
    let prune = |more: &[&str], code: i32| {
        let answer = readiness(folder, &[&["history", "prune", "history.jsonl"][..], more].concat());
        assert_eq!(answer.code, code, "{more:?}: {}{}", answer.out, answer.err);
        answer.out + &answer.err
    };
    let would = prune(&["--before", "2026-02-03", "--dry-run"], 0);
    assert!(
        would.contains("history.jsonl: 4 values of 2 series would go, and with them 2 runs altogether; 8 values would stay\n"),
        "{would}"
    );
    assert_eq!(history(folder), whole);
    prune(&["--before", "2026-02-03"], 0);
    assert!(whole.ends_with(&history(folder)) && history(folder).lines().count() == 8, "lines stay as they are");
    let kept = prune(&["--keep", "1", "--series", "digest*"], 0);
    assert!(kept.contains("history.jsonl: 3 values of 1 series went, and with them 0 runs altogether; 5 values stay\n"), "{kept}");
    prune(&["--keep", "0", "--series", "digest*"], 0);
    let (_, json) = list(folder);
    assert_eq!((json["series"].as_array().unwrap().len(), &json["runs"]), (1, &4.into()));
    let torn = history(folder);
    fs::write(folder.join("history.jsonl"), format!("<<<<<<< HEAD\n{torn}=======\n>>>>>>> b\n{}", &torn[..50])).unwrap();
    assert!(prune(&["--keep", "100"], 0).contains("marks of merges and lines that were cut off: 4\n"));
    assert_eq!(history(folder), torn);
    for (more, said) in [
        (&["--keep", "0"][..], "would take out everything"),
        (&[], "--keep"),
        (&["--keep", "1", "--before", "2026-01-01"], "cannot be used with"),
        (&["--before", "soon"], "write a date"),
        (&["--keep", "1", "--series", "["], "--series ["),
    ] {
        let answer = prune(more, 2);
        assert!(answer.contains(said), "{said}: {answer}");
    }
    fs::write(folder.join("history.jsonl"), format!("{torn}garbage\n")).unwrap();
    assert!(prune(&["--keep", "1"], 2).contains("line 5 is damaged"));
    assert_eq!(history(folder), format!("{torn}garbage\n"));
}

#[test]
fn a_history_may_be_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    six_nights(folder);
    let run = |arguments: &[&str]| readiness(folder, &[&["history"], arguments].concat());
    let imported = run(&["import", "deep/history.db", "history.jsonl", "--now", NOW]);
    assert!(imported.code == 0 && imported.out.contains("deep/history.db: 12 values appended\n"), "{}{}", imported.out, imported.err);
    assert_eq!(run(&["export", "deep/history.db"]).out, history(folder), "all that a line says is in the table");
    let lists = ["deep/history.db", "history.jsonl"].map(|file| run(&["list", file, "--now", NOW]));
    assert_eq!((lists[0].code, &lists[0].out, lists[0].err.as_str()), (0, &lists[1].out, ""));
    let again = run(&["import", "deep/history.db", "history.jsonl", "--now", NOW]);
    assert!(again.out.contains(": 0 values appended; 12 values stood in it already\n"), "{}", again.out);
    let spawn = |n: usize| -> Child {
        let file = format!("b{n}.json");
        result(folder, &format!("b{n}"), 40.0 + n as f64);
        let name = format!("run-{n}");
        let arguments = ["history", "append", "deep/history.db", &file, "--now", NOW, "--run", &name, "--commit", "c1", "--machine", "m"];
        Command::new(env!("CARGO_BIN_EXE_readiness")).current_dir(folder).args(arguments).stdout(Stdio::null()).spawn().unwrap()
    };
    let children: Vec<Child> = (0..8).map(spawn).collect();
    assert!(children.into_iter().all(|mut child| child.wait().unwrap().success()));
    let twice = run(&["append", "deep/history.db", "b0.json", "--now", NOW, "--run", "run-0", "--commit", "c1", "--machine", "m"]);
    assert!(twice.out.contains("run-0 stands in it already; nothing was appended"), "{}", twice.out);
    let pruned = run(&["prune", "deep/history.db", "--keep", "0", "--series", "b*"]);
    assert!(pruned.out.contains("8 values of 8 series went, and with them 8 runs altogether; 12 values stay\n"), "{}", pruned.out);
    assert_eq!(run(&["export", "deep/history.db"]).out, history(folder));
    for (name, sql, said) in [
        ("other.db", "CREATE TABLE t (a)", "other.db is a database that nobody can read, or that holds no history"),
        ("forged.db", "CREATE TABLE readiness_history (run)", "it is a database of another program"),
    ] {
        rusqlite::Connection::open(folder.join(name)).unwrap().execute_batch(sql).unwrap();
        let refused = run(&["append", name, "b0.json", "--now", NOW]);
        assert!(refused.code != 0 && refused.err.contains(said), "{said}: {}", refused.err);
    }
}

#[test]
fn a_run_may_be_of_a_release() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    six_nights(folder);
    let run = |arguments: &[&str]| readiness(folder, &[&["history"], arguments].concat());
    let night = |store: &str, n: u32, more: &[&str]| {
        for name in ["digest", "search"] {
            result(folder, name, if name == "digest" { 40.0 } else { 80.0 } + f64::from(n));
        }
        let (run_of, at, commit) = (format!("night-{n}"), format!("2026-02-0{}T02:00:00Z", n + 1), format!("{:040x}", n + 1));
        let said = ["append", store, "digest.json", "search.json", "--now", NOW, "--machine", "m1", "--branch", "main"];
        run(&[&said[..], &["--run", &run_of, "--at", &at, "--commit", &commit], more].concat())
    };
    assert_eq!(run(&["import", "history.db", "history.jsonl", "--now", NOW]).code, 0);
    for store in ["history.jsonl", "history.db"] {
        let new = night(store, 6, &["--release", "v4.1.0"]);
        assert!(new.code == 0 && new.out.contains(", branch main, release v4.1.0\n"), "{}{}", new.out, new.err);
        // What was measured before it was released is appended once more, and counts once.
        let later = night(store, 2, &["--release", "v4.0.0"]);
        assert!(later.out.contains("2 values appended as night-2 of "), "{store}: {}", later.out);
        assert!(night(store, 2, &["--release", "v4.0.0"]).out.contains("nothing was appended"), "{store}");
        assert!(night(store, 2, &[]).out.contains("nothing was appended"), "a release is not forgotten: {store}");
        let list = run(&["list", store, "--now", NOW]);
        assert!(list.out.contains("2 series, 7 runs\nreleases: v4.0.0 (2026-02-03), v4.1.0 (2026-02-07)\n"), "{}", list.out);
        let csv = run(&["export", store, "--format", "csv", "--now", NOW]).out;
        assert!(csv.starts_with("time,commit,branch,run,release,") && csv.contains(",night-2,v4.0.0,"), "{csv}");
        fs::write(folder.join("back.csv"), csv).unwrap();
        let back = format!("back-{store}");
        assert_eq!(run(&["import", &back, "back.csv", "--now", NOW]).code, 0);
        assert!(run(&["list", &back, "--now", NOW]).out.contains("releases: v4.0.0 (2026-02-03), v4.1.0 (2026-02-07)\n"));
    }
    let exported = run(&["export", "history.db", "--now", NOW]).out;
    assert_eq!(exported.matches(r#""release":"v4.0.0""#).count(), 2, "{exported}");
    assert!(night("history.jsonl", 2, &["--release", " "]).err.contains("names nothing"));
}

#[test]
fn a_database_of_the_first_version_is_read_and_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let old = rusqlite::Connection::open(folder.join("history.db")).unwrap();
    old.execute_batch(
        "CREATE TABLE readiness_history (run TEXT NOT NULL, at TEXT NOT NULL, commit_id TEXT, branch TEXT, machine TEXT NOT NULL,
           benchmark TEXT NOT NULL, metric TEXT NOT NULL, value REAL, unit TEXT NOT NULL,
           direction TEXT NOT NULL CHECK (direction IN ('lower', 'higher')), samples TEXT);
         CREATE UNIQUE INDEX readiness_history_once ON readiness_history (run, benchmark, metric, machine, unit, value, commit_id);
         INSERT INTO readiness_history VALUES ('n', '2026-02-01T00:00:00Z', 'c1', NULL, 'm1', 'x', 'time', 4.5, 'ms', 'lower', NULL);
         PRAGMA application_id = 0x72646869; PRAGMA user_version = 1;",
    )
    .unwrap();
    drop(old);
    let run = |arguments: &[&str]| readiness(folder, &[&["history"], arguments, &["--now", NOW]].concat());
    assert!(run(&["list", "history.db"]).out.contains("4.5 ms"));
    result(folder, "x", 40.0);
    let appended = run(&["append", "history.db", "x.json", "--machine", "m1", "--release", "v2"]);
    assert_eq!(appended.code, 0, "{}", appended.err);
    assert!(run(&["list", "history.db"]).out.contains("releases: v2"));
    let later = rusqlite::Connection::open(folder.join("history.db")).unwrap();
    later.execute_batch("PRAGMA user_version = 3").unwrap();
    drop(later);
    let refused = run(&["append", "history.db", "x.json", "--machine", "m1"]);
    assert!(refused.code == 4 && refused.err.contains("it is of version 3, and version 2 can be written here"), "{}", refused.err);
}
