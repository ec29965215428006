//! A pass over every row of a table, within SQLite: an aggregate function is handed the values of a row as they lie there, which takes half
//! the time of a SELECT that asks for them one by one.

use super::{Failure, Given, Row, Snapshot, quoted};
use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};

/// The function, while a pass is on its way. SQL that somebody writes cannot name it at any other time.
const NAME: &str = "readiness_fold";

/// What a pass begins with, and, when it is over, what it came to.
type Held<S> = Arc<Mutex<Option<S>>>;

/// Takes rows into a state.
struct Fold<S> {
    held: Held<S>,
    take: fn(&mut S, &Row<'_>),
}

impl<S: Send> Aggregate<AssertUnwindSafe<Option<S>>, bool> for Fold<S> {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<AssertUnwindSafe<Option<S>>> {
        Ok(AssertUnwindSafe(self.held.lock().unwrap_or_else(PoisonError::into_inner).take()))
    }

    fn step(&self, row: &mut Context<'_>, state: &mut AssertUnwindSafe<Option<S>>) -> rusqlite::Result<()> {
        if let Some(state) = &mut state.0 {
            (self.take)(state, &Row(Given::Handed(row)));
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, state: Option<AssertUnwindSafe<Option<S>>>) -> rusqlite::Result<bool> {
        if let Some(state) = state {
            *self.held.lock().unwrap_or_else(PoisonError::into_inner) = state.0;
        }
        Ok(true)
    }
}

impl Snapshot {
    /// Lets `take` take every row of a table into `state`, and gives that back. A row has the values of `columns`, which are SQL; without an
    /// index, rows come in the order in which the table has them.
    ///
    /// # Errors
    /// When not all rows could be read.
    pub fn fold<S: Send + 'static>(&self, columns: &[String], table: &str, state: S, take: fn(&mut S, &Row<'_>)) -> Result<S, Failure> {
        let failed = |error| self.guard.failure(error);
        let held: Held<S> = Arc::new(Mutex::new(Some(state)));
        let fold = Fold { held: Arc::clone(&held), take };
        let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DIRECTONLY;
        self.connection.create_aggregate_function(NAME, -1, flags, fold).map_err(failed)?;
        let sql = format!("SELECT {NAME}({}) FROM {} NOT INDEXED", columns.join(", "), quoted(table));
        let outcome = self.query(&sql).and_then(|mut query| query.run(|_| std::ops::ControlFlow::Continue(())));
        self.connection.remove_function(NAME, -1).map_err(failed)?;
        outcome?;
        let state = held.lock().unwrap_or_else(PoisonError::into_inner).take();
        state.ok_or_else(|| Failure::new("unreadable", format!("the rows of {table} could not be read to their end")))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::testing::make;
    use super::*;
    use crate::instant::Instant;

    fn lines(sql: &str, columns: &[&str]) -> Result<Vec<String>, Failure> {
        let made = make(sql);
        let snapshot = Snapshot::open(&made.path, Instant(0)).unwrap();
        let columns: Vec<String> = columns.iter().map(|&column| column.to_owned()).collect();
        let take = |lines: &mut Vec<String>, row: &Row<'_>| {
            lines.push(format!("{} {} {}", row.cell(0), row.cell(1), row.cell(2)));
        };
        snapshot.fold(&columns, "t", Vec::new(), take)
    }

    #[test]
    fn every_row_is_taken_in_the_order_of_the_table() {
        let sql =
            "CREATE TABLE t (id INTEGER PRIMARY KEY, v); CREATE INDEX by_v ON t(v); INSERT INTO t VALUES (3, 'a'), (1, 2.5), (2, NULL)";
        assert_eq!(lines(sql, &["id", "v"]).unwrap(), ["1 2.5 NULL", "2 NULL NULL", "3 `a` NULL"]);
        assert_eq!(lines("CREATE TABLE t (id)", &["id"]).unwrap(), [""; 0]);
    }

    #[test]
    fn a_pass_fails_as_a_query_does() {
        assert_eq!(lines("CREATE TABLE t (id)", &["none"]).unwrap_err().message, "no such column: none");
        assert!(lines("CREATE VIEW t AS SELECT 1 AS id", &["id"]).is_err());
    }

    #[test]
    fn nobody_else_can_call_it() {
        let made = make("CREATE TABLE t (id); INSERT INTO t VALUES (1)");
        let snapshot = Snapshot::open(&made.path, Instant(0)).unwrap();
        assert_eq!(snapshot.fold(&["id".to_owned()], "t", 0, |rows, _| *rows += 1), Ok(1));
        let failure = snapshot.query("SELECT readiness_fold(id) FROM t").map(|_| ()).unwrap_err();
        assert_eq!(failure.message, "no such function: readiness_fold");
    }
}
