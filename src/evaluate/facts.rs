//! All evidence, indexed for rules.

use super::expression::{Absence, Measured, no_base};
use crate::catalogue::{self, Kind};
use crate::evidence::{Evidence, Gap, Table};
use crate::metric::{Labels, Metric, Name, Value};
use crate::record::Record;
use crate::system::{self, System};
use std::collections::BTreeMap;

mod merge;

/// Rows, each with the index of its entry.
pub type Rows<'a> = Vec<(usize, &'a Record)>;

/// Evidence as rules look at it.
pub struct Facts<'a> {
    evidence: &'a [Evidence],
    metrics: BTreeMap<&'a str, Vec<(usize, &'a Metric)>>,
    tables: BTreeMap<(&'a str, usize), &'a Table>,
    base: Option<Box<Base<'a>>>,
    system: Option<&'a System>,
}

/// Facts of the base, its rows by family and subject.
struct Base<'a> {
    facts: Facts<'a>,
    rows: BTreeMap<(&'a str, &'a str), Vec<&'a Record>>,
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
            tables.extend(entry.tables.iter().map(|table| ((table.rule.as_str(), index), table)));
        }
        Facts { evidence, metrics, tables, base: None, system: None }
    }

    /// The same facts, and what the system is said to be.
    pub fn with_system(mut self, system: &'a System) -> Self {
        self.system = Some(system);
        self
    }

    /// The answer to a fact of the system.
    ///
    /// # Errors
    /// When nobody has answered.
    pub fn answer(&self, id: &str) -> Result<Value, Absence> {
        let answer = self.system.and_then(|system| system.answer(id));
        answer.ok_or_else(|| Absence::silent(format!("`system` does not say `{}`", system::key(id))))
    }

    /// The same facts, and those of the base that `delta` and `change` look back to.
    pub fn with_base(mut self, base: &'a [Evidence]) -> Self {
        let mut rows: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (family, record) in
            base.iter().flat_map(|entry| &entry.records).flat_map(|(family, all)| all.iter().map(move |row| (family, row)))
        {
            rows.entry((family.as_ref(), record.subject())).or_default().push(record);
        }
        self.base = Some(Box::new(Base { facts: Facts::new(base), rows }));
        self
    }

    /// The value that a metric had in the base.
    ///
    /// # Errors
    /// As [`Facts::metric`], and when there is no base.
    pub fn base(&self, id: &str, labels: &Labels) -> Result<Measured, Absence> {
        let base = self.base.as_ref().ok_or_else(no_base)?;
        let found = base.facts.metric(id, labels).map(|(measured, _)| measured);
        found.map_err(|absence| Absence { text: format!("in the base, {}", absence.text), ..absence })
    }

    /// The row that the base had about a subject.
    ///
    /// # Errors
    /// As [`Facts::rows`], and when there is no such row, or several.
    pub fn base_row(&self, family: &str, subject: &str) -> Result<&'a Record, Absence> {
        let base = self.base.as_ref().ok_or_else(no_base)?;
        match base.rows.get(&(family, subject)).map(Vec::as_slice) {
            Some([row]) => Ok(row),
            Some(_) => Err(Absence::broken(Gap::Invalid, format!("in the base, several entries hold {subject}"))),
            None => {
                let (_, entries) =
                    base.facts.rows(family).map_err(|absence| Absence { text: format!("in the base, {}", absence.text), ..absence })?;
                // A stored report keeps the worst rows only.
                if entries.iter().any(|index| base.facts.evidence[*index].omitted.contains_key(family)) {
                    return Err(Absence::broken(Gap::Missing, format!("{subject} is not among the rows that the base's report kept")));
                }
                Err(Absence::silent(format!("in the base, there was no {subject}")))
            }
        }
    }

    /// Whether there is a base to compare with.
    pub fn has_base(&self) -> bool {
        self.base.is_some()
    }

    /// Why what is of head and base is not known.
    fn uncompared(&self, id: &str) -> Option<Absence> {
        let family = catalogue::comparison(id)?;
        if !self.has_base() {
            return Some(no_base());
        }
        let rows = || self.evidence.iter().flat_map(|entry| entry.rows(family));
        let told = |row: &Record| format!("{}: {}", row.subject(), row.text("because").unwrap_or_default());
        let refused = rows().find(|row| row.text("standing") == Some("no-evidence")).map(|row| Absence::broken(Gap::Unfit, told(row)));
        // What the base makes impossible was never promised.
        refused.or_else(|| rows().find(|row| row.text("state") == Some("not-comparable")).map(|row| Absence::silent(told(row))))
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
        if values.is_empty() {
            let silent = || Absence::silent(format!("{} says nothing about {id}", self.paths(&entries)));
            return Err(self.uncompared(id).unwrap_or_else(silent));
        }
        let merged = merge::merge(id, &values);
        let disagree =
            || Absence::broken(Gap::Invalid, format!("{} disagree about {id}: say which with {{source=\"…\"}}", self.names(&entries)));
        Ok((merged.ok_or_else(disagree)?, found.into_iter().map(|(index, _)| index).collect()))
    }

    /// All rows of a family, each with its entry, and the entries that were looked at.
    ///
    /// # Errors
    /// As [`Facts::metric`]; a family without any row is no error here.
    pub fn rows(&self, family: &str) -> Result<(Rows<'a>, Vec<usize>), Absence> {
        let entries = self.entries(family_of(family), None)?;
        self.rows_of(family, &entries)
    }

    /// The rows of those entries that can be used, and why the others cannot: what one file lacks says nothing of the rows of another.
    ///
    /// # Errors
    /// As [`Facts::rows`], when no entry can be used.
    pub fn rows_at_hand(&self, family: &str) -> Result<(Rows<'a>, Vec<usize>, Vec<Absence>), Absence> {
        let (usable, broken): (Vec<_>, Vec<_>) =
            self.all(family_of(family), None)?.into_iter().map(|i| self.usable(i)).partition(Result::is_ok);
        let broken: Vec<Absence> = broken.into_iter().filter_map(Result::err).collect();
        let usable: Vec<usize> = usable.into_iter().flatten().collect();
        match (self.rows_of(family, &usable), broken.first()) {
            (Ok((rows, entries)), _) => Ok((rows, entries, broken)),
            (Err(_), Some(first)) => Err(first.clone()),
            (Err(absence), None) => Err(absence),
        }
    }

    fn rows_of(&self, family: &str, entries: &[usize]) -> Result<(Rows<'a>, Vec<usize>), Absence> {
        let known: Vec<usize> = entries.iter().copied().filter(|i| self.evidence[*i].records.contains_key(family)).collect();
        if known.is_empty() {
            return Err(Absence::silent(format!("{} holds no {family}", self.paths(entries))));
        }
        let rows = known.iter().flat_map(|i| self.evidence[*i].rows(family).iter().map(|row| (*i, row))).collect();
        Ok((rows, known))
    }

    /// What a rule's query found.
    ///
    /// # Errors
    /// Why there is no answer.
    pub fn table(&self, rule: &str, source: &str) -> Result<(&'a Table, usize), Absence> {
        let index = self.answering(source)?;
        match self.tables.get(&(rule, index)) {
            Some(Table { error: Some(error), .. }) => Err(Absence::broken(Gap::Invalid, format!("the query failed: {error}"))),
            Some(table) => Ok((table, index)),
            None => Err(Absence::broken(Gap::Missing, format!("{} was not asked", self.paths(&[index])))),
        }
    }

    /// The entry that answers queries of `source`.
    fn answering(&self, source: &str) -> Result<usize, Absence> {
        match self.evidence.iter().position(|entry| entry.name == source) {
            Some(index) => self.usable(index),
            None => match self.entries(source, None)?.as_slice() {
                [index] => Ok(*index),
                several => {
                    let text = format!("there are several {source} entries, {}: `sql` must name one", self.names(several));
                    Err(Absence::broken(Gap::Invalid, text))
                }
            },
        }
    }

    /// Whether a rule's query was never asked of a source that could have answered, or there is no such source.
    pub fn is_unasked(&self, rule: &str, source: &str) -> bool {
        match self.answering(source) {
            Ok(index) => !self.tables.contains_key(&(rule, index)),
            Err(absence) => absence.silent,
        }
    }

    /// How many rows of a family are not here: too many to keep, or left out of a stored report.
    pub fn omitted(&self, family: &str) -> u64 {
        self.evidence.iter().filter_map(|entry| entry.omitted.get(family)).sum()
    }

    /// Whether the rows that a family had in the base are known.
    pub fn has_base_rows(&self, family: &str) -> bool {
        self.base.as_ref().is_some_and(|base| base.facts.rows(family).is_ok())
    }

    /// The entries that would tell of a metric.
    pub fn asked(&self, id: &str, labels: &Labels) -> Vec<usize> {
        let family = id.split('.').next().unwrap_or(id);
        self.entries(family, labels.get("source").map(String::as_str)).unwrap_or_default()
    }

    /// The entries of a family, all usable.
    fn entries(&self, family: &str, only: Option<&str>) -> Result<Vec<usize>, Absence> {
        self.all(family, only)?.into_iter().map(|i| self.usable(i)).collect()
    }

    /// The entries of a family.
    fn all(&self, family: &str, only: Option<&str>) -> Result<Vec<usize>, Absence> {
        // Declared `custom.*` metrics come from the same expositions as `telemetry.*`.
        let family = if family == "custom" { "telemetry" } else { family };
        let all = (0..self.evidence.len()).filter(|i| self.evidence[*i].family == family);
        let entries: Vec<usize> = all.filter(|i| only.is_none_or(|name| self.evidence[*i].name == name)).collect();
        if entries.is_empty() {
            let text = match only {
                Some(name) => format!("there is no {family} evidence called `{name}`"),
                None => format!("no {family} evidence is configured"),
            };
            return Err(Absence::silent(text));
        }
        Ok(entries)
    }

    fn usable(&self, index: usize) -> Result<usize, Absence> {
        let entry = &self.evidence[index];
        match entry.gap() {
            None => Ok(index),
            Some((gap, text)) => Err(Absence::broken(gap, format!("{}: {text}", entry.name))),
        }
    }

    fn names(&self, entries: &[usize]) -> String {
        entries.iter().map(|i| self.evidence[*i].name.as_str()).collect::<Vec<_>>().join(" and ")
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

/// The family of evidence that yields a family of rows.
fn family_of(family: &str) -> &str {
    catalogue::family_named(family).map_or(family, |f| f.from)
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
