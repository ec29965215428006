//! Where the names lead that rules had: at the place of the old name one is pointed on, so that links stay good.

use super::RULES;
use crate::lifecycle::Lifecycle;
use crate::page::Page;
use crate::render::parts::escape::{prose, span};

/// Adds every old name to the page of its pack, and a small page for packs that are no more.
pub(super) fn point_on(pages: &mut Vec<Page>, ids: &Lifecycle) {
    let renamed = ids.all_renamed().map(|(old, new)| (old, format!("It is called {} now.", link(new))));
    let removed = ids.all_removed().map(|removed| {
        let instead = ids.successor(removed).map_or_else(String::new, |rule| format!(" Use {} instead.", link(rule)));
        let why = removed.why.trim_end_matches('.');
        (removed.id.as_str(), format!("It was removed in {}: {}.{instead}", prose(&removed.since), prose(why)))
    });
    for (old, text) in renamed.chain(removed) {
        let Some((pack, stem)) = old.split_once('/') else { continue };
        let path = format!("rules/{pack}.html");
        let section = format!("## {}\n\n{text}\n\n", span(stem));
        match pages.iter_mut().find(|page| page.path == path) {
            Some(page) => page.markdown.push_str(&section),
            None if is_plain(pack) => {
                let markdown = format!("# {}\n\nThis pack is no more; its rules are elsewhere.\n\n{section}", prose(pack));
                pages.push(Page { path, title: pack.to_owned(), group: RULES.to_owned(), markdown });
            }
            None => {}
        }
    }
}

/// The id of a rule, and a link to it where its name can stand in one.
fn link(id: &str) -> String {
    match id.split_once('/') {
        Some((pack, stem)) if is_plain(pack) && is_plain(stem) => format!("[{}]({pack}.md#{stem})", span(id)),
        _ => span(id),
    }
}

fn is_plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
}
