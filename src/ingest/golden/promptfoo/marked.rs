//! Answers in a table: promptfoo's version 1 and 2, whose results stand in a `table` too, and the beginnings of its old CSV cells.

use super::row::{Component, Grading, Response, Row, TestCase, Tokens, field};
use crate::ingest::golden::loose;
use crate::io::csv;
use crate::io::json::Value;
use serde::Deserialize;

/// The table of a run.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Table {
    head: Head,
    body: Vec<Line>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Head {
    prompts: Vec<Value>,
    vars: Vec<String>,
}

/// One test, with what each prompt made of it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Line {
    outputs: Vec<Value>,
    vars: Vec<Value>,
    test: Option<TestCase>,
    #[serde(deserialize_with = "loose::text")]
    description: Option<String>,
}

/// An answer in a table.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Cell {
    #[serde(deserialize_with = "loose::flag")]
    pass: Option<bool>,
    #[serde(deserialize_with = "loose::given")]
    score: Option<Option<f64>>,
    #[serde(deserialize_with = "loose::text")]
    text: Option<String>,
    #[serde(deserialize_with = "loose::text")]
    prompt: Option<String>,
    #[serde(deserialize_with = "loose::text")]
    provider: Option<String>,
    #[serde(deserialize_with = "loose::number")]
    latency_ms: Option<f64>,
    #[serde(deserialize_with = "loose::number")]
    cost: Option<f64>,
    token_usage: Option<Tokens>,
    grading_result: Option<Grading>,
    failure_reason: Option<i64>,
    #[serde(deserialize_with = "loose::text")]
    error: Option<String>,
    metadata: Value,
}

impl Table {
    /// The rows of the table, each with the numbers of its line and its cell; an error is about a cell that is none.
    pub fn rows(self) -> impl Iterator<Item = (usize, usize, Result<Row, String>)> {
        let Table { head, body } = self;
        body.into_iter().enumerate().flat_map(move |(n, line)| {
            let vars: Value = head.vars.iter().cloned().zip(line.vars).collect();
            let test = TestCase { description: line.description, vars: vars.clone(), ..TestCase::default() };
            let test = line.test.map_or(test, |it| if it.vars.is_null() { TestCase { vars, ..it } } else { it });
            let prompts = head.prompts.clone();
            line.outputs.into_iter().enumerate().map(move |(m, output)| (n, m, cell(output, prompts.get(m), &test)))
        })
    }
}

/// A cell of the table as a row: an object, or in version 1 a marked text.
fn cell(output: Value, prompt: Option<&Value>, test: &TestCase) -> Result<Row, String> {
    let named = prompt.and_then(|prompt| field(prompt, "provider")).map(Value::String).unwrap_or_default();
    let prompt = prompt.cloned().unwrap_or_default();
    // Tests of a table without assertions may be those of a version that did not write them down.
    let asserted = test.assert.is_some().then(|| test.clone());
    if let Value::String(text) = &output {
        let row = Row { provider: named, prompt, vars: test.vars.clone(), test_case: asserted, ..Row::default() };
        return marked(text, row).ok_or_else(|| "the cell does not begin with [PASS], [FAIL] or [ERROR]".to_owned());
    }
    let Cell { pass, score, text, provider, latency_ms, cost, token_usage, grading_result, failure_reason, error, metadata, prompt: raw } =
        Cell::deserialize(output).map_err(|error| error.to_string())?;
    Ok(Row {
        error: error.or_else(|| text.clone().filter(|_| pass == Some(false) && grading_result.is_none())),
        provider: provider.map_or(named, Value::String),
        prompt: if prompt.is_null() { raw.map(Value::String).unwrap_or_default() } else { prompt },
        vars: test.vars.clone(),
        test_case: asserted.or_else(|| grading_result.as_ref().map(|_| test.clone())),
        response: Some(Response { output: text, ..Response::default() }),
        success: pass,
        score,
        failure_reason,
        grading_result,
        latency_ms,
        cost,
        token_usage,
        metadata,
        ..Row::default()
    })
}

/// Fills in what a text says that begins with how it fared: `[FAIL] (0.50, facts: 0.50) Expected output ...`.
pub fn marked(text: &str, row: Row) -> Option<Row> {
    let (mark, rest) = text.strip_prefix('[')?.split_once(']')?;
    let (success, failure_reason) = status(mark)?;
    let (scores, rest) = scores(rest.trim_start());
    let mut named = scores.into_iter();
    let score = named.next().map(|(_, value)| value);
    let component_results = named.map(|(name, value)| Some(Component::named(name, value))).collect();
    let rest = rest.trim_start();
    let said = ["\n\nPass Reason: ", "\n\nFail Reason: "].iter().find_map(|words| rest.rsplit_once(words));
    let (rest, said) = said.map_or((rest, None), |(rest, said)| (rest, Some(said)));
    // A failure has its reason before the answer, and `---` between them.
    let (before, output) = match rest.split_once("\n---") {
        Some((before, output)) if !success => (Some(before), output.trim_start()),
        _ => (None, rest),
    };
    let response = Response { output: Some(loose::cut(output)).filter(|output| !output.is_empty()), ..Response::default() };
    let reason = said.or(before).map(loose::cut);
    // Before there was `[ERROR]`, what never came to an answer was a failure with a reason and no answer.
    let error = reason.clone().filter(|_| !success && output.is_empty());
    let failure_reason = if error.is_some() { Some(2) } else { failure_reason };
    let grading_result =
        reason.map(|reason| Grading { reason: Some(reason), component_results: Some(component_results), ..Grading::default() });
    Some(Row { success: Some(success), score, failure_reason, error, response: Some(response), grading_result, ..row })
}

/// A measure and its value; the score of the whole has no name.
type Named<'t> = (&'t str, Option<f64>);

/// `(1.00, facts: 0.50)` and what follows it: the score, then the named ones.
fn scores(text: &str) -> (Vec<Named<'_>>, &str) {
    let parse = || {
        let (within, rest) = text.strip_prefix('(')?.split_once(')')?;
        let mut parts = within.split(", ");
        let whole = parts.next().filter(|whole| csv::number(whole).is_some() || *whole == "NaN")?;
        let named = parts.filter_map(|part| part.rsplit_once(": ")).map(|(name, value)| (name, csv::number(value)));
        Some((std::iter::once(("", csv::number(whole))).chain(named).collect(), rest))
    };
    parse().unwrap_or((Vec::new(), text))
}

/// Whether a row with this status is a success, and why not.
pub fn status(word: &str) -> Option<(bool, Option<i64>)> {
    match word.trim() {
        "PASS" => Some((true, Some(0))),
        "FAIL" => Some((false, Some(1))),
        "ERROR" => Some((false, Some(2))),
        _ => None,
    }
}
