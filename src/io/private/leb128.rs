//! Numbers in as few bytes as they need: LEB128, seven bits in a byte, the lowest first (DWARF 5, section 7.6).

use std::io::{self, BufRead, ErrorKind};

/// Writes a number.
pub fn write(mut number: u64, bytes: &mut Vec<u8>) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Reads a number.
///
/// # Errors
/// When it does not end, or cannot be read.
pub fn read(from: &mut impl BufRead) -> io::Result<u64> {
    let mut number = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let mut byte = [0];
        from.read_exact(&mut byte)?;
        number |= u64::from(byte[0] & 0x7f) << shift;
        if byte[0] < 0x80 {
            return Ok(number);
        }
    }
    Err(ErrorKind::InvalidData.into())
}

/// A number with a sign as one without: those near zero stay small.
pub fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}

/// The number with a sign.
pub fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(numbers in proptest::collection::vec(any::<i64>().prop_map(|n| n >> (n & 63)), 0..20)) {
            let mut bytes = Vec::new();
            numbers.iter().for_each(|n| write(zigzag(*n), &mut bytes));
            let mut rest = bytes.as_slice();
            let back: Vec<i64> = numbers.iter().map(|_| unzigzag(read(&mut rest).unwrap())).collect();
            prop_assert_eq!((back, rest.len()), (numbers, 0));
        }
    }

    #[test]
    fn what_does_not_end_is_no_number() {
        assert!(read(&mut [0x80; 3].as_slice()).is_err() && read(&mut [0xff; 20].as_slice()).is_err());
        assert_eq!([zigzag(0), zigzag(-1), zigzag(1)], [0, 1, 2]);
    }
}
