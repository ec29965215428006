//! All evidence, indexed for rules.

use super::expression::{Absence, Measured};
use crate::catalogue::{self, Kind};
use crate::evidence::{Evidence, Gap, Table};
use crate::metric::{Labels, Metric, Name, Ratio, Value};
use crate::record::Record;
use crate::series::Direction;
use std::collections::BTreeMap;

/// Rows, each with the index of its entry.
pub type Rows<'a> = Vec<(usize, &'a Record)>;

/// Evidence as rules look at it.
pub struct Facts<'a> {
    evidence: &'a [Evidence],
    metrics: BTreeMap<&'a str, Vec<(usize, &'a Metric)>>,
    tables: BTreeMap<&'a str, (usize, &'a Table)>,
}

impl<'a> Facts<'a> {
    /// Indexes evidence.
    pub fn new(evidence: &'a [Evidence]) -> Self {
        let mut metrics: BTreeMap<&str, Vec<_>> = BTreeMap::new();
        let mut tables = BTreeMap::new();
        for (index, entry) in evidence.iter().enumerate() {
            for metric in &entry.metrics {
                metrics.entry(metric.id.as_ref()).or_default().push((index, metric));
            }
            tables.extend(entry.tables.iter().map(|table| (table.rule.as_str(), (index, table))));
        }
        Facts { evidence, metrics, tables }
    }

    /// The entry at an index that this type has handed out.
    pub fn entry(&self, index: usize) -> &'a Evidence {
        &self.evidence[index]
    }

    /// The value of a metric, merged over all entries of its family, and the entries it comes from.
    ///
    /// # Errors
    /// Why there is none: no entry, an entry that cannot be used, or a file that does not say.
    pub fn metric(&self, id: &str, labels: &Labels) -> Result<(Measured, Vec<usize>), Absence> {
        let only = labels.get("source").map(String::as_str);
        let family = id.split('.').next().unwrap_or(id);
        let entries = self.entries(family, only)?;
        let wanted = |metric: &Metric| {
            let mut rest = labels.iter().filter(|(name, _)| *name != "source");
            metric.labels.len() == labels.len() - usize::from(only.is_some())
                && rest.all(|(name, value)| metric.labels.get(name) == Some(value))
        };
        let found: Vec<(usize, &Metric)> =
            self.metrics.get(id).into_iter().flatten().filter(|(i, m)| entries.contains(i) && wanted(m)).copied().collect();
        let values: Vec<&Metric> = found.iter().map(|(_, metric)| *metric).collect();
        match merge(id, &values) {
            Some(measured) => Ok((measured, found.into_iter().map(|(index, _)| index).collect())),
            None => Err(Absence { gap: Gap::Missing, text: format!("{} says nothing about {id}", self.paths(&entries)) }),
        }
    }

    /// All rows of a family, each with its entry, and the entries that were looked at.
    ///
    /// # Errors
    /// As [`Facts::metric`]; a family without any row is no error here.
    pub fn rows(&self, family: &str) -> Result<(Rows<'a>, Vec<usize>), Absence> {
        let from = catalogue::family_named(family).map_or(family, |f| f.from);
        let entries = self.entries(from, None)?;
        let known: Vec<usize> = entries.iter().copied().filter(|i| self.evidence[*i].records.contains_key(family)).collect();
        if known.is_empty() {
            return Err(Absence { gap: Gap::Missing, text: format!("{} holds no {family}", self.paths(&entries)) });
        }
        let rows = known.iter().flat_map(|i| self.evidence[*i].rows(family).iter().map(|row| (*i, row))).collect();
        Ok((rows, known))
    }

    /// What a rule's query found.
    ///
    /// # Errors
    /// Why there is no answer.
    pub fn table(&self, rule: &str, source: &str) -> Result<(&'a Table, usize), Absence> {
        let index = match self.evidence.iter().position(|entry| entry.name == source) {
            Some(index) => self.usable(index)?,
            None => self.entries(source, None)?.first().copied().unwrap_or_default(),
        };
        let (found, table) = self.tables.get(rule).copied().unzip();
        match (found, table) {
            (Some(found), Some(table)) => match &table.error {
                None => Ok((table, found)),
                Some(error) => Err(Absence { gap: Gap::Invalid, text: format!("the query failed: {error}") }),
            },
            _ => Err(Absence { gap: Gap::Missing, text: format!("{} was not asked", self.paths(&[index])) }),
        }
    }

    /// The entries of a family, all usable.
    fn entries(&self, family: &str, only: Option<&str>) -> Result<Vec<usize>, Absence> {
        // Declared `custom.*` metrics come from the same expositions as `telemetry.*`.
        let family = if family == "custom" { "telemetry" } else { family };
        let all = (0..self.evidence.len()).filter(|i| self.evidence[*i].family == family);
        let entries: Vec<usize> = all.filter(|i| only.is_none_or(|name| self.evidence[*i].name == name)).collect();
        if entries.is_empty() {
            let text = match only {
                Some(name) => format!("there is no {family} evidence called `{name}`"),
                None => format!("no {family} evidence is configured"),
            };
            return Err(Absence { gap: Gap::Missing, text });
        }
        entries.iter().map(|i| self.usable(*i)).collect()
    }

    fn usable(&self, index: usize) -> Result<usize, Absence> {
        let entry = &self.evidence[index];
        match entry.gap() {
            None => Ok(index),
            Some((gap, text)) => Err(Absence { gap, text: format!("{}: {text}", entry.name) }),
        }
    }

    fn paths(&self, entries: &[usize]) -> String {
        let paths: Vec<&str> = entries.iter().flat_map(|i| &self.evidence[*i].sources).map(|s| s.path.as_str()).collect();
        match paths.as_slice() {
            [] => "the evidence".to_owned(),
            [one] => (*one).to_owned(),
            [first, rest @ ..] => format!("{first} and {} more", rest.len()),
        }
    }
}

