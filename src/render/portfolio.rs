//! The index page of a site: every system with its verdict, and what keeps it shut.

use super::parts::dress::{Dress, dress};
use super::parts::markup::{Html, fill, sentence};
use super::parts::{bar, chip, figure, outcomes, prose};
use crate::error::Error;
use crate::finding::Outcome;
use crate::metric::Value;
use crate::page::{Page, grouped};
use crate::portfolio::{Portfolio, System};
use crate::report::Report;
use crate::verdict::Verdict;
use askama::Template;
use std::collections::BTreeSet;

/// From which age on a report is old, in milliseconds: a nightly run that was missed.
const OLD: i64 = 26 * 3_600_000;

#[derive(Template)]
#[template(path = "portfolio.html")]
struct View<'a> {
    dress: Dress,
    title: &'a str,
    description: String,
    portfolio: &'a Portfolio,
    /// Documentation: heading and pages.
    nav: Vec<(&'a str, &'a [Page])>,
    tone: &'static str,
    shape: Html,
    /// The sentence, cut where its word of verdict begins.
    headline: (String, String, String),
    lead: String,
    bar: Html,
    counts: Vec<Html>,
    rows: Vec<Row<'a>>,
    areas: Vec<&'a str>,
}

struct Row<'a> {
    path: &'a str,
    name: &'a str,
    version: &'a str,
    rank: usize,
    verdict: Html,
    blocker: Html,
    more: usize,
    score: Option<u32>,
    claimed: Option<String>,
    scale: Html,
    passed: String,
    passed_share: String,
    bar: Html,
    now: String,
    age: String,
    age_ms: i64,
    old: bool,
    word: &'static str,
    /// The score of each area of the page's table.
    areas: Vec<Option<(u32, &'static str)>>,
}

/// The index page.
///
/// # Errors
/// Only if the template cannot be filled.
pub fn index(portfolio: &Portfolio) -> Result<String, Error> {
    let worst = portfolio.systems.iter().map(|s| s.report.verdict).max().unwrap_or(Verdict::NotProven);
    let areas: BTreeSet<&str> = portfolio.systems.iter().flat_map(|s| &s.report.score.areas).map(|area| area.name.as_str()).collect();
    let areas: Vec<&str> = areas.into_iter().collect();
    let (headline, lead) = words(portfolio);
    let view = View {
        dress: dress(""),
        title: &portfolio.title,
        description: format!("{}{}{}. {lead}", headline.0, headline.1, headline.2),
        portfolio,
        nav: grouped(&portfolio.pages),
        tone: chip::verdict(worst),
        shape: chip::icon(chip::verdict(worst)),
        headline,
        lead,
        bar: verdicts(portfolio),
        counts: VERDICTS.iter().filter(|v| count(portfolio, **v) > 0).map(|v| counted(*v, count(portfolio, *v))).collect(),
        rows: portfolio.systems.iter().map(|system| row(portfolio, system, &areas)).collect(),
        areas,
    };
    Ok(fill(&view)?.to_string())
}

/// Worst first.
const VERDICTS: [Verdict; 3] = [Verdict::NotReady, Verdict::NotProven, Verdict::Ready];

fn count(portfolio: &Portfolio, verdict: Verdict) -> usize {
    portfolio.systems.iter().filter(|s| s.report.verdict == verdict).count()
}

fn counted(verdict: Verdict, n: usize) -> Html {
    chip::chip(chip::verdict(verdict), &format!("{n} {}", verdict.label()))
}

fn verdicts(portfolio: &Portfolio) -> Html {
    let names: Vec<String> = VERDICTS.iter().map(|v| format!("{} {}", count(portfolio, *v), v.label())).collect();
    let classes = ["f-fail", "f-unproven", "f-pass"];
    let parts: Vec<bar::Segment<'_>> = VERDICTS
        .iter()
        .zip(&names)
        .zip(classes)
        .map(|((v, title), class)| bar::Segment { part: count(portfolio, *v) as u64, class, title })
        .collect();
    bar::segments(&format!("Systems: {}", names.join(", ")), &parts)
}

