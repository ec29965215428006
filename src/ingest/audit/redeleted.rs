//! Ids that were deleted twice: exactly, however many there are.
//!
//! The ids of every list are kept as ranges. A job that works its way through a table deletes ids that rise: those are written
//! down as they come, and cannot overlap. Ranges that lie before the last one are sorted, on disk as soon as they are many, and
//! only where there are any, all are gone through once: two ranges of the same table and operation that overlap were deleted twice.

use super::column::Column;
use super::ids::{self, Range};
use super::pii::redacted;
use super::row::{Facts, Row};
use crate::io::hash;
use crate::io::private::{Sorter, Source, Spool, leb128};
use std::io::{self, BufRead};

/// Table and operation, first id, last id, row: in this order, so that their bytes sort as they do.
const ENTRY: usize = 16 + 16 + 16 + 8;
/// So many tables are remembered with their digest.
const KNOWN: usize = 256;

/// Deleted ids, on their way.
#[derive(Debug, Default)]
pub struct Redeleted {
    rising: Vec<Rising>,
    sorter: Sorter<ENTRY>,
    known: Vec<(String, u128)>,
    failed: Option<String>,
}

/// Ids of a row that an earlier row deleted already.
#[derive(Debug, PartialEq, Eq)]
pub struct Twice {
    /// The later row.
    pub row: i64,
    /// The earlier row.
    pub before: i64,
    /// How many ids they have in common.
    pub count: u128,
    /// One of them, where it is a number.
    pub id: Option<i64>,
    /// The table.
    pub table: String,
}

impl Redeleted {
    /// Adds the ids of a row.
    pub fn add(&mut self, row: &Row<'_>, facts: &Facts<'_>) {
        if facts.ids.is_empty() || self.failed.is_some() {
            return;
        }
        let operation = row.get(Column::Operation).text().unwrap_or("");
        let key = self.key(facts.table.unwrap_or(""), operation);
        for range in &facts.ids {
            if let Err(error) = self.keep(key, *range, row.id) {
                self.failed = Some(error.to_string());
                return;
            }
        }
    }

    fn keep(&mut self, key: u128, range: Range, row: i64) -> io::Result<()> {
        let known = self.rising.iter().position(|rising| rising.key == key);
        let place = known.unwrap_or(self.rising.len());
        if place < KNOWN && known.is_none() {
            self.rising.push(Rising::new(key, range, row));
        }
        let kept = self.rising.get_mut(place).map_or(Ok(false), |rising| rising.add(range, row))?;
        if kept { Ok(()) } else { self.sorter.add(entry(key, range, row)) }
    }

    /// A row that is archived first and deleted later was not deleted twice.
    fn key(&mut self, table: &str, operation: &str) -> u128 {
        let is = |known: &str| known.strip_prefix(table).and_then(|rest| rest.strip_prefix('\0')) == Some(operation);
        if let Some((_, key)) = self.known.iter().find(|(known, _)| is(known)) {
            return *key;
        }
        let name = format!("{table}\0{operation}");
        let key = hash::short(&name);
        if self.known.len() < KNOWN {
            self.known.push((name, key));
        }
        key
    }

    /// Adds the ids of another file.
    pub fn merge(&mut self, other: Redeleted) {
        let result = self.sorter.merge(other.sorter);
        self.rising.extend(other.rising);
        self.known.extend(other.known);
        self.failed = self.failed.take().or(other.failed).or(result.err().map(|error| error.to_string()));
    }

