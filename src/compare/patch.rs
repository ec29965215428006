//! Coverage of a change: which new lines ran, which lines no longer do, and which changed files no report knows.

use crate::catalogue::DIFFERENTIAL;
use crate::diff::{Body, Changed, Diff};
use crate::evidence::Evidence;
use crate::io::fs::Glob;
use crate::linemap::{LineMap, Lines};
use crate::metric::{Metric, Value};
use crate::mutant::Mutants;
use crate::record::Record;
use crate::source::{Grade, Location};
use crate::tree::Tree;
use excerpt::excerpt;
use kind::Kinds;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use tally::{Seen, Tally, ranges, tally};

mod excerpt;
mod kind;
mod mutation;
mod tally;
#[cfg(test)]
mod tests;

/// What a record says of lines, in ranges.
const RANGES: usize = 50;
/// How many files show what stands in such lines.
const EXCERPTS: usize = 50;

/// A change, and what is needed to judge it.
pub struct Change<'a> {
    /// What changed.
    pub diff: &'a Diff,
    /// Which lines ran at the base, where that is known, and patterns of what owes nothing.
    pub base: Option<&'a LineMap>,
    /// The repository, where there is one.
    pub tree: Option<&'a Tree>,
    /// Patterns of files that owe nothing.
    pub exclude: &'a [String],
    /// Where the files lie as they are after the change, if they are at hand.
    pub at_hand: Option<&'a Path>,
}

/// Adds to coverage evidence what it says of a change.
///
/// The entries share the change: every file counts in one of them, with what all of them know of it. So their sums are those of the
/// change, and a second report never takes a line away from the first.
pub fn patch(evidence: &mut [Evidence], change: &Change<'_>) {
    let entries: Vec<usize> = (0..evidence.len()).filter(|i| evidence[*i].family == "coverage").collect();
    if entries.is_empty() {
        return;
    }
    let maps: Vec<LineMap> = entries.iter().map(|i| std::mem::take(&mut evidence[*i].lines)).collect();
    let mutants: Vec<Mutants> = entries.iter().map(|i| std::mem::take(&mut evidence[*i].mutants)).collect();
    let patch = Patch::of(change, &maps);
    let scores = mutation::scores(mutants, |path, line| patch.is_new(path, line));
    for (entry, score) in entries.iter().zip(scores) {
        if let Some(score) = score {
            evidence[*entry].put("coverage.patch_mutation_score", Value::Ratio(score));
            evidence[*entry].put("coverage.new_mutants", Value::Count(score.whole));
        }
    }
    let shares = patch.shares();
    for (nth, (entry, share)) in entries.into_iter().zip(shares).enumerate() {
        share.put(&mut evidence[entry], change.base.is_some());
        if change.base.is_none() && nth == 0 {
            let message = "only new lines are judged: without --base-coverage it is not known which lines ran at the base";
            evidence[entry].problem("no-base-coverage", Grade::Note, "", Location::whole(), message);
        }
    }
}

/// What one entry tells of the change.
#[derive(Default)]
struct Share {
    covered: u64,
    uncovered: u64,
    unmeasured: u64,
    /// New lines of files that no report knows: nobody can say whether they ran.
    blind: u64,
    lost: u64,
    categories: [u64; DIFFERENTIAL.len()],
    changes: Vec<Record>,
    losses: Vec<Record>,
}

impl Share {
    fn put(self, evidence: &mut Evidence, with_base: bool) {
        let patch = Metric::new("coverage.patch", Value::ratio(self.covered, self.covered + self.uncovered));
        evidence.metrics.push(Metric { unmeasured: self.blind, ..patch });
        evidence.put("coverage.new_lines", Value::Count(self.covered + self.uncovered));
        evidence.put("coverage.uncovered_new_lines", Value::Count(self.uncovered));
        evidence.put("coverage.unmeasured_files", Value::Count(self.unmeasured));
        evidence.records.insert("coverage.change".into(), self.changes);
        if with_base {
            evidence.put("coverage.lost_lines", Value::Count(self.lost));
            for (category, count) in DIFFERENTIAL.iter().zip(self.categories) {
                let metric = Metric::new("coverage.differential", Value::Count(count));
                evidence.metrics.push(metric.label("category", *category));
            }
            evidence.records.insert("coverage.lost".into(), self.losses);
        }
    }

