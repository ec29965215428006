//! The evidence: every input with its digest, size and age, and everything wrong with it.

use super::Section;
use crate::error::Error;
use crate::evidence::Evidence;
use crate::metric::bytes;
use crate::render::parts::markup::{Html, distinct, fill, slug};
use crate::render::parts::{chip, figure, prose};
use crate::report::Report;
use crate::source::{Grade, Problem, Source};
use askama::Template;
use std::collections::{BTreeMap, BTreeSet};

/// How many files and problems of one entry are listed.
const FILES: usize = 50;
const PROBLEMS: usize = 20;

#[derive(Template)]
#[template(path = "parts/sources.html")]
struct Sources {
    intro: String,
    entries: Vec<Entry>,
}

struct Entry {
    id: String,
    name: String,
    family: String,
    state: Html,
    files: Vec<File>,
    files_left_out: usize,
    problems: Vec<Trouble>,
    problems_left_out: usize,
}

struct File {
    path: String,
    content: String,
    format: String,
    size: String,
    digest: (String, String),
    age: String,
    made: String,
    stamped: bool,
    mode: String,
}

struct Trouble {
    chip: Html,
    place: String,
    message: String,
    code: String,
}

/// The fragments of all entries by name.
pub(super) fn fragments(report: &Report) -> BTreeMap<&str, String> {
    let mut taken = BTreeSet::new();
    report.evidence.iter().map(|e| (e.name.as_str(), distinct(&mut taken, format!("ev-{}", slug(&e.name))))).collect()
}

pub(super) fn section(report: &Report) -> Result<Option<Section>, Error> {
    let files: usize = report.evidence.iter().map(|e| e.sources.len()).sum();
    let gaps = report.evidence.iter().filter(|e| e.gap().is_some()).count();
    let (note, tone) = match gaps {
        0 => (prose::plural(files, "file"), ""),
        n => (format!("{n} unusable"), "fail"),
    };
    let ids = fragments(report);
    let entries = report.evidence.iter().map(|e| entry(report, e, ids.get(e.name.as_str()).cloned().unwrap_or_default())).collect();
    let body = fill(&Sources { intro: prose::evidence(report), entries })?;
    Ok(Some(Section { id: "evidence", title: "Evidence", note, tone, body }))
}

fn entry(report: &Report, evidence: &Evidence, id: String) -> Entry {
    let warned = evidence.problems.iter().any(|p| p.severity == Grade::Warning);
    let state = match evidence.gap() {
        Some((crate::evidence::Gap::Missing, _)) => chip::chip("no-evidence", "Missing"),
        Some(_) => chip::chip("fail", "Unusable"),
        None if warned => chip::chip("unproven", "Read, with warnings"),
        None => chip::chip("pass", "Read"),
    };
    let mut problems: Vec<&Problem> = evidence.problems.iter().collect();
    problems.sort_by_key(|p| p.severity);
    Entry {
        id,
        name: evidence.name.clone(),
        family: evidence.family.to_string(),
        state,
        files_left_out: evidence.sources.len().saturating_sub(FILES),
        files: evidence.sources.iter().take(FILES).map(|s| file(report, s)).collect(),
        problems_left_out: problems.len().saturating_sub(PROBLEMS),
        problems: problems.into_iter().take(PROBLEMS).map(trouble).collect(),
    }
}

fn file(report: &Report, source: &Source) -> File {
    let middle = (0..=source.sha256.len() / 2).rev().find(|at| source.sha256.is_char_boundary(*at)).unwrap_or(0);
    let (first, second) = source.sha256.split_at(middle);
    File {
        path: source.path.clone(),
        content: source.content.clone(),
        format: source.format.as_deref().unwrap_or("unknown format").to_owned(),
        size: bytes(source.bytes),
        digest: (first.to_owned(), second.to_owned()),
        age: source.collected_at.map_or_else(|| "undated".to_owned(), |at| figure::age(report.now, at)),
        made: source.collected_at.map(|at| at.to_string()).unwrap_or_default(),
        stamped: source.stamped,
        mode: source.mode.clone().unwrap_or_default(),
    }
}

fn trouble(problem: &Problem) -> Trouble {
    let place = if problem.path.is_empty() { String::new() } else { format!("{}{}", problem.path, problem.at) };
    Trouble { chip: chip::grade(problem.severity), place, message: problem.message.clone(), code: problem.code.to_string() }
}
