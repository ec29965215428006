//! Things of a file that have a name of their own: arms of branches, functions, blocks of statements.

use super::plus;
use crate::metric::Ratio;
use std::cmp::Ordering;

/// One named thing. Twelve bytes, like a [`super::Line`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Unit {
    line: u32,
    key: u32,
    taken: u16,
    all: u16,
}

/// The key of what ran on a line of which only the rest is named.
const OTHERS: u32 = 0;

/// The named things of one kind in one file. Because each has a name, what several reports ran of them together is known:
/// of each thing the record in which most of it ran.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Units {
    units: Vec<Unit>,
    settled: usize,
}

impl Units {
    /// Adds the thing called `name` on `line` (0 when unknown), which ran or did not; it counts for `weight`.
    /// Repeats are one thing. More than 65,535 for one thing is taken as that.
    pub fn add(&mut self, line: u32, name: &[u8], ran: bool, weight: u64) {
        self.add_part(line, name, if ran { weight } else { 0 }, weight);
    }

    /// Adds a thing of which `taken` of `all` ran.
    pub fn add_part(&mut self, line: u32, name: &[u8], taken: u64, all: u64) {
        self.push(line, fnv1a(name), taken.min(all), all);
    }

    /// Adds `ran` things on a line that ran and have no name, where all others have one.
    pub fn add_others(&mut self, line: u32, ran: u64) {
        self.push(line, OTHERS, ran, ran);
    }

    fn push(&mut self, line: u32, key: u32, taken: u64, all: u64) {
        let narrow = |n| u16::try_from(n).unwrap_or(u16::MAX);
        self.units.push(Unit { line, key, taken: narrow(taken), all: narrow(all) });
        self.grown();
    }

    /// Adds another part of the same report.
    pub fn take(&mut self, part: Units) {
        if self.units.is_empty() {
            *self = part;
            return;
        }
        self.units.extend_from_slice(&part.units);
        self.grown();
    }

    fn grown(&mut self) {
        if self.units.len() > 2 * self.settled + 1024 {
            self.settle();
        }
    }

    /// Sorts, and joins what is told more than once.
    pub fn settle(&mut self) {
        if self.settled != self.units.len() {
            unite(&mut self.units);
            self.settled = self.units.len();
        }
    }

    /// Adds what another report says of the same file; both are settled.
    pub(super) fn join(&mut self, other: &Units) {
        let mut joined = Vec::with_capacity(self.units.len() + other.units.len());
        let own = std::mem::take(self);
        let (mut ours, mut theirs) = (own.lines().peekable(), other.lines().peekable());
        loop {
            let order = match (ours.peek(), theirs.peek()) {
                (None, None) => break,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(a), Some(b)) => line_of(a).cmp(&line_of(b)),
            };
            let a = if order.is_le() { ours.next() } else { None };
            let b = if order.is_ge() { theirs.next() } else { None };
            joined.extend(together(a.unwrap_or_default(), b.unwrap_or_default()));
        }
        *self = Units { settled: joined.len(), units: joined };
    }

    /// What ran, of all.
    pub fn ratio(&self) -> Ratio {
        sum(&self.units)
    }

    /// The same by line, in order, once settled.
    pub(super) fn by_line(&self) -> impl Iterator<Item = (u32, Ratio)> + '_ {
        self.lines().map(|units| (line_of(units), sum(units)))
    }

    /// Whether what two reports ran on a line is known exactly.
    pub(super) fn tell_exactly(&self, other: &Units, line: u32) -> bool {
        let (ours, theirs) = (self.on(line), other.on(line));
        let halves = |unit: &Unit| unit.is_partial() && theirs.iter().any(|twin| twin.key == unit.key && twin.is_partial());
        !ours.is_empty() && !theirs.is_empty() && !ours.iter().any(halves)
    }

    fn lines(&self) -> impl Iterator<Item = &[Unit]> {
        self.units.chunk_by(|one, next| one.line == next.line)
    }

    fn on(&self, line: u32) -> &[Unit] {
        let from = self.units.partition_point(|unit| unit.line < line);
        let to = self.units.partition_point(|unit| unit.line <= line);
        &self.units[from..to]
    }
}

impl Unit {
    fn is_partial(self) -> bool {
        self.taken > 0 && self.taken < self.all
    }
}

