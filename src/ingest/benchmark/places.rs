//! Which series a measurement belongs to, for millions of them: a number for each benchmark, metric and machine, in the order they
//! come up. Runs list their benchmarks in the same order, so what followed a benchmark before is tried first.

use std::collections::BTreeMap;

/// The series there are so far.
#[derive(Default)]
pub(super) struct Places {
    names: Vec<[String; 3]>,
    known: BTreeMap<[String; 3], usize>,
    /// For each series the one that came after it the last time.
    next: Vec<usize>,
    last: usize,
}

impl Places {
    /// The place of a benchmark, metric and machine; the next free one if they are new.
    pub(super) fn of(&mut self, key: [&str; 3]) -> usize {
        let guess = self.next.get(self.last).copied().unwrap_or_default();
        let place = if self.names.get(guess).is_some_and(|name| *name == key) { guess } else { self.find(key) };
        if let Some(next) = self.next.get_mut(self.last) {
            *next = place;
        }
        self.last = place;
        place
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    fn find(&mut self, key: [&str; 3]) -> usize {
        let key = key.map(str::to_owned);
        let new = self.names.len();
        let place = *self.known.entry(key.clone()).or_insert(new);
        if place == new {
            self.names.push(key);
            self.next.push(0);
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_keeps_its_place_in_any_order() {
        let mut places = Places::default();
        let mut of = |names: &[&str]| names.iter().map(|name| places.of([name, "p95", ""])).collect::<Vec<usize>>();
        assert_eq!(of(&["a", "b", "c"]), [0, 1, 2]);
        assert_eq!(of(&["a", "b", "c", "a", "b", "d", "c"]), [0, 1, 2, 0, 1, 3, 2]);
        assert_eq!(of(&["c", "c", "b", "a"]), [2, 2, 1, 0]);
        assert_eq!(places.len(), 4);
        assert_eq!((places.of(["a", "p50", ""]), places.of(["a", "p95", "m"]), places.of(["a", "p95", ""])), (4, 5, 0));
    }
}
