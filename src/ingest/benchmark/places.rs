//! Which of many things one is, for millions of values of thousands of series: a number for each, in the order they come up. Runs list
//! their benchmarks in the same order, so what followed a thing before is tried first.

use std::collections::BTreeMap;
use std::sync::Arc;

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
    /// The place of a thing; the next free one if it is new.
    pub(super) fn of(&mut self, key: &K) -> usize {
        let guess = self.next.get(self.last).copied().unwrap_or_default();
        let is = |place: usize| self.names.get(place).is_some_and(|name| name == key);
        let place = [guess, self.last].into_iter().find(|place| is(*place)).unwrap_or_else(|| self.find(key));
        if let Some(next) = self.next.get_mut(self.last).filter(|_| place != self.last) {
            *next = place;
        }
        self.last = place;
        place
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    fn find(&mut self, key: &K) -> usize {
        let new = self.names.len();
        if let Some(place) = self.known.get(key) {
            return *place;
        }
        self.known.insert(key.clone(), new);
        self.names.push(key.clone());
        self.next.push(0);
        new
    }
}

/// Keeps of equal things one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shared<T> {
    places: Places<T>,
    all: Vec<Arc<T>>,
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Shared { places: Places::default(), all: Vec::new() }
    }
}

impl<T: Ord + Clone> Shared<T> {
    /// The one that is equal to this.
    pub(super) fn of(&mut self, one: T) -> Arc<T> {
        let place = self.places.of(&one);
        if let Some(known) = self.all.get(place) {
            return Arc::clone(known);
        }
        let new = Arc::new(one);
        self.all.push(Arc::clone(&new));
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_keeps_its_place_in_any_order() {
        let mut places = Places::default();
        let mut of = |names: &[&str]| names.iter().map(|name| places.of(&[name, "p95", ""].map(str::to_owned))).collect::<Vec<usize>>();
        assert_eq!(of(&["a", "b", "c"]), [0, 1, 2]);
        assert_eq!(of(&["a", "b", "c", "a", "b", "d", "c"]), [0, 1, 2, 0, 1, 3, 2]);
        assert_eq!(of(&["c", "c", "b", "a"]), [2, 2, 1, 0]);
        assert_eq!(places.len(), 4);
        let mut of = |name: [&str; 3]| places.of(&name.map(str::to_owned));
        assert_eq!((of(["a", "p50", ""]), of(["a", "p95", "m"]), of(["a", "p95", ""])), (4, 5, 0));
    }

    #[test]
    fn equal_things_are_one() {
        let mut shared = Shared::default();
        let all = ["a", "a", "b", "a"].map(|name| shared.of(name.to_owned()));
        assert!(Arc::ptr_eq(&all[0], &all[1]) && Arc::ptr_eq(&all[0], &all[3]) && !Arc::ptr_eq(&all[0], &all[2]));
    }
}
