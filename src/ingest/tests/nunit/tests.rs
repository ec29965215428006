use crate::evidence::Evidence;
use crate::ingest::testing::{problems, read};
use crate::ingest::tests::testing::{counts, texts};
use std::collections::BTreeMap;

fn evidence(document: &str) -> Evidence {
    read("tests", &[("report.xml", document.as_bytes())], &BTreeMap::new())
}

fn run(attributes: &str, inside: &str) -> Evidence {
    evidence(&format!(
        "<test-run id='0' {attributes}>\n<test-suite type='Assembly' fullname='a.dll' result='Failed' site='Child'>{inside}</test-suite></test-run>"
    ))
}

fn case(name: &str, result: &str) -> String {
    format!("<test-case name='{name}' fullname='Shop.Cart.{name}' {result} duration='0.5'/>")
}

#[test]
fn every_result_of_nunit_is_known_and_no_other() {
    let results = ["result='Passed'", "result='Skipped' label='Explicit'", "result='Inconclusive'", "result='Warning'", "result='Failed'"];
    let more = ["result='Failed' label='Error'", "result='Failed' label='Invalid'", "result='Failed' label='Cancelled'"];
    let all = run("", &results.iter().chain(&more).map(|result| case("x", result)).collect::<String>());
    assert_eq!(counts(&all), [8, 1, 1, 3, 3, 0]);
    assert!(problems(&all).is_empty());
    assert_eq!(texts(&all, "id")[..2], ["Shop.Cart::x", "Shop.Cart::x (2)"]);
    assert_eq!(all.rows("tests.case")[0].number("duration"), Some(500.0));
    let odd = run("", &(case("x", "result='Success'") + &case("y", "")));
    assert_eq!(
        problems(&odd),
        ["error unknown-outcome:2: the result of `Shop.Cart.x` is `Success`, which is none of NUnit; 2 such in all"]
    );
    assert_eq!(counts(&odd), [2, 0, 0, 2, 0, 0]);
}

#[test]
fn a_suite_that_breaks_is_not_silent() {
    let fixture = |site: &str, inside: &str| {
        run(
            "",
            &format!(
                "<test-suite type='TestFixture' fullname='Shop.Cart' result='Failed' {site}><failure><message>boom</message></failure>{inside}</test-suite>"
            ),
        )
    };
    let tidy = fixture("site='TearDown'", &case("x", "result='Passed'"));
    assert_eq!(
        (counts(&tidy), texts(&tidy, "id"), texts(&tidy, "message")),
        ([2, 1, 0, 1, 0, 0], vec!["Shop.Cart::x", "Shop.Cart::(TearDown)"], vec!["-", "boom"])
    );
    assert_eq!(counts(&fixture("site='SetUp'", &case("x", "result='Failed' label='Error'"))), [1, 0, 0, 1, 0, 0], "its cases say so");
    assert_eq!(counts(&fixture("site='SetUp'", "")), [1, 0, 0, 1, 0, 0]);
    assert_eq!(counts(&fixture("", &case("x", "result='Passed'"))), [2, 1, 0, 1, 0, 0]);
    let both = fixture("site='TearDown'", &case("x", "result='Failed'"));
    assert_eq!(counts(&both), [2, 0, 1, 1, 0, 0]);
}

#[test]
fn totals_are_compared_with_the_cases() {
    let with = |attributes: &str| problems(&run(attributes, &(case("x", "result='Failed'") + &case("y", "result='Inconclusive'"))));
    assert!(with("result='Failed' total='2' passed='0' failed='1' inconclusive='1' skipped='0'").is_empty());
    assert!(
        with("total='3' failed='1'")[0]
            .starts_with("error declared-totals-differ:1: the file states 3 tests, 1 failed or errors, and lists 2")
    );
    assert!(with("total='2' failed='0'")[0].starts_with("error declared-totals-differ"));
    assert!(with("total='1' failed='1'")[0].starts_with("warning declared-totals-differ"));
    assert_eq!(with("total='-1'"), ["warning declared-total-unreadable:1: the total `total` is no number: `-1`"]);
}

#[test]
fn a_run_that_did_not_end_well_is_no_evidence() {
    let ended = |attributes: &str| {
        problems(&evidence(&format!(
            "<test-run {attributes}><test-suite result='Passed'>{}</test-suite></test-run>",
            case("x", "result='Passed'")
        )))
    };
    assert_eq!(ended("result='Failed'"), ["error unexplained-failure: the run ended as `Failed`, and no case in it failed"]);
    assert!(ended("result='Failed' label='Cancelled'")[0].starts_with("error unexplained-failure"));
    assert!(ended("result='Passed' label='Cancelled'")[0].starts_with("error unfinished-run:1: "));
    assert!(ended("result='Passed'").is_empty());
}