/// The things of one line that two reports tell of together.
fn together(ours: &[Unit], theirs: &[Unit]) -> Vec<Unit> {
    let others = |units: &[Unit]| units.first().is_some_and(|unit| unit.key == OTHERS);
    match (others(ours), others(theirs)) {
        _ if ours.is_empty() || theirs.is_empty() => [ours, theirs].concat(),
        // Each names all that it missed: what only one of them missed ran in the other.
        (true, true) if sum(ours).whole == sum(theirs).whole => {
            let missed: Vec<Unit> = ours.iter().skip(1).filter(|unit| theirs.iter().any(|twin| twin.key == unit.key)).copied().collect();
            let ran = sum(ours).whole.saturating_sub(sum(&missed).whole);
            let ran = Unit { taken: u16::try_from(ran).unwrap_or(u16::MAX), all: u16::try_from(ran).unwrap_or(u16::MAX), ..ours[0] };
            [&[ran], missed.as_slice()].concat()
        }
        (false, false) => {
            let mut all = [ours, theirs].concat();
            unite(&mut all);
            all
        }
        _ if (sum(theirs).part, sum(theirs).whole) > (sum(ours).part, sum(ours).whole) => theirs.to_vec(),
        _ => ours.to_vec(),
    }
}

/// Sorts by line and name, and joins what stands there twice.
fn unite(units: &mut Vec<Unit>) {
    units.sort_unstable_by_key(|unit| (unit.line, unit.key));
    units.dedup_by(|next, kept| {
        let same = (next.line, next.key) == (kept.line, kept.key);
        if same {
            (kept.taken, kept.all) = (kept.taken.max(next.taken), kept.all.max(next.all));
        }
        same
    });
}

fn line_of(units: &[Unit]) -> u32 {
    units.first().map_or(0, |unit| unit.line)
}

fn sum(units: &[Unit]) -> Ratio {
    units.iter().fold(Ratio::default(), |sum, unit| plus(sum, Ratio::new(u64::from(unit.taken), u64::from(unit.all))))
}

/// FNV-1a, 32 bits (Fowler, Noll, Vo): small, and the same everywhere. Names are only told apart among those of one line.
fn fnv1a(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(add: impl FnOnce(&mut Units)) -> Units {
        let mut units = Units::default();
        add(&mut units);
        units.settle();
        units
    }

    #[test]
    fn each_thing_counts_once_and_any_run_covers_it() {
        let mut all = units(|units| {
            units.add(7, b"0,1", false, 1);
            units.add(7, b"0,0", true, 1);
            units.add(7, b"0,1", true, 1);
            units.add(3, b"f", false, 4);
        });
        assert_eq!(all.ratio(), Ratio::new(2, 6));
        assert_eq!(all.by_line().collect::<Vec<_>>(), [(3, Ratio::new(0, 4)), (7, Ratio::new(2, 2))]);
        all.join(&units(|units| units.add(3, b"f", true, 4)));
        all.join(&units(|units| units.add(5, b"g", true, 1)));
        assert_eq!(all.ratio(), Ratio::new(7, 7));
    }

    #[test]
    fn what_only_one_report_missed_ran_in_the_other() {
        let missed = |names: &[&[u8]], ran| {
            units(|units| {
                names.iter().for_each(|name| units.add(4, name, false, 1));
                units.add_others(4, ran);
            })
        };
        let joined = |one: &Units, other: &Units| {
            let mut all = one.clone();
            all.join(other);
            all.ratio()
        };
        let (seven, nine, none) = (missed(&[b"7"], 1), missed(&[b"9"], 1), missed(&[], 2));
        assert_eq!(joined(&seven, &nine), Ratio::new(2, 2));
        assert_eq!(joined(&seven, &seven), Ratio::new(1, 2));
        assert_eq!(joined(&none, &seven), Ratio::new(2, 2));
        assert_eq!(joined(&missed(&[b"7", b"9"], 1), &missed(&[b"8", b"9"], 1)), Ratio::new(2, 3));
        assert_eq!(joined(&seven, &missed(&[b"1"], 2)), Ratio::new(2, 3), "another branch than here: the better record");
    }

    #[test]
    fn two_halves_of_one_condition_may_be_the_same_half() {
        let half = |name: &[u8]| units(|units| units.add_part(2, name, 1, 2));
        assert!(!half(b"0").tell_exactly(&half(b"0"), 2));
        assert!(half(b"0").tell_exactly(&half(b"1"), 2));
        assert!(!half(b"0").tell_exactly(&Units::default(), 2));
    }

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!((fnv1a(b""), fnv1a(b"a"), fnv1a(b"foobar")), (0x811c_9dc5, 0xe40c_292c, 0xbf9c_f968));
    }
}
