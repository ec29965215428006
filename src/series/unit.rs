//! Units as benchmark tools write them: what they measure, which way is better, and how one becomes another.

use super::Direction;

/// Units of time in nanoseconds, and of memory in bytes, in lower case.
const TIMES: &[(&str, f64)] = &[
    ("ps", 1e-3),
    ("picosecond", 1e-3),
    ("ns", 1.0),
    ("nsec", 1.0),
    ("nanosecond", 1.0),
    ("us", 1e3),
    ("µs", 1e3),
    ("μs", 1e3),
    ("usec", 1e3),
    ("microsecond", 1e3),
    ("ms", 1e6),
    ("msec", 1e6),
    ("millisecond", 1e6),
    ("s", 1e9),
    ("sec", 1e9),
    ("second", 1e9),
    ("min", 6e10),
    ("minute", 6e10),
];
const BYTES: &[(&str, f64)] = &[
    ("b", 1.0),
    ("byte", 1.0),
    ("kb", 1e3),
    ("kilobyte", 1e3),
    ("mb", 1e6),
    ("megabyte", 1e6),
    ("gb", 1e9),
    ("gigabyte", 1e9),
    ("kib", 1024.0),
    ("mib", 1_048_576.0),
    ("gib", 1_073_741_824.0),
];
/// What is counted in a second where the unit does not say so.
const RATES: &[&str] = &["fps", "rps", "qps", "tps", "iops", "hz", "flops", "bps"];
/// What a program should do little of.
const COSTS: &[&str] = &["alloc", "allocation", "instruction", "cycle", "miss", "fault", "branch-misse", "cache-misse"];

/// What a unit measures: the name of a metric whose tool gives it none.
pub fn metric(unit: &str) -> &'static str {
    let (over, under) = parts(unit);
    if is_rate(unit) {
        "throughput"
    } else if known(TIMES, over).is_some() {
        "time"
    } else if known(BYTES, over).is_some() && under.is_none() {
        "size"
    } else {
        "value"
    }
}

/// Which way is better; nothing when the unit does not tell.
pub fn direction(unit: &str) -> Option<Direction> {
    let (over, _) = parts(unit);
    if is_rate(unit) {
        return Some(Direction::Higher);
    }
    let cost = known(TIMES, over).is_some() || known(BYTES, over).is_some() || COSTS.contains(&plain(over).as_str());
    cost.then_some(Direction::Lower)
}

/// By what to multiply a value in one unit to have it in another.
pub fn factor(from: &str, to: &str) -> Option<f64> {
    if from == to {
        return Some(1.0);
    }
    let ((a, per_a), (b, per_b)) = (parts(from), parts(to));
    Some(ratio(a, b)? / ratio(per_a.unwrap_or(""), per_b.unwrap_or(""))?)
}

/// A time, also one for each of something (`ns/op`), in milliseconds.
pub fn milliseconds(value: f64, unit: &str) -> Option<f64> {
    let (over, under) = parts(unit);
    let plain = under.is_none_or(|under| known(TIMES, under).is_none() && known(BYTES, under).is_none());
    known(TIMES, over).filter(|_| plain).map(|ns| value * ns / 1e6)
}

/// A size, also one for each of something (`B/op`), in bytes.
pub fn bytes(value: f64, unit: &str) -> Option<f64> {
    let (over, under) = parts(unit);
    let plain = under.is_none_or(|under| known(TIMES, under).is_none());
    known(BYTES, over).filter(|_| plain).map(|size| value * size)
}

/// How many of something happen in a second. Bytes in a second are not counted so: nobody would know which multiple is meant.
pub fn per_second(value: f64, unit: &str) -> Option<f64> {
    let (over, under) = parts(unit);
    let Some(under) = under else { return RATES.contains(&plain(over).as_str()).then_some(value) };
    let counted = known(BYTES, over).is_none() && known(TIMES, over).is_none();
    known(TIMES, under).filter(|_| counted).map(|ns| value * (1e9 / ns))
}

fn ratio(from: &str, to: &str) -> Option<f64> {
    let both = |table| Some(known(table, from)? / known(table, to)?);
    if plain(from) == plain(to) { Some(1.0) } else { both(TIMES).or_else(|| both(BYTES)) }
}

