//! Six numbers for people in a hurry, each with what the rules say of it.

use crate::error::Error;
use crate::finding::Outcome;
use crate::metric::{Ratio, Value, grouped};
use crate::render::parts::markup::{Html, fill};
use crate::render::parts::{chip, figure, golden, required};
use crate::report::Report;
use askama::Template;

struct Figure {
    what: &'static str,
    value: String,
    says: Html,
    more: String,
    goes_to: &'static str,
}

#[derive(Template)]
#[template(path = "parts/figures.html")]
struct Figures {
    figures: Vec<Figure>,
}

/// At most six, of the evidence there is.
pub(super) fn figures(report: &Report) -> Result<Html, Error> {
    let all = [tests, coverage, hallucination, citations, benchmark, audit, claims, telemetry];
    fill(&Figures { figures: all.iter().filter_map(|figure| figure(report)).take(6).collect() })
}

/// A figure whose chip is the outcome of the worst rule about the first of these metrics that a rule is about.
fn figure(report: &Report, what: &'static str, goes_to: &'static str, ids: &[&str], value: String, more: String) -> Figure {
    let says = match ids.iter().find_map(|id| required::worst(report, id)) {
        Some(finding) => chip::outcome(finding.outcome),
        None => chip::chip(Outcome::NotApplicable.word(), "No rule"),
    };
    Figure { what, value, says, more, goes_to }
}

/// `at most 0.5 %`: the limit of a ratio, where a rule has one.
fn limit(report: &Report, id: &str) -> String {
    required::of_metric(report, id).map_or_else(String::new, |limit| {
        let words = if limit.at_most { "at most" } else { "at least" };
        format!("{words} {}", limit.text)
    })
}

fn count(report: &Report, id: &str) -> Option<u64> {
    match report.metric(id)?.value {
        Value::Count(n) => Some(n),
        _ => None,
    }
}

fn ratio(report: &Report, id: &str) -> Option<Ratio> {
    match report.metric(id)?.value {
        Value::Ratio(ratio) if ratio.is_known() => Some(ratio),
        _ => None,
    }
}

fn tests(report: &Report) -> Option<Figure> {
    let (passed, total) = (count(report, "tests.passed")?, count(report, "tests.total")?);
    let bad = count(report, "tests.failed").unwrap_or(0) + count(report, "tests.errors").unwrap_or(0);
    let more = format!("{} failed", grouped(bad));
    let ids = ["tests.failed", "tests.passed", "tests.pass_rate", "tests.errors"];
    Some(figure(report, "Tests passed", "tests", &ids, format!("{} / {}", grouped(passed), grouped(total)), more))
}

fn coverage(report: &Report) -> Option<Figure> {
    let id = "coverage.line";
    Some(figure(report, "Line coverage", "coverage", &[id], figure::short(ratio(report, id)?), limit(report, id)))
}

fn hallucination(report: &Report) -> Option<Figure> {
    let id = "golden.hallucination_rate";
    let bound = figure::at_most(golden::bound(report, id)?);
    Some(figure(report, "Hallucination rate", "golden", &[id], format!("≤ {bound}"), limit(report, id)))
}

fn citations(report: &Report) -> Option<Figure> {
    let id = "golden.citation_coverage";
    let bound = figure::at_least(golden::bound(report, id)?);
    Some(figure(report, "Citation coverage", "golden", &[id], format!("≥ {bound}"), limit(report, id)))
}

fn benchmark(report: &Report) -> Option<Figure> {
    let worst = ratio(report, "benchmark.worst_change")?.share()?;
    let more = count(report, "benchmark.regressed").map_or_else(String::new, |n| format!("{} regressed", grouped(n)));
    let ids = ["benchmark.regressed", "benchmark.worst_change"];
    Some(figure(report, "Worst benchmark", "benchmarks", &ids, figure::change(worst), more))
}

fn audit(report: &Report) -> Option<Figure> {
    let rows = count(report, "audit.rows")?;
    let more = count(report, "audit.errors").map_or_else(String::new, |n| format!("{} with an error", grouped(n)));
    Some(figure(report, "Audit rows", "audit", &["audit.integrity", "audit.rows"], grouped(rows), more))
}

fn claims(report: &Report) -> Option<Figure> {
    let id = "documents.criteria_mean";
    let claimed = ratio(report, "documents.claimed_score").map_or_else(String::new, |ratio| format!("{} claimed", figure::short(ratio)));
    Some(figure(report, "Mean of the criteria", "claims", &[id], figure::short(ratio(report, id)?), claimed))
}

fn telemetry(report: &Report) -> Option<Figure> {
    let id = "telemetry.families";
    Some(figure(report, "Metric families", "service", &[id], grouped(count(report, id)?), String::new()))
}
