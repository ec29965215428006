//! Reads a `relax`: by whose word, why and until when a layer may ask for less.

use crate::error::Diagnostic;
use crate::instant::Instant;
use crate::io::yaml::{Fields, Node};
use crate::rule::{Relax, Spanned};
use crate::waiver::{end_of_day, person};

/// Reads it; nothing when it has a mistake, which is added to `errors`.
pub fn relax(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Relax> {
    let before = errors.len();
    let mut f = node.fields("`relax`", errors);
    let [reason, owner, approver, until] = ["reason", "owner", "approved_by", "until"].map(|key| said(&mut f, key));
    let day = Instant::parse(&until.text).filter(|_| until.text.len() == 10);
    if day.is_none() && !until.text.is_empty() {
        let message = format!("`until`: `{}` is not a date", until.text);
        f.errors.push(Diagnostic::new(until.place, message).help(Some("write its last day, such as `2026-03-31`".into())));
    }
    if !owner.text.is_empty() && person(&owner.text) == person(&approver.text) {
        let message = format!("the relax is approved by its owner, {}", approver.text);
        f.errors.push(Diagnostic::new(approver.place, message).help(Some("somebody else must approve it".into())));
    }
    f.finish();
    let place = node.place.clone();
    let relax = Relax { reason: reason.text, owner: owner.text, approved_by: approver.text, until: end_of_day(day?), place };
    (errors.len() == before).then_some(relax)
}

/// A text that must be there and say something.
fn said(f: &mut Fields<'_, '_>, key: &'static str) -> Spanned {
    f.require(key);
    let text = f.spanned(key).unwrap_or_default();
    if text.place.line > 0 && text.text.trim().is_empty() {
        f.errors.push(Diagnostic::new(text.place.clone(), format!("`{key}` is empty")));
    }
    text
}
