//! Decides a checked expression over facts, and says what it looked at.

use super::{Checked, Expr, Literal, Node, Operator};
use crate::catalogue;
use crate::evidence::Gap;
use crate::metric::{Design, Labels, Value, grouped};
use crate::record::{Basis, Record};

mod change;
mod compare;
mod margin;
mod ratio;
mod rows;
mod value;

use change::Operand;
pub use rows::standing;

/// A value as an expression meets it.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// The value.
    pub value: Value,
    /// How the cases of a ratio are grouped; none where each is independent.
    pub design: Option<Design>,
    /// Cases that could not be counted.
    pub unmeasured: u64,
    /// Between which parts of the same whole a ratio lies, where it was estimated.
    pub range: Option<[u64; 2]>,
}

impl From<Value> for Measured {
    fn from(value: Value) -> Self {
        Measured { value, design: None, unmeasured: 0, range: None }
    }
}

/// Why there is no value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Absence {
    /// Which kind.
    pub gap: Gap,
    /// In a sentence without a full stop.
    pub text: String,
    /// Nothing was promised: no entry is configured, or a sound source does not say. Only to this does `has` answer no, and
    /// only this does `or_else` replace; evidence that is gone or broken is neither absent nor zero.
    pub silent: bool,
}

impl Absence {
    /// Nothing was promised.
    pub fn silent(text: impl Into<String>) -> Self {
        Absence { gap: Gap::Missing, text: text.into(), silent: true }
    }

    /// What should be there cannot be used.
    pub fn broken(gap: Gap, text: impl Into<String>) -> Self {
        Absence { gap, text: text.into(), silent: false }
    }
}

/// What names stand for while an expression is evaluated.
pub trait Environment {
    /// The value of a metric.
    ///
    /// # Errors
    /// Why there is none.
    fn metric(&self, id: &str, labels: &Labels) -> Result<Measured, Absence>;
    /// The rows of a family; none at all is an absence unless the rule says that empty is zero.
    ///
    /// # Errors
    /// Why there are none.
    fn rows(&self, family: &str) -> Result<Vec<&Record>, Absence>;
    /// How many more rows of the family there are, of which nothing is known but that they are there.
    fn omitted(&self, _family: &str) -> u64 {
        0
    }
    /// The value that a metric had in the base.
    ///
    /// # Errors
    /// Why there is none; there is no base unless there is one.
    fn base(&self, _id: &str, _labels: &Labels) -> Result<Measured, Absence> {
        Err(no_base())
    }
    /// The row of a family that the base had about a subject.
    ///
    /// # Errors
    /// Why there is none.
    fn base_row(&self, _family: &str, _subject: &str) -> Result<&Record, Absence> {
        Err(no_base())
    }
}

/// Why nothing can be compared with the base.
pub fn no_base() -> Absence {
    Absence::silent("there is no base to compare with: give --base-report")
}

/// Kleene's third value is "the evidence cannot decide".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Truth {
    True,
    False,
    Unproven,
}

impl Truth {
    fn of(flag: bool) -> Self {
        if flag { Truth::True } else { Truth::False }
    }

    fn not(self) -> Self {
        match self {
            Truth::True => Truth::False,
            Truth::False => Truth::True,
            Truth::Unproven => Truth::Unproven,
        }
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Truth::False, _) | (_, Truth::False) => Truth::False,
            (Truth::True, Truth::True) => Truth::True,
            _ => Truth::Unproven,
        }
    }

    fn or(self, other: Self) -> Self {
        self.not().and(other.not()).not()
    }
}

/// One comparison, as people read it.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// What it came to.
    pub truth: Truth,
    /// What was looked at: `coverage.line`.
    pub subject: String,
    /// "79.96 % (1,999 of 2,500)".
    pub observed: String,
    /// "at least 80 %".
    pub required: String,
    /// "1 line short".
    pub margin: String,
    /// How much is missing, in the unit of the margin; larger when more is.
    pub shortfall: Option<f64>,
    /// The same as a clause of a sentence, where it does not read "… is …, required …".
    pub clause: Option<String>,
    /// The rows that were asked all at once and are not as required, by name.
    pub blamed: Vec<String>,
}

impl Part {
    fn new(truth: Truth, observed: impl Into<String>) -> Part {
        let empty = String::new;
        Part {
            truth,
            subject: empty(),
            observed: observed.into(),
            required: empty(),
            margin: empty(),
            shortfall: None,
            clause: None,
            blamed: Vec::new(),
        }
    }

