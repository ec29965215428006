//! A column as this family knows it, and where in somebody else's table its value stands.

use crate::error::Diagnostic;
use crate::io::yaml::Node;

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

    /// The column of a name.
    pub fn named(name: &str) -> Option<Column> {
        Column::ALL.iter().find(|(_, n)| *n == name).map(|(column, _)| *column)
    }
}

/// Columns whose words a map may list.
pub const WORDED: [Column; 4] = [Column::Operation, Column::Trigger, Column::Environment, Column::Job];

/// What NULL, or nothing, in a column means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Null {
    /// What it means in a column of this kind.
    #[default]
    Usual,
    /// Nothing was to be said.
    Allowed,
    /// Something is missing.
    Refused,
    /// This value.
    Is(String),
}

/// Where the value of a column stands in a row of somebody else's table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// What the table calls the column.
    pub name: String,
    /// The keys that lead to the value, where the column holds JSON.
    pub path: Vec<String>,
    /// The table's words, and ours for them.
    pub words: Vec<(String, String)>,
    /// What NULL means.
    pub null: Null,
    /// Whether a table without the column is a whole one.
    pub optional: bool,
}

impl Origin {
    /// Reads `record_count`, or `{ from: data, path: actor.id, words: { decision: DELETE }, null: allowed, optional: true }`.
    pub fn parse(node: &Node, errors: &mut Vec<Diagnostic>) -> Origin {
        if let Some(name) = node.scalar() {
            return Origin { name: name.to_owned(), ..Origin::default() };
        }
        let mut fields = node.fields("a column", errors);
        fields.require("from");
        let path = fields.text("path").unwrap_or_default();
        let origin = Origin {
            name: fields.text("from").unwrap_or_default(),
            path: path.split('.').filter(|key| !key.is_empty()).map(str::to_owned).collect(),
            words: fields.entries("words").iter().filter_map(|(key, node)| Some((key.text.clone(), node.scalar()?.to_owned()))).collect(),
            null: match fields.text("null").as_deref() {
                None => Null::Usual,
                Some("allowed") => Null::Allowed,
                Some("refused") => Null::Refused,
                Some(value) => Null::Is(value.to_owned()),
            },
            optional: fields.get("optional").unwrap_or(false),
        };
        fields.finish();
        origin
    }

    /// As messages name it: `record_count`, `data.actor.id`.
    pub fn label(&self) -> String {
        std::iter::once(&self.name).chain(&self.path).map(String::as_str).collect::<Vec<_>>().join(".")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::io::yaml;

    #[test]
    fn the_order_of_the_names_is_that_of_the_columns() {
        for (index, (column, name)) in Column::ALL.iter().enumerate() {
            assert_eq!((*column as usize, Column::named(name)), (index, Some(*column)));
        }
    }

    #[test]
    fn a_column_is_a_name_or_a_place_in_json() {
        let read = |text: &str| {
            let mut errors = Vec::new();
            let origin = Origin::parse(&yaml::parse("map.yaml", text, &mut errors).unwrap(), &mut errors);
            (origin, errors.into_iter().map(|e| e.message).collect::<Vec<_>>())
        };
        assert_eq!(read("record_count").0, Origin { name: "record_count".into(), ..Origin::default() });
        let (origin, errors) = read("{ from: data, path: actor.id, words: { permit: READ }, null: prod, optional: true }");
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!((origin.label().as_str(), origin.optional, origin.null), ("data.actor.id", true, Null::Is("prod".into())));
        assert_eq!(origin.words, [("permit".to_owned(), "READ".to_owned())]);
        assert_eq!(read("{ form: data }").1, ["a column has no `from`", "a column has no key `form`"]);
    }
}
