use crate::evidence::Evidence;
use crate::ingest::claimants;
use crate::ingest::testing::{problems, read};
use crate::ingest::tests::testing::{counts, texts};
use crate::io::fs::Artifact;
use crate::metric::Value;
use crate::record::Record;
use std::collections::BTreeMap;

fn evidence(report: &str) -> Evidence {
    read("tests", &[("report.xml", report.as_bytes())], &BTreeMap::new())
}

fn suite(cases: &str) -> Evidence {
    evidence(&format!("<testsuites><testsuite name='s'>{cases}</testsuite></testsuites>"))
}

#[test]
fn the_worst_that_is_said_of_a_case_counts() {
    let all = suite(
        "<testcase classname='C' name='a'/>
         <testcase classname='C' name='b'><failure/><skipped/><error message='boom'/><failure message='later'/></testcase>
         <testcase classname='C' name='c'><skipped message='not now'/><failure>\n  first line \n second</failure></testcase>
         <testcase classname='C' name='d'><system-out><![CDATA[<failure/>]]></system-out><skipped/></testcase>
         <testcase classname='C' name='e' status='disabled'/><testcase classname='C' name='f' status='notrun' result='suppressed'/>
         <testcase classname='C' name='g' status='failed'/><testcase classname='C' name='h' status='errored'/>
         <testcase classname='C' name='i' status='run' result='completed'><properties><error/></properties></testcase>",
    );
    assert_eq!(counts(&all), [9, 2, 2, 2, 3, 0]);
    assert_eq!(texts(&all, "outcome"), ["passed", "error", "failed", "skipped", "skipped", "skipped", "failed", "error", "passed"]);
    assert_eq!(texts(&all, "message"), ["-", "boom", "first line", "-", "-", "-", "-", "-", "-"]);
    assert_eq!(all.metric("tests.pass_rate").map(|m| m.value.clone()), Some(Value::ratio(2, 6)));
}

#[test]
fn a_case_tells_where_it_is_and_what_happened() {
    let all = evidence(
        "<testsuite name='Suite' file='spec\\all.js' timestamp='2026-02-17T10:00:00'><testsuite name='Inner' timestamp='Tue, 17 Feb 2026 11:00:00 GMT'>
         <testcase name='works &amp; stays' time='1,234.5'/></testsuite>
         <testcase classname='a.B' name='x' file='src/b.py' time='0,5'/><testcase classname='a.B' name='x' time='NaN'/><testcase/></testsuite>",
    );
    let record = |id: &str, suite: &str| Record::new("id", id).with("suite", Value::text(suite));
    let rows = all.rows("tests.case");
    let passed = |record: Record| record.with("outcome", Value::text("passed")).with("attempts", Value::Count(1));
    assert_eq!(
        rows[0],
        passed(record("Inner::works & stays", "Inner").with("name", Value::text("works & stays")))
            .with("duration", Value::Duration(1_234_500.0))
    );
    assert_eq!(texts(&all, "id"), ["Inner::works & stays", "a.B::x", "a.B::x (2)", "Suite::(unnamed)"]);
    assert_eq!(texts(&all, "file"), ["-", "src/b.py", "spec/all.js", "spec/all.js"]);
    assert_eq!(rows[1].number("duration"), Some(500.0));
    assert_eq!(rows[2].number("duration"), None);
    assert_eq!(all.sources[0].collected_at.map(|at| at.to_string()).as_deref(), Some("2026-02-17T11:00:00Z"));
    assert_eq!(all.sources[0].content, "JUnit, 4 cases, 2 suites");
}

#[test]
fn a_retry_is_one_case_and_several_sets_of_data_are_several() {
    let run = |name: &str, bad: bool| {
        format!("<testcase classname='C' name='{name}'>{}</testcase>", if bad { "<failure message='m'/>" } else { "" })
    };
    let runs = |name: &str, bad: &[bool]| bad.iter().map(|bad| run(name, *bad)).collect::<String>();
    for (bad, expected, attempts) in [
        (&[true, false][..], [1, 1, 0, 0, 0, 1], 2),
        (&[true, true, false], [1, 1, 0, 0, 0, 1], 3),
        (&[true, true, true], [1, 0, 1, 0, 0, 0], 3),
        (&[false, true], [2, 1, 1, 0, 0, 0], 1),
        (&[true, false, true], [3, 1, 2, 0, 0, 0], 1),
        (&[false, false], [2, 2, 0, 0, 0, 0], 1),
    ] {
        let all = suite(&runs("x", bad));
        assert_eq!(counts(&all), expected, "{bad:?}");
        assert_eq!(all.rows("tests.case")[0].count("attempts"), Some(attempts), "{bad:?}");
    }
    let elsewhere = format!(
        "<testsuites><testsuite name='s'>{}</testsuite><testsuite name='s'>{}</testsuite></testsuites>",
        run("x", true),
        run("x", false)
    );
    assert_eq!(counts(&evidence(&elsewhere)), [2, 1, 1, 0, 0, 0], "another suite is no second attempt");
    let clean_up = suite("<testcase name='x'><failure/></testcase><testcase name='x'><error/></testcase>");
    assert_eq!(counts(&clean_up), [2, 0, 1, 1, 0, 0]);
    let mixed = suite("<testcase name='x'><failure/></testcase><testcase name='x'><error/></testcase><testcase name='x'/>");
    assert_eq!(counts(&mixed), [1, 1, 0, 0, 0, 1]);
    let skipped = suite("<testcase name='x'><skipped/></testcase><testcase name='x'><failure/></testcase>");
    assert_eq!(counts(&skipped), [2, 0, 1, 0, 1, 0]);
    assert_eq!(counts(&suite("<testcase><failure/></testcase><testcase><failure/></testcase>")), [2, 0, 2, 0, 0, 0]);
}

