//! `readiness history list`: the series of a history.

use super::{Reading, short, tell};
use crate::command::output::print;
use crate::command::plain;
use crate::error::Error;
use crate::evidence::Evidence;
use crate::instant::Instant;
use crate::io::{git, json};
use crate::metric::number;
use crate::render::parts::escape::terminal as clean;
use crate::render::parts::prose::plural;
use crate::series::{Direction, Release, Series};
use crate::source::{Problem, same_commit};
use crate::verdict::Exit;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What is asked of `list`.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// A history, or results of a benchmark tool
    #[arg(value_name = "HISTORY")]
    pub history: PathBuf,
    /// text or json
    #[arg(long, default_value = "text")]
    pub format: String,
    /// How files are read.
    #[command(flatten)]
    pub reading: Reading,
}

/// A history at a glance, as JSON shows it.
#[derive(Debug, Serialize)]
struct Listing<'e> {
    schema: &'static str,
    path: &'e str,
    format: Option<&'e str>,
    sha256: &'e str,
    runs: usize,
    series: Vec<Row<'e>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    releases: Vec<Shipped<'e>>,
    /// Commits that this repository does not have; nothing where git does not answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown_commits: Option<Vec<&'e str>>,
    problems: &'e [Problem],
}

/// A release, and when it was measured first.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Shipped<'e> {
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Instant>,
    name: &'e str,
}

#[derive(Debug, Serialize)]
struct Row<'e> {
    id: String,
    benchmark: &'e str,
    metric: &'e str,
    #[serde(skip_serializing_if = "str::is_empty")]
    machine: &'e str,
    unit: &'e str,
    direction: Direction,
    /// Commits, or runs that name none.
    points: usize,
    /// Runs behind them.
    runs: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<&'e str>,
    latest: f64,
}

/// Lists. Exits 3 when the file is damaged or nobody can read it.
///
/// # Errors
/// When it is not there, or the output cannot be written.
pub fn run(options: &Options) -> Result<Exit, Error> {
    let json = match options.format.as_str() {
        "json" => true,
        "text" => false,
        other => return Err(Error::Usage(format!("`--format {other}`: history list prints text or json"))),
    };
    let evidence = options.reading.read(std::slice::from_ref(&options.history))?;
    let listing = listing(&evidence);
    if json {
        print(&json::document(&listing).map_err(|e| Error::Internal(e.message))?)?;
    } else {
        print(&plain::lines(&text(&listing)))?;
    }
    let sound = if json { evidence.gap().is_none() } else { tell(&evidence) };
    Ok(if sound { Exit::Open } else { Exit::Unproven })
}

fn listing(evidence: &Evidence) -> Listing<'_> {
    let source = evidence.sources.first();
    let points = || evidence.series.iter().flat_map(|series| series.points.iter());
    let named = points().flat_map(|point| {
        let one = (point.run, point.at);
        let more = point.repeats.iter().map(|repeat| (repeat.run.as_deref(), repeat.at));
        std::iter::once(one).chain(more)
    });
    let runs: BTreeSet<_> = named.map(|(run, at)| (run, if run.is_some() { None } else { at })).collect();
    let commits: BTreeSet<&str> = points().filter_map(|point| point.commit).collect();
    Listing {
        schema: "readiness/history-list/1",
        path: source.map_or("", |source| source.path.as_str()),
        format: source.and_then(|source| source.format.as_deref()),
        sha256: source.map_or("", |source| source.sha256.as_str()),
        runs: runs.len(),
        series: evidence.series.iter().filter_map(row).collect(),
        releases: releases(evidence),
        unknown_commits: git::all(Path::new("")).map(|known| unknown(&commits, &known)),
        problems: &evidence.problems,
    }
}

/// The releases, oldest first.
fn releases(evidence: &Evidence) -> Vec<Shipped<'_>> {
    let of = |series: &'_ Series, release: &Release| series.points.get(release.index).and_then(|point| point.at);
    let all = evidence.series.iter().flat_map(|series| series.releases.iter().map(move |one| (&*one.name, of(series, one))));
    let mut firsts: BTreeMap<&str, Option<Instant>> = BTreeMap::new();
    for (name, at) in all {
        let first = firsts.entry(name).or_insert(at);
        *first = at.min(*first);
    }
    let mut releases: Vec<Shipped<'_>> = firsts.into_iter().map(|(name, at)| Shipped { at, name }).collect();
    releases.sort_unstable();
    releases
}

fn row(series: &Series) -> Option<Row<'_>> {
    let last = series.points.last()?;
    Some(Row {
        id: series.id(),
        benchmark: &series.benchmark,
        metric: &series.metric,
        machine: &series.machine,
        unit: &series.unit,
        direction: series.direction,
        points: series.points.len(),
        runs: series.points.iter().map(|point| point.runs()).sum(),
        first: series.points.iter().find_map(|point| point.at),
        last: series.points.newest(),
        commit: last.commit,
        latest: last.value,
    })
}

/// Which of some commits are not among those of a repository.
fn unknown<'c>(commits: &BTreeSet<&'c str>, known: &[String]) -> Vec<&'c str> {
    let known: BTreeSet<&str> = known.iter().map(String::as_str).collect();
    let is_id = |commit: &&&str| commit.len() >= 7 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    let here = |commit: &str| known.range(commit..).next().is_some_and(|first| same_commit(first, commit));
    commits.iter().filter(is_id).copied().filter(|commit| !here(&commit.to_lowercase())).collect()
}

fn text(listing: &Listing<'_>) -> String {
    let rows: Vec<[String; 5]> = listing.series.iter().map(cells).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [0, 1, 2, 3, 4].map(width);
    let line = |row: &[String; 5]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    let mut text: String = rows.iter().map(line).collect();
    text.push_str(&format!("{} series, {}\n", rows.len(), plural(listing.runs, "run")));
    if !listing.releases.is_empty() {
        let told = |one: &Shipped<'_>| {
            let when = one.at.map_or_else(String::new, |at| format!(" ({})", at.date()));
            format!("{}{when}", clean(one.name))
        };
        text.push_str(&format!("releases: {}\n", listing.releases.iter().map(told).collect::<Vec<_>>().join(", ")));
    }
    if let Some(unknown) = listing.unknown_commits.as_ref().filter(|unknown| !unknown.is_empty()) {
        let some: Vec<String> = unknown.iter().take(3).map(|commit| short(&clean(commit))).collect();
        let more = if unknown.len() > some.len() { ", …" } else { "" };
        text.push_str(&format!(
            "{} not in this repository ({}{more}): rebased or squashed away, or never fetched. Their values count all the same, in the order of their dates.\n",
            if unknown.len() == 1 { "1 commit is".to_owned() } else { format!("{} commits are", unknown.len()) },
            some.join(", ")
        ));
    }
    text
}

/// `digest p95 | 40 points, 42 runs | 2026-01-01 to 2026-02-17 | 362.4 ms | 14c907f09276`.
fn cells(row: &Row<'_>) -> [String; 5] {
    let runs = if row.runs > row.points { format!(", {}", plural(row.runs, "run")) } else { String::new() };
    let span = row.first.zip(row.last).map_or_else(|| "undated".to_owned(), |(first, last)| format!("{} to {}", first.date(), last.date()));
    let unit = if row.unit.is_empty() { String::new() } else { format!(" {}", clean(row.unit)) };
    [
        clean(&row.id),
        format!("{}{runs}", plural(row.points, "point")),
        span,
        format!("{}{unit}", number(row.latest)),
        row.commit.map(|commit| short(&clean(commit))).unwrap_or_default(),
    ]
}
