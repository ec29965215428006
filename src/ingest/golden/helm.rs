//! `per_instance_stats.json` of HELM, the benchmark harness of Stanford's CRFM.
//!
//! After `helm.benchmark.metrics.statistic` of crfm-helm 0.5 (<https://crfm-helm.readthedocs.io>). A file has a row for every instance, trial
//! and perturbation, several where several groups of metrics looked at it; they are put together. A trial, or an instance perturbed, is
//! an attempt at the instance. The split `test` counts, where a file has one. HELM states no threshold, and which metric leads is known
//! to its website alone: the first of [`LEADING`] that a file has gives the verdict, if it gives nothing but 0 and 1.
//!
//! `run_spec.json` and `stats.json` beside it hold no answers: alone they are no evidence.

#[cfg(test)]
mod tests;

use super::case::Case;
use super::draft::{Draft, many};
use super::mark::{Mark, Says, judge, scales};
use super::run::Run;
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::json::{Each, outline};
use crate::source::Location;
use serde::Deserialize;
use std::collections::BTreeMap;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "helm", about: "HELM: `per_instance_stats.json`; `run_spec.json` and `stats.json` are no evidence alone", claims, read };

/// Metrics that say right or wrong, those made for a task before those of texts in general.
const LEADING: [&str; 13] = [
    "math_equiv_chain_of_thought",
    "math_equiv",
    "final_number_exact_match",
    "chain_of_thought_correctness",
    "program_accuracy",
    "execution_accuracy",
    "exact_set_match",
    "ending_in_exact_match",
    "quasi_exact_match",
    "exact_match",
    "quasi_prefix_exact_match",
    "prefix_exact_match",
    "exact_match_indicator",
];
/// What is counted beside the answer; a metric's name begins so.
const ASIDE: [&str; 12] = [
    "num_",
    "inference_",
    "batch_size",
    "finish_reason_",
    "training_",
    "prompt_truncated",
    "max_prob",
    "logprob",
    "estimated_num_tokens",
    "denoised_runtime",
    "bits_per_byte",
    "perplexity",
];
const RUNTIME: &str = "inference_runtime";
const TEST: &str = "test";

fn claims(artifact: &Artifact) -> bool {
    outline(&artifact.head).is_some_and(|file| {
        let instances = file.has(&["[]", "instance_id"]) && file.has(&["[]", "stats", "[]"]);
        let totals = file.has(&["[]", "name", "name"]) && file.has(&["[]", "sum_squared"]);
        instances || totals || is_run(artifact)
    })
}

fn is_run(artifact: &Artifact) -> bool {
    outline(&artifact.head).is_some_and(|file| file.has(&["adapter_spec", "method"]) && file.has(&["scenario_spec", "class_name"]))
}

