//! The regularised incomplete beta function I_x(a, b) and its inverse.
//!
//! The factor x^a (1-x)^b / B(a, b) is computed by Loader's saddle point form ("Fast and accurate computation of
//! binomial probabilities", 2000), because the textbook form through log-gamma loses digits as n grows. The rest is
//! a continued fraction.

use std::f64::consts::PI;

/// Convergents of the fraction at most: about 5 sqrt(n) are needed, so this serves up to n = 10^10.
const CONVERGENTS: u32 = 500_000;
/// ln(x / (1-x)) is searched in -REACH..REACH, beyond which x underflows.
const REACH: f64 = 700.0;

/// I_x(a, b): the probability that a Beta(a, b) variable is at most `x`. `None` outside a, b > 0, 0 <= x <= 1.
pub fn regularized(a: f64, b: f64, x: f64) -> Option<f64> {
    if !shapes(a, b) || !(0.0..=1.0).contains(&x) {
        return None;
    }
    Some(lower_tail(a, b, x, 1.0 - x))
}

/// The `x` with I_x(a, b) = `p`, to about 1e-13 relative. `None` outside a, b > 0, 0 <= p <= 1.
pub fn inverse(a: f64, b: f64, p: f64) -> Option<f64> {
    if !shapes(a, b) || !(0.0..=1.0).contains(&p) {
        return None;
    }
    if p == 0.0 || p == 1.0 {
        return Some(p);
    }
    Some(1.0 / (1.0 + (-logit(a, b, p)).exp()))
}

/// ln(x / (1-x)) of the `x` with I_x(a, b) = `p`, for a, b > 0 and 0 < p < 1: all its digits, also where x is next to 1.
///
/// Newton's method on the logit of x, where the derivative of I is just [`kernel`]; a step that leaves the bracket
/// is replaced by a bisection. The logit keeps full relative precision near both ends.
pub(super) fn logit(a: f64, b: f64, p: f64) -> f64 {
    let (mut low, mut high) = (-REACH, REACH);
    let mut logit = (a / b).ln().clamp(low, high);
    for _ in 0..200 {
        let (x, y) = (1.0 / (1.0 + (-logit).exp()), 1.0 / (1.0 + logit.exp()));
        let value = lower_tail(a, b, x, y);
        let excess = value - p;
        if excess > 0.0 {
            high = logit;
        } else {
            low = logit;
        }
        // In the lower tail I falls like a power of x: there ln I is the straighter curve.
        let rise = if p < 0.5 { value * (excess / p).ln_1p() } else { excess };
        let newton = logit - rise / kernel(a, b, x, y);
        let next = if newton >= low && newton <= high { newton } else { low.midpoint(high) };
        let step = (next - logit).abs();
        logit = next;
        if step <= 1e-15 * logit.abs().max(1.0) {
            break;
        }
    }
    logit
}

fn shapes(a: f64, b: f64) -> bool {
    a > 0.0 && b > 0.0 && (a + b).is_finite()
}

/// I_x(a, b) with y = 1 - x given apart. The fraction converges fast only below the mean, so the other half is
/// mirrored.
pub(super) fn lower_tail(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if y <= 0.0 {
        return 1.0;
    }
    let value = match a * y >= b * x {
        true => kernel(a, b, x, y) / fraction(a, b, x, y),
        false => 1.0 - kernel(b, a, y, x) / fraction(b, a, y, x),
    };
    value.clamp(0.0, 1.0)
}

/// x^a y^b / B(a, b), for x + y = 1.
fn kernel(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let n = a + b;
    let exponent = stirling_error(n) - stirling_error(a) - stirling_error(b) - deviance(a, n * x) - deviance(b, n * y);
    exponent.exp() * (a * (b / n) / (2.0 * PI)).sqrt()
}

/// ln Γ(z+1) minus Stirling's (z+½) ln z - z + ½ ln 2π, for z > 0 (DLMF 5.11.1, after a shift to z >= 16).
pub(super) fn stirling_error(z: f64) -> f64 {
    let (mut z, mut shift) = (z, 0.0);
    while z < 16.0 {
        shift += (z + 0.5) * (1.0 / z).ln_1p() - 1.0;
        z += 1.0;
    }
    let w = 1.0 / (z * z);
    shift + (1.0 / 12.0 - w * (1.0 / 360.0 - w * (1.0 / 1260.0 - w * (1.0 / 1680.0 - w / 1188.0)))) / z
}

