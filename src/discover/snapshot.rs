//! Evidence that is no file of its own: a table on a server, and a table that was exported in partitions. Both become a private
//! SQLite file, and from there on are read like any other.

use crate::evidence::MISSING;
use crate::instant::Instant;
use crate::io::fs::{self, Artifact};
use crate::io::hash::sha256;
use crate::io::json;
use crate::io::postgres::{self as server, Address, Asked};
use crate::io::private::{Copied, Folder, Part};
use crate::io::sqlite::{self, Cell, Content, Copy, Snapshot};
use crate::metric::grouped;
use crate::partition::{Manifest, NAME, Origin, Partition, RowId, SCHEMA, Shape};
use crate::source::{Grade, Location, Problem};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The file of a private copy.
const FILE: &str = "copy.db";

/// A copy of a table, and what it is a copy of.
pub struct Trail {
    /// The private file.
    pub artifact: Artifact,
    /// Where it came from.
    pub origin: Origin,
}

/// Copies a table from the server that an address names.
///
/// # Errors
/// Why there is no evidence.
pub fn of_server(text: &str, asked: &Asked) -> Result<Trail, Box<Problem>> {
    // An address with a password in it is not shown at all.
    let address = Address::parse(text).map_err(|e| problem(e.code, "", format!("an address of a database: {}", e.message)))?;
    let wrong = |code: &'static str, message: String| problem(code, text, message);
    let (folder, path) = place().map_err(|message| wrong("unwritable", message))?;
    let copied = server::copy(&address, asked, &path).map_err(|e| wrong(e.code, e.message))?;
    let order = copied.shape.id.as_deref().unwrap_or("id");
    let rows = grouped(copied.rows);
    let message = format!("{rows} rows of {} in the order of {order}, copied from {}", copied.shape.name, copied.origin);
    let artifact = Artifact::look(&path, text).map_err(|e| wrong("unreadable", e.to_string()))?;
    let bytes = artifact.size;
    let source = Copied { bytes, sha256: copied.sha256, notes: vec![("copied", message)], parts: Vec::new(), from: None, folder };
    Ok(Trail { artifact: Artifact { copied: Some(Arc::new(source)), ..artifact }, origin: copied.origin })
}

/// Puts exports together: a manifest stands for all its partitions, and so does a partition that lies beside one.
pub fn join(found: &mut Vec<Artifact>, problems: &mut Vec<Problem>, asked: &Asked) {
    let mut seen: Vec<PathBuf> = Vec::new();
    let mut joined = Vec::with_capacity(found.len());
    for artifact in found.drain(..) {
        let Some((path, name)) = manifest_of(&artifact) else {
            joined.push(artifact);
            continue;
        };
        let real = fs::real(&path);
        if seen.contains(&real) {
            continue;
        }
        seen.push(real);
        match of_partitions(&path, &name, asked) {
            Ok(trail) => joined.push(trail.artifact),
            Err(problem) => problems.push(*problem),
        }
    }
    *found = joined;
}

/// The manifest that an artifact is, or that lies beside it; where it is, and how messages name it.
fn manifest_of(artifact: &Artifact) -> Option<(PathBuf, String)> {
    if artifact.copied.is_some() {
        return None;
    }
    if is_manifest(artifact) {
        return Some((artifact.path.clone(), artifact.name.clone()));
    }
    if !sqlite::is_database(&artifact.head) {
        return None;
    }
    let path = artifact.path.with_file_name(NAME);
    let name = artifact.name.rsplit_once('/').map_or_else(|| NAME.to_owned(), |(folder, _)| format!("{folder}/{NAME}"));
    Artifact::look(&path, name.clone()).ok().filter(is_manifest).map(|_| (path, name))
}

fn is_manifest(artifact: &Artifact) -> bool {
    let text = artifact.head_text();
    text.trim_start().starts_with('{') && text.contains("\"readiness/audit-export/")
}

