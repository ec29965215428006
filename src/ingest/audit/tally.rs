//! What the rows of an audit table add up to.

use super::chain;
use super::column::Column;
use super::doers::{Doers, RunKey};
use super::findings::Findings;
use super::newest::Newest;
use super::redeleted::Redeleted;
use super::row::{Facts, Row};
use super::run_id::RunIds;
use super::runs::Runs;
use super::spread::Spread;
use super::subject::Subjects;
use crate::instant::Instant;
use crate::metric::{Name, Value};
use crate::record::Record;
use std::collections::BTreeMap;

/// So many findings, tables, runs and days are kept; the others are only counted.
pub const KEPT: usize = 10_000;
/// Rows without a run id that follow each other within this time are one run, in milliseconds.
pub const PAUSE: i64 = 60_000;
/// The word under which lists of ids that end at their limit are told: they are no findings.
pub const TRUNCATED: &str = "ids-truncated";

/// Everything counted in one pass over the rows of one file, or of several.
#[derive(Debug, Default)]
pub struct Tally {
    /// Rows.
    pub rows: u64,
    /// Rows that name an error.
    pub errors: u64,
    /// Rows deleted for real.
    pub deleted: u64,
    /// Rows from before the migration.
    pub legacy: u64,
    /// The oldest and the newest row that is not in the future.
    pub span: Option<(Instant, Instant)>,
    /// What is wrong.
    pub findings: Findings,
    /// How many records of a family are not kept.
    pub omitted: BTreeMap<Name, u64>,
    /// How values are spelled.
    pub spread: Spread,
    /// Which ids were deleted, to see which of them twice.
    pub redeleted: Redeleted,
    /// Rows of dry runs, and what they would have deleted.
    pub dry: (u64, u64),
    /// Lists of ids that end at their limit, and the ids that are not recorded.
    pub truncated: (u64, u64),
    /// Rows that looked at rows, and those that deleted just as many.
    pub scanned: (u64, u64),
    /// What kept something from being judged.
    pub trouble: Vec<String>,
    subjects: Subjects,
    /// In order.
    days: Vec<(i64, Day)>,
    run_ids: RunIds,
    nameless_runs: u64,
    nameless_at: Option<Instant>,
    dated_runs: Runs,
    /// Who had the job run.
    pub doers: Doers,
    /// The rows of the newest runs.
    pub newest: Newest,
}

/// Rows of one day.
#[derive(Clone, Copy, Debug, Default)]
struct Day {
    rows: u64,
    deletions: u64,
    dry_runs: u64,
    errors: u64,
}

impl Tally {
    /// Counts a row.
    pub fn add(&mut self, row: &Row<'_>, facts: &Facts<'_>, now: Instant) {
        let real = facts.dry_run == Some(false) && !facts.failed;
        let deleted = facts.count.filter(|_| real).unwrap_or(0);
        self.rows += 1;
        self.errors += u64::from(facts.failed);
        self.legacy += u64::from(facts.legacy);
        self.deleted = self.deleted.saturating_add(deleted);
        if facts.dry_run == Some(true) {
            self.dry = (self.dry.0 + 1, self.dry.1.saturating_add(facts.count.unwrap_or(0)));
        }
        if let (Some(scanned), Some(count)) = (facts.scanned, facts.count.filter(|n| *n > 0)) {
            self.scanned.0 += 1;
            self.scanned.1 += u64::from(u64::try_from(scanned) == Ok(count));
        }
        if let Some(at) = facts.at {
            let (first, last) = self.span.unwrap_or((at, at));
            self.span = Some((first.min(at), last.max(at)));
        }
        if !facts.legacy {
            self.spread.environment(row.get(Column::Environment));
        }
        let mut room = Vec::new();
        let run = row.run(&mut room);
        let run = run.map(|id| (id, self.run_ids.add(id)));
        let key = match run {
            Some((_, key)) => RunKey::Named(key),
            None => self.nameless(facts.at),
        };
        self.doers.add(row, facts, key, deleted);
        self.newest.add(row, facts, key);
        let table = self.subjects.add(facts, deleted, real);
        if table.is_none() {
            *self.omitted.entry("audit.table".into()).or_default() += 1;
        }
        self.dated_runs.add(run, row, facts, deleted, table.filter(|_| facts.table.is_some()));
        self.day(facts, deleted, now);
        if real {
            self.redeleted.add(row, facts);
        }
    }

    /// Adds a finding about a run.
    pub fn say_of_run(&mut self, run: String, code: &'static str, message: &str) {
        let message = format!("run {run}: {message}");
        self.findings.say(None, Some(run), code, &message);
    }

    /// Adds a finding.
    pub fn say(&mut self, row: Option<i64>, code: &'static str, message: String) {
        self.findings.say(row, None, code, &message);
    }

