//! From files to [`Evidence`]: one folder per family, one file per format.
//!
//! A format claims a file by its content and reads it into its family's draft; the family merges the drafts of all files of
//! an entry into metrics and records. To add a format: write its file, then add its `mod` line and its line in `FORMATS`.

mod coverage;
mod golden;
#[cfg(test)]
mod testing;

use crate::config::Declared;
use crate::evidence::{Evidence, MISSING};
use crate::instant::Instant;
use crate::io::fs::Artifact;
use crate::io::hash::Hashing;
use crate::io::lines::{Fault, Lines};
use crate::io::xml::{Xml, XmlError};
use crate::rule::Collector;
use crate::source::{Grade, Location, Problem, Source};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader};
use std::ops::ControlFlow;

/// An XML file being read.
pub type Document<'a> = Xml<&'a mut Hashing<BufReader<File>>>;

/// Every family, in the order of the documentation.
pub const ROOMS: &[Room] = &[room::<coverage::Coverage>(), room::<golden::Golden>()];

/// The longest line of a text format, in bytes.
const LINE: usize = 16 * 1024 * 1024;

/// The longest message about a file, in characters.
const MESSAGE: usize = 500;

/// What one evidence entry asks of its family.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The entry's name.
    pub name: &'a str,
    /// The files that were found for it, in stable order.
    pub artifacts: &'a [Artifact],
    /// The map of a table or file of somebody else's design: its name and its YAML.
    pub map: Option<(&'a str, &'a str)>,
    /// Metrics that configuration and packs declare.
    pub declared: &'a BTreeMap<String, Declared>,
    /// Queries that rules ask of this entry.
    pub collectors: &'a [&'a Collector],
    /// As of when.
    pub now: Instant,
}

