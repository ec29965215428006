use crate::evidence::Evidence;
use crate::ingest::testing::{problems, read};
use crate::ingest::tests::testing::{counts, texts};
use std::collections::BTreeMap;

fn evidence(document: &str) -> Evidence {
    read("tests", &[("report.xml", document.as_bytes())], &BTreeMap::new())
}

fn assembly(attributes: &str, tests: &str) -> String {
    format!("<assembly name='/bin/Shop.dll' {attributes}>\n<collection>{tests}</collection></assembly>")
}

fn test(name: &str, result: &str) -> String {
    format!("<test name='Shop.Cart.{name}' type='Shop.Cart' time='0.25' result='{result}'/>")
}

#[test]
fn every_result_of_xunit_is_known_and_no_other() {
    let all = ["Pass", "Fail", "Skip", "NotRun"].map(|word| test("x", word)).concat();
    let all = evidence(&format!("<assemblies>{}</assemblies>", assembly("", &all)));
    assert_eq!((counts(&all), problems(&all)), ([4, 1, 1, 0, 2, 0], vec![]));
    assert_eq!((texts(&all, "id")[0], texts(&all, "suite")[0]), ("Shop.Cart::x", "Shop.dll"));
    assert_eq!(all.rows("tests.case")[0].number("duration"), Some(250.0));
    let odd = evidence(&format!("<assemblies>{}</assemblies>", assembly("", &test("x", "Passed"))));
    assert_eq!(problems(&odd), ["error unknown-outcome:2: the result of `Shop.Cart.x` is `Passed`, which is none of xUnit.net"]);
    assert_eq!(counts(&odd), [1, 0, 0, 1, 0, 0]);
}

#[test]
fn an_error_outside_the_tests_is_an_error() {
    let errors = "<errors><error type='fatal'><failure><message>boom\nmore</message></failure></error></errors>";
    let all = evidence(&format!(
        "<assemblies><assembly name='a.dll' total='1' passed='1' failed='0' skipped='0' errors='1'>{errors}{}</assembly></assemblies>",
        test("x", "Pass")
    ));
    assert_eq!((counts(&all), problems(&all)), ([2, 1, 0, 1, 0, 0], vec![]));
    assert_eq!((texts(&all, "id")[0], texts(&all, "message")[0]), ("a.dll::(fatal)", "boom"));
    let lost = evidence(&format!(
        "<assemblies><assembly total='1' passed='1' failed='0' skipped='0' errors='2'>{errors}{}</assembly></assemblies>",
        test("x", "Pass")
    ));
    assert!(lost.gap().is_some(), "an error that is not listed");
}

#[test]
fn assemblies_add_up() {
    let two = |second: &str| {
        let assemblies =
            assembly("total='1' passed='1' failed='0' skipped='0'", &test("x", "Pass")) + &assembly(second, &test("x", "Fail"));
        evidence(&format!("<assemblies>{assemblies}</assemblies>"))
    };
    let fine = two("total='1' passed='0' failed='1' skipped='0'");
    assert_eq!((counts(&fine), problems(&fine)), ([2, 1, 1, 0, 0, 0], vec![]));
    let hidden = problems(&two("total='1' passed='1' failed='0' skipped='0'"));
    let told =
        "the file states 2 tests, 2 passed, 0 failed or errors, 0 skipped, and lists 2 tests, 1 passed, 1 failed or errors, 0 skipped";
    assert_eq!(hidden, [format!("error declared-totals-differ:1: {told}")]);
    assert!(
        problems(&two("total='1' passed='0' failed='1' skipped='3' not-run='x'")).iter().all(|problem| problem.starts_with("warning "))
    );
}
