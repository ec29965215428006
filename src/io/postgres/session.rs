//! One connection, one transaction, one copy.

use super::address::Tls;
use super::config::{Host, SslMode};
use super::password::{self, Wanted};
use super::table::{self, Table};
use super::text::Line;
use super::{Address, Asked, Client, Config, Copied, Error, Failure, IsolationLevel, NoTls, SqlState, Transaction};
use crate::io::sqlite;
use crate::io::terminal;
use crate::partition::Origin;
use std::io::{BufRead, Read};
use std::path::Path;
use std::time::Duration;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(10);
/// How much longer than one statement everything may take: connecting, waiting for a lock, writing the last rows.
pub(super) const GRACE: Duration = Duration::from_secs(60);
/// The longest row, in bytes.
const ROW: u64 = 64 << 20;
/// The oldest server whose catalogue is understood.
const OLDEST: i32 = 120_000;

pub(super) fn copy(address: &Address, asked: &Asked, to: &Path) -> Result<Copied, Failure> {
    let mut client = connect(address)?;
    let mut transaction =
        client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true).start().map_err(|e| failure(&e))?;
    transaction.batch_execute(&settings(address)).map_err(|e| failure(&e))?;
    let origin = origin(&mut transaction, address)?;
    let table = table::look(&mut transaction, &address.schema, asked).map_err(|failure| advise(failure, address, asked))?;
    let content = rows(&mut transaction, &table, to).map_err(|failure| advise(failure, address, asked))?;
    let rows = content.rows;
    // Nothing was written, and what was read is read.
    drop(transaction);
    Ok(Copied { shape: table.shape, origin, rows, sha256: content.sha256() })
}

fn connect(address: &Address) -> Result<Client, Failure> {
    // The driver's own sentence about an address may quote it.
    let unclear = |_| Failure::new("address", "the address is not understood: postgres://user@host:5432/database");
    let mut config: Config = address.url.parse().map_err(unclear)?;
    if config.get_password().is_some() {
        return Err(Failure::new("password", "a password stands in the address: give it in PGPASSWORD or in a file ~/.pgpass"));
    }
    let user = config.get_user().map(ToOwned::to_owned).or_else(|| terminal::variable("PGUSER")).or_else(|| terminal::variable("USER"));
    let Some(user) = user else { return Err(Failure::new("address", "the address names no user: postgres://user@host/database")) };
    config.user(&user);
    config.ssl_mode(match address.tls {
        Tls::Disable | Tls::Prefer => SslMode::Disable,
        Tls::Require | Tls::Verify => {
            return Err(Failure::new("no-tls", format!("the address asks for an encrypted connection, and {NO_TLS}")));
        }
    });
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(host)) => host.clone(),
        #[cfg(unix)]
        Some(Host::Unix(path)) => path.to_string_lossy().into_owned(),
        _ => String::new(),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let database = config.get_dbname().unwrap_or(&user).to_owned();
    let wanted = Wanted { host: &host, port, database: &database, user: &user };
    if let Some(password) = password::find(&wanted).map_err(|message| Failure::new("password", message))? {
        config.password(password);
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT);
    }
    config.application_name("readiness").keepalives_idle(Duration::from_secs(30)).tcp_user_timeout(GRACE);
    config.connect(NoTls).map_err(|error| match error.as_db_error() {
        Some(told) if wants_tls(told.message()) => Failure::new(
            "no-tls",
            format!("the server refuses this connection, which is not encrypted, and {NO_TLS}; it says: {}", told.message()),
        ),
        Some(_) => failure(&error),
        None => Failure::new("no-server", format!("{}: {}", address.server(), reason(&error))),
    })
}

/// What can be done where a connection must be encrypted.
const NO_TLS: &str = "this program speaks no TLS: connect over the server's socket (`host=/run/postgresql`), or through an SSH tunnel or a \
                      proxy beside it that speaks TLS, with `sslmode=disable`; or run `readiness audit export` on the server's machine and judge the export here";

/// Whether a server refuses a connection for not being encrypted: it has a rule for those that are (`hostssl`), or wants a certificate.
fn wants_tls(message: &str) -> bool {
    ["no encryption", "SSL off", "connection requires a valid client certificate"].iter().any(|sign| message.contains(sign))
}

/// What is set for this transaction only. Times are in UTC, numbers and bytes in the one form that loses nothing, and a policy that
/// would hide rows is an error.
fn settings(address: &Address) -> String {
    let (timeout, lock) = (address.timeout, address.lock_timeout);
    let idle = GRACE.as_millis();
    format!(
        "SET LOCAL statement_timeout = {timeout}; SET LOCAL lock_timeout = {lock}; SET LOCAL idle_in_transaction_session_timeout = {idle};
         SET LOCAL search_path = pg_catalog, pg_temp; SET LOCAL row_security = off; SET LOCAL DateStyle = 'ISO, YMD';
         SET LOCAL TimeZone = 'UTC'; SET LOCAL IntervalStyle = 'iso_8601'; SET LOCAL bytea_output = 'hex';
         SET LOCAL extra_float_digits = 3; SET LOCAL lc_monetary = 'C';"
    )
}

