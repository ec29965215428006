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
