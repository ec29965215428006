//! Changes that were made to the code on purpose, to see whether a test notices: a line that runs proves little.

use crate::linemap::plus;
use crate::metric::Ratio;
use std::collections::BTreeMap;

/// What became of a mutant, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// A test failed.
    Killed,
    /// The tests did not end: something noticed.
    TimedOut,
    /// All tests passed.
    Survived,
    /// No test runs the line.
    NotCovered,
    /// It does not compile, or was left out on purpose: says nothing.
    Invalid,
}

/// The mutants of one file, by line and by what was changed there.
pub type Mutations = BTreeMap<(u32, String), Fate>;

/// The mutants of every file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mutants {
    /// By path, with `/` between folders.
    pub files: BTreeMap<String, Mutations>,
}

impl Mutants {
    /// A mutant. Told twice, the better fate counts: some test noticed.
    pub fn add(&mut self, path: String, line: u32, change: &str, fate: Fate) {
        let known = self.files.entry(path).or_default().entry((line, change.to_owned())).or_insert(fate);
        *known = fate.min(*known);
    }

    /// Those of another run.
    pub fn join(&mut self, run: Mutants) {
        for (path, mutations) in run.files {
            self.take(path, mutations);
        }
    }

    /// Those of one file in another run.
    pub fn take(&mut self, path: String, mutations: Mutations) {
        let known = self.files.entry(path).or_default();
        for (mutation, fate) in mutations {
            let known = known.entry(mutation).or_insert(fate);
            *known = fate.min(*known);
        }
    }

    /// Noticed ones, of all that say something.
    pub fn score(&self) -> Ratio {
        self.files.values().fold(Ratio::default(), |sum, mutations| plus(sum, score(mutations.values().copied())))
    }

    /// Whether there are none at all.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// How many met a fate.
    pub fn count(&self, fate: Fate) -> u64 {
        self.files.values().flat_map(BTreeMap::values).filter(|known| **known == fate).count() as u64
    }
}

/// Noticed ones, of all that say something.
pub fn score(fates: impl Iterator<Item = Fate>) -> Ratio {
    fates.filter(|fate| *fate != Fate::Invalid).fold(Ratio::default(), |sum, fate| {
        let noticed = matches!(fate, Fate::Killed | Fate::TimedOut);
        plus(sum, Ratio::new(u64::from(noticed), 1))
    })
}
