//! Reads packs: the shipped ones and a user's folder take the same way.

pub use super::compile::{Compiled, Subjects};
use super::compile::{compile, occasion};
use crate::config::Declared;
use crate::error::Diagnostic;
use crate::instant::Instant;
use crate::io::hash::sha256;
use crate::io::spelling;
use crate::io::yaml::{self, Node};
use crate::lifecycle::Lifecycle;
use crate::metric::duration;
use crate::rule::{Pack, Place, Rule, Spanned};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

mod cadence;
mod extend;
mod folder;
mod head;
mod lifecycle;
mod overlay;
mod relax;
mod rule;

use folder::shipped_ids;
use folder::stem;
pub use folder::{Files, embedded, folder, shipped};
pub use head::declarations;
pub use lifecycle::removed;
pub use overlay::too_late;
use overlay::{Overlay, Stack};
pub use relax::relax;

/// A pack as its files say it, before its layers lie where they belong.
struct Draft {
    pack: Pack,
    rules: Vec<(Node, Rule)>,
    overlays: Vec<Overlay>,
}

/// Reads packs and the packs they extend, and lays what overrides a rule over it, as of `now`. What is extended comes first.
/// Every mistake in every file is added to `errors`.
pub fn read(files: &[Files], now: Instant, errors: &mut Vec<Diagnostic>) -> Vec<Pack> {
    let drafts = files.iter().map(|files| draft(files, errors)).collect();
    let mut drafts = extend::ordered(drafts, draft, errors);
    let mut rules = stacked(&mut drafts, now, errors);
    let packs = drafts.into_iter().enumerate().map(|(at, draft)| Pack { rules: rules.remove(&at).unwrap_or_default(), ..draft.pack });
    packs.collect()
}

fn draft(files: &Files, errors: &mut Vec<Diagnostic>) -> Draft {
    let mut pack = Pack { name: files.pack.clone(), title: files.pack.clone(), files: files.files.clone(), ..Pack::default() };
    let listing: String = files.files.iter().map(|(path, text)| format!("{} {}\n", sha256(text.as_bytes()), stem(path))).collect();
    pack.sha256 = sha256(listing.as_bytes());
    let before = errors.len();
    let (heads, rest): (Vec<_>, Vec<_>) = files.files.iter().partition(|(path, _)| stem(path) == "pack");
    for (path, text) in heads {
        if let Some(node) = yaml::parse(path, text, errors) {
            pack.place = node.place.clone();
            head::read(&node, &mut pack, errors);
        }
    }
    let read: Vec<_> = rest.par_iter().map(|(path, text)| file(path, text, &files.pack)).collect();
    let mut draft = Draft { pack, rules: Vec::new(), overlays: Vec::new() };
    for (read, mut mistakes) in read {
        errors.append(&mut mistakes);
        match read {
            Some(File::Rule(node, rule)) => draft.rules.push((node, Rule { scope: draft.pack.when.clone(), ..*rule })),
            Some(File::Overlay(overlay)) => draft.overlays.push(overlay),
            None => {}
        }
    }
    if let (Some(when), Some(_)) = (&draft.pack.when, draft.overlays.first()) {
        let help = "a layer counts whenever its rule does; put the layers into a pack of their own";
        errors.push(Diagnostic::new(when.place.clone(), "a pack that overrides rules has no `when`").help(Some(help.to_owned())));
    }
    if draft.rules.is_empty() && draft.overlays.is_empty() && errors.len() == before {
        let path = files.files.first().map_or(files.pack.as_str(), |(path, _)| path.as_str());
        errors.push(Diagnostic::new(Place { file: path.into(), line: 1, column: 1 }, format!("the pack `{}` has no rule", files.pack)));
    }
    draft
}

/// What a file of a pack is.
enum File {
    Rule(Node, Box<Rule>),
    Overlay(Overlay),
}

fn file(path: &str, text: &str, pack: &str) -> (Option<File>, Vec<Diagnostic>) {
    let mut errors = Vec::new();
    let Some(node) = yaml::parse(path, text, &mut errors) else { return (None, errors) };
    if let Some(overlay) = Overlay::of(&node, &mut errors) {
        return (Some(File::Overlay(overlay)), errors);
    }
    let rule = rule::read(&node, &format!("{pack}/{}", stem(path)), pack, &mut errors);
    rule::complete(&rule, &mut errors);
    (Some(File::Rule(node, Box::new(rule))), errors)
}

