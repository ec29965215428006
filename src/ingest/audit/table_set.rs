//! A set of tables, by their places among all that rows are about.

/// Tables. A job works on a handful: the first 64 are bits, and only those beyond need a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableSet {
    /// Those at the places 0 to 63, a bit for each.
    pub low: u64,
    /// The places of all others, in order.
    pub high: Vec<u32>,
}

impl TableSet {
    /// Adds a table; whether it was there already.
    pub fn insert(&mut self, place: usize) -> bool {
        if place < 64 {
            let there = self.has(place);
            self.low |= 1 << place;
            return there;
        }
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        match self.high.binary_search(&place) {
            Ok(_) => true,
            Err(at) => {
                self.high.insert(at, place);
                false
            }
        }
    }

    /// Whether a table is one of them.
    pub fn has(&self, place: usize) -> bool {
        if place < 64 {
            self.low >> place & 1 == 1
        } else {
            u32::try_from(place).is_ok_and(|place| self.high.binary_search(&place).is_ok())
        }
    }

    /// Adds those of another set, and gives those that both had.
    pub fn join(&mut self, other: &TableSet) -> TableSet {
        let low = self.low & other.low;
        self.low |= other.low;
        let high = other.high.iter().copied().filter(|place| self.insert(*place as usize)).collect();
        TableSet { low, high }
    }

    /// Their places, in order.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        let (low, high) = (self.low, self.high.iter().copied().map(|place| place as usize));
        (0..64).filter(move |place| low >> place & 1 == 1).chain(high)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.low == 0 && self.high.is_empty()
    }

    /// The same tables where each has another place.
    pub fn moved(&self, places: &[usize]) -> TableSet {
        let mut moved = TableSet::default();
        for place in self.iter().filter_map(|place| places.get(place)) {
            moved.insert(*place);
        }
        moved
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn set(places: &BTreeSet<usize>) -> TableSet {
        let mut set = TableSet::default();
        places.iter().for_each(|place| assert!(!set.insert(*place)));
        set
    }

    proptest! {
        #[test]
        fn it_is_a_set(a in proptest::collection::btree_set(0usize..150, 0..40), b in proptest::collection::btree_set(0usize..150, 0..40)) {
            let (mut one, other) = (set(&a), set(&b));
            prop_assert!(a.iter().all(|place| one.has(*place) && one.insert(*place)));
            prop_assert_eq!(one.iter().collect::<BTreeSet<_>>(), a.clone());
            prop_assert_eq!(one.join(&other).iter().collect::<BTreeSet<_>>(), a.intersection(&b).copied().collect());
            prop_assert_eq!(one.iter().collect::<BTreeSet<_>>(), a.union(&b).copied().collect());
            let places: Vec<usize> = (0..150).rev().collect();
            prop_assert_eq!(other.moved(&places).iter().collect::<BTreeSet<_>>(), b.iter().map(|place| 149 - place).collect());
            prop_assert_eq!(other.is_empty(), b.is_empty());
        }
    }
}
