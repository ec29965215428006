//! The steps in a benchmark's history: where the level changed, from what to what, and how surely.
//!
//! Robust penalised segmentation. A copy without spikes is cut by exact penalised least squares, with a noise scale that
//! allows for autocorrelation; each cut is then put to a rank test on the raw values, weakest first, and to the question
//! whether a slow drift explains it better. Pieces much quieter than the whole are searched once more with their own
//! noise, because a noisy year must not hide a step in a quiet one. No random numbers.

use super::line::{self, Line};
use super::noise::{self, NOISE_FLOOR};
use super::partition;
use super::quantile::median;
use super::step::Step;
use std::ops::Range;

/// A cut costs this many times ln n noise variances.
const PENALTY: f64 = 3.0;
/// Rounds of "cut, estimate the noise again" at most.
const ROUNDS: usize = 3;
/// Pieces shorter than this are not searched again.
const LONG: usize = 20;
/// Nor are those whose noise is not below this share of that of the whole: at its noise they were searched already.
const QUIET: f64 = 0.5;
/// A last piece so short may lack the points for the rank test, and is accepted for being far outside its past.
const NEWEST: Range<usize> = 2..9;

/// What counts as a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Steps smaller than this share of the level are not reported.
    pub min_change: f64,
    /// Only so many of the newest points are looked at.
    pub look_back: usize,
}

impl Default for Options {
    fn default() -> Options {
        Options { min_change: 0.02, look_back: 1000 }
    }
}

/// A step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// The first point of the new level.
    pub index: usize,
    /// Median of the piece before.
    pub before: f64,
    /// Median of the piece after.
    pub after: f64,
    /// (after - before) / |before|; infinite if before is 0.
    pub relative: f64,
    /// The z of the rank test, positive upward.
    pub statistic: f64,
}

/// A slow change that a straight line explains better than steps do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drift {
    /// The first point of the line.
    pub from: usize,
    /// One past its last point.
    pub to: usize,
    /// How far the line rises from its first to its last point, as a share of its first value.
    pub relative: f64,
}

/// A piece of constant level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segment {
    /// Its first point.
    pub start: usize,
    /// One past its last point.
    pub end: usize,
    /// Its level.
    pub median: f64,
}

/// What a series went through, oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// The steps.
    pub changes: Vec<Change>,
    /// The pieces between them.
    pub segments: Vec<Segment>,
    /// The longest drift within a piece, if any.
    pub drift: Option<Drift>,
    /// The standard deviation of the noise about the levels, robustly; in the unit of the values.
    pub sigma: f64,
}

/// The history of `values`, oldest first. `None` if there are none or one is not finite.
pub fn detect(values: &[f64], options: &Options) -> Option<History> {
    if values.is_empty() || values.iter().any(|v| !v.is_finite()) {
        return None;
    }
    let skipped = values.len().saturating_sub(options.look_back.max(1));
    let unit = magnitude(values);
    let scaled: Vec<f64> = values[skipped..].iter().map(|v| v / unit).collect();
    let search = Search { values: &scaled, clean: noise::without_spikes(&scaled), min_change: options.min_change };
    let mut history = search.history(&search.cuts());
    history.translate(skipped, unit);
    Some(history)
}

struct Search<'a> {
    values: &'a [f64],
    clean: Vec<f64>,
    min_change: f64,
}

/// Cuts that were found at a noise of `sigma`, autocorrelation included.
struct Candidates {
    cuts: Vec<usize>,
    sigma: f64,
}

