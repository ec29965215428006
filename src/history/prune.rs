//! Which lines of a history go: runs before a day, or all but the newest runs of each series.

use crate::instant::Instant;
use crate::io::fs::Glob;
use std::collections::{BTreeMap, BTreeSet};

/// What is to go.
#[derive(Clone, Debug, PartialEq)]
pub struct Prune {
    /// How much of a series stays.
    pub stay: Stay,
    /// Only of series with such names; of all where there is none.
    pub series: Option<Glob>,
}

/// How much of a series stays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stay {
    /// Its newest runs.
    Newest(usize),
    /// Its runs since this moment.
    Since(Instant),
}

/// What went, and what stays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pruned {
    /// Values that went, by series.
    pub gone: BTreeMap<String, usize>,
    /// Runs of which nothing is left.
    pub runs: usize,
    /// Values that stay.
    pub left: usize,
    /// Marks of merges and lines that were cut off: they went too.
    pub rubbish: usize,
}

/// One value of a history, as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark {
    pub series: String,
    pub at: Instant,
    pub run: String,
}

impl Mark {
    pub fn new(benchmark: &str, metric: &str, machine: Option<&str>, at: Instant, run: &str) -> Mark {
        let parts = [Some(benchmark), Some(metric), machine];
        let parts: Vec<&str> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        Mark { series: parts.join(" "), at, run: run.to_owned() }
    }
}

impl Prune {
    /// Which of all values stay, in their order, and what that makes.
    pub(super) fn sift(&self, marks: &[Mark]) -> (Vec<bool>, Pruned) {
        let named = |series: &str| self.series.as_ref().is_none_or(|glob| glob.matches(series));
        let kept = self.kept(marks);
        let stays = |mark: &Mark| match self.stay {
            _ if !named(&mark.series) => true,
            Stay::Since(since) => mark.at >= since,
            Stay::Newest(_) => kept.contains(&(mark.series.as_str(), mark.run.as_str())),
        };
        let decided: Vec<bool> = marks.iter().map(stays).collect();
        let mut pruned = Pruned::default();
        let (mut all, mut left) = (BTreeSet::new(), BTreeSet::new());
        for (mark, stays) in marks.iter().zip(&decided) {
            all.insert(mark.run.as_str());
            if *stays {
                pruned.left += 1;
                left.insert(mark.run.as_str());
            } else {
                *pruned.gone.entry(mark.series.clone()).or_default() += 1;
            }
        }
        pruned.runs = all.len() - left.len();
        (decided, pruned)
    }

    /// The newest runs of each series.
    fn kept<'m>(&self, marks: &'m [Mark]) -> BTreeSet<(&'m str, &'m str)> {
        let Stay::Newest(most) = self.stay else { return BTreeSet::new() };
        // A run is as old as its first value.
        let mut runs: BTreeMap<&str, BTreeMap<&str, Instant>> = BTreeMap::new();
        for mark in marks {
            let at = runs.entry(&mark.series).or_default().entry(&mark.run).or_insert(mark.at);
            *at = mark.at.min(*at);
        }
        let newest = |(series, runs): (&'m str, BTreeMap<&'m str, Instant>)| {
            let mut runs: Vec<(Instant, &str)> = runs.into_iter().map(|(run, at)| (at, run)).collect();
            runs.sort_unstable_by(|a, b| b.cmp(a));
            runs.into_iter().take(most).map(move |(_, run)| (series, run))
        };
        runs.into_iter().flat_map(newest).collect()
    }
}
