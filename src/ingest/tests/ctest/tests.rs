use crate::evidence::Evidence;
use crate::ingest::testing::{problems, read};
use crate::ingest::tests::testing::{counts, texts};
use std::collections::BTreeMap;

fn evidence(document: &str) -> Evidence {
    read("tests", &[("Test.xml", document.as_bytes())], &BTreeMap::new())
}

fn report(list: &[&str], tests: &str) -> String {
    let list: String = list.iter().map(|name| format!("<Test>./{name}</Test>")).collect();
    format!("<Site Name='host'>\n<Testing><TestList>{list}</TestList>{tests}<EndTestTime>1771322400</EndTestTime></Testing></Site>")
}

fn test(name: &str, status: &str, completion: &str) -> String {
    let measures = [("Completion Status", completion), ("Execution Time", "0.5"), ("Exit Code", "Failed")];
    let measures: String =
        measures.iter().map(|(name, value)| format!("<NamedMeasurement name='{name}'><Value>{value}</Value></NamedMeasurement>")).collect();
    format!(
        "<Test Status='{status}'><Name>{name}</Name><FullName>./{name}</FullName><Results>{measures}<Measurement><Value>\nseen\nmore</Value></Measurement></Results></Test>"
    )
}

#[test]
fn what_was_not_run_is_skipped_only_on_purpose() {
    let tests = [
        ("a", "passed", "Completed"),
        ("b", "failed", "Completed"),
        ("c", "notrun", "Disabled"),
        ("d", "notrun", "SKIP_RETURN_CODE=77"),
        ("e", "notrun", "SKIP_REGULAR_EXPRESSION_MATCHED"),
        ("f", "notrun", "Unable to find executable"),
        ("g", "notrun", ""),
    ];
    let all = evidence(&report(&["a", "b"], &tests.map(|(name, status, completion)| test(name, status, completion)).concat()));
    assert_eq!((counts(&all), problems(&all)), ([7, 1, 1, 2, 3, 0], vec![]));
    assert_eq!(texts(&all, "message")[..3], ["-", "Failed: seen", "Disabled: seen"]);
    assert_eq!(all.rows("tests.case")[0].number("duration"), Some(500.0));
    assert_eq!(all.sources[0].collected_at.map(|at| at.to_string()).as_deref(), Some("2026-02-17T10:00:00Z"));
    let odd = evidence(&report(&[], &test("a", "success", "")));
    assert_eq!(problems(&odd), ["error unknown-outcome:4: the status of `a` is `success`, which is none of CTest"]);
}

#[test]
fn a_listed_test_without_a_result_is_missing() {
    let all = evidence(&report(&["a", "sub/b", "c"], &test("a", "passed", "Completed")));
    assert_eq!(problems(&all), ["error unfinished-run: tests that are listed and have no result: 2, such as `./c`"]);
    let open = evidence("<Site><Testing><TestList/></Testing></Site>");
    assert_eq!(problems(&open), ["error unfinished-run: the file does not say when the tests ended"]);
    let nested = evidence(&report(&["sub/b"], &test("sub/b", "passed", "Completed").replace("<Name>sub/b", "<Name>b")));
    assert_eq!((problems(&nested), texts(&nested, "id")), (vec![], vec!["sub::b"]));
}

#[test]
fn a_report_cut_anywhere_is_an_error() {
    let whole = report(&["a"], &test("a", "passed", "Completed"));
    assert!(evidence(&whole).gap().is_none());
    for end in 0..whole.len() {
        assert!(evidence(&whole[..end]).gap().is_some(), "{end}");
    }
}
