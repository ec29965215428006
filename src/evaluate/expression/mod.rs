//! The expression language: it looks like CEL, knows units, and is typed before it runs.
//!
//! `lex` makes tokens, `parse` a tree, `check` gives every part its kind by the catalogue and refuses what makes no sense,
//! `eval` decides it over facts. Without unit literals and labels an expression means what it means in CEL, except that a
//! missing operand is never absorbed by `||` and an empty family is never vacuously true.

mod amount;
mod check;
mod eval;
mod lex;
mod naming;
mod parse;
mod strictness;

use check::check;
pub use check::{Scope, fields_of};
pub use eval::{Absence, Environment, Judged, Measured, Part, Rigour, Truth, evaluate, no_base, standing};
pub use lex::{Literal, duration, percent};
pub use naming::{Naming, Wanted};
pub use strictness::{Bound, bounds, strictness};

use crate::catalogue::Kind;
use crate::error::{Diagnostic, Excerpt};
use crate::io::fs::Glob;
use crate::io::spelling;
use crate::metric::{Labels, Name};
use crate::rule::{Place, Spanned};
use crate::system;
use std::collections::BTreeSet;

/// The longest expression, in bytes.
const LENGTH: usize = 4096;
/// The deepest nesting.
const DEPTH: usize = 64;
/// The largest number of nodes.
const NODES: usize = 512;
/// How many mistakes of one expression are listed.
const MISTAKES: usize = 10;

/// A mistake at a byte of an expression.
#[derive(Clone, Debug)]
struct Mistake {
    at: usize,
    message: String,
    help: Option<String>,
}

impl Mistake {
    fn new(at: usize, message: impl Into<String>) -> Self {
        Mistake { at, message: message.into(), help: None }
    }

    fn help(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }

    /// The mistake as a diagnostic of the YAML file the expression stands in.
    fn diagnose(self, source: &Spanned) -> Diagnostic {
        let (turn, line) = source.line(self.at);
        let before = line.get(..self.at.saturating_sub(turn.byte)).unwrap_or(line).chars().count() as u64;
        let place = Place { file: source.place.file.clone(), line: turn.line, column: turn.column + before };
        Diagnostic { excerpt: Some(Excerpt::around(line, before + 1)), ..Diagnostic::new(place, self.message).help(self.help) }
    }
}

/// A comparison operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Operator {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

impl Operator {
    /// Whether a left side that compares to the right as `ordering` satisfies it.
    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Operator::Equal => ordering.is_eq(),
            Operator::NotEqual => ordering.is_ne(),
            Operator::Less => ordering.is_lt(),
            Operator::AtMost => ordering.is_le(),
            Operator::Greater => ordering.is_gt(),
            Operator::AtLeast => ordering.is_ge(),
        }
    }

    /// Whether small left sides satisfy it.
    pub const fn wants_small(self) -> bool {
        matches!(self, Operator::Less | Operator::AtMost)
    }

    /// Whether large left sides satisfy it.
    pub const fn wants_large(self) -> bool {
        matches!(self, Operator::Greater | Operator::AtLeast)
    }

    /// `a < b` as `b > a`.
    const fn mirrored(self) -> Operator {
        match self {
            Operator::Less => Operator::Greater,
            Operator::AtMost => Operator::AtLeast,
            Operator::Greater => Operator::Less,
            Operator::AtLeast => Operator::AtMost,
            same => same,
        }
    }

    /// What holds exactly when this does not.
    const fn opposite(self) -> Operator {
        match self {
            Operator::Equal => Operator::NotEqual,
            Operator::NotEqual => Operator::Equal,
            Operator::Less => Operator::AtLeast,
            Operator::AtMost => Operator::Greater,
            Operator::Greater => Operator::AtMost,
            Operator::AtLeast => Operator::Less,
        }
    }

    /// "at most", "more than".
    pub const fn words(self) -> &'static str {
        match self {
            Operator::Equal => "exactly",
            Operator::NotEqual => "anything but",
            Operator::Less => "less than",
            Operator::AtMost => "at most",
            Operator::Greater => "more than",
            Operator::AtLeast => "at least",
        }
    }
}

