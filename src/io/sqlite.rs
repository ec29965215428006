//! The door to SQLite (`rusqlite`): opens a database that may be hostile, and never writes beside it.
//!
//! A database file is a program as much as it is data: views and generated columns run when they are read, a damaged
//! page sends the reader anywhere, and a `-wal` or `-journal` beside the file decides what the rows are. The order of the
//! checks follows <https://www.sqlite.org/security.html>. Nothing depends on the wall clock: work is bounded in steps
//! of SQLite's virtual machine, and `now` is the moment that is judged.

mod cell;
mod copy;
mod file;
mod fold;
mod guard;
mod pin;
mod schema;
mod store;
#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;
mod wal;
mod words;

use crate::instant::Instant;
use crate::io::fs::Artifact;
use crate::partition::{self, Affinity, Shape, is_zoned};
use file::Place;
use guard::Guard;
use rusqlite::config::DbConfig;
use rusqlite::functions::Context;
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags, Statement};
use std::ops::ControlFlow;
use std::path::Path;

pub use cell::Cell;
pub use copy::{Content, Copy, is_literal};
pub use file::{is_database, is_named};
pub use schema::{Column, Kind, Table};
pub use store::{Field, Schema, Store, Writer};

/// The longest text, blob or row, in bytes.
const LENGTH: i32 = 64 << 20;
/// The most columns of a table.
const COLUMNS: i32 = 200;
/// Memory that SQLite may use in all, in bytes; allocations beyond it fail.
const HEAP: i64 = 256 << 20;
/// Of larger databases the indexes are not compared with the tables, in bytes.
const COMPARED: u64 = 64 << 20;
/// Pages that SQLite keeps, in KiB.
const CACHE: u32 = 256;
/// Memory above which SQLite gives up cached pages first.
const SOFT_HEAP: i64 = 64 << 20;

/// Why a database or a query gives nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// A stable word: `truncated`, `damaged`, `sql`.
    pub code: &'static str,
    /// One sentence.
    pub message: String,
    /// Where in the query, in bytes from its beginning.
    pub offset: Option<usize>,
}

impl Failure {
    /// A failure that has no place in a query.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Failure { code, message: message.into(), offset: None }
    }
}

/// Something about the file that does not keep it from being read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// A stable word.
    pub code: &'static str,
    /// One sentence.
    pub message: String,
}

/// A database, open for reading, as it was at one moment.
pub struct Snapshot {
    // Closed before `place` removes the private copy.
    connection: Connection,
    guard: Guard,
    tables: Vec<Table>,
    place: Place,
}

impl Snapshot {
    /// Opens a database and checks its structure. Queries see `now` as the current time.
    ///
    /// # Errors
    /// When the file is not a sound and quiet SQLite database; the sentence says what is wrong.
    pub fn open(path: &Path, now: Instant) -> Result<Snapshot, Failure> {
        // A mistake in SQL that stands in the file itself is damage.
        let damage = |failure: Failure| if failure.code == "sql" { Failure { code: "damaged", ..failure } } else { failure };
        let mut snapshot = Snapshot::unchecked(path, now).map_err(damage)?;
        snapshot.check().map_err(damage)?;
        snapshot.guard.lock(&mut snapshot.connection, &snapshot.tables)?;
        Ok(snapshot)
    }

