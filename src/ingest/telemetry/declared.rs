//! Metrics that a project or a pack declares, found among the samples and converted without rounding.

use super::{Draft, Sample, identity};
use crate::config::Declared;
use crate::evidence::Evidence;
use crate::instant::Instant;
use crate::metric::{Metric, Name, Ratio, Value};
use crate::source::{Grade, Location};
use std::collections::BTreeMap;

/// Emits a declared metric; where it cannot, warns and emits nothing, so that whoever needs it has no evidence.
pub(super) fn settle(declared: &Declared, drafts: &[Draft], evidence: &mut Evidence) {
    let Some((name, labels)) = &declared.sample else { return };
    let id = &declared.id;
    let (path, line, said) = match find(name, labels, drafts) {
        Ok((draft, sample)) => match convert(&declared.kind, &declared.unit, &sample.text) {
            Ok(value) => return evidence.metrics.push(Metric::new(Name::Owned(id.clone()), value)),
            Err(what) => (draft.path.as_str(), Location::line(sample.line), format!("`{id}` cannot be read from {}: {what}", sample.text)),
        },
        Err(0) => (path(drafts), Location::whole(), format!("no sample `{}`, which `{id}` is read from", identity(name, labels))),
        Err(n) => (path(drafts), Location::whole(), format!("{n} samples are `{}`, which `{id}` is read from", identity(name, labels))),
    };
    evidence.problem("declared-metric", Grade::Warning, path, line, said);
}

fn path(drafts: &[Draft]) -> &str {
    if let [draft] = drafts { &draft.path } else { "" }
}

/// The sample of this name that has these labels: exactly these, or the only one that has them and more.
///
/// # Errors
/// How many there are, when there is not one.
fn find<'a>(name: &str, labels: &BTreeMap<String, String>, drafts: &'a [Draft]) -> Result<(&'a Draft, &'a Sample), usize> {
    let has = |sample: &Sample| sample.name == name && labels.iter().all(|(label, value)| sample.labels.get(label) == Some(value));
    let all = drafts.iter().flat_map(|draft| draft.samples.iter().map(move |sample| (draft, sample)));
    let found: Vec<_> = all.filter(|(_, sample)| has(sample)).collect();
    let exact: Vec<_> = found.iter().filter(|(_, sample)| sample.labels.len() == labels.len()).collect();
    match (exact.as_slice(), found.as_slice()) {
        ([one], _) => Ok(**one),
        ([], [one]) => Ok(*one),
        _ => Err(found.len()),
    }
}

/// The value of a kind that a decimal number stands for.
///
/// # Errors
/// What it should be instead.
fn convert(kind: &str, unit: &str, text: &str) -> Result<Value, String> {
    let value = match kind {
        "ratio" => ratio(text, unit).map(Value::Ratio).ok_or("a share cannot be negative, endless or longer than 19 digits"),
        "count" => whole(text).map(Value::Count).ok_or("a count is a whole number"),
        "bytes" => whole(text).map(Value::Bytes).ok_or("a size is a whole number"),
        "number" => finite(text).map(|value| Value::Number { value, unit: Name::Owned(unit.to_owned()) }).ok_or("it is not finite"),
        "duration" => {
            let Some(powers) = milliseconds(unit) else { return Err(format!("a duration in `{unit}` is not known; use `s` or `ms`")) };
            shifted(text, powers).filter(|ms| *ms >= 0.0).map(Value::Duration).ok_or("a duration is finite and not negative")
        }
        "instant" => {
            let Some(powers) = milliseconds(unit) else { return Err(format!("a moment in `{unit}` is not known; use `s` or `ms`")) };
            moment(text, powers).map(Value::Instant).ok_or("a moment is a time since 1970")
        }
        "flag" => match finite(text) {
            Some(0.0) => Ok(Value::Flag(false)),
            Some(1.0) => Ok(Value::Flag(true)),
            _ => Err("a flag is 0 or 1"),
        },
        _ => return Err(format!("a sample holds a number, and that is no {kind}")),
    };
    value.map_err(str::to_owned)
}

fn ratio(text: &str, unit: &str) -> Option<Ratio> {
    let ratio = Ratio::from_decimal(text)?;
    let whole = if unit == "%" { ratio.whole.checked_mul(100)? } else { ratio.whole };
    Some(Ratio::new(ratio.part, whole))
}

/// `15`, `15.0` and `1.5e+01` are the same count.
fn whole(text: &str) -> Option<u64> {
    let ratio = Ratio::from_decimal(text)?;
    ratio.part.is_multiple_of(ratio.whole).then(|| ratio.part / ratio.whole)
}

fn finite(text: &str) -> Option<f64> {
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

/// The power of ten that makes milliseconds of a unit; seconds where none is given, as is the custom.
fn milliseconds(unit: &str) -> Option<i32> {
    match unit {
        "" | "s" => Some(3),
        "ms" => Some(0),
        "us" | "µs" => Some(-3),
        "ns" => Some(-6),
        _ => None,
    }
}

/// The number times a power of ten, without an error of multiplication: the power goes into the exponent.
fn shifted(text: &str, powers: i32) -> Option<f64> {
    let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent = exponent.parse::<i32>().ok()?.checked_add(powers)?;
    finite(&format!("{digits}e{exponent}"))
}

fn moment(text: &str, powers: i32) -> Option<Instant> {
    // The year 9999 is the last that every reader understands.
    shifted(text, powers).filter(|ms| (0.0..=253_402_300_799_999.0).contains(ms)).map(|ms| Instant(ms as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_converted_exactly() {
        let value = |kind, unit, text| convert(kind, unit, text).ok();
        assert_eq!(value("ratio", "", "0.0023"), Some(Value::ratio(23, 10_000)));
        assert_eq!(value("ratio", "%", "98.5"), Some(Value::ratio(985, 1000)));
        assert_eq!(value("count", "", "15.0"), Some(Value::Count(15)));
        assert_eq!(value("count", "", "0.0"), Some(Value::Count(0)));
        assert_eq!(value("count", "", "1.5e+06"), Some(Value::Count(1_500_000)));
        assert_eq!(value("bytes", "", "2.147483648e+09"), Some(Value::Bytes(2_147_483_648)));
        assert_eq!(value("number", "/s", "-1.5"), Some(Value::Number { value: -1.5, unit: "/s".into() }));
        assert_eq!(value("duration", "s", "0.0011"), Some(Value::Duration(1.1)));
        assert_eq!(value("duration", "ms", "1.1e+02"), Some(Value::Duration(110.0)));
        assert_eq!(value("instant", "s", "1.7713698e+09"), Some(Value::Instant(Instant(1_771_369_800_000))));
        assert_eq!(value("flag", "", "1.0"), Some(Value::Flag(true)));
    }

    #[test]
    fn what_cannot_be_converted_is_refused() {
        for (kind, unit, text) in [
            ("ratio", "", "NaN"),
            ("ratio", "", "-0.1"),
            ("ratio", "", "+Inf"),
            ("count", "", "1.5"),
            ("count", "", "-1"),
            ("number", "", "NaN"),
            ("number", "", "+Inf"),
            ("duration", "h", "1"),
            ("duration", "s", "-1"),
            ("instant", "s", "NaN"),
            ("instant", "ms", "1e15"),
            ("flag", "", "2"),
            ("text", "", "1"),
        ] {
            assert!(convert(kind, unit, text).is_err(), "{kind} {text}");
        }
    }
}
