//! What a map says of an audit table: which column is what, and which values are in order.

use super::column::{COLUMNS, Column, Null, Origin, WORDED};
use super::judge::Default;
use super::{chain, pii, policy};
use crate::error::Diagnostic;
use crate::ingest::table::Times;
use crate::io::spelling;
use crate::io::sqlite::Cell;
use crate::io::yaml::{self, Fields, Node};
use crate::rule::Spanned;

/// What a map says.
#[derive(Clone, Debug, PartialEq)]
pub struct Map {
    /// The table; empty where the map is of files that hold one table only.
    pub table: String,
    /// The name of its schema without the migration.
    pub schema: String,
    /// Where each column stands, in the order of [`Column`]; none where the table has no such column.
    pub columns: [Option<Origin>; COLUMNS],
    /// What messages call each column.
    labels: [String; COLUMNS],
    /// Columns whose values are put in other words.
    translated: Vec<Column>,
    /// A later migration: the name of the schema with it, and the columns it adds.
    pub migration: Option<(String, Vec<Column>)>,
    /// What rows from before it read as in those columns, where that is not NULL.
    defaults: Vec<(Column, String)>,
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
    /// How often the job runs, in milliseconds, where no policy says it.
    pub cadence: Option<i64>,
    /// Columns that should be first in an index.
    pub indexed: Vec<Column>,
    /// Words that must not meet in one row.
    pub never: Vec<Vec<(Column, String)>>,
    /// Where nothing may stand about persons.
    pub pii: Pii,
    /// How its rows are chained, where the map says it.
    pub chain: Option<chain::Spec>,
}

/// Where nothing may stand about persons.
#[derive(Clone, Debug, PartialEq)]
pub struct Pii {
    /// Columns that are looked at.
    pub columns: Vec<Column>,
    /// What is looked for.
    pub detect: Vec<&'static str>,
    /// What is in order all the same: whole finds, or how they end.
    pub allow: Vec<String>,
}

impl std::default::Default for Pii {
    fn default() -> Self {
        let detect = pii::DETECTORS.iter().map(|detector| detector.name).collect();
        Pii {
            columns: vec![Column::Error, Column::Actor, Column::Host, Column::Version, Column::Rule, Column::Ids],
            detect,
            allow: Vec::new(),
        }
    }
}

impl Map {
    /// Reads a map; everything wrong with it is added to `errors`.
    pub fn parse(file: &str, text: &str, errors: &mut Vec<Diagnostic>) -> Option<Map> {
        let before = errors.len();
        let root = yaml::parse(file, text, errors)?;
        let mut fields = root.fields("an audit map", errors);
        for key in ["family", "columns", "time"] {
            fields.require(key);
        }
        if let Some(family) = fields.spanned("family").filter(|f| f.text != "audit") {
            fields.errors.push(Diagnostic::new(family.place, format!("this is a map of the family {}, not of audit", family.text)));
        }
        let columns = fields.node("columns").map(|node| columns(node, fields.errors)).unwrap_or_default();
        let (migration, defaults) = fields.node("migration").map(|node| migration(node, fields.errors)).unzip();
        let map = Map {
            table: fields.text("table").unwrap_or_default(),
            schema: fields.text("schema").unwrap_or_default(),
            translated: translated(&columns),
            labels: Column::ALL.map(|(column, name)| columns[column as usize].as_ref().map_or_else(|| name.to_owned(), Origin::label)),
            columns,
            migration,
            defaults: defaults.unwrap_or_default(),
            times: fields.node("time").map(|node| Times::parse(node, fields.errors)).unwrap_or_default(),
            words: fields.node("words").map(|node| words(node, fields.errors)).unwrap_or_default(),
            retention: fields.node("retention").map(|node| pair(node, "retention", ["table", "days"], fields.errors)),
            manual: fields.node("manual").map(|node| manual(node, fields.errors)),
            ids_limit: fields.get("ids_limit"),
            slow: fields.get("slow"),
            cadence: fields.spanned("cadence").and_then(|text| policy::cadence(&text.text, &text.place, fields.errors)),
            indexed: named(&mut fields, "indexed"),
            never: fields.items("never").iter().map(|node| pairs(node, "never", fields.errors)).collect(),
            chain: fields.node("chain").map(|node| chain::Spec::parse(node, fields.errors)),
            pii: fields.node("pii").map(|node| persons(node, fields.errors)).unwrap_or_default(),
        };
        fields.finish();
        (errors.len() == before).then_some(map)
    }

    /// What the table calls a column.
    pub fn label(&self, column: Column) -> &str {
        &self.labels[column as usize]
    }

    /// Where a column stands.
    pub fn origin(&self, column: Column) -> Option<&Origin> {
        self.columns[column as usize].as_ref()
    }

