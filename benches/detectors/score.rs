//! What alerts are worth, held against the truth. Only steps up count, since less is better.

use super::generator::History;

/// The first commits, in which nobody is held to anything.
pub const WARM_UP: usize = 20;
/// The sizes of steps, in per cent.
const STEPS: [u32; 4] = [2, 5, 10, 20];

/// What a rule said: at which commit, and which commit it blames.
#[derive(Clone, Copy)]
pub struct Alert {
    pub at: usize,
    pub blamed: usize,
}

/// What a rule sees, and so what can be asked of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// All commits at once: the step is blamed on a commit at most five away.
    Whole,
    /// One commit after the other: the same within 30 commits and before the next change.
    Gate,
    /// One commit after the other, and the newest is blamed: an alert within ten commits; none is false for 64.
    Point,
}

/// Counts over all histories.
#[derive(Default)]
pub struct Score {
    found: [(usize, usize); 4],
    delays: Vec<usize>,
    false_alarms: usize,
    commits: usize,
    unsettled: usize,
    clean: usize,
}

impl Score {
    /// Adds what was said of a history. Alerts on a drift are not counted as false: it does get slower.
    pub fn add(&mut self, history: &History, alerts: &[Alert], kind: Kind) {
        let length = history.values.len();
        let alerts: Vec<&Alert> = alerts.iter().filter(|alert| alert.at >= WARM_UP && alert.blamed >= 1).collect();
        let ups: Vec<(usize, usize)> =
            history.truth.iter().enumerate().filter(|(_, (_, percent))| *percent > 0.0).map(|(i, (at, _))| (i, *at)).collect();
        for (i, at) in &ups {
            let next = history.truth.get(i + 1).map_or(length, |(next, _)| *next);
            let until = match kind {
                Kind::Whole => usize::MAX,
                Kind::Gate => next.min(at + 30),
                Kind::Point => next.min(at + 10),
            };
            let near = |alert: &&&Alert| kind == Kind::Point || alert.blamed.abs_diff(*at) <= 5;
            let in_time = |alert: &&&Alert| kind == Kind::Whole || (*at..until).contains(&alert.at);
            let Some(step) = STEPS.iter().position(|step| *step == history.step) else { continue };
            self.found[step].1 += 1;
            if let Some(first) = alerts.iter().filter(near).filter(in_time).map(|alert| alert.at).min() {
                self.found[step].0 += 1;
                self.delays.push(first.saturating_sub(*at));
            }
        }
        if history.family == "drift" {
            return;
        }
        let explained = |alert: &Alert| {
            ups.iter().any(|(_, at)| match kind {
                Kind::Point => (*at..at + 64).contains(&alert.at),
                _ => alert.blamed.abs_diff(*at) <= 5,
            })
        };
        let wrong = alerts.iter().filter(|alert| !explained(alert)).count();
        self.false_alarms += wrong;
        self.commits += length - WARM_UP;
        if history.step == 0 {
            self.clean += 1;
            self.unsettled += usize::from(wrong > 0);
        }
    }

    /// The share of steps of 2, 5, 10 and 20 % that were found.
    pub fn found(&self) -> [f64; 4] {
        self.found.map(|(found, of)| found as f64 / of.max(1) as f64)
    }

    /// False alarms per 1,000 commits.
    pub fn false_alarms(&self) -> f64 {
        1000.0 * self.false_alarms as f64 / self.commits.max(1) as f64
    }

    /// The share of histories without a change that have a false alarm.
    pub fn unsettled(&self) -> f64 {
        self.unsettled as f64 / self.clean.max(1) as f64
    }

    /// The median number of commits from a step to the alert.
    pub fn delay(&self) -> usize {
        let mut delays = self.delays.clone();
        delays.sort_unstable();
        delays.get(delays.len() / 2).copied().unwrap_or(0)
    }
}
