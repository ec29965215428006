//! Which packs are loaded, and in which order their layers lie: what a pack extends lies below it.

use super::Draft;
use super::folder::{embedded, shipped};
use crate::error::Diagnostic;
use crate::io::spelling;
use crate::rule::Spanned;
use std::collections::{BTreeMap, BTreeSet};

/// The packs with all they extend, each above what it extends and otherwise in the order given. `read` reads a shipped pack.
pub(super) fn ordered(
    mut drafts: Vec<Draft>,
    read: impl Fn(&super::Files, &mut Vec<Diagnostic>) -> Draft,
    errors: &mut Vec<Diagnostic>,
) -> Vec<Draft> {
    let mut next = 0;
    while next < drafts.len() {
        for name in drafts[next].pack.extends.clone() {
            if drafts.iter().any(|draft| draft.pack.name == name.text) {
                continue;
            }
            match embedded(&name.text) {
                Some(files) => drafts.push(read(&files, errors)),
                None => errors.push(unknown(&name, &drafts)),
            }
        }
        next += 1;
    }
    for draft in &drafts {
        let mut seen = BTreeSet::new();
        let twice = draft.pack.extends.iter().filter(|name| !seen.insert(&name.text));
        errors.extend(twice.map(|name| Diagnostic::new(name.place.clone(), format!("`{}` is extended twice", name.text))));
    }
    let order = order(&drafts, errors);
    let mut drafts: Vec<Option<Draft>> = drafts.into_iter().map(Some).collect();
    order.into_iter().filter_map(|at| drafts[at].take()).collect()
}

fn unknown(name: &Spanned, drafts: &[Draft]) -> Diagnostic {
    let names: Vec<&str> = drafts.iter().map(|draft| draft.pack.name.as_str()).chain(shipped()).collect();
    let help = spelling::did_you_mean(&name.text, names).unwrap_or_else(|| {
        format!("shipped are {}; a pack of your own is named in `packs`, and here by its folder's name alone", shipped().join(", "))
    });
    Diagnostic::new(name.place.clone(), format!("there is no pack `{}` to extend", name.text)).help(Some(help))
}

/// The names of the packs that `name` extends, directly or through others.
pub(super) fn below<'a>(name: &str, extends: &BTreeMap<&'a str, Vec<&'a str>>) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&str> = extends.get(name).cloned().unwrap_or_default();
    while let Some(next) = open.pop() {
        if found.insert(next) {
            open.extend(extends.get(next).into_iter().flatten());
        }
    }
    found
}

/// Places in `drafts`, what is extended first. A circle is a mistake, and is cut where it closes.
fn order(drafts: &[Draft], errors: &mut Vec<Diagnostic>) -> Vec<usize> {
    let places: BTreeMap<&str, usize> = drafts.iter().enumerate().map(|(at, draft)| (draft.pack.name.as_str(), at)).collect();
    let mut walk = Walk { drafts, places, path: Vec::new(), done: Vec::new() };
    (0..drafts.len()).for_each(|at| walk.enter(at, errors));
    walk.done
}

struct Walk<'a> {
    drafts: &'a [Draft],
    places: BTreeMap<&'a str, usize>,
    path: Vec<usize>,
    done: Vec<usize>,
}

impl Walk<'_> {
    fn enter(&mut self, at: usize, errors: &mut Vec<Diagnostic>) {
        if self.done.contains(&at) {
            return;
        }
        self.path.push(at);
        for name in &self.drafts[at].pack.extends {
            let Some(&below) = self.places.get(name.text.as_str()) else { continue };
            match self.path.iter().position(|open| *open == below) {
                Some(start) => {
                    let circle: Vec<&str> = self.path[start..].iter().map(|at| self.drafts[*at].pack.name.as_str()).collect();
                    let message = format!("packs extend each other in a circle: {} -> {}", circle.join(" -> "), name.text);
                    errors
                        .push(Diagnostic::new(name.place.clone(), message).help(Some("a layer lies above another, not both ways".into())));
                }
                None => self.enter(below, errors),
            }
        }
        self.path.pop();
        self.done.push(at);
    }
}