impl Search<'_> {
    /// The starts of new levels that stand every test.
    fn cuts(&self) -> Vec<usize> {
        let whole = self.candidates(0..self.values.len());
        let first = self.standing(whole.cuts, &[]);
        if first.is_empty() {
            // The only piece is the whole series, and was searched already.
            return first;
        }
        let long = pieces(&first, self.values.len()).filter(|piece| piece.len() >= LONG);
        let quiet = long.map(|piece| self.candidates(piece)).filter(|found| found.sigma < QUIET * whole.sigma);
        let mut all: Vec<usize> = first.iter().copied().chain(quiet.flat_map(|found| found.cuts)).collect();
        all.sort_unstable();
        self.standing(all, &first)
    }

    /// Cuts of least cost within one piece, with the noise estimated from it.
    fn candidates(&self, piece: Range<usize>) -> Candidates {
        let clean = &self.clean[piece.clone()];
        let level = median(clean).unwrap_or(0.0).abs();
        let floor = (NOISE_FLOOR * level).max(f64::MIN_POSITIVE);
        let price = PENALTY * (clean.len() as f64).ln();
        let between_neighbours = noise::scale_of_differences(clean);
        let mut sigma = noise::deviation(clean).max(floor);
        let mut cuts = Vec::new();
        for _ in 0..ROUNDS {
            let found = partition::cuts(clean, price * sigma * sigma);
            let residuals = residuals(clean, &found);
            let local = noise::scale(&residuals).max(between_neighbours).max(floor);
            let next = local * noise::inflation(&residuals, local).sqrt();
            let same = found == cuts && next == sigma;
            (cuts, sigma) = (found, next);
            if same {
                break;
            }
        }
        Candidates { cuts: cuts.into_iter().map(|cut| cut + piece.start).collect(), sigma }
    }

    /// The cuts that are steps and no drift. Those that are `kept` from an earlier look stand already; what a second look
    /// finds beside them comes from fewer points, and its test allows for their autocorrelation.
    fn standing(&self, cuts: Vec<usize>, kept: &[usize]) -> Vec<usize> {
        self.without_drift(self.validated(cuts, kept), kept)
    }

    /// Drops the weakest cut that fails a test until all pass, since its neighbours gain points by its going.
    fn validated(&self, cuts: Vec<usize>, kept: &[usize]) -> Vec<usize> {
        weeded(cuts, kept, |cuts, i| {
            let (before, after) = self.sides(cuts, i);
            let step = Step::between(&self.values[before], &self.values[after.clone()]);
            let step = if kept.is_empty() { step } else { step.discounted() };
            let newest = after.end == self.values.len() && NEWEST.contains(&after.len());
            (!step.passes(self.min_change, newest)).then_some(step.z.abs())
        })
    }

    /// The pieces before and after cut `i`.
    fn sides(&self, cuts: &[usize], i: usize) -> (Range<usize>, Range<usize>) {
        let start = if i == 0 { 0 } else { cuts[i - 1] };
        let end = cuts.get(i + 1).copied().unwrap_or(self.values.len());
        (start..cuts[i], cuts[i]..end)
    }

    /// Drops each cut whose two pieces are better explained by one line without a jump, the clearest first.
    fn without_drift(&self, cuts: Vec<usize>, kept: &[usize]) -> Vec<usize> {
        weeded(cuts, kept, |cuts, i| {
            let (before, after) = self.sides(cuts, i);
            let both = &self.clean[before.start..after.end];
            let line = Line::through(both);
            let steps = squared_error(&self.clean[before.clone()]) + squared_error(&self.clean[after]);
            (line.error < steps && !jumps(both, before.len(), &line)).then_some(line.error / steps)
        })
    }

    /// The longest piece that a line explains better than a level, beyond what autocorrelated noise could feign.
    fn drift(&self, cuts: &[usize]) -> Option<Drift> {
        let rising = |piece: &Range<usize>| {
            let clean = &self.clean[piece.clone()];
            let line = Line::through(clean);
            squared_error(clean) - line.error > price(clean, &line.residuals(clean)) && line.relative().abs() >= self.min_change
        };
        let longest = pieces(cuts, self.values.len()).filter(|piece| piece.len() >= LONG).filter(rising).max_by_key(Range::len)?;
        let relative = Line::through(&self.clean[longest.clone()]).relative();
        Some(Drift { from: longest.start, to: longest.end, relative })
    }

    fn history(&self, cuts: &[usize]) -> History {
        let changes = (0..cuts.len()).map(|i| {
            let (before, after) = self.sides(cuts, i);
            let step = Step::between(&self.values[before], &self.values[after]);
            let relative = (step.right - step.left) / step.left.abs();
            Change { index: cuts[i], before: step.left, after: step.right, relative, statistic: step.z }
        });
        let segment =
            |piece: Range<usize>| Segment { start: piece.start, end: piece.end, median: median(&self.values[piece]).unwrap_or(0.0) };
        History {
            changes: changes.collect(),
            segments: pieces(cuts, self.values.len()).map(segment).collect(),
            drift: self.drift(cuts),
            sigma: noise::scale(&residuals(self.values, cuts)),
        }
    }
}

