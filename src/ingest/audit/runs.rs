//! The runs of the audited job: the newest in memory, those before them on disk.

use super::column::Column;
use super::past::{Census, Past};
use super::pii::redacted;
use super::row::{Facts, Row};
use super::run::Run;
use super::table_set::TableSet;
use super::tally::KEPT;
use crate::instant::Instant;
use crate::io::hash;
use crate::record::Record;
use std::collections::BTreeMap;
use std::io;

/// The longest run id that is shown, in characters.
const ID: usize = 100;
/// So many runs are held before those that are not listed go.
const HELD: usize = 2 * KEPT;

/// Runs, of which the newest [`KEPT`] are listed.
#[derive(Debug, Default)]
pub struct Runs {
    /// In the order of their rows; the rows of one run may stand apart until [`Runs::condense`].
    runs: Vec<Run>,
    /// The id of the last one as its newest row has it; empty where it has none.
    current: Vec<u8>,
    /// Where the newest row ran, as it has it, and the digests of that.
    place: ([Option<String>; 3], [u64; 3]),
    /// Those that are not listed any more.
    past: Past,
    /// Tables of rows that name their run and tell no time that could be relied on.
    undated: BTreeMap<u128, TableSet>,
    /// Whether there were more of these.
    crowded: bool,
}

impl Runs {
    /// Counts a row about a table that `deleted` so many, of the run with this id and its key; one without a time is in no run that could be
    /// dated.
    pub fn add(&mut self, run: Option<(&[u8], u128)>, row: &Row<'_>, facts: &Facts<'_>, deleted: u64, table: Option<usize>) {
        let Some(at) = facts.at else {
            if let Some((_, key)) = run {
                self.undated(key, table);
            }
            return;
        };
        let place = self.place(row, facts);
        // Most rows are of the run of the row before.
        let current = run.is_some_and(|(id, _)| self.current == id);
        let key = run.map(|(_, key)| key);
        if let Some(last) = self.runs.last_mut().filter(|last| current || last.continues(key, at)) {
            last.count(at, facts, deleted, table, place);
            return;
        }
        let id = run.map_or(&[][..], |(id, _)| id);
        id.clone_into(&mut self.current);
        let shown = run.map(|_| short(&redacted(&String::from_utf8_lossy(id))).to_owned());
        let mut run = Run::new(shown, key.unwrap_or(0), at);
        run.count(at, facts, deleted, table, place);
        self.push(run);
    }

    fn undated(&mut self, key: u128, table: Option<usize>) {
        let known = self.undated.len();
        self.crowded |= known >= KEPT && !self.undated.contains_key(&key);
        if !self.crowded {
            let tables = self.undated.entry(key).or_default();
            table.into_iter().for_each(|table| _ = tables.insert(table));
        }
    }

    /// Digests of where a row ran, mostly those of the row before.
    fn place(&mut self, row: &Row<'_>, facts: &Facts<'_>) -> [u64; 3] {
        let names = [row.get(Column::Host).text(), facts.environment, row.get(Column::Version).text()];
        let (known, digests) = &mut self.place;
        for ((known, digest), name) in known.iter_mut().zip(&mut *digests).zip(names) {
            if known.as_deref() != name {
                *known = name.map(str::to_owned);
                *digest = name.map_or(0, |name| hash::short(name) as u64 | 1);
            }
        }
        *digests
    }

    fn push(&mut self, run: Run) {
        self.runs.push(run);
        if self.runs.len() >= HELD {
            self.condense();
        }
    }

    /// Adds the runs of another file, whose tables stand at these places here.
    pub fn merge(&mut self, other: Runs, places: &[usize]) {
        self.past.merge(other.past, places);
        for run in other.runs {
            self.push(Run { tables: run.tables.moved(places), twice: run.twice.moved(places), ..run });
        }
        for (key, tables) in other.undated {
            self.undated.entry(key).or_default().join(&tables.moved(places));
        }
        self.crowded |= other.crowded;
        self.current.clear();
    }

    /// Puts the rows of each run together, wherever they stand, when all rows are counted: there are so many `ids` of runs.
    ///
    /// # Errors
    /// When they did not fit on the disk.
    pub fn settle(&mut self, ids: u64) -> io::Result<()> {
        self.condense();
        let named = self.past.census.named + self.runs.iter().filter(|run| run.is_named()).count() as u64;
        // As many runs as there are ids: no run was taken for two. An id without a time is that of no run here.
        if self.past.census.runs == 0 || !self.crowded && named + self.undated.len() as u64 <= ids {
            return Ok(());
        }
        let mut past = std::mem::take(&mut self.past);
        self.runs.drain(..).for_each(|run| past.add(&run));
        let mut open: Option<Run> = None;
        past.together(|run| match &mut open {
            Some(known) if known.is_one_with(&run) => known.join(&run),
            _ => open.replace(run).into_iter().for_each(|run| self.push(run)),
        })?;
        open.into_iter().for_each(|run| self.push(run));
        self.condense();
        Ok(())
    }

