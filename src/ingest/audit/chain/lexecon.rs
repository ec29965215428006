//! The chain of Lexecon's ledger: SHA-256 of the compact JSON, with sorted keys and in ASCII, of an entry's `data`, `entry_id`,
//! `event_type`, `previous_hash` and `timestamp`. The first entry is `genesis`; the table `ledger_metadata` holds the hash of the
//! last one, which Lexecon itself never compares.

use super::links::{Finding, Hash, Link};
use super::native::stated;
use crate::io::hash::{digest, hex, unhex};
use crate::io::json;
use crate::io::sqlite::{Cell, Failure, Row, Snapshot, Table, quoted};
use std::ops::ControlFlow;

/// The columns that are hashed, beside the hash before: in the order of their keys.
pub const COLUMNS: [&str; 4] = ["data", "entry_id", "event_type", "timestamp"];

/// All columns of a ledger but those of its hashes.
pub const KNOWN: [&str; 5] = ["data", "entry_id", "event_type", "timestamp", "created_at"];

/// The entries of a ledger, in the order of their times.
pub struct Ledger<'s> {
    snapshot: &'s Snapshot,
    sql: String,
}

impl<'s> Ledger<'s> {
    /// The entries of `table`, whose hashes stand in these columns.
    pub fn new(snapshot: &'s Snapshot, table: &Table, [prev, hash]: [&str; 2]) -> Ledger<'s> {
        let names: Vec<String> = COLUMNS.into_iter().chain([prev, hash]).map(quoted).collect();
        let select = format!("SELECT {} FROM {} NOT INDEXED ORDER BY timestamp", names.join(", "), quoted(&table.name));
        // Entries of one moment stand in the order they were written.
        let exact = format!("{select}, rowid");
        let sql = if snapshot.query(&exact).is_ok() { exact } else { select };
        Ledger { snapshot, sql }
    }

    /// Goes over all entries as links of a chain, numbered from 1.
    ///
    /// # Errors
    /// When the table cannot be read to its end.
    pub fn links(&self, mut each: impl FnMut(Link<'_>)) -> Result<(), Failure> {
        let (mut number, mut text) = (0, String::new());
        self.snapshot.query(&self.sql)?.run(|row| {
            number += 1;
            let [prev, hash] = [COLUMNS.len(), COLUMNS.len() + 1].map(|at| stated(row.cell(at)));
            let mut compute = |before: &Hash, _: i64| {
                text.clear();
                entry(row, before, &mut text).map_or([0; 32], |()| digest(text.as_bytes()))
            };
            each(Link { row: number, prev, hash, compute: &mut compute });
            ControlFlow::Continue(())
        })
    }

    /// What is wrong with the ends of the ledger.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn ends(&self, rows: u64, head: Option<Hash>) -> Result<Vec<Finding>, Failure> {
        let mut findings = Vec::new();
        self.snapshot.query(&format!("{} LIMIT 1", self.sql))?.run(|row| {
            let first = row.cell(1);
            if first.text() != Some("genesis") {
                findings.push((1, "CHAIN-GENESIS", format!("the first entry is {first}, not `genesis`")));
            }
            ControlFlow::Break(())
        })?;
        let last = i64::try_from(rows).unwrap_or(i64::MAX);
        match self.latest()? {
            None => findings.push((last, "CHAIN-HEAD", "ledger_metadata has no latest_hash".to_owned())),
            Some(Err(cell)) => findings.push((last, "CHAIN-HEAD", format!("latest_hash is {cell}, not a hash"))),
            Some(Ok(latest)) if Some(latest) != head => {
                let head = head.map_or_else(String::new, |head| format!(", which is {}…", &hex(&head)[..12]));
                let sentence = format!(
                    "latest_hash is not the hash of the last entry{head} but {}…: entries were taken from the end, or it was not kept up to date",
                    &hex(&latest)[..12]
                );
                findings.push((last, "CHAIN-HEAD", sentence));
            }
            Some(Ok(_)) => {}
        }
        Ok(findings)
    }

    /// The hash that the ledger's metadata hold, or what stands there instead.
    fn latest(&self) -> Result<Option<Result<Hash, String>>, Failure> {
        let mut latest = None;
        if self.snapshot.table("ledger_metadata").is_some_and(Table::is_readable) {
            self.snapshot.query("SELECT value FROM ledger_metadata WHERE key = 'latest_hash'")?.run(|row| {
                let cell = row.cell(0);
                latest = Some(cell.text().and_then(|text| unhex(text.as_bytes())).ok_or_else(|| cell.to_string()));
                ControlFlow::Break(())
            })?;
        }
        Ok(latest)
    }
}

/// Writes the JSON that an entry's hash is taken of; nothing when a column is no text or its data no JSON.
fn entry(row: &Row<'_>, before: &Hash, out: &mut String) -> Option<()> {
    let text = |at: usize| row.cell(at).text();
    out.push_str("{\"data\":");
    json::canonical(text(0)?, out).ok()?;
    for (key, at) in [("entry_id", 1), ("event_type", 2)] {
        out.push_str(&format!(",\"{key}\":"));
        json::ascii(text(at)?, out);
    }
    out.push_str(",\"previous_hash\":");
    // As it is written, in whatever case; a row that names none is judged as if it named the right one.
    match row.cell(COLUMNS.len()) {
        Cell::Text(stated) if stated.len() == 64 => json::ascii(std::str::from_utf8(stated).ok()?, out),
        _ => json::ascii(&hex(before), out),
    }
    out.push_str(",\"timestamp\":");
    json::ascii(text(3)?, out);
    out.push('}');
    Some(())
}
