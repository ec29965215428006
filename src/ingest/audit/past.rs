//! Runs too old to be listed: they are judged all the same, and wait for it on disk.
//!
//! Each is written as the length of what follows in four bytes, then its first and last moment, its key, where it ran and what holds of it, then
//! numbers in LEB128, then its id.

use super::run::{Run, Sums};
use super::table_set::TableSet;
use crate::instant::Instant;
use crate::io::private::{Sorter, Spool, leb128};
use std::io::{self, BufRead};

/// Moments, key, place and flags.
const HEAD: usize = 8 + 8 + 16 + 24 + 1;
/// What a run is put in order by: whether it names itself, and its key or else its moment; then where it is written.
const ENTRY: usize = 1 + 16 + 8;

/// Runs on disk, in the order in which they were added.
#[derive(Debug, Default)]
pub struct Past {
    spool: Spool,
    bytes: Vec<u8>,
    /// When the newest of them began.
    newest: Option<Instant>,
    /// Whether one began before the one that was added before it.
    disordered: bool,
    /// What they have in common.
    pub census: Census,
    failed: Option<io::Error>,
}

/// How many runs there are, and what most of them do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// All of them.
    pub runs: u64,
    /// Those that name themselves.
    pub named: u64,
    /// Those of them whose id is a UUID.
    pub uuids: u64,
    /// Those that name themselves and of which nobody chose what they work on.
    pub whole: u64,
    /// How many of these worked on each table, by its place.
    pub worked: Vec<u64>,
}

impl Census {
    /// Counts a run.
    pub fn count(&mut self, run: &Run) {
        self.runs += 1;
        self.named += u64::from(run.is_named());
        self.uuids += u64::from(run.is_named() && run.has_uuid());
        if !run.is_whole() {
            return;
        }
        self.whole += 1;
        for place in run.tables.iter() {
            if place >= self.worked.len() {
                self.worked.resize(place + 1, 0);
            }
            self.worked[place] += 1;
        }
    }
}

impl Past {
    /// Adds a run.
    pub fn add(&mut self, run: &Run) {
        self.census.count(run);
        self.disordered |= self.newest.is_some_and(|newest| run.at < newest);
        self.newest = self.newest.max(Some(run.at));
        encode(run, &mut self.bytes);
        self.failed = self.failed.take().or(self.spool.add(&self.bytes).err());
    }

    /// Adds those of another file, whose tables stand at these places.
    pub fn merge(&mut self, mut other: Past, places: &[usize]) {
        let outcome = other.each(|run| self.add(&Run { tables: run.tables.moved(places), twice: run.twice.moved(places), ..run }));
        self.failed = self.failed.take().or(outcome.err());
    }

    /// Passes all of them.
    ///
    /// # Errors
    /// When they did not fit on the disk.
    pub fn each(&mut self, mut take: impl FnMut(Run)) -> io::Result<()> {
        self.bodies(|body| decode(body).map(&mut take))
    }

    /// Passes when each of them and of `others` began, oldest first, as the others stand.
    ///
    /// # Errors
    /// When they did not fit on the disk.
    pub fn starts(&mut self, others: &[Run], mut take: impl FnMut(Instant)) -> io::Result<()> {
        let start = |body: &[u8]| body.first_chunk().map(|bytes| i64::from_be_bytes(*bytes)).ok_or_else(cut);
        if !self.disordered && others.first().is_none_or(|other| self.newest <= Some(other.at)) {
            self.bodies(|body| start(body).map(|at| take(Instant(at))))?;
            others.iter().for_each(|run| take(run.at));
            return Ok(());
        }
        let mut order = Sorter::<8>::default();
        self.bodies(|body| order.add(sortable(start(body)?).to_be_bytes()))?;
        others.iter().try_for_each(|run| order.add(sortable(run.at.0).to_be_bytes()))?;
        order.each(Vec::new(), |bytes| take(Instant((u64::from_be_bytes(*bytes) ^ 1 << 63).cast_signed())))
    }

    /// Passes all of them, so that what is known of one run comes one after the other.
    ///
    /// # Errors
    /// When they did not fit on the disk.
    pub fn together(mut self, mut take: impl FnMut(Run)) -> io::Result<()> {
        let (mut order, mut offset) = (Sorter::<ENTRY>::default(), 0_u64);
        self.bodies(|body| {
            let run = decode(body)?;
            let mut entry = [0; ENTRY];
            entry[0] = u8::from(run.is_named());
            entry[1..17].copy_from_slice(&if run.is_named() { run.key } else { sortable(run.at.0).into() }.to_be_bytes());
            entry[17..].copy_from_slice(&offset.to_be_bytes());
            offset += 4 + body.len() as u64;
            order.add(entry)
        })?;
        let (mut body, mut outcome) = (Vec::new(), Ok(()));
        order.each(Vec::new(), |entry| {
            let offset = entry[17..].iter().fold(0, |n: u64, byte| n << 8 | u64::from(*byte));
            if outcome.is_ok() {
                outcome =
                    self.spool.at(offset).and_then(|mut spool| next(&mut spool, &mut body)).and_then(|_| decode(&body)).map(&mut take);
            }
        })?;
        outcome
    }

    fn bodies(&mut self, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let mut spool = self.spool.read()?;
        while next(&mut spool, &mut self.bytes)? {
            take(&self.bytes)?;
        }
        Ok(())
    }
}

