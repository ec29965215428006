//! `delta(m)` and `change(m)`: how far a metric has moved since the base.
//!
//! "The change is at least L" is judged as "the metric is at least the base and L", so that it is as exact as the metric and
//! its margin is counted in the metric's own things.

use super::super::amount::Amount;
use super::margin::{self, Margin, rounded};
use super::ratio::{effective, few, range};
use super::value::plainly;
use super::{Absence, Measured, Operator, Part, Rigour, Truth};
use crate::evidence::Gap;
use crate::metric::{Value, bytes, duration, number};
use std::cmp::Ordering;

/// A value, its exact amount, and for a change what it is a change of.
#[derive(Clone, Debug)]
pub(super) struct Operand {
    pub measured: Measured,
    /// In the unit of the value; nothing for texts, levels and flags.
    pub amount: Option<Amount>,
    pub moved: Option<Moved>,
}

/// Head and base of a change.
#[derive(Clone, Debug)]
pub(super) struct Moved {
    now: Measured,
    was: Measured,
    /// In shares of the base instead of the metric's own unit.
    relative: bool,
}

impl From<Measured> for Operand {
    fn from(measured: Measured) -> Self {
        Operand { amount: Amount::of(&measured.value), measured, moved: None }
    }
}

impl From<Value> for Operand {
    fn from(value: Value) -> Self {
        Operand::from(Measured::from(value))
    }
}

impl Operand {
    /// The change from `was` to `now` of the metric called `name`.
    pub fn moved(now: Measured, was: Measured, relative: bool, name: &str) -> Result<Operand, Absence> {
        let same = std::mem::discriminant(&now.value) == std::mem::discriminant(&was.value);
        let (Some(head), Some(base), true) = (Amount::of(&now.value), Amount::of(&was.value), same) else {
            return Err(Absence::broken(Gap::Invalid, format!("{name} cannot be compared with that of the base")));
        };
        let difference = head.minus(base);
        let amount = match (&now.value, relative) {
            (_, true) => difference
                .over(base.abs())
                .ok_or_else(|| Absence::silent(format!("{name} was 0 in the base: it has no relative change")))?,
            (Value::Ratio(_), false) => difference.times(Amount::whole(100)),
            _ => difference,
        };
        let value = match (&now.value, relative) {
            (_, true) => Value::Number { value: amount.near * 100.0, unit: "%".into() },
            (Value::Ratio(_), _) => Value::Number { value: amount.near, unit: "pt".into() },
            (Value::Duration(_) | Value::Instant(_), _) => Value::Duration(amount.near),
            (Value::Bytes(_), _) => Value::Number { value: amount.near, unit: "B".into() },
            (Value::Number { unit, .. }, _) if unit == "%" => Value::Number { value: amount.near * 100.0, unit: unit.clone() },
            (Value::Number { unit, .. }, _) => Value::Number { value: amount.near, unit: unit.clone() },
            _ => Value::Number { value: amount.near, unit: "".into() },
        };
        Ok(Operand { measured: value.into(), amount: Some(amount), moved: Some(Moved { now, was, relative }) })
    }
}

/// Judges a change against a limit in the change's unit.
pub(super) fn judge(change: &Value, moved: &Moved, operator: Operator, limit: Amount, rigour: Rigour, noun: &str) -> Part {
    let Moved { now, was, relative } = moved;
    let target = |base: Amount| match (&now.value, relative) {
        (_, true) => base.plus(base.abs().times(limit)),
        (Value::Ratio(_), false) => base.plus(limit.times(Amount::hundredth())),
        _ => base.plus(limit),
    };
    let ((least, most), (from, to)) = (extremes(now), extremes(was));
    let order = |head: Option<Amount>, base: Option<Amount>| head?.compare(target(base?));
    // What could not be measured, here or in the base, may lie on either side.
    let truth = match (order(least, to), order(most, from)) {
        (Some(low), Some(high)) => between(operator, low, high),
        _ => Truth::Unproven,
    };
    let margin = match (truth, Amount::of(&was.value).map(target), &now.value) {
        (Truth::False, Some(target), Value::Ratio(have)) => {
            let things = target.times(Amount::whole(i128::from(have.whole)));
            margin::of_ratio(have.part, have.whole, operator, things, noun)
        }
        (Truth::False, Some(target), value) => margin::of_value(value, operator, target),
        (Truth::Unproven, ..) => {
            let unmeasured = now.unmeasured.saturating_add(was.unmeasured);
            Margin::new(format!("{} could not be judged", margin::count(unmeasured, noun)), unmeasured as f64)
        }
        _ => Margin::default(),
    };
    let observed = format!("{} ({}, was {})", signed(change, operator), plainly(&now.value), plainly(&was.value));
    let part = Part { margin: margin.text, shortfall: margin.short, ..Part::new(truth, observed) };
    let cases = |measured: &Measured| match &measured.value {
        Value::Ratio(ratio) => Some(effective(*ratio, measured, noun)),
        _ => None,
    };
    match (rigour.min_n, cases(now).min(cases(was))) {
        (Some(needed), Some(there)) if there < needed && truth != Truth::False => few(part, needed, there, noun),
        _ => part,
    }
}

/// What a value that lies between two others makes of a comparison; `low` and `high` are how these compare to the limit.
fn between(operator: Operator, low: Ordering, high: Ordering) -> Truth {
    let possible =
        || [Ordering::Less, Ordering::Equal, Ordering::Greater].into_iter().filter(|o| low.min(high) <= *o && *o <= low.max(high));
    match (possible().all(|o| operator.holds(o)), possible().any(|o| operator.holds(o))) {
        (true, _) => Truth::True,
        (_, true) => Truth::Unproven,
        _ => Truth::False,
    }
}

/// The least and the most that a value can be when all is known.
fn extremes(measured: &Measured) -> (Option<Amount>, Option<Amount>) {
    match &measured.value {
        Value::Ratio(ratio) => {
            let (least, most) = range(*ratio, measured);
            (Amount::of(&Value::Ratio(least)), Amount::of(&Value::Ratio(most)))
        }
        value => (Amount::of(value), Amount::of(value)),
    }
}

/// "+3", "-1.2 pt", rounded away from what the operator asks for.
fn signed(change: &Value, operator: Operator) -> String {
    let directed = |value: f64| rounded(value, !operator.wants_large());
    let sign = |value: f64| if value > 0.0 { "+" } else { "" };
    match change {
        Value::Number { value, unit } if unit == "B" => format!("{}{}", sign(*value), size(*value)),
        Value::Number { value, unit } if unit.is_empty() => format!("{}{}", sign(*value), number(directed(*value))),
        Value::Number { value, unit } => format!("{}{} {unit}", sign(*value), number(directed(*value))),
        Value::Duration(ms) => format!("{}{}", sign(*ms), duration(*ms)),
        other => other.to_string(),
    }
}

/// A size that may be negative; whole bytes.
pub(super) fn size(value: f64) -> String {
    let text = bytes(value.abs() as u64);
    if value < 0.0 { format!("-{text}") } else { text }
}
