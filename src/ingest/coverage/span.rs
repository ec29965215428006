//! Pieces of source that reach over several lines, as the lines they touch.

use crate::linemap::Line;

/// How many lines a report of so many bytes may tell of: more than any compiler makes of any source, and few enough that a hostile
/// file of one line cannot fill the memory.
pub(super) struct Spans {
    left: u64,
}

impl Spans {
    /// For a report of so many bytes.
    pub(super) fn of(bytes: u64) -> Self {
        Spans { left: bytes.saturating_add(1_000_000) }
    }

    /// Adds each line from the first to the last, both included, as run so often. False when the report tells of too many.
    pub(super) fn add(&mut self, lines: &mut Vec<Line>, (first, last): (u32, u32), hits: u64) -> bool {
        let Some(left) = u64::from(last.saturating_sub(first)).checked_add(1).and_then(|n| self.left.checked_sub(n)) else { return false };
        self.left = left;
        lines.extend((first..=last).map(|number| Line::new(number, hits)));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_are_touched_and_there_is_a_bound() {
        let (mut spans, mut lines) = (Spans::of(5), Vec::new());
        assert!(spans.add(&mut lines, (3, 5), 2) && spans.add(&mut lines, (u32::MAX, u32::MAX), 0));
        assert_eq!(lines, [Line::new(3, 2), Line::new(4, 2), Line::new(5, 2), Line::new(u32::MAX, 0)]);
        assert!(!spans.add(&mut lines, (1, u32::MAX), 1));
        assert_eq!(lines.len(), 4);
        assert!(spans.add(&mut lines, (1, 1_000_001), 1) && !spans.add(&mut lines, (1, 1), 1));
    }
}
