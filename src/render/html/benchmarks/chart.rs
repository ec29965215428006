//! One series in full: the line, the steps in it, and the newest numbers.

use super::figure;
use super::words::{about, news, share, value, worse};
use crate::error::Error;
use crate::render::parts::chart::{Caption, Ink, Slope, Step, Trend, trend};
use crate::render::parts::link;
use crate::render::parts::markup::{Html, escape};
use crate::report::Report;
use crate::series::{Change, Drift, Release, Series};

/// How many of the newest runs are listed; the picture shows all.
const RUNS: usize = 60;
/// How many releases are told in words.
const TOLD: usize = 6;

pub(super) struct Chart {
    /// Which of the drawn series it is.
    pub id: usize,
    pub fragment: String,
    pub news: String,
    pub about: String,
    pub picture: Html,
    pub changes: Vec<Row>,
    pub runs: Vec<Run>,
    pub runs_left_out: usize,
}

/// A run in numbers.
pub(super) struct Run {
    pub when: String,
    pub release: Option<String>,
    pub commit: Html,
    pub value: String,
}

/// A change of level.
pub(super) struct Row {
    pub when: String,
    pub commit: Html,
    pub before: String,
    pub after: String,
    pub change: String,
    pub word: String,
}

/// The fragment of the page where a series' chart is.
pub(super) fn fragment(i: usize) -> String {
    format!("series-{i}")
}

pub(super) fn chart(report: &Report, i: usize, series: &Series) -> Result<Option<Chart>, Error> {
    let values = series.points.values();
    let labels: Vec<String> =
        series.points.iter().enumerate().map(|(n, p)| p.at.map_or_else(|| format!("run {}", series.older + n + 1), figure::day)).collect();
    let found = series.trend.as_ref();
    let changes: Vec<&Change> = found.iter().flat_map(|t| &t.changes).filter(|c| (1..values.len()).contains(&c.index)).collect();
    let steps: Vec<Step> = changes.iter().map(|c| step(series, c)).collect();
    let releases: Vec<(usize, String)> = released(series).map(|one| (one.index, one.name.to_string())).collect();
    let say = |v: f64| value(series, v);
    let drawn = Trend {
        values,
        labels: &labels,
        baseline: found.map(|t| t.baseline),
        band: found.and_then(|t| t.band),
        limit: found.and_then(|t| t.limit),
        steps: &steps,
        releases: &releases,
        slope: found.and_then(|t| t.drift.as_ref()).map(slope),
        after: steps.last().map_or(Ink::Plain, |step| step.ink),
        say: &say,
    };
    let (news, about) = (news(series), about(series));
    let desc = format!("{news}. {about} {}", shipped(series));
    let desc = desc.trim_end();
    let caption = Caption { id: &format!("chart-series-{i}"), title: &format!("{} by run", series.id()), desc };
    let Some(picture) = trend(&caption, &drawn)? else { return Ok(None) };
    let left_out = series.points.len().saturating_sub(RUNS);
    let runs = series.points.iter().zip(&labels).enumerate().skip(left_out).map(|(index, (p, label))| {
        let when = p.at.map_or_else(|| label.clone(), |at| at.date());
        let release = releases.iter().find(|(at, _)| *at == index).map(|(_, name)| name.clone());
        Run { when, release, commit: commit(report, p.commit), value: say(p.value) }
    });
    Ok(Some(Chart {
        id: i,
        fragment: fragment(i),
        news,
        about,
        picture,
        changes: changes.iter().rev().map(|change| row(report, series, change)).collect(),
        runs: runs.collect(),
        runs_left_out: left_out,
    }))
}

/// The releases that are of a point.
fn released(series: &Series) -> impl Iterator<Item = &Release> {
    series.releases.iter().filter(|release| release.index < series.points.len())
}

/// The newest releases in words, for people who cannot see the marks.
fn shipped(series: &Series) -> String {
    let told = |release: &Release| {
        let when = series.points.get(release.index).and_then(|point| point.at);
        format!("{}{}", release.name, when.map_or_else(String::new, |at| format!(" of {}", at.date())))
    };
    let all: Vec<String> = released(series).map(told).collect();
    let shown = all.iter().rev().take(TOLD).cloned().collect::<Vec<_>>().join(", ");
    match all.len() {
        0 => String::new(),
        n if n > TOLD => format!("The newest releases: {shown}."),
        _ => format!("Releases: {shown}."),
    }
}

fn commit(report: &Report, id: Option<&str>) -> Html {
    id.map(|id| link::commit(report, id)).unwrap_or_default()
}

fn row(report: &Report, series: &Series, change: &Change) -> Row {
    Row {
        when: change.at.map_or_else(|| format!("run {}", series.older + change.index + 1), |at| at.date()),
        commit: change.commit.as_deref().map(|id| link::commit(report, id)).unwrap_or_default(),
        before: value(series, change.before),
        after: value(series, change.after),
        change: magnitude(change),
        word: match &change.acknowledged {
            Some(mark) => format!("acknowledged until {}: {}", mark.expires.date(), mark.reason),
            None if worse(series, change.before, change.after) => "worse".to_owned(),
            None => "better".to_owned(),
        },
    }
}

/// What a step is: known of, worse or better.
pub(super) fn ink(series: &Series, change: &Change) -> Ink {
    match change {
        Change { acknowledged: Some(_), .. } => Ink::Claim,
        _ if worse(series, change.before, change.after) => Ink::Fail,
        _ => Ink::Pass,
    }
}

fn magnitude(change: &Change) -> String {
    share(change.before, change.after).map_or_else(|| "from 0".to_owned(), figure::change)
}

/// What is drawn at a step: `2026-02-07, 487fbed, +13.8 %`, or `+13.8 %`.
fn step(series: &Series, change: &Change) -> Step {
    let commit = change.commit.as_deref().map(figure::commit);
    let known = change.acknowledged.as_ref().map(|_| "acknowledged".to_owned());
    let short: Vec<String> = [magnitude(change)].into_iter().chain(known).collect();
    let parts: Vec<String> = change.at.map(|at| at.date()).into_iter().chain(commit).chain(short.iter().cloned()).collect();
    Step { at: change.index, text: parts.join(", "), short: short.join(", "), ink: ink(series, change) }
}

fn slope(drift: &Drift) -> Slope {
    let text = share(drift.before, drift.after).map_or_else(|| "slowly".to_owned(), |share| format!("slowly {}", figure::change(share)));
    Slope { ends: [(drift.from, drift.before), (drift.to, drift.after)], text }
}

/// Since when a series has its level, and the commit.
pub(super) fn since(report: &Report, change: &Change) -> Html {
    let commit = change.commit.as_deref().map(|id| link::commit(report, id).to_string());
    let when = change.at.map(|at| escape(&at.date()));
    Html::trusted(when.into_iter().chain(commit).collect::<Vec<_>>().join(" "))
}
