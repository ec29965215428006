//! What `readiness.yaml` says (DESIGN.md section 5).

pub use crate::checkpoint::Keys;
use crate::instant::Instant;
pub use crate::metric::Declared;
use crate::rule::{Relax, Severity, Spanned};
use crate::series::Setting;
use crate::system::System;
use crate::transcript::Publish;
pub use crate::tree::{Moved, Sources};
use crate::verdict::Mode;
use std::collections::BTreeMap;

/// The whole configuration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// Which file, as messages name it; empty when there is none.
    pub path: String,
    /// What is judged.
    pub project: Project,
    /// What it is said to be.
    pub system: System,
    /// Entries by name.
    pub evidence: BTreeMap<String, Entry>,
    /// Shipped packs by name, folders by a trailing `/`.
    pub packs: Vec<Spanned>,
    /// Rules that wait for their first evidence, each with the reason: what is missing, or what will make it.
    pub waiting: Vec<(Spanned, String)>,
    /// Named ways of judging.
    pub profiles: BTreeMap<String, Profile>,
    /// Declared `telemetry.*` and `custom.*` metrics.
    pub metrics: BTreeMap<String, Declared>,
    /// How long waivers may last.
    pub waivers: crate::waiver::Limits,
}

/// What is judged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Project {
    /// Stable, short.
    pub id: String,
    /// For people.
    pub name: String,
    /// The version under judgement.
    pub version: Option<String>,
    /// The commit under judgement, where git cannot be asked.
    pub commit: Option<String>,
    /// The address of the repository on its forge, which commits are linked to.
    pub repository: Option<String>,
}

/// The rates of golden answers that a measure of the tool may stand for.
pub const JUDGED: [&str; 3] = ["hallucination", "citation_coverage", "citation_support"];

/// One evidence entry.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entry {
    /// `coverage`, `tests` …
    pub family: String,
    /// Files or globs, relative to the configuration.
    pub path: Vec<String>,
    /// How many files, or which names, a glob must find.
    pub expect: Option<Expect>,
    /// A shipped map's name, or a YAML file that maps a table to our names.
    pub map: Option<String>,
    /// Instead of a map: which measure of the tool stands for which of [`JUDGED`].
    pub judges: BTreeMap<String, String>,
    /// The retention policy that an audit trail is held against.
    pub policy: Option<String>,
    /// Where it was written down how long the chain of an audit trail was, and how it ended.
    pub anchor: Option<String>,
    /// The history that results of benchmarks are judged beside, relative to the configuration.
    pub history: Option<String>,
    /// The file with a checkpoint of an audit trail, and the keys that may have signed it.
    pub checkpoint: Option<(String, Keys)>,
    /// About the source files that the evidence names.
    pub sources: Sources,
    /// How much of a golden set's texts a report may hold.
    pub publish: Publish,
    /// What is said of benchmark series, in the order of the file.
    pub series: Vec<Setting>,
    /// The file of accepted steps of benchmarks, relative to the configuration, where it is not the one beside it.
    pub acknowledged: Option<Spanned>,
}

/// What a glob must find.
#[derive(Clone, Debug, PartialEq)]
pub enum Expect {
    /// This many files.
    Count(usize),
    /// Files with these names, and no others.
    Names(Vec<String>),
}

impl Expect {
    /// How many files that is.
    pub fn files(&self) -> usize {
        match self {
            Expect::Count(n) => *n,
            Expect::Names(names) => names.len(),
        }
    }
}

impl Profile {
    /// The least severity that blocks at a moment: when a permission to block at less is over, P1 blocks again.
    pub fn blocks_at(&self, now: Instant) -> Severity {
        let lapsed = self.relax.as_ref().is_some_and(|relax| !relax.holds(now));
        self.block_at.filter(|_| !lapsed).unwrap_or(Severity::P1)
    }
}

/// How to judge on an occasion.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    /// Which findings close the gate.
    pub gate: Mode,
    /// The last moment of `gate: observe`.
    pub until: Option<Instant>,
    /// The least severity that blocks.
    pub block_at: Option<Severity>,
    /// The environment it is for; a waiver may be limited to it.
    pub env: Option<String>,
    /// What a change is compared with, where the command line does not say.
    pub base: Option<String>,
    /// The permission to block at P0 only.
    pub relax: Option<Relax>,
}
