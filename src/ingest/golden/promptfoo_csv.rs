//! promptfoo's CSV: `promptfoo eval -o results.csv`, one line per test: its description, its vars, and a group of columns per prompt and
//! provider. In older versions the cell of an answer begins with `[PASS]` or `[FAIL]`, and a group may be that cell alone.

use super::draft::Draft;
use super::promptfoo::gather::{Gather, Head};
use super::promptfoo::marked::{marked, status};
use super::promptfoo::row::{Component, Grading, Response, Row, TestCase};
use crate::ingest::reading::Table;
use crate::ingest::{Format, Reading};
use crate::io::csv;
use crate::io::fs::Artifact;
use crate::io::json::{self, Value};
use crate::source::Location;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "promptfoo-csv", about: "promptfoo results in CSV, a group of columns per provider (eval -o)", claims, read };

/// How the cell of an answer begins in older versions.
const MARKS: [&str; 3] = ["[PASS]", "[FAIL]", "[ERROR]"];

fn claims(artifact: &Artifact) -> bool {
    let begins_otherwise = artifact.head_text().trim_start().starts_with(['{', '<']);
    if begins_otherwise {
        return false;
    }
    let (text, _) = csv::decode(&artifact.head);
    let mut rows = csv::Rows::new(&text, csv::separator(&text)).map_while(Result::ok);
    let Some(header) = rows.next() else { return false };
    let grouped = header.cells.windows(2).any(|cells| cells[0] == "Status" && cells[1] == "Score")
        && header.cells.iter().any(|cell| cell == "Grader Reason");
    grouped || rows.next().is_some_and(|row| row.cells.len() == header.cells.len() && row.cells.iter().any(|cell| is_marked(cell)))
}

fn is_marked(cell: &str) -> bool {
    MARKS.iter().any(|mark| cell.starts_with(mark))
}

/// The columns of one prompt and provider; each may lack.
struct Group {
    provider: Value,
    prompt: Value,
    answer: usize,
    status: Option<usize>,
    score: Option<usize>,
    reason: Option<usize>,
    metrics: Vec<(String, usize)>,
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut gather = Gather::default();
    if let Some(table) = reading.table(None) {
        let groups = groups(&table);
        let vars = vars(&table, &groups);
        for (line, cells) in &table.rows {
            take(&mut gather, *line, cells, &groups, &vars);
        }
    }
    let draft = Draft::of(reading);
    gather.finish(reading, draft, Head::default())
}

/// A group begins with a column that `Status` follows, or with one of marked cells.
fn groups(table: &Table) -> Vec<Group> {
    let next_is_status = |at: usize| table.columns.get(at + 1).is_some_and(|name| name == "Status");
    let is_answer = |at: &usize| next_is_status(*at) || table.rows.iter().any(|(_, cells)| is_marked(&cells[*at]));
    let mut groups = Vec::new();
    for answer in (0..table.columns.len()).filter(is_answer) {
        let (provider, prompt) = title(&table.columns[answer]);
        let mut group = Group { provider, prompt, answer, status: None, score: None, reason: None, metrics: Vec::new() };
        for (at, name) in table.columns.iter().enumerate().skip(answer + 1) {
            match name.as_str() {
                "Status" => group.status = Some(at),
                "Score" => group.score = Some(at),
                "Grader Reason" => group.reason = Some(at),
                "Named Scores" | "Comment" => {}
                name => match name.strip_prefix("Metric: ") {
                    Some(metric) => group.metrics.push((metric.to_owned(), at)),
                    None => break,
                },
            }
        }
        groups.push(group);
    }
    groups
}

/// The provider and the prompt that the title of an answer's column names: `[provider] prompt`, or in some versions the prompt as JSON.
fn title(column: &str) -> (Value, Value) {
    if let Ok(prompt @ Value::Object(_)) = json::read::<Value>(column.as_bytes()) {
        return (prompt.get("provider").cloned().unwrap_or_default(), prompt.get("raw").cloned().unwrap_or_default());
    }
    let named = column.strip_prefix('[').and_then(|rest| rest.split_once("] "));
    let (provider, prompt) = named.map_or(("", column), |(provider, prompt)| (provider, prompt));
    (Value::String(provider.to_owned()), Value::String(prompt.to_owned()))
}

