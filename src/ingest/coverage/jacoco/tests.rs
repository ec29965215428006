use super::super::tests::{codes, evidence, ratio};
use crate::evidence::Evidence;

fn report(inside: &str) -> Evidence {
    evidence(&[format!(
        "<?xml version='1.0'?><!DOCTYPE report PUBLIC '-//JACOCO//DTD Report 1.1//EN' 'report.dtd'>\n<report name='r'>{inside}</report>"
    )
    .as_bytes()])
}

fn paths(evidence: &Evidence) -> Vec<&str> {
    evidence.rows("coverage.file").iter().map(|row| row.subject()).collect()
}

const LINES: &str = "<line nr='3' mi='0' ci='2'/><line nr='5' mi='1' ci='3' mb='1' cb='1'/><line nr='7' mi='4' ci='0' mb='2' cb='0'/><line nr='9' mi='0' ci='0'/>";

#[test]
fn a_line_ran_when_an_instruction_of_it_did() {
    let all = report(&format!("<package name='com/x'><sourcefile name='A.java'>{LINES}</sourcefile></package>"));
    assert_eq!((ratio(&all, "coverage.line"), ratio(&all, "coverage.branch")), (Some((2, 3)), Some((1, 4))));
    assert_eq!((paths(&all), all.rows("coverage.package")[0].subject()), (vec!["com/x/A.java"], "com/x"));
    assert!(all.problems.is_empty());
}

#[test]
fn methods_are_the_functions_of_the_file_that_the_class_names() {
    let method = |name: &str, covered: u8| {
        format!(
            "<method name='{name}' desc='()V' line='3'><counter type='LINE' missed='0' covered='1'/><counter type='METHOD' missed='{}' covered='{covered}'/></method>",
            1 - covered
        )
    };
    let class = |name: &str, file: &str| {
        format!(
            "<class name='com/x/{name}' {file}>{}{}<counter type='METHOD' missed='1' covered='1'/></class>",
            method("a", 1),
            method("b", 0)
        )
    };
    let named = "sourcefilename='A.kt'";
    let file = format!("<sourcefile name='A.kt'>{LINES}<counter type='METHOD' missed='2' covered='3'/></sourcefile>");
    let all = report(&format!(
        "<package name='com/x'>{}{}{}{file}</package>",
        class("A", named),
        class("A$1", named),
        class("B", "sourcefilename='B.kt'")
    ));
    assert_eq!(
        (ratio(&all, "coverage.function"), paths(&all)),
        (Some((2, 4)), vec!["com/x/A.kt"]),
        "a file that is not listed has no line"
    );
    let nameless = report(&format!("<package name='com/x'>{}{file}</package>", class("A", "")));
    assert_eq!(ratio(&nameless, "coverage.function"), Some((3, 5)), "the counter of the file, where no class names it");
}

#[test]
fn modules_are_told_apart_and_may_be_nested() {
    let module = |name: &str, ci: u8| {
        format!(
            "<group name='{name}'><package name='x'><sourcefile name='A.java'><line nr='1' mi='1' ci='{ci}'/></sourcefile></package></group>"
        )
    };
    let all = report(&format!("<group name='all'>{}{}</group>{}", module("a", 1), module("b", 0), module("a", 0)));
    assert_eq!(paths(&all), ["a/x/A.java", "all/b/x/A.java", "x/A.java"]);
    assert_eq!((ratio(&all, "coverage.line"), codes(&all)), (Some((1, 3)), vec![("file-of-several-groups", Some(2))]));
}

#[test]
fn counters_count_where_lines_do_not_say_what_ran() {
    let counters = "<counter type='LINE' missed='4' covered='6'/><counter type='BRANCH' missed='1' covered='2'/><counter type='METHOD' missed='0' covered='3'/>";
    let bare = report(&format!(
        "<package name=''><sourcefile name='a.c'><line nr='3'/><line nr='4' mb='1' cb='0'/>{counters}</sourcefile></package>{counters}"
    ));
    assert_eq!(
        (ratio(&bare, "coverage.line"), ratio(&bare, "coverage.branch"), ratio(&bare, "coverage.function")),
        (Some((6, 10)), Some((2, 3)), Some((3, 3)))
    );
    assert!(bare.problems.is_empty(), "{:?}", bare.problems);
    let classes = report(&format!("<package name='x'><class name='x/A' sourcefilename='A.java'>{counters}</class></package>"));
    assert_eq!((ratio(&classes, "coverage.line"), paths(&classes)), (Some((6, 10)), vec!["x/A.java"]));
    let mixed = report("<package name='x'><sourcefile name='A'><line nr='1' mi='0' ci='1'/>\n<line nr='2'/></sourcefile></package>");
    assert_eq!((ratio(&mixed, "coverage.line"), codes(&mixed)), (Some((1, 1)), vec![("line-without-instructions", Some(3))]));
}

#[test]
fn what_the_root_declares_is_compared() {
    let all = report(&format!(
        "<sessioninfo id='a' start='1' dump='1645809963233'/><sessioninfo id='b' start='1' dump='5'/><package name='x'><sourcefile name='A'>{LINES}</sourcefile></package><counter type='LINE' missed='0' covered='3'/>"
    ));
    assert_eq!(codes(&all), [("declared-totals-differ", Some(2))]);
    assert_eq!(all.sources[0].collected_at.map(|at| at.to_string()).as_deref(), Some("2022-02-25T17:26:03.233Z"));
    let empty = report("<package name='x'><sourcefile name='A'/></package><counter type='LINE' missed='0' covered='3'/>");
    assert_eq!(codes(&empty), [("declared-totals-differ", Some(2)), ("empty", None)]);
}

#[test]
fn numbers_that_are_none_are_told() {
    let all = report(
        "<package name='x'><sourcefile name='A'><line nr='0' mi='0' ci='1'/><line nr='1' mi='-1' ci='1'/><line nr='2' mi='NaN' ci='1'/>\
                      <line nr='3' mi='0' ci='99999999999999999999'/><line nr='4' mi='1,234' ci='0'/><counter type='LINE' missed='x' covered='1'/></sourcefile><sourcefile/></package>",
    );
    assert_eq!(ratio(&all, "coverage.line"), Some((1, 2)));
    assert_eq!(codes(&all), [("counter-not-a-count", Some(2)), ("file-without-name", Some(2)), ("line-without-number", Some(2))]);
}
