//! Controls, which rules give evidence toward them, and those without a rule. A rule never shows that a control is met.

use super::Section;
use super::rules::{Group, groups};
use super::sources::fragments;
use crate::control::{By, Control, Framework};
use crate::error::Error;
use crate::finding::Outcome;
use crate::render::parts::markup::{Html, fill};
use crate::render::parts::{chip, prose};
use crate::report::Report;
use askama::Template;

#[derive(Template)]
#[template(path = "parts/controls.html")]
struct Controls<'a> {
    frameworks: Vec<Shown<'a>>,
}

struct Shown<'a> {
    name: &'a str,
    /// "evidence toward 9 of 93 controls: 8 automated, 1 attested; 84 without a rule".
    summary: String,
    controls: Vec<Row<'a>>,
    counts: Vec<Html>,
    /// "84 controls without a rule".
    lacking: String,
    gaps: String,
}

struct Row<'a> {
    control: &'a Control,
    id: String,
    chip: Html,
    by: &'static str,
    rules: Vec<&'a Group<'a>>,
}

pub(super) fn section(report: &Report) -> Result<Option<Section>, Error> {
    if report.controls.is_empty() {
        return Ok(None);
    }
    let entries = fragments(report);
    let groups = groups(report, &entries);
    let note = report.controls.iter().map(|framework| framework.controls.len()).sum::<usize>().to_string();
    let frameworks = report.controls.iter().map(|framework| shown(framework, &groups)).collect();
    let body = fill(&Controls { frameworks })?;
    Ok(Some(Section { id: "controls", title: "Controls", note, tone: "", body }))
}

fn shown<'a>(framework: &'a Framework, groups: &'a [Group<'a>]) -> Shown<'a> {
    Shown {
        name: &framework.name,
        summary: framework.summary(),
        controls: framework.controls.iter().map(|control| row(framework, control, groups)).collect(),
        counts: counts(framework),
        lacking: format!("{} without a rule", prose::plural(framework.gaps.len(), "control")),
        gaps: framework.gap_groups().join(", "),
    }
}

fn row<'a>(framework: &Framework, control: &'a Control, groups: &'a [Group<'a>]) -> Row<'a> {
    let by = match control.by {
        By::Automated => "automated",
        By::Attested => "attested",
    };
    let rules = groups.iter().filter(|group| control.rules.contains(&group.rule.rule)).collect();
    let chip = control.outcome.map_or_else(Html::default, chip::outcome);
    Row { control, id: format!("{}:{}", framework.name, control.id), chip, by, rules }
}

/// How many controls have which worst outcome.
fn counts(framework: &Framework) -> Vec<Html> {
    let count = |outcome| framework.controls.iter().filter(|control| control.outcome == Some(outcome)).count();
    let counts = Outcome::ALL.into_iter().map(|outcome| (outcome, count(outcome)));
    counts.filter(|(_, n)| *n > 0).map(|(outcome, n)| chip::counted(outcome, n)).collect()
}
