//! What is asked of all rows of a family at once: `all` and `worst`.

use super::{Absence, Asked, Expr, Operator, Part, Run, Truth, cell, order, sound};
use crate::evaluate::expression::check::ROWS;
use crate::evidence::Gap;
use crate::finding::Outcome;
use crate::metric::{Value, grouped};
use crate::record::Record;

/// How many rows a sentence names.
const NAMED: usize = 3;

/// What a row says of itself, whatever is asked of it, and why: a series that is still learning decides nothing.
pub fn standing(row: &Record) -> Option<(Outcome, &str)> {
    let outcome = match row.text("standing")? {
        "not-applicable" => Outcome::NotApplicable,
        "unproven" => Outcome::Unproven,
        "no-evidence" => Outcome::NoEvidence,
        _ => return None,
    };
    Some((outcome, row.text("because").unwrap_or("the row says nothing")))
}

impl<'e> Run<'e> {
    /// The rows that decide something, and how many are undecided in themselves. That there is none is an absence, as is
    /// a row without evidence.
    fn deciding(&mut self, family: &str) -> Option<(Vec<&'e Record>, u64)> {
        let environment = self.environment;
        let rows = environment.rows(family).map_err(|absence| self.absent(absence)).ok()?;
        let (empty, mut undecided) = (rows.is_empty(), 0);
        let mut deciding = Vec::with_capacity(rows.len());
        for row in rows {
            match standing(row).filter(|_| family != ROWS) {
                None => deciding.push(row),
                Some((Outcome::NoEvidence, because)) => {
                    self.absent(Absence::broken(Gap::Missing, format!("{}: {because}", row.subject())));
                }
                Some((Outcome::Unproven, _)) => undecided += 1,
                Some(_) => {}
            }
        }
        if !empty && deciding.is_empty() && undecided == 0 {
            self.absent(Absence::silent(format!("no {family} can be judged yet")));
            return None;
        }
        Some((deciding, undecided))
    }

    /// The comparison holds when it holds for every row. The row that speaks most against it is the one that is shown; of
    /// a few cases that is not always the one with the worst rate.
    pub(super) fn worst(&mut self, family: &str, field: &str, asked: &Asked) -> Truth {
        let Some((rows, undecided)) = self.deciding(family) else { return Truth::Unproven };
        let mut worst: Option<(Part, Value)> = None;
        for row in rows {
            let name = || format!("{family}.{field} of {}", row.subject());
            let found = cell(row, field).ok_or_else(|| Absence::silent(format!("{} has no `{field}`", row.subject())));
            let measured = match found.and_then(|found| sound(found, name)) {
                Ok(measured) => measured,
                Err(absence) => return self.absent(absence),
            };
            let part = self.compared(name(), &measured, asked);
            if worst.as_ref().is_none_or(|(so_far, value)| is_worse(&part, &measured.value, so_far, value, asked.operator)) {
                worst = Some((part, measured.value));
            }
        }
        let Some((part, _)) = worst else { return Truth::Unproven };
        let truth = if undecided > 0 { part.truth.and(Truth::Unproven) } else { part.truth };
        self.parts.push(part);
        truth
    }

    pub(super) fn all(&mut self, family: &'static str, inner: &Expr) -> Truth {
        let Some((rows, mut undecided)) = self.deciding(family) else { return Truth::Unproven };
        let total = rows.len() as u64 + undecided;
        let mut truth = if undecided > 0 { Truth::Unproven } else { Truth::True };
        let mut failing = Vec::new();
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
        let observed = match failing.len() as u64 {
            0 if undecided > 0 => format!("{} of {} undecided", grouped(undecided), grouped(total)),
            0 => format!("all {}", grouped(total)),
            n => format!("{} of {}", grouped(n), grouped(total)),
        };
        let named: Vec<&str> = failing.iter().take(NAMED).copied().collect();
        let more = if failing.len() > NAMED { format!(" and {} more", grouped((failing.len() - NAMED) as u64)) } else { String::new() };
        let who = if named.is_empty() { String::new() } else { format!(": {}{more}", named.join(", ")) };
        let what = if requirement.is_empty() { String::new() } else { format!(" ({requirement})") };
        let verdict = if failing.is_empty() && undecided == 0 { "as required" } else { "not as required" };
        let clause = (total > 0).then(|| format!("{observed} {family} {verdict}{what}{who}"));
        let observed = if total == 0 { "no row".to_owned() } else { observed };
        self.part(truth, family.to_owned(), observed, format!("all: {requirement}"));
        if let Some(part) = self.parts.last_mut() {
            part.clause = clause;
        }
        truth
    }
}

/// Whether a part speaks more against the comparison than the worst so far: it failed, it is undecided, its value is worse.
fn is_worse(part: &Part, value: &Value, so_far: &Part, worst: &Value, operator: Operator) -> bool {
    let rank = |truth| match truth {
        Truth::False => 0,
        Truth::Unproven => 1,
        Truth::True => 2,
    };
    match rank(part.truth).cmp(&rank(so_far.truth)) {
        std::cmp::Ordering::Equal => order(value, worst).is_some_and(|o| if operator.wants_small() { o.is_gt() } else { o.is_lt() }),
        ordering => ordering.is_lt(),
    }
}
