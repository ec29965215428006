//! A graded answer as promptfoo writes it: one row of `results.results`, or one line of its JSON Lines.
//!
//! The type is `EvaluateResult` of promptfoo; every version leaves something out, so nothing is required.

use crate::ingest::golden::loose;
use crate::io::json::Value;
use serde::Deserialize;

/// One graded answer.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Row {
    pub test_idx: Option<u64>,
    pub prompt_idx: Option<u64>,
    /// A name, or `{id, label}`.
    pub provider: Value,
    /// A text, or `{raw, label}`.
    pub prompt: Value,
    #[serde(deserialize_with = "loose::text")]
    pub prompt_id: Option<String>,
    pub vars: Value,
    pub test_case: Option<TestCase>,
    pub response: Option<Response>,
    #[serde(deserialize_with = "loose::flag")]
    pub success: Option<bool>,
    #[serde(deserialize_with = "loose::given")]
    pub score: Option<Option<f64>>,
    /// 0 none, 1 an assertion, 2 an error; since 0.89.
    pub failure_reason: Option<i64>,
    /// Also set to the reason of a plain failure.
    #[serde(deserialize_with = "loose::text")]
    pub error: Option<String>,
    pub grading_result: Option<Grading>,
    #[serde(deserialize_with = "loose::number")]
    pub latency_ms: Option<f64>,
    #[serde(deserialize_with = "loose::number")]
    pub cost: Option<f64>,
    pub token_usage: Option<Tokens>,
    pub metadata: Value,
}

/// What was asked.
#[derive(Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct TestCase {
    #[serde(deserialize_with = "loose::text")]
    pub description: Option<String>,
    pub vars: Value,
    pub assert: Option<Vec<Assertion>>,
    pub metadata: Value,
    pub options: Option<Options>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Options {
    pub provider: Value,
}

/// What came back.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Response {
    #[serde(deserialize_with = "loose::text")]
    pub output: Option<String>,
    #[serde(deserialize_with = "loose::text")]
    pub error: Option<String>,
    #[serde(deserialize_with = "loose::flag")]
    pub cached: Option<bool>,
    pub token_usage: Option<Tokens>,
    pub metadata: Option<ResponseMetadata>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ResponseMetadata {
    pub http: Option<Http>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Http {
    #[serde(deserialize_with = "loose::number")]
    pub status: Option<f64>,
    #[serde(deserialize_with = "loose::text")]
    pub status_text: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Tokens {
    #[serde(deserialize_with = "loose::number")]
    pub total: Option<f64>,
    #[serde(deserialize_with = "loose::number")]
    pub prompt: Option<f64>,
    #[serde(deserialize_with = "loose::number")]
    pub completion: Option<f64>,
    /// Tokens of an answer from promptfoo's own cache.
    #[serde(deserialize_with = "loose::number")]
    pub cached: Option<f64>,
}

/// What the assertions say together.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Grading {
    #[serde(deserialize_with = "loose::flag")]
    pub pass: Option<bool>,
    #[serde(deserialize_with = "loose::given")]
    pub score: Option<Option<f64>>,
    #[serde(deserialize_with = "loose::text")]
    pub reason: Option<String>,
    pub component_results: Option<Vec<Option<Component>>>,
    pub metadata: Value,
}

/// What one assertion says.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Component {
    #[serde(deserialize_with = "loose::flag")]
    pub pass: Option<bool>,
    #[serde(deserialize_with = "loose::number")]
    pub score: Option<f64>,
    #[serde(deserialize_with = "loose::text")]
    pub reason: Option<String>,
    pub assertion: Option<Assertion>,
    pub metadata: Value,
}

/// An assertion, or a set of them.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Assertion {
    #[serde(deserialize_with = "loose::text")]
    pub r#type: Option<String>,
    #[serde(deserialize_with = "loose::text")]
    pub metric: Option<String>,
    #[serde(deserialize_with = "loose::number")]
    pub threshold: Option<f64>,
    pub value: Value,
    pub provider: Value,
    pub assert: Option<Vec<Assertion>>,
}

impl Assertion {
    /// As a report calls it: its metric, or else its type.
    pub fn name(&self) -> Option<&str> {
        self.metric.as_deref().or(self.r#type.as_deref())
    }
}

impl Component {
    /// What a measure says of which only name and value are known.
    pub fn named(name: &str, score: Option<f64>) -> Component {
        let assertion = Assertion { metric: Some(name.to_owned()), ..Assertion::default() };
        Component { score, assertion: Some(assertion), ..Component::default() }
    }
}

impl Row {
    /// The provider's id and its label.
    pub fn provider(&self) -> (String, Option<String>) {
        let label = field(&self.provider, "label");
        let id = name_of(&self.provider).or_else(|| label.clone());
        (id.unwrap_or_default(), label)
    }

    /// The vars of the test, or of the row where it has no test.
    pub fn vars(&self) -> &Value {
        let test = self.test_case.as_ref().map(|test| &test.vars);
        test.filter(|vars| vars.as_object().is_some_and(|vars| !vars.is_empty())).unwrap_or(&self.vars)
    }

    /// All that was asserted, sets taken apart.
    pub fn assertions(&self) -> Vec<&Assertion> {
        let mut open: Vec<&Assertion> = self.test_case.iter().flat_map(|test| test.assert.iter().flatten()).collect();
        let graded = self.components().filter_map(|component| component.assertion.as_ref());
        if open.is_empty() {
            open.extend(graded);
        }
        let mut flat = Vec::new();
        while let Some(assertion) = open.pop() {
            match &assertion.assert {
                Some(set) => open.extend(set),
                None => flat.push(assertion),
            }
        }
        flat
    }

    /// What each assertion says.
    pub fn components(&self) -> impl Iterator<Item = &Component> {
        self.grading_result.iter().flat_map(|grading| grading.component_results.iter().flatten().flatten())
    }

    /// The tokens of the answer.
    pub fn tokens(&self) -> Option<&Tokens> {
        self.response.as_ref().and_then(|response| response.token_usage.as_ref()).or(self.token_usage.as_ref())
    }
}

/// A text or a number under a key of an object.
pub fn field(object: &Value, key: &str) -> Option<String> {
    object.get(key).filter(|value| !value.is_object() && !value.is_array()).and_then(loose::words)
}

/// The name of a provider, given as a name or as an object with an id, or with one for texts.
pub fn name_of(provider: &Value) -> Option<String> {
    match provider {
        Value::String(name) => Some(name.clone()).filter(|name| !name.is_empty()),
        Value::Object(object) => field(provider, "id").or_else(|| object.get("text").and_then(name_of)),
        _ => None,
    }
}
