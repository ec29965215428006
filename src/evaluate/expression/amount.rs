//! Numbers that are compared exactly where they can be.
//!
//! A ratio of counts, a whole number and a decimal as it was written are fractions of whole numbers. Their sums, products and
//! order are exact as long as they fit 127 bits; beyond that the nearest binary fraction decides.

use crate::metric::{Ratio, Value};
use std::cmp::Ordering;

/// `part / whole` in lowest terms; `whole` is positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fraction {
    part: i128,
    whole: i128,
}

impl Fraction {
    fn new(part: i128, whole: i128) -> Option<Fraction> {
        let (part, whole) = if whole < 0 { (part.checked_neg()?, whole.checked_neg()?) } else { (part, whole) };
        let (mut a, mut b) = (part.unsigned_abs(), whole.unsigned_abs());
        while b > 0 {
            (a, b) = (b, a % b);
        }
        let common = i128::try_from(a).ok().filter(|n| *n > 0)?;
        (whole > 0).then_some(Fraction { part: part / common, whole: whole / common })
    }

    /// The decimal that a binary number was written as: 0.1 is a tenth, not the 55 digits of its nearest binary fraction.
    fn decimal(value: f64) -> Option<Fraction> {
        let text = value.to_string();
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let scale = 10i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
        Fraction::new(format!("{whole}{fraction}").parse().ok()?, scale)
    }

    fn plus(self, other: Fraction) -> Option<Fraction> {
        let left = self.part.checked_mul(other.whole)?;
        Fraction::new(left.checked_add(other.part.checked_mul(self.whole)?)?, self.whole.checked_mul(other.whole)?)
    }

    fn times(self, other: Fraction) -> Option<Fraction> {
        Fraction::new(self.part.checked_mul(other.part)?, self.whole.checked_mul(other.whole)?)
    }

    fn compare(self, other: Fraction) -> Option<Ordering> {
        Some(self.part.checked_mul(other.whole)?.cmp(&other.part.checked_mul(self.whole)?))
    }
}

/// A number, exact where it can be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Amount {
    exact: Option<Fraction>,
    /// The nearest binary fraction.
    pub near: f64,
}

impl Amount {
    /// A decimal number.
    pub fn decimal(value: f64) -> Amount {
        Amount { exact: Fraction::decimal(value), near: value }
    }

    /// A whole number.
    pub fn whole(value: i128) -> Amount {
        Amount { exact: Fraction::new(value, 1), near: value as f64 }
    }

    /// The number that a value is, in its own unit: a ratio as a share, a percentage as a share too, a moment in
    /// milliseconds. Nothing for texts, levels, flags and `0/0`.
    pub fn of(value: &Value) -> Option<Amount> {
        Some(match value {
            Value::Ratio(ratio) => Amount::share(*ratio)?,
            Value::Count(n) | Value::Bytes(n) => Amount::whole(i128::from(*n)),
            Value::Number { value, unit } if unit == "%" => Amount::decimal(*value).times(Amount::hundredth()),
            Value::Number { value, .. } | Value::Duration(value) => Amount::decimal(*value),
            Value::Instant(at) => Amount::whole(i128::from(at.0)),
            Value::Level(_) | Value::Text(_) | Value::Flag(_) => return None,
        })
    }

    fn share(ratio: Ratio) -> Option<Amount> {
        Some(Amount { exact: Fraction::new(i128::from(ratio.part), i128::from(ratio.whole)), near: ratio.share()? })
    }

    /// 1 %.
    pub fn hundredth() -> Amount {
        Amount { exact: Fraction::new(1, 100), near: 0.01 }
    }

    pub fn plus(self, other: Amount) -> Amount {
        self.with(other, Fraction::plus, self.near + other.near)
    }

    pub fn minus(self, other: Amount) -> Amount {
        self.plus(other.times(Amount::whole(-1)))
    }

    pub fn times(self, other: Amount) -> Amount {
        self.with(other, Fraction::times, self.near * other.near)
    }

    /// Nothing when the other is zero.
    pub fn over(self, other: Amount) -> Option<Amount> {
        let inverse = other.exact.and_then(|f| Fraction::new(f.whole, f.part));
        (!other.is_zero()).then(|| self.with(Amount { exact: inverse, near: other.near }, Fraction::times, self.near / other.near))
    }

    fn with(self, other: Amount, exact: impl Fn(Fraction, Fraction) -> Option<Fraction>, near: f64) -> Amount {
        let exact = self.exact.zip(other.exact).and_then(|(a, b)| exact(a, b));
        Amount { exact, near: exact.map_or(near, |f| f.part as f64 / f.whole as f64) }
    }

    pub fn is_zero(self) -> bool {
        self.exact.map_or(self.near == 0.0, |f| f.part == 0)
    }

    pub fn abs(self) -> Amount {
        if self.near < 0.0 { self.times(Amount::whole(-1)) } else { self }
    }

    /// The order; nothing when one is no number.
    pub fn compare(self, other: Amount) -> Option<Ordering> {
        let exact = self.exact.zip(other.exact).and_then(|(a, b)| a.compare(b));
        exact.or_else(|| self.near.partial_cmp(&other.near))
    }

    /// The largest whole number that is not above it.
    pub fn floor(self) -> i128 {
        self.exact.map_or(self.near.floor() as i128, |f| f.part.div_euclid(f.whole))
    }

    /// The smallest whole number that is not below it.
    pub fn ceil(self) -> i128 {
        self.floor() + i128::from(self.exact.map_or(self.near.fract() != 0.0, |f| f.whole != 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decimals_are_what_was_written() {
        let point = |value: f64| Amount::decimal(value);
        assert_eq!(point(0.3).minus(point(0.2)).compare(point(0.1)), Some(Ordering::Equal));
        assert_eq!(point(-0.5).floor(), -1);
        assert_eq!(point(-0.5).ceil(), 0);
        assert_eq!(point(7.0).ceil(), 7);
        assert_eq!(point(1e300).compare(point(1e299)), Some(Ordering::Greater));
        assert_eq!(point(1e-300).compare(Amount::whole(0)), Some(Ordering::Greater));
        assert_eq!(point(f64::NAN).compare(point(1.0)), None);
        assert_eq!(point(1.0).over(point(0.0)), None);
    }

    #[test]
    fn huge_ratios_are_still_compared() {
        let full = Amount::of(&Value::ratio(u64::MAX, u64::MAX)).unwrap_or(Amount::whole(0));
        assert_eq!(full.compare(Amount::whole(1)), Some(Ordering::Equal));
        assert_eq!(Amount::of(&Value::ratio(0, 0)), None);
    }

    proptest! {
        #[test]
        fn arithmetic_agrees_with_whole_numbers(a in -100_000i128..100_000, b in -100_000i128..100_000, c in 1i128..100_000) {
            let share = |n: i128| Amount::whole(n).over(Amount::whole(c));
            let (Some(x), Some(y)) = (share(a), share(b)) else { return Err(TestCaseError::fail("no share")) };
            prop_assert_eq!(x.compare(y), Some(a.cmp(&b)));
            prop_assert_eq!(x.minus(y).compare(Amount::whole(0)), Some(a.cmp(&b)));
            prop_assert_eq!(x.plus(y).times(Amount::whole(c)).floor(), a + b);
            prop_assert!(x.floor() <= x.ceil() && x.ceil() - x.floor() <= 1);
        }
    }
}