/// x ln(x/m) + m - x, without cancellation when x is near m.
pub(super) fn deviance(x: f64, m: f64) -> f64 {
    let v = (x - m) / (x + m);
    if v.abs() >= 0.1 {
        return x * (x / m).ln() + m - x;
    }
    let mut sum = (x - m) * v;
    let mut term = 2.0 * x * v;
    let mut divisor = 1.0;
    loop {
        term *= v * v;
        divisor += 2.0;
        let next = sum + term / divisor;
        if next == sum {
            return sum;
        }
        sum = next;
    }
}

/// The even part of the continued fraction DLMF 8.17.22, in the form of Didonato and Morris (ACM TOMS 18, 1992), by
/// the modified Lentz method. The difference a y - b x stays exact where 1 - (a+b) x / (a+1) would cancel.
fn fraction(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let slope = a * y - b * x + 1.0;
    let mut value = away_from_zero(a * slope / (a + 1.0));
    let (mut c, mut d) = (value, 0.0);
    for m in 1..=CONVERGENTS {
        let m = f64::from(m);
        let width = a + 2.0 * m - 1.0;
        let inner = m * ((b - m) / width) * x;
        let numerator = (a + m - 1.0) * ((a + b + m - 1.0) / width) * x * inner;
        let denominator = m + inner + (a + m) * ((slope + m * (1.0 + y)) / (width + 2.0));
        d = 1.0 / away_from_zero(denominator + numerator * d);
        c = away_from_zero(denominator + numerator / c);
        value *= c * d;
        if (c * d - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    value
}

/// Lentz's guard against a division by zero.
fn away_from_zero(v: f64) -> f64 {
    if v.abs() < 1e-300 { 1e-300 } else { v }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn agrees_with_closed_forms() {
        for x in [1e-12, 1e-5, 0.1, 0.5, 0.9, 0.999_999] {
            let close = |got: f64, want: f64| assert!((got / want - 1.0).abs() < 1e-13, "{got} {want}");
            close(regularized(1.0, 1.0, x).unwrap(), x);
            close(regularized(5.0, 1.0, x).unwrap(), x.powi(5));
            close(regularized(2.0, 2.0, x).unwrap(), x * x * (3.0 - 2.0 * x));
        }
    }

    #[test]
    fn ends_are_exact() {
        assert_eq!(regularized(3.0, 4.0, 0.0), Some(0.0));
        assert_eq!(regularized(3.0, 4.0, 1.0), Some(1.0));
        assert_eq!(inverse(3.0, 4.0, 0.0), Some(0.0));
        assert_eq!(inverse(3.0, 4.0, 1.0), Some(1.0));
    }

    #[test]
    fn outside_its_domain_there_is_no_value() {
        for (a, b, x) in [(0.0, 1.0, 0.5), (1.0, -1.0, 0.5), (1.0, 1.0, 1.5), (1.0, 1.0, f64::NAN)] {
            assert_eq!(regularized(a, b, x), None);
            assert_eq!(inverse(a, b, x), None);
        }
        assert_eq!(regularized(f64::NAN, 1.0, 0.5), None);
        assert_eq!(inverse(f64::INFINITY, 1.0, 0.5), None);
    }

    #[test]
    fn the_inverse_undoes_the_function() {
        for a in [0.5, 1.0, 3.0, 77.0, 1e4, 1e7] {
            for b in [1.0, 2.5, 12.0, 500.0, 1e6] {
                for p in [1e-9, 0.05, 0.5, 0.95, 0.999_999] {
                    let back = regularized(a, b, inverse(a, b, p).unwrap()).unwrap();
                    // the last digit of an x near 1 is worth a times as much in p
                    let tolerance = 1e-13 + f64::EPSILON * a;
                    assert!((back - p).abs() < tolerance, "a {a} b {b} p {p} back {back}");
                }
            }
        }
    }
}
