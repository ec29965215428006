//! What the tests of this room's formats use.

use crate::evidence::Evidence;
use crate::series::Direction;
use std::collections::BTreeMap;

/// Reads a text as one file.
pub fn read(text: &str) -> Evidence {
    named("results", text)
}

/// Reads a text as a file of this name.
pub fn named(name: &str, text: &str) -> Evidence {
    crate::ingest::testing::read("benchmark", &[(name, text.as_bytes())], &BTreeMap::new())
}

/// The newest value of every series: `fib time 1.5 s lower [1, 2]`.
pub fn figures(evidence: &Evidence) -> Vec<String> {
    let show = |series: &crate::series::Series| {
        let point = series.points.last()?;
        let direction = if series.direction == Direction::Lower { "lower" } else { "higher" };
        let samples = point.samples.iter().map(f64::to_string).collect::<Vec<_>>().join(", ");
        let samples = if samples.is_empty() { samples } else { format!(" [{samples}]") };
        Some(format!("{} {} {} {direction}{samples}", series.id(), point.value, series.unit))
    };
    evidence.series.iter().filter_map(show).collect()
}
