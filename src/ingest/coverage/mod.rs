//! Coverage reports: which lines ran, file by file.
//!
//! Totals are counted from the lines, never taken from what a report declares about itself; each line of a file counts once,
//! however many classes, packages and reports repeat it, and is covered if any of them ran it.

use crate::evidence::Evidence;
use crate::ingest::{Family, Format, Reading, Request};
use crate::linemap::{LineMap, plus};
use crate::metric::{Ratio, Value, grouped};
use crate::record::Record;
use crate::source::{Grade, Location};
use std::collections::{BTreeMap, BTreeSet};

mod cobertura;
mod number;
mod path;
#[cfg(test)]
mod tests;

/// Coverage.
pub struct Coverage;

impl Family for Coverage {
    type Draft = Draft;
    const NAME: &'static str = "coverage";
    const FORMATS: &'static [Format<Draft>] = &[cobertura::FORMAT];

    fn is_empty(draft: &Draft) -> bool {
        !draft.lines.line_ratio().is_known()
    }

    fn settle(drafts: Vec<Draft>, _: &Request<'_>, evidence: &mut Evidence) {
        let Some(all) = drafts.into_iter().reduce(|all, next| all.join(next)) else { return };
        if all.unsure > 0 {
            let message = format!(
                "{} lines have branches that several reports took in part: which ones together is not known, the better report counts",
                grouped(all.unsure)
            );
            evidence.problem("branches-of-several-reports", Grade::Note, "", Location::whole(), message);
        }
        put(&all, evidence);
    }
}

/// What one report says.
#[derive(Debug, Default)]
pub struct Draft {
    lines: LineMap,
    /// The files of each package that a report names.
    packages: BTreeMap<String, BTreeSet<String>>,
    unsure: u64,
}

impl Draft {
    /// Both reports, as two runs of the same system.
    fn join(mut self, other: Draft) -> Draft {
        self.unsure += other.unsure + self.lines.join(other.lines);
        for (name, files) in other.packages {
            self.packages.entry(name).or_default().extend(files);
        }
        self
    }

    /// `Cobertura, 61 files, 4,118 lines`.
    fn describe(&self, format: &str) -> String {
        format!("{format}, {} files, {} lines", grouped(self.lines.files.len() as u64), grouped(self.lines.line_ratio().whole))
    }
}

/// Metrics and records of the whole entry.
fn put(all: &Draft, evidence: &mut Evidence) {
    evidence.put("coverage.line", Value::Ratio(all.lines.line_ratio()));
    let branches = all.lines.branch_ratio();
    if branches.is_known() {
        evidence.put("coverage.branch", Value::Ratio(branches));
    }
    let mut packages: BTreeMap<&str, [Ratio; 3]> = BTreeMap::new();
    let mut homeless: BTreeSet<&str> = all.lines.files.keys().map(String::as_str).collect();
    for (name, files) in &all.packages {
        for file in files {
            homeless.remove(file.as_str());
            add_to(packages.entry(name).or_default(), all, file);
        }
    }
    for file in homeless {
        add_to(packages.entry(path::folder(file)).or_default(), all, file);
    }
    evidence.family("coverage.file");
    for (path, lines) in &all.lines.files {
        let (line, branch) = (lines.line_ratio(), lines.branch_ratio());
        let record = measured(Record::new("path", path), line, branch).with("uncovered", Value::Count(line.whole - line.part));
        evidence.push("coverage.file", record);
    }
    evidence.family("coverage.package");
    for (name, [line, branch, files]) in packages {
        evidence.push("coverage.package", measured(Record::new("name", name), line, branch).with("files", Value::Count(files.whole)));
    }
}

fn add_to(package: &mut [Ratio; 3], all: &Draft, file: &str) {
    if let Some(lines) = all.lines.files.get(file) {
        let [line, branch, files] = package;
        *line = plus(*line, lines.line_ratio());
        *branch = plus(*branch, lines.branch_ratio());
        files.whole += 1;
    }
}

fn measured(record: Record, line: Ratio, branch: Ratio) -> Record {
    record.with("line", Value::Ratio(line)).with_some("branch", branch.is_known().then_some(Value::Ratio(branch)))
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