    fn count(&mut self, tally: &Tally) {
        self.covered += tally.new_covered;
        self.uncovered += tally.new_uncovered.len() as u64;
        self.lost += tally.lost.len() as u64;
        self.categories.iter_mut().zip(tally.categories).for_each(|(sum, count)| *sum += count);
    }

    fn lose(&mut self, path: &str, lost: &[u32]) {
        if !lost.is_empty() {
            let record = Record::new("path", path).with("uncovered", Value::Count(lost.len() as u64));
            self.losses.push(record.with("lines", Value::Text(ranges(lost, RANGES))));
        }
    }
}

struct Patch<'a> {
    change: &'a Change<'a>,
    maps: &'a [LineMap],
    exclude: Vec<Glob>,
    /// Changed files by what they are called now, and by what they were called.
    by_head: BTreeMap<&'a str, &'a Changed>,
    by_base: BTreeMap<&'a str, &'a Changed>,
}

impl<'a> Patch<'a> {
    fn of(change: &'a Change<'a>, maps: &'a [LineMap]) -> Self {
        let files = || change.diff.files.iter();
        Patch {
            change,
            maps,
            exclude: change.exclude.iter().filter_map(|pattern| Glob::new(pattern).ok()).collect(),
            by_head: files().filter_map(|file| Some((file.head.as_deref()?, file))).collect(),
            by_base: files()
                .filter(|file| !matches!(file.body, Body::Copy(_)))
                .filter_map(|file| Some((file.base.as_deref()?, file)))
                .collect(),
        }
    }

    fn shares(&self) -> Vec<Share> {
        let mut shares: Vec<Share> = self.maps.iter().map(|_| Share::default()).collect();
        let measured = || self.maps.iter().flat_map(|map| map.files.keys()).map(String::as_str);
        let is_new = |path: &str| self.by_head.get(path).is_some_and(|file| file.base.is_none());
        let kinds = Kinds::of(measured(), self.change.tree, is_new);
        let mut excerpts = EXCERPTS;
        for (path, changed) in &self.by_head {
            let state = self.state(path, changed, &kinds);
            let excerpt = self.change.at_hand.filter(|_| excerpts > 0).and_then(|top| state.excerpt(top, path));
            excerpts -= usize::from(excerpt.is_some());
            shares[self.home(path)].changes.push(state.record(path, changed).with_some("excerpt", excerpt.map(Value::Text)));
            if matches!(state, State::Unmeasured(_)) {
                let share = &mut shares[self.home(path)];
                share.unmeasured += 1;
                share.blind += changed.new_lines();
            }
        }
        // What did not change matters only where the base is known.
        let heads: BTreeSet<&str> = if self.change.base.is_some() { measured().collect() } else { self.by_head.keys().copied().collect() };
        for path in heads.iter().filter(|path| !self.is_excluded(path)) {
            let tally = self.tally(path);
            let share = &mut shares[self.home(path)];
            share.count(&tally);
            share.lose(path, &tally.lost);
        }
        for (path, lines) in self.change.base.iter().flat_map(|base| &base.files).filter(|(path, _)| !self.is_excluded(path)) {
            self.gone(path, lines, &heads, &mut shares);
        }
        shares
    }

    /// A file that ran at the base and stands in no report now.
    fn gone(&self, path: &str, lines: &Lines, heads: &BTreeSet<&str>, shares: &mut [Share]) {
        let changed = self.by_base.get(path).copied();
        let now = changed.map_or(Some(path), |changed| changed.head.as_deref());
        if now.is_some_and(|now| heads.contains(now)) {
            return;
        }
        shares[0].count(&tally(&[], Some(&seen(&[lines])), changed));
        let there = now.filter(|now| self.change.tree.is_none_or(|tree| tree.holds(now)) && !self.is_excluded(now));
        // A changed one has been told of already, unless nothing in it is new.
        let told = now.and_then(|now| self.by_head.get(now)).is_some_and(|changed| changed.has_new_lines());
        if let Some(now) = there.filter(|_| !told && !lines.as_slice().is_empty()) {
            let state = State::Unmeasured("a report of the base knows it, and none does now");
            shares[0].unmeasured += 1;
            shares[0].changes.retain(|record| record.subject() != now);
            shares[0].changes.push(state.record(now, changed.unwrap_or(&UNTOUCHED)));
        }
    }

