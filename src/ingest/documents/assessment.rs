//! `readiness/assessment/1`: what a project says of itself, as YAML that people write.
//!
//! Our own format; the schema is published as `site/schema/assessment-1.json`.

use super::{Blocker, Criterion, Draft, Milestone};
use crate::error::Diagnostic;
use crate::ingest::{Format, Reading, yaml_schema};
use crate::instant::Instant;
use crate::io::clock;
use crate::io::fs::Artifact;
use crate::io::yaml::{Fields, Node};
use crate::metric::Ratio;
use crate::source::Location;

const SCHEMA: &str = "readiness/assessment/1";

pub(super) const FORMAT: Format<Draft> =
    Format { name: "assessment", about: "readiness/assessment/1, a claimed score with its criteria and blockers, as YAML", claims, read };

fn claims(artifact: &Artifact) -> bool {
    yaml_schema(artifact) == Some(SCHEMA)
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut draft = Draft { path: reading.source.path.clone(), ..Draft::default() };
    let Some(root) = reading.yaml() else { return draft };
    let mut errors = Vec::new();
    let mut fields = root.fields("an assessment", &mut errors);
    fields.text("schema");
    reading.source.collected_at = date(&mut fields, "date");
    if let Some(node) = fields.node("claimed") {
        draft.claimed = claimed(node, fields.errors);
    }
    draft.criteria = list(&mut fields, "criteria", criterion);
    draft.milestones = list(&mut fields, "milestones", milestone);
    draft.blockers = list(&mut fields, "blockers", blocker);
    fields.finish();
    reading.mistakes(errors);
    if draft == (Draft { path: draft.path.clone(), ..Draft::default() }) {
        reading.error("says-nothing", Location::whole(), "the assessment claims nothing");
    }
    let dates: Vec<Instant> = draft.milestones.iter().filter_map(|milestone| milestone.at).collect();
    if !dates.is_sorted() {
        reading.warning("dates-out-of-order", Location::whole(), "the milestones are not in the order of their dates");
    }
    reading.source.content = content(&draft);
    draft
}

fn content(draft: &Draft) -> String {
    let open = draft.blockers.iter().filter(|blocker| blocker.is_open()).count();
    let claim = draft.claimed.and_then(|score| score.floor_percent(2)).map_or(String::new(), |percent| format!("claims {percent} %, "));
    let counts = [("criteria", draft.criteria.len()), ("milestones", draft.milestones.len()), ("blockers", draft.blockers.len())];
    let counts: Vec<String> = counts.iter().map(|(what, n)| format!("{n} {what}")).collect();
    format!("{claim}{}, {open} open", counts.join(", "))
}

fn claimed(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Ratio> {
    let mut fields = node.fields("the claimed score", errors);
    let score = score(&mut fields);
    // Where the claim stands is for whoever reads the assessment.
    fields.text("document");
    fields.get::<u64>("line");
    fields.finish();
    score
}

fn criterion(fields: &mut Fields<'_, '_>) -> Option<Criterion> {
    let (name, score) = (required(fields, "name"), score(fields));
    let (status, comment) = (fields.text("status"), fields.text("comment"));
    Some(Criterion { name: name?, score: score?, status, comment })
}

fn milestone(fields: &mut Fields<'_, '_>) -> Option<Milestone> {
    let (label, score) = (required(fields, "label"), score(fields));
    let (commit, at) = (fields.text("commit"), date(fields, "date"));
    Some(Milestone { label: label?, score: score?, commit, at })
}

fn blocker(fields: &mut Fields<'_, '_>) -> Option<Blocker> {
    let (name, before, after) = (required(fields, "name"), fields.text("before"), required(fields, "after"));
    Some(Blocker { name: name?, before, after: after? })
}

fn list<T>(fields: &mut Fields<'_, '_>, key: &'static str, item: fn(&mut Fields<'_, '_>) -> Option<T>) -> Vec<T> {
    let Some(node) = fields.node(key) else { return Vec::new() };
    let Some(nodes) = node.items() else {
        fields.errors.push(Diagnostic::new(node.place.clone(), format!("`{key}` must be a list")));
        return Vec::new();
    };
    let mut items = Vec::with_capacity(nodes.len());
    for node in nodes {
        let mut fields = node.fields("an entry", fields.errors);
        items.extend(item(&mut fields));
        fields.finish();
    }
    items
}

fn required(fields: &mut Fields<'_, '_>, key: &'static str) -> Option<String> {
    fields.require(key);
    fields.text(key)
}

fn date(fields: &mut Fields<'_, '_>, key: &'static str) -> Option<Instant> {
    let date = fields.spanned(key)?;
    let at = clock::parse(&date.text);
    if at.is_none() {
        fields.errors.push(Diagnostic::new(date.place, format!("`{}` is no date", date.text)));
    }
    at
}

/// `90%` or `81.8%`, exactly.
fn score(fields: &mut Fields<'_, '_>) -> Option<Ratio> {
    fields.require("score");
    let score = fields.spanned("score")?;
    let ratio = percent(&score.text);
    if ratio.is_none() {
        let message = format!("`{}` is no score", score.text);
        fields.errors.push(Diagnostic::new(score.place, message).help(Some("write a percentage from 0% to 100%".into())));
    }
    ratio
}

fn percent(text: &str) -> Option<Ratio> {
    let number = text.trim().strip_suffix('%')?.trim_end();
    let Ratio { part, whole } = Ratio::from_decimal(number)?;
    let ratio = Ratio::new(part, whole.checked_mul(100)?);
    (ratio.part <= ratio.whole).then_some(ratio)
}

#[cfg(test)]
mod tests;