    /// "coverage.line is 79.96 % (1,999 of 2,500), required at least 80 %: 1 line short".
    pub fn sentence(&self) -> String {
        if let Some(clause) = &self.clause {
            return clause.clone();
        }
        let margin = if self.margin.is_empty() { String::new() } else { format!(": {}", self.margin) };
        format!("{} is {}, required {}{margin}", self.subject, self.observed, self.required)
    }
}

/// What an expression came to, and every comparison in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The whole.
    pub truth: Truth,
    /// The comparisons, in the order they stand.
    pub parts: Vec<Part>,
}

/// How many absences are told.
const ABSENCES: usize = 20;

/// How ratios are judged.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rigour {
    /// One-sided confidence in parts per million.
    pub confidence: Option<u32>,
    /// Fewer cases than this decide nothing.
    pub min_n: Option<u64>,
}

/// Evaluates an expression, `row` in scope.
///
/// # Errors
/// Every operand outside `has` and `or_else` that has no value: `||` does not hide it.
pub fn evaluate(checked: &Checked, environment: &dyn Environment, row: Option<&Record>, rigour: Rigour) -> Result<Judged, Vec<Absence>> {
    let mut run = Run { environment, rigour, absences: Vec::new(), parts: Vec::new() };
    let truth = run.truth(&checked.root, row, true);
    if run.absences.is_empty() {
        Ok(Judged { truth, parts: run.parts })
    } else {
        run.absences.sort_by_key(|a| a.gap);
        run.absences.dedup();
        Err(run.absences)
    }
}

struct Run<'e> {
    environment: &'e dyn Environment,
    rigour: Rigour,
    absences: Vec<Absence>,
    parts: Vec<Part>,
}

impl Run<'_> {
    /// Whether the expression holds, or, when not `positive`, whether its opposite does: `!` is carried inwards to the
    /// comparisons, so that confidence, fewest cases and margins are those of what is really asked.
    fn truth(&mut self, expr: &Expr, row: Option<&Record>, positive: bool) -> Truth {
        match &expr.node {
            Node::Not(inner) => self.truth(inner, row, !positive),
            Node::And(left, right) | Node::Or(left, right) => {
                let (left, right) = (self.truth(left, row, positive), self.truth(right, row, positive));
                if matches!(expr.node, Node::And(..)) == positive { left.and(right) } else { left.or(right) }
            }
            Node::Compare(operator, left, right, words) => self.compare((*operator, positive), (left, right), words, row),
            Node::In(left, values) => self.member(left, values, row, positive),
            Node::Glob(text, glob) => self.fits(text, glob, row, positive),
            Node::All(family, inner) => self.all(family, inner, positive),
            Node::Has(inner) => match self.measure(inner, row) {
                Err(absence) if !absence.silent => self.absent(absence),
                found => {
                    let words = ["absent", "present"];
                    self.part(found.is_ok() == positive, name(inner), words[usize::from(found.is_ok())], words[usize::from(positive)])
                }
            },
            Node::Literal(Literal::Flag(flag)) => Truth::of(*flag == positive),
            _ => match self.value(expr, row).map(|operand| operand.measured.value) {
                Some(Value::Flag(flag)) => {
                    let words = ["no", "yes"];
                    self.part(flag == positive, name(expr), words[usize::from(flag)], words[usize::from(positive)])
                }
                _ => Truth::Unproven,
            },
        }
    }

    fn part(&mut self, holds: bool, subject: String, observed: impl Into<String>, required: impl Into<String>) -> Truth {
        let truth = Truth::of(holds);
        self.parts.push(Part { subject, required: required.into(), ..Part::new(truth, observed) });
        truth
    }

    /// Notes an absence; a thousand of one kind say no more than a few.
    fn absent(&mut self, absence: Absence) -> Truth {
        if self.absences.len() < ABSENCES {
            self.absences.push(absence);
        }
        Truth::Unproven
    }

    /// The value of an operand; an absent one is noted.
    fn value(&mut self, expr: &Expr, row: Option<&Record>) -> Option<Operand> {
        self.measure(expr, row).map_err(|absence| self.absent(absence)).ok()
    }

    fn measure(&self, expr: &Expr, row: Option<&Record>) -> Result<Operand, Absence> {
        let found = match &expr.node {
            Node::Literal(literal) => return Ok(constant(literal).into()),
            Node::Metric(id, labels) => self.environment.metric(id, labels)?,
            Node::Field(field) => row
                .and_then(|row| cell(row, field))
                .ok_or_else(|| Absence::silent(format!("{} has no `{field}`", row.map_or("the row", |row| row.subject()))))?,
            Node::OrElse(inner, fallback) => {
                return match self.measure(inner, row) {
                    Err(absence) if absence.silent => Ok(constant(fallback).into()),
                    found => found,
                };
            }
            Node::Count(family) => {
                let rows = self.environment.rows(family)?.len() as u64;
                Measured::from(Value::Count(rows.saturating_add(self.environment.omitted(family))))
            }
            Node::Change(inner, relative, family) => {
                let now = self.measure(inner, row)?.measured;
                let was = match (&inner.node, row) {
                    (Node::Metric(id, labels), _) => self.environment.base(id, labels)?,
                    (Node::Field(field), Some(row)) => {
                        let subject = row.subject();
                        let was = self.environment.base_row(family, subject)?;
                        cell(was, field).ok_or_else(|| Absence::silent(format!("in the base, {subject} has no `{field}`")))?
                    }
                    _ => return Err(valueless()),
                };
                let was = sound(was, || format!("{} of the base", name(inner)))?;
                return Operand::moved(now, was, *relative, &name(inner));
            }
            _ => return Err(valueless()),
        };
        sound(found, || name(expr)).map(Operand::from)
    }
}