    /// The newest runs, oldest first, after [`Runs::settle`].
    pub fn listed(&self) -> &[Run] {
        &self.runs
    }

    /// How many there are, and what most of them do.
    pub fn census(&self) -> Census {
        let mut census = self.past.census.clone();
        self.runs.iter().for_each(|run| census.count(run));
        census
    }

    /// Passes when each began, oldest first.
    ///
    /// # Errors
    /// When they did not fit on the disk.
    pub fn starts(&mut self, take: impl FnMut(Instant)) -> io::Result<()> {
        self.past.starts(&self.runs, take)
    }

    /// Passes every run, those that are not listed first, with the tables of its rows without a time.
    ///
    /// # Errors
    /// When they did not fit on the disk.
    pub fn each(&mut self, mut take: impl FnMut(&Run, Option<&TableSet>)) -> io::Result<()> {
        let undated = |run: &Run| self.undated.get(&run.key).filter(|_| run.is_named());
        self.past.each(|run| take(&run, undated(&run)))?;
        self.runs.iter().for_each(|run| take(run, undated(run)));
        Ok(())
    }

    /// Whether there were more runs with rows without a time than could be kept.
    pub fn is_crowded(&self) -> bool {
        self.crowded
    }

    /// Puts the rows of each run together, and keeps the newest runs.
    pub fn condense(&mut self) {
        self.current.clear();
        self.runs.sort_unstable_by_key(|run| (run.is_named(), run.key, run.at));
        self.runs.dedup_by(|next, run| {
            let one = run.is_one_with(next);
            if one {
                run.join(next);
            }
            one
        });
        self.runs.sort_unstable_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        let surplus = self.runs.len().saturating_sub(KEPT);
        self.runs.drain(..surplus).for_each(|run| self.past.add(&run));
    }

    /// A record for every run that is listed, oldest first, and how many older ones there were.
    pub fn records(self) -> (Vec<Record>, u64) {
        (self.runs.iter().map(Run::record).collect(), self.past.census.runs)
    }
}