fn is_rate(unit: &str) -> bool {
    let (over, under) = parts(unit);
    RATES.contains(&plain(over).as_str()) || under.is_some_and(|under| known(TIMES, under).is_some())
}

/// `ops/s` as `ops` and `s`.
fn parts(unit: &str) -> (&str, Option<&str>) {
    match unit.split_once('/').or_else(|| unit.split_once(" per ")) {
        Some((over, under)) => (over.trim(), Some(under.trim())),
        None => (unit.trim(), None),
    }
}

fn known(table: &[(&str, f64)], unit: &str) -> Option<f64> {
    let unit = plain(unit);
    table.iter().find(|(name, _)| *name == unit).map(|(_, size)| *size)
}

/// In lower case, and in the singular where it is a word.
fn plain(unit: &str) -> String {
    let unit = unit.trim().to_lowercase();
    let word = unit.len() > 3 && unit.ends_with('s') && !unit.ends_with("ss");
    if word { unit[..unit.len() - 1].to_owned() } else { unit }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Direction::{Higher, Lower};

    #[test]
    fn direction_and_metric_follow_from_the_unit() {
        for (unit, expected, name) in [
            ("ns", Some(Lower), "time"),
            ("ns/iter", Some(Lower), "time"),
            ("us/op", Some(Lower), "time"),
            ("Milliseconds", Some(Lower), "time"),
            ("ops/s", Some(Higher), "throughput"),
            ("ops/us", Some(Higher), "throughput"),
            ("ops/sec", Some(Higher), "throughput"),
            ("MB/s", Some(Higher), "throughput"),
            ("requests per second", Some(Higher), "throughput"),
            ("/s", Some(Higher), "throughput"),
            ("FPS", Some(Higher), "throughput"),
            ("B/op", Some(Lower), "value"),
            ("Megabytes", Some(Lower), "size"),
            ("allocs/op", Some(Lower), "value"),
            ("%", None, "value"),
            ("", None, "value"),
        ] {
            assert_eq!((direction(unit), metric(unit)), (expected, name), "{unit}");
        }
    }

    #[test]
    fn what_a_rule_may_compare_has_one_unit() {
        let near = |a: Option<f64>, b: Option<f64>| a == b || a.zip(b).is_some_and(|(a, b)| (a / b - 1.0).abs() < 1e-12);
        for (unit, time, size, rate) in [
            ("us", Some(2e-3), None, None),
            ("ns/op", Some(2e-6), None, None),
            ("s", Some(2e3), None, None),
            ("KiB", None, Some(2048.0), None),
            ("B/op", None, Some(2.0), None),
            ("ops/us", None, None, Some(2e6)),
            ("/s", None, None, Some(2.0)),
            ("req per minute", None, None, Some(2.0 / 60.0)),
            ("fps", None, None, Some(2.0)),
            ("MB/s", None, None, None),
            ("ns/byte", None, None, None),
            ("points", None, None, None),
        ] {
            let told = (milliseconds(2.0, unit), bytes(2.0, unit), per_second(2.0, unit));
            assert!(near(told.0, time) && near(told.1, size) && near(told.2, rate), "{unit}: {told:?}");
        }
    }

    #[test]
    fn units_of_one_kind_become_each_other() {
        let same = |from: &str, to: &str, expected: Option<f64>| {
            let factor = factor(from, to);
            let near = |a: f64, b: f64| (a / b - 1.0).abs() < 1e-12;
            assert!(factor == expected || factor.zip(expected).is_some_and(|(a, b)| near(a, b)), "{from} {to} {factor:?}");
        };
        same("ns", "us", Some(1e-3));
        same("us/op", "ns/op", Some(1e3));
        same("ops/us", "ops/s", Some(1e6));
        same("MB/s", "B/s", Some(1e6));
        same("KiB", "B", Some(1024.0));
        same("req/s", "req/sec", Some(1.0));
        same("ns", "B", None);
        same("ns/op", "ns", None);
        same("rounds", "points", None);
    }
}
