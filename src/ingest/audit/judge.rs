//! The rules that an audit row must keep beside the map, the policy and the rows before it.

mod identity;
mod lists;
mod moments;
mod numbers;
mod terms;
mod words;

use super::column::{COLUMNS, Column, Null};
use super::ids::Range;
use super::map::Map;
use super::policy::Policy;
use super::row::{Facts, Found, Row, shown};
use super::tally::Tally;
use crate::instant::Instant;
use crate::io::sqlite::Cell;
use crate::metric::{duration, grouped};
use identity::Identity;
use moments::Clocks;
use std::collections::BTreeMap;
use std::sync::Arc;
use terms::Rule;
use words::Familiar;

/// A cut-off or an order may be off by this much, in milliseconds: statements take time, and clocks are set.
const SLACK: i64 = 60_000;

/// What a snapshot's rows are held against.
pub struct Terms {
    /// Which column is what.
    pub map: Arc<Map>,
    /// What the retention should be, where somebody said it.
    pub policy: Option<Policy>,
    /// As of when.
    pub now: Instant,
    /// Which columns the table has.
    pub present: [bool; COLUMNS],
    /// The default values of columns that a migration added, as far as they are known: rows from before it seem to hold them.
    pub defaults: [Option<Default>; COLUMNS],
    /// Whether the database itself gives no two rows the same id.
    pub numbered: bool,
}

/// What a column holds in a row that was written before the column was added.
#[derive(Clone, Debug, PartialEq)]
pub enum Default {
    /// NULL.
    Null,
    /// A whole number.
    Integer(i64),
    /// A text.
    Text(String),
}

impl Default {
    /// Reads a column's DEFAULT clause; nothing when it is no plain value.
    pub fn parse(clause: Option<&str>) -> Option<Default> {
        let Some(clause) = clause.map(str::trim) else { return Some(Default::Null) };
        if clause.eq_ignore_ascii_case("null") {
            return Some(Default::Null);
        }
        let text = clause.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).map(|text| text.replace("''", "'"));
        text.map(Default::Text).or_else(|| clause.parse().ok().map(Default::Integer))
    }

    fn is(&self, cell: Cell<'_>) -> bool {
        match (self, cell) {
            (Default::Null, Cell::Null) => true,
            (Default::Integer(a), Cell::Integer(b)) => *a == b,
            (Default::Text(a), Cell::Text(b)) => a.as_bytes() == b,
            _ => false,
        }
    }
}

/// Judges rows in the order of the table.
pub struct Judge {
    terms: Terms,
    /// Columns that a migration added, and what rows from before it hold in them.
    added: Vec<(Column, Default)>,
    /// Whether a row was seen that was written after the migration.
    migrated: bool,
    clocks: Clocks,
    identity: Identity,
    rules: BTreeMap<String, (String, Rule)>,
    /// Where the ids of the next row are put.
    room: Vec<Range>,
    /// Columns in which nothing must not stand.
    refused: Vec<Column>,
    /// Texts that were in order, by column.
    familiar: Familiar,
}

impl Judge {
    /// A judge on these terms.
    pub fn new(terms: Terms) -> Self {
        let of = |(column, _): &(Column, &str)| {
            let added = terms.map.is_added(*column) && terms.present[*column as usize];
            Some((*column, terms.defaults[*column as usize].clone().filter(|_| added)?))
        };
        let mut added: Vec<(Column, Default)> = Column::ALL.iter().filter_map(of).collect();
        // Where every added column has a default, a new row may well look like an old one.
        if !added.iter().any(|(_, default)| *default == Default::Null) {
            added.clear();
        }
        let refused =
            |column: &Column| terms.present[*column as usize] && terms.map.origin(*column).is_some_and(|o| o.null == Null::Refused);
        let refused = Column::ALL.iter().map(|(column, _)| *column).filter(refused).collect();
        Judge {
            terms,
            added,
            migrated: false,
            clocks: Clocks::default(),
            identity: Identity::default(),
            rules: BTreeMap::new(),
            room: Vec::new(),
            refused,
            familiar: Familiar::default(),
        }
    }

    /// Counts a row, with what it states and what is wrong with it.
    pub fn row(&mut self, row: &Row<'_>, tally: &mut Tally) {
        let mut found = Found::default();
        let legacy = self.is_legacy(row, &mut found);
        self.identity(row, &mut found);
        let mut facts = Facts { legacy, ..self.numbers(row, &mut found) };
        facts.table = self.table(row, &mut found);
        let told = self.terms.map.times.tell(row.get(Column::At));
        facts.at = self.moment(row, told, tally, &mut found);
        facts.dry_run = self.dry_run(row, &mut found);
        facts.failed = self.failed(row, &mut found);
        facts.manual = self.is_manual(row);
        let repeated = self.repeated(row);
        facts.environment = self.environment(row, repeated);
        facts.days = self.rule(row, &facts, &mut found);
        self.run_id(row, legacy, &mut found);
        self.words(row, legacy, repeated, &mut found);
        self.texts(row, repeated, &mut found);
        facts.cutoff = self.cutoff(row, &facts, told, &mut found);
        (facts.listed, facts.ids) = self.ids(row, &facts, tally, &mut found);
        self.hold(&facts, &mut found);
        self.actor(row, legacy, &mut found);
        let Found { findings, kinds } = found;
        tally.add(row, &facts, self.terms.now);
        self.room = facts.ids;
        tally.kinds(row.id, kinds);
        for (code, message) in findings {
            tally.say(Some(row.id), code, message);
        }
    }

    /// What only the last row tells.
    pub fn finish(self, tally: &mut Tally) {
        if tally.legacy > 0 {
            tally.say(None, "AUD-LEGACY-ROWS", self.legacy(tally.legacy));
        }
        self.clocks.finish(tally, self.terms.map.label(Column::At));
        tally.doers.finish();
        self.identity.finish(tally, self.terms.map.label(Column::Id));
    }

    /// What is to be known of rows from before the migration.
    fn legacy(&self, rows: u64) -> String {
        let traced = [Column::Trigger, Column::Actor, Column::Job].into_iter().filter(|c| self.has(*c) && self.terms.map.is_added(*c));
        let names: Vec<&str> = traced.map(|column| self.label(column)).collect();
        format!(
            "{} legacy rows: {} of legacy rows are schema DEFAULTs, not recorded facts (all columns of schema {} hold what rows from before it read as)",
            grouped(rows),
            names.join("/"),
            self.terms.map.migration.as_ref().map_or("", |(schema, _)| schema),
        )
    }

    fn has(&self, column: Column) -> bool {
        self.terms.present[column as usize]
    }

    fn label(&self, column: Column) -> &str {
        self.terms.map.label(column)
    }

    /// A row from before the migration holds the defaults in every column that came with it.
    fn is_legacy(&mut self, row: &Row<'_>, found: &mut Found) -> bool {
        let legacy = !self.added.is_empty() && self.added.iter().all(|(column, default)| default.is(row.get(*column)));
        self.migrated |= !legacy;
        if legacy && self.migrated {
            found.say("AUD-NULL", || "all columns of the newer schema hold their defaults, though older rows have values".to_owned());
        }
        legacy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_plain_values() {
        let parse = |clause| Default::parse(Some(clause));
        assert_eq!(Default::parse(None), Some(Default::Null));
        assert_eq!(parse("NULL"), Some(Default::Null));
        assert_eq!(parse("'it''s'"), Some(Default::Text("it's".into())));
        assert_eq!(parse("-3"), Some(Default::Integer(-3)));
        assert_eq!([parse("CURRENT_TIMESTAMP"), parse("(1 + 1)")], [None, None]);
    }
}
