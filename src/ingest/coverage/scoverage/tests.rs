use super::super::tests::{codes, evidence, ratio};
use crate::evidence::Evidence;

fn report(root: &str, classes: &str) -> Evidence {
    evidence(&[format!("<scoverage {root} version='1.0' timestamp='1645809963233'><packages><package name='com.x'><classes>{classes}</classes></package></packages></scoverage>").as_bytes()])
}

fn class(statements: &str) -> String {
    format!(
        "<class name='com.x.A' filename='com/x/A.scala' statement-count='9' statements-invoked='9'><methods><method name='f'><statements>{statements}</statements></method></methods></class>"
    )
}

#[test]
fn statements_branches_and_lines_are_counted() {
    let all = report(
        "statement-count='3' statements-invoked='2'",
        &class(
            "<statement source='/src/com/x/A.scala' start='1' end='5' line='3' branch='false' invocation-count='2' ignored='false'>x</statement>\
             <statement source='/src/com/x/A.scala' start='6' end='9' line='3' branch='true' invocation-count='0' ignored='false'/>\
             <statement source='/src/com/x/A.scala' start='10' end='19' line='4' branch='true' invocation-count='1' ignored='false'/>\
             <statement source='/src/com/x/A.scala' start='20' end='29' line='9' branch='true' invocation-count='0' ignored='true'/>",
        ),
    );
    assert_eq!((ratio(&all, "coverage.line"), ratio(&all, "coverage.branch")), (Some((2, 2)), Some((1, 2))));
    assert_eq!((ratio(&all, "coverage.statement"), ratio(&all, "coverage.function")), (Some((2, 3)), Some((1, 1))));
    assert_eq!((all.rows("coverage.file")[0].subject(), all.rows("coverage.package")[0].subject()), ("/src/com/x/A.scala", "com.x"));
    assert_eq!(all.sources[0].collected_at.map(|at| at.to_string()).as_deref(), Some("2022-02-25T17:26:03.233Z"));
    assert!(all.problems.is_empty(), "{:?}", all.problems);
}

#[test]
fn the_file_of_the_class_stands_in_for_the_source_and_its_counts_for_statements() {
    let all = report(
        "",
        &format!(
            "{}<class name='B' filename='com/x/B.scala' statement-count='4' statements-invoked='1'><methods/></class>",
            class("<statement line='1' invocation-count='1'/>")
        ),
    );
    assert_eq!((ratio(&all, "coverage.line"), ratio(&all, "coverage.statement")), (Some((1, 1)), Some((2, 5))));
    let files: Vec<_> = all.rows("coverage.file").iter().map(|row| row.subject()).collect();
    assert_eq!(files, ["com/x/A.scala", "com/x/B.scala"]);
}

#[test]
fn what_is_odd_is_told() {
    let all = report(
        "statement-count='9' statements-invoked='9'",
        &class(
            "<statement line='0' invocation-count='1'/><statement line='2' invocation-count='NaN'/><statement line='3' invocation-count='99999999999999999999'/>",
        ),
    );
    assert_eq!((ratio(&all, "coverage.line"), ratio(&all, "coverage.statement")), (Some((1, 2)), Some((2, 3))));
    let codes: Vec<_> = codes(&all).into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, ["declared-totals-differ", "hits-not-a-count", "line-without-number"]);
}
