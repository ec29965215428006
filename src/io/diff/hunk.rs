//! A hunk being read: which of its lines are new, counted down to what its header announces.

use crate::diff::{Hunk, Span};

/// A hunk: its header's announcement, and how much of it is still to come. Ordinary hunks have one side before; those of a merge
/// have one for each parent.
#[derive(Debug)]
pub(super) struct Open {
    /// Lines still to come of each parent, and of the result.
    before: Vec<u64>,
    after: u64,
    /// Where the next line of the first parent and of the result stands.
    base: u32,
    head: u32,
    run: Option<Hunk>,
}

/// What is wrong with a hunk.
pub(super) type Wrong = &'static str;

impl Open {
    /// Reads `@@ -5,2 +7 @@` or, with more signs, that of a merge.
    pub fn read(text: &[u8]) -> Result<Open, Wrong> {
        const WRONG: Wrong = "the header of a hunk is not of the form `@@ -1,2 +3,4 @@`";
        let signs = text.iter().take_while(|byte| **byte == b'@').count();
        let mut words = text[signs..].split(|byte| *byte == b' ');
        if signs < 2 || words.next() != Some(b"") {
            return Err(WRONG);
        }
        let mut range = |sign: u8| words.next().and_then(|word| span(word.strip_prefix(&[sign])?)).ok_or(WRONG);
        let parents = (1..signs).map(|_| range(b'-')).collect::<Result<Vec<Span>, Wrong>>()?;
        let head = range(b'+')?;
        let closed = words.next().is_some_and(|word| word.starts_with(b"@") && word.iter().take_while(|b| **b == b'@').count() == signs);
        if !closed {
            return Err(WRONG);
        }
        let base = parents[0];
        Ok(Open {
            before: parents.iter().map(|span| u64::from(span.count)).collect(),
            after: u64::from(head.count),
            base: base.first,
            head: head.first,
            run: None,
        })
    }

    /// Whether all that was announced has come.
    pub fn is_done(&self) -> bool {
        self.missing() == 0
    }

    /// How many lines are missing at least.
    pub fn missing(&self) -> u64 {
        self.before.iter().copied().max().unwrap_or(0).max(self.after)
    }

    /// Where it begins, on both sides.
    pub fn begins(&self) -> (u32, u32) {
        (self.base, self.head)
    }

    /// Takes a line; finished runs of changed lines go to `hunks`.
    pub fn take(&mut self, line: &[u8], hunks: &mut Vec<Hunk>) -> Result<(), Wrong> {
        const MORE: Wrong = "the hunk holds more lines than its header announces";
        if line.first() == Some(&b'\\') {
            return Ok(());
        }
        let width = self.before.len();
        // Mailers and editors take the blanks off an empty line.
        let blank = line.iter().all(|byte| matches!(byte, b' ' | b'\r')) && line.len() < width + usize::from(line.ends_with(b"\r"));
        let marks = if blank { &[] } else { line.get(..width).ok_or("a line of the hunk is cut off")? };
        if !marks.iter().all(|mark| matches!(mark, b' ' | b'+' | b'-')) {
            return Err("the hunk ends before all lines have come that its header announces");
        }
        let gone = marks.contains(&b'-');
        if gone && marks.contains(&b'+') {
            return Err("a line of the hunk is both there and gone");
        }
        let mark = |parent: usize| marks.get(parent).copied().unwrap_or(b' ');
        for (parent, left) in self.before.iter_mut().enumerate() {
            if mark(parent) == if gone { b'-' } else { b' ' } {
                *left = left.checked_sub(1).ok_or(MORE)?;
            }
        }
        let (was, is) = (mark(0) == if gone { b'-' } else { b' ' }, !gone);
        if is {
            self.after = self.after.checked_sub(1).ok_or(MORE)?;
        }
        let new = marks.contains(&b'+');
        if new || (gone && was) {
            let run = self.run.get_or_insert(Hunk { base: Span { first: self.base, count: 0 }, head: Span { first: self.head, count: 0 } });
            run.base.count += u32::from(was);
            run.head.count += u32::from(is);
        } else if is {
            hunks.extend(self.run.take());
        }
        // The header's numbers were held against the largest there is.
        self.base = self.base.saturating_add(u32::from(was));
        self.head = self.head.saturating_add(u32::from(is));
        if self.is_done() {
            hunks.extend(self.run.take());
        }
        Ok(())
    }
}

/// `5`, `5,2`. No line at all stands behind the one that is named.
fn span(text: &[u8]) -> Option<Span> {
    let number = |text: &[u8]| -> Option<u32> {
        let digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
        digits.then(|| std::str::from_utf8(text).ok()?.parse().ok()).flatten()
    };
    let mut parts = text.splitn(2, |byte| *byte == b',');
    let (first, count) = (number(parts.next()?)?, parts.next().map_or(Some(1), number)?);
    let first = if count == 0 { first.checked_add(1)? } else { first };
    first.checked_add(count)?;
    (first > 0).then_some(Span { first, count })
}
