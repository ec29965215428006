//! Made-up benchmark histories in which it is known where the level changes: twelve kinds of noise as continuous integration
//! knows them, four strengths of it, steps of 0 to 20 % up that stay or are mended. The same seed gives the same histories.

use std::f64::consts::{FRAC_PI_2, TAU};
use std::ops::Range;

/// The kinds of noise.
pub const FAMILIES: [&str; 12] = [
    "gauss",   // independent and normal
    "t3",      // heavy tails: Student's t with three degrees of freedom
    "skew",    // a fast path, and now and then a slow one
    "hetero",  // from some commit on three times the noise, or a third of it: another runner
    "spikes",  // one commit in 67 is 30 to 150 % slower
    "bimodal", // two kinds of machine, 6 to 15 % apart
    "ar1",     // a slow day is followed by a slow day: autocorrelation 0.6
    "drift",   // 6 % slower from the first to the last commit
    "season",  // a weekly cycle of twice the noise
    "count",   // instructions: 0.02 %
    "const",   // allocations, bytes of a binary: none
    "mixed",   // heavy tails, spikes and another runner
];

/// A series of values, one for each commit; less is better.
pub struct History {
    /// Of [`FAMILIES`].
    pub family: &'static str,
    /// The size of its steps in per cent.
    pub step: u32,
    /// The values.
    pub values: Vec<f64>,
    /// Where a new level begins, and by how many per cent it is higher.
    pub truth: Vec<(usize, f64)>,
}

/// Every family in every noise with every step, `repeats` times.
pub fn histories(seed: u64, repeats: u64, commits: usize) -> Vec<History> {
    let mut all = Vec::new();
    for (kind, family) in FAMILIES.into_iter().enumerate() {
        let noises: &[f64] = if matches!(family, "count" | "const") { &[0.0] } else { &[0.005, 0.01, 0.02, 0.05] };
        for (strength, noise) in noises.iter().enumerate() {
            for step in [0, 2, 5, 10, 20] {
                for repeat in 0..repeats {
                    let place = [kind as u64, strength as u64, u64::from(step), repeat];
                    let mut random = Random::new(place.iter().fold(seed, |state, part| Random::new(state ^ part).next()));
                    all.push(history(family, *noise, step, repeat, commits, &mut random));
                }
            }
        }
    }
    all
}

fn history(family: &'static str, noise: f64, step: u32, repeat: u64, commits: usize, random: &mut Random) -> History {
    let base = (random.between(50f64.ln(), 5e7f64.ln())).exp();
    let mut truth = Vec::new();
    if step > 0 {
        let up = f64::from(step);
        let first = random.index(commits * 3 / 10..commits * 6 / 10);
        truth.push((first, up));
        // Every second one is mended after a while.
        if !repeat.is_multiple_of(2) {
            truth.push((first + random.index(25..50), 100.0 * (1.0 / (1.0 + up / 100.0) - 1.0)));
        }
    }
    let level = |i: usize| truth.iter().filter(|(at, _)| *at <= i).map(|(_, percent)| 1.0 + percent / 100.0).product::<f64>();
    let errors = errors(family, noise, commits, random);
    let value = |(i, error): (usize, f64)| {
        let value = base * level(i) * (1.0 + error).max(0.05);
        let exact = matches!(family, "count" | "const") && value > 1000.0;
        if exact { value.round() } else { format!("{value:.5e}").parse().unwrap_or(value) }
    };
    let values = errors.into_iter().enumerate().map(value).collect();
    History { family, step, values, truth }
}

/// The noise of `commits` values, relative to the level.
fn errors(family: &str, s: f64, commits: usize, random: &mut Random) -> Vec<f64> {
    let n = commits as f64;
    let change = random.index(commits / 4..3 * commits / 4);
    let louder = if random.uniform() < 0.5 { 3.0 } else { 1.0 / 3.0 };
    let (gap, slow) = (random.between(0.06, 0.15), random.between(0.25, 0.5));
    let phase = 7.0 * random.uniform();
    let mut carried = 0.0;
    let mut error = |i: usize| match family {
        "gauss" => s * random.normal(),
        "t3" => s * random.heavy(),
        "skew" => s * random.skewed(),
        "hetero" => s * random.normal() * if i >= change { louder } else { 1.0 },
        "spikes" => s * random.normal() + random.spike(0.015),
        "bimodal" => s * random.normal() + if random.uniform() < slow { gap } else { 0.0 },
        "ar1" => {
            carried = 0.6 * carried + 0.8 * s * random.normal();
            carried
        }
        "drift" => s * random.normal() + 0.06 * i as f64 / n,
        "season" => s * random.normal() + 2.0 * s * (TAU * (i as f64 + phase) / 7.0).sin(),
        "count" => 0.0002 * random.normal(),
        "mixed" => s * random.heavy() * if i >= change { 2.0 } else { 1.0 } + random.spike(0.01),
        _ => 0.0,
    };
    (0..commits).map(&mut error).collect()
}

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Random {
        Random(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to 1, without 1.
    fn uniform(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    fn index(&mut self, range: Range<usize>) -> usize {
        range.start + (self.uniform() * range.len() as f64) as usize
    }

    /// Standard normal (Box and Muller, Annals of Mathematical Statistics 29, 1958).
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (TAU * self.uniform() + FRAC_PI_2).cos()
    }

    /// Student's t with three degrees of freedom, of variance 1.
    fn heavy(&mut self) -> f64 {
        let normal = self.normal();
        let chi: f64 = (0..3).map(|_| self.normal().powi(2)).sum::<f64>() / 3.0;
        normal / chi.sqrt() / 3f64.sqrt()
    }

    /// Log-normal, of mean 0 and variance 1.
    fn skewed(&mut self) -> f64 {
        let (shape, power) = (0.9f64, (0.81f64).exp());
        let deviation = ((power - 1.0) * power).sqrt();
        ((shape * self.normal()).exp() - (shape * shape / 2.0).exp()) / deviation
    }

    fn spike(&mut self, share: f64) -> f64 {
        if self.uniform() < share { self.between(0.3, 1.5) } else { 0.0 }
    }
}
