//! Benchmarks of a base and a head that ran in turns: one row each, the worst first.

use super::Section;
use crate::error::Error;
use crate::metric::number;
use crate::record::Record;
use crate::render::parts::chip;
use crate::render::parts::markup::{Html, fill};
use crate::report::Report;
use askama::Template;

/// How many rows are shown.
const ROWS: usize = 500;

#[derive(Template)]
#[template(path = "parts/pairs.html")]
struct Pairs {
    rows: Vec<Row>,
    left_out: usize,
}

struct Row {
    chip: Html,
    rank: usize,
    name: String,
    base: String,
    head: String,
    because: String,
}

/// The states, the worst first, with the outcome whose look they have and their word.
const STATES: [(&str, &str, &str); 9] = [
    ("regressed", "fail", "Regressed"),
    ("missing", "no-evidence", "Missing"),
    ("zero-baseline", "no-evidence", "Zero baseline"),
    ("machine-changed", "unproven", "Other machine"),
    ("too-few", "unproven", "Too few rounds"),
    ("unproven", "unproven", "Unproven"),
    ("improved", "pass", "Improved"),
    ("new", "not-applicable", "New"),
    ("unchanged", "pass", "Unchanged"),
];

pub(super) fn section(report: &Report) -> Result<Option<Section>, Error> {
    let mut all: Vec<&Record> = report.evidence.iter().flat_map(|entry| entry.rows("benchmark.pair")).collect();
    if all.is_empty() {
        return Ok(None);
    }
    all.sort_by_key(|row| (rank(row), row.subject()));
    let regressed = all.iter().filter(|row| state(row) == "regressed").count();
    let (note, tone) = match regressed {
        0 => (all.len().to_string(), ""),
        n => (format!("{n} regressed"), "fail"),
    };
    let view = Pairs { rows: all.iter().take(ROWS).map(|row| shown(row)).collect(), left_out: all.len().saturating_sub(ROWS) };
    Ok(Some(Section { id: "pairs", title: "Base and head in turns", note, tone, body: fill(&view)? }))
}

fn state(row: &Record) -> &str {
    row.text("state").unwrap_or_default()
}

fn rank(row: &Record) -> usize {
    STATES.iter().position(|(name, ..)| *name == state(row)).unwrap_or(STATES.len())
}

fn shown(row: &Record) -> Row {
    let (_, class, word) = STATES.get(rank(row)).copied().unwrap_or(("", "unproven", "Unknown"));
    let unit = row.text("unit").filter(|unit| !unit.is_empty()).map_or_else(String::new, |unit| format!(" {unit}"));
    let level = |cell| row.number(cell).map_or_else(|| "–".to_owned(), |value| format!("{}{unit}", number(value)));
    Row {
        chip: chip::chip(class, word),
        rank: rank(row),
        name: row.subject().to_owned(),
        base: level("base"),
        head: level("head"),
        because: row.text("because").unwrap_or_default().to_owned(),
    }
}
