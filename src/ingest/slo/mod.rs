//! Service level objectives: the targets a project states, and the alerts that watch them.

mod objectives;

use crate::evidence::Evidence;
use crate::ingest::{Family, Format, Request};
use crate::metric::Value;
use crate::record::Record;
use crate::source::{Grade, Location};
use std::collections::BTreeSet;

/// The family of objectives.
pub struct Slo;

/// What one file states.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// The file.
    pub path: String,
    /// Its objectives.
    pub objectives: Vec<Objective>,
}

/// One objective, as stated.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Objective {
    /// What people call it.
    pub name: String,
    /// The series it is about.
    pub metric: String,
    /// `>= 98%`.
    pub target: String,
    /// `< 95%`; none when no alert watches it.
    pub alert: Option<String>,
    /// How long the alert waits: `10m`.
    pub wait: Option<String>,
}

impl Family for Slo {
    type Draft = Draft;
    const NAME: &'static str = "slo";
    const FORMATS: &'static [Format<Draft>] = &[objectives::FORMAT];

    fn is_empty(draft: &Draft) -> bool {
        draft.objectives.is_empty()
    }

    fn settle(drafts: Vec<Draft>, _: &Request<'_>, evidence: &mut Evidence) {
        if drafts.is_empty() {
            return;
        }
        let mut names = BTreeSet::new();
        let mut records = Vec::new();
        for Draft { path, objectives } in drafts {
            for Objective { name, metric, target, alert, wait } in objectives {
                if !names.insert(name.clone()) {
                    let message = format!("objective `{name}` is stated twice");
                    evidence.problem("duplicate", Grade::Error, &path, Location::whole(), message);
                }
                let record = Record::new("name", name).with("metric", Value::text(metric)).with("target", Value::text(target));
                records.push(record.with_some("alert", alert.map(Value::Text)).with_some("for", wait.map(Value::Text)));
            }
        }
        evidence.put("slo.objectives", Value::Count(records.len() as u64));
        evidence.records.insert("slo.objective".into(), records);
    }
}
