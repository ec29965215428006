//! Values without statistics: their order, and how a limit reads.

use super::{Operator, Part, Truth};
use crate::catalogue;
use crate::metric::{Value, grouped, number};
use std::cmp::Ordering;

/// A limit as it is read: `80 %`, not `80 % (80 of 100)`.
pub(super) fn limit_text(value: &Value) -> String {
    match value {
        Value::Ratio(ratio) => format!("{} %", ratio.floor_percent(6).unwrap_or_default()),
        other => other.to_string(),
    }
}

/// The order of two values that the checker found comparable.
pub(super) fn order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Ratio(a), Value::Ratio(b)) => a.compare(*b),
        (Value::Count(a), Value::Count(b)) | (Value::Bytes(a), Value::Bytes(b)) => Some(a.cmp(b)),
        (Value::Instant(a), Value::Instant(b)) => Some(a.cmp(b)),
        (Value::Flag(a), Value::Flag(b)) => Some(a.cmp(b)),
        (Value::Level(a), Value::Level(b) | Value::Text(b)) | (Value::Text(a), Value::Level(b)) => {
            let rung = |word: &String| catalogue::INTEGRITY.iter().position(|w| w == word);
            rung(a)?.partial_cmp(&rung(b)?)
        }
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        _ => plain(a)?.partial_cmp(&plain(b)?),
    }
}

fn plain(value: &Value) -> Option<f64> {
    match value {
        Value::Count(n) => Some(*n as f64),
        Value::Number { value, .. } | Value::Duration(value) => Some(*value),
        _ => None,
    }
}

/// A comparison without statistics.
pub(super) fn simple(have: &Value, operator: Operator, need: &Value) -> Part {
    let truth = order(have, need).map_or(Truth::Unproven, |ordering| Truth::of(operator.holds(ordering)));
    let margin = match (truth, have, need) {
        (Truth::False, Value::Count(a), Value::Count(b)) if operator != Operator::NotEqual => {
            // "less than 5" is missed by three when there are seven.
            let strict = u64::from(matches!(operator, Operator::Less | Operator::Greater));
            format!("{} too {}", grouped(a.abs_diff(*b) + strict), if a > b || operator == Operator::Less { "many" } else { "few" })
        }
        (Truth::False, Value::Duration(a), Value::Duration(b)) => {
            format!("{} too {}", crate::metric::duration((a - b).abs()), if a > b { "long" } else { "short" })
        }
        (Truth::False, Value::Number { value: a, unit }, Value::Number { value: b, .. }) => {
            let gap = number((a - b).abs());
            format!("{} too {}", if unit.is_empty() { gap } else { format!("{gap} {unit}") }, if a > b { "much" } else { "little" })
        }
        _ => String::new(),
    };
    Part { truth, subject: String::new(), observed: have.to_string(), required: String::new(), margin, clause: None }
}

/// A measured limit as it is read: `81.83 %`.
pub(super) fn plainly(value: &Value) -> String {
    match value {
        Value::Ratio(ratio) => format!("{} %", ratio.floor_percent(2).unwrap_or_default()),
        other => other.to_string(),
    }
}
