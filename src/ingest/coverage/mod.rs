//! Coverage reports: which lines ran, file by file.
//!
//! Totals are counted from the lines, never taken from what a report declares about itself; each line of a file counts once,
//! however many classes, packages and reports repeat it, and is covered if any of them ran it.

use crate::evidence::Evidence;
use crate::ingest::{Family, Format, Reading, Request};
use crate::linemap::{LineMap, Lines, Unsure, plus};
use crate::metric::{Ratio, Value, grouped};
use crate::mutant::{Fate, Mutants};
use crate::record::Record;
use crate::source::{Grade, Location};
use std::collections::{BTreeMap, BTreeSet};

mod cargo_mutants;
mod cell;
mod clover;
mod cobertura;
mod coverage_py;
mod coveralls_json;
mod coverlet;
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
mod span;
#[cfg(test)]
mod tests;
mod visual_studio;

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
        visual_studio::FORMAT,
    ];

    fn is_empty(draft: &Draft) -> bool {
        // A summary of dotCover or scoverage counts statements and no line.
        let known = |of: Counter| draft.lines.total(of).is_known();
        !known(Lines::line_ratio) && !known(Lines::statement_ratio) && !draft.mutants.score().is_known()
    }

    fn settle(mut drafts: Vec<Draft>, request: &Request<'_>, evidence: &mut Evidence) {
        place::settle(&mut drafts, request, evidence);
        let Some(all) = drafts.into_iter().reduce(|all, next| all.join(next)) else { return };
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
}

impl Draft {
    /// Adds a mutant of a file, as a report calls it.
    fn mutant(&mut self, file: &str, line: u32, change: &str, fate: Fate) {
        self.mutants.add(path::normal(file), line, change, fate);
    }

    /// Both reports, as two runs of the same system.
    fn join(mut self, other: Draft) -> Draft {
        let Unsure { branches, totals } = self.lines.join(other.lines);
        self.unsure = Unsure { branches: self.unsure.branches + branches, totals: self.unsure.totals + totals };
        self.mutants.join(other.mutants);
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
    evidence.put("coverage.line", Value::Ratio(all.lines.total(Lines::line_ratio)));
    for (id, of) in OTHERS {
        let ratio = all.lines.total(of);
        if ratio.is_known() {
            evidence.put(id, Value::Ratio(ratio));
        }
    }
    let branches = all.lines.total(Lines::branch_ratio).is_known();
    let partial: Option<u64> = all.lines.files.values().map(Lines::partial).sum();
    if let Some(partial) = partial.filter(|_| branches) {
        evidence.put("coverage.partial", Value::Count(partial));
    }
    let mut packages: BTreeMap<&str, Package> = BTreeMap::new();
    let mut homeless: BTreeSet<&str> = all.lines.files.keys().map(String::as_str).collect();
    for (name, files) in &all.packages {
        for file in files {
            homeless.remove(file.as_str());
            packages.entry(name).or_default().add(all.lines.files.get(file));
        }
    }
    for file in homeless {
        packages.entry(path::folder(file)).or_default().add(all.lines.files.get(file));
    }
    evidence.family("coverage.file");
    for (path, lines) in &all.lines.files {
        let line = lines.line_ratio();
        let record = measured(Record::new("path", path), line, lines.branch_ratio(), lines.function_ratio());
        let record = record.with_some("partial", lines.partial().filter(|_| branches).map(Value::Count));
        evidence.push("coverage.file", record.with("uncovered", Value::Count(line.whole.saturating_sub(line.part))));
    }
    evidence.family("coverage.package");
    for (name, Package { line, branch, function, files }) in packages {
        let record = measured(Record::new("name", name), line, branch, function);
        evidence.push("coverage.package", record.with("files", Value::Count(files)));
    }
}

/// Counts something in a file.
type Counter = fn(&Lines) -> Ratio;

/// What not every report counts.
const OTHERS: [(&str, Counter); 3] = [
    ("coverage.branch", Lines::branch_ratio),
    ("coverage.function", Lines::function_ratio),
    ("coverage.statement", Lines::statement_ratio),
];

/// The files of a package together.
#[derive(Default)]
struct Package {
    line: Ratio,
    branch: Ratio,
    function: Ratio,
    files: u64,
}

impl Package {
    fn add(&mut self, file: Option<&Lines>) {
        let Some(lines) = file else { return };
        self.line = plus(self.line, lines.line_ratio());
        self.branch = plus(self.branch, lines.branch_ratio());
        self.function = plus(self.function, lines.function_ratio());
        self.files += 1;
    }
}

fn measured(record: Record, line: Ratio, branch: Ratio, function: Ratio) -> Record {
    let known = |ratio: Ratio| ratio.is_known().then_some(Value::Ratio(ratio));
    record.with("line", Value::Ratio(line)).with_some("branch", known(branch)).with_some("function", known(function))
}

/// What a report says of itself.
#[derive(Clone, Copy, Debug)]
enum Declared {
    /// How many of how many.
    Counts(Ratio),
    /// Only the share, which for nothing at all may be anything.
    Rate(Ratio),
}

/// Warns when what a report declares about itself is further than 0.1 points from what its lines say.
fn compare_declared(reading: &mut Reading<'_>, what: &str, declared: Declared, counted: Ratio, at: Location) {
    let (ratio, shown) = match declared {
        Declared::Rate(_) if !counted.is_known() => return,
        Declared::Rate(ratio) => (ratio, format!("{} %", ratio.floor_percent(2).unwrap_or_default())),
        Declared::Counts(ratio) => (ratio, Value::Ratio(ratio).to_string()),
    };
    let apart = (u128::from(ratio.part) * u128::from(counted.whole)).abs_diff(u128::from(counted.part) * u128::from(ratio.whole));
    let differs = match (ratio.is_known(), counted.is_known()) {
        (true, true) => apart.saturating_mul(1000) > u128::from(ratio.whole) * u128::from(counted.whole),
        (one, other) => one != other,
    };
    if differs {
        let message = format!("the report declares {shown} of its {what} covered; counted: {}", Value::Ratio(counted));
        reading.warning("declared-totals-differ", at, message);
    }
}
