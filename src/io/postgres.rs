//! The door to PostgreSQL (crate `postgres`): one table, as it was at one moment, becomes a private SQLite file.
//!
//! All rows are read in one transaction that is REPEATABLE READ and READ ONLY, by `COPY (SELECT … ORDER BY id) TO STDOUT`, so that
//! writers neither wait nor are seen half. Nothing is asked for but the right to read the table. Every way in which a server could
//! quietly give fewer rows is closed: row-level security is an error instead of a filter, views and foreign tables are refused, the
//! search path is fixed, and a stream that ends before the server says so is no copy.
//!
//! Source: <https://www.postgresql.org/docs/current/sql-copy.html>, <https://www.postgresql.org/docs/current/runtime-config-client.html>.

mod address;
#[cfg(feature = "postgres")]
mod password;
#[cfg(feature = "postgres")]
mod session;
#[cfg(feature = "postgres")]
mod table;
#[cfg(feature = "postgres")]
mod text;

pub use address::{Address, is_address};

use crate::partition::{Origin, Shape};
#[cfg(feature = "postgres")]
use postgres::{Client, Config, Error, IsolationLevel, NoTls, Row, Transaction, config, error::SqlState, types};
use std::path::Path;

/// Why a database gives no rows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// A stable word: `no-server`, `refused`, `no-permission`, `no-table`, `timeout`, `connection-lost` …
    pub code: &'static str,
    /// One sentence, without any password.
    pub message: String,
}

impl Failure {
    fn new(code: &'static str, message: impl Into<String>) -> Failure {
        Failure { code, message: message.into() }
    }
}

/// The table that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Its name.
    pub table: String,
    /// The column that numbers its rows; the primary key where there is none of that name.
    pub id: Option<String>,
}

/// A table that was copied.
#[derive(Clone, Debug)]
pub struct Copied {
    /// What it looks like.
    pub shape: Shape,
    /// Where it came from.
    pub origin: Origin,
    /// How many rows it has.
    pub rows: u64,
    /// SHA-256 of the rows.
    pub sha256: String,
}

/// Copies a table into a new SQLite file.
///
/// # Errors
/// When not all of it could be copied; what is in the file then is nothing to go by.
#[cfg(feature = "postgres")]
pub fn copy(address: &Address, asked: &Asked, to: &Path) -> Result<Copied, Failure> {
    use std::sync::mpsc;
    use std::time::Duration;
    // A server that takes a connection and then says nothing holds up nobody: the thread is left behind.
    let (tell, told) = mpsc::channel();
    let (owned, to) = ((address.clone(), asked.clone()), to.to_owned());
    std::thread::spawn(move || {
        // Nobody listens any more when it took too long.
        let _ = tell.send(session::copy(&owned.0, &owned.1, &to));
    });
    let patience = Duration::from_millis(address.timeout).saturating_add(session::GRACE);
    told.recv_timeout(patience).unwrap_or_else(|_| {
        let message = format!("{} did not answer within {} seconds", address.server(), patience.as_secs());
        Err(Failure::new("timeout", message))
    })
}

/// Says that this program was built without it.
///
/// # Errors
/// Always.
#[cfg(not(feature = "postgres"))]
pub fn copy(_: &Address, _: &Asked, _: &Path) -> Result<Copied, Failure> {
    Err(Failure::new("no-postgres", "this readiness was built without the feature `postgres`"))
}
