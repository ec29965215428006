use super::super::tests::{codes, evidence, ratio};
use crate::evidence::Evidence;

fn report(project: &str) -> Evidence {
    evidence(&[format!("<?xml version='1.0'?>\n<coverage generated='1715832361306' clover='4.5.2'>{project}</coverage>").as_bytes()])
}

fn file(lines: &str) -> Evidence {
    report(&format!("<project><package name='p'><file name='a.js' path='/src/a.js'>{lines}</file></package></project>"))
}

#[test]
fn statements_and_conditions_are_lines_and_methods_are_functions() {
    let all = file(
        "<line num='1' type='method' name='f' count='1'/><line num='2' type='stmt' count='3'/><line num='2' type='stmt' count='0'/>\
                    <line num='3' type='cond' truecount='0' falsecount='2'/><line num='4' count='0'/><line num='9' type='method' signature='g()' count='0'/>",
    );
    assert_eq!((ratio(&all, "coverage.line"), ratio(&all, "coverage.function")), (Some((2, 3)), Some((1, 2))));
    assert_eq!((ratio(&all, "coverage.branch"), all.problems.len()), (Some((1, 2)), 0));
    assert_eq!((all.rows("coverage.file")[0].subject(), all.rows("coverage.package")[0].subject()), ("/src/a.js", "p"));
    assert_eq!(all.sources[0].collected_at.map(|at| at.to_string()).as_deref(), Some("2024-05-16T04:06:01.306Z"));
}

#[test]
fn what_the_counts_of_a_condition_mean_follows_from_the_count_of_the_line() {
    let of = |lines: &str| ratio(&file(lines), "coverage.branch");
    assert_eq!(of("<line num='1' type='cond' count='9' truecount='1' falsecount='3'/>"), Some((1, 4)), "branches taken and not");
    assert_eq!(of("<line num='1' type='cond' truecount='1' falsecount='3'/>"), Some((2, 2)), "times true and false");
    let two = "<line num='1' type='cond' truecount='1' falsecount='0'/><line num='1' type='cond' truecount='0' falsecount='3'/>";
    assert_eq!(of(two), Some((2, 4)), "two conditions in one line");
    let declared = report(
        "<project><metrics conditionals='9' coveredconditionals='9'/><file name='a'><line num='1' type='cond' truecount='1' falsecount='0'/></file></project>",
    );
    assert_eq!(codes(&declared), [("declared-totals-differ", Some(2))]);
}

#[test]
fn the_path_is_the_one_that_says_most() {
    for (attributes, expected) in [
        ("name='A.php' path='/x/A.php'", "/x/A.php"),
        ("name='/x/A.php' path='A.php'", "/x/A.php"),
        ("name='src/a.c'", "src/a.c"),
        ("name='a.c' path='./src/a.c'", "src/a.c"),
        (r"name='a.cs' path='c:\x\a.cs'", "C:/x/a.cs"),
    ] {
        let all = report(&format!("<project><file {attributes}><line num='1' count='1' type='stmt'/></file></project>"));
        assert_eq!(all.rows("coverage.file")[0].subject(), expected);
    }
}

#[test]
fn the_tests_themselves_are_no_part_of_the_project() {
    let all = report(
        "<project><metrics statements='1' coveredstatements='0'/><file name='a'><line num='1' count='0' type='stmt'/></file></project>\
         <testproject><metrics statements='9' coveredstatements='9'/><file name='t'><line num='1' count='1' type='stmt'/></file></testproject>",
    );
    assert_eq!((ratio(&all, "coverage.line"), all.rows("coverage.file").len(), all.problems.len()), (Some((0, 1)), 1, 0));
}

#[test]
fn what_the_project_declares_is_compared_with_its_statements() {
    let lines = "<line num='1' count='1' type='stmt'/><line num='1' count='0' type='stmt'/>";
    for (declared, warned) in [
        ("statements='2' coveredstatements='1'", false),
        ("statements='1' coveredstatements='1'", false),
        ("statements='3' coveredstatements='1'", true),
    ] {
        let all = report(&format!("<project><file name='a'>{lines}</file><metrics {declared} methods='3' coveredmethods='1'/></project>"));
        assert_eq!((ratio(&all, "coverage.line"), !all.problems.is_empty()), (Some((1, 1)), warned), "{declared}");
    }
    let summary =
        report("<project><file name='a'><line num='1' count='1' type='stmt'/><metrics methods='3' coveredmethods='1'/></file></project>");
    assert_eq!(ratio(&summary, "coverage.function"), Some((1, 3)));
}

#[test]
fn numbers_that_are_none_are_told() {
    let all = file(
        "<line num='0' count='1' type='stmt'/><line num='1' count='-1' type='stmt'/><line num='2' count='1,234' type='stmt'/><line num='3' count='NaN' type='stmt'/>\
                    <line num='4' count='99999999999999999999' type='stmt'/><line num='5' count='1' type='else'/></file><file><line num='1' count='1'/>",
    );
    assert_eq!(ratio(&all, "coverage.line"), Some((2, 4)));
    assert_eq!(
        codes(&all).iter().map(|(code, _)| *code).collect::<Vec<_>>(),
        ["file-without-name", "hits-not-a-count", "line-of-unknown-type", "line-without-number"]
    );
}

#[test]
fn clover_and_cobertura_are_told_apart_by_what_they_hold() {
    use crate::ingest::claimants;
    use crate::io::fs::Artifact;
    let named = |document: &str| {
        let artifact =
            Artifact { path: "x".into(), name: "x".into(), head: document.into(), size: document.len() as u64, ..Artifact::default() };
        claimants(&artifact).iter().map(|format| format.name).collect::<Vec<_>>()
    };
    assert_eq!(named("<coverage generated='1'><project timestamp='1'>"), ["clover"]);
    assert_eq!(named("<coverage generated='1'/>"), ["clover"]);
    assert_eq!(named("<coverage line-rate='1' generated='1'><sources/>"), ["cobertura"]);
    assert_eq!(named("<coverage><packages/></coverage>"), ["cobertura"]);
    assert_eq!(named("<coverage version='1'><file path='a'/></coverage>"), ["sonarqube"]);
}
