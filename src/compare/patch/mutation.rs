//! Mutation tests of a change: how many of the mutants on its new lines a test noticed.

use crate::linemap::plus;
use crate::metric::Ratio;
use crate::mutant::{Mutants, score};
use std::collections::BTreeMap;

/// Of each entry, the mutants on new lines that were noticed, of all that say something; nothing of an entry without mutants.
/// A file counts in the first entry that has mutants of it, with those of all: a mutant that several tell of is one.
pub(super) fn scores(entries: Vec<Mutants>, is_new: impl Fn(&str, u32) -> bool) -> Vec<Option<Ratio>> {
    let mut scores: Vec<Option<Ratio>> = entries.iter().map(|mutants| (!mutants.is_empty()).then(Ratio::default)).collect();
    let mut homes: BTreeMap<String, usize> = BTreeMap::new();
    let mut all = Mutants::default();
    for (nth, mutants) in entries.into_iter().enumerate() {
        for path in mutants.files.keys() {
            homes.entry(path.clone()).or_insert(nth);
        }
        all.join(mutants);
    }
    for (path, home) in homes {
        let mutations = all.files.get(&path).into_iter().flatten();
        let new = score(mutations.filter(|((line, _), _)| is_new(&path, *line)).map(|(_, fate)| *fate));
        scores[home] = scores[home].map(|sum| plus(sum, new));
    }
    scores
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]
    use super::*;
    use crate::mutant::Fate::{self, Invalid, Killed, NotCovered, Survived, TimedOut};

    fn mutants(all: &[(&str, u32, &str, Fate)]) -> Mutants {
        let mut mutants = Mutants::default();
        all.iter().for_each(|(path, line, change, fate)| mutants.add((*path).to_owned(), *line, change, *fate));
        mutants
    }

    fn new(path: &str, line: u32) -> bool {
        path == "a" && (2..=6).contains(&line)
    }

    #[test]
    fn mutants_on_new_lines_that_say_something() {
        let all = mutants(&[
            ("a", 1, "x", Survived),
            ("a", 2, "x", Killed),
            ("a", 3, "x", TimedOut),
            ("a", 4, "x", Survived),
            ("a", 5, "x", NotCovered),
            ("a", 6, "x", Invalid),
            ("b", 2, "x", Survived),
        ]);
        assert_eq!(scores(vec![all, Mutants::default()], new), [Some(Ratio::new(2, 4)), None]);
    }

    #[test]
    fn a_mutant_that_two_entries_tell_of_is_one() {
        let first = mutants(&[("a", 2, "x", Survived), ("a", 3, "x", Survived)]);
        let second = mutants(&[("a", 2, "x", Killed), ("a", 2, "y", Survived)]);
        assert_eq!(scores(vec![first, second], new), [Some(Ratio::new(1, 3)), Some(Ratio::default())]);
        assert_eq!(scores(vec![mutants(&[("b", 2, "x", Killed)])], new), [Some(Ratio::default())], "no mutant is on a new line");
    }
}
