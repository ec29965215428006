//! Decides a checked expression over facts, and says what it looked at.

use super::{Checked, Expr, Literal, Node, Operator};
use crate::catalogue;
use crate::evidence::Gap;
use crate::metric::{Labels, Value, grouped};
use crate::record::Record;
use std::cmp::Ordering;

mod ratio;
mod value;

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

/// How many rows a sentence names.
const NAMED: usize = 3;

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
    absences: Vec<Absence>,
    parts: Vec<Part>,
}

impl Run<'_> {
    fn truth(&mut self, expr: &Expr, row: Option<&Record>) -> Truth {
        match &expr.node {
            Node::Not(inner) => {
                let start = self.parts.len();
                let truth = self.truth(inner, row).not();
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
            Node::Has(inner) => {
                let found = self.measure(inner, row).is_ok();
                self.part(Truth::of(found), name(inner), if found { "present" } else { "absent" }, "present");
                Truth::of(found)
            }
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

    /// The value of an operand; an absent one is noted.
    fn value(&mut self, expr: &Expr, row: Option<&Record>) -> Option<Measured> {
        self.measure(expr, row).map_err(|absence| self.absences.push(absence)).ok()
    }

    fn measure(&self, expr: &Expr, row: Option<&Record>) -> Result<Measured, Absence> {
        let found = match &expr.node {
            Node::Literal(literal) => Measured::from(constant(literal)),
            Node::Metric(id, labels) => self.environment.metric(id, labels)?,
            Node::Field(field) => row.and_then(|row| cell(row, field)).ok_or_else(|| Absence {
                gap: Gap::Missing,
                text: format!("{} has no `{field}`", row.map_or("the row", |row| row.subject())),
            })?,
            Node::OrElse(inner, fallback) => self.measure(inner, row).unwrap_or_else(|_| Measured::from(constant(fallback))),
            Node::Count(family) => Measured::from(Value::Count(self.environment.rows(family)?.len() as u64)),
            _ => return Err(Absence { gap: Gap::Invalid, text: "the expression has no value".into() }),
        };
        match &found.value {
            value if !value.is_known() => Err(Absence { gap: Gap::Missing, text: format!("{} is unknown: 0 of 0", name(expr)) }),
            Value::Number { value, .. } | Value::Duration(value) if !value.is_finite() => {
                Err(Absence { gap: Gap::Invalid, text: format!("{} is not a finite number", name(expr)) })
            }
            _ => Ok(found),
        }
    }

    fn compare(&mut self, operator: Operator, left: &Expr, right: &Expr, row: Option<&Record>) -> Truth {
        // A literal on the left reads better on the right.
        if matches!(left.node, Node::Literal(_)) && !matches!(right.node, Node::Literal(_)) {
            return self.compare(operator.mirrored(), right, left, row);
        }
        let (subject, observed) = match &left.node {
            Node::Worst(family, field) => match self.worst(family, field, operator) {
                Some((who, value)) => (format!("{family}.{field} of {who}"), Some(value)),
                None => return Truth::Unproven,
            },
            _ => (name(left), self.value(left, row)),
        };
        let (Some(observed), Some(limit)) = (observed, self.value(right, row)) else { return Truth::Unproven };
        let noun = catalogue::counted(subject.split(' ').next().unwrap_or(&subject));
        let stated = match &right.node {
            Node::Literal(_) => limit_text(&limit.value),
            _ => format!("{}: {}", name(right), value::plainly(&limit.value)),
        };
        let mut part = match (&observed.value, &limit.value) {
            (Value::Ratio(have), Value::Ratio(need)) => ratio::judge(ratio::Question {
                have: *have,
                measured: &observed,
                operator,
                need: *need,
                rigour: self.rigour,
                noun,
                literal: matches!(right.node, Node::Literal(_)),
            }),
            (have, need) => simple(have, operator, need),
        };
        part.required = match operator {
            Operator::Equal => stated,
            _ => format!("{} {stated}", operator.words()),
        };
        part.subject = subject;
        let truth = part.truth;
        self.parts.push(part);
        truth
    }

    fn worst(&mut self, family: &str, field: &str, operator: Operator) -> Option<(String, Measured)> {
        let rows = self.environment.rows(family).map_err(|absence| self.absences.push(absence)).ok()?;
        let mut worst: Option<(&Record, &Value)> = None;
        for row in rows {
            let Some(value) = row.get(field).filter(|v| v.is_known()) else {
                self.absences.push(Absence { gap: Gap::Missing, text: format!("{} has no `{field}`", row.subject()) });
                return None;
            };
            let worse = worst
                .is_none_or(|(_, so_far)| order(value, so_far).is_some_and(|o| if operator.wants_small() { o.is_gt() } else { o.is_lt() }));
            if worse {
                worst = Some((row, value));
            }
        }
        let (row, value) = worst?;
        Some((row.subject().to_owned(), Measured::from(value.clone())))
    }

    fn member(&mut self, left: &Expr, values: &[Literal], row: Option<&Record>) -> Truth {
        let Some(found) = self.value(left, row) else { return Truth::Unproven };
        let words: Vec<String> = values.iter().map(|v| limit_text(&constant(v))).collect();
        let holds = values.iter().any(|v| order(&found.value, &constant(v)) == Some(Ordering::Equal));
        self.part(Truth::of(holds), name(left), found.value.to_string(), format!("one of {}", words.join(", ")));
        Truth::of(holds)
    }

    fn all(&mut self, family: &'static str, inner: &Expr) -> Truth {
        let rows = match self.environment.rows(family) {
            Ok(rows) => rows,
            Err(absence) => {
                self.absences.push(absence);
                return Truth::Unproven;
            }
        };
        let mut truth = Truth::True;
        let (mut failing, mut undecided) = (Vec::new(), 0u64);
        let before = self.parts.len();
        let mut requirement = String::new();
        for row in &rows {
            let one = self.truth(inner, Some(row));
            if requirement.is_empty() {
                let texts: Vec<String> = self.parts[before..].iter().map(|p| format!("{} {}", p.subject, p.required)).collect();
                requirement = texts.join(" and ");
            }
            self.parts.truncate(before);
            match one {
                Truth::False => failing.push(row.subject()),
                Truth::Unproven => undecided += 1,
                Truth::True => {}
            }
            truth = truth.and(one);
        }
        let total = grouped(rows.len() as u64);
        let observed = match failing.len() {
            0 if undecided > 0 => format!("{} of {total} undecided", grouped(undecided)),
            0 => format!("all {total}"),
            n => format!("{} of {total}", grouped(n as u64)),
        };
        let named: Vec<&str> = failing.iter().take(NAMED).copied().collect();
        let more = if failing.len() > NAMED { format!(" and {} more", grouped((failing.len() - NAMED) as u64)) } else { String::new() };
        let who = if named.is_empty() { String::new() } else { format!(": {}{more}", named.join(", ")) };
        let what = if requirement.is_empty() { String::new() } else { format!(" ({requirement})") };
        let verdict = if failing.is_empty() && undecided == 0 { "as required" } else { "not as required" };
        self.part(
            truth,
            family.to_owned(),
            if rows.is_empty() { "no row".to_owned() } else { observed.clone() },
            format!("all: {requirement}"),
        );
        if let (Some(part), false) = (self.parts.last_mut(), rows.is_empty()) {
            part.clause = Some(format!("{observed} {family} {verdict}{what}{who}"));
        }
        truth
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
