//! A chain that is verified while its rows are read for what else they say, so that a table of gigabytes is gone through once.

use super::links::{Link, Names, Walk};
use super::native::{Encoder, stated};
use super::{Asked, Scheme};
use crate::ingest::audit::column::COLUMNS;
use crate::io::sqlite::Cell;

/// The first walk over a chain, row by row.
pub struct Along {
    walk: Walk,
    encoder: Encoder,
    /// Which cells of a row are hashed, in order, and which of them is its number.
    covered: Vec<usize>,
    id: Option<usize>,
    rows: i64,
}

impl Along {
    /// Nothing where the order of the chain may not be that in which the table has its rows.
    pub(super) fn begin(asked: &Asked<'_>, scheme: Scheme, names: Names, anchor: Option<u64>) -> Option<Along> {
        let ordered = asked.id.is_none_or(|id| asked.table.columns.iter().any(|column| column.number && column.name == id));
        (scheme == Scheme::Native && ordered).then(|| Along {
            walk: Walk::new(names, anchor),
            encoder: Encoder::new(),
            covered: asked.covered.iter().map(|(column, _)| *column as usize).collect(),
            id: asked.covered.iter().find(|(_, name)| Some(*name) == asked.id).map(|(column, _)| *column as usize),
            rows: 0,
        })
    }

    /// The columns that hold the hash of the row before and the row's own.
    pub fn columns(&self) -> [&str; 2] {
        [&self.walk.names.prev, &self.walk.names.hash]
    }

    /// Takes the next row: its cells as the table has them, and those of its hashes.
    pub fn add(&mut self, cells: &[Cell<'_>; COLUMNS], hashes: [Cell<'_>; 2]) {
        self.rows += 1;
        let Along { walk, encoder, covered, id, rows } = self;
        let row = id.and_then(|id| cells[id].integer()).unwrap_or(*rows);
        encoder.take(covered.iter().map(|column| cells[*column]));
        let [prev, hash] = hashes.map(stated);
        walk.add(Link { row, prev, hash, compute: &mut |before, _| encoder.chained(before) });
    }

    /// The walk, when all rows were taken.
    pub(super) fn done(self) -> Walk {
        self.walk
    }
}
