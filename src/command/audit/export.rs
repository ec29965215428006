//! `readiness audit export`: an audit trail as partition files and a manifest, for a gate that must stay offline.

use crate::command::output::print;
use crate::command::plain;
use crate::discover::map;
use crate::discover::snapshot::{self, Cutter, Trail, told};
use crate::error::Error;
use crate::ingest;
use crate::instant::Instant;
use crate::io::fs::{self, Artifact};
use crate::io::postgres::{Asked, is_address};
use crate::io::shelf::Shelf;
use crate::io::sqlite::{Failure, Kind, Snapshot};
use crate::io::{hash, json, terminal};
use crate::metric::grouped;
use crate::partition::{Manifest, NAME, Origin};
use crate::render::parts::escape::terminal as clean;
use crate::source::{Grade, Location, Problem};
use crate::verdict::Exit;
use clap::Args;
use std::path::{Path, PathBuf};

/// What is asked of `audit export`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// An SQLite file, or an address: postgres://user@host/database?schema=public. The password comes from PGPASSWORD or ~/.pgpass
    pub source: PathBuf,
    /// An empty or new folder
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// How many files to write, of about as many rows each
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=999))]
    pub partitions: u64,
    /// The map that names the table and its id: a shipped map's name, or a YAML file [default: retention-audit-log]
    #[arg(long, value_name = "NAME")]
    pub map: Option<String>,
}

/// Writes the export. Exits 3 when there is nothing to export, because the source cannot be read as a whole.
///
/// # Errors
/// When the folder is not empty, the map is wrong, or a file cannot be written.
pub fn run(options: &Options) -> Result<Exit, Error> {
    let out = &options.out;
    if fs::is_dir(out) && !fs::files(out).is_empty() {
        return Err(Error::Usage(format!("{} is not empty; an export holds nothing else", out.display())));
    }
    let asked = asked(options.map.as_deref())?;
    let source = match source(&options.source, &asked) {
        Ok(source) => source,
        Err(problem) => return Ok(refused(&problem)),
    };
    // Only a folder that can be written to is worth the reading.
    fs::make(out).map_err(|source| Error::Output { path: out.clone(), source })?;
    let manifest = match cut(&source, &asked, options) {
        Ok(manifest) => manifest,
        Err(failure) if failure.code == "unwritable" => {
            return Err(Error::Output { path: out.clone(), source: std::io::Error::other(failure.message) });
        }
        Err(failure) => return Ok(refused(&problem(&source.artifact.name, failure))),
    };
    let text = json::document(&manifest).map_err(|e| Error::Internal(e.message))?;
    let path = out.join(NAME);
    fs::write(&path, text.as_bytes()).map_err(|source| Error::Output { path: path.clone(), source })?;
    // An export that cannot be read back as what it was made from is none.
    if let Err(problem) = snapshot::of_partitions(&path, NAME, &asked) {
        return Err(Error::Internal(format!("the export does not hold what was read: {}", problem.message)));
    }
    print(&summary(&manifest, &text))?;
    Ok(Exit::Open)
}

fn asked(name: Option<&str>) -> Result<Asked, Error> {
    let text = name.map(|name| map::text(name, Path::new(""), &Shelf::Disk, ingest::MAPS)).transpose()?;
    let map = name.zip(text.as_deref());
    if let Some((name, text)) = map {
        ingest::room_of_map(name, text).map_err(Error::Configuration)?;
    }
    ingest::asked(map).ok_or_else(|| Error::Usage(format!("{} is no map of an audit trail", name.unwrap_or_default())))
}

fn source(path: &Path, asked: &Asked) -> Result<Trail, Box<Problem>> {
    let text = path.to_string_lossy();
    if is_address(&text) {
        return snapshot::of_server(&text, asked);
    }
    let shown = fs::slashed(path);
    let wrong = |e: std::io::Error| Box::new(Problem::new("unreadable", Grade::Error, &shown, Location::whole(), e.to_string()));
    let artifact = Artifact::look(path, shown.clone()).map_err(wrong)?;
    let (_, sha256) = artifact.digest().map_err(wrong)?;
    let origin = Origin { kind: "sqlite".to_owned(), name: artifact.file_name().to_owned(), sha256: Some(sha256), ..Origin::default() };
    Ok(Trail { artifact, origin })
}

/// Writes the partitions.
fn cut(source: &Trail, asked: &Asked, options: &Options) -> Result<Manifest, Failure> {
    let snapshot = Snapshot::open(&source.artifact.path, Instant(0))?;
    let Some(table) = snapshot.table(&asked.table) else {
        return Err(Failure::new("no-table", format!("it has no table {}", asked.table)));
    };
    if table.kind != Kind::Table || table.columns.iter().any(|column| column.generated) {
        let message = format!("{} is not a plain table, whose rows are recorded facts", table.name);
        return Err(Failure::new("not-a-table", message));
    }
    let shape = snapshot.shape(table, asked.id.as_deref())?;
    let mut rows = 0;
    snapshot.each_row(&shape, |_| {
        rows += 1;
        Ok(())
    })?;
    if rows == 0 {
        return Err(Failure::new("no-rows", format!("{} has no row", table.name)));
    }
    let mut cutter = Cutter::new(&shape, &options.out, rows, options.partitions);
    snapshot.each_row(&shape, |cells| cutter.add(cells))?;
    let manifest = cutter.finish(source.origin.clone(), format!("readiness {}", env!("CARGO_PKG_VERSION")))?;
    snapshot.close()?;
    Ok(manifest)
}

fn problem(path: &str, failure: Failure) -> Problem {
    Problem::new(failure.code, Grade::Error, path, Location::whole(), failure.message)
}

fn refused(problem: &Problem) -> Exit {
    let path = if problem.path.is_empty() { String::new() } else { format!("{}: ", problem.path) };
    terminal::note(&plain::lines(&clean(&format!("nothing was exported: {path}{} [{}]", problem.message, problem.code))));
    Exit::Unproven
}

fn summary(manifest: &Manifest, text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for part in &manifest.partitions {
        lines.push(format!("{}  {}  {}", part.sha256, part.path, clean(&told(part))));
    }
    let table = clean(&manifest.table.name);
    lines.push(format!("{}  {NAME}  {} rows of {table}", hash::sha256(text.as_bytes()), grouped(manifest.rows)));
    lines.push(String::new());
    lines.join("\n")
}
