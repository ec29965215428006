//! Coverage: totals, packages against their limit, and the files with most that never ran.

use super::Section;
use crate::error::Error;
use crate::metric::{Ratio, Value, grouped};
use crate::record::Record;
use crate::render::parts::bar;
use crate::render::parts::figure;
use crate::render::parts::markup::{Html, fill};
use crate::render::parts::required::{self, Limit};
use crate::report::Report;
use askama::Template;

/// How many packages and files are listed.
const PACKAGES: usize = 100;
const FILES: usize = 10;

#[derive(Template)]
#[template(path = "parts/coverage.html")]
struct Coverage {
    totals: Vec<Total>,
    packages: Vec<Row>,
    packages_left_out: usize,
    files: Vec<Row>,
    files_left_out: usize,
}

struct Total {
    what: &'static str,
    percent: String,
    counts: String,
    limit: Option<String>,
    bar: Html,
}

struct Row {
    name: String,
    percent: String,
    sort: String,
    counts: String,
    branch: String,
    bar: Html,
    missing: String,
}

pub(super) fn section(report: &Report) -> Result<Option<Section>, Error> {
    let totals: Vec<Total> = TOTALS.iter().filter_map(|(what, id)| total(report, what, id)).collect();
    let Some(first) = totals.first() else { return Ok(None) };
    let note = first.percent.clone();
    let packages: Vec<&Record> = report.rows("coverage.package").collect();
    let mut files: Vec<&Record> = report.rows("coverage.file").filter(|row| missing(row) > 0).collect();
    files.sort_by(|a, b| missing(b).cmp(&missing(a)).then_with(|| a.subject().cmp(b.subject())));
    let view = Coverage {
        totals,
        packages_left_out: packages.len().saturating_sub(PACKAGES),
        packages: packages.into_iter().take(PACKAGES).map(|row| line(report, row)).collect(),
        files_left_out: files.len().saturating_sub(FILES),
        files: files.into_iter().take(FILES).map(|row| line(report, row)).collect(),
    };
    Ok(Some(Section { id: "coverage", title: "Coverage", note, tone: "", body: fill(&view)? }))
}

/// What the page shows of the whole, where a report counts it.
const TOTALS: [(&str, &str); 4] =
    [("Lines", "coverage.line"), ("Branches", "coverage.branch"), ("Functions", "coverage.function"), ("Statements", "coverage.statement")];

/// Executable lines that did not run.
fn missing(row: &Record) -> u64 {
    let counted = row.ratio("line").map(|r| r.whole.saturating_sub(r.part));
    row.count("uncovered").or(counted).unwrap_or(0)
}

fn class(ratio: Ratio, limit: Option<&Limit>) -> &'static str {
    match (ratio.share(), limit) {
        (Some(share), Some(limit)) if share < limit.share => "f-fail",
        _ => "f-plain",
    }
}

fn gauge(name: &str, ratio: Ratio, limit: Option<&Limit>) -> Html {
    let label = match limit {
        Some(limit) => format!("{name}: {}, limit {}", figure::short(ratio), limit.text),
        None => format!("{name}: {}", figure::short(ratio)),
    };
    bar::gauge(&label, class(ratio, limit), ratio.share().unwrap_or(0.0), limit.map(|limit| limit.share))
}

fn total(report: &Report, what: &'static str, id: &str) -> Option<Total> {
    let Value::Ratio(ratio) = report.metric(id)?.value else { return None };
    let limit = required::of_metric(report, id).filter(|limit| !limit.at_most);
    Some(Total {
        what,
        percent: figure::short(ratio),
        counts: format!("{} of {}", grouped(ratio.part), grouped(ratio.whole)),
        bar: gauge(what, ratio, limit.as_ref()),
        limit: limit.map(|limit| limit.text),
    })
}

fn line(report: &Report, row: &Record) -> Row {
    let ratio = row.ratio("line").unwrap_or_default();
    let limit = required::of_row(report, row.subject(), "line").filter(|limit| !limit.at_most);
    Row {
        name: row.subject().to_owned(),
        percent: figure::short(ratio),
        sort: ratio.share().map_or_else(|| "-1".to_owned(), |share| format!("{share:.6}")),
        counts: format!("{} of {}", grouped(ratio.part), grouped(ratio.whole)),
        branch: row.ratio("branch").filter(|r| r.is_known()).map_or_else(|| "–".to_owned(), figure::short),
        bar: gauge(row.subject(), ratio, limit.as_ref()),
        missing: grouped(missing(row)),
    }
}