/// Which server this is, and which of its transactions are seen.
fn origin(transaction: &mut Transaction<'_>, address: &Address) -> Result<Origin, Failure> {
    let sql = "SELECT current_setting('server_version_num')::int4, split_part(current_setting('server_version'), ' ', 1),
        txid_current_snapshot()::text, has_function_privilege('pg_catalog.pg_control_system()', 'execute')";
    let row = transaction.query_one(sql, &[]).map_err(|e| failure(&e))?;
    let wrong = |e: Error| failure(&e);
    if row.try_get::<_, i32>(0).map_err(wrong)? < OLDEST {
        return Err(Failure::new("too-old", "the server is older than PostgreSQL 12"));
    }
    let system = match row.try_get(3).map_err(wrong)? {
        true => {
            let row = transaction.query_one("SELECT system_identifier::text FROM pg_control_system()", &[]).map_err(|e| failure(&e))?;
            Some(row.try_get(0).map_err(wrong)?)
        }
        false => None,
    };
    Ok(Origin {
        kind: "postgresql".to_owned(),
        name: address.shown.clone(),
        version: row.try_get(1).map_err(wrong)?,
        system,
        snapshot: row.try_get(2).map_err(wrong)?,
        sha256: None,
    })
}

fn rows(transaction: &mut Transaction<'_>, table: &Table, to: &Path) -> Result<sqlite::Content, Failure> {
    let unwritten = |failure: sqlite::Failure| Failure::new(failure.code, failure.message);
    let damaged = |message: String| Failure::new("damaged", format!("the server's answer is not understood: {message}"));
    let mut copy = sqlite::Copy::begin(to, &table.shape).map_err(unwritten)?;
    let mut reader = transaction.copy_out(&table.copy).map_err(|e| failure(&e))?;
    let (mut line, mut places) = (Vec::new(), Line::default());
    loop {
        line.clear();
        let read = reader.by_ref().take(ROW).read_until(b'\n', &mut line).map_err(|error| broken(&error))?;
        if read == 0 {
            return copy.finish().map_err(unwritten);
        }
        if line.pop() != Some(b'\n') {
            return Err(damaged(format!("a row is longer than {} MiB, or is cut off", ROW >> 20)));
        }
        let mut cells = Vec::with_capacity(table.kinds.len());
        places.cells(&mut line, &table.kinds, &mut cells).map_err(damaged)?;
        copy.add(&cells).map_err(unwritten)?;
    }
}

/// An error of the stream is the driver's, wrapped up.
fn broken(error: &std::io::Error) -> Failure {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(error) => failure(error),
        None => Failure::new("connection-lost", format!("the connection broke off: {error}")),
    }
}

/// What can be done about a failure.
fn advise(failure: Failure, address: &Address, asked: &Asked) -> Failure {
    let name = format!("{}.{}", address.schema, asked.table);
    let help = match failure.code {
        "timeout" => {
            format!("; reading {name} may take {} seconds: write `timeout=` in the address for more", address.timeout.div_ceil(1000))
        }
        "no-permission" => {
            format!("; all that is needed is GRANT USAGE on the schema and GRANT SELECT ON {name}, and no row-level security for this user")
        }
        "locked" => format!("; somebody holds a lock on {name}: `lock_timeout=` in the address waits longer"),
        _ => return failure,
    };
    Failure { message: failure.message + &help, ..failure }
}

/// A failure of the server's, or of the way to it.
pub(super) fn failure(error: &Error) -> Failure {
    let Some(told) = error.as_db_error() else {
        return Failure::new("connection-lost", format!("the connection broke off: {}", reason(error)));
    };
    let code = match *told.code() {
        SqlState::QUERY_CANCELED => "timeout",
        SqlState::LOCK_NOT_AVAILABLE => "locked",
        SqlState::INSUFFICIENT_PRIVILEGE => "no-permission",
        SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION | SqlState::TOO_MANY_CONNECTIONS => "refused",
        SqlState::INVALID_CATALOG_NAME => "no-database",
        SqlState::UNDEFINED_TABLE | SqlState::INVALID_SCHEMA_NAME => "no-table",
        SqlState::ADMIN_SHUTDOWN
        | SqlState::CRASH_SHUTDOWN
        | SqlState::CANNOT_CONNECT_NOW
        | SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT => "connection-lost",
        _ => "server",
    };
    Failure::new(code, format!("the server says: {}", told.message()))
}

/// The driver's sentence with what caused it.
fn reason(error: &Error) -> String {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    format!("{error}{cause}")
}
