//! `readiness change-points`: where the level of benchmarks' values changed, one line for every change.

use super::options::moment;
use super::output::print;
use super::plain;
use crate::analyze::changepoint::{self, Change};
use crate::discover::map;
use crate::error::Error;
use crate::evidence::Evidence;
use crate::ingest::{self, Request};
use crate::instant::Instant;
use crate::io::fs::{self, Artifact};
use crate::io::shelf::Shelf;
use crate::io::{csv, json, terminal};
use crate::metric::{Name, number};
use crate::render::parts::escape::terminal as clean;
use crate::render::parts::prose::plural;
use crate::series::{Series, Text};
use crate::source::{Grade, Problem};
use crate::verdict::Exit;
use rayon::prelude::*;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// What is asked of `change-points`.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// A benchmark history, or a table of values as CSV
    #[arg(value_name = "FILE")]
    pub path: PathBuf,
    /// text or json
    #[arg(long, default_value = "text")]
    pub format: String,
    /// Leave out changes smaller than this share of the level, such as 2%
    #[arg(long, value_name = "SHARE", default_value = "0%")]
    pub min_change: String,
    /// How many of the newest values of a series are looked at
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    pub last: u32,
    /// A map for a table of your own design: a shipped map's name, or a YAML file
    #[arg(long)]
    pub map: Option<String>,
    /// As of when [default: the clock]
    #[arg(long, value_name = "TIME")]
    pub now: Option<String>,
}

/// What was found in a file, as JSON shows it.
#[derive(Debug, Serialize)]
struct Findings {
    schema: &'static str,
    path: String,
    format: Option<Name>,
    sha256: String,
    problems: Vec<Problem>,
    series: Vec<Searched>,
    change_points: Vec<ChangePoint>,
}

/// A series that was looked at.
#[derive(Debug, Serialize)]
struct Searched {
    id: String,
    unit: String,
    points: usize,
    /// How many of the newest were looked at.
    searched: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    drift: Option<Drift>,
}

/// A slow change, which is no change point.
#[derive(Debug, Serialize)]
struct Drift {
    from: usize,
    to: usize,
    change: Option<f64>,
}

/// A change of level.
#[derive(Debug, Serialize)]
struct ChangePoint {
    series: String,
    /// Of the first value at the new level, from 0.
    index: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Instant>,
    unit: String,
    before: f64,
    after: f64,
    /// As a share of `before`; nothing where that is 0.
    change: Option<f64>,
    statistic: f64,
}

/// Prints the change points of every series of a file. Exits 3 when it is damaged or nobody can read it.
///
/// # Errors
/// When the file is not there or the output cannot be written.
pub fn run(options: &Options) -> Result<Exit, Error> {
    let findings = find(options)?;
    match options.format.as_str() {
        "json" => print(&json::document(&findings).map_err(|e| Error::Internal(e.message))?)?,
        "text" => {
            print(&plain::lines(&table(&findings.change_points)))?;
            terminal::note(&plain::lines(&remarks(&findings)));
        }
        other => return Err(Error::Usage(format!("`--format {other}`: change-points prints text or json"))),
    }
    let sound = findings.format.is_some() && findings.problems.iter().all(|problem| problem.severity != Grade::Error);
    Ok(if sound { Exit::Open } else { Exit::Unproven })
}

fn find(options: &Options) -> Result<Findings, Error> {
    let min_change = csv::number(&options.min_change).filter(|share| (0.0..=1.0).contains(share));
    let Some(min_change) = min_change else {
        return Err(Error::Usage(format!("`--min-change {}`: write a share such as 2%", options.min_change)));
    };
    let detector = changepoint::Options { min_change, look_back: options.last as usize };
    let evidence = read(options)?;
    let found: Vec<_> = evidence.series.par_iter().map(|series| search(series, &detector)).collect();
    let (series, change_points): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    let source = evidence.sources.first().cloned().unwrap_or_default();
    Ok(Findings {
        schema: "readiness/change-points/1",
        path: source.path,
        format: source.format,
        sha256: source.sha256,
        problems: evidence.problems.into_iter().map(|problem| Problem { path: String::new(), ..problem }).collect(),
        series,
        change_points: change_points.into_iter().flatten().collect(),
    })
}

