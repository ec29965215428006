//! All waivers: what they allow, who answers for it, until when, and what they are worth.

use super::Section;
use super::rules::{Group, groups};
use super::sources::fragments;
use crate::error::Error;
use crate::relax::Relaxed;
use crate::render::parts::chip;
use crate::render::parts::markup::{Html, fill};
use crate::render::parts::prose::plural;
use crate::render::parts::waivers::{is_due, relaxed_word};
use crate::report::Report;
use crate::waiver::{Listed, State};
use askama::Template;

#[derive(Template)]
#[template(path = "parts/waivers.html")]
struct Waivers<'a> {
    rows: Vec<Row<'a>>,
    relaxed: Vec<(&'a Relaxed, Html)>,
}

struct Row<'a> {
    listed: &'a Listed,
    chip: Html,
    /// The fragment of what it unblocks, else of anything its rule says.
    rule: Option<String>,
    scope: String,
}

pub(super) fn section(report: &Report) -> Result<Option<Section>, Error> {
    if report.waivers.is_empty() && report.relaxed.is_empty() {
        return Ok(None);
    }
    let entries = fragments(report);
    let groups = groups(report, &entries);
    let due = report.waivers.iter().filter(|listed| is_due(listed)).count()
        + report.relaxed.iter().filter(|over| over.state != State::Active).count();
    let (note, tone) =
        if due > 0 { (format!("{due} due"), "unproven") } else { ((report.waivers.len() + report.relaxed.len()).to_string(), "") };
    let rows = report.waivers.iter().map(|listed| row(listed, &groups)).collect();
    let relaxed = report.relaxed.iter().map(|over| (over, chip::relaxed(over.state, relaxed_word(over)))).collect();
    let body = fill(&Waivers { rows, relaxed })?;
    Ok(Some(Section { id: "waivers", title: "Waivers", note, tone, body }))
}

fn row<'a>(listed: &'a Listed, groups: &[Group<'_>]) -> Row<'a> {
    let mine = || groups.iter().filter(|group| group.rule.rule == listed.rule);
    let marked = mine().find(|group| group.rule.waiver.as_ref().is_some_and(|waiver| waiver.id == listed.waived.id));
    let rule = marked.or_else(|| mine().next()).map(|group| group.id.clone());
    Row { listed, chip: chip::waiver(listed.waived.state), rule, scope: scope(listed) }
}

/// What it is limited to, and how much it unblocks: `profile pr; 2 findings`.
fn scope(listed: &Listed) -> String {
    let scope = &listed.scope;
    let mut parts = Vec::new();
    if !scope.profile.is_empty() {
        parts.push(format!("profile {}", scope.profile.join(", ")));
    }
    parts.extend(scope.env.as_ref().map(|env| format!("environment {env}")));
    parts.extend(scope.fingerprint.as_ref().map(|_| "one finding".to_owned()));
    if matches!(listed.waived.state, State::Active | State::Expiring) {
        parts.push(format!("unblocks {}", plural(listed.findings, "finding")));
    }
    parts.join("; ")
}
