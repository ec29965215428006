//! The steps that somebody accepts: which, why, by whose word, until when, and what each of these words is worth.

use super::words;
use crate::acknowledgement::{Listed, State};
use crate::metric::number;
use crate::render::parts::chip::{capital, chip};
use crate::render::parts::link;
use crate::render::parts::markup::Html;
use crate::report::Report;
use crate::series::Series;
use std::collections::BTreeMap;

/// An acknowledgement, as a row of the table.
pub(super) struct Row<'r> {
    pub listed: &'r Listed,
    pub chip: Html,
    pub commit: Html,
    /// `15 %`, where it says how large a step it accepts.
    pub up_to: Option<String>,
    /// The names of the series whose steps it is about, and the fragments of their charts.
    pub series: Vec<(String, Option<String>)>,
}

/// All acknowledgements of all entries, what most wants to be seen first; `charts` has the fragments of the series that are drawn.
pub(super) fn rows<'r>(report: &'r Report, charts: &BTreeMap<String, String>) -> Vec<Row<'r>> {
    let series: BTreeMap<String, &Series> = report.evidence.iter().flat_map(|e| &e.series).map(|one| (one.id(), one)).collect();
    let mut all: Vec<&Listed> = report.evidence.iter().flat_map(|entry| &entry.acknowledged).collect();
    all.sort_by_key(|listed| listed.state);
    let named = |id: &String| (series.get(id).map_or_else(|| id.clone(), |one| words::name(one)), charts.get(id).cloned());
    let row = |listed: &'r Listed| Row {
        chip: state(listed.state),
        commit: link::commit(report, &listed.commit),
        up_to: listed.up_to.map(|most| format!("{} %", number((most * 1e4).round() / 100.0))),
        series: listed.series.iter().map(named).collect(),
        listed,
    };
    all.into_iter().map(row).collect()
}

/// How many have something that somebody should do about them.
pub(super) fn due(report: &Report) -> usize {
    let all = report.evidence.iter().flat_map(|entry| &entry.acknowledged);
    all.filter(|listed| matches!(listed.state, State::Exceeded | State::Expired | State::Orphan)).count()
}

/// What an acknowledgement is worth: a word with its shape.
fn state(state: State) -> Html {
    let (class, word) = match state {
        State::Exceeded => ("fail", "exceeded"),
        State::Expired => ("fail", "expired"),
        State::Orphan => ("unproven", "about no step"),
        State::NotYet => ("not-applicable", "not begun"),
        State::Active => ("waived", "accepted"),
        State::Unused => ("not-applicable", "not needed"),
    };
    chip(class, &capital(word))
}
