//! `readiness audit checkpoint`: writes down what an audit trail is, so that it can be shown later that nobody rewrote it.

use super::signing::Key;
use crate::checkpoint::{Checkpoint, Kept, Keys, Trail};
use crate::command::kept;
use crate::command::options::moment;
use crate::command::output::print;
use crate::compare::continuity;
use crate::discover::map;
use crate::error::Error;
use crate::evidence::Evidence;
use crate::history::checkpoints;
use crate::ingest::{self, Request};
use crate::instant::Instant;
use crate::io::fs::{self, Artifact};
use crate::io::shelf::Shelf;
use crate::io::sign::{Kind, Signer};
use crate::io::{git, note, terminal};
use crate::metric::grouped;
use crate::verdict::Exit;
use clap::Args;
use std::path::{Path, PathBuf};

/// What is asked.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// The snapshot with the trail
    snapshot: PathBuf,
    /// Where the checkpoint goes, or a .jsonl that it is appended to; one that is there already must be continued by the trail
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Sign it with this Ed25519 key
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// What the trail is called, such as example.com/audit [default: as before, else the table's name]
    #[arg(long, value_name = "NAME", conflicts_with = "witness")]
    origin: Option<String>,
    /// Add the cosignature of somebody else, who is called NAME, to the checkpoint that is there
    #[arg(long, value_name = "NAME", requires = "key")]
    witness: Option<String>,
    /// A map for a table of your own design: a shipped map's name, or a YAML file
    #[arg(long)]
    map: Option<String>,
    /// As of when [default: the clock]
    #[arg(long, value_name = "TIME")]
    now: Option<String>,
}

/// Holds the trail against the checkpoint that is there, and writes the next one.
///
/// # Errors
/// When a file cannot be read or written, or is not what it should be.
pub fn run(options: &Options) -> Result<Exit, Error> {
    let shown = fs::slashed(&options.out);
    let now = moment(options.now.as_deref())?;
    let there = if fs::exists(&options.out) { Some(text(&options.out)?) } else { None };
    let before = there.as_deref().map(|text| kept::read(&shown, text, &Keys::default(), now)).transpose();
    let before = before.map_err(|e| Error::Usage(format!("{shown} is there, and is no checkpoint: {e}")))?;
    let kept = before.as_ref().map(|(kept, _)| kept);
    let (trail, evidence) = match look(options, kept.cloned().unwrap_or_default(), now)? {
        Ok(found) => found,
        Err(sentence) => return refuse(&sentence, Exit::Unproven),
    };
    if let Some(sentence) = broken(&evidence) {
        return refuse(&sentence, Exit::Failed);
    }
    if let Some(kept) = kept {
        match continuity::judge(&trail, kept) {
            Ok(sentence) => terminal::note(&sentence),
            Err(sentence) => return refuse(&sentence, Exit::Failed),
        }
    }
    let note = match (&options.witness, &before) {
        (None, _) => signed(options, next(options, trail)?, now)?,
        (Some(name), Some((_, before))) => cosigned(options, name, before, now)?,
        (Some(_), None) => return Err(Error::Usage(format!("{shown} is not there: a witness signs a checkpoint that was written"))),
    };
    let written = if checkpoints::is_log(&shown) {
        checkpoints::append(&options.out, now, git::head(Path::new("")).as_deref(), &note)
    } else {
        fs::write(&options.out, note.as_bytes())
    };
    written.map_err(|source| Error::Output { path: options.out.clone(), source })?;
    print(&format!("{shown}: {}", note.lines().take(3).collect::<Vec<_>>().join(" "))).and_then(|()| print("\n"))?;
    Ok(Exit::Open)
}

/// A sign that somebody wrote in the past of a trail: what is kept of it then would make that look right.
pub(super) fn broken(evidence: &Evidence) -> Option<String> {
    let mut findings = evidence.rows("audit.finding").iter();
    let finding = findings.find(|row| row.text("code").is_some_and(|code| code.starts_with("CHAIN-")))?;
    Some(format!("{}: {}", finding.subject(), finding.text("message").unwrap_or_default()))
}

fn refuse(sentence: &str, exit: Exit) -> Result<Exit, Error> {
    terminal::note(&format!("no checkpoint was written: {}", crate::command::plain::lines(sentence)));
    Ok(exit)
}

fn text(path: &Path) -> Result<String, Error> {
    fs::read_text(path).map_err(|e| Error::Usage(format!("{}: {e}", path.display())))
}

/// The trail as the snapshot shows it beside what was kept, or why the snapshot is no evidence.
fn look(options: &Options, kept: Kept, now: Instant) -> Result<Result<(Trail, Evidence), String>, Error> {
    let shown = fs::slashed(&options.snapshot);
    let artifact = Artifact::look(&options.snapshot, shown.clone()).map_err(|e| Error::Usage(format!("{shown}: {e}")))?;
    let map = options.map.as_ref().map(|name| map::text(name, Path::new(""), &Shelf::Disk, ingest::MAPS)).transpose()?;
    let Some(room) = ingest::family("audit") else { return Err(Error::Internal("there is no reader of audit trails".into())) };
    let request = Request {
        map: options.map.as_deref().zip(map.as_deref()),
        checkpoint: Some(&kept),
        ..Request::plain(&shown, std::slice::from_ref(&artifact), now)
    };
    let mut evidence = (room.read)(&request);
    Ok(match (evidence.gap(), evidence.trails.pop()) {
        (Some((_, sentence)), _) => Err(sentence),
        (None, Some(trail)) => Ok((trail, evidence)),
        (None, None) => Err(format!("{shown} holds no table of an audit trail")),
    })
}

/// The checkpoint of the trail as it is now.
fn next(options: &Options, trail: Trail) -> Result<Checkpoint, Error> {
    let origin = options.origin.clone().unwrap_or_else(|| trail.now.origin.clone());
    if origin.is_empty() || origin.contains(|c: char| c.is_control()) {
        return Err(Error::Usage("the origin of a checkpoint is one line of text".to_owned()));
    }
    terminal::note(&format!("{} rows", grouped(trail.now.size)));
    Ok(Checkpoint { origin, ..trail.now })
}

fn signed(options: &Options, checkpoint: Checkpoint, now: Instant) -> Result<String, Error> {
    let text = note::write(&checkpoint);
    let Some(signer) = signer(options, &checkpoint.origin, Kind::Plain)? else { return Ok(text) };
    Ok(format!("{text}\n{}", signer.line(&text, now)))
}

/// The checkpoint that is there, with one more signature, of the text and the moment.
fn cosigned(options: &Options, name: &str, before: &str, now: Instant) -> Result<String, Error> {
    let (text, lines) = before.rfind("\n\n").map_or((before, ""), |at| (&before[..=at], &before[at + 2..]));
    let Some(signer) = signer(options, name, Kind::Cosignature)? else { return Ok(before.to_owned()) };
    let line = signer.line(text, now);
    Ok(if lines.contains(&line) { before.to_owned() } else { format!("{text}\n{lines}{line}") })
}

fn signer(options: &Options, name: &str, kind: Kind) -> Result<Option<Signer>, Error> {
    let Some(path) = &options.key else { return Ok(None) };
    let signer = Key::read(path)?.signer(name, kind)?;
    terminal::note(&format!("signed; signatures by it are checked with\n{}", signer.verifier()));
    Ok(Some(signer))
}
