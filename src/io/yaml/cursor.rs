//! Where scalars stand in the text they were read from.

use crate::rule::{Place, Turn};
use saphyr_parser::ScalarStyle;

/// Longer scalars are no expressions, and nobody asks for a place inside them.
const LONGEST: usize = 16 * 1024;

/// Walks the text forward only, so that looking at every scalar and behind it takes one pass over the file.
pub(super) struct Cursor<'t> {
    rest: &'t str,
    /// How many characters lie behind.
    index: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Cursor { rest: text, index: 0 }
    }

    fn advance(&mut self, index: usize) -> &'t str {
        let mut chars = self.rest.chars();
        while self.index < index && chars.next().is_some() {
            self.index += 1;
        }
        self.rest = chars.as_str();
        self.rest
    }

    /// The text between two characters; the cursor stands behind it afterwards.
    pub(super) fn between(&mut self, start: usize, end: usize) -> &'t str {
        let from = self.advance(start);
        let to = self.advance(end);
        &from[..from.len() - to.len()]
    }

    /// Whether the next thing in the line is a comment.
    pub(super) fn comment_follows(&self) -> bool {
        self.rest.trim_start_matches([' ', '\t']).starts_with('#')
    }
}

/// Where the lines of a scalar stand. What is not blank is the same in the source and in the text, one character after
/// the other, until an escape; from there on the last known line goes on.
pub(super) fn turns(text: &str, source: &str, style: ScalarStyle, place: &Place) -> Vec<Turn> {
    let mut turns = Vec::new();
    if text.len() > LONGEST || (style == ScalarStyle::Plain && !source.contains(['\n', '\r'])) {
        return turns;
    }
    let (mut line, mut column) = (place.line, place.column);
    let mut words = text.char_indices().filter(|(_, c)| !c.is_whitespace());
    let mut source = source.chars().peekable();
    // A quoted text is said to start at its quote, a block at its first word.
    if matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted) && source.next().is_some() {
        column += 1;
    }
    let mut fresh = true;
    while let Some(c) = source.next() {
        if matches!(c, '\n' | '\r') {
            source.next_if(|next| c == '\r' && *next == '\n');
            (line, column, fresh) = (line + 1, 1, true);
            continue;
        }
        if !c.is_whitespace() {
            match words.next() {
                Some((byte, word)) if word == c => {
                    if fresh {
                        turns.push(Turn { byte, line, column });
                    }
                    fresh = false;
                }
                _ => break,
            }
        }
        column += 1;
    }
    turns
}
