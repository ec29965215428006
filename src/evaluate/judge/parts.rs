//! The comparisons behind a finding, for people who ask how it came about.

use super::{View, subjects};
use crate::evaluate::expression::{self, Part, Rigour};
use crate::evaluate::facts::Facts;
use crate::evaluate::pack::Compiled;

/// Every comparison of a rule's requirement about one subject, or about the system, as it came out; none where there is no
/// evidence to compare.
pub fn parts(rule: &Compiled, facts: &Facts<'_>, subject: Option<&str>) -> Vec<Part> {
    let (Some(require), Ok(view)) = (&rule.require, View::of(rule, facts)) else { return Vec::new() };
    let rows = subjects(rule, &view).ok().and_then(|(rows, _)| rows).unwrap_or_default();
    let row = match subject {
        Some(subject) => rows.iter().find(|(name, _)| name == subject).map(|(_, row)| *row),
        None => view.single(),
    };
    if subject.is_some() && row.is_none() {
        return Vec::new();
    }
    let rigour = Rigour { confidence: rule.rule.confidence, min_n: rule.rule.min_n };
    expression::evaluate(require, &view, row, rigour).map(|judged| judged.parts).unwrap_or_default()
}
