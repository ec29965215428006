//! A history in the formats of others: of a spreadsheet, and of github-action-benchmark.

use crate::analyze::quantile::median;
use crate::history_line::HistoryLine;
use crate::instant::Instant;
use crate::io::json;
use crate::series::Direction;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The same lines as JSON Lines.
///
/// # Errors
/// A sentence, when a value cannot be written as JSON.
pub fn jsonl(lines: &[HistoryLine]) -> Result<String, String> {
    lines.iter().map(|line| json::line(line).map(|text| text + "\n").map_err(|mistake| mistake.message)).collect()
}

/// A table with a row for every run and a column for every series, as spreadsheets and Apache Otava read it (docs/CSV.md of
/// apache/otava). Units, directions and samples have no place in it; several values of a run count by their median.
pub fn csv(lines: &[HistoryLine]) -> String {
    let name = |line: &HistoryLine| {
        let machine = line.machine.as_deref().filter(|machine| !machine.is_empty());
        [Some(line.benchmark.as_str()), Some(&line.metric), machine].into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    let names: BTreeSet<String> = lines.iter().map(name).collect();
    let mut rows: BTreeMap<[&str; 4], Row<'_>> = BTreeMap::new();
    for line in lines {
        let key = [line.at.as_str(), line.commit.as_deref().unwrap_or(""), line.branch.as_deref().unwrap_or(""), line.run.as_str()];
        let row = rows.entry(key).or_default();
        row.values.entry(name(line)).or_default().extend(line.value);
        row.release = line.release.as_deref().or(row.release);
    }
    let released = lines.iter().any(|line| line.release.is_some());
    let attributes = ["time", "commit", "branch", "run", "release"].into_iter().take(if released { 5 } else { 4 });
    let header = attributes.map(str::to_owned).chain(names.iter().map(|name| cell(name)));
    let mut text = header.collect::<Vec<_>>().join(",") + "\n";
    for (key, Row { release, values }) in rows {
        let release = Some(release.unwrap_or_default()).filter(|_| released);
        let value = |name: &String| values.get(name).and_then(|values| median(values)).map_or_else(String::new, |value| value.to_string());
        let cells = key.into_iter().chain(release).map(cell).chain(names.iter().map(value));
        text.push_str(&cells.collect::<Vec<_>>().join(","));
        text.push('\n');
    }
    text
}

/// A run: what is its release, and the values of its series.
#[derive(Default)]
struct Row<'l> {
    release: Option<&'l str>,
    values: BTreeMap<String, Vec<f64>>,
}

/// A cell that no spreadsheet takes for a formula.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err();
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r', ';']) || formula { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data<'l> {
    last_update: i64,
    repo_url: &'l str,
    entries: BTreeMap<String, Vec<Entry<'l>>>,
}

#[derive(Serialize)]
struct Entry<'l> {
    commit: Commit<'l>,
    date: i64,
    tool: &'static str,
    benches: Vec<Bench>,
}

/// The runs of a suite, by their moment and name.
type Runs<'l> = BTreeMap<(i64, &'l str), Entry<'l>>;

#[derive(Serialize)]
struct Commit<'l> {
    id: &'l str,
}

#[derive(Serialize)]
struct Bench {
    name: String,
    value: f64,
    unit: String,
}

/// github-action-benchmark's `data.js` (src/write.ts of benchmark-action/github-action-benchmark): a suite for each machine and
/// direction, which is the tool's there.
///
/// # Errors
/// A sentence, when a value cannot be written as JSON.
pub fn gab(lines: &[HistoryLine], moment: impl Fn(&str) -> Option<Instant>) -> Result<String, String> {
    let mut suites: BTreeMap<(String, &'static str), Runs<'_>> = BTreeMap::new();
    for line in lines {
        let (Some(value), Some(at)) = (line.value, moment(&line.at)) else { continue };
        let (tool, better) = match line.direction {
            Direction::Lower => ("customSmallerIsBetter", "smaller is better"),
            Direction::Higher => ("customBiggerIsBetter", "bigger is better"),
        };
        let suite = line.machine.as_ref().map_or_else(|| better.to_owned(), |machine| format!("{machine}, {better}"));
        let commit = Commit { id: line.commit.as_deref().unwrap_or_default() };
        let runs = suites.entry((suite, tool)).or_default();
        let run = runs.entry((at.0, &line.run)).or_insert_with(|| Entry { commit, date: at.0, tool, benches: Vec::new() });
        run.benches.push(Bench { name: format!("{} {}", line.benchmark, line.metric), value, unit: line.unit.clone() });
    }
    let last_update = suites.values().flat_map(BTreeMap::keys).map(|(at, _)| *at).max().unwrap_or(0);
    let entries = suites.into_iter().map(|((suite, _), runs)| (suite, runs.into_values().collect())).collect();
    let text = json::document(&Data { last_update, repo_url: "", entries }).map_err(|mistake| mistake.message)?;
    Ok(format!("window.BENCHMARK_DATA = {text}"))
}
