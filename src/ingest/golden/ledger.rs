//! Every graded answer in few bytes, so that a million of them can be counted, grouped and compared.
//!
//! An answer is 32 bytes here, whatever its texts: its case and its group are fingerprints, its category and its counted claims
//! places in lists. Answers lie in blocks; a block is sorted on its own, and the blocks of all files are read as one.

use super::case::{Case, Mode, Outcome};
use super::claim::Tally;
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Answers in a block.
const BLOCK: usize = 1 << 16;

/// One graded answer.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The case: a fingerprint of its id.
    pub case: u64,
    /// The independent sample it belongs to, likewise.
    pub cluster: u64,
    /// Which attempt at the case.
    pub attempt: u32,
    /// The line it begins on; 0 when unknown.
    pub line: u32,
    /// Where its counted claims stand.
    tally: u32,
    /// Where its category stands.
    pub category: u16,
    /// What became of it.
    pub outcome: Outcome,
    /// How it was made, and whether a bad answer fails outright: together one byte.
    pub marks: Marks,
}

/// How an answer was made, and whether a bad one fails outright.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marks(u8);

impl Marks {
    const MODES: [Mode; 4] = [Mode::Live, Mode::Cached, Mode::Replay, Mode::Mock];
    const SENTINEL: u8 = 4;

    fn new(mode: Mode, sentinel: bool) -> Marks {
        Marks(mode as u8 | if sentinel { Marks::SENTINEL } else { 0 })
    }

    /// How the answer was made.
    pub fn mode(self) -> Mode {
        Marks::MODES[usize::from(self.0 & 3)]
    }

    /// Whether a bad answer fails outright.
    pub fn is_sentinel(self) -> bool {
        self.0 & Marks::SENTINEL != 0
    }
}

/// Why an answer was not taken in.
#[derive(Debug)]
pub struct TooManyCategories;

/// What a file, or several of them, holds.
#[derive(Default)]
pub struct Ledger {
    categories: List<Option<String>>,
    tallies: List<Tally>,
    /// Each of one file: its number.
    blocks: Vec<(usize, Vec<Entry>)>,
}

/// The fingerprint of a name. Two of a million names share one with a probability below one in ten million.
pub fn fingerprint(name: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

impl Ledger {
    /// Takes in an answer that begins on a line.
    ///
    /// # Errors
    /// When there are more categories than anybody would look at.
    pub fn push(&mut self, case: &Case, line: u64) -> Result<(), TooManyCategories> {
        let category = u16::try_from(self.categories.place(&case.category)).map_err(|_| TooManyCategories)?;
        let entry = Entry {
            case: fingerprint(&case.id),
            cluster: fingerprint(case.sample()),
            attempt: u32::try_from(case.attempt).unwrap_or(u32::MAX),
            line: u32::try_from(line).unwrap_or(0),
            tally: self.tallies.place(&case.tally),
            category,
            outcome: case.outcome,
            marks: Marks::new(case.mode, case.sentinel),
        };
        match self.blocks.last_mut() {
            Some((_, block)) if block.len() < BLOCK => block.push(entry),
            _ => self.blocks.push((0, vec![entry])),
        }
        Ok(())
    }

    /// Takes in all of another file's answers. Where several suites come together, a name is one only within its suite.
    ///
    /// # Errors
    /// As [`Ledger::push`].
    pub fn join(&mut self, other: Ledger, file: usize, suite: Option<&str>) -> Result<(), TooManyCategories> {
        let categories: Vec<u32> = other.categories.items.iter().map(|name| self.categories.place(name)).collect();
        let tallies: Vec<u32> = other.tallies.items.iter().map(|tally| self.tallies.place(tally)).collect();
        if categories.iter().any(|place| u16::try_from(*place).is_err()) {
            return Err(TooManyCategories);
        }
        for (_, mut block) in other.blocks {
            for entry in &mut block {
                entry.category = categories.get(usize::from(entry.category)).map_or(0, |place| *place as u16);
                entry.tally = tallies.get(entry.tally as usize).copied().unwrap_or(0);
                if let Some(suite) = suite {
                    entry.case = fingerprint((suite, entry.case));
                    entry.cluster = fingerprint((suite, entry.cluster));
                }
            }
            self.blocks.push((file, block));
        }
        Ok(())
    }

    /// How many answers there are.
    pub fn len(&self) -> u64 {
        self.blocks.iter().map(|(_, block)| block.len() as u64).sum()
    }

    /// The names of the categories; none is that of cases which name none.
    pub fn categories(&self) -> &[Option<String>] {
        &self.categories.items
    }

    fn tally(&self, entry: &Entry) -> Tally {
        self.tallies.items.get(entry.tally as usize).copied().unwrap_or_default()
    }

    /// How an answer was made, the worst of all that say better.
    pub fn worst_mode(&self, at_least: Mode) -> Mode {
        self.entries().map(|entry| entry.marks.mode()).fold(at_least, Mode::max)
    }

    /// No answer was made better than this.
    pub fn at_least(&mut self, mode: Mode) {
        for entry in self.blocks.iter_mut().flat_map(|(_, block)| block) {
            entry.marks = Marks::new(entry.marks.mode().max(mode), entry.marks.is_sentinel());
        }
    }

    /// All answers, in no order.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.blocks.iter().flat_map(|(_, block)| block)
    }

    /// Hands over all answers of all files, each with its file and its counted claims, in the order of a key.
    pub fn each_by<K: Ord + Send>(&mut self, key: impl Fn(&Entry) -> K + Sync, mut take: impl FnMut(usize, &Entry, Tally)) {
        self.blocks.par_iter_mut().for_each(|(_, block)| block.sort_unstable_by_key(&key));
        let mut heads: BinaryHeap<Reverse<(K, usize, usize)>> =
            self.blocks.iter().enumerate().filter_map(|(at, (_, block))| Some(Reverse((key(block.first()?), at, 0)))).collect();
        while let Some(Reverse((_, at, place))) = heads.pop() {
            let Some((file, block)) = self.blocks.get(at) else { continue };
            if let Some(next) = block.get(place + 1) {
                heads.push(Reverse((key(next), at, place + 1)));
            }
            if let Some(entry) = block.get(place) {
                take(*file, entry, self.tally(entry));
            }
        }
    }
}

