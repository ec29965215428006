//! What several entries of one family say of one metric, as one value.

use crate::catalogue::{self, Kind, POINT};
use crate::evaluate::expression::Measured;
use crate::metric::{Metric, Ratio, Value};
use crate::series::Direction;

/// Merges: what is counted adds up, everything else is as bad as the worst entry. Nothing where the entries disagree and
/// nobody can tell which is worse.
pub(super) fn merge(id: &str, metrics: &[&Metric]) -> Option<Measured> {
    let (first, rest) = metrics.split_first()?;
    let mut merged = Measured { value: first.value.clone(), samples: first.samples, unmeasured: first.unmeasured };
    for metric in rest {
        if let (Value::Ratio(a), Value::Ratio(b)) = (&merged.value, &metric.value) {
            let samples = |samples: Option<u64>, ratio: &Ratio| samples.unwrap_or(ratio.whole);
            if merged.samples.is_some() || metric.samples.is_some() {
                merged.samples = Some(samples(merged.samples, a).saturating_add(samples(metric.samples, b)));
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

/// Whether two entries' values are parts of one sum. Two logs do not have their columns together.
fn adds_up(id: &str, value: &Value) -> bool {
    match value {
        Value::Count(_) => id != "audit.columns",
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
