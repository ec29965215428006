//! One pass through an XML report.

use super::odds::Odds;
use super::{Counter, Declared, Draft, compare_declared};
use crate::ingest::Reading;
use crate::io::xml::{Event, Tag};
use crate::linemap::{Lines, Totals};
use crate::source::Location;

/// A report that takes one element after the other.
pub(super) trait Elements {
    /// An element begins.
    fn start(&mut self, tag: &Tag<'_>);

    /// The element with this local name ends.
    fn end(&mut self, name: &[u8]);

    /// A piece of text.
    fn text(&mut self, _: &str) {}

    /// Where oddities are noted.
    fn odds(&mut self) -> &mut Odds;
}

/// Passes a document through a report. The line of its root element.
pub(super) fn walk(reading: &mut Reading<'_>, report: &mut impl Elements) -> u64 {
    let mut root = 0;
    reading.xml(|xml| {
        loop {
            match xml.next()? {
                Event::Start(tag) => report.start(&tag),
                Event::End(name) => report.end(name),
                Event::Text(text) => report.text(text),
                Event::Eof => return Ok(()),
            }
            // To know the place costs a look at the buffer: only where it is asked for.
            if root == 0 {
                root = xml.place().line;
            }
            if report.odds().is_met() {
                report.odds().place(xml.place().line);
            }
        }
    });
    root
}

/// Compares the totals that a whole report declares in a line with what was counted in it, unless it is damaged. Branches, functions
/// and statements are compared only where the report tells any.
pub(super) fn compare_totals(reading: &mut Reading<'_>, draft: &mut Draft, declared: Totals, line: u64) {
    let counters: [(&'static str, Counter); 4] = [
        ("lines", Lines::line_ratio),
        ("branches", Lines::branch_ratio),
        ("functions", Lines::function_ratio),
        ("statements", Lines::statement_ratio),
    ];
    if !reading.problems.is_empty() {
        return;
    }
    for ((what, of), told) in counters.into_iter().zip([declared.line, declared.branch, declared.function, declared.statement]) {
        let counted = draft.lines.total(of);
        if told.is_known() && (what == "lines" || counted.is_known()) {
            compare_declared(reading, draft, what, Declared::Counts(told), counted, Location::line(line));
        }
    }
}
