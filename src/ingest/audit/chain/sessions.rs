//! Many short chains in one table: each session's events in the order of their times, each naming the hash of the event before it.
//!
//! One walk notes where an event does not name the one before; a second one looks for the hashes that are named there instead.

use super::links::{Finding, Hash, Stated};
use crate::io::hash::hex;
use crate::metric::grouped;
use std::collections::{BTreeMap, BTreeSet};

/// So many breaks are explained; the others are only counted.
const KEPT: usize = 10_000;
/// So many events that name the same one are told.
const USERS: usize = 5;

/// An event, as its place in the chain shows it.
pub struct Event<'a> {
    /// The number of its row.
    pub row: i64,
    /// What messages call it.
    pub label: &'a str,
    /// Which session it is of.
    pub session: &'a [u8],
    /// What it names as the hash of the event before; none where it names nothing.
    pub prev: Option<Stated>,
    /// What it states as its own hash.
    pub hash: &'a Stated,
}

/// A place where an event does not name the one before it.
struct Break {
    row: i64,
    label: String,
    named: Option<Stated>,
    /// The event before; none where it is the first of its session.
    before: Option<String>,
}

/// The first walk.
#[derive(Default)]
pub struct Walk {
    links: Links,
    session: Option<Vec<u8>>,
    /// The hash of the event before in the session, where it has one, and what it is called.
    before: (Option<Hash>, String),
    breaks: Vec<Break>,
    surplus: u64,
}

/// How many links there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// Events.
    pub rows: u64,
    /// Events that name the one before, or begin a session.
    pub hold: u64,
    /// Sessions.
    pub sessions: u64,
}

/// What became of the links.
#[derive(Debug, Default)]
pub struct Judged {
    /// How many hold.
    pub links: Links,
    /// What is wrong with the others.
    pub findings: Vec<Finding>,
    /// How many more are wrong.
    pub surplus: BTreeMap<&'static str, u64>,
}

/// What the second walk finds of a hash that is named where it should not be.
#[derive(Default)]
struct Named {
    holder: Option<String>,
    users: Vec<String>,
}

/// The second walk.
pub struct Search {
    wanted: BTreeMap<Hash, Named>,
}

impl Walk {
    /// Takes the next event, in the order of sessions and times.
    pub fn add(&mut self, event: &Event<'_>) {
        let first = self.session.as_deref() != Some(event.session);
        if first {
            self.session = Some(event.session.to_vec());
        }
        let holds = match &event.prev {
            None => first,
            Some(Ok(prev)) => !first && self.before.0 == Some(*prev),
            Some(Err(_)) => false,
        };
        self.links.rows += 1;
        self.links.sessions += u64::from(first);
        self.links.hold += u64::from(holds);
        if !holds && self.breaks.len() < KEPT {
            let before = (!first).then(|| self.before.1.clone());
            self.breaks.push(Break { row: event.row, label: event.label.to_owned(), named: event.prev.clone(), before });
        } else if !holds {
            self.surplus += 1;
        }
        self.before.0 = event.hash.as_ref().ok().copied();
        self.before.1.clear();
        self.before.1.push_str(event.label);
    }

    /// What must be looked for; nothing where every event names the one before.
    pub fn search(&self) -> Option<Search> {
        let named = self.breaks.iter().filter_map(|found| found.hash());
        let wanted: BTreeMap<Hash, Named> = named.map(|hash| (hash, Named::default())).collect();
        (!wanted.is_empty()).then_some(Search { wanted })
    }

    /// What is wrong with the links, given what a second walk found.
    pub fn judge(self, search: Option<Search>) -> Judged {
        let wanted = search.map(|search| search.wanted).unwrap_or_default();
        let (mut judged, mut forks) = (Judged { links: self.links, ..Judged::default() }, BTreeSet::new());
        for found in &self.breaks {
            let named = found.hash().and_then(|hash| wanted.get(&hash));
            // A session may go on where another one ended.
            if found.before.is_none() && named.is_some_and(|named| named.holder.is_some() && named.users.len() < 2) {
                judged.links.hold += 1;
            } else {
                judged.findings.extend(found.explain(named, &mut forks));
            }
        }
        if self.surplus > 0 {
            judged.surplus.insert("CHAIN-LINK", self.surplus);
        }
        judged
    }
}

impl Search {
    /// Takes the next event of the second walk.
    pub fn look(&mut self, event: &Event<'_>) {
        if let Some(named) = event.prev.as_ref().and_then(|prev| prev.as_ref().ok()).and_then(|prev| self.wanted.get_mut(prev))
            && named.users.len() < USERS
        {
            named.users.push(event.label.to_owned());
        }
        if let Some(named) = event.hash.as_ref().ok().and_then(|hash| self.wanted.get_mut(hash)) {
            named.holder.get_or_insert_with(|| event.label.to_owned());
        }
    }
}

impl Break {
    fn hash(&self) -> Option<Hash> {
        self.named.as_ref()?.as_ref().ok().copied()
    }