/// A family of evidence: what its formats yield, and how n files become one piece of evidence.
pub trait Family {
    /// What one file yields, before merging.
    type Draft: Send + 'static;
    /// `coverage`.
    const NAME: &'static str;
    /// The formats, in the order of the documentation.
    const FORMATS: &'static [Format<Self::Draft>];
    /// Merges what all files of an entry yielded.
    fn settle(drafts: Vec<Self::Draft>, request: &Request<'_>, evidence: &mut Evidence);
}

/// One file format of a family.
pub struct Format<D> {
    /// `cobertura`; also the name of its fixtures' folder.
    pub name: &'static str,
    /// One line for the documentation: which tools write it.
    pub about: &'static str,
    /// Whether a file is of this format, judged by its beginning.
    pub claims: fn(&Artifact) -> bool,
    /// Reads a file. What is wrong goes into the reading; what was read before it went wrong is returned all the same.
    pub read: fn(&mut Reading<'_>) -> D,
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
    fn new(artifact: &'a Artifact, request: &'a Request<'a>) -> Self {
        let source = Source { path: artifact.name.clone(), bytes: artifact.size, ..Source::default() };
        Reading { artifact, request, source, problems: Vec::new() }
    }

    /// Opens the file from its beginning; a file that cannot be opened is noted.
    pub fn open(&mut self) -> Option<Hashing<BufReader<File>>> {
        self.artifact.open().map_err(|e| self.error("unreadable", Location::whole(), e.to_string())).ok()
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

    /// Reads the file as XML; whatever keeps it from being a whole document is noted.
    pub fn xml(&mut self, read: impl FnOnce(&mut Document<'_>) -> Result<(), XmlError>) {
        let Some(mut file) = self.open() else { return };
        if let Err(XmlError { place, message, ended }) = read(&mut Xml::new(&mut file)) {
            self.error(if ended { "truncated" } else { "malformed" }, Location::column(place.line, place.column), message);
        }
        self.close(file);
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
        // A message may quote the file, and the file may hold one name of many megabytes.
        let message = message.into().chars().take(MESSAGE).collect();
        self.problems.push(Problem { code: code.into(), severity, message, path: self.source.path.clone(), at });
    }
}

/// A format, as help, documentation and tests list it.
#[derive(Clone, Copy)]
pub struct Descriptor {
    /// The family's name.
    pub family: &'static str,
    /// The format's name.
    pub name: &'static str,
    /// One line.
    pub about: &'static str,
    /// Whether a file is of this format.
    pub claims: fn(&Artifact) -> bool,
}

/// A family without its types: what the registry holds.
pub struct Room {
    /// The family's name.
    pub family: &'static str,
    /// Its formats.
    pub formats: fn() -> Vec<Descriptor>,
    /// Reads an entry.
    pub read: fn(&Request<'_>) -> Evidence,
}

/// The room of a family.
const fn room<F: Family>() -> Room {
    Room { family: F::NAME, formats: describe::<F>, read: read::<F> }
}

fn describe<F: Family>() -> Vec<Descriptor> {
    F::FORMATS.iter().map(|f| Descriptor { family: F::NAME, name: f.name, about: f.about, claims: f.claims }).collect()
}

/// All formats of all families.
pub fn formats() -> impl Iterator<Item = Descriptor> {
    ROOMS.iter().flat_map(|room| (room.formats)())
}

/// The formats that claim a file; one, if all is well.
pub fn claimants(artifact: &Artifact) -> Vec<Descriptor> {
    formats().filter(|format| (format.claims)(artifact)).collect()
}

/// The room of a family by name.
pub fn family(name: &str) -> Option<&'static Room> {
    ROOMS.iter().find(|room| room.family == name)
}

fn read<F: Family>(request: &Request<'_>) -> Evidence {
    let mut evidence = Evidence::new(request.name, F::NAME);
    let readings: Vec<_> = request.artifacts.par_iter().map(|artifact| read_one::<F>(artifact, request)).collect();
    let mut drafts = Vec::with_capacity(readings.len());
    for (draft, source, problems) in readings {
        drafts.extend(draft);
        evidence.sources.push(source);
        evidence.problems.extend(problems);
    }
    if request.artifacts.is_empty() {
        evidence.problem(MISSING, Grade::Error, "", Location::whole(), "no file was found");
    }
    F::settle(drafts, request, &mut evidence);
    evidence
}

fn read_one<F: Family>(artifact: &Artifact, request: &Request<'_>) -> (Option<F::Draft>, Source, Vec<Problem>) {
    let mut reading = Reading::new(artifact, request);
    let draft = match F::FORMATS.iter().find(|format| (format.claims)(artifact)) {
        Some(format) => {
            reading.source.format = Some(format.name.into());
            Some((format.read)(&mut reading))
        }
        None => {
            let (code, message) = unclaimed(artifact, F::NAME);
            reading.error(code, Location::whole(), message);
            None
        }
    };
    if reading.source.sha256.is_empty() {
        match digest(artifact) {
            Ok((bytes, sha256)) => (reading.source.bytes, reading.source.sha256) = (bytes, sha256),
            Err(e) => reading.error("unreadable", Location::whole(), e.to_string()),
        }
    }
    (draft, reading.source, reading.problems)
}

/// Size and SHA-256 of a file that no reader has passed through.
///
/// # Errors
/// When it cannot be read.
pub fn digest(artifact: &Artifact) -> io::Result<(u64, String)> {
    artifact.open()?.finish()
}

/// Why no reader of a family claims a file: a problem code and a sentence.
pub fn unclaimed(artifact: &Artifact, family: &str) -> (&'static str, String) {
    if artifact.size == 0 {
        return ("empty-file", "the file is empty".to_owned());
    }
    let readers = if family.is_empty() { "no reader".to_owned() } else { format!("no {family} reader") };
    let guess = match claimants(artifact).first() {
        Some(format) => format!("; it looks like {} ({})", format.name, format.family),
        None => String::new(),
    };
    ("unknown-format", format!("{readers} knows this format{guess}"))
}
