#![allow(clippy::unwrap_used, clippy::panic)]

use super::pair;
use crate::evidence::Evidence;
use crate::inventory::Inventory;
use crate::metric::Value;
use crate::record::Record;
use crate::source::{Grade, Location};
use proptest::prelude::*;

const OUTCOMES: [&str; 5] = ["passed", "failed", "error", "skipped", "not-applicable"];

fn run(path: &str, suite: &str, more: &[(&'static str, &str)]) -> Record {
    let row = Record::new("path", path).with("suite", Value::text(suite)).with("judge", Value::text("human"));
    more.iter().fold(row, |row, (name, text)| {
        let fields = row.fields().iter().filter(|(known, _)| known != name).cloned().collect::<Vec<_>>();
        let mut again = Record::new("path", path);
        for (name, value) in fields.into_iter().skip(1) {
            again = again.with(name, value);
        }
        again.with(*name, Value::text(*text))
    })
}

/// A golden set: the outcome of each case by its number, none where it is not there.
fn golden(cases: &[Option<&str>]) -> Evidence {
    let mut evidence = Evidence::new("golden", "golden");
    evidence.push("golden.run", run("golden.jsonl", "legal", &[]));
    evidence.family("golden.case");
    for (n, outcome) in cases.iter().enumerate().filter_map(|(n, outcome)| Some((n, (*outcome)?))) {
        evidence.push("golden.case", Record::new("id", format!("c{n}")).with("outcome", Value::text(outcome)));
    }
    evidence
}

fn seen(evidence: &[Evidence]) -> Inventory {
    crate::compare::inventory::take(evidence)
}

/// What the head looks like beside the base.
fn held(head: &Evidence, base: &Evidence) -> Evidence {
    held_all(vec![head.clone()], std::slice::from_ref(base)).remove(0)
}

fn held_all(mut head: Vec<Evidence>, base: &[Evidence]) -> Vec<Evidence> {
    pair(&mut head, base, &seen(base));
    head
}

fn row(evidence: &Evidence) -> &Record {
    match evidence.rows("golden.comparison") {
        [row] => row,
        rows => panic!("{rows:?}"),
    }
}

fn count(evidence: &Evidence, id: &str) -> Option<u64> {
    match evidence.metric(id).map(|metric| &metric.value) {
        Some(Value::Count(n)) => Some(*n),
        _ => None,
    }
}

fn state(head: &[Option<&str>], base: &[Option<&str>]) -> String {
    row(&held(&golden(head), &golden(base))).text("state").unwrap().to_owned()
}

/// So many cases each: good both times, newly failing, newly passing, bad both times.
fn pairs(same: usize, worse: usize, better: usize, bad: usize) -> (Evidence, Evidence) {
    let (good, poor) = (Some("passed"), Some("failed"));
    let all = [(same, good, good), (worse, poor, good), (better, good, poor), (bad, poor, poor)];
    let side = |head: bool| {
        let outcomes = all.iter().flat_map(|(n, now, was)| std::iter::repeat_n(if head { *now } else { *was }, *n));
        golden(&outcomes.collect::<Vec<_>>())
    };
    (side(true), side(false))
}

#[test]
fn a_loss_is_a_regression_undecided_or_none_at_all() {
    let told = |worse, better| {
        let (head, base) = pairs(60, worse, better, 3);
        let found = held(&head, &base);
        let row = row(&found).clone();
        (row.text("state").unwrap().to_owned(), row.text("standing").map(str::to_owned), row.text("because").map(str::to_owned))
    };
    // The smallest patterns that are significant at 5 %: 5-0, 7-1, 9-2, 10-3, 12-4.
    for (worse, better) in [(5, 0), (7, 1), (9, 2), (10, 3), (12, 4)] {
        assert_eq!(told(worse, better).0, "regressed", "{worse}-{better}");
        assert_eq!(told(worse - 1, better).0, "undecided", "{worse}-{better}");
        assert_eq!(told(better, worse).0, "improved", "{worse}-{better}");
        assert_eq!(told(better, worse - 1).0, "unchanged", "{worse}-{better}");
    }
    let (_, standing, because) = told(4, 0);
    assert_eq!(standing.as_deref(), Some("unproven"));
    assert_eq!(because.as_deref(), Some("4 cases newly failing and 0 newly passing can be chance (p = 0.0625); 5 would show a regression"));
    assert_eq!(told(3, 3), ("unchanged".to_owned(), None, None));
}

#[test]
fn every_case_is_told_what_became_of_it() {
    let (good, bad, broken) = (Some("passed"), Some("failed"), Some("error"));
    let base = [good, good, bad, bad, good, broken, broken, broken, good, None, Some("not-applicable"), good];
    let head = [good, bad, good, bad, broken, broken, good, bad, None, bad, good, Some("not-applicable")];
    let found = held(&golden(&head), &golden(&base));
    let changes: Vec<&str> = found.rows("golden.case").iter().map(|row| row.text("change").unwrap()).collect();
    let words = "same newly-failing newly-passing still-failing newly-unmeasured same unknown unknown added added dropped";
    assert_eq!(changes, words.split(' ').collect::<Vec<_>>());
    let gone: Vec<&str> = found.rows("golden.dropped_case").iter().map(Record::subject).collect();
    assert_eq!(gone, ["c8"]);
    let counts = ["newly_failing", "newly_passing", "still_failing", "newly_unmeasured", "dropped", "added"];
    let counts: Vec<Option<u64>> = counts.iter().map(|id| count(&found, &format!("golden.{id}"))).collect();
    assert_eq!(counts, [1, 1, 1, 1, 2, 2].map(Some));
    let row = row(&found);
    assert_eq!((row.count("pairs"), row.count("doubtful")), (Some(4), Some(2)));
    assert_eq!((row.get("was"), row.get("is")), (Some(&Value::ratio(2, 4)), Some(&Value::ratio(2, 4))));
}

#[test]
fn what_could_not_be_judged_is_never_an_improvement() {
    let (good, bad, broken) = (Some("passed"), Some("failed"), Some("error"));
    // All that was good broke, or was broken at the base and is bad now: a loss that nobody can rule out.
    for (was, is) in [(good, broken), (broken, bad)] {
        let (base, head) = ([was, good], [is, good]);
        assert_eq!(state(&head, &base), "undecided", "{was:?} {is:?}");
    }
    // What was bad and broke, or was broken and is good, makes up for nothing.
    for (was, is) in [(bad, broken), (broken, good)] {
        assert_eq!(state(&[is, bad], &[was, good]), "undecided", "{was:?} {is:?}");
        assert_eq!(state(&[is, good], &[was, good]), "unchanged", "{was:?} {is:?}");
    }
    let found = held(&golden(&[broken; 3]), &golden(&[broken; 3]));
    assert_eq!(row(&found).text("standing"), Some("not-applicable"), "nothing of this change");
    assert_eq!(row(&held(&golden(&[broken; 3]), &golden(&[good; 3]))).text("standing"), Some("no-evidence"));
    assert_eq!(count(&found, "golden.newly_failing"), None, "nothing compared is not nothing found");
}

#[test]
fn runs_that_were_graded_otherwise_are_no_pair() {
    let cases =
        [("suite_sha256", "b1"), ("judge", "gpt-4o"), ("judge_sha256", "b1"), ("measures", "faithfulness >= 0.8"), ("suite", "medical")];
    for (cell, text) in cases {
        let (mut head, base) = (golden(&[Some("passed")]), golden(&[Some("passed"), Some("passed")]));
        head.records.insert("golden.run".into(), vec![run("golden.jsonl", "legal", &[(cell, text)])]);
        for (head, base) in [(&head, &base), (&base, &head)] {
            let found = held(head, base);
            let row = row(&found);
            assert_eq!((row.text("state"), row.text("standing")), (Some("not-comparable"), Some("no-evidence")), "{cell}");
            assert!(row.text("because").unwrap().contains(text), "{:?}", row.text("because"));
            assert_eq!(count(&found, "golden.newly_failing"), None, "{cell}");
            assert_eq!(count(&found, "golden.dropped"), None, "{cell}");
            assert_eq!(found.metric("golden.compared").unwrap().value, Value::Flag(false));
        }
    }
    // Another system is what is compared.
    let (mut head, base) = (golden(&[Some("passed")]), golden(&[Some("passed")]));
    head.records.insert("golden.run".into(), vec![run("golden.jsonl", "legal", &[("system", "model b")])]);
    let found = held(&head, &base);
    assert_eq!(row(&found).text("moved"), Some("the system was not told at the base and is `model b`"));
    assert_eq!((row(&found).text("state"), count(&found, "golden.newly_failing")), (Some("unchanged"), Some(0)));
    // What a stand-in answered is no measure.
    let mut base = golden(&[Some("passed")]);
    base.records.insert("golden.run".into(), vec![run("golden.jsonl", "legal", &[("mode", "mock")])]);
    assert_eq!(
        row(&held(&head, &base)).text("because"),
        Some("not compared with the base: the answers of the base were made in mode mock")
    );
    assert_eq!(row(&held(&head, &base)).text("standing"), Some("not-applicable"), "that is not of this change");
}

#[test]
fn sets_that_come_and_go_are_told() {
    let here = golden(&[Some("passed")]);
    let found = held_all(vec![here.clone()], &[]).remove(0);
    assert_eq!((row(&found).text("state"), row(&found).text("standing")), (Some("new"), Some("not-applicable")));
    assert_eq!((count(&found, "golden.added"), count(&found, "golden.newly_failing")), (Some(1), Some(0)));

    let other = Evidence { name: "nightly".to_owned(), ..here.clone() };
    let found = held_all(vec![here.clone()], &[here.clone(), other]).remove(0);
    let told: Vec<_> = found.rows("golden.comparison").iter().map(|row| (row.subject(), row.text("standing"))).collect();
    assert_eq!(told, [("golden", None), ("nightly", Some("no-evidence"))]);
    assert_eq!(count(&found, "golden.newly_failing"), None);

    let mut broken = here.clone();
    broken.problem("truncated", Grade::Error, "golden.jsonl", Location::whole(), "it ends in the middle");
    let found = held(&here, &broken);
    assert_eq!(row(&found).text("because"), Some("not compared with the base: in the base, golden: golden.jsonl: it ends in the middle"));
}

#[test]
fn suites_are_compared_one_by_one() {
    // With one suite an id is the case; with several it begins with that of its suite.
    let base = golden(&[Some("passed"), Some("passed")]);
    let mut head = Evidence::new("golden", "golden");
    head.push("golden.run", run("golden.jsonl", "legal", &[]));
    head.push("golden.run", run("other.jsonl", "legal/eu", &[]));
    for (id, outcome) in [("legal/c0", "failed"), ("legal/c1", "passed"), ("legal/eu/c0", "failed")] {
        head.push("golden.case", Record::new("id", id).with("outcome", Value::text(outcome)));
    }
    let found = held(&head, &base);
    let rows = found.rows("golden.comparison");
    let told: Vec<_> = rows.iter().map(|row| (row.subject(), row.text("state").unwrap(), row.count("newly_failing"))).collect();
    assert_eq!(told, [("golden/legal", "undecided", Some(1)), ("golden/legal/eu", "new", None)]);
    assert_eq!((count(&found, "golden.newly_failing"), count(&found, "golden.added")), (Some(1), Some(1)));
    assert_eq!(found.metric("golden.compared").unwrap().value, Value::Flag(false), "the new one is judged by its rate");
}

#[test]
fn cached_answers_are_those_of_the_base_only_where_all_they_depend_on_is_told() {
    let told = [("system", "openai/gpt-4o"), ("prompt_sha256", "p1"), ("suite_sha256", "s1")];
    let with = |cells: &[(&'static str, &str)]| {
        let mut evidence = golden(&[Some("passed")]);
        evidence.records.insert("golden.run".into(), vec![run("golden.jsonl", "legal", cells)]);
        evidence
    };
    let unchanged = |head: &[(&'static str, &str)], base: &[(&'static str, &str)]| {
        held(&with(head), &with(base)).rows("golden.run")[0].get("unchanged") == Some(&Value::Flag(true))
    };
    assert!(unchanged(&told, &told));
    let counted = [told[0], told[1], ("cases_sha256", "s1")];
    assert!(unchanged(&counted, &counted) && !unchanged(&[told[0], told[1], ("cases_sha256", "s2")], &counted));
    for n in 0..told.len() {
        let mut other = told;
        other[n].1 = "another";
        assert!(!unchanged(&other, &told), "{:?}", told[n]);
        let less: Vec<_> = told.iter().enumerate().filter(|(at, _)| *at != n).map(|(_, cell)| *cell).collect();
        assert!(!unchanged(&less, &less), "{:?}", told[n]);
    }
}

#[test]
fn sets_too_large_to_keep_are_counted_and_judged_by_their_rates() {
    let small = golden(&[Some("passed"); 3]);
    let large = |omitted: u64| {
        let mut evidence = small.clone();
        evidence.omitted.insert("golden.case".into(), omitted);
        evidence
    };
    for (head, base) in [(large(7), small.clone()), (small.clone(), large(7)), (large(7), large(8))] {
        let found = held(&head, &base);
        assert_eq!((row(&found).text("standing"), count(&found, "golden.dropped")), (Some("not-applicable"), None));
        assert_eq!(found.metric("golden.compared").unwrap().value, Value::Flag(false));
        assert_eq!(found.rows("golden.dropped_case").len(), 0);
    }
    let lost = |base: Evidence, head: Evidence| {
        let (base, head) = ([base], [head]);
        let found = crate::compare::inventory::lost(&seen(&base), &seen(&head), &head, false);
        found.into_iter().map(|finding| finding.message).collect::<Vec<_>>()
    };
    assert_eq!(lost(large(8), large(7)), ["1 fewer of kind golden case than the base saw"]);
    assert_eq!(lost(large(7), small.clone()), ["7 fewer of kind golden case than the base saw"]);
    assert_eq!((lost(small.clone(), large(7)), lost(large(7), large(9))), (Vec::new(), Vec::new()));
}

#[test]
fn rows_that_the_base_left_out_are_known_by_name_only() {
    let base = golden(&[Some("failed"), Some("passed"), Some("passed"), Some("passed")]);
    let all = seen(std::slice::from_ref(&base));
    let mut kept = base.clone();
    kept.keep_worst(1);
    let against = |head: Evidence| {
        let mut head = vec![head];
        pair(&mut head, std::slice::from_ref(&kept), &all);
        head.remove(0)
    };
    let found = against(base.clone());
    assert_eq!(row(&found).text("state"), Some("unchanged"));
    assert!(found.problems.iter().any(|problem| problem.message.contains("left out 3 rows of golden.case")), "{:?}", found.problems);
    // What is bad now may have been good: nobody knows, so it does not pass.
    let found = against(golden(&[Some("failed"), Some("failed"), Some("passed"), None]));
    assert_eq!((row(&found).text("state"), row(&found).count("doubtful")), (Some("undecided"), Some(1)));
    assert_eq!((count(&found, "golden.dropped"), count(&found, "golden.added")), (Some(1), Some(0)));
    assert_eq!(found.rows("golden.dropped_case")[0].subject(), "c3");
}

fn tests(cases: &[(&str, &str)]) -> Evidence {
    let mut evidence = Evidence::new("unit", "tests");
    evidence.put("tests.total", Value::Count(cases.len() as u64));
    evidence.family("tests.case");
    for (id, outcome) in cases {
        evidence.push("tests.case", Record::new("id", *id).with("outcome", Value::text(*outcome)));
    }
    evidence
}

#[test]
fn tests_that_failed_before_are_inherited_and_all_others_are_new() {
    let base =
        tests(&[("a", "passed"), ("b", "failed"), ("c", "error"), ("d", "passed"), ("e", "skipped"), ("gone", "failed"), ("f", "passed")]);
    let head = tests(&[
        ("a", "passed"),
        ("b", "error"),
        ("c", "passed"),
        ("d", "failed"),
        ("e", "failed"),
        ("f", "skipped"),
        ("g", "error"),
        ("h", "passed"),
    ]);
    let found = held(&head, &base);
    let changes: Vec<&str> = found.rows("tests.case").iter().map(|row| row.text("change").unwrap()).collect();
    let words = "same still-failing newly-passing newly-failing newly-failing newly-skipped newly-failing added";
    assert_eq!(changes, words.split(' ').collect::<Vec<_>>());
    let counts = ["new_failures", "still_failing", "newly_passing", "dropped", "added"];
    let counts: Vec<Option<u64>> = counts.iter().map(|id| count(&found, &format!("tests.{id}"))).collect();
    assert_eq!(counts, [3, 1, 1, 1, 1].map(Some));
    assert_eq!(found.rows("tests.dropped_case")[0].text("was"), Some("failed"));
}

#[test]
fn counts_without_tests_cannot_be_held_against_anything() {
    let full = tests(&[("a", "passed")]);
    let mut bare = tests(&[]);
    bare.metrics[0].value = Value::Count(3);
    for (head, base, standing) in [(&bare, &full, "no-evidence"), (&full, &bare, "not-applicable"), (&bare, &bare, "not-applicable")] {
        let found = held(head, base);
        assert_eq!(found.rows("tests.comparison")[0].text("standing"), Some(standing));
        assert_eq!(count(&found, "tests.new_failures"), None);
        assert!(found.rows("tests.comparison")[0].text("because").unwrap().contains("does not list"));
    }
}

#[test]
fn an_entry_by_another_name_is_dropped_and_added() {
    let base = tests(&[("a", "passed"), ("b", "passed")]);
    let head = Evidence { name: "renamed".to_owned(), ..tests(&[("a", "passed"), ("b", "failed")]) };
    let found = held(&head, &base);
    let counts = ["new_failures", "dropped", "added"].map(|id| count(&found, &format!("tests.{id}")));
    assert_eq!(counts, [Some(1), Some(2), Some(1)]);
}

/// What follows from a state, worst first; a comparison that is not there is no better than one that is undecided.
fn rank(found: &Evidence) -> u8 {
    match row(found).text("state") {
        Some("regressed") => 0,
        Some("undecided" | "not-comparable") => 1,
        _ => 2,
    }
}

fn case() -> impl Strategy<Value = Option<&'static str>> {
    prop_oneof![4 => Just(Some("passed")), 4 => Just(Some("failed")), 1 => prop::sample::select(&OUTCOMES[..]).prop_map(Some), 1 => Just(None)]
}

fn both() -> impl Strategy<Value = (Vec<Option<&'static str>>, Vec<Option<&'static str>>)> {
    (1usize..24).prop_flat_map(|n| (prop::collection::vec(case(), n), prop::collection::vec(case(), n)))
}

proptest! {
    #[test]
    fn exchanged_sides_give_exchanged_results((head, base) in both()) {
        let (there, back) = (held(&golden(&head), &golden(&base)), held(&golden(&base), &golden(&head)));
        for (one, other) in [("newly_failing", "newly_passing"), ("dropped", "added"), ("still_failing", "still_failing")] {
            prop_assert_eq!(row(&there).count(one), row(&back).count(other));
            prop_assert_eq!(row(&back).count(one), row(&there).count(other));
        }
        let number = |found: &Evidence, cell: &str| row(found).number(cell);
        if let (Some(drop), Some(rise)) = (number(&there, "drop"), number(&back, "drop")) {
            prop_assert!((drop + rise).abs() < 1e-9);
            let ends = (number(&there, "drop_high").unwrap(), number(&back, "drop_low").unwrap());
            prop_assert!((ends.0 + ends.1).abs() < 1e-6, "{:?}", ends);
        }
        let regressed = |found: &Evidence| row(found).text("state") == Some("regressed");
        prop_assert!(!(regressed(&there) && regressed(&back)));
    }

    #[test]
    fn a_worse_case_never_improves_the_outcome((head, base) in both(), at in 0usize..24, bad in prop::sample::select(&["failed", "error"][..])) {
        let at = at % head.len();
        let mut worse = head.clone();
        // Only a case that concerns the system can get worse; one that does not was dropped, and is told so.
        prop_assume!(matches!(head[at], Some("passed" | "error" | "skipped")) || head[at].is_none() && base[at].is_none());
        prop_assume!(bad == "failed" || head[at] == Some("passed"));
        // What could not be judged and turns out to fail as it did at the base has not got worse: it is known now.
        prop_assume!(head[at] == Some("passed") || base[at] != Some("failed"));
        worse[at] = Some(bad);
        let (before, after) = (held(&golden(&head), &golden(&base)), held(&golden(&worse), &golden(&base)));
        prop_assert!(rank(&after) <= rank(&before), "{:?} {:?}", row(&before), row(&after));
    }

    #[test]
    fn a_case_that_is_taken_away_is_counted((head, base) in both(), at in 0usize..24) {
        let at = at % head.len();
        prop_assume!(!matches!(head[at], None | Some("not-applicable")) && !matches!(base[at], None | Some("not-applicable")));
        let mut less = head.clone();
        less[at] = None;
        prop_assume!(less.iter().any(Option::is_some));
        let (before, after) = (held(&golden(&head), &golden(&base)), held(&golden(&less), &golden(&base)));
        let dropped = |found: &Evidence| row(found).count("dropped").unwrap();
        prop_assert_eq!(dropped(&after), dropped(&before) + 1);
    }
}