/// The beginning of a text that may be long.
fn short(text: &str) -> &str {
    text.char_indices().nth(ID).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::ingest::audit::column::COLUMNS;
    use crate::io::sqlite::Cell;
    use crate::metric::Value;
    use std::collections::BTreeSet;

    const BLANK: Row<'static> = Row { id: 0, cells: [Cell::Null; COLUMNS] };

    fn add(runs: &mut Runs, id: Option<&str>, at: Option<i64>, table: usize) {
        let run = id.map(|id| (id.as_bytes(), hash::short(id)));
        runs.add(run, &BLANK, &Facts { at: at.map(Instant), ..Facts::default() }, 1, Some(table));
    }

    fn added(rows: &[(Option<&str>, i64)]) -> Vec<(String, i64, u64)> {
        let mut runs = Runs::default();
        rows.iter().for_each(|(id, at)| add(&mut runs, *id, Some(*at), 0));
        runs.settle(2).unwrap();
        let (records, _) = runs.records();
        records.iter().map(|row| (row.subject().to_owned(), at(row), row.count("rows").unwrap_or(0))).collect()
    }

    fn at(row: &Record) -> i64 {
        match row.get("at") {
            Some(Value::Instant(at)) => at.0,
            _ => -1,
        }
    }

    #[test]
    fn rows_of_one_run_are_one_wherever_they_stand() {
        assert_eq!(added(&[(Some("a"), 5), (Some("b"), 6), (Some("a"), 1)]), [("a".into(), 1, 2), ("b".into(), 6, 1)]);
        let nameless = added(&[(None, 0), (None, 60_000), (None, 120_000), (None, 180_001)]);
        assert_eq!(nameless.iter().map(|(_, at, rows)| (*at, *rows)).collect::<Vec<_>>(), [(0, 3), (180_001, 1)]);
    }

    #[test]
    fn the_newest_are_listed() {
        let mut runs = Runs::default();
        for n in 0..(5 * KEPT as i64) {
            add(&mut runs, Some(&n.to_string()), Some(n), 0);
        }
        runs.settle(5 * KEPT as u64).unwrap();
        let (records, omitted) = runs.records();
        assert_eq!((records.len(), omitted, records.last().map(at)), (KEPT, 4 * KEPT as u64, Some(5 * KEPT as i64 - 1)));
    }

    /// A row: its run, its moment, its table.
    type Told = (Option<u64>, i64, usize);

    /// What runs come to: their tables, those they worked on twice, and their rows, by their beginning.
    type Come = Vec<(i64, u64, Vec<usize>, Vec<usize>)>;

    /// The same without an end to memory.
    fn slowly(rows: &[Told]) -> Come {
        let mut named: BTreeMap<u64, Vec<Told>> = BTreeMap::new();
        let mut nameless: Vec<Vec<Told>> = Vec::new();
        let mut ordered = rows.to_vec();
        ordered.sort_by_key(|(_, at, _)| *at);
        for row in ordered {
            match row.0 {
                Some(id) => named.entry(id).or_default().push(row),
                None => match nameless.last_mut().filter(|rows| row.1 - rows.last().unwrap().1 <= super::super::tally::PAUSE) {
                    Some(rows) => rows.push(row),
                    None => nameless.push(vec![row]),
                },
            }
        }
        let come = |rows: Vec<Told>| {
            let tables: BTreeSet<usize> = rows.iter().map(|(.., table)| *table).collect();
            let times = |table: &usize| rows.iter().filter(|(.., other)| other == table).count();
            let twice = tables.iter().copied().filter(|table| times(table) > 1).collect();
            (rows[0].1, rows.len() as u64, tables.iter().copied().collect(), twice)
        };
        let mut all: Come = named.into_values().chain(nameless).map(come).collect();
        all.sort_unstable();
        all
    }

    fn come(mut runs: Runs, ids: usize) -> Come {
        runs.settle(ids as u64).unwrap();
        let (mut all, mut starts) = (Come::new(), Vec::new());
        let census = runs.census();
        runs.each(|run, _| all.push((run.at.0, run.sums.rows, run.tables.iter().collect(), run.twice.iter().collect()))).unwrap();
        runs.starts(|at| starts.push(at.0)).unwrap();
        assert!(runs.listed().len() == all.len().min(KEPT) && runs.listed().is_sorted_by_key(|run| run.at));
        all.sort_unstable();
        assert_eq!(starts, all.iter().map(|(at, ..)| *at).collect::<Vec<_>>());
        assert_eq!(census.runs, all.len() as u64);
        let worked = |place: usize| all.iter().filter(|(.., tables, _)| tables.contains(&place)).count() as u64;
        // Nobody chose what those worked on that name themselves: here, all or none.
        assert!(census.whole == 0 || census.whole == census.runs && census.worked.iter().enumerate().all(|(place, n)| *n == worked(place)));
        all
    }

    #[test]
    fn rows_in_any_order_and_in_several_files_come_to_what_they_come_to_in_memory() {
        let mut seed = 7_u64;
        let mut random = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize % below
        };
        let count = 3 * KEPT;
        for named in [true, false] {
            // Three rows of each run, of a table beyond the first 64 too, and now and then one twice.
            let row = |n: usize, table: usize| (named.then_some(n as u64), n as i64 * 100_000 + table as i64, table);
            let mut rows: Vec<Told> = (0..count).flat_map(|n| [0, 1, 70].map(|table| row(n, table))).collect();
            rows.extend((0..count).step_by(17).map(|n| row(n, 70)));
            let expected = slowly(&rows);
            assert_eq!(expected.len(), count);
            rows.sort_by_key(|(_, at, _)| *at);
            for order in 0..3 {
                match order {
                    0 => {}
                    // Table by table, so that the rows of a run stand as far apart as they can.
                    1 => rows.sort_by_key(|(_, at, table)| (*table, *at)),
                    _ => (1..rows.len()).for_each(|last| rows.swap(last, random(last + 1))),
                }
                // Without a name, rows that stand apart are one run only while all of them are held.
                if !named && order > 0 {
                    continue;
                }
                let (mut runs, mut other) = (Runs::default(), Runs::default());
                for (place, (id, at, table)) in rows.iter().enumerate() {
                    let id = id.map(|id| id.to_string());
                    let (whole, half) = if place < rows.len() / 2 { (&mut runs, table) } else { (&mut other, table) };
                    add(whole, id.as_deref(), Some(*at), *half);
                }
                let places: Vec<usize> = (0..=70).collect();
                runs.merge(other, &places);
                let ids = if named { count } else { 0 };
                assert!(come(runs, ids) == expected, "{named} {order}");
            }
        }
    }

    #[test]
    fn rows_without_a_time_are_of_a_run_that_has_others() {
        let mut runs = Runs::default();
        add(&mut runs, Some("a"), Some(1), 0);
        add(&mut runs, Some("a"), None, 1);
        add(&mut runs, None, None, 2);
        add(&mut runs, Some("b"), None, 3);
        runs.settle(2).unwrap();
        let mut told = Vec::new();
        runs.each(|run, undated| told.push((run.name(), undated.map(|tables| tables.iter().collect::<Vec<_>>())))).unwrap();
        assert_eq!(told, [("a".to_owned(), Some(vec![1]))]);
        assert!(!runs.is_crowded());
    }
}
