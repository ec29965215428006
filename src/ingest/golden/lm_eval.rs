//! `lm-eval-samples`: what EleutherAI's lm-evaluation-harness logs of every document (`--log_samples`), one JSON object per line.
//!
//! A document that several filters read is one sample with a case for each. Of its measures the first of [`VERDICTS`] decides, where it is 0
//! or 1. Its results stand in another file; together they are compared.

pub(super) mod results;
#[cfg(test)]
mod tests;

use super::case::{Case, Outcome, Score};
use super::draft::Draft;
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::json::{self, Value};
use crate::source::Location;
use std::ops::ControlFlow;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "lm-eval-samples", about: "samples of lm-evaluation-harness (`--log_samples`)", claims, read };

/// Measures that are 1 for a right answer and 0 for a wrong one, the one that decides first.
const VERDICTS: [&str; 7] = ["exact_match", "acc", "em", "pass@1", "pass_at_1", "prompt_level_strict_acc", "mc1"];
/// After this many mistakes the rest of a file is not read.
const MISTAKES: usize = 100;

fn claims(artifact: &Artifact) -> bool {
    let head = artifact.head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&artifact.head);
    let Some(first) = head.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty()) else { return false };
    first.trim_ascii_start().starts_with(b"{")
        && json::outline(first).is_some_and(|outline| {
            let has = |key: &str| outline.keys().any(|known| known == key);
            has("doc_id") && has("doc") && has("target")
        })
}

/// The task that a file is of, by the name the harness gives it: `samples_<task>_<date>.jsonl`.
fn task(file: &str) -> Option<&str> {
    let name = file.strip_prefix("samples_")?;
    let name = name.rsplit_once('.').filter(|(_, ending)| ending.starts_with("json")).map_or(name, |(name, _)| name);
    // A date has a fraction of its own, behind the last point.
    let (task, date) = name.rsplit_once("_2")?;
    Some(if date.contains('T') { task } else { name })
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut draft = Draft::of(reading);
    let task = task(reading.artifact.file_name()).unwrap_or_default().to_owned();
    draft.run.tool = Some("lm-eval".to_owned());
    draft.run.suite = Some(task.clone()).filter(|task| !task.is_empty());
    let mut mistakes = 0;
    reading.each_line(|reading, number, text, _| {
        if text.trim().is_empty() {
            return ControlFlow::Continue(());
        }
        let read = json::read_line::<Value>(&json::tolerate(text), number);
        let wrong = match read.map(|row| case(&row, &task)) {
            Ok(Some(case)) => {
                draft.take(reading, Location::line(number), case);
                return ControlFlow::Continue(());
            }
            Ok(None) => (Location::line(number), "a sample has no `doc_id`".to_owned()),
            Err(mistake) => (Location::column(mistake.line, mistake.column), mistake.message),
        };
        reading.error("undecodable", wrong.0, wrong.1);
        mistakes += 1;
        if mistakes < MISTAKES { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    draft.finish(reading)
}

fn case(row: &Value, task: &str) -> Option<Case> {
    let doc = match row.get("doc_id")? {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    let filter = row.get("filter").and_then(Value::as_str).filter(|filter| *filter != "none");
    let sample = if task.is_empty() { doc } else { format!("{task}/{doc}") };
    let id = filter.map_or_else(|| sample.clone(), |filter| format!("{sample} {filter}"));
    let named = row.get("metrics").and_then(Value::as_array);
    let names: Vec<&str> = match named {
        Some(names) => names.iter().filter_map(Value::as_str).collect(),
        // Before 0.4 a sample does not say which of its keys are measures.
        None => VERDICTS.iter().copied().filter(|name| row.get(*name).is_some()).collect(),
    };
    let decides = VERDICTS.iter().find(|name| names.contains(*name)).copied();
    let mut case = Case::new(id, Outcome::NotJudged);
    for name in names {
        let value = match row.get(name) {
            Some(Value::Bool(flag)) => Some(f64::from(u8::from(*flag))),
            Some(Value::Number(number)) => number.as_f64(),
            // What is aggregated over the run, such as F1, has no value of its own here.
            Some(Value::Array(_) | Value::Object(_)) => continue,
            _ => None,
        };
        let passed = value.filter(|value| decides == Some(name) && (*value == 0.0 || *value == 1.0)).map(|value| value == 1.0);
        if let Some(passed) = passed {
            case.outcome = if passed { Outcome::Passed } else { Outcome::Failed };
            case.message = (!passed).then(|| format!("{name} is 0"));
        }
        case.scores.push(Score { name: results::measure(task, name, filter), value, passed });
    }
    let text = |value: Option<&Value>| value.and_then(Value::as_str).filter(|text| !text.trim().is_empty()).map(str::to_owned);
    case.cluster = filter.map(|_| sample);
    case.question = text(row.pointer("/doc/question"));
    case.answer = text(row.pointer("/filtered_resps/0"));
    case.expected = text(row.get("target"));
    Some(case)
}
