//! The custom results of github-action-benchmark, `customSmallerIsBetter` and `customBiggerIsBetter`: a list of names, units and values.
//!
//! Which of the two a file is stands in the workflow and not in the file: the unit tells the direction, and where it does not, lower is
//! taken to be better, and that is told.

use super::run::{Figure, Run};
use super::{Draft, unit};
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::json::outline;
use crate::source::Location;
use serde::Deserialize;
use std::marker::PhantomData;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "gab-custom", about: "github-action-benchmark's `customSmallerIsBetter` and `customBiggerIsBetter`", claims, read };

fn claims(artifact: &Artifact) -> bool {
    outline(&artifact.head).is_some_and(|outline| ["name", "unit", "value"].iter().all(|key| outline.has(&["[]", key])))
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    unit: Option<String>,
    value: Option<Number>,
}

/// The action reads numbers in quotes as well.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Plain(f64),
    Text(String),
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut run = Run::new(reading);
    let entries = reading.tolerant_json(PhantomData::<Vec<Entry>>).unwrap_or_default();
    for (index, entry) in entries.into_iter().enumerate() {
        let unit = entry.unit.as_deref().unwrap_or("");
        let value = match entry.value {
            Some(Number::Plain(number)) => Some(number),
            Some(Number::Text(text)) => text.trim().parse().ok(),
            None => None,
        };
        run.put(&entry.name, unit::metric(unit), Figure::new(value, unit), Location::pointer(&[&index.to_string()]));
    }
    run.finish(reading)
}
