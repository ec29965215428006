//! Runs too old to be listed: they are judged all the same, by what they have in common.

use super::run::Run;
use crate::instant::Instant;
use std::collections::BTreeMap;

/// So many runs of a kind are named.
const NAMED: usize = 100;

/// What is kept of old runs: when each began, and how many there are of each kind.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// When they began.
    pub starts: Vec<Instant>,
    kinds: BTreeMap<Kind, Alike>,
}

/// All that a verdict on a run rests on: tables it worked on, those of which it has two rows, whether it names itself, whether nobody chose
/// what it works on, whether its id is a UUID, and what it does not agree with itself about.
type Kind = (u64, u64, bool, bool, bool, Vec<&'static str>);

/// Runs of one kind.
#[derive(Clone, Debug, Default)]
pub struct Alike {
    /// How many there are.
    pub count: u64,
    /// The first of them.
    pub named: Vec<Run>,
}

impl Past {
    /// Adds a run that is over.
    pub fn add(&mut self, run: Run) {
        self.starts.push(run.at);
        let alike = self.kinds.entry(run.kind()).or_default();
        alike.count += 1;
        if alike.named.len() < NAMED {
            alike.named.push(run);
        }
    }

    /// Adds another file's, whose tables have other places.
    pub fn merge(&mut self, other: Past, moved: impl Fn(Run) -> Run) {
        self.starts.extend(other.starts);
        for alike in other.kinds.into_values() {
            let named: Vec<Run> = alike.named.into_iter().map(&moved).collect();
            let Some(kind) = named.first().map(Run::kind) else { continue };
            let known = self.kinds.entry(kind).or_default();
            known.count += alike.count;
            known.named.extend(named);
            known.named.truncate(NAMED);
        }
    }

    /// Runs that are alike, of every kind.
    pub fn alike(&self) -> impl Iterator<Item = &Alike> {
        self.kinds.values()
    }
}
