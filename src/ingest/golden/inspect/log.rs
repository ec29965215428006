//! The head of a log: the part of `inspect_ai.log.EvalLog` that says what was run, whether it came to its end, and what it came to.

use super::super::signal;
use super::sample::{Answer, Sample, UNNAMED, Usage};
use super::text::Text;
use crate::io::json::{Each, Members, Nullable, skip};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A whole log, or the head of one whose samples lie elsewhere.
#[derive(Default)]
pub struct Log {
    pub status: Option<String>,
    pub spec: Spec,
    pub results: Results,
    pub stats: Stats,
    pub invalidated: bool,
    /// Each with its place in the list of samples.
    pub samples: Vec<(String, Answer)>,
}

impl Members for Log {
    const WHAT: &'static str = "an Inspect log";
    fn member<'de, A: MapAccess<'de>>(&mut self, key: &str, value: &mut A) -> Result<(), A::Error> {
        match key {
            "status" => self.status = value.next_value()?,
            "eval" => self.spec = value.next_value::<Option<Spec>>()?.unwrap_or_default(),
            "results" => self.results = value.next_value::<Option<Results>>()?.unwrap_or_default(),
            "stats" => self.stats = value.next_value::<Option<Stats>>()?.unwrap_or_default(),
            "invalidated" => self.invalidated = value.next_value::<Option<bool>>()?.unwrap_or_default(),
            "samples" => {
                let unnamed = self.results.first_scorer().unwrap_or(UNNAMED).to_owned();
                let samples = &mut self.samples;
                let take = |place: &str, sample: Sample| samples.push((place.to_owned(), sample.answer(&unnamed)));
                value.next_value_seed(Nullable(Each::new("a list of samples", take)))?;
            }
            _ => skip(value)?,
        }
        Ok(())
    }
}

