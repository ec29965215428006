//! What a series' history says of its newest points: are they worse than what went before, beyond the noise?
//!
//! A step that stood the tests of [`super::changepoint`] is a regression at once. One value beyond the limit is only
//! suspect; a second one, from another run, confirms it. Confirmation costs a run and removes nine false alarms in ten.

use super::changepoint::{Change, History, Segment};
use super::noise::{self, NOISE_FLOOR};
use super::quantile::{median, quantile_of_sorted, sorted};
use super::step::Step;
use crate::series::Direction;
use std::ops::Range;

/// The newest points, which the limit must not be drawn from: two excesses confirm each other.
const JUDGED: usize = 2;
/// With fewer points than this, a baseline borrows the noise of the whole history.
const ENOUGH: usize = 20;

/// When a value is out of the ordinary.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Fewer points than this are not judged.
    pub warmup: usize,
    /// So many of the newest points at the current level make the baseline; a step older than this is the new normal.
    pub window: usize,
    /// Noise deviations between the baseline and the limit; 2.5 where a second run confirms, 4 where none can.
    pub sigmas: f64,
    /// Changes smaller than this share of the baseline are never reported.
    pub min_change: f64,
}

impl Default for Options {
    fn default() -> Options {
        Options { warmup: 20, window: 64, sigmas: 2.5, min_change: 0.02 }
    }
}

/// What is to be said of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Too short to judge.
    Learning {
        /// Points there are.
        have: usize,
        /// Points it takes.
        need: usize,
    },
    /// Nothing out of the ordinary.
    Stable,
    /// The newest value is beyond the limit; one more run decides.
    Suspect,
    /// Worse, and confirmed.
    Regressed,
    /// Better, and confirmed.
    Improved,
    /// The baseline is 0, so there is no relative change.
    ZeroBaseline,
}

/// A [`State`] and the figures behind it, in the unit of the values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judgement {
    /// What is to be said.
    pub state: State,
    /// The median that the newest values are compared with.
    pub baseline: f64,
    /// The value from which a point is out of the ordinary on the bad side.
    pub limit: Option<f64>,
    /// The ordinary range about the baseline, for charts.
    pub band: Option<(f64, f64)>,
    /// From the baseline to the current level, or to the suspect value, as a share of the baseline; positive is larger.
    pub change: f64,
    /// The first point of the new level, or the suspect one.
    pub since: Option<usize>,
}

/// Judges the newest of `values`, oldest first, in the light of their `history` (as
/// [`super::changepoint::detect`] found it in the same values).
pub fn judge(values: &[f64], history: &History, direction: Direction, options: &Options) -> Judgement {
    let (have, need) = (values.len(), options.warmup.max(JUDGED + 1));
    let all = || Judgement::new(State::Learning { have, need }, median(values).unwrap_or(0.0));
    if have < need {
        return all();
    }
    let view = View { values, history, sign: if direction == Direction::Lower { 1.0 } else { -1.0 }, options };
    // An excess says something newer than a step towards the better, and the same as one towards the worse.
    match (view.step(), view.excess()) {
        (Some(step), _) if step.state == State::Regressed => step,
        (_, Some(excess)) if matches!(excess.state, State::Suspect | State::Regressed) => excess,
        (Some(step), _) => step,
        (None, Some(excess)) => excess,
        (None, None) => all(),
    }
}

impl Judgement {
    fn new(state: State, baseline: f64) -> Judgement {
        Judgement { state, baseline, limit: None, band: None, change: 0.0, since: None }
    }
}

struct View<'a> {
    values: &'a [f64],
    history: &'a History,
    /// Turns a value into one of which less is better.
    sign: f64,
    options: &'a Options,
}

