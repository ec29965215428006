//! Which of many things one is, for millions of values of thousands of series: a number for each, in the order they come up. Runs list
//! their benchmarks in the same order, so what followed a thing before is tried first.

use std::collections::BTreeMap;

/// The things there are so far.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Places<K> {
    names: Vec<K>,
    known: BTreeMap<K, usize>,
    /// For each the one that came after it the last time.
    next: Vec<usize>,
    last: usize,
}

impl<K> Default for Places<K> {
    fn default() -> Self {
        Places { names: Vec::new(), known: BTreeMap::new(), next: Vec::new(), last: 0 }
    }
}

impl<K: Ord + Clone> Places<K> {
    /// The place of a thing, which `is` knows when it sees it; the next free one if it is new. It is only made where it is not the one
    /// that was guessed.
    pub(super) fn of(&mut self, is: impl Fn(&K) -> bool, make: impl FnOnce() -> K) -> usize {
        let guess = self.next.get(self.last).copied().unwrap_or_default();
        let known = |place: &usize| self.names.get(*place).is_some_and(&is);
        let place = [guess, self.last].into_iter().find(known).unwrap_or_else(|| self.find(make()));
        if let Some(next) = self.next.get_mut(self.last).filter(|_| place != self.last) {
            *next = place;
        }
        self.last = place;
        place
    }

    fn find(&mut self, key: K) -> usize {
        let new = self.names.len();
        if let Some(place) = self.known.get(&key) {
            return *place;
        }
        self.names.push(key.clone());
        self.known.insert(key, new);
        self.next.push(0);
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_keeps_its_place_in_any_order() {
        let mut places = Places::default();
        let mut of = |names: &[&str]| -> Vec<usize> {
            names.iter().map(|name| places.of(|known: &String| known == name, || (*name).to_owned())).collect()
        };
        assert_eq!(of(&["a", "b", "c"]), [0, 1, 2]);
        assert_eq!(of(&["a", "b", "c", "a", "b", "d", "c"]), [0, 1, 2, 0, 1, 3, 2]);
        assert_eq!(of(&["c", "c", "b", "a"]), [2, 2, 1, 0]);
    }

    #[test]
    fn what_was_guessed_is_not_made_again() {
        let mut places: Places<String> = Places::default();
        let mut made = 0;
        for _ in 0..3 {
            for name in ["a", "b"] {
                places.of(
                    |known| known == name,
                    || {
                        made += 1;
                        name.to_owned()
                    },
                );
            }
        }
        assert_eq!(made, 2);
    }
}
