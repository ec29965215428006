//! Lists of deleted ids: as long as the count beside them, without doubles, between the lowest and the highest.

use super::{Cell, Column, Facts, Found, Judge, Row, Tally, grouped, shown};
use crate::ingest::audit::ids::{self, DeletedId, Ids};

impl Judge {
    /// How many ids a row lists, and which.
    pub(super) fn ids(&mut self, row: &Row<'_>, facts: &Facts<'_>, tally: &mut Tally, found: &mut Found) -> (Option<u64>, Vec<ids::Range>) {
        let Some(count) = facts.count.filter(|_| self.has(Column::Ids)) else { return (None, Vec::new()) };
        let (label, counted) = (self.terms.map.label(Column::Ids), self.terms.map.label(Column::Count));
        let read = match row.get(Column::Ids) {
            Cell::Null if count == 0 => Ok(Ids::default()),
            Cell::Null => {
                found.say("RET-IDS-COUNT", || format!("{label} is NULL, {counted} {count}"));
                return (None, Vec::new());
            }
            Cell::Text(text) => ids::read(text, std::mem::take(&mut self.room)),
            cell => Err(format!("is {}, not a JSON array", shown(cell))),
        };
        let list = match read {
            Ok(list) => list,
            Err(mistake) => {
                found.say("RET-IDS-JSON", || format!("{label} {mistake}"));
                return (None, Vec::new());
            }
        };
        let limit = self.terms.map.ids_limit.unwrap_or(u64::MAX);
        let shortened = list.count == limit && count > limit;
        let many = |n: u64| format!("{n} id{}", if n == 1 { "" } else { "s" });
        if shortened {
            let reach = list.range.as_ref().map(|(_, last)| last) == high(row).as_ref();
            let reach = if reach { format!("; {} covers only the first {limit}", self.label(Column::MaxId)) } else { String::new() };
            let unrecorded = count - limit;
            tally.list_ends(row.id, unrecorded, || {
                format!("list truncated at {limit} of {count} (allowed, {unrecorded} ids not recorded{reach})")
            });
        } else if list.count != count {
            found.say("RET-IDS-COUNT", || format!("{}, {counted} {count}", many(list.count)));
        } else if list.count > limit {
            found.say("RET-IDS-LIMIT", || format!("{label} lists {}, and its limit is {}", many(list.count), grouped(limit)));
        }
        if let Some(id) = &list.duplicate {
            found.say("RET-IDS-DUP", || format!("duplicate id {id}"));
        }
        self.range(row, facts, &list, shortened, found);
        (Some(list.count), list.ranges)
    }

    /// Lowest and highest id agree with the list; beyond a shortened list they may reach further.
    fn range(&self, row: &Row<'_>, facts: &Facts<'_>, list: &Ids, shortened: bool, found: &mut Found) {
        if !self.has(Column::MinId) || !self.has(Column::MaxId) || facts.legacy {
            return;
        }
        let (min, max) = (id(row.get(Column::MinId)), high(row));
        let show = |id: &Option<DeletedId>| id.as_ref().map_or_else(|| "NULL".to_owned(), ToString::to_string);
        let listed = || list.range.as_ref().map_or_else(|| "without ids".to_owned(), |(first, last)| format!("{first}..{last}"));
        let agrees = match (&list.range, &min, &max) {
            (None, None, None) => true,
            (Some((first, last)), Some(min), Some(max)) if shortened => min <= first && max >= last,
            (Some((first, last)), Some(min), Some(max)) => (first, last) == (min, max),
            // Ids of text have no range in a column of numbers.
            (Some((DeletedId::Text(_), _)), None, None) => true,
            _ => false,
        };
        if !agrees {
            found.say("RET-IDS-RANGE", || format!("min/max {}..{} disagree with list {}", show(&min), show(&max), listed()));
        }
    }
}

fn high(row: &Row<'_>) -> Option<DeletedId> {
    id(row.get(Column::MaxId))
}

fn id(cell: Cell<'_>) -> Option<DeletedId> {
    match cell {
        Cell::Null => None,
        Cell::Integer(n) => Some(DeletedId::Number(n)),
        Cell::Text(text) => Some(DeletedId::Text(String::from_utf8_lossy(text).into_owned())),
        Cell::Real(x) => Some(DeletedId::Text(format!("{x:?}"))),
        Cell::Blob(_) => Some(DeletedId::Text("a blob".to_owned())),
    }
}
