//! One file being read: what is known of it, what is wrong with it, and the ways to go through it.

use super::Request;
use crate::error::Diagnostic;
use crate::io::archive::{self, Archive};
use crate::io::csv;
use crate::io::fs::Artifact;
use crate::io::hash::Hashing;
use crate::io::json::{self, Flaw, Mistake, Tolerant};
use crate::io::lines::{self, Fault, Lines};
use crate::io::xml::{Xml, XmlError};
use crate::io::yaml::{self, Node};
use crate::source::{Grade, Location, Problem, Source};
use serde::Deserialize;
use serde::de::DeserializeSeed;
use std::borrow::Cow;
use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::ops::ControlFlow;

/// An XML file being read.
pub type Document<'a> = Xml<&'a mut Hashing<BufReader<File>>>;

/// The longest line of a text format, in bytes.
const LINE: usize = 16 * 1024 * 1024;

/// The largest YAML file, in bytes.
const YAML: u64 = 4 * 1024 * 1024;

/// The largest table of separated values, in bytes.
const TABLE: u64 = 256 * 1024 * 1024;

/// After this many mistakes the rest of a table is not read.
const MISTAKES: usize = 100;

/// A table of separated values.
pub struct Table {
    /// The cells of its header, without the blanks around them.
    pub columns: Vec<String>,
    /// The line of every row, and its cells: as many as the header has.
    pub rows: Vec<(u64, Vec<String>)>,
}

/// A table of separated values whose rows are taken where they lie in the text.
pub struct Sheet {
    text: String,
    separator: char,
}

impl Sheet {
    /// The header and every row that has as many cells. What is wrong with the others is the business of [`Reading::even_rows`].
    pub fn rows(&self) -> impl Iterator<Item = csv::Row<'_>> {
        let mut width = None;
        let rows = csv::Rows::new(&self.text, self.separator).flatten().filter(|row| !row.is_blank());
        rows.filter(move |row| row.cells.len() == *width.get_or_insert(row.cells.len()))
    }
}

