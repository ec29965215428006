//! Permissions to ask for less, as a report lists them: what they change, by whose word, and until when.

use crate::instant::Instant;
use crate::rule::{Change, Eased, Relax, Rule};
use crate::waiver::State;
use serde::{Deserialize, Serialize};

/// A permission that ends within so many days is told about.
const SOON: i64 = 7;

/// A permission to ask for less, at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relaxed {
    /// What is relaxed: a rule's id, or `profile pr`.
    pub what: String,
    /// What the permission is worth: active, expiring, or expired.
    pub state: State,
    /// Its last moment.
    pub until: Instant,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// Who allowed it, as the file asserts.
    pub approved_by: String,
    /// What it changes.
    pub changes: Vec<Easing>,
    /// What it is worth, in a sentence without a full stop.
    pub note: String,
    /// `rules/ours/coverage.yaml:7`.
    pub at: String,
}

/// A field that asks for less.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Easing {
    /// Its key.
    pub field: String,
    /// What it says without the permission; empty when it is not there.
    pub was: String,
    /// What it says with it; empty when it is not there.
    pub is: String,
}

impl From<&Change> for Easing {
    fn from(change: &Change) -> Easing {
        Easing { field: change.field.to_owned(), was: change.was.clone(), is: change.is.clone() }
    }
}

impl Relaxed {
    /// A permission as of `now`.
    pub fn new(what: impl Into<String>, relax: &Relax, changes: Vec<Easing>, now: Instant) -> Relaxed {
        let state = state(relax, now);
        Relaxed {
            what: what.into(),
            state,
            until: relax.until,
            reason: relax.reason.clone(),
            owner: relax.owner.clone(),
            approved_by: relax.approved_by.clone(),
            changes,
            note: note(relax, state, now),
            at: format!("{}:{}", relax.place.file, relax.place.line),
        }
    }

    /// All permissions of a rule as of `now`, the lowest layer first.
    pub fn of(rule: &Rule, now: Instant) -> Vec<Relaxed> {
        let one = |eased: &Eased| Relaxed::new(&*rule.id, &eased.relax, eased.changes.iter().map(Easing::from).collect(), now);
        rule.eased.iter().map(one).collect()
    }

    /// Whether less is asked at that moment.
    pub fn holds(&self) -> bool {
        self.state.unblocks()
    }

    /// `require: coverage.line >= 80% -> coverage.line >= 70%`, all of its changes.
    pub fn eased(&self) -> String {
        let text = |text: &str| if text.is_empty() { "nothing".to_owned() } else { text.split_whitespace().collect::<Vec<_>>().join(" ") };
        let change = |easing: &Easing| format!("{}: {} -> {}", easing.field, text(&easing.was), text(&easing.is));
        self.changes.iter().map(change).collect::<Vec<_>>().join("; ")
    }
}

/// What a permission is worth at `now`.
fn state(relax: &Relax, now: Instant) -> State {
    match () {
        () if !relax.holds(now) => State::Expired,
        () if relax.until.day() - now.day() <= SOON => State::Expiring,
        () => State::Active,
    }
}

/// In words, following what is relaxed: "is relaxed until 2026-03-31, 12 days left, owner @alice".
fn note(relax: &Relax, state: State, now: Instant) -> String {
    let days = |n: i64| if n == 1 { "1 day".to_owned() } else { format!("{n} days") };
    let (left, owner, last) = (relax.until.day() - now.day(), &relax.owner, relax.until.date());
    match state {
        State::Expired => format!("was relaxed until {last}: that lapsed {} ago and counts no more, owner {owner}", days(-left)),
        _ if left == 0 => format!("is relaxed until today, {last}, owner {owner}"),
        _ => format!("is relaxed until {last}, {} left, owner {owner}", days(left)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::rule::Place;
    use crate::waiver::end_of_day;

    #[test]
    fn a_permission_ends_with_its_last_day() {
        let until = end_of_day(Instant::parse("2026-02-20").unwrap());
        let [reason, owner, approved_by] = ["because", "@alice", "@bob"].map(str::to_owned);
        let relax = Relax { reason, owner, approved_by, until, place: Place::default() };
        for (now, state, words) in [
            ("2026-02-01T00:00:00Z", State::Active, "is relaxed until 2026-02-20, 19 days left, owner @alice"),
            ("2026-02-13T00:00:00Z", State::Expiring, "is relaxed until 2026-02-20, 7 days left, owner @alice"),
            ("2026-02-20T23:59:59Z", State::Expiring, "is relaxed until today, 2026-02-20, owner @alice"),
            (
                "2026-02-21T00:00:00Z",
                State::Expired,
                "was relaxed until 2026-02-20: that lapsed 1 day ago and counts no more, owner @alice",
            ),
        ] {
            let listed = Relaxed::new("p/r", &relax, Vec::new(), Instant::parse(now).unwrap());
            assert_eq!((listed.state, listed.note.as_str()), (state, words), "{now}");
        }
        assert!(relax.holds(until) && !relax.holds(Instant(until.0 + 1)));
    }
}
