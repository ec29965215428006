//! Rules that a person attests.

use super::{Occasion, absent, finding};
use crate::attestation::{Asked, Attested, FAMILY, Statement, Worth};
use crate::evaluate::expression::Absence;
use crate::evaluate::facts::Facts;
use crate::evaluate::pack::Compiled;
use crate::evidence::Gap;
use crate::finding::{Basis, Finding, Outcome};
use crate::metric::duration;
use crate::rule::Attest;
use crate::source::Location;

/// The finding about a rule whose question a person answers.
pub(super) fn attested(rule: &Compiled, attest: &Attest, facts: &Facts<'_>, occasion: &Occasion) -> Finding {
    let commit = rule.rule.evidence.commit_head.then(|| occasion.commit.as_deref().unwrap_or_default());
    let asked = Asked { attest, commit };
    let (statements, file) = match statements(&rule.rule.id, facts) {
        Ok(found) => found,
        Err(absence) => return dressed(absent(rule, None, &[absence], None, Vec::new()), attest, None),
    };
    let newest = occasion.now.and_then(|now| Some((asked.newest(&statements, now)?, now)));
    let Some(((statement, worth), now)) = newest else {
        let nobody = Absence::silent(format!("{} has not attested this; {}", attest.by, advice(&rule.rule.id)));
        return dressed(absent(rule, None, &[nobody], None, Vec::new()), attest, None);
    };
    let (evidence, path) = file.unwrap_or_default();
    let basis = vec![Basis { evidence, path, at: Location::line(statement.line) }];
    let told = statement.told(&asked, worth, now);
    let gap = match worth {
        Worth::Good => {
            let found = Finding { sources: basis, ..finding(rule, None, Outcome::Pass, told) };
            return dressed(found, attest, Some(statement));
        }
        Worth::Over => Gap::Stale,
        Worth::Early => Gap::Invalid,
        Worth::Elsewhere | Worth::Unasked => Gap::Unfit,
    };
    let absence = Absence::broken(gap, format!("{told}; {}", advice(&rule.rule.id)));
    dressed(absent(rule, None, &[absence], None, basis), attest, Some(statement))
}

/// Whether anybody has said anything about a rule.
pub(super) fn is_said(rule: &str, facts: &Facts<'_>) -> bool {
    statements(rule, facts).map_or(true, |(found, _)| !found.is_empty())
}

type Found = (Vec<Statement>, Option<(String, String)>);

/// What was said about a rule, in the order of the file, and the entry and path of that file.
fn statements(rule: &str, facts: &Facts<'_>) -> Result<Found, Absence> {
    match facts.rows(FAMILY) {
        Ok((rows, entries)) => {
            let entry = entries.first().map(|index| facts.entry(*index));
            let file = entry.and_then(|entry| Some((entry.name.clone(), entry.sources.first()?.path.clone())));
            let statements = rows.into_iter().filter_map(|(_, row)| Statement::of(row)).filter(|statement| statement.rule == rule);
            Ok((statements.collect(), file))
        }
        // No file is no statement; a file that cannot be read is something else.
        Err(absence) if absence.gap == Gap::Missing => Ok((Vec::new(), None)),
        Err(absence) => Err(absence),
    }
}

fn advice(rule: &str) -> String {
    format!("`readiness attest {rule}` records it")
}

fn dressed(found: Finding, attest: &Attest, statement: Option<&Statement>) -> Finding {
    let observed = statement.map_or_else(|| "–".to_owned(), |said| format!("{} on {}", said.who(), said.on.date()));
    Finding {
        observed,
        required: format!("{}, every {}", attest.by, duration(attest.every as f64)),
        attested: Some(Attested { asked: attest.by.clone(), statement: statement.cloned() }),
        ..found
    }
}
