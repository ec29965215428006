//! What is asked of all rows of a family at once: `all` and `worst`.

use super::change::Operand;
use super::compare::Asked;
use super::value::order;
use super::{Absence, Expr, Part, Run, Truth, cell, sound};
use crate::evaluate::expression::check::ROWS;
use crate::evidence::Gap;
use crate::finding::Outcome;
use crate::metric::grouped;
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
    /// The rows that decide something, and how many are undecided: in themselves, or because they were not kept. That there is none is an absence, as is
    /// a row without evidence.
    fn deciding(&mut self, family: &str) -> Option<(Vec<&'e Record>, u64)> {
        let environment = self.environment;
        let rows = environment.rows(family).map_err(|absence| self.absent(absence)).ok()?;
        let (empty, mut undecided) = (rows.is_empty(), environment.omitted(family));
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

    /// The comparison holds when it holds for every row; when not `positive`, when it holds for one. The row that decides is
    /// the one that is shown; of a few cases that is not always the one with the worst rate.
    pub(super) fn worst(&mut self, family: &str, field: &str, asked: &Asked, positive: bool) -> Truth {
        let Some((rows, undecided)) = self.deciding(family) else { return Truth::Unproven };
        let mut worst: Option<(Part, Operand)> = None;
        for row in rows {
            let name = || format!("{family}.{field} of {}", row.subject());
            let found = cell(row, field).ok_or_else(|| Absence::silent(format!("{} has no `{field}`", row.subject())));
            let operand = match found.and_then(|found| sound(found, name)) {
                Ok(measured) => Operand::from(measured),
                Err(absence) => return self.absent(absence),
            };
            let part = self.compared(name(), &operand, asked);
            if worst.as_ref().is_none_or(|(so_far, value)| decides((&part, &operand), (so_far, value), asked, positive)) {
                worst = Some((part, operand));
            }
        }
        let Some((part, _)) = worst else { return Truth::Unproven };
        let truth = match undecided {
            0 => part.truth,
            _ if positive => part.truth.and(Truth::Unproven),
            _ => part.truth.or(Truth::Unproven),
        };
        self.parts.push(part);
        truth
    }

    /// Whether `inner` holds for every row; when not `positive`, whether its opposite does for one.
    pub(super) fn all(&mut self, family: &'static str, inner: &Expr, positive: bool) -> Truth {
        let Some((rows, mut undecided)) = self.deciding(family) else { return Truth::Unproven };
        let total = rows.len() as u64 + undecided;
        let mut truth = match (undecided > 0, positive) {
            (true, _) => Truth::Unproven,
            (false, true) => Truth::True,
            (false, false) => Truth::False,
        };
        let mut named = Vec::new();
        let before = self.parts.len();
        let mut requirement = String::new();
        for row in &rows {
            let one = self.truth(inner, Some(row), positive);
            if requirement.is_empty() {
                let texts: Vec<String> = self.parts[before..].iter().map(|p| format!("{} {}", p.subject, p.required)).collect();
                requirement = texts.join(" and ");
            }
            self.parts.truncate(before);
            match one {
                Truth::Unproven => undecided += 1,
                one if (one == Truth::True) != positive => named.push(row.subject()),
                _ => {}
            }
            truth = if positive { truth.and(one) } else { truth.or(one) };
        }
        let observed = match named.len() as u64 {
            0 if undecided > 0 => format!("{} of {} undecided", grouped(undecided), grouped(total)),
            0 if positive => format!("all {}", grouped(total)),
            0 => format!("none of {}", grouped(total)),
            n => format!("{} of {}", grouped(n), grouped(total)),
        };
        let what = if requirement.is_empty() { String::new() } else { format!(" ({requirement})") };
        let verdict = if truth == Truth::True { "as required" } else { "not as required" };
        let clause = (total > 0).then(|| format!("{observed} {family} {verdict}{what}{}", who(&named)));
        let observed = if total == 0 { "no row".to_owned() } else { observed };
        let missing = if named.is_empty() { undecided } else { named.len() as u64 };
        self.parts.push(Part {
            subject: family.to_owned(),
            required: format!("{}: {requirement}", if positive { "all" } else { "one at least" }),
            shortfall: (positive && truth != Truth::True).then_some(missing as f64),
            clause,
            blamed: if positive { named.iter().map(|name| (*name).to_owned()).collect() } else { Vec::new() },
            ..Part::new(truth, observed)
        });
        truth
    }
}

/// ": a, b, c and 4 more".
fn who(named: &[&str]) -> String {
    let shown: Vec<&str> = named.iter().take(NAMED).copied().collect();
    let more = if named.len() > NAMED { format!(" and {} more", grouped((named.len() - NAMED) as u64)) } else { String::new() };
    if shown.is_empty() { String::new() } else { format!(": {}{more}", shown.join(", ")) }
}

/// Whether a row decides more than the one so far: against the comparison when all must satisfy it, for it when one must.
fn decides(row: (&Part, &Operand), so_far: (&Part, &Operand), asked: &Asked, positive: bool) -> bool {
    let rank = |truth| match truth {
        Truth::False => 0,
        Truth::Unproven => 1,
        Truth::True => 2,
    };
    match rank(row.0.truth).cmp(&rank(so_far.0.truth)) {
        std::cmp::Ordering::Equal => {
            let larger = asked.operator.wants_small() == positive;
            order(row.1, so_far.1, asked.words).is_some_and(|o| if larger { o.is_gt() } else { o.is_lt() })
        }
        ordering => ordering.is_lt() == positive,
    }
}