    fn unchecked(path: &Path, now: Instant) -> Result<Snapshot, Failure> {
        let place = file::admit(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_NOFOLLOW
            | OpenFlags::SQLITE_OPEN_EXRESCODE;
        let guard = Guard::new(place.bytes);
        let failed = |error| guard.failure(error);
        let mut connection = Connection::open_with_flags(&place.uri, flags).map_err(failed)?;
        harden(&connection).map_err(failed)?;
        guard.watch(&mut connection)?;
        pin::install(&connection, now).map_err(failed)?;
        let tables = schema::read(&connection).map_err(failed)?;
        Ok(Snapshot { connection, guard, tables, place })
    }

    /// SQLite's own structural check, and, as far as that is quick, whether its indexes hold what the tables hold: queries trust them. It computes generated columns and opens virtual tables, which a hostile file can
    /// make as costly as it likes: a database with either is checked table by table, without those.
    fn check(&mut self) -> Result<(), Failure> {
        let tables = self.tables.iter();
        let whole = tables.clone().all(|t| t.kind != Kind::Virtual && !t.columns.iter().any(|c| c.computed));
        let pragmas: Vec<String> = if whole {
            let check = if self.place.bytes <= COMPARED { "integrity_check" } else { "quick_check" };
            vec![format!("PRAGMA {check}(1)")]
        } else {
            tables.filter(|t| t.is_readable()).map(|t| format!("PRAGMA quick_check({})", quoted(&t.name))).collect()
        };
        for pragma in pragmas {
            let verdict: String = self.connection.query_row(&pragma, [], |row| row.get(0)).map_err(|e| self.guard.failure(e))?;
            if verdict != "ok" {
                return Err(Failure::new("damaged", format!("the database is damaged: {}", told(&verdict))));
            }
        }
        Ok(())
    }

    /// The database's tables and views, in order of name.
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// The table or view of this name, whatever its case.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|t| t.name.eq_ignore_ascii_case(name))
    }

    /// What should be known of the file, though it could be opened.
    pub fn notes(&self) -> &[Note] {
        &self.place.notes
    }

    /// What may be of interest about the way the file is written.
    pub fn remarks(&self) -> &[Note] {
        &self.place.remarks
    }

