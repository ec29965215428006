//! Reads packs: the shipped ones and a user's folder take the same way.

pub use super::compile::{Compiled, Subjects};
use super::compile::{compile, occasion};
use crate::config::Declared;
use crate::error::Diagnostic;
use crate::io::hash::sha256;
use crate::io::yaml;
use crate::metric::duration;
use crate::rule::{Pack, Place, Rule};
use rayon::prelude::*;
use std::collections::BTreeMap;

mod cadence;
mod folder;
mod head;
mod rule;

use folder::stem;
pub use folder::{Files, embedded, folder, shipped};
pub use head::declarations;

/// Reads the files of a pack. Every mistake in every file is added to `errors`.
pub fn read(files: &Files, errors: &mut Vec<Diagnostic>) -> Pack {
    let mut pack = Pack { name: files.pack.clone(), title: files.pack.clone(), ..Pack::default() };
    let listing: String = files.files.iter().map(|(path, text)| format!("{} {}\n", sha256(text.as_bytes()), stem(path))).collect();
    pack.sha256 = sha256(listing.as_bytes());
    let (heads, rules): (Vec<_>, Vec<_>) = files.files.iter().partition(|(path, _)| stem(path) == "pack");
    for (path, text) in heads {
        if let Some(node) = yaml::parse(path, text, errors) {
            pack.place = node.place.clone();
            head::read(&node, &mut pack, errors);
        }
    }
    let read: Vec<_> = rules
        .par_iter()
        .map(|(path, text)| {
            let mut errors = Vec::new();
            let rule = yaml::parse(path, text, &mut errors).map(|node| rule::read(&node, &files.pack, stem(path), &mut errors));
            (rule, errors)
        })
        .collect();
    for (rule, mut mistakes) in read {
        errors.append(&mut mistakes);
        pack.rules.extend(rule.map(|rule| Rule { scope: pack.when.clone(), ..rule }));
    }
    if pack.rules.is_empty() && errors.is_empty() {
        let path = files.files.first().map_or(files.pack.as_str(), |(path, _)| path.as_str());
        errors.push(Diagnostic::new(Place { file: path.into(), line: 1, column: 1 }, format!("the pack `{}` has no rule", files.pack)));
    }
    pack
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
