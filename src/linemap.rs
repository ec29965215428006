//! Which lines of which files ran: compact, sorted, merged without counting anything twice.

use crate::metric::Ratio;
use std::collections::BTreeMap;

/// What is known of one executable line. Twelve bytes, so that a report of millions of lines fits into a few megabytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// From 1.
    pub number: u32,
    /// How often it ran; 4,294,967,295 stands for that and more.
    pub hits: u32,
    taken: u16,
    branches: u16,
}

impl Line {
    /// A line that ran `hits` times, without branches.
    pub fn new(number: u32, hits: u64) -> Self {
        Line { number, hits: u32::try_from(hits).unwrap_or(u32::MAX), taken: 0, branches: 0 }
    }

    /// The same line with `taken` of its `branches`. A share above 1 and more than 65,535 branches are not believed: nothing.
    pub fn branching(self, taken: u64, branches: u64) -> Option<Self> {
        let (taken, branches) = (u16::try_from(taken).ok()?, u16::try_from(branches).ok()?);
        (taken <= branches).then_some(Line { taken, branches, ..self })
    }

    /// Its branches that were taken, of all it has; `0/0` where it has none.
    pub fn branch(self) -> Ratio {
        Ratio::new(u64::from(self.taken), u64::from(self.branches))
    }

    /// Takes the branches of whichever record saw more of them taken, then of the one that knows more of them.
    fn better_branches(&mut self, other: Line) {
        (self.taken, self.branches) = (self.taken, self.branches).max((other.taken, other.branches));
    }
}

/// How a line that two records tell of is joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Join {
    /// Both tell of the same execution (two classes of one file, a method and its class): the larger number of hits.
    Same,
    /// Two runs: their hits together.
    Runs,
}

/// The executable lines of one file: sorted by number, each once, once its map is settled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    lines: Vec<Line>,
    settled: usize,
}

impl Lines {
    /// Adds records of one report, in any order and as often as it repeats them.
    pub fn add(&mut self, lines: &[Line]) {
        self.lines.extend_from_slice(lines);
        // Settling whenever the list has doubled keeps a file of a million one-line classes from being sorted a million times.
        if self.lines.len() > 2 * self.settled + 1024 {
            self.settle(Join::Same);
        }
    }

    /// Sorts and joins what was added.
    fn settle(&mut self, join: Join) {
        if self.settled == self.lines.len() {
            return;
        }
        self.lines.sort_unstable_by_key(|line| line.number);
        self.lines.dedup_by(|next, kept| {
            let same = next.number == kept.number;
            if same {
                kept.hits = if join == Join::Same { kept.hits.max(next.hits) } else { kept.hits.saturating_add(next.hits) };
                kept.better_branches(*next);
            }
            same
        });
        self.settled = self.lines.len();
    }

    /// The lines.
    pub fn as_slice(&self) -> &[Line] {
        &self.lines
    }

    /// Lines that ran, of all executable ones.
    pub fn line_ratio(&self) -> Ratio {
        Ratio::new(self.lines.iter().filter(|line| line.hits > 0).count() as u64, self.lines.len() as u64)
    }

    /// Branches that were taken, of all.
    pub fn branch_ratio(&self) -> Ratio {
        self.lines.iter().fold(Ratio::default(), |sum, line| plus(sum, line.branch()))
    }
}

/// Counts together.
pub fn plus(left: Ratio, right: Ratio) -> Ratio {
    Ratio::new(left.part + right.part, left.whole + right.whole)
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
        self.files.values_mut().for_each(|lines| lines.settle(Join::Same));
    }

    /// Adds another run, settled. How many lines both runs tell of have branches of which neither took all: what they took together
    /// is not known there, and the better of the two is kept.
    pub fn join(&mut self, run: LineMap) -> u64 {
        let mut unsure = 0;
        for (path, lines) in run.files {
            let known = self.files.entry(path).or_default();
            if known.lines.is_empty() {
                *known = lines;
                continue;
            }
            unsure += known.unsure_with(&lines);
            known.lines.extend_from_slice(&lines.lines);
            known.settle(Join::Runs);
        }
        unsure
    }

    /// Lines that ran, of all executable ones.
    pub fn line_ratio(&self) -> Ratio {
        self.files.values().fold(Ratio::default(), |sum, lines| plus(sum, lines.line_ratio()))
    }

    /// Branches that were taken, of all.
    pub fn branch_ratio(&self) -> Ratio {
        self.files.values().fold(Ratio::default(), |sum, lines| plus(sum, lines.branch_ratio()))
    }
}

impl Lines {
    fn unsure_with(&self, other: &Lines) -> u64 {
        let partial = |line: &Line| line.taken > 0 && line.taken < line.branches;
        let twin = |line: &Line| other.lines.binary_search_by_key(&line.number, |line| line.number).ok().map(|at| &other.lines[at]);
        self.lines.iter().filter(|line| partial(line) && twin(line).is_some_and(partial)).count() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(records: &[(u32, u64)]) -> Vec<Line> {
        records.iter().map(|&(number, hits)| Line::new(number, hits)).collect()
    }

    fn branch(number: u32, taken: u64, all: u64) -> Line {
        Line::new(number, taken).branching(taken, all).unwrap_or(Line::new(0, 0))
    }

    #[test]
    fn a_line_is_twelve_bytes() {
        assert_eq!(size_of::<Line>(), 12);
        assert_eq!(Line::new(1, u64::MAX).hits, u32::MAX);
        assert_eq!(Line::new(1, 1).branching(3, 2), None);
        assert_eq!(Line::new(1, 1).branching(1, 70_000), None);
    }

    #[test]
    fn repeats_within_a_report_count_once_and_any_hit_covers() {
        let mut map = LineMap::default();
        map.file("a").add(&lines(&[(4, 0), (2, 7), (4, 3), (2, 1)]));
        map.file("a").add(&[branch(9, 1, 4), branch(9, 2, 3), branch(9, 2, 2)]);
        map.settle();
        assert_eq!(map.file("a").as_slice(), [Line::new(2, 7), Line::new(4, 3), branch(9, 2, 3)]);
        assert_eq!((map.line_ratio(), map.branch_ratio()), (Ratio::new(3, 3), Ratio::new(2, 3)));
    }

    #[test]
    fn runs_add_up_and_no_line_is_lost() {
        let mut map = LineMap::default();
        let mut run = LineMap::default();
        map.file("a").add(&lines(&[(1, 0), (2, 1)]));
        map.file("a").add(&[branch(5, 1, 2)]);
        run.file("a").add(&lines(&[(2, 2), (3, 0)]));
        run.file("a").add(&[branch(5, 1, 2)]);
        run.file("b").add(&lines(&[(1, 1)]));
        map.settle();
        run.settle();
        assert_eq!(map.join(run), 1, "1/2 and 1/2 may be 2/2 together");
        assert_eq!(map.line_ratio(), Ratio::new(3, 5));
        assert_eq!(map.branch_ratio(), Ratio::new(1, 2));
        assert_eq!(map.file("a").as_slice()[1].hits, 3);
    }

    #[test]
    fn a_measured_file_without_lines_is_known() {
        let mut map = LineMap::default();
        map.file("empty.py");
        assert_eq!((map.files.len(), map.line_ratio().is_known()), (1, false));
    }

    #[test]
    fn many_small_additions_stay_cheap() {
        let mut map = LineMap::default();
        for n in 0..200_000 {
            map.file("a").add(&[Line::new(n % 1000, u64::from(n))]);
        }
        map.settle();
        assert_eq!(map.line_ratio(), Ratio::new(1000, 1000));
    }
}