/// Puts the partitions of an export together, one after the other, and holds each against the manifest.
///
/// # Errors
/// Why there is no evidence: a partition that is missing, is not as the manifest says, or is not in it.
pub fn of_partitions(path: &Path, name: &str, asked: &Asked) -> Result<Trail, Box<Problem>> {
    let wrong = |code: &'static str, message: String| problem(code, name, message);
    let text = fs::read_text(path).map_err(|e| wrong("unreadable", e.to_string()))?;
    let manifest: Manifest = json::read(text.as_bytes()).map_err(|e| wrong("manifest", format!("line {}: {}", e.line, e.message)))?;
    manifest.check().map_err(|message| wrong("manifest", message))?;
    if !manifest.table.name.eq_ignore_ascii_case(&asked.table) {
        return Err(wrong("no-table", format!("it is an export of {}, not of {}", manifest.table.name, asked.table)));
    }
    beyond(path, name, &manifest)?;
    let (folder, to) = place().map_err(|message| wrong("unwritable", message))?;
    let mut copy = Copy::begin(&to, &manifest.table).map_err(|e| wrong(e.code, e.message))?;
    let mut parts = Vec::with_capacity(manifest.partitions.len());
    for partition in &manifest.partitions {
        let shown = Path::new(name).with_file_name(&partition.path);
        let shown = fs::slashed(&shown);
        read(&path.with_file_name(&partition.path), &shown, partition, &manifest.table, &mut copy)?;
        let content = format!("partition {} of {}, {}", partition.partition, manifest.partitions.len(), told(partition));
        parts.push(Part { name: shown, bytes: partition.bytes, sha256: partition.sha256.clone(), content });
    }
    let content = copy.finish().map_err(|e| wrong(e.code, e.message))?;
    let rows = content.rows;
    if content.sha256() != manifest.sha256 {
        return Err(wrong("manifest", "the rows of its partitions are not the rows it states the digest of".to_owned()));
    }
    let message = format!("{} rows in {} partitions, exported by {} from {}", grouped(rows), parts.len(), manifest.tool, manifest.source);
    let artifact = Artifact::look(&to, name).map_err(|e| wrong("unreadable", e.to_string()))?;
    let source = Copied {
        bytes: text.len() as u64,
        sha256: sha256(text.as_bytes()),
        notes: vec![("exported", message)],
        parts,
        from: Some(path.to_owned()),
        folder,
    };
    Ok(Trail { artifact: Artifact { copied: Some(Arc::new(source)), ..artifact }, origin: manifest.source })
}

/// `250,000 rows, ids 1 to 250000`.
pub fn told(partition: &Partition) -> String {
    let ids = partition.min_id.as_ref().zip(partition.max_id.as_ref()).map(|(first, last)| format!(", ids {first} to {last}"));
    format!("{} rows{}", grouped(partition.rows), ids.unwrap_or_default())
}

/// A database beside the manifest that it does not name may hold rows that nobody judged.
fn beyond(path: &Path, name: &str, manifest: &Manifest) -> Result<(), Box<Problem>> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let names = fs::names(folder).map_err(|e| problem("unreadable", name, e.to_string()))?;
    let unknown = names.iter().filter(|file| !manifest.partitions.iter().any(|part| part.path == **file));
    for file in unknown {
        let is_database = Artifact::look(&folder.join(file), file.as_str()).is_ok_and(|artifact| sqlite::is_database(&artifact.head));
        if is_database {
            return Err(problem("partition-unknown", name, format!("{file} lies beside it and is none of its partitions")));
        }
    }
    Ok(())
}

/// Adds the rows of one partition to the copy.
fn read(path: &Path, shown: &str, partition: &Partition, shape: &Shape, copy: &mut Copy) -> Result<(), Box<Problem>> {
    let altered = |message: String| problem("partition-altered", shown, message);
    let failed = |e: sqlite::Failure| problem(e.code, shown, e.message);
    let artifact = Artifact::look(path, shown).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => {
            problem(MISSING, shown, format!("{shown} is not there: it is partition {} of an export", partition.partition))
        }
        _ => problem("unreadable", shown, e.to_string()),
    })?;
    let (bytes, sha256) = artifact.open().and_then(|file| file.finish()).map_err(|e| problem("unreadable", shown, e.to_string()))?;
    if (bytes, sha256.as_str()) != (partition.bytes, partition.sha256.as_str()) {
        return Err(altered(format!("its content is not what the manifest says: sha256 {sha256}, stated {}", partition.sha256)));
    }
    let snapshot = Snapshot::open(path, Instant(0)).map_err(failed)?;
    let names = |columns: &mut dyn Iterator<Item = &String>| columns.cloned().collect::<Vec<String>>();
    let expected = names(&mut shape.columns.iter().map(|column| &column.name));
    let table = snapshot.table(&shape.name).filter(|table| names(&mut table.columns.iter().map(|column| &column.name)) == expected);
    if table.is_none_or(|table| table.columns.iter().any(|column| column.generated)) {
        return Err(altered(format!("it does not hold the table {} that the manifest describes", shape.name)));
    }
    let place = id_place(shape);
    let (mut rows, mut ids) = (0, (None, None));
    snapshot
        .each_row(shape, |cells| {
            rows += 1;
            let id = id_of(cells, place);
            if ids.0.is_none() {
                ids.0.clone_from(&id);
            }
            ids.1 = id;
            copy.add(cells)
        })
        .map_err(failed)?;
    snapshot.close().map_err(failed)?;
    let stated = Partition { rows, min_id: ids.0, max_id: ids.1, ..partition.clone() };
    if stated != *partition {
        return Err(altered(format!("it holds {}, and the manifest states {}", told(&stated), told(partition))));
    }
    Ok(())
}

