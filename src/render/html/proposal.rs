//! What a change proposes for the rules it is not judged by.

use super::Section;
use crate::error::Error;
use crate::proposal::{Proposed, Tendency};
use crate::render::parts::chip;
use crate::render::parts::markup::{Html, fill};
use crate::render::parts::proposal::headline;
use crate::report::Report;
use askama::Template;

#[derive(Template)]
#[template(path = "parts/proposal.html")]
struct Proposal<'a> {
    headline: String,
    rows: Vec<(&'a Proposed, Html)>,
}

pub(super) fn section(report: &Report) -> Result<Option<Section>, Error> {
    let Some(proposal) = &report.proposal else { return Ok(None) };
    let looser = proposal.changes.iter().filter(|change| change.way == Tendency::Looser).count();
    let (note, tone) = if looser > 0 { (format!("{looser} looser"), "fail") } else { (proposal.changes.len().to_string(), "") };
    let rows = proposal.changes.iter().map(|change| (change, word(change.way))).collect();
    let body = fill(&Proposal { headline: headline(proposal), rows })?;
    Ok(Some(Section { id: "proposal", title: "Rules of the change", note, tone, body }))
}

fn word(way: Tendency) -> Html {
    let class = match way {
        Tendency::Looser => "fail",
        Tendency::Unreadable => "no-evidence",
        Tendency::Different => "unproven",
        Tendency::Tighter => "pass",
    };
    chip::chip(class, &chip::capital(way.word()))
}