    /// Compiles one SELECT.
    ///
    /// # Errors
    /// When it is not one SELECT, is not allowed, or names what is not there; with the place in the query.
    pub fn query(&self, sql: &str) -> Result<Query<'_>, Failure> {
        let statement = self.connection.prepare(sql).map_err(|error| self.guard.failure(error))?;
        if statement.column_count() == 0 || !statement.readonly() || statement.is_explain() != 0 {
            return Err(Failure::new("sql", "the query is not a SELECT"));
        }
        if statement.parameter_count() > 0 {
            return Err(Failure::new("sql", "the query has a parameter, and there is nothing to put in its place"));
        }
        Ok(Query { statement, guard: &self.guard })
    }

    /// What a copy keeps of a table whose rows stand in the order of `id`.
    ///
    /// # Errors
    /// When the number that was given out last cannot be read.
    pub fn shape(&self, table: &Table, id: Option<&str>) -> Result<Shape, Failure> {
        let column = |column: &Column| partition::Column {
            name: column.name.clone(),
            affinity: Affinity::of(&column.declared),
            default: column.default.clone().filter(|text| is_literal(text)),
            key: column.number,
            zoned: is_zoned(&column.declared),
        };
        let (counted, mut given) = (table.counted && table.columns.iter().any(|c| c.number), None);
        if counted {
            let sql = format!("SELECT seq FROM sqlite_sequence WHERE name = '{}'", table.name.replace('\'', "''"));
            self.query(&sql)?.run(|row| {
                given = row.cell(0).integer();
                ControlFlow::Break(())
            })?;
        }
        let id = id.and_then(|id| table.columns.iter().find(|c| c.name.eq_ignore_ascii_case(id))).map(|c| c.name.clone());
        Ok(Shape {
            name: table.name.clone(),
            columns: table.columns.iter().map(column).collect(),
            id: id.or_else(|| table.columns.iter().find(|c| c.number).map(|c| c.name.clone())),
            counted,
            given,
            indexed: table.indexed.clone(),
            triggers: table.triggers.clone(),
        })
    }

    /// Passes every row of a table to `take`, in the order of its id, until it fails.
    ///
    /// # Errors
    /// When not all rows could be read, or what `take` says.
    pub fn each_row(&self, shape: &Shape, mut take: impl FnMut(&[Cell<'_>]) -> Result<(), Failure>) -> Result<(), Failure> {
        let columns: Vec<String> = shape.columns.iter().map(|column| quoted(&column.name)).collect();
        let order = shape.id.as_ref().map(|id| format!(" ORDER BY {}", quoted(id))).unwrap_or_default();
        let mut outcome = Ok(());
        let sql = format!("SELECT {} FROM {} NOT INDEXED{order}", columns.join(", "), quoted(&shape.name));
        self.query(&sql)?.run(|row| {
            let cells: Vec<Cell<'_>> = (0..columns.len()).map(|place| row.cell(place)).collect();
            outcome = take(&cells);
            if outcome.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        outcome
    }

    /// Closes the database.
    ///
    /// # Errors
    /// When the file was changed while it was read.
    pub fn close(self) -> Result<(), Failure> {
        let Snapshot { connection, place, .. } = self;
        drop(connection);
        place.unchanged()
    }
}

/// A compiled SELECT.
pub struct Query<'s> {
    statement: Statement<'s>,
    guard: &'s Guard,
}

impl Query<'_> {
    /// The names of its columns.
    pub fn columns(&self) -> Vec<String> {
        self.statement.column_names().map(ToOwned::to_owned).collect()
    }

    /// Runs it, until `each` has enough.
    ///
    /// # Errors
    /// When it fails on the way or takes too many steps; what `each` has seen then is not all.
    pub fn run(&mut self, mut each: impl FnMut(&Row<'_>) -> ControlFlow<()>) -> Result<(), Failure> {
        self.guard.refill();
        let mut rows = self.statement.query([]).map_err(|error| self.guard.failure(error))?;
        while let Some(row) = rows.next().map_err(|error| self.guard.failure(error))? {
            if each(&Row(Given::Answered(row))).is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// A row: of an answer, or of a table as it is gone through.
pub struct Row<'r>(Given<'r>);

/// Where the values of a row come from.
enum Given<'r> {
    /// A statement has it as its answer.
    Answered(&'r rusqlite::Row<'r>),
    /// A function has it as its arguments.
    Handed(&'r Context<'r>),
}

impl Row<'_> {
    /// The value in a column, counted from 0; NULL beyond the last.
    #[inline]
    pub fn cell(&self, index: usize) -> Cell<'_> {
        let value = match self.0 {
            Given::Answered(row) => row.get_ref(index).unwrap_or(ValueRef::Null),
            Given::Handed(row) if index < row.len() => row.get_raw(index),
            Given::Handed(_) => ValueRef::Null,
        };
        match value {
            ValueRef::Integer(n) => Cell::Integer(n),
            ValueRef::Real(x) => Cell::Real(x),
            ValueRef::Text(text) => Cell::Text(text),
            ValueRef::Blob(blob) => Cell::Blob(blob),
            ValueRef::Null => Cell::Null,
        }
    }
}

/// Whether a file is a database with a table (or view) of this name. Looks at its first pages, where a schema writes the name of a table
/// twice in a row, then at its schema, which may stand in the write-ahead log beside it.
pub fn holds(artifact: &Artifact, table: &str) -> bool {
    says(artifact, &table.repeat(2), |snapshot| snapshot.table(table).is_some())
}

/// Whether a file is a database whose table of this name has a column of that name. Looks as [`holds`] does.
pub fn holds_column(artifact: &Artifact, table: &str, column: &str) -> bool {
    let known = |found: &Table| found.columns.iter().any(|c| c.name.eq_ignore_ascii_case(column));
    holds(artifact, table) && says(artifact, column, |snapshot| snapshot.table(table).is_some_and(known))
}

fn says(artifact: &Artifact, sign: &str, has: impl Fn(&Snapshot) -> bool) -> bool {
    is_database(&artifact.head)
        && (memchr::memmem::find(&artifact.head, sign.as_bytes()).is_some()
            || Snapshot::unchecked(&artifact.path, Instant(0)).is_ok_and(|snapshot| has(&snapshot)))
}

/// What a check says, without the line that only says of which database.
fn told(verdict: &str) -> &str {
    verdict.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("***")).unwrap_or("no reason is given")
}

