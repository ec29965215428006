//! The runs of the audited job, each with when it began and what it did.

use super::row::Facts;
use super::tally::{KEPT, PAUSE};
use crate::instant::Instant;
use crate::metric::Value;
use crate::record::Record;

/// The longest run id that is shown, in characters.
const ID: usize = 100;

/// Runs, of which the newest [`KEPT`] are shown.
#[derive(Clone, Debug, Default)]
pub struct Runs {
    /// In the order of their rows; the rows of one run may stand apart until [`Runs::condense`].
    runs: Vec<Run>,
    /// How many were left out.
    omitted: u64,
}

#[derive(Clone, Debug)]
struct Run {
    id: Option<String>,
    at: Instant,
    last: Instant,
    rows: u64,
    deleted: u64,
    dry_runs: u64,
    errors: u64,
}

impl Runs {
    /// Counts a row that `deleted` so many; one without a time is in no run that could be dated.
    pub fn add(&mut self, run: Option<&[u8]>, facts: &Facts<'_>, deleted: u64) {
        let Some(at) = facts.at else { return };
        let id = run.map(|id| String::from_utf8_lossy(id).chars().take(ID).collect::<String>());
        let row =
            Run { id, at, last: at, rows: 1, deleted, dry_runs: u64::from(facts.dry_run == Some(true)), errors: u64::from(facts.failed) };
        match self.runs.last_mut() {
            Some(last) if last.is_one_with(&row) => last.join(&row),
            _ => self.runs.push(row),
        }
        if self.runs.len() >= 4 * KEPT {
            self.condense();
        }
    }

    /// Adds the runs of another file.
    pub fn merge(&mut self, other: Runs) {
        self.runs.extend(other.runs);
        self.omitted += other.omitted;
    }

    /// Puts the rows of each run together, and keeps the newest runs.
    fn condense(&mut self) {
        self.runs.sort_by(|a, b| (&a.id, a.at).cmp(&(&b.id, b.at)));
        self.runs.dedup_by(|next, run| {
            let one = run.is_one_with(next);
            if one {
                run.join(next);
            }
            one
        });
        self.runs.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        let surplus = self.runs.len().saturating_sub(KEPT);
        self.runs.drain(..surplus);
        self.omitted += surplus as u64;
    }

    /// A record for every run, oldest first, and how many older ones there were.
    pub fn records(mut self) -> (Vec<Record>, u64) {
        self.condense();
        (self.runs.iter().map(Run::record).collect(), self.omitted)
    }
}

impl Run {
    fn is_one_with(&self, next: &Run) -> bool {
        self.id == next.id && (self.id.is_some() || (next.at.0 - self.last.0).abs() <= PAUSE)
    }

    fn join(&mut self, next: &Run) {
        (self.at, self.last) = (self.at.min(next.at), self.last.max(next.last));
        self.rows += next.rows;
        self.deleted = self.deleted.saturating_add(next.deleted);
        self.dry_runs += next.dry_runs;
        self.errors += next.errors;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn added(rows: &[(Option<&str>, i64)]) -> Vec<(String, i64, u64)> {
        let mut runs = Runs::default();
        for (id, at) in rows {
            runs.add(id.map(str::as_bytes), &Facts { at: Some(Instant(*at)), ..Facts::default() }, 0);
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
            runs.add(Some(n.to_string().as_bytes()), &Facts { at: Some(Instant(n)), ..Facts::default() }, 0);
        }
        let (records, omitted) = runs.records();
        assert_eq!((records.len(), omitted, records.last().map(at)), (KEPT, 4 * KEPT as u64, Some(5 * KEPT as i64 - 1)));
    }
}
