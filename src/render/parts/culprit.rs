//! Who is meant: a count says how many, and these rows of the evidence say which.

use super::golden;
use crate::finding::{Finding, Outcome};
use crate::record::Record;
use crate::report::Report;

/// How many are named.
const NAMED: usize = 5;

/// A metric that counts rows, and the rows that it counts.
type Counted = (&'static str, &'static str, fn(&Record) -> bool);

const COUNTED: [Counted; 14] = [
    ("tests.failed", "tests.case", |row| row.text("outcome") == Some("failed")),
    ("tests.errors", "tests.case", |row| row.text("outcome") == Some("error")),
    ("tests.skipped", "tests.case", |row| row.text("outcome") == Some("skipped")),
    ("tests.flaky", "tests.case", |row| row.text("outcome") == Some("passed") && row.count("attempts").is_some_and(|n| n > 1)),
    ("golden.sentinels_failed", "golden.case", |row| golden::is_sentinel(row) && !golden::is_fine(row)),
    ("golden.hallucination_rate", "golden.case", |row| row.count("bad_claims").is_some_and(|n| n > 0)),
    ("golden.pass_rate", "golden.case", |row| row.text("outcome") == Some("failed")),
    ("golden.unmeasured", "golden.case", golden::is_unmeasured),
    ("golden.flaky", "golden.case", golden::is_flaky),
    ("golden.newly_failing", "golden.case", |row| row.text("change") == Some("newly-failing")),
    ("coverage.patch", "coverage.change", has_uncovered),
    ("coverage.uncovered_new_lines", "coverage.change", has_uncovered),
    ("coverage.lost_lines", "coverage.lost", has_uncovered),
    ("documents.blockers_open", "document.blocker", |row| row.get("open") == Some(&crate::metric::Value::Flag(true))),
];

fn has_uncovered(row: &Record) -> bool {
    row.count("uncovered").is_some_and(|n| n > 0)
}

/// One line for each of the first rows that a failed finding counts, and how many more there are. The bad cases of a golden set
/// are named even where they are too few to fail it.
pub fn lines(report: &Report, finding: &Finding) -> Vec<String> {
    let told = |family: &str| finding.outcome == Outcome::Fail || (finding.outcome == Outcome::Unproven && family == "golden.case");
    let counted = COUNTED.iter().filter(|(metric, family, _)| finding.expression.contains(metric) && told(family));
    let mut rows: Vec<&Record> = counted.flat_map(|(_, family, counts)| report.rows(family).filter(|row| counts(row))).collect();
    // Stable: what counts no lines stays as it was found.
    rows.sort_by_key(|row| std::cmp::Reverse(row.count("uncovered")));
    let mut lines: Vec<String> = rows.iter().take(NAMED).map(|row| line(row)).collect();
    if rows.len() > NAMED {
        lines.push(format!("and {} more of them", rows.len() - NAMED));
    }
    lines
}

/// `tests/test_golden.py: test_legal failed: AssertionError …`, `src/a.py: 12-18, 40 did not run`
fn line(row: &Record) -> String {
    if let Some(lines) = row.text("lines") {
        return format!("{}: {lines} did not run", row.subject());
    }
    let place = row.text("file").map(|file| format!("{file}: ")).unwrap_or_default();
    let name = row.text("name").unwrap_or_else(|| row.subject());
    let outcome = row.text("outcome").map(|outcome| format!(" {outcome}")).unwrap_or_default();
    let message = row.text("message").filter(|text| !text.is_empty()).map(|text| format!(": {text}")).unwrap_or_default();
    format!("{place}{name}{outcome}{message}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::Value;
    use crate::render::sample;
    use crate::rule::Severity;

    fn report(cases: usize) -> Report {
        let mut report = sample::report();
        for i in 0..cases {
            let row =
                Record::new("id", format!("a::t{i}")).with("name", Value::text(format!("t{i}"))).with("outcome", Value::text("failed"));
            report.evidence[1].push("tests.case", row.with("message", Value::text("1 is not 2")));
        }
        report.evidence[1].push("tests.case", Record::new("id", "good").with("outcome", Value::text("passed")));
        report
    }

    #[test]
    fn failing_tests_are_named() {
        let fail = sample::finding("pr-gate/tests-pass", Severity::P0, Outcome::Fail);
        assert_eq!(lines(&report(1), &fail), ["t0 failed: 1 is not 2"]);
        let many = lines(&report(8), &fail);
        assert_eq!((many.len(), many.last().map(String::as_str)), (6, Some("and 3 more of them")));
        assert!(lines(&report(1), &sample::finding("a/b", Severity::P0, Outcome::Pass)).is_empty());
    }

    #[test]
    fn new_lines_that_did_not_run_are_named() {
        let mut report = report(0);
        for (path, n, which) in [("src/a.py", 1, "7"), ("src/b.py", 3, "1-2, 9")] {
            let row = Record::new("path", path).with("uncovered", Value::Count(n)).with("lines", Value::text(which));
            report.evidence[0].push("coverage.change", row);
        }
        let mut fail = sample::finding("pr-gate/changed-lines", Severity::P1, Outcome::Fail);
        fail.expression = "coverage.patch >= 80%".into();
        assert_eq!(lines(&report, &fail), ["src/b.py: 1-2, 9 did not run", "src/a.py: 7 did not run"]);
    }
}
