//! The Merkle tree of RFC 6962, section 2.1, grown leaf by leaf in the memory of its height.
//!
//! What is kept are the perfect trees that the leaves so far form, the largest first: one for each bit of their number. How a leaf
//! is hashed and two nodes are combined is given, because arithmetic knows no hashes.

/// A hash.
pub type Hash = [u8; 32];

/// How two nodes become one.
pub type Combine = fn(&Hash, &Hash) -> Hash;

/// A tree that grows.
#[derive(Clone, Debug)]
pub struct Tree {
    combine: Combine,
    size: u64,
    /// The roots of the perfect trees, the largest first.
    peaks: Vec<Hash>,
}

impl Tree {
    /// A tree without a leaf.
    pub fn new(combine: Combine) -> Tree {
        Tree { combine, size: 0, peaks: Vec::new() }
    }

    /// How many leaves it has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Takes the hash of the next leaf. `each` sees every perfect tree that it completes, the leaf itself first: its height and its root.
    pub fn add(&mut self, leaf: Hash, mut each: impl FnMut(u32, &Hash)) {
        let mut node = leaf;
        each(0, &node);
        for height in 1..=self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                node = (self.combine)(&left, &node);
                each(height, &node);
            }
        }
        self.peaks.push(node);
        self.size += 1;
    }

    /// The root; nothing without a leaf.
    pub fn root(&self) -> Option<Hash> {
        let (last, larger) = self.peaks.split_last()?;
        Some(larger.iter().rev().fold(*last, |node, left| (self.combine)(left, &node)))
    }
}

/// The roots of perfect trees of one height, as many as there is room for: when it is full, each two become one of the next height.
#[derive(Clone, Debug)]
pub struct Subtrees {
    combine: Combine,
    room: usize,
    /// Of how many leaves each is, as a power of two.
    pub height: u32,
    /// Their roots, from the first leaf on.
    pub roots: Vec<Hash>,
}

impl Subtrees {
    /// Room for so many roots, an even number.
    pub fn new(combine: Combine, room: usize) -> Subtrees {
        Subtrees { combine, room, height: 0, roots: Vec::new() }
    }

    /// Takes a perfect tree that was completed.
    pub fn take(&mut self, height: u32, root: &Hash) {
        if height != self.height {
            return;
        }
        if self.roots.len() < self.room {
            return self.roots.push(*root);
        }
        // The tree at hand is the left half of one that is not complete yet.
        self.roots = self.roots.chunks_exact(2).map(|pair| (self.combine)(&pair[0], &pair[1])).collect();
        self.height += 1;
    }
}

/// A tree in which the last node of an odd row is its own neighbour, grown leaf by leaf. Unlike in RFC 6962, other leaves may have the
/// same root (CVE-2012-2459): those with the last ones once more.
#[derive(Clone, Debug)]
pub struct Doubling {
    combine: Combine,
    /// Of each height the node that waits for its neighbour.
    waiting: Vec<Option<Hash>>,
}

impl Doubling {
    /// A tree without a leaf.
    pub fn new(combine: Combine) -> Doubling {
        Doubling { combine, waiting: Vec::new() }
    }

    /// Takes the next leaf.
    pub fn add(&mut self, leaf: Hash) {
        let mut node = leaf;
        for place in &mut self.waiting {
            match place.take() {
                Some(left) => node = (self.combine)(&left, &node),
                None => return *place = Some(node),
            }
        }
        self.waiting.push(Some(node));
    }

    /// The root; nothing without a leaf.
    pub fn root(&self) -> Option<Hash> {
        let mut last: Option<Hash> = None;
        for (height, waiting) in self.waiting.iter().enumerate() {
            let top = height + 1 == self.waiting.len();
            last = match (*waiting, last) {
                (Some(left), Some(right)) => Some((self.combine)(&left, &right)),
                (Some(node), None) | (None, Some(node)) if top => Some(node),
                (Some(node), None) | (None, Some(node)) => Some((self.combine)(&node, &node)),
                (None, None) => None,
            };
        }
        last
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A stand-in for a hash that shows the shape of the tree.
    fn mix(left: &Hash, right: &Hash) -> Hash {
        let mut out = [0; 32];
        for (at, byte) in out.iter_mut().enumerate() {
            *byte = left[at].wrapping_mul(31).wrapping_add(right[(at + 1) % 32]).wrapping_add(7);
        }
        out
    }

    fn leaf(n: u64) -> Hash {
        let mut hash = [3; 32];
        hash[..8].copy_from_slice(&n.to_be_bytes());
        hash
    }

    /// The definition: MTH(D[n]) = HASH(MTH(D[0:k]), MTH(D[k:n])), k the largest power of two smaller than n.
    fn defined(leaves: &[Hash]) -> Option<Hash> {
        match leaves {
            [] => None,
            [one] => Some(*one),
            many => {
                let k = 1 << (many.len() - 1).ilog2();
                Some(mix(&defined(&many[..k])?, &defined(&many[k..])?))
            }
        }
    }

    /// Row by row, each pair of nodes becomes one.
    fn doubled(leaves: &[Hash]) -> Option<Hash> {
        let mut row = leaves.to_vec();
        while row.len() > 1 {
            row = row.chunks(2).map(|pair| mix(&pair[0], pair.last().unwrap_or(&pair[0]))).collect();
        }
        row.first().copied()
    }

    #[test]
    fn a_doubling_tree_has_one_root_for_several_lists() {
        let root = |leaves: &[u64]| doubled(&leaves.iter().map(|n| leaf(*n)).collect::<Vec<_>>());
        assert_eq!(root(&[1, 2, 3]), root(&[1, 2, 3, 3]));
    }

    proptest! {
        #[test]
        fn a_doubling_tree_is_that_of_its_rows(n in 0_u64..300) {
            let leaves: Vec<Hash> = (0..n).map(leaf).collect();
            let mut tree = Doubling::new(mix);
            leaves.iter().for_each(|leaf| tree.add(*leaf));
            prop_assert_eq!(tree.root(), doubled(&leaves));
        }

        #[test]
        fn it_is_the_tree_of_the_definition(n in 0_u64..300, room in 1_usize..20) {
            let leaves: Vec<Hash> = (0..n).map(leaf).collect();
            let (mut tree, mut subtrees) = (Tree::new(mix), Subtrees::new(mix, room * 2));
            for leaf in &leaves {
                tree.add(*leaf, |height, root| subtrees.take(height, root));
            }
            prop_assert_eq!(tree.root(), defined(&leaves));
            prop_assert_eq!(tree.size(), n);
            let expected: Vec<Hash> = leaves.chunks_exact(1 << subtrees.height).filter_map(defined).collect();
            prop_assert_eq!(&subtrees.roots, &expected);
            prop_assert!(subtrees.roots.len() <= room * 2);
        }
    }
}