/// A name as it may stand in SQL.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn harden(connection: &Connection) -> rusqlite::Result<()> {
    use Limit::{
        SQLITE_LIMIT_ATTACHED, SQLITE_LIMIT_COLUMN, SQLITE_LIMIT_COMPOUND_SELECT, SQLITE_LIMIT_EXPR_DEPTH, SQLITE_LIMIT_LENGTH,
        SQLITE_LIMIT_LIKE_PATTERN_LENGTH, SQLITE_LIMIT_SCHEMA, SQLITE_LIMIT_SQL_LENGTH, SQLITE_LIMIT_WORKER_THREADS,
    };
    for (limit, value) in [
        (SQLITE_LIMIT_LENGTH, LENGTH),
        (SQLITE_LIMIT_SQL_LENGTH, 100_000),
        (SQLITE_LIMIT_EXPR_DEPTH, 50),
        (SQLITE_LIMIT_COLUMN, COLUMNS),
        (SQLITE_LIMIT_COMPOUND_SELECT, 50),
        (SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 100),
        (SQLITE_LIMIT_SCHEMA, 20_000),
        (SQLITE_LIMIT_ATTACHED, 0),
        (SQLITE_LIMIT_WORKER_THREADS, 0),
    ] {
        connection.set_limit(limit, value)?;
    }
    use DbConfig::{
        SQLITE_DBCONFIG_DEFENSIVE, SQLITE_DBCONFIG_DQS_DML, SQLITE_DBCONFIG_ENABLE_TRIGGER, SQLITE_DBCONFIG_ENABLE_VIEW,
        SQLITE_DBCONFIG_TRUSTED_SCHEMA,
    };
    for (config, value) in [
        (SQLITE_DBCONFIG_DEFENSIVE, true),
        (SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (SQLITE_DBCONFIG_ENABLE_VIEW, false),
        // A misspelt "column" in double quotes is a mistake, not a text.
        (SQLITE_DBCONFIG_DQS_DML, false),
    ] {
        connection.set_db_config(config, value)?;
    }
    // A map of the file would end the process when the file shrinks; CHECK constraints are the file's own code. A pass reads each page
    // once, so that a cache that fits the processor's is faster than a large one.
    connection.execute_batch(&format!(
        "PRAGMA hard_heap_limit = {HEAP}; PRAGMA soft_heap_limit = {SOFT_HEAP}; PRAGMA mmap_size = 0; PRAGMA cache_size = -{CACHE}; PRAGMA cell_size_check = ON;
         PRAGMA ignore_check_constraints = ON; PRAGMA query_only = ON;"
    ))
}

/// The sentence for an error of SQLite's.
fn explain(error: &rusqlite::Error) -> Failure {
    use rusqlite::Error::{MultipleStatement, SqlInputError, SqliteFailure};
    let message = match error {
        MultipleStatement => return Failure::new("sql", "the query is more than one statement"),
        SqlInputError { msg, offset, .. } => {
            return Failure { code: "sql", message: msg.clone(), offset: usize::try_from(*offset).ok() };
        }
        SqliteFailure(_, Some(message)) => message.clone(),
        other => other.to_string(),
    };
    match error.sqlite_error_code() {
        _ if message.contains("too many columns") => Failure::new("too-large", format!("a table has more than {COLUMNS} columns")),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            Failure::new("damaged", format!("the database is damaged: {message}"))
        }
        Some(ErrorCode::OutOfMemory) => Failure::new("too-large", format!("it takes more than {} MiB of memory", HEAP >> 20)),
        Some(ErrorCode::TooBig) => Failure::new("too-large", format!("a value is longer than {} MiB", LENGTH >> 20)),
        Some(ErrorCode::CannotOpen | ErrorCode::SystemIoFailure) => {
            Failure::new("unreadable", format!("the database cannot be read: {message}"))
        }
        _ => Failure::new("sql", message),
    }
}