/// Things in the order they were first seen, each once.
struct List<T> {
    items: Vec<T>,
    places: BTreeMap<T, u32>,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        List { items: Vec::new(), places: BTreeMap::new() }
    }
}

impl<T: Ord + Clone> List<T> {
    fn place(&mut self, item: &T) -> u32 {
        if let Some(place) = self.places.get(item) {
            return *place;
        }
        let place = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        self.items.push(item.clone());
        self.places.insert(item.clone(), place);
        place
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_answer_is_small() {
        assert_eq!(size_of::<Entry>(), 32);
    }

    #[test]
    fn marks_are_kept() {
        for mode in Marks::MODES {
            for sentinel in [false, true] {
                let marks = Marks::new(mode, sentinel);
                assert_eq!((marks.mode(), marks.is_sentinel()), (mode, sentinel));
            }
        }
    }

    #[test]
    fn blocks_and_files_are_read_as_one() {
        let mut whole = Ledger::default();
        let mut ids: Vec<u64> = Vec::new();
        for file in 0..2 {
            let mut ledger = Ledger::default();
            for number in 0..BLOCK + 5 {
                let case = Case { category: Some(format!("{}", number % 3)), ..Case::new(format!("{file}-{number}"), Outcome::Passed) };
                ledger.push(&case, number as u64).unwrap();
            }
            whole.join(ledger, file, None).unwrap();
        }
        let mut files = [0, 0];
        whole.each_by(
            |entry| entry.case,
            |file, entry, _| {
                files[file] += 1;
                ids.push(entry.case);
            },
        );
        assert!(ids.is_sorted() && files == [BLOCK + 5, BLOCK + 5]);
        assert_eq!(whole.categories().len(), 3);
        assert_eq!(whole.len(), 2 * (BLOCK as u64 + 5));
    }

    #[test]
    fn names_of_two_suites_are_two_names() {
        let mut whole = Ledger::default();
        for (file, suite) in ["s", "t"].into_iter().enumerate() {
            let mut ledger = Ledger::default();
            ledger.push(&Case::new("a", Outcome::Passed), 1).unwrap();
            whole.join(ledger, file, Some(suite)).unwrap();
        }
        let mut ids = Vec::new();
        whole.each_by(|entry| entry.case, |_, entry, _| ids.push(entry.case));
        assert_ne!(ids[0], ids[1]);
    }
}
