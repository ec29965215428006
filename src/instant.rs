//! A moment in time, in UTC, to the millisecond.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::fmt;

/// Milliseconds since 1970-01-01T00:00:00Z. Printed as RFC 3339, always in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub i64);

const DAY: i64 = 86_400_000;

impl Instant {
    /// The date and time of day a person reads: year, month, day, hour, minute, second, millisecond.
    ///
    /// Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
    fn civil(self) -> (i64, i64, i64, i64, i64, i64, i64) {
        let days = self.0.div_euclid(DAY);
        let ms = self.0.rem_euclid(DAY);
        let z = days + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let day = doy - (153 * mp + 2) / 5 + 1;
        let month = if mp < 10 { mp + 3 } else { mp - 9 };
        let year = yoe + era * 400 + i64::from(month <= 2);
        (year, month, day, ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000)
    }

    /// `2026-02-18`: the day in UTC.
    pub fn date(self) -> String {
        let (y, m, d, ..) = self.civil();
        format!("{y:04}-{m:02}-{d:02}")
    }

    /// `2026-02-18 07:30 UTC`: for people.
    pub fn minute(self) -> String {
        let (y, m, d, h, min, ..) = self.civil();
        format!("{y:04}-{m:02}-{d:02} {h:02}:{min:02} UTC")
    }

    /// The whole number of days since 1970-01-01.
    pub fn day(self) -> i64 {
        self.0.div_euclid(DAY)
    }

    /// The first moment of a day, if there is such a day.
    ///
    /// Source: H. Hinnant, as above, `days_from_civil`.
    pub fn midnight(year: i64, month: i64, day: i64) -> Option<Instant> {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let length = match month {
            2 => 28 + i64::from(leap),
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        // 2026-02-31 is not a day.
        if !(0..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=length).contains(&day) {
            return None;
        }
        let (adjusted, shifted) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
        let yoe = adjusted.rem_euclid(400);
        let doe = yoe * 365 + yoe / 4 - yoe / 100 + (153 * shifted + 2) / 5 + day - 1;
        Some(Instant((adjusted.div_euclid(400) * 146_097 + doe - 719_468) * DAY))
    }

    /// Reads the one form this type prints: `YYYY-MM-DD[Thh:mm:ss[.fff]Z]`. Other spellings are `io::clock`'s business.
    pub fn parse(text: &str) -> Option<Instant> {
        let number = |range: std::ops::Range<usize>| -> Option<i64> {
            let digits = text.get(range)?;
            if digits.bytes().all(|b| b.is_ascii_digit()) { digits.parse().ok() } else { None }
        };
        let byte = |at: usize| text.as_bytes().get(at).copied();
        let (y, m, d) = (number(0..4)?, number(5..7)?, number(8..10)?);
        if byte(4) != Some(b'-') || byte(7) != Some(b'-') {
            return None;
        }
        let midnight = Instant::midnight(y, m, d)?;
        let time = match text.len() {
            10 => 0,
            20 | 24 if byte(10) == Some(b'T') && text.ends_with('Z') => {
                let (h, min, s) = (number(11..13)?, number(14..16)?, number(17..19)?);
                let fraction = if text.len() == 24 { number(20..23)? } else { 0 };
                if byte(13) != Some(b':') || byte(16) != Some(b':') || h > 23 || min > 59 || s > 59 {
                    return None;
                }
                ((h * 60 + min) * 60 + s) * 1000 + fraction
            }
            _ => return None,
        };
        Some(Instant(midnight.0 + time))
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (y, m, d, h, min, s, ms) = self.civil();
        write!(f, "{y:04}-{m:02}-{d:02}T{h:02}:{min:02}:{s:02}")?;
        if ms != 0 {
            write!(f, ".{ms:03}")?;
        }
        f.write_str("Z")
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Instant::parse(&text).ok_or_else(|| D::Error::custom(format!("`{text}` is not an RFC 3339 time in UTC")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_what_it_reads() {
        for text in ["1970-01-01T00:00:00Z", "2026-02-18T00:00:00Z", "2024-02-29T23:59:59.999Z", "0001-01-01T00:00:00Z"] {
            assert_eq!(Instant::parse(text).map(|i| i.to_string()).as_deref(), Some(text));
        }
        assert_eq!(Instant::parse("2026-02-18"), Some(Instant(1_771_372_800_000)));
    }

    #[test]
    fn refuses_what_is_no_day() {
        for text in ["2026-02-31", "2026-13-01", "2026-1-01", "20260218", "2026-02-18T24:00:00Z", "2026-02-18T00:00:00+01:00", "é026-02-18"]
        {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_day_follows_the_day_before() {
        let mut last = Instant::midnight(0, 1, 1).map(Instant::day);
        let dates = (0..=9999).flat_map(|year| (1..=12).flat_map(move |month| (1..=31).map(move |day| (year, month, day))));
        for (year, month, day) in dates.skip(1) {
            let Some(midnight) = Instant::midnight(year, month, day) else { continue };
            assert_eq!(Some(midnight.day() - 1), last, "{year}-{month}-{day}");
            assert_eq!(midnight.date(), format!("{year:04}-{month:02}-{day:02}"));
            last = Some(midnight.day());
        }
    }
}
