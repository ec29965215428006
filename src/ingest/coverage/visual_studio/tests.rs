use super::super::tests::{codes, evidence, ratio};
use crate::evidence::Evidence;

fn results(modules: &str) -> Evidence {
    evidence(&[
        format!("<?xml version='1.0' encoding='utf-8' standalone='yes'?>\n<results><modules>{modules}</modules></results>").as_bytes()
    ])
}

fn module(declared: &str, file: &str, ranges: &str) -> String {
    format!(
        "<module name='a.dll' {declared}><functions><function name='f()' namespace='N' type_name='T'><ranges>{ranges}</ranges></function></functions>\
         <source_files><source_file id='0' path='{file}' checksum_type='SHA256'/></source_files></module>"
    )
}

const RANGES: &str = "<range source_id='0' start_line='3' end_line='4' covered='yes'/><range source_id='0' start_line='4' end_line='4' covered='no'/>\
    <range source_id='0' start_line='6' end_line='6' covered='partial'/><range source_id='0' start_line='8' end_line='8' covered='no'/><range source_id='0' start_line='15732480' end_line='15732480' covered='no'/>";

#[test]
fn ranges_reach_over_lines_and_a_part_is_enough() {
    let all = results(&module("lines_covered='2' lines_partially_covered='1' lines_not_covered='1'", "C:\\x\\A.cs", RANGES));
    assert_eq!((ratio(&all, "coverage.line"), ratio(&all, "coverage.function")), (Some((3, 4)), Some((1, 1))));
    assert_eq!((all.rows("coverage.file")[0].subject(), all.problems.len()), ("C:/x/A.cs", 0));
    let differs = results(&module("lines_covered='3' lines_partially_covered='3' lines_not_covered='1'", "A.cs", RANGES));
    assert_eq!(codes(&differs), [("declared-totals-differ", Some(2))]);
}

#[test]
fn numbers_of_files_are_of_their_module() {
    let all = results(&format!("{}{}", module("", "A.cs", RANGES), module("", "B.cs", RANGES)));
    assert_eq!((ratio(&all, "coverage.line"), all.rows("coverage.file").len()), (Some((6, 8)), 2));
    let same = results(&format!("{}{}", module("", "A.cs", RANGES), module("", "A.cs", &RANGES.replace("no", "yes"))));
    assert_eq!(ratio(&same, "coverage.line"), Some((4, 4)), "a file of two modules ran where either ran it");
}

fn exported(lines: &str) -> Evidence {
    evidence(&[format!(
        "<?xml version='1.0' standalone='yes'?>\n<CoverageDSPriv><xs:schema id='CoverageDSPriv' xmlns:xs='http://www.w3.org/2001/XMLSchema'/><Module><ModuleName>a.dll</ModuleName>\
         <LinesCovered>1</LinesCovered><LinesPartiallyCovered>1</LinesPartiallyCovered><LinesNotCovered>1</LinesNotCovered><NamespaceTable><LinesCovered>9</LinesCovered><Class>\
         <Method><MethodKeyName>f</MethodKeyName><LinesCovered>9</LinesCovered>{lines}</Method></Class></NamespaceTable></Module>\
         <SourceFileNames><SourceFileID>1</SourceFileID><SourceFileName>c:\\x\\A &amp; B.cs</SourceFileName></SourceFileNames></CoverageDSPriv>"
    )
    .as_bytes()])
}

fn line(first: &str, last: &str, coverage: &str, file: &str) -> String {
    format!(
        "<Lines><LnStart>{first}</LnStart><ColStart>1</ColStart><LnEnd>{last}</LnEnd><ColEnd>2</ColEnd><Coverage>{coverage}</Coverage><SourceFileID>{file}</SourceFileID><LineID>0</LineID></Lines>"
    )
}

#[test]
fn the_exported_form_tells_the_same_in_elements() {
    let all = exported(&[line("3", "3", "0", "1"), line("4", "4", "1", "1"), line("5", "5", "2", "1")].concat());
    assert_eq!((ratio(&all, "coverage.line"), ratio(&all, "coverage.function")), (Some((2, 3)), Some((1, 1))));
    assert_eq!((all.rows("coverage.file")[0].subject(), all.problems.len()), ("C:/x/A & B.cs", 0));
}

#[test]
fn stretches_that_cannot_be_placed_are_told() {
    let all = exported(
        &[
            line("0", "1", "0", "1"),
            line("4", "2", "0", "1"),
            line("4", "4", "7", "1"),
            line("5", "5", "0", "1"),
            line("6", "6", "0", "2"),
            line("7", "4000000000", "0", "1"),
        ]
        .concat(),
    );
    let codes: Vec<_> = codes(&all).into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, ["undecodable", "covered-unknown", "line-without-number", "point-without-file"]);
    assert_eq!(ratio(&all, "coverage.line"), Some((1, 2)));
}
