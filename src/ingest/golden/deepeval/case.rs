//! One test case of DeepEval: what was asked, what was answered, and what each metric says of it.

use super::logs;
use crate::ingest::Reading;
use crate::ingest::golden::case::{Case, Mode, Outcome, Score};
use crate::ingest::golden::claim::{Answer, Status};
use crate::ingest::golden::{loose, signal};
use crate::io::hash::fingerprint;
use crate::io::json::{self, Value};
use crate::source::Location;
use serde::Deserialize;

/// Metrics of which less is better: their threshold is a maximum.
const LESS_IS_BETTER: [&str; 3] = ["Bias", "Toxicity", "Hallucination"];

/// A case of one question, or of a conversation.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct TestCase {
    #[serde(deserialize_with = "loose::text")]
    name: Option<String>,
    input: Value,
    #[serde(deserialize_with = "loose::text")]
    actual_output: Option<String>,
    #[serde(deserialize_with = "loose::text")]
    expected_output: Option<String>,
    #[serde(deserialize_with = "loose::text")]
    scenario: Option<String>,
    #[serde(deserialize_with = "loose::text")]
    expected_outcome: Option<String>,
    turns: Value,
    /// As DeepEval has it: also of a case whose judge broke.
    #[serde(deserialize_with = "loose::flag")]
    pub success: Option<bool>,
    metrics_data: Option<Vec<Option<Metric>>>,
    pub trace: Option<Trace>,
    /// In seconds.
    #[serde(deserialize_with = "loose::number")]
    completion_time: Option<f64>,
    #[serde(deserialize_with = "loose::number")]
    output_token_count: Option<f64>,
    metadata: Value,
    additional_metadata: Value,
}

/// What one metric says.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Metric {
    #[serde(deserialize_with = "loose::text")]
    name: Option<String>,
    #[serde(deserialize_with = "loose::number")]
    threshold: Option<f64>,
    #[serde(deserialize_with = "loose::flag")]
    success: Option<bool>,
    #[serde(deserialize_with = "loose::number")]
    score: Option<f64>,
    #[serde(deserialize_with = "loose::text")]
    reason: Option<String>,
    #[serde(deserialize_with = "loose::text")]
    pub evaluation_model: Option<String>,
    #[serde(deserialize_with = "loose::text")]
    error: Option<String>,
    /// Whether it is only watched: it never decides.
    #[serde(deserialize_with = "loose::flag")]
    flaky: Option<bool>,
    verbose_logs: Value,
}

/// What was measured inside of the system, where it was traced.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Trace {
    #[serde(deserialize_with = "loose::text")]
    pub end_time: Option<String>,
    metrics_data: Option<Vec<Option<Metric>>>,
    base_spans: Option<Vec<Span>>,
    agent_spans: Option<Vec<Span>>,
    llm_spans: Option<Vec<Span>>,
    retriever_spans: Option<Vec<Span>>,
    tool_spans: Option<Vec<Span>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Span {
    metrics_data: Option<Vec<Option<Metric>>>,
    #[serde(deserialize_with = "loose::number")]
    output_token_count: Option<f64>,
}

/// What tells a case from others.
pub struct Known {
    /// Its name; where that is its place in the file, a digest of what it asks.
    pub name: String,
    /// Digest of what it asks.
    pub input: String,
}

impl Metric {
    /// `Faithfulness >= 0.7`.
    pub fn measure(&self) -> Option<String> {
        let name = self.name.as_deref()?;
        let than = if LESS_IS_BETTER.contains(&name) { "<=" } else { ">=" };
        Some(self.threshold.map_or(name.to_owned(), |threshold| format!("{name} {than} {threshold}")))
    }

    fn name(&self) -> &str {
        self.name.as_deref().unwrap_or("a metric")
    }

    /// Why it has no opinion.
    fn broken(&self) -> Option<String> {
        let why = match (&self.error, self.score, self.success) {
            (Some(error), _, _) => loose::first_line(error),
            (None, None, _) => "it has no score",
            (None, _, None) => "it has no verdict",
            _ => return None,
        };
        Some(format!("the judge failed: {}: {why}", self.name()))
    }

    fn bad(&self) -> Option<String> {
        let reason = self.reason.as_deref().map(loose::first_line).unwrap_or("below its threshold");
        (self.success == Some(false) && self.broken().is_none()).then(|| format!("{}: {reason}", self.name()))
    }
}

impl TestCase {
    /// The metrics of the case; of a case without any, those of its trace.
    pub fn metrics(&self) -> impl Iterator<Item = &Metric> {
        let own = self.metrics_data.iter().flatten().flatten();
        let traced = self.trace.iter().filter(|_| !self.has_metrics()).flat_map(|trace| {
            let spans = trace.spans().filter_map(|span| span.metrics_data.as_ref());
            trace.metrics_data.iter().chain(spans).flatten().flatten()
        });
        own.chain(traced)
    }

