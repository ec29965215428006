//! Coverage reports: which lines ran, file by file.
//!
//! Totals are counted from the lines, never taken from what a report declares about itself; each line of a file counts once,
//! however many classes, packages and reports repeat it, and is covered if any of them ran it.

use crate::evidence::Evidence;
use crate::ingest::{Family, Format, Request};
use crate::linemap::{Counts, LineMap, Lines, Unsure};
use crate::metric::{Ratio, Value, grouped};
use crate::mutant::{Fate, Mutants};
use crate::record::Record;
use crate::source::{Grade, Location};
use declared::{Declared, Stated, compare_declared};
use std::collections::{BTreeMap, BTreeSet};

mod cargo_mutants;
mod cell;
mod clover;
mod cobertura;
mod coverage_py;
mod coveralls_json;
mod coverlet;
mod declared;
mod dotcover;
mod elements;
mod gcovr_json;
mod gocover;
mod istanbul;
mod jacoco;
mod lcov;
mod llvm_json;
mod mutants;
mod mutation_elements;
mod number;
mod odds;
mod opencover;
mod path;
mod pit;
mod place;
mod points;
mod scoverage;
mod simplecov;
mod sonarqube;
mod span;
#[cfg(test)]
mod tests;
mod visual_studio;
mod xccov;

/// Coverage.
pub struct Coverage;

impl Family for Coverage {
    type Draft = Draft;
    const NAME: &'static str = "coverage";
    const FORMATS: &'static [Format<Draft>] = &[
        cargo_mutants::FORMAT,
        clover::FORMAT,
        cobertura::FORMAT,
        coverage_py::FORMAT,
        coveralls_json::FORMAT,
        coverlet::FORMAT,
        dotcover::FORMAT,
        gcovr_json::FORMAT,
        gocover::FORMAT,
        istanbul::FORMAT,
        jacoco::FORMAT,
        lcov::FORMAT,
        llvm_json::FORMAT,
        mutation_elements::FORMAT,
        opencover::FORMAT,
        pit::FORMAT,
        scoverage::FORMAT,
        simplecov::FORMAT,
        sonarqube::FORMAT,
        visual_studio::FORMAT,
        xccov::FORMAT,
    ];

    fn is_empty(draft: &Draft) -> bool {
        // A summary of dotCover or scoverage counts statements and no line, and SimpleCov may be told to measure branches only.
        let counters: [Counter; 4] = [Lines::line_ratio, Lines::statement_ratio, Lines::branch_ratio, Lines::function_ratio];
        counters.into_iter().all(|of| !draft.lines.total(of).is_known()) && !draft.mutants.score().is_known()
    }

    fn settle(mut drafts: Vec<Draft>, request: &Request<'_>, evidence: &mut Evidence) {
        place::settle(&mut drafts, request, evidence);
        // First those that have to agree among themselves on what is relevant.
        drafts.sort_by_key(|draft| !draft.exhaustive);
        let Some(all) = drafts.into_iter().reduce(Draft::join) else { return };
        tell_unsure(all.unsure, evidence);
        put(&all, evidence);
        evidence.lines = all.lines;
        evidence.mutants = all.mutants;
    }
}

/// What one report says.
#[derive(Debug, Default)]
pub struct Draft {
    lines: LineMap,
    /// Folders that its relative paths may begin in, as far as it names any.
    roots: Vec<String>,
    /// The files of each package that a report names.
    packages: BTreeMap<String, BTreeSet<String>>,
    unsure: Unsure,
    mutants: Mutants,
    /// It lists every relevant line: one that it does not list counts only if another run of the kind ran it (SimpleCov).
    exhaustive: bool,
    /// Where what a report says of itself is not what it holds.
    stated: Vec<Stated>,
}

impl Draft {
    /// Adds a mutant of a file, as a report calls it.
    fn mutant(&mut self, file: &str, line: u32, change: &str, fate: Fate) {
        self.mutants.add(path::normal(file), line, change, fate);
    }

