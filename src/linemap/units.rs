//! Things of a file that have a name of their own: arms of branches, functions, blocks of statements.

use super::plus;
use crate::metric::Ratio;

/// One named thing. Twelve bytes, like a [`super::Line`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Unit {
    line: u32,
    key: u32,
    taken: u16,
    all: u16,
}

/// The named things of one kind in one file. Because each has a name, what several reports ran of them together is known
/// exactly: of each thing the record in which most of it ran.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Units {
    units: Vec<Unit>,
    settled: usize,
}

impl Units {
    /// Adds the thing called `name` on `line` (0 when unknown), which ran or did not; it counts for `weight`.
    /// Repeats are one thing. More than 65,535 for one thing is taken as that.
    pub fn add(&mut self, line: u32, name: &[u8], ran: bool, weight: u64) {
        let all = u16::try_from(weight).unwrap_or(u16::MAX);
        self.units.push(Unit { line, key: fnv1a(name), taken: if ran { all } else { 0 }, all });
        if self.units.len() > 2 * self.settled + 1024 {
            self.settle();
        }
    }

    /// Sorts, and joins what is told more than once.
    pub(super) fn settle(&mut self) {
        if self.settled == self.units.len() {
            return;
        }
        self.units.sort_unstable_by_key(|unit| (unit.line, unit.key));
        self.units.dedup_by(|next, kept| {
            let same = (next.line, next.key) == (kept.line, kept.key);
            if same {
                (kept.taken, kept.all) = (kept.taken.max(next.taken), kept.all.max(next.all));
            }
            same
        });
        self.settled = self.units.len();
    }

    /// Adds what another report says of the same file.
    pub(super) fn join(&mut self, other: &Units) {
        self.units.extend_from_slice(&other.units);
        self.settle();
    }

    /// What ran, of all.
    pub fn ratio(&self) -> Ratio {
        self.units.iter().fold(Ratio::default(), |sum, unit| plus(sum, unit.ratio()))
    }

    /// Whether a line has any.
    pub(super) fn on(&self, line: u32) -> bool {
        self.units.binary_search_by_key(&line, |unit| unit.line).is_ok()
    }

    /// The same by line, in order, once settled.
    pub(super) fn by_line(&self) -> impl Iterator<Item = (u32, Ratio)> + '_ {
        let groups = self.units.chunk_by(|one, next| one.line == next.line);
        groups.filter_map(|units| Some((units.first()?.line, units.iter().fold(Ratio::default(), |sum, unit| plus(sum, unit.ratio())))))
    }
}

impl Unit {
    fn ratio(self) -> Ratio {
        Ratio::new(u64::from(self.taken), u64::from(self.all))
    }
}

/// FNV-1a, 32 bits (Fowler, Noll, Vo): small, and the same everywhere. Names are only told apart among those of one line.
fn fnv1a(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_counts_once_and_any_run_covers_it() {
        let mut units = Units::default();
        units.add(7, b"0,1", false, 1);
        units.add(7, b"0,0", true, 1);
        units.add(7, b"0,1", true, 1);
        units.add(3, b"f", false, 4);
        units.settle();
        assert_eq!(units.ratio(), Ratio::new(2, 6));
        assert_eq!(units.by_line().collect::<Vec<_>>(), [(3, Ratio::new(0, 4)), (7, Ratio::new(2, 2))]);
        let mut other = Units::default();
        other.add(3, b"f", true, 4);
        other.settle();
        units.join(&other);
        assert_eq!(units.ratio(), Ratio::new(6, 6));
    }

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!((fnv1a(b""), fnv1a(b"a"), fnv1a(b"foobar")), (0x811c_9dc5, 0xe40c_292c, 0xbf9c_f968));
    }
}
