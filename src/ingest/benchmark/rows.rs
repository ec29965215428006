//! Rows of a table of benchmark runs, whatever it is kept in, taken as a map says.

use super::map::{AT, BENCHMARK, BRANCH, COMMIT, Figure, LEADING, Layout, MACHINE, Map, RELEASE, RUN};
use super::values::{RunId, RunRef};
use super::{Draft, unit};
use crate::ingest::Reading;
use crate::io::csv;
use crate::io::sqlite::Cell;
use crate::series::Direction;
use crate::source::Location;
use std::collections::{BTreeMap, BTreeSet};

/// Takes the rows of a table one by one.
pub(super) struct Rows<'m> {
    map: &'m Map,
    draft: Draft,
    /// How many rows were taken.
    count: u64,
    /// Without times the rows are in order: the first row of each run.
    firsts: BTreeMap<String, u64>,
    /// Metrics of which nobody says which way is better.
    assumed: BTreeSet<String>,
}

/// What all values of a row have in common.
struct Common {
    benchmark: Option<String>,
    parameters: String,
    machine: String,
    run: RunId,
}

impl<'m> Rows<'m> {
    pub fn new(map: &'m Map) -> Self {
        Rows { map, draft: Draft::default(), count: 0, firsts: BTreeMap::new(), assumed: BTreeSet::new() }
    }

    /// Takes a row, whose cells are in the order of [`Map::columns`]; false when it cannot be placed in time.
    pub fn take<'c>(&mut self, reading: &mut Reading<'_>, place: Location, cell: impl Fn(usize) -> Cell<'c>) -> bool {
        self.count += 1;
        let name = |index| name(cell(index));
        let at = match &self.map.leading[AT] {
            None => None,
            Some(column) => match self.map.times.read(cell(AT)) {
                Some((at, _)) => Some(at),
                None => {
                    reading.error("time", place, format!("{column} {} is no moment", cell(AT)));
                    return false;
                }
            },
        };
        let run = if at.is_some() { name(RUN) } else { self.in_order(name(RUN).or_else(|| name(COMMIT))) };
        self.draft.attempt(run.as_deref(), at, reading.request.now);
        self.draft.branches.extend(name(BRANCH));
        let parameter = |(index, column): (usize, &String)| Some(format!(" {column}={}", name(LEADING + index)?));
        let parameters = self.map.parameters.iter().enumerate().filter_map(parameter).collect();
        let machine = name(MACHINE).unwrap_or_default();
        let run =
            self.draft.values.run(RunRef { at, name: run.as_deref(), commit: name(COMMIT).as_deref(), release: name(RELEASE).as_deref() });
        let common = Common { benchmark: name(BENCHMARK), parameters, machine, run };
        let first = LEADING + self.map.parameters.len();
        match &self.map.layout {
            Layout::Wide(figures) => {
                for (index, figure) in figures.iter().enumerate() {
                    if let Some(value) = number(cell(first + index)) {
                        self.put(reading, &common, figure, value, place.clone());
                    }
                }
            }
            Layout::Long { known, .. } => {
                let metric = name(first + 1).unwrap_or_default();
                let said = known.get(&metric).cloned().unwrap_or_default();
                let unit = name(first + 2).or(said.unit).unwrap_or_default();
                let direction = said.direction.or_else(|| unit::direction(&unit));
                if direction.is_none() {
                    let name = [metric.as_str(), unit.as_str()].into_iter().find(|name| !name.is_empty());
                    self.assumed.insert(name.unwrap_or("value").to_owned());
                }
                let direction = direction.unwrap_or(Direction::Lower);
                let figure = Figure { column: String::new(), benchmark: None, metric, unit, direction };
                self.put(reading, &common, &figure, number(cell(first)).unwrap_or(f64::NAN), place);
            }
        }
        true
    }

    /// A name that sorts as the rows stand; rows of one run, or of one commit, are together where the first of them is.
    fn in_order(&mut self, label: Option<String>) -> Option<String> {
        let count = self.count;
        let first = label.map_or(count, |label| *self.firsts.entry(label).or_insert(count));
        Some(format!("row {first:010}"))
    }

    fn put(&mut self, reading: &Reading<'_>, common: &Common, figure: &Figure, value: f64, place: Location) {
        let Some(name) = figure.benchmark.as_ref().or(common.benchmark.as_ref()) else {
            return self.draft.slip("empty-name", place, || "a row names no benchmark".to_owned());
        };
        let names = [&format!("{name}{}", common.parameters), figure.metric.as_str(), common.machine.as_str()];
        let subject = self.draft.values.subject(names, &figure.unit, figure.direction);
        self.draft.take(subject, common.run, value, Vec::new(), place, reading.request.now);
    }

    /// Says what the table of this name holds.
    pub fn finish(mut self, reading: &mut Reading<'_>, table: &str) -> Draft {
        if self.count == 0 {
            reading.error("no-rows", Location::whole(), format!("{table} has no row"));
        }
        if !self.assumed.is_empty() {
            let names: Vec<String> = self.assumed.iter().take(5).map(|name| format!("`{name}`")).collect();
            let message = format!("nothing tells which way is better for {}: lower is taken to be", names.join(", "));
            reading.note("direction-assumed", Location::whole(), message);
        }
        self.draft.finish(reading);
        self.draft
    }
}

/// A cell as a name; nothing where it is empty.
fn name(cell: Cell<'_>) -> Option<String> {
    match cell {
        Cell::Text(text) => Some(String::from_utf8_lossy(text).trim().to_owned()).filter(|text| !text.is_empty()),
        Cell::Integer(n) => Some(n.to_string()),
        Cell::Real(x) => Some(x.to_string()),
        _ => None,
    }
}

/// A cell as a number; nothing where it is empty, and none where it holds something else.
fn number(cell: Cell<'_>) -> Option<f64> {
    match cell {
        Cell::Null => None,
        Cell::Integer(n) => Some(n as f64),
        Cell::Real(x) => Some(x),
        Cell::Text(text) => {
            let text = String::from_utf8_lossy(text);
            if text.trim().is_empty() { None } else { Some(csv::number(&text).unwrap_or(f64::NAN)) }
        }
        _ => Some(f64::NAN),
    }
}
