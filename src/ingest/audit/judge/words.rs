//! Texts: the words a column may hold, characters that steer, who did it, and what is said about persons.

use super::{Cell, Column, Found, Judge, Row, shown};
use crate::ingest::audit::column::{COLUMNS, Null, WORDED};
use crate::ingest::audit::pii;
use crate::io::spelling;

/// The columns that hold texts.
const TEXTS: [Column; 11] = [
    Column::Table,
    Column::Operation,
    Column::Error,
    Column::Run,
    Column::Job,
    Column::Trigger,
    Column::Actor,
    Column::Environment,
    Column::Host,
    Column::Version,
    Column::Schema,
];
/// So many texts of a column are remembered.
const FAMILIAR: usize = 6;

/// Texts that were found in order, among them the words that a column may hold, by column: most rows repeat what the rows before them said.
#[derive(Debug)]
pub(super) struct Familiar([Vec<Vec<u8>>; COLUMNS]);

impl std::default::Default for Familiar {
    fn default() -> Self {
        Familiar(std::array::from_fn(|_| Vec::new()))
    }
}

/// The columns of a row whose texts are familiar, a bit for each.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Repeated(u32);

impl Repeated {
    fn has(self, column: Column) -> bool {
        self.0 >> (column as usize) & 1 == 1
    }
}

impl Familiar {
    fn repeated(&self, row: &Row<'_>) -> Repeated {
        let repeats = |column: Column| match row.get(column) {
            Cell::Text(text) => self.0[column as usize].iter().rev().any(|known| known == text),
            _ => false,
        };
        Repeated(TEXTS.into_iter().filter(|column| repeats(*column)).fold(0, |bits, column| bits | 1 << (column as usize)))
    }

    /// Remembers a text, the newest in the place of the last.
    fn meet(&mut self, column: Column, text: &[u8]) {
        let known = &mut self.0[column as usize];
        if known.len() < FAMILIAR {
            known.push(text.to_owned());
        } else if let Some(last) = known.last_mut() {
            text.clone_into(last);
        }
    }
}

impl Judge {
    /// A row says which run wrote it.
    pub(super) fn run_id(&self, row: &Row<'_>, legacy: bool, found: &mut Found) {
        let cell = row.get(Column::Run);
        let bare = matches!(cell, Cell::Text([byte, ..]) if byte.is_ascii_graphic());
        let blank = !bare && cell.text().is_some_and(|id| id.trim().is_empty());
        if self.has(Column::Run) && (blank || cell.is_null() && !legacy && self.terms.map.is_added(Column::Run)) {
            found.say("AUD-RUN-ID", || format!("{} is {}: nothing says which run wrote the row", self.label(Column::Run), shown(cell)));
        }
    }

