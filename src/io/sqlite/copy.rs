//! Writes a table into a new database file that only we can read: the same rows give the same bytes and the same digest.

use super::{Cell, Failure, explain, quoted};
use crate::io::hash::Sum;
use crate::partition::Shape;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql};
use std::fs::OpenOptions;
use std::path::Path;

/// A table on its way into a file.
pub struct Copy {
    connection: Connection,
    insert: String,
    columns: usize,
    content: Content,
}

/// The rows of a table, whatever holds them.
///
/// The digest is SHA-256 over the number of columns and their names, then the rows. A name is its length in four bytes and its
/// UTF-8; of a row every cell is a byte for its kind, and its value: `00` NULL, `01` eight bytes, `02` the eight bytes of a binary
/// fraction, `03` the length in four bytes and the text, `04` the length in four bytes and the bytes; all numbers big-endian.
#[derive(Clone, Debug, Default)]
pub struct Content {
    /// How many there are.
    pub rows: u64,
    sum: Sum,
    buffer: Vec<u8>,
}

impl Content {
    /// No row yet of a table.
    pub fn new(shape: &Shape) -> Content {
        let mut content = Content::default();
        content.buffer.extend(length(shape.columns.len()));
        for column in &shape.columns {
            content.buffer.extend(length(column.name.len()));
            content.buffer.extend(column.name.as_bytes());
        }
        content
    }

    /// Adds a row.
    pub fn add(&mut self, cells: &[Cell<'_>]) {
        self.rows += 1;
        for cell in cells {
            match *cell {
                Cell::Null => self.buffer.push(0),
                Cell::Integer(n) => self.fixed(1, n.to_be_bytes()),
                Cell::Real(x) => self.fixed(2, x.to_bits().to_be_bytes()),
                Cell::Text(text) => self.bytes(3, text),
                Cell::Blob(blob) => self.bytes(4, blob),
            }
        }
        if self.buffer.len() >= 1 << 16 {
            self.sum.add(&self.buffer);
            self.buffer.clear();
        }
    }

    fn fixed(&mut self, kind: u8, bytes: [u8; 8]) {
        self.buffer.push(kind);
        self.buffer.extend(bytes);
    }

    fn bytes(&mut self, kind: u8, bytes: &[u8]) {
        self.buffer.push(kind);
        self.buffer.extend(length(bytes.len()));
        self.buffer.extend(bytes);
    }

    /// The digest of all rows.
    pub fn sha256(mut self) -> String {
        self.sum.add(&self.buffer);
        self.sum.finish()
    }
}

fn length(n: usize) -> [u8; 4] {
    u32::try_from(n).unwrap_or(u32::MAX).to_be_bytes()
}

impl Copy {
    /// Begins a new file.
    ///
    /// # Errors
    /// When the file is there already or cannot be written, or the table cannot be made.
    pub fn begin(path: &Path, shape: &Shape) -> Result<Copy, Failure> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path).map_err(|e| Failure::new("unwritable", format!("{}: {e}", path.display())))?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
        let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
        // Nobody else sees the file before it is finished, and one that is not finished is thrown away.
        connection
            .execute_batch("PRAGMA page_size = 4096; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -4096;")
            .and_then(|()| connection.execute_batch(&schema(shape)))
            .map_err(failed)?;
        let name = quoted(&shape.name);
        if let Some(given) = shape.given.filter(|_| shape.counted) {
            connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)", (&shape.name, given)).map_err(failed)?;
        }
        let places = vec!["?"; shape.columns.len()].join(", ");
        let insert = format!("INSERT INTO {name} VALUES ({places})");
        Ok(Copy { connection, insert, columns: shape.columns.len(), content: Content::new(shape) })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// When it has other columns than the table, or cannot be written.
    pub fn add(&mut self, cells: &[Cell<'_>]) -> Result<(), Failure> {
        if cells.len() != self.columns {
            return Err(Failure::new("damaged", format!("a row has {} values for {} columns", cells.len(), self.columns)));
        }
        let mut statement = self.connection.prepare_cached(&self.insert).map_err(failed)?;
        statement.execute(rusqlite::params_from_iter(cells)).map_err(failed)?;
        self.content.add(cells);
        Ok(())
    }

    /// Ends the file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self) -> Result<Content, Failure> {
        self.connection.execute_batch("COMMIT").map_err(failed)?;
        self.connection.close().map_err(|(_, error)| failed(error))?;
        Ok(self.content)
    }
}

