//! `readiness inspect`: what a file says, without judging it (the contract is DESIGN.md section 6).

use super::options::moment;
use super::output::print;
use super::{gather, kept, plain};
use crate::checkpoint::{Keys, Witness};
use crate::compare;
use crate::discover::{map, terms};
use crate::error::Error;
use crate::evidence::{Evidence, Records};
use crate::ingest::{self, Request};
use crate::io::fs::{self, Artifact};
use crate::io::json;
use crate::io::shelf::Shelf;
use crate::metric::{Metric, Name};
use crate::series::Series;
use crate::source::{Grade, Location, Problem};
use crate::verdict::Exit;
use clap::Args;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How many rows of a family are shown.
const ROWS: usize = 10_000;
/// Families of which people see each row and how often it occurs: there are few, and they show what queries miss.
const SPELLINGS: [&str; 2] = ["audit.environment", "audit.time_form"];

/// What is asked of `inspect`.
#[derive(Args, Clone, Debug, Default)]
pub struct Options {
    /// Evidence files, and folders that are read as one; also postgres://user@host/database, an audit trail on a server
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// text or json
    #[arg(long, default_value = "text")]
    pub format: String,
    /// A map for a table of your own design: a shipped map's name, or a YAML file
    #[arg(long)]
    pub map: Option<String>,
    /// The retention policy an audit trail is held against [default: retention-policy.yaml beside it]
    #[arg(long, value_name = "FILE")]
    pub policy: Option<String>,
    /// How long the chain of an audit trail was and how it ended, as kept elsewhere: {"size": rows, "head": hash}
    #[arg(long, value_name = "FILE")]
    pub anchor: Option<PathBuf>,
    /// A checkpoint of an audit trail, which its rows must continue; of a .jsonl with one for every run, the newest
    #[arg(long, value_name = "FILE")]
    pub checkpoint: Option<PathBuf>,
    /// A key that must have signed the checkpoint, as name+id+key; may be repeated, and one of them must
    #[arg(long, value_name = "KEY", requires = "checkpoint")]
    pub signed_by: Vec<String>,
    /// A key of somebody else whose signature makes the trail `witnessed`, as name+id+key; may be repeated
    #[arg(long, value_name = "KEY", requires = "checkpoint")]
    pub witnessed_by: Vec<String>,
    /// As of when [default: the clock]
    #[arg(long, value_name = "TIME")]
    pub now: Option<String>,
}

/// One file, as JSON shows it.
#[derive(Debug, Serialize)]
struct Inspection {
    schema: &'static str,
    path: String,
    format: Option<Name>,
    family: Option<Name>,
    sha256: String,
    problems: Vec<Problem>,
    metrics: Vec<Metric>,
    records: Records,
    omitted: BTreeMap<Name, u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    series: Vec<Series>,
}

/// Prints what the files say. Exits 3 when one is damaged or nobody can read it.
///
/// # Errors
/// When a path is not there or the output cannot be written.
pub fn run(options: &Options) -> Result<Exit, Error> {
    let mut inspections = Vec::with_capacity(options.paths.len());
    for path in &options.paths {
        inspections.push(look(path, options)?);
    }
    let text = match (options.format.as_str(), inspections.as_slice()) {
        ("json", [one]) => json::document(one).map_err(|e| Error::Internal(e.message))?,
        ("json", many) => json::document(&many).map_err(|e| Error::Internal(e.message))?,
        ("text", many) => plain::lines(&many.iter().map(describe).collect::<Vec<_>>().join("\n")),
        (other, _) => return Err(Error::Usage(format!("`--format {other}`: inspect prints text or json"))),
    };
    print(&text)?;
    let sound = inspections.iter().all(|i| i.format.is_some() && i.problems.iter().all(|p| p.severity != Grade::Error));
    Ok(if sound { Exit::Open } else { Exit::Unproven })
}