/// A part of an expression, with the byte it starts at.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    at: usize,
    node: Node,
}

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Literal(Literal),
    /// A dotted id: a metric.
    Metric(Name, Labels),
    /// A bare name: a cell of the row in scope.
    Field(String),
    Not(Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    /// The words are the ladder that levels stand on; the checker puts them in.
    Compare(Operator, Box<Expr>, Box<Expr>, &'static [&'static str]),
    In(Box<Expr>, Vec<Literal>),
    /// Whether a text is a path that fits the pattern.
    Glob(Box<Expr>, Glob),
    Has(Box<Expr>),
    OrElse(Box<Expr>, Literal),
    /// How far a metric, or a cell of this family's row, has moved since the base; whether relative to it.
    Change(Box<Expr>, bool, &'static str),
    /// The cell of the family's row that is furthest from satisfying the comparison around it.
    Worst(&'static str, &'static str),
    Count(&'static str),
    All(&'static str, Box<Expr>),
    /// What could not be parsed; a mistake was reported.
    Wrong,
}

/// An expression that was checked, and the text it came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// The text and its place.
    pub source: Spanned,
    root: Expr,
}

impl Checked {
    /// Whether anything measured is part of it.
    pub fn looks_at_evidence(&self) -> bool {
        let mut found = false;
        self.root.visit(&mut |part| {
            found |= match &part.node {
                // What the system is said to be is no evidence.
                Node::Metric(id, _) => !id.starts_with(system::PREFIX),
                Node::Field(_) | Node::Worst(..) | Node::Count(..) | Node::All(..) => true,
                _ => false,
            };
        });
        found
    }

    /// Everything it names, with and without `has` and `or_else`, in the order of the text.
    pub fn mentions(&self) -> Vec<Mention<'_>> {
        let mut found = Vec::new();
        self.root.mentions(&mut found);
        found
    }

    /// The cells it names, in the order of the text.
    pub fn fields(&self) -> Vec<&str> {
        let mut found = Vec::new();
        self.root.visit(&mut |part| {
            if let Node::Field(name) = &part.node {
                found.push(name.as_str());
            }
        });
        found
    }

    /// The facts of the system that it asks for, each once, in order of id.
    pub fn facts(&self) -> BTreeSet<&'static str> {
        let mut found = BTreeSet::new();
        self.root.visit(&mut |part| {
            if let Node::Metric(id, _) = &part.node {
                found.extend(system::fact_named(id).map(|fact| fact.id));
            }
        });
        found
    }

    /// The conditions that must all hold.
    pub fn conditions(&self) -> Vec<Checked> {
        fn split<'e>(expr: &'e Expr, found: &mut Vec<&'e Expr>) {
            match &expr.node {
                Node::And(left, right) => [left, right].into_iter().for_each(|side| split(side, found)),
                _ => found.push(expr),
            }
        }
        let mut found = Vec::new();
        split(&self.root, &mut found);
        found.into_iter().map(|root| Checked { source: self.source.clone(), root: root.clone() }).collect()
    }

    /// Whether it compares a ratio with anything.
    pub fn compares_ratios(&self, scope: &Scope<'_>) -> bool {
        check::compares_ratios(&self.root, scope)
    }

    /// Metrics of an entry that is not there, given all entries as name and family: a typo that no catalogue knows of.
    pub fn unknown_sources(&self, entries: &[(&str, &str)]) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        self.root.visit(&mut |part| {
            let Node::Metric(id, labels) = &part.node else { return };
            let Some(source) = labels.get("source") else { return };
            let family = id.split('.').next().unwrap_or(id).replace("custom", "telemetry");
            let names = || entries.iter().filter(|(_, of)| *of == family).map(|(name, _)| *name);
            if !names().any(|name| name == source) {
                let mistake = Mistake::new(part.at, format!("there is no {family} entry `{source}`"));
                found.push(mistake.help(spelling::did_you_mean(source, names())).diagnose(&self.source));
            }
        });
        found
    }
}

/// Something that an expression names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mention<'e> {
    /// A fact of the system.
    Fact(&'e str),
    /// A metric.
    Metric(&'e str, &'e Labels),
    /// What a metric was in the base.
    Base(&'e str, &'e Labels),
    /// The rows that a family had in the base.
    BaseRows(&'static str),
    /// The rows of a family.
    Family(&'static str),
}

impl Expr {
    fn mentions<'e>(&'e self, found: &mut Vec<Mention<'e>>) {
        self.visit(&mut |part| match &part.node {
            Node::Metric(id, _) if id.starts_with(system::PREFIX) => found.push(Mention::Fact(id)),
            Node::Metric(id, labels) => found.push(Mention::Metric(id, labels)),
            Node::Change(inner, _, family) => match &inner.node {
                Node::Metric(id, labels) => found.push(Mention::Base(id, labels)),
                _ => found.push(Mention::BaseRows(family)),
            },
            Node::Worst(family, _) | Node::Count(family) | Node::All(family, _) => found.push(Mention::Family(family)),
            _ => {}
        });
    }

    /// Shows `each` the expression and all its parts.
    fn visit<'e>(&'e self, each: &mut dyn FnMut(&'e Expr)) {
        each(self);
        match &self.node {
            Node::Not(inner) | Node::Has(inner) | Node::All(_, inner) => inner.visit(each),
            Node::OrElse(inner, _) | Node::In(inner, _) | Node::Glob(inner, _) | Node::Change(inner, ..) => inner.visit(each),
            Node::And(left, right) | Node::Or(left, right) | Node::Compare(_, left, right, _) => {
                left.visit(each);
                right.visit(each);
            }
            _ => {}
        }
    }
}

/// Parses and checks a yes-or-no expression. All mistakes are reported at their places.
pub fn compile(source: &Spanned, scope: &Scope<'_>, errors: &mut Vec<Diagnostic>) -> Option<Checked> {
    let mut mistakes = Vec::new();
    let mut root = parse::parse(&source.text, &mut mistakes);
    if mistakes.is_empty() {
        let kind = check(&mut root, scope, &mut mistakes);
        if mistakes.is_empty() && kind != Some(Kind::Flag) {
            let found = kind.map_or_else(String::new, |kind| format!(" (this is a {kind})"));
            mistakes.push(Mistake::new(root.at, format!("the expression must be true or false{found}")));
        }
    }
    if mistakes.is_empty() {
        return Some(Checked { source: source.clone(), root });
    }
    errors.extend(mistakes.into_iter().take(MISTAKES).map(|mistake| mistake.diagnose(source)));
    None
}

#[cfg(test)]
mod tests;
