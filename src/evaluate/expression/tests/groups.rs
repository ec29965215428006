//! Cases that come in groups show less than as many independent ones.

use super::*;
use crate::metric::{Design, Ratio};
use crate::record::Basis;

/// 11 templates with up to 4 cases each, and 20 originals: 64 cases of which 13 are bad.
fn grouped() -> (Ratio, Design) {
    let templates = [4, 4, 0, 0, 0, 3, 0, 0, 1, 0, 0].map(|part| Ratio::new(part, 4));
    let originals = (0..20).map(|n| Ratio::new(u64::from(n == 19), 1));
    (Ratio::new(13, 64), templates.into_iter().chain(originals).collect())
}

fn part(limit: &str, ratio: Ratio, design: Option<Design>, unmeasured: u64) -> Part {
    let measured = Measured { value: Value::Ratio(ratio), design, unmeasured, range: None };
    let world = World(vec![("golden.hallucination_rate", measured)], Vec::new());
    over(&format!("golden.hallucination_rate <= {limit}"), &world, SURE).unwrap().parts.remove(0)
}

/// R's `svyciprop(method = "beta")` has 40.5086 % for these, where 13 of 64 independent cases show less than 33 %.
#[test]
fn the_bound_is_that_of_the_effective_cases() {
    let (ratio, design) = grouped();
    let found = part("33%", ratio, Some(design), 0);
    assert_eq!(found.truth, Truth::Unproven);
    assert_eq!(found.observed, "13 of 64 (20.32 %) in 31 independent groups, at most 40.51 %");
    assert_eq!(part("33%", ratio, None, 0).truth, Truth::True);
    assert_eq!(part("33%", ratio, Some(Design::singletons(ratio)), 0), part("33%", ratio, None, 0));
}

#[test]
fn none_bad_shows_as_much_as_there_are_groups() {
    let (ratio, mut design) = grouped();
    let clean = Ratio::new(0, ratio.whole);
    (design.part_whole, design.part_squared) = (0, 0);
    let found = part("0.5%", clean, Some(design), 0);
    assert_eq!(
        (found.observed.as_str(), found.margin.as_str()),
        ("0 of 64 in 31 independent groups, at most 9.22 %", "567 more clean cases needed")
    );
    assert_eq!(part("0.5%", clean, None, 0).margin, "534 more clean cases needed");
}

/// Each is bad for the pass, and a group of its own.
#[test]
fn what_was_not_measured_is_no_group_of_ten() {
    let design: Design = std::iter::repeat_n(Ratio::new(0, 10), 100).collect();
    let clean = Ratio::new(0, 1000);
    assert_eq!(part("5%", clean, Some(design), 0).truth, Truth::True);
    assert_eq!(part("5%", clean, Some(design), 60).truth, Truth::Unproven);
    // 101 clean groups would show 2.93 %, and the one that is missing is not clean
    let found = part("2.93%", clean, Some(design), 1);
    assert_eq!((found.truth, found.margin.as_str()), (Truth::Unproven, "1 more clean case needed; 1 case could not be judged"));
}

#[test]
fn few_is_counted_in_groups() {
    let design: Design = std::iter::repeat_n(Ratio::new(1, 50), 20).collect();
    let measured = Measured { value: Value::ratio(20, 1000), design: Some(design), unmeasured: 0, range: None };
    let world = World(vec![("golden.hallucination_rate", measured)], Vec::new());
    let rigour = Rigour { confidence: None, min_n: Some(100) };
    let judged = over("golden.hallucination_rate <= 5%", &world, rigour).unwrap();
    assert_eq!((judged.truth, judged.parts[0].margin.as_str()), (Truth::Unproven, "100 cases needed, there are 20"));
}

/// The columns of a row speak for a ratio that says nothing of its own cases.
#[test]
fn a_row_is_judged_by_what_its_ratio_rests_on() {
    let clean = Ratio::new(0, 400);
    let truth = |row: Record| over("worst(golden.category.hallucination_rate) <= 2%", &World(Vec::new(), vec![row]), SURE).unwrap().truth;
    let row = |basis| Record::new("name", "LEGAL").with_ratio("hallucination_rate", clean, basis).with("clusters", Value::Count(40));
    let column =
        |clusters| Record::new("name", "LEGAL").with("hallucination_rate", Value::Ratio(clean)).with("clusters", Value::Count(clusters));
    let groups = |n| Some(std::iter::repeat_n(Ratio::new(0, 2), n).collect());
    assert_eq!(truth(row(Basis { design: groups(200), unmeasured: 0, range: None })), Truth::True);
    assert_eq!(truth(row(Basis { design: groups(100), unmeasured: 0, range: None })), Truth::Unproven);
    assert_eq!(truth(row(Basis { design: None, unmeasured: 9, range: None })), Truth::Unproven);
    assert_eq!(truth(row(Basis::default())), Truth::True);
    assert_eq!((truth(column(40)), truth(column(200)), truth(column(400))), (Truth::Unproven, Truth::True, Truth::True));
}