/// The rules of each pack, by its place, with all overlays over them.
fn stacked(drafts: &mut [Draft], now: Instant, errors: &mut Vec<Diagnostic>) -> BTreeMap<usize, Vec<Rule>> {
    // A mistake in the list of what is gone is told where all ids are known.
    let written = drafts.iter().flat_map(|draft| &draft.rules).map(|(_, rule)| rule);
    let ids = Lifecycle::of_rules(written, removed(&mut Vec::new()));
    let mut stacks: Vec<(usize, String, Stack)> = Vec::new();
    for (at, draft) in drafts.iter_mut().enumerate() {
        stacks.extend(draft.rules.drain(..).map(|(node, rule)| (at, rule.id.clone(), Stack::new(node, rule))));
    }
    let extends: BTreeMap<&str, Vec<&str>> =
        drafts.iter().map(|draft| (draft.pack.name.as_str(), draft.pack.extends.iter().map(|name| name.text.as_str()).collect())).collect();
    for draft in drafts.iter() {
        let below = extend::below(&draft.pack.name, &extends);
        let mut seen: BTreeMap<&str, &Place> = BTreeMap::new();
        for overlay in &draft.overlays {
            let over = &overlay.over;
            let written = stacks.iter().any(|(_, id, _)| *id == over.text);
            let today = if written { &over.text } else { ids.today(&over.text) };
            if let Some(first) = seen.insert(today, &over.place) {
                errors.push(Diagnostic::new(over.place.clone(), format!("`{today}` is overridden in this pack already, at {first}")));
                continue;
            }
            let reachable = today.split_once('/').is_some_and(|(pack, _)| below.contains(pack));
            match stacks.iter_mut().find(|(_, id, _)| reachable && id == today) {
                Some((.., stack)) => {
                    if over.text != today {
                        stack.called(over);
                    }
                    stack.lay(overlay, now, errors);
                }
                None => errors.push(nowhere(over, today, &draft.pack, &ids, &below, &stacks)),
            }
        }
    }
    let mut rules: BTreeMap<usize, Vec<Rule>> = BTreeMap::new();
    for (at, _, stack) in stacks {
        rules.entry(at).or_default().push(stack.rule(errors));
    }
    rules
}

/// A layer over nothing; `today` is what the rule it names is called.
fn nowhere(
    over: &Spanned,
    today: &str,
    pack: &Pack,
    lifecycle: &Lifecycle,
    below: &BTreeSet<&str>,
    stacks: &[(usize, String, Stack)],
) -> Diagnostic {
    let name = &pack.name;
    let theirs = today.split_once('/').map_or("", |(pack, _)| pack);
    let ids = || stacks.iter().map(|(_, id, _)| id.as_str());
    if ids().any(|id| id == today) {
        let own = theirs == name;
        let help = if own { "change the rule itself".to_owned() } else { format!("add it to `extends` of the pack `{name}`") };
        let message = format!("`{today}` cannot be overridden here: `{name}` does not extend `{theirs}`");
        return Diagnostic::new(over.place.clone(), message).help(Some(help));
    }
    if let Some(gone) = lifecycle.gone(&over.text) {
        return Diagnostic::new(over.place.clone(), gone).help(Some("remove the file, or override what took the rule's place".to_owned()));
    }
    let help = spelling::did_you_mean(&over.text, ids().filter(|id| id.split_once('/').is_some_and(|(pack, _)| below.contains(pack))));
    Diagnostic::new(over.place.clone(), format!("there is no rule `{}` to override", over.text)).help(help)
}

/// Checks all rules of all packs against each other's declarations and the configuration's.
pub fn check(
    packs: &[Pack],
    configured: &BTreeMap<String, Declared>,
    errors: &mut Vec<Diagnostic>,
) -> (Vec<Compiled>, BTreeMap<String, Declared>) {
    let mut declared = configured.clone();
    for pack in packs {
        for (id, metric) in &pack.metrics {
            // Which of two meanings a rule was written for nobody could tell.
            if declared.insert(id.clone(), metric.clone()).is_some_and(|known| known != *metric) {
                errors.push(Diagnostic::new(pack.place.clone(), format!("`{id}` is declared elsewhere too, and differently")));
            }
        }
    }
    packs.iter().filter_map(|pack| pack.when.as_ref()).for_each(|when| occasion(when, &declared, errors));
    let rules: Vec<&Rule> = packs.iter().flat_map(|pack| &pack.rules).collect();
    let results: Vec<_> = rules
        .par_iter()
        .map(|rule| {
            let mut errors = Vec::new();
            (compile((*rule).clone(), &declared, &mut errors), errors)
        })
        .collect();
    let mut compiled = Vec::with_capacity(results.len());
    for (rule, mut mistakes) in results {
        errors.append(&mut mistakes);
        compiled.extend(rule);
    }
    let mut seen = BTreeMap::new();
    for rule in &rules {
        if let Some(first) = seen.insert(rule.id.as_str(), &rule.place) {
            errors.push(Diagnostic::new(rule.place.clone(), format!("the rule `{}` exists already at {first}", rule.id)));
        }
    }
    lifecycle::check(&rules, errors);
    (compiled, declared)
}

/// The text of a rule file's `require`, or whose word it asks for, for people.
pub fn expression_text(rule: &Rule) -> String {
    match (&rule.require, &rule.attest) {
        (Some(require), _) => require.text.clone(),
        (None, Some(attest)) => format!("attested by {}, every {}", attest.by, duration(attest.every as f64)),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests;
