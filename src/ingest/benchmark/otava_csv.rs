//! The CSV that Apache Otava reads: a row for every run, with its time, attributes such as commit and branch, and a column for every metric
//! (docs/CSV.md and otava/importer.py of apache/otava).
//!
//! Which columns are metrics stands in Otava's configuration: here those are that hold numbers and are no attribute by their name. The
//! benchmark is the file, as there it is a test.

use super::Draft;
use super::run::{Figure, Run};
use crate::ingest::{Format, Reading};
use crate::instant::Instant;
use crate::io::clock;
use crate::io::fs::Artifact;
use crate::source::Location;

#[cfg(test)]
mod tests;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "otava-csv", about: "Apache Otava's CSV: a row per run, with `time` and `commit`", claims, read };

const TIME: &[&str] = &["time", "timestamp"];
const COMMIT: &[&str] = &["commit", "git_commit", "revision", "sha"];
const RELEASE: &[&str] = &["release", "version", "tag"];
const ATTRIBUTES: &[&str] = &["branch", "release", "tag", "version", "build", "id", "run", "repository", "author", "message"];

fn claims(artifact: &Artifact) -> bool {
    let first = artifact.head_text().lines().next().unwrap_or("");
    let cells: Vec<String> = first.split([',', ';', '\t']).map(plain).collect();
    let has = |names: &[&str]| cells.iter().any(|cell| names.contains(&cell.as_str()));
    cells.len() > 2 && has(TIME) && has(COMMIT)
}

fn plain(cell: &str) -> String {
    cell.trim().trim_matches('"').to_lowercase()
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut run = Run::new(reading);
    let Some(table) = reading.table(None) else { return run.finish(reading) };
    let names: Vec<String> = table.columns.iter().map(|name| plain(name)).collect();
    let column = |known: &[&str]| names.iter().position(|name| known.contains(&name.as_str()));
    let (time, commit, release) = (column(TIME), column(COMMIT), column(RELEASE));
    let number = |cell: &str| cell.trim().parse::<f64>().ok();
    let is_metric = |at: usize| {
        let attribute = Some(at) == time || Some(at) == commit || ATTRIBUTES.contains(&names[at].as_str());
        !attribute && table.rows.iter().any(|(_, cells)| cells.get(at).is_some_and(|cell| number(cell).is_some()))
    };
    let metrics: Vec<usize> = (0..names.len()).filter(|at| is_metric(*at)).collect();
    let file = reading.artifact.file_name();
    let name = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    for (line, cells) in &table.rows {
        let cell = |at: Option<usize>| at.and_then(|at| cells.get(at)).map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
        let Some(at) = cell(time).and_then(moment) else {
            reading.error("time", Location::line(*line), format!("`{}` is no moment", cell(time).unwrap_or("")));
            continue;
        };
        (run.at, run.commit, run.release) = (Some(at), cell(commit).map(str::to_owned), cell(release).map(str::to_owned));
        for metric in &metrics {
            let Some(value) = cell(Some(*metric)) else { continue };
            run.put(name, &table.columns[*metric], Figure::new(number(value), ""), Location::line(*line));
        }
    }
    (run.at, run.commit) = (None, None);
    run.finish(reading)
}

/// Otava leaves the reading of times to Python's dateparser: seconds since 1970, ISO 8601, and `2024.01.01 3:00:00 +0100`.
fn moment(text: &str) -> Option<Instant> {
    if let Ok(seconds) = text.parse::<f64>() {
        return (seconds.abs() < 1e11).then_some(Instant((seconds * 1000.0) as i64));
    }
    let loose = || {
        let mut words = text.split_whitespace();
        let date = words.next()?.replace(['.', '/'], "-");
        let time = words.next().unwrap_or("00:00:00");
        let time = if time.find(':') == Some(1) { format!("0{time}") } else { time.to_owned() };
        let zone = words.next().unwrap_or("Z");
        let zone = if zone.len() == 5 && !zone.contains(':') { format!("{}:{}", zone.get(..3)?, zone.get(3..)?) } else { zone.to_owned() };
        clock::parse(&format!("{date}T{time}{zone}"))
    };
    clock::parse(text).or_else(loose)
}
