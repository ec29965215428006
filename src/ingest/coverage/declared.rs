//! What reports say of themselves, held against what was counted in them.

use super::Draft;
use crate::evidence::Evidence;
use crate::ingest::Reading;
use crate::metric::{Ratio, Value};
use crate::record::Record;
use crate::source::Location;

/// What a report says of itself.
#[derive(Clone, Copy, Debug)]
pub(super) enum Declared {
    /// How many of how many.
    Counts(Ratio),
    /// Only the share, which for nothing at all may be anything.
    Rate(Ratio),
}

/// A total of a report that is not what it holds.
#[derive(Clone, Debug)]
pub(super) struct Stated {
    report: String,
    /// `lines`, `branches` ...
    of: &'static str,
    declared: Ratio,
    /// The declared total as a reader is shown it.
    said: String,
    counted: Ratio,
    line: Option<u64>,
}

/// Warns when what a report declares about itself is further than 0.1 points from what its lines say, and keeps both.
pub(super) fn compare_declared(
    reading: &mut Reading<'_>,
    draft: &mut Draft,
    of: &'static str,
    declared: Declared,
    counted: Ratio,
    at: Location,
) {
    let (ratio, said) = match declared {
        Declared::Rate(_) if !counted.is_known() => return,
        Declared::Rate(ratio) => (ratio, format!("{} %", ratio.floor_percent(2).unwrap_or_default())),
        Declared::Counts(ratio) => (ratio, Value::Ratio(ratio).to_string()),
    };
    let apart = (u128::from(ratio.part) * u128::from(counted.whole)).abs_diff(u128::from(counted.part) * u128::from(ratio.whole));
    let differs = match (ratio.is_known(), counted.is_known()) {
        (true, true) => apart.saturating_mul(1000) > u128::from(ratio.whole) * u128::from(counted.whole),
        (one, other) => one != other,
    };
    if differs {
        let message = format!("the report declares {said} of its {of} covered; counted: {}", Value::Ratio(counted));
        let (report, line) = (reading.source.path.clone(), at.line);
        reading.warning("declared-totals-differ", at, message);
        draft.stated.push(Stated { report, of, declared: ratio, said, counted, line });
    }
}

/// A record for each total that differs.
pub(super) fn put(stated: &[Stated], evidence: &mut Evidence) {
    evidence.family("coverage.declared");
    for Stated { report, of, declared, said, counted, line } in stated {
        let record = Record::new("total", format!("{of} of {report}"))
            .with("path", Value::text(report))
            .with("of", Value::text(*of))
            .with("declared", Value::Ratio(*declared))
            .with("said", Value::text(said))
            .with("counted", Value::Ratio(*counted));
        evidence.push("coverage.declared", record.with_some("line", line.map(Value::Count)));
    }
}
