//! The retention policy that a trail is held against: how long which table is kept, how often the job runs, and what a
//! legal hold keeps from being deleted.
//!
//! ```yaml
//! transcriptions: 90                    # days
//! raw_audio: 24h
//! digests: { class: standard }
//! classes: { standard: 730d }
//! cadence: 1d
//! holds: [{ table: digests, from: 2026-02-01, until: 2026-03-01, reason: case 17 }]
//! ```

use crate::error::Diagnostic;
use crate::instant::Instant;
use crate::io::clock;
use crate::io::yaml::{self, Node};
use crate::rule::{Place, Spanned};
use std::collections::BTreeMap;

const DAY: f64 = 86_400_000.0;

/// What a policy says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Policy {
    /// The file it stands in.
    pub file: String,
    /// How long each table is kept, in days.
    pub tables: BTreeMap<String, f64>,
    /// How often the job runs, in milliseconds.
    pub cadence: Option<i64>,
    /// What may not be deleted.
    pub holds: Vec<Hold>,
}

/// A time in which a table must not lose a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hold {
    /// The table; every table where none is named.
    pub table: Option<String>,
    /// Its first moment.
    pub from: Option<Instant>,
    /// Its end.
    pub until: Option<Instant>,
    /// Why.
    pub reason: String,
}

impl Hold {
    /// Whether it forbids a deletion.
    pub fn forbids(&self, table: &str, at: Instant) -> bool {
        self.table.as_deref().is_none_or(|held| held == table)
            && self.from.is_none_or(|from| at >= from)
            && self.until.is_none_or(|until| at < until)
    }
}

impl Policy {
    /// Reads a policy; everything wrong with it is added to `errors`.
    pub fn parse(file: &str, text: &str, errors: &mut Vec<Diagnostic>) -> Option<Policy> {
        let before = errors.len();
        let root = yaml::parse(file, text, errors)?;
        let Some(entries) = root.entries() else {
            errors.push(Diagnostic::new(root.place.clone(), "a retention policy must be a mapping of tables to their retention"));
            return None;
        };
        let mut policy = Policy { file: file.to_owned(), ..Policy::default() };
        let classes = root.entry("classes").map(|(_, node)| classes(node, errors)).unwrap_or_default();
        for (key, node) in entries {
            match key.text.as_str() {
                "classes" => {}
                "cadence" => policy.cadence = cadence(node.scalar().unwrap_or("this"), &node.place, errors),
                "holds" => policy.holds = node.items().unwrap_or_default().iter().map(|item| hold(item, errors)).collect(),
                table => {
                    let days = term(key, node, &classes, errors);
                    policy.tables.extend(days.map(|days| (table.to_owned(), days)));
                }
            }
        }
        if policy.tables.is_empty() && errors.len() == before {
            errors.push(Diagnostic::new(root.place.clone(), "the retention policy names no table"));
        }
        (errors.len() == before).then_some(policy)
    }
}

fn classes(node: &Node, errors: &mut Vec<Diagnostic>) -> BTreeMap<String, f64> {
    let entries = node.entries().unwrap_or_default();
    entries.iter().filter_map(|(name, node)| Some((name.text.clone(), days(node, errors)?))).collect()
}

fn term(key: &Spanned, node: &Node, classes: &BTreeMap<String, f64>, errors: &mut Vec<Diagnostic>) -> Option<f64> {
    if node.entries().is_none() {
        return days(node, errors);
    }
    let mut fields = node.fields("a table of the retention policy", errors);
    let stated = fields.node("days").and_then(|node| days(node, fields.errors));
    let class = fields.spanned("class");
    let of_class = class.as_ref().and_then(|class| classes.get(&class.text).copied());
    match (&class, stated, of_class) {
        (Some(class), _, None) => {
            fields.errors.push(Diagnostic::new(class.place.clone(), format!("there is no retention class `{}`", class.text)));
        }
        (_, Some(stated), Some(of_class)) if stated != of_class => {
            let message = format!("`{}` is kept {stated} days, and {of_class} by its class", key.text);
            fields.errors.push(Diagnostic::new(node.place.clone(), message));
        }
        (None, None, None) => {
            fields.errors.push(Diagnostic::new(node.place.clone(), format!("`{}` has neither `days` nor `class`", key.text)))
        }
        _ => {}
    }
    fields.finish();
    stated.or(of_class)
}

