//! Tables of somebody else's design: what a map makes of them, and what its mistakes lead to.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
use std::path::Path;
use support::{check, readiness, root};

const CONFIGURATION: &str =
    "project: { id: p, name: P }\nevidence:\n  runs: { family: benchmark, path: runs.db, map: own.yaml }\npacks: [nightly-bench]\n";

/// A folder with a database, a map made from the shipped one, and a configuration.
fn project(change: impl Fn(&str) -> String) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let from = |name: &str| fs::read(root().join(name)).unwrap();
    fs::write(folder.path().join("runs.db"), from("fixtures/formats/performance-runs/runs.db")).unwrap();
    let map = String::from_utf8(from("maps/performance-runs.yaml")).unwrap();
    fs::write(folder.path().join("own.yaml"), change(&map)).unwrap();
    fs::write(folder.path().join("readiness.yaml"), CONFIGURATION).unwrap();
    folder
}

fn inspect(folder: &Path, map: &str) -> support::Answer {
    readiness(folder, &["inspect", "runs.db", "--format", "json", "--now", support::NOW, "--map", map])
}

#[test]
fn a_map_of_the_project_is_used() {
    let folder = project(|map| map.replace("benchmark: cache,", "benchmark: store,"));
    let answer = inspect(folder.path(), "own.yaml");
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert!(answer.out.contains("\"store hit_rate linux-x64\"") && !answer.out.contains("\"cache hit_rate linux-x64\""));
    assert!(inspect(folder.path(), "performance-runs").out.contains("\"cache hit_rate linux-x64\""));
}

#[test]
fn a_mistake_in_a_map_is_told_before_anything_is_judged() {
    let folder = project(|map| map.replace("table: performance_runs", "tabel: performance_runs").replace("zone: UTC", "zone: Mars"));
    for answer in [check(folder.path(), &[]), inspect(folder.path(), "own.yaml")] {
        assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{}", answer.err);
        for said in ["own.yaml:4:1: a benchmark map has no key `tabel` - did you mean `table`?", "`Mars` is no zone - write UTC"] {
            assert!(answer.err.contains(said), "{said:?} is missing in\n{}", answer.err);
        }
    }
    let nameless = project(|map| map.replace("family: benchmark", "family: bench"));
    let answer = inspect(nameless.path(), "own.yaml");
    assert!(answer.code == 2 && answer.err.contains("own.yaml:3:9: a map must name its `family`"), "{}", answer.err);
}

#[test]
fn a_family_without_maps_says_so() {
    let folder = project(ToOwned::to_owned);
    let text = CONFIGURATION.replace("family: benchmark", "family: coverage");
    fs::write(folder.path().join("readiness.yaml"), text).unwrap();
    let answer = check(folder.path(), &[]);
    assert!(answer.code == 2 && answer.err.contains("the family coverage reads no maps"), "{}", answer.err);
}

#[test]
fn a_table_that_is_not_there_is_told() {
    let folder = project(|map| map.replace("table: performance_runs", "table: performance_logs"));
    let missing = inspect(folder.path(), "own.yaml");
    assert_eq!(missing.code, 3);
    assert!(missing.out.contains("the database has no table performance_logs; did you mean `performance_runs`?"), "{}", missing.out);
}

/// A project with golden results in a table, and an entry that names this map.
fn golden(table: &str, map: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("answers.csv"), table).unwrap();
    let entry = format!("{{ family: golden, path: answers.csv, map: {map} }}");
    let text = format!("project: {{ id: p, name: P }}\nevidence:\n  golden: {entry}\npacks: [rules/]\n");
    fs::write(folder.path().join("readiness.yaml"), text).unwrap();
    fs::create_dir_all(folder.path().join("rules/own")).unwrap();
    fs::write(folder.path().join("rules/own/pack.yaml"), "title: Own\nabout: Own rules.\n").unwrap();
    folder
}

fn rule(folder: &Path, name: &str, require: &str, metric: &str, good: &str, bad: &str) {
    let text = format!(
        "question: Is it so?\nseverity: P1\nrequire: {require}\nwhy: w\nfix: f\ncases:\n  - {{ given: {{ {metric}: {good} }}, outcome: pass }}\n  \
         - {{ given: {{ {metric}: {bad} }}, outcome: fail }}\n  - {{ given: {{}}, outcome: no-evidence }}\n"
    );
    fs::write(folder.join(format!("rules/own/{name}.yaml")), text).unwrap();
}

#[test]
fn a_table_of_golden_answers_is_judged_by_a_shipped_map() {
    let table = "id,category,question,answer,expected,outcome,error,latency_ms\n1,A,q,a,a,pass,,20\n2,A,q,b,a,fail,,20\n";
    let folder = golden(table, "golden-table");
    rule(folder.path(), "rate", "golden.pass_rate >= 50%", "golden.pass_rate", "1/2", "0/2");
    let answer = check(folder.path(), &[]);
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
    fs::write(folder.path().join("answers.csv"), table.replace("fail", "failled")).unwrap();
    let answer = check(folder.path(), &[]);
    assert!(answer.code == 3 && answer.out.contains("the outcome `failled` is not in the map; did you mean `failed`?"), "{}", answer.out);
}

#[test]
fn a_measure_stands_for_a_rate_where_the_entry_says_so() {
    let table = "question,truth,answer,context,latency,gpt_groundedness,polite\nq,t,a,c,1,5,1\nr,t,b,c,1,2,1\n";
    let folder = golden(table, "{ hallucination: gpt_groundedness }");
    rule(folder.path(), "rate", "golden.hallucination_rate == 50%", "golden.hallucination_rate", "1/2", "2/2");
    let answer = check(folder.path(), &[]);
    assert_eq!(answer.code, 0, "the shipped map has its limit: {}{}", answer.out, answer.err);
    let text = fs::read_to_string(folder.path().join("readiness.yaml")).unwrap();
    let with = |map: &str| {
        fs::write(folder.path().join("readiness.yaml"), text.replace("{ hallucination: gpt_groundedness }", map)).unwrap();
        check(folder.path(), &[])
    };
    let answer = with("{ hallucination: polite }");
    assert!(answer.code == 3 && answer.out.contains("nobody says from where on it is"), "{}", answer.out);
    let limits = "family: golden\njudges: { hallucination: { measure: polite, at_least: 1 } }\n";
    fs::write(folder.path().join("limits.yaml"), limits).unwrap();
    assert!(with("limits.yaml").out.contains("golden.hallucination_rate is 0 %"), "{}", with("limits.yaml").out);
    let wrong = golden(table, "{ halucination: f }");
    let answer = check(wrong.path(), &[]);
    assert!(answer.code == 2 && answer.err.contains("`map` has no key `halucination` - did you mean `hallucination`?"), "{}", answer.err);
}
