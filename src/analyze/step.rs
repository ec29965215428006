//! Two neighbouring pieces of a series: is the second at another level than the first?

use super::noise::{self, NOISE_FLOOR};
use super::quantile::{median, quantile};
use super::rank::mann_whitney;

/// The least |z| of a step: about 1 in 1000 for one test, which leaves room for the choice among many cuts.
const LEAST_Z: f64 = 3.3;
/// A past shorter than this is too little to call a new level clear against.
const LONG: usize = 20;
/// How many sigma beyond the 95th percentile of its past a new level is clear.
const CLEAR: f64 = 3.0;

/// Two neighbouring pieces, compared.
pub struct Step<'a> {
    before: &'a [f64],
    after: &'a [f64],
    /// Median before.
    pub left: f64,
    /// Median after.
    pub right: f64,
    /// The rank test's statistic, positive upward.
    pub z: f64,
}

impl<'a> Step<'a> {
    /// Compares the values of two pieces.
    pub fn between(before: &'a [f64], after: &'a [f64]) -> Step<'a> {
        let level = |piece| median(piece).unwrap_or(0.0);
        Step { before, after, left: level(before), right: level(after), z: mann_whitney(before, after) }
    }

    /// The same step with a z that allows for the autocorrelation of the noise about both levels: neighbours that are alike
    /// say less than the rank test, which is for independent values, takes them to say.
    pub fn discounted(self) -> Step<'a> {
        let about = |piece: &[f64], level: f64| piece.iter().map(|v| v - level).collect::<Vec<f64>>();
        let residuals = [about(self.before, self.left), about(self.after, self.right)].concat();
        let inflation = noise::inflation(&residuals, noise::scale(&residuals));
        Step { z: self.z / inflation.sqrt(), ..self }
    }

    /// Whether this is a step: large enough, and either sure by the rank test or, where `newest` allows for a piece that
    /// is still short, far outside the past.
    pub fn passes(&self, min_change: f64, newest: bool) -> bool {
        self.is_large(min_change) && (self.z.abs() >= LEAST_Z || (newest && self.is_clear()))
    }

    /// At least one median deviation of the noise, and at least the smallest change of interest.
    fn is_large(&self, min_change: f64) -> bool {
        let size = (self.right - self.left).abs();
        let about = |piece: &[f64], level: f64| piece.iter().map(|v| (v - level).abs()).collect::<Vec<f64>>();
        let deviations = [about(self.before, self.left), about(self.after, self.right)].concat();
        size > 0.0 && size >= median(&deviations).unwrap_or(0.0) && size >= min_change * self.left.abs()
    }

    /// Every new point lies far outside what the past, if long enough, was like.
    fn is_clear(&self) -> bool {
        let sign = if self.right > self.left { 1.0 } else { -1.0 };
        let past: Vec<f64> = self.before.iter().map(|v| sign * v).collect();
        let about: Vec<f64> = self.before.iter().map(|v| v - self.left).collect();
        let sigma = noise::scale(&about).max(NOISE_FLOOR * self.left.abs());
        let Some(edge) = quantile(&past, 0.95).filter(|_| past.len() >= LONG) else {
            return false;
        };
        self.after.iter().all(|v| sign * v > edge + CLEAR * sigma)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sure_step_needs_four_points() {
        let past = [10.0, 11.0, 12.0].repeat(30);
        assert!(!Step::between(&past, &[20.0; 3]).passes(0.0, false));
        assert!(Step::between(&past, &[20.0; 4]).passes(0.0, false));
    }

    #[test]
    fn the_newest_need_only_be_far_outside() {
        let past = [10.0, 11.0, 12.0].repeat(7);
        assert!(Step::between(&past, &[20.0; 2]).passes(0.0, true));
        assert!(Step::between(&past, &[1.0; 2]).passes(0.0, true));
        assert!(!Step::between(&past, &[20.0, 13.0]).passes(0.0, true), "one of them is ordinary");
        assert!(!Step::between(&past[..19], &[20.0; 2]).passes(0.0, true), "the past is too short");
    }

    #[test]
    fn neighbours_that_are_alike_say_less() {
        let wave = |level: f64, run: usize| (0..40).map(|i| level + ((i / run) % 2) as f64).collect::<Vec<f64>>();
        let z = |run| Step::between(&wave(0.0, run), &wave(0.5, run)).discounted().z;
        assert_eq!(z(1), Step::between(&wave(0.0, 1), &wave(0.5, 1)).z, "what alternates is no less sure");
        assert!(z(20) < z(1) / 1.5, "{} {}", z(20), z(1));
    }

    #[test]
    fn a_small_step_is_none_however_sure() {
        let step = [[100.0; 50], [101.0; 50]].concat();
        assert!(Step::between(&step[..50], &step[50..]).passes(0.01, false));
        assert!(!Step::between(&step[..50], &step[50..]).passes(0.02, false));
    }
}
