//! Texts and evidence that nobody meant.

use super::*;
use proptest::prelude::*;

const WORDS: [&str; 44] = [
    "coverage.line",
    "tests.failed",
    "golden.mode",
    "golden.category",
    "benchmark.series",
    "name",
    "cases",
    "true",
    "false",
    "has",
    "or_else",
    "all",
    "worst",
    "count",
    "in",
    "and",
    "rows",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    "!",
    "-",
    "&&",
    "||",
    "==",
    "!=",
    "<=",
    ">",
    "=>",
    "=",
    "80%",
    "12",
    "0.5",
    "500ms",
    "99999999999999999999",
    "1e9",
    "\"live\"",
    "'",
    "§",
    "golden.category.hallucination_rate",
];

fn world() -> World {
    let row = |n: u64| Record::new("name", "r").with("hallucination_rate", Value::ratio(n, 7)).with("cases", Value::Count(n));
    let number = |value: f64| Measured::from(Value::Number { value, unit: "".into() });
    World(
        vec![("coverage.line", Measured::from(Value::ratio(u64::MAX, u64::MAX))), ("tests.failed", number(f64::NAN))],
        vec![row(0), row(7)],
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    /// Any text compiles or is refused with places inside it, and what compiles is decided.
    #[test]
    fn any_expression_is_judged_or_refused(words in prop::collection::vec(0..WORDS.len(), 0..40), space in any::<bool>()) {
        let words: Vec<&str> = words.into_iter().map(|n| WORDS[n]).collect();
        let text = words.join(if space { " " } else { "" });
        let fields = fields_for_tests();
        let scope = Scope { declared: &BTreeMap::new(), fields: &fields, family: None, rows: None };
        let mut errors = Vec::new();
        let compiled = compile(&source(&text), &scope, &mut errors);
        prop_assert_eq!(compiled.is_none(), !errors.is_empty());
        for error in errors {
            prop_assert!(error.place.column <= 10 + text.chars().count() as u64, "{} in {:?}", error, text);
        }
        if let Some(checked) = compiled {
            let world = world();
            for confidence in [None, Some(500_000), Some(999_999)] {
                let _ = evaluate(&checked, &world, world.1.first(), Rigour { confidence, min_n: Some(5) });
            }
        }
    }

    /// More bad cases never help a limit from above, unmeasured ones never help anybody (L11 in small).
    #[test]
    fn worse_evidence_never_does_better(part in 0u64..200, more in 0u64..50, whole in 200u64..2000, unmeasured in 0u64..20, limit in 1u64..100) {
        let text = format!("golden.hallucination_rate <= {limit}%");
        let truth = |part, unmeasured, rigour| {
            let measured = Measured { value: Value::ratio(part, whole), design: None, unmeasured, range: None };
            over(&text, &World(vec![("golden.hallucination_rate", measured)], Vec::new()), rigour).unwrap().truth
        };
        for rigour in [Rigour::default(), SURE] {
            if truth(part + more, unmeasured, rigour) == Truth::True {
                prop_assert_eq!(truth(part, unmeasured, rigour), Truth::True);
            }
            if truth(part, unmeasured, rigour) == Truth::True {
                prop_assert_eq!(truth(part, 0, rigour), Truth::True);
            }
            if truth(part, unmeasured, rigour) == Truth::False {
                prop_assert_eq!(truth(part, 0, rigour), Truth::False);
            }
        }
    }
}
