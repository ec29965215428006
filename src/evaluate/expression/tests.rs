#![allow(clippy::unwrap_used, clippy::panic)]

use super::eval::{Absence, Environment, Rigour};
use super::*;
use crate::catalogue::Kind;
use crate::config::Declared;
use crate::evidence::Gap;
use crate::metric::Value;
use crate::record::Record;
use std::collections::BTreeMap;

mod changes;
mod groups;
mod hostile;
mod margins;

fn source(text: &str) -> Spanned {
    Spanned { text: text.to_owned(), place: Place { file: "rule.yaml".into(), line: 4, column: 10 }, turns: Vec::new() }
}

fn mistakes(text: &str) -> Vec<String> {
    let fields = fields_for_tests();
    let scope = Scope { declared: &BTreeMap::<String, Declared>::new(), fields: &fields, family: None, rows: None };
    let mut errors = Vec::new();
    let compiled = compile(&source(text), &scope, &mut errors);
    assert_eq!(compiled.is_none(), !errors.is_empty(), "{text}");
    errors.iter().map(|e| e.to_string().lines().next().unwrap().to_owned()).collect()
}

fn fields_for_tests() -> Vec<(Name, Kind)> {
    vec![("name".into(), Kind::Text(&[])), ("hallucination_rate".into(), Kind::Ratio), ("cases".into(), Kind::Count)]
}

#[test]
fn mistakes_have_places_and_advice() {
    for (text, message) in [
        ("coverage.lien >= 80%", "rule.yaml:4:10: unknown metric `coverage.lien` - did you mean `coverage.line`?"),
        ("coverage.line >= 80", "rule.yaml:4:27: cannot compare a ratio with a plain number - did you mean `80%`?"),
        ("coverage.line >= 0.8", "rule.yaml:4:27: cannot compare a ratio with a plain number - did you mean `80%`?"),
        ("coverage.line => 80%", "rule.yaml:4:24: `=>` is not an operator - did you mean `>=`?"),
        ("tests.failed == 0 and tests.errors == 0", "rule.yaml:4:28: `and` is not an operator - use `&&`"),
        ("tests.failed = 0", "rule.yaml:4:23: `=` is not an operator - did you mean `==`?"),
        ("tests.failed == 0 == true", "rule.yaml:4:28: comparisons cannot be chained - join two with `&&`"),
        ("coverage.line >= 80% &&", "rule.yaml:4:33: the expression ends too early"),
        ("coverage.line", "rule.yaml:4:10: the expression must be true or false (this is a ratio)"),
        ("golden.mode == \"lve\"", "rule.yaml:4:25: it is never `lve` - did you mean `live`?"),
        ("golden.mode > \"live\"", "rule.yaml:4:24: texts have no order - use `==`, `!=` or `in`"),
        ("audit.findings{cod=\"RET-CUTOFF\"} == 0", "rule.yaml:4:10: `audit.findings` has no label `cod` - did you mean `code`?"),
        ("audit.findings{code=\"RET-CUTOF\"} == 0", "rule.yaml:4:10: `code` is never `RET-CUTOF` - did you mean `RET-CUTOFF`?"),
        ("hallucination_rat <= 2%", "rule.yaml:4:10: the row has no cell `hallucination_rat` - did you mean `hallucination_rate`?"),
        ("cases >= 5msec", "rule.yaml:4:19: unknown unit `msec` - did you mean `ms`?"),
        ("al(tests.case, true)", "rule.yaml:4:10: there is no function `al` - did you mean `all`?"),
        ("\"unfinished", "rule.yaml:4:10: a text that does not end"),
        ("", "rule.yaml:4:10: the expression is empty"),
    ] {
        assert_eq!(mistakes(text).first().map(String::as_str), Some(message), "{text}");
    }
}

#[test]
fn bounds_hold() {
    let deep = format!("{}true{}", "(".repeat(2_000_000), ")".repeat(2_000_000));
    assert!(mistakes(&deep)[0].contains("the most is 4096"));
    assert!(mistakes(&format!("{}true{}", "(".repeat(100), ")".repeat(100)))[0].contains("nested deeper than 64"));
    assert!(mistakes(&"!".repeat(4000))[0].contains("nested deeper than 64"));
    assert!(mistakes(&vec!["true"; 600].join("||"))[0].contains("more than 512 parts"));
}

