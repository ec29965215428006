//! Whether a trail continues the one that was written down before: the rows of then are still the first rows, every byte of them.

use super::standing;
use crate::checkpoint::{Cosigner, Kept, Mark, Trail};
use crate::evidence::Evidence;
use crate::integrity::{Hold, Rung};
use crate::io::hash::hex;
use crate::io::note;
use crate::metric::{Metric, Value, grouped};
use crate::record::Record;
use crate::source::{Grade, Location};

const CODE: &str = "CHAIN-ANCHOR";

/// So many ranges of rows are named.
const RANGES: usize = 5;

/// Holds every trail against what was kept of it.
pub fn continuity(all: &mut [Evidence]) {
    for entry in all {
        // They stay with the entry: what is kept next is of them.
        let trails = std::mem::take(&mut entry.trails);
        let mut held = None;
        for trail in &trails {
            let told = trail.kept.as_ref().map(|kept| (kept, judge(trail, kept)));
            entry.push("audit.checkpoint", record(trail, told.as_ref().map(|(kept, told)| (*kept, told.is_ok()))));
            let Some((kept, told)) = told else { continue };
            for doubt in &kept.doubts {
                entry.problem("witness", Grade::Warning, &kept.file, Location::whole(), doubt.clone());
            }
            match told {
                Ok(sentence) => {
                    entry.problem("append-only", Grade::Note, &trail.path, Location::whole(), sentence);
                    let rung = if kept.witnesses.is_empty() { Rung::Anchored } else { Rung::Witnessed };
                    raise(entry, rung.name());
                    held = Some((rung, Hold::Rows { signed: !kept.signers.is_empty() }));
                }
                Err(sentence) => {
                    entry.problem(CODE, Grade::Warning, &trail.path, Location::whole(), sentence.clone());
                    accuse(entry, sentence);
                }
            }
        }
        entry.trails = trails;
        standing::settle(entry, held);
    }
}

/// Whether the rows that were written down are still the first.
///
/// # Errors
/// One sentence that says what was done to them.
pub fn judge(trail: &Trail, kept: &Kept) -> Result<String, String> {
    let (file, size) = (kept.label(), kept.checkpoint.size);
    if let Some(sentence) = &trail.hindered {
        return Err(format!("the trail cannot be held against {file}: {sentence}"));
    }
    if size == 0 {
        return Err(format!("{file} is of no rows, and holds nothing"));
    }
    let root = trail.roots.get(&size).copied();
    if root == Some(kept.checkpoint.root) {
        if let Some(mark) = kept.earlier.iter().find(|mark| trail.roots.get(&mark.size) != Some(&mark.root)) {
            return Err(forked(trail, kept, mark));
        }
        let more = match trail.now.size - size {
            0 => String::new(),
            n => format!("; the {} after them are in the next checkpoint", grouped(n)),
        };
        return Ok(format!("append-only: the first {} rows are those of {file}{}{}{more}", grouped(size), signed(kept), earlier(kept)));
    }
    let what = if root.is_none() {
        format!("{} of {} rows are there", grouped(trail.now.size), grouped(size))
    } else {
        format!("the first {} rows have the root {}…, and had {}…", grouped(size), short(root), short(Some(kept.checkpoint.root)))
    };
    Err(format!("history was rewritten since {file}: {what}; {}", narrowed(trail, kept)))
}

/// The newest checkpoint holds, and an older one does not: what was written anew was kept, too.
fn forked(trail: &Trail, kept: &Kept, mark: &Mark) -> String {
    format!(
        "history was rewritten since {}:{}, of {}: its {} rows had the root {}…, and have {}…; {} is of the rows as they are now: whoever \
         wrote them anew kept a checkpoint of that",
        kept.file,
        mark.line,
        mark.at.minute(),
        grouped(mark.size),
        short(Some(mark.root)),
        short(trail.roots.get(&mark.size).copied()),
        kept.label()
    )
}

/// How many checkpoints hold, where there are others, and since when.
fn earlier(kept: &Kept) -> String {
    let since = kept.since().filter(|_| !kept.earlier.is_empty());
    since
        .map(|since| format!(", as {} checkpoints since {} show", grouped(kept.earlier.len() as u64 + 1), since.minute()))
        .unwrap_or_default()
}

fn short(root: Option<[u8; 32]>) -> String {
    root.map(|root| hex(&root)[..12].to_owned()).unwrap_or_default()
}

