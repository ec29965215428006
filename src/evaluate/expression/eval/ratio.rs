//! Judges a ratio: exactly, or on the one-sided bound that its cases support.
//!
//! For "at most L" a pass needs the upper bound of the rate to be at most L and a fail needs its lower bound to be above L;
//! between the two the cases cannot decide. Cases that could not be measured count as bad for the pass and as good for the fail.
//! Bounds: Clopper and Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial", Biometrika 26
//! (1934); of grouped cases [`crate::analyze::cluster`].

use super::super::amount::Amount;
use super::margin::{self, Margin, count};
use super::{Measured, Operator, Part, Rigour, Truth};
use crate::analyze::cluster::Sample;
use crate::catalogue::POINT;
use crate::metric::{Ratio, Value, grouped};

/// What is asked of a ratio.
pub(super) struct Question<'a> {
    pub have: Ratio,
    pub measured: &'a Measured,
    pub operator: Operator,
    pub need: Ratio,
    /// The limit, which may be measured too.
    pub limit: &'a Measured,
    pub rigour: Rigour,
    /// What is counted: "line", "case".
    pub noun: &'static str,
}

pub(super) fn judge(question: Question<'_>) -> Part {
    let one_sided = question.operator.wants_small() || question.operator.wants_large();
    let part = match question.rigour.confidence {
        Some(ppm) if one_sided => bounded(&question, f64::from(ppm) / 1e6),
        _ => exact(&question),
    };
    let there = effective(question.have, question.measured, question.noun);
    match question.rigour.min_n {
        // Too few cases prove nothing; what they speak against they may speak against.
        Some(needed) if there < needed && part.truth != Truth::False => few(part, needed, there, question.noun),
        _ => part,
    }
}

/// The same comparison, undecided because there are too few cases.
pub(super) fn few(part: Part, needed: u64, there: u64, noun: &str) -> Part {
    let margin = format!("{} needed, there are {}", count(needed, noun), grouped(there));
    Part { truth: Truth::Unproven, margin, shortfall: Some((needed - there) as f64), ..part }
}

/// How many independent cases there are. A percentage without its counts may come from one case.
pub(super) fn effective(have: Ratio, measured: &Measured, noun: &str) -> u64 {
    if noun == POINT { 0 } else { Sample::new(have, measured.design).clusters() }
}

/// Compares by cross-multiplication; unmeasured cases make a range, and a range that straddles the limit is unproven.
fn exact(question: &Question<'_>) -> Part {
    let Question { have, operator, need, noun, measured, .. } = question;
    let truth = decide(range(*have, measured), *operator, range(*need, question.limit));
    let margin = match truth {
        Truth::False => missed(question),
        Truth::Unproven if measured.range.is_some() => estimated(*have, measured),
        Truth::Unproven => {
            let unmeasured = measured.unmeasured.max(question.limit.unmeasured);
            Margin::new(format!("{} could not be judged", count(unmeasured, noun)), unmeasured as f64)
        }
        Truth::True => Margin::default(),
    };
    let percent = if operator.wants_small() { have.ceil_percent(2) } else { have.floor_percent(2) };
    let observed = match *noun {
        POINT => format!("{} %", percent.unwrap_or_default()),
        _ => format!("{} % ({} of {})", percent.unwrap_or_default(), grouped(have.part), grouped(have.whole)),
    };
    Part { margin: margin.text, shortfall: margin.short, ..Part::new(truth, observed) }
}

/// Between what an estimate lies, and how far apart that is in points.
fn estimated(have: Ratio, measured: &Measured) -> Margin {
    let (low, high) = range(have, measured);
    let text = format!("anything from {} to {} %", low.floor_percent(2).unwrap_or_default(), high.ceil_percent(2).unwrap_or_default());
    let width = high.share().zip(low.share()).map_or(0.0, |(high, low)| (high - low) * 100.0);
    Margin::new(text, width)
}

/// Whole things that must change for the limit to be met, the whole staying as it is.
fn missed(question: &Question<'_>) -> Margin {
    let Question { have, operator, need, noun, .. } = question;
    let target = Amount::of(&Value::Ratio(*need)).map(|share| share.times(Amount::whole(i128::from(have.whole))));
    target.map_or_else(Margin::default, |target| margin::of_ratio(have.part, have.whole, *operator, target, noun))
}

/// Whether a comparison holds wherever the two values lie in their ranges.
fn decide(have: (Ratio, Ratio), operator: Operator, need: (Ratio, Ratio)) -> Truth {
    let exact = |(least, most): (Ratio, Ratio)| least.compare(most).is_some_and(|o| o.is_eq());
    let below = |a: Ratio, b: Ratio| a.compare(b).is_some_and(|o| o.is_lt());
    let apart = below(have.1, need.0) || below(need.1, have.0);
    let equality = matches!(operator, Operator::Equal | Operator::NotEqual);
    let known = exact(have) && exact(need);
    if equality && !apart && !known {
        return Truth::Unproven;
    }
    let holds = |a: Ratio, b: Ratio| a.compare(b).is_some_and(|ordering| operator.holds(ordering));
    let ends = [holds(have.0, need.0), holds(have.0, need.1), holds(have.1, need.0), holds(have.1, need.1)];
    match (ends.contains(&false), ends.contains(&true)) {
        (false, _) => Truth::True,
        (_, false) => Truth::False,
        _ => Truth::Unproven,
    }
}

