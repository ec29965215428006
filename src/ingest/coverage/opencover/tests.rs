use super::super::tests::{codes, evidence, ratio};
use crate::evidence::Evidence;

fn session(modules: &str) -> Evidence {
    evidence(&[format!("\u{feff}<?xml version='1.0' encoding='utf-8'?>\n<CoverageSession>{modules}</CoverageSession>").as_bytes()])
}

fn module(methods: &str) -> String {
    format!(
        "<Modules><Module><Files><File uid='1' fullPath='C:\\x\\A.cs'/></Files><Classes><Class><Methods>{methods}</Methods></Class></Classes></Module></Modules>"
    )
}

const METHOD: &str = "<Method visited='true'><Summary numSequencePoints='9'/><Name>void A::f()</Name><FileRef uid='1'/><SequencePoints>\
    <SequencePoint vc='3' sl='5' sc='1' el='6' ec='9' fileid='1'/><SequencePoint vc='0' sl='6' sc='10' el='6' ec='12' fileid='1'/>\
    <SequencePoint vc='0' sl='8' sc='1' el='8' ec='2'/><SequencePoint vc='0' sl='16707566' sc='0' el='16707566' ec='0' fileid='1'/></SequencePoints>\
    <BranchPoints><BranchPoint vc='3' sl='5' path='0' offset='7' offsetend='9' fileid='1'/><BranchPoint vc='0' sl='5' path='1' offset='7' offsetend='12' fileid='1'/></BranchPoints></Method>";

#[test]
fn points_reach_over_lines_and_branches_have_names() {
    let all = session(&module(METHOD));
    assert_eq!((ratio(&all, "coverage.line"), ratio(&all, "coverage.branch")), (Some((2, 3)), Some((1, 2))));
    assert_eq!((ratio(&all, "coverage.statement"), ratio(&all, "coverage.function")), (Some((1, 3)), Some((1, 1))));
    assert_eq!((all.rows("coverage.file")[0].subject(), all.problems.len()), ("C:/x/A.cs", 0));
}

#[test]
fn a_file_of_several_modules_is_one_and_shards_unite() {
    let twice = session(&format!("{}{}", module(METHOD), module(&METHOD.replace("vc='0' sl='5' path='1'", "vc='1' sl='5' path='1'"))));
    assert_eq!((ratio(&twice, "coverage.branch"), ratio(&twice, "coverage.statement")), (Some((2, 2)), Some((1, 3))));
}

#[test]
fn what_the_session_declares_is_compared() {
    let summary = |text: &str| session(&format!("<Summary {text}/>{}", module(METHOD)));
    assert!(summary("numSequencePoints='3' visitedSequencePoints='1' numBranchPoints='2' visitedBranchPoints='1'").problems.is_empty());
    assert_eq!(codes(&summary("numSequencePoints='3' visitedSequencePoints='3'")), [("declared-totals-differ", Some(2))]);
}

#[test]
fn points_that_cannot_be_placed_are_told() {
    let all = session(&module(
        "<Method><Name>m</Name><SequencePoint vc='1' sl='0'/><SequencePoint vc='1' sl='9' el='7'/><SequencePoint vc='-1' sl='3' el='3' fileid='1'/>\
         <SequencePoint vc='1' sl='3' el='3' fileid='9'/><SequencePoint vc='99999999999999999999' sl='4' fileid='1'/><BranchPoint vc='1' path='0' offset='1'/></Method>",
    ));
    assert_eq!(ratio(&all, "coverage.line"), Some((1, 2)));
    let codes: Vec<_> = codes(&all).into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, ["branch-without-line", "hits-not-a-count", "line-without-number", "point-without-file"]);
    let huge = session(&module("<Method><SequencePoint vc='1' sl='1' el='4000000000' fileid='1'/></Method>"));
    assert_eq!(huge.problems[0].code, "undecodable");
}
