//! What is collected and what runs: modules and tests.

use crate::ingest::tests::message::first_line;
use crate::ingest::tests::number::span;
use crate::ingest::tests::{Case, Outcome};
use serde::Deserialize;

/// An outcome in pytest's own words.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Word {
    Passed,
    Failed,
    Error,
    Skipped,
    Xfailed,
    Xpassed,
    Rerun,
    #[serde(rename = "subtests passed", alias = "subtests skipped")]
    SubtestsPassed,
    #[serde(rename = "subtests failed")]
    SubtestsFailed,
}

#[derive(Deserialize)]
pub(super) struct Collector {
    nodeid: String,
    outcome: Word,
    longrepr: Option<String>,
}

impl Collector {
    /// A module that is skipped as a whole has no tests of its own.
    pub(super) fn case(self) -> Option<Case> {
        let outcome = match self.outcome {
            Word::Passed => return None,
            Word::Skipped => Outcome::Skipped,
            _ => Outcome::Error,
        };
        let message = self.longrepr.as_deref().and_then(last_line);
        Some(Case {
            suite: self.nodeid.clone(),
            file: self.nodeid,
            name: "(collection)".into(),
            outcome,
            attempts: 1,
            message,
            ..Case::default()
        })
    }
}

#[derive(Deserialize)]
pub(super) struct Test {
    nodeid: String,
    pub(super) outcome: Word,
    setup: Option<Stage>,
    call: Option<Stage>,
    teardown: Option<Stage>,
}

#[derive(Deserialize)]
struct Stage {
    duration: Option<f64>,
    outcome: Option<Word>,
    crash: Option<Crash>,
    longrepr: Option<String>,
}

#[derive(Deserialize)]
struct Crash {
    message: Option<String>,
}

impl Test {
    pub(super) fn case(self) -> Case {
        let stages = || [&self.setup, &self.call, &self.teardown].into_iter().flatten();
        let ended = self.call.as_ref().is_some_and(|call| call.outcome == Some(Word::Passed));
        let outcome = match self.outcome {
            Word::Passed | Word::Xpassed | Word::Rerun | Word::SubtestsPassed if ended => Outcome::Passed,
            // The test never came to its end.
            Word::Passed | Word::Xpassed | Word::Rerun | Word::SubtestsPassed | Word::Error => Outcome::Error,
            Word::Failed | Word::SubtestsFailed => Outcome::Failed,
            Word::Skipped | Word::Xfailed => Outcome::Skipped,
        };
        let told = stages().filter(|stage| stage.outcome != Some(Word::Passed)).find_map(Stage::message);
        let seconds: f64 = stages().filter_map(|stage| stage.duration).sum();
        // `tests/test_shop.py::TestGroup::test_one[a::b]`
        let bare = self.nodeid.split('[').next().unwrap_or_default();
        let (file, name) = bare.split_once("::").map_or(("", 0), |(file, _)| (file, bare.rfind("::").map_or(0, |at| at + 2)));
        Case {
            class: self.nodeid[..name].trim_end_matches("::").to_owned(),
            name: self.nodeid[name..].to_owned(),
            file: file.to_owned(),
            outcome,
            attempts: 1 + u64::from(self.outcome == Word::Rerun),
            duration: span(seconds * 1000.0),
            message: if outcome == Outcome::Passed {
                None
            } else {
                told.or((outcome == Outcome::Error).then(|| "the test never ended".into()))
            },
            ..Case::default()
        }
    }
}

impl Stage {
    fn message(&self) -> Option<String> {
        let crash = self.crash.as_ref().and_then(|crash| first_line(crash.message.as_deref()?));
        crash.or_else(|| last_line(self.longrepr.as_deref()?))
    }
}

/// Of a traceback the last line says what happened; of a skip, `('test_shop.py', 28, 'Skipped: not now')`, the last part.
fn last_line(text: &str) -> Option<String> {
    let line = text.trim().lines().next_back()?;
    let skip = line.split_once("'Skipped: ").and_then(|(_, reason)| reason.strip_suffix("')"));
    first_line(skip.unwrap_or(line.strip_prefix("E ").unwrap_or(line)))
}
