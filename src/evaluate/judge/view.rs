//! What one rule sees of all facts.

use super::{Basis, Compiled, Facts, NAMED, facts};
use crate::evaluate::expression::{Absence, Environment, Measured};
use crate::evidence::Gap;
use crate::metric::{Labels, grouped};
use crate::record::Record;
use crate::source::Location;
use crate::system;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

/// Facts as one rule sees them, remembering which evidence it looked at.
pub(super) struct View<'a> {
    pub(super) facts: &'a Facts<'a>,
    empty: bool,
    /// What the rule's own query found.
    rows: Option<Vec<Record>>,
    /// How many more rows it would have found.
    pub(super) omitted: u64,
    pub(super) used: RefCell<BTreeSet<usize>>,
    /// How many rows were looked at.
    looked: Cell<usize>,
}

/// How many rows a rule may look at, counted each time: a family for every row of a family has no end that anybody would
/// wait for.
const ROWS: usize = 5_000_000;

impl<'a> View<'a> {
    /// What a rule sees, its own query's rows included.
    pub(super) fn of(rule: &Compiled, facts: &'a Facts<'a>) -> Result<View<'a>, Absence> {
        let mut view = View { facts, empty: rule.rule.empty, rows: None, omitted: 0, used: RefCell::default(), looked: Cell::default() };
        if let Some(collector) = &rule.rule.collect {
            let (table, index) = facts.table(&rule.rule.id, &collector.source.text)?;
            (view.rows, view.omitted) = (Some(facts::records(table)), table.omitted);
            view.used.borrow_mut().insert(index);
        }
        Ok(view)
    }

    /// All facts and nothing else; an empty family is nothing unusual.
    pub(super) fn plain(facts: &'a Facts<'a>) -> View<'a> {
        View { facts, empty: true, rows: None, omitted: 0, used: RefCell::default(), looked: Cell::default() }
    }

    pub(super) fn collected(&self) -> &[Record] {
        self.rows.as_deref().unwrap_or_default()
    }

    /// The row whose cells a rule about the system may name.
    pub(super) fn single(&self) -> Option<&Record> {
        self.collected().first()
    }

    pub(super) fn basis(&self) -> Vec<Basis> {
        let used = self.used.borrow();
        let entries = used.iter().map(|index| self.facts.entry(*index));
        let files =
            entries.flat_map(|e| e.sources.iter().map(|s| Basis { evidence: e.name.clone(), path: s.path.clone(), at: Location::whole() }));
        files.take(NAMED).collect()
    }
}

impl Environment for View<'_> {
    fn metric(&self, id: &str, labels: &Labels) -> Result<Measured, Absence> {
        if id.starts_with(system::PREFIX) {
            return self.facts.answer(id).map(Measured::from);
        }
        let found = self.facts.metric(id, labels);
        // A sound source that does not say was looked at all the same.
        let entries = found.as_ref().map_or_else(|_| self.facts.asked(id, labels), |(_, entries)| entries.clone());
        self.used.borrow_mut().extend(entries);
        found.map(|(measured, _)| measured)
    }

    fn base(&self, id: &str, labels: &Labels) -> Result<Measured, Absence> {
        self.facts.base(id, labels)
    }

    fn base_row(&self, family: &str, subject: &str) -> Result<&Record, Absence> {
        self.facts.base_row(family, subject)
    }

    fn rows(&self, family: &str) -> Result<Vec<&Record>, Absence> {
        if self.looked.get() > ROWS {
            return Err(Absence::broken(Gap::Invalid, format!("the rule looks at more than {} rows", grouped(ROWS as u64))));
        }
        let rows: Vec<&Record> = if let ("rows", Some(rows)) = (family, &self.rows) {
            rows.iter().collect()
        } else {
            let (rows, entries) = self.facts.rows(family)?;
            self.used.borrow_mut().extend(entries);
            rows.into_iter().map(|(_, row)| row).collect()
        };
        self.looked.set(self.looked.get().saturating_add(rows.len()));
        if rows.is_empty() && !self.empty {
            return Err(Absence::silent(format!("there is no {family} to judge")));
        }
        Ok(rows)
    }

    fn omitted(&self, family: &str) -> u64 {
        if family == "rows" && self.rows.is_some() { self.omitted } else { self.facts.omitted(family) }
    }
}
