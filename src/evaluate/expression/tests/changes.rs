//! `delta` and `change`.

use super::*;
use proptest::prelude::*;

/// Head and base of one metric.
struct Pair(Measured, Option<Measured>);

impl Environment for Pair {
    fn metric(&self, _: &str, _: &Labels) -> Result<Measured, Absence> {
        Ok(self.0.clone())
    }

    fn rows(&self, _: &str) -> Result<Vec<&Record>, Absence> {
        Ok(Vec::new())
    }

    fn base(&self, _: &str, _: &Labels) -> Result<Measured, Absence> {
        self.1.clone().ok_or_else(no_base)
    }
}

fn ask(text: &str, now: Value, was: Option<Value>) -> Result<Judged, Vec<Absence>> {
    let declare = |id: &str, kind: &str, unit: &str| {
        let declared = Declared { id: id.into(), kind: kind.into(), unit: unit.to_owned().into(), about: String::new(), sample: None };
        (id.to_owned(), declared)
    };
    let declared = BTreeMap::from([
        declare("telemetry.time", "duration", ""),
        declare("telemetry.size", "bytes", ""),
        declare("telemetry.rate", "number", "/s"),
        declare("telemetry.seen", "instant", ""),
    ]);
    let scope = Scope { declared: &declared, fields: &[], family: None, rows: None };
    let mut errors = Vec::new();
    let checked = compile(&source(text), &scope, &mut errors).unwrap_or_else(|| panic!("{text}: {errors:?}"));
    evaluate(&checked, &Pair(now.into(), was.map(Measured::from)), None, Rigour::default())
}

fn part(text: &str, now: Value, was: Value) -> Part {
    ask(text, now, Some(was)).unwrap().parts[0].clone()
}

#[test]
fn a_change_is_told_in_the_metrics_own_things() {
    let lines = |part| Value::ratio(part, 1000);
    let rate = |value| Value::Number { value, unit: "/s".into() };
    for (text, now, was, sentence) in [
        (
            "delta(coverage.line) >= -1pt",
            lines(812),
            lines(825),
            "delta(coverage.line) is -1.3 pt (81.2 %, was 82.5 %), required at least -1 pt: 3 lines short",
        ),
        (
            "change(coverage.line) >= -1%",
            lines(800),
            lines(825),
            "change(coverage.line) is -3.031 % (80 %, was 82.5 %), required at least -1 %: 17 lines short",
        ),
        (
            "delta(tests.total) >= 0",
            Value::Count(9),
            Value::Count(12),
            "delta(tests.total) is -3 (9, was 12), required at least 0: 3 too few",
        ),
        (
            "change(tests.total) > -10%",
            Value::Count(90),
            Value::Count(100),
            "change(tests.total) is -10 % (90, was 100), required more than -10 %: 1 too few",
        ),
        (
            "delta(telemetry.time) <= 50ms",
            Value::Duration(420.0),
            Value::Duration(350.0),
            "delta(telemetry.time) is +70 ms (420 ms, was 350 ms), required at most 50 ms: 20 ms too long",
        ),
        (
            "delta(telemetry.time) < -50ms",
            Value::Duration(300.0),
            Value::Duration(350.0),
            "delta(telemetry.time) is -50 ms (300 ms, was 350 ms), required less than -50 ms: exactly at the limit",
        ),
        (
            "change(telemetry.time) <= 10%",
            Value::Duration(420.0),
            Value::Duration(350.0),
            "change(telemetry.time) is +20 % (420 ms, was 350 ms), required at most 10 %: 35 ms too long",
        ),
        (
            "delta(telemetry.size) <= -1KiB",
            Value::Bytes(4096),
            Value::Bytes(4608),
            "delta(telemetry.size) is -512 B (4 KiB, was 4.5 KiB), required at most -1 KiB: 512 B too large",
        ),
        (
            "delta(telemetry.rate) >= -5/s",
            rate(40.0),
            rate(50.0),
            "delta(telemetry.rate) is -10 /s (40 /s, was 50 /s), required at least -5 /s: 5 /s too little",
        ),
    ] {
        let found = part(text, now, was);
        assert_eq!((found.truth, found.sentence().as_str()), (Truth::False, sentence));
    }
    let at = |ms| Value::Instant(crate::instant::Instant(ms));
    assert_eq!(part("delta(telemetry.seen) >= 1d", at(86_400_000), at(0)).truth, Truth::True);
}

#[test]
fn a_change_is_compared_exactly() {
    assert_eq!(part("delta(coverage.line) >= -1pt", Value::ratio(802, 1000), Value::ratio(812, 1000)).truth, Truth::True);
    assert_eq!(part("delta(coverage.line) > -1pt", Value::ratio(802, 1000), Value::ratio(812, 1000)).truth, Truth::False);
    assert_eq!(part("delta(telemetry.time) <= 0.1ms", Value::Duration(0.3), Value::Duration(0.2)).truth, Truth::True);
    assert_eq!(part("change(tests.total) <= 10%", Value::Count(110), Value::Count(100)).truth, Truth::True);
    // What is shown is on the side of the limit that it is on.
    let just = part("delta(coverage.line) >= -1pt", Value::ratio(7_999_999, 10_000_000), Value::ratio(81, 100));
    assert_eq!((just.truth, just.observed.as_str()), (Truth::False, "-1.001 pt (79.99 %, was 81 %)"));
}

