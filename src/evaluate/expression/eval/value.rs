//! Values without statistics: their order, and how a limit reads.

use super::change::{Operand, size};
use super::margin::{self, Margin};
use super::{Operator, Part, Truth};
use crate::metric::Value;
use std::cmp::Ordering;

/// A limit as it is read: `80 %`, not `80 % (80 of 100)`.
pub(super) fn limit_text(value: &Value) -> String {
    match value {
        Value::Ratio(ratio) => format!("{} %", ratio.floor_percent(6).unwrap_or_default()),
        Value::Number { value, unit } if unit == "B" => size(*value),
        other => other.to_string(),
    }
}

/// The order of two operands that the checker found comparable. `words` is the ladder they stand on, where they are levels.
pub(super) fn order(a: &Operand, b: &Operand, words: &[&str]) -> Option<Ordering> {
    match (&a.measured.value, &b.measured.value) {
        (Value::Flag(a), Value::Flag(b)) => Some(a.cmp(b)),
        (Value::Level(a) | Value::Text(a), Value::Level(b) | Value::Text(b)) if words.is_empty() => Some(a.cmp(b)),
        (Value::Level(a) | Value::Text(a), Value::Level(b) | Value::Text(b)) => Some(rung(a, words)?.cmp(&rung(b, words)?)),
        _ => a.amount?.compare(b.amount?),
    }
}

fn rung(word: &str, words: &[&str]) -> Option<usize> {
    words.iter().position(|rung| *rung == word)
}

/// A comparison without statistics.
pub(super) fn simple(have: &Operand, operator: Operator, need: &Operand, words: &[&str]) -> Part {
    let truth = order(have, need, words).map_or(Truth::Unproven, |ordering| Truth::of(operator.holds(ordering)));
    let margin = match (&have.measured.value, &need.measured.value, need.amount) {
        _ if truth != Truth::False => Margin::default(),
        (Value::Level(a) | Value::Text(a), Value::Level(b) | Value::Text(b), _) => match (rung(a, words), rung(b, words)) {
            (Some(a), Some(b)) => margin::of_level(a, operator, b),
            _ => Margin::default(),
        },
        (value, _, Some(target)) => margin::of_value(value, operator, target),
        _ => Margin::default(),
    };
    Part { margin: margin.text, shortfall: margin.short, ..Part::new(truth, have.measured.value.to_string()) }
}

/// A measured limit as it is read: `81.83 %`.
pub(super) fn plainly(value: &Value) -> String {
    match value {
        Value::Ratio(ratio) => format!("{} %", ratio.floor_percent(2).unwrap_or_default()),
        other => other.to_string(),
    }
}
