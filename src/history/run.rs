//! From what was read to the lines of a history: whose run, when, of which commit, on which machine.

use crate::evidence::Evidence;
use crate::history_line::{HistoryLine, SCHEMA, unnamed};
use crate::instant::Instant;
use crate::io::hash;
use crate::series::{PointRef, Repeat, Series};
use std::collections::BTreeSet;

/// What somebody says of a run; it stands above what the results say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// Its name.
    pub run: Option<String>,
    /// When it was.
    pub at: Option<Instant>,
    /// The commit that was measured.
    pub commit: Option<String>,
    /// Its branch.
    pub branch: Option<String>,
    /// The machine that measured.
    pub machine: Option<String>,
    /// What it is the release of.
    pub release: Option<String>,
}

/// What holds where neither somebody nor the results say it.
#[derive(Clone, Debug, PartialEq)]
pub struct Here {
    /// The present.
    pub now: Instant,
    /// What is checked out.
    pub commit: Option<String>,
    /// Its branch.
    pub branch: Option<String>,
    /// This machine.
    pub machine: Option<String>,
}

/// The lines of one run. A run without a name is called by the digest of its files, so that the same results are the same run
/// whenever they are appended.
///
/// # Errors
/// A sentence, when the results are of several runs and nobody says that they are one.
pub fn one(evidence: &Evidence, said: &Said, here: &Here) -> Result<Vec<HistoryLine>, String> {
    let named: BTreeSet<&str> = evidence.series.iter().flat_map(runs).filter_map(|run| run.run).collect();
    let several = evidence.series.iter().find(|series| runs(series).count() > 1);
    if said.run.is_none() {
        if named.len() > 1 {
            return Err(format!("the results are of {} runs", named.len()));
        }
        if let Some(series) = several {
            return Err(format!("{} has {} values of different moments", series.id(), runs(series).count()));
        }
    }
    let files = hash::together(evidence.sources.iter().map(|source| source.sha256.as_str()));
    let run = said.run.clone().or_else(|| named.first().map(|name| (*name).to_owned())).unwrap_or_else(|| unnamed(&files));
    let stated = evidence.series.iter().flat_map(runs).filter_map(|run| run.at);
    let stamped = evidence.sources.iter().filter_map(|source| source.collected_at);
    let at = said.at.or_else(|| stated.max()).or_else(|| stamped.max()).unwrap_or(here.now);
    let commit = evidence.sources.iter().find_map(|source| source.commit.clone());
    let lines = evidence.series.iter().flat_map(|series| {
        let (run, commit) = (&run, &commit);
        runs(series).map(move |one| HistoryLine {
            run: run.clone(),
            at: at.to_string(),
            commit: said
                .commit
                .clone()
                .or_else(|| one.commit.map(str::to_owned))
                .or_else(|| commit.clone())
                .or_else(|| here.commit.clone()),
            branch: said.branch.clone().or_else(|| here.branch.clone()),
            machine: said.machine.clone().or_else(|| machine(series)).or_else(|| here.machine.clone()).filter(|name| !name.is_empty()),
            release: said.release.clone().or_else(|| one.release.map(str::to_owned)),
            ..one.line(series)
        })
    });
    Ok(lines.collect())
}

/// The lines of all runs of another history, and how many values are left out because nothing says when they were measured. Runs
/// without a name are called by their moment and commit.
pub fn many(evidence: &Evidence, said: &Said) -> (Vec<HistoryLine>, usize) {
    let mut undated = 0;
    let mut lines = Vec::new();
    for series in &evidence.series {
        for one in runs(series) {
            let Some(at) = said.at.or(one.at) else {
                undated += 1;
                continue;
            };
            let commit = said.commit.clone().or_else(|| one.commit.map(str::to_owned));
            let short: String = commit.iter().flat_map(|commit| commit.chars().take(12)).collect();
            let own = || if short.is_empty() { at.to_string() } else { format!("{at} {short}") };
            lines.push(HistoryLine {
                run: said.run.clone().or_else(|| one.run.map(str::to_owned)).unwrap_or_else(own),
                at: at.to_string(),
                commit,
                branch: said.branch.clone(),
                machine: said.machine.clone().or_else(|| machine(series)),
                release: said.release.clone().or_else(|| one.release.map(str::to_owned)),
                ..one.line(series)
            });
        }
    }
    // Run by run, as if they had been appended.
    lines.sort_by(|a, b| (&a.at, &a.run).cmp(&(&b.at, &b.run)));
    (lines, undated)
}

fn machine(series: &Series) -> Option<String> {
    Some(series.machine.clone()).filter(|name| !name.is_empty())
}

/// One run of a point.
struct One<'s> {
    at: Option<Instant>,
    run: Option<&'s str>,
    commit: Option<&'s str>,
    release: Option<&'s str>,
    value: f64,
    samples: &'s [f64],
}

/// The runs behind a series: the runs of a commit that stand together in one point come apart.
fn runs(series: &Series) -> impl Iterator<Item = One<'_>> {
    let mut releases = series.releases.iter().peekable();
    series.points.iter().enumerate().flat_map(move |(index, point)| {
        let release = releases.next_if(|release| release.index == index).map(|release| &*release.name);
        let (at, run, commit) = (point.at, point.run, point.commit);
        let whole = One { at, run, commit, release, value: point.value, samples: point.samples };
        let whole = Some(whole).filter(|_| point.repeats.is_empty());
        whole.into_iter().chain(parts(point, release))
    })
}

fn parts<'s>(point: PointRef<'s>, release: Option<&'s str>) -> impl Iterator<Item = One<'s>> {
    let mut from = 0;
    point.repeats.iter().map(move |Repeat { at, run, value, samples }| {
        let own = point.samples.get(from..from + samples).unwrap_or_default();
        from += samples;
        One { at: *at, run: run.as_deref(), commit: point.commit, release, value: *value, samples: own }
    })
}

impl One<'_> {
    /// What the line says of the value.
    fn line(&self, series: &Series) -> HistoryLine {
        HistoryLine {
            schema: SCHEMA.to_owned(),
            run: String::new(),
            at: String::new(),
            commit: None,
            branch: None,
            machine: None,
            release: None,
            benchmark: series.benchmark.clone(),
            metric: series.metric.clone(),
            value: Some(self.value),
            unit: series.unit.clone(),
            direction: series.direction,
            samples: (!self.samples.is_empty()).then(|| self.samples.iter().copied().map(Some).collect()),
        }
    }
}