    /// Whether a metric judges the case as a whole.
    pub fn has_metrics(&self) -> bool {
        self.metrics_data.iter().flatten().flatten().next().is_some()
    }

    /// What tells the case from others.
    pub fn known(&self) -> Known {
        let asked = match (&self.input, &self.scenario) {
            (Value::Null, Some(scenario)) => scenario.clone(),
            (Value::Null, None) => json::line(&self.turns).unwrap_or_default(),
            (input, _) => json::line(input).unwrap_or_default(),
        };
        let input = fingerprint(&[&asked]);
        let name = self.name.as_deref().map(loose::first_line).filter(|name| !is_place(name));
        Known { name: name.map_or_else(|| format!("input-{}", &input[..12]), |name| name.chars().take(200).collect()), input }
    }

    /// The case, judged by its metrics.
    pub fn judged(&self, id: String) -> Case {
        let (outcome, message) = self.outcome();
        let answer = self.claims();
        let category = |metadata: &Value| metadata.get("category").and_then(loose::words);
        let score = |metric: &Metric| Score {
            name: metric.name().to_owned(),
            value: metric.score,
            passed: metric.success.filter(|_| metric.broken().is_none()),
        };
        Case {
            category: category(&self.metadata).or_else(|| category(&self.additional_metadata)),
            tally: answer.as_ref().map(Answer::tally).unwrap_or_default(),
            claims: answer.map(|answer| answer.claims).unwrap_or_default(),
            message,
            latency: self.completion_time.filter(|s| *s >= 0.0).map(|s| s * 1000.0),
            question: loose::words(&self.input).or_else(|| self.scenario.clone()),
            answer: self.actual_output.clone(),
            expected: self.expected_output.clone().or_else(|| self.expected_outcome.clone()),
            scores: self.metrics().map(score).collect(),
            ..Case::new(id, outcome)
        }
    }

    /// A bad metric shows that the answer is bad, whatever became of the others.
    fn outcome(&self) -> (Outcome, Option<String>) {
        let deciding = || self.metrics().filter(|metric| metric.flaky != Some(true));
        if let Some(why) = deciding().find_map(Metric::bad) {
            return (Outcome::Failed, Some(why));
        }
        if let Some(why) = deciding().find_map(Metric::broken) {
            return (Outcome::Error, Some(why));
        }
        let unjudged = |why: &str| (Outcome::NotJudged, Some(why.to_owned()));
        match self.success {
            Some(false) => (Outcome::Failed, Some("the case is marked as failed".to_owned())),
            _ if deciding().next().is_none() => unjudged("no metric judges the answer"),
            None => unjudged("the case does not say whether the answer is good"),
            Some(true) if self.claims().is_some_and(|answer| answer.claims.is_empty()) => unjudged("there is no claim to judge"),
            Some(true) => (Outcome::Passed, None),
        }
    }

    /// The claims that a metric wrote down: those of Faithfulness, or else the contexts of Hallucination.
    fn claims(&self) -> Option<Answer> {
        let named =
            |wanted: &'static str| self.metrics().find(move |metric| metric.name.as_deref().is_some_and(|name| name.starts_with(wanted)));
        let metric = named("Faithfulness").or_else(|| named("Hallucination"))?;
        let claims = logs::claims(metric.verbose_logs.as_str()?)?;
        let status = if metric.broken().is_some() { Status::JudgeError } else { Status::Ok };
        Some(Answer { status, claims_expected: None, claims })
    }

    /// Whether tokens were spent on the answer.
    fn spent(&self) -> bool {
        let traced = self.trace.iter().flat_map(Trace::spans).any(|span| span.output_token_count > Some(0.0));
        self.output_token_count > Some(0.0) || traced
    }
}

impl Trace {
    fn spans(&self) -> impl Iterator<Item = &Span> {
        let kinds = [&self.base_spans, &self.agent_spans, &self.llm_spans, &self.retriever_spans, &self.tool_spans];
        kinds.into_iter().flatten().flatten()
    }
}

/// Whether a name is only a place: `test_case_3`, `conversational_test_case_0`.
fn is_place(name: &str) -> bool {
    let place = name.strip_prefix("conversational_").unwrap_or(name).strip_prefix("test_case_");
    name.is_empty() || place.is_some_and(|place| place.bytes().all(|byte| byte.is_ascii_digit()))
}

/// How the answers were made, where tokens or the name of the system tell.
pub fn mode<'c>(reading: &mut Reading<'_>, system: Option<&str>, mut cases: impl Iterator<Item = &'c TestCase>) -> Option<Mode> {
    if let Some(word) = system.and_then(signal::stand_in) {
        let message = format!("the system's name has the word `{word}` in it: the run counts as mock");
        reading.warning("mock-signal", Location::whole(), message);
        return Some(Mode::Mock);
    }
    let mut any = false;
    let all = cases.all(|case| {
        any = true;
        case.spent()
    });
    (any && all).then_some(Mode::Live)
}
