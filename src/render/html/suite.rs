//! The test suite: how many passed, which did not and since when, which needed another try, which were skipped, and the slowest.

use super::Section;
use crate::error::Error;
use crate::finding::Outcome;
use crate::metric::{Value, duration, grouped};
use crate::record::Record;
use crate::render::parts::bar::{self, Segment};
use crate::render::parts::markup::{Html, fill};
use crate::render::parts::{chip, prose, waivers};
use crate::report::Report;
use askama::Template;
use std::collections::BTreeMap;

/// How many cases that did not pass are listed, how many of the others, and how many of the slowest.
const LISTED: usize = 50;
const OTHERS: usize = 100;
const SLOWEST: usize = 10;

#[derive(Template)]
#[template(path = "parts/suite.html")]
struct Suite {
    news: String,
    bar: Html,
    counts: Vec<Html>,
    because: Vec<String>,
    cases: Vec<Case>,
    left_out: usize,
    lists: Vec<List>,
    slowest: Vec<Slow>,
}

struct Case {
    chip: Html,
    marks: Vec<String>,
    name: String,
    place: String,
    message: String,
    took: String,
}

/// Cases that are folded away.
struct List {
    title: String,
    cases: Vec<(String, String)>,
    left_out: usize,
}

struct Slow {
    name: String,
    took: String,
    bar: Html,
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
    let quarantine = quarantine(report);
    let mut failing: Vec<&Record> = report.rows("tests.case").filter(|row| is_bad(row)).collect();
    // Stable: what is new comes first, what is quarantined last, all else as it was found.
    failing.sort_by_key(|row| (!is_new(row), quarantine.contains_key(row.subject())));
    let broken = count("tests.failed") + count("tests.errors");
    let flaky = Some(count("tests.flaky")).filter(|n| *n > 0);
    let view = Suite {
        news: news(broken, count("tests.passed"), total, failing.iter().filter(|row| is_new(row)).count()),
        bar: bar::segments(&format!("Tests: {}", words.join(", ")), &segments),
        counts: kinds
            .iter()
            .zip(&words)
            .filter(|((_, n, ..), _)| *n > 0)
            .map(|((_, _, outcome, _), words)| chip::chip(outcome.word(), words))
            .chain(flaky.map(|n| chip::chip("unproven", &format!("{} flaky", grouped(n)))))
            .collect(),
        because: report.rows("tests.comparison").filter_map(|row| row.text("because")).map(str::to_owned).collect(),
        left_out: failing.len().saturating_sub(LISTED),
        cases: failing.into_iter().take(LISTED).map(|row| case(row, &quarantine)).collect(),
        lists: lists(report),
        slowest: slowest(report),
    };
    let (note, tone) = if broken > 0 { (format!("{} failed", grouped(broken)), "fail") } else { (grouped(total), "") };
    Ok(Some(Section { id: "tests", title: "Tests", note, tone, body: fill(&view)? }))
}

fn news(broken: u64, passed: u64, total: u64, new: usize) -> String {
    let new = if new > 0 { format!("; {} of them since the base", grouped(new as u64)) } else { String::new() };
    match broken {
        0 => format!("{} of {} passed", grouped(passed), grouped(total)),
        n => format!("{} of {} did not pass{new}", grouped(n), grouped(total)),
    }
}

fn is_bad(row: &Record) -> bool {
    matches!(row.text("outcome"), Some("failed" | "error"))
}

/// Whether it fails and is not known to have failed at the base.
fn is_new(row: &Record) -> bool {
    row.text("change") == Some("newly-failing")
}

fn is_flaky(row: &Record) -> bool {
    row.text("outcome") == Some("passed") && row.count("attempts").is_some_and(|n| n > 1)
}

/// The tests whose failing stands by a waiver, and until when.
fn quarantine(report: &Report) -> BTreeMap<&str, String> {
    let waived = report.findings.iter().filter_map(|finding| Some((finding.subject.as_deref()?, waivers::by(finding)?)));
    let found: BTreeMap<&str, String> = waived.collect();
    report.rows("tests.case").filter_map(|row| found.get_key_value(row.subject())).map(|(id, by)| (*id, by.clone())).collect()
}

fn name(row: &Record) -> String {
    row.text("name").unwrap_or_else(|| row.subject()).to_owned()
}

fn case(row: &Record, quarantine: &BTreeMap<&str, String>) -> Case {
    let text = |name| row.text(name).unwrap_or_default().to_owned();
    let place = match (text("suite"), text("file")) {
        (suite, file) if file.is_empty() => suite,
        (_, file) => file,
    };
    let since = match row.text("change") {
        Some("newly-failing") => Some("new".to_owned()),
        Some("still-failing") => Some("failed at the base too".to_owned()),
        _ => None,
    };
    let tries = row.count("attempts").filter(|n| *n > 1).map(|n| format!("{} attempts", grouped(n)));
    Case {
        chip: chip::chip("fail", &chip::capital(&text("outcome"))),
        marks: since.into_iter().chain(tries).chain(quarantine.get(row.subject()).cloned()).collect(),
        name: name(row),
        place,
        message: text("message"),
        took: row.number("duration").map(duration).unwrap_or_default(),
    }
}

/// What is neither good nor bad enough for the table.
fn lists(report: &Report) -> Vec<List> {
    let cases = || report.rows("tests.case");
    let tried = |row: &Record| format!("passed after {} attempts", grouped(row.count("attempts").unwrap_or(0)));
    let why = |row: &Record| row.text("message").unwrap_or("no reason is given").to_owned();
    let was = |row: &Record| row.text("was").map_or_else(String::new, |was| format!("was {was}"));
    let all = [
        list("passed only when tried again", cases().filter(|row| is_flaky(row)), tried),
        list("skipped", cases().filter(|row| row.text("outcome") == Some("skipped")), why),
        list("mended since the base", cases().filter(|row| row.text("change") == Some("newly-passing")), |_| String::new()),
        list("gone since the base", report.rows("tests.dropped_case"), was),
    ];
    all.into_iter().flatten().collect()
}

fn list<'a>(what: &str, rows: impl Iterator<Item = &'a Record>, say: impl Fn(&Record) -> String) -> Option<List> {
    let rows: Vec<&Record> = rows.collect();
    let cases = rows.iter().take(OTHERS).map(|row| (row.subject().to_owned(), say(row))).collect();
    let title = format!("{} {what}", prose::plural(rows.len(), "test"));
    (!rows.is_empty()).then(|| List { title, cases, left_out: rows.len().saturating_sub(OTHERS) })
}

/// The slowest tests, each with a bar that compares it with the slowest of all; nothing where one test alone is timed.
fn slowest(report: &Report) -> Vec<Slow> {
    let timed = report.rows("tests.case").filter_map(|row| Some((row, row.number("duration").filter(|ms| ms.is_finite() && *ms > 0.0)?)));
    let mut timed: Vec<(&Record, f64)> = timed.collect();
    timed.sort_by(|(a, x), (b, y)| y.total_cmp(x).then_with(|| a.subject().cmp(b.subject())));
    let Some((_, most)) = timed.first().copied().filter(|_| timed.len() > 1) else { return Vec::new() };
    let slow = |(row, ms): &(&Record, f64)| {
        let took = duration(*ms);
        Slow { name: row.subject().to_owned(), bar: bar::gauge(&took, "f-plain", ms / most, None), took }
    };
    timed.iter().take(SLOWEST).map(slow).collect()
}
