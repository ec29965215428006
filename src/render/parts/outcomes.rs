//! All outcomes of a report as one bar.

use super::bar::{Segment, segments};
use super::markup::Html;
use crate::finding::Outcome;
use crate::report::Report;

const fn class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Fail => "f-fail",
        Outcome::Unproven => "f-unproven",
        Outcome::NoEvidence => "f-void",
        Outcome::Pass => "f-pass",
        Outcome::NotApplicable => "f-bg",
    }
}

/// The bar, worst first.
pub fn bar(report: &Report) -> Html {
    let counts: Vec<(Outcome, usize, String)> = Outcome::ALL
        .into_iter()
        .map(|outcome| (outcome, report.count(outcome)))
        .filter(|(_, n)| *n > 0)
        .map(|(outcome, n)| (outcome, n, format!("{n} {}", outcome.label())))
        .collect();
    let parts: Vec<Segment<'_>> =
        counts.iter().map(|(outcome, n, title)| Segment { part: *n as u64, class: class(*outcome), title }).collect();
    let words: Vec<&str> = counts.iter().map(|(.., words)| words.as_str()).collect();
    segments(&format!("Findings: {}", words.join(", ")), &parts)
}