/// The columns that are no part of a group: the description of the test, its vars, and what a red team adds.
fn vars(table: &Table, groups: &[Group]) -> Vec<(String, usize)> {
    let within = |at: &usize| {
        let of = |group: &Group| {
            let mut columns = vec![group.answer];
            columns.extend([group.status, group.score, group.reason].into_iter().flatten());
            columns.extend(group.metrics.iter().map(|(_, at)| *at));
            columns.contains(at)
        };
        groups.iter().any(of) || ["Named Scores", "Comment"].contains(&table.columns[*at].as_str())
    };
    (0..table.columns.len()).filter(|at| !within(at)).map(|at| (table.columns[at].clone(), at)).collect()
}

/// Takes in the answers of a line: one per group, where the group was run.
fn take(gather: &mut Gather, line: u64, cells: &[String], groups: &[Group], vars: &[(String, usize)]) {
    let cell = |at: Option<usize>| at.and_then(|at| cells.get(at)).map(String::as_str).filter(|text| !text.is_empty());
    let is_description = |name: &str, at: usize| name == "Description" && at == 0;
    let mut test = TestCase { vars: Value::Null, ..TestCase::default() };
    let told = |name: &str| vars.iter().find(|(known, _)| known == name).and_then(|(_, at)| cell(Some(*at)));
    test.description = vars.iter().find(|(name, at)| is_description(name, *at)).and_then(|(_, at)| cell(Some(*at))).map(str::to_owned);
    test.vars = vars
        .iter()
        .filter(|(name, at)| !is_description(name, *at))
        .map(|(name, at)| (name.clone(), Value::String(cells[*at].clone())))
        .collect();
    test.metadata = told("pluginId").map(|plugin| ("pluginId", Value::String(plugin.to_owned()))).into_iter().collect();
    let mut any = false;
    for group in groups {
        let Some(row) = row(group, &cell, &test) else { continue };
        any = true;
        match row {
            Ok(row) => gather.take(Location::line(line), &row),
            Err(why) => gather.problem("undecodable", Location::line(line), why),
        }
    }
    if !any {
        gather.problem("undecodable", Location::line(line), "the line has no answer");
    }
}

/// The answer of a group, unless the group was not run.
fn row<'c>(group: &Group, cell: &impl Fn(Option<usize>) -> Option<&'c str>, test: &TestCase) -> Option<Result<Row, String>> {
    let mut row = Row { provider: group.provider.clone(), prompt: group.prompt.clone(), test_case: Some(test.clone()), ..Row::default() };
    let answer = cell(Some(group.answer));
    let Some(at) = group.status else {
        let answer = answer?;
        row = match marked(answer, row) {
            Some(row) => row,
            None => return Some(Err("the cell does not begin with [PASS], [FAIL] or [ERROR]".to_owned())),
        };
        if let (Some(reason), None) = (cell(group.reason), &row.grading_result) {
            row.grading_result = Some(Grading { reason: Some(reason.to_owned()), ..Grading::default() });
        }
        return Some(Ok(trusting(row)));
    };
    let word = cell(Some(at))?;
    let Some((success, failure_reason)) = status(word) else { return Some(Err(format!("no status is `{word}`"))) };
    let metrics = group.metrics.iter().filter_map(|(name, at)| Some(Some(Component::named(name, csv::number(cell(Some(*at))?)))));
    let component_results = Some(metrics.collect());
    let reason = cell(group.reason).map(str::to_owned);
    row.error = reason.clone().filter(|_| failure_reason == Some(2));
    row.grading_result = Some(Grading { reason, component_results, ..Grading::default() });
    row.response = Some(Response { output: answer.map(super::loose::cut), ..Response::default() });
    row.score = cell(group.score).map(csv::number);
    Some(Ok(Row { success: Some(success), failure_reason, ..row }))
}

/// A table without reasons does not tell what was asserted; its word is taken.
fn trusting(row: Row) -> Row {
    let grading_result = row.grading_result.or_else(|| Some(Grading::default()));
    Row { grading_result, ..row }
}
