//! What documents claim: the score, the criteria given for it, the way there, and the blockers before and after.

use super::Section;
use crate::error::Error;
use crate::finding::Outcome;
use crate::metric::{Ratio, Value};
use crate::record::Record;
use crate::render::parts::chart::{Caption, Ink, Milestone, milestones};
use crate::render::parts::markup::{Html, fill};
use crate::render::parts::{bar, chip, figure};
use crate::report::Report;
use askama::Template;

#[derive(Template)]
#[template(path = "parts/claims.html")]
struct Claims {
    news: String,
    chart: Html,
    steps: Vec<Step>,
    mean: Option<String>,
    criteria: Vec<Criterion>,
    blockers: Vec<Blocker>,
}

struct Step {
    name: String,
    score: String,
    commit: String,
    date: String,
}

struct Criterion {
    name: String,
    score: String,
    bar: Html,
    status: String,
    comment: String,
}

struct Blocker {
    name: String,
    before: String,
    after: String,
    chip: Html,
}

pub(super) fn section(report: &Report) -> Result<Option<Section>, Error> {
    let criteria: Vec<Criterion> = report.rows("document.criterion").map(criterion).collect();
    let blockers: Vec<Blocker> = report.rows("document.blocker").map(blocker).collect();
    let steps: Vec<&Record> = report.rows("document.milestone").collect();
    if criteria.is_empty() && blockers.is_empty() && steps.is_empty() {
        return Ok(None);
    }
    let view = Claims {
        news: news(report),
        chart: chart(report, &steps)?,
        steps: steps.iter().map(|row| step(row)).collect(),
        mean: report.score.computed.as_ref().map(percent),
        criteria,
        blockers,
    };
    let note = report.score.claimed.as_ref().map(percent).unwrap_or_default();
    Ok(Some(Section { id: "claims", title: "Claims", note, tone: "", body: fill(&view)? }))
}

fn percent(value: &Value) -> String {
    match value {
        Value::Ratio(ratio) => figure::short(*ratio),
        other => other.to_string(),
    }
}

/// The score of a row between 0 and 100.
fn points(row: &Record) -> Option<f64> {
    row.ratio("score").and_then(Ratio::share).map(|share| share * 100.0)
}

/// How far the claim is from what stands behind it.
fn news(report: &Report) -> String {
    let score = &report.score;
    let share = |value: &Option<Value>| match value {
        Some(Value::Ratio(ratio)) => ratio.share().map(|share| share * 100.0),
        _ => None,
    };
    let gap = share(&score.claimed).zip(score.overall).map(|(claimed, overall)| claimed - f64::from(overall));
    match gap {
        Some(gap) if gap >= 1.0 => format!("The claim is {gap:.0} points above the evidence"),
        Some(_) => "The evidence carries the claim".to_owned(),
        None => "The claimed readiness over time".to_owned(),
    }
}

fn chart(report: &Report, rows: &[&Record]) -> Result<Html, Error> {
    let claims: Vec<Milestone<'_>> = rows.iter().filter_map(|row| Some(Milestone { name: row.subject(), score: points(row)? })).collect();
    if claims.len() < 2 {
        return Ok(Html::default());
    }
    let mut now = Vec::new();
    if let Some(Value::Ratio(ratio)) = report.score.computed
        && let Some(share) = ratio.share()
    {
        now.push(("criteria", (share * 1000.0).floor() / 10.0, Ink::Usual));
    }
    now.extend(report.score.overall.map(|n| ("evidence", f64::from(n), Ink::Fail)));
    let said: Vec<String> = claims.iter().map(|c| format!("{} {:.0}", c.name, c.score)).collect();
    let beside: Vec<String> = now.iter().map(|(word, score, _)| format!("{word} {score}")).collect();
    let desc = format!("Claimed: {}. Now: {}.", said.join(", "), beside.join(", "));
    milestones(&Caption { id: "chart-claims", title: "Claimed readiness by milestone", desc: &desc }, &claims, &now)
}

fn step(row: &Record) -> Step {
    Step {
        name: row.subject().to_owned(),
        score: row.ratio("score").map(figure::short).unwrap_or_default(),
        commit: row.text("commit").map(figure::commit).unwrap_or_default(),
        date: match row.get("at") {
            Some(Value::Instant(at)) => at.date(),
            _ => String::new(),
        },
    }
}

fn criterion(row: &Record) -> Criterion {
    let share = row.ratio("score").and_then(Ratio::share);
    let score = row.ratio("score").map_or_else(|| "–".to_owned(), figure::short);
    Criterion {
        bar: bar::gauge(&format!("{}: {score}", row.subject()), "f-claim", share.unwrap_or(0.0), None),
        name: row.subject().to_owned(),
        score,
        status: row.text("status").unwrap_or_default().to_owned(),
        comment: row.text("comment").unwrap_or_default().to_owned(),
    }
}

fn blocker(row: &Record) -> Blocker {
    let outcome = match row.get("open") {
        Some(Value::Flag(true)) => Some(Outcome::Fail),
        Some(Value::Flag(false)) => Some(Outcome::Pass),
        _ => None,
    };
    let after = row.text("after").unwrap_or_default();
    Blocker {
        name: row.subject().to_owned(),
        before: row.text("before").unwrap_or_default().to_owned(),
        after: after.to_owned(),
        chip: outcome.map_or_else(Html::default, |outcome| chip::chip(outcome.word(), &chip::capital(after))),
    }
}
