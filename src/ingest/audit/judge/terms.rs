//! The retention that a row states, that rows before it stated, and that the policy says; and what may not be deleted at all.

use super::{Column, Facts, Found, Judge, Row};
use crate::ingest::audit::pii::redacted;
use crate::ingest::audit::policy::Policy;
use crate::io::json;

/// The rules of so many tables are remembered.
const TABLES: usize = 10_000;

/// The retention rule that a row states.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rule {
    days: Option<f64>,
    mistake: Option<String>,
    /// What it holds about persons, where nothing may.
    person: Option<&'static str>,
}

impl Judge {
    /// The retention in days, remembered by table because it hardly ever changes.
    pub(super) fn rule(&mut self, row: &Row<'_>, facts: &Facts<'_>, found: &mut Found) -> Option<f64> {
        let table = row.get(Column::Table).text().unwrap_or("");
        let (policy, due) = match &self.terms.policy {
            Some(policy) => (Some(policy), policy.tables.get(table).copied()),
            None => (None, None),
        };
        let Some((table_key, days_key)) = self.terms.map.retention.as_ref() else { return due };
        let cell = row.get(Column::Rule);
        if cell.is_null() {
            if due.is_none() && self.has(Column::Rule) && facts.count.is_some_and(|n| n > 0) {
                found.say("RET-RULE-JSON", || {
                    format!("{} is NULL: nothing says how long these rows were to be kept", self.label(Column::Rule))
                });
            }
            return due;
        }
        let before = self.rules.get(table);
        let text = || cell.text().unwrap_or("no text");
        let rule = match before {
            Some((known, rule)) if cell.is(known) || known == text() => {
                self.drift(rule.days, rule.days, policy.zip(due), table, facts, found, days_key);
                if rule.mistake.is_none() && rule.person.is_none() {
                    return rule.days;
                }
                rule.clone()
            }
            _ => {
                let text = text();
                let watched = self.terms.map.pii.columns.contains(&Column::Rule);
                let person = if watched { self.person(text) } else { None };
                let rule = Rule { person, ..Rule::read(text, table, table_key, days_key) };
                let (old, known) = (before.and_then(|(_, rule)| rule.days), before.is_some());
                self.drift(old, rule.days, policy.zip(due), table, facts, found, days_key);
                if known || self.rules.len() < TABLES {
                    self.rules.insert(table.to_owned(), (text.to_owned(), rule.clone()));
                }
                rule
            }
        };
        if let Some(mistake) = rule.mistake {
            found.say("RET-RULE-JSON", || format!("{} {mistake}", self.label(Column::Rule)));
        }
        if let Some(what) = rule.person {
            found.say("AUD-PII", || format!("{} holds {what} (not shown)", self.label(Column::Rule)));
        }
        rule.days
    }

    /// Says where a stated retention is not that of the policy, or, where no policy names the table, not that of the rows before.
    #[allow(clippy::too_many_arguments, reason = "what was, what is and what should be")]
    fn drift(
        &self,
        old: Option<f64>,
        new: Option<f64>,
        due: Option<(&Policy, f64)>,
        table: &str,
        facts: &Facts<'_>,
        found: &mut Found,
        key: &str,
    ) {
        let Some(new) = new else { return };
        let change = || {
            let table = redacted(table);
            let on = facts.at.map(|at| format!(" on {}", at.date())).unwrap_or_default();
            match old {
                Some(old) if old != new => format!("{table}: {key} {old} -> {new}{on}"),
                _ => format!("{table}: {key} {new}"),
            }
        };
        match due {
            Some((_, due)) if due == new => {}
            Some((policy, due)) => found.say("RET-POLICY", || {
                let side = if new > due { "rows are kept past their time" } else { "rows are deleted before their time" };
                format!("{}, policy file says {due}: {side} ({})", change(), policy.file)
            }),
            None if old.is_some_and(|old| old != new) => found.say("RET-RULE-CHANGED", change),
            None => {}
        }
    }

    /// Nothing is deleted from what a legal hold keeps.
    pub(super) fn hold(&self, facts: &Facts<'_>, found: &mut Found) {
        let (Some(policy), Some(table), Some(at)) = (&self.terms.policy, facts.table, facts.at) else { return };
        if facts.dry_run != Some(false) || facts.failed || facts.count == Some(0) {
            return;
        }
        if let Some(hold) = policy.holds.iter().find(|hold| hold.forbids(table, at)) {
            found.say("RET-HOLD", || format!("{}: deleted on {} under a legal hold ({})", redacted(table), at.date(), hold.reason));
        }
    }
}

impl Rule {
    fn read(text: &str, table: &str, table_key: &str, days_key: &str) -> Rule {
        let wrong = |mistake: String| Rule { mistake: Some(mistake), ..Rule::default() };
        let rule = match json::read::<json::Value>(text.as_bytes()) {
            Ok(rule) => rule,
            Err(mistake) => return wrong(format!("is not JSON: {}", mistake.message)),
        };
        let days = match rule.get(days_key) {
            Some(days) => days.as_f64().filter(|days| (0.0..=36_500.0).contains(days)),
            None => return wrong(format!("has no `{days_key}`")),
        };
        let mistake = match rule.get(table_key).map(|t| t.as_str().unwrap_or("no text")) {
            _ if days.is_none() => Some(format!("has a `{days_key}` that is no number of days")),
            Some(other) if other != table => Some(format!("is of the table `{}`", redacted(other))),
            _ => None,
        };
        Rule { days, mistake, person: None }
    }
}