    /// The entry that a file counts in: the first that knows it.
    fn home(&self, path: &str) -> usize {
        self.maps.iter().position(|map| map.files.contains_key(path)).unwrap_or(0)
    }

    /// Whether a line of a file that owes something is new.
    fn is_new(&self, path: &str, line: u32) -> bool {
        self.by_head.get(path).is_some_and(|changed| changed.is_new(line)) && !self.is_excluded(path)
    }

    fn is_excluded(&self, path: &str) -> bool {
        self.exclude.iter().any(|glob| glob.matches(path))
    }

    fn lines(&self, path: &str) -> Vec<&'a Lines> {
        self.maps.iter().filter_map(|map| map.files.get(path)).collect()
    }

    fn tally(&self, path: &str) -> Tally {
        let changed = self.by_head.get(path).copied();
        let was = changed.map_or(Some(path), |changed| changed.base.as_deref());
        let base = self.change.base.map(|base| was.and_then(|was| base.files.get(was)).map(|lines| seen(&[lines])).unwrap_or_default());
        tally(&seen(&self.lines(path)), base.as_deref(), changed)
    }

    fn state(&self, path: &str, changed: &Changed, kinds: &Kinds<'_>) -> State {
        if self.is_excluded(path) {
            return State::Idle("excluded", "left out by `exclude`");
        }
        if matches!(changed.body, Body::Link) || !changed.has_new_lines() {
            return State::Idle("no-executable-change", "no line of it is new");
        }
        let known = self.lines(path);
        if known.is_empty() {
            return match kinds.excuse(path) {
                Some(excuse) => State::Idle("other-kind", excuse),
                None => State::Unmeasured("it is in no coverage report"),
            };
        }
        if matches!(changed.body, Body::Binary) {
            return State::Unmeasured("the diff does not say which of its lines are new");
        }
        if known.iter().all(|lines| lines.as_slice().is_empty()) && known.iter().any(|lines| lines.line_ratio().is_known()) {
            return State::Unmeasured("its report counts lines without saying which");
        }
        match self.tally(path) {
            tally if tally.new_covered == 0 && tally.new_uncovered.is_empty() => {
                State::Idle("no-executable-change", "none of its new lines can be executed")
            }
            tally => State::Measured(tally),
        }
    }
}

/// Stands for what did not change.
const UNTOUCHED: Changed = Changed { head: None, base: None, body: Body::Lines(Vec::new()) };

/// What became of a changed file in the reports.
enum State {
    Measured(Tally),
    /// It owes nothing: the state's name, and why.
    Idle(&'static str, &'static str),
    /// It owes what nobody measured.
    Unmeasured(&'static str),
}

impl State {
    fn excerpt(&self, top: &Path, path: &str) -> Option<String> {
        match self {
            State::Measured(tally) => excerpt(top, path, &tally.new_uncovered),
            _ => None,
        }
    }

    fn record(&self, path: &str, changed: &Changed) -> Record {
        let was = changed.base.as_deref().filter(|was| *was != path && changed.head.is_some());
        let record = |state: &str| Record::new("path", path).with("state", Value::text(state)).with_some("was", was.map(Value::text));
        let standing = |record: Record, standing: &str, because: &str| {
            record.with("standing", Value::text(standing)).with("because", Value::text(because))
        };
        match self {
            State::Measured(Tally { new_covered, new_uncovered, .. }) => {
                let missing = new_uncovered.len() as u64;
                let counted = record("measured")
                    .with("line", Value::ratio(*new_covered, new_covered + missing))
                    .with("uncovered", Value::Count(missing));
                let lines = (missing > 0).then(|| Value::Text(ranges(new_uncovered, RANGES)));
                counted.with_some("lines", lines)
            }
            State::Idle(state, because) => standing(record(state), "not-applicable", because),
            State::Unmeasured(because) => standing(record("not-in-any-report"), "no-evidence", because),
        }
    }
}

/// The executable lines that several reports know of one file: a line ran if any of them saw it run.
fn seen(lines: &[&Lines]) -> Vec<Seen> {
    if let [one] = lines {
        return one.as_slice().iter().map(|line| (line.number, line.hits > 0)).collect();
    }
    let mut all: BTreeMap<u32, bool> = BTreeMap::new();
    for line in lines.iter().flat_map(|lines| lines.as_slice()) {
        *all.entry(line.number).or_default() |= line.hits > 0;
    }
    all.into_iter().collect()
}
