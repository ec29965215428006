//! What became of a graded answer: whether the assistant failed, or something on the way to it, or its judge.

use super::row::{Component, Grading, Row};
use crate::ingest::golden::case::Outcome;
use crate::ingest::golden::loose::first_line;
use crate::io::json::Value;

/// `failureReason` of an answer that met its assertions, did not meet one, and of one that never came.
const NONE: i64 = 0;
const ASSERT: i64 = 1;
const ERROR: i64 = 2;

/// How promptfoo words that an assertion could not be evaluated. The reason is all it leaves: newer versions mark some with `graderError`.
const BROKEN: [&str; 18] = [
    "Custom function threw error",
    "Custom function must return",
    "Python code execution failed",
    "Ruby code execution failed",
    "Could not extract JSON",
    "Could not perform remote",
    "Error parsing output",
    "Moderation API error",
    "Webhook error",
    "Search rubric evaluation failed",
    "Embedding not found",
    "Unknown error fetching",
    "Invalid similarity score",
    "Unsupported metric",
    "Some grading calls failed",
    "llm-rubric produced malformed response",
    "API error:",
    "API call error:",
];

/// An assertion that fails to read the answer as JSON blames the answer.
const NOT_JSON: [&str; 4] = ["is not valid JSON", "in JSON at position", "end of JSON input", "(char "];

/// What became of an answer, and why when it is not good.
pub type Verdict = (Outcome, Option<String>);

/// Judges a row.
///
/// # Errors
/// When it contradicts itself.
pub fn judge(row: &Row) -> Result<Verdict, String> {
    contradiction(row)?;
    if let Some(why) = no_answer(row) {
        return Ok((Outcome::Error, Some(why)));
    }
    let passed = row.success == Some(true);
    if let Some(why) = broken_judge(row, passed) {
        return Ok((Outcome::Error, Some(format!("the judge failed: {}", first_line(why)))));
    }
    if !is_judged(row) {
        return Ok((Outcome::NotJudged, Some("no assertion judges the answer".to_owned())));
    }
    let no_score = row.score == Some(None) || row.grading_result.as_ref().is_some_and(|grading| grading.score == Some(None));
    if no_score {
        return Ok((Outcome::Error, Some("the score is no number".to_owned())));
    }
    Ok(match row.success {
        Some(true) => (Outcome::Passed, None),
        Some(false) => (Outcome::Failed, reason(row)),
        None => (Outcome::NotJudged, Some("the row does not say whether the answer is good".to_owned())),
    })
}

fn contradiction(row: &Row) -> Result<(), String> {
    let overruled = row.components().any(|it| it.assertion.as_ref().and_then(|it| it.r#type.as_deref()) == Some("human"));
    match (row.success, row.failure_reason) {
        (_, Some(reason)) if !(NONE..=ERROR).contains(&reason) => Err(format!("no `failureReason` is {reason}")),
        (Some(true), Some(ERROR)) => Err("the row is a success and an error".to_owned()),
        (Some(true), Some(ASSERT)) if !overruled => Err("the row is a success and failed an assertion".to_owned()),
        (Some(true), _) if row.grading_result.as_ref().is_some_and(|it| it.pass == Some(false)) => {
            Err("the row is a success and its grading is not".to_owned())
        }
        _ => Ok(()),
    }
}

/// Why there is no answer to judge. `error` alone says nothing: it also holds the reason of a plain failure.
fn no_answer(row: &Row) -> Option<String> {
    let response = row.response.as_ref();
    if let Some(error) = response.and_then(|response| response.error.as_deref()) {
        return Some(first_line(error).to_owned());
    }
    let untold = row.failure_reason.is_none() && row.grading_result.is_none() && row.success != Some(true);
    if row.failure_reason == Some(ERROR) || (untold && row.error.is_some()) {
        return Some(row.error.as_deref().map_or("the provider failed", first_line).to_owned());
    }
    let http = response.and_then(|response| response.metadata.as_ref()?.http.as_ref());
    let in_row = || row.metadata.get("http")?.get("status")?.as_f64();
    let status = http.and_then(|http| http.status).or_else(in_row).filter(|status| *status >= 400.0)?;
    let text = http.and_then(|http| http.status_text.as_deref()).unwrap_or_default();
    Some(format!("HTTP {status} {text}").trim_end().to_owned())
}

/// What keeps an assertion from being evaluated, unless another one shows that the answer is bad anyway.
fn broken_judge(row: &Row, passed: bool) -> Option<&str> {
    let bad = |component: &Component| component.pass == Some(false) && broken(component).is_none();
    if !passed && row.components().any(bad) {
        return None;
    }
    let whole = row.grading_result.as_ref().filter(|grading| grading.pass != Some(true));
    row.components().find_map(broken).or_else(|| whole.and_then(broken_whole))
}

fn broken(component: &Component) -> Option<&str> {
    let reason = component.reason.as_deref().unwrap_or_default();
    // An assertion of weight 0 passes whatever became of it, and so did the contrary of a broken one before they were marked.
    (is_marked(&component.metadata) || says_broken(reason)).then_some(reason)
}

/// A grading without components is that of its only assertion.
fn broken_whole(grading: &Grading) -> Option<&str> {
    let none = grading.component_results.as_ref().is_none_or(Vec::is_empty);
    grading.reason.as_deref().filter(|reason| none && (is_marked(&grading.metadata) || says_broken(reason)))
}

fn is_marked(metadata: &Value) -> bool {
    metadata.get("graderError") == Some(&Value::Bool(true))
}

fn says_broken(reason: &str) -> bool {
    let broken = reason == "No output" || BROKEN.iter().any(|words| reason.starts_with(words));
    broken && !NOT_JSON.iter().any(|words| first_line(reason).contains(words))
}

/// Whether anything judged the answer. Early versions do not write their assertions down; their word is taken.
fn is_judged(row: &Row) -> bool {
    if let Some(grading) = &row.grading_result {
        return grading.reason.as_deref() != Some("No assertions");
    }
    row.test_case.as_ref().is_none_or(|test| test.assert.as_ref().is_some_and(|list| !list.is_empty()))
}

fn reason(row: &Row) -> Option<String> {
    let whole = row.grading_result.as_ref().and_then(|grading| grading.reason.as_deref());
    let first = row.components().find(|component| component.pass == Some(false)).and_then(|component| component.reason.as_deref());
    whole.or(first).or(row.error.as_deref()).map(|reason| first_line(reason).to_owned())
}
