//! Applying the margin makes a comparison hold, and one less does not.

use super::*;
use crate::catalogue::INTEGRITY;
use proptest::prelude::*;

const OPERATORS: [&str; 5] = ["<", "<=", ">", ">=", "=="];

/// What the value becomes when the margin, less `spare`, is applied.
fn applied(have: u64, part: &Part, spare: u64) -> u64 {
    let step = part.shortfall.unwrap() as u64 - spare;
    if ["few", "short", "small", "low"].iter().any(|word| part.margin.ends_with(word)) { have + step } else { have - step }
}

/// Judges whole numbers and checks their margins.
fn counted(have: u64, judge: impl Fn(u64) -> Part) -> Result<(), TestCaseError> {
    let found = judge(have);
    if found.truth == Truth::True {
        prop_assert_eq!((found.margin.as_str(), found.shortfall), ("", None));
    } else if found.margin.is_empty() {
        prop_assert!(found.required.contains('.'), "only a broken number is never met exactly: {}", found.required);
    } else if found.margin != "which no result can reach" {
        prop_assert!(found.shortfall.unwrap() >= 1.0, "{found:?}");
        prop_assert_eq!(judge(applied(have, &found, 0)).truth, Truth::True, "{:?}", found);
        prop_assert_ne!(judge(applied(have, &found, 1)).truth, Truth::True, "{:?}", found);
    }
    Ok(())
}

proptest! {
    #[test]
    fn of_counts(have in 0u64..50, limit in -20i64..400, operator in 0usize..5) {
        let limit = format!("{}{}.{}", if limit < 0 { "-" } else { "" }, limit.abs() / 10, limit.abs() % 10);
        let text = format!("tests.total {} {limit}", OPERATORS[operator]);
        counted(have, |n| judge(&text, &[("tests.total", Value::Count(n))], Rigour::default()).unwrap().parts[0].clone())?;
    }

    #[test]
    fn of_ratios(have in 0u64..=200, limit in 0u32..=1000, operator in 0usize..4) {
        let text = format!("coverage.line {} {}.{}%", OPERATORS[operator], limit / 10, limit % 10);
        counted(have, |n| judge(&text, &[("coverage.line", Value::ratio(n, 200))], Rigour::default()).unwrap().parts[0].clone())?;
    }

    #[test]
    fn of_sizes(have in 0u64..5000, limit in 0u64..5000, operator in 0usize..5) {
        let text = format!("telemetry.x {} {limit}B", OPERATORS[operator]);
        counted(have, |n| part_of("bytes", "", &text, Value::Bytes(n)))?;
    }

    #[test]
    fn of_levels(have in 0usize..6, need in 0usize..6, operator in 0usize..5) {
        let text = format!("audit.integrity {} \"{}\"", OPERATORS[operator], INTEGRITY[need]);
        // Above the highest rung and below the lowest there is none.
        prop_assume!(!matches!((operator, need), (0, 0) | (2, 5)));
        let level = |n: u64| Value::Level(INTEGRITY[n as usize].into());
        counted(have as u64, |n| judge(&text, &[("audit.integrity", level(n))], Rigour::default()).unwrap().parts[0].clone())?;
    }

    #[test]
    fn of_lengths_and_numbers(have in 0u32..4000, limit in 0u32..4000, operator in 0usize..4, kind in 0usize..3) {
        let (kind, unit, literal, make): (_, _, _, fn(f64) -> Value) = [
            ("duration", "", "ms", Value::Duration as fn(f64) -> Value),
            ("number", "/s", "/s", |value| Value::Number { value, unit: "/s".into() }),
            ("number", "", "", |value| Value::Number { value, unit: "".into() }),
        ][kind];
        let (have, limit) = (f64::from(have) / 8.0, f64::from(limit) / 8.0);
        let text = format!("telemetry.x {} {limit}{literal}", OPERATORS[operator]);
        let found = part_of(kind, unit, &text, make(have));
        if found.truth == Truth::False {
            let (short, sign) = (found.shortfall.unwrap(), if operator < 2 { -1.0 } else { 1.0 });
            let truth = |step: f64| part_of(kind, unit, &text, make(have + sign * step)).truth;
            // A strict limit is met by any more than the margin.
            let strict = operator == 0 || operator == 2;
            prop_assert_eq!(truth(short), if strict { Truth::False } else { Truth::True });
            prop_assert_eq!(truth(short + 0.125), Truth::True);
            prop_assert!(short == 0.0 || truth(short - 0.125) == Truth::False);
            prop_assert_eq!(found.margin == "exactly at the limit", short == 0.0);
        }
    }

    #[test]
    fn of_clean_cases_under_confidence(bad in 0u64..12, clean in 1u64..300, limit in 1u32..20, small: bool, unmeasured in 0u64..3) {
        let text = if small { format!("golden.hallucination_rate <= {limit}%") } else { format!("golden.pass_rate >= {}%", 100 - limit) };
        let id = if small { "golden.hallucination_rate" } else { "golden.pass_rate" };
        let judged = |clean: u64| {
            let value = if small { Value::ratio(bad, bad + clean) } else { Value::ratio(clean, bad + clean) };
            let world = World(vec![(id, Measured { value, design: None, unmeasured, range: None })], Vec::new());
            let scope = Scope { declared: &BTreeMap::new(), fields: &[], family: None, rows: None };
            let checked = compile(&source(&text), &scope, &mut Vec::new()).unwrap();
            evaluate(&checked, &world, None, SURE).unwrap().parts[0].clone()
        };
        let found = judged(clean);
        if found.truth != Truth::True {
            let short = found.shortfall.unwrap() as u64;
            prop_assert_eq!(judged(clean + short).truth, Truth::True, "{:?}", found);
            prop_assert_ne!(judged(clean + short - 1).truth, Truth::True, "{:?}", found);
        }
    }

    /// A worse value never has a smaller shortfall.
    #[test]
    fn more_missing_is_more(a in 0u64..=300, b in 0u64..=300, limit in 0u32..=100, sure: bool) {
        let rigour = if sure { SURE } else { Rigour::default() };
        let text = format!("golden.pass_rate >= {limit}%");
        let short = |n| judge(&text, &[("golden.pass_rate", Value::ratio(n, 300))], rigour).unwrap().parts[0].shortfall.unwrap_or(0.0);
        prop_assert!(short(a.min(b)) >= short(a.max(b)));
    }
}