    /// The table's name.
    pub(super) fn table<'a>(&self, row: &Row<'a>, found: &mut Found) -> Option<&'a str> {
        let cell = row.get(Column::Table);
        let name = cell.text().filter(|name| !name.trim().is_empty());
        if name.is_none() && self.has(Column::Table) {
            found.mistyped(Column::Table, self.label(Column::Table), cell, "the name of a table");
        }
        name
    }

    pub(super) fn dry_run(&self, row: &Row<'_>, found: &mut Found) -> Option<bool> {
        if !self.has(Column::DryRun) {
            return Some(false);
        }
        let cell = row.get(Column::DryRun);
        let understood = match cell {
            Cell::Integer(0) => return Some(false),
            Cell::Integer(1) => return Some(true),
            Cell::Integer(_) => {
                found.say("AUD-RANGE", || format!("{} is {}, not 0 or 1", self.label(Column::DryRun), shown(cell)));
                return Some(true);
            }
            Cell::Text(text) => match text.trim_ascii().to_ascii_lowercase().as_slice() {
                b"true" | b"t" | b"yes" | b"y" | b"on" | b"1" => Some(true),
                b"false" | b"f" | b"no" | b"n" | b"off" | b"0" => Some(false),
                _ => None,
            },
            _ => None,
        };
        found.mistyped(Column::DryRun, self.label(Column::DryRun), cell, "0 or 1");
        understood
    }

    /// Whether the row names an error, which is a finding by itself.
    pub(super) fn failed(&self, row: &Row<'_>, found: &mut Found) -> bool {
        let failed = !row.get(Column::Error).is_null();
        if failed {
            found.say("RET-ERROR", || format!("{} {}", self.label(Column::Error), row.shown(Column::Error)));
        }
        failed
    }

    /// The texts of a row that need no second look.
    pub(super) fn repeated(&self, row: &Row<'_>) -> Repeated {
        self.familiar.repeated(row)
    }

    pub(super) fn words(&self, row: &Row<'_>, legacy: bool, repeated: Repeated, found: &mut Found) {
        for (column, words) in WORDED.into_iter().zip(&self.terms.map.words).filter(|(column, _)| !repeated.has(*column)) {
            let cell = row.get(column);
            let excused = cell.is_null() && (self.allows_null(column) || legacy && self.terms.map.is_added(column));
            if self.has(column) && !excused && !allowed(words, cell) {
                let code = if column == Column::Environment { "AUD-ENV" } else { "AUD-ENUM" };
                found.say(code, || {
                    let near = cell.text().and_then(|t| spelling::nearest(t.trim(), words.iter().map(String::as_str)));
                    let near = near.map(|word| format!(" (`{word}`?)")).unwrap_or_default();
                    format!("{} is {}{near}, not one of {}", self.label(column), shown(cell), words.join(", "))
                });
            }
        }
        for column in self.refused.iter().copied().filter(|column| row.get(*column).is_null()) {
            found.say("AUD-NULL", || format!("{} is NULL", self.label(column)));
        }
        let schema = self.terms.map.migration.as_ref().map(|(schema, _)| schema.as_str());
        if let Some(schema) = schema.filter(|_| !legacy && self.has(Column::Schema)) {
            let cell = row.get(Column::Schema);
            if !cell.is(schema) {
                found.say("AUD-SCHEMA", || {
                    format!("{} is {}, and the table is of schema {schema}", self.label(Column::Schema), shown(cell))
                });
            }
        }
    }

    fn allows_null(&self, column: Column) -> bool {
        self.terms.map.origin(column).is_some_and(|origin| origin.null == Null::Allowed)
    }

    /// Texts are texts, in UTF-8, without characters that steer a terminal or turn the direction of writing, and name no person.
    pub(super) fn texts(&mut self, row: &Row<'_>, repeated: Repeated, found: &mut Found) {
        for column in TEXTS.into_iter().filter(|column| !repeated.has(*column)) {
            let text = match row.get(column) {
                Cell::Null | Cell::Integer(_) => continue,
                Cell::Text(text) => text,
                cell => {
                    // The name of the table is told already.
                    if column != Column::Table {
                        found.mistyped(column, self.label(column), cell, "a text");
                    }
                    continue;
                }
            };
            let words = WORDED.iter().position(|worded| *worded == column).and_then(|place| self.terms.map.words.get(place));
            let known = words.is_none_or(|words| allowed(words, row.get(column)));
            if self.is_in_order(column, text, found) && known {
                self.familiar.meet(column, text);
            }
        }
        if let Cell::Text(ids) = row.get(Column::Ids)
            && memchr::memchr(b'"', ids).is_some()
            && self.terms.map.pii.columns.contains(&Column::Ids)
        {
            self.persons(Column::Ids, std::str::from_utf8(ids).unwrap_or(""), found);
        }
    }

    /// Says what is wrong with a text.
    fn is_in_order(&self, column: Column, text: &[u8], found: &mut Found) -> bool {
        let Ok(text) = std::str::from_utf8(text) else {
            found.say("AUD-ENCODING", || format!("{} is not UTF-8", self.label(column)));
            return false;
        };
        // An error may be many lines long, and in a script or with a picture that joins its letters.
        let allowed = |c: char| column == Column::Error && matches!(c, '\n' | '\r' | '\t' | '\u{200c}' | '\u{200d}');
        let plain = text.bytes().all(|b| (0x20..0x7f).contains(&b));
        let steering = if plain { None } else { text.chars().find(|c| steers(*c) && !allowed(*c)) };
        if let Some(c) = steering {
            found.say("AUD-CONTROL-CHARS", || format!("{} holds U+{:04X}", self.label(column), u32::from(c)));
        }
        let named = self.terms.map.pii.columns.contains(&column) && self.persons(column, text, found);
        steering.is_none() && !named
    }

    /// Says what a text holds about persons, if anything.
    fn persons(&self, column: Column, text: &str, found: &mut Found) -> bool {
        let person = self.person(text);
        if let Some(what) = person {
            found.say("AUD-PII", || format!("{} holds {what} (not shown)", self.label(column)));
        }
        person.is_some()
    }

    /// What a text holds about persons.
    pub(super) fn person(&self, text: &str) -> Option<&'static str> {
        let pii = &self.terms.map.pii;
        let meant = |(detector, hit): &(&pii::Detector, &str)| {
            pii.detect.contains(&detector.name) && !pii.allow.iter().any(|allowed| hit == allowed || hit.ends_with(allowed.as_str()))
        };
        pii::look(text).find(meant).map(|(detector, _)| detector.what)
    }

    pub(super) fn environment<'a>(&self, row: &Row<'a>, repeated: Repeated) -> Option<&'a str> {
        let place = WORDED.iter().position(|column| *column == Column::Environment)?;
        let words = self.terms.map.words.get(place)?;
        let cell = row.get(Column::Environment);
        cell.text().filter(|_| repeated.has(Column::Environment) || allowed(words, cell))
    }

    pub(super) fn is_manual(&self, row: &Row<'_>) -> bool {
        self.terms.map.manual.as_ref().is_some_and(|(trigger, _)| row.get(Column::Trigger).is(trigger))
    }

    pub(super) fn actor(&self, row: &Row<'_>, legacy: bool, found: &mut Found) {
        if legacy {
            return;
        }
        for pair in &self.terms.map.never {
            let all = pair.iter().all(|(column, word)| row.get(*column).is(word));
            if all {
                found.say("RET-TRIGGER", || {
                    let words: Vec<String> = pair.iter().map(|(column, word)| format!("{} {word}", self.label(*column))).collect();
                    words.join(" with ")
                });
            }
        }
        let Some((trigger, nobody)) = self.terms.map.manual.as_ref().filter(|_| self.has(Column::Actor) && self.is_manual(row)) else {
            return;
        };
        let cell = row.get(Column::Actor);
        let named = cell
            .text()
            .map(str::trim)
            .is_some_and(|actor| !actor.is_empty() && !nobody.iter().any(|n| spelling::skeleton(n) == spelling::skeleton(actor)));
        if !named {
            found.say("RET-ACTOR", || format!("a {trigger} run whose {} is {}", self.label(Column::Actor), shown(cell)));
        }
    }
}

/// Whether a value is one of the words of its column, of which there may be no list.
fn allowed(words: &[String], cell: Cell<'_>) -> bool {
    words.is_empty() || words.iter().any(|word| cell.is(word))
}

/// Whether a character steers a terminal, turns the direction of writing, or is there and not seen.
fn steers(c: char) -> bool {
    let unseen = matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}');
    c.is_control() || unseen
}
