//! From files to [`Evidence`]: one folder per family, one file per format.
//!
//! A format claims a file by its content and reads it into its family's draft; the family merges the drafts of all files of
//! an entry into metrics and records. To add a format: write its file, then add its `mod` line and its line in `FORMATS`.

mod audit;
mod benchmark;
mod coverage;
mod documents;
mod golden;
mod reading;
mod slo;
mod stamp;
mod table;
mod telemetry;
#[cfg(test)]
mod testing;
mod tests;

pub use audit::asked;
pub use benchmark::factor as unit_factor;
pub use reading::{Document, Reading, Table};

use crate::checkpoint::Kept;
use crate::config::Declared;
use crate::error::Diagnostic;
use crate::evidence::{EMPTY, Evidence, MISSING};
use crate::instant::Instant;
use crate::io::fs::Artifact;
use crate::io::json;
use crate::io::private::Part;
use crate::io::sqlite;
use crate::io::xml::opening;
use crate::io::yaml;
use crate::rule::{Collector, Place};
use crate::series::Setting;
use crate::source::{Grade, Location, Problem, Source};
use crate::transcript::Publish;
use crate::tree::{Sources, Tree};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Every family, in the order of the documentation.
pub const ROOMS: &[Room] = &[
    room::<coverage::Coverage>(),
    room::<tests::Tests>(),
    room::<golden::Golden>(),
    room::<benchmark::Benchmark>(),
    room::<audit::Audit>(),
    room::<telemetry::Telemetry>(),
    room::<slo::Slo>(),
    room::<documents::Documents>(),
];

/// The maps that come with the program, by name.
pub const MAPS: &[(&str, &str)] = &[
    ("azure-rag-eval", include_str!("../../maps/azure-rag-eval.yaml")),
    ("golden-facts", include_str!("../../maps/golden-facts.yaml")),
    ("golden-table", include_str!("../../maps/golden-table.yaml")),
    ("lexecon-ledger", include_str!("../../maps/lexecon-ledger.yaml")),
    ("phoenix", include_str!("../../maps/phoenix.yaml")),
    ("trulens", include_str!("../../maps/trulens.yaml")),
    ("benchmark-values", include_str!("../../maps/benchmark-values.yaml")),
    ("performance-runs", include_str!("../../maps/performance-runs.yaml")),
    ("retention-audit-log", include_str!("../../maps/retention-audit-log.yaml")),
    ("rlhf-audit-events", include_str!("../../maps/rlhf-audit-events.yaml")),
    ("rlhf-audit-events-migration", include_str!("../../maps/rlhf-audit-events-migration.yaml")),
    ("reflexio-integrity-events", include_str!("../../maps/reflexio-integrity-events.yaml")),
    ("pgaudit-csv", include_str!("../../maps/pgaudit-csv.yaml")),
];

/// What one evidence entry asks of its family.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The entry's name.
    pub name: &'a str,
    /// The files that were found for it, in stable order.
    pub artifacts: &'a [Artifact],
    /// The map of a table or file of somebody else's design: its name and its YAML.
    pub map: Option<(&'a str, &'a str)>,
    /// What an audit trail is held against: the file of the retention policy, and its YAML.
    pub policy: Option<(&'a str, &'a str)>,
    /// Metrics that configuration and packs declare.
    pub declared: &'a BTreeMap<String, Declared>,
    /// Queries that rules ask of this entry.
    pub collectors: &'a [&'a Collector],
    /// What was written down elsewhere of the chain in an audit trail: the text of the anchor.
    pub anchor: Option<&'a str>,
    /// A checkpoint that was kept of an audit trail.
    pub checkpoint: Option<&'a Kept>,
    /// As of when.
    pub now: Instant,
    /// The repository whose source files evidence names, where there is one.
    pub tree: Option<&'a Tree>,
    /// What the configuration says of these files.
    pub sources: &'a Sources,
    /// How much of a golden set's texts may be kept.
    pub publish: Publish,
    /// What the configuration says of benchmark series.
    pub series: &'a [Setting],
    /// What results of benchmarks are judged beside, where their entry has a history.
    pub beside: Option<&'a Beside>,
}

