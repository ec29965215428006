//! A base and a head that ran in turns: by how much they differ, how sure that is, and what follows for each benchmark of a suite.
//!
//! The unit is the run, not the sample: what was sampled within one run shares its memory layout and its neighbours on the
//! machine. Where the tool gives the raw measurements of every run, the median of them is the figure of the run, whatever the tool makes of
//! them: a mean that one slow sample spoils, or a slope. Each round gives a pair, whose ratio is free of what the machine did at that time. The shift of the logarithms of these ratios
//! (`signed_rank`) is the ratio and its interval. Whether there is a difference at all is asked of the pairs and, without
//! pairing, of both sides (`mann_whitney`), which shows more where the machine was steady; the smaller probability counts,
//! doubled for the choice and again for the direction, and then for the number of benchmarks (`holm`).

use super::quantile::median;
use super::signed_rank::{Shift, Walsh};
use super::{holm, mann_whitney};
use crate::pair::{Benchmark, Estimate, Measured, Side, Verdict};
use crate::series::Direction;
use rayon::prelude::*;

/// How sure each bound is on its own side.
const CONFIDENCE: f64 = 0.95;
/// How probable one wrong "regressed" or "improved" in a whole suite may be.
const ALPHA: f64 = 0.05;
/// The fewest rounds with a value on both sides: with fewer there is no bound of 95 %.
pub const FEWEST: u32 = 5;

/// The fewest raw measurements of a run that have a median of their own.
pub const SAMPLED: usize = 5;

/// What is compared of a benchmark: a figure for each run.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// Of base, one for each round.
    pub base: Vec<Option<f64>>,
    /// Of head.
    pub head: Vec<Option<f64>>,
    /// How many raw measurements are behind each figure, at least; nothing where the figures are the tool's own.
    pub samples: Option<usize>,
}

/// The figures of a benchmark: medians of the raw measurements where every run that counts has at least [`SAMPLED`] of them, so that
/// base and head are always compared by the same.
pub fn figures(benchmark: &Benchmark) -> Figures {
    let Benchmark { base, head, .. } = benchmark;
    let count = |measured: &Measured, round: usize| measured.samples.get(round).map_or(0, Vec::len);
    let paired =
        (0..base.values.len().min(head.values.len())).filter(|round| base.values[*round].is_some() && head.values[*round].is_some());
    let fewest = paired.map(|round| count(base, round).min(count(head, round))).min();
    match fewest.filter(|fewest| *fewest >= SAMPLED) {
        None => Figures { base: base.values.clone(), head: head.values.clone(), samples: None },
        samples => Figures { base: medians(base), head: medians(head), samples },
    }
}

fn medians(measured: &Measured) -> Vec<Option<f64>> {
    let none = Vec::new();
    let of = |(round, value): (usize, &Option<f64>)| value.and_then(|_| median(measured.samples.get(round).unwrap_or(&none)));
    measured.values.iter().enumerate().map(of).collect()
}

/// The limits beyond which a change counts, as logarithms of the ratio: the same for base and head exchanged.
fn limit(min_change: f64) -> f64 {
    min_change.max(0.0).ln_1p()
}

/// What one benchmark says, before the others of its suite are asked.
enum Said {
    /// Nothing can be compared: a state and why.
    Nothing(&'static str, String),
    /// The shift of ln(head / base), and how probable so clear a one is by chance.
    Compared(Shift, f64),
}

/// The verdict on every benchmark of a suite, in their order. `min_change` is the smallest change that counts, as a share.
pub fn verdicts(benchmarks: &[Benchmark], min_change: f64) -> Vec<Verdict> {
    let said: Vec<(u32, Option<usize>, Said)> = benchmarks.par_iter().map(one).collect();
    let p_values: Vec<f64> = said.iter().filter_map(|(.., said)| if let Said::Compared(_, p) = said { Some(*p) } else { None }).collect();
    let mut adjusted = holm::adjusted(&p_values).into_iter();
    let each = |(benchmark, (rounds, samples, said)): (&Benchmark, (u32, Option<usize>, Said))| match said {
        Said::Nothing(state, because) => Verdict { state: state.to_owned(), rounds, samples: None, ratio: None, because },
        Said::Compared(shift, _) => {
            let p = adjusted.next().unwrap_or(1.0);
            let ratio = Estimate { value: shift.value.exp(), low: shift.low.exp(), high: shift.high.exp(), p };
            let state = state(shift, p, benchmark.direction, limit(min_change));
            let because = because(state, &ratio, min_change, &told(rounds, samples), p_values.len());
            Verdict { state: state.to_owned(), rounds, samples, ratio: Some(ratio), because }
        }
    };
    benchmarks.iter().zip(said).map(each).collect()
}

/// What the interval and the probability come to.
fn state(shift: Shift, p: f64, direction: Direction, limit: f64) -> &'static str {
    // How much worse, whichever way is better.
    let (low, high) = if direction == Direction::Lower { (shift.low, shift.high) } else { (-shift.high, -shift.low) };
    match p <= ALPHA {
        true if low > limit => "regressed",
        true if high < -limit => "improved",
        _ if low >= -limit && high <= limit => "unchanged",
        _ => "unproven",
    }
}

