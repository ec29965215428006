//! What a `pack.yaml` says, and the metrics that packs and configurations declare.

use crate::catalogue::{self, Kind};
use crate::config::Declared;
use crate::error::Diagnostic;
use crate::io::spelling;
use crate::io::yaml::Node;
use crate::metric::Name;
use crate::rule::{Pack, Spanned};
use std::collections::BTreeMap;

/// Fills a pack from its head; mistakes are added to `errors`.
pub(super) fn read(node: &Node, pack: &mut Pack, errors: &mut Vec<Diagnostic>) {
    let mut fields = node.fields("a pack", errors);
    fields.require("title");
    fields.require("about");
    pack.title = fields.text("title").unwrap_or_default();
    pack.about = fields.text("about").unwrap_or_default();
    pack.extends = fields.texts("extends");
    pack.metrics = declarations(fields.entries("metrics"), fields.errors);
    pack.when = fields.spanned("when");
    fields.finish();
}

/// Reads declared metrics: `telemetry.errors: { kind: count, sample: app_errors_total }`.
pub fn declarations(entries: &[(Spanned, Node)], errors: &mut Vec<Diagnostic>) -> BTreeMap<String, Declared> {
    let mut declared = BTreeMap::new();
    for (id, node) in entries {
        if !(id.text.starts_with("telemetry.") || id.text.starts_with("custom.")) {
            let message = format!("`{}` cannot be declared", id.text);
            errors.push(Diagnostic::new(id.place.clone(), message).help(Some("declared ids start with `telemetry.` or `custom.`".into())));
        }
        if catalogue::metric_named(&id.text).is_some() {
            errors.push(Diagnostic::new(id.place.clone(), format!("`{}` exists already", id.text)));
        }
        let mut fields = node.fields("a declared metric", errors);
        for key in ["kind", "about"] {
            fields.require(key);
        }
        let kind = fields.spanned("kind").unwrap_or_default();
        let unit = Name::Owned(fields.text("unit").unwrap_or_default());
        if kind.place.line > 0 && Kind::named(&kind.text, &unit).is_none() {
            let help =
                spelling::did_you_mean(&kind.text, Kind::NAMES).or_else(|| Some(format!("the kinds are {}", Kind::NAMES.join(", "))));
            fields.errors.push(Diagnostic::new(kind.place.clone(), format!("unknown kind `{}`", kind.text)).help(help));
        }
        let labels = fields.get::<BTreeMap<String, String>>("labels").unwrap_or_default();
        let sample = fields.text("sample").map(|sample| (sample, labels));
        let about = fields.text("about").unwrap_or_default();
        fields.finish();
        declared.insert(id.text.clone(), Declared { id: id.text.clone(), kind: kind.text, unit, about, sample });
    }
    declared
}
