//! By how much a comparison is missed, in the unit that people count in.

use super::super::amount::Amount;
use super::Operator;
use crate::catalogue::POINT;
use crate::metric::{Value, bytes, duration, grouped, number};

/// What is missing, in words and as a number of the same unit.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Margin {
    pub text: String,
    /// Not negative; larger for a comparison that is missed by more.
    pub short: Option<f64>,
}

impl Margin {
    pub fn new(text: impl Into<String>, short: f64) -> Margin {
        Margin { text: text.into(), short: Some(short) }
    }
}

/// How far a part of `whole` is from `target` parts, the whole staying as it is: "1 line short".
pub(super) fn of_ratio(part: u64, whole: u64, operator: Operator, target: Amount, noun: &str) -> Margin {
    if noun == POINT {
        let share = |n: Amount| n.over(Amount::whole(i128::from(whole))).map_or(0.0, |share| share.near * 100.0);
        return points(share(Amount::whole(i128::from(part))), share(target), operator);
    }
    let Some((gap, up)) = steps(part, operator, target) else { return Margin::default() };
    let needed = if up { u128::from(part) + gap } else { u128::from(part).wrapping_sub(gap) };
    if needed > u128::from(whole) {
        return Margin::new("which no result can reach", gap as f64);
    }
    let things = count(u64::try_from(gap).unwrap_or(u64::MAX), noun);
    Margin::new(if up { format!("{things} short") } else { format!("{things} too many") }, gap as f64)
}

/// How far a value is from `target`, in its own unit: "3 too many", "12 ms too long".
pub(super) fn of_value(have: &Value, operator: Operator, target: Amount) -> Margin {
    let Some(amount) = Amount::of(have) else { return Margin::default() };
    let gap = amount.minus(target).abs().near;
    let up = below(amount, operator, target);
    let measure = |length: String, words: (&str, &str)| match gap {
        // A strict limit is missed by nothing that can be named.
        0.0 => Margin::new("exactly at the limit", 0.0),
        _ => Margin::new(format!("{length} too {}", if up { words.0 } else { words.1 }), gap),
    };
    match have {
        Value::Count(n) => match steps(*n, operator, target) {
            Some((gap, false)) if gap > u128::from(*n) => Margin::new("which no result can reach", gap as f64),
            Some((gap, up)) => Margin::new(format!("{} too {}", large(gap), if up { "few" } else { "many" }), gap as f64),
            None => Margin::default(),
        },
        Value::Bytes(n) => match steps(*n, operator, target) {
            Some((gap, false)) if gap > u128::from(*n) => Margin::new("which no result can reach", gap as f64),
            Some((gap, up)) => {
                let size = bytes(u64::try_from(gap).unwrap_or(u64::MAX));
                Margin::new(format!("{size} too {}", if up { "small" } else { "large" }), gap as f64)
            }
            None => Margin::default(),
        },
        Value::Duration(_) => measure(duration(rounded(gap, true)), ("short", "long")),
        Value::Instant(_) => measure(duration(rounded(gap, true)), ("early", "late")),
        Value::Number { value, unit } if unit == "pt" => points(*value, target.near, operator),
        Value::Number { unit, .. } if unit == "%" => {
            let gap = Margin::new("exactly at the limit", gap * 100.0);
            let words = if up { "low" } else { "high" };
            match gap.short {
                Some(short) if short > 0.0 => Margin { text: format!("{} % too {words}", number(rounded(short, true))), ..gap },
                _ => gap,
            }
        }
        Value::Number { unit, .. } => {
            let length = number(rounded(gap, true));
            measure(if unit.is_empty() { length } else { format!("{length} {unit}") }, ("little", "much"))
        }
        Value::Ratio(_) | Value::Level(_) | Value::Text(_) | Value::Flag(_) => Margin::default(),
    }
}

/// How many rungs of a ladder are missing.
pub(super) fn of_level(have: usize, operator: Operator, need: usize) -> Margin {
    let have = u64::try_from(have).unwrap_or(u64::MAX);
    match steps(have, operator, Amount::whole(need as i128)) {
        Some((gap, up)) => {
            let gap = u64::try_from(gap).unwrap_or(u64::MAX);
            Margin::new(format!("{} too {}", count(gap, "level"), if up { "low" } else { "high" }), gap as f64)
        }
        None => Margin::default(),
    }
}

fn points(have: f64, target: f64, operator: Operator) -> Margin {
    let gap = (have - target).abs();
    if gap == 0.0 {
        return Margin::new("exactly at the limit", 0.0);
    }
    let low = operator.wants_large() || (!operator.wants_small() && have < target);
    Margin::new(format!("{} percentage points too {}", number(rounded(gap, true)), if low { "low" } else { "high" }), gap)
}

/// Whether the value must rise.
fn below(have: Amount, operator: Operator, target: Amount) -> bool {
    operator.wants_large() || (!operator.wants_small() && have.compare(target).is_some_and(|o| o.is_lt()))
}

/// How many whole steps it takes from `have` to the nearest number that satisfies the comparison, and whether upwards.
fn steps(have: u64, operator: Operator, target: Amount) -> Option<(u128, bool)> {
    let needed = match operator {
        Operator::AtLeast => target.ceil(),
        Operator::Greater => target.floor().saturating_add(1),
        Operator::AtMost => target.floor(),
        Operator::Less => target.ceil().saturating_sub(1),
        Operator::Equal if target.floor() == target.ceil() => target.floor(),
        Operator::Equal | Operator::NotEqual => return None,
    };
    let have = i128::from(have);
    Some((needed.abs_diff(have), needed > have))
}

fn large(n: u128) -> String {
    grouped(u64::try_from(n).unwrap_or(u64::MAX))
}

/// "1 line", "2 branches".
pub(super) fn count(n: u64, noun: &str) -> String {
    let ending = match noun.ends_with("ch") {
        _ if n == 1 => "",
        true => "es",
        false => "s",
    };
    format!("{} {noun}{ending}", grouped(n))
}

/// Four significant digits of a number, rounded up or down, so that what is shown never sits on the other side of a limit.
pub(super) fn rounded(value: f64, up: bool) -> f64 {
    if value == 0.0 || value.fract() == 0.0 || !value.is_finite() {
        return value;
    }
    let digits = (3 - value.abs().log10().floor() as i32).clamp(0, 12);
    let scaled = value * 10f64.powi(digits);
    let nearest = scaled.round();
    let whole = match (scaled - nearest).abs() < 1e-6 {
        true => nearest,
        false if up => scaled.ceil(),
        false => scaled.floor(),
    };
    whole / 10f64.powi(digits)
}
