//! What a condition names: texts that a cell of some row must have for it to hold.

use super::{Checked, Expr, Literal, Node, Operator};
use crate::io::fs::Glob;

/// A cell, and what a condition wants it to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Naming<'e> {
    /// The cell.
    pub field: &'e str,
    /// What it is called.
    pub wanted: Wanted<'e>,
}

/// A name, or a pattern of names.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Wanted<'e> {
    Word(&'e str),
    Pattern(&'e Glob),
}

impl Wanted<'_> {
    /// Whether a text is so called.
    pub fn is(&self, text: &str) -> bool {
        match self {
            Wanted::Word(word) => *word == text,
            Wanted::Pattern(glob) => glob.matches(text),
        }
    }

    /// The name or pattern.
    pub fn text(&self) -> &str {
        match self {
            Wanted::Word(word) => word,
            Wanted::Pattern(glob) => glob.pattern(),
        }
    }
}

impl Checked {
    /// Everything it names, in the order of the text. What it excludes (`!=`, `!`) need not be there.
    pub fn namings(&self) -> Vec<Naming<'_>> {
        let mut found = Vec::new();
        gather(&self.root, &mut found);
        found
    }
}

fn gather<'e>(expr: &'e Expr, found: &mut Vec<Naming<'e>>) {
    match &expr.node {
        Node::And(left, right) | Node::Or(left, right) => [left, right].into_iter().for_each(|side| gather(side, found)),
        Node::Compare(Operator::Equal, left, right, _) => match (&left.node, &right.node) {
            (Node::Field(field), Node::Literal(Literal::Text(word))) | (Node::Literal(Literal::Text(word)), Node::Field(field)) => {
                found.push(Naming { field, wanted: Wanted::Word(word) });
            }
            _ => {}
        },
        Node::In(left, words) => {
            let Node::Field(field) = &left.node else { return };
            let texts = words.iter().filter_map(|word| if let Literal::Text(word) = word { Some(word) } else { None });
            found.extend(texts.map(|word| Naming { field, wanted: Wanted::Word(word) }));
        }
        Node::Glob(left, glob) => {
            let Node::Field(field) = &left.node else { return };
            found.push(Naming { field, wanted: Wanted::Pattern(glob) });
        }
        _ => {}
    }
}
