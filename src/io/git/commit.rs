//! The files of one commit, read without checking them out.

use super::{FETCH, ask, git, top, words};
use crate::io::fs;
use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path, PathBuf};

/// The largest file that is read from a commit.
const LARGEST: u64 = 64 * 1024 * 1024;

/// A commit of the repository around a folder.
#[derive(Clone, Debug)]
pub struct Commit {
    /// Its full id.
    pub id: String,
    /// As it was asked for.
    pub name: String,
    /// The top folder of the repository.
    top: PathBuf,
    /// What relative paths start from.
    here: PathBuf,
    /// By path from the top.
    files: BTreeMap<String, Blob>,
}

/// What a path of a commit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// A folder with something in it.
    Folder,
    /// A symbolic link, or another repository: not followed.
    Other,
}

#[derive(Clone, Debug)]
struct Blob {
    kind: Kind,
    id: String,
    size: u64,
}

/// The commit that `reference` names, in the repository around `folder`.
///
/// # Errors
/// When there is no repository, no such commit, or git cannot tell what is in it.
pub fn commit(folder: &Path, reference: &str) -> Result<Commit, String> {
    let top = top(folder).map(PathBuf::from).ok_or("there is no git repository here")?;
    let spec = format!("{reference}^{{commit}}");
    let id = ask(&top, &["rev-parse", "--verify", "--quiet", "--end-of-options", &spec])
        .ok_or_else(|| format!("the commit is not known here: {FETCH}, or name another commit, branch or tag"))?;
    let output = git(&top, &["ls-tree", "-r", "-z", "-l", "--full-tree", &id])?;
    if !output.status.success() {
        return Err(format!("git does not list the commit: {}", words(&output)));
    }
    let lines = output.stdout.split(|byte| *byte == 0).filter(|line| !line.is_empty());
    let files = lines.map(entry).collect::<Option<_>>().ok_or("the list of files of git cannot be read")?;
    let here = fs::working_directory().map_err(|e| e.to_string())?;
    Ok(Commit { id, name: reference.to_owned(), top, here, files })
}

/// `100644 blob 3f2a9c0b…      12\tpath`.
fn entry(line: &[u8]) -> Option<(String, Blob)> {
    let line = String::from_utf8_lossy(line);
    let (head, path) = line.split_once('\t')?;
    let mut words = head.split_whitespace();
    let (mode, _, id, size) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let kind = if mode.starts_with("100") { Kind::File } else { Kind::Other };
    Some((path.to_owned(), Blob { kind, id: id.to_owned(), size: size.parse().unwrap_or(0) }))
}

impl Commit {
    /// `main (14c907f)`.
    pub fn shown(&self) -> String {
        let short = self.id.get(..7).unwrap_or(&self.id);
        if self.id.starts_with(&self.name) { short.to_owned() } else { format!("{} ({short})", self.name) }
    }

    /// The path from the top of the repository; nothing for what lies outside of it. `..` is taken back without asking the disk.
    pub fn name_of(&self, path: &Path) -> Option<String> {
        let mut whole = PathBuf::new();
        for part in self.here.join(path).components() {
            match part {
                Component::ParentDir => {
                    whole.pop();
                }
                Component::CurDir => {}
                other => whole.push(other),
            }
        }
        whole.strip_prefix(&self.top).ok().map(fs::slashed)
    }

    /// What a path is, if it is there.
    pub fn kind(&self, path: &Path) -> Option<Kind> {
        let name = self.name_of(path)?;
        match self.files.get(&name) {
            Some(blob) => Some(blob.kind),
            None => self.below(path).next().map(|_| Kind::Folder),
        }
    }

    /// Everything below a folder, relative to it, in order.
    pub fn below<'c>(&'c self, folder: &Path) -> impl Iterator<Item = (&'c str, Kind)> + use<'c> {
        // What lies outside begins with something that no path begins with.
        let prefix = match self.name_of(folder) {
            Some(name) if name.is_empty() => String::new(),
            Some(name) => format!("{name}/"),
            None => "\0".to_owned(),
        };
        let from = self.files.range(prefix.clone()..);
        from.map_while(move |(path, blob)| Some((path.strip_prefix(&prefix)?, blob.kind)))
    }

    /// The whole content of a file.
    ///
    /// # Errors
    /// When it is not there, not a file, too large, or git does not give it.
    pub fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let blob = self.name_of(path).and_then(|name| self.files.get(&name)).ok_or_else(|| self.absent(path))?;
        let wrong = |message: String| io::Error::new(io::ErrorKind::InvalidData, message);
        if blob.kind != Kind::File {
            return Err(wrong(format!("not a regular file in {}: links are not followed in a commit", self.shown())));
        }
        if blob.size > LARGEST {
            return Err(wrong("the file is larger than 64 MiB".to_owned()));
        }
        let output = git(&self.top, &["cat-file", "blob", &blob.id]).map_err(wrong)?;
        if output.status.success() { Ok(output.stdout) } else { Err(wrong(words(&output))) }
    }

    /// Why a path cannot be read.
    pub fn absent(&self, path: &Path) -> io::Error {
        let why = match self.name_of(path) {
            None => "outside of the repository, where no commit reaches".to_owned(),
            Some(_) if self.kind(path) == Some(Kind::Other) => {
                format!("a link in {}: links are not followed in a commit", self.shown())
            }
            Some(_) => format!("not in {}", self.shown()),
        };
        io::Error::new(io::ErrorKind::NotFound, why)
    }
}