/// What stands in `run_spec.json` of who was asked what.
#[derive(Default, Deserialize)]
#[serde(default)]
struct RunSpec {
    name: Option<String>,
    adapter_spec: Adapter,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Adapter {
    model: Option<String>,
}

#[derive(Deserialize)]
struct Row {
    /// Of a row of `stats.json` there is none.
    instance_id: Option<String>,
    #[serde(default)]
    train_trial_index: u64,
    perturbation: Option<Perturbation>,
    #[serde(default)]
    stats: Vec<Stat>,
}

#[derive(Deserialize)]
struct Perturbation {
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct Stat {
    name: Name,
    #[serde(default)]
    count: u64,
    sum: Option<f64>,
    mean: Option<f64>,
}

#[derive(Deserialize)]
struct Name {
    name: String,
    split: Option<String>,
}

/// One instance in one trial, perhaps perturbed.
struct Instance {
    /// The place of its first row.
    place: String,
    id: String,
    values: BTreeMap<String, Option<f64>>,
    split: Option<String>,
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut draft = Draft::of(reading);
    draft.run = Run { tool: Some("crfm-helm".to_owned()), ..Run::default() };
    if is_run(reading.artifact) {
        let spec = reading.tolerant_json(std::marker::PhantomData::<RunSpec>).unwrap_or_default();
        // `xstest:model=openai_gpt-4o`: the scenario and its arguments, one of which is the model.
        draft.run.suite = spec.name.and_then(|name| name.split([':', ',']).next().map(str::to_owned));
        draft.run.system = spec.adapter_spec.model;
        reading.error("no-cases", Location::whole(), "this says what was run; the answers are in `per_instance_stats.json` beside it");
        return draft.finish(reading);
    }
    let mut instances: Vec<Instance> = Vec::new();
    let mut places: BTreeMap<(String, u64, String), usize> = BTreeMap::new();
    let mut totals = false;
    reading.tolerant_json(Each::new("a list of instances", |place: &str, row: Row| {
        let Some(id) = row.instance_id else {
            totals = true;
            return;
        };
        let perturbation = row.perturbation.map(|perturbation| perturbation.name).unwrap_or_default();
        let at = *places.entry((id.clone(), row.train_trial_index, perturbation)).or_insert(instances.len());
        if at == instances.len() {
            instances.push(Instance { place: place.to_owned(), id, values: BTreeMap::new(), split: None });
        }
        instances[at].take(row.stats);
    }));
    if totals {
        reading.error("no-cases", Location::whole(), "these are totals; the answers are in `per_instance_stats.json` beside them");
        return draft.finish(reading);
    }
    cases(reading, &mut draft, instances);
    draft.finish(reading)
}

impl Instance {
    fn take(&mut self, stats: Vec<Stat>) {
        for Stat { name: Name { name, split }, count, sum, mean } in stats {
            self.split = split.or(self.split.take());
            #[allow(clippy::cast_precision_loss)]
            let value = mean.or(sum.map(|sum| sum / count as f64)).filter(|value| count > 0 && value.is_finite());
            self.values.insert(name, value);
        }
    }

    /// What its metrics say, but for what is counted aside.
    fn marks(&self) -> BTreeMap<String, Mark> {
        let metrics = self.values.iter().filter(|(name, _)| !ASIDE.iter().any(|aside| name.starts_with(aside)));
        let says = |value: Option<f64>| if value.is_some() { Says::Number } else { Says::Nothing };
        metrics.map(|(name, value)| (name.clone(), Mark { value: *value, says: says(*value) })).collect()
    }
}

/// Judges every instance by the metric that leads.
fn cases(reading: &mut Reading<'_>, draft: &mut Draft, mut instances: Vec<Instance>) {
    if instances.iter().any(|instance| instance.split.as_deref() == Some(TEST)) {
        let all = instances.len();
        instances.retain(|instance| instance.split.as_deref() == Some(TEST));
        let others = (all - instances.len()) as u64;
        if others > 0 {
            let message = format!("{} of another split than `{TEST}` left out", many(others, "instance is", "instances are"));
            reading.note("other-split", Location::whole(), message);
        }
    }
    let marks: Vec<_> = instances.iter().map(Instance::marks).collect();
    let mut scorers = scales(marks.iter().flatten());
    let leading = LEADING.iter().find(|name| scorers.contains_key(**name));
    draft.run.measures = leading.map(|name| (*name).to_owned()).into_iter().collect();
    // Without a metric that leads nothing is a verdict, not even a metric that is always 0 or 1.
    scorers.retain(|name, _| leading.is_some_and(|leading| name == leading));
    let mut attempts: BTreeMap<String, u64> = BTreeMap::new();
    for (instance, marks) in instances.into_iter().zip(marks) {
        let attempt = attempts.entry(instance.id.clone()).or_default();
        *attempt += 1;
        let (outcome, message, scores) = judge(&marks, &scorers);
        let latency = instance.values.get(RUNTIME).copied().flatten().filter(|seconds| *seconds >= 0.0);
        let case = Case {
            attempt: *attempt,
            latency: latency.map(|seconds| seconds * 1000.0),
            message,
            scores,
            ..Case::new(instance.id, outcome)
        };
        draft.take(reading, Location::pointer(&[&instance.place]), case);
    }
}
