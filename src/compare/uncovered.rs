//! How many lines did not run: what a ratchet needs beside the rate, because deleting covered code lowers the rate and harms nobody.

use crate::evidence::Evidence;
use crate::metric::Value;

/// Adds the count to all coverage evidence whose lines are known.
pub fn uncovered(evidence: &mut [Evidence]) {
    for entry in evidence.iter_mut().filter(|entry| entry.family == "coverage") {
        let lines = entry.metric("coverage.line").map(|metric| metric.value.clone());
        if let Some(Value::Ratio(lines)) = lines.filter(Value::is_known) {
            entry.put("coverage.uncovered_lines", Value::Count(lines.whole.saturating_sub(lines.part)));
        }
    }
}
