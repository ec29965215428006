//! What the working tree would change about the rules, where those of a commit judge.

use super::base;
use super::setup::{self, Setup};
use crate::discover::{attestations, map};
use crate::error::{Diagnostic, Error};
use crate::evaluate::proposal;
use crate::ingest;
use crate::instant::Instant;
use crate::io::shelf::Shelf;
use crate::proposal::{Proposal, Proposed, Tendency};
use std::path::Path;

/// The proposal of the working tree; none where it judges itself.
pub fn of(base: &Setup, config: Option<&Path>, now: Instant) -> Option<Proposal> {
    let Shelf::Commit(commit) = &base.shelf else { return None };
    let mut changes = match setup::load_at(config, now) {
        Ok(head) => between(base, &head),
        Err(error) => vec![unreadable("rules and configuration", &error)],
    };
    changes.sort_by(|a, b| (a.way, &a.what).cmp(&(b.way, &b.what)));
    Some(Proposal { from: commit.shown(), commit: commit.id.clone(), changes })
}

fn between(base: &Setup, head: &Setup) -> Vec<Proposed> {
    let mut changes = proposal::rules(&base.packs, &head.packs);
    changes.extend(proposal::config(&base.config, &head.config));
    changes.extend(proposal::waivers(base.waivers.iter().map(|w| &w.waiver), head.waivers.iter().map(|w| &w.waiver)));
    changes.extend(proposal::acknowledgements(&base.acknowledged, &head.acknowledged));
    changes.extend(statements(base, head));
    changes.extend(baseline(base, head));
    changes.extend(maps(base, head));
    changes
}

/// A mistake of the base is told with the rules that need a statement, and mending it is no mistake.
fn statements(base: &Setup, head: &Setup) -> Vec<Proposed> {
    let read = |setup: &Setup, errors: &mut Vec<Diagnostic>| {
        let path = attestations::path(Path::new(&setup.config.path));
        attestations::statements(&path, &setup.shelf, &setup.ids, errors)
    };
    let mut old = read(base, &mut Vec::new());
    // The change may have renamed the rule.
    old.iter_mut().for_each(|statement| statement.rule = head.ids.today(&statement.rule).to_owned());
    let mut errors = Vec::new();
    let new = read(head, &mut errors);
    if errors.is_empty() { proposal::statements(&old, &new) } else { vec![unreadable("attestations", &Error::Configuration(errors))] }
}

fn baseline(base: &Setup, head: &Setup) -> Option<Proposed> {
    let read = |setup: &Setup| {
        let path = setup.root.join(base::FILE);
        setup.shelf.exists(&path).then(|| base::read(&path, &setup.shelf, &setup.ids)).transpose()
    };
    match (read(base), read(head)) {
        (Ok(old), Ok(new)) => proposal::baseline(old.as_ref(), new.as_ref()),
        (Err(error), _) | (_, Err(error)) => Some(unreadable("baseline", &error)),
    }
}

/// The project's own maps that say something else, each once.
fn maps(base: &Setup, head: &Setup) -> Vec<Proposed> {
    let names: std::collections::BTreeSet<&String> = head.config.evidence.values().filter_map(|entry| entry.map.as_ref()).collect();
    let text = |setup: &Setup, name: &str| map::text(name, &setup.root, &setup.shelf, ingest::MAPS);
    let changed = names.into_iter().filter_map(|name| match (text(base, name), text(head, name)) {
        (_, Err(error)) => Some(unreadable(&format!("map {name}"), &error)),
        (Ok(old), Ok(new)) if old == new => None,
        _ => Some(Proposed::new(format!("map {name}"), Tendency::Different, "says something else")),
    });
    changed.collect()
}

fn unreadable(what: &str, error: &Error) -> Proposed {
    let first = error.to_string().lines().next().unwrap_or_default().to_owned();
    Proposed::new(what, Tendency::Unreadable, first)
}
