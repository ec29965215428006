//! The runs of the audited job, each with when it began and what it did.

use super::column::Column;
use super::doers::RunKey;
use super::past::{Alike, Past};
use super::pii::redacted;
use super::row::{Facts, Row};
use super::tally::{KEPT, PAUSE};
use crate::instant::Instant;
use crate::metric::Value;
use crate::record::Record;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The longest run id that is shown, in characters.
const ID: usize = 100;
/// So many tables are told apart when it is asked whether a run worked on all of them.
const TABLES: usize = 64;
/// A run that names itself is over within this time, in milliseconds.
const LENGTH: i64 = 86_400_000;
/// The word for one that is not.
const LONG: &str = "days";

/// Runs, of which the newest [`KEPT`] are shown.
#[derive(Clone, Debug, Default)]
pub struct Runs {
    /// In the order of their rows; the rows of one run may stand apart until [`Runs::condense`].
    runs: Vec<Run>,
    /// The id of the last one as its newest row has it; empty where it has none.
    current: Vec<u8>,
    /// Those that are not listed any more.
    past: Past,
    /// The tables that runs worked on; a run knows them by their place.
    tables: Vec<String>,
    /// Tables of rows that name their run and tell no time that could be relied on.
    undated: BTreeMap<String, u64>,
}

/// A run.
#[derive(Clone, Debug)]
pub struct Run {
    id: Option<String>,
    /// By which rows of one run are put together.
    key: u128,
    /// Its first row.
    pub at: Instant,
    last: Instant,
    rows: u64,
    deleted: u64,
    dry_runs: u64,
    errors: u64,
    /// Whether somebody started it by hand.
    pub manual: bool,
    /// Tables it worked on, a bit for each, and those of which it has two rows.
    tables: u64,
    twice: u64,
    /// Where it ran: host, environment, version.
    place: [Option<Arc<str>>; 3],
    /// Whether its rows name several.
    mixed: [bool; 3],
}

impl Runs {
    /// Counts a row that `deleted` so many, of the run with this id and its key; one without a time is in no run that could be dated.
    pub fn add(&mut self, run: Option<(&[u8], u128)>, row: &Row<'_>, facts: &Facts<'_>, deleted: u64) {
        let table = facts.table.and_then(|name| self.place_of(name)).map_or(0, |place| 1 << place);
        let place = [row.get(Column::Host).text(), facts.environment, row.get(Column::Version).text()];
        // Most rows are of the run of the row before.
        if let (Some((id, _)), Some(at)) = (run, facts.at)
            && self.current == id
            && let Some(last) = self.runs.last_mut().filter(|last| last.is_at(place))
        {
            last.count(at, facts, deleted, table);
            return;
        }
        let id = run.map(|(id, _)| short(&redacted(&String::from_utf8_lossy(id))).to_owned());
        let Some(at) = facts.at else {
            if let Some(id) = id.filter(|_| self.undated.len() < KEPT) {
                *self.undated.entry(id).or_default() |= table;
            }
            return;
        };
        if let Some(last) = self.runs.last_mut().filter(|last| last.continues(&id, at) && last.is_at(place)) {
            last.count(at, facts, deleted, table);
            return;
        }
        run.map_or(&[][..], |(id, _)| id).clone_into(&mut self.current);
        let mut row = Run {
            id,
            key: run.map_or(0, |(_, key)| key),
            at,
            last: at,
            rows: 0,
            deleted: 0,
            dry_runs: 0,
            errors: 0,
            manual: false,
            tables: 0,
            twice: 0,
            place: self.shared(place),
            mixed: [false; 3],
        };
        row.count(at, facts, deleted, table);
        match self.runs.last_mut() {
            Some(last) if last.is_one_with(&row) => last.join(&row),
            _ => self.runs.push(row),
        }
        if self.runs.len() >= 4 * KEPT {
            self.condense();
        }
    }

    /// Where a row ran: in the memory of the run before, where it is the same.
    fn shared(&self, place: [Option<&str>; 3]) -> [Option<Arc<str>>; 3] {
        let known = |at: usize| self.runs.last().and_then(|last| last.place[at].as_ref());
        std::array::from_fn(|at| match (place[at], known(at)) {
            (Some(name), Some(known)) if **known == *name => Some(Arc::clone(known)),
            (name, _) => name.map(|name| short(name).into()),
        })
    }

    fn place_of(&mut self, table: &str) -> Option<usize> {
        if let Some(place) = self.tables.iter().position(|name| name == table) {
            return Some(place);
        }
        if self.tables.len() >= TABLES {
            return None;
        }
        self.tables.push(table.to_owned());
        Some(self.tables.len() - 1)
    }