    /// Passes everything that was deleted twice to `take`, by table and id.
    ///
    /// # Errors
    /// When the ids did not fit on the disk.
    pub fn each(mut self, mut take: impl FnMut(Twice)) -> Result<(), String> {
        if let Some(failed) = self.failed {
            return Err(failed);
        }
        self.rising.sort_by_key(|rising| (rising.key, rising.first));
        let apart = self.rising.is_sorted_by(|one, next| one.key != next.key || one.last < next.first);
        if apart && self.sorter.is_empty() {
            return Ok(());
        }
        let table = |key: u128| {
            let name = self.known.iter().find(|(_, known)| *known == key).map_or("", |(name, _)| name);
            redacted(name.split('\0').next().unwrap_or("")).into_owned()
        };
        // The table, the furthest id so far, and the row that reached it.
        let mut reach: Option<(u128, u128, i64)> = None;
        let sources: io::Result<Vec<Source<'_, ENTRY>>> = self.rising.iter_mut().map(Rising::entries).collect();
        let outcome = sources.and_then(|sources| {
            self.sorter.each(sources, |bytes| {
                let (key, (first, last), row) = parts(bytes);
                let (end, by) = match reach {
                    Some((table, end, by)) if table == key => (end, by),
                    _ => {
                        reach = Some((key, last, row));
                        return;
                    }
                };
                if first <= end && row != by {
                    let count = end.min(last) - first + 1;
                    take(Twice { row: row.max(by), before: row.min(by), count, id: ids::shown(first), table: table(key) });
                }
                if last > end {
                    reach = Some((key, last, row));
                }
            })
        });
        outcome.map_err(|error| error.to_string())
    }
}

/// Ranges of one table and operation, each behind the one before: as what is added to the end of that, to the id and to its row.
#[derive(Debug)]
struct Rising {
    key: u128,
    /// The first id of all and the last one so far.
    first: u128,
    last: u128,
    /// The first row and the last one so far.
    begin: i64,
    row: i64,
    spool: Spool,
    bytes: Vec<u8>,
}

impl Rising {
    /// None yet, before `range`.
    fn new(key: u128, range: Range, row: i64) -> Rising {
        let before = range.0.saturating_sub(1);
        Rising { key, first: range.0, last: before, begin: row, row, spool: Spool::default(), bytes: Vec::new() }
    }

    /// Adds a range; not one that begins before the end of the last one.
    fn add(&mut self, (first, last): Range, row: i64) -> io::Result<bool> {
        let step = first.checked_sub(self.last).filter(|step| *step > 0).and_then(|step| u64::try_from(step).ok());
        let (Some(step), Ok(length)) = (step, u64::try_from(last - first)) else { return Ok(false) };
        let rows = row.wrapping_sub(self.row);
        self.bytes.clear();
        for number in [step, length, leb128::zigzag(rows)] {
            leb128::write(number, &mut self.bytes);
        }
        self.spool.add(&self.bytes)?;
        (self.last, self.row) = (last, row);
        Ok(true)
    }

    /// All of them.
    fn entries(&mut self) -> io::Result<Source<'_, ENTRY>> {
        let (key, mut end, mut row) = (self.key, self.first.saturating_sub(1), self.begin);
        let mut spool = self.spool.read()?;
        let mut following = move || -> io::Result<Option<[u8; ENTRY]>> {
            if spool.fill_buf()?.is_empty() {
                return Ok(None);
            }
            let mut number = || leb128::read(&mut spool);
            let [step, length, rows] = [number()?, number()?, number()?];
            let first = end + u128::from(step);
            end = first + u128::from(length);
            row = row.wrapping_add(leb128::unzigzag(rows));
            Ok(Some(entry(key, (first, end), row)))
        };
        Ok(Box::new(std::iter::from_fn(move || following().transpose())))
    }
}

fn entry(key: u128, (first, last): Range, row: i64) -> [u8; ENTRY] {
    let mut bytes = [0; ENTRY];
    bytes[..16].copy_from_slice(&key.to_be_bytes());
    bytes[16..32].copy_from_slice(&first.to_be_bytes());
    bytes[32..48].copy_from_slice(&last.to_be_bytes());
    bytes[48..].copy_from_slice(&row.to_be_bytes());
    bytes
}

