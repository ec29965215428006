//! How long the job took, table by table: exactly, however many rows there are.
//!
//! A job takes about as long every night, so it is counted how often there was which duration. Where hardly two are the same, those of all tables
//! together go to disk.

use crate::analyze::quantile::{places, quantile_by};
use crate::io::private::Sorter;
use std::io;

/// So many durations of a table are held before they are counted.
const RECENT: usize = 1 << 12;
/// So many counts of all tables are held in memory.
const HELD: usize = if cfg!(test) { 1 << 8 } else { 1 << 17 };
/// A table's place, a duration, and how often there was that one: in this order, so that their bytes sort as they do.
const ENTRY: usize = 4 + 4 + 8;
/// The share of rows that took at most as long as what is told: the median, and what is long.
const SHARES: [f64; 2] = [0.5, 0.95];

/// Durations in milliseconds.
#[derive(Debug, Default)]
pub struct Durations {
    /// By the table's place.
    tables: Vec<Table>,
    /// How many counts there are.
    held: usize,
    spilled: Sorter<ENTRY>,
    failed: bool,
}

#[derive(Clone, Debug, Default)]
struct Table {
    rows: u64,
    recent: Vec<u32>,
    /// In order.
    counted: Vec<(u32, u64)>,
}

impl Durations {
    /// Adds a row's.
    pub fn add(&mut self, place: usize, ms: u32) {
        let table = self.table(place);
        table.rows += 1;
        table.recent.push(ms);
        if table.recent.len() >= RECENT.max(table.counted.len()) {
            self.count(place);
        }
    }

    fn table(&mut self, place: usize) -> &mut Table {
        if place >= self.tables.len() {
            self.tables.resize_with(place + 1, Table::default);
        }
        &mut self.tables[place]
    }

    fn count(&mut self, place: usize) {
        let table = self.table(place);
        let before = table.counted.len();
        table.count();
        let more = table.counted.len() - before;
        self.held += more;
        if self.held > HELD {
            self.spill(place);
        }
    }

    fn spill(&mut self, place: usize) {
        let counted = std::mem::take(&mut self.table(place).counted);
        self.held -= counted.len();
        for (ms, times) in counted {
            self.keep(place, ms, times);
        }
    }

    fn keep(&mut self, place: usize, ms: u32, times: u64) {
        let mut entry = [0; ENTRY];
        entry[..4].copy_from_slice(&u32::try_from(place).unwrap_or(u32::MAX).to_be_bytes());
        entry[4..8].copy_from_slice(&ms.to_be_bytes());
        entry[8..].copy_from_slice(&times.to_be_bytes());
        self.failed |= self.spilled.add(entry).is_err();
    }

    /// Adds those of another file, whose tables stand at these places.
    pub fn merge(&mut self, other: Durations, places: &[usize]) {
        for (table, place) in other.tables.into_iter().zip(places) {
            let here = self.table(*place);
            here.rows += table.rows;
            here.recent.extend(table.recent);
            let before = here.counted.len();
            here.counted.extend(table.counted);
            here.count();
            self.held = self.held + self.table(*place).counted.len() - before;
            if self.held > HELD {
                self.spill(*place);
            }
        }
        let outcome = other.spilled.each(Vec::new(), |entry| {
            let (place, ms, times) = parts(entry);
            places.get(place).into_iter().for_each(|place| self.keep(*place, ms, times));
        });
        self.failed |= other.failed || outcome.is_err();
    }

    /// What half of a table's rows took at most, and what nineteen of twenty did, by the table's place. Nothing where the disk failed.
    pub fn quantiles(&mut self) -> Vec<[Option<f64>; SHARES.len()]> {
        (0..self.tables.len()).for_each(|place| self.count(place));
        if self.spilled.is_empty() && !self.failed {
            return self.tables.iter().map(Table::quantiles).collect();
        }
        (0..self.tables.len()).for_each(|place| self.spill(place));
        match self.search() {
            Ok(found) if !self.failed => found,
            _ => vec![[None; SHARES.len()]; self.tables.len()],
        }
    }

