//! Fisher's exact test: two shares of different cases, such as two runs that have no case in common.
//!
//! Source: R. A. Fisher, "The logic of inductive inference", Journal of the Royal Statistical Society 98 (1935). The
//! hypergeometric probabilities come from C. Loader's saddle point form of the binomial ("Fast and accurate computation of
//! binomial probabilities", 2000), as logarithms of factorials would cancel for large counts.

use super::beta::{deviance, stirling_error};
use crate::metric::Ratio;
use std::f64::consts::PI;

/// Terms smaller than this beside their sum add nothing.
const NEGLIGIBLE: f64 = 1e-18;
/// Of two tables whose probabilities differ by less, neither is the less likely one (the convention of R's `fisher.test`).
const SAME: f64 = 1e-7;
/// More cases than this are not counted exactly in `f64`.
const MOST_CASES: u64 = 1 << 52;

/// The probability of so high a share `now` or a higher one, were both shares the same and all that was counted in either
/// given. 1 where the counts are no sample.
pub fn higher(now: Ratio, before: Ratio) -> f64 {
    Table::new(now, before).map_or(1.0, |table| table.from(table.now).min(1.0))
}

/// The two-sided test: the probability of a table that is no likelier than this one. 1 where the counts are no sample.
pub fn different(now: Ratio, before: Ratio) -> f64 {
    Table::new(now, before).map_or(1.0, Table::unlikely)
}

/// How many of `drawn` from `all` are among the `marked` ones: between `least` and `most`, and `now` this time.
#[derive(Clone, Copy)]
struct Table {
    now: u64,
    drawn: u64,
    marked: u64,
    all: u64,
    least: u64,
    most: u64,
}

impl Table {
    fn new(now: Ratio, before: Ratio) -> Option<Table> {
        let sound = |r: Ratio| r.is_known() && r.part <= r.whole && r.whole <= MOST_CASES;
        if !sound(now) || !sound(before) {
            return None;
        }
        let (all, marked, drawn) = (now.whole + before.whole, now.part + before.part, now.whole);
        let (least, most) = ((marked + drawn).saturating_sub(all), marked.min(drawn));
        Some(Table { now: now.part, drawn, marked, all, least, most })
    }

    /// The probability of `x` or more.
    fn from(self, x: u64) -> f64 {
        match x <= self.mode() {
            true if x == self.least => 1.0,
            true => 1.0 - self.down(x - 1),
            false => self.up(x),
        }
    }

    /// The sum from `x`, at or above the mode, upwards.
    fn up(self, x: u64) -> f64 {
        self.summed(x, |x| (x < self.most).then(|| x + 1), |x| self.step(x))
    }

    /// The sum from `x`, at or below the mode, downwards.
    fn down(self, x: u64) -> f64 {
        self.summed(x, |x| (x > self.least).then(|| x - 1), |x| 1.0 / self.step(x - 1))
    }

    fn summed(self, start: u64, next: impl Fn(u64) -> Option<u64>, quotient: impl Fn(u64) -> f64) -> f64 {
        let (mut term, mut sum, mut x) = (1.0, 1.0, start);
        while let Some(following) = next(x).filter(|_| term > NEGLIGIBLE * sum) {
            term *= quotient(x);
            sum += term;
            x = following;
        }
        sum * self.probability(start)
    }

    /// P(x + 1) / P(x).
    fn step(self, x: u64) -> f64 {
        let left = self.all - self.drawn - (self.marked - x);
        (self.marked - x) as f64 / (x + 1) as f64 * ((self.drawn - x) as f64 / (left + 1) as f64)
    }

    /// The likeliest count.
    fn mode(self) -> u64 {
        let mode = u128::from(self.marked + 1) * u128::from(self.drawn + 1) / u128::from(self.all + 2);
        u64::try_from(mode).unwrap_or(self.most).clamp(self.least, self.most)
    }

    fn unlikely(self) -> f64 {
        let (here, mode) = (self.probability(self.now), self.mode());
        let small = |x: u64| self.probability(x) <= here * (1.0 + SAME);
        if small(mode) {
            return 1.0;
        }
        // On either side of the mode probabilities only fall: what is summed begins at the first small one.
        let above = first(self.most - mode, |steps| small(mode + steps)).map_or(0.0, |steps| self.up(mode + steps));
        let below = first(mode - self.least, |steps| small(mode - steps)).map_or(0.0, |steps| self.down(mode - steps));
        (above + below).min(1.0)
    }

    fn probability(self, x: u64) -> f64 {
        let share = self.drawn as f64 / self.all as f64;
        let rest = (self.all - self.drawn) as f64 / self.all as f64;
        let binomial = |x: u64, n: u64| log_binomial(x as f64, n as f64, share, rest);
        (binomial(x, self.marked) + binomial(self.drawn - x, self.all - self.marked) - binomial(self.drawn, self.all)).exp()
    }
}

/// The first of 1 to `last` for which `holds`; it never turns false again.
fn first(last: u64, holds: impl Fn(u64) -> bool) -> Option<u64> {
    if last == 0 || !holds(last) {
        return None;
    }
    let (mut low, mut high) = (1, last);
    while low < high {
        let middle = low.midpoint(high);
        if holds(middle) { high = middle } else { low = middle + 1 }
    }
    Some(high)
}

/// ln of the probability of `x` out of `n`, each with probability `p` = 1 - `q`.
fn log_binomial(x: f64, n: f64, p: f64, q: f64) -> f64 {
    if n == 0.0 {
        return 0.0;
    }
    if x == 0.0 {
        return -deviance(n, n * q) - n * p;
    }
    if x == n {
        return -deviance(n, n * p) - n * q;
    }
    let rest = n - x;
    let shape = stirling_error(n) - stirling_error(x) - stirling_error(rest) - deviance(x, n * p) - deviance(rest, n * q);
    shape + 0.5 * (n / (2.0 * PI * x * rest)).ln()
}

#[cfg(test)]
mod tests;
