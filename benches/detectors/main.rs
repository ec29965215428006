//! `cargo bench --bench detectors`: our detector and the rules of other tools on made-up histories with known steps, as the table
//! of `site/benchmarks.md`. Takes minutes; `-- SEEDS` (5 if left out) says how many times 420 histories of 200 commits are made.
#![allow(missing_docs, clippy::print_stdout)]

mod divisive;
mod generator;
mod peers;
mod score;

use generator::History;
use rayon::prelude::*;
use readiness::analyze::changepoint::{self, Options};
use score::{Alert, Kind, Score};

const COMMITS: usize = 200;
/// Two alerts that blame commits so close mean the same step.
const SAME: usize = 5;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    let seeds = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(5);
    let histories: Vec<History> = (1..=seeds).flat_map(|seed| generator::histories(seed, 2, COMMITS)).collect();
    println!("{} histories of {COMMITS} commits\n", histories.len());
    heading("the whole history at once", Kind::Whole);
    row("E-divisive with t-test (as Apache Otava)", &histories, Kind::Whole, |values| whole(values, risen));
    row("**readiness**", &histories, Kind::Whole, |values| whole(values, ours));
    heading("commit by commit", Kind::Gate);
    for (name, rule) in peers::RULES {
        row(name, &histories, Kind::Point, |values| points(values, rule));
    }
    row("E-divisive with t-test (as Apache Otava)", &histories, Kind::Gate, |values| gate(values, risen));
    row("**readiness**", &histories, Kind::Gate, |values| gate(values, ours));
}

fn heading(what: &str, kind: Kind) {
    let delay = if kind == Kind::Whole { ["", ""] } else { [" median delay |", "---:|"] };
    println!("\n| {what} | 2 % | 5 % | 10 % | 20 % | false alarms per 1,000 commits | series without a change that have one |{}", delay[0]);
    println!("|---|---:|---:|---:|---:|---:|---:|{}", delay[1]);
}

fn row(name: &str, histories: &[History], kind: Kind, alerts: impl Fn(&[f64]) -> Vec<Alert> + Sync) {
    let said: Vec<Vec<Alert>> = histories.par_iter().map(|history| alerts(&history.values)).collect();
    let mut score = Score::default();
    histories.iter().zip(&said).for_each(|(history, alerts)| score.add(history, alerts, kind));
    let found = score.found().map(|share| format!("{:.0} %", 100.0 * share)).join(" | ");
    let delay = if kind == Kind::Whole { String::new() } else { format!(" {} |", score.delay()) };
    println!("| {name} | {found} | {:.2} | {:.0} % |{delay}", score.false_alarms(), 100.0 * score.unsettled());
}

/// Where our detector sees a step up.
fn ours(values: &[f64]) -> Vec<usize> {
    let history = changepoint::detect(values, &Options { min_change: 0.0, ..Options::default() }).unwrap_or_default();
    history.changes.iter().filter(|change| change.after > change.before).map(|change| change.index).collect()
}

/// Where E-divisive sees one.
fn risen(values: &[f64]) -> Vec<usize> {
    let changes = divisive::changes(values);
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let up = |i: &usize| {
        let start = if *i == 0 { 0 } else { changes[i - 1] };
        let end = changes.get(i + 1).copied().unwrap_or(values.len());
        mean(&values[changes[*i]..end]) > mean(&values[start..changes[*i]])
    };
    (0..changes.len()).filter(up).map(|i| changes[i]).collect()
}

fn whole(values: &[f64], detector: fn(&[f64]) -> Vec<usize>) -> Vec<Alert> {
    detector(values).into_iter().map(|blamed| Alert { at: values.len() - 1, blamed }).collect()
}

/// The detector after every commit; what it said already is not said again.
fn gate(values: &[f64], detector: fn(&[f64]) -> Vec<usize>) -> Vec<Alert> {
    let mut alerts: Vec<Alert> = Vec::new();
    for at in 10..values.len() {
        for blamed in detector(&values[..=at]) {
            if alerts.iter().all(|alert| alert.blamed.abs_diff(blamed) > SAME) {
                alerts.push(Alert { at, blamed });
            }
        }
    }
    alerts
}

fn points(values: &[f64], rule: peers::Rule) -> Vec<Alert> {
    let alert = |at: usize| rule(&values[..=at]).then_some(Alert { at, blamed: at });
    (score::WARM_UP..values.len()).filter_map(alert).collect()
}