/// One file being read.
pub struct Reading<'a> {
    /// The file.
    pub artifact: &'a Artifact,
    /// What is asked.
    pub request: &'a Request<'a>,
    /// What is known of the file; a reader fills in date, commit, mode and content.
    pub source: Source,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(artifact: &'a Artifact, request: &'a Request<'a>) -> Self {
        let source = Source { path: artifact.name.clone(), bytes: artifact.size, ..Source::default() };
        Reading { artifact, request, source, problems: Vec::new() }
    }

    /// Opens the file from its beginning; a file that cannot be opened is noted.
    pub fn open(&mut self) -> Option<Hashing<BufReader<File>>> {
        self.artifact.open().map_err(|e| self.error("unreadable", Location::whole(), e.to_string())).ok()
    }

    /// Reads a file of a folder; what is wrong with it is noted under its own name.
    pub fn member<T>(&mut self, name: &str, read: impl FnOnce(&mut Reading<'_>) -> T) -> Option<T> {
        match self.artifact.member(name) {
            Ok(artifact) => {
                let mut inner = Reading::new(&artifact, self.request);
                let read = read(&mut inner);
                self.problems.append(&mut inner.problems);
                Some(read)
            }
            Err(e) => {
                let path = format!("{}/{name}", self.source.path);
                self.problems.push(Problem::new("unreadable", Grade::Error, &path, Location::whole(), e.to_string()));
                None
            }
        }
    }

    /// Takes the digest of a file that was read through [`Reading::open`].
    pub fn close(&mut self, reader: Hashing<BufReader<File>>) {
        match reader.finish() {
            Ok((bytes, sha256)) => (self.source.bytes, self.source.sha256) = (bytes, sha256),
            Err(e) => self.error("unreadable", Location::whole(), e.to_string()),
        }
    }

    /// Passes every line that is text to `take`, with its number and whether it is ended, until `take` says stop; the
    /// other lines are noted.
    pub fn each_line(&mut self, mut take: impl FnMut(&mut Self, u64, &str, bool) -> ControlFlow<()>) {
        let Some(reader) = self.open() else { return };
        let mut lines = Lines::new(reader, LINE);
        loop {
            match lines.next_line() {
                Ok(Some(line)) => match line.text {
                    Ok(text) => {
                        if take(self, line.number, text, line.ended).is_break() {
                            break;
                        }
                    }
                    Err(Fault::TooLong) => self.error("line-too-long", Location::line(line.number), "the line is longer than 16 MiB"),
                    Err(Fault::NotText(column)) => {
                        self.error("not-utf-8", Location::column(line.number, column), "this is not text in UTF-8");
                    }
                },
                Ok(None) => break,
                Err(e) => {
                    self.error("unreadable", Location::whole(), e.to_string());
                    break;
                }
            }
        }
        self.close(lines.into_inner());
    }

    /// Passes the bytes of every line to `take`, with its number and whether it is ended; a line that is too long is noted. For
    /// formats of millions of short lines.
    pub fn each_line_of_bytes(&mut self, mut take: impl FnMut(&mut Self, u64, &[u8], bool)) {
        let Some(mut reader) = self.open() else { return };
        let read = lines::each_line(&mut reader, LINE, |number, line, ended| {
            match line {
                Some(line) => take(self, number, line, ended),
                None => self.error("line-too-long", Location::line(number), "the line is longer than 16 MiB"),
            }
            ControlFlow::Continue(())
        });
        if let Err(e) = read {
            self.error("unreadable", Location::whole(), e.to_string());
        }
        self.close(reader);
    }

    /// Reads the file as XML; whatever keeps it from being a whole document is noted.
    pub fn xml(&mut self, read: impl FnOnce(&mut Document<'_>) -> Result<(), XmlError>) {
        let Some(mut file) = self.open() else { return };
        if let Err(XmlError { place, message, ended }) = read(&mut Xml::new(&mut file)) {
            self.error(if ended { "truncated" } else { "malformed" }, Location::column(place.line, place.column), message);
        }
        self.close(file);
    }

    /// Reads the file as one JSON document into a seed, which keeps what it has taken so far; whatever keeps the file from being a whole
    /// document is noted.
    pub fn json<T>(&mut self, seed: impl for<'de> DeserializeSeed<'de, Value = T>) -> Option<T> {
        let mut file = self.open()?;
        let read = json::stream(&mut file, seed);
        self.close(file);
        self.whole(read)
    }

    /// As [`Reading::json`], for tools that write `NaN` and infinities: they are read as `null`.
    pub fn tolerant_json<T>(&mut self, seed: impl for<'de> DeserializeSeed<'de, Value = T>) -> Option<T> {
        let mut file = self.open()?;
        let read = json::stream(Tolerant::new(&mut file), seed);
        self.close(file);
        self.whole(read)
    }

    /// The whole file as text in UTF-8; a file that is none, or is too large, is noted.
    pub fn text(&mut self) -> Option<String> {
        self.text_up_to(TABLE)
    }

    fn text_up_to(&mut self, most: u64) -> Option<String> {
        let bytes = self.bytes_up_to(most)?;
        String::from_utf8(bytes).map_err(|_| self.error("not-utf-8", Location::whole(), "this is not text in UTF-8")).ok()
    }

    /// The whole file, of at most so many bytes; one that is larger is noted.
    fn bytes_up_to(&mut self, most: u64) -> Option<Vec<u8>> {
        let mut reader = self.open()?;
        let mut bytes = Vec::new();
        let read = reader.by_ref().take(most + 1).read_to_end(&mut bytes);
        self.close(reader);
        if let Err(e) = read {
            self.error("unreadable", Location::whole(), e.to_string());
            return None;
        }
        if bytes.len() as u64 > most {
            self.error("too-large", Location::whole(), format!("the file is larger than {} MiB", most >> 20));
            return None;
        }
        Some(bytes)
    }

    /// Reads a document in memory, whose texts are taken where they lie in it.
    pub fn json_in<'t, T: Deserialize<'t>>(&mut self, text: &'t str) -> Option<T> {
        self.whole(json::whole(text))
    }

    /// Opens the file as a zip archive; whatever keeps it from being one is noted.
    pub fn archive(&mut self) -> Option<Archive<BufReader<File>>> {
        let mut file = self.open()?;
        let entries = archive::entries(&mut file);
        self.close(file);
        let archive = entries.and_then(|entries| Archive::open(&self.artifact.path, entries));
        archive.map_err(|e| self.error("malformed", Location::whole(), format!("this is no whole zip archive: {e}"))).ok()
    }

    /// As [`Reading::tolerant_json`], for an entry of an archive.
    pub fn tolerant_json_in<R: Read + Seek, T>(
        &mut self,
        archive: &mut Archive<R>,
        entry: &str,
        seed: impl for<'de> DeserializeSeed<'de, Value = T>,
    ) -> Option<T> {
        match archive.unpack(entry, |text| json::stream(Tolerant::new(text), seed)) {
            Ok(read) => self.whole(read.map_err(|(flaw, mistake)| {
                let message = format!("{} (in `{entry}`)", mistake.message);
                (flaw, Mistake { message, ..mistake })
            })),
            Err(e) => {
                self.error("unreadable", Location::whole(), format!("{e} (`{entry}`)"));
                None
            }
        }
    }

    /// What was read, unless something kept the file from being a whole document.
    fn whole<T>(&mut self, read: Result<T, (Flaw, Mistake)>) -> Option<T> {
        let (flaw, mistake) = match read {
            Ok(value) => return Some(value),
            Err(mistake) => mistake,
        };
        let code = match flaw {
            Flaw::Cut => "truncated",
            Flaw::Malformed => "malformed",
            Flaw::Unexpected => "undecodable",
            Flaw::Unreadable => "unreadable",
        };
        let at = if mistake.line == 0 { Location::whole() } else { Location::column(mistake.line, mistake.column.max(1)) };
        let message = if flaw == Flaw::Cut { format!("the file ends here: {}", mistake.message) } else { mistake.message };
        self.error(code, at, message);
        None
    }

    /// Reads a whole YAML document; what is wrong with it is noted.
    pub fn yaml(&mut self) -> Option<Node> {
        let text = self.text_up_to(YAML)?;
        let mut mistakes = Vec::new();
        let node = yaml::parse(&self.source.path, &text, &mut mistakes);
        self.mistakes(mistakes);
        node
    }

    /// Reads a table of separated values: its header, then every row that has as many cells, as text. What is wrong with it is noted, as
    /// [`Reading::even_rows`] does. Without a separator that of the header is taken.
    pub fn table(&mut self, separator: Option<char>) -> Option<Table> {
        let sheet = self.sheet(separator)?;
        let mut table: Option<Table> = None;
        self.even_rows(&sheet, |_, row| {
            match &mut table {
                None => table = Some(Table { columns: row.cells.iter().map(|c| c.trim().to_owned()).collect(), rows: Vec::new() }),
                Some(table) => table.rows.push((row.line, row.cells.into_iter().map(Cow::into_owned).collect())),
            }
            ControlFlow::Continue(())
        });
        table
    }

    /// Reads a table of separated values that is gone through row by row. What is not UTF-8 or UTF-16 is read as Windows-1252, which is
    /// noted.
    pub fn sheet(&mut self, separator: Option<char>) -> Option<Sheet> {
        let (text, encoding) = csv::text(self.bytes_up_to(TABLE)?);
        if encoding == csv::Encoding::Windows1252 {
            self.warning("not-utf-8", Location::whole(), "this is not text in UTF-8: it is read as Windows-1252");
        }
        let separator = separator.unwrap_or_else(|| csv::separator(&text));
        Some(Sheet { text, separator })
    }

    /// Passes the header of a table and then every row that has as many cells to `take`, until `take` says stop. Other rows are noted.
    pub fn even_rows<'t>(&mut self, sheet: &'t Sheet, mut take: impl FnMut(&mut Self, csv::Row<'t>) -> ControlFlow<()>) {
        let mut width = None;
        let _ = self.rows(csv::Rows::new(&sheet.text, sheet.separator), &mut |reading: &mut Self, row: csv::Row<'t>| {
            let header = *width.get_or_insert(row.cells.len());
            if row.cells.len() == header {
                return take(reading, row);
            }
            let message = format!("the row has {} cells, and the header {header}", row.cells.len());
            reading.error("ragged-row", Location::line(row.line), message);
            ControlFlow::Continue(())
        });
    }

    /// Passes every row of a table of separated values to `take`, until it says stop: of a file of any size, as long as it is in UTF-8. What
    /// is not is read as [`Reading::table`] reads it, and what is wrong with rows is noted. Blank rows are passed over.
    pub fn each_row(&mut self, separator: char, mut take: impl FnMut(&mut Self, csv::Row<'_>) -> ControlFlow<()>) {
        if csv::decode(&self.artifact.head).1 == csv::Encoding::Utf16 {
            let Some(bytes) = self.bytes_up_to(TABLE) else { return };
            let (text, _) = csv::decode(&bytes);
            let _ = self.rows(csv::Rows::new(&text, separator), &mut take);
            return;
        }
        let Some(reader) = self.open() else { return };
        let mut pieces = csv::Pieces::new(reader, separator as u8, LINE);
        let mut told = false;
        loop {
            match pieces.next_piece() {
                Ok(None) => break,
                Ok(Some(piece)) => {
                    if !piece.is_utf8 && !std::mem::replace(&mut told, true) {
                        self.warning("not-utf-8", Location::line(piece.line), "this is not text in UTF-8: it is read as Windows-1252");
                    }
                    if self.rows(piece.rows(separator), &mut take).is_break() {
                        break;
                    }
                }
                Err(e) => {
                    self.error("unreadable", Location::whole(), e.to_string());
                    break;
                }
            }
        }
        self.close(pieces.into_inner());
    }

    fn rows<'t>(&mut self, rows: csv::Rows<'t>, take: &mut impl FnMut(&mut Self, csv::Row<'t>) -> ControlFlow<()>) -> ControlFlow<()> {
        for row in rows {
            if self.problems.len() > MISTAKES {
                self.error("too-many-mistakes", Location::whole(), format!("{MISTAKES} mistakes: the rest is not read"));
                return ControlFlow::Break(());
            }
            match row {
                Err(fault) => self.table_fault(fault),
                Ok(row) if row.is_blank() => {}
                Ok(row) => take(self, row)?,
            }
        }
        ControlFlow::Continue(())
    }

    /// Notes why a row of a table cannot be read.
    pub fn table_fault(&mut self, fault: csv::Fault) {
        match fault {
            csv::Fault::Open(line) => self.error("truncated", Location::line(line), "a quote is opened here and never closed"),
            csv::Fault::Behind(line) => {
                self.error("malformed", Location::line(line), "something stands between a closing quote and the end of its cell");
            }
        }
    }

    /// Notes what is wrong with a YAML document.
    pub fn mistakes(&mut self, mistakes: Vec<Diagnostic>) {
        for Diagnostic { place, message, help, .. } in mistakes {
            let message = help.map_or(message.clone(), |help| format!("{message} - {help}"));
            self.error("undecodable", Location::column(place.line, place.column), message);
        }
    }

    /// The file cannot be relied on.
    pub fn error(&mut self, code: &'static str, at: Location, message: impl Into<String>) {
        self.problem(code, Grade::Error, at, message);
    }

    /// The file stands, and somebody should look at this.
    pub fn warning(&mut self, code: &'static str, at: Location, message: impl Into<String>) {
        self.problem(code, Grade::Warning, at, message);
    }

    /// Worth knowing.
    pub fn note(&mut self, code: &'static str, at: Location, message: impl Into<String>) {
        self.problem(code, Grade::Note, at, message);
    }

    fn problem(&mut self, code: &'static str, severity: Grade, at: Location, message: impl Into<String>) {
        self.problems.push(Problem::new(code, severity, &self.source.path, at, message));
    }
}
