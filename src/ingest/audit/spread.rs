//! How values are spread over their spellings: in how many ways times are written, which words a column holds, and of what
//! kind values are that should be numbers.

use super::column::Column;
use super::map::Map;
use super::pii::redacted;
use super::row::shown;
use crate::io::sqlite::Cell;
use crate::metric::Value;
use crate::record::Record;
use std::collections::BTreeMap;

/// So many spellings are told apart.
const KEPT: usize = 100;
/// So many row ids are named.
const IDS: usize = 20;
/// The order in which kinds are told.
const KINDS: [&str; 7] = ["text", "real", "blob", "integer", "NULL", "negative", "implausible"];

/// How values are spread.
#[derive(Clone, Debug, Default)]
pub struct Spread {
    forms: BTreeMap<String, (u64, String)>,
    environments: BTreeMap<String, u64>,
    /// Rows without an environment.
    nowhere: u64,
    kinds: BTreeMap<Column, BTreeMap<&'static str, u64>>,
    ids: BTreeMap<Column, Vec<i64>>,
}

impl Spread {
    /// Counts a time by its form; one that is no time by its shape.
    pub fn form(&mut self, form: Option<&str>, cell: Cell<'_>) {
        if let Some((rows, _)) = form.and_then(|form| self.forms.get_mut(form)) {
            *rows += 1;
            return;
        }
        let form = form.map_or_else(|| shape(cell), str::to_owned);
        if self.forms.len() < KEPT || self.forms.contains_key(&form) {
            self.forms.entry(form).or_insert_with(|| (0, shown(cell))).0 += 1;
        }
    }

    /// Counts a row by its environment.
    pub fn environment(&mut self, cell: Cell<'_>) {
        let Some(name) = cell.text() else {
            self.nowhere += u64::from(cell.is_null());
            return;
        };
        if let Some(rows) = self.environments.get_mut(name) {
            *rows += 1;
        } else if self.environments.len() < KEPT {
            self.environments.insert(name.to_owned(), 1);
        }
    }

    /// Counts values of a wrong kind.
    pub fn kinds(&mut self, row: i64, kinds: Vec<(Column, &'static str)>) {
        for (column, kind) in kinds {
            *self.kinds.entry(column).or_default().entry(kind).or_default() += 1;
            let ids = self.ids.entry(column).or_default();
            if ids.len() < IDS && ids.last() != Some(&row) {
                ids.push(row);
            }
        }
    }

    /// Adds another file's.
    pub fn merge(&mut self, other: Spread) {
        for (form, (rows, example)) in other.forms {
            self.forms.entry(form).or_insert((0, example)).0 += rows;
        }
        self.nowhere += other.nowhere;
        for (name, rows) in other.environments {
            *self.environments.entry(name).or_default() += rows;
        }
        for (column, kinds) in other.kinds {
            let sum = self.kinds.entry(column).or_default();
            kinds.into_iter().for_each(|(kind, rows)| *sum.entry(kind).or_default() += rows);
        }
        for (column, rows) in other.ids {
            let ids = self.ids.entry(column).or_default();
            ids.extend(rows);
            ids.truncate(IDS);
        }
    }

    /// A record for every form of time.
    pub fn records(&self) -> impl Iterator<Item = Record> {
        self.forms.iter().map(|(form, (rows, example))| {
            Record::new("form", form.clone()).with("rows", Value::Count(*rows)).with("example", Value::text(example.clone()))
        })
    }

    /// A record for every spelling of the environment.
    pub fn environment_records(&self, words: &[String]) -> Vec<Record> {
        let record = |name: String, rows: u64, known: bool| {
            Record::new("spelling", name).with("rows", Value::Count(rows)).with("known", Value::Flag(known))
        };
        let mut records: Vec<Record> = self
            .environments
            .iter()
            .map(|(name, rows)| record(Cell::Text(redacted(name).as_bytes()).to_string(), *rows, words.is_empty() || words.contains(name)))
            .collect();
        // A table without the column spells nothing.
        if self.nowhere > 0 && !records.is_empty() {
            records.push(record("NULL".to_owned(), self.nowhere, false));
        }
        records
    }

    /// `executed_at is written in 3 ways, table of formats with counts: datetime 70, unix 2, NULL 1`; nothing when all are written alike.
    pub fn forms(&self, label: &str) -> Option<String> {
        let mut forms: Vec<(&String, u64)> = self.forms.iter().map(|(form, (rows, _))| (form, *rows)).collect();
        forms.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
        let listed: Vec<String> = forms.iter().map(|(form, rows)| format!("{form} {rows}")).collect();
        (forms.len() > 1)
            .then(|| format!("{label} is written in {} ways, table of formats with counts: {}", forms.len(), listed.join(", ")))
    }

    /// `record_count: 2 text, 1 real (ids 1,2,3)`, for every column with values of a wrong kind.
    pub fn wrong_kinds(&self, map: &Map) -> Option<String> {
        let column = |(column, kinds): (&Column, &BTreeMap<&'static str, u64>)| {
            let counts: Vec<String> = KINDS.iter().filter_map(|kind| Some(format!("{} {kind}", kinds.get(kind)?))).collect();
            let ids: Vec<String> = self.ids.get(column).into_iter().flatten().map(ToString::to_string).collect();
            let more = if kinds.values().sum::<u64>() > ids.len() as u64 { ",…" } else { "" };
            format!("{}: {} (ids {}{more})", map.label(*column), counts.join(", "), ids.join(","))
        };
        let columns: Vec<String> = self.kinds.iter().map(column).collect();
        (!columns.is_empty()).then(|| columns.join("; "))
    }

    /// How the environment is spelled, and how many rows each of the map's words misses.
    pub fn environments(&self, map: &Map, words: &[String]) -> String {
        let label = map.label(Column::Environment);
        let rows: u64 = self.nowhere + self.environments.values().sum::<u64>();
        let mut names: Vec<(&String, u64)> = self.environments.iter().map(|(name, rows)| (name, *rows)).collect();
        names.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
        let mut listed: Vec<String> =
            names.iter().map(|(name, rows)| format!("{} {rows}", Cell::Text(redacted(name).as_bytes()))).collect();
        if self.nowhere > 0 {
            listed.push(format!("{} rows NULL", self.nowhere));
        }
        let usual = names.iter().find(|(name, _)| words.contains(name));
        let missed = usual.map(|(name, n)| format!("; {label} = '{name}' misses {} of {rows} rows", rows - n)).unwrap_or_default();
        format!("{label} values: {}: counted how?{missed}", listed.join(", "))
    }
}

/// What a value that is no time looks like: every digit a 9, every letter an a.
fn shape(cell: Cell<'_>) -> String {
    match cell {
        Cell::Null => "NULL".to_owned(),
        Cell::Integer(_) => "integer".to_owned(),
        Cell::Real(_) => "real".to_owned(),
        Cell::Blob(_) => "blob".to_owned(),
        Cell::Text(b"") => "empty".to_owned(),
        Cell::Text(text) => {
            let sign = |c: char| match c {
                c if c.is_numeric() => '9',
                c if c.is_alphabetic() => 'a',
                c if c.is_control() => '?',
                c => c,
            };
            format!("`{}`", String::from_utf8_lossy(&text[..text.len().min(120)]).chars().take(30).map(sign).collect::<String>())
        }
    }
}
