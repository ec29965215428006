//! The golden set against that of the base, and what the tool's own measures come to.

use crate::error::Error;
use crate::metric::{grouped, number};
use crate::record::Record;
use crate::render::parts::chip;
use crate::render::parts::markup::{Html, fill};
use crate::report::Report;
use askama::Template;

/// How many sets, cases and measures are listed.
const LISTED: usize = 50;

#[derive(Template)]
#[template(path = "parts/golden-compared.html")]
struct Compared {
    sets: Vec<Set>,
    dropped: Vec<(String, String)>,
    dropped_left_out: usize,
    measures: Vec<Measure>,
}

/// A set, held against its base.
struct Set {
    name: String,
    chip: Html,
    counts: Vec<(&'static str, String)>,
    because: Option<String>,
}

struct Measure {
    name: String,
    mean: String,
    scored: String,
    missing: String,
}

/// What changed, and the measures; nothing where there is neither.
pub(super) fn changes(report: &Report) -> Result<Html, Error> {
    let dropped: Vec<&Record> = report.rows("golden.dropped_case").collect();
    let sets: Vec<Set> = report.rows("golden.comparison").take(LISTED).map(set).collect();
    let measures: Vec<Measure> = report.rows("golden.score").take(LISTED).map(measure).collect();
    if dropped.is_empty() && sets.is_empty() && measures.is_empty() {
        return Ok(Html::default());
    }
    let case = |row: &&Record| (row.subject().to_owned(), row.text("was").map_or_else(String::new, |was| format!("was {was}")));
    fill(&Compared {
        sets,
        dropped_left_out: dropped.len().saturating_sub(LISTED),
        dropped: dropped.iter().take(LISTED).map(case).collect(),
        measures,
    })
}

fn set(row: &Record) -> Set {
    let state = row.text("state").unwrap_or("unknown");
    let class = match state {
        "unchanged" | "improved" => "pass",
        "regressed" => "fail",
        "new" => "not-applicable",
        _ => "unproven",
    };
    let kinds = [
        ("newly failing", "newly_failing"),
        ("newly passing", "newly_passing"),
        ("still failing", "still_failing"),
        ("newly not judged", "newly_unmeasured"),
        ("added", "added"),
        ("dropped", "dropped"),
    ];
    Set {
        name: row.subject().to_owned(),
        chip: chip::chip(class, &chip::capital(&state.replace('-', " "))),
        counts: kinds.into_iter().filter_map(|(what, cell)| Some((what, grouped(row.count(cell).filter(|n| *n > 0)?)))).collect(),
        because: row.text("because").map(str::to_owned),
    }
}

/// A mean says little of answers that have no value: both are told.
fn measure(row: &Record) -> Measure {
    let mean = row
        .number("mean")
        .or_else(|| row.number("mean_of_scored"))
        .map_or_else(|| "–".to_owned(), |mean| number((mean * 1e4).round() / 1e4));
    Measure {
        name: row.subject().to_owned(),
        mean,
        scored: row.count("scored").map(grouped).unwrap_or_default(),
        missing: grouped(row.count("missing").unwrap_or(0)),
    }
}
