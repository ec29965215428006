//! Whether two runs of golden sets are a pair: the same cases, graded alike. What was asked may differ in nothing; who answered may.

use super::Refusal;
use crate::evidence::Evidence;
use crate::record::Record;
use std::collections::{BTreeMap, BTreeSet};

const RUNS: &str = "golden.run";

/// What must be the same, and how people call it.
const GRADED: [(&str, &str); 4] = [
    ("suite_sha256", "digest of the suite"),
    ("judge", "judge"),
    ("judge_sha256", "digest of the judge's prompt"),
    ("measures", "measures"),
];
/// What is being compared.
const ANSWERED: [(&str, &str); 2] = [("system", "system"), ("prompt_sha256", "digest of the prompt")];
/// What a cached answer depends on, each with what tells it as well. That a case was added makes two runs no less a pair, but an answer to it
/// cannot be an old one.
const UNCHANGED: [&[&str]; 3] = [&["system"], &["prompt_sha256"], &["suite_sha256", "cases_sha256"]];
/// Answers that were not the system's say nothing about what it can do.
const MADE_UP: [&str; 2] = ["replay", "mock"];
/// How much of a text a sentence quotes.
const QUOTED: usize = 80;

/// A suite, and a case within it.
pub(super) type Key<'e> = (Option<&'e str>, &'e str);

/// The suites of one entry, with what their runs say of them.
pub(super) struct Suites<'e>(BTreeMap<Option<&'e str>, Vec<&'e Record>>);

impl<'e> Suites<'e> {
    pub(super) fn of(entry: &'e Evidence) -> Suites<'e> {
        let mut suites: BTreeMap<_, Vec<_>> = BTreeMap::new();
        entry.rows(RUNS).iter().for_each(|run| suites.entry(run.text("suite")).or_default().push(run));
        Suites(suites)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = Option<&'e str>> {
        self.0.keys().copied()
    }

    pub(super) fn holds(&self, suite: Option<&str>) -> bool {
        self.0.contains_key(&suite)
    }

    /// The case that an id means: with several suites an id begins with that of its suite.
    pub(super) fn key(&self, id: &'e str) -> Key<'e> {
        let mut named = self.names().flatten();
        if self.0.len() < 2 {
            return (named.next(), id);
        }
        let within = |suite: &'e str| Some((Some(suite), id.strip_prefix(suite)?.strip_prefix('/')?));
        // Of `a` and `a/b` the longer one: a suite is not called like another one's case.
        named.filter_map(within).min_by_key(|(_, case)| case.len()).unwrap_or((None, id))
    }

    /// What the runs of a suite say, each once, with none for those that do not say.
    fn said(&self, suite: Option<&str>, cell: &str) -> BTreeSet<Option<&'e str>> {
        self.0.get(&suite).into_iter().flatten().map(|run| run.text(cell)).collect()
    }

    /// Why this suite and the same of the base are no pair.
    pub(super) fn differs(&self, base: &Suites<'_>, suite: Option<&str>) -> Option<Refusal> {
        let made_up = base.said(suite, "mode").into_iter().flatten().find(|mode| MADE_UP.contains(mode));
        let stand_in = made_up.map(|mode| Refusal::ByBase(format!("the answers of the base were made in mode {mode}")));
        stand_in.or_else(|| self.changes(base, suite, &GRADED).map(Refusal::ByHead))
    }

    /// Who answered now, and who did at the base, where that differs.
    pub(super) fn moved(&self, base: &Suites<'_>, suite: Option<&str>) -> Option<String> {
        self.changes(base, suite, &ANSWERED)
    }

    fn changes(&self, base: &Suites<'_>, suite: Option<&str>, cells: &[(&str, &str)]) -> Option<String> {
        let told = cells.iter().filter_map(|(cell, name)| {
            let (was, is) = (base.said(suite, cell), self.said(suite, cell));
            (was != is).then(|| format!("the {name} was {} at the base and is {}", words(&was), words(&is)))
        });
        let told: Vec<String> = told.collect();
        (!told.is_empty()).then(|| told.join("; "))
    }

    /// Whether all that a cached answer depends on is known and as it was at the base.
    pub(super) fn is_unchanged(&self, base: &Suites<'_>, suite: Option<&str>) -> bool {
        let same = |cell: &&str| {
            let is = self.said(suite, cell);
            !is.is_empty() && !is.contains(&None) && is == base.said(suite, cell)
        };
        UNCHANGED.iter().all(|cells| cells.iter().any(same))
    }
}

/// "`gpt-4o`", "not told", "`a` and `b`".
fn words(said: &BTreeSet<Option<&str>>) -> String {
    let word = |text: &Option<&str>| match text {
        Some(text) if text.chars().count() > QUOTED => format!("`{}…`", text.chars().take(QUOTED).collect::<String>()),
        Some(text) => format!("`{text}`"),
        None => "not told".to_owned(),
    };
    if said.is_empty() { "not told".to_owned() } else { said.iter().map(word).collect::<Vec<_>>().join(" and ") }
}

/// "the suite was `a` at the base and is `b`".
pub(super) fn renamed(was: &[Option<&str>], is: Option<&str>) -> String {
    format!("the suite was {} at the base and is {}", words(&was.iter().copied().collect()), words(&BTreeSet::from([is])))
}
