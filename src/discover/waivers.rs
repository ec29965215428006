//! Reads `waivers.yaml`, beside the configuration.

use crate::config::Config;
use crate::error::Diagnostic;
use crate::inventory;
use crate::io::shelf::Shelf;
use crate::io::yaml::{self, Node};
use crate::io::{fs, spelling};
use crate::lifecycle::Lifecycle;
use crate::proposal;
use crate::rule::{Place, Severity, Spanned};
use crate::waiver::{Limits, Reach, Waiver, end_of_day, person};
use std::collections::BTreeMap;
use std::path::Path;

/// The file's name.
pub const NAME: &str = "waivers.yaml";

/// What a waiver may name.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The severities of all rules by id; none when not every rule could be read.
    pub rules: Option<&'a BTreeMap<&'a str, Severity>>,
    /// The configuration, for its profiles.
    pub config: &'a Config,
    /// What rules were called, and those that are gone.
    pub ids: &'a Lifecycle,
}

/// Reads the waivers beside the configuration at `config`; no file is no waiver. Every mistake is added to `errors`.
pub fn read(config: &Path, shelf: &Shelf, known: Known<'_>, errors: &mut Vec<Diagnostic>) -> Vec<Waiver> {
    let path = config.with_file_name(NAME);
    if !shelf.exists(&path) {
        return Vec::new();
    }
    let shown = fs::slashed(&path);
    match shelf.read_text(&path) {
        Ok(text) => parse(&shown, &text, known, errors),
        Err(e) => {
            errors.push(Diagnostic::new(Place { file: shown.into(), line: 1, column: 1 }, e.to_string()));
            Vec::new()
        }
    }
}

/// Reads waivers from a text.
pub fn parse(shown: &str, text: &str, known: Known<'_>, errors: &mut Vec<Diagnostic>) -> Vec<Waiver> {
    // Where all of them are gone, the comments may stay.
    if yaml::is_bare(text) {
        return Vec::new();
    }
    let Some(node) = yaml::parse(shown, text, errors) else { return Vec::new() };
    let Some(items) = node.items() else {
        errors.push(Diagnostic::new(node.place.clone(), "waivers must be a list").help(Some("start each with `- id:`".into())));
        return Vec::new();
    };
    let mut ids: BTreeMap<String, u64> = BTreeMap::new();
    let mut waivers = Vec::with_capacity(items.len());
    for item in items {
        let Some(waiver) = waiver(item, known, errors) else { continue };
        if let Some(line) = ids.insert(waiver.id.clone(), item.place.line) {
            errors.push(Diagnostic::new(item.place.clone(), format!("the waiver `{}` exists already on line {line}", waiver.id)));
        }
        waivers.push(waiver);
    }
    waivers
}

/// One waiver; nothing when it has a mistake.
fn waiver(node: &Node, known: Known<'_>, errors: &mut Vec<Diagnostic>) -> Option<Waiver> {
    let before = errors.len();
    let limits = &known.config.waivers;
    let mut f = node.fields("a waiver", errors);
    let id = f.mandatory("id").unwrap_or_default().text;
    let mut rule = f.mandatory("rule").unwrap_or_default();
    let called = known.ids.renamed(&rule.text).map(str::to_owned);
    let named = called.map(|today| std::mem::replace(&mut rule.text, today));
    let scope = f.node("scope").map(|node| reach(node, known.config, f.errors)).unwrap_or_default();
    let reason = f.mandatory("reason").unwrap_or_default().text;
    let ticket = f.mandatory("ticket").unwrap_or_default().text;
    let owner = f.mandatory("owner").unwrap_or_default();
    let approver = f.mandatory("approved_by").unwrap_or_default();
    let granted = f.date("granted");
    let expires = f.date("expires");
    let bound = f.spanned("bound");
    let compensating = f.text("compensating");
    if !owner.text.is_empty() && person(&owner.text) == person(&approver.text) {
        let message = format!("the waiver is approved by its owner, {}", approver.text);
        f.errors.push(Diagnostic::new(approver.place.clone(), message).help(Some("somebody else must approve it".into())));
    }
    let severity = severity_of(&rule, known, f.errors);
    if (inventory::RULES.contains(&rule.text.as_str()) || rule.text == proposal::RULE) && scope.fingerprint.is_none() {
        let message = format!("a waiver of `{}` must name one finding", rule.text);
        f.errors
            .push(Diagnostic::new(rule.place.clone(), message).help(Some("add `scope: { fingerprint: … }` as report.json has it".into())));
    }
    if let (Some((granted, _)), Some((expires, place))) = (&granted, &expires) {
        let mistake = if expires < granted {
            Some((format!("the waiver expires on {}, before it is granted on {}", expires.date(), granted.date()), None))
        } else {
            severity.filter(|severity| *expires > limits.last_day(*granted, *severity)).map(|severity| {
                let last = limits.last_day(*granted, severity).date();
                let message = format!("a waiver of a {severity} rule lasts at most {} days", limits.days(severity));
                (message, Some(format!("granted on {}, it may expire on {last} at the latest", granted.date())))
            })
        };
        f.errors.extend(mistake.map(|(message, help)| Diagnostic::new(place.place.clone(), message).help(help)));
    }
    f.finish();
    let (granted, expires) = (granted?.0, end_of_day(expires?.0));
    let usual = Limits::default();
    let longer = severity.filter(|severity| expires > end_of_day(usual.last_day(granted, *severity))).map(|severity| {
        let reason = limits.reason.as_deref().unwrap_or_default();
        format!("it lasts longer than the usual {} days: {reason}", usual.days(severity))
    });
    let waiver = Waiver {
        id,
        rule: rule.text,
        named,
        scope,
        reason,
        ticket,
        owner: owner.text,
        approved_by: approver.text,
        granted,
        expires,
        bound,
        compensating,
        expiring: limits.expiring,
        longer,
        confirmed: None,
        place: node.place.clone(),
    };
    (errors.len() == before).then_some(waiver)
}

