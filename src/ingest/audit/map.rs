//! What a map says of an audit table: which column is what, and which values are in order.

use super::chain;
use crate::error::Diagnostic;
use crate::ingest::table::Times;
use crate::io::spelling;
use crate::io::yaml::{self, Fields, Node};

/// A column as this family knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are those of the map")]
pub enum Column {
    Id,
    Table,
    Operation,
    Count,
    Ids,
    Rule,
    Cutoff,
    At,
    DryRun,
    Error,
    Run,
    Job,
    Trigger,
    Actor,
    Environment,
    Host,
    Version,
    Schema,
    Duration,
    Scanned,
    MinId,
    MaxId,
}

/// How many columns there are.
pub const COLUMNS: usize = 22;

impl Column {
    /// All columns and their names, in the order of [`Column`].
    pub const ALL: [(Column, &'static str); COLUMNS] = [
        (Column::Id, "id"),
        (Column::Table, "table"),
        (Column::Operation, "operation"),
        (Column::Count, "count"),
        (Column::Ids, "ids"),
        (Column::Rule, "rule"),
        (Column::Cutoff, "cutoff"),
        (Column::At, "at"),
        (Column::DryRun, "dry_run"),
        (Column::Error, "error"),
        (Column::Run, "run"),
        (Column::Job, "job"),
        (Column::Trigger, "trigger"),
        (Column::Actor, "actor"),
        (Column::Environment, "environment"),
        (Column::Host, "host"),
        (Column::Version, "version"),
        (Column::Schema, "schema"),
        (Column::Duration, "duration"),
        (Column::Scanned, "scanned"),
        (Column::MinId, "min_id"),
        (Column::MaxId, "max_id"),
    ];

    /// As a map names it.
    pub fn name(self) -> &'static str {
        Column::ALL[self as usize].1
    }

    fn named(name: &str) -> Option<Column> {
        Column::ALL.iter().find(|(_, n)| *n == name).map(|(column, _)| *column)
    }
}

/// Columns whose words a map may list.
pub const WORDED: [Column; 4] = [Column::Operation, Column::Trigger, Column::Environment, Column::Job];

/// What a map says.
#[derive(Clone, Debug, PartialEq)]
pub struct Map {
    /// The table.
    pub table: String,
    /// The name of its schema without the migration.
    pub schema: String,
    /// What the table calls each column, in the order of [`Column`]; none where it has no such column.
    pub columns: [Option<String>; COLUMNS],
    /// A later migration: the name of the schema with it, and the columns it adds.
    pub migration: Option<(String, Vec<Column>)>,
    /// How times are written.
    pub times: Times,
    /// The words of each of [`WORDED`]; empty where any word is in order.
    pub words: [Vec<String>; WORDED.len()],
    /// The keys of the table's name and of the days in the JSON of `rule`.
    pub retention: Option<(String, String)>,
    /// The trigger of a run by hand, and the actors that are nobody.
    pub manual: Option<(String, Vec<String>)>,
    /// Where the list of ids ends.
    pub ids_limit: Option<u64>,
    /// The longest ordinary operation, in milliseconds.
    pub slow: Option<i64>,
    /// How its rows are chained, where the map says it.
    pub chain: Option<chain::Spec>,
}

impl Map {
    /// Reads a map; everything wrong with it is added to `errors`.
    pub fn parse(file: &str, text: &str, errors: &mut Vec<Diagnostic>) -> Option<Map> {
        let before = errors.len();
        let root = yaml::parse(file, text, errors)?;
        let mut fields = root.fields("an audit map", errors);
        for key in ["family", "table", "columns", "time"] {
            fields.require(key);
        }
        if let Some(family) = fields.spanned("family").filter(|f| f.text != "audit") {
            fields.errors.push(Diagnostic::new(family.place, format!("this is a map of the family {}, not of audit", family.text)));
        }
        let map = Map {
            table: fields.text("table").unwrap_or_default(),
            schema: fields.text("schema").unwrap_or_default(),
            columns: fields.node("columns").map(|node| columns(node, fields.errors)).unwrap_or_default(),
            migration: fields.node("migration").map(|node| migration(node, fields.errors)),
            times: fields.node("time").map(|node| Times::parse(node, fields.errors)).unwrap_or_default(),
            words: fields.node("words").map(|node| words(node, fields.errors)).unwrap_or_default(),
            retention: fields.node("retention").map(|node| pair(node, "retention", ["table", "days"], fields.errors)),
            manual: fields.node("manual").map(|node| manual(node, fields.errors)),
            ids_limit: fields.get("ids_limit"),
            slow: fields.get("slow"),
            chain: fields.node("chain").map(|node| chain::Spec::parse(node, fields.errors)),
        };
        fields.finish();
        (errors.len() == before).then_some(map)
    }

