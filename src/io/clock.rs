//! The door to the system clock and to `jiff`, which reads the spellings of time that tools use.

use crate::instant::Instant;

/// The moment the program runs. Read once, by `command/`; everything else is told.
#[allow(clippy::disallowed_methods, reason = "this is the clock's door")]
pub fn now() -> Instant {
    Instant(jiff::Timestamp::now().as_millisecond())
}

/// Reads a moment: RFC 3339, RFC 2822, a date, or a date and time. A time without a zone is UTC.
pub fn parse(text: &str) -> Option<Instant> {
    let text = text.trim();
    let zoned = || jiff::fmt::rfc2822::parse(text).map(|zoned| zoned.timestamp());
    if let Ok(timestamp) = text.parse::<jiff::Timestamp>().or_else(|_| zoned()) {
        return Some(Instant(timestamp.as_millisecond()));
    }
    let text = text.trim_end_matches(" UTC").trim_end_matches(" GMT");
    let civil = text.parse::<jiff::civil::DateTime>().or_else(|_| text.parse::<jiff::civil::Date>().map(|d| d.at(0, 0, 0, 0))).ok()?;
    civil.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| Instant(zoned.timestamp().as_millisecond()))
}

/// Whether the text names its zone (`Z` or an offset); without one the moment is a guess.
pub fn has_zone(text: &str) -> bool {
    text.trim().parse::<jiff::Timestamp>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_tools_write() {
        let at = Instant::parse("2026-02-17T23:10:00Z");
        for text in [
            "2026-02-17T23:10:00Z",
            "2026-02-18T01:10:00+02:00",
            "2026-02-17 23:10:00",
            "2026-02-17T23:10:00.000",
            " 2026-02-17T23:10:00 ",
            "2026-02-17T23:10:00 UTC",
            "Tue, 17 Feb 2026 23:10:00 GMT",
        ] {
            assert_eq!(parse(text), at, "{text}");
        }
        assert_eq!(parse("2026-02-17"), Instant::parse("2026-02-17"));
        for text in ["", "yesterday", "2026-02-31", "17.02.2026", "1771372800"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert!(has_zone("2026-02-18T01:10:00+02:00") && !has_zone("2026-02-17 23:10:00"));
    }
}