/// Who signed it, as a remark.
fn signed(kept: &Kept) -> String {
    let witness = |witness: &Cosigner| match witness.at {
        Some(at) => format!("{} at {}", witness.name, at.minute()),
        None => witness.name.clone(),
    };
    let mut told = Vec::new();
    if !kept.signers.is_empty() {
        told.push(format!("signed by {}", kept.signers.join(", ")));
    }
    if !kept.witnesses.is_empty() {
        told.push(format!("witnessed by {}", kept.witnesses.iter().map(witness).collect::<Vec<_>>().join(", ")));
    }
    match kept.strangers.as_slice() {
        [] if told.is_empty() => told.push("not signed".to_owned()),
        [] => {}
        names => {
            let key = if names.len() == 1 { "key is" } else { "keys are" };
            told.push(format!("signed by {}, whose {key} not configured", names.join(", ")));
        }
    }
    format!(" ({})", told.join("; "))
}

/// Which rows differ, as far as roots of parts were kept.
fn narrowed(trail: &Trail, kept: &Kept) -> String {
    let Some(rows) = 1_u64.checked_shl(kept.checkpoint.height).filter(|_| !kept.checkpoint.subtrees.is_empty()) else {
        return "which of them cannot be known from the root alone".to_owned();
    };
    let (mut ranges, mut same) = (Vec::<(u64, u64)>::new(), 0);
    for (index, root) in (0_u64..).zip(&kept.checkpoint.subtrees) {
        let (first, last) = (index * rows + 1, (index + 1) * rows);
        match (trail.subtrees.get(index as usize) == Some(root), ranges.last_mut()) {
            (true, _) => same += 1,
            (false, Some(range)) if range.1 + 1 == first => range.1 = last,
            (false, _) => ranges.push((first, last)),
        }
    }
    let covered = kept.checkpoint.subtrees.len() as u64 * rows;
    if covered < kept.checkpoint.size {
        // What is left over is no perfect tree: it differs if all others are the same, and may differ if not.
        match ranges.last_mut() {
            Some(range) if range.1 == covered => range.1 = kept.checkpoint.size,
            _ => ranges.push((covered + 1, kept.checkpoint.size)),
        }
    }
    let told: Vec<String> = ranges
        .iter()
        .take(RANGES)
        .map(|(first, last)| if first == last { grouped(*first) } else { format!("{}-{}", grouped(*first), grouped(*last)) })
        .collect();
    let more = if ranges.len() > RANGES { format!(" and {} other ranges", ranges.len() - RANGES) } else { String::new() };
    let before = if same > 0 { "; all other rows are as they were" } else { "" };
    format!("what differs is among the rows {}{more}, counted in the order of their ids{before}", told.join(", "))
}

/// The trail as a row: what it is now, which is what can be kept next, and what it was held against.
fn record(trail: &Trail, held: Option<(&Kept, bool)>) -> Record {
    let record = Record::new("origin", trail.now.origin.clone())
        .with("size", Value::Count(trail.now.size))
        .with("root", Value::Text(hex(&trail.now.root)))
        .with("note", Value::Text(note::write(&trail.now)));
    let Some((kept, holds)) = held else { return record };
    let names = |names: Vec<&str>| Some(names.join(", ")).filter(|names| !names.is_empty()).map(Value::Text);
    record
        .with("kept", Value::Count(kept.checkpoint.size))
        .with("kept_root", Value::Text(hex(&kept.checkpoint.root)))
        .with("kept_in", Value::Text(kept.line.map_or_else(|| kept.file.clone(), |line| format!("{}:{line}", kept.file))))
        .with_some("kept_at", kept.at.map(Value::Instant))
        .with("checkpoints", Value::Count(kept.earlier.len() as u64 + 1))
        .with_some("since", kept.since().map(Value::Instant))
        .with_some("signed_by", names(kept.signers.iter().map(String::as_str).collect()))
        .with_some("witnessed_by", names(kept.witnesses.iter().map(|witness| witness.name.as_str()).collect()))
        .with("holds", Value::Flag(holds))
}

/// Raises the level of a trail that is sound.
fn raise(entry: &mut Evidence, level: &str) {
    for metric in entry.metrics.iter_mut().filter(|metric| metric.id == "audit.integrity") {
        if matches!(&metric.value, Value::Level(now) if ["row-rules", "chained", "anchored"].contains(&now.as_str())) {
            metric.value = Value::Level(level.to_owned());
        }
    }
}

fn accuse(entry: &mut Evidence, sentence: String) {
    let counted = |metric: &&mut Metric| metric.id == "audit.findings" && metric.labels.iter().all(|(_, label)| label == CODE);
    for metric in entry.metrics.iter_mut().filter(counted) {
        if let Value::Count(n) = &mut metric.value {
            *n += 1;
        }
    }
    for metric in entry.metrics.iter_mut().filter(|metric| metric.id == "audit.integrity") {
        if matches!(&metric.value, Value::Level(now) if now != "none") {
            metric.value = Value::Level("structural".to_owned());
        }
    }
    let record = Record::new("id", format!("checkpoint {CODE}")).with("code", Value::text(CODE)).with("message", Value::Text(sentence));
    entry.push("audit.finding", record);
}

#[cfg(test)]
mod tests;
