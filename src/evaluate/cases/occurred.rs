//! The dates a case gives its evidence, each where the family has its dates.

use crate::catalogue::Kind;
use crate::evaluate::expression::duration;
use crate::evaluate::facts::value_of;
use crate::evaluate::pack::{Compiled, Subjects};
use crate::evidence::Evidence;
use crate::instant::Instant;
use crate::metric::Value;
use crate::record::Record;
use crate::rule::Case;
use crate::series::{Direction, Point, Series};
use crate::source::Source;

/// Gives the evidence of a case the dates that `occurred` says, on a case that plays at `day`.
pub(super) fn date(rule: &Compiled, case: &Case, day: Instant, evidence: &mut [Evidence]) -> Result<(), String> {
    if case.occurred.is_empty() {
        return Ok(());
    }
    if rule.rule.cadence.is_none() {
        return Err("`occurred` needs a rule with `cadence`".to_owned());
    }
    let dates: Vec<Instant> = case.occurred.iter().map(|age| Instant(day.0.saturating_sub(*age))).collect();
    for entry in evidence {
        match entry.family.as_ref() {
            "audit" => runs(entry, &dates),
            "benchmark" => entry.series = series(rule, entry, &dates),
            _ => entry.sources = dates.iter().flat_map(|at| entry.sources.iter().map(|source| made(source, *at))).collect(),
        }
    }
    Ok(())
}

fn made(source: &Source, at: Instant) -> Source {
    Source { collected_at: Some(at), ..source.clone() }
}

fn runs(entry: &mut Evidence, dates: &[Instant]) {
    for at in dates {
        entry.push("audit.run", Record::new("id", format!("run of {at}")).with("at", Value::Instant(*at)));
    }
}

/// A series for every row that a rule about series gets, else one.
fn series(rule: &Compiled, entry: &Evidence, dates: &[Instant]) -> Vec<Series> {
    let named = |benchmark: &str| Series {
        points: dates.iter().rev().map(|at| Point { at: Some(*at), ..Point::default() }).collect(),
        ..Series::new(benchmark, "", "", Direction::Lower)
    };
    match &rule.subjects {
        Subjects::Family(family) => entry.rows(family).iter().map(|row| named(row.subject())).collect(),
        _ => vec![named("case")],
    }
}

/// A value as a case writes it; a moment may be written as an age.
pub(super) fn value(text: &str, kind: &Kind, day: Instant) -> Option<Value> {
    let age = || duration(text).ok().map(|ms| Value::Instant(Instant(day.0.saturating_sub(ms as i64))));
    value_of(text, kind).or_else(|| matches!(kind, Kind::Instant).then(age).flatten())
}
