//! How far the trail proves itself, and what would take it further.

use crate::catalogue::INTEGRITY;
use crate::metric::Value;
use crate::report::Report;

/// The integrity ladder.
pub(super) struct Ladder {
    /// The rung reached.
    pub rung: &'static str,
    /// All rungs but the lowest, which says that nothing is proven, and whether each is reached.
    pub rungs: Vec<(&'static str, bool)>,
    /// What the rung shows, and what it does not.
    pub shows: &'static str,
    /// What the next rung takes; nothing at the top.
    pub raise: &'static str,
}

/// Each rung: what it shows and leaves open, and what the next one takes.
const RUNGS: [(&str, &str, &str); 6] = [
    ("none", "The snapshot cannot be relied on.", "Mend what the problems below name: the file must be whole, quiet and readable."),
    (
        "structural",
        "The file is a sound database. Its rows break rules of their kind, so what they say cannot be relied on.",
        "Mend the rows that break a row rule, or the job that writes them.",
    ),
    (
        "row-rules",
        "Every row keeps the rules of its kind. Nothing shows that no row was changed, added or taken away.",
        "Keep a checkpoint of the rows with every run, or chain them: each row holds the hash of the one before.",
    ),
    (
        "chained",
        "The rows are chained without a gap. Whoever can write the table can also compute the whole chain anew, or cut off its end.",
        "Keep the chain's head, or a checkpoint of the rows, where the writer of the table cannot change it, and name it in the configuration.",
    ),
    (
        "anchored",
        "The rows are those that a checkpoint kept elsewhere knew. Whoever keeps both could still change both.",
        "Have somebody else sign the checkpoint, and name the key.",
    ),
    ("witnessed", "Somebody else's signature says which rows there were.", ""),
];

/// The ladder of a report.
pub(super) fn ladder(report: &Report) -> Ladder {
    let reached = match report.metric("audit.integrity").map(|m| &m.value) {
        Some(Value::Level(level)) => INTEGRITY.iter().position(|rung| rung == level),
        _ => None,
    };
    let (rung, shows, raise) = reached.and_then(|at| RUNGS.get(at)).copied().unwrap_or(("unknown", "", ""));
    let rungs = INTEGRITY.iter().enumerate().skip(1).map(|(i, name)| (*name, reached.is_some_and(|at| i <= at)));
    Ladder { rung, rungs: rungs.collect(), shows, raise }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rung_is_explained() {
        assert_eq!(RUNGS.map(|(rung, ..)| rung), *INTEGRITY);
        assert!(RUNGS.iter().all(|(rung, shows, raise)| !shows.is_empty() && raise.is_empty() == (*rung == "witnessed")));
    }
}
