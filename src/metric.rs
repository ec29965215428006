//! What was measured: an id, labels and an exact value.

use crate::instant::Instant;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

mod design;

pub use design::Design;

/// A word that is usually known when the program is compiled, and read back from a file otherwise.
pub type Name = Cow<'static, str>;

/// Labels in the order they are printed: sorted by name.
pub type Labels = std::collections::BTreeMap<Name, String>;

/// `part` of `whole`, both counted. `0/0` is unknown, never 0 % nor 100 %.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ratio {
    /// How many.
    pub part: u64,
    /// Of how many.
    pub whole: u64,
}

impl Ratio {
    /// `part` of `whole`.
    pub const fn new(part: u64, whole: u64) -> Self {
        Ratio { part, whole }
    }

    /// Whether anything was counted at all.
    pub const fn is_known(self) -> bool {
        self.whole > 0
    }

    /// The nearest binary fraction, for charts and statistics; never for a comparison.
    pub fn share(self) -> Option<f64> {
        self.is_known().then(|| self.part as f64 / self.whole as f64)
    }

    /// Compares by cross-multiplication: exact, and unknown when either side is `0/0`.
    pub fn compare(self, other: Ratio) -> Option<Ordering> {
        if !self.is_known() || !other.is_known() {
            return None;
        }
        let left = u128::from(self.part) * u128::from(other.whole);
        let right = u128::from(other.part) * u128::from(self.whole);
        Some(left.cmp(&right))
    }

    /// Reads a decimal number such as `0.0023` exactly, as 23/10000. Negative, huge and non-finite numbers give nothing.
    pub fn from_decimal(text: &str) -> Option<Ratio> {
        let (digits, exponent) = match text.split_once(['e', 'E']) {
            Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let mut part: u64 = format!("{whole}{fraction}").parse().ok()?;
        let mut scale = exponent - i32::try_from(fraction.len()).ok()?;
        let mut of = 1u64;
        while scale < 0 {
            if part.is_multiple_of(10) && part > 0 {
                part /= 10;
            } else {
                of = of.checked_mul(10)?;
            }
            scale += 1;
        }
        for _ in 0..scale {
            part = part.checked_mul(10)?;
        }
        Some(Ratio::new(part, of))
    }

    /// The percentage cut, not rounded, to `decimals` places, so that 79.99 % never reads 80 %.
    pub fn floor_percent(self, decimals: u32) -> Option<String> {
        self.percent(decimals, false)
    }

    /// The percentage rounded up to `decimals` places, so that 0.51 % never reads 0.5 %.
    pub fn ceil_percent(self, decimals: u32) -> Option<String> {
        self.percent(decimals, true)
    }

    fn percent(self, decimals: u32, up: bool) -> Option<String> {
        if !self.is_known() {
            return None;
        }
        let unit = 10u128.pow(decimals.min(9));
        let scaled = u128::from(self.part) * 100 * unit;
        let whole = u128::from(self.whole);
        let value = if up { scaled.div_ceil(whole) } else { scaled / whole };
        Some(fixed(value, decimals))
    }
}

/// `value / 10^decimals` without trailing zeros after the point.
fn fixed(value: u128, decimals: u32) -> String {
    let unit = 10u128.pow(decimals);
    let text = format!("{}.{:0width$}", value / unit, value % unit, width = decimals as usize);
    if decimals == 0 { (value / unit).to_string() } else { text.trim_end_matches('0').trim_end_matches('.').to_owned() }
}

/// A measured value. The kinds are closed, so that every comparison is known to make sense before it is made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Wire", into = "Wire")]
pub enum Value {
    /// A share of counted things.
    Ratio(Ratio),
    /// How many.
    Count(u64),
    /// A number with its unit; an empty unit is a plain number.
    Number {
        /// Finite.
        value: f64,
        /// `/s`, `°C`, `pt` (percentage points) or nothing.
        unit: Name,
    },
    /// A length of time in milliseconds.
    Duration(f64),
    /// A size.
    Bytes(u64),
    /// A moment.
    Instant(Instant),
    /// A word out of an ordered list that the catalogue holds.
    Level(String),
    /// A word or sentence.
    Text(String),
    /// Yes or no.
    Flag(bool),
}

impl Value {
    /// A plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Value::Text(text.into())
    }

