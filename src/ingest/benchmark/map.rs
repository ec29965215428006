//! What a map says of a table of benchmark runs.

use crate::error::Diagnostic;
use crate::ingest::table::Times;
use crate::io::yaml::{self, Node};
use crate::series::Direction;

/// What a map says.
#[derive(Clone, Debug, PartialEq)]
pub struct Map {
    /// The table.
    pub table: String,
    /// The column that names the run.
    pub run: Option<String>,
    /// The column of the time.
    pub at: String,
    /// The column of the commit.
    pub commit: Option<String>,
    /// The column of the branch.
    pub branch: Option<String>,
    /// The column of the machine.
    pub machine: Option<String>,
    /// How times are written.
    pub times: Times,
    /// The columns of figures.
    pub figures: Vec<Figure>,
}

/// A column that holds figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// As the table calls it.
    pub column: String,
    /// What runs.
    pub benchmark: String,
    /// What of it is measured.
    pub metric: String,
    /// In which unit.
    pub unit: String,
    /// Which way is better.
    pub direction: Direction,
}

impl Map {
    /// Reads a map; everything wrong with it is added to `errors`.
    pub fn parse(file: &str, text: &str, errors: &mut Vec<Diagnostic>) -> Option<Map> {
        let before = errors.len();
        let root = yaml::parse(file, text, errors)?;
        let mut fields = root.fields("a benchmark map", errors);
        for key in ["family", "table", "columns", "time", "metrics"] {
            fields.require(key);
        }
        if let Some(family) = fields.spanned("family").filter(|f| f.text != "benchmark") {
            fields.errors.push(Diagnostic::new(family.place, format!("this is a map of the family {}, not of benchmark", family.text)));
        }
        let table = fields.text("table").unwrap_or_default();
        let [run, at, commit, branch, machine] = fields.node("columns").map(|node| columns(node, fields.errors)).unwrap_or_default();
        let times = fields.node("time").map(|node| Times::parse(node, fields.errors)).unwrap_or_default();
        let figures = fields.node("metrics").map(|node| figures(node, fields.errors)).unwrap_or_default();
        fields.finish();
        (errors.len() == before).then_some(Map { table, run, at: at.unwrap_or_default(), commit, branch, machine, times, figures })
    }
}

fn columns(node: &Node, errors: &mut Vec<Diagnostic>) -> [Option<String>; 5] {
    let mut fields = node.fields("columns", errors);
    fields.require("at");
    let columns = ["run", "at", "commit", "branch", "machine"].map(|key| fields.text(key));
    fields.finish();
    columns
}

fn figures(node: &Node, errors: &mut Vec<Diagnostic>) -> Vec<Figure> {
    let Some(entries) = node.entries().filter(|entries| !entries.is_empty()) else {
        errors.push(Diagnostic::new(node.place.clone(), "`metrics` must be a mapping of columns to what they hold"));
        return Vec::new();
    };
    entries.iter().map(|(column, node)| figure(&column.text, node, errors)).collect()
}

fn figure(column: &str, node: &Node, errors: &mut Vec<Diagnostic>) -> Figure {
    let mut fields = node.fields("a metric", errors);
    for key in ["benchmark", "metric", "unit", "direction"] {
        fields.require(key);
    }
    let [benchmark, metric, unit] = ["benchmark", "metric", "unit"].map(|key| fields.text(key).unwrap_or_default());
    let direction = fields.get("direction").unwrap_or(Direction::Lower);
    fields.finish();
    Figure { column: column.to_owned(), benchmark, metric, unit, direction }
}
