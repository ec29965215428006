//! Six numbers for people in a hurry, each with what the rules say of it.

use crate::analyze::interval::clopper_pearson_upper;
use crate::error::Error;
use crate::finding::Outcome;
use crate::metric::{Ratio, Value, grouped};
use crate::render::parts::markup::{Html, fill};
use crate::render::parts::{chip, figure, required};
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

/// The outcome of the worst rule about a metric as a chip, and what it requires.
fn says(report: &Report, id: &str) -> (Html, String) {
    match required::worst(report, id) {
        Some(finding) => (chip::outcome(finding.outcome), finding.required.clone()),
        None => (chip::chip(Outcome::NotApplicable.word(), "No rule"), String::new()),
    }
}

fn figure(report: &Report, what: &'static str, goes_to: &'static str, id: &str, value: String) -> Figure {
    let (says, more) = says(report, id);
    Figure { what, value, says, more, goes_to }
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
    let value = format!("{} / {}", grouped(passed), grouped(total));
    // A rule about tests may name any of these; the first that one does decides.
    let id = ["tests.failed", "tests.passed", "tests.pass_rate", "tests.errors"]
        .into_iter()
        .find(|id| required::worst(report, id).is_some())
        .unwrap_or("tests.failed");
    Some(figure(report, "Tests passed", "tests", id, value))
}

fn coverage(report: &Report) -> Option<Figure> {
    let lines = ratio(report, "coverage.line")?;
    Some(figure(report, "Line coverage", "coverage", "coverage.line", figure::short(lines)))
}

fn hallucination(report: &Report) -> Option<Figure> {
    let id = "golden.hallucination_rate";
    let rate = ratio(report, id)?;
    let bound = clopper_pearson_upper(rate.part as f64, rate.whole as f64, 0.95);
    Some(figure(report, "Hallucination rate", "golden", id, format!("≤ {}", figure::at_most(bound))))
}

fn citations(report: &Report) -> Option<Figure> {
    let id = "golden.citation_coverage";
    let rate = ratio(report, id)?;
    Some(figure(report, "Citation coverage", "golden", id, format!("{} / {}", grouped(rate.part), grouped(rate.whole))))
}

fn benchmark(report: &Report) -> Option<Figure> {
    let worst = ratio(report, "benchmark.worst_change")?.share()?;
    let id = ["benchmark.regressed", "benchmark.worst_change"]
        .into_iter()
        .find(|id| required::worst(report, id).is_some())
        .unwrap_or("benchmark.worst_change");
    Some(figure(report, "Worst benchmark", "benchmarks", id, figure::change(worst)))
}

fn audit(report: &Report) -> Option<Figure> {
    let rows = count(report, "audit.rows")?;
    let mut audit = figure(report, "Audit rows", "audit", "audit.integrity", grouped(rows));
    if let Some(errors) = count(report, "audit.errors").filter(|n| *n > 0) {
        audit.more = format!("{} with an error", grouped(errors));
    }
    Some(audit)
}

fn claims(report: &Report) -> Option<Figure> {
    let mean = ratio(report, "documents.criteria_mean")?;
    Some(figure(report, "Mean of the criteria", "claims", "documents.criteria_mean", figure::short(mean)))
}

fn telemetry(report: &Report) -> Option<Figure> {
    let families = count(report, "telemetry.families")?;
    Some(figure(report, "Metric families", "service", "telemetry.families", grouped(families)))
}
