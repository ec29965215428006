use super::super::tests::{codes, evidence, ratio};
use crate::evidence::Evidence;

fn report(root: &str, inside: &str) -> Evidence {
    evidence(&[format!("<?xml version='1.0' encoding='utf-8'?>\n<Root {root} DotCoverVersion='2022.3.2'>{inside}</Root>").as_bytes()])
}

fn detailed(root: &str, statements: &str) -> Evidence {
    let files = "<FileIndices><File Index='1' Name='C:\\x\\A.cs'/></FileIndices>";
    report(
        root,
        &format!(
            "{files}<Assembly Name='A'><Namespace Name='N'><Type Name='T'><Method Name='f():void'>{statements}</Method></Type></Namespace></Assembly>"
        ),
    )
}

#[test]
fn statements_reach_over_lines() {
    let statements = "<Statement FileIndex='1' Line='3' Column='1' EndLine='4' EndColumn='9' Covered='True'/><Statement FileIndex='1' Line='4' Column='10' EndLine='5' EndColumn='2' Covered='False'/>";
    let all = detailed("CoveredStatements='1' TotalStatements='2'", statements);
    assert_eq!(
        (ratio(&all, "coverage.line"), ratio(&all, "coverage.statement"), ratio(&all, "coverage.function")),
        (Some((2, 3)), Some((1, 2)), Some((1, 1)))
    );
    assert_eq!((all.rows("coverage.file")[0].subject(), all.problems.len()), ("C:/x/A.cs", 0));
    assert_eq!(codes(&detailed("CoveredStatements='2' TotalStatements='2'", statements)), [("declared-totals-differ", Some(2))]);
}

#[test]
fn a_summary_counts_statements_and_no_line() {
    let inside = "<Assembly Name='Shop' CoveredStatements='5' TotalStatements='12'><Type Name='T' CoveredStatements='5' TotalStatements='12'/></Assembly>\
                  <Assembly Name='Audit' CoveredStatements='1' TotalStatements='2'/><Assembly Name='Odd' CoveredStatements='3' TotalStatements='2'/>";
    let all = report("CoveredStatements='6' TotalStatements='14' ReportType='Xml'", inside);
    assert_eq!((ratio(&all, "coverage.statement"), ratio(&all, "coverage.line")), (Some((6, 14)), Some((0, 0))));
    assert!(all.problems.is_empty(), "{:?}", all.problems);
}

#[test]
fn statements_that_cannot_be_placed_are_told() {
    let all = detailed(
        "",
        "<Statement FileIndex='1' Line='0' Covered='True'/><Statement FileIndex='1' Line='9' EndLine='3' Covered='True'/><Statement FileIndex='7' Line='1' EndLine='1' Covered='True'/>\
         <Statement FileIndex='1' Line='1' EndLine='1' Covered='yes'/><Statement FileIndex='1' Line='2' EndLine='2' Covered='True'/>",
    );
    assert_eq!(ratio(&all, "coverage.line"), Some((1, 2)));
    let codes: Vec<_> = codes(&all).into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, ["covered-unknown", "line-without-number", "point-without-file"]);
}