    /// Adds the runs of another file, whose tables have other places.
    pub fn merge(&mut self, other: Runs) {
        let places: Vec<Option<usize>> = other.tables.iter().map(|name| self.place_of(name)).collect();
        let moved = |bits: u64| {
            let here = |(there, place): (usize, &Option<usize>)| place.filter(|_| bits >> there & 1 == 1).map_or(0, |place| 1 << place);
            places.iter().enumerate().map(here).fold(0, |sum: u64, bit: u64| sum | bit)
        };
        let here = |run: Run| Run { tables: moved(run.tables), twice: moved(run.twice), ..run };
        self.runs.extend(other.runs.into_iter().map(here));
        self.past.merge(other.past, here);
        for (id, tables) in other.undated {
            *self.undated.entry(id).or_default() |= moved(tables);
        }
    }

    /// The runs, oldest first.
    pub fn all(&mut self) -> &[Run] {
        self.condense();
        &self.runs
    }

    /// The runs as they were after [`Runs::all`].
    pub fn kept(&self) -> &[Run] {
        &self.runs
    }

    /// The tables that a run did not work on, of those that are due: the policy's, else those that most runs work on.
    pub fn missing<'d>(&self, run: &Run, due: &'d [String]) -> Vec<&'d str> {
        let undated = run.id.as_ref().and_then(|id| self.undated.get(id)).copied().unwrap_or(0);
        let worked = run.tables | undated;
        let place = |table: &String| self.tables.iter().position(|name| name == table);
        let missing = |table: &&String| place(table).is_none_or(|place| worked >> place & 1 == 0);
        due.iter().filter(missing).map(String::as_str).collect()
    }

    /// When each run began, in whatever order.
    pub fn starts(&self) -> Vec<Instant> {
        self.past.starts.iter().copied().chain(self.runs.iter().map(|run| run.at)).collect()
    }

    /// Runs that are not listed any more, by what they have in common.
    pub fn past(&self) -> impl Iterator<Item = &Alike> {
        self.past.alike()
    }

    /// How many runs there are for which this holds, also of those that are not listed any more.
    pub fn count(&self, holds: impl Fn(&Run) -> bool) -> u64 {
        let past = self.past().filter(|alike| alike.named.first().is_some_and(&holds)).map(|alike| alike.count);
        past.sum::<u64>() + self.runs.iter().filter(|run| holds(run)).count() as u64
    }

    /// The tables that most runs work on.
    pub fn usual(&self) -> Vec<String> {
        let whole = self.count(Run::is_whole);
        let most = |place: &usize| self.count(|run| run.is_whole() && run.tables >> place & 1 == 1) * 2 > whole;
        (0..self.tables.len()).filter(most).filter_map(|place| self.tables.get(place).cloned()).collect()
    }

    /// Tables of which a run has two rows.
    pub fn twice(&self, run: &Run) -> Vec<&str> {
        self.tables.iter().enumerate().filter(|(place, _)| run.twice >> place & 1 == 1).map(|(_, name)| name.as_str()).collect()
    }

    /// Puts the rows of each run together, and keeps the newest runs.
    fn condense(&mut self) {
        self.current.clear();
        self.runs.sort_unstable_by_key(|run| (run.id.is_some(), run.key, run.at));
        self.runs.dedup_by(|next, run| {
            let one = run.is_one_with(next);
            if one {
                run.join(next);
            }
            one
        });
        self.runs.sort_unstable_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        let surplus = self.runs.len().saturating_sub(KEPT);
        for mut run in self.runs.drain(..surplus) {
            run.tables |= run.id.as_ref().and_then(|id| self.undated.get(id)).copied().unwrap_or(0);
            self.past.add(run);
        }
    }

    /// A record for every run, oldest first, and how many older ones there were.
    pub fn records(mut self) -> (Vec<Record>, u64) {
        self.condense();
        (self.runs.iter().map(Run::record).collect(), self.past.starts.len() as u64)
    }
}

impl Run {
    /// Whether a row with this id and time is of this run.
    fn continues(&self, id: &Option<String>, at: Instant) -> bool {
        self.id == *id && (id.is_some() || (at.0 - self.last.0).abs() <= PAUSE)
    }

    fn is_one_with(&self, next: &Run) -> bool {
        self.continues(&next.id, next.at)
    }

    fn is_at(&self, place: [Option<&str>; 3]) -> bool {
        self.place.iter().zip(place).all(|(here, there)| here.as_deref() == there)
    }

    fn count(&mut self, at: Instant, facts: &Facts<'_>, deleted: u64, table: u64) {
        (self.at, self.last) = (self.at.min(at), self.last.max(at));
        self.rows += 1;
        self.deleted = self.deleted.saturating_add(deleted);
        self.dry_runs += u64::from(facts.dry_run == Some(true));
        self.errors += u64::from(facts.failed);
        self.manual |= facts.manual;
        self.twice |= self.tables & table;
        self.tables |= table;
    }

