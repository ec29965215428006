//! `readiness check --append`: what was judged beside a history becomes a part of it.

use super::append::told;
use super::{own, tell, unwritten};
use crate::command::keeping::Keeping;
use crate::command::setup::Setup;
use crate::command::{gather, plain};
use crate::error::Error;
use crate::history::{self, Here, Said};
use crate::history_line::HistoryLine;
use crate::io::fs;
use crate::io::{git, terminal};
use crate::report::Report;
use crate::series::{PointRef, Series};
use std::collections::BTreeMap;

/// Whether an entry has a history.
pub fn has_any(setup: &Setup) -> bool {
    setup.config.evidence.values().any(|entry| entry.history.is_some())
}

/// Appends the results of every entry with a history, as they were judged.
///
/// # Errors
/// When a history cannot be read or written.
pub fn keep(setup: &Setup, keeping: &Keeping, report: &Report) -> Result<(), Error> {
    let entries = setup.config.evidence.iter().filter_map(|(name, entry)| Some((name, entry.history.as_ref()?)));
    for (name, history) in entries {
        let path = setup.root.join(history);
        own(&path)?;
        let results = gather::results(setup, name, report.now)?;
        if !tell(&results) {
            terminal::note(&plain::lines(&format!("{history}: nothing was appended: the results of {name} cannot be relied on")));
            continue;
        }
        let Keeping { run, release, .. } = keeping.clone();
        let said = Said { run, machine: keeping.machine(), release, ..Said::default() };
        let branch = git::branch(&setup.root);
        let here = Here { now: report.now, commit: report.project.commit.clone(), branch, machine: None };
        match history::one(&results, &said, &here) {
            Err(why) => terminal::note(&plain::lines(&format!("{history}: nothing was appended: {why}; `--run NAME` makes them one run"))),
            Ok(mut lines) => {
                let judged = report.evidence.iter().filter(|entry| entry.name == *name).flat_map(|entry| &entry.series);
                as_judged(&mut lines, judged);
                let appended = history::append(&path, &lines).map_err(|e| unwritten(&path, e))?;
                terminal::note(plain::lines(&told(&fs::slashed(&path), &lines, &appended)).trim_end());
            }
        }
    }
    Ok(())
}

/// Gives lines the run they were judged as, which may stand in the history under another name, and where they name no machine the one
/// they were judged on.
fn as_judged<'s>(lines: &mut [HistoryLine], judged: impl Iterator<Item = &'s Series>) {
    let mut known: BTreeMap<(&str, &str), Vec<&Series>> = BTreeMap::new();
    judged.for_each(|series| known.entry((&series.benchmark, &series.metric)).or_default().push(series));
    for line in lines {
        let Some(same) = known.get(&(line.benchmark.as_str(), line.metric.as_str())) else { continue };
        // What was judged is the newest, and found first.
        let named = |series: &&&Series| series.points.iter().rev().flat_map(runs).any(|run| run == line.run);
        let copied = |point: &PointRef<'_>| line.samples.as_ref().is_some_and(|s| s.len() > 2 && s.iter().flatten().eq(point.samples));
        if let Some(series) = same.iter().find(named) {
            if line.machine.is_none() && !series.machine.is_empty() {
                line.machine = Some(series.machine.clone());
            }
        } else if let Some((series, point)) = same.iter().find_map(|series| Some((series, series.points.iter().rev().find(copied)?))) {
            let machine = Some(series.machine.clone()).filter(|machine| !machine.is_empty());
            (line.run, line.machine, line.commit) = (point.run.unwrap_or_default().to_owned(), machine, point.commit.map(str::to_owned));
        }
    }
}

fn runs(point: PointRef<'_>) -> impl Iterator<Item = &str> {
    point.run.into_iter().chain(point.repeats.iter().filter_map(|repeat| repeat.run.as_deref()))
}
