//! How a rule came to say what it says, layer over layer.

use super::Place;
use crate::instant::Instant;

/// What a change does to a requirement; the last counts most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// It asks for more.
    Tighter,
    /// It asks for something else.
    Different,
    /// It asks for less.
    Looser,
}

/// A field of a rule that says something else than it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its key in the file, `evidence.max_age` for one inside another.
    pub field: &'static str,
    /// What it said; empty when it was not there.
    pub was: String,
    /// What it says; empty when it is not there.
    pub is: String,
    /// What that does.
    pub way: Way,
}

/// A field as one layer set it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its key in the file, `evidence.max_age` for one inside another.
    pub field: String,
    /// What the layer says.
    pub text: String,
    /// Where it says it.
    pub place: Place,
    /// What that does to the layer below; none in the lowest layer, and where it says the same again.
    pub way: Option<Way>,
}

/// A dated permission to ask for less.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relax {
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// Who allowed it, as the file asserts; never the owner.
    pub approved_by: String,
    /// Its last moment: the end of a day in UTC.
    pub until: Instant,
    /// Where it stands.
    pub place: Place,
}

impl Relax {
    /// Whether it counts.
    pub fn holds(&self, now: Instant) -> bool {
        now <= self.until
    }
}

/// A layer that asks for less, for a while, and what it changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Eased {
    /// The permission.
    pub relax: Relax,
    /// What is looser, or cannot be told to be as tight.
    pub changes: Vec<Change>,
}