fn one(benchmark: &Benchmark) -> (u32, Option<usize>, Said) {
    let (base, head) = (&benchmark.base, &benchmark.head);
    let figures = figures(benchmark);
    let pairs: Vec<(f64, f64)> = figures.base.iter().zip(&figures.head).filter_map(|(a, b)| Some(((*a)?, (*b)?))).collect();
    let rounds = u32::try_from(pairs.len()).unwrap_or(u32::MAX);
    let of = |side: Side| if side == Side::Base { base } else { head };
    let silent = |side| of(side).values.iter().flatten().next().is_none();
    let said = if silent(Side::Head) {
        Said::Nothing("missing", "head has no value of it".to_owned())
    } else if silent(Side::Base) {
        Said::Nothing("new", "base has no value of it".to_owned())
    } else if base.machine != head.machine {
        let named = |machine: &str| if machine.is_empty() { "an unnamed machine".to_owned() } else { format!("`{machine}`") };
        Said::Nothing("machine-changed", format!("base ran on {} and head on {}", named(&base.machine), named(&head.machine)))
    } else if rounds < FEWEST {
        Said::Nothing("too-few", format!("{rounds} of at least {FEWEST} rounds have a value on both sides"))
    } else {
        compared(&pairs)
    };
    (rounds, figures.samples, said)
}

fn compared(pairs: &[(f64, f64)]) -> Said {
    // What is 0 on both sides, such as allocations that there are none of, has not changed.
    let nothing = pairs.iter().all(|(base, head)| *base == 0.0 && *head == 0.0);
    let usable = pairs.iter().all(|(base, head)| *base > 0.0 && *head > 0.0);
    if !usable && !nothing {
        return Said::Nothing("zero-baseline", "some of its values are 0, so there is no relative change".to_owned());
    }
    let ratios: Vec<f64> = pairs.iter().map(|(base, head)| if nothing { 0.0 } else { head.ln() - base.ln() }).collect();
    let walsh = Walsh::of(&ratios);
    let Some((walsh, shift)) = walsh.and_then(|walsh| walsh.shift(CONFIDENCE).map(|shift| (walsh, shift))) else {
        return Said::Nothing("too-few", "its values are no numbers that can be compared".to_owned());
    };
    let (base, head): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    let p = match shift.value {
        up if up > 0.0 => walsh.above().min(mann_whitney::higher(&base, &head)),
        down if down < 0.0 => walsh.below().min(mann_whitney::higher(&head, &base)),
        _ => 1.0,
    };
    Said::Compared(shift, (4.0 * p).min(1.0))
}

/// "10 rounds", or "10 rounds, medians of 20 samples".
fn told(rounds: u32, samples: Option<usize>) -> String {
    samples.map_or_else(|| format!("{rounds} rounds"), |samples| format!("{rounds} rounds, medians of {samples} samples"))
}

/// "+6.1 % (+4.8 % to +7.2 %), p 0.0004, 10 rounds".
fn because(state: &str, ratio: &Estimate, min_change: f64, rounds: &str, suite: usize) -> String {
    let found = format!("{} ({} to {})", percent(ratio.value), percent(ratio.low), percent(ratio.high));
    let told = format!("{found}, {}, {rounds}", probability(ratio.p));
    let beyond = ratio.low.max(1.0 / ratio.high) > 1.0 + min_change;
    match state {
        "unproven" if beyond && suite > 1 => format!("{told}: among {suite} benchmarks that may be chance"),
        "unproven" if beyond => format!("{told}: that may be chance"),
        "unproven" => format!("{told}: too wide to tell {} apart from nothing", percent(1.0 + min_change)),
        _ => told,
    }
}

/// `p 0.0004`.
fn probability(p: f64) -> String {
    match p {
        p if p < 0.0001 => "p < 0.0001".to_owned(),
        p if p < 0.01 => format!("p {p:.4}"),
        p => format!("p {p:.2}"),
    }
}

/// A ratio as a change in percent: `+6.13 %`.
pub fn percent(ratio: f64) -> String {
    let change = (ratio - 1.0) * 100.0;
    if !change.is_finite() || change.abs() >= 1e6 {
        return format!("x{ratio:.3e}");
    }
    let decimals = if change.abs() < 9.995 { 2 } else { 1 };
    let text = format!("{:.decimals$}", change.abs());
    let zero = text.chars().all(|c| matches!(c, '0' | '.'));
    let sign = match change {
        _ if zero => "",
        change if change < 0.0 => "-",
        _ => "+",
    };
    format!("{sign}{text} %")
}

#[cfg(test)]
mod tests;
