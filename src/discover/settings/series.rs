//! `series` and `acknowledged`: what an entry says of the series of its benchmarks.

use super::super::acknowledged::share;
use crate::error::Diagnostic;
use crate::io::yaml::{Fields, Node};
use crate::pattern::Pattern;
use crate::rule::Spanned;
use crate::series::{Direction, Setting};

/// The family that has series.
const FAMILY: &str = "benchmark";

/// `{ "embedding*": { better: higher, min_change: 5% } }`, in the order of the file.
pub(super) fn read(f: &mut Fields<'_, '_>, family: &str) -> (Vec<Setting>, Option<Spanned>) {
    let settings: Vec<Setting> = f.entries("series").iter().filter_map(|(name, node)| setting(name, node, f.errors)).collect();
    let acknowledged = f.spanned("acknowledged");
    for key in ["series", "acknowledged"] {
        if let Some(node) = f.node(key).filter(|_| family != FAMILY) {
            let message = format!("`{key}` is about the series of {FAMILY} evidence");
            f.errors.push(Diagnostic::new(node.place.clone(), message).help(Some("remove it".into())));
        }
    }
    (settings, acknowledged)
}

fn setting(name: &Spanned, node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Setting> {
    let before = errors.len();
    let mut f = node.fields("a series", errors);
    let better = f.spanned("better").and_then(|text| match text.text.as_str() {
        "lower" => Some(Direction::Lower),
        "higher" => Some(Direction::Higher),
        other => {
            let message = format!("`better: {other}` is not known");
            f.errors.push(Diagnostic::new(text.place.clone(), message).help(Some("write `lower` or `higher`".into())));
            None
        }
    });
    let min_change = share(&mut f, "min_change");
    f.finish();
    let silent = better.is_none() && min_change.is_none() && errors.len() == before;
    if silent {
        let message = format!("`{}` says nothing of its series", name.text);
        errors.push(Diagnostic::new(name.place.clone(), message).help(Some("add `better: higher` or `min_change: 5%`".into())));
    }
    if name.text.trim().is_empty() {
        errors.push(Diagnostic::new(name.place.clone(), "a pattern of series is empty"));
    }
    (errors.len() == before).then(|| Setting { pattern: Pattern(name.text.clone()), better, min_change })
}
