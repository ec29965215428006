//! What has neither units nor labels means what it means in CEL; where it deliberately does not, a test says so.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use cel::{Context, Program, Value as Cel};
use proptest::prelude::*;
use readiness::catalogue::Kind;
use readiness::evaluate::expression::{Absence, Environment, Measured, Rigour, Scope, Truth, compile, evaluate};
use readiness::metric::{Labels, Name, Value};
use readiness::record::Record;
use readiness::rule::Spanned;
use std::collections::BTreeMap;

/// What the names stand for, on both sides.
#[derive(Clone, Debug)]
struct World {
    failed: u32,
    total: u32,
    cases: u32,
    shift: i32,
    name: String,
    ready: bool,
}

impl Environment for World {
    fn metric(&self, id: &str, _: &Labels) -> Result<Measured, Absence> {
        match id {
            "tests.failed" => Ok(Value::Count(u64::from(self.failed)).into()),
            "tests.total" => Ok(Value::Count(u64::from(self.total)).into()),
            _ => Err(Absence::silent(format!("no {id}"))),
        }
    }

    fn rows(&self, family: &str) -> Result<Vec<&Record>, Absence> {
        Err(Absence::silent(format!("no {family}")))
    }
}

/// What our side makes of a text: nothing when it is refused.
fn ours(text: &str, world: &World) -> Option<Result<Truth, Vec<Absence>>> {
    let number = Kind::Number(Name::Borrowed(""));
    let fields = [("cases", Kind::Count), ("shift", number), ("name", Kind::Text(&[])), ("ready", Kind::Flag)];
    let fields = fields.map(|(name, kind)| (Name::Borrowed(name), kind));
    let row = Record::new("name", world.name.clone())
        .with("cases", Value::Count(u64::from(world.cases)))
        .with("shift", Value::Number { value: f64::from(world.shift), unit: "".into() })
        .with("ready", Value::Flag(world.ready));
    let scope = Scope { declared: &BTreeMap::new(), fields: &fields, family: None, rows: None };
    let source = Spanned { text: text.to_owned(), ..Spanned::default() };
    let checked = compile(&source, &scope, &mut Vec::new())?;
    Some(evaluate(&checked, world, Some(&row), Rigour::default()).map(|judged| judged.truth))
}

/// What CEL makes of it: nothing when it does not compile or ends in an error.
fn theirs(text: &str, world: &World) -> Option<Cel> {
    let program = Program::compile(text).ok()?;
    let mut context = Context::default();
    let tests = BTreeMap::from([("failed", i64::from(world.failed)), ("total", i64::from(world.total))]);
    context.add_variable("tests", tests).unwrap();
    context.add_variable("cases", i64::from(world.cases)).unwrap();
    context.add_variable("shift", i64::from(world.shift)).unwrap();
    context.add_variable("name", world.name.clone()).unwrap();
    context.add_variable("ready", world.ready).unwrap();
    program.execute(&context).ok()
}

fn same(text: &str, world: &World) -> Result<(), TestCaseError> {
    if let Some(Ok(truth)) = ours(text, world) {
        prop_assert_ne!(truth, Truth::Unproven, "{}", text);
        prop_assert_eq!(theirs(text, world), Some(Cel::Bool(truth == Truth::True)), "{} in {:?}", text, world);
    }
    Ok(())
}

fn worlds() -> impl Strategy<Value = World> {
    (0u32..4, 0u32..4, 0u32..4, -2i32..3, "[ab]{0,2}", any::<bool>()).prop_map(|(failed, total, cases, shift, name, ready)| World {
        failed,
        total,
        cases,
        shift,
        name,
        ready,
    })
}

fn integer() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec!["tests.failed", "tests.total", "cases", "shift"]).prop_map(str::to_owned),
        (-3i64..4).prop_map(|n| n.to_string()),
        Just("9007199254740993".to_owned()),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just("name".to_owned()), "[ab]{0,2}".prop_map(|t| format!("\"{t}\"")), "[ab]{0,2}".prop_map(|t| format!("'{t}'"))]
}

fn list(item: &'static str) -> impl Strategy<Value = String> {
    prop::collection::vec(item, 1..4).prop_map(|items| format!("[{}]", items.join(", ")))
}

/// Yes-or-no expressions of any shape.
fn expression() -> impl Strategy<Value = String> {
    let comparison = prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]);
    let leaf = prop_oneof![
        prop::sample::select(vec!["true", "false", "ready"]).prop_map(str::to_owned),
        (integer(), comparison, integer()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (text(), prop::sample::select(vec!["==", "!="]), text()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (integer(), list("-?[0-3]")).prop_map(|(a, list)| format!("{a} in {list}")),
        (text(), list("\"[ab]{0,2}\"")).prop_map(|(a, list)| format!("{a} in {list}")),
        prop::sample::select(vec!["==", "!="]).prop_map(|op| format!("ready {op} true")),
    ];
    leaf.prop_recursive(5, 40, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} && {b}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} || {b}")),
            inner.clone().prop_map(|a| format!("({a})")),
            inner.prop_map(|a| format!("!({a})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn expressions_mean_the_same(text in expression(), world in worlds()) {
        prop_assert!(matches!(ours(&text, &world), Some(Ok(_))), "refused: {}", text);
        same(&text, &world)?;
    }

    /// Whatever we accept of words in any order, CEL reads the same way.
    #[test]
    fn what_is_accepted_is_read_alike(words in prop::collection::vec(prop::sample::select(vec![
        "true", "false", "ready", "name", "cases", "shift", "tests.failed", "1", "-1", "2", "\"a\"", "[1, 2]", "[\"a\"]",
        "in", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "!", "(", ")", "-",
    ]), 1..9), world in worlds()) {
        same(&words.join(" "), &world)?;
    }
}

fn world() -> World {
    World { failed: 0, total: 3, cases: 2, shift: -1, name: "a".to_owned(), ready: true }
}

/// Everything that CEL takes and we do not, on purpose.
#[test]
fn what_is_refused_though_cel_takes_it() {
    for text in [
        "1 == 1 == true",                   // comparisons are not chained
        "(tests.failed == 0) == true",      // nor are truths compared: `&&`, `||` and `!` say it
        "\"a\" < \"b\"",                    // texts have no order
        "1 + 1 == 2",                       // there is no arithmetic
        "tests.failed == 0 ? true : ready", // nor a choice
        "size(name) == 1",                  // nor CEL's functions
    ] {
        assert_eq!(theirs(text, &world()), Some(Cel::Bool(true)), "{text}");
        assert_eq!(ours(text, &world()), None, "{text}");
    }
}

/// A missing operand is never absorbed: CEL says true here, and a gate would open in silence.
#[test]
fn a_missing_operand_is_no_evidence() {
    let text = "tests.failed == 0 || tests.errors == 0";
    assert_eq!(theirs(text, &world()), Some(Cel::Bool(true)));
    assert_eq!(ours(text, &world()).unwrap().unwrap_err()[0].text, "no tests.errors");
    let text = "tests.failed != 0 && tests.errors == 0";
    assert_eq!(theirs(text, &world()), Some(Cel::Bool(false)));
    assert!(ours(text, &world()).unwrap().is_err());
}

/// All of nothing is true in CEL.
#[test]
fn an_empty_family_is_not_vacuously_true() {
    assert_eq!(theirs("[].all(x, x > 1)", &world()), Some(Cel::Bool(true)));
    assert!(ours("all(golden.category, cases > 1)", &world()).unwrap().is_err());
}