/// What makes the table, and begins the one transaction in which it is filled. An index is made for no row: that there is one is
/// known, and nobody pays for it.
fn schema(shape: &Shape) -> String {
    let name = quoted(&shape.name);
    let column = |column: &crate::partition::Column| {
        let key = match column.key {
            true if shape.counted => " PRIMARY KEY AUTOINCREMENT",
            true => " PRIMARY KEY",
            false => "",
        };
        let default = column.default.as_deref().filter(|text| is_literal(text));
        let default = default.map(|text| format!(" DEFAULT {text}")).unwrap_or_default();
        format!("{} {}{key}{default}", quoted(&column.name), column.declared())
    };
    let columns: Vec<String> = shape.columns.iter().map(column).collect();
    let mut sql = format!("BEGIN; CREATE TABLE {name} ({});", columns.join(", "));
    for (n, column) in shape.indexed.iter().enumerate() {
        sql += &format!("CREATE INDEX {} ON {name} ({}) WHERE 0;", quoted(&format!("index_{n}")), quoted(column));
    }
    for trigger in &shape.triggers {
        sql += &format!("CREATE TRIGGER {} BEFORE DELETE ON {name} WHEN 0 BEGIN SELECT 0; END;", quoted(trigger));
    }
    sql
}

/// Whether a default is one literal, which can do nothing but be a value.
pub fn is_literal(text: &str) -> bool {
    if let Some(inner) = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        return !inner.replace("''", "").contains(['\'', '\0']);
    }
    let number = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_number = number.starts_with(|c: char| c.is_ascii_digit()) && number.chars().all(|c| c.is_ascii_digit() || c == '.');
    let words = ["NULL", "TRUE", "FALSE", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME"];
    (is_number && number.matches('.').count() < 2) || words.iter().any(|word| word.eq_ignore_ascii_case(text))
}

fn failed(error: rusqlite::Error) -> Failure {
    let failure = explain(&error);
    Failure { code: "unwritable", message: format!("the private copy cannot be written: {}", failure.message), ..failure }
}

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Cell::Null => ValueRef::Null,
            Cell::Integer(n) => ValueRef::Integer(n),
            Cell::Real(x) => ValueRef::Real(x),
            Cell::Text(text) => ValueRef::Text(text),
            Cell::Blob(blob) => ValueRef::Blob(blob),
        }))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::instant::Instant;
    use crate::io::sqlite::Snapshot;
    use crate::partition::{Affinity, Column};
    use std::ops::ControlFlow;

    fn column(name: &str, affinity: Affinity) -> Column {
        Column { name: name.into(), affinity, ..Column::default() }
    }

    fn shape() -> Shape {
        let id = Column { key: true, ..column("id", Affinity::Integer) };
        let text = Column { default: Some("'it''s'".into()), ..column("a \"b\"", Affinity::Text) };
        Shape {
            name: "t".into(),
            columns: vec![id, text, column("c", Affinity::Blob)],
            id: Some("id".into()),
            counted: true,
            given: Some(9),
            indexed: vec!["c".into()],
            triggers: vec!["guard".into()],
        }
    }

    const ROWS: [[Cell<'static>; 3]; 3] = [
        [Cell::Integer(1), Cell::Text(b"x"), Cell::Null],
        [Cell::Integer(2), Cell::Text(b"\xff"), Cell::Real(0.1)],
        [Cell::Integer(7), Cell::Null, Cell::Blob(b"\0\x01")],
    ];

    #[test]
    fn the_same_rows_give_the_same_file() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, rows: &[[Cell<'_>; 3]]| {
            let path = folder.path().join(name);
            let mut copy = Copy::begin(&path, &shape()).unwrap();
            rows.iter().for_each(|row| copy.add(row).unwrap());
            let content = copy.finish().unwrap();
            (std::fs::read(&path).unwrap(), content.rows, content.sha256())
        };
        let (one, two, fewer) = (write("one.db", &ROWS), write("two.db", &ROWS), write("fewer.db", &ROWS[..2]));
        assert_eq!(one, two);
        assert_ne!(one.2, fewer.2);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(folder.path().join("one.db")).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let snapshot = Snapshot::open(&folder.path().join("one.db"), Instant(0)).unwrap();
        let mut content = Content::new(&shape());
        let mut query = snapshot.query("SELECT * FROM t").unwrap();
        query
            .run(|row| {
                content.add(&[row.cell(0), row.cell(1), row.cell(2)]);
                ControlFlow::Continue(())
            })
            .unwrap();
        assert_eq!((content.rows, content.sha256()), (3, one.2));
        assert_eq!(snapshot.table("t").unwrap().triggers, ["guard"]);
        let mut given = None;
        let mut query = snapshot.query("SELECT seq FROM sqlite_sequence").unwrap();
        query
            .run(|row| {
                given = row.cell(0).integer();
                ControlFlow::Continue(())
            })
            .unwrap();
        assert_eq!(given, Some(9));
    }

    #[test]
    fn only_literals_are_defaults() {
        for text in ["1", "-2.5", "'a'", "''", "'it''s'", "NULL", "current_timestamp"] {
            assert!(is_literal(text), "{text}");
        }
        for text in ["", "'a' || 'b'", "1); DROP TABLE t", "'", "'a''", "random()", "1.2.3", "-"] {
            assert!(!is_literal(text), "{text}");
        }
    }

    #[test]
    fn nothing_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("there.db");
        std::fs::write(&path, "x").unwrap();
        assert_eq!(Copy::begin(&path, &shape()).err().unwrap().code, "unwritable");
        assert!(Copy::begin(&folder.path().join("new.db"), &shape()).unwrap().add(&[Cell::Null]).is_err());
    }
}