#[test]
fn no_base_is_never_a_pass() {
    for text in ["delta(coverage.line) >= -100pt", "change(coverage.line) > -100% || true", "!(delta(coverage.line) < 0pt)"] {
        let absences = ask(text, Value::ratio(1, 2), None).unwrap_err();
        assert_eq!((absences[0].gap, absences[0].text.as_str()), (Gap::Missing, "there is no base to compare with: give --base-report"));
    }
    assert_eq!(ask("has(delta(coverage.line))", Value::ratio(1, 2), None).unwrap().truth, Truth::False);
    assert_eq!(ask("or_else(delta(coverage.line), 0pt) >= -1pt", Value::ratio(1, 2), None).unwrap().truth, Truth::True);
    assert_eq!(ask("or_else(change(tests.total), 0%) >= -1%", Value::Count(1), None).unwrap().truth, Truth::True);
    let known = ask("or_else(delta(coverage.line), 0pt) >= -1pt", Value::ratio(1, 2), Some(Value::ratio(2, 3))).unwrap();
    assert_eq!(known.truth, Truth::False, "the base that is there counts");
    let unknown = ask("delta(coverage.line) >= 0pt", Value::ratio(1, 2), Some(Value::ratio(0, 0))).unwrap_err();
    assert_eq!(unknown[0].text, "coverage.line of the base is unknown: 0 of 0");
    let zero = ask("change(tests.total) <= 10%", Value::Count(1), Some(Value::Count(0))).unwrap_err();
    assert_eq!(zero[0].text, "tests.total was 0 in the base: it has no relative change");
    assert_eq!(ask("delta(tests.total) >= 0", Value::Count(1), Some(Value::ratio(1, 1))).unwrap_err()[0].gap, Gap::Invalid);
}

#[test]
fn what_was_not_measured_leaves_a_change_open() {
    let pair = |unmeasured| Measured { value: Value::ratio(80, 90), design: None, unmeasured, range: None };
    let scope = Scope { declared: &BTreeMap::new(), fields: &[], family: None, rows: None };
    let checked = compile(&source("delta(golden.pass_rate) >= -10pt"), &scope, &mut Vec::new()).unwrap();
    let truth = |head, base| evaluate(&checked, &Pair(pair(head), Some(pair(base))), None, Rigour::default()).unwrap().truth;
    assert_eq!(truth(0, 0), Truth::True);
    assert_eq!(truth(0, 9), Truth::True);
    assert_eq!(truth(20, 0), Truth::Unproven);
    assert_eq!(truth(9, 20), Truth::Unproven);
}

#[test]
fn units_of_changes_are_checked() {
    for (text, message) in [
        ("delta(coverage.line) >= -1%", "rule.yaml:4:34: cannot compare a number in pt with a number in % - did you mean `-1pt`?"),
        ("delta(coverage.line) >= 1%", "rule.yaml:4:34: cannot compare a number in pt with a ratio - did you mean `1pt`?"),
        ("change(coverage.line) >= -1pt", "rule.yaml:4:35: cannot compare a number in % with a number in pt - did you mean `-1%`?"),
        ("delta(coverage.line) >= 1", "rule.yaml:4:34: cannot compare a number in pt with a plain number - did you mean `1pt`?"),
        ("change(tests.total) <= 1.5", "rule.yaml:4:33: cannot compare a number in % with a plain number - did you mean `1.5%`?"),
        ("coverage.line >= -5%", "rule.yaml:4:27: cannot compare a ratio with a number in % - a ratio is never negative"),
        ("delta(golden.mode) == \"live\"", "rule.yaml:4:16: a text has no delta"),
        ("delta(cases) >= 0", "rule.yaml:4:16: `delta` takes a metric or a cell of a row - only the rows of a family have a base"),
        ("delta(delta(tests.total)) >= 0", "rule.yaml:4:16: `delta` takes a metric or a cell of a row"),
        ("glob(coverage.line, \"a/**\")", "rule.yaml:4:15: `glob` takes a text; this is a ratio"),
        ("glob(golden.mode, live)", "rule.yaml:4:28: the second value of `glob` must be a pattern in quotes"),
        ("glob(golden.mode, \"a[\")", "rule.yaml:4:28: `a[` is no pattern: error parsing glob 'a[': unclosed character class; missing ']'"),
        ("change(audit.last_run) > 0%", "rule.yaml:4:17: a moment has no change"),
    ] {
        assert_eq!(mistakes(text).first().map(String::as_str), Some(message), "{text}");
    }
}

proptest! {
    /// A change in points and the same limit written as a ratio agree, and the lines that are short are exactly enough.
    #[test]
    fn the_margin_of_a_change_is_exact(part in 0u64..5000, was in 0u64..1000, limit in -400i64..400, strict: bool) {
        let text = format!("delta(coverage.line) {} {}.{:02}pt", if strict { ">" } else { ">=" }, if limit < 0 { format!("-{}", -limit / 100) } else { (limit / 100).to_string() }, limit.abs() % 100);
        let judged = |part| super::changes::part(&text, Value::ratio(part, 5000), Value::ratio(was, 1000));
        let found = judged(part);
        // part/5000 - was/1000 against limit/10000
        let difference = i64::try_from(part * 2).unwrap() - i64::try_from(was * 10).unwrap();
        let holds = if strict { difference > limit } else { difference >= limit };
        prop_assert_eq!(found.truth == Truth::True, holds);
        if let (false, Some(short), true) = (holds, found.shortfall, found.margin.ends_with("short")) {
            prop_assert_eq!(judged(part + short as u64).truth, Truth::True);
            prop_assert_eq!(judged(part + short as u64 - 1).truth, Truth::False);
        }
    }
}
