//! `readiness/bench-pair/1`: a base and a head measured in turns, as `readiness bench-pair` writes it.
//!
//! Our own format; the schema is published as `site/schema/bench-pair-1.json`. Only the values are believed: what they say of each
//! benchmark is worked out anew (`analyze/pair`), and a file that says otherwise is told. Nothing here enters a series: a pair compares
//! two commits on one machine, and a history many on many.

use super::{Draft, SKEW};
use crate::analyze::pair::{figures, verdicts};
use crate::analyze::quantile::median;
use crate::evidence::Evidence;
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::metric::{Ratio, Value, grouped};
use crate::pair::{Benchmark, Estimate, Pair, SAMPLES, SCHEMA, Side, Verdict};
use crate::record::{Basis, Record};
use crate::series::Direction;
use crate::source::{Grade, Location};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::marker::PhantomData;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "bench-pair-1", about: "readiness/bench-pair/1, our own: a base and a head measured in turns", claims, read };

/// The parts a share is given in.
const PARTS: f64 = 1e6;
/// The most rounds that are looked at: every two of them make a mean.
const ROUNDS: usize = 200;

fn claims(artifact: &Artifact) -> bool {
    let beginning: String = artifact.head_text().chars().take(200).collect();
    beginning.trim_start().starts_with('{') && beginning.contains("\"readiness/bench-pair/")
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let Some(mut pair) = reading.json(PhantomData::<Pair>) else { return Draft::default() };
    reading.source.collected_at = Some(pair.at);
    reading.source.commit.clone_from(&pair.head.commit);
    let sound = is_sound(&pair, reading);
    if sound {
        forget_failed(&mut pair, reading);
        told_otherwise(&mut pair, reading);
        let benchmarks = grouped(pair.benchmarks.len() as u64);
        reading.source.content = format!("{benchmarks} benchmarks, {} rounds, {}", pair.rounds, pair.machine.fingerprint());
    }
    Draft { pairs: if sound { vec![pair] } else { Vec::new() }, ..Draft::default() }
}

/// Whether the file is what it says it is; what is not is told.
fn is_sound(pair: &Pair, reading: &mut Reading<'_>) -> bool {
    let mut wrong = Vec::new();
    let now = reading.request.now;
    if pair.schema != SCHEMA {
        wrong.push(("schema", vec!["schema"], format!("the file is of the schema `{}`, not {SCHEMA}", pair.schema)));
    }
    if pair.at.0 > now.0 + SKEW {
        wrong.push(("later-than-now", vec!["at"], format!("the file is dated after {now}")));
    }
    if !(0.0..=1.0).contains(&pair.min_change) {
        wrong.push(("min-change", vec!["min_change"], "the smallest change that counts must be a share from 0 to 1".to_owned()));
    }
    if pair.benchmarks.is_empty() {
        let failed = pair.runs.iter().filter(|run| !run.is_sound()).count();
        let runs = format!("no benchmark has a value: {failed} of {} runs failed", pair.runs.len());
        wrong.push(("no-values", vec!["benchmarks"], runs));
    }
    for (code, place, message) in wrong.drain(..) {
        reading.error(code, Location::pointer(&place), message);
    }
    let mut seen = BTreeSet::new();
    for (index, benchmark) in pair.benchmarks.iter().enumerate() {
        let message = if benchmark.benchmark.trim().is_empty() {
            Some("a benchmark has no name".to_owned())
        } else if !seen.insert(benchmark.id()) {
            Some(format!("{} is there twice", benchmark.id()))
        } else {
            values_wrong(benchmark, pair.rounds)
        };
        if let Some(message) = message {
            reading.error("benchmark", Location::pointer(&["benchmarks", &index.to_string()]), message);
        }
    }
    reading.problems.iter().all(|problem| problem.severity != Grade::Error)
}

fn values_wrong(benchmark: &Benchmark, rounds: u32) -> Option<String> {
    for (side, measured) in [(Side::Base, &benchmark.base), (Side::Head, &benchmark.head)] {
        let have = measured.values.len();
        if have > ROUNDS || u32::try_from(have) != Ok(rounds) {
            return Some(format!("{}: {have} values of {side} in {rounds} rounds, at most {ROUNDS}", benchmark.id()));
        }
        if measured.values.iter().flatten().any(|value| !value.is_finite() || *value < 0.0) {
            return Some(format!("{}: a value of {side} is negative or no number", benchmark.id()));
        }
        let samples = &measured.samples;
        if !samples.is_empty() && samples.len() != have || samples.iter().any(|run| run.len() > SAMPLES) {
            return Some(format!(
                "{}: raw measurements of {} runs of {side} in {rounds} rounds, at most {SAMPLES} each",
                benchmark.id(),
                samples.len()
            ));
        }
        if samples.iter().flatten().any(|sample| !sample.is_finite() || *sample < 0.0) {
            return Some(format!("{}: a raw measurement of {side} is negative or no number", benchmark.id()));
        }
    }
    None
}