    /// Puts the map's words in the place of the table's, and what NULL means in the place of NULL.
    pub fn understand<'a>(&'a self, cells: &mut [Cell<'a>; COLUMNS]) {
        for column in &self.translated {
            let Some(origin) = self.origin(*column) else { continue };
            let cell = &mut cells[*column as usize];
            if let (Cell::Null, Null::Is(value)) = (*cell, &origin.null) {
                *cell = Cell::Text(value.as_bytes());
            }
            let text = cell.text().map(str::to_owned).or_else(|| cell.integer().map(|n| n.to_string()));
            if let Some((_, ours)) = text.and_then(|text| origin.words.iter().find(|(theirs, _)| *theirs == text)) {
                *cell = Cell::Text(ours.as_bytes());
            }
        }
    }

    /// What rows from before the migration read as in a column that it added.
    pub fn default(&self, column: Column) -> Default {
        let text = self.defaults.iter().find(|(known, _)| *known == column).map(|(_, text)| text.clone());
        text.map_or(Default::Null, Default::Text)
    }

    /// Whether a column came with the migration.
    pub fn is_added(&self, column: Column) -> bool {
        self.migration.as_ref().is_some_and(|(_, added)| added.contains(&column))
    }
}

fn columns(node: &Node, errors: &mut Vec<Diagnostic>) -> [Option<Origin>; COLUMNS] {
    let mut fields = node.fields("columns", errors);
    fields.require(Column::At.name());
    let columns = Column::ALL.map(|(_, name)| fields.node(name).map(|node| Origin::parse(node, fields.errors)));
    fields.finish();
    columns
}

fn translated(columns: &[Option<Origin>; COLUMNS]) -> Vec<Column> {
    let other = |origin: &Origin| !origin.words.is_empty() || matches!(origin.null, Null::Is(_));
    Column::ALL.iter().map(|(column, _)| *column).filter(|column| columns[*column as usize].as_ref().is_some_and(other)).collect()
}

type Migration = (String, Vec<Column>);

fn migration(node: &Node, errors: &mut Vec<Diagnostic>) -> (Migration, Vec<(Column, String)>) {
    let mut fields = node.fields("migration", errors);
    for key in ["schema", "adds"] {
        fields.require(key);
    }
    let schema = fields.text("schema").unwrap_or_default();
    let added = named(&mut fields, "adds");
    let defaults = fields.node("defaults").map(|node| pairs(node, "defaults", fields.errors)).unwrap_or_default();
    fields.finish();
    ((schema, added), defaults)
}

/// The columns that a list names.
fn named(fields: &mut Fields<'_, '_>, key: &'static str) -> Vec<Column> {
    let words = fields.texts(key);
    let mut columns = Vec::with_capacity(words.len());
    for word in words {
        match Column::named(&word.text) {
            Some(column) => columns.push(column),
            None => fields.errors.push(unknown(&word)),
        }
    }
    columns
}

fn unknown(word: &Spanned) -> Diagnostic {
    let help = spelling::did_you_mean(&word.text, Column::ALL.map(|(_, name)| name));
    Diagnostic::new(word.place.clone(), format!("unknown column `{}`", word.text)).help(help)
}

/// `{ trigger: ci, environment: prod }`.
fn pairs(node: &Node, what: &str, errors: &mut Vec<Diagnostic>) -> Vec<(Column, String)> {
    let mut pairs = Vec::new();
    for (key, node) in node.entries().unwrap_or_default() {
        match (Column::named(&key.text), node.scalar()) {
            (Some(column), Some(word)) => pairs.push((column, word.to_owned())),
            _ => errors.push(unknown(key)),
        }
    }
    if pairs.is_empty() {
        errors.push(Diagnostic::new(node.place.clone(), format!("`{what}` needs columns and their words")));
    }
    pairs
}

fn persons(node: &Node, errors: &mut Vec<Diagnostic>) -> Pii {
    let mut fields = node.fields("pii", errors);
    let (usual, mut found) = (Pii::default(), Vec::new());
    let columns = named(&mut fields, "columns");
    let detect = fields.texts("detect");
    for word in &detect {
        match pii::named(&word.text) {
            Some(detector) => found.push(detector.name),
            None => {
                let help = spelling::did_you_mean(&word.text, usual.detect.iter().copied())
                    .or_else(|| Some(format!("the detectors are {}", usual.detect.join(", "))));
                fields.errors.push(Diagnostic::new(word.place.clone(), format!("unknown detector `{}`", word.text)).help(help));
            }
        }
    }
    let allow = list(&mut fields, "allow");
    fields.finish();
    Pii {
        columns: if columns.is_empty() { usual.columns } else { columns },
        detect: if detect.is_empty() { usual.detect } else { found },
        allow,
    }
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