    /// Goes through all counts once.
    fn search(&mut self) -> io::Result<Vec<[Option<f64>; SHARES.len()]>> {
        let wanted = |table: &Table, share| usize::try_from(table.rows).ok().and_then(|rows| places(rows, share));
        let wanted: Vec<_> = self.tables.iter().map(|table| SHARES.map(|share| wanted(table, share))).collect();
        let mut found = vec![[[None; 2]; SHARES.len()]; self.tables.len()];
        let (mut current, mut before) = (0, 0_u64);
        std::mem::take(&mut self.spilled).each(Vec::new(), |entry| {
            let (place, ms, times) = parts(entry);
            before = if current == place { before } else { 0 };
            current = place;
            let (Some(wanted), Some(found)) = (wanted.get(place), found.get_mut(place)) else { return };
            for (wanted, found) in wanted.iter().zip(found) {
                let Some((low, high)) = *wanted else { continue };
                for (at, value) in [low, high].into_iter().zip(found) {
                    if (before..before + times).contains(&(at as u64)) {
                        *value = Some(f64::from(ms));
                    }
                }
            }
            before += times;
        })?;
        let told = |(place, table): (usize, &Table)| {
            std::array::from_fn(|n| {
                let ((low, _), found) = (wanted[place][n]?, found[place][n]);
                quantile_by(usize::try_from(table.rows).ok()?, SHARES[n], |at| found[usize::from(at != low)])
            })
        };
        Ok(self.tables.iter().enumerate().map(told).collect())
    }
}

impl Table {
    fn count(&mut self) {
        self.recent.sort_unstable();
        let recent = self.recent.chunk_by(|a, b| a == b).filter_map(|same| Some((*same.first()?, same.len() as u64)));
        self.counted.extend(recent);
        self.recent.clear();
        self.counted.sort_by_key(|(ms, _)| *ms);
        self.counted.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            kept.1 += if same { next.1 } else { 0 };
            same
        });
    }

    fn quantiles(&self) -> [Option<f64>; SHARES.len()] {
        SHARES.map(|share| {
            quantile_by(usize::try_from(self.rows).ok()?, share, |place| {
                let mut before = 0;
                let ms = self.counted.iter().find(|(_, times)| {
                    before += times;
                    (place as u64) < before
                });
                ms.map(|(ms, _)| f64::from(*ms))
            })
        })
    }
}

fn parts(entry: &[u8; ENTRY]) -> (usize, u32, u64) {
    let number = |from: usize, to: usize| entry[from..to].iter().fold(0, |n: u64, byte| n << 8 | u64::from(*byte));
    (number(0, 4) as usize, number(4, 8) as u32, number(8, 16))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::quantile::quantile;
    use proptest::prelude::*;

    fn slowly(all: &[Vec<f64>]) -> Vec<[Option<f64>; 2]> {
        all.iter().map(|values| SHARES.map(|share| quantile(values, share))).collect()
    }

    #[test]
    fn counted_durations_have_the_quantiles_of_all() {
        for different in [5, 1009, 1 << 30] {
            let (mut durations, mut other, mut all) = (Durations::default(), Durations::default(), vec![Vec::new(); 3]);
            for n in 0..3 * RECENT as u32 + 7 {
                let (place, ms) = ((n % 3) as usize, n.wrapping_mul(2_654_435_761) % different);
                all[place].push(f64::from(ms));
                if n % 5 == 0 { other.add(2 - place, ms) } else { durations.add(place, ms) }
            }
            durations.merge(other, &[2, 1, 0]);
            assert_eq!(durations.quantiles(), slowly(&all), "{different}");
            assert_eq!(durations.held > 0, different == 5, "many go to disk");
        }
    }

    proptest! {
        #[test]
        fn any_rows_have_their_quantiles(rows in proptest::collection::vec((0usize..4, 0u32..2000), 1..3000)) {
            let (mut durations, mut all) = (Durations::default(), vec![Vec::new(); 4]);
            for (place, ms) in rows {
                all[place].push(f64::from(ms));
                durations.add(place, ms);
            }
            let mut told = durations.quantiles();
            told.resize(4, [None; 2]);
            prop_assert_eq!(told, slowly(&all));
        }
    }
}