/// The bounds of a ratio that was estimated; of one that was counted, what it is with all unmeasured cases good, and with all of them
/// bad (in the sense of the part).
pub(super) fn range(have: Ratio, measured: &Measured) -> (Ratio, Ratio) {
    match measured.range {
        Some([low, high]) => (Ratio::new(low.min(have.part), have.whole), Ratio::new(high.max(have.part), have.whole)),
        None => spread(have, measured.unmeasured),
    }
}

fn spread(have: Ratio, unmeasured: u64) -> (Ratio, Ratio) {
    let whole = have.whole.saturating_add(unmeasured);
    (Ratio::new(have.part, whole), Ratio::new(have.part.saturating_add(unmeasured), whole))
}

fn bounded(question: &Question<'_>, confidence: f64) -> Part {
    let Question { have, operator, need, noun, measured, .. } = question;
    // An estimate has its bounds already.
    if measured.range.is_some() {
        return exact(question);
    }
    if *noun == POINT {
        // A percentage without its counts may come from one case: no confidence can be had in it.
        let part = exact(question);
        return Part { truth: Truth::Unproven, margin: "how many cases it rests on is not known".to_owned(), ..part };
    }
    let sample = Sample::new(*have, measured.design);
    // What could not be measured is at best as many independent cases; it never makes a bound better than what was measured.
    let (least, most) = spread(Ratio::default(), measured.unmeasured);
    let (least, most) = (sample.and(least), sample.and(most));
    // Of a limit that is measured too, the end that is harder to keep for a pass, and to miss for a fail.
    let (low, high) = range(*need, question.limit);
    let (low, high) = (low.share().unwrap_or(f64::NAN), high.share().unwrap_or(f64::NAN));
    let lower = least.lower(confidence).min(sample.lower(confidence));
    let upper = most.upper(confidence).max(sample.upper(confidence));
    let (pass, fail) = match operator {
        Operator::AtMost => (upper <= low, lower > high),
        Operator::Less => (upper < low, lower >= high),
        Operator::AtLeast => (lower >= high, upper < low),
        _ => (lower > high, upper <= low),
    };
    let truth = match (pass, fail) {
        (true, _) => Truth::True,
        (_, true) => Truth::False,
        _ => Truth::Unproven,
    };
    // The bound that decided, or the one that stands in the way; rounded away from the limit.
    let against_upper = operator.wants_small() != (truth == Truth::False);
    let bound = if against_upper { format!("at most {} %", up(upper)) } else { format!("at least {} %", down(lower)) };
    let rate = if operator.wants_small() { have.ceil_percent(2) } else { have.floor_percent(2) };
    let rate = match (have.part == 0, have.part == have.whole) {
        (true, _) | (_, true) => String::new(),
        _ => format!(" ({} %)", rate.unwrap_or_default()),
    };
    let clusters = sample.design.map_or_else(String::new, |design| format!(" in {} independent groups", grouped(design.clusters)));
    let observed = format!("{} of {}{rate}{clusters}, {bound}", grouped(have.part), grouped(have.whole));
    let margin = match truth {
        Truth::True => Margin::default(),
        _ => more_needed(question, &[sample, if operator.wants_small() { most } else { least }], |sample| match operator.wants_small() {
            true => sample.more_for_at_most(low, confidence),
            false => sample.more_for_at_least(high, confidence),
        }),
    };
    let text = unmeasured_too(margin.text, measured.unmeasured, noun);
    Part { margin: text, shortfall: margin.short, ..Part::new(truth, observed) }
}

fn unmeasured_too(margin: String, unmeasured: u64, noun: &str) -> String {
    match (margin.is_empty(), unmeasured) {
        (_, 0) => margin,
        (true, n) => format!("{} could not be judged", count(n, noun)),
        (false, n) => format!("{margin}; {} could not be judged", count(n, noun)),
    }
}

/// How many more good and independent cases would prove the limit at the present number of bad ones, whichever way these are
/// counted; where no number would, how many of the present cases are too bad.
fn more_needed(question: &Question<'_>, samples: &[Sample], more: impl Fn(&Sample) -> Option<u64>) -> Margin {
    match samples.iter().map(more).try_fold(0, |most, more| more.map(|more| most.max(more))) {
        Some(0) => Margin::default(),
        Some(more) => Margin::new(format!("{} needed", count(more, &format!("more clean {}", question.noun))), more as f64),
        None => missed(question),
    }
}

/// A share as a percentage with two decimals, rounded up.
fn up(share: f64) -> String {
    trimmed((share * 10_000.0 - 1e-9).ceil() / 100.0)
}

/// A share as a percentage with two decimals, rounded down.
fn down(share: f64) -> String {
    trimmed((share * 10_000.0 + 1e-9).floor() / 100.0)
}

fn trimmed(percent: f64) -> String {
    let text = format!("{:.2}", percent.clamp(0.0, 100.0));
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
