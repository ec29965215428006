//! A rule with its expressions checked.

use super::expression::{self, Checked, Mention, Scope};
use crate::catalogue::{self, Kind};
use crate::config::Declared;
use crate::error::Diagnostic;
use crate::io::spelling;
use crate::metric::Name;
use crate::rule::{Rule, Spanned};
use std::collections::BTreeMap;

/// What a rule makes findings about.
#[derive(Clone, Debug, PartialEq)]
pub enum Subjects {
    /// The system as a whole.
    System,
    /// Each record of a family.
    Family(&'static str),
    /// Each row its own query found.
    Rows,
}

/// A rule that is ready to judge.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// As it was written.
    pub rule: Rule,
    /// One finding for each of these.
    pub subjects: Subjects,
    /// What must hold; none when a person must attest.
    pub require: Option<Checked>,
    /// Which subjects count.
    pub filter: Option<Checked>,
    /// When its pack applies.
    pub scope: Option<Checked>,
    /// Whether the rule applies.
    pub when: Option<Checked>,
    /// Why the configuration lets it wait for its first evidence. Evidence that is there is judged all the same.
    pub waits: Option<String>,
}

impl Compiled {
    /// Whether it asks what a change did. What the base had to say to that was about another change, so nothing of it is
    /// inherited.
    pub fn is_about_the_change(&self) -> bool {
        let asked = [&self.scope, &self.when].into_iter().flatten();
        let mut occasions = asked.flat_map(Checked::fields).filter(|field| [DIFF, BASE].contains(field));
        let all = [&self.scope, &self.when, &self.filter, &self.require].into_iter().flatten();
        let compares = |mention: Mention<'_>| match mention {
            Mention::Metric(id, _) => catalogue::comparison(id).is_some(),
            Mention::Family(family) => catalogue::COMPARISONS.contains(&family),
            _ => false,
        };
        let each = matches!(self.subjects, Subjects::Family(family) if catalogue::COMPARISONS.contains(&family));
        each || occasions.next().is_some() || all.flat_map(Checked::mentions).any(compares)
    }

    /// The entries a rule names that are not there, given all as name and family.
    pub fn unknown_sources(&self, entries: &[(&str, &str)]) -> Vec<Diagnostic> {
        let expressions = [&self.require, &self.filter, &self.scope, &self.when];
        let mut unknown: Vec<Diagnostic> = expressions.into_iter().flatten().flat_map(|text| text.unknown_sources(entries)).collect();
        if let Some(source) = self.rule.collect.as_ref().map(|collector| &collector.source) {
            let names = || entries.iter().filter(|(_, family)| *family == AUDIT).map(|(name, _)| *name);
            if source.text != AUDIT && !names().any(|name| name == source.text) {
                let help = spelling::did_you_mean(&source.text, names().chain([AUDIT]));
                unknown.push(Diagnostic::new(source.place.clone(), format!("there is no {AUDIT} entry `{}`", source.text)).help(help));
            }
        }
        unknown
    }
}

/// Whether a change was asked about.
pub const DIFF: &str = "diff";
/// Whether there is a base report to compare with.
pub const BASE: &str = "base";
/// Whether this is the pull request of a fork.
pub const FORK: &str = "fork";

/// The family whose entries answer queries.
const AUDIT: &str = "audit";

/// Checks a rule's expressions; mistakes are added to `errors`.
pub fn compile(rule: Rule, declared: &BTreeMap<String, Declared>, errors: &mut Vec<Diagnostic>) -> Option<Compiled> {
    let outputs = columns(&rule);
    let listed = rule.collect.as_ref().is_some_and(|c| c.rows.is_some());
    let subjects = subjects(&rule, listed, errors)?;
    let fields = match &subjects {
        Subjects::System if listed => Vec::new(),
        Subjects::System | Subjects::Rows => outputs.clone(),
        Subjects::Family(family) => expression::fields_of(family),
    };
    let family = if let Subjects::Family(family) = &subjects { Some(*family) } else { None };
    let inside = Scope { declared, fields: &fields, family, rows: listed.then_some(outputs.as_slice()) };
    let known = occasions();
    let before = errors.len();
    let mut checked =
        |text: &Option<crate::rule::Spanned>, scope: &Scope<'_>| text.as_ref().and_then(|text| expression::compile(text, scope, errors));
    let require = checked(&rule.require, &inside);
    let filter = checked(&rule.filter, &inside);
    let occasion = Scope { declared, fields: &known, family: None, rows: None };
    let when = checked(&rule.when, &occasion);
    // What is wrong with a pack's head is said once, by `occasion`, and not by every rule.
    let scope = match &rule.scope {
        Some(text) => Some(expression::compile(text, &occasion, &mut Vec::new())?),
        None => None,
    };
    if let Some(require) = &require {
        pointless(&rule, require, &inside, errors);
    }
    (errors.len() == before).then_some(Compiled { rule, subjects, require, filter, scope, when, waits: None })
}

/// Checks when a pack applies; mistakes are added to `errors`.
pub fn occasion(when: &Spanned, declared: &BTreeMap<String, Declared>, errors: &mut Vec<Diagnostic>) {
    expression::compile(when, &Scope { declared, fields: &occasions(), family: None, rows: None }, errors);
}

/// What is known of an occasion beside metrics and facts.
fn occasions() -> [(Name, Kind); 4] {
    let flag = |name| (Name::Borrowed(name), Kind::Flag);
    [(Name::Borrowed("profile"), Kind::Text(&[])), flag(DIFF), flag(BASE), flag(FORK)]
}

/// A rule that looks at nothing, or asks for certainty about no share, does not mean what it seems to say.
fn pointless(rule: &Rule, require: &Checked, scope: &Scope<'_>, errors: &mut Vec<Diagnostic>) {
    let mut refuse = |message: &str, help: &str| {
        errors.push(Diagnostic::new(require.source.place.clone(), message).help(Some(help.to_owned())));
    };
    if !require.looks_at_evidence() {
        refuse("the expression looks at no evidence", "name a metric; `readiness rules --metrics` lists them");
    }
    let asked = [("confidence", rule.confidence.is_some()), ("min_n", rule.min_n.is_some())];
    for (key, _) in asked.iter().filter(|(_, given)| *given && !require.compares_ratios(scope)) {
        refuse(&format!("`{key}` has nothing to act on: no ratio is compared"), &format!("compare a ratio, or remove `{key}`"));
    }
}

fn columns(rule: &Rule) -> Vec<(Name, Kind)> {
    let outputs = rule.collect.iter().flat_map(|c| &c.outputs);
    outputs.filter_map(|(column, kind)| Some((Name::Owned(column.clone()), Kind::named(kind, &Name::default())?))).collect()
}

fn subjects(rule: &Rule, listed: bool, errors: &mut Vec<Diagnostic>) -> Option<Subjects> {
    let Some(each) = &rule.for_each else { return Some(Subjects::System) };
    if each.text == "rows" && listed {
        return Some(Subjects::Rows);
    }
    if let Some(family) = catalogue::family_named(&each.text) {
        return Some(Subjects::Family(family.name));
    }
    let message = if each.text == "rows" {
        "`rows` needs a `collect` with `rows`".to_owned()
    } else {
        format!("unknown record family `{}`", each.text)
    };
    let help = spelling::did_you_mean(&each.text, catalogue::families().map(|f| f.name));
    errors.push(Diagnostic::new(each.place.clone(), message).help(help));
    None
}