impl History {
    /// Back from the searched window to the whole series, and to its unit.
    fn translate(&mut self, skipped: usize, unit: f64) {
        self.sigma *= unit;
        for change in &mut self.changes {
            change.index += skipped;
            change.before *= unit;
            change.after *= unit;
        }
        for segment in &mut self.segments {
            segment.start += skipped;
            segment.end += skipped;
            segment.median *= unit;
        }
        if let Some(drift) = &mut self.drift {
            drift.from += skipped;
            drift.to += skipped;
        }
    }
}

/// The power of two just below the largest value. In this unit no square overflows, and no value is rounded.
fn magnitude(values: &[f64]) -> f64 {
    let largest = values.iter().fold(0.0, |most: f64, v| most.max(v.abs()));
    let power = f64::from_bits(largest.to_bits() & f64::INFINITY.to_bits());
    if power > 0.0 { power } else { 1.0 }
}

/// The pieces that `cuts` leave of `length` points.
fn pieces(cuts: &[usize], length: usize) -> impl Iterator<Item = Range<usize>> {
    let starts = std::iter::once(0).chain(cuts.iter().copied());
    let ends = cuts.iter().copied().chain(std::iter::once(length));
    starts.zip(ends).map(|(start, end)| start..end)
}

/// What is left of `cuts` when the one of least worth is dropped, and the next, until none has a worth any more. Those that
/// are `kept` stay whatever their worth, which depends on a cut and its two neighbours.
fn weeded(mut cuts: Vec<usize>, kept: &[usize], worth: impl Fn(&[usize], usize) -> Option<f64>) -> Vec<usize> {
    let of = |cuts: &[usize], i: usize| if kept.contains(&cuts[i]) { None } else { worth(cuts, i) };
    let mut worths: Vec<Option<f64>> = (0..cuts.len()).map(|i| of(&cuts, i)).collect();
    loop {
        let known = worths.iter().enumerate().filter_map(|(i, worth)| Some((i, (*worth)?)));
        let Some((least, _)) = known.min_by(|a, b| a.1.total_cmp(&b.1)) else { return cuts };
        cuts.remove(least);
        worths.remove(least);
        for (i, worth) in worths.iter_mut().enumerate().take(least + 1).skip(least.saturating_sub(1)) {
            *worth = of(&cuts, i);
        }
    }
}

/// The values less the median of their piece.
fn residuals(values: &[f64], cuts: &[usize]) -> Vec<f64> {
    let about = |piece: Range<usize>| {
        let level = median(&values[piece.clone()]).unwrap_or(0.0);
        values[piece].iter().map(move |v| v - level)
    };
    pieces(cuts, values.len()).flat_map(about).collect()
}

/// Whether what drifts also jumps, from the value `at` on: two parallel lines explain it better than this one.
fn jumps(values: &[f64], at: usize, line: &Line) -> bool {
    let residuals = line::about_parallels(values, at);
    line.error - residuals.iter().map(|r| r * r).sum::<f64>() > price(values, &residuals)
}

/// What one more cut or slope has to explain of a series that some model leaves these residuals of.
fn price(values: &[f64], residuals: &[f64]) -> f64 {
    let sigma = noise::scale(residuals).max(noise::scale_of_differences(values));
    PENALTY * (values.len() as f64).ln() * sigma * sigma * noise::inflation(residuals, sigma)
}

fn squared_error(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
    values.iter().map(|v| (v - mean).powi(2)).sum()
}

#[cfg(test)]
mod tests;
