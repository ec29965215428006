//! A database of our own that is written to: one transaction at a time, other writers wait.

use super::{Failure, Given, Row, explain};
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior, params_from_iter};
use std::fs;
use std::path::Path;
use std::time::Duration;

/// How long a writer waits for another one.
const PATIENCE: Duration = Duration::from_secs(30);

/// What makes a database one of ours.
#[derive(Clone, Copy, Debug)]
pub struct Schema {
    /// Its application id.
    pub application: i32,
    /// The statements that make its tables.
    pub sql: &'static str,
    /// What brought the tables from each version to the next, from the first on.
    pub upgrades: &'static [&'static str],
}

impl Schema {
    /// Its user version: what is made now.
    fn version(&self) -> i32 {
        i32::try_from(self.upgrades.len()).map_or(i32::MAX, |n| n.saturating_add(1))
    }

    /// The statements that bring tables of another version to this one; nothing when it is a later one.
    fn since(&self, version: i32) -> Option<&[&'static str]> {
        self.upgrades.get(usize::try_from(version.checked_sub(1)?).ok()?..)
    }
}

/// A value to be written.
#[derive(Clone, Copy, Debug)]
pub enum Field<'a> {
    /// NULL, where there is none.
    Text(Option<&'a str>),
    /// NULL, where there is none.
    Real(Option<f64>),
    /// A whole number.
    Integer(i64),
}

impl ToSql for Field<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Field::Text(text) => text.map_or(ValueRef::Null, |text| ValueRef::Text(text.as_bytes())),
            Field::Real(value) => value.map_or(ValueRef::Null, ValueRef::Real),
            Field::Integer(n) => ValueRef::Integer(*n),
        }))
    }
}

/// A database of ours.
pub struct Store(Connection);

impl Store {
    /// Opens a database, making it and the folders above it where they are not there.
    ///
    /// # Errors
    /// When it cannot be opened, or is a database of somebody else's or of a later version.
    pub fn open(path: &Path, schema: &Schema) -> Result<Store, Failure> {
        if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            fs::create_dir_all(parent).map_err(|e| Failure::new("unreadable", e.to_string()))?;
        }
        let failed = |error: rusqlite::Error| explain(&error);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_NOFOLLOW
            | OpenFlags::SQLITE_OPEN_EXRESCODE;
        let resolved = super::file::resolved(path)?;
        let mut connection = Connection::open_with_flags(resolved, flags).map_err(failed)?;
        connection.busy_timeout(PATIENCE).map_err(failed)?;
        // What the file brings along is not run.
        for (config, value) in [
            (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
            (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
            (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
            (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
        ] {
            connection.set_db_config(config, value).map_err(failed)?;
        }
        prepare(&mut connection, schema)?;
        Ok(Store(connection))
    }

    /// Does all of `work` or nothing of it; what it gives back is on the disk then.
    ///
    /// # Errors
    /// Those of `work`, and when it cannot be brought to the disk.
    pub fn write<T>(&mut self, work: impl FnOnce(&Writer<'_>) -> Result<T, Failure>) -> Result<T, Failure> {
        let writer = Writer(self.0.transaction_with_behavior(TransactionBehavior::Immediate).map_err(|e| explain(&e))?);
        let done = work(&writer)?;
        writer.0.commit().map_err(|e| explain(&e))?;
        Ok(done)
    }

    /// Gives free pages back to the system.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn shrink(&self) -> Result<(), Failure> {
        self.0.execute_batch("VACUUM").map_err(|e| explain(&e))
    }
}

fn prepare(connection: &mut Connection, schema: &Schema) -> Result<(), Failure> {
    let failed = |error: rusqlite::Error| explain(&error);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let number = |name: &str| transaction.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i32>(0)).map_err(failed);
    let found = (number("application_id")?, number("user_version")?);
    let version = schema.version();
    let tables: i64 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(failed)?;
    if found == (0, 0) && tables == 0 {
        let marked = format!("{}; PRAGMA application_id = {}; PRAGMA user_version = {version};", schema.sql, schema.application);
        transaction.execute_batch(&marked).map_err(failed)?;
    } else if found.0 != schema.application {
        return Err(Failure::new("not-ours", "it is a database of another program"));
    } else if found.1 != version {
        let unknown = || Failure::new("not-ours", format!("it is of version {}, and version {version} can be written here", found.1));
        let upgrades = schema.since(found.1).ok_or_else(unknown)?.join("; ");
        transaction.execute_batch(&format!("{upgrades}; PRAGMA user_version = {version};")).map_err(failed)?;
    }
    transaction.commit().map_err(failed)
}

/// A transaction.
pub struct Writer<'s>(Transaction<'s>);

impl Writer<'_> {
    /// Runs a statement, and gives the number of rows that it changed.
    ///
    /// # Errors
    /// When it fails.
    pub fn run(&self, sql: &str, fields: &[Field<'_>]) -> Result<usize, Failure> {
        let mut statement = self.0.prepare_cached(sql).map_err(|e| explain(&e))?;
        statement.execute(params_from_iter(fields)).map_err(|e| explain(&e))
    }

    /// Passes every row of an answer to `each`.
    ///
    /// # Errors
    /// When the query fails.
    pub fn each(&self, sql: &str, mut each: impl FnMut(&Row<'_>)) -> Result<(), Failure> {
        let mut statement = self.0.prepare(sql).map_err(|e| explain(&e))?;
        let mut rows = statement.query([]).map_err(|e| explain(&e))?;
        while let Some(row) = rows.next().map_err(|e| explain(&e))? {
            each(&Row(Given::Answered(row)));
        }
        Ok(())
    }
}