/// Where the id stands in a row.
pub fn id_place(shape: &Shape) -> Option<usize> {
    shape.columns.iter().position(|column| Some(&column.name) == shape.id.as_ref())
}

/// The id of a row, where it has one.
pub fn id_of(cells: &[Cell<'_>], place: Option<usize>) -> Option<RowId> {
    match *cells.get(place?)? {
        Cell::Integer(n) => Some(RowId::Number(n)),
        Cell::Text(text) => Some(RowId::Text(String::from_utf8_lossy(text).into_owned())),
        _ => None,
    }
}

/// A private folder, and the file that a copy goes to.
fn place() -> Result<(Folder, PathBuf), String> {
    let folder = Folder::new().map_err(|e| format!("no private folder could be made: {e}"))?;
    let path = folder.0.join(FILE);
    Ok((folder, path))
}

fn problem(code: &'static str, path: &str, message: String) -> Box<Problem> {
    Box::new(Problem::new(code, Grade::Error, path, Location::whole(), message))
}

/// Cuts a table into partitions of about as many rows each, in a folder.
pub struct Cutter<'a> {
    shape: &'a Shape,
    folder: &'a Path,
    /// How many rows are meant to be in each.
    size: u64,
    place: Option<usize>,
    open: Option<(Copy, Partition)>,
    last: Option<RowId>,
    whole: Content,
    done: Vec<Partition>,
}

impl<'a> Cutter<'a> {
    /// A cutter for a table of `rows` rows.
    pub fn new(shape: &'a Shape, folder: &'a Path, rows: u64, partitions: u64) -> Cutter<'a> {
        let size = rows.div_ceil(partitions.max(1)).max(1);
        Cutter { shape, folder, size, place: id_place(shape), open: None, last: None, whole: Content::new(shape), done: Vec::new() }
    }

    /// Adds a row. Rows of one id stay together.
    ///
    /// # Errors
    /// When it cannot be written, or the rows are not in the order of their ids.
    pub fn add(&mut self, cells: &[Cell<'_>]) -> Result<(), sqlite::Failure> {
        let id = id_of(cells, self.place);
        if let Some((_, partition)) = &self.open
            && partition.rows >= self.size
            && (id.is_none() || id != self.last)
        {
            self.close()?;
        }
        if self.open.is_none() {
            let n = self.done.len() as u64 + 1;
            let path = format!("partition-{n:03}.db");
            let copy = Copy::begin(&self.folder.join(&path), self.shape)?;
            let ids = (id.clone(), None);
            let partition = Partition { partition: n, path, rows: 0, min_id: ids.0, max_id: ids.1, bytes: 0, sha256: String::new() };
            self.open = Some((copy, partition));
        }
        if let Some((copy, partition)) = &mut self.open {
            copy.add(cells)?;
            partition.rows += 1;
            partition.max_id.clone_from(&id);
        }
        self.whole.add(cells);
        self.last = id;
        Ok(())
    }

    fn close(&mut self) -> Result<(), sqlite::Failure> {
        let Some((copy, mut partition)) = self.open.take() else { return Ok(()) };
        copy.finish()?;
        let unreadable = |e: std::io::Error| sqlite::Failure::new("unreadable", e.to_string());
        let artifact = Artifact::look(&self.folder.join(&partition.path), partition.path.as_str()).map_err(unreadable)?;
        (partition.bytes, partition.sha256) = artifact.open().and_then(|file| file.finish()).map_err(unreadable)?;
        self.done.push(partition);
        Ok(())
    }

    /// The manifest of all partitions.
    ///
    /// # Errors
    /// When the last one cannot be written.
    pub fn finish(mut self, source: Origin, tool: String) -> Result<Manifest, sqlite::Failure> {
        self.close()?;
        Ok(Manifest {
            schema: SCHEMA.to_owned(),
            tool,
            source,
            table: self.shape.clone(),
            rows: self.whole.rows,
            sha256: self.whole.sha256(),
            partitions: self.done,
        })
    }
}
