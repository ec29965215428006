//! What several entries of one family say of one metric, as one value.

use crate::catalogue::{self, Kind, POINT};
use crate::evaluate::expression::Measured;
use crate::metric::{Design, Metric, Ratio, Value};
use crate::series::Direction;

/// Merges: what is counted adds up, everything else is as bad as the worst entry. Nothing where the entries disagree and
/// nobody can tell which is worse.
pub(super) fn merge(id: &str, metrics: &[&Metric]) -> Option<Measured> {
    let (first, rest) = metrics.split_first()?;
    let mut merged = Measured { value: first.value.clone(), design: first.design, unmeasured: first.unmeasured, range: None };
    for metric in rest {
        if let (Value::Ratio(a), Value::Ratio(b)) = (&merged.value, &metric.value) {
            let design = |design: Option<Design>, ratio: &Ratio| design.unwrap_or(Design::singletons(*ratio));
            if merged.design.is_some() || metric.design.is_some() {
                merged.design = Some(design(merged.design, a).plus(design(metric.design, b)));
            }
        }
        merged.unmeasured = merged.unmeasured.saturating_add(metric.unmeasured);
        merged.value = combine(id, merged.value, &metric.value)?;
    }
    Some(merged)
}

fn combine(id: &str, a: Value, b: &Value) -> Option<Value> {
    let worse = |b_is_worse: bool| if b_is_worse { b.clone() } else { a.clone() };
    Some(match (&a, b) {
        (a, b) if a == b && !adds_up(id, a) => a.clone(),
        (Value::Ratio(x), Value::Ratio(y)) if catalogue::counted(id) == POINT => worse(is_worse(id, x.compare(*y)?)?),
        (Value::Ratio(x), Value::Ratio(y)) => Value::ratio(x.part.saturating_add(y.part), x.whole.saturating_add(y.whole)),
        (Value::Count(x), Value::Count(y)) if adds_up(id, &a) => Value::Count(x.saturating_add(*y)),
        (Value::Count(x), Value::Count(y)) | (Value::Bytes(x), Value::Bytes(y)) => worse(is_worse(id, x.cmp(y))?),
        (Value::Instant(x), Value::Instant(y)) => worse(is_worse(id, x.cmp(y))?),
        (Value::Number { value: x, .. }, Value::Number { value: y, .. }) | (Value::Duration(x), Value::Duration(y)) => {
            worse(is_worse(id, x.partial_cmp(y)?)?)
        }
        (Value::Level(x), Value::Level(y)) => {
            let Kind::Level(ladder) = catalogue::metric_named(id)?.kind else { return None };
            let rung = |word: &String| ladder.iter().position(|w| w == word);
            worse(rung(y) < rung(x))
        }
        (Value::Flag(x), Value::Flag(y)) if catalogue::metric_named(id).is_some() => Value::Flag(*x && *y),
        (Value::Text(x), Value::Text(y)) if id == "golden.mode" => {
            let rank = |word: &String| catalogue::MODES.iter().position(|w| w == word);
            worse(rank(y) > rank(x))
        }
        _ => return None,
    })
}

/// Whether two entries' values are parts of one sum. Two logs do not have their columns together, nor two jobs their rounds.
fn adds_up(id: &str, value: &Value) -> bool {
    match value {
        Value::Count(_) => !["audit.columns", "benchmark.pair_rounds"].contains(&id),
        Value::Ratio(_) => catalogue::counted(id) != POINT,
        _ => false,
    }
}

/// Whether the second value is worse than the first, to which it compares as `ordering`; nothing where no way is better.
fn is_worse(id: &str, ordering: std::cmp::Ordering) -> Option<bool> {
    // Of several claims the highest is the one that has to be borne out.
    let claim = id == "documents.claimed_score";
    match catalogue::metric_named(id).and_then(|d| d.better) {
        Some(Direction::Higher) => Some(ordering.is_gt()),
        Some(Direction::Lower) => Some(ordering.is_lt()),
        None => claim.then_some(ordering.is_lt()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn groups_of_several_entries_add_up() {
        let one = |part, whole, design| Metric { design, unmeasured: 1, ..Metric::new("golden.pass_rate", Value::ratio(part, whole)) };
        let grouped: Design = [Ratio::new(3, 4), Ratio::new(1, 1)].into_iter().collect();
        let (a, b, c) = (one(4, 5, Some(grouped)), one(1, 2, None), one(2, 2, None));
        let merged = merge("golden.pass_rate", &[&a, &b, &c]).unwrap();
        assert_eq!((merged.value, merged.unmeasured), (Value::ratio(7, 9), 3));
        let independent = [(1, 1), (0, 1), (1, 1), (1, 1)].map(|(part, whole)| Ratio::new(part, whole));
        assert_eq!(merged.design, Some([Ratio::new(3, 4), Ratio::new(1, 1)].into_iter().chain(independent).collect()));
        assert_eq!(merge("golden.pass_rate", &[&b, &c]).unwrap().design, None);
        assert_eq!(merge("golden.pass_rate", &[&b, &a, &c]), merge("golden.pass_rate", &[&a, &b, &c]));
    }
}
