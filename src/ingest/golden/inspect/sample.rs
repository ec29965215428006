//! One sample of a log, in one epoch: the part of `inspect_ai.log.EvalSample` and `EvalSampleSummary` that tells what became of it.

use super::super::case::{Case, Mode, Outcome};
use super::super::mark::{Mark, Scale, Value, judge};

use super::text::{Text, beginning};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::{BTreeMap, BTreeSet};

/// The name of a scorer that a log of 2024 does not tell.
pub const UNNAMED: &str = "score";

/// So much of an error is shown, in bytes.
const LINE: usize = 300;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Sample {
    pub id: Text,
    pub epoch: Option<u64>,
    input: Text,
    target: Text,
    scores: Option<BTreeMap<String, Option<Score>>>,
    /// Of logs before there could be several.
    score: Option<Score>,
    output: Option<Output>,
    metadata: Option<Metadata>,
    error: Option<Told>,
    limit: Option<Told>,
    invalidation: Option<IgnoredAny>,
    model_usage: Option<BTreeMap<String, Option<Usage>>>,
    /// In seconds.
    total_time: Option<f64>,
    working_time: Option<f64>,
    events: Option<Vec<Event>>,
    /// Events, as logs of 2024 have them.
    transcript: Option<Transcript>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Score {
    value: Value,
    answer: Option<Text>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Output {
    model: Option<String>,
    completion: Option<Text>,
    choices: Option<Vec<Choice>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Choice {
    message: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    category: Text,
}

/// An error or a limit: a sentence, or an object that holds one.
#[derive(Deserialize)]
#[serde(untagged)]
enum Told {
    Plain(String),
    Error { message: String },
    Limit { r#type: String },
    Other(IgnoredAny),
}

impl Told {
    /// The first line of it; what follows is of no use to a reader of many.
    fn words(&self) -> &str {
        let words = match self {
            Told::Plain(words) | Told::Error { message: words } | Told::Limit { r#type: words } => words,
            Told::Other(_) => "unknown",
        };
        beginning(words.lines().next().unwrap_or_default(), LINE)
    }
}

/// What a model used up.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Usage {
    output_tokens: Option<u64>,
}

impl Usage {
    /// Whether it answered anything.
    pub fn is_answer(&self) -> bool {
        self.output_tokens.is_some_and(|tokens| tokens > 0)
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Event {
    cache: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Transcript {
    events: Option<Vec<Event>>,
}

/// A sample, and what its scorers say of it.
pub struct Answer {
    pub case: Case,
    pub marks: BTreeMap<String, Mark>,
    /// Models that answered.
    pub models: BTreeSet<String>,
    /// Whether nothing kept it from being scored.
    sound: bool,
}

impl Sample {
    /// Takes the sample apart; `unnamed` is the scorer of a score without a name.
    pub fn answer(self, unnamed: &str) -> Answer {
        let mut marks = BTreeMap::new();
        let mut said = None;
        let named = self.scores.unwrap_or_default().into_iter().map(|(name, score)| (name, score.unwrap_or_default()));
        for (name, score) in named.chain(self.score.map(|score| (unnamed.to_owned(), score))) {
            score.value.mark(&name, &mut marks);
            said = said.or(score.answer.and_then(Text::some));
        }
        let used = self.model_usage.unwrap_or_default();
        let mut models: BTreeSet<String> =
            used.into_iter().filter(|(_, usage)| usage.as_ref().is_some_and(Usage::is_answer)).map(|(model, _)| model).collect();
        let output = self.output.unwrap_or_default();
        let first = output.choices.unwrap_or_default().into_iter().next().and_then(|choice| choice.message.some());
        let answer = output.completion.and_then(Text::some).or(first);
        if models.is_empty() && answer.is_some() {
            models.extend(output.model.filter(|model| !model.is_empty()));
        }
        let stopped = self.limit.as_ref().map(|limit| format!("stopped by its {} limit", limit.words()));
        let broken = match &self.error {
            Some(error) => Some((Outcome::Error, error.words().to_owned())),
            None => self.invalidation.map(|_| (Outcome::NotJudged, "the sample was declared invalid".to_owned())),
        };
        let sound = broken.is_none();
        let (outcome, message) = broken.map_or((Outcome::NotJudged, stopped), |(outcome, why)| (outcome, Some(why)));
        let transcript = self.transcript.and_then(|transcript| transcript.events);
        let cached = self.events.into_iter().chain(transcript).flatten().any(|event| event.cache.0 == "read");
        let seconds = self.working_time.or(self.total_time).filter(|seconds| seconds.is_finite() && *seconds >= 0.0);
        let case = Case {
            attempt: self.epoch.unwrap_or(1),
            category: self.metadata.and_then(|metadata| metadata.category.some()),
            mode: if cached { Mode::Cached } else { Mode::Live },
            latency: seconds.map(|seconds| seconds * 1000.0),
            message,
            question: self.input.some(),
            answer: answer.or(said),
            expected: self.target.some(),
            ..Case::new(self.id.0, outcome)
        };
        Answer { case, marks, models, sound }
    }
}

impl Answer {
    /// The case as all scorers of the log judge it.
    pub fn judged(self, scorers: &BTreeMap<String, Scale>) -> Case {
        let (outcome, message, scores) = judge(&self.marks, scorers);
        if !self.sound {
            return Case { scores, ..self.case };
        }
        let message = match (message, self.case.message) {
            (Some(why), Some(stopped)) => Some(format!("{why}; {stopped}")),
            (why, stopped) => why.or(stopped),
        };
        Case { outcome, message, scores, ..self.case }
    }
}