#[test]
fn a_limit_out_of_reach_says_so() {
    let part = |text, value| judge(text, &[("coverage.line", value)], Rigour::default()).unwrap().parts[0].clone();
    assert_eq!(part("coverage.line > 100%", Value::ratio(9, 10)).margin, "which no result can reach");
    assert_eq!(part("coverage.line < 0%", Value::ratio(0, 10)).margin, "which no result can reach");
    assert_eq!(part("coverage.line == 100%", Value::ratio(9, 10)).margin, "1 line short");
    assert_eq!(part("coverage.line >= 80%", Value::ratio(1963, 2500)).margin, "37 lines short");
}

#[test]
fn failing_rows_are_counted() {
    let row = |name: &str, n| Record::new("id", name).with("cases", Value::Count(n));
    let world = World(vec![], vec![row("a", 1), row("b", 5), row("c", 0)]);
    let scope = Scope { declared: &BTreeMap::new(), fields: &[], family: None, rows: None };
    let part = |text: &str| {
        let checked = compile(&source(text), &scope, &mut Vec::new()).unwrap();
        evaluate(&checked, &world, None, Rigour::default()).unwrap().parts[0].clone()
    };
    let found = part("all(golden.category, cases > 1)");
    assert_eq!((found.truth, found.shortfall), (Truth::False, Some(2.0)));
    assert_eq!(part("!all(golden.category, cases > 1)").truth, Truth::True);
    // The worst row is the same one when the opposite is asked.
    assert_eq!(part("worst(golden.category.cases) >= 1").subject, "golden.category.cases of c");
    assert_eq!(part("!(worst(golden.category.cases) >= 1)").truth, Truth::True);
    assert_eq!(part("1 <= worst(golden.category.cases)").margin, "1 too few");
}