#[test]
fn surefire_tells_retries_apart_by_itself() {
    let all = suite(
        "<testsuite tests='5' failures='4'><testcase name='flaky'><flakyFailure type='t'><stackTrace>x</stackTrace></flakyFailure><flakyError/></testcase>
         <testcase name='bad'><failure message='first'/><rerunFailure message='second'/></testcase></testsuite>",
    );
    assert!(problems(&all).is_empty(), "it counts attempts");
    assert_eq!(counts(&all), [2, 1, 1, 0, 0, 1]);
    let attempts: Vec<_> = all.rows("tests.case").iter().filter_map(|case| case.count("attempts")).collect();
    assert_eq!((attempts, texts(&all, "message")), (vec![3, 2], vec!["-", "first"]));
}

#[test]
fn what_suites_state_counts_only_without_cases() {
    let lying = evidence(
        "<testsuites tests='15515' failures='0'>\n<testsuite name='s' tests='1' failures='3'><testcase name='x'/></testsuite></testsuites>",
    );
    assert_eq!(counts(&lying), [1, 1, 0, 0, 0, 0]);
    assert_eq!(
        problems(&lying),
        [
            "warning declared-totals-differ:1: suite `` states 15515 (0 failed, 0 errors, 0 skipped), its cases are 1 (0 failed, 0 errors, 0 skipped)"
        ]
    );
    let hollow = evidence("<testsuites><testsuite name='a' tests='6' failures='1' errors='0' skipped='2'/></testsuites>");
    assert_eq!(counts(&hollow), [6, 3, 1, 0, 2, 0]);
    assert_eq!(
        problems(&hollow),
        ["warning totals-without-cases:1: suites that state totals but list no case: 1, the first here; their totals are taken"]
    );
    let mixed = evidence(
        "<testsuites tests='4' failures='1'><testsuite tests='1'><testcase name='x'/></testsuite>
         <testsuite tests='3' failures='1'><testsuite tests='2' failures='9'/></testsuite></testsuites>",
    );
    assert_eq!(counts(&mixed), [4, 3, 1, 0, 0, 0], "a failure that only a total tells of is not lost");
    assert_eq!(counts(&evidence("<testsuite tests='3' failures='5' skipped='9'/>")), [8, 0, 5, 0, 3, 0], "never less than no passes");
    assert_eq!(counts(&evidence("<testsuites/>")), [0; 6]);
    assert!(
        problems(&evidence("<testsuite tests='2' errors='1'><testcase name='a'><failure/></testcase><testcase name='b'/></testsuite>"))
            .is_empty()
    );
}

#[test]
fn a_total_that_is_no_number_is_told() {
    let odd = evidence("<testsuites tests='many'>\n<testsuite tests='1' failures=''><testcase name='x'/></testsuite></testsuites>");
    assert_eq!(problems(&odd), ["warning declared-total-unreadable:1: the total `tests` is no number: `many`; 2 such in all"]);
    assert_eq!(counts(&odd), [1, 1, 0, 0, 0, 0]);
    assert!(odd.gap().is_none());
}

#[test]
fn a_test_still_to_be_done_may_fail() {
    let all = suite("<testcase name='x'><skipped type='todo' message='true'/><failure message='not yet'/></testcase>");
    assert_eq!(counts(&all), [1, 0, 0, 0, 1, 0]);
}

#[test]
fn a_suite_that_breaks_is_not_silent() {
    let all = evidence("<testsuite name='s'><error message='no database'/><testcase name='x'/></testsuite>");
    assert_eq!(counts(&all), [2, 1, 0, 1, 0, 0]);
    assert_eq!(texts(&all, "message"), ["no database", "-"]);
}

#[test]
fn long_and_hostile_messages_are_one_short_line() {
    let long = format!("<testcase name='x'><failure>{}</failure></testcase>", "é".repeat(1_000_000));
    let all = suite(&long);
    assert_eq!(texts(&all, "message")[0].chars().count(), 301);
    let many = suite("<testcase name='x'><failure message='one&#10;two&#13;three'/></testcase>");
    assert_eq!(texts(&many, "message"), ["one"]);
}

#[test]
fn roots_tell_junit_from_others() {
    let claimed = |document: &str| {
        let artifact =
            Artifact { path: "x".into(), name: "x".into(), head: document.into(), size: document.len() as u64, ..Artifact::default() };
        claimants(&artifact).iter().map(|format| format.name).collect::<Vec<_>>()
    };
    for junit in [
        "<testsuites/>",
        "<?xml version='1.0'?><!-- x --><testsuite name='a'>",
        "\u{FEFF}<j:testsuites xmlns:j='u'>",
        "<testrun><project/>",
    ] {
        assert_eq!(claimed(junit), ["junit"], "{junit}");
    }
    for other in ["<test-runs/>", "<Site><Build/></Site>", "<html><testsuite/></html>", "ok 1 - testsuite", "<testsuite name='<'>"] {
        assert!(claimed(other).is_empty(), "{other}");
    }
}

#[test]
fn a_report_cut_anywhere_is_an_error() {
    let whole =
        "<?xml version='1.0'?><testsuites><testsuite name='s'><testcase name='x'><failure>é</failure></testcase></testsuite></testsuites>";
    assert!(evidence(whole).gap().is_none());
    for (end, _) in whole.char_indices() {
        assert!(evidence(&whole[..end]).gap().is_some(), "{end}");
    }
}