fn parts(bytes: &[u8; ENTRY]) -> (u128, Range, i64) {
    let number = |at: usize| bytes[at..at + 16].iter().fold(0, |n: u128, byte| n << 8 | u128::from(*byte));
    let row = bytes[48..].iter().fold(0, |n: i64, byte| n << 8 | i64::from(*byte));
    (number(0), (number(16), number(32)), row)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::ingest::audit::column::COLUMNS;
    use crate::io::sqlite::Cell;

    fn add(all: &mut Redeleted, id: i64, table: &'static str, operation: &'static str, list: &str) {
        let mut cells = [Cell::Null; COLUMNS];
        cells[Column::Operation as usize] = Cell::Text(operation.as_bytes());
        let facts = Facts { table: Some(table), ids: ids::read(list.as_bytes(), Vec::new()).unwrap().ranges, ..Facts::default() };
        all.add(&Row { id, cells }, &facts);
    }

    fn told(all: Redeleted) -> Vec<(i64, i64, u128, Option<i64>)> {
        let mut found = Vec::new();
        all.each(|twice| found.push((twice.row, twice.before, twice.count, twice.id))).unwrap();
        found.sort_unstable();
        found
    }

    #[test]
    fn overlaps_are_found_within_a_table_and_an_operation() {
        let mut all = Redeleted::default();
        add(&mut all, 1, "a", "DELETE", "[1,2,3,4,5,6,7,8,9,10]");
        add(&mut all, 2, "b", "DELETE", "[3]");
        add(&mut all, 3, "a", "ARCHIVE", "[3]");
        add(&mut all, 4, "a", "DELETE", "[4, 5, 20]");
        add(&mut all, 5, "a", "DELETE", "[10, 11]");
        add(&mut all, 6, "a", "DELETE", "[11, 12]");
        assert_eq!(told(all), [(4, 1, 2, Some(4)), (5, 1, 1, Some(10)), (6, 5, 1, Some(11))]);
    }

    #[test]
    fn ids_that_rise_are_never_sorted() {
        let mut all = Redeleted::default();
        for row in 1..=50_000 {
            add(&mut all, row, ["a", "b", "c"][row as usize % 3], "DELETE", &format!("[{}, {}]", row * 10, row * 10 + 5));
        }
        assert!(all.sorter.is_empty() && all.rising.len() == 3);
        add(&mut all, 50_001, "b", "DELETE", "[100, 500005]");
        assert!(!all.sorter.is_empty());
        assert_eq!(told(all), [(50_001, 10, 1, Some(100))]);
    }

    #[test]
    fn ranges_in_any_order_tell_what_a_search_of_all_pairs_tells() {
        let mut seed = 7_u64;
        let mut random = |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        for _ in 0..200 {
            let (mut all, mut other, mut slow, mut lists) = (Redeleted::default(), Redeleted::default(), Vec::new(), Vec::new());
            for row in 1..=12 {
                let first = if random(3) > 0 { row * 40 } else { random(500) as i64 - 250 };
                let ids: Vec<i64> = (first..first + random(30) as i64).collect();
                let text = format!("{ids:?}");
                add(if random(4) == 0 { &mut other } else { &mut all }, row, "a", "DELETE", &text);
                lists.push(ids);
            }
            all.merge(other);
            for id in lists.iter().flatten().copied().collect::<std::collections::BTreeSet<i64>>() {
                if lists.iter().filter(|ids| ids.contains(&id)).count() > 1 {
                    slow.push(id);
                }
            }
            let mut fast = Vec::new();
            all.each(|twice| fast.extend((0..twice.count as i64).map(|n| twice.id.unwrap() + n))).unwrap();
            fast.sort_unstable();
            fast.dedup();
            assert_eq!(fast, slow);
        }
    }

    #[test]
    fn texts_and_other_files_count() {
        let (mut one, mut other) = (Redeleted::default(), Redeleted::default());
        add(&mut one, 1, "a", "DELETE", r#"["550e8400-e29b-41d4-a716-446655440000", "7"]"#);
        add(&mut other, 2, "a", "DELETE", r#"["550e8400-e29b-41d4-a716-446655440000"]"#);
        add(&mut other, 3, "a", "DELETE", "[7]");
        one.merge(other);
        assert_eq!(told(one), [(2, 1, 1, None), (3, 1, 1, Some(7))]);
    }
}
