//! benchstat's tables (cmd/benchstat/internal/benchtab of golang/perf), as text and as CSV: a row for every benchmark, a column for every
//! run, and a table for every unit. `key: value` lines say what the tables below them are of.
//!
//! The columns become runs in their order, the base first; what is told of their difference is not read, nor is the row of geometric
//! means. Values are scaled by a prefix (`46.55n`, `2.001Gi`), and times in seconds are given in nanoseconds, as `go test -bench` does.

use super::Draft;
use super::go_bench::{self, machine, procs};
use super::run::{Figure, Run};
use crate::ingest::{Format, Reading};
use crate::io::csv;
use crate::io::fs::Artifact;
use crate::source::Location;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

#[cfg(test)]
mod tests;
mod text;

pub(super) const FORMAT: Format<Draft> = Format { name: "benchstat", about: "benchstat's tables, as text and as CSV", claims, read };

/// Keys that are the machine's or go into the name anyway.
const COMMON: &[&str] = &["goos", "goarch", "pkg", "cpu"];

fn claims(artifact: &Artifact) -> bool {
    let text = artifact.head_text();
    let mut before = "";
    text.lines().any(|line| {
        let header = text::Header::parse(line).is_some_and(|header| header.names_units()) || is_csv_header(before, line);
        before = line;
        header
    })
}

/// `,sec/op,CI` below `,old.txt,`.
fn is_csv_header(before: &str, line: &str) -> bool {
    let cells: Vec<&str> = line.trim_end().split(',').collect();
    before.starts_with(',') && matches!(cells[..], ["", unit, "CI", ..] if !unit.is_empty())
}

/// One value of a table.
struct Cell {
    line: u64,
    row: String,
    column: usize,
    unit: String,
    value: f64,
    keys: BTreeMap<String, String>,
}

#[derive(Default)]
struct File {
    cells: Vec<Cell>,
    keys: BTreeMap<String, String>,
    /// The header of the text table that is open.
    header: Option<text::Header>,
    /// The units of the columns of the CSV table that is open, by their place in a row.
    units: Vec<(usize, String)>,
    /// The line before.
    before: String,
    /// Rows that hold a value that cannot be read.
    lost: Vec<(u64, String)>,
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut file = File::default();
    reading.each_line(|_, number, line, _| {
        let line = line.trim_end();
        file.line(number, line);
        line.clone_into(&mut file.before);
        ControlFlow::Continue(())
    });
    let mut run = Run::new(reading);
    file.tell(&mut run);
    run.finish(reading)
}

impl File {
    fn line(&mut self, number: u64, line: &str) {
        if let Some(header) = text::Header::parse(line) {
            self.units.clear();
            self.header = Some(header);
        } else if is_csv_header(&self.before, line) {
            self.header = None;
            let cells = line.split(',').enumerate();
            let named = cells.zip(line.split(',').skip(1)).filter(|(_, next)| *next == "CI");
            self.units = named.map(|((at, unit), _)| (at, unit.to_owned())).collect();
        } else if line.is_empty() {
            self.header = None;
        } else if let Some(header) = self.header.take() {
            for (column, value) in header.values(line) {
                self.take(number, header.row(line), column, header.unit(column), &value);
            }
            self.header = Some(header);
        } else if let Some((key, value)) = line.split_once(": ").filter(|(key, _)| go_bench::is_key(key)) {
            self.units.clear();
            self.keys.insert(key.to_owned(), value.trim().to_owned());
        } else if !self.units.is_empty() && !line.starts_with(',') {
            self.row(number, line);
        }
    }

    /// A row of CSV: every value has an interval behind it, which a geometric mean has not.
    fn row(&mut self, number: u64, line: &str) {
        let Some(Ok(row)) = csv::Rows::new(line, ',').next() else {
            return self.lost.push((number, "the row cannot be read".to_owned()));
        };
        let name = row.cells.first().map_or_else(String::new, |name| name.to_string());
        for (column, (at, unit)) in self.units.clone().into_iter().enumerate() {
            let cell = |at: usize| row.cells.get(at).map(AsRef::as_ref).filter(|cell: &&str| !cell.is_empty());
            if let Some((value, _)) = cell(at).zip(cell(at + 1)) {
                self.take(number, &name, column, &unit, value);
            }
        }
    }

    fn take(&mut self, line: u64, row: &str, column: usize, unit: &str, value: &str) {
        match scaled(value, unit) {
            Some((value, unit)) => self.cells.push(Cell { line, row: row.to_owned(), column, unit, value, keys: self.keys.clone() }),
            None => self.lost.push((line, format!("`{value}` is no value of {row}"))),
        }
    }

    fn tell(self, run: &mut Run) {
        let first = self.cells.first().map(|cell| cell.keys.clone()).unwrap_or_default();
        let named = self.cells.iter().all(|cell| procs(&cell.row).is_some());
        for cell in &self.cells {
            let (name, count) = procs(&cell.row).filter(|_| named).unwrap_or((&cell.row, 0));
            run.machine = machine(&cell.keys, count);
            let mut benchmark = cell.keys.get("pkg").map_or_else(|| name.to_owned(), |pkg| format!("{pkg}.{name}"));
            let differs = |key: &str| self.cells.iter().any(|other| other.keys.get(key) != first.get(key));
            for (key, value) in cell.keys.iter().filter(|(key, _)| !COMMON.contains(&key.as_str()) && differs(key)) {
                benchmark.push_str(&format!(" {key}={value}"));
            }
            run.name = Some(format!("column {:02}", cell.column + 1));
            run.put(&benchmark, &cell.unit, Figure::new(cell.value, &cell.unit), Location::line(cell.line));
        }
        run.name = None;
        for (line, message) in self.lost {
            run.lost("no-value", Location::line(line), message);
        }
    }
}

/// Prefixes of values, decimal and binary.
const DECIMAL: &[(&str, i32)] = &[("n", -9), ("µ", -6), ("m", -3), ("k", 3), ("M", 6), ("G", 9), ("T", 12)];
const BINARY: &[(&str, f64)] = &[("Ki", 1024.0), ("Mi", 1_048_576.0), ("Gi", 1_073_741_824.0), ("Ti", 1_099_511_627_776.0)];

/// A value without its prefix, and its unit: seconds as nanoseconds.
fn scaled(text: &str, unit: &str) -> Option<(f64, String)> {
    if let Some((number, factor)) = BINARY.iter().find_map(|(prefix, factor)| Some((text.strip_suffix(prefix)?, factor))) {
        return Some((number.parse::<f64>().ok()? * factor, unit.to_owned()));
    }
    let (number, mut power) = DECIMAL.iter().find_map(|(prefix, power)| Some((text.strip_suffix(prefix)?, *power))).unwrap_or((text, 0));
    let rest = unit.strip_prefix("sec").filter(|rest| rest.is_empty() || rest.starts_with('/'));
    if rest.is_some() {
        power += 9;
    }
    let unit = rest.map_or_else(|| unit.to_owned(), |rest| format!("ns{rest}"));
    // Read as one number, so that the prefix rounds nothing.
    let (digits, exponent) = number.split_once('e').unwrap_or((number, "0"));
    let value = format!("{digits}e{}", exponent.parse::<i32>().ok()?.checked_add(power)?).parse().ok()?;
    Some((value, unit))
}
