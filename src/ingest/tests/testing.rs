//! What the tests of all formats use.

use crate::evidence::Evidence;
use crate::metric::Value;

/// Total, passed, failed, errors, skipped, flaky.
pub(super) fn counts(evidence: &Evidence) -> [u64; 6] {
    ["total", "passed", "failed", "errors", "skipped", "flaky"].map(|what| {
        match evidence.metric(&format!("tests.{what}")).map(|m| &m.value) {
            Some(Value::Count(count)) => *count,
            _ => u64::MAX,
        }
    })
}

/// A field of every case.
pub(super) fn texts<'a>(evidence: &'a Evidence, field: &str) -> Vec<&'a str> {
    evidence.rows("tests.case").iter().map(|case| case.text(field).unwrap_or("-")).collect()
}
