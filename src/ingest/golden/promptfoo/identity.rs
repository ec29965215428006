//! Names of answers that two runs share, whatever the order of their rows: promptfoo numbers tests by their place in the file.

use super::row::{Assertion, Row, TestCase, field};
use crate::ingest::golden::loose;
use crate::io::hash::fingerprint;
use crate::io::json::{self, Value};
use std::collections::{BTreeMap, BTreeSet};

/// A longer prompt label is the prompt itself; in characters.
const LABEL: usize = 60;
/// A longer name is cut; in characters.
const NAME: usize = 200;

/// Which test an answer is of, and what answered it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The id or the description of the test, or else a digest of its vars.
    name: String,
    /// Digest of its vars.
    vars: String,
    /// Digest of its vars and of what is asserted.
    pub test: String,
    provider: String,
    prompt: String,
}

/// What names an answer in its run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its case.
    pub id: String,
    /// The test it is of, which several cases may share: its prompts, its providers, the values of its vars.
    pub cluster: Option<String>,
    /// Which attempt at the case, from 1.
    pub attempt: u64,
}

impl Identity {
    /// The identity of a row.
    pub fn of(row: &Row) -> Identity {
        let vars = digest(&without_inner(row.vars()));
        let asserted: Vec<String> = row.test_case.iter().flat_map(|test| test.assert.iter().flatten()).map(said).collect();
        let test = fingerprint(&[&vars, &asserted.join("\0")]);
        let (id, label) = row.provider();
        let prompt = field(&row.prompt, "label").or_else(|| row.prompt.as_str().map(str::to_owned)).unwrap_or_default();
        let name = name(row).unwrap_or_else(|| format!("vars-{}", &vars[..12]));
        Identity { name, vars, test, provider: label.unwrap_or(id), prompt: short(&prompt) }
    }

    /// What answered.
    pub fn provider(&self) -> &str {
        &self.provider
    }
}

/// The names of all answers of a run, in their order.
pub fn names(answers: &[Identity]) -> Vec<Named> {
    let mut variants: BTreeMap<&str, (BTreeSet<&str>, BTreeSet<&str>)> = BTreeMap::new();
    for answer in answers {
        let (vars, tests) = variants.entry(answer.name.as_str()).or_default();
        vars.insert(&answer.vars);
        tests.insert(&answer.test);
    }
    let several = |of: fn(&Identity) -> &str| answers.iter().any(|answer| of(answer) != of(&answers[0]));
    let (providers, prompts) = (several(|it| &it.provider), several(|it| &it.prompt));
    let mut attempts: BTreeMap<String, u64> = BTreeMap::new();
    let name = |answer: &Identity| {
        let base = &answer.name;
        // A description that stands for several tests is told apart by what differs.
        let tests = match variants.get(base.as_str()) {
            Some((vars, tests)) if tests.len() > vars.len() => format!("{base}#{}", start(&answer.test)),
            Some((vars, _)) if vars.len() > 1 => format!("{base}#{}", start(&answer.vars)),
            _ => base.clone(),
        };
        let id = match (providers, prompts) {
            (true, true) => format!("{}|{}/{tests}", answer.provider, answer.prompt),
            (true, false) => format!("{}/{tests}", answer.provider),
            (false, true) => format!("{}/{tests}", answer.prompt),
            (false, false) => tests,
        };
        let cluster = (id != *base).then(|| base.clone());
        let attempt = attempts.entry(id.clone()).and_modify(|n| *n += 1).or_insert(1);
        Named { id, cluster, attempt: *attempt }
    };
    answers.iter().map(name).collect()
}

/// What the test is called: by its id, or else by its description.
fn name(row: &Row) -> Option<String> {
    let none = Value::Null;
    let test = row.test_case.as_ref();
    let metadata = test.map_or(&none, |test| &test.metadata);
    // The metadata of a row also holds what the provider says of its answer.
    let row_metadata = if test.is_none() { &row.metadata } else { &none };
    let id = field(metadata, "id").or_else(|| field(row.vars(), "id")).or_else(|| field(row_metadata, "id"));
    let name = id.or_else(|| test.and_then(|TestCase { description, .. }| description.clone()))?;
    let name = loose::first_line(&name);
    Some(name.chars().take(NAME).collect()).filter(|name: &String| !name.is_empty())
}

/// What an assertion demands.
fn said(assertion: &Assertion) -> String {
    let within: Vec<String> = assertion.assert.iter().flatten().map(said).collect();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let threshold = assertion.threshold.map(|threshold| threshold.to_string()).unwrap_or_default();
    let parts = [text(&assertion.r#type), text(&assertion.metric), threshold, digest(&assertion.value), within.join("\u{1}")];
    fingerprint(&parts.each_ref().map(String::as_str))
}

/// The vars without those that promptfoo adds while it runs.
fn without_inner(vars: &Value) -> Value {
    let mut vars = vars.clone();
    if let Some(object) = vars.as_object_mut() {
        object.retain(|key, _| !key.starts_with('_') && key != "sessionId");
    }
    vars
}

fn digest(value: &Value) -> String {
    fingerprint(&[&json::line(value).unwrap_or_default()])
}

fn start(digest: &str) -> &str {
    digest.get(..8).unwrap_or(digest)
}

/// A prompt's label; where it is the prompt itself, its digest.
fn short(prompt: &str) -> String {
    let long = prompt.chars().nth(LABEL).is_some() || prompt.contains('\n');
    if long { format!("prompt-{}", start(&fingerprint(&[prompt]))) } else { prompt.to_owned() }
}
