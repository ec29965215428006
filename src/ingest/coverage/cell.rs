//! Numbers of JSON reports as they are found, and what is odd about them.

use super::number::count;
use super::odds::{Odd, Odds};
use super::{Counter, Declared, Draft, compare_declared};
use crate::ingest::Reading;
use crate::metric::Ratio;
use crate::source::{Grade, Location};
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// A value where a count belongs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cell {
    /// `null`: usually a line that cannot run.
    #[default]
    Null,
    /// How many; a fraction of a hit is a hit, and a number beyond the range of u64 becomes its end.
    Count(u64),
    /// A word that is no number, such as `ignored`.
    Word,
    /// Negative, or nothing that could be a count.
    Odd,
}

impl Cell {
    /// The count, if it is one.
    pub(super) fn count(self) -> Option<u64> {
        if let Cell::Count(count) = self { Some(count) } else { None }
    }

    /// Whether a count should stand here and something else does.
    pub(super) fn is_odd(self) -> bool {
        matches!(self, Cell::Odd | Cell::Word)
    }

    /// The number of a line, from 1, if it is one.
    pub(super) fn line(self) -> Option<u32> {
        self.count().and_then(|number| u32::try_from(number).ok()).filter(|number| *number > 0)
    }
}

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(document: D) -> Result<Self, D::Error> {
        document.deserialize_any(AnyCell)
    }
}

struct AnyCell;

impl<'de> Visitor<'de> for AnyCell {
    type Value = Cell;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a count")
    }
    fn visit_unit<E: Error>(self) -> Result<Cell, E> {
        Ok(Cell::Null)
    }
    fn visit_bool<E: Error>(self, _: bool) -> Result<Cell, E> {
        Ok(Cell::Odd)
    }
    fn visit_u64<E: Error>(self, value: u64) -> Result<Cell, E> {
        Ok(Cell::Count(value))
    }
    fn visit_i64<E: Error>(self, _: i64) -> Result<Cell, E> {
        Ok(Cell::Odd)
    }
    fn visit_f64<E: Error>(self, value: f64) -> Result<Cell, E> {
        Ok(if value >= 0.0 { Cell::Count(value.ceil() as u64) } else { Cell::Odd })
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Cell, E> {
        let negative = text.trim().parse::<f64>().is_ok();
        Ok(count(text).map_or(if negative { Cell::Odd } else { Cell::Word }, Cell::Count))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Cell, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Cell::Odd)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cell, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Cell::Odd)
    }
}

/// Hits that are negative or no number.
pub(super) const HITS: Odd = ("hits-not-a-count", "hits that are no count are taken as not run");
/// Reads `null` as what stands there when nothing does.
///
/// # Errors
/// When something else stands there.
pub(super) fn nullable<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(document: D) -> Result<T, D::Error> {
    Option::<T>::deserialize(document).map(Option::unwrap_or_default)
}

/// A line without a number from 1.
pub(super) const NUMBER: Odd = ("line-without-number", "lines without a usable number are left out");

/// Totals in which more is covered than there is.
pub(super) const IMPOSSIBLE: Odd = ("more-covered-than-there-is", "totals with more covered than there is are taken as not covered");

/// Whether totals cannot be.
pub(super) fn impossible(covered: Cell, total: Cell) -> bool {
    covered.count() > Some(total.count().unwrap_or(0))
}

/// What totals say, `0/0` when they say nothing. What cannot be shows nothing, and is not left out of the whole either.
pub(super) fn ratio(covered: Cell, total: Cell) -> Ratio {
    let (part, whole) = (covered.count().unwrap_or(0), total.count().unwrap_or(0));
    if impossible(covered, total) { Ratio::new(0, part) } else { Ratio::new(part, whole) }
}

/// What a report says of the whole: of what, how many of how many (`0/0` when it does not say), and what is counted against it.
pub(super) type Told = (&'static str, Ratio, Counter);

/// Settles what was read, holds it against what the report says of itself `at` some place, and tells what was odd.
pub(super) fn finish(reading: &mut Reading<'_>, mut draft: Draft, odds: Odds, format: &str, told: &[Told], at: &[&str]) -> Draft {
    draft.lines.settle();
    // A report that could not be read to its end differs from its totals anyway.
    if reading.problems.iter().all(|problem| problem.severity != Grade::Error) {
        for (what, ratio, count) in told.iter().filter(|(_, ratio, _)| ratio.is_known()) {
            let counted = draft.lines.total(*count);
            compare_declared(reading, &mut draft, what, Declared::Counts(*ratio), counted, Location::pointer(at));
        }
    }
    odds.tell(reading);
    reading.source.content = draft.describe(format);
    draft
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::json;

    #[test]
    fn whatever_stands_in_the_place_of_a_count_has_a_meaning() {
        let text =
            br#"[3, 0, 1.0, 0.2, 1e300, 18446744073709551616, "7", "1,234", -1, -0.5, "-1", true, {"a": [1]}, [2], null, "ignored", ""]"#;
        let cells: Vec<Cell> = json::read(text).unwrap_or_default();
        let counts = [3, 0, 1, 1, u64::MAX, u64::MAX, 7, 1234].map(Cell::Count);
        assert_eq!(cells[..8], counts);
        assert_eq!(cells[8..14], [Cell::Odd; 6]);
        assert_eq!(cells[14..], [Cell::Null, Cell::Word, Cell::Word]);
        assert_eq!([0, 7, 1 << 40].map(|n| Cell::Count(n).line()), [None, Some(7), None]);
    }
}
