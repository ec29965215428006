//! The coverage of a change: files with new lines that did not run, and files with lines that no longer do.

use crate::record::Record;
use crate::report::Report;
use std::cmp::Reverse;

/// Changed files with new lines that did not run, most of them first.
pub fn uncovered(report: &Report) -> Vec<&Record> {
    worst_first(report, "coverage.change")
}

/// Files with unchanged lines that ran at the base and do not now, most of them first.
pub fn lost(report: &Report) -> Vec<&Record> {
    worst_first(report, "coverage.lost")
}

/// Changed files that should stand in a coverage report and stand in none.
pub fn unmeasured(report: &Report) -> Vec<&Record> {
    report.rows("coverage.change").filter(|row| row.text("state") == Some("not-in-any-report")).collect()
}

fn worst_first<'r>(report: &'r Report, family: &'static str) -> Vec<&'r Record> {
    let mut rows: Vec<&Record> = report.rows(family).filter(|row| row.count("uncovered").is_some_and(|n| n > 0)).collect();
    rows.sort_by_key(|row| (Reverse(row.count("uncovered")), row.subject()));
    rows
}

/// The first and the last line of every range that a row names.
pub fn ranges(row: &Record) -> Vec<(u32, u32)> {
    let read = |range: &str| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        Some((first.trim().parse().ok()?, last.trim().parse().ok()?))
    };
    // "and 7 more" is no range.
    row.text("lines").into_iter().flat_map(|text| text.split(',')).filter_map(|range| read(range.split(" and ").next()?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::Value;

    #[test]
    fn ranges_are_read_back() {
        let row = |text: &str| Record::new("path", "a").with("lines", Value::text(text));
        assert_eq!(ranges(&row("12-18, 40")), [(12, 18), (40, 40)]);
        assert_eq!(ranges(&row("1, 3 and 7 more")), [(1, 1), (3, 3)]);
        assert_eq!(ranges(&row("x, -, 99999999999")), []);
        assert_eq!(ranges(&Record::new("path", "a")), []);
    }
}
