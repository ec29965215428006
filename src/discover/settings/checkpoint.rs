//! `checkpoint`: what an audit trail must continue, and who may have signed it.

use super::day_end;
use crate::checkpoint::{Keys, Witness};
use crate::error::Diagnostic;
use crate::io::sign::Verifier;
use crate::io::yaml::{Fields, Node};
use crate::rule::Spanned;

/// The name of a file, or `{ file, keys, witnesses }`.
pub(super) fn read(node: &Node, errors: &mut Vec<Diagnostic>) -> (String, Keys) {
    if let Some(file) = node.scalar() {
        return (file.to_owned(), Keys::default());
    }
    let mut f = node.fields("`checkpoint`", errors);
    f.require("file");
    let own = f.texts("keys").into_iter().map(|key| checked(key, f.errors)).collect();
    let witnesses = f.items("witnesses").iter().map(|node| witness(node, f.errors)).collect();
    let file = f.text("file").unwrap_or_default();
    f.finish();
    (file, Keys { own, witnesses })
}

/// A key, or `{ key, until }`: the last day on which what it signs counts.
fn witness(node: &Node, errors: &mut Vec<Diagnostic>) -> Witness {
    if let Some(key) = node.scalar() {
        let key = Spanned { text: key.to_owned(), place: node.place.clone(), ..Spanned::default() };
        return Witness { key: checked(key, errors), until: None };
    }
    let mut f: Fields<'_, '_> = node.fields("a witness", errors);
    f.require("key");
    let key = f.spanned("key").map(|key| checked(key, f.errors)).unwrap_or_default();
    let until = f.spanned("until").and_then(|text| day_end(&text, f.errors));
    f.finish();
    Witness { key, until }
}

/// A key that signatures can be checked with.
fn checked(key: Spanned, errors: &mut Vec<Diagnostic>) -> String {
    if let Err(why) = Verifier::parse(&key.text) {
        let help = "`readiness audit checkpoint --key` prints it, and so do the tools of witnesses".to_owned();
        errors.push(Diagnostic::new(key.place, format!("this is no key that signatures are checked with: {why}")).help(Some(help)));
    }
    key.text
}
