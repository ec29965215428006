//! What the detector of steps finds and what it cries wolf at, on made-up histories with known steps. `cargo bench --bench detectors`
//! measures the same on many more, and other tools beside it.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../benches/detectors/generator.rs"]
mod generator;
#[path = "../benches/detectors/score.rs"]
#[allow(dead_code, reason = "the benchmark prints more of it")]
mod score;

use generator::{History, histories};
use readiness::analyze::changepoint::{Options, detect};
use score::{Alert, Kind, Score};

/// Where a step up is seen.
fn steps(values: &[f64]) -> Vec<usize> {
    let history = detect(values, &Options { min_change: 0.0, ..Options::default() }).unwrap();
    history.changes.iter().filter(|change| change.after > change.before).map(|change| change.index).collect()
}

#[test]
fn whole_histories_tell_their_steps_and_little_else() {
    let mut score = Score::default();
    for history in histories(1, 2, 200) {
        let at = history.values.len() - 1;
        let alerts: Vec<Alert> = steps(&history.values).into_iter().map(|blamed| Alert { at, blamed }).collect();
        score.add(&history, &alerts, Kind::Whole);
    }
    let [two, five, ten, twenty] = score.found();
    assert!(two >= 0.52 && five >= 0.76 && ten >= 0.91 && twenty >= 0.97, "{:?}", score.found());
    assert!(score.false_alarms() <= 0.5, "{}", score.false_alarms());
}

#[test]
fn a_clear_step_shows_within_six_commits() {
    let clear = |history: &History| history.step == 20 && matches!(history.family, "gauss" | "t3" | "count" | "const" | "spikes");
    let clear: Vec<History> = histories(2, 1, 120).into_iter().filter(clear).collect();
    let in_time = |history: &&History| {
        let (first, _) = history.truth[0];
        (first..first + 6).any(|at| steps(&history.values[..=at]).iter().any(|blamed| blamed.abs_diff(first) <= 1))
    };
    let found = clear.iter().filter(in_time).count();
    assert!(found * 10 >= clear.len() * 8, "{found} of {}", clear.len());
}

#[test]
fn the_same_seed_gives_the_same_histories() {
    let (a, b, c) = (histories(3, 1, 50), histories(3, 1, 50), histories(4, 1, 50));
    assert!(a.iter().zip(&b).all(|(a, b)| a.values == b.values && a.truth == b.truth));
    assert!(a.iter().zip(&c).all(|(a, c)| a.values != c.values));
}
