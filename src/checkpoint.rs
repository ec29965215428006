//! A checkpoint: how many rows a trail had, and the root of the tree over them (<https://c2sp.org/tlog-checkpoint>).

use crate::instant::Instant;
use std::collections::{BTreeMap, BTreeSet};

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// What was written down of a trail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which trail.
    pub origin: String,
    /// How many rows it had.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Hash,
    /// The columns whose values are leaves, in order; empty where it does not say.
    pub columns: Vec<String>,
    /// Roots of the perfect trees of `2^height` rows each, from the first row on.
    pub height: u32,
    /// See `height`.
    pub subtrees: Vec<Hash>,
}

/// A checkpoint that was kept, and who signed it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The file, as it is named; empty where none was kept, and the tree is wanted all the same.
    pub file: String,
    /// Which line of it, where it keeps one for every run.
    pub line: Option<u64>,
    /// When it was kept, where the file says it.
    pub at: Option<Instant>,
    /// What it says.
    pub checkpoint: Checkpoint,
    /// Keys of the trail itself that signed it.
    pub signers: Vec<String>,
    /// Keys of others that signed it, and count.
    pub witnesses: Vec<Cosigner>,
    /// Who else signed it, as far as names tell: their keys are not known.
    pub strangers: Vec<String>,
    /// Why signatures that were asked for do not count, each as a sentence.
    pub doubts: Vec<String>,
    /// Those of the runs before, of the same columns and signed as this one has to be, in the order of their rows.
    pub earlier: Vec<Mark>,
}

/// What a checkpoint of an earlier run says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Which line of the file it is.
    pub line: u64,
    /// When it was kept.
    pub at: Instant,
    /// How many rows there were.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Hash,
}

impl Kept {
    /// `audit.checkpoint`, or `audit.checkpoints.jsonl:3, of 2026-02-17`.
    pub fn label(&self) -> String {
        let line = self.line.map(|line| format!(":{line}")).unwrap_or_default();
        let at = self.at.map(|at| format!(", of {}", at.minute())).unwrap_or_default();
        format!("{}{line}{at}", self.file)
    }

    /// How many rows each of the checkpoints was of.
    pub fn sizes(&self) -> BTreeSet<u64> {
        self.earlier.iter().map(|mark| mark.size).chain([self.checkpoint.size]).collect()
    }

    /// When the first of the checkpoints was kept, where the file says it.
    pub fn since(&self) -> Option<Instant> {
        self.earlier.iter().map(|mark| mark.at).chain(self.at).min()
    }
}

/// Somebody else who signed a checkpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cosigner {
    /// Whose key it is.
    pub name: String,
    /// When, where the signature says it.
    pub at: Option<Instant>,
}

/// What a snapshot shows of a trail, beside what was kept of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trail {
    /// The snapshot.
    pub path: String,
    /// The trail as it is now, of all columns.
    pub now: Checkpoint,
    /// What was kept.
    pub kept: Option<Kept>,
    /// The roots over the columns that were kept, at every size that was; of those there are rows for.
    pub roots: BTreeMap<u64, Hash>,
    /// Roots of perfect trees of the height that was kept, no more than were kept.
    pub subtrees: Vec<Hash>,
    /// Why it could not be held against what was kept.
    pub hindered: Option<String>,
}

/// Keys that a configuration trusts, each as `name+id+key`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// Of the trail: where any is given, one must have signed.
    pub own: Vec<String>,
    /// Of others.
    pub witnesses: Vec<Witness>,
}

/// The key of somebody else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Witness {
    /// `name+id+key`.
    pub key: String,
    /// Until when it is good; what it signs later does not count.
    pub until: Option<Instant>,
}