    /// A ratio of counts.
    pub const fn ratio(part: u64, whole: u64) -> Self {
        Value::Ratio(Ratio::new(part, whole))
    }

    /// False for `0/0`, the one value that says nothing.
    pub const fn is_known(&self) -> bool {
        !matches!(self, Value::Ratio(Ratio { whole: 0, .. }))
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Ratio(r) => match r.floor_percent(2) {
                Some(percent) => write!(f, "{percent} % ({} of {})", grouped(r.part), grouped(r.whole)),
                None => f.write_str("unknown (0 of 0)"),
            },
            Value::Count(n) => f.write_str(&grouped(*n)),
            Value::Number { value, unit } if unit.is_empty() => f.write_str(&number(*value)),
            Value::Number { value, unit } => write!(f, "{} {unit}", number(*value)),
            Value::Duration(ms) => f.write_str(&duration(*ms)),
            Value::Bytes(n) => f.write_str(&bytes(*n)),
            Value::Instant(at) => write!(f, "{at}"),
            Value::Level(text) | Value::Text(text) => f.write_str(text),
            Value::Flag(flag) => f.write_str(if *flag { "yes" } else { "no" }),
        }
    }
}

/// `1234567` as `1,234,567`.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number with four significant digits, or all of a whole number's.
pub fn number(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if value.fract() == 0.0 && value.abs() < 1e15 {
        let sign = if value < 0.0 { "-" } else { "" };
        return format!("{sign}{}", grouped(value.abs() as u64));
    }
    let digits = 3 - value.abs().log10().floor() as i32;
    if digits <= 0 && value.abs() < 1e15 {
        return number(value.round());
    }
    let text = format!("{value:.*}", digits.clamp(0, 12) as usize);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A length of time in the unit a person would choose; `ms` milliseconds.
pub fn duration(ms: f64) -> String {
    let (value, unit) = match ms.abs() {
        0.0 => (0.0, "ms"),
        x if x < 1e-3 => (ms * 1e6, "ns"),
        x if x < 1.0 => (ms * 1e3, "µs"),
        x if x < 10_000.0 && x % 1000.0 != 0.0 => (ms, "ms"),
        x if x < 120_000.0 => (ms / 1e3, "s"),
        x if x < 7_200_000.0 => (ms / 6e4, "min"),
        x if x < 172_800_000.0 => (ms / 3.6e6, "h"),
        _ => (ms / 8.64e7, "d"),
    };
    format!("{} {unit}", number(value))
}

/// A size in binary units.
pub fn bytes(n: u64) -> String {
    match n {
        0..1024 => format!("{n} B"),
        1024..1_048_576 => format!("{} KiB", number(n as f64 / 1024.0)),
        1_048_576..1_073_741_824 => format!("{} MiB", number(n as f64 / 1_048_576.0)),
        _ => format!("{} GiB", number(n as f64 / 1_073_741_824.0)),
    }
}

/// One measured thing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// The id in the catalogue, or a declared `telemetry.*` or `custom.*` id.
    pub id: Name,
    /// Empty for the total.
    #[serde(default)]
    pub labels: Labels,
    /// The value; `0/0` when nothing could be counted.
    #[serde(flatten)]
    pub value: Value,
    /// How the cases of a ratio are grouped; none where each is independent of the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub design: Option<Design>,
    /// Cases that should have been counted and could not be: bad for a pass, good for a fail.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unmeasured: u64,
}

fn is_zero(n: &u64) -> bool {
    *n == 0
}

impl Metric {
    /// The unlabelled metric `id`.
    pub fn new(id: impl Into<Name>, value: Value) -> Self {
        Metric { id: id.into(), labels: Labels::new(), value, design: None, unmeasured: 0 }
    }

    /// The same metric with one more label.
    pub fn label(mut self, name: impl Into<Name>, value: impl Into<String>) -> Self {
        self.labels.insert(name.into(), value.into());
        self
    }
}

