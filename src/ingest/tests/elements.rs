//! One pass through a report in XML.

use super::flaws::Flaws;
use crate::ingest::Reading;
use crate::io::xml::{Event, Tag};

/// A report that takes one element after the other.
pub(super) trait Elements {
    /// An element begins.
    fn start(&mut self, tag: &Tag<'_>);

    /// The element with this local name ends.
    fn end(&mut self, name: &[u8]);

    /// A piece of text.
    fn text(&mut self, piece: &str);

    /// Where flaws are noted.
    fn flaws(&mut self) -> &mut Flaws;
}

/// Passes a document through a report.
pub(super) fn walk(reading: &mut Reading<'_>, report: &mut impl Elements) {
    reading.xml(|xml| {
        loop {
            match xml.next()? {
                Event::Start(tag) => report.start(&tag),
                Event::End(name) => report.end(name),
                Event::Text(text) => report.text(text),
                Event::Eof => return Ok(()),
            }
            // To know the place costs a look at the buffer: only where it is asked for.
            if report.flaws().is_unplaced() {
                let line = xml.place().line;
                report.flaws().place(line);
            }
        }
    });
}