    /// Both reports, as two runs of the same system.
    fn join(mut self, mut other: Draft) -> Draft {
        if self.exhaustive && other.exhaustive {
            self.lines.agree(&mut other.lines);
        }
        self.exhaustive &= other.exhaustive;
        let Unsure { branches, totals } = self.lines.join(other.lines);
        self.unsure = Unsure { branches: self.unsure.branches + branches, totals: self.unsure.totals + totals };
        self.mutants.join(other.mutants);
        self.stated.extend(other.stated);
        for (name, files) in other.packages {
            self.packages.entry(name).or_default().extend(files);
        }
        self
    }

    /// `Cobertura, 61 files, 4,118 lines`.
    fn describe(&self, format: &str) -> String {
        format!("{format}, {} files, {} lines", grouped(self.lines.files.len() as u64), grouped(self.lines.total(Lines::line_ratio).whole))
    }
}

/// Notes what several reports together ran and is not known.
fn tell_unsure(unsure: Unsure, evidence: &mut Evidence) {
    let mut note = |code, n, what: &str| {
        if n > 0 {
            evidence.problem(code, Grade::Note, "", Location::whole(), format!("{} {what}, the better report counts", grouped(n)));
        }
    };
    note(
        "branches-of-several-reports",
        unsure.branches,
        "lines have branches that several reports took in part: which ones together is not known",
    );
    note(
        "totals-of-several-reports",
        unsure.totals,
        "files stand in several reports, of which one gives no lines: what both ran is not known",
    );
}

/// Metrics and records of the whole entry.
fn put(all: &Draft, evidence: &mut Evidence) {
    mutants::put(&all.mutants, evidence);
    if all.lines.files.is_empty() && !all.mutants.is_empty() {
        return;
    }
    let files: BTreeMap<&str, Counts> = all.lines.files.iter().map(|(path, lines)| (path.as_str(), lines.counts())).collect();
    let total = files.values().fold(Counts::NONE, |sum, file| sum.plus(*file));
    evidence.put("coverage.line", Value::Ratio(total.line));
    // What not every report counts.
    for (id, ratio) in [("coverage.branch", total.branch), ("coverage.function", total.function), ("coverage.statement", total.statement)] {
        if ratio.is_known() {
            evidence.put(id, Value::Ratio(ratio));
        }
    }
    if let Some(partial) = total.partial.filter(|_| total.branch.is_known()) {
        evidence.put("coverage.partial", Value::Count(partial));
    }
    evidence.family("coverage.file");
    for (path, counts) in &files {
        let record = measured(Record::new("path", *path), counts);
        let record = record.with_some("partial", counts.partial.filter(|_| total.branch.is_known()).map(Value::Count));
        let uncovered = counts.line.whole.saturating_sub(counts.line.part);
        evidence.push("coverage.file", record.with("uncovered", Value::Count(uncovered)));
    }
    declared::put(&all.stated, evidence);
    evidence.family("coverage.package");
    for (name, (counts, files)) in packages(all, &files) {
        evidence.push("coverage.package", measured(Record::new("name", name), &counts).with("files", Value::Count(files)));
    }
}

/// What the files of each package count together, and how many they are. A file that no package names is of its folder's.
fn packages<'a>(all: &'a Draft, counted: &BTreeMap<&'a str, Counts>) -> BTreeMap<&'a str, (Counts, u64)> {
    let mut packages: BTreeMap<&str, (Counts, u64)> = BTreeMap::new();
    let mut homeless: BTreeSet<&str> = counted.keys().copied().collect();
    let mut add = |package, file: &str| {
        let (counts, files) = packages.entry(package).or_insert((Counts::NONE, 0));
        if let Some(more) = counted.get(file) {
            (*counts, *files) = (counts.plus(*more), *files + 1);
        }
    };
    for (name, files) in &all.packages {
        for file in files {
            homeless.remove(file.as_str());
            add(name.as_str(), file);
        }
    }
    homeless.into_iter().for_each(|file| add(path::folder(file), file));
    packages
}

fn measured(record: Record, counts: &Counts) -> Record {
    let known = |ratio: Ratio| ratio.is_known().then_some(Value::Ratio(ratio));
    let record = record.with("line", Value::Ratio(counts.line));
    record.with_some("branch", known(counts.branch)).with_some("function", known(counts.function))
}

/// Counts something in a file.
type Counter = fn(&Lines) -> Ratio;