/// A metric a project or a pack declares for itself, so that a typo is an error and never "missing".
#[derive(Clone, Debug, PartialEq)]
pub struct Declared {
    /// The full id, `telemetry.http_errors`.
    pub id: String,
    /// `ratio`, `count`, `number`, `duration`, `bytes`, `instant`, `text`, `flag`.
    pub kind: String,
    /// Of a number: `/s`; of a duration: the unit the raw value is in (`s`, `ms`).
    pub unit: Name,
    /// One line.
    pub about: String,
    /// Which sample of the exposition: its name, and the labels it must have.
    pub sample: Option<(String, std::collections::BTreeMap<String, String>)>,
}

/// How a value looks in JSON (DESIGN.md section 6): one key per kind, and no key at all for an unknown ratio.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Wire {
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    whole: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    level: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    flag: Option<bool>,
}

impl From<Value> for Wire {
    fn from(value: Value) -> Self {
        let mut wire = Wire::default();
        match value {
            Value::Ratio(r) if r.is_known() => (wire.part, wire.whole) = (Some(r.part), Some(r.whole)),
            Value::Ratio(_) => {}
            Value::Count(n) => wire.count = Some(n),
            Value::Number { value, unit } => (wire.value, wire.unit) = (Some(value), Some(unit)),
            Value::Duration(ms) => wire.ms = Some(ms),
            Value::Bytes(n) => wire.bytes = Some(n),
            Value::Instant(at) => wire.at = Some(at),
            Value::Level(text) => (wire.text, wire.level) = (Some(text), true),
            Value::Text(text) => wire.text = Some(text),
            Value::Flag(flag) => wire.flag = Some(flag),
        }
        wire
    }
}

impl From<Wire> for Value {
    fn from(wire: Wire) -> Self {
        match wire {
            Wire { count: Some(n), .. } => Value::Count(n),
            Wire { value: Some(value), unit, .. } => Value::Number { value, unit: unit.unwrap_or_default() },
            Wire { ms: Some(ms), .. } => Value::Duration(ms),
            Wire { bytes: Some(n), .. } => Value::Bytes(n),
            Wire { at: Some(at), .. } => Value::Instant(at),
            Wire { text: Some(text), level: true, .. } => Value::Level(text),
            Wire { text: Some(text), .. } => Value::Text(text),
            Wire { flag: Some(flag), .. } => Value::Flag(flag),
            Wire { part, whole, .. } => Value::Ratio(Ratio::new(part.unwrap_or(0), whole.unwrap_or(0))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_never_rounds_to_the_limit() {
        let r = Ratio::new(1999, 2500);
        assert_eq!(r.compare(Ratio::new(80, 100)), Some(Ordering::Less));
        assert_eq!(r.floor_percent(1).as_deref(), Some("79.9"));
        assert_eq!(r.ceil_percent(1).as_deref(), Some("80"));
        assert_eq!(Ratio::new(u64::MAX, u64::MAX).compare(Ratio::new(1, 1)), Some(Ordering::Equal));
        assert_eq!(Ratio::default().compare(r), None);
    }

    #[test]
    fn decimals_are_read_exactly() {
        assert_eq!(Ratio::from_decimal("0.0023"), Some(Ratio::new(23, 10_000)));
        assert_eq!(Ratio::from_decimal("1"), Some(Ratio::new(1, 1)));
        assert_eq!(Ratio::from_decimal("2.3e-3"), Some(Ratio::new(23, 10_000)));
        assert_eq!(Ratio::from_decimal("0"), Some(Ratio::new(0, 1)));
        for text in ["NaN", "-0.1", "+Inf", "", ".", "1e999"] {
            assert_eq!(Ratio::from_decimal(text), None, "{text}");
        }
    }

    #[test]
    fn people_read_numbers() {
        assert_eq!(Value::ratio(1999, 2500).to_string(), "79.96 % (1,999 of 2,500)");
        assert_eq!(number(413.2345), "413.2");
        assert_eq!(number(-1839.4), "-1,839");
        assert_eq!(number(0.000_123_456), "0.0001235");
        assert_eq!(duration(412.0), "412 ms");
        assert_eq!((duration(5000.0), duration(5300.0)), ("5 s".to_owned(), "5,300 ms".to_owned()));
        assert_eq!(duration(86_400_000.0), "24 h");
        assert_eq!(bytes(1536), "1.5 KiB");
    }
}