/// What a failed run, or one that is not listed, measured does not count.
fn forget_failed(pair: &mut Pair, reading: &mut Reading<'_>) {
    let sound: BTreeSet<(Side, u32)> = pair.runs.iter().filter(|run| run.is_sound()).map(|run| (run.side, run.round)).collect();
    let failed: BTreeSet<(Side, u32)> = pair.runs.iter().filter(|run| !run.is_sound()).map(|run| (run.side, run.round)).collect();
    let mut forgotten = 0u64;
    for benchmark in &mut pair.benchmarks {
        for (side, measured) in [(Side::Base, &mut benchmark.base), (Side::Head, &mut benchmark.head)] {
            for (value, round) in measured.values.iter_mut().zip(1u32..).filter(|(value, _)| value.is_some()) {
                if !sound.contains(&(side, round)) || failed.contains(&(side, round)) {
                    *value = None;
                    forgotten += 1;
                }
            }
        }
    }
    if forgotten > 0 {
        let message = format!("{} values are of runs that failed or are not listed, and are left out", grouped(forgotten));
        reading.warning("unfounded-value", Location::pointer(&["benchmarks"]), message);
    }
}

/// Works out what the values say, and tells where the file says something else.
fn told_otherwise(pair: &mut Pair, reading: &mut Reading<'_>) {
    let found = verdicts(&pair.benchmarks, pair.min_change);
    for (index, (benchmark, found)) in pair.benchmarks.iter_mut().zip(found).enumerate() {
        if let Some(declared) = benchmark.verdict.as_ref().filter(|declared| declared.state != found.state) {
            let message = format!("{} is said to be {}; its values say {}", benchmark.id(), declared.state, found.state);
            reading.warning("verdict-differs", Location::pointer(&["benchmarks", &index.to_string(), "verdict"]), message);
        }
        benchmark.verdict = Some(found);
    }
}

/// Puts what pair files say into evidence: a record for each benchmark, and how many there are of each state.
pub(super) fn settle(pairs: &[Pair], evidence: &mut Evidence) {
    let benchmarks = || pairs.iter().flat_map(|pair| &pair.benchmarks);
    let verdicts = || benchmarks().filter_map(|benchmark| benchmark.verdict.as_ref());
    let count = |n: usize| Value::Count(n as u64);
    evidence.put("benchmark.pairs", count(benchmarks().count()));
    for (id, state) in [
        ("benchmark.pair_regressed", "regressed"),
        ("benchmark.pair_improved", "improved"),
        ("benchmark.pair_undecided", "unproven"),
        ("benchmark.pair_missing", "missing"),
        ("benchmark.pair_new", "new"),
    ] {
        evidence.put(id, count(verdicts().filter(|verdict| verdict.state == state).count()));
    }
    let sound = |pair: &Pair, side| pair.runs.iter().filter(|run| run.side == side && run.round > 0 && run.is_sound()).count();
    let rounds = pairs.iter().map(|pair| sound(pair, Side::Base).min(sound(pair, Side::Head))).min().unwrap_or(0);
    evidence.put("benchmark.pair_rounds", count(rounds));
    let failed = pairs.iter().flat_map(|pair| &pair.runs).filter(|run| !run.is_sound()).count();
    evidence.put("benchmark.pair_failed_runs", count(failed));
    evidence.family("benchmark.pair");
    benchmarks().filter_map(record).for_each(|record| evidence.push("benchmark.pair", record));
}

fn record(benchmark: &Benchmark) -> Option<Record> {
    let verdict = benchmark.verdict.as_ref()?;
    let number = |value| Value::Number { value, unit: Cow::Borrowed("") };
    let level = |values: &[Option<f64>]| median(&values.iter().flatten().copied().collect::<Vec<_>>()).map(number);
    let figures = figures(benchmark);
    let row = Record::new("id", benchmark.id())
        .with("benchmark", Value::text(&benchmark.benchmark))
        .with("metric", Value::text(&benchmark.metric))
        .with("unit", Value::text(&benchmark.unit))
        .with("state", Value::text(&verdict.state))
        .with_some("base", level(&figures.base))
        .with_some("head", level(&figures.head))
        .with("rounds", Value::Count(verdict.rounds.into()));
    let row = match &verdict.ratio {
        None => row,
        Some(ratio) => {
            let (worse, better) = shares(ratio, benchmark.direction);
            row.with_ratio("worse", worse.0, worse.1).with_ratio("better", better.0, better.1).with("p", number(ratio.p))
        }
    };
    Some(row.with_some("standing", standing(verdict).map(Value::text)).with("because", Value::text(&verdict.because)))
}

/// What follows, whatever is asked, where there is nothing to compare.
fn standing(verdict: &Verdict) -> Option<&'static str> {
    match verdict.state.as_str() {
        "too-few" | "machine-changed" => Some("unproven"),
        "missing" | "zero-baseline" => Some("no-evidence"),
        "new" => Some("not-applicable"),
        _ => None,
    }
}

/// How much worse and how much better than base, as shares of it, each between two bounds; neither is flattered by rounding.
fn shares(ratio: &Estimate, direction: Direction) -> ((Ratio, Basis), (Ratio, Basis)) {
    let up = [ratio.value - 1.0, ratio.low - 1.0, ratio.high - 1.0];
    let down = [1.0 - ratio.value, 1.0 - ratio.high, 1.0 - ratio.low];
    let (worse, better) = if direction == Direction::Lower { (up, down) } else { (down, up) };
    (share(worse), share(better))
}

fn share([value, low, high]: [f64; 3]) -> (Ratio, Basis) {
    // A float beyond the range of the count becomes its largest value, which is as far.
    let parts = |share: f64| share.max(0.0) * PARTS;
    let range = [parts(low).floor() as u64, parts(high).ceil() as u64];
    (Ratio::new(parts(value).round() as u64, PARTS as u64), Basis { range: Some(range), ..Basis::default() })
}