/// The headline and the sentence under it.
fn words(portfolio: &Portfolio) -> ((String, String, String), String) {
    let n = portfolio.systems.len();
    if let [only] = portfolio.systems.as_slice() {
        let headline = (format!("{} is ", prose::subject(&only.report)), only.report.verdict.label().to_owned(), String::new());
        return (headline, format!("{} {}", prose::blocking(&only.report), prose::passing(&only.report)));
    }
    let ready = count(portfolio, Verdict::Ready);
    let verb = if ready == 1 { "is" } else { "are" };
    let headline = (String::new(), format!("{ready} of {n} systems"), format!(" {verb} ready"));
    let blocking: usize = portfolio.systems.iter().map(|s| s.report.blocking().count()).sum();
    let claimed = portfolio.systems.iter().filter(|s| s.report.score.claimed.is_some()).count();
    let mut lead = format!("{} keep the others shut.", prose::plural(blocking, "finding"));
    match (n, blocking) {
        (0, _) => "No report was given, so nothing is proven.".clone_into(&mut lead),
        (_, 0) => "Nothing blocks.".clone_into(&mut lead),
        _ => {}
    }
    match claimed {
        0 => {}
        1 => lead.push_str(" 1 system claims a score of its own."),
        n => lead.push_str(&format!(" {n} systems claim a score of their own.")),
    }
    (headline, lead)
}

fn row<'a>(portfolio: &Portfolio, system: &'a System, areas: &[&str]) -> Row<'a> {
    let report = &system.report;
    let blocking = report.blocking().count();
    let applicable = report.findings.len() - report.count(Outcome::NotApplicable);
    let passed = report.count(Outcome::Pass);
    let age = (portfolio.now.0 - report.now.0).max(0);
    let marks: Vec<bar::Mark<'_>> = match &report.score.claimed {
        Some(Value::Ratio(ratio)) => ratio.share().map(|at| bar::Mark { at, class: "f-tick" }).into_iter().collect(),
        _ => Vec::new(),
    };
    let score = report.score.overall;
    Row {
        path: &system.path,
        name: if report.project.name.is_empty() { &report.project.id } else { &report.project.name },
        version: report.project.version.as_deref().unwrap_or_default(),
        rank: VERDICTS.iter().position(|v| *v == report.verdict).unwrap_or(0),
        verdict: chip::chip(chip::verdict(report.verdict), &chip::capital(report.verdict.label())),
        blocker: report.blocking().next().map_or_else(Html::default, |finding| sentence(&finding.question)),
        more: blocking.saturating_sub(1),
        score,
        claimed: report.score.claimed.as_ref().map(percent),
        scale: score.map_or_else(Html::default, |score| {
            bar::scale(&format!("Score {score} of 100"), tone(report), f64::from(score) / 100.0, &marks)
        }),
        passed: format!("{passed} of {applicable}"),
        passed_share: format!("{:.4}", if applicable == 0 { 0.0 } else { passed as f64 / applicable as f64 }),
        bar: outcomes::bar(report),
        now: report.now.to_string(),
        age: figure::age(portfolio.now, report.now),
        age_ms: age,
        old: age > OLD,
        word: chip::verdict(report.verdict),
        areas: areas.iter().map(|name| area(report, name)).collect(),
    }
}

fn percent(value: &Value) -> String {
    match value {
        Value::Ratio(ratio) => figure::short(*ratio),
        other => other.to_string(),
    }
}

fn tone(report: &Report) -> &'static str {
    match chip::verdict(report.verdict) {
        "pass" => "f-pass",
        "fail" => "f-fail",
        _ => "f-unproven",
    }
}

/// The score of an area, with the tint of its third.
fn area(report: &Report, name: &str) -> Option<(u32, &'static str)> {
    let area = report.score.areas.iter().find(|area| area.name == name)?;
    let tint = match area.score {
        100.. => "tint-pass",
        50..100 => "tint-unproven",
        _ => "tint-fail",
    };
    Some((area.score, tint))
}

#[cfg(test)]
#[path = "tests/portfolio.rs"]
mod tests;
