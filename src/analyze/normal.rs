//! The standard normal distribution.

use std::f64::consts::TAU;

/// Φ(`z`), to about 1e-13 relative, also far out in the lower tail. A NaN gives a NaN.
///
/// Source: G. Marsaglia, "Evaluating the normal distribution", Journal of Statistical Software 11 (2004), for the middle;
/// Laplace's continued fraction (Abramowitz and Stegun 26.2.14) for the tails.
pub fn cdf(z: f64) -> f64 {
    let x = z.abs();
    let density = (-x * x / 2.0).exp() / TAU.sqrt();
    let tail = if x < 3.0 { 0.5 - density * series(x) } else { density / (1..=80).rev().fold(x, |rest, k| x + f64::from(k) / rest) };
    if z < 0.0 { tail } else { 1.0 - tail }
}

/// x + x³ / 3 + x⁵ / (3 · 5) + …
fn series(x: f64) -> f64 {
    let (mut sum, mut term, mut odd) = (x, x, 1.0);
    while term > sum * 1e-17 {
        odd += 2.0;
        term *= x * x / odd;
        sum += term;
    }
    sum
}

/// The quantile of the standard normal: `z` with Φ(z) = `p`, to 1e-15 relative. `None` outside 0 < p < 1.
///
/// Source: M. J. Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37 (1988).
pub fn quantile(p: f64) -> Option<f64> {
    if !(p > 0.0 && p < 1.0) {
        return None;
    }
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180625 - q * q;
        return Some(q * ratio(r, &CENTRE));
    }
    let r = (-p.min(1.0 - p).ln()).sqrt();
    let z = if r <= 5.0 { ratio(r - 1.6, &SHOULDER) } else { ratio(r - 5.0, &TAIL) };
    Some(z.copysign(q))
}

/// Numerator and denominator of a rational approximation, lowest power first.
type Rational = [[f64; 8]; 2];

fn ratio(r: f64, [numerator, denominator]: &Rational) -> f64 {
    let polynomial = |c: &[f64; 8]| c.iter().rev().fold(0.0, |sum, c| sum * r + c);
    polynomial(numerator) / polynomial(denominator)
}

#[rustfmt::skip]
#[allow(clippy::excessive_precision, reason = "as published")]
const CENTRE: Rational = [
    [3.387132872796366608, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125,
     45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727],
    [1.0, 42.313330701600911252, 687.1870074920579083, 5394.1960214247511077,
     21213.794301586595867, 39307.89580009271061, 28729.085735721942674, 5226.495278852545925],
];
#[rustfmt::skip]
#[allow(clippy::excessive_precision, reason = "as published")]
const SHOULDER: Rational = [
    [1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504,
     1.27045825245236838258, 0.24178072517745061177, 0.0227238449892691845833, 7.7454501427834140764e-4],
    [1.0, 2.05319162663775882187, 1.6763848301838038494, 0.68976733498510000455,
     0.14810397642748007459, 0.0151986665636164571966, 5.475938084995344946e-4, 1.05075007164441684324e-9],
];
#[rustfmt::skip]
#[allow(clippy::excessive_precision, reason = "as published")]
const TAIL: Rational = [
    [6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 0.29656057182850489123,
     0.026532189526576123093, 0.0012426609473880784386, 2.71155556874348757815e-5, 2.01033439929228813265e-7],
    [1.0, 0.59983220655588793769, 0.13692988092273580531, 0.0148753612908506148525,
     7.868691311456132591e-4, 1.8463183175100546818e-5, 1.4215117583164458887e-7, 2.04426310338993978564e-15],
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// `scipy.special.ndtri`, scipy 1.17.1.
    #[test]
    fn agrees_with_reference_values() {
        for (p, z) in REFERENCE {
            let got = quantile(p).unwrap();
            assert!((got - z).abs() <= 1e-14 * z.abs(), "p {p}: {got} for {z}");
        }
        assert_eq!(quantile(0.5), Some(0.0));
    }

    #[test]
    fn the_probability_is_the_inverse_of_the_quantile() {
        for (p, z) in REFERENCE {
            // what the rounding of z alone makes of p
            let slack = 1e-15 * (1.0 + z * z);
            assert!((cdf(z) - p).abs() <= p * slack.max(2e-13), "z {z}: {} for {p}", cdf(z));
        }
        assert_eq!((cdf(0.0), cdf(40.0), cdf(f64::INFINITY), cdf(f64::NEG_INFINITY)), (0.5, 1.0, 1.0, 0.0));
        assert!(cdf(f64::NAN).is_nan());
        assert!((cdf(3.0) - cdf(3.0 - 1e-12)).abs() < 1e-13);
    }

    #[test]
    fn has_no_value_at_the_ends() {
        for p in [0.0, 1.0, -0.1, 1.1, f64::NAN] {
            assert_eq!(quantile(p), None);
        }
    }

    const REFERENCE: [(f64, f64); 14] = [
        (1e-300, -37.0470962993612),
        (1e-20, -9.262340089798409),
        (1e-9, -5.9978070150076865),
        (0.001, -3.090232306167813),
        (0.025, -1.9599639845400545),
        (0.05, -1.6448536269514729),
        (0.08, -1.4050715603096329),
        (0.2, -0.8416212335729142),
        (0.6, 0.2533471031357997),
        (0.9, 1.2815515655446004),
        (0.95, 1.6448536269514722),
        (0.975, 1.959963984540054),
        (0.995, 2.5758293035489004),
        (0.9999999, 5.199337582290661),
    ];
}