impl View<'_> {
    /// The net effect of the recent steps, if there is one. Steps follow each other closely when a regression is mended
    /// or comes in stages: then the level before the first of them counts.
    fn step(&self) -> Option<Judgement> {
        let (window, changes) = (self.options.window, &self.history.changes);
        let last = changes.last().filter(|last| last.index + window > self.values.len())?;
        let first = changes.iter().find(|change| change.index + window > last.index)?;
        let before = self.history.segments.iter().find(|segment| segment.end == first.index)?;
        let after = self.history.segments.last()?;
        let baseline = Baseline::of(self.recent(before), self.history.sigma, self.options)?;
        if baseline.median == 0.0 {
            return Some(baseline.judgement(State::ZeroBaseline, self.sign));
        }
        let step = Step::between(self.values.get(before.start..before.end)?, self.values.get(after.start..after.end)?);
        if !step.passes(self.options.min_change, true) {
            return None;
        }
        let worse = self.sign * (after.median - before.median) > 0.0;
        let state = if worse { State::Regressed } else { State::Improved };
        let towards = |change: &&Change| worse == (self.sign * (change.after - change.before) > 0.0);
        let since = changes.iter().filter(|change| change.index >= first.index).find(towards).map(|change| change.index);
        let change = baseline.relative(after.median);
        Some(Judgement { since, change, ..baseline.judgement(state, self.sign) })
    }

    /// The newest two values against the limit drawn from the others at the current level.
    fn excess(&self) -> Option<Judgement> {
        let level = self.history.segments.last()?;
        let end = level.end.checked_sub(JUDGED).filter(|end| *end > level.start)?;
        let baseline = Baseline::of(self.recent(&Segment { end, ..*level }), self.history.sigma, self.options)?;
        if baseline.median == 0.0 {
            return Some(baseline.judgement(State::ZeroBaseline, self.sign));
        }
        let limit = self.sign * baseline.limit(self.sign);
        let newest = &self.values[self.values.len() - JUDGED..];
        let beyond = newest.iter().rev().take_while(|v| self.sign * **v > limit).count();
        let state = match beyond {
            0 => State::Stable,
            JUDGED => State::Regressed,
            _ => State::Suspect,
        };
        let mut judgement = baseline.judgement(state, self.sign);
        if beyond > 0 {
            judgement.change = baseline.relative(median(&newest[JUDGED - beyond..])?);
            judgement.since = Some(self.values.len() - beyond);
        }
        Some(judgement)
    }

    /// The newest points of a segment, as far as the window reaches.
    fn recent(&self, segment: &Segment) -> &[f64] {
        let range: Range<usize> = segment.start.max(segment.end.saturating_sub(self.options.window))..segment.end;
        self.values.get(range).unwrap_or(&[])
    }
}

/// The ordinary range of the points at one level.
struct Baseline {
    median: f64,
    /// median ± k sigma and the outer 5 % ± k/2 sigma, whichever is wider.
    band: (f64, f64),
    min_change: f64,
}

impl Baseline {
    fn of(points: &[f64], sigma: f64, options: &Options) -> Option<Baseline> {
        let sorted = sorted(points)?;
        let median = quantile_of_sorted(&sorted, 0.5)?;
        let about: Vec<f64> = points.iter().map(|v| v - median).collect();
        let borrowed = if points.len() < ENOUGH { sigma } else { 0.0 };
        let sigma = noise::scale(&about).max(borrowed).max(NOISE_FLOOR * median.abs());
        let reach = options.sigmas * sigma;
        let low = (quantile_of_sorted(&sorted, 0.05)? - reach / 2.0).min(median - reach);
        let high = (quantile_of_sorted(&sorted, 0.95)? + reach / 2.0).max(median + reach);
        Some(Baseline { median, band: (low, high), min_change: options.min_change })
    }

    /// The edge of the band on the bad side, or the smallest change of interest, whichever is farther.
    fn limit(&self, sign: f64) -> f64 {
        let least = self.median + sign * self.min_change * self.median.abs();
        if sign > 0.0 { self.band.1.max(least) } else { self.band.0.min(least) }
    }

    fn relative(&self, value: f64) -> f64 {
        (value - self.median) / self.median.abs()
    }

    fn judgement(&self, state: State, sign: f64) -> Judgement {
        Judgement { limit: Some(self.limit(sign)), band: Some(self.band), ..Judgement::new(state, self.median) }
    }
}

#[cfg(test)]
mod tests;
