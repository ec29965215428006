//! A folder whose files belong together is one artifact: `target/criterion`, asv's `results`.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod support;

use readiness::io::hash::sha256;
use serde_json::Value;
use std::fs;
use std::path::Path;
use support::{NOW, check, copy, readiness, root};

fn put(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn estimates(nanoseconds: f64) -> String {
    format!(r#"{{"mean":{{"point_estimate":{nanoseconds}}},"slope":null,"std_dev":{{"point_estimate":0.5}}}}"#)
}

/// What criterion leaves: the last run in `new`, the one before in `base`, what changed in `change`, and pages.
fn criterion(folder: &Path) {
    put(folder, "target/criterion/fib_20/new/estimates.json", &estimates(20.0));
    put(folder, "target/criterion/fib_20/new/benchmark.json", r#"{"full_id":"fib 20"}"#);
    put(folder, "target/criterion/fib_20/new/sample.json", r#"{"sampling_mode":"Flat","iters":[2.0,2.0],"times":[38.0,42.0]}"#);
    put(folder, "target/criterion/fib_20/base/estimates.json", &estimates(10.0));
    put(folder, "target/criterion/fib_20/main/estimates.json", &estimates(11.0));
    put(folder, "target/criterion/fib_20/change/estimates.json", r#"{"mean":{"point_estimate":1.0}}"#);
    put(folder, "target/criterion/fib_20/report/index.html", "<html></html>");
    put(folder, "target/criterion/group/x/10/new/estimates.json", &estimates(5.0));
}

fn inspect(folder: &Path, path: &str) -> (Value, i32) {
    let answer = readiness(folder, &["inspect", path, "--format", "json", "--now", NOW]);
    (serde_json::from_str(&answer.out).unwrap_or_else(|e| panic!("{e}: {}", answer.err)), answer.code)
}

fn series(document: &Value) -> Vec<String> {
    let list = document["series"].as_array().unwrap();
    let values = |s: &Value| s["points"].as_array().unwrap().iter().map(|p| p["value"].to_string()).collect::<Vec<_>>().join(" ");
    list.iter().map(|s| format!("{} {}: {}", s["benchmark"].as_str().unwrap(), s["metric"].as_str().unwrap(), values(s))).collect()
}

#[test]
fn criterions_folder_is_one_path_and_new_is_its_last_run() {
    let folder = tempfile::tempdir().unwrap();
    criterion(folder.path());
    for path in ["target/criterion", "target/criterion/"] {
        let (document, code) = inspect(folder.path(), path);
        assert_eq!(code, 0);
        assert_eq!((document["path"].as_str(), document["format"].as_str()), (Some("target/criterion"), Some("criterion")));
        assert_eq!(series(&document), ["fib 20 time: 20.0", "group/x/10 time: 5.0"]);
        assert_eq!(document["series"][0]["points"][0]["samples"], serde_json::json!([19.0, 21.0]));
        assert_eq!(document["problems"], serde_json::json!([]));
    }
    let (one, code) = inspect(folder.path(), "target/criterion/group/x/10/new/estimates.json");
    assert_eq!((series(&one), code), (vec!["group/x/10 time: 5.0".to_owned()], 0));
}

#[test]
fn its_digest_is_that_of_what_sha256sum_prints() {
    let folder = tempfile::tempdir().unwrap();
    criterion(folder.path());
    let base = folder.path().join("target/criterion");
    let mut names = readiness::io::fs::files(&base);
    names.sort();
    let list: String = names.iter().map(|name| format!("{}  {name}\n", sha256(&fs::read(base.join(name)).unwrap()))).collect();
    assert_eq!(inspect(folder.path(), "target/criterion").0["sha256"], sha256(list.as_bytes()));
    put(folder.path(), "target/criterion/fib_20/base/estimates.json", &estimates(12.0));
    assert_ne!(inspect(folder.path(), "target/criterion").0["sha256"], sha256(list.as_bytes()), "every file counts");
}

#[test]
fn a_problem_names_the_file_it_is_of() {
    let folder = tempfile::tempdir().unwrap();
    criterion(folder.path());
    put(folder.path(), "target/criterion/group/x/10/new/estimates.json", &estimates(5.0)[..20]);
    put(folder.path(), "target/criterion/fib_20/new/sample.json", "[]x");
    let (document, code) = inspect(folder.path(), "target/criterion");
    assert_eq!((series(&document), code), (vec!["fib 20 time: 20.0".to_owned()], 3));
    let told: Vec<String> = document["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| format!("{} {}", p["code"].as_str().unwrap(), p["path"].as_str().unwrap()))
        .collect();
    assert_eq!(told, ["companion target/criterion/fib_20/new/estimates.json", "truncated target/criterion/group/x/10/new/estimates.json"]);
    let text = readiness(folder.path(), &["inspect", "target/criterion", "--now", NOW]);
    assert!(text.out.contains("error target/criterion/group/x/10/new/estimates.json:1:"), "{}", text.out);
}

#[test]
fn a_folder_that_nobody_takes_is_refused_without_being_read() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "reports/a.xml", "<coverage/>");
    let (document, code) = inspect(folder.path(), "reports");
    assert_eq!((document["format"].as_str(), document["sha256"].as_str(), code), (None, Some(""), 3));
    let message = document["problems"][0]["message"].as_str().unwrap();
    assert_eq!(message, "no reader takes this folder of 1 files as one: name its files, or a pattern that finds them");
    fs::create_dir(folder.path().join("none")).unwrap();
    assert_eq!(inspect(folder.path(), "none").0["problems"][0]["message"], "the folder is empty");
}

#[test]
fn asvs_results_are_one_history() {
    let folder = tempfile::tempdir().unwrap();
    copy(&root().join("fixtures/formats/asv/results"), &folder.path().join("results"));
    for left in readiness::io::fs::files(folder.path()).iter().filter(|path| path.ends_with(".expected.json")) {
        fs::remove_file(folder.path().join(left)).unwrap();
    }
    let first = "results/runner/81da2d5e-existing-py_usr_bin_python3.json";
    let text = fs::read_to_string(folder.path().join(first)).unwrap();
    let older = text.replace("81da2d5e075d", "71da2d5e075d").replace("\"date\": 1769904000000", "\"date\": 1769817600000");
    put(folder.path(), "results/runner/71da2d5e-existing-py_usr_bin_python3.json", &older.replace("8056", "9000"));
    let (document, code) = inspect(folder.path(), "results/");
    assert_eq!((document["format"].as_str(), code), (Some("asv"), 0));
    assert!(series(&document).contains(&"bench.mem_list size: 9000.0 8056.0".to_owned()), "{:?}", series(&document));
}

#[test]
fn an_entry_may_name_a_folder_and_its_files_go_into_the_bundle() {
    let folder = tempfile::tempdir().unwrap();
    criterion(folder.path());
    put(
        folder.path(),
        "readiness.yaml",
        "project: { id: demo, name: Demo }\nevidence:\n  bench: { family: benchmark, path: target/criterion/, expect: 1 }\npacks: [rules/]\n",
    );
    put(folder.path(), "rules/pack.yaml", "title: Demo\nabout: The rules of a demo.\n");
    put(
        folder.path(),
        "rules/series.yaml",
        "question: Were the benchmarks run?\nseverity: P1\nrequire: benchmark.series >= 2\nwhy: x\nfix: y\ncases:\n\
         - { given: { benchmark.series: 2 }, outcome: pass }\n- { given: { benchmark.series: 1 }, outcome: fail }\n- { given: {}, outcome: no-evidence }\n",
    );
    let answer = check(folder.path(), &["--format", "json"]);
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
    let report: Value = serde_json::from_str(&answer.out).unwrap();
    let sources = report["evidence"][0]["sources"].as_array().unwrap();
    assert_eq!(
        (sources.len(), sources[0]["path"].as_str(), sources[0]["content"].as_str()),
        (1, Some("target/criterion"), Some("2 series, 1 runs"))
    );
    let bundle = readiness(folder.path(), &["bundle", "--now", NOW, "--out", "bundle"]);
    assert_eq!(bundle.code, 0, "{}", bundle.err);
    let packed = folder.path().join("bundle/evidence/bench/target/criterion/fib_20/new/estimates.json");
    assert_eq!(fs::read_to_string(packed).unwrap(), estimates(20.0));
}