fn hold(node: &Node, errors: &mut Vec<Diagnostic>) -> Hold {
    let mut fields = node.fields("a legal hold", errors);
    fields.require("reason");
    let mut moment = |key| {
        let text = fields.spanned(key)?;
        let at = clock::parse(&text.text);
        if at.is_none() {
            fields.errors.push(Diagnostic::new(text.place, format!("`{}` is not a date", text.text)));
        }
        at
    };
    let (from, until) = (moment("from"), moment("until"));
    let hold = Hold { table: fields.text("table"), from, until, reason: fields.text("reason").unwrap_or_default() };
    fields.finish();
    hold
}

/// `90`, `90d` or `24h` in days.
fn days(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<f64> {
    period(node, errors).map(|ms| ms / DAY)
}

/// How often a job runs, in milliseconds: once a minute is the most.
pub fn cadence(text: &str, place: &Place, errors: &mut Vec<Diagnostic>) -> Option<i64> {
    let every = milliseconds(text).filter(|ms| *ms >= 60_000.0).map(|ms| ms as i64);
    if every.is_none() {
        let message = format!("`{text}` is not how often a job runs");
        errors.push(Diagnostic::new(place.clone(), message).help(Some("write `1d`, `6h` or `30m`; once a minute is the most".into())));
    }
    every
}

fn period(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<f64> {
    let ms = node.scalar().and_then(milliseconds);
    if ms.is_none() {
        let message = format!("`{}` is not a length of time", node.scalar().unwrap_or("this"));
        errors.push(Diagnostic::new(node.place.clone(), message).help(Some("write a number of days, `90d` or `24h`".into())));
    }
    ms
}

/// `90` days, `90d`, `24h` or `30m` in milliseconds; more than nothing and at most a century.
fn milliseconds(text: &str) -> Option<f64> {
    let (number, unit) = match text.trim().strip_suffix(['d', 'h', 'm']) {
        Some(number) if text.ends_with('d') => (number, DAY),
        Some(number) if text.ends_with('h') => (number, 3_600_000.0),
        Some(number) => (number, 60_000.0),
        None => (text.trim(), DAY),
    };
    number.parse().ok().map(|n: f64| n * unit).filter(|ms| *ms > 0.0 && *ms <= 36_525.0 * DAY)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(text: &str) -> (Option<Policy>, Vec<String>) {
        let mut errors = Vec::new();
        let policy = Policy::parse("policy.yaml", text, &mut errors);
        (policy, errors.iter().map(|e| format!("{}:{} {}", e.place.line, e.place.column, e.message)).collect())
    }

    #[test]
    fn tables_are_kept_for_days_or_by_class() {
        let text = "# days\na: 90\nb: 24h\nc: { class: long }\nd: { days: 30d }\nclasses: { long: 3650d }\ncadence: 1d\n\
                    holds: [{ table: a, from: 2026-02-01, until: 2026-03-01, reason: case 17 }]\n";
        let (policy, errors) = read(text);
        assert!(errors.is_empty(), "{errors:?}");
        let policy = policy.unwrap();
        let tables: Vec<(&str, f64)> = policy.tables.iter().map(|(table, days)| (table.as_str(), *days)).collect();
        assert_eq!(tables, [("a", 90.0), ("b", 1.0), ("c", 3650.0), ("d", 30.0)]);
        assert_eq!(policy.cadence, Some(86_400_000));
        let at = |text| Instant::parse(text).unwrap();
        let forbids = |table, text| policy.holds[0].forbids(table, at(text));
        assert_eq!(
            [forbids("a", "2026-02-01"), forbids("a", "2026-03-01"), forbids("a", "2026-01-31"), forbids("b", "2026-02-02")],
            [true, false, false, false]
        );
    }

    #[test]
    fn what_is_wrong_with_a_policy_is_told() {
        for (text, expected) in [
            ("a: soon\n", "1:4 `soon` is not a length of time"),
            ("a: -1\n", "1:4 `-1` is not a length of time"),
            ("a: 1\ncadence: 0.001m\n", "2:10 `0.001m` is not how often a job runs"),
            ("a: { class: x }\n", "1:13 there is no retention class `x`"),
            ("a: { days: 5, class: x }\nclasses: { x: 6 }\n", "1:4 `a` is kept 5 days, and 6 by its class"),
            ("a: {}\n", "1:4 `a` has neither `days` nor `class`"),
            ("cadence: 1d\n", "1:1 the retention policy names no table"),
            ("- a\n", "1:1 a retention policy must be a mapping of tables to their retention"),
            ("a: 1\nholds: [{ until: never }]\n", "2:9 a legal hold has no `reason`"),
        ] {
            let (policy, errors) = read(text);
            assert!(policy.is_none(), "{text}");
            assert_eq!(errors[0], expected);
        }
    }
}
