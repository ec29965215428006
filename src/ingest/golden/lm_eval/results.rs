//! `lm-eval-results`: what the tasks of lm-evaluation-harness come to, of 0.3 (`acc`) and 0.4 (`acc,none`). It holds no case: its measures
//! are rows of `golden.score`, and its numbers are what the samples beside it are held against.

use crate::ingest::golden::case::Mode;
use crate::ingest::golden::draft::Draft;
use crate::ingest::golden::score::Stated;
use crate::ingest::{Format, Reading};
use crate::instant::Instant;
use crate::io::fs::Artifact;
use crate::io::json::{self, Value};
use crate::source::Location;
use std::collections::BTreeSet;
use std::marker::PhantomData;

pub(crate) const FORMAT: Format<Draft> = Format { name: "lm-eval-results", about: "results of lm-evaluation-harness", claims, read };

/// Beside `results`, one of these tells the harness.
const KEYS: [&str; 5] = ["versions", "configs", "n-shot", "higher_is_better", "group_subtasks"];

fn claims(artifact: &Artifact) -> bool {
    json::outline(&artifact.head).is_some_and(|outline| {
        outline.has(&["results", "{}"]) && outline.keys().any(|key| KEYS.contains(&key)) && !outline.has(&["results", "results", "[]"])
    })
}

/// What a measure of a task is called: `arc_easy/acc`, `gsm8k/exact_match,strict-match`.
pub fn measure(task: &str, name: &str, filter: Option<&str>) -> String {
    let name = filter.map_or_else(|| name.to_owned(), |filter| format!("{name},{filter}"));
    if task.is_empty() { name } else { format!("{task}/{name}") }
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut draft = Draft::of(reading);
    let Some(document) = reading.tolerant_json(PhantomData::<Value>) else { return draft.finish(reading) };
    run(reading, &document, &mut draft);
    let Some(Value::Object(tasks)) = document.get("results") else {
        reading.error("undecodable", Location::pointer(&["results"]), "`results` must be an object of tasks");
        return draft.finish(reading);
    };
    let mut expected = Some(0_u64);
    for (task, measures) in tasks {
        let Value::Object(measures) = measures else {
            reading.error("undecodable", Location::pointer(&["results", task]), "the task has no measures");
            continue;
        };
        let samples = |key: &str| document.get("n-samples")?.get(task)?.get(key)?.as_u64();
        let scored = samples("effective").or_else(|| measures.get("sample_len")?.as_u64());
        let mut filters = BTreeSet::new();
        for (key, value) in measures {
            let (name, filter) = key.split_once(',').map_or((key.as_str(), None), |(name, filter)| (name, Some(filter)));
            let is_number = value.is_number() || value.is_null();
            if name.ends_with("_stderr") || matches!(name, "alias" | "name" | "sample_len" | "samples" | "sample_count") || !is_number {
                continue;
            }
            filters.insert(filter);
            let stderr = filter.map_or_else(|| format!("{name}_stderr"), |filter| format!("{name}_stderr,{filter}"));
            let name = measure(task, name, filter.filter(|filter| *filter != "none"));
            let stderr = measures.get(&stderr).and_then(Value::as_f64);
            draft.stated.push(Stated { name, mean: value.as_f64(), stderr, scored });
        }
        if let (Some(original), Some(effective)) = (samples("original"), samples("effective"))
            && effective < original
        {
            let message = format!("the task {task} was limited to {effective} of {original} documents");
            reading.warning("limited", Location::pointer(&["n-samples", task]), message);
        }
        // A group has no documents of its own.
        let is_group =
            document.get("group_subtasks").and_then(|groups| groups.get(task)?.as_array()).is_some_and(|tasks| !tasks.is_empty());
        if !is_group {
            let rows = samples("original").map(|n| n.saturating_mul(filters.len().max(1) as u64));
            expected = expected.zip(rows).map(|(sum, rows)| sum.saturating_add(rows));
        }
    }
    draft.expected = expected.filter(|_| !tasks.is_empty());
    if !draft.stated.is_empty() {
        reading.note(
            "no-samples",
            Location::whole(),
            "the file holds no case: name the samples beside it (`--log_samples`) to have them judged",
        );
    }
    draft.finish(reading)
}

/// What the file says of its run.
fn run(reading: &mut Reading<'_>, document: &Value, draft: &mut Draft) {
    let text = |pointer: &str| document.pointer(pointer).and_then(Value::as_str);
    let version = text("/lm_eval_version").map(|version| format!(" {version}")).unwrap_or_default();
    draft.run.tool = Some(format!("lm-eval{version}"));
    let model = text("/config/model");
    let arguments = document.pointer("/config/model_args");
    let name = arguments.and_then(|arguments| match arguments {
        Value::String(text) => text.split(',').find_map(|part| part.strip_prefix("pretrained=")).map(str::to_owned),
        arguments => arguments.get("pretrained").or_else(|| arguments.get("model"))?.as_str().map(str::to_owned),
    });
    draft.run.system = model.map(|model| name.map_or_else(|| model.to_owned(), |name| format!("{model}/{name}")));
    if let Some(date) = document.get("date").and_then(Value::as_f64).filter(|date| (0.0..4e9).contains(date)) {
        reading.source.collected_at = Some(Instant((date * 1000.0) as i64));
    }
    if model == Some("dummy") {
        reading.warning("mock-signal", Location::pointer(&["config", "model"]), "the model is `dummy`: the run counts as mock");
        draft.mode = Some(Mode::Mock);
    } else if model.is_some() {
        let cached = document.pointer("/config/use_cache").is_some_and(|cache| !cache.is_null());
        draft.mode = Some(if cached { Mode::Cached } else { Mode::Live });
    }
}