fn valueless() -> Absence {
    Absence::broken(Gap::Invalid, "the expression has no value")
}

/// The value, unless it says nothing: `0/0`, or a number without end.
fn sound(found: Measured, name: impl Fn() -> String) -> Result<Measured, Absence> {
    match &found.value {
        // Where something could not be measured, nothing known is not nothing there.
        value if !value.is_known() && found.unmeasured > 0 => {
            Err(Absence::broken(Gap::Missing, format!("{} is unknown: nothing of {} could be judged", name(), grouped(found.unmeasured))))
        }
        value if !value.is_known() => Err(Absence::silent(format!("{} is unknown: 0 of 0", name()))),
        Value::Number { value, .. } | Value::Duration(value) if !value.is_finite() => {
            Err(Absence::broken(Gap::Invalid, format!("{} is not a finite number", name())))
        }
        _ => Ok(found),
    }
}

/// A cell of a row. What the row says of its cases holds for each of its ratios that does not say it itself.
fn cell(row: &Record, field: &str) -> Option<Measured> {
    let value = row.get(field)?.clone();
    let Value::Ratio(ratio) = value else { return Some(Measured::from(value)) };
    Some(match row.basis(field) {
        Some(Basis { design, unmeasured, range }) => Measured { value, design, unmeasured, range },
        None => {
            let design = row.count("clusters").map(|clusters| Design::alike(ratio, clusters));
            Measured { value, design, unmeasured: row.count("unmeasured").unwrap_or(0), range: None }
        }
    })
}

/// How an operand is called in a sentence.
fn name(expr: &Expr) -> String {
    match &expr.node {
        Node::Metric(id, labels) if labels.is_empty() => id.to_string(),
        Node::Metric(id, labels) => {
            let labels: Vec<String> = labels.iter().map(|(k, v)| format!("{k}=\"{v}\"")).collect();
            format!("{id}{{{}}}", labels.join(","))
        }
        Node::Field(field) => field.clone(),
        Node::OrElse(inner, _) | Node::Has(inner) => name(inner),
        Node::Count(family) => format!("{family} rows"),
        Node::Change(inner, false, _) => format!("delta({})", name(inner)),
        Node::Change(inner, true, _) => format!("change({})", name(inner)),
        _ => "the value".to_owned(),
    }
}

/// What the operand's parts are counted in: "line", "case".
fn noun(expr: &Expr) -> &'static str {
    match &expr.node {
        Node::Metric(id, _) => catalogue::counted(id),
        Node::Field(field) => catalogue::counted(field),
        Node::OrElse(inner, _) | Node::Change(inner, ..) => noun(inner),
        Node::Worst(family, field) => catalogue::counted(&format!("{family}.{field}")),
        _ => "case",
    }
}

fn constant(literal: &Literal) -> Value {
    match literal {
        Literal::Percent(ratio) => Value::Ratio(*ratio),
        Literal::Whole(n) => Value::Count(*n),
        Literal::Number(value, unit) => Value::Number { value: *value, unit: (*unit).into() },
        Literal::Duration(ms) => Value::Duration(*ms),
        Literal::Bytes(n) => Value::Bytes(*n),
        Literal::Text(text) => Value::Text(text.clone()),
        Literal::Flag(flag) => Value::Flag(*flag),
    }
}
