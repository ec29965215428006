use crate::evidence::Evidence;
use crate::ingest::testing::{problems, read};
use crate::ingest::tests::testing::{counts, texts};
use std::collections::BTreeMap;

fn evidence(document: &str) -> Evidence {
    read("tests", &[("report.trx", document.as_bytes())], &BTreeMap::new())
}

fn run(results: &str, summary: &str) -> Evidence {
    evidence(&format!(
        "<TestRun xmlns='http://microsoft.com/schemas/VisualStudio/TeamTest/2010'>\n<Results>{results}</Results>\n{summary}</TestRun>"
    ))
}

fn result(name: &str, outcome: &str) -> String {
    format!("<UnitTestResult testId='{name}' testName='{name}' outcome='{outcome}'/>")
}

#[test]
fn every_word_of_trx_is_known_and_no_other() {
    let words =
        ["Passed", "PassedButRunAborted", "NotExecuted", "Inconclusive", "Warning", "Failed", "Error", "Timeout", "Aborted", "NotRunnable"];
    let more = ["Disconnected", "Completed", "InProgress", "Pending"];
    let all = run(&words.iter().chain(&more).map(|word| result(word, word)).collect::<String>(), "");
    assert_eq!(counts(&all), [14, 2, 1, 8, 3, 0]);
    assert!(problems(&all).is_empty());
    let odd = run(&["", "passed", "Splendid"].map(|word| result("x", word)).concat(), "");
    assert_eq!(counts(&odd)[1], 0);
    assert_eq!(problems(&odd), ["error unknown-outcome:2: the outcome of `x` is ``, which is none of TRX; 3 such in all"]);
    assert!(odd.gap().is_some());
}

#[test]
fn results_within_a_result_count_instead_of_it() {
    let nested = |outer: &str, inner: &[&str]| {
        let inner: String = inner.iter().map(|word| result("row", word)).collect();
        run(&format!("<UnitTestResult testName='x' outcome='{outer}'><InnerResults>{inner}</InnerResults></UnitTestResult>"), "")
    };
    assert_eq!(counts(&nested("Failed", &["Passed", "Failed"])), [2, 1, 1, 0, 0, 0]);
    assert_eq!(counts(&nested("Failed", &["Passed"])), [2, 1, 1, 0, 0, 0], "what only the outer one says is not lost");
    assert_eq!(counts(&nested("Passed", &["Passed", "Passed"])), [2, 2, 0, 0, 0, 0]);
}

#[test]
fn the_class_is_told_apart_from_the_result() {
    let all = run(
        "<UnitTestResult testId='1' testName='Shop.Cart.Adds' outcome='Failed' duration='00:00:01.5'><Output><ErrorInfo>
         <Message>\n first\nsecond</Message></ErrorInfo></Output></UnitTestResult>",
        "<TestDefinitions><UnitTest id='1' storage='C:\\bin\\shop.dll'><TestMethod className='Shop.Cart, Shop, Version=1.0' name='Adds'/></UnitTest></TestDefinitions>",
    );
    assert_eq!(
        (texts(&all, "id"), texts(&all, "suite"), texts(&all, "message")),
        (vec!["Shop.Cart::Adds"], vec!["shop.dll"], vec!["first"])
    );
    assert_eq!(all.rows("tests.case")[0].number("duration"), Some(1500.0));
}

#[test]
fn a_test_that_ran_again_is_one_test() {
    let again = run(
        &[result("x", "Failed"), result("x", "Passed")].concat(),
        "<ResultSummary outcome='Failed'><Counters total='2' passed='1' failed='1'/></ResultSummary>",
    );
    assert_eq!((counts(&again), problems(&again)), ([1, 1, 0, 0, 0, 1], vec![]));
}

#[test]
fn counters_are_compared_with_the_results() {
    let with = |results: &str, counters: &str| {
        problems(&run(results, &format!("<ResultSummary outcome='Completed'><Counters {counters}/></ResultSummary>")))
    };
    let one = result("x", "Passed");
    assert!(with(&one, "total='1' passed='1' failed='0'").is_empty());
    let rows = "error declared-totals-differ:3: the file states 2 tests, 2 passed, 0 failed or errors, and lists 1 tests, 1 passed, 0 failed or errors";
    assert_eq!(with(&one, "total='2' passed='2' failed='0'"), [rows]);
    assert_eq!(with(&result("x", "Failed"), "total='1' passed='1' failed='0'").len(), 1, "a failure that the counters hide");
    let fewer = "warning declared-totals-differ:3: the file states 0 tests, 1 passed, and lists 1 tests, 1 passed";
    assert_eq!(with(&one, "total='0' passed='1'"), [fewer]);
    assert_eq!(with(&one, "total='many' passed='1'"), ["warning declared-total-unreadable:3: the total `total` is no number: `many`"]);
}

#[test]
fn a_run_that_did_not_end_well_is_no_evidence() {
    let ended = |word: &str, infos: &str| {
        problems(&run(&result("x", "Passed"), &format!("<ResultSummary outcome='{word}'>{infos}</ResultSummary>")))
    };
    for word in ["Aborted", "Timeout", "Disconnected", "InProgress", "Pending", "PassedButRunAborted"] {
        assert_eq!(ended(word, ""), [format!("error unfinished-run: the run ended as `{word}`, before all of its tests did")]);
    }
    assert_eq!(ended("Failed", ""), ["error unexplained-failure: the run ended as `Failed`, and no test in it failed"]);
    let info = "<RunInfos><RunInfo outcome='Error'><Text>The active test run was aborted.</Text></RunInfo></RunInfos>";
    assert!(ended("Completed", info)[0].starts_with("error unfinished-run"));
    assert!(ended("Completed", "<RunInfos><RunInfo outcome='Warning'><Text>slow</Text></RunInfo></RunInfos>").is_empty());
    assert!(ended("Completed", "").is_empty() && ended("Warning", "").is_empty());
}
