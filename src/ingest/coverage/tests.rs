#![allow(clippy::panic)]

mod coverage_py;
mod coveralls_json;
mod coverlet;
mod cut;
mod gcovr_json;
mod istanbul;
mod llvm_json;
mod mutants;
mod peers;
mod recount;
mod simplecov;
mod sonarqube;
mod xccov;

use super::*;
use crate::ingest::claimants;
use crate::ingest::testing::read;
use crate::io::fs::Artifact;

/// A JSON report cut off anywhere is never taken for a whole one.
fn is_error_when_cut(report: &str) {
    assert!(evidence(&[report.as_bytes()]).gap().is_none(), "{:?}", evidence(&[report.as_bytes()]).problems);
    for end in 0..report.trim_end().len() {
        assert!(evidence(&[&report.as_bytes()[..end]]).gap().is_some(), "{end}");
    }
}

/// What the family makes of these files.
pub(super) fn evidence(reports: &[&[u8]]) -> Evidence {
    let names: Vec<String> = (0..reports.len()).map(|n| format!("{n}.xml")).collect();
    let files: Vec<_> = names.iter().map(String::as_str).zip(reports.iter().copied()).collect();
    read("coverage", &files, &BTreeMap::new())
}

pub(super) fn ratio(evidence: &Evidence, id: &str) -> Option<(u64, u64)> {
    evidence.metric(id).map(|metric| match metric.value {
        Value::Ratio(Ratio { part, whole }) => (part, whole),
        _ => panic!("{id} is no ratio"),
    })
}

fn cobertura(root: &str, classes: &str) -> String {
    format!(
        "<?xml version='1.0'?>\n<coverage {root}><packages><package name='p'><classes>\n{classes}</classes></package></packages></coverage>"
    )
}

fn class(lines: &str) -> Evidence {
    evidence(&[cobertura("line-rate='0'", &format!("<class filename='a.py'>{lines}</class>")).as_bytes()])
}

pub(super) fn codes(evidence: &Evidence) -> Vec<(&str, Option<u64>)> {
    evidence.problems.iter().map(|problem| (&*problem.code, problem.at.line)).collect()
}

#[test]
fn a_line_counts_once_however_often_it_is_told() {
    let twice = "<class filename='a.cs'><lines><line number='1' hits='0'/><line number='2' hits='3'/></lines></class>
        <class filename='.\\a.cs'><lines><line number='1' hits='2'/><line number='3' hits='0'/></lines></class>";
    let report = cobertura("", twice);
    let all = evidence(&[report.as_bytes(), report.as_bytes()]);
    assert_eq!(ratio(&all, "coverage.line"), Some((2, 3)));
    assert_eq!(ratio(&all, "coverage.branch"), None);
    assert_eq!(all.rows("coverage.file").len(), 1);
    assert_eq!(all.rows("coverage.file")[0].count("uncovered"), Some(1));
    assert_eq!(all.rows("coverage.package")[0].subject(), "p");
}

#[test]
fn lines_of_methods_count_only_in_a_class_without_its_own() {
    let both =
        class("<methods><method><lines><line number='9' hits='1'/></lines></method></methods><lines><line number='1' hits='0'/></lines>");
    assert_eq!(ratio(&both, "coverage.line"), Some((0, 1)));
    let after =
        class("<lines><line number='1' hits='0'/></lines><methods><method><lines><line number='9' hits='1'/></lines></method></methods>");
    assert_eq!(ratio(&after, "coverage.line"), Some((0, 1)));
    let methods = class("<methods><method><lines><line number='9' hits='1'/></lines></method></methods>");
    assert_eq!(ratio(&methods, "coverage.line"), Some((1, 1)));
}

#[test]
fn branches_are_what_the_line_says_and_nothing_is_guessed() {
    let lines = "<line number='1' hits='1' branch='true' condition-coverage='50% (1/2)'/>
        <line number='2' hits='1' branch='True' condition-coverage='66,7 % ( 2 / 3 )'><conditions><condition coverage='1%'/></conditions></line>
        <line number='3' hits='1' branch='true'/>
        <line number='4' hits='1' branch='false' condition-coverage='100% (4/4)'/>
        <line number='5' hits='1' branch='true' condition-coverage='50%'/>
        <line number='6' hits='1' branch='true' condition-coverage='300% (6/2)'/>";
    let all = class(lines);
    assert_eq!(ratio(&all, "coverage.branch"), Some((3, 5)));
    assert_eq!(ratio(&all, "coverage.line"), Some((6, 6)));
    assert_eq!(all.rows("coverage.file")[0].count("partial"), Some(2), "a third state: it ran, and not all of it");
    assert_eq!(codes(&all), [("declared-totals-differ", Some(2)), ("branch-without-ratio", Some(5))]);
    assert_eq!(
        all.problems[1].message,
        "branch lines that do not say how many branches were taken of how many add none: 3, the first here"
    );
}

