//! Rows that a `where` names and that are not there: a misspelt name would leave every row out, and silence is no pass.

use super::{Subject, View};
use crate::catalogue;
use crate::evaluate::expression::{self, Absence, Checked, Judged, Naming, Rigour, Truth};
use crate::evaluate::facts::Facts;
use crate::evaluate::pack::{Compiled, Subjects};
use crate::io::spelling;
use crate::record::Record;
use std::collections::BTreeSet;

/// The cells that name a thing, beside the key of its row; other texts say how it is.
const NAMES: [&str; 9] = ["benchmark", "metric", "machine", "suite", "name", "file", "path", "category", "system"];
/// How many names a sentence offers.
const OFFERED: usize = 5;

/// Why no row is meant by a rule that names some. Where it says `empty: 0`, they may be gone.
pub(super) fn unnamed(rule: &Compiled, rows: &[Subject<'_>]) -> Vec<Absence> {
    let (Some(filter), Subjects::Family(family), false) = (&rule.filter, &rule.subjects, rule.rule.empty) else { return Vec::new() };
    let key = catalogue::family_named(family).map_or("", |family| family.key);
    let names = |field: &str| field == key || NAMES.contains(&field);
    let all = filter.namings();
    let mut unknown: Vec<&Naming<'_>> = all.iter().filter(|naming| names(naming.field)).collect();
    unknown.retain(|naming| !rows.iter().any(|(_, row)| cell(row, naming.field, key).is_some_and(|text| naming.wanted.is(text))));
    if !unknown.is_empty() {
        return unknown.into_iter().map(|naming| missing(family, naming, rows, key)).collect();
    }
    together(family, filter, names, rows)
}

/// The text of a cell, of which the key is one.
fn cell<'r>(row: &'r Record, field: &str, key: &str) -> Option<&'r str> {
    if field == key { Some(row.subject()) } else { row.text(field) }
}

/// "no benchmark.series has the benchmark `embeding` - did you mean `embedding`?"
fn missing(family: &str, naming: &Naming<'_>, rows: &[Subject<'_>], key: &str) -> Absence {
    let wanted = naming.wanted.text();
    let there: BTreeSet<&str> = rows.iter().filter_map(|(_, row)| cell(row, naming.field, key)).filter(|name| !name.is_empty()).collect();
    let help = spelling::did_you_mean(wanted, there.iter().copied()).unwrap_or_else(|| offered(&there));
    if [key, "name"].contains(&naming.field) {
        return Absence::silent(format!("`where` names `{wanted}`, and no {family} is called so - {help}"));
    }
    Absence::silent(format!("`where` names the {} `{wanted}`, which no {family} has - {help}", naming.field))
}

/// "there is a, b and 3 more".
fn offered(names: &BTreeSet<&str>) -> String {
    let some: Vec<&str> = names.iter().take(OFFERED).copied().collect();
    match names.len() {
        0 => "none has one".to_owned(),
        n if n > OFFERED => format!("there are {} and {} more", some.join(", "), n - OFFERED),
        _ => format!("there are {}", some.join(", ")),
    }
}

/// Names that are there, and of no row together.
fn together(family: &str, filter: &Checked, names: impl Fn(&str) -> bool, rows: &[Subject<'_>]) -> Vec<Absence> {
    let is_naming = |part: &Checked| !part.namings().is_empty() && part.fields().into_iter().all(&names) && part.mentions().is_empty();
    let parts: Vec<Checked> = filter.conditions().into_iter().filter(is_naming).collect();
    let facts = Facts::new(&[]);
    let view = View::plain(&facts);
    let holds = |part: &Checked, row: &Record| {
        matches!(expression::evaluate(part, &view, Some(row), Rigour::default()), Ok(Judged { truth: Truth::True, .. }))
    };
    if parts.is_empty() || rows.iter().any(|(_, row)| parts.iter().all(|part| holds(part, row))) {
        return Vec::new();
    }
    let near: BTreeSet<&str> =
        rows.iter().filter(|(_, row)| parts.iter().any(|part| holds(part, row))).map(|(name, _)| name.as_str()).collect();
    vec![Absence::silent(format!(
        "no {family} is all that `where: {}` names - of what is part of it {}",
        filter.source.text,
        offered(&near)
    ))]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::tests::rule;
    use super::*;
    use crate::metric::Value;

    fn row(benchmark: &str, metric: &str, state: &str) -> (String, Record) {
        let id = format!("{benchmark} {metric}");
        let record = Record::new("id", id.clone()).with("benchmark", Value::text(benchmark)).with("metric", Value::text(metric));
        (id, record.with("state", Value::text(state)))
    }

    /// What is missing among three series.
    fn told(lines: &str) -> Vec<String> {
        let rows = [row("embedding", "latency", "stable"), row("search", "p95", "regressed"), row("search", "throughput", "stable")];
        let rows: Vec<Subject<'_>> = rows.iter().map(|(id, row)| (id.clone(), row)).collect();
        let rules = rule(&format!("for_each: benchmark.series\nrequire: points > 1\n{lines}"));
        unnamed(&rules[0], &rows).into_iter().map(|absence| absence.text).collect()
    }

    #[test]
    fn a_name_that_is_there_or_that_is_shut_out_is_nothing_to_tell() {
        for condition in [
            "benchmark == 'search' && state == 'new'",
            "metric in ['p95', 'latency']",
            "glob(benchmark, 'emb*')",
            "benchmark != 'gone'",
            "!(benchmark == 'gone')",
            "id == 'search p95'",
            "state == 'missing'",
            "unit == 'furlong'",
            "points > 10000",
        ] {
            assert_eq!(told(&format!("where: \"{condition}\"")), [""; 0], "{condition}");
        }
        assert_eq!(told(""), [""; 0]);
        assert_eq!(told("where: benchmark == \"gone\"\nempty: 0"), [""; 0], "the rule says that it may be gone");
    }

    #[test]
    fn a_name_that_no_row_has_is_told_with_the_nearest() {
        let one = |condition: &str| told(&format!("where: \"{condition}\"")).join("; ");
        assert_eq!(
            one("benchmark == 'embeding'"),
            "`where` names the benchmark `embeding`, which no benchmark.series has - did you mean `embedding`?"
        );
        assert_eq!(
            one("benchmark == 'search' || 'zzzz' == benchmark"),
            "`where` names the benchmark `zzzz`, which no benchmark.series has - there are embedding, search"
        );
        assert!(one("glob(benchmark, 'index*')").contains("the benchmark `index*`"));
        assert!(one("metric in ['p95', 'p59']").contains("`p59`, which no benchmark.series has - did you mean `p95`?"));
        assert!(one("machine == 'm1'").ends_with("none has one"));
    }

    #[test]
    fn names_that_are_of_no_row_together_are_told() {
        assert_eq!(
            told("where: benchmark == \"embedding\" && metric == \"throughput\" && points > 1"),
            [
                "no benchmark.series is all that `where: benchmark == \"embedding\" && metric == \"throughput\" && points > 1` names - of what is part of it \
              there are embedding latency, search throughput"
            ]
        );
    }
}
