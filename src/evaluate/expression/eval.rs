//! Decides a checked expression over facts, and says what it looked at.

use super::{Checked, Expr, Literal, Node, Operator};
use crate::catalogue;
use crate::evidence::Gap;
use crate::metric::{Labels, Value, grouped};
use crate::record::Record;
use std::cmp::Ordering;

mod ratio;
mod rows;
mod value;

pub use rows::standing;
use value::{limit_text, order, simple};

/// A value as an expression meets it.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// The value.
    pub value: Value,
    /// How many independent cases a ratio rests on, where fewer than its whole.
    pub samples: Option<u64>,
    /// Cases that could not be counted.
    pub unmeasured: u64,
}

impl From<Value> for Measured {
    fn from(value: Value) -> Self {
        Measured { value, samples: None, unmeasured: 0 }
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
    /// The same as a clause of a sentence, where it does not read "… is …, required …".
    pub clause: Option<String>,
}

impl Part {
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
    let mut run = Run { environment, rigour, sought: Truth::True, absences: Vec::new(), parts: Vec::new() };
    let truth = run.truth(&checked.root, row);
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
    /// What a part must come to for the whole to pass: false behind a `!`.
    sought: Truth,
    absences: Vec<Absence>,
    parts: Vec<Part>,
}

impl Run<'_> {
    fn truth(&mut self, expr: &Expr, row: Option<&Record>) -> Truth {
        match &expr.node {
            Node::Not(inner) => {
                let start = self.parts.len();
                self.sought = self.sought.not();
                let truth = self.truth(inner, row).not();
                self.sought = self.sought.not();
                for part in &mut self.parts[start..] {
                    part.truth = part.truth.not();
                    part.required = format!("not {}", part.required);
                }
                truth
            }
            Node::And(left, right) => {
                let left = self.truth(left, row);
                left.and(self.truth(right, row))
            }
            Node::Or(left, right) => {
                let left = self.truth(left, row);
                left.or(self.truth(right, row))
            }
            Node::Compare(operator, left, right) => self.compare(*operator, left, right, row),
            Node::In(left, values) => self.member(left, values, row),
            Node::All(family, inner) => self.all(family, inner),
            Node::Has(inner) => match self.measure(inner, row) {
                Err(absence) if !absence.silent => self.absent(absence),
                found => {
                    let found = found.is_ok();
                    self.part(Truth::of(found), name(inner), if found { "present" } else { "absent" }, "present");
                    Truth::of(found)
                }
            },
            Node::Literal(Literal::Flag(flag)) => Truth::of(*flag),
            _ => match self.value(expr, row) {
                Some(Measured { value: Value::Flag(flag), .. }) => {
                    self.part(Truth::of(flag), name(expr), if flag { "yes" } else { "no" }, "yes");
                    Truth::of(flag)
                }
                _ => Truth::Unproven,
            },
        }
    }

    fn part(&mut self, truth: Truth, subject: String, observed: impl Into<String>, required: impl Into<String>) {
        self.parts.push(Part { truth, subject, observed: observed.into(), required: required.into(), margin: String::new(), clause: None });
    }

    /// Notes an absence; a thousand of one kind say no more than a few.
    fn absent(&mut self, absence: Absence) -> Truth {
        if self.absences.len() < ABSENCES {
            self.absences.push(absence);
        }
        Truth::Unproven
    }

    /// The value of an operand; an absent one is noted.
    fn value(&mut self, expr: &Expr, row: Option<&Record>) -> Option<Measured> {
        self.measure(expr, row).map_err(|absence| self.absent(absence)).ok()
    }

    fn measure(&self, expr: &Expr, row: Option<&Record>) -> Result<Measured, Absence> {
        let found = match &expr.node {
            Node::Literal(literal) => Measured::from(constant(literal)),
            Node::Metric(id, labels) => self.environment.metric(id, labels)?,
            Node::Field(field) => row
                .and_then(|row| cell(row, field))
                .ok_or_else(|| Absence::silent(format!("{} has no `{field}`", row.map_or("the row", |row| row.subject()))))?,
            Node::OrElse(inner, fallback) => match self.measure(inner, row) {
                Err(absence) if absence.silent => Measured::from(constant(fallback)),
                found => found?,
            },
            Node::Count(family) => Measured::from(Value::Count(self.environment.rows(family)?.len() as u64)),
            _ => return Err(Absence::broken(Gap::Invalid, "the expression has no value")),
        };
        sound(found, || name(expr))
    }

    fn compare(&mut self, operator: Operator, left: &Expr, right: &Expr, row: Option<&Record>) -> Truth {
        // A literal on the left reads better on the right.
        if matches!(left.node, Node::Literal(_)) && !matches!(right.node, Node::Literal(_)) {
            return self.compare(operator.mirrored(), right, left, row);
        }
        if matches!(right.node, Node::Worst(..)) && !matches!(left.node, Node::Worst(..)) {
            return self.compare(operator.mirrored(), right, left, row);
        }
        let Some(limit) = self.value(right, row) else {
            // What else is absent is told together with it.
            self.value(left, row);
            return Truth::Unproven;
        };
        let stated = match &right.node {
            Node::Literal(_) => limit_text(&limit.value),
            _ => format!("{}: {}", name(right), value::plainly(&limit.value)),
        };
        let asked = Asked { operator, limit, stated };
        if let Node::Worst(family, field) = &left.node {
            return self.worst(family, field, &asked);
        }
        let Some(observed) = self.value(left, row) else { return Truth::Unproven };
        let part = self.compared(name(left), &observed, &asked);
        let truth = part.truth;
        self.parts.push(part);
        truth
    }

    /// One value against what is asked of it.
    fn compared(&self, subject: String, observed: &Measured, asked: &Asked) -> Part {
        let Asked { operator, limit, stated } = asked;
        let noun = catalogue::counted(subject.split(' ').next().unwrap_or(&subject));
        let part = match (&observed.value, &limit.value) {
            (Value::Ratio(have), Value::Ratio(need)) => ratio::judge(ratio::Question {
                have: *have,
                measured: observed,
                operator: *operator,
                need: *need,
                limit,
                rigour: self.rigour,
                sought: self.sought,
                noun,
            }),
            (have, need) => simple(have, *operator, need),
        };
        let required = match operator {
            Operator::Equal => stated.clone(),
            _ => format!("{} {stated}", operator.words()),
        };
        Part { subject, required, ..part }
    }

    fn member(&mut self, left: &Expr, values: &[Literal], row: Option<&Record>) -> Truth {
        let Some(found) = self.value(left, row) else { return Truth::Unproven };
        let words: Vec<String> = values.iter().map(|v| limit_text(&constant(v))).collect();
        let holds = values.iter().any(|v| order(&found.value, &constant(v)) == Some(Ordering::Equal));
        self.part(Truth::of(holds), name(left), found.value.to_string(), format!("one of {}", words.join(", ")));
        Truth::of(holds)
    }
}

/// What a comparison asks of the value on its left.
struct Asked {
    operator: Operator,
    limit: Measured,
    /// The limit as it is read.
    stated: String,
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

/// A cell of a row. What the row says of its cases holds for each of its ratios.
fn cell(row: &Record, field: &str) -> Option<Measured> {
    let value = row.get(field)?.clone();
    let Value::Ratio(_) = value else { return Some(Measured::from(value)) };
    Some(Measured { value, samples: row.count("clusters"), unmeasured: row.count("unmeasured").unwrap_or(0) })
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
        _ => "the value".to_owned(),
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