fn severity_of(rule: &Spanned, known: Known<'_>, errors: &mut Vec<Diagnostic>) -> Option<Severity> {
    let rules = known.rules?;
    let severity = rules.get(rule.text.as_str()).copied();
    if severity.is_none() && !rule.text.is_empty() {
        let help = spelling::did_you_mean(&rule.text, rules.keys().copied())
            .or_else(|| Some("`readiness rules` lists those that are shipped".to_owned()));
        let message = known.ids.gone(&rule.text).unwrap_or_else(|| format!("there is no rule `{}`", rule.text));
        errors.push(Diagnostic::new(rule.place.clone(), message).help(help));
    }
    severity
}

fn reach(node: &Node, config: &Config, errors: &mut Vec<Diagnostic>) -> Reach {
    let mut f = node.fields("`scope`", errors);
    let before = f.errors.len();
    let profiles = f.texts("profile");
    let listed = node.entries().unwrap_or_default().iter().any(|(key, _)| key.text == "profile");
    if listed && profiles.is_empty() && f.errors.len() == before {
        f.errors.push(Diagnostic::new(node.place.clone(), "`profile` names no profile, so the waiver could never apply"));
    }
    for profile in &profiles {
        named("profile", profile, config.profiles.keys().map(String::as_str), f.errors);
    }
    let env = f.spanned("env");
    if let Some(env) = &env {
        named("environment", env, config.profiles.values().filter_map(|p| p.env.as_deref()), f.errors);
    }
    let fingerprint = f.spanned("fingerprint");
    let wrong = fingerprint.as_ref().filter(|f| f.text.len() != 32 || !f.text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')));
    if let Some(wrong) = wrong {
        let message = format!("`{}` is no fingerprint", wrong.text);
        let help = "it has 32 hexadecimal digits; a finding's stands in report.json";
        f.errors.push(Diagnostic::new(wrong.place.clone(), message).help(Some(help.into())));
    }
    f.finish();
    Reach { profile: profiles.into_iter().map(|p| p.text).collect(), env: env.map(|e| e.text), fingerprint: fingerprint.map(|f| f.text) }
}

/// A name that the configuration must have.
fn named<'a>(what: &str, name: &Spanned, known: impl Iterator<Item = &'a str>, errors: &mut Vec<Diagnostic>) {
    let known: Vec<&str> = known.collect();
    if known.contains(&name.text.as_str()) {
        return;
    }
    let help = spelling::did_you_mean(&name.text, known.iter().copied()).or_else(|| match known.as_slice() {
        [] => Some(format!("the configuration has no {what}")),
        _ => Some(format!("there are {}", known.join(", "))),
    });
    errors.push(Diagnostic::new(name.place.clone(), format!("there is no {what} `{}`", name.text)).help(help));
}

#[cfg(test)]
mod tests;
