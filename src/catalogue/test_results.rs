//! Test results.

use super::*;

/// What became of a test.
pub const TEST_OUTCOMES: &[&str] = &["passed", "failed", "error", "skipped"];

/// What became of a test since the base. `newly-failing` fails and is not known to have failed, also one that is new.
pub const TEST_CHANGES: &[&str] = &["same", "newly-failing", "newly-passing", "still-failing", "newly-skipped", "added", "unknown"];

pub(super) const AREA: Area = Area {
    name: "tests",
    metrics: &[
        metric("tests.total", Kind::Count, HIGHER, "test cases"),
        metric("tests.passed", Kind::Count, HIGHER, "test cases that passed"),
        metric("tests.failed", Kind::Count, LOWER, "test cases with a failed assertion"),
        metric("tests.errors", Kind::Count, LOWER, "test cases that broke before an assertion decided"),
        metric("tests.skipped", Kind::Count, LOWER, "test cases that were skipped or disabled"),
        metric("tests.flaky", Kind::Count, LOWER, "test cases that failed and passed in one run"),
        metric("tests.pass_rate", Kind::Ratio, HIGHER, "passed test cases among those that were not skipped"),
        metric(
            "tests.new_failures",
            Kind::Count,
            LOWER,
            "test cases that fail and are not known to have failed at the base; needs --base-report",
        ),
        metric("tests.still_failing", Kind::Count, LOWER, "test cases that fail as they did at the base; needs --base-report"),
        metric("tests.newly_passing", Kind::Count, HIGHER, "test cases that failed at the base and do not now; needs --base-report"),
        metric("tests.dropped", Kind::Count, LOWER, "test cases that the base had and that are gone; needs --base-report"),
        metric("tests.added", Kind::Count, None, "test cases that the base did not have, the failing ones left out; needs --base-report"),
    ],
    families: &[
        Family {
            name: "tests.case",
            key: "id",
            from: "tests",
            about: "a test case",
            fields: &[
                ("suite", Kind::Text(&[]), "the suite or class"),
                ("name", Kind::Text(&[]), "the case"),
                ("file", Kind::Text(&[]), "the file, where the report names it"),
                ("outcome", Kind::Text(TEST_OUTCOMES), "what became of it"),
                ("attempts", Kind::Count, "how often it ran"),
                ("duration", Kind::Duration, "how long it took"),
                ("message", Kind::Text(&[]), "the first line of the failure"),
                ("change", Kind::Text(TEST_CHANGES), "what became of it since the base; needs --base-report"),
            ],
        },
        Family {
            name: "tests.dropped_case",
            key: "id",
            from: "tests",
            about: "a test case that the base had and that is gone; needs --base-report",
            fields: &[
                ("suite", Kind::Text(&[]), "the suite or class"),
                ("was", Kind::Text(TEST_OUTCOMES), "how it came out at the base, where its report tells"),
            ],
        },
        Family {
            name: "tests.comparison",
            key: "name",
            from: "tests",
            about: "an evidence entry of tests, held against that of the base; needs --base-report",
            fields: &[
                ("state", Kind::Text(&["compared", "not-comparable"]), "whether it could be"),
                ("new_failures", Kind::Count, "test cases that fail and are not known to have failed at the base"),
                ("still_failing", Kind::Count, "test cases that fail as they did at the base"),
                ("newly_passing", Kind::Count, "test cases that failed at the base and do not now"),
                ("dropped", Kind::Count, "test cases that are gone"),
                ("added", Kind::Count, "test cases that the base did not have, the failing ones left out"),
                ("standing", Kind::Text(&["not-applicable", "no-evidence"]), "what follows where nothing can be compared"),
                ("because", Kind::Text(&[]), "why nothing can be compared"),
            ],
        },
    ],
};
