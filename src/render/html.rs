//! `report.html`: one file that opens from an e-mail, without network and without script.
//!
//! The verdict and what blocks come first, then one section for each kind of evidence there is. Every section is a file of
//! this folder: a view over the report, and a template of the same name in `templates/parts/`.

mod audit;
mod benchmarks;
mod claims;
mod controls;
mod course;
mod coverage;
mod figures;
mod golden;
mod method;
mod pairs;
mod proposal;
mod rules;
mod service;
mod sources;
mod suite;
mod verdict;
mod waivers;

use super::parts::dress::{Dress, dress};
use super::parts::escape::is_mark;
use super::parts::markup::{Html, fill};
use super::parts::{chip, prose};
use super::{Output, Style};
use crate::error::Error;
use crate::io::json;
use crate::report::Report;
use askama::Template;

/// The report as a page.
pub const OUTPUT: Output = Output {
    name: "html",
    file: Some("report.html"),
    about: "one self-contained page for people: verdict, rules, charts, evidence",
    render,
};

/// A part of the page below the verdict.
struct Section {
    /// Its fragment.
    id: &'static str,
    /// Its heading.
    title: &'static str,
    /// What the navigation says of it, in a word or a number.
    note: String,
    /// The outcome whose colour the note has; nothing for none.
    tone: &'static str,
    /// What is in it.
    body: Html,
}

/// What looks at a report and may have something to say.
type Room = fn(&Report) -> Result<Option<Section>, Error>;

/// The sections in their order; each gives nothing when there is no evidence of its kind.
const SECTIONS: &[Room] = &[
    rules::section,
    waivers::section,
    proposal::section,
    claims::section,
    suite::section,
    golden::section,
    benchmarks::section,
    pairs::section,
    coverage::section,
    audit::section,
    service::section,
    controls::section,
    sources::section,
    method::section,
];

#[derive(Template)]
#[template(path = "report.html")]
struct Page {
    dress: Dress,
    title: String,
    description: String,
    verdict: &'static str,
    tone: &'static str,
    head: Html,
    figures: Html,
    sections: Vec<Section>,
    now: String,
    tool: String,
    data: Html,
}

fn render(report: &Report, _: Style) -> Result<String, Error> {
    let sections = SECTIONS.iter().filter_map(|section| section(report).transpose()).collect::<Result<Vec<_>, _>>()?;
    let page = Page {
        dress: dress(""),
        title: format!("{} – readiness report", prose::headline(report)),
        description: format!("{} {}", prose::blocking(report), prose::passing(report)),
        verdict: report.verdict.label(),
        tone: chip::verdict(report.verdict),
        head: verdict::head(report)?,
        figures: figures::figures(report)?,
        sections,
        now: report.now.to_string(),
        tool: report.tool.clone(),
        data: data(report)?,
    };
    Ok(fill(&page)?.to_string())
}

/// The report as JSON that cannot end the element it stands in, and that is the same when marks are made visible.
fn data(report: &Report) -> Result<Html, Error> {
    let line = json::line(report).map_err(|mistake| Error::Internal(mistake.message))?;
    let mut data = String::with_capacity(line.len());
    for c in line.chars() {
        if c == '<' || is_mark(c) {
            data.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            data.push(c);
        }
    }
    Ok(Html::trusted(data))
}

#[cfg(test)]
#[path = "tests/html.rs"]
mod tests;
