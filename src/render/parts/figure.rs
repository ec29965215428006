//! Numbers as pages show them.

use crate::instant::Instant;
use crate::metric::{Ratio, number};

/// A share of 1 as a percentage that is never better than it: rounded up to two places.
pub fn at_most(share: f64) -> String {
    percent((share * 1e4 - 1e-6).ceil())
}

/// A share of 1 as a percentage that is never better than it: cut to two places.
pub fn at_least(share: f64) -> String {
    percent((share * 1e4 + 1e-6).floor())
}

fn percent(hundredths: f64) -> String {
    let text = format!("{:.2}", hundredths.clamp(0.0, 10_000.0) / 100.0);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

/// `81.8 %`: a ratio for a headline; a dash when nothing was counted.
pub fn short(ratio: Ratio) -> String {
    ratio.floor_percent(1).map_or_else(|| "–".to_owned(), |text| format!("{text} %"))
}

/// A relative change with its sign: `+13.8 %`.
pub fn change(share: f64) -> String {
    let percent = share * 100.0;
    let text = number((percent.abs() * 10.0).round() / 10.0);
    let sign = match percent {
        _ if text == "0" => "",
        p if p < 0.0 => "−",
        _ => "+",
    };
    format!("{sign}{text} %")
}

/// How long before `now` something was: `14 min`, `6 h`, `12 d`.
pub fn age(now: Instant, then: Instant) -> String {
    let minutes = (now.0 - then.0).max(0) / 60_000;
    match minutes {
        0..120 => format!("{minutes} min"),
        120..2880 => format!("{} h", minutes / 60),
        _ => format!("{} d", minutes / 1440),
    }
}

/// `7 Feb`: a day below a chart.
pub fn day(at: Instant) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let date = at.date();
    let mut parts = date.rsplit('-').filter_map(|part| part.parse::<usize>().ok());
    match (parts.next(), parts.next().and_then(|month| MONTHS.get(month.wrapping_sub(1)))) {
        (Some(day), Some(month)) => format!("{day} {month}"),
        _ => date,
    }
}

/// The first characters of a commit.
pub fn commit(commit: &str) -> String {
    commit.chars().take(7).collect()
}

/// Small numbers as words, as a sentence wants them.
pub fn word(n: u64) -> String {
    const WORDS: [&str; 13] = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    usize::try_from(n).ok().and_then(|n| WORDS.get(n)).map_or_else(|| crate::metric::grouped(n), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_never_flatter() {
        assert_eq!(at_most(0.038_651), "3.87 %");
        assert_eq!(at_most(0.5), "50 %");
        assert_eq!(at_least(0.961_346), "96.13 %");
        assert_eq!(at_least(0.98), "98 %");
        assert_eq!(short(Ratio::new(491, 600)), "81.8 %");
        assert_eq!(change(0.138), "+13.8 %");
        assert_eq!(change(-0.05), "−5 %");
        assert_eq!(change(-0.0001), "0 %");
    }

    #[test]
    fn times_are_short() {
        let at = |text| Instant::parse(text).map_or(Instant(0), |at| at);
        assert_eq!(day(at("2026-02-07")), "7 Feb");
        assert_eq!(age(at("2026-02-18"), at("2026-02-17")), "24 h");
        assert_eq!(age(at("2026-02-18"), at("2026-02-10")), "8 d");
        assert_eq!(age(at("2026-02-18"), at("2027-02-10")), "0 min");
    }
}
