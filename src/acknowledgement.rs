//! A person's dated word that a step of a benchmark is meant, and what it is worth.
//!
//! It is bound to one step of each series it names: what comes after is the new normal, and a further step counts as any other.

use crate::instant::Instant;
use crate::pattern::Pattern;
use crate::rule::Place;
use crate::series::{Mark, is_named};
use serde::{Deserialize, Serialize};

/// An entry of `acknowledged.yaml`.
#[derive(Clone, Debug, PartialEq)]
pub struct Acknowledgement {
    /// The commit of the first run at the new level, in full or its beginning.
    pub commit: String,
    /// Which benchmarks.
    pub benchmark: Pattern,
    /// Which of their metrics; all of them when it says nothing.
    pub metric: Option<Pattern>,
    /// Why the step is accepted.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Its first moment.
    pub granted: Option<Instant>,
    /// Its last moment: the end of a day in UTC.
    pub expires: Instant,
    /// The largest step it accepts, as a share of the level before.
    pub up_to: Option<f64>,
    /// The entries of the configuration whose series it is about.
    pub entries: Vec<String>,
    /// Where it stands.
    pub place: Place,
}

impl Acknowledgement {
    /// Whether a series of an entry is meant.
    pub fn covers(&self, entry: &str, benchmark: &str, metric: &str) -> bool {
        self.entries.iter().any(|name| name == entry)
            && is_named(&self.benchmark, benchmark, metric)
            && self.metric.as_ref().is_none_or(|pattern| pattern.matches(metric))
    }

    /// Whether a run is of its commit: the same id, or a longer one that begins with it.
    pub fn is_of(&self, commit: &str) -> bool {
        let short = self.commit.len() >= SHORTEST && self.commit.bytes().all(|b| b.is_ascii_hexdigit());
        commit == self.commit || (short && commit.to_ascii_lowercase().starts_with(&self.commit.to_ascii_lowercase()))
    }

    /// The mark it leaves on a step.
    pub fn mark(&self) -> Mark {
        Mark { reason: self.reason.clone(), owner: self.owner.clone(), expires: self.expires }
    }

    /// What it is worth at a moment, for a step of this size.
    pub fn accepts(&self, size: f64, now: Instant) -> State {
        match () {
            () if now > self.expires => State::Expired,
            () if self.granted.is_some_and(|granted| now < granted) => State::NotYet,
            // What is written in percent is not exact in binary.
            () if self.up_to.is_some_and(|most| size.abs() > most * (1.0 + 1e-9)) => State::Exceeded,
            () => State::Active,
        }
    }
}

/// Fewer characters of a commit's id are no name of it.
pub const SHORTEST: usize = 7;

/// What an acknowledgement is worth; the one that most wants to be seen comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The step is larger than it says.
    Exceeded,
    /// It has ended, and the step counts again.
    Expired,
    /// It is about no step there is.
    Orphan,
    /// It has not begun.
    NotYet,
    /// The step is accepted.
    Active,
    /// The step would not count any more without it.
    Unused,
}

/// An acknowledgement as a report lists it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Listed {
    /// The commit.
    pub commit: String,
    /// Which benchmarks.
    pub benchmark: Pattern,
    /// Which of their metrics.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<Pattern>,
    /// Why the step is accepted, by whom, and until when.
    #[serde(flatten)]
    pub mark: Mark,
    /// The largest step it accepts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to: Option<f64>,
    /// What it is worth.
    pub state: State,
    /// The series whose steps it is about.
    pub series: Vec<String>,
    /// What it is worth, in a sentence without a full stop.
    pub note: String,
    /// `acknowledged.yaml:3`.
    pub at: String,
}

impl Listed {
    /// `acknowledgement` as a report lists it.
    pub fn new(acknowledgement: &Acknowledgement, state: State, series: Vec<String>, note: String) -> Listed {
        let Acknowledgement { commit, benchmark, metric, up_to, place, .. } = acknowledgement.clone();
        let at = format!("{}:{}", place.file, place.line);
        Listed { commit, benchmark, metric, mark: acknowledgement.mark(), up_to, state, series, note, at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one() -> Acknowledgement {
        Acknowledgement {
            commit: "a1b2c3d".into(),
            benchmark: Pattern("digest*".into()),
            metric: None,
            reason: "sealed".into(),
            owner: None,
            granted: Some(Instant(10)),
            expires: Instant(20),
            up_to: Some(0.15),
            entries: vec!["nightly".into()],
            place: Place::default(),
        }
    }

    #[test]
    fn it_is_of_a_commit_and_of_series() {
        let one = one();
        assert!(one.is_of("a1b2c3d") && one.is_of("A1B2C3D4e5") && !one.is_of("a1b2c3") && !one.is_of("b1b2c3d"));
        let tag = Acknowledgement { commit: "v1.2.3-rc".into(), ..one.clone() };
        assert!(tag.is_of("v1.2.3-rc") && !tag.is_of("v1.2.3-rc2"), "only the ids of commits have beginnings");
        assert!(
            one.covers("nightly", "digest", "p95") && !one.covers("weekly", "digest", "p95") && !one.covers("nightly", "search", "p95")
        );
        let p95 = Acknowledgement { metric: Some(Pattern("p95".into())), ..one };
        assert!(p95.covers("nightly", "digest", "p95") && !p95.covers("nightly", "digest", "p50"));
    }

    #[test]
    fn it_is_worth_something_for_a_time_and_up_to_a_size() {
        let one = one();
        let states = [(0.1, 9), (0.1, 10), (0.15, 20), (-0.15, 15), (0.151, 15), (-0.2, 15), (0.1, 21)];
        let told = states.map(|(size, now)| one.accepts(size, Instant(now)));
        use State::{Active, Exceeded, Expired, NotYet};
        assert_eq!(told, [NotYet, Active, Active, Active, Exceeded, Exceeded, Expired]);
        let any = Acknowledgement { up_to: None, granted: None, ..one };
        assert_eq!(any.accepts(9.0, Instant(1)), Active);
    }
}
