//! The queries that rules ask of a snapshot. They produce rows for their rule; they never decide.

use super::pii::redacted;
use crate::evidence::Table;
use crate::ingest::table::Times;
use crate::instant::Instant;
use crate::io::clock;
use crate::io::spelling;
use crate::io::sqlite::{Cell, Failure, Snapshot};
use crate::metric::{Name, Value};
use crate::rule::Collector;
use std::ops::ControlFlow;

/// The kinds a column may have; a ratio would need two.
const KINDS: [&str; 7] = ["count", "number", "duration", "bytes", "instant", "text", "flag"];
/// No report shows more rows of one query.
const ROWS: u64 = 10_000;

/// Runs a query. What goes wrong is in the answer.
pub fn ask(snapshot: &Snapshot, collector: &Collector, times: &Times) -> Table {
    let mut table = empty(collector);
    if let Err(sentence) = fill(snapshot, collector, times, &mut table) {
        table.rows.clear();
        table.omitted = 0;
        table.error = Some(sentence);
    }
    table
}

/// An answer without rows.
pub fn empty(collector: &Collector) -> Table {
    let columns = collector.outputs.iter().map(|(name, kind)| (Name::Owned(name.clone()), kind.clone())).collect();
    let chart = collector.chart.clone().map(Name::Owned);
    Table { rule: collector.rule.clone(), query: collector.query.text.clone(), columns, chart, ..Table::default() }
}

fn fill(snapshot: &Snapshot, collector: &Collector, times: &Times, table: &mut Table) -> Result<(), String> {
    let sql = &collector.query.text;
    let mut query = snapshot.query(sql).map_err(|failure| sentence(snapshot, sql, &failure))?;
    let places = places(collector, &query.columns())?;
    let limit = collector.rows.unwrap_or(1).min(ROWS);
    let mut mistake = None;
    let outcome = query.run(|row| {
        if table.rows.len() as u64 >= limit {
            table.omitted += 1;
            return ControlFlow::Continue(());
        }
        let cells = collector.outputs.iter().zip(&places).map(|((name, kind), place)| {
            let cell = row.cell(*place);
            let wrong = || format!("`{name}` is {cell} in row {}, not {}", table.rows.len() + 1, described(kind));
            if cell.is_null() { Ok(None) } else { value(cell, kind, times).map(Some).ok_or_else(wrong) }
        });
        match cells.collect::<Result<Vec<_>, String>>() {
            Ok(cells) => table.rows.push(cells),
            Err(wrong) => mistake = Some(wrong),
        }
        if mistake.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    outcome.map_err(|failure| sentence(snapshot, sql, &failure))?;
    if let Some(mistake) = mistake {
        return Err(mistake);
    }
    if collector.rows.is_none() && table.omitted > 0 {
        return Err(format!("the query gives {} rows; state `rows:`, or ask for one", table.omitted + 1));
    }
    Ok(())
}

/// Where each output stands among the columns of the answer; as everywhere in SQL, the case of a name does not count.
fn places(collector: &Collector, columns: &[String]) -> Result<Vec<usize>, String> {
    if let Some((name, kind)) = collector.outputs.iter().find(|(_, kind)| !KINDS.contains(&kind.as_ref())) {
        return Err(format!("`{name}` cannot be of the kind {kind}: the kinds are {}", KINDS.join(", ")));
    }
    let declared = |column: &&String| !collector.outputs.iter().any(|(name, _)| name.eq_ignore_ascii_case(column));
    let place = |(name, _): &(String, Name)| {
        columns.iter().position(|column| column.eq_ignore_ascii_case(name)).ok_or_else(|| {
            let help = spelling::did_you_mean(name, columns.iter().map(String::as_str));
            let help = help.unwrap_or_else(|| format!("its columns are {}", columns.join(", ")));
            format!("the query gives no column `{name}`; {help}")
        })
    };
    let places: Vec<usize> = collector.outputs.iter().map(place).collect::<Result<_, _>>()?;
    if let Some(column) = columns.iter().find(declared) {
        return Err(format!("the query gives a column `{column}`, and `outputs` does not say what it is"));
    }
    Ok(places)
}

/// A value of a kind, or nothing when it is not one.
fn value(cell: Cell<'_>, kind: &str, times: &Times) -> Option<Value> {
    let whole = || cell.integer().and_then(|n| u64::try_from(n).ok());
    let real = || match cell {
        Cell::Integer(n) => Some(n as f64),
        Cell::Real(x) if x.is_finite() => Some(x),
        _ => None,
    };
    match kind {
        "count" => whole().map(Value::Count),
        "bytes" => whole().map(Value::Bytes),
        "number" => real().map(|value| Value::Number { value, unit: Name::Borrowed("") }),
        "duration" => real().map(Value::Duration),
        "flag" => whole().filter(|n| *n < 2).map(|n| Value::Flag(n == 1)),
        "text" => cell.text().map(|text| Value::text(redacted(text))),
        "instant" => moment(cell, times).map(Value::Instant),
        _ => None,
    }
}

fn moment(cell: Cell<'_>, times: &Times) -> Option<Instant> {
    times.read(cell).map(|(at, _)| at).or_else(|| clock::parse(cell.text()?))
}

fn described(kind: &str) -> &'static str {
    match kind {
        "count" => "a count",
        "bytes" => "a number of bytes",
        "number" => "a number",
        "duration" => "a number of milliseconds",
        "flag" => "0 or 1",
        "text" => "a text",
        _ => "a moment",
    }
}

/// What SQLite says, where in the query, and what may have been meant.
fn sentence(snapshot: &Snapshot, sql: &str, failure: &Failure) -> String {
    let mut sentence = failure.message.clone();
    if let Some(before) = failure.offset.and_then(|offset| sql.get(..offset)) {
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        sentence = format!("line {line}, column {column}: {sentence}");
    }
    let unknown = |what: &str| failure.message.strip_prefix(what).map(|name| name.trim_matches('"'));
    let tables = snapshot.tables();
    let help = if let Some(name) = unknown("no such column: ") {
        let name = name.rsplit('.').next().unwrap_or(name);
        spelling::did_you_mean(name, tables.iter().flat_map(|t| &t.columns).map(|c| c.name.as_str()))
    } else if let Some(name) = unknown("no such table: ") {
        spelling::did_you_mean(name, tables.iter().map(|t| t.name.as_str()))
    } else {
        None
    };
    match help {
        Some(help) => format!("{sentence}; {help}"),
        None => sentence,
    }
}
