//! Logs of Inspect AI, as one JSON document (`.json`) or as a zip archive (`.eval`).
//!
//! After `inspect_ai.log` 0.3 (<https://inspect.aisi.org.uk/eval-logs.html>), from the first logs of 2024 on. An archive has its head in
//! `header.json`, or in `_journal/start.json` while the run goes on, a file for each sample and epoch in `samples/`, and a summary of
//! every sample in `summaries.json`, or in `_journal/summaries/` until the run ends; a sample that has only a summary counts by that. A
//! sample in an epoch is an attempt at a case. Inspect's own accuracy leaves out what broke or was not scored; here it is unmeasured.

mod check;
mod log;
mod sample;
#[cfg(test)]
mod tests;
mod text;

use super::case::Mode;
use super::draft::Draft;
use super::mark;
use super::run::Run;
use crate::ingest::{Format, Reading};
use crate::io::archive::{Archive, names_in};
use crate::io::fs::Artifact;
use crate::io::json::{Each, Fill, Nullable, outline};
use crate::source::Location;
use log::{Log, is_none, is_stand_in};
use sample::{Answer, Sample, UNNAMED};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek};
use std::marker::PhantomData;

pub(super) const FORMAT: Format<Draft> = Format { name: "inspect", about: "Inspect AI logs: `.eval` archives and `.json`", claims, read };

const HEADER: &str = "header.json";
const START: &str = "_journal/start.json";
const SUMMARIES: &str = "summaries.json";
/// Of samples that are not in [`SUMMARIES`] yet.
const JOURNAL: &str = "_journal/summaries/";
const SAMPLES: &str = "samples/";
/// Scorers that compare texts and ask no model.
const RULES: [&str; 7] = ["match", "includes", "pattern", "answer", "exact", "f1", "choice"];

fn claims(artifact: &Artifact) -> bool {
    let names: BTreeSet<&str> = names_in(&artifact.head).collect();
    let sample = |name: &&str| name.starts_with(SAMPLES) && name.ends_with(".json") && name.contains("_epoch_");
    names.contains(START)
        || names.iter().any(sample)
        || (names.contains(HEADER) && names.contains(SUMMARIES))
        || outline(&artifact.head).is_some_and(|log| {
            log.has(&["status"]) && log.has(&["eval", "task"]) && log.has(&["eval", "model"]) && log.has(&["eval", "dataset"])
        })
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut log = Log::default();
    if reading.artifact.head.starts_with(b"PK") {
        archive(reading, &mut log);
    } else {
        reading.tolerant_json(Fill(&mut log));
    }
    let mut draft = Draft::of(reading);
    draft.mode = mode(&log);
    draft.run = run(&log);
    check::head(reading, &log);
    check::samples(reading, &log, &mut draft);
    let scorers = mark::scales(log.samples.iter().flat_map(|(_, answer)| &answer.marks));
    for (place, answer) in log.samples {
        draft.take(reading, Location::pointer(&["samples", &place]), answer.judged(&scorers));
    }
    check::left_out(reading, &draft);
    draft.finish(reading)
}

/// Reads the log out of its archive.
fn archive(reading: &mut Reading<'_>, log: &mut Log) {
    let Some(mut archive) = reading.archive() else { return };
    if archive.has_duplicates() {
        reading.warning("duplicate-entry", Location::whole(), "two entries of the archive have one name: the last counts");
    }
    let names = archive.names();
    let has = |name: &str| names.iter().any(|known| known == name);
    let Some(head) = [HEADER, START].into_iter().find(|name| has(name)) else {
        return reading.error("truncated", Location::whole(), "the archive has neither `header.json` nor `_journal/start.json`");
    };
    reading.tolerant_json_in(&mut archive, head, Fill(log));
    if head == START {
        log.status.get_or_insert_with(|| "started".to_owned());
    }
    for name in names.iter().filter(|name| name.starts_with(SAMPLES) && name.ends_with(".json")) {
        if let Some(sample) = reading.tolerant_json_in(&mut archive, name, PhantomData::<Sample>) {
            log.samples.push((name[SAMPLES.len()..].to_owned(), sample.answer(UNNAMED)));
        }
    }
    let mut summaries: Vec<&String> = names.iter().filter(|name| *name == SUMMARIES).collect();
    if summaries.is_empty() {
        summaries = names.iter().filter(|name| name.starts_with(JOURNAL) && name.ends_with(".json")).collect();
        // `10.json` comes after `9.json`.
        summaries.sort_by_key(|name| (name.len(), *name));
    }
    let mut summed = BTreeMap::new();
    for name in summaries {
        summarised(reading, &mut archive, name, &mut summed);
    }
    let whole: BTreeSet<(String, u64)> = log.samples.iter().map(|(_, answer)| (answer.case.id.clone(), answer.case.attempt)).collect();
    log.samples.extend(summed.into_iter().filter(|(key, _)| !whole.contains(key)).map(|(_, answer)| answer));
}

/// Takes in summaries by sample and epoch; a later one of the same counts.
fn summarised<R: Read + Seek>(
    reading: &mut Reading<'_>,
    archive: &mut Archive<R>,
    name: &str,
    summed: &mut BTreeMap<(String, u64), (String, Answer)>,
) {
    let take = |place: &str, sample: Sample| {
        let answer = sample.answer(UNNAMED);
        summed.insert((answer.case.id.clone(), answer.case.attempt), (format!("{name}/{place}"), answer));
    };
    reading.tolerant_json_in(archive, name, Nullable(Each::new("a list of summaries", take)));
}

/// How the answers were made: live, when a model that is none of the stand-ins answered.
fn mode(log: &Log) -> Option<Mode> {
    let models = log.models();
    let live = models.iter().any(|model| !is_stand_in(model));
    match log.spec.model.as_deref().unwrap_or_default() {
        model if is_none(model) && live => Some(Mode::Live),
        model if is_stand_in(model) => Some(Mode::Mock),
        _ if live => Some(Mode::Live),
        _ if models.is_empty() => None,
        _ => Some(Mode::Mock),
    }
}

fn run(log: &Log) -> Run {
    let spec = &log.spec;
    let mut measures = spec.scorers();
    if measures.is_empty() {
        measures = log.results.all().map(|scored| scored.name.clone()).filter(|name| !name.is_empty()).collect();
    }
    let judges = spec.judges();
    let judge = if !judges.is_empty() {
        Some(judges.into_iter().collect::<Vec<_>>().join(", "))
    } else if measures.iter().any(|name| name.contains("model_graded")) {
        // Without a grader of its own a task is graded by the model it examines.
        spec.model.clone()
    } else {
        (!measures.is_empty() && measures.iter().all(|name| RULES.contains(&name.as_str()))).then(|| "rule".to_owned())
    };
    Run {
        tool: Some(spec.tool()),
        suite: spec.suite(),
        system: spec.model.clone(),
        judge,
        measures: measures.into_iter().collect(),
        ..Run::default()
    }
}
