//! `readiness/objectives/1`: service level targets as YAML that people write.
//!
//! Our own format; the schema is published as `site/schema/objectives-1.json`.

use super::{Draft, Objective};
use crate::error::Diagnostic;
use crate::ingest::{Format, Reading, yaml_schema};
use crate::io::fs::Artifact;
use crate::io::yaml::Fields;
use crate::source::Location;

const SCHEMA: &str = "readiness/objectives/1";

pub(super) const FORMAT: Format<Draft> =
    Format { name: "objectives", about: "readiness/objectives/1, service level targets and their alerts, as YAML", claims, read };

fn claims(artifact: &Artifact) -> bool {
    yaml_schema(artifact) == Some(SCHEMA)
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut draft = Draft { path: reading.source.path.clone(), ..Draft::default() };
    let Some(root) = reading.yaml() else { return draft };
    let mut errors = Vec::new();
    let mut fields = root.fields("a file of objectives", &mut errors);
    fields.text("schema");
    fields.require("targets");
    if let Some(node) = fields.node("targets") {
        match node.items() {
            Some(nodes) => {
                for node in nodes {
                    draft.objectives.extend(objective(node.fields("a target", fields.errors)));
                }
            }
            None => fields.errors.push(Diagnostic::new(node.place.clone(), "`targets` must be a list")),
        }
    }
    fields.finish();
    reading.mistakes(errors);
    if draft.objectives.is_empty() {
        reading.error("no-objectives", Location::whole(), "the file states no objective");
    }
    reading.source.content = match draft.objectives.len() {
        1 => "1 objective".to_owned(),
        n => format!("{n} objectives"),
    };
    draft
}

fn objective(mut fields: Fields<'_, '_>) -> Option<Objective> {
    for key in ["name", "metric", "target"] {
        fields.require(key);
    }
    let (name, metric) = (fields.text("name"), fields.text("metric"));
    let (target, alert) = (stated(&mut fields, "target", is_comparison), stated(&mut fields, "alert", is_comparison));
    let wait = stated(&mut fields, "for", is_duration);
    fields.finish();
    Some(Objective { name: name?, metric: metric?, target: target?, alert, wait })
}

/// A text that has the form it must have.
fn stated(fields: &mut Fields<'_, '_>, key: &'static str, form: fn(&str) -> bool) -> Option<String> {
    let text = fields.spanned(key)?;
    if !form(&text.text) {
        let help = if key == "for" { "write a number and a unit: `10m`" } else { "write a comparison in quotes: `\"<= 0.5%\"`" };
        let mistake = Diagnostic::new(text.place, format!("`{key}` cannot be `{}`", text.text));
        fields.errors.push(mistake.help(Some(help.to_owned())));
        return None;
    }
    Some(text.text)
}

/// `<= 0.5%`: an operator, a number, and a unit or none.
fn is_comparison(text: &str) -> bool {
    let value = ["<=", ">=", "==", "!=", "<", ">"].iter().find_map(|operator| text.trim().strip_prefix(operator));
    value.is_some_and(|value| value.trim_start().trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit()))
}

/// `10m`: a number and a unit.
fn is_duration(text: &str) -> bool {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    unit.len() < text.len() && ["ms", "s", "m", "h", "d", "w"].contains(&unit)
}

#[cfg(test)]
mod tests {
    use crate::ingest::testing::{problems, read};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    const GOOD: &str = "# ours\nschema: readiness/objectives/1\ntargets:\n  - { name: Errors, metric: app_errors, target: \"== 0\", alert: \"> 0\", for: 5m }\n  - name: Latency\n    metric: p95\n    target: \"<= 2 s\"\n";

    fn said(text: &str) -> Vec<String> {
        problems(&read("slo", &[("sla.yaml", text.as_bytes())], &BTreeMap::new()))
    }

    #[test]
    fn objectives_are_read() {
        let evidence = read("slo", &[("sla.yaml", GOOD.as_bytes())], &BTreeMap::new());
        assert_eq!(problems(&evidence), [""; 0]);
        let rows = evidence.rows("slo.objective");
        assert_eq!((rows[0].subject(), rows[0].text("alert"), rows[0].text("for")), ("Errors", Some("> 0"), Some("5m")));
        assert_eq!((rows[1].text("target"), rows[1].text("alert")), (Some("<= 2 s"), None));
        assert_eq!(evidence.sources[0].content, "2 objectives");
    }

    #[test]
    fn mistakes_have_a_place() {
        assert_eq!(said("schema: readiness/objectives/1\ntargets: []\n"), ["error no-objectives: the file states no objective"]);
        assert_eq!(said("schema: readiness/objectives/2\n"), ["error unknown-format: no slo reader knows this format"]);
        assert_eq!(
            said(&GOOD.replace("== 0", "none")),
            ["error undecodable:4:49: `target` cannot be `none` - write a comparison in quotes: `\"<= 0.5%\"`"]
        );
        assert_eq!(
            said(&GOOD.replace("5m", "a while")),
            ["error undecodable:4:76: `for` cannot be `a while` - write a number and a unit: `10m`"]
        );
        assert_eq!(
            said(&GOOD.replace("alert", "alarm")),
            ["error undecodable:4:57: a target has no key `alarm` - the keys are name, metric, target, alert, for"]
        );
        assert_eq!(said(&GOOD.replace("Latency", "Errors")), ["error duplicate: objective `Errors` is stated twice"]);
        assert_eq!(said(&GOOD.replace("    target: \"<= 2 s\"\n", "")), ["error undecodable:5:5: a target has no `target`"]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,200}") {
            said(&format!("schema: readiness/objectives/1\n{text}"));
        }
    }
}
