//! What a map says of a table of benchmark runs: a column for every figure (wide), or a row for every value (long).

use super::unit;
use crate::error::Diagnostic;
use crate::ingest::table::Times;
use crate::io::yaml::{self, Fields, Node};
use crate::series::Direction;
use std::collections::BTreeMap;

#[cfg(test)]
mod tests;

/// What a map says.
#[derive(Clone, Debug, PartialEq)]
pub struct Map {
    /// The table of a database; a file of separated values is its table.
    pub table: Option<String>,
    /// The columns of run, time, commit, branch, machine, benchmark and release, where there are such columns.
    pub leading: [Option<String>; LEADING],
    /// Columns that are parameters of the benchmark.
    pub parameters: Vec<String>,
    /// How times are written.
    pub times: Times,
    /// Where the values are.
    pub layout: Layout,
}

/// What the first columns are, in this order.
pub const LEADING: usize = 7;
pub const RUN: usize = 0;
pub const AT: usize = 1;
pub const COMMIT: usize = 2;
pub const BRANCH: usize = 3;
pub const MACHINE: usize = 4;
pub const BENCHMARK: usize = 5;
pub const RELEASE: usize = 6;

/// Where the values are.
#[derive(Clone, Debug, PartialEq)]
pub enum Layout {
    /// A column for every figure.
    Wide(Vec<Figure>),
    /// A row for every value: the columns of value, metric and unit, and what is known of some metrics.
    Long { value: String, metric: Option<String>, unit: Option<String>, known: BTreeMap<String, Known> },
}

/// A column that holds figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// As the table calls it.
    pub column: String,
    /// What runs; nothing where a column says so.
    pub benchmark: Option<String>,
    /// What of it is measured.
    pub metric: String,
    /// In which unit.
    pub unit: String,
    /// Which way is better.
    pub direction: Direction,
}

/// What a map says of a metric that the table names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    /// In which unit, unless a column says so.
    pub unit: Option<String>,
    /// Which way is better, unless the unit tells.
    pub direction: Option<Direction>,
}

impl Map {
    /// Reads a map; everything wrong with it is added to `errors`.
    pub fn parse(file: &str, text: &str, errors: &mut Vec<Diagnostic>) -> Option<Map> {
        let before = errors.len();
        let root = yaml::parse(file, text, errors)?;
        let mut fields = root.fields("a benchmark map", errors);
        for key in ["family", "columns"] {
            fields.require(key);
        }
        if let Some(family) = fields.spanned("family").filter(|f| f.text != "benchmark") {
            fields.errors.push(Diagnostic::new(family.place, format!("this is a map of the family {}, not of benchmark", family.text)));
        }
        let table = fields.text("table");
        let columns = fields.node("columns").map(|node| Columns::parse(node, fields.errors)).unwrap_or_default();
        if columns.leading[AT].is_some() {
            fields.require("time");
        }
        let times = fields.node("time").map(|node| Times::parse(node, fields.errors)).unwrap_or_default();
        let parameters = fields.texts("parameters").into_iter().map(|name| name.text).collect();
        let layout = columns.layout(&mut fields);
        fields.finish();
        (errors.len() == before).then_some(Map { table, leading: columns.leading, parameters, times, layout })
    }

    /// The columns that a row holds, in this order: those in front, the parameters, the values. With each, whether a table without it
    /// cannot be read; of a figure that is not there, the rest still can.
    pub fn columns(&self) -> Vec<Option<(&str, bool)>> {
        let leading = self.leading.iter().map(|name| name.as_deref().map(|name| (name, true)));
        let parameters = self.parameters.iter().map(|name| Some((name.as_str(), true)));
        let values: Vec<Option<(&str, bool)>> = match &self.layout {
            Layout::Wide(figures) => figures.iter().map(|figure| Some((figure.column.as_str(), false))).collect(),
            Layout::Long { value, metric, unit, .. } => {
                vec![Some((value, true)), metric.as_deref().map(|name| (name, true)), unit.as_deref().map(|name| (name, true))]
            }
        };
        leading.chain(parameters).chain(values).collect()
    }
}

#[derive(Default)]
struct Columns {
    leading: [Option<String>; LEADING],
    value: Option<String>,
    metric: Option<String>,
    unit: Option<String>,
}

impl Columns {
    fn parse(node: &Node, errors: &mut Vec<Diagnostic>) -> Self {
        let mut fields = node.fields("columns", errors);
        let leading = ["run", "at", "commit", "branch", "machine", "benchmark", "release"].map(|key| fields.text(key));
        let [value, metric, unit] = ["value", "metric", "unit"].map(|key| fields.text(key));
        if value.is_some() {
            fields.require("benchmark");
        } else if metric.is_some() || unit.is_some() {
            let message = "columns of metric or unit are of a table with a row for every value, which needs a column `value`";
            fields.errors.push(Diagnostic::new(node.place.clone(), message));
        }
        fields.finish();
        Columns { leading, value, metric, unit }
    }

    fn layout(&self, fields: &mut Fields<'_, '_>) -> Layout {
        if let Some(value) = &self.value {
            let known = fields.entries("metrics").iter().map(|(name, node)| (name.text.clone(), known(node, fields.errors))).collect();
            return Layout::Long { value: value.clone(), metric: self.metric.clone(), unit: self.unit.clone(), known };
        }
        fields.require("metrics");
        let Some(node) = fields.node("metrics") else { return Layout::Wide(Vec::new()) };
        let Some(entries) = node.entries().filter(|entries| !entries.is_empty()) else {
            fields.errors.push(Diagnostic::new(node.place.clone(), "`metrics` must be a mapping of columns to what they hold"));
            return Layout::Wide(Vec::new());
        };
        let named = self.leading[BENCHMARK].is_some();
        Layout::Wide(entries.iter().map(|(column, node)| figure(&column.text, node, named, fields.errors)).collect())
    }
}

/// What a column holds; `named` where another column says what ran.
fn figure(column: &str, node: &Node, named: bool, errors: &mut Vec<Diagnostic>) -> Figure {
    let mut fields = node.fields("a metric", errors);
    if !named {
        fields.require("benchmark");
    }
    fields.require("metric");
    fields.require("unit");
    let [benchmark, metric, unit] = ["benchmark", "metric", "unit"].map(|key| fields.text(key));
    let unit = unit.unwrap_or_default();
    if unit::direction(&unit).is_none() {
        fields.require("direction");
    }
    let direction = fields.get("direction").or_else(|| unit::direction(&unit)).unwrap_or(Direction::Lower);
    fields.finish();
    Figure { column: column.to_owned(), benchmark, metric: metric.unwrap_or_default(), unit, direction }
}

fn known(node: &Node, errors: &mut Vec<Diagnostic>) -> Known {
    let mut fields = node.fields("a metric", errors);
    let known = Known { unit: fields.text("unit"), direction: fields.get("direction") };
    fields.finish();
    known
}
