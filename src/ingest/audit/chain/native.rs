//! The bytes of a row that hashes are taken of, whatever the table.
//!
//! Every column in order: NULL is `00`; a whole number `01` and 8 bytes, most significant first; a binary fraction `02` and its 8
//! bytes of IEEE 754; text `03`, its length in 4 bytes and its UTF-8; a blob `04`, its length in 4 bytes and itself. No two rows
//! have the same bytes. The hash of a row in the chain is SHA-256 of the hash before it and these bytes; its leaf in a tree is
//! SHA-256 of a zero byte and these bytes (RFC 6962, section 2.1).

use super::links::{Hash, Link, Stated};
use crate::io::hash::{digest, unhex};
use crate::io::sqlite::{Cell, Failure, Row, Snapshot, Table, quoted};
use std::ops::ControlFlow;

/// Room for the hash before the row.
const ROOM: usize = 32;

/// A row's bytes, in memory that is used again for the next row.
#[derive(Debug)]
pub struct Encoder {
    bytes: Vec<u8>,
}

impl Encoder {
    /// Nothing yet.
    pub fn new() -> Encoder {
        Encoder { bytes: vec![0; ROOM] }
    }

    /// Takes the cells of a row.
    pub fn take<'c>(&mut self, cells: impl Iterator<Item = Cell<'c>>) {
        self.bytes.truncate(ROOM);
        cells.for_each(|cell| self.cell(cell));
    }

    fn cell(&mut self, cell: Cell<'_>) {
        match cell {
            Cell::Null => self.bytes.push(0),
            Cell::Integer(n) => self.fixed(1, n.to_be_bytes()),
            Cell::Real(x) => self.fixed(2, x.to_bits().to_be_bytes()),
            Cell::Text(text) => self.sized(3, text),
            Cell::Blob(blob) => self.sized(4, blob),
        }
    }

    fn fixed(&mut self, kind: u8, bytes: [u8; 8]) {
        self.bytes.push(kind);
        self.bytes.extend_from_slice(&bytes);
    }

    fn sized(&mut self, kind: u8, bytes: &[u8]) {
        self.bytes.push(kind);
        // No cell is longer than the door to SQLite allows, which is far below four gigabytes.
        self.bytes.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        self.bytes.extend_from_slice(bytes);
    }

    /// The row's hash in a chain.
    pub fn chained(&mut self, prev: &Hash) -> Hash {
        self.bytes[..ROOM].copy_from_slice(prev);
        digest(&self.bytes)
    }

    /// The row's leaf in a tree.
    pub fn leaf(&mut self) -> Hash {
        self.bytes[ROOM - 1] = 0;
        digest(&self.bytes[ROOM - 1..])
    }
}

/// The rows of a table, in the order of their numbers.
pub struct Rows<'s> {
    snapshot: &'s Snapshot,
    sql: String,
    columns: usize,
    /// Which column is the number.
    id: Option<usize>,
}

impl<'s> Rows<'s> {
    /// The `covered` columns of a table and, where it is a chain, its two columns of hashes.
    pub fn new(snapshot: &'s Snapshot, table: &Table, covered: &[&str], id: Option<&str>, hashes: Option<[&str; 2]>) -> Rows<'s> {
        let names: Vec<String> = covered.iter().copied().chain(hashes.into_iter().flatten()).map(quoted).collect();
        let order = id.map(|id| format!(" ORDER BY {}", quoted(id))).unwrap_or_default();
        let sql = format!("SELECT {} FROM {} NOT INDEXED{order}", names.join(", "), quoted(&table.name));
        let id = id.and_then(|id| covered.iter().position(|name| *name == id));
        Rows { snapshot, sql, columns: covered.len(), id }
    }

    /// Goes over all rows, giving each one's number and bytes, and the cells that hold its hashes.
    ///
    /// # Errors
    /// When the table cannot be read to its end.
    pub fn each(&self, mut each: impl FnMut(i64, &mut Encoder, &Row<'_>)) -> Result<(), Failure> {
        let (mut encoder, mut position) = (Encoder::new(), 0);
        self.snapshot.query(&self.sql)?.run(|row| {
            position += 1;
            let number = self.id.and_then(|id| row.cell(id).integer()).unwrap_or(position);
            encoder.take((0..self.columns).map(|column| row.cell(column)));
            each(number, &mut encoder, row);
            ControlFlow::Continue(())
        })
    }

    /// Goes over all rows as links of a chain.
    ///
    /// # Errors
    /// When the table cannot be read to its end.
    pub fn links(&self, mut each: impl FnMut(Link<'_>)) -> Result<(), Failure> {
        self.each(|number, encoder, row| {
            let [prev, hash] = [0, 1].map(|at| stated(row.cell(self.columns + at)));
            let mut compute = |before: &Hash, other: i64| {
                if other != number {
                    let renumbered = |column| if self.id == Some(column) { Cell::Integer(other) } else { row.cell(column) };
                    encoder.take((0..self.columns).map(renumbered));
                }
                encoder.chained(before)
            };
            each(Link { row: number, prev, hash, compute: &mut compute });
        })
    }
}

/// A hash as a cell holds it: 32 bytes, or 64 hex digits of either case.
pub fn stated(cell: Cell<'_>) -> Stated {
    match cell {
        Cell::Blob(blob) => blob.try_into().map_err(|_| format!("has {} bytes, not 32", blob.len())),
        Cell::Text(text) if text.len() == 64 => unhex(text).ok_or_else(|| format!("is {cell}, which is not hex")),
        Cell::Text(text) => Err(format!("has {} characters, not 64 hex digits", text.len())),
        cell => Err(format!("is {cell}")),
    }
}
