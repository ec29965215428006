//! Student's t distribution with a whole number of degrees of freedom.
//!
//! Through the incomplete beta function (DLMF 8.17; Abramowitz and Stegun 26.7.1), whose argument is never rounded near 0
//! or 1; one and two degrees of freedom have closed forms, whose tails reach further than the beta function's.

use super::beta;
use std::f64::consts::PI;

/// P(T <= `t`), to about 1e-12 relative also far out in the tails. `None` without degrees of freedom, or of a NaN.
pub fn cdf(t: f64, freedom: u64) -> Option<f64> {
    if freedom == 0 || t.is_nan() {
        return None;
    }
    let tail = upper_tail(t.abs(), freedom);
    Some(if t < 0.0 { tail } else { 1.0 - tail })
}

/// The `t` with P(T <= t) = `p`, to about 1e-12 relative. `None` outside 0 < p < 1, or without degrees of freedom.
pub fn quantile(p: f64, freedom: u64) -> Option<f64> {
    if freedom == 0 || !(p > 0.0 && p < 1.0) {
        return None;
    }
    let tail = p.min(1.0 - p);
    // 1 - 2 tail, which loses nothing where it is small
    let middle = (2.0 * (p - 0.5)).abs();
    if middle == 0.0 {
        return Some(0.0);
    }
    Some(distance(tail, middle, freedom).copysign(p - 0.5))
}

/// P(T > `t`) for t >= 0.
fn upper_tail(t: f64, freedom: u64) -> f64 {
    match freedom {
        1 => (1.0 / t).atan() / PI,
        2 => {
            let root = t.hypot(std::f64::consts::SQRT_2);
            1.0 / root / (root + t)
        }
        _ => {
            let df = freedom as f64;
            let square = (t / df.sqrt()) * (t / df.sqrt());
            let outer = 1.0 / (1.0 + square);
            // the part below t: 1 - outer, or all where the square is beyond reach
            let inner = if square.is_finite() { square * outer } else { 1.0 };
            0.5 * beta::lower_tail(df / 2.0, 0.5, outer, inner)
        }
    }
}

/// The t > 0 above which there is `tail`, given `middle` = 1 - 2 tail too.
fn distance(tail: f64, middle: f64, freedom: u64) -> f64 {
    match freedom {
        1 if tail < 0.25 => 1.0 / (PI * tail).tan(),
        1 => (PI * middle / 2.0).tan(),
        2 => middle / (2.0 * tail * (1.0 - tail)).sqrt(),
        _ => {
            // df / (df + t²) is a beta variable; half the logit of it is ln of sqrt(df) / t
            let df = freedom as f64;
            let half = match middle > 0.5 {
                true => -0.5 * beta::logit(df / 2.0, 0.5, 2.0 * tail),
                false => 0.5 * beta::logit(0.5, df / 2.0, middle),
            };
            df.sqrt() * half.exp()
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::analyze::testvectors::vectors;
    use proptest::prelude::*;

    #[test]
    fn agrees_with_reference_vectors() {
        let mut points = 0;
        for [df, t, below] in vectors(include_str!("../../tests/data/statistics/student.tsv")) {
            let freedom = df as u64;
            let got = cdf(t, freedom).unwrap();
            assert!((got / below - 1.0).abs() < 1e-11, "df {df}, t {t}: {got} for {below}");
            if below < 0.5 {
                let back = quantile(below, freedom).unwrap();
                // of a p next to one half the digits are gone before they come here
                assert!((back - t).abs() < 1e-11 * t.abs() + 1e-15, "df {df}, p {below}: {back} for {t}");
            }
            points += 1;
        }
        assert!(points >= 300, "{points} points");
    }

    #[test]
    fn without_freedom_or_probability_there_is_no_value() {
        assert_eq!(cdf(1.0, 0), None);
        assert_eq!(cdf(f64::NAN, 3), None);
        for p in [0.0, 1.0, -1.0, 2.0, f64::NAN] {
            assert_eq!(quantile(p, 3), None);
        }
        assert_eq!(quantile(0.5, 3), Some(0.0));
        assert_eq!((cdf(f64::INFINITY, 3), cdf(f64::NEG_INFINITY, 3)), (Some(1.0), Some(0.0)));
        assert_eq!((cdf(f64::NEG_INFINITY, 1), cdf(f64::NEG_INFINITY, 2)), (Some(0.0), Some(0.0)));
    }

    proptest! {
        #[test]
        fn is_symmetric_and_the_quantile_undoes_it(p in 1e-12..0.5f64, freedom in 1u64..100_000) {
            let t = quantile(p, freedom).unwrap();
            prop_assert!((cdf(t, freedom).unwrap() / p - 1.0).abs() < 1e-10, "p {p}, t {t}");
            prop_assert!((cdf(-t, freedom).unwrap() - (1.0 - p)).abs() < 1e-12);
        }

        #[test]
        fn is_total(p in any::<f64>(), freedom in prop_oneof![0u64..5, Just(1_000_000_000u64), Just(u64::MAX)]) {
            prop_assert!(cdf(p, freedom).is_none_or(|v| (0.0..=1.0).contains(&v)));
            prop_assert!(quantile(p, freedom).is_none_or(|t| !t.is_nan()));
        }
    }
}
