//! Steps that somebody accepts: which step an acknowledgement is about, and what a series is worth after it.

use super::{confirmed, percent};
use crate::acknowledgement::{Acknowledgement, Listed, State};
use crate::analyze::accepted::{Accepted, without};
use crate::analyze::changepoint::{self as find, History};
use crate::analyze::quantile::median;
use crate::analyze::trend::{self, Judgement};
use crate::evidence::Evidence;
use crate::instant::Instant;
use crate::io::spelling;
use crate::metric::number;
use crate::series::{Mark, Series};
use crate::source::{Grade, Location};
use std::collections::BTreeMap;

/// A step may be found so many runs from where it happened, and move by as much as runs are added.
const REACH: usize = 3;
/// The problem codes that are told here.
const CODE: &str = "acknowledgement";
/// So many steps are named to somebody who named none of them.
const NAMED: usize = 3;

/// What is known of an entry's series.
pub(super) struct Known<'a> {
    pub entry: &'a str,
    pub acknowledged: &'a [Acknowledgement],
    pub now: Instant,
}

/// What became of an acknowledgement in a series that it names.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Meeting {
    /// Which one.
    which: usize,
    /// The series.
    series: String,
    met: Met,
}

#[derive(Clone, Debug, PartialEq)]
enum Met {
    /// No run is of its commit; the commits at which this series has steps.
    NoRun(Vec<String>),
    /// There is such a run, and no step near it; the same.
    NoStep(Vec<String>),
    /// A step of this size, and what it is worth there.
    Step(f64, State),
}

/// A series after what is accepted.
pub(super) struct Settled {
    pub judgement: Judgement,
    /// The steps that are accepted, by index.
    pub marks: BTreeMap<usize, Mark>,
    /// Whether anything would be said of the series without them.
    pub needed: bool,
    /// Why a step is accepted, or is not although somebody acknowledged it.
    pub because: Option<String>,
    pub meetings: Vec<Meeting>,
}

/// A step that an acknowledgement can be about.
#[derive(Clone, Copy)]
struct Step {
    accepted: Accepted,
    size: f64,
}

impl Step {
    fn new(index: usize, before: f64, after: f64) -> Step {
        Step { accepted: Accepted { index, before, after }, size: (after - before) / before.abs() }
    }
}

/// Judges a series without the steps that are accepted.
pub(super) fn settle(
    series: &Series,
    values: &[f64],
    history: &History,
    options: (&find::Options, &trend::Options),
    known: &Known<'_>,
) -> Settled {
    let judge = |values: &[f64], history: &History| confirmed(trend::judge(values, history, series.direction, options.1), series);
    let raw = judge(values, history);
    let named = known.acknowledged.iter().enumerate().filter(|(_, one)| one.covers(known.entry, &series.benchmark, &series.metric));
    let mut mine: Vec<Mine<'_>> = named.map(|(which, one)| Mine { which, one, met: None }).collect();
    if mine.is_empty() {
        return Settled { judgement: raw, marks: BTreeMap::new(), needed: false, because: None, meetings: Vec::new() };
    }
    let (mut brought, mut history, mut judgement) = (values.to_vec(), history.clone(), raw);
    let first = steps(&brought, &history, &judgement);
    // One step after the other: with each that is gone, the others stand out more clearly.
    while let Some(step) = next(series, &steps(&brought, &history, &judgement), &mut mine, known.now) {
        brought = without(&brought, &step.accepted);
        history = find::detect(&brought, options.0).unwrap_or_default();
        judgement = judge(&brought, &history);
    }
    let needed = (raw.state, raw.change) != (judgement.state, judgement.change);
    let counting = mine.iter().filter_map(|mine| Some((mine.one, mine.met.filter(|(_, state)| *state == State::Active)?)));
    let marks = counting.map(|(one, (step, _))| (step.accepted.index, one.mark())).collect();
    let said = mine.iter().filter_map(|mine| Some((mine.one, mine.met?))).filter(|(_, (_, state))| needed || *state != State::Active);
    let because = said.filter_map(|(one, (step, state))| told(one, step.size, state)).next();
    let meetings = mine.iter().map(|Mine { which, one, met }| {
        let met = match met {
            Some((step, State::Active)) if !needed => Met::Step(step.size, State::Unused),
            Some((step, state)) => Met::Step(step.size, *state),
            None if runs(series, one).is_empty() => Met::NoRun(commits(series, &first)),
            None => Met::NoStep(commits(series, &first)),
        };
        Meeting { which: *which, series: series.id(), met }
    });
    Settled { judgement, marks, needed, because, meetings: meetings.collect() }
}