    fn join(&mut self, next: &Run) {
        (self.at, self.last) = (self.at.min(next.at), self.last.max(next.last));
        self.rows += next.rows;
        self.deleted = self.deleted.saturating_add(next.deleted);
        self.dry_runs += next.dry_runs;
        self.errors += next.errors;
        self.manual |= next.manual;
        self.twice |= next.twice | (self.tables & next.tables);
        self.tables |= next.tables;
        for place in 0..3 {
            let differ = matches!((&self.place[place], &next.place[place]), (Some(here), Some(there)) if here != there);
            self.mixed[place] |= next.mixed[place] || differ;
            if self.place[place].is_none() {
                self.place[place].clone_from(&next.place[place]);
            }
        }
    }

    /// Whether a row of this key and moment is one of its rows.
    pub fn has(&self, key: RunKey, at: Instant) -> bool {
        match key {
            RunKey::Named(key) => self.id.is_some() && self.key == key,
            RunKey::Nameless(_) => self.id.is_none() && self.at <= at && at <= self.last,
        }
    }

    /// What a verdict on it rests on.
    pub fn kind(&self) -> (u64, u64, bool, bool, bool, Vec<&'static str>) {
        (self.tables, self.twice, self.is_named(), self.is_whole(), self.has_uuid(), self.contradictions())
    }

    /// Whether it names itself.
    pub fn is_named(&self) -> bool {
        self.id.is_some()
    }

    /// Whether it names itself and nobody chose what it works on.
    pub fn is_whole(&self) -> bool {
        self.id.is_some() && !self.manual
    }

    /// As messages name it.
    pub fn name(&self) -> String {
        self.id.clone().unwrap_or_else(|| self.at.to_string())
    }

    /// What its rows do not agree about.
    pub fn disagreements(&self) -> Vec<String> {
        let told =
            |what: &'static str| if what == LONG { format!("from {} to {}", self.at, self.last) } else { format!("over several {what}") };
        self.contradictions().into_iter().map(told).collect()
    }

    fn contradictions(&self) -> Vec<&'static str> {
        let several = ["hosts", "environments", "versions"];
        let mut found: Vec<&'static str> = several.into_iter().zip(self.mixed).filter(|(_, mixed)| *mixed).map(|(what, _)| what).collect();
        if self.id.is_some() && self.last.0 - self.at.0 > LENGTH {
            found.push(LONG);
        }
        found
    }

    /// Whether its id is a UUID.
    pub fn has_uuid(&self) -> bool {
        let digit = |(at, byte): (usize, u8)| if matches!(at, 8 | 13 | 18 | 23) { byte == b'-' } else { byte.is_ascii_hexdigit() };
        self.id.as_ref().is_none_or(|id| id.len() == 36 && id.bytes().enumerate().all(digit))
    }

    fn record(&self) -> Record {
        Record::new("id", self.id.clone().unwrap_or_else(|| self.at.to_string()))
            .with("at", Value::Instant(self.at))
            .with("rows", Value::Count(self.rows))
            .with("deleted", Value::Count(self.deleted))
            .with("dry_runs", Value::Count(self.dry_runs))
            .with("errors", Value::Count(self.errors))
    }
}

/// The beginning of a text that may be long.
fn short(text: &str) -> &str {
    text.char_indices().nth(ID).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLANK: Row<'static> = Row { id: 0, cells: [crate::io::sqlite::Cell::Null; super::super::column::COLUMNS] };

    fn added(rows: &[(Option<&str>, i64)]) -> Vec<(String, i64, u64)> {
        let mut runs = Runs::default();
        for (id, at) in rows {
            runs.add(
                id.map(|id| (id.as_bytes(), u128::from(id.as_bytes()[0]))),
                &BLANK,
                &Facts { at: Some(Instant(*at)), ..Facts::default() },
                0,
            );
        }
        let (records, _) = runs.records();
        records.iter().map(|row| (row.subject().to_owned(), at(row), row.count("rows").unwrap_or(0))).collect()
    }

    fn at(row: &Record) -> i64 {
        match row.get("at") {
            Some(Value::Instant(at)) => at.0,
            _ => -1,
        }
    }

    #[test]
    fn rows_of_one_run_are_one_wherever_they_stand() {
        assert_eq!(added(&[(Some("a"), 5), (Some("b"), 6), (Some("a"), 1)]), [("a".into(), 1, 2), ("b".into(), 6, 1)]);
        let nameless = added(&[(None, 0), (None, 60_000), (None, 120_000), (None, 180_001)]);
        assert_eq!(nameless.iter().map(|(_, at, rows)| (*at, *rows)).collect::<Vec<_>>(), [(0, 3), (180_001, 1)]);
    }

    #[test]
    fn the_newest_are_kept() {
        let mut runs = Runs::default();
        for n in 0..(5 * KEPT as i64) {
            runs.add(Some((n.to_string().as_bytes(), n as u128)), &BLANK, &Facts { at: Some(Instant(n)), ..Facts::default() }, 0);
        }
        let (records, omitted) = runs.records();
        assert_eq!((records.len(), omitted, records.last().map(at)), (KEPT, 4 * KEPT as u64, Some(5 * KEPT as i64 - 1)));
    }
}
