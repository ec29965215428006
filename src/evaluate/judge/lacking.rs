//! What a rule asks for and the facts do not hold. Evidence that is there and cannot be used is not lacking: it was looked at.

use crate::evaluate::expression::Mention;
use crate::evaluate::facts::Facts;
use crate::evaluate::pack::{Compiled, Subjects};
use crate::metric::Labels;
use std::collections::BTreeSet;

/// The rows that stand for the runs of an audited job.
const RUNS: &str = "audit.run";

/// What is lacking, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lacking {
    /// Things that the rule names and nothing says.
    pub absent: BTreeSet<String>,
    /// The family it makes findings about, where some of its rows were left out: what fails still fails.
    pub cut: Option<String>,
}

impl Lacking {
    /// Whether nothing is lacking.
    pub fn is_empty(&self) -> bool {
        self.absent.is_empty() && self.cut.is_none()
    }

    /// All of it.
    pub fn names(&self) -> Vec<String> {
        self.absent.iter().chain(&self.cut).cloned().collect()
    }
}

/// What a rule asks for and the facts do not hold, whatever the rule makes of that.
pub fn lacking(rule: &Compiled, facts: &Facts<'_>) -> Lacking {
    let mut found = Lacking::default();
    for mention in [&rule.scope, &rule.when, &rule.filter, &rule.require].into_iter().flatten().flat_map(|text| text.mentions()) {
        match mention {
            Mention::Fact(id) => {
                if facts.answer(id).is_err() {
                    found.absent.insert(id.to_owned());
                }
            }
            Mention::Metric(id, labels) => {
                if facts.metric(id, labels).is_err_and(|absence| absence.silent) {
                    found.absent.insert(id.to_owned());
                }
            }
            Mention::Base(id, labels) => {
                if facts.base(id, labels).is_err_and(|absence| absence.silent) {
                    found.absent.insert(format!("{id} of the base"));
                }
            }
            Mention::BaseRows(family) => {
                if !facts.has_base_rows(family) {
                    found.absent.insert(format!("{family} of the base"));
                }
            }
            Mention::Family(family) => found.absent.extend(family_of(family, rule, facts)),
        }
    }
    if let Subjects::Family(family) = rule.subjects {
        match family_of(family, rule, facts) {
            Some(cut) if facts.omitted(family) > 0 => found.cut = Some(cut),
            other => found.absent.extend(other),
        }
    }
    // A cadence looks at the runs that an audit trail records, though no rule names them.
    if rule.rule.cadence.is_some() && !facts.asked(RUNS, &Labels::new()).is_empty() {
        found.absent.extend(family_of(RUNS, rule, facts));
    }
    if let Some(collector) = &rule.rule.collect
        && facts.is_unasked(&rule.rule.id, &collector.source.text)
    {
        found.absent.insert("the answer to its query".to_owned());
    }
    if rule.rule.attest.is_some() && !super::attested::is_said(&rule.rule.id, facts) {
        found.absent.insert("a person's statement".to_owned());
    }
    found
}

/// Why the rows of a family are not all there.
fn family_of(family: &str, rule: &Compiled, facts: &Facts<'_>) -> Option<String> {
    // The rows of the rule's own query are told by the query.
    if family == "rows" && rule.rule.collect.is_some() {
        return None;
    }
    match facts.rows(family) {
        Err(absence) if absence.silent => Some(family.to_owned()),
        _ => match facts.omitted(family) {
            0 => None,
            n => Some(format!("{n} rows of {family}")),
        },
    }
}
