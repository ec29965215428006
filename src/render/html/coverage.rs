//! Coverage: totals, packages against their limit, and the files with most that never ran.

use super::Section;
use super::course::{self, Course};
use crate::error::Error;
use crate::metric::{Ratio, Value, grouped};
use crate::record::Record;
use crate::render::parts::bar;
use crate::render::parts::changed;
use crate::render::parts::figure;
use crate::render::parts::markup::{Html, fill};
use crate::render::parts::required::{self, Limit};
use crate::report::{Report, together};
use askama::Template;

/// How many packages and files are listed.
const PACKAGES: usize = 100;
const FILES: usize = 10;
const CHANGES: usize = 50;

#[derive(Template)]
#[template(path = "parts/coverage.html")]
struct Coverage {
    totals: Vec<Total>,
    packages: Vec<Row>,
    packages_left_out: usize,
    files: Vec<Row>,
    files_left_out: usize,
    stated: Vec<Stated>,
    courses: Vec<Course>,
    changes: Vec<Change>,
    changes_left_out: usize,
    unmeasured: Vec<String>,
    lost: Vec<Change>,
}

/// A file and its lines that did not run.
struct Change {
    name: String,
    was: Option<String>,
    ran: String,
    lines: String,
    excerpt: Option<String>,
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

/// A total of a report that is not what it holds.
struct Stated {
    path: String,
    of: String,
    said: String,
    counted: String,
}

fn stated(row: &Record) -> Stated {
    let text = |cell: &str| row.text(cell).unwrap_or_default().to_owned();
    let counted = row.ratio("counted").map(|ratio| Value::Ratio(ratio).to_string()).unwrap_or_default();
    Stated { path: text("path"), of: text("of"), said: text("said"), counted }
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
        stated: report.rows("coverage.declared").take(CHANGES).map(stated).collect(),
        courses: course::courses(report)?,
        packages_left_out: packages.len().saturating_sub(PACKAGES),
        packages: packages.into_iter().take(PACKAGES).map(|row| line(report, row)).collect(),
        files_left_out: files.len().saturating_sub(FILES),
        files: files.into_iter().take(FILES).map(|row| line(report, row)).collect(),
        changes_left_out: changed::uncovered(report).len().saturating_sub(CHANGES),
        changes: changed::uncovered(report).into_iter().take(CHANGES).map(change).collect(),
        unmeasured: changed::unmeasured(report).into_iter().take(CHANGES).map(|row| row.subject().to_owned()).collect(),
        lost: changed::lost(report).into_iter().take(CHANGES).map(change).collect(),
    };
    Ok(Some(Section { id: "coverage", title: "Coverage", note, tone: "", body: fill(&view)? }))
}

/// What the page shows of the whole, where a report counts it.
const TOTALS: [(&str, &str); 5] = [
    ("Lines", "coverage.line"),
    ("Branches", "coverage.branch"),
    ("Functions", "coverage.function"),
    ("Statements", "coverage.statement"),
    ("New lines", PATCH),
];
const PATCH: &str = "coverage.patch";

fn change(row: &Record) -> Change {
    let text = |cell: &str| row.text(cell).map(str::to_owned);
    let ran = row.ratio("line").map(|r| format!("{} of {}", grouped(r.part), grouped(r.whole)));
    Change {
        name: row.subject().to_owned(),
        was: text("was"),
        ran: ran.or_else(|| row.count("uncovered").map(grouped)).unwrap_or_default(),
        lines: text("lines").unwrap_or_default(),
        excerpt: text("excerpt"),
    }
}

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
    // Of several entries, together, as rules see them.
    let ratio = together(report.evidence.iter().flat_map(|entry| &entry.metrics), id);
    report.metric(id)?;
    // A change without a new line has no share, and needs no empty bar.
    if id == PATCH && !ratio.is_known() {
        return None;
    }
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