struct World(Vec<(&'static str, Measured)>, Vec<Record>);

impl Environment for World {
    fn metric(&self, id: &str, _: &Labels) -> Result<Measured, Absence> {
        let found = self.0.iter().find(|(name, _)| *name == id).map(|(_, m)| m.clone());
        found.ok_or_else(|| Absence::silent(format!("no {id}")))
    }

    fn rows(&self, _: &str) -> Result<Vec<&Record>, Absence> {
        Ok(self.1.iter().collect())
    }
}

/// The only comparison of an expression over one declared metric `telemetry.x`.
fn part_of(kind: &str, unit: &str, text: &str, value: Value) -> Part {
    let declared =
        Declared { id: "telemetry.x".into(), kind: kind.into(), unit: unit.to_owned().into(), about: String::new(), sample: None };
    let declared = BTreeMap::from([("telemetry.x".to_owned(), declared)]);
    let scope = Scope { declared: &declared, fields: &[], family: None, rows: None };
    let mut errors = Vec::new();
    let checked = compile(&source(text), &scope, &mut errors).unwrap_or_else(|| panic!("{errors:?}"));
    let world = World(vec![("telemetry.x", value.into())], Vec::new());
    evaluate(&checked, &world, None, Rigour::default()).unwrap().parts[0].clone()
}

fn judge(text: &str, metrics: &[(&'static str, Value)], rigour: Rigour) -> Result<Judged, Vec<Absence>> {
    let world = World(metrics.iter().map(|(id, value)| (*id, Measured::from(value.clone()))).collect(), Vec::new());
    let scope = Scope { declared: &BTreeMap::new(), fields: &[], family: None, rows: None };
    let checked = compile(&source(text), &scope, &mut Vec::new()).unwrap_or_else(|| panic!("{:?}", mistakes(text)));
    evaluate(&checked, &world, None, rigour)
}

const SURE: Rigour = Rigour { confidence: Some(950_000), min_n: None };

#[test]
fn the_published_claim_is_worth_what_its_cases_show() {
    let part = |text, value| judge(text, &[("golden.hallucination_rate", value)], SURE).unwrap().parts[0].clone();
    let found = part("golden.hallucination_rate <= 0.5%", Value::ratio(0, 76));
    assert_eq!(
        (found.truth, found.observed.as_str(), found.required.as_str(), found.margin.as_str()),
        (Truth::Unproven, "0 of 76, at most 3.87 %", "at most 0.5 %", "522 more clean cases needed")
    );
    assert_eq!(part("golden.hallucination_rate <= 0.5%", Value::ratio(0, 598)).truth, Truth::True);
    assert_eq!(part("golden.hallucination_rate <= 0.5%", Value::ratio(0, 597)).truth, Truth::Unproven);
    let bad = part("golden.hallucination_rate <= 0.5%", Value::ratio(9, 300));
    assert_eq!((bad.truth, bad.observed.as_str()), (Truth::False, "9 of 300 (3 %), at least 1.57 %"));
}

#[test]
fn a_ratio_is_compared_exactly_and_shown_rounded_away_from_the_limit() {
    let part = |text, value| judge(text, &[("coverage.line", value)], Rigour::default()).unwrap().parts[0].clone();
    let short = part("coverage.line >= 80%", Value::ratio(1999, 2500));
    assert_eq!((short.truth, short.observed.as_str(), short.margin.as_str()), (Truth::False, "79.96 % (1,999 of 2,500)", "1 line short"));
    assert_eq!(part("coverage.line >= 80%", Value::ratio(2000, 2500)).truth, Truth::True);
    assert_eq!(part("coverage.line > 80%", Value::ratio(2000, 2500)).margin, "1 line short");
    assert_eq!(part("80% <= coverage.line", Value::ratio(1999, 2500)).required, "at least 80 %");
    assert_eq!(part("coverage.line >= 80%", Value::ratio(799_999_999, 1_000_000_000)).observed, "79.99 % (799,999,999 of 1,000,000,000)");
}

#[test]
fn a_missing_operand_is_never_absorbed() {
    let metrics = [("tests.failed", Value::Count(0))];
    assert!(judge("tests.failed == 0 || tests.errors == 0", &metrics, Rigour::default()).is_err());
    assert_eq!(judge("tests.failed == 0 || has(tests.errors)", &metrics, Rigour::default()).unwrap().truth, Truth::True);
    assert_eq!(judge("or_else(tests.errors, 0) == 0", &metrics, Rigour::default()).unwrap().truth, Truth::True);
    assert!(judge("coverage.line >= 0%", &[("coverage.line", Value::ratio(0, 0))], Rigour::default()).is_err());
}

#[test]
fn unmeasured_cases_help_nobody() {
    let world = |part, whole, unmeasured| {
        World(vec![("golden.pass_rate", Measured { value: Value::ratio(part, whole), design: None, unmeasured, range: None })], Vec::new())
    };
    let scope = Scope { declared: &BTreeMap::new(), fields: &[], family: None, rows: None };
    let checked = compile(&source("golden.pass_rate >= 90%"), &scope, &mut Vec::new()).unwrap();
    let truth = |world: World| evaluate(&checked, &world, None, Rigour::default()).unwrap().truth;
    assert_eq!(truth(world(90, 90, 10)), Truth::True);
    assert_eq!(truth(world(89, 89, 11)), Truth::Unproven);
    assert_eq!(truth(world(50, 89, 11)), Truth::False);
}

#[test]
fn three_valued_logic_is_kleenes() {
    let metrics = [("golden.pass_rate", Value::ratio(29, 30)), ("tests.failed", Value::Count(1))];
    let truth = |text| judge(text, &metrics, SURE).unwrap().truth;
    assert_eq!(truth("golden.pass_rate >= 95%"), Truth::Unproven);
    assert_eq!(truth("golden.pass_rate >= 95% && tests.failed == 0"), Truth::False);
    assert_eq!(truth("golden.pass_rate >= 95% || tests.failed == 1"), Truth::True);
    assert_eq!(truth("!(golden.pass_rate >= 95%)"), Truth::Unproven);
}

/// A family of rows with a rate each, and what its cases are worth.
fn rates(rows: &[(&str, u64, u64, u64)]) -> World {
    let row = |(name, part, whole, unmeasured): &(&str, u64, u64, u64)| {
        Record::new("name", *name).with("hallucination_rate", Value::ratio(*part, *whole)).with("unmeasured", Value::Count(*unmeasured))
    };
    World(Vec::new(), rows.iter().map(row).collect())
}

fn over(text: &str, world: &World, rigour: Rigour) -> Result<Judged, Vec<Absence>> {
    let scope = Scope { declared: &BTreeMap::new(), fields: &[], family: None, rows: None };
    let checked = compile(&source(text), &scope, &mut Vec::new()).unwrap_or_else(|| panic!("{:?}", mistakes(text)));
    evaluate(&checked, world, None, rigour)
}

/// Five clean cases have the better rate and show less than a thousand with one bad among them.
#[test]
fn the_worst_row_is_the_one_that_shows_least() {
    const WORST: &str = "worst(golden.category.hallucination_rate) <= 2%";
    let world = rates(&[("LARGE", 1, 1000, 0), ("SMALL", 0, 5, 0)]);
    assert_eq!(over(WORST, &world, Rigour::default()).unwrap().truth, Truth::True);
    let judged = over(WORST, &world, SURE).unwrap();
    assert_eq!((judged.truth, judged.parts[0].subject.as_str()), (Truth::Unproven, "golden.category.hallucination_rate of SMALL"));
    assert_eq!(over("2% >= worst(golden.category.hallucination_rate)", &world, SURE).unwrap().truth, Truth::Unproven);
    let unmeasured = rates(&[("A", 0, 400, 0), ("B", 0, 100, 50)]);
    assert_eq!(over(WORST, &unmeasured, Rigour::default()).unwrap().truth, Truth::Unproven);
    let few = Rigour { confidence: None, min_n: Some(100) };
    assert_eq!(over(WORST, &rates(&[("A", 0, 400, 0), ("B", 0, 5, 0)]), few).unwrap().truth, Truth::Unproven);
}

#[test]
fn too_few_cases_prove_nothing_in_either_direction() {
    let few = Rigour { confidence: None, min_n: Some(100) };
    let truth = |text, part, whole| judge(text, &[("golden.pass_rate", Value::ratio(part, whole))], few).unwrap().truth;
    assert_eq!(truth("golden.pass_rate >= 90%", 2, 2), Truth::Unproven);
    assert_eq!(truth("!(golden.pass_rate < 90%)", 2, 2), Truth::Unproven);
    assert_eq!(truth("!(!(golden.pass_rate >= 90%))", 2, 2), Truth::Unproven);
    assert_eq!(truth("golden.pass_rate >= 90%", 0, 2), Truth::False);
    assert_eq!(truth("!(golden.pass_rate < 90%)", 0, 2), Truth::False);
}

/// 0.1 % read from a gauge is not 1 of 1,000, whatever the gauge is called.
#[test]
fn a_percentage_without_counts_has_no_cases() {
    let declared = BTreeMap::from([(
        "telemetry.errors.line".to_owned(),
        Declared { id: "telemetry.errors.line".into(), kind: "ratio".into(), unit: "".into(), about: String::new(), sample: None },
    )]);
    let scope = Scope { declared: &declared, fields: &[], family: None, rows: None };
    let checked = compile(&source("telemetry.errors.line <= 1%"), &scope, &mut Vec::new()).unwrap();
    let world = World(vec![("telemetry.errors.line", Measured::from(Value::ratio(1, 1000)))], Vec::new());
    let truth = |rigour| evaluate(&checked, &world, None, rigour).unwrap().truth;
    assert_eq!(truth(Rigour::default()), Truth::True);
    assert_eq!(truth(SURE), Truth::Unproven);
    assert_eq!(truth(Rigour { confidence: None, min_n: Some(500) }), Truth::Unproven);
}

#[test]
fn what_could_not_be_measured_leaves_equality_open() {
    let measured = |part, whole, unmeasured| Measured { value: Value::ratio(part, whole), design: None, unmeasured, range: None };
    let world = |a, b| World(vec![("golden.pass_rate", a), ("golden.citation_support", b)], Vec::new());
    let truth = |text, a, b| over(text, &world(a, b), Rigour::default()).unwrap().truth;
    let sure = || measured(50, 100, 0);
    assert_eq!(truth("golden.pass_rate != 50%", measured(1, 2, 2), sure()), Truth::Unproven);
    assert_eq!(truth("golden.pass_rate == 50%", measured(1, 2, 2), sure()), Truth::Unproven);
    assert_eq!(truth("golden.pass_rate != 90%", measured(1, 2, 2), sure()), Truth::True);
    assert_eq!(truth("golden.pass_rate == 50%", sure(), sure()), Truth::True);
    assert_eq!(truth("golden.pass_rate >= golden.citation_support", measured(60, 100, 0), measured(50, 100, 50)), Truth::Unproven);
    assert_eq!(truth("golden.pass_rate >= golden.citation_support", measured(70, 100, 0), measured(50, 100, 50)), Truth::True);
    let open = over("golden.pass_rate >= 0%", &world(measured(0, 0, 9), sure()), Rigour::default()).unwrap_err();
    assert!(!open[0].silent && open[0].text.contains("nothing of 9 could be judged"), "{open:?}");
}

#[test]
fn a_row_that_decides_nothing_is_not_passed_over() {
    let row = |name, standing: Option<&str>| {
        Record::new("name", name).with("state", Value::text("missing")).with_some("standing", standing.map(Value::text))
    };
    let ask = |rows: Vec<Record>| over("all(benchmark.series, state != \"regressed\")", &World(Vec::new(), rows), Rigour::default());
    assert_eq!(ask(vec![row("a", None)]).unwrap().truth, Truth::True);
    assert_eq!(ask(vec![row("a", None), row("b", Some("not-applicable"))]).unwrap().truth, Truth::True);
    assert_eq!(ask(vec![row("a", None), row("b", Some("unproven"))]).unwrap().truth, Truth::Unproven);
    assert!(ask(vec![row("a", None), row("b", Some("no-evidence"))]).is_err());
    assert!(ask(vec![row("a", Some("not-applicable"))]).is_err(), "nothing is left that could be judged");
}

#[test]
fn a_negation_is_judged_as_what_it_asks() {
    let metrics = [("golden.pass_rate", Value::ratio(4, 4)), ("tests.failed", Value::Count(3))];
    let few = Rigour { confidence: None, min_n: Some(30) };
    assert_eq!(judge("!(golden.pass_rate < 90%)", &metrics, few).unwrap().truth, Truth::Unproven, "four cases are too few either way");
    let part = judge("!(tests.failed > 1 || tests.failed < 0)", &metrics, Rigour::default()).unwrap().parts[0].clone();
    assert_eq!((part.required.as_str(), part.margin.as_str(), part.shortfall), ("at most 1", "2 too many", Some(2.0)));
    assert_eq!(judge("!(tests.failed in [1, 3])", &metrics, Rigour::default()).unwrap().parts[0].required, "none of 1, 3");
}

#[test]
fn labels_rates_and_lists_compare() {
    let rate = |value| Value::Number { value, unit: "/s".into() };
    assert_eq!(part_of("number", "/s", "telemetry.x >= 60/s", rate(59.5)).margin, "0.5 /s too little");
    assert_eq!(part_of("number", "/s", "telemetry.x in [60/s, 30/s]", rate(30.0)).truth, Truth::True);
    assert_eq!(part_of("number", "%", "telemetry.x <= 80%", Value::Number { value: 80.1, unit: "%".into() }).margin, "0.1 % too high");
    assert_eq!(
        part_of("number", "pt", "telemetry.x > 2pt", Value::Number { value: 2.0, unit: "pt".into() }).margin,
        "exactly at the limit"
    );
    let metrics = [("audit.findings", Value::Count(2)), ("audit.integrity", Value::Level("structural".into()))];
    let part = judge("audit.findings{code=\"RET-CUTOFF\"} == 0", &metrics, Rigour::default()).unwrap().parts[0].clone();
    assert_eq!(part.sentence(), "audit.findings{code=\"RET-CUTOFF\"} is 2, required 0: 2 too many");
    let part = judge("audit.integrity >= \"anchored\"", &metrics, Rigour::default()).unwrap().parts[0].clone();
    assert_eq!((part.truth, part.margin.as_str()), (Truth::False, "3 levels too low"));
    assert_eq!(judge("\"none\" < audit.integrity", &metrics, Rigour::default()).unwrap().truth, Truth::True);
    assert_eq!(judge("audit.integrity in [\"structural\"]", &metrics, Rigour::default()).unwrap().truth, Truth::True);
}

#[test]
fn a_ladder_is_the_metrics_own() {
    const SIZES: &[&str] = &["small", "medium", "large"];
    let fields = [(Name::Borrowed("size"), Kind::Level(SIZES))];
    let scope = Scope { declared: &BTreeMap::new(), fields: &fields, family: None, rows: None };
    let truth = |text: &str| {
        let checked = compile(&source(text), &scope, &mut Vec::new()).unwrap();
        let row = Record::new("name", "x").with("size", Value::Level("medium".into()));
        evaluate(&checked, &World(vec![], vec![]), Some(&row), Rigour::default()).unwrap().truth
    };
    assert_eq!(truth("size > \"small\""), Truth::True);
    assert_eq!(truth("size < \"large\" && \"medium\" <= size"), Truth::True);
    assert_eq!(truth("size >= \"large\""), Truth::False);
}

#[test]
fn what_cannot_be_relied_on_is_not_nothing() {
    struct Damaged;
    impl Environment for Damaged {
        fn metric(&self, _: &str, _: &Labels) -> Result<Measured, Absence> {
            Err(Absence::broken(Gap::Invalid, "cut short"))
        }
        fn rows(&self, _: &str) -> Result<Vec<&Record>, Absence> {
            Ok(Vec::new())
        }
    }
    for text in ["or_else(tests.failed, 0) == 0", "!has(tests.failed)", "has(tests.failed) || true"] {
        let scope = Scope { declared: &BTreeMap::new(), fields: &[], family: None, rows: None };
        let checked = compile(&source(text), &scope, &mut Vec::new()).unwrap();
        assert_eq!(evaluate(&checked, &Damaged, None, Rigour::default()).unwrap_err()[0].gap, Gap::Invalid, "{text}");
    }
}
