//! Logs of `oaieval`, the command of OpenAI's `evals`: JSON Lines.
//!
//! After `evals.record` (<https://github.com/openai/evals>). A line is the `spec` of the run, its `final_report`, or an event of a sample:
//! `sampling`, `match`, `metrics`, `error` and others. The report may stand before the events. A sample that was asked and never judged is
//! unmeasured, although the tool's own accuracy, over `match` events alone, leaves it out.

#[cfg(test)]
mod tests;

use super::case::{Case, Mode, Outcome};
use super::draft::Draft;
use super::mark::{Mark, Value, judge, scales};
use super::run::Run;
use super::signal;
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::json::{outline, read_line, tolerate};
use crate::io::{clock, json};
use crate::source::Location;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

pub(super) const FORMAT: Format<Draft> = Format { name: "openai-evals", about: "logs of OpenAI's `oaieval`, JSON Lines", claims, read };

/// Keys of a `metrics` event that judge the answer; others measure it, or something else.
const VERDICTS: [&str; 3] = ["score", "correct", "accuracy"];
/// Accuracies that differ by less are the same, but for rounding.
const SAME: f64 = 1e-6;

fn claims(artifact: &Artifact) -> bool {
    outline(&artifact.head).is_some_and(|log| {
        let event = ["run_id", "event_id", "sample_id", "type", "data"].iter().all(|key| log.has(&[key]));
        event || log.has(&["spec", "eval_name"])
    })
}