    /// Why an event does not name the one before it; a fork is told once.
    fn explain(&self, named: Option<&Named>, forks: &mut BTreeSet<Hash>) -> Option<Finding> {
        let (row, label) = (self.row, &self.label);
        let hash = match &self.named {
            Some(Ok(hash)) => hash,
            Some(Err(why)) => return Some((row, "CHAIN-LINK", format!("{label}: its hash of the event before {why}"))),
            None => {
                let before = self.before.as_deref().unwrap_or_default();
                return Some((
                    row,
                    "CHAIN-LINK",
                    format!("{label} names no event before it, and follows {before}: events between them may be gone"),
                ));
            }
        };
        let short = &hex(hash)[..12];
        let users = named.map(|named| named.users.as_slice()).unwrap_or_default();
        if users.len() > 1 {
            let sentence = format!("{} name the same event before them ({short}…): the chain forks there", users.join(" and "));
            return forks.insert(*hash).then_some((row, "CHAIN-FORK", sentence));
        }
        let holder = named.and_then(|named| named.holder.as_deref());
        Some(match (&self.before, holder) {
            (None, _) => {
                let sentence =
                    format!("{label}, the first of its session, names an event ({short}…) that is not there: events before it are gone");
                (row, "CHAIN-GENESIS", sentence)
            }
            (Some(before), Some(holder)) => {
                (row, "CHAIN-ORDER", format!("{label} names {holder}, and by its time it follows {before}: times or places were changed"))
            }
            (Some(before), None) => {
                let sentence = format!(
                    "{label} names an event ({short}…) that is not there, and follows {before}: one between them is gone, or {before} was replaced"
                );
                (row, "CHAIN-LINK", sentence)
            }
        })
    }
}

impl std::fmt::Display for Links {
    /// `12 of 12 links in 3 sessions hold`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let s = if self.sessions == 1 { "" } else { "s" };
        write!(f, "{} of {} links in {} session{s} hold", grouped(self.hold), grouped(self.rows), grouped(self.sessions))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Events as (session, its hash, the hash before); 0 names none.
    fn judged(events: &[(u8, u8, u8)]) -> (u64, Vec<String>) {
        let all: Vec<(Vec<u8>, String, Stated, Option<Stated>)> = events
            .iter()
            .map(|(session, hash, prev)| (vec![*session], format!("e{hash}"), Ok([*hash; 32]), (*prev > 0).then_some(Ok([*prev; 32]))))
            .collect();
        let each = |take: &mut dyn FnMut(&Event<'_>)| {
            for (row, (session, label, hash, prev)) in (1..).zip(&all) {
                take(&Event { row, label, session, prev: prev.clone(), hash });
            }
        };
        let mut walk = Walk::default();
        each(&mut |event| walk.add(event));
        let mut search = walk.search();
        if let Some(search) = &mut search {
            each(&mut |event| search.look(event));
        }
        let judged = walk.judge(search);
        (judged.links.hold, judged.findings.into_iter().map(|(row, code, sentence)| format!("{row} {code} {sentence}")).collect())
    }

    #[test]
    fn sessions_are_chains_of_their_own() {
        assert_eq!(judged(&[(1, 1, 0), (1, 2, 1), (2, 3, 0), (2, 4, 3)]), (4, vec![]));
        assert_eq!(judged(&[(1, 1, 0), (1, 2, 1), (2, 3, 2), (2, 4, 3)]), (4, vec![]), "one goes on where another ended");
    }

    #[test]
    fn what_was_done_to_events_is_named() {
        let told = |events: &[(u8, u8, u8)]| judged(events).1.join("; ");
        assert_eq!(
            told(&[(1, 1, 0), (1, 3, 2)]),
            "2 CHAIN-LINK e3 names an event (020202020202…) that is not there, and follows e1: one between them is gone, or e1 was replaced"
        );
        assert_eq!(
            told(&[(1, 2, 1), (1, 3, 2)]),
            "1 CHAIN-GENESIS e2, the first of its session, names an event (010101010101…) that is not there: events before it are gone"
        );
        assert_eq!(
            told(&[(1, 1, 0), (1, 2, 0)]),
            "2 CHAIN-LINK e2 names no event before it, and follows e1: events between them may be gone"
        );
        assert_eq!(
            told(&[(1, 1, 0), (1, 2, 1), (1, 3, 1)]),
            "3 CHAIN-FORK e2 and e3 name the same event before them (010101010101…): the chain forks there"
        );
        assert_eq!(
            told(&[(1, 1, 0), (1, 3, 2), (1, 2, 1)]),
            "2 CHAIN-ORDER e3 names e2, and by its time it follows e1: times or places were changed; \
             3 CHAIN-ORDER e2 names e1, and by its time it follows e3: times or places were changed"
        );
        // The end of a session, and a whole session, can be taken away without a trace.
        assert_eq!(told(&[(1, 1, 0)]), "");
    }
}
