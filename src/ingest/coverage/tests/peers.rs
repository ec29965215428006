//! What other tools get wrong in reading reports, each with the opposite behaviour. Numbers are those of the list in the
//! specification of coverage; what concerns changes (1 and 3) is tested in `tests/change.rs`, memory (11) in
//! `tests/memory.rs`.

use super::{class, cobertura, codes, evidence, ratio};
use crate::evidence::Evidence;

fn one(report: &str) -> Evidence {
    evidence(&[report.as_bytes()])
}

fn paths(evidence: &Evidence) -> Vec<&str> {
    evidence.rows("coverage.file").iter().map(|row| row.subject()).collect()
}

/// 2: a line that ran in neither report stays a line that did not run.
#[test]
fn a_second_report_never_hides_a_line_of_the_first() {
    let first = "SF:a.py\nDA:1,1\nDA:2,0\nend_of_record\n";
    let second = "SF:a.py\nDA:1,1\nend_of_record\n";
    assert_eq!(ratio(&evidence(&[first.as_bytes()]), "coverage.line"), Some((1, 2)));
    assert_eq!(ratio(&evidence(&[first.as_bytes(), second.as_bytes()]), "coverage.line"), Some((1, 2)));
    assert_eq!(ratio(&evidence(&[second.as_bytes(), first.as_bytes()]), "coverage.line"), Some((1, 2)));
}

/// 4 and 10: a line that two classes tell of is one line, and ran when either ran it.
#[test]
fn a_line_of_two_classes_is_one_line_and_any_hit_covers_it() {
    let classes = "<class filename='a.cs'><lines><line number='1' hits='0'/></lines></class><class filename='a.cs'><lines><line number='1' hits='1'/></lines></class>";
    assert_eq!(ratio(&one(&cobertura("lines-valid='1' lines-covered='1'", classes)), "coverage.line"), Some((1, 1)));
}

/// 5 and 6: numbers that are no integers, and records of lcov 2, are no reason to refuse a report.
#[test]
fn a_float_or_a_new_record_refuses_nothing() {
    let report = "<coverage line-rate='NaN' complexity='1.43'><packages><package complexity='NaN'><classes><class filename='a' complexity='1,5'>\
                  <lines><line number='1' hits='1.0'/><line number='2' hits='0.0'/></lines></class></classes></package></packages></coverage>";
    assert_eq!((ratio(&one(report), "coverage.line"), one(report).problems.len()), (Some((1, 2)), 0));
    let trace = "SF:a\nDA:1,1\nMCDC:1,2,t,1,0,a && b\nMCF:2\nMCH:1\nend_of_record\n";
    assert_eq!((ratio(&one(trace), "coverage.line"), one(trace).problems.len()), (Some((1, 1)), 0));
}

/// 7: the drive of a path, checksums, a file that comes twice, groups of JaCoCo.
#[test]
fn nothing_of_a_path_a_checksum_or_a_group_is_lost() {
    let trace = one("SF:C:\\x\\a.cs\nDA:1,1,k3J/a==\nend_of_record\nSF:C:\\x\\a.cs\nDA:1,0\nDA:2,0\nend_of_record\n");
    assert_eq!((ratio(&trace, "coverage.line"), paths(&trace)), (Some((1, 2)), vec!["C:/x/a.cs"]));
    let groups = one(
        "<report name='r'><group name='g'><group name='h'><package name='p'><sourcefile name='A.java'><line nr='1' mi='0' ci='1' mb='0' cb='0'/></sourcefile></package></group></group></report>",
    );
    assert_eq!((ratio(&groups, "coverage.line"), paths(&groups)), (Some((1, 1)), vec!["p/A.java"]));
}

/// 8: a line of JaCoCo with branches is a line; lines without numbers are no reason to panic.
#[test]
fn a_line_with_branches_is_a_line() {
    let file =
        "<sourcefile name='A'><line nr='1' mi='0' ci='2' mb='1' cb='1'/><line nr='2' mi='1' ci='0' mb='2' cb='0'/><line/></sourcefile>";
    let all = one(&format!("<report name='r'><package name='p'>{file}</package></report>"));
    assert_eq!((ratio(&all, "coverage.line"), ratio(&all, "coverage.branch")), (Some((1, 2)), Some((1, 4))));
    assert_eq!(codes(&all), [("line-without-number", Some(1))]);
}

/// 9: files outside the folder of the project count, and none is left out in silence.
#[test]
fn files_of_another_checkout_count() {
    let all = one("SF:/elsewhere/a.c\nDA:1,1\nend_of_record\nSF:../../b.c\nDA:1,0\nend_of_record\n");
    assert_eq!((ratio(&all, "coverage.line"), paths(&all)), (Some((1, 2)), vec!["../../b.c", "/elsewhere/a.c"]));
}

/// 12: a DTD is neither fetched nor read.
#[test]
fn a_dtd_is_not_fetched() {
    let report = "<?xml version='1.0'?><!DOCTYPE coverage SYSTEM 'http://cobertura.sourceforge.net/xml/coverage-04.dtd' [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>\
                  <coverage line-rate='1'><packages><package><classes><class filename='a'><lines><line number='1' hits='1'/></lines></class></classes></package></packages></coverage>";
    assert_eq!((ratio(&one(report), "coverage.line"), one(report).problems.len()), (Some((1, 1)), 0));
}

/// 13: totals that are swapped or beyond the whole are told, and believed by nobody.
#[test]
fn totals_beyond_the_whole_are_not_believed() {
    let lines = "<class filename='a'><line number='1' hits='1'/><line number='2' hits='0'/></class>";
    let swapped = one(&cobertura("lines-valid='1' lines-covered='2' line-rate='2'", lines));
    assert_eq!((ratio(&swapped, "coverage.line"), codes(&swapped)[0].0), (Some((1, 2)), "declared-totals-differ"));
    let trace = one("SF:a\nLF:1\nLH:2\nend_of_record\n");
    assert_eq!((ratio(&trace, "coverage.line"), codes(&trace)[0].0), (Some((0, 0)), "totals-beyond-whole"));
    let branch = class("<line number='1' hits='1' branch='true' condition-coverage='200% (4/2)'/>");
    assert_eq!(ratio(&branch, "coverage.branch"), None);
}

/// 14: joining reports loses no line that ran, and unites branches that have names.
#[test]
fn joining_loses_no_line_and_no_branch() {
    let shard = |one: u8, other: u8| format!("SF:a\nDA:{one},1\nDA:9,0\nBRDA:5,0,0,{one}\nBRDA:5,0,1,{other}\nend_of_record\n");
    let (first, second) = (shard(1, 0), shard(2, 3));
    let all = evidence(&[first.as_bytes(), second.as_bytes()]);
    assert_eq!((ratio(&all, "coverage.line"), ratio(&all, "coverage.branch")), (Some((2, 3)), Some((2, 2))));
}