#[derive(Deserialize)]
struct Line {
    spec: Option<Spec>,
    final_report: Option<BTreeMap<String, json::Value>>,
    sample_id: Option<String>,
    r#type: Option<String>,
    data: Option<json::Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Spec {
    eval_name: Option<String>,
    completion_fns: Option<Vec<String>>,
    /// Of logs before 2023-04: the only model.
    model_name: Option<String>,
    run_config: Option<Config>,
    created_at: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Config {
    max_samples: Option<u64>,
}

/// What is known of a sample.
#[derive(Default)]
struct Sample {
    line: u64,
    sampled: Option<String>,
    expected: Option<String>,
    error: Option<String>,
    marks: BTreeMap<String, Mark>,
}

#[derive(Default)]
struct Log {
    spec: Option<Spec>,
    report: Option<(u64, BTreeMap<String, json::Value>)>,
    /// In the order in which they first appear.
    samples: Vec<(String, Sample)>,
    places: BTreeMap<String, usize>,
    /// `match` events, and those that are correct.
    matches: u64,
    correct: u64,
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut log = Log::default();
    reading.each_line(|reading, number, text, _| {
        if !text.trim().is_empty() {
            match read_line(&tolerate(text), number) {
                Ok(line) => log.take(reading, number, line),
                Err(mistake) => reading.error("undecodable", Location::column(mistake.line, mistake.column), mistake.message),
            }
        }
        ControlFlow::Continue(())
    });
    let mut draft = Draft::of(reading);
    log.head(reading, &mut draft);
    let scorers = scales(log.samples.iter().flat_map(|(_, sample)| &sample.marks));
    for (id, sample) in log.samples {
        let (mut outcome, mut message, scores) = judge(&sample.marks, &scorers);
        if let Some(error) = sample.error {
            (outcome, message) = (Outcome::Error, Some(error));
        } else if sample.marks.is_empty() {
            (outcome, message) = (Outcome::Error, Some("it was asked and never judged".to_owned()));
        }
        let case = Case { message, scores, answer: sample.sampled, expected: sample.expected, ..Case::new(id, outcome) };
        draft.take(reading, Location::line(sample.line), case);
    }
    draft.finish(reading)
}

impl Log {
    fn take(&mut self, reading: &mut Reading<'_>, number: u64, line: Line) {
        if let Some(spec) = line.spec {
            if self.spec.replace(spec).is_some() {
                reading.error("out-of-order", Location::line(number), "a second run in one file");
            }
        } else if let Some(report) = line.final_report {
            if self.report.replace((number, report)).is_some() {
                reading.error("out-of-order", Location::line(number), "a second report in one file");
            }
        } else if let (Some(id), Some(kind)) = (line.sample_id, line.r#type) {
            let data = line.data.unwrap_or_default();
            self.event(number, id, &kind, &data);
        } else {
            reading.error("undecodable", Location::line(number), "this is neither a run, nor a report, nor an event of a sample");
        }
    }

    fn event(&mut self, number: u64, id: String, kind: &str, data: &json::Value) {
        let place = *self.places.entry(id.clone()).or_insert(self.samples.len());
        if place == self.samples.len() {
            self.samples.push((id, Sample { line: number, ..Sample::default() }));
        }
        let sample = &mut self.samples[place].1;
        match kind {
            "sampling" => sample.sampled = text(&data["sampled"]).or(sample.sampled.take()),
            "match" => {
                let correct = data["correct"].as_bool();
                self.matches += 1;
                self.correct += u64::from(correct == Some(true));
                // Of several, one that is wrong decides, and then one that says nothing.
                let before = sample.marks.get("match").map(|mark| mark.value);
                if correct == Some(false) || before.is_none_or(|value| value == Some(1.0)) {
                    correct.map_or(Value::Nothing, Value::Flag).mark("match", &mut sample.marks);
                }
                sample.sampled = sample.sampled.take().or_else(|| text(&data["sampled"]));
                sample.expected = text(&data["expected"]).or(sample.expected.take());
            }
            "metrics" => {
                for key in VERDICTS {
                    let value = match &data[key] {
                        json::Value::Bool(flag) => Value::Flag(*flag),
                        json::Value::Number(number) => number.as_f64().map_or(Value::Nothing, Value::Number),
                        json::Value::Null if data.get(key).is_some() => Value::Nothing,
                        _ => continue,
                    };
                    value.mark(key, &mut sample.marks);
                }
            }
            "error" => sample.error = Some(text(&data["message"]).or_else(|| text(&data["type"])).unwrap_or_else(|| "error".to_owned())),
            _ => {}
        }
    }

    /// What the run says of itself, and what its report states.
    fn head(&self, reading: &mut Reading<'_>, draft: &mut Draft) {
        let Some(spec) = &self.spec else {
            return reading.error("truncated", Location::whole(), "the log does not begin with the `spec` of its run");
        };
        let mut systems = spec.completion_fns.clone().unwrap_or_default();
        systems.extend(spec.model_name.clone().filter(|_| systems.is_empty()));
        let answered = self.samples.iter().any(|(_, sample)| sample.sampled.is_some());
        draft.mode = if systems.iter().any(|system| signal::stand_in(system).is_some()) {
            Some(Mode::Mock)
        } else {
            (answered && !systems.is_empty()).then_some(Mode::Live)
        };
        draft.run = Run {
            tool: Some("openai/evals".to_owned()),
            suite: spec.eval_name.clone(),
            system: Some(systems.join(", ")).filter(|systems| !systems.is_empty()),
            ..Run::default()
        };
        if let Some(created) = spec.created_at.as_deref() {
            // `2023-05-05 12:00:00.000000`, which is UTC.
            reading.source.collected_at = clock::parse(&created.replacen(' ', "T", 1));
        }
        if let Some(most) = spec.run_config.as_ref().and_then(|config| config.max_samples) {
            let message = format!("the run is limited to {most} samples of its set");
            reading.warning("limited-run", Location::whole(), message);
        }
        let Some((line, report)) = &self.report else {
            return reading.error("truncated", Location::whole(), "the log has no `final_report`: the run did not come to its end");
        };
        let stated = report.get("accuracy").and_then(json::Value::as_f64);
        #[allow(clippy::cast_precision_loss)]
        let counted = (self.matches > 0).then(|| self.correct as f64 / self.matches as f64);
        if let (Some(stated), Some(counted)) = (stated, counted)
            && (stated - counted).abs() > SAME
        {
            let message = format!("the report states an accuracy of {stated}, and the log's matches come to {counted}");
            reading.warning("declared-totals-differ", Location::line(*line), message);
        }
    }
}

/// A text, or the first of several.
fn text(value: &json::Value) -> Option<String> {
    match value {
        json::Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        json::Value::Array(texts) => texts.first().and_then(text),
        _ => None,
    }
}