/// Merges what several entries say: counts and ratios add up, everything else is as bad as the worst entry.
fn merge(id: &str, metrics: &[&Metric]) -> Option<Measured> {
    let (first, rest) = metrics.split_first()?;
    let mut merged = Measured { value: first.value.clone(), samples: first.samples, unmeasured: first.unmeasured };
    for metric in rest {
        if let (Value::Ratio(a), Value::Ratio(b)) = (&merged.value, &metric.value) {
            let samples = |samples: Option<u64>, ratio: &Ratio| samples.unwrap_or(ratio.whole);
            if merged.samples.is_some() || metric.samples.is_some() {
                merged.samples = Some(samples(merged.samples, a) + samples(metric.samples, b));
            }
        }
        merged.unmeasured += metric.unmeasured;
        merged.value = combine(id, merged.value, &metric.value);
    }
    Some(merged)
}

fn combine(id: &str, a: Value, b: &Value) -> Value {
    let better = catalogue::metric_named(id).and_then(|d| d.better);
    match (&a, b) {
        // A worst change is the worst of all entries; adding shares of different baselines would mean nothing.
        (Value::Ratio(x), Value::Ratio(y)) if id == "benchmark.worst_change" => {
            Value::Ratio(if x.compare(*y).is_some_and(|o| o.is_lt()) { *y } else { *x })
        }
        (Value::Ratio(x), Value::Ratio(y)) => Value::ratio(x.part.saturating_add(y.part), x.whole.saturating_add(y.whole)),
        (Value::Count(x), Value::Count(y)) => Value::Count(x.saturating_add(*y)),
        (Value::Instant(x), Value::Instant(y)) => Value::Instant(*x.min(y)),
        (Value::Level(x), Value::Level(y)) => {
            let rung = |word: &String| catalogue::INTEGRITY.iter().position(|w| w == word);
            Value::Level(if rung(y) < rung(x) { y.clone() } else { a.to_string() })
        }
        (Value::Number { value: x, .. }, Value::Number { value: y, .. }) | (Value::Duration(x), Value::Duration(y)) => {
            let worse = if better == Some(Direction::Higher) { y < x } else { y > x };
            if worse { b.clone() } else { a }
        }
        (Value::Flag(x), Value::Flag(y)) => Value::Flag(*x && *y),
        (Value::Text(x), Value::Text(y)) if id == "golden.mode" => {
            let rank = |word: &String| catalogue::MODES.iter().position(|w| w == word);
            Value::Text(if rank(y) > rank(x) { y.clone() } else { x.clone() })
        }
        (Value::Text(x), Value::Text(y)) if x != y => Value::Text(format!("{x}, {y}")),
        _ => a,
    }
}

/// The rows of a table as records, so that expressions meet one kind of row. NULL cells are left out.
pub fn records(table: &Table) -> Vec<Record> {
    let key = |row: &[Option<Value>], n: usize| {
        row.first().and_then(Option::as_ref).map_or_else(|| format!("row {}", n + 1), ToString::to_string)
    };
    let rows = table.rows.iter().enumerate();
    rows.map(|(n, row)| {
        let mut record = Record::new("row", key(row, n));
        for ((column, _), cell) in table.columns.iter().zip(row) {
            record = record.with_some(column.clone(), cell.clone());
        }
        record
    })
    .collect()
}

/// Reads a value as a rule's case writes it: `0/76`, `81%`, `12`, `350ms`, `live`, `true`.
pub fn value_of(text: &str, kind: &Kind) -> Option<Value> {
    use super::expression;
    Some(match kind {
        Kind::Ratio => match text.split_once('/') {
            Some((part, whole)) => Value::ratio(part.trim().parse().ok()?, whole.trim().parse().ok()?),
            None => Value::Ratio(expression::percent(text).ok()?),
        },
        Kind::Count => Value::Count(text.parse().ok()?),
        Kind::Number(unit) => {
            let digits = text.strip_suffix(unit.as_ref()).unwrap_or(text);
            Value::Number { value: digits.trim().parse().ok().filter(|v: &f64| v.is_finite())?, unit: Name::clone(unit) }
        }
        Kind::Duration => Value::Duration(expression::duration(text).ok()?),
        Kind::Bytes => Value::Bytes(text.parse().ok()?),
        Kind::Instant => Value::Instant(crate::io::clock::parse(text)?),
        Kind::Level(words) => Value::Level(words.contains(&text).then(|| text.to_owned())?),
        Kind::Text(words) => (words.is_empty() || words.contains(&text)).then(|| Value::text(text))?,
        Kind::Flag => Value::Flag(text.parse().ok()?),
    })
}