#[test]
fn numbers_are_read_as_tools_write_them() {
    let lines = "<line number='1' hits='1.0'/><line number='2' hits='1,234'/><line number='3' hits='99999999999999999999999'/>
        <line number='4' hits='0.5'/><line number='5' hits='0,0'/><line number='6' hits=' 0 '/><line number=' 7 ' hits='1e3'/>
        <line number='8' hits='-1'/><line number='9' hits='NaN'/><line number='10'/>
        <line number='0' hits='1'/><line number='undefined' hits='1'/><line number='-4' hits='1'/><line number='99999999999' hits='1'/>";
    let all = class(lines);
    assert_eq!(ratio(&all, "coverage.line"), Some((5, 10)));
    assert_eq!(codes(&all), [("declared-totals-differ", Some(2)), ("hits-not-a-count", Some(5)), ("line-without-number", Some(6))]);
}

#[test]
fn what_the_root_declares_is_compared_and_not_believed() {
    let lines = "<class filename='a'><line number='1' hits='1'/><line number='2' hits='0'/></class>";
    for (root, warned) in [
        ("lines-valid='2' lines-covered='1'", false),
        ("line-rate='0.5' branch-rate='0'", false),
        ("line-rate='0,5'", false),
        ("line-rate='NaN'", false),
        ("line-rate='0.5009'", false),
        ("line-rate='0.502'", true),
        ("lines-valid='1' lines-covered='2'", true),
        ("lines-valid='2' lines-covered='1' branches-valid='4' branches-covered='4'", true),
        ("lines-valid='2' lines-covered='1' branches-valid='0' branches-covered='0'", false),
    ] {
        let all = evidence(&[cobertura(root, lines).as_bytes()]);
        assert_eq!(ratio(&all, "coverage.line"), Some((1, 2)), "{root}");
        assert_eq!(codes(&all) == [("declared-totals-differ", Some(2))], warned, "{root}: {:?}", all.problems);
    }
    let empty = evidence(&[cobertura("line-rate='1' lines-valid='100' lines-covered='100'", "").as_bytes()]);
    assert_eq!(ratio(&empty, "coverage.line"), Some((0, 0)));
    assert_eq!(codes(&empty), [("declared-totals-differ", Some(2)), ("empty", None)]);
    assert_eq!(empty.problems[0].message, "the report declares 100 % (100 of 100) of its lines covered; counted: unknown (0 of 0)");
}

#[test]
fn a_relative_source_is_a_folder_of_the_project() {
    let file = |sources: &str, file: &str| {
        let report =
            format!("<coverage line-rate='1'><sources>{sources}</sources><package><class filename='{file}'/></package></coverage>");
        evidence(&[report.as_bytes()]).rows("coverage.file")[0].subject().to_owned()
    };
    assert_eq!(file("<source>src/app</source>", "a.py"), "src/app/a.py");
    assert_eq!(file("<source>./src<!-- c --></source>", "src/a.py"), "src/a.py");
    assert_eq!(file("<source><![CDATA[src]]></source>", "a.py"), "src/a.py");
    assert_eq!(file("<source>.</source>", "a.py"), "a.py");
    assert_eq!(file("<source>/home/me/src</source>", "a.py"), "a.py");
    assert_eq!(file("<source>a</source><source>b</source>", "a.py"), "a.py");
    assert_eq!(file("<source>--source</source>", "a.py"), "a.py");
    assert_eq!(file("<source>%s</source>", "a.py"), "a.py");
    assert_eq!(file("<source>src</source>", "/x/a.py"), "/x/a.py");
}

#[test]
fn the_time_of_the_report_is_read() {
    for (timestamp, expected) in [
        ("1645809963233", Some("2022-02-25T17:26:03.233Z")),
        ("1675424586", Some("2023-02-03T11:43:06Z")),
        ("1716079685.273", Some("2024-05-19T00:48:05.273Z")),
        ("2024-05-19T00:48:05Z", Some("2024-05-19T00:48:05Z")),
        ("0", None),
        ("%i", None),
        ("NaN", None),
        ("1e300", None),
    ] {
        let all = evidence(&[cobertura(&format!("timestamp='{timestamp}'"), "").as_bytes()]);
        assert_eq!(all.sources[0].collected_at.map(|at| at.to_string()).as_deref(), expected, "{timestamp}");
    }
}

