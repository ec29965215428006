//! Which lines of which files ran: compact, sorted, merged without counting anything twice.

mod line;
mod units;

pub use line::Line;
pub use units::Units;

use crate::metric::Ratio;
use std::collections::BTreeMap;

/// The executable lines of one file, and what else a report counts in it. Sorted, each once, once its map is settled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    lines: Vec<Line>,
    settled: usize,
    /// The arms of its branches, where a report tells them apart. They count as branches of their line.
    pub arms: Units,
    /// Its functions, by name.
    pub functions: Units,
    /// Its statements, by place.
    pub statements: Units,
    /// What a report says of the file as a whole; counts for whatever is not told one by one.
    pub totals: Totals,
}

/// Counts of a whole file, as a report without lines gives them; `0/0` is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Executable lines.
    pub line: Ratio,
    /// Branches.
    pub branch: Ratio,
    /// Functions.
    pub function: Ratio,
    /// Statements.
    pub statement: Ratio,
}

/// What is counted in a file, or in several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Lines that ran, of all executable ones.
    pub line: Ratio,
    /// Branches that were taken, of all.
    pub branch: Ratio,
    /// Functions that were entered, of all.
    pub function: Ratio,
    /// Statements that ran, of all.
    pub statement: Ratio,
    /// Lines that ran, with branches that were not taken; nothing when that is not told of every file.
    pub partial: Option<u64>,
}

impl Counts {
    /// Of no file.
    pub const NONE: Counts = Counts { line: NOTHING, branch: NOTHING, function: NOTHING, statement: NOTHING, partial: Some(0) };

    /// Of more files.
    pub fn plus(self, other: Counts) -> Counts {
        Counts {
            line: plus(self.line, other.line),
            branch: plus(self.branch, other.branch),
            function: plus(self.function, other.function),
            statement: plus(self.statement, other.statement),
            partial: self.partial.zip(other.partial).map(|(a, b)| a + b),
        }
    }
}

const NOTHING: Ratio = Ratio { part: 0, whole: 0 };

/// What could not be joined exactly, because several reports tell it in part: the better record counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unsure {
    /// Lines with branches that are not told apart.
    pub branches: u64,
    /// Files of which a report gives totals only.
    pub totals: u64,
}

impl Lines {
    /// Adds records of one report, in any order and as often as it repeats them: they tell of the same execution (two classes of
    /// one file, a method and its class), so the larger number of hits counts.
    pub fn add(&mut self, lines: &[Line]) {
        self.lines.extend_from_slice(lines);
        // Settling whenever the list has doubled keeps a file of a million one-line classes from being sorted a million times.
        if self.lines.len() > 2 * self.settled + 1024 {
            self.settle_lines(u32::max);
        }
    }

    /// The lines.
    pub fn as_slice(&self) -> &[Line] {
        &self.lines
    }

    /// Lines that ran, of all executable ones.
    pub fn line_ratio(&self) -> Ratio {
        let counted = Ratio::new(self.lines.iter().filter(|line| line.hits > 0).count() as u64, self.lines.len() as u64);
        known(counted, self.totals.line)
    }

    /// Lines that ran, with branches that were not taken; nothing when only totals are told of branches.
    pub fn partial(&self) -> Option<u64> {
        let partial = |line: &&Line| line.hits > 0 && line.branch().part < line.branch().whole;
        let told = !self.totals.branch.is_known() || self.lines.iter().any(|line| line.branch().is_known());
        told.then(|| self.lines.iter().filter(partial).count() as u64)
    }

    /// Branches that were taken, of all.
    pub fn branch_ratio(&self) -> Ratio {
        let of_lines = self.lines.iter().fold(Ratio::default(), |sum, line| plus(sum, line.branch()));
        known(self.arms_elsewhere().fold(of_lines, plus), self.totals.branch)
    }

