//! How the cases of a ratio fall into independent groups.

use crate::metric::Ratio;
use serde::{Deserialize, Serialize};

/// Sums over the groups ("clusters") of a ratio's cases, such as the cases made from one template or the attempts at one
/// case. They are what the uncertainty of the ratio depends on, exact, and they add up.
///
/// A sum that does not fit stays at its largest value; nothing is concluded from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Design {
    /// Groups with at least one counted case.
    pub clusters: u64,
    /// The squares of their wholes, summed.
    pub whole_squared: u64,
    /// Their parts times their wholes, summed.
    pub part_whole: u64,
    /// The squares of their parts, summed.
    pub part_squared: u64,
}

impl Design {
    /// Every case of `ratio` is a group of its own.
    pub const fn singletons(ratio: Ratio) -> Self {
        Design { clusters: ratio.whole, whole_squared: ratio.whole, part_whole: ratio.part, part_squared: ratio.part }
    }

    /// Nothing but the number of groups is known: they are taken to be of one size, and the cases of each to agree.
    pub fn alike(ratio: Ratio, clusters: u64) -> Self {
        if clusters >= ratio.whole {
            return Design::singletons(ratio);
        }
        let per_cluster = |part: u64| {
            let sum = (u128::from(part) * u128::from(ratio.whole)).div_ceil(u128::from(clusters.max(1)));
            u64::try_from(sum).unwrap_or(u64::MAX)
        };
        let parts = per_cluster(ratio.part);
        Design { clusters, whole_squared: per_cluster(ratio.whole), part_whole: parts, part_squared: parts }
    }

    /// Takes one more group in, of which `cluster` was counted; one without a case is none.
    pub fn add_cluster(&mut self, cluster: Ratio) {
        if cluster.is_known() {
            let (part, whole) = (cluster.part, cluster.whole);
            let one = Design {
                clusters: 1,
                whole_squared: whole.saturating_mul(whole),
                part_whole: part.saturating_mul(whole),
                part_squared: part.saturating_mul(part),
            };
            *self = self.plus(one);
        }
    }

    /// Both together; no group has cases in both.
    pub fn plus(self, other: Design) -> Self {
        Design {
            clusters: self.clusters.saturating_add(other.clusters),
            whole_squared: self.whole_squared.saturating_add(other.whole_squared),
            part_whole: self.part_whole.saturating_add(other.part_whole),
            part_squared: self.part_squared.saturating_add(other.part_squared),
        }
    }

    /// Whether a sum did not fit.
    pub const fn is_full(self) -> bool {
        self.whole_squared == u64::MAX || self.part_whole == u64::MAX || self.part_squared == u64::MAX
    }
}

/// One ratio for each group.
impl FromIterator<Ratio> for Design {
    fn from_iter<I: IntoIterator<Item = Ratio>>(clusters: I) -> Self {
        let mut design = Design::default();
        clusters.into_iter().for_each(|cluster| design.add_cluster(cluster));
        design
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(clusters: &[(u64, u64)]) -> Design {
        clusters.iter().map(|(part, whole)| Ratio::new(*part, *whole)).collect()
    }

    #[test]
    fn sums_add_up() {
        let design = of(&[(1, 4), (0, 3), (0, 0), (2, 2)]);
        assert_eq!(design, Design { clusters: 3, whole_squared: 29, part_whole: 8, part_squared: 5 });
        assert_eq!(of(&[(1, 4), (0, 3)]).plus(of(&[(2, 2)])), design);
        assert_eq!(of(&[(1, 1), (0, 1), (1, 1)]), Design::singletons(Ratio::new(2, 3)));
    }

    #[test]
    fn groups_of_which_only_the_number_is_known_agree_within() {
        assert_eq!(Design::alike(Ratio::new(8, 12), 3), of(&[(4, 4), (4, 4), (0, 4)]));
        assert_eq!(Design::alike(Ratio::new(8, 12), 12), Design::singletons(Ratio::new(8, 12)));
        assert!(Design::alike(Ratio::new(u64::MAX, u64::MAX), 1).is_full());
        assert_eq!(Design::alike(Ratio::new(3, 4), 0).clusters, 0);
    }

    #[test]
    fn what_does_not_fit_is_told() {
        assert!(of(&[(0, u64::MAX)]).is_full());
        assert!(!of(&[(0, 1_000_000_000)]).is_full());
    }
}
