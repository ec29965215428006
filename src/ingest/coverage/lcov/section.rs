//! One section of a tracefile, the file it tells of, and what its totals are compared with.

use super::functions::Functions;
use crate::linemap::{Line, Lines, Units, plus};
use crate::metric::Ratio;

/// A file, and the lines of all its sections, which add up.
#[derive(Default)]
pub(super) struct File {
    pub(super) lines: Vec<Line>,
    pub(super) summed: usize,
    pub(super) rest: Lines,
}

/// The section being read.
#[derive(Default)]
pub(super) struct Section {
    pub(super) path: String,
    pub(super) from: u64,
    /// Its place among the files.
    pub(super) file: usize,
    pub(super) lines: Vec<Line>,
    pub(super) arms: Units,
    pub(super) functions: Functions,
    /// Found and hit: of lines, branches and functions.
    pub(super) totals: [[Option<u64>; 2]; 3],
}

/// The records that give them, in this order.
pub(super) const TOTALS: [&[u8]; 6] = [b"LF", b"LH", b"BRF", b"BRH", b"FNF", b"FNH"];

/// What sections declare, what was counted in them, and the first section in which the two differ.
#[derive(Default)]
pub(super) struct Check {
    pub(super) declared: Ratio,
    pub(super) counted: Ratio,
    pub(super) differs: Option<u64>,
}

impl Section {
    /// The lines told so far, each once, and how many of them ran.
    pub(super) fn sum(&mut self) -> Ratio {
        sum(&mut self.lines);
        Ratio::new(self.lines.iter().filter(|line| line.hits > 0).count() as u64, self.lines.len() as u64)
    }

    /// The branches told so far, each once, and how many of them were taken.
    pub(super) fn branches(&mut self) -> Ratio {
        self.arms.settle();
        self.arms.ratio()
    }

    /// Whether it holds the lines and branches that it declares, and so is whole although nothing ends it.
    pub(super) fn is_whole(&mut self) -> bool {
        let (lines, branches) = (self.sum(), self.branches());
        let [line, branch, _] = self.totals.map(|[found, hit]| found.filter(|_| hit.is_some()));
        let holds = |told: Option<u64>, held: u64| told.is_some_and(|told| told == held || held == 0);
        holds(line, lines.whole) && holds(branch, branches.whole)
    }
}

impl File {
    pub(super) fn add(&mut self, lines: &[Line]) {
        self.lines.extend_from_slice(lines);
        // As often as the list doubles, so that a file of a million sections is not sorted a million times.
        if self.lines.len() > 2 * self.summed + 1024 {
            sum(&mut self.lines);
            self.summed = self.lines.len();
        }
    }
}

impl Check {
    pub(super) fn add(&mut self, declared: Option<Ratio>, counted: Ratio, from: u64) {
        let Some(declared) = declared else { return };
        if declared != counted {
            self.differs.get_or_insert(from);
        }
        (self.declared, self.counted) = (plus(self.declared, declared), plus(self.counted, counted));
    }
}

/// Sorts lines, and adds up the hits of the same line.
pub(super) fn sum(lines: &mut Vec<Line>) {
    if lines.is_sorted_by(|line, next| line.number < next.number) {
        return;
    }
    lines.sort_by_key(|line| line.number);
    lines.dedup_by(|next, kept| {
        let same = next.number == kept.number;
        if same {
            kept.hits = kept.hits.saturating_add(next.hits);
        }
        same
    });
}

/// The number that bytes begin with, if it begins with one, and what follows it. More than fits is the largest number.
pub(super) fn digits(bytes: &[u8]) -> (Option<u64>, &[u8]) {
    let mut value = 0_u64;
    let mut at = 0;
    while let Some(digit) = bytes.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
        // Nineteen digits always fit.
        value = if at < 19 { value * 10 + u64::from(digit) } else { value.saturating_mul(10).saturating_add(u64::from(digit)) };
        at += 1;
    }
    ((at > 0).then_some(value), &bytes[at..])
}

/// The line number that a record begins with, and what follows its comma; 0 when no file can have such a line.
pub(super) fn numbered(record: &[u8]) -> Option<(u32, &[u8])> {
    match digits(record) {
        (Some(line), [b',', rest @ ..]) => Some((u32::try_from(line).unwrap_or(0), rest)),
        _ => None,
    }
}
