//! Reads what rules were called, which are deprecated, and which are gone.

use super::shipped_ids;
use crate::error::Diagnostic;
use crate::io::spelling;
use crate::io::yaml::{self, Fields, Node};
use crate::lifecycle::Removed;
use crate::rule::{Deprecated, Place, Rule, Spanned};
use std::collections::{BTreeMap, BTreeSet};

/// The file of the rules that were shipped once.
const REMOVED: (&str, &str) = ("rules/removed.yaml", include_str!("../../../rules/removed.yaml"));

/// Reads `{ since, use, why }`.
pub(super) fn deprecated(node: &Node, errors: &mut Vec<Diagnostic>) -> Deprecated {
    let mut f = node.fields("`deprecated`", errors);
    for key in ["since", "why"] {
        f.require(key);
    }
    let instead = f.spanned("use");
    let [since, why] = ["since", "why"].map(|key| filled(&mut f, key));
    f.finish();
    Deprecated { since, instead, why }
}

/// A text that says something; that it is not there is told elsewhere.
fn filled(f: &mut Fields<'_, '_>, key: &'static str) -> String {
    let text = f.spanned(key).unwrap_or_default();
    if text.place.line > 0 && text.text.trim().is_empty() {
        f.errors.push(Diagnostic::new(text.place, format!("`{key}` is empty")));
    }
    text.text
}

/// The rules that were shipped once; mistakes in the list are added to `errors`.
pub fn removed(errors: &mut Vec<Diagnostic>) -> Vec<Removed> {
    gone(REMOVED.0, REMOVED.1, errors)
}

fn gone(file: &str, text: &str, errors: &mut Vec<Diagnostic>) -> Vec<Removed> {
    let Some(node) = yaml::parse(file, text, errors) else { return Vec::new() };
    let read = |node: &Node| {
        let mut f = node.fields("a removed rule", errors);
        for key in ["id", "since", "why"] {
            f.require(key);
        }
        let [id, since, why] = ["id", "since", "why"].map(|key| filled(&mut f, key));
        let removed = Removed { id, since, why, instead: f.text("use") };
        f.finish();
        removed
    };
    node.items().unwrap_or_default().iter().map(read).collect()
}

/// Checks the names of all rules against each other: an old name is nobody else's, and what is deprecated leads somewhere.
pub(super) fn check(rules: &[&Rule], errors: &mut Vec<Diagnostic>) {
    let ids: BTreeMap<&str, &Rule> = rules.iter().map(|rule| (rule.id.as_str(), *rule)).collect();
    let mut old: BTreeMap<&str, (&str, &Place)> = BTreeMap::new();
    for rule in rules {
        for name in &rule.renamed_from {
            let clash = if name.text == rule.id {
                Some(format!("`{}` is what the rule is called now", name.text))
            } else if let Some(other) = ids.get(name.text.as_str()) {
                Some(format!("`{}` is a rule of its own, at {}", name.text, other.place))
            } else if let Some((other, at)) = old.insert(&name.text, (&rule.id, &name.place)) {
                Some(format!("`{}` is an old name of `{other}` already, at {at}", name.text))
            } else if name.text.split('/').filter(|part| !part.trim().is_empty()).count() < 2 {
                Some(format!("`{}` was never the id of a rule: it is written `pack/name`", name.text))
            } else {
                None
            };
            errors.extend(clash.map(|message| Diagnostic::new(name.place.clone(), message)));
        }
    }
    let today = |id: &str| old.get(id).map_or_else(|| id.to_owned(), |(rule, _)| (*rule).to_owned());
    let shipped = shipped_ids();
    for rule in rules {
        let Some(place) = successor(rule) else { continue };
        let mut seen = BTreeSet::from([rule.id.clone()]);
        let mut next = today(&place.text);
        loop {
            if !seen.insert(next.clone()) {
                if next == rule.id {
                    let message = format!("`{}` is used instead of itself in the end", rule.id);
                    errors.push(Diagnostic::new(place.place.clone(), message).help(Some("name a rule that stays".into())));
                }
                break;
            }
            let Some(there) = ids.get(next.as_str()) else {
                if next == today(&place.text) && !shipped.contains(&next) {
                    let help = spelling::did_you_mean(&next, ids.keys().copied().chain(shipped.iter().map(String::as_str)));
                    errors.push(Diagnostic::new(place.place.clone(), format!("there is no rule `{next}` to use instead")).help(help));
                }
                break;
            };
            match successor(there) {
                Some(further) => next = today(&further.text),
                None => break,
            }
        }
    }
}

fn successor(rule: &Rule) -> Option<&Spanned> {
    rule.deprecated.as_ref()?.instead.as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_list_is_in_order() {
        let mut errors = Vec::new();
        let gone = removed(&mut errors);
        assert!(errors.is_empty(), "{errors:?}");
        let shipped = shipped_ids();
        let ids: BTreeSet<&String> = gone.iter().map(|rule| &rule.id).collect();
        assert_eq!(ids.len(), gone.len(), "an id is listed once");
        for rule in &gone {
            assert!(!shipped.contains(&rule.id), "{} is there", rule.id);
            let known = |id: &String| shipped.contains(id) || ids.contains(id);
            assert!(rule.instead.as_ref().is_none_or(known), "{} leads nowhere", rule.id);
        }
    }

    #[test]
    fn a_list_with_a_mistake_says_so() {
        let mut errors = Vec::new();
        gone("removed.yaml", "- { id: a/b, since: ' ', why: w, instead: c }\n", &mut errors);
        let lines: Vec<String> = errors.iter().map(|e| e.to_string().lines().next().unwrap_or_default().to_owned()).collect();
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[0].contains("`since` is empty") && lines[1].contains("no key `instead`"), "{lines:?}");
    }
}
