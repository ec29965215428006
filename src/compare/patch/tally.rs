//! The lines of one file at head and at the base, put into the twelve categories of differential coverage
//! (lcov 2, `genhtml(1)`, "Differential coverage").

use crate::catalogue::DIFFERENTIAL;
use crate::diff::{Body, Changed};

/// An executable line: its number, and whether it ran.
pub(super) type Seen = (u32, bool);

/// What became of the lines of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// New lines that ran.
    pub new_covered: u64,
    /// New lines that did not.
    pub new_uncovered: Vec<u32>,
    /// Lines that are as they were, ran at the base and did not run now.
    pub lost: Vec<u32>,
    /// Of each category of [`DIFFERENTIAL`], how many lines; those of the base only where it is known.
    pub categories: [u64; DIFFERENTIAL.len()],
}

/// Sorts the lines; `base` is what ran at the base, where that is known. A file that is not among the changed ones is as it was.
pub(super) fn tally(head: &[Seen], base: Option<&[Seen]>, changed: Option<&Changed>) -> Tally {
    let mut tally = Tally::default();
    for (line, ran) in head.iter().copied() {
        if changed.is_some_and(|changed| changed.is_new(line)) {
            tally.came(line, ran);
        } else if let (Some(base), Some(was)) = (base, changed.map_or(Some(line), |changed| changed.before(line))) {
            tally.stayed(line, ran, at(base, was));
        }
    }
    for (line, ran) in base.into_iter().flatten().copied() {
        match changed.map(|changed| (changed, changed.now(line))) {
            Some((changed, None)) if is_told(changed) => tally.count(if ran { "DCB" } else { "DUB" }),
            Some((_, None)) => {}
            Some((_, Some(now))) if at(head, now).is_some() => {}
            None if at(head, line).is_some() => {}
            _ => tally.count(if ran { "ECB" } else { "EUB" }),
        }
    }
    tally
}

/// Whether a line that is nowhere now is known to be gone.
fn is_told(changed: &Changed) -> bool {
    changed.head.is_none() || matches!(changed.body, Body::Lines(_))
}

fn at(seen: &[Seen], line: u32) -> Option<bool> {
    seen.binary_search_by_key(&line, |(number, _)| *number).ok().map(|at| seen[at].1)
}

impl Tally {
    fn came(&mut self, line: u32, ran: bool) {
        if ran {
            self.new_covered += 1;
            self.count("GNC");
        } else {
            self.new_uncovered.push(line);
            self.count("UNC");
        }
    }

    fn stayed(&mut self, line: u32, ran: bool, before: Option<bool>) {
        if before == Some(true) && !ran {
            self.lost.push(line);
        }
        self.count(match (before, ran) {
            (Some(true), true) => "CBC",
            (Some(true), false) => "LBC",
            (Some(false), true) => "GBC",
            (Some(false), false) => "UBC",
            (None, true) => "GIC",
            (None, false) => "UIC",
        });
    }

    fn count(&mut self, category: &str) {
        self.categories.iter_mut().zip(DIFFERENTIAL).filter(|(_, name)| **name == category).for_each(|(count, _)| *count += 1);
    }
}

/// `12-18, 40`, with the number of lines that are left out beyond `most` ranges.
pub(super) fn ranges(lines: &[u32], most: usize) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for line in lines {
        match ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(*line) => *last = *line,
            _ => ranges.push((*line, *line)),
        }
    }
    let shown = ranges.iter().take(most).map(|(first, last)| if first == last { first.to_string() } else { format!("{first}-{last}") });
    let text = shown.collect::<Vec<_>>().join(", ");
    let hidden: u64 = ranges.iter().skip(most).map(|(first, last)| u64::from(last - first) + 1).sum();
    if hidden > 0 { format!("{text} and {hidden} more") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::{Hunk, Span};

    /// What genhtml says of each category, in one file.
    #[test]
    fn twelve_categories() {
        // Base 1..=10; line 3 and 4 go, two lines come in their place, one more at the end.
        let span = |first, count| Span { first, count };
        let hunks = vec![Hunk { base: span(3, 2), head: span(3, 2) }, Hunk { base: span(11, 0), head: span(11, 1) }];
        let changed = Changed { head: Some("a".into()), base: Some("a".into()), body: Body::Lines(hunks) };
        let base = [(1, true), (2, true), (3, true), (4, false), (5, false), (6, false), (9, true), (10, false)];
        let head = [(1, true), (2, false), (3, true), (4, false), (5, true), (6, false), (7, true), (8, false), (11, false)];
        let tally = tally(&head, Some(&base), Some(&changed));
        let count = |name: &str| tally.categories[DIFFERENTIAL.iter().position(|known| *known == name).unwrap_or(99)];
        for (name, expected) in [
            ("UNC", 2),
            ("LBC", 1),
            ("UIC", 1),
            ("UBC", 1),
            ("GBC", 1),
            ("GIC", 1),
            ("GNC", 1),
            ("CBC", 1),
            ("EUB", 1),
            ("ECB", 1),
            ("DUB", 1),
            ("DCB", 1),
        ] {
            assert_eq!(count(name), expected, "{name}");
        }
        assert_eq!((tally.new_covered, tally.new_uncovered, tally.lost), (1, vec![4, 11], vec![2]));
    }

    #[test]
    fn without_a_base_only_new_lines_are_known() {
        let all = Changed { head: Some("a".into()), base: None, body: Body::Copy(vec![]) };
        let tally = tally(&[(1, true), (2, false)], None, Some(&all));
        assert_eq!((tally.new_covered, tally.new_uncovered.len(), tally.categories.iter().sum::<u64>()), (1, 1, 2));
    }

    #[test]
    fn how_a_merge_moved_lines_is_not_guessed() {
        let merged = Changed { head: Some("a".into()), base: Some("a".into()), body: Body::Merged(vec![]) };
        assert_eq!(tally(&[(1, false)], Some(&[(1, true)]), Some(&merged)), Tally::default());
    }

    #[test]
    fn ranges_of_lines() {
        assert_eq!(ranges(&[12, 13, 14, 40, 42, 43], 9), "12-14, 40, 42-43");
        assert_eq!(ranges(&[1, 3, 5, 6, 7], 2), "1, 3 and 3 more");
        assert_eq!(ranges(&[], 2), "");
        assert_eq!(ranges(&[u32::MAX - 1, u32::MAX], 2), "4294967294-4294967295");
    }
}