/// Reads what is written of a run, but for its length; nothing at the end.
fn next(spool: &mut impl BufRead, body: &mut Vec<u8>) -> io::Result<bool> {
    if spool.fill_buf()?.is_empty() {
        return Ok(false);
    }
    let mut length = [0; 4];
    spool.read_exact(&mut length)?;
    body.resize(u32::from_be_bytes(length) as usize, 0);
    spool.read_exact(body)?;
    Ok(true)
}

/// A moment as a number whose bytes sort as moments do.
fn sortable(at: i64) -> u64 {
    at.cast_unsigned() ^ 1 << 63
}

fn encode(run: &Run, bytes: &mut Vec<u8>) {
    bytes.clear();
    bytes.extend([0; 4]);
    bytes.extend(run.at.0.to_be_bytes());
    bytes.extend(run.last.0.to_be_bytes());
    bytes.extend(run.key.to_be_bytes());
    run.place.iter().for_each(|place| bytes.extend(place.to_be_bytes()));
    let flags = [run.is_named(), run.manual, run.mixed[0], run.mixed[1], run.mixed[2]];
    bytes.push(flags.iter().fold(0, |all, flag| all << 1 | u8::from(*flag)));
    let Sums { rows, deleted, dry_runs, errors } = run.sums;
    for number in [rows, deleted, dry_runs, errors] {
        leb128::write(number, bytes);
    }
    for set in [&run.tables, &run.twice] {
        leb128::write(set.low, bytes);
        leb128::write(set.high.len() as u64, bytes);
        set.high.iter().for_each(|place| leb128::write(u64::from(*place), bytes));
    }
    bytes.extend(run.id.as_deref().unwrap_or_default().as_bytes());
    let length = u32::try_from(bytes.len() - 4).unwrap_or(u32::MAX);
    bytes[..4].copy_from_slice(&length.to_be_bytes());
}

fn decode(body: &[u8]) -> io::Result<Run> {
    let (head, mut rest) = body.split_at_checked(HEAD).ok_or_else(cut)?;
    let number = |at: usize, length: usize| head[at..at + length].iter().fold(0, |n: u128, byte| n << 8 | u128::from(*byte));
    let at = |place: usize| Instant((number(place, 8) as u64).cast_signed());
    let flag = |place: usize| head[HEAD - 1] >> (4 - place) & 1 == 1;
    let mut numbers = || leb128::read(&mut rest);
    let sums = Sums { rows: numbers()?, deleted: numbers()?, dry_runs: numbers()?, errors: numbers()? };
    let mut set = || -> io::Result<TableSet> {
        let (low, count) = (numbers()?, numbers()?);
        Ok(TableSet { low, high: (0..count).map(|_| numbers().map(|place| place as u32)).collect::<io::Result<_>>()? })
    };
    let (tables, twice) = (set()?, set()?);
    Ok(Run {
        id: flag(0).then(|| String::from_utf8_lossy(rest).into_owned()),
        key: number(16, 16),
        at: at(0),
        last: at(8),
        sums,
        manual: flag(1),
        tables,
        twice,
        place: [32, 40, 48].map(|place| number(place, 8) as u64),
        mixed: [flag(2), flag(3), flag(4)],
    })
}

fn cut() -> io::Error {
    io::ErrorKind::UnexpectedEof.into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn set() -> impl Strategy<Value = TableSet> {
        proptest::collection::btree_set(0usize..3000, 0..12).prop_map(|places| {
            let mut set = TableSet::default();
            places.into_iter().for_each(|place| _ = set.insert(place));
            set
        })
    }

    fn run() -> impl Strategy<Value = Run> {
        let told = (proptest::option::of(".{0,100}"), any::<u128>(), any::<i64>(), any::<i64>(), any::<[u64; 4]>());
        (told, any::<bool>(), set(), set(), any::<[u64; 3]>(), any::<[bool; 3]>()).prop_map(
            |((id, key, at, last, [rows, deleted, dry_runs, errors]), manual, tables, twice, place, mixed)| {
                let sums = Sums { rows, deleted, dry_runs, errors };
                Run { id, key, at: Instant(at), last: Instant(last), sums, manual, tables, twice, place, mixed }
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(runs in proptest::collection::vec(run(), 0..20)) {
            let (mut past, mut back, mut starts) = (Past::default(), Vec::new(), Vec::new());
            runs.iter().for_each(|run| past.add(run));
            past.each(|run| back.push(run)).unwrap();
            prop_assert_eq!(&back, &runs);
            past.starts(&[], |at| starts.push(at)).unwrap();
            let mut expected: Vec<Instant> = runs.iter().map(|run| run.at).collect();
            expected.sort_unstable();
            prop_assert_eq!(starts, expected);
            back.clear();
            past.together(|run| back.push(run)).unwrap();
            let order = |run: &Run| if run.is_named() { (true, run.key, 0) } else { (false, 0, run.at.0) };
            prop_assert!(back.is_sorted_by_key(order));
            prop_assert_eq!(back.len(), runs.len());
        }
    }

    #[test]
    fn what_was_cut_off_is_told() {
        let mut bytes = Vec::new();
        encode(&Run::new(Some("a".into()), 7, Instant(1)), &mut bytes);
        for end in 4..bytes.len() - 1 {
            assert!(decode(&bytes[4..end]).is_err(), "{end}");
        }
    }
}
