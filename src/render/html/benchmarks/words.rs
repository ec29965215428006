//! What is said of a series, in words.

use super::figure;
use super::number;
use crate::render::parts::chip;
use crate::series::{Direction, Drift, Series};

/// What a stable series is called while it drifts.
const WORSENING: &str = "worsening";
const BETTERING: &str = "bettering";

/// The states, most interesting first, with the outcome whose look they have and their word.
pub(super) const STATES: [(&str, &str, &str); 12] = [
    ("regressed", "fail", "Regressed"),
    ("missing", "no-evidence", "Missing"),
    ("zero-baseline", "no-evidence", "Zero baseline"),
    ("suspect", "unproven", "Suspect"),
    (WORSENING, "unproven", "Drifting"),
    ("improved", "pass", "Improved"),
    (BETTERING, "pass", "Drifting for the better"),
    ("insufficient-history", "unproven", "Too few runs"),
    ("learning", "not-applicable", "Learning"),
    ("new", "not-applicable", "New"),
    ("acknowledged", "pass", "Acknowledged"),
    ("stable", "pass", "Stable"),
];

pub(super) fn state(series: &Series) -> &str {
    series.trend.as_ref().map_or("learning", |trend| trend.state.as_ref())
}

/// Its place among the states.
pub(super) fn rank(series: &Series) -> usize {
    let name = match drift(series).filter(|_| state(series) == "stable") {
        Some(drift) if worse(series, drift.before, drift.after) => WORSENING,
        Some(_) => BETTERING,
        None => state(series),
    };
    STATES.iter().position(|(known, ..)| *known == name).unwrap_or(STATES.len())
}

/// The class and the word of its state.
pub(super) fn look(series: &Series) -> (&'static str, &'static str) {
    STATES.get(rank(series)).map_or(("unproven", "Unknown"), |(_, class, word)| (class, word))
}

/// Whether there is something to tell.
pub(super) fn is_news(series: &Series) -> bool {
    matches!(state(series), "regressed" | "suspect" | "improved" | "acknowledged") || drift(series).is_some()
}

/// A drift that is still going on.
fn drift(series: &Series) -> Option<&Drift> {
    series.trend.as_ref()?.drift.as_ref().filter(|drift| drift.to + 1 == series.points.len())
}

/// How far a series went, as a share of where it was: by its last step, or by a drift that is still going on.
pub(super) fn change(series: &Series) -> Option<f64> {
    let trend = series.trend.as_ref()?;
    let drift = drift(series).filter(|_| state(series) == "stable");
    drift.and_then(|drift| share(drift.before, drift.after)).or(Some(trend.change))
}

/// A change as a share of the value before; nothing from 0 on.
pub(super) fn share(before: f64, after: f64) -> Option<f64> {
    Some((after - before) / before.abs()).filter(|share| share.is_finite())
}

/// `digest p95`.
pub(super) fn name(series: &Series) -> String {
    format!("{} {}", series.benchmark, series.metric)
}

/// A value with the unit of the series.
pub(super) fn value(series: &Series, v: f64) -> String {
    if series.unit.is_empty() { number(v) } else { format!("{} {}", number(v), series.unit) }
}

/// Whether a step is for the worse.
pub(super) fn worse(series: &Series, before: f64, after: f64) -> bool {
    (after > before) == (series.direction == Direction::Lower)
}

/// A series as a sentence: where it went, when, and whether it stayed.
pub(super) fn news(series: &Series) -> String {
    let name = name(series);
    let Some(trend) = &series.trend else { return name };
    let Some(step) = trend.changes.last().filter(|_| matches!(state(series), "regressed" | "improved")) else {
        return match state(series) {
            "suspect" => format!("{name} has one value out of the ordinary"),
            "missing" => format!("{name} has no value in the newest run"),
            "zero-baseline" => format!("{name} has a baseline of 0"),
            "new" | "learning" | "insufficient-history" => format!("{name} has too few runs to be judged"),
            "acknowledged" => format!("{name} changed its level, and that is acknowledged"),
            _ => match drift(series) {
                Some(drift) => drifting(&name, drift),
                None => format!("{name} is within its usual range"),
            },
        };
    };
    let verb = if step.after > step.before { "rose" } else { "fell" };
    let when = step.at.map(|at| format!(" on {}", at.date())).unwrap_or_default();
    let runs = series.points.len().saturating_sub(step.index);
    let stayed = if runs > 1 { format!(" and stayed there for {runs} runs") } else { String::new() };
    format!("{name} {verb} {}{when}{stayed}", figure::change(trend.change).trim_start_matches(['+', '−']))
}

/// `search p95 rises slowly: 8.2 % in 150 runs`.
fn drifting(name: &str, drift: &Drift) -> String {
    let verb = if drift.after > drift.before { "rises" } else { "falls" };
    let much = share(drift.before, drift.after)
        .map_or_else(|| "from 0".to_owned(), |share| figure::change(share).trim_start_matches(['+', '−']).to_owned());
    format!("{name} {verb} slowly: {much} in {} runs", drift.to + 1 - drift.from)
}

/// The numbers a chart is read with.
pub(super) fn about(series: &Series) -> String {
    let mut parts = vec![format!("{} runs", series.all())];
    if let Some(trend) = &series.trend {
        parts.push(format!("usual {}", value(series, trend.baseline)));
        parts.extend(trend.band.map(|(low, high)| format!("shaded {} to {}", value(series, low), value(series, high))));
        parts.extend(trend.limit.map(|limit| format!("limit {}", value(series, limit))));
    }
    if !series.machine.is_empty() {
        parts.push(format!("on {}", series.machine));
    }
    format!("{}.", chip::capital(&parts.join("; ")))
}