/// The file as the benchmark family reads it.
fn read(options: &Options) -> Result<Evidence, Error> {
    let shown = fs::slashed(&options.path);
    let artifact = Artifact::look(&options.path, shown.clone()).map_err(|e| Error::Usage(format!("{shown}: {e}")))?;
    let map = options.map.as_ref().map(|name| map::text(name, Path::new(""), &Shelf::Disk, ingest::MAPS)).transpose()?;
    let map = options.map.as_deref().zip(map.as_deref());
    if let Some((name, text)) = map {
        ingest::room_of_map(name, text).map_err(Error::Configuration)?;
    }
    let now = moment(options.now.as_deref())?;
    let request = Request { map, ..Request::plain(&shown, std::slice::from_ref(&artifact), now) };
    let room = ingest::family("benchmark").ok_or_else(|| Error::Internal("nothing reads benchmarks".into()))?;
    Ok((room.read)(&request))
}

fn search(series: &Series, options: &changepoint::Options) -> (Searched, Vec<ChangePoint>) {
    let values = series.points.values();
    let history = changepoint::detect(values, options).unwrap_or_default();
    let drift = history.drift.map(|drift| Drift { from: drift.from, to: drift.to, change: finite(drift.relative) });
    let searched = values.len().min(options.look_back);
    let searched = Searched { id: series.id(), unit: series.unit.clone(), points: values.len(), searched, drift };
    (searched, history.changes.iter().map(|change| change_point(series, change)).collect())
}

fn change_point(series: &Series, change: &Change) -> ChangePoint {
    let point = series.points.get(change.index);
    ChangePoint {
        series: series.id(),
        index: change.index,
        commit: point.and_then(|point| point.commit.map(Text::from)),
        at: point.and_then(|point| point.at),
        unit: series.unit.clone(),
        before: change.before,
        after: change.after,
        change: finite(change.relative),
        statistic: change.statistic,
    }
}

fn finite(share: f64) -> Option<f64> {
    Some(share).filter(|share| share.is_finite())
}

/// One line for every change point, in columns.
fn table(change_points: &[ChangePoint]) -> String {
    let rows: Vec<[String; 5]> = change_points.iter().map(row).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [0, 1, 2, 3, 4].map(width);
    let line = |row: &[String; 5]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

/// `digest p95 | at 40 (c40) | 100 to 114 ms | +14 % | z 8.2`.
fn row(point: &ChangePoint) -> [String; 5] {
    let commit: String = point.commit.iter().flat_map(|commit| commit.chars().take(12)).collect();
    let commit = if commit.is_empty() { commit } else { format!(" ({})", clean(&commit)) };
    let unit = if point.unit.is_empty() { String::new() } else { format!(" {}", clean(&point.unit)) };
    [
        clean(&point.series),
        format!("at {}{commit}", point.index),
        format!("{} to {}{unit}", number(point.before), number(point.after)),
        percent(point.change),
        format!("z {:.1}", point.statistic),
    ]
}

/// `+14 %`.
fn percent(change: Option<f64>) -> String {
    let Some(change) = change else { return "from 0".to_owned() };
    let sign = if change < 0.0 { "-" } else { "+" };
    format!("{sign}{} %", number(change.abs() * 100.0))
}

/// What is to be said beside the change points: what is wrong with the file, what drifts, and what was looked at.
fn remarks(findings: &Findings) -> String {
    let mut lines = Vec::new();
    for problem in &findings.problems {
        let grade = match problem.severity {
            Grade::Error => "error",
            Grade::Warning => "warning",
            Grade::Note => "note",
        };
        lines.push(format!("{grade}: {}{}: {} [{}]", clean(&findings.path), problem.at, clean(&problem.message), problem.code));
    }
    for series in &findings.series {
        if let Some(drift) = &series.drift {
            lines.push(format!("{} drifts by {} from {} to {}", clean(&series.id), percent(drift.change), drift.from, drift.to - 1));
        }
    }
    let cut: Vec<&Searched> = findings.series.iter().filter(|series| series.searched < series.points).collect();
    if let Some(searched) = cut.iter().map(|series| series.searched).max() {
        lines.push(format!("only the newest {} were looked at in {} series", plural(searched, "value"), cut.len()));
    }
    let (found, series) = (findings.change_points.len(), findings.series.len());
    lines.push(format!("{} in {series} series", plural(found, "change point")));
    lines.join("\n")
}
