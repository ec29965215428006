//! What may be done to an audit trail afterwards, and whether it would be seen.

use super::{Bond, Hold, Rung};
use std::fmt;

/// What somebody may do to a trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attack {
    /// A byte of a row is changed.
    Byte,
    /// A row is changed, and its own hash taken anew.
    Row,
    /// Two rows are exchanged.
    Swap,
    /// A row is taken out of the middle.
    Middle,
    /// The last rows are taken away, and what counts them is set to match.
    Tail,
    /// A row is slipped in, or a second one follows the same row.
    Fork,
    /// The past is written anew, with hashes that hold.
    Rewrite,
    /// The past is written anew, and what was kept of it is replaced.
    Forgery,
}

impl Attack {
    /// All of them, in the order in which they are told.
    pub const ALL: [Attack; 8] =
        [Attack::Byte, Attack::Row, Attack::Swap, Attack::Middle, Attack::Tail, Attack::Fork, Attack::Rewrite, Attack::Forgery];

    /// As records name it, and in words.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Attack::Byte => ("byte", "a byte of a row changed"),
            Attack::Row => ("row", "a row changed and its own hash taken anew"),
            Attack::Swap => ("swap", "two rows exchanged"),
            Attack::Middle => ("middle", "a row taken out of the middle"),
            Attack::Tail => ("tail", "the last rows taken away with what counts them"),
            Attack::Fork => ("fork", "a row slipped in, or two after the same row"),
            Attack::Rewrite => ("rewrite", "the past written anew with hashes that hold"),
            Attack::Forgery => ("forgery", "the past written anew and what was kept of it replaced"),
        }
    }

    /// On a rung that rests on these.
    pub fn sight(self, rung: Rung, bond: Bond, hold: Hold) -> Sight {
        match (rung, self) {
            (Rung::None | Rung::Structural, _) => Sight::Not,
            (Rung::RowRules, _) => self.by_rows(bond),
            (Rung::Chained, _) => self.by_chain(bond),
            (Rung::Anchored, Attack::Forgery) if hold == (Hold::Rows { signed: true }) => {
                Sight::Unless("whoever does it has the key that signs")
            }
            (Rung::Anchored, Attack::Forgery) => Sight::Not,
            (Rung::Anchored, Attack::Byte) if hold == Hold::Head => Sight::Unless(UNCOVERED),
            (Rung::Anchored | Rung::Witnessed, _) => Sight::Seen,
        }
    }

    /// By the rules of rows, and by links that cover no row.
    fn by_rows(self, bond: Bond) -> Sight {
        let links = |stages: Sight, sessions: Sight, nothing: Sight| match bond {
            Bond::Stages => stages,
            Bond::Sessions => sessions,
            _ => nothing,
        };
        match self {
            Attack::Byte => links(
                Sight::Only("in a hash that another stage names, or where the value then breaks a row rule"),
                Sight::Only("in a hash that another event names, or where the value then breaks a row rule"),
                Sight::Only("where the value then breaks a row rule"),
            ),
            Attack::Row => links(
                Sight::Only("in a hash that another stage names"),
                Sight::Only("in a hash that another event names"),
                Sight::Only("where a value then breaks a row rule"),
            ),
            Attack::Swap => links(
                Sight::Only("where two stages of one ingest change places"),
                Sight::Only("where two events of one session change places"),
                Sight::Only("where times then run against the ids"),
            ),
            Attack::Middle => {
                links(Sight::Unless("a whole ingest goes"), Sight::Unless("a whole session goes"), Sight::Only("as a gap in the ids"))
            }
            Attack::Fork => links(
                Sight::Unless("it begins an ingest of its own"),
                Sight::Unless("it begins a session of its own"),
                Sight::Only("where its id or its time is out of place"),
            ),
            Attack::Tail | Attack::Rewrite | Attack::Forgery => Sight::Not,
        }
    }

    /// By a chain: the trail's own, or where it has none that covers rows, the one it could have.
    fn by_chain(self, bond: Bond) -> Sight {
        let sessions = matches!(bond, Bond::Sessions | Bond::Events);
        match self {
            Attack::Byte => Sight::Unless(UNCOVERED),
            Attack::Row if sessions => Sight::Unless("it is the last of its session, and the root of its batch is taken anew, too"),
            Attack::Row if bond == Bond::Ledger => Sight::Unless("it is the last, and latest_hash is set to match"),
            Attack::Row => Sight::Unless("it is the last"),
            Attack::Middle if sessions => Sight::Unless("a whole session goes"),
            Attack::Fork if sessions => Sight::Unless("it begins a session of its own"),
            Attack::Swap | Attack::Middle | Attack::Fork => Sight::Seen,
            Attack::Tail | Attack::Rewrite | Attack::Forgery => Sight::Not,
        }
    }
}

const UNCOVERED: &str = "it is in a column that no hash covers";

/// Whether an attack would be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// It would.
    Seen,
    /// It would, with this exception.
    Unless(&'static str),
    /// It would not, with this exception.
    Only(&'static str),
    /// It would not.
    Not,
}

impl Sight {
    /// Whether it would be seen but for an exception.
    pub fn is_seen(self) -> bool {
        matches!(self, Sight::Seen | Sight::Unless(_))
    }
}

impl fmt::Display for Sight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Sight::Seen => f.write_str("seen"),
            Sight::Unless(what) => write!(f, "seen, unless {what}"),
            Sight::Only(what) => write!(f, "only {what}"),
            Sight::Not => f.write_str("not seen"),
        }
    }
}
