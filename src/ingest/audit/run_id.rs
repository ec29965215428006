//! How many runs name themselves: exactly, however many there are.

use crate::io::private::Sorter;
use std::io;

/// Ids of runs, on their way.
#[derive(Debug, Default)]
pub struct RunIds {
    /// The id of the row before: a run has several rows, mostly one after the other.
    last: Vec<u8>,
    key: u128,
    keys: Sorter<16>,
    failed: Option<io::Error>,
    /// How many there are, when they were counted.
    counted: Option<u64>,
}

impl RunIds {
    /// Adds the id of a row, which is not empty, and gives its key.
    pub fn add(&mut self, id: &[u8]) -> u128 {
        if self.last != id {
            id.clone_into(&mut self.last);
            self.key = fingerprint(id);
            let added = self.keys.add(self.key.to_be_bytes());
            self.failed = self.failed.take().or(added.err());
        }
        self.key
    }

    /// Adds the ids of another file.
    pub fn merge(&mut self, other: RunIds) {
        let merged = self.keys.merge(other.keys);
        self.failed = self.failed.take().or(other.failed).or(merged.err());
    }

    /// How many different ids there are; nothing is added after that.
    ///
    /// # Errors
    /// When they did not fit on the disk.
    pub fn count(&mut self) -> io::Result<u64> {
        if let Some(error) = self.failed.take() {
            self.counted = Some(0);
            return Err(error);
        }
        if let Some(counted) = self.counted {
            return Ok(counted);
        }
        let (mut count, mut last) = (0, None);
        let keys = std::mem::take(&mut self.keys);
        let outcome = keys.each(Vec::new(), |key| {
            count += u64::from(last.as_ref() != Some(key));
            last = Some(*key);
        });
        self.counted = Some(count);
        outcome.map(|()| count)
    }
}

/// A run id in 16 bytes: a UUID as it is, everything else by FNV-1a with 128 bits
/// (<https://www.ietf.org/archive/id/draft-eastlake-fnv-29.html>). It counts runs; nothing rests on it that an enemy could gain from.
fn fingerprint(run: &[u8]) -> u128 {
    let (mut uuid, mut digits) = (0u128, 0);
    for byte in run.iter().filter(|b| **b != b'-') {
        let Some(digit) = char::from(*byte).to_digit(16) else { break };
        uuid = uuid << 4 | u128::from(digit);
        digits += 1;
    }
    if digits == 32 && run.len() == 36 {
        return uuid;
    }
    let (basis, prime) = (0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128, (1 << 88) + 0x13b);
    run.iter().fold(basis, |hash, byte| (hash ^ u128::from(*byte)).wrapping_mul(prime))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn ids_are_counted_once_wherever_they_stand() {
        let (mut ids, mut other) = (RunIds::default(), RunIds::default());
        for id in ["a", "a", "b", "a", "cd613e30-d8f1-4adf-91b7-000000000001", "CD613E30-D8F1-4ADF-91B7-000000000001"] {
            ids.add(id.as_bytes());
        }
        ["b", "d"].into_iter().for_each(|id| _ = other.add(id.as_bytes()));
        assert_eq!(ids.add(b"a"), ids.add(b"a"));
        ids.merge(other);
        assert_eq!([ids.count().unwrap(), ids.count().unwrap()], [4, 4]);
    }
}