/// An acknowledgement that names a series, and the step it is about.
struct Mine<'a> {
    which: usize,
    one: &'a Acknowledgement,
    met: Option<(Step, State)>,
}

/// The steps of a series; values that are out of range before a step can be shown are one too.
fn steps(values: &[f64], history: &History, judgement: &Judgement) -> Vec<Step> {
    let pending = judgement.since.filter(|since| history.changes.iter().all(|change| change.index != *since));
    let pending = pending.and_then(|since| Some(Step::new(since, judgement.baseline, median(values.get(since..)?)?)));
    history.changes.iter().map(|c| Step::new(c.index, c.before, c.after)).chain(pending).collect()
}

/// Finds the step nearest to the runs of each acknowledgement that has none yet, and gives the first that is accepted.
fn next(series: &Series, steps: &[Step], mine: &mut [Mine<'_>], now: Instant) -> Option<Step> {
    let taken: Vec<usize> =
        mine.iter().filter_map(|mine| mine.met.filter(|(_, state)| *state == State::Active)).map(|(s, _)| s.accepted.index).collect();
    for Mine { one, met, .. } in mine.iter_mut().filter(|mine| mine.met.is_none()) {
        let runs = runs(series, one);
        let far = |step: &Step| runs.iter().map(|run| run.abs_diff(step.accepted.index)).min();
        let near = steps.iter().filter_map(|step| Some((far(step)?, step))).filter(|(far, _)| *far <= REACH);
        let Some((_, step)) = near.min_by_key(|(far, _)| *far) else { continue };
        let state = one.accepts(step.size, now);
        *met = Some((*step, state));
        if state == State::Active && !taken.contains(&step.accepted.index) {
            return Some(*step);
        }
    }
    None
}

/// The points of the runs that are of an acknowledgement's commit.
fn runs(series: &Series, one: &Acknowledgement) -> Vec<usize> {
    series
        .points
        .iter()
        .enumerate()
        .filter(|(_, point)| point.commit.as_ref().is_some_and(|commit| one.is_of(commit)))
        .map(|(index, _)| index)
        .collect()
}

/// The commits at which a series has steps, the newest first.
fn commits(series: &Series, steps: &[Step]) -> Vec<String> {
    let told = |step: &Step| {
        let point = series.points.get(step.accepted.index)?;
        let commit: String = point.commit.as_ref()?.chars().take(12).collect();
        Some(point.at.map_or(commit.clone(), |at| format!("{commit} ({})", at.date())))
    };
    steps.iter().rev().filter_map(told).take(NAMED).collect()
}

/// What is said of a step with a series.
fn told(one: &Acknowledgement, size: f64, state: State) -> Option<String> {
    let by = one.owner.as_ref().map_or_else(String::new, |owner| format!(" by {owner}"));
    let size = percent(size);
    Some(match state {
        State::Active => format!("{size} is acknowledged{by} until {}: {}", one.expires.date(), one.reason),
        State::Expired => format!("its acknowledgement{by} ended on {}", one.expires.date()),
        State::NotYet => format!("its acknowledgement{by} does not begin before {}", one.granted?.date()),
        State::Exceeded => format!("{size} is more than the {} % that are acknowledged{by}", number(one.up_to? * 100.0)),
        State::Orphan | State::Unused => return None,
    })
}

/// Lists every acknowledgement with the first entry it is about, and tells those that do not do what somebody thinks they do.
pub(super) fn tell(evidence: &mut [Evidence], all: &[Acknowledgement], meetings: &[Meeting], now: Instant) {
    for entry in evidence.iter_mut().filter(|entry| entry.family == "benchmark") {
        entry.acknowledged.clear();
        entry.problems.retain(|problem| problem.code != CODE);
    }
    let names: Vec<String> = evidence.iter().flat_map(|e| &e.series).map(|series| series.benchmark.clone()).collect();
    for (which, one) in all.iter().enumerate() {
        let met: Vec<&Meeting> = meetings.iter().filter(|meeting| meeting.which == which).collect();
        let worth = met.iter().filter_map(|m| if let Met::Step(_, state) = m.met { Some(state) } else { None }).min();
        let state = worth.unwrap_or(State::Orphan);
        let about = |m: &&&Meeting| matches!(m.met, Met::Step(_, s) if s == state);
        let series: Vec<String> = met.iter().filter(about).map(|meeting| meeting.series.clone()).collect();
        let note = note(one, state, &met, &names, now);
        let Some(entry) = evidence.iter_mut().find(|e| e.family == "benchmark" && one.entries.contains(&e.name)) else { continue };
        if !matches!(state, State::Active) {
            let grade = if state == State::Unused { Grade::Note } else { Grade::Warning };
            let message = format!("the acknowledgement of {} for {} {note}", one.commit, one.benchmark);
            entry.problem(CODE, grade, &one.place.file, Location::line(one.place.line), message);
        }
        entry.acknowledged.push(Listed::new(one, state, series, note));
    }
}

/// What an acknowledgement is worth, in words that follow its name.
fn note(one: &Acknowledgement, state: State, met: &[&Meeting], names: &[String], now: Instant) -> String {
    let days = |n: i64| if n == 1 { "1 day".to_owned() } else { format!("{n} days") };
    let steps = || met.iter().filter(|m| matches!(m.met, Met::Step(_, s) if s == state));
    let first = steps().next().map(|meeting| meeting.series.as_str()).unwrap_or_default();
    let more = if steps().count() > 1 { format!(" and {} more", steps().count() - 1) } else { String::new() };
    match state {
        State::Active => format!("accepts the step of {first}{more} until {}", one.expires.date()),
        State::Unused => format!("is not needed any more: {first}{more} would be judged the same without it"),
        State::Expired => format!("ended {} ago: the step of {first}{more} counts again", days(now.day() - one.expires.day())),
        State::NotYet => format!("does not begin before {}", one.granted.map(Instant::date).unwrap_or_default()),
        State::Exceeded => {
            let size = steps().find_map(|m| if let Met::Step(size, _) = m.met { Some(percent(size)) } else { None });
            let most = one.up_to.map(|most| number(most * 100.0)).unwrap_or_default();
            format!("does not hold for {first}{more}: the step is {}, and {most} % are acknowledged", size.unwrap_or_default())
        }
        State::Orphan => format!("accepts nothing: {}", orphan(one, met, names)),
    }
}

/// Why an acknowledgement is about no step.
fn orphan(one: &Acknowledgement, met: &[&Meeting], names: &[String]) -> String {
    let Some(first) = met.first() else {
        let metric = one.metric.as_ref().map_or_else(String::new, |metric| format!(" {metric}"));
        let help = spelling::did_you_mean(&one.benchmark.0, names.iter().map(String::as_str));
        return format!("there is no series {}{metric}{}", one.benchmark, help.map_or_else(String::new, |help| format!(" - {help}")));
    };
    let near = |m: &&&Meeting| matches!(m.met, Met::NoStep(_));
    let told = met.iter().find(near).unwrap_or(first);
    let (why, commits) = match &told.met {
        Met::NoStep(commits) => ("has no step at that run", commits),
        Met::NoRun(commits) => ("has no run of that commit", commits),
        Met::Step(..) => return String::new(),
    };
    let help =
        if commits.is_empty() { "it has no step at all".to_owned() } else { format!("its newest steps begin at {}", commits.join(", ")) };
    format!("{} {why}; {help}", told.series)
}

#[cfg(test)]
mod tests;
