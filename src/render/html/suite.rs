//! The test suite: how many passed, and which did not.

use super::Section;
use crate::error::Error;
use crate::finding::Outcome;
use crate::metric::{Value, duration, grouped};
use crate::record::Record;
use crate::render::parts::bar::{self, Segment};
use crate::render::parts::chip;
use crate::render::parts::markup::{Html, fill};
use crate::report::Report;
use askama::Template;

/// How many cases that did not pass are listed.
const LISTED: usize = 50;

#[derive(Template)]
#[template(path = "parts/suite.html")]
struct Suite {
    news: String,
    bar: Html,
    counts: Vec<Html>,
    cases: Vec<Case>,
    left_out: usize,
}

struct Case {
    chip: Html,
    name: String,
    place: String,
    message: String,
    took: String,
}

pub(super) fn section(report: &Report) -> Result<Option<Section>, Error> {
    let count = |id| match report.metric(id).map(|m| &m.value) {
        Some(Value::Count(n)) => *n,
        _ => 0,
    };
    let total = count("tests.total");
    if report.metric("tests.total").is_none() {
        return Ok(None);
    }
    // A skipped test is one that says nothing, so it wears the shape of missing evidence.
    let kinds = [
        ("failed", count("tests.failed"), Outcome::Fail, "f-fail"),
        ("errors", count("tests.errors"), Outcome::Fail, "f-fail"),
        ("skipped", count("tests.skipped"), Outcome::NoEvidence, "f-void"),
        ("passed", count("tests.passed"), Outcome::Pass, "f-pass"),
    ];
    let words: Vec<String> = kinds.iter().map(|(word, n, ..)| format!("{} {word}", grouped(*n))).collect();
    let segments: Vec<Segment<'_>> = kinds.iter().zip(&words).map(|((_, n, _, class), title)| Segment { part: *n, class, title }).collect();
    let bad = |row: &&Record| matches!(row.text("outcome"), Some("failed" | "error"));
    let failing: Vec<&Record> = report.rows("tests.case").filter(bad).collect();
    let broken = count("tests.failed") + count("tests.errors");
    let view = Suite {
        news: match broken {
            0 => format!("{} of {} passed", grouped(count("tests.passed")), grouped(total)),
            n => format!("{} of {} did not pass", grouped(n), grouped(total)),
        },
        bar: bar::segments(&format!("Tests: {}", words.join(", ")), &segments),
        counts: kinds
            .iter()
            .zip(&words)
            .filter(|((_, n, ..), _)| *n > 0)
            .map(|((_, _, outcome, _), words)| chip::chip(outcome.word(), words))
            .collect(),
        left_out: failing.len().saturating_sub(LISTED),
        cases: failing.into_iter().take(LISTED).map(case).collect(),
    };
    let (note, tone) = if broken > 0 { (format!("{} failed", grouped(broken)), "fail") } else { (grouped(total), "") };
    Ok(Some(Section { id: "tests", title: "Tests", note, tone, body: fill(&view)? }))
}

fn case(row: &Record) -> Case {
    let text = |name| row.text(name).unwrap_or_default().to_owned();
    let place = match (text("suite"), text("file")) {
        (suite, file) if file.is_empty() => suite,
        (_, file) => file,
    };
    Case {
        chip: chip::chip("fail", &chip::capital(&text("outcome"))),
        name: row.text("name").unwrap_or_else(|| row.subject()).to_owned(),
        place,
        message: text("message"),
        took: row.number("duration").map(duration).unwrap_or_default(),
    }
}
