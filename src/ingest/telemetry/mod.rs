//! Telemetry: what a running system says of itself, as a snapshot of its metrics.

mod declared;
mod prometheus;

use crate::evidence::Evidence;
use crate::ingest::{Family, Format, Request};
use crate::metric::Value;
use crate::record::Record;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

/// The family of telemetry.
pub struct Telemetry;

/// What one exposition holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// The file.
    pub path: String,
    /// Its samples, in the order of the file.
    pub samples: Vec<Sample>,
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Name and labels, spelt in one way.
    pub id: String,
    /// The name.
    pub name: String,
    /// The labels.
    pub labels: BTreeMap<String, String>,
    /// The value as the file spells it.
    pub text: String,
    /// The value.
    pub value: f64,
    /// The family it belongs to.
    pub family: String,
    /// `counter`, `gauge` …
    pub kind: &'static str,
    /// From 1.
    pub line: u64,
    /// What the family is said to mean.
    pub help: Option<Arc<str>>,
}

impl Family for Telemetry {
    type Draft = Draft;
    const NAME: &'static str = "telemetry";
    const FORMATS: &'static [Format<Draft>] = &[prometheus::FORMAT];

    fn is_empty(draft: &Draft) -> bool {
        draft.samples.is_empty()
    }

    fn settle(drafts: Vec<Draft>, request: &Request<'_>, evidence: &mut Evidence) {
        if drafts.is_empty() {
            return;
        }
        let families: BTreeSet<&str> = drafts.iter().flat_map(|draft| &draft.samples).map(|sample| sample.family.as_str()).collect();
        evidence.put("telemetry.families", Value::Count(families.len() as u64));
        for declared in request.declared.values() {
            declared::settle(declared, &drafts, evidence);
        }
        evidence.family("telemetry.sample");
        for sample in drafts.into_iter().flat_map(|draft| draft.samples) {
            evidence.push("telemetry.sample", record(sample));
        }
    }
}

fn record(sample: Sample) -> Record {
    let value = sample.value.is_finite().then_some(Value::Number { value: sample.value, unit: "".into() });
    Record::new("id", sample.id)
        .with("type", Value::text(sample.kind))
        .with_some("value", value)
        .with_some("help", sample.help.map(|help| Value::text(&*help)))
}

/// `name{a="1",b="2"}`, the labels in order, and their values escaped as in the exposition.
fn identity(name: &str, labels: &BTreeMap<String, String>) -> String {
    let mut id = name.to_owned();
    for (i, (label, value)) in labels.iter().enumerate() {
        let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let _ = write!(id, "{}{label}=\"{value}\"", if i == 0 { '{' } else { ',' });
    }
    if !labels.is_empty() {
        id.push('}');
    }
    id
}