    /// Adds what is wrong with the chain of the rows, and how much more of it there is.
    pub fn accuse(&mut self, findings: Vec<chain::Finding>, surplus: &[(&'static str, u64)]) {
        for (row, code, message) in findings {
            self.say(Some(row).filter(|row| *row != 0), code, message);
        }
        for (code, n) in surplus {
            self.findings.count(code, *n);
        }
    }

    /// Counts values of a wrong kind in a row.
    pub fn kinds(&mut self, row: i64, kinds: Vec<(Column, &'static str)>) {
        if !kinds.is_empty() {
            self.spread.kinds(row, kinds);
        }
    }

    /// Counts a list of ids that ends at its limit.
    pub fn list_ends(&mut self, row: i64, unrecorded: u64, message: impl FnOnce() -> String) {
        self.truncated = (self.truncated.0 + 1, self.truncated.1.saturating_add(unrecorded));
        self.findings.example(TRUNCATED, Some(row), message);
    }

    /// What is said of all findings of a code together.
    pub fn digest(&mut self, code: &'static str, text: String) {
        self.findings.digest(code, text);
    }

    /// For each code with findings, in order, what is said of them together.
    pub fn digested(&self) -> Vec<(&'static str, String)> {
        let counts = self.findings.codes().iter().map(|(code, n)| (*code, *n));
        let counts = counts.chain((self.truncated.0 > 0).then_some((TRUNCATED, self.truncated.0)));
        counts.map(|(code, n)| (code, self.findings.digested(code, n))).collect()
    }

    /// Counts runs without an id by the pauses between them.
    fn nameless(&mut self, at: Option<Instant>) -> RunKey {
        let same = self.nameless_at.zip(at).is_some_and(|(before, at)| (at.0 - before.0).abs() <= PAUSE);
        self.nameless_runs += u64::from(!same);
        self.nameless_at = at;
        RunKey::Nameless(self.nameless_runs)
    }

    fn day(&mut self, facts: &Facts<'_>, deleted: u64, now: Instant) {
        let Some(at) = facts.at else { return };
        if now.day() - at.day() >= KEPT as i64 {
            *self.omitted.entry("audit.day".into()).or_default() += 1;
            return;
        }
        let day = self.on(at.day());
        day.rows += 1;
        day.deletions += u64::from(deleted > 0);
        day.dry_runs += u64::from(facts.dry_run == Some(true));
        day.errors += u64::from(facts.failed);
    }

    /// What is counted of a day; most rows are of the day of the row before.
    fn on(&mut self, day: i64) -> &mut Day {
        let place = match self.days.last() {
            Some((last, _)) if *last == day => self.days.len() - 1,
            _ => self.days.binary_search_by_key(&day, |(day, _)| *day).unwrap_or_else(|place| {
                self.days.insert(place, (day, Day::default()));
                place
            }),
        };
        &mut self.days[place].1
    }

    /// The tables that rows are about.
    pub fn subjects(&self) -> &Subjects {
        &self.subjects
    }

    /// The runs that can be dated.
    pub fn dated_runs(&mut self) -> &mut Runs {
        &mut self.dated_runs
    }

    /// How many job runs there were, when all rows are counted.
    pub fn runs(&mut self) -> u64 {
        self.named_runs() + self.nameless_runs
    }

    /// How many of them name themselves.
    pub fn named_runs(&mut self) -> u64 {
        self.run_ids.count().unwrap_or_else(|error| {
            self.trouble.push(format!("how many runs there were could not be counted: {error}"));
            0
        })
    }

    /// Adds what another file's rows add up to; it is named where there are several.
    pub fn merge(&mut self, other: Tally, file: &str) {
        self.rows += other.rows;
        self.errors += other.errors;
        self.legacy += other.legacy;
        self.deleted = self.deleted.saturating_add(other.deleted);
        self.span = match (self.span, other.span) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
        self.findings.merge(other.findings, Some(file));
        self.trouble.extend(other.trouble);
        self.spread.merge(other.spread);
        self.redeleted.merge(other.redeleted);
        self.dry = (self.dry.0 + other.dry.0, self.dry.1.saturating_add(other.dry.1));
        self.truncated = (self.truncated.0 + other.truncated.0, self.truncated.1.saturating_add(other.truncated.1));
        self.scanned = (self.scanned.0 + other.scanned.0, self.scanned.1 + other.scanned.1);
        for (family, n) in other.omitted {
            *self.omitted.entry(family).or_default() += n;
        }
        let places = self.subjects.merge(other.subjects);
        for (day, n) in other.days {
            let sum = self.on(day);
            sum.rows += n.rows;
            sum.deletions += n.deletions;
            sum.dry_runs += n.dry_runs;
            sum.errors += n.errors;
        }
        self.run_ids.merge(other.run_ids);
        self.nameless_runs += other.nameless_runs;
        self.dated_runs.merge(other.dated_runs, &places);
        self.doers.merge(other.doers);
        self.newest.merge(other.newest);
    }

    /// A record for every run, oldest first; the oldest are left out where there are too many.
    pub fn run_records(&mut self) -> Vec<Record> {
        let (records, omitted) = std::mem::take(&mut self.dated_runs).records();
        if omitted > 0 {
            self.omitted.insert("audit.run".into(), omitted);
        }
        records
    }

    /// A record for every table, in order of name.
    pub fn table_records(&mut self) -> Vec<Record> {
        self.subjects.records()
    }

    /// A record for every day between the first and the last, in UTC: a day without a row is a gap that must be seen.
    pub fn day_records(&self) -> impl Iterator<Item = Record> {
        let first = self.days.first().map_or(0, |(day, _)| *day);
        let last = self.days.last().map_or(-1, |(day, _)| *day);
        (first..=last).map(|number| {
            let day = self.days.binary_search_by_key(&number, |(day, _)| *day).map(|place| self.days[place].1).unwrap_or_default();
            Record::new("day", Instant(number * 86_400_000).date())
                .with("rows", Value::Count(day.rows))
                .with("deletions", Value::Count(day.deletions))
                .with("dry_runs", Value::Count(day.dry_runs))
                .with("errors", Value::Count(day.errors))
        })
    }
}