/// What was to be run: `EvalSpec`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Spec {
    pub created: Option<String>,
    pub task: Text,
    pub task_version: Text,
    pub model: Option<String>,
    model_roles: Option<BTreeMap<String, Role>>,
    dataset: Option<Dataset>,
    config: Option<Config>,
    pub revision: Option<Revision>,
    packages: Option<BTreeMap<String, Text>>,
    scorers: Option<Vec<Scorer>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Dataset {
    samples: Option<u64>,
    sample_ids: Length,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Config {
    limit: Option<IgnoredAny>,
    sample_id: Option<IgnoredAny>,
    epochs: Option<u64>,
    log_samples: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Revision {
    pub commit: Option<String>,
    pub dirty: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Scorer {
    name: String,
    options: Option<Options>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Options {
    model: Option<Role>,
}

/// A model, as the roles of a log name it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Role {
    Named { model: String },
    Plain(String),
    Several(Vec<Role>),
    Other(IgnoredAny),
}

impl Role {
    fn models(&self) -> Vec<&str> {
        match self {
            Role::Named { model } | Role::Plain(model) => vec![model],
            Role::Several(roles) => roles.iter().flat_map(Role::models).collect(),
            Role::Other(_) => Vec::new(),
        }
    }
}

/// What it came to: `EvalResults`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Results {
    pub total_samples: Option<u64>,
    pub completed_samples: Option<u64>,
    pub scores: Option<Vec<Scored>>,
    /// Of logs before there could be several.
    scorer: Option<Scored>,
    metrics: Option<BTreeMap<String, Metric>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Scored {
    /// The scorer, or the part of its values that is meant.
    pub name: String,
    pub scorer: String,
    pub reducer: Option<String>,
    pub metrics: Option<BTreeMap<String, Metric>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Metric {
    pub value: Option<f64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Stats {
    model_usage: Option<BTreeMap<String, Option<Usage>>>,
}

impl Results {
    fn first_scorer(&self) -> Option<&str> {
        self.all().next().map(|scored| scored.name.as_str())
    }

    /// Every scorer, also that of an old log.
    pub fn all(&self) -> impl Iterator<Item = &Scored> {
        self.scores.iter().flatten().chain(&self.scorer)
    }

    /// What an old log's only scorer came to.
    pub fn old_metrics(&self) -> Option<&BTreeMap<String, Metric>> {
        self.metrics.as_ref()
    }
}

impl Spec {
    /// `inspect_ai 0.3.285`.
    pub fn tool(&self) -> String {
        let version = self.packages.as_ref().and_then(|packages| packages.get("inspect_ai"));
        version.map_or_else(|| "inspect_ai".to_owned(), |version| format!("inspect_ai {}", version.0))
    }

    /// The task; with its version, where it has one, because tasks of two versions are two.
    pub fn suite(&self) -> Option<String> {
        let version = Some(self.task_version.0.as_str()).filter(|version| !version.is_empty() && *version != "0");
        self.task.clone().some().map(|task| version.map_or_else(|| task.clone(), |version| format!("{task} {version}")))
    }

    /// The scorers' names.
    pub fn scorers(&self) -> BTreeSet<String> {
        self.scorers.iter().flatten().map(|scorer| scorer.name.clone()).filter(|name| !name.is_empty()).collect()
    }

    /// The models that grade.
    pub fn judges(&self) -> BTreeSet<String> {
        let options = self.scorers.iter().flatten().filter_map(|scorer| scorer.options.as_ref()?.model.as_ref());
        let roles = self.model_roles.iter().filter_map(|roles| roles.get("grader"));
        options.chain(roles).flat_map(Role::models).map(str::to_owned).collect()
    }

    /// How many samples the set has.
    pub fn dataset(&self) -> Option<u64> {
        self.dataset.as_ref().and_then(|dataset| dataset.samples)
    }

    /// How many samples of it were chosen for the run, each epoch once.
    pub fn chosen(&self) -> Option<u64> {
        self.dataset.as_ref().and_then(|dataset| dataset.sample_ids.0)
    }

    /// How often each is run.
    pub fn epochs(&self) -> u64 {
        self.config.as_ref().and_then(|config| config.epochs).unwrap_or(1).max(1)
    }

    /// Whether the run was told to leave samples out.
    pub fn is_limited(&self) -> bool {
        self.config.as_ref().is_some_and(|config| config.limit.is_some() || config.sample_id.is_some())
    }

    /// Whether the run was told to write no samples.
    pub fn leaves_samples_out(&self) -> bool {
        self.config.as_ref().is_some_and(|config| config.log_samples == Some(false))
    }
}

impl Log {
    /// Models that answered, as the totals of the log and its samples say.
    pub fn models(&self) -> BTreeSet<&str> {
        let totals = self.stats.model_usage.iter().flatten();
        let totals = totals.filter(|(_, usage)| usage.as_ref().is_some_and(Usage::is_answer)).map(|(model, _)| model.as_str());
        totals.chain(self.samples.iter().flat_map(|(_, answer)| answer.models.iter().map(String::as_str))).collect()
    }
}

/// Whether a model is none: `mockllm/model`, `hardcoded/…`.
pub fn is_stand_in(model: &str) -> bool {
    is_none(model) || signal::stand_in(model).is_some()
}

/// Whether the log has no model of its own: its solvers may use others.
pub fn is_none(model: &str) -> bool {
    model == "none" || model.starts_with("none/")
}

/// How many elements a list has, where there is one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Length(Option<u64>);

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Length, D::Error> {
        deserializer.deserialize_any(Counter)
    }
}

struct Counter;

impl<'de> Visitor<'de> for Counter {
    type Value = Length;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }
    fn visit_unit<E>(self) -> Result<Length, E> {
        Ok(Length(None))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Length, A::Error> {
        let mut n = 0;
        while list.next_element::<IgnoredAny>()?.is_some() {
            n += 1;
        }
        Ok(Length(Some(n)))
    }
}
