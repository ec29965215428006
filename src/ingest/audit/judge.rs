//! The rules that an audit row must keep beside the map and the rows before it.

use super::ids;
use super::map::{COLUMNS, Column, Map, WORDED};
use super::row::{self, Facts, Findings, Found, Row};
use crate::instant::Instant;
use crate::io::json;
use crate::io::spelling;
use crate::io::sqlite::Cell;
use crate::metric::{duration, grouped};
use std::collections::BTreeMap;

/// A cut-off or an order may be off by this much, in milliseconds: statements take time, and clocks are set.
const SLACK: i64 = 60_000;
/// A row may be dated this much after `now`, in milliseconds, as anywhere else.
const SKEW: i64 = 300_000;
/// The rules of so many tables are remembered.
const TABLES: usize = 10_000;

/// Judges rows in the order of the table.
pub struct Judge<'m> {
    map: &'m Map,
    now: Instant,
    /// Which columns the table has.
    present: [bool; COLUMNS],
    /// When the row before this one was written.
    before: Option<Instant>,
    /// Whether a row was seen that was written after the migration.
    migrated: bool,
    rules: BTreeMap<String, (String, Rule)>,
}

/// The retention rule that a row states.
#[derive(Clone, Debug, Default, PartialEq)]
struct Rule {
    days: Option<f64>,
    mistake: Option<String>,
}

impl<'m> Judge<'m> {
    /// A judge of a table with these columns, as of `now`.
    pub fn new(map: &'m Map, present: [bool; COLUMNS], now: Instant) -> Self {
        Judge { map, now, present, before: None, migrated: false, rules: BTreeMap::new() }
    }

