//! What names a row: a whole number above nothing, or a text where all rows have one, and no other row's.

use super::{Cell, Column, Found, Judge, Row, Tally, shown};
use crate::io::hash;
use crate::io::private::Sorter;

/// An id in 16 bytes and the row in 8, so that their bytes sort as they do.
const ENTRY: usize = 24;

/// The ids so far.
#[derive(Default)]
pub(super) struct Identity {
    /// Whether the first one was a text.
    texts: Option<bool>,
    /// All of them, where the table lets two rows have the same.
    all: Sorter<ENTRY>,
    failed: Option<String>,
}

impl Judge {
    /// Judges the id of a row, and remembers it.
    pub(super) fn identity(&mut self, row: &Row<'_>, found: &mut Found) {
        if !self.has(Column::Id) {
            return;
        }
        let (cell, label) = (row.get(Column::Id), self.terms.map.label(Column::Id));
        let key = match cell {
            Cell::Null => return found.say("AUD-NULL", || format!("{label} is NULL")),
            Cell::Integer(n) => {
                if n < 0 {
                    found.say("AUD-NEGATIVE", || format!("{label} is {n}, which no counter gives"));
                }
                u128::from(n.cast_unsigned())
            }
            Cell::Text(text) => hash::short(&String::from_utf8_lossy(text)) | 1 << 127,
            cell => return found.mistyped(Column::Id, label, cell, "a whole number or a text"),
        };
        let is_text = matches!(cell, Cell::Text(_));
        let usual = *self.identity.texts.get_or_insert(is_text);
        if usual != is_text {
            let others = if usual { "texts" } else { "whole numbers" };
            found.say("AUD-TYPE", || format!("{label} is {}, and others are {others}", shown(cell)));
        }
        if self.terms.numbered || self.identity.failed.is_some() {
            return;
        }
        let mut entry = [0; ENTRY];
        entry[..16].copy_from_slice(&key.to_be_bytes());
        entry[16..].copy_from_slice(&row.id.to_be_bytes());
        self.identity.failed = self.identity.all.add(entry).err().map(|error| error.to_string());
    }
}

impl Identity {
    /// Tells the ids that several rows have.
    pub(super) fn finish(self, tally: &mut Tally, label: &str) {
        let mut before: Option<([u8; 16], u64, i64)> = None;
        let mut say = |(_, rows, row): ([u8; 16], u64, i64)| {
            if rows > 1 {
                tally.say(Some(row), "AUD-ID-TWICE", format!("{rows} rows have this {label}"));
            }
        };
        let outcome = self.failed.map_or(Ok(()), Err).and_then(|()| {
            let each = self.all.each(Vec::new(), |entry| {
                let (Ok(key), Ok(row)) = (<[u8; 16]>::try_from(&entry[..16]), <[u8; 8]>::try_from(&entry[16..])) else { return };
                match &mut before {
                    Some((known, rows, _)) if *known == key => *rows += 1,
                    other => other.replace((key, 1, i64::from_be_bytes(row))).into_iter().for_each(&mut say),
                }
            });
            each.map_err(|error| error.to_string())
        });
        before.into_iter().for_each(say);
        if let Err(error) = outcome {
            tally.trouble.push(format!("whether ids are given twice could not be judged: {error}"));
        }
    }
}
