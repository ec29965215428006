//! Controls, and which rules give evidence toward them. A rule never shows that a control is met.

use super::Section;
use super::rules::{Group, groups};
use super::sources::fragments;
use crate::error::Error;
use crate::render::parts::markup::{Html, fill};
use crate::render::parts::{chip, prose};
use crate::report::Report;
use askama::Template;
use std::collections::BTreeMap;

#[derive(Template)]
#[template(path = "parts/controls.html")]
struct Controls<'a> {
    frameworks: Vec<Framework<'a>>,
}

struct Framework<'a> {
    name: &'a str,
    /// "evidence toward 9 controls".
    toward: String,
    controls: Vec<Control<'a>>,
    counts: Vec<Html>,
}

struct Control<'a> {
    id: &'a str,
    name: &'a str,
    chip: Html,
    rules: Vec<&'a Group<'a>>,
}

pub(super) fn section(report: &Report) -> Result<Option<Section>, Error> {
    let entries = fragments(report);
    let groups = groups(report, &entries);
    let mut by_control: BTreeMap<&str, Vec<&Group<'_>>> = BTreeMap::new();
    for group in &groups {
        for control in &group.rule.controls {
            by_control.entry(control).or_default().push(group);
        }
    }
    if by_control.is_empty() {
        return Ok(None);
    }
    let note = by_control.len().to_string();
    let mut frameworks: BTreeMap<&str, Vec<Control<'_>>> = BTreeMap::new();
    let mut by_control: Vec<(&str, Vec<&Group<'_>>)> = by_control.into_iter().collect();
    by_control.sort_by_cached_key(|(id, _)| natural(id));
    for (id, rules) in by_control {
        let (framework, name) = id.split_once(':').unwrap_or(("Other", id));
        let worst = rules.iter().map(|g| g.outcome).min();
        let chip = worst.map_or_else(Html::default, chip::outcome);
        frameworks.entry(framework).or_default().push(Control { id, name, chip, rules });
    }
    let frameworks =
        frameworks.into_iter().map(|(name, controls)| Framework { name, toward: toward(&controls), counts: counts(&controls), controls });
    let body = fill(&Controls { frameworks: frameworks.collect() })?;
    Ok(Some(Section { id: "controls", title: "Controls", note, tone: "", body }))
}

/// What the rules are for a framework: never more than evidence, and of some controls no more than somebody's word.
fn toward(controls: &[Control<'_>]) -> String {
    let all = format!("evidence toward {}", prose::plural(controls.len(), "control"));
    let word = controls.iter().filter(|control| control.rules.iter().all(|group| group.rule.attested.is_some())).count();
    if word == 0 { all } else { format!("{all}, toward {word} of them by a person's word alone") }
}

/// Words and numbers of an id, so that article 9 comes before article 12.
fn natural(id: &str) -> Vec<(u64, String)> {
    id.split(|c: char| !c.is_alphanumeric()).map(|part| (part.parse().unwrap_or(u64::MAX), part.to_owned())).collect()
}

/// How many controls have which worst outcome.
fn counts(controls: &[Control<'_>]) -> Vec<Html> {
    let worst = |c: &Control<'_>| c.rules.iter().map(|g| g.outcome).min();
    crate::finding::Outcome::ALL
        .into_iter()
        .map(|outcome| (outcome, controls.iter().filter(|c| worst(c) == Some(outcome)).count()))
        .filter(|(_, n)| *n > 0)
        .map(|(outcome, n)| chip::counted(outcome, n))
        .collect()
}