#[test]
fn other_formats_with_the_same_root_are_not_claimed() {
    let claimed = |document: &str| {
        let artifact =
            Artifact { path: "x".into(), name: "x".into(), head: document.into(), size: document.len() as u64, ..Artifact::default() };
        claimants(&artifact).iter().any(|format| format.name == "cobertura")
    };
    assert!(claimed("<coverage><!-- --><packages/></coverage>"));
    assert!(claimed("<?xml version='1.0'?><!DOCTYPE coverage SYSTEM 'u'><coverage line-rate='oops'>"));
    assert!(claimed("<c:coverage xmlns:c='u'> <c:sources>"));
    for other in [
        "<coverage generated='1' clover='4'><project/></coverage>",
        "<coverage version='1'><file path='a'/></coverage>",
        "<report name='jacoco'><sessioninfo/></report>",
        "{\"line-rate\": 1}",
        "",
        "<coverage",
    ] {
        assert!(!claimed(other), "{other}");
    }
}

#[test]
fn a_report_cut_anywhere_is_an_error() {
    let whole = cobertura("line-rate='0.5'", "<class filename='é.py'><line number='1' hits='1'/><line number='2' hits='0'/></class>");
    assert!(evidence(&[whole.as_bytes()]).gap().is_none());
    for end in 0..whole.len() {
        assert!(evidence(&[&whole.as_bytes()[..end]]).gap().is_some(), "{end}");
    }
    let cut = evidence(&[&whole.as_bytes()[..whole.len() - 20]]);
    assert_eq!(codes(&cut), [("truncated", Some(3))]);
    assert_eq!(ratio(&cut, "coverage.line"), Some((1, 2)), "what was read is shown");
}

#[test]
fn the_two_halves_of_a_branch_are_not_invented() {
    let report = cobertura("", "<class filename='a'><line number='1' hits='1' branch='true' condition-coverage='50% (1/2)'/></class>");
    let all = evidence(&[report.as_bytes(), report.as_bytes()]);
    assert_eq!(ratio(&all, "coverage.branch"), Some((1, 2)));
    assert_eq!(codes(&all), [("branches-of-several-reports", None)]);
}

#[test]
fn branches_that_have_names_are_united() {
    let report = |line: &str| cobertura("", &format!("<class filename='a.py'><lines>{line}</lines></class>"));
    let both = |one: &str, other: &str| {
        let all = evidence(&[report(one).as_bytes(), report(other).as_bytes()]);
        (ratio(&all, "coverage.branch"), all.problems.iter().any(|problem| problem.code == "branches-of-several-reports"))
    };
    let half = "<line number='4' hits='1' branch='true' condition-coverage='50% (1/2)'";
    let missed = |names: &str| format!("{half} missing-branches='{names}'/>");
    assert_eq!(both(&missed("7"), &missed("exit")), (Some((2, 2)), false), "what one run missed the other took");
    assert_eq!(both(&missed("7"), &missed("7")), (Some((1, 2)), false));
    assert_eq!(both(&missed("7"), &missed("7, 9")), (Some((1, 2)), true), "names that do not add up are no names");
    let conditions = |first: u8, second: u8, total: &str| {
        format!(
            "<line number='4' hits='1' branch='true' condition-coverage='50% ({total})'><conditions>
             <condition number='0' type='jump' coverage='{first}%'/><condition number='1' coverage='{second}%'/></conditions></line>"
        )
    };
    assert_eq!(both(&conditions(100, 0, "2/4"), &conditions(0, 100, "2/4")), (Some((4, 4)), false));
    assert_eq!(both(&conditions(50, 50, "2/4"), &conditions(50, 50, "2/4")), (Some((2, 4)), true), "which half of each is not told");
    assert_eq!(both(&conditions(100, 0, "3/6"), &conditions(0, 100, "3/6")), (Some((3, 6)), true), "conditions that do not add up");
    let (whole, summed) = (format!("{half}><conditions><condition number='0' coverage='50%'/></conditions></line>"), (Some((1, 2)), true));
    assert_eq!(both(&whole, &whole), summed);
}
