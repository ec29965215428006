//! What a log says of itself against what it holds.

use super::super::draft::{Draft, many};
use super::log::{Log, Scored};
use crate::ingest::Reading;
use crate::io::clock;
use crate::source::Location;
use std::collections::{BTreeMap, BTreeSet};

/// Accuracies that differ by less are the same, but for rounding.
const SAME: f64 = 1e-6;

/// Whether the run came to its end, when and of which commit it is.
pub fn head(reading: &mut Reading<'_>, log: &Log) {
    let at = |key: &str| Location::pointer(&[key]);
    match log.status.as_deref() {
        Some("success") => {}
        Some("started") => reading.error("unfinished-run", at("status"), "the run had not come to its end when the log was written"),
        Some("cancelled") => reading.error("unfinished-run", at("status"), "the run was cancelled"),
        Some("error") => reading.error("unfinished-run", at("status"), "the run ended with an error"),
        Some(other) => reading.error("unfinished-run", at("status"), format!("the status of the run is `{other}`")),
        None => reading.error("unfinished-run", Location::whole(), "the log has no status"),
    }
    if let Some(created) = log.spec.created.as_deref() {
        reading.source.collected_at = clock::parse(created);
        if reading.source.collected_at.is_none() {
            reading.warning("undecodable", Location::pointer(&["eval", "created"]), format!("this is no moment: `{created}`"));
        } else if !clock::has_zone(created) {
            reading.warning("no-time-zone", Location::pointer(&["eval", "created"]), "it names no time zone; it is read as UTC");
        }
    }
    if let Some(revision) = &log.spec.revision {
        reading.source.commit = revision.commit.clone();
        if revision.dirty == Some(true) {
            reading.note("dirty-tree", Location::pointer(&["eval", "revision"]), "the run was made from a commit with changes");
        }
    }
    if log.invalidated {
        reading.warning("invalidated", at("invalidated"), "somebody declared samples of the log invalid");
    }
}

/// Whether all samples are there that should be, and come to what the log says.
pub fn samples(reading: &mut Reading<'_>, log: &Log, draft: &mut Draft) {
    let spec = &log.spec;
    let held = log.samples.len() as u64;
    if held == 0 && spec.leaves_samples_out() {
        return reading.error("no-cases", Location::whole(), "the log was written without its samples (`--no-log-samples`)");
    }
    let results = Location::pointer(&["results"]);
    let total = log.results.total_samples.filter(|total| *total > 0);
    let should = total.or_else(|| spec.chosen().map(|chosen| chosen.saturating_mul(spec.epochs())));
    draft.expected = should;
    if let Some(should) = should.filter(|should| *should > held) {
        let message = format!("the log should have {} and has {held}", many(should, "sample", "samples"));
        reading.error("truncated", results.clone(), message);
    } else if let Some(total) = total {
        draft.declared(reading, results.clone(), "sample", total, held);
    }
    let ids: BTreeSet<&str> = log.samples.iter().map(|(_, answer)| answer.case.id.as_str()).collect();
    let ran = ids.len() as u64;
    let dataset = spec.dataset().filter(|dataset| *dataset > ran.max(1));
    if spec.is_limited() && dataset.is_some() || spec.chosen().zip(spec.dataset()).is_some_and(|(chosen, all)| chosen < all) {
        let all = spec.dataset().unwrap_or(ran);
        let message = format!("the run is limited to {ran} of the {all} samples of its set");
        reading.warning("limited-run", Location::pointer(&["eval", "config"]), message);
        draft.expected = Some(all.saturating_mul(spec.epochs()));
    }
    for (place, scored) in log.results.all().enumerate() {
        accuracy(reading, log, place, scored);
    }
}

/// Compares the stated accuracy of a scorer with the mean of its values, first over the epochs of each sample.
fn accuracy(reading: &mut Reading<'_>, log: &Log, place: usize, scored: &Scored) {
    let metrics = scored.metrics.as_ref().or(log.results.old_metrics());
    let Some(stated) = metrics.and_then(|metrics| metrics.get("accuracy")).and_then(|metric| metric.value) else { return };
    if scored.reducer.as_deref().is_some_and(|reducer| reducer != "mean") {
        return;
    }
    let part = format!("{}/{}", scored.scorer, scored.name);
    let mut samples: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for (_, answer) in &log.samples {
        if let Some(value) = answer.marks.get(&part).or_else(|| answer.marks.get(&scored.name)).and_then(|mark| mark.value) {
            let (sum, n) = samples.entry(&answer.case.id).or_default();
            (*sum, *n) = (*sum + value, *n + 1.0);
        }
    }
    if samples.is_empty() {
        return;
    }
    #[allow(clippy::cast_precision_loss)]
    let counted = samples.values().map(|(sum, n)| sum / n).sum::<f64>() / samples.len() as f64;
    if (counted - stated).abs() > SAME {
        let at = Location::pointer(&["results", "scores", &place.to_string()]);
        let message = format!("the log states an accuracy of {stated} for `{}`, and its samples come to {counted}", scored.name);
        reading.warning("declared-totals-differ", at, message);
    }
}

/// Says of how many samples the log's own figures are silent.
pub fn left_out(reading: &mut Reading<'_>, draft: &Draft) {
    let lost = draft.ledger.entries().filter(|entry| entry.outcome.is_unmeasured()).count() as u64;
    if lost > 0 {
        let message = format!("{} of {} without a verdict", lost, many(draft.len(), "sample is", "samples are"));
        reading.note("unmeasured", Location::whole(), message);
    }
}