    /// What the table calls a column.
    pub fn label(&self, column: Column) -> &str {
        self.columns[column as usize].as_deref().unwrap_or(column.name())
    }

    /// Whether a column came with the migration.
    pub fn is_added(&self, column: Column) -> bool {
        self.migration.as_ref().is_some_and(|(_, added)| added.contains(&column))
    }
}

fn columns(node: &Node, errors: &mut Vec<Diagnostic>) -> [Option<String>; COLUMNS] {
    let mut fields = node.fields("columns", errors);
    for column in [Column::Table, Column::Count, Column::At] {
        fields.require(column.name());
    }
    let columns = Column::ALL.map(|(_, name)| fields.text(name));
    fields.finish();
    columns
}

fn migration(node: &Node, errors: &mut Vec<Diagnostic>) -> (String, Vec<Column>) {
    let mut fields = node.fields("migration", errors);
    for key in ["schema", "adds"] {
        fields.require(key);
    }
    let schema = fields.text("schema").unwrap_or_default();
    let mut added = Vec::new();
    for word in fields.texts("adds") {
        match Column::named(&word.text) {
            Some(column) => added.push(column),
            None => {
                let help = spelling::did_you_mean(&word.text, Column::ALL.map(|(_, name)| name));
                fields.errors.push(Diagnostic::new(word.place, format!("unknown column `{}`", word.text)).help(help));
            }
        }
    }
    fields.finish();
    (schema, added)
}

fn words(node: &Node, errors: &mut Vec<Diagnostic>) -> [Vec<String>; WORDED.len()] {
    let mut fields = node.fields("words", errors);
    let words = WORDED.map(|column| list(&mut fields, column.name()));
    fields.finish();
    words
}

fn list(fields: &mut Fields<'_, '_>, key: &'static str) -> Vec<String> {
    fields.texts(key).into_iter().map(|word| word.text).collect()
}

fn pair(node: &Node, what: &'static str, keys: [&'static str; 2], errors: &mut Vec<Diagnostic>) -> (String, String) {
    let mut fields = node.fields(what, errors);
    let [first, second] = keys.map(|key| {
        fields.require(key);
        fields.text(key).unwrap_or_default()
    });
    fields.finish();
    (first, second)
}

fn manual(node: &Node, errors: &mut Vec<Diagnostic>) -> (String, Vec<String>) {
    let mut fields = node.fields("manual", errors);
    fields.require("trigger");
    let manual = (fields.text("trigger").unwrap_or_default(), list(&mut fields, "nobody"));
    fields.finish();
    manual
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::ingest::shipped_map;

    #[test]
    fn the_shipped_map_knows_both_schemas() {
        let mut errors = Vec::new();
        let map = Map::parse("m", shipped_map("retention-audit-log").unwrap(), &mut errors).unwrap();
        assert_eq!(map.columns.iter().flatten().count(), 22);
        assert_eq!(map.migration.as_ref().unwrap().1.len(), 12);
        assert!(map.is_added(Column::Host) && !map.is_added(Column::Error));
        for (index, (column, _)) in Column::ALL.iter().enumerate() {
            assert_eq!(*column as usize, index);
        }
    }

    #[test]
    fn all_mistakes_of_a_map_are_shown() {
        let text = "family: benchmark\ntable: t\ncolumns: { table: a, count: b, att: c }\n\
                    time: { forms: [iso], zone: UTC }\nslow: fast\nmigration: { schema: 2, adds: [hots] }\n";
        let mut errors = Vec::new();
        assert!(Map::parse("m.yaml", text, &mut errors).is_none());
        let lines: Vec<String> = errors.iter().map(|e| e.to_string().lines().next().unwrap_or("").to_owned()).collect();
        assert_eq!(
            lines,
            [
                "m.yaml:1:9: this is a map of the family benchmark, not of audit",
                "m.yaml:3:10: columns has no `at`",
                "m.yaml:3:32: columns has no key `att` - did you mean `at`?",
                "m.yaml:6:32: unknown column `hots` - did you mean `host`?",
                "m.yaml:5:7: `slow`: invalid type: string \"fast\", expected i64",
            ]
        );
    }
}
