use super::{codes, evidence, ratio};
use crate::evidence::Evidence;
use crate::ingest::claimants;
use crate::io::fs::Artifact;

fn report(files: &str) -> Evidence {
    evidence(&[format!("<?xml version='1.0'?>\n<coverage version=\"1\">\n{files}</coverage>").as_bytes()])
}

#[test]
fn a_line_says_whether_it_ran_and_how_many_of_its_branches() {
    let all = report(
        "<file path='src/a.xoo'><lineToCover lineNumber='6' covered='true'/><lineToCover lineNumber='7' covered='false'/></file>
         <file path='.\\src\\b.xoo'><lineToCover lineNumber='3' covered='true' branchesToCover='8' coveredBranches='7'/>
         <lineToCover lineNumber='4' covered='TRUE' branchesToCover='2'/></file><file path='src/empty.xoo'/>",
    );
    assert_eq!((ratio(&all, "coverage.line"), ratio(&all, "coverage.branch")), (Some((3, 4)), Some((7, 10))));
    let rows = all.rows("coverage.file");
    assert_eq!(rows.iter().map(|row| row.subject()).collect::<Vec<_>>(), ["src/a.xoo", "src/b.xoo", "src/empty.xoo"]);
    assert_eq!((rows[1].count("partial"), all.problems.len()), (Some(2), 0));
    let twice = report(
        "<file path='a'><lineToCover lineNumber='1' covered='false'/></file><file path='a'><lineToCover lineNumber='1' covered='true'/></file>",
    );
    assert_eq!(ratio(&twice, "coverage.line"), Some((1, 1)));
}

#[test]
fn what_cannot_be_counted_is_told_with_its_place() {
    let all = report(
        "<file path='b'/>
<lineToCover lineNumber='1' covered='true'/><file path=' '><lineToCover lineNumber='1' covered='true'/></file>
<file path='a'><lineToCover lineNumber='0' covered='true'/><lineToCover covered='true'/><lineToCover lineNumber='x' covered='true'/>
<lineToCover lineNumber='1' covered='yes'/><lineToCover lineNumber='2'/>
<lineToCover lineNumber='3' covered='true' branchesToCover='1' coveredBranches='2'/>
<lineToCover lineNumber='4' covered='true' coveredBranches='2'/><lineToCover lineNumber='5' covered='true' branchesToCover='-1'/></file>",
    );
    assert_eq!((ratio(&all, "coverage.line"), ratio(&all, "coverage.branch")), (Some((3, 5)), None));
    let told =
        [("branch-without-ratio", Some(7)), ("covered-unknown", Some(6)), ("file-without-name", Some(4)), ("line-without-number", Some(5))];
    assert_eq!(codes(&all), told);
}

#[test]
fn only_its_own_root_is_claimed() {
    let named = |document: &str| {
        let artifact =
            Artifact { path: "x".into(), name: "x".into(), head: document.into(), size: document.len() as u64, ..Artifact::default() };
        claimants(&artifact).iter().map(|format| format.name).collect::<Vec<_>>()
    };
    for own in ["<coverage version='1'><file path='a'/></coverage>", "<coverage version='1'/>", "<coverage><file/></coverage>"] {
        assert_eq!(named(own), ["sonarqube"], "{own}");
    }
    assert_eq!(named("<coverage version='1' line-rate='0'><packages/></coverage>"), ["cobertura"]);
    assert_eq!(named("<coverage generated='1'><project><file name='a'/></project></coverage>"), ["clover"]);
    assert_eq!(named("<unitTest version='1'><file path='a'/></unitTest>"), [""; 0]);
    assert!(evidence(&[b"<coverage version='1'/>"]).gap().is_some(), "no file is no evidence");
}
