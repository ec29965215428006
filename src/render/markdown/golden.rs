//! The golden set in a job summary: what each rate shows, and the cases that did not pass.

use crate::render::parts::escape::{cell, prose, span_cell, value_cell};
use crate::render::parts::golden::{self, Case, Rate};
use crate::render::parts::prose as say;
use crate::report::Report;

/// How many cases are listed.
const LISTED: usize = 50;

/// The heading of the fold, the rows of rates, and the rows of cases; nothing without a golden set.
pub(super) struct Folded {
    /// `Golden set: 3 of 60 cases did not pass`.
    pub title: String,
    /// A row for every share of every rate.
    pub rates: Vec<String>,
    /// A row for every case that did not pass, worst first.
    pub cases: Vec<String>,
    /// Cases that are not listed.
    pub left_out: usize,
}

pub(super) fn folded(report: &Report) -> Option<Folded> {
    let cases = golden::cases(report);
    if cases.is_empty() {
        return None;
    }
    let all = cases.len();
    let bad: Vec<Case<'_>> = cases.into_iter().filter(|case| !golden::is_fine(case.row)).collect();
    Some(Folded {
        title: prose(&format!("Golden set: {} of {} did not pass", bad.len(), say::plural(all, "case"))),
        rates: golden::rates(report).iter().flat_map(shares).collect(),
        left_out: bad.len().saturating_sub(LISTED),
        cases: bad.iter().take(LISTED).map(case).collect(),
    })
}

fn shares(rate: &Rate) -> Vec<String> {
    let row = |share: &golden::Share| {
        let limit = share.limit.as_ref().map_or("–", |limit| limit.text.as_str());
        let shown = format!("{} {}", share.words(), share.figure());
        format!(
            "| {} | {} | {} | {} | {} |\n",
            rate.what,
            cell(&share.name),
            value_cell(&share.counted()),
            value_cell(&shown),
            value_cell(limit)
        )
    };
    rate.shares.iter().map(row).collect()
}

fn case(case: &Case<'_>) -> String {
    let row = case.row;
    let text = |name| cell(row.text(name).unwrap_or_default());
    let sentinel = if golden::is_sentinel(row) { ", sentinel" } else { "" };
    let why = [row.text("message").map(str::to_owned), golden::attempts(row)];
    let why: Vec<String> = why.into_iter().flatten().map(|text| cell(&text)).collect();
    format!("| {} | {} | {}{sentinel} | {} |\n", span_cell(row.subject()), text("category"), text("outcome"), why.join("<br>"))
}
