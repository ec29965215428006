//! The queries of rules, asked of an export: its rows are copied into a database that nobody else sees, as if they came from one.

use super::collect;
use super::column::{COLUMNS, Column};
use super::map::Map;
use crate::evidence::Table;
use crate::ingest::Request;
use crate::io::private::Folder;
use crate::io::sqlite::{Cell, Copy, Failure, Snapshot};
use crate::partition::{self, Affinity, Shape};
use crate::rule::Collector;

/// A copy on its way.
pub(super) struct Answers {
    /// Removed with the copy in it.
    folder: Folder,
    copy: Result<Copy, Failure>,
    /// The columns it keeps.
    places: Vec<usize>,
}

impl Answers {
    /// Begins a copy of these columns; nothing where no rule asks, or the map is of no table that could be asked.
    pub(super) fn begin(request: &Request<'_>, map: &Map, present: &[bool; COLUMNS]) -> Option<Answers> {
        if request.collectors.is_empty() || map.table.is_empty() {
            return None;
        }
        let folder = Folder::new().ok()?;
        let kept = Column::ALL.iter().filter_map(|(column, _)| {
            // Queries name rows by their ids; rows that have none are numbered.
            let there = present[*column as usize] || *column == Column::Id;
            let origin = map.origin(*column).filter(|origin| there && origin.path.is_empty())?;
            Some((*column as usize, partition::Column { name: origin.name.clone(), affinity: affinity(*column), ..Default::default() }))
        });
        let (places, columns) = kept.unzip();
        let copy = Copy::begin(&folder.0.join("copy.db"), &Shape { name: map.table.clone(), columns, ..Shape::default() });
        Some(Answers { folder, copy, places })
    }

    /// Adds the row of this number.
    pub(super) fn add(&mut self, number: i64, cells: &[Cell<'_>; COLUMNS]) {
        let Ok(copy) = &mut self.copy else { return };
        let cell = |place: &usize| match cells[*place] {
            Cell::Null if *place == Column::Id as usize => Cell::Integer(number),
            cell => cell,
        };
        let kept: Vec<Cell<'_>> = self.places.iter().map(cell).collect();
        if let Err(failure) = copy.add(&kept) {
            self.copy = Err(failure);
        }
    }

    /// Asks every query.
    pub(super) fn ask(self, request: &Request<'_>, map: &Map) -> Vec<Table> {
        let asked = self.copy.and_then(Copy::finish).and_then(|_| Snapshot::open(&self.folder.0.join("copy.db"), request.now));
        let answer = |collector: &&Collector| match &asked {
            Ok(snapshot) => collect::ask(snapshot, collector, &map.times),
            Err(failure) => Table { error: Some(failure.message.clone()), ..collect::empty(collector) },
        };
        request.collectors.iter().map(answer).collect()
    }
}

/// What a database would rather store in a column.
pub(super) fn affinity(column: Column) -> Affinity {
    use Column::{Count, DryRun, Duration, Id, MaxId, MinId, Scanned};
    if matches!(column, Id | Count | DryRun | Duration | Scanned | MinId | MaxId) { Affinity::Integer } else { Affinity::Text }
}