/// A history of benchmarks, and what is said of the results beside it.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// The history; none when it is not there.
    pub history: Option<Artifact>,
    /// The name of the results' run, where it was said.
    pub run: Option<String>,
    /// The machine that results are of which name none, where it was said.
    pub machine: Option<String>,
    /// What the results are the release of, where it was said.
    pub release: Option<String>,
}

impl<'a> Request<'a> {
    /// A request for files that nothing is configured for.
    pub const fn plain(name: &'a str, artifacts: &'a [Artifact], now: Instant) -> Self {
        const DECLARED: &BTreeMap<String, Declared> = &BTreeMap::new();
        const SOURCES: &Sources = &Sources { moved: Vec::new(), exclude: Vec::new() };
        Request {
            name,
            artifacts,
            map: None,
            policy: None,
            declared: DECLARED,
            collectors: &[],
            anchor: None,
            checkpoint: None,
            now,
            tree: None,
            sources: SOURCES,
            publish: Publish::Ids,
            series: &[],
            beside: None,
        }
    }
}

/// A family of evidence: what its formats yield, and how n files become one piece of evidence.
pub trait Family {
    /// What one file yields, before merging.
    type Draft: Send + 'static;
    /// `coverage`.
    const NAME: &'static str;
    /// The formats, in the order of the documentation.
    const FORMATS: &'static [Format<Self::Draft>];
    /// The format that reads whatever file it is, because the entry's map says what stands in it.
    fn by_map(_: &Request<'_>) -> Option<&'static Format<Self::Draft>> {
        None
    }
    /// The format that reads a file which none claims, because only a map or the entry's family says what it is.
    fn otherwise(_: &Artifact, _: &Request<'_>) -> Option<&'static Format<Self::Draft>> {
        None
    }
    /// The mistakes in a map for this family.
    fn check_map(file: &str, _text: &str) -> Vec<Diagnostic> {
        let place = Place { file: file.into(), line: 1, column: 1 };
        vec![Diagnostic::new(place, format!("the family {} reads no maps", Self::NAME))]
    }
    /// Whether a file that was read without an error holds nothing that could be judged. Beside a full file that would go
    /// unnoticed, so the entry then counts as incomplete.
    fn is_empty(draft: &Self::Draft) -> bool;
    /// Takes from a file's stamp what the file does not say of its values.
    fn stamped(_: &mut Self::Draft, _: &Source) {}
    /// Merges what all files of an entry yielded; a history stands last.
    fn settle(drafts: Vec<Self::Draft>, request: &Request<'_>, evidence: &mut Evidence);
}

/// One file format of a family.
pub struct Format<D> {
    /// `cobertura`; also the name of its fixtures' folder.
    pub name: &'static str,
    /// One line for the documentation: which tools write it.
    pub about: &'static str,
    /// Whether a file is of this format, judged by its beginning, or a folder by its members.
    pub claims: fn(&Artifact) -> bool,
    /// Reads a file. What is wrong goes into the reading; what was read before it went wrong is returned all the same.
    pub read: fn(&mut Reading<'_>) -> D,
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
    /// The mistakes in a map, given its name and its YAML.
    pub check_map: fn(&str, &str) -> Vec<Diagnostic>,
}

/// The room of a family.
const fn room<F: Family>() -> Room {
    Room { family: F::NAME, formats: describe::<F>, read: read::<F>, check_map: F::check_map }
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
    formats().filter(|format| !stamp::is_one(artifact) && (format.claims)(artifact)).collect()
}

/// The room of a family by name.
pub fn family(name: &str) -> Option<&'static Room> {
    ROOMS.iter().find(|room| room.family == name)
}

/// The YAML of a map that comes with the program.
pub fn shipped_map(name: &str) -> Option<&'static str> {
    MAPS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// The room of the family that a map names.
///
/// # Errors
/// Every mistake in the map.
pub fn room_of_map(file: &str, text: &str) -> Result<&'static Room, Vec<Diagnostic>> {
    let mut errors = Vec::new();
    let root = yaml::parse(file, text, &mut errors);
    let named = root.as_ref().and_then(|root| root.entries()?.iter().find(|(key, _)| key.text == "family"));
    let room = named.and_then(|(_, node)| family(node.scalar()?));
    let Some(room) = room else {
        if errors.is_empty() {
            let place = named.map_or_else(|| Place { file: file.into(), line: 1, column: 1 }, |(_, node)| node.place.clone());
            errors.push(Diagnostic::new(place, "a map must name its `family`").help(Some("maps are of audit, benchmark or golden".into())));
        }
        return Err(errors);
    };
    let mistakes = (room.check_map)(file, text);
    if mistakes.is_empty() { Ok(room) } else { Err(mistakes) }
}

fn read<F: Family>(request: &Request<'_>) -> Evidence {
    let mut evidence = Evidence::new(request.name, F::NAME);
    let history = request.beside.and_then(|beside| beside.history.as_ref());
    let files = request.artifacts.par_iter().chain(history.into_par_iter());
    let readings: Vec<_> = files.map(|artifact| read_one::<F>(artifact, request)).collect();
    let mut drafts = Vec::with_capacity(readings.len());
    let mut parts = Vec::new();
    for (artifact, (draft, source, problems)) in request.artifacts.iter().chain(history).zip(readings) {
        drafts.extend(draft);
        parts.extend(artifact.copied.iter().flat_map(|copied| &copied.parts).map(|part| part_of(&source, part)));
        evidence.sources.push(source);
        evidence.problems.extend(problems);
    }
    if request.artifacts.is_empty() {
        evidence.problem(MISSING, Grade::Error, "", Location::whole(), "no file was found");
    }
    F::settle(drafts, request, &mut evidence);
    // They are part of what was settled, and nothing of their own.
    evidence.sources.extend(parts);
    evidence
}

/// A file that is part of a source.
fn part_of(source: &Source, part: &Part) -> Source {
    let Part { name, bytes, sha256, content } = part.clone();
    Source { path: name, bytes, sha256, content, stamp: None, ..source.clone() }
}

fn read_one<F: Family>(artifact: &Artifact, request: &Request<'_>) -> (Option<F::Draft>, Source, Vec<Problem>) {
    let mut reading = Reading::new(artifact, request);
    let format = || {
        F::by_map(request)
            .or_else(|| F::FORMATS.iter().find(|format| (format.claims)(artifact)))
            .or_else(|| F::otherwise(artifact, request))
    };
    let mut draft = match Some(artifact).filter(|a| !stamp::is_one(a)).and_then(|_| format()) {
        Some(format) => {
            reading.source.format = Some(format.name.into());
            let draft = (format.read)(&mut reading);
            if F::is_empty(&draft) && reading.problems.iter().all(|p| p.severity != Grade::Error) {
                reading.warning(EMPTY, Location::whole(), format!("the file holds nothing for {} to judge", F::NAME));
            }
            Some(draft)
        }
        None => {
            let (code, message) = unclaimed(artifact, F::NAME);
            reading.error(code, Location::whole(), message);
            None
        }
    };
    if let Some(copied) = &artifact.copied {
        // Of a private copy it is the original that counts.
        (reading.source.bytes, reading.source.sha256) = (copied.bytes, copied.sha256.clone());
        copied.notes.iter().for_each(|(code, message)| reading.note(code, Location::whole(), message.clone()));
    }
    // A folder that nobody knows may be a whole disk.
    if reading.source.sha256.is_empty() && (draft.is_some() || artifact.members.is_none()) {
        match artifact.digest() {
            Ok((bytes, sha256)) => (reading.source.bytes, reading.source.sha256) = (bytes, sha256),
            Err(e) => reading.error("unreadable", Location::whole(), e.to_string()),
        }
    }
    stamp::apply(&mut reading);
    draft.iter_mut().for_each(|draft| F::stamped(draft, &reading.source));
    (draft, reading.source, reading.problems)
}

/// The schema that a YAML file of ours names on a line of its own, as far as its beginning shows.
fn yaml_schema(artifact: &Artifact) -> Option<&str> {
    // What begins like JSON or XML is for their readers, whatever stands on a line further down.
    let text = Some(artifact.head_text()).filter(|text| !text.trim_start().starts_with(['{', '[', '<']))?;
    let value = text.lines().find_map(|line| line.strip_prefix("schema:"))?;
    let value = value.split(" #").next().unwrap_or(value);
    Some(value.trim().trim_matches(['"', '\'']))
}

/// Why no reader of a family claims a file: a problem code and a sentence.
pub fn unclaimed(artifact: &Artifact, family: &str) -> (&'static str, String) {
    if let Some(members) = &artifact.members {
        if members.is_empty() {
            return ("empty-file", "the folder is empty".to_owned());
        }
        let readers = if family.is_empty() { "no reader".to_owned() } else { format!("no {family} reader") };
        let message =
            format!("{readers} takes this folder of {} files as one: name its files, or a pattern that finds them", members.len());
        return ("unknown-format", message);
    }
    let trail = family == audit::Audit::NAME || (family.is_empty() && sqlite::is_named(&artifact.name));
    if artifact.size == 0 {
        return (if trail { "AUD-EMPTY" } else { "empty-file" }, "the file is empty".to_owned());
    }
    if trail && !sqlite::is_database(&artifact.head) && (sqlite::is_named(&artifact.name) || artifact.head.contains(&0)) {
        let message = "the file is no SQLite database: it does not begin with `SQLite format 3`; was it encrypted, packed or cut?";
        return ("AUD-NOT-SQLITE", message.to_owned());
    }
    if stamp::is_one(artifact) {
        return ("unknown-format", "this is a stamp, which is no evidence of its own: name the file beside it".to_owned());
    }
    if sqlite::is_database(&artifact.head) && (family.is_empty() || family == audit::Audit::NAME) {
        return audit::unclaimed(artifact);
    }
    let readers = if family.is_empty() { "no reader".to_owned() } else { format!("no {family} reader") };
    let guess = match claimants(artifact).first() {
        Some(format) => format!("; it looks like {} ({})", format.name, format.family),
        None if is_json_in_utf_16(artifact) => "; it looks like JSON in UTF-16, as PowerShell's `>` writes it: JSON is UTF-8".to_owned(),
        None if begins_like_xml(artifact) => match opening(&artifact.head) {
            Ok(opening) => format!("; it is XML, and its root element is `{}`", opening.root.chars().take(60).collect::<String>()),
            Err(error) => format!("; it begins like XML and is not well-formed: {error}"),
        },
        None => json_keys(artifact),
    };
    ("unknown-format", format!("{readers} knows this format{guess}"))
}

/// What a JSON document holds, for somebody who wonders why nobody reads it.
fn json_keys(artifact: &Artifact) -> String {
    let Some(outline) = json::outline(&artifact.head) else { return String::new() };
    let keys: Vec<String> = outline.keys().take(5).map(|key| format!("`{}`", key.chars().take(40).collect::<String>())).collect();
    if keys.is_empty() { "; it is JSON".to_owned() } else { format!("; it is JSON with {}", keys.join(", ")) }
}

fn is_json_in_utf_16(artifact: &Artifact) -> bool {
    matches!(artifact.head.as_slice(), [0xFF, 0xFE, b'{' | b'[', 0, ..] | [0xFE, 0xFF, 0, b'{' | b'[', ..])
}

fn begins_like_xml(artifact: &Artifact) -> bool {
    let marks: [&[u8]; 2] = [&[0xFF, 0xFE], &[0xFE, 0xFF]];
    artifact.head_text().trim_start().starts_with('<') || marks.iter().any(|mark| artifact.head.starts_with(mark))
}
