//! Comparisons: of values, of ratios under confidence, of changes, and membership.

use super::change::{self, Operand};
use super::value::{limit_text, order, plainly, simple};
use super::{Expr, Literal, Node, Operator, Part, Run, Truth, constant, name, noun, ratio};
use crate::io::fs::Glob;
use crate::metric::Value;
use crate::record::Record;
use std::cmp::Ordering;

/// What a comparison asks of the value on its left.
pub(super) struct Asked {
    pub operator: Operator,
    pub limit: Operand,
    /// The limit as it is read.
    stated: String,
    /// What the value's parts are counted in.
    noun: &'static str,
    /// The ladder that levels stand on.
    pub words: &'static [&'static str],
}

impl Run<'_> {
    /// Compares two operands. When not `positive`, the opposite is asked.
    pub(super) fn compare(
        &mut self,
        (operator, positive): (Operator, bool),
        (left, right): (&Expr, &Expr),
        words: &'static [&'static str],
        row: Option<&Record>,
    ) -> Truth {
        // A literal on the left reads better on the right, and `worst` is looked for on the left.
        let literal = |expr: &Expr| matches!(expr.node, Node::Literal(_));
        if (literal(left) && !literal(right)) || matches!(right.node, Node::Worst(..)) {
            return self.compare((operator.mirrored(), positive), (right, left), words, row);
        }
        let Some(limit) = self.value(right, row) else {
            // What else is absent is told together with it.
            if !matches!(left.node, Node::Worst(..)) {
                self.value(left, row);
            }
            return Truth::Unproven;
        };
        let stated = match &right.node {
            Node::Literal(_) => limit_text(&limit.measured.value),
            _ => format!("{}: {}", name(right), plainly(&limit.measured.value)),
        };
        let operator = if positive { operator } else { operator.opposite() };
        let asked = Asked { operator, limit, stated, noun: noun(left), words };
        if let Node::Worst(family, field) = &left.node {
            return self.worst(family, field, &asked, positive);
        }
        let Some(observed) = self.value(left, row) else { return Truth::Unproven };
        let part = self.compared(name(left), &observed, &asked);
        let truth = part.truth;
        self.parts.push(part);
        truth
    }

    /// One value against what is asked of it.
    pub(super) fn compared(&self, subject: String, observed: &Operand, asked: &Asked) -> Part {
        let Asked { operator, limit, stated, noun, words } = asked;
        let part = match (&observed.measured.value, &limit.measured.value) {
            (Value::Ratio(have), Value::Ratio(need)) => ratio::judge(ratio::Question {
                have: *have,
                measured: &observed.measured,
                operator: *operator,
                need: *need,
                limit: &limit.measured,
                rigour: self.rigour,
                noun,
            }),
            (value, _) => match (&observed.moved, limit.amount) {
                (Some(moved), Some(amount)) => change::judge(value, moved, *operator, amount, self.rigour, noun),
                _ => simple(observed, *operator, limit, words),
            },
        };
        let required = match operator {
            Operator::Equal => stated.clone(),
            _ => format!("{} {stated}", operator.words()),
        };
        Part { subject, required, ..part }
    }

    /// Whether a text fits a pattern.
    pub(super) fn fits(&mut self, text: &Expr, glob: &Glob, row: Option<&Record>, positive: bool) -> Truth {
        let Some(found) = self.value(text, row) else { return Truth::Unproven };
        let found = found.measured.value.to_string();
        let like = if positive { "like" } else { "unlike" };
        self.part(glob.matches(&found) == positive, name(text), found, format!("{like} {}", glob.pattern()))
    }

    pub(super) fn member(&mut self, left: &Expr, values: &[Literal], row: Option<&Record>, positive: bool) -> Truth {
        let Some(found) = self.value(left, row) else { return Truth::Unproven };
        let words: Vec<String> = values.iter().map(|v| limit_text(&constant(v))).collect();
        let equal = |literal: &Literal| order(&found, &Operand::from(constant(literal)), &[]) == Some(Ordering::Equal);
        let one_of = if positive { "one of" } else { "none of" };
        let holds = values.iter().any(equal) == positive;
        self.part(holds, name(left), found.measured.value.to_string(), format!("{one_of} {}", words.join(", ")))
    }
}