    /// What a row states, and what is wrong with it.
    pub fn judge<'a>(&mut self, row: &Row<'a>) -> (Facts<'a>, Findings) {
        let mut found = Found { map: self.map, findings: Vec::new() };
        let legacy = self.is_legacy(row, &mut found);
        let facts = Facts {
            table: row::table(row, &mut found),
            at: self.moment(row, &mut found),
            count: row::count(row, &mut found),
            dry_run: self.dry_run(row, &mut found),
            failed: row::failed(row, &mut found),
            duration: row::span(row, &mut found),
            days: self.rule(row, &mut found),
            legacy,
        };
        self.words(row, legacy, &mut found);
        row::texts(row, &mut found);
        self.cutoff(row, &facts, &mut found);
        self.ids(row, &facts, &mut found);
        self.actor(row, legacy, &mut found);
        (facts, found.findings)
    }

    fn has(&self, column: Column) -> bool {
        self.present[column as usize]
    }

    /// A row from before the migration holds NULL where no default was given.
    fn is_legacy(&mut self, row: &Row<'_>, found: &mut Found<'_>) -> bool {
        let marks = [Column::Run, Column::Host, Column::Schema, Column::Duration];
        let mut added = marks.into_iter().filter(|c| self.map.is_added(*c) && self.has(*c)).peekable();
        let legacy = added.peek().is_some() && added.all(|c| row.get(c).is_null());
        self.migrated |= !legacy;
        if legacy && self.migrated {
            found.say("AUD-TYPE", || "its run, host and duration are NULL, though older rows have them".to_owned());
        }
        legacy
    }

    fn moment(&mut self, row: &Row<'_>, found: &mut Found<'_>) -> Option<Instant> {
        let at = self.time(row, Column::At, found)?;
        if at.0 > self.now.0 + SKEW {
            found.say("AUD-FUTURE", || format!("{} {at} is after {}", found.map.label(Column::At), self.now));
            return None;
        }
        if let Some(before) = self.before.replace(at).filter(|before| at.0 + SLACK < before.0) {
            let back = duration((before.0 - at.0) as f64);
            found.say("AUD-ORDER", || format!("{} goes back by {back} from the row before", found.map.label(Column::At)));
        }
        Some(at)
    }

    fn time(&self, row: &Row<'_>, column: Column, found: &mut Found<'_>) -> Option<Instant> {
        let cell = row.get(column);
        let Some((at, form)) = self.map.times.read(cell) else {
            found.say("AUD-TIME", || match cell {
                Cell::Null => format!("{} is NULL", found.map.label(column)),
                cell => format!("{} {cell} is no moment", found.map.label(column)),
            });
            return None;
        };
        if let Err(form) = form {
            let wanted = self.map.times.forms();
            found.say("AUD-TIME", || format!("{} {cell} is written as {}, not as {wanted}", found.map.label(column), form.name()));
        }
        Some(at)
    }

    fn dry_run(&self, row: &Row<'_>, found: &mut Found<'_>) -> Option<bool> {
        if !self.has(Column::DryRun) {
            return Some(false);
        }
        let cell = row.get(Column::DryRun);
        let understood = match cell {
            Cell::Integer(0) => return Some(false),
            Cell::Integer(1) => return Some(true),
            Cell::Integer(_) => Some(true),
            Cell::Text(text) => match text.trim_ascii().to_ascii_lowercase().as_slice() {
                b"true" | b"t" | b"yes" | b"y" | b"on" | b"1" => Some(true),
                b"false" | b"f" | b"no" | b"n" | b"off" | b"0" => Some(false),
                _ => None,
            },
            _ => None,
        };
        found.say("AUD-TYPE", || format!("{} is {cell}, not 0 or 1", found.map.label(Column::DryRun)));
        understood
    }

    /// The retention rule, remembered by table because it hardly ever changes.
    fn rule(&mut self, row: &Row<'_>, found: &mut Found<'_>) -> Option<f64> {
        let (table_key, days_key) = self.map.retention.as_ref()?;
        let text = match row.get(Column::Rule) {
            Cell::Null => return None,
            cell => cell.text().unwrap_or("no text"),
        };
        let table = row.get(Column::Table).text().unwrap_or("");
        let before = self.rules.get(table);
        let rule = match before {
            Some((known, rule)) if known == text => rule.clone(),
            _ => {
                let rule = Rule::read(text, table, table_key, days_key);
                if let (Some(old), Some(new)) = (before.and_then(|(_, rule)| rule.days), rule.days)
                    && old != new
                {
                    found.say("RET-RULE-CHANGED", || format!("the retention of {table} changes from {old} to {new} days"));
                }
                if before.is_some() || self.rules.len() < TABLES {
                    self.rules.insert(table.to_owned(), (text.to_owned(), rule.clone()));
                }
                rule
            }
        };
        if let Some(mistake) = rule.mistake {
            found.say("RET-RULE-JSON", || format!("{} {mistake}", found.map.label(Column::Rule)));
        }
        rule.days
    }

    fn words(&self, row: &Row<'_>, legacy: bool, found: &mut Found<'_>) {
        for (column, words) in WORDED.into_iter().zip(&self.map.words) {
            let cell = row.get(column);
            let unknown = !words.is_empty() && self.has(column) && cell.text().is_none_or(|text| !words.iter().any(|w| w == text));
            if unknown && !(legacy && cell.is_null() && self.map.is_added(column)) {
                found.say("AUD-ENUM", || {
                    let near = cell.text().and_then(|t| spelling::nearest(t.trim(), words.iter().map(String::as_str)));
                    let near = near.map(|word| format!(" (`{word}`?)")).unwrap_or_default();
                    format!("{} is {cell}{near}, not one of {}", found.map.label(column), words.join(", "))
                });
            }
        }
        let schema = self.map.migration.as_ref().map(|(schema, _)| schema.as_str());
        if let Some(schema) = schema.filter(|_| !legacy && self.has(Column::Schema)) {
            let cell = row.get(Column::Schema);
            if cell.text() != Some(schema) {
                found.say("AUD-ENUM", || format!("{} is {cell}, and the table is of schema {schema}", found.map.label(Column::Schema)));
            }
        }
    }

    /// The cut-off lies as far before the run as the retention says.
    fn cutoff(&self, row: &Row<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
        if !self.has(Column::Cutoff) {
            return;
        }
        if row.get(Column::Cutoff).is_null() {
            if facts.count.is_some_and(|n| n > 0) {
                found.say("RET-CUTOFF", || format!("{} is NULL", found.map.label(Column::Cutoff)));
            }
            return;
        }
        let (Some(cutoff), Some(at), Some(days)) = (self.time(row, Column::Cutoff, found), facts.at, facts.days) else { return };
        let off = cutoff.0 as f64 - (at.0 as f64 - days * 86_400_000.0);
        if off.abs() > facts.duration.unwrap_or(0).max(SLACK) as f64 {
            let side = if off > 0.0 { "too late: rows were deleted before their time" } else { "too early: rows are kept past their time" };
            found.say("RET-CUTOFF", || {
                format!("{} is {} {side} ({} days of retention)", found.map.label(Column::Cutoff), duration(off.abs()), days)
            });
        }
    }

    fn ids(&self, row: &Row<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
        let Some(count) = facts.count.filter(|_| self.has(Column::Ids)) else { return };
        let cell = row.get(Column::Ids);
        let label = found.map.label(Column::Ids);
        let ids = match cell {
            Cell::Null if count == 0 => return,
            Cell::Null => return found.say("RET-IDS-COUNT", || format!("{label} is NULL, and {} rows were counted", grouped(count))),
            Cell::Text(_) => ids::read(cell.text().unwrap_or("no text")),
            _ => Err(format!("is {cell}, not a JSON array")),
        };
        let ids = match ids {
            Ok(ids) => ids,
            Err(mistake) => return found.say("RET-IDS-JSON", || format!("{label} {mistake}")),
        };
        let limit = self.map.ids_limit.unwrap_or(u64::MAX);
        let shortened = ids.count == limit && count > limit;
        if shortened {
            let missing = grouped(count - limit);
            found.say("RET-IDS-LIMIT", || format!("{label} ends at {} ids: {missing} are not recorded", grouped(limit)));
        } else if ids.count != count {
            found.say("RET-IDS-COUNT", || format!("{label} lists {}, and {} rows were counted", grouped(ids.count), grouped(count)));
        }
        if let Some(id) = &ids.duplicate {
            found.say("RET-IDS-DUPLICATE", || format!("{label} has `{id}` twice"));
        }
        self.range(row, ids.range, shortened, found);
    }

    /// Lowest and highest id agree with the list; beyond a shortened list they may reach further.
    fn range(&self, row: &Row<'_>, listed: Option<(i64, i64)>, shortened: bool, found: &mut Found<'_>) {
        let (low, high) = (row.get(Column::MinId), row.get(Column::MaxId));
        let (Some(min), Some(max)) = (low.integer(), high.integer()) else { return };
        let agrees = match listed {
            Some((first, last)) if shortened => min <= first && max >= last,
            Some(listed) => listed == (min, max),
            None => false,
        };
        if !agrees {
            let listed = listed.map_or_else(|| "no number".to_owned(), |(first, last)| format!("{first} to {last}"));
            found.say("RET-IDS-RANGE", || format!("ids {min} to {max} are stated, and {} holds {listed}", found.map.label(Column::Ids)));
        }
    }

    fn actor(&self, row: &Row<'_>, legacy: bool, found: &mut Found<'_>) {
        let Some((trigger, nobody)) = &self.map.manual else { return };
        if legacy || !self.has(Column::Actor) || row.get(Column::Trigger).text() != Some(trigger) {
            return;
        }
        let cell = row.get(Column::Actor);
        let named =
            cell.text().map(str::trim).is_some_and(|actor| !actor.is_empty() && !nobody.iter().any(|n| n.eq_ignore_ascii_case(actor)));
        if !named {
            found.say("RET-ACTOR", || format!("a {trigger} run whose {} is {cell}", found.map.label(Column::Actor)));
        }
    }
}

impl Rule {
    fn read(text: &str, table: &str, table_key: &str, days_key: &str) -> Rule {
        let wrong = |mistake: String| Rule { days: None, mistake: Some(mistake) };
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
            Some(other) if other != table => Some(format!("is of the table `{other}`")),
            _ => None,
        };
        Rule { days, mistake }
    }
}
