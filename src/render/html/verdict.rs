//! The first screen: the verdict as a sentence, the score beside the claim, what blocks.

use super::rules::{Group, groups};
use super::sources::fragments;
use crate::error::Error;
use crate::finding::Outcome;
use crate::metric::Value;
use crate::render::parts::bar::{self, Mark};
use crate::render::parts::markup::{Html, fill};
use crate::render::parts::{chip, figure, outcomes, prose};
use crate::report::Report;
use askama::Template;

/// How many blocking rules are told in full.
const TOLD: usize = 5;

#[derive(Template)]
#[template(path = "parts/verdict.html")]
struct Head<'a> {
    report: &'a Report,
    subject: String,
    tone: &'static str,
    shape: Html,
    commit: Option<String>,
    lead: String,
    /// That the gate only looks on, or what it was held against.
    notice: Option<String>,
    claim: Option<String>,
    score: Option<Scored>,
    bar: Html,
    counts: Vec<Html>,
    told: Vec<&'a Group<'a>>,
    also: Vec<&'a Group<'a>>,
}

/// The score and what stands beside it.
struct Scored {
    overall: u32,
    scale: Html,
    facts: Vec<(&'static str, String)>,
}

/// The first screen.
pub(super) fn head(report: &Report) -> Result<Html, Error> {
    let entries = fragments(report);
    let groups = groups(report, &entries);
    let blocking: Vec<&Group<'_>> = groups.iter().filter(|g| g.blocking && !g.dependent).collect();
    let failing = blocking.iter().filter(|g| g.outcome == Outcome::Fail).count();
    // Where nothing fails, what is unproven is the news.
    let told = if failing == 0 { blocking.len() } else { failing }.min(TOLD);
    let tone = chip::verdict(report.verdict);
    let head = Head {
        report,
        subject: prose::subject(report),
        tone,
        shape: chip::icon(tone),
        commit: report.project.commit.as_deref().map(figure::commit),
        lead: format!("{} {}", prose::blocking(report), prose::passing(report)),
        notice: prose::notice(report),
        claim: claim(report),
        score: scored(report),
        bar: outcomes::bar(report),
        counts: counts(report),
        told: blocking.iter().take(told).copied().collect(),
        also: blocking.iter().skip(told).copied().collect(),
    };
    fill(&head)
}

/// Every outcome there is, and how many findings are waived.
fn counts(report: &Report) -> Vec<Html> {
    let outcomes = Outcome::ALL.into_iter().filter(|o| report.count(*o) > 0).map(|o| chip::counted(o, report.count(o)));
    let waived = (report.waived() > 0).then(|| chip::waived(&format!("{} waived", report.waived())));
    outcomes.chain(waived).collect()
}

/// What a document claims, and what its own criteria give.
fn claim(report: &Report) -> Option<String> {
    let claimed = percent(report.score.claimed.as_ref()?);
    let Some(computed) = report.score.computed.as_ref().map(percent) else {
        return Some(format!("{claimed} ready is claimed."));
    };
    let criteria = match report.metric("documents.criteria").map(|m| &m.value) {
        Some(Value::Count(n)) => format!("its {} criteria", figure::word(*n)),
        _ => "its criteria".to_owned(),
    };
    Some(format!("{claimed} ready is claimed; the mean of {criteria} is {computed}."))
}

fn percent(value: &Value) -> String {
    match value {
        Value::Ratio(ratio) => figure::short(*ratio),
        other => other.to_string(),
    }
}

fn scored(report: &Report) -> Option<Scored> {
    let score = &report.score;
    let overall = score.overall?;
    let share = |value: &Option<Value>| match value {
        Some(Value::Ratio(ratio)) => ratio.share(),
        _ => None,
    };
    let mut marks = Vec::new();
    let mut facts = Vec::new();
    if let (Some(value), Some(at)) = (&score.computed, share(&score.computed)) {
        marks.push(Mark { at, class: "f-claim" });
        facts.push(("Mean of the claim’s criteria", percent(value)));
    }
    if let Some(value) = &score.claimed {
        marks.extend(share(&score.claimed).map(|at| Mark { at, class: "f-tick" }));
        facts.insert(0, ("Claimed", percent(value)));
    }
    let words: Vec<String> = facts.iter().map(|(what, value)| format!("{}: {value}", what.to_lowercase())).collect();
    let label = format!("Evidence score {overall} of 100. {}", words.join(", "));
    let scale = bar::scale(label.trim_end(), chip_class(report), f64::from(overall) / 100.0, &marks);
    if let Some(area) = score.areas.iter().min_by_key(|area| area.score) {
        facts.push(("Weakest area", format!("{}, {}", area.name, area.score)));
    }
    if let Value::Ratio(ratio) = score.with_evidence {
        facts.push(("Rules with valid evidence", format!("{} of {}", ratio.part, ratio.whole)));
    }
    Some(Scored { overall, scale, facts })
}

fn chip_class(report: &Report) -> &'static str {
    match chip::verdict(report.verdict) {
        "pass" => "f-pass",
        "fail" => "f-fail",
        _ => "f-unproven",
    }
}