    /// Branches on lines that the report does not list. Both lists are in order.
    fn arms_elsewhere(&self) -> impl Iterator<Item = Ratio> + '_ {
        let mut lines = self.lines.iter().peekable();
        self.arms.by_line().filter_map(move |(number, arms)| {
            while lines.next_if(|line| line.number < number).is_some() {}
            lines.peek().is_none_or(|line| line.number != number).then_some(arms)
        })
    }

    /// Everything that is counted in the file.
    pub fn counts(&self) -> Counts {
        Counts {
            line: self.line_ratio(),
            branch: self.branch_ratio(),
            function: self.function_ratio(),
            statement: self.statement_ratio(),
            partial: self.partial(),
        }
    }

    /// Functions that were entered, of all.
    pub fn function_ratio(&self) -> Ratio {
        known(self.functions.ratio(), self.totals.function)
    }

    /// Statements that ran, of all.
    pub fn statement_ratio(&self) -> Ratio {
        known(self.statements.ratio(), self.totals.statement)
    }

    /// One line, if it is executable.
    pub fn line(&self, number: u32) -> Option<Line> {
        self.lines.binary_search_by_key(&number, |line| line.number).ok().map(|at| self.lines[at])
    }

    fn settle(&mut self) {
        self.settle_lines(u32::max);
        self.arms.settle();
        self.functions.settle();
        self.statements.settle();
        self.count_arms();
    }

    fn settle_lines(&mut self, hits: fn(u32, u32) -> u32) {
        if self.settled == self.lines.len() {
            return;
        }
        self.lines.sort_unstable_by_key(|line| line.number);
        self.lines.dedup_by(|next, kept| {
            let same = next.number == kept.number;
            if same {
                kept.take(*next, hits);
            }
            same
        });
        self.settled = self.lines.len();
    }

    fn count_arms(&mut self) {
        for (number, arms) in self.arms.by_line() {
            if let Ok(at) = self.lines.binary_search_by_key(&number, |line| line.number) {
                self.lines[at].take_branches(arms);
            }
        }
    }

    /// Adds another run of the same file.
    fn join(&mut self, run: &Lines) -> Unsure {
        let unsure = Unsure { branches: self.unsure_branches(run), totals: u64::from(self.unsure_totals(run)) };
        self.lines.extend_from_slice(&run.lines);
        self.settle_lines(u32::saturating_add);
        self.arms.join(&run.arms);
        self.functions.join(&run.functions);
        self.statements.join(&run.statements);
        self.count_arms();
        self.totals.take(run.totals);
        unsure
    }

    /// Drops what did not run and the other does not list.
    fn drop_unrun(&mut self, other: &Lines) {
        self.lines.retain(|line| line.hits > 0 || other.line(line.number).is_some());
        self.settled = self.lines.len();
    }

    fn unsure_branches(&self, run: &Lines) -> u64 {
        let named = |line: &Line| self.arms.tell_exactly(&run.arms, line.number);
        let twin = |line: &Line| run.line(line.number).is_some_and(Line::is_partial);
        self.lines.iter().filter(|line| line.is_partial() && twin(line) && !named(line)).count() as u64
    }

    fn unsure_totals(&self, run: &Lines) -> bool {
        let only_totals = |one: &Lines| one.lines.is_empty() && one.totals.line.is_known();
        only_totals(self) || only_totals(run)
    }
}

impl Totals {
    /// Takes another record of the same totals: of each the one that saw more.
    pub fn take(&mut self, other: Totals) {
        let better = |one: &mut Ratio, other: Ratio| {
            if (other.part, other.whole) > (one.part, one.whole) {
                *one = other;
            }
        };
        better(&mut self.line, other.line);
        better(&mut self.branch, other.branch);
        better(&mut self.function, other.function);
        better(&mut self.statement, other.statement);
    }
}

/// Counts together.
pub fn plus(left: Ratio, right: Ratio) -> Ratio {
    Ratio::new(left.part.saturating_add(right.part), left.whole.saturating_add(right.whole))
}

fn known(counted: Ratio, told: Ratio) -> Ratio {
    if counted.is_known() { counted } else { told }
}

/// The lines of every measured file, by path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineMap {
    /// By path, with `/` between folders. A file may be measured and have no executable line.
    pub files: BTreeMap<String, Lines>,
}

impl LineMap {
    /// The lines of a file, which is thereby known to be measured.
    pub fn file(&mut self, path: &str) -> &mut Lines {
        self.files.entry(path.to_owned()).or_default()
    }

    /// Joins what one report says of each line.
    pub fn settle(&mut self) {
        self.files.values_mut().for_each(Lines::settle);
    }

    /// Adds another run, settled.
    pub fn join(&mut self, run: LineMap) -> Unsure {
        let mut unsure = Unsure::default();
        for (path, lines) in run.files {
            match self.files.get_mut(&path) {
                Some(known) => {
                    let Unsure { branches, totals } = known.join(&lines);
                    unsure = Unsure { branches: unsure.branches + branches, totals: unsure.totals + totals };
                }
                None => {
                    self.files.insert(path, lines);
                }
            }
        }
        unsure
    }

    /// Of files that both have, drops of each the lines that did not run and that the other does not list; both are settled.
    pub fn agree(&mut self, other: &mut LineMap) {
        for (path, theirs) in &mut other.files {
            let ours = self.files.get_mut(path).filter(|ours| !ours.lines.is_empty() && !theirs.lines.is_empty());
            if let Some(ours) = ours {
                let listed = ours.clone();
                ours.drop_unrun(theirs);
                theirs.drop_unrun(&listed);
            }
        }
    }

    /// The same count of every file together.
    pub fn total(&self, of: fn(&Lines) -> Ratio) -> Ratio {
        self.files.values().fold(Ratio::default(), |sum, lines| plus(sum, of(lines)))
    }
}

#[cfg(test)]
mod tests;
