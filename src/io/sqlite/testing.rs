//! Databases for tests, also of other rooms.

#![allow(clippy::unwrap_used)]

use rusqlite::Connection;
use std::fs;
use std::path::{Path, PathBuf};

/// A folder that is removed with the test, and a database in it that was made by this SQL.
pub struct Made {
    /// Holds the folder.
    pub folder: tempfile::TempDir,
    /// The database.
    pub path: PathBuf,
}

/// Makes a database.
pub fn make(sql: &str) -> Made {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made.db");
    Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    Made { folder, path }
}

impl Made {
    /// Another file in the same folder.
    pub fn beside(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }
}

/// Runs SQL in write-ahead mode and keeps the files as they are while the writer still works: `after` is never committed.
pub fn make_with_log(sql: &str, after: &str) -> Made {
    let made = make("PRAGMA journal_mode = WAL; PRAGMA user_version = 1");
    let writer = Connection::open(&made.path).unwrap();
    writer.execute_batch(&format!("PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = 1; {sql}; BEGIN; {after};")).unwrap();
    let log = |path: &Path| path.with_extension("db-wal");
    let copy = made.folder.path().join("copy.db");
    fs::copy(&made.path, &copy).unwrap();
    fs::copy(log(&made.path), log(&copy)).unwrap();
    Made { folder: made.folder, path: copy }
}
