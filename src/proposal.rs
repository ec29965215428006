//! What a change proposes for the rules it is not judged by.

use crate::rule::Way;
use serde::{Deserialize, Serialize};

/// The built-in rule that a change asks for no less; it is P1.
pub const RULE: &str = "rules/looser";

/// What the working tree says otherwise than the commit whose rules judge.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The commit whose rules judge: `main (14c907f)`.
    pub from: String,
    /// Its full id.
    pub commit: String,
    /// What would be otherwise, in order.
    pub changes: Vec<Proposed>,
}

/// One thing that would be otherwise.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Proposed {
    /// What it is about: a rule's id, `waiver W-1`, `profile pr`, `evidence coverage`.
    pub what: String,
    /// What that does.
    pub way: Tendency,
    /// In words: `require: coverage.line >= 80% -> coverage.line >= 70%`.
    pub text: String,
}

/// What a proposed change does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tendency {
    /// It asks for less.
    Looser,
    /// What it would do cannot be told, because the files cannot be read.
    Unreadable,
    /// It asks for something else.
    Different,
    /// It asks for more.
    Tighter,
}

impl Tendency {
    /// The word people read.
    pub const fn word(self) -> &'static str {
        match self {
            Tendency::Looser => "looser",
            Tendency::Unreadable => "unreadable",
            Tendency::Different => "different",
            Tendency::Tighter => "tighter",
        }
    }
}

impl From<Way> for Tendency {
    fn from(way: Way) -> Tendency {
        match way {
            Way::Tighter => Tendency::Tighter,
            Way::Different => Tendency::Different,
            Way::Looser => Tendency::Looser,
        }
    }
}

impl Proposed {
    /// A change.
    pub fn new(what: impl Into<String>, way: impl Into<Tendency>, text: impl Into<String>) -> Proposed {
        Proposed { what: what.into(), way: way.into(), text: text.into() }
    }
}