fn look(path: &Path, options: &Options) -> Result<Inspection, Error> {
    let map = options.map.as_ref().map(|name| map::text(name, Path::new(""), &Shelf::Disk, ingest::MAPS)).transpose()?;
    let map = options.map.as_deref().zip(map.as_deref());
    let mapped = map.map(|(name, text)| ingest::room_of_map(name, text)).transpose().map_err(Error::Configuration)?;
    let artifact = match gather::artifact(path, map)? {
        Ok(artifact) => artifact,
        Err(problem) => return Ok(absent(*problem)),
    };
    let shown = artifact.name.clone();
    let claimed = ingest::claimants(&artifact).first().and_then(|format| ingest::family(format.family));
    let Some(room) = claimed.or(mapped) else { return Ok(unread(&artifact)) };
    let now = moment(options.now.as_deref())?;
    let text = |file: &PathBuf| fs::read_text(file).map_err(|e| Error::Usage(format!("{}: {e}", file.display())));
    let anchor = options.anchor.as_ref().map(text).transpose()?;
    let witnesses = options.witnessed_by.iter().map(|key| Witness { key: key.clone(), until: None }).collect();
    let keys = Keys { own: options.signed_by.clone(), witnesses };
    let kept = |file: &PathBuf| {
        let name = fs::slashed(file);
        kept::read(&name, &text(file)?, &keys, now).map_err(|e| Error::Usage(format!("{name} is no checkpoint to rely on: {e}")))
    };
    let checkpoint = options.checkpoint.as_ref().map(kept).transpose()?.map(|(kept, _)| kept);
    let policy = terms::named(options.policy.as_deref(), Path::new(""), &Shelf::Disk)?;
    let trail = Some(path).filter(|_| room.family == "audit");
    let policy = policy.or_else(|| terms::beside(trail, &Shelf::Disk));
    let policy = policy.as_ref().map(|(name, text)| (name.as_str(), text.as_str()));
    let request = Request {
        map,
        policy,
        anchor: anchor.as_deref(),
        checkpoint: checkpoint.as_ref(),
        ..Request::plain(&shown, std::slice::from_ref(&artifact), now)
    };
    let mut evidence = (room.read)(&request);
    compare::trends(std::slice::from_mut(&mut evidence), &compare::Terms::none(now));
    compare::continuity(std::slice::from_mut(&mut evidence));
    evidence.keep_worst(ROWS);
    let source = evidence.sources.first().cloned().unwrap_or_default();
    let Evidence { family, problems, metrics, records, omitted, series, .. } = evidence;
    // A problem of a folder names the file it is of.
    let own = |path: String| if path == artifact.name { String::new() } else { path };
    let problems = problems.into_iter().map(|p| Problem { path: own(p.path), ..p }).collect();
    Ok(Inspection {
        schema: "readiness/inspect/1",
        path: artifact.name,
        format: source.format,
        family: Some(family),
        sha256: source.sha256,
        problems,
        metrics,
        records,
        omitted,
        series,
    })
}

fn unread(artifact: &Artifact) -> Inspection {
    let (code, message) = ingest::unclaimed(artifact, "");
    // A folder that nobody knows may be a whole disk.
    let sha256 = if artifact.members.is_none() { artifact.digest().map(|(_, sha256)| sha256).unwrap_or_default() } else { String::new() };
    Inspection { sha256, ..absent(Problem::new(code, Grade::Error, &artifact.name, Location::whole(), message)) }
}

/// What there is to say of evidence that is not there.
fn absent(problem: Problem) -> Inspection {
    Inspection {
        schema: "readiness/inspect/1",
        path: problem.path.clone(),
        format: None,
        family: None,
        sha256: String::new(),
        problems: vec![Problem { path: String::new(), ..problem }],
        metrics: Vec::new(),
        records: Records::new(),
        omitted: BTreeMap::new(),
        series: Vec::new(),
    }
}

fn describe(inspection: &Inspection) -> String {
    use crate::render::parts::escape::terminal as clean;
    let mut lines = vec![match (&inspection.format, &inspection.family) {
        (Some(format), Some(family)) => format!("{}: {format} ({family})", clean(&inspection.path)),
        _ => format!("{}: not evidence", clean(&inspection.path)),
    }];
    for problem in &inspection.problems {
        let grade = match problem.severity {
            Grade::Error => "error",
            Grade::Warning => "warning",
            Grade::Note => "note",
        };
        let file = if problem.path.is_empty() { String::new() } else { format!(" {}", clean(&problem.path)) };
        lines.push(format!("  {grade}{file}{}: {} [{}]", problem.at, clean(&problem.message), problem.code));
    }
    let width = inspection.metrics.iter().map(|m| m.id.len()).max().unwrap_or(0);
    for metric in inspection.metrics.iter().filter(|m| m.labels.is_empty()) {
        lines.push(format!("  {:width$}  {}", metric.id, clean(&metric.value.to_string())));
    }
    for (family, rows) in &inspection.records {
        let omitted = inspection.omitted.get(family).copied().unwrap_or(0);
        lines.push(format!("  {} {family}", crate::metric::grouped(rows.len() as u64 + omitted)));
        for row in rows.iter().filter(|_| SPELLINGS.contains(&family.as_ref())) {
            let count = row.count("rows").map(crate::metric::grouped).unwrap_or_default();
            let example = row.text("example").map(|text| format!("  {}", clean(text))).unwrap_or_default();
            lines.push(format!("  {count:>9}  {}{example}", clean(row.subject())));
        }
    }
    lines.push(String::new());
    lines.join("\n")
}
