//! The door to the file system, to `walkdir` and to `globset`.

use crate::io::hash::{Hashing, sha256};
use crate::io::private::Copied;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// How much of a file a format may look at before it claims it.
const HEAD: usize = 64 * 1024;

/// A file that may be evidence, or a folder of files that belong together: where it is, what it is called in messages, and how it begins.
#[derive(Clone, Debug, Default)]
pub struct Artifact {
    /// Where it is.
    pub path: PathBuf,
    /// As the configuration or the command line names it.
    pub name: String,
    /// The first 64 KiB; of a folder nothing.
    pub head: Vec<u8>,
    /// Its size in bytes, or that of all files of a folder.
    pub size: u64,
    /// Of a folder: the files below it, relative to it, in the order of their names' bytes. None of a file.
    pub members: Option<Vec<String>>,
    /// What it is a private copy of, where it is one.
    pub copied: Option<Arc<Copied>>,
}

impl Artifact {
    /// Looks at the beginning of a regular file.
    ///
    /// # Errors
    /// When it is not there, not a regular file, or cannot be read.
    pub fn look(path: &Path, name: impl Into<String>) -> io::Result<Artifact> {
        let meta = fs::metadata(path)?;
        if !meta.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        let mut head = Vec::new();
        File::open(path)?.take(HEAD as u64).read_to_end(&mut head)?;
        Ok(Artifact { path: path.to_owned(), name: name.into(), head, size: meta.len(), members: None, copied: None })
    }

    /// Looks at a regular file, or at what lies in a folder.
    ///
    /// # Errors
    /// When it is not there, neither of both, or cannot be read.
    pub fn find(path: &Path, name: impl Into<String>) -> io::Result<Artifact> {
        let name = name.into();
        if !is_dir(path) {
            return Artifact::look(path, name);
        }
        let mut members = files(path);
        members.sort_unstable();
        let sizes = members.iter().map(|member| fs::metadata(path.join(member)).map(|meta| meta.len()));
        let size = sizes.sum::<io::Result<u64>>()?;
        let plain = name.trim_end_matches('/');
        let name = if plain.is_empty() { name } else { plain.to_owned() };
        Ok(Artifact { path: path.components().collect(), name, head: Vec::new(), size, members: Some(members), copied: None })
    }

    /// Looks at the beginning of a file of a folder.
    ///
    /// # Errors
    /// When it is not there any more, or cannot be read.
    pub fn member(&self, name: &str) -> io::Result<Artifact> {
        Artifact::look(&self.path.join(name), format!("{}/{name}", self.name))
    }

    /// Its size in bytes and its SHA-256 in lower-case hex. That of a folder is the digest of the list of its files that `sha256sum`
    /// prints, in the order of their names.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn digest(&self) -> io::Result<(u64, String)> {
        let Some(members) = &self.members else { return self.open()?.finish() };
        let read = |member| Hashing::new(BufReader::new(File::open(self.path.join(member))?)).finish();
        let sums = members.iter().map(read).collect::<io::Result<Vec<_>>>()?;
        let bytes = sums.iter().map(|(bytes, _)| bytes).sum();
        Ok((bytes, sum_of_folder(members.iter().zip(sums.into_iter().map(|(_, sum)| sum)))))
    }

    /// Opens it for reading from the beginning; what is read is hashed.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(&self) -> io::Result<Hashing<BufReader<File>>> {
        Ok(Hashing::new(BufReader::with_capacity(256 * 1024, File::open(&self.path)?)))
    }

    /// Its beginning as text, as far as it is UTF-8.
    pub fn head_text(&self) -> &str {
        let bytes = self.head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.head);
        match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or(""),
        }
    }

    /// The file that others lie beside: of a private copy the one it was made from.
    pub fn beside(&self) -> &Path {
        self.copied.as_ref().and_then(|copied| copied.from.as_deref()).unwrap_or(&self.path)
    }

    /// The last part of its name.
    pub fn file_name(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }
}

/// The digest of a folder, from the names of its files in order, and their digests.
pub fn sum_of_folder<'m>(files: impl Iterator<Item = (&'m String, String)>) -> String {
    let list: String = files.map(|(name, sum)| format!("{sum}  {name}\n")).collect();
    sha256(list.as_bytes())
}

/// The largest text file that is read whole, in bytes.
const TEXT: u64 = 4 * 1024 * 1024;

/// The whole content of a small text file.
///
/// # Errors
/// When it is not a regular file, is larger than 4 MiB, cannot be read or is not UTF-8.
pub fn read_text(path: &Path) -> io::Result<String> {
    let wrong = |message: &str| io::Error::new(io::ErrorKind::InvalidData, message);
    if !fs::metadata(path)?.is_file() {
        return Err(wrong("not a regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(TEXT + 1).read_to_end(&mut bytes)?;
    text(bytes)
}

/// Bytes as a small text file.
///
/// # Errors
/// When it is larger than 4 MiB or not UTF-8.
pub fn text(bytes: Vec<u8>) -> io::Result<String> {
    let wrong = |message: &str| io::Error::new(io::ErrorKind::InvalidData, message);
    if bytes.len() as u64 > TEXT {
        return Err(wrong("the file is larger than 4 MiB"));
    }
    String::from_utf8(bytes).map_err(|e| {
        let start = e.as_bytes();
        let utf16 = start.starts_with(&[0xFF, 0xFE]) || start.starts_with(&[0xFE, 0xFF]);
        wrong(if utf16 { "this is text in UTF-16; save it as UTF-8" } else { "this is not text in UTF-8" })
    })
}

/// The largest file that is read whole, in bytes.
const WHOLE: u64 = 256 * 1024 * 1024;

/// The whole content of a file, or of whatever else can be read.
///
/// # Errors
/// When it cannot be read, or is larger than 256 MiB.
pub fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(WHOLE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > WHOLE {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is larger than 256 MiB"));
    }
    Ok(bytes)
}

/// Opens a file of any size.
///
/// # Errors
/// When it is not a regular file or cannot be opened.
pub fn open(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file")) }
}

/// The one name of a file, all links followed; its own where it cannot be followed.
pub fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// Whether something is there, followed through links.
pub fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Whether there is a file or folder here, links followed.
pub fn exists(path: &Path) -> bool {
    path.exists()
}

/// The path of a file beside another, whose name is the other's and more.
pub fn beside(path: &Path, more: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(more);
    PathBuf::from(name)
}

/// When something was last written, as the file system says: good for telling whether it was written again, and for nothing else.
pub fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|meta| meta.modified()).ok()
}

/// Whether it is a folder.
pub fn is_dir(path: &Path) -> bool {
    path.is_dir()
}

/// Writes a file and the folders above it; an unchanged file is left alone.
///
/// # Errors
/// When a folder or the file cannot be written.
pub fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    // Only a file can be the same already; reading a pipe or a device would wait for ever.
    let same = |meta: fs::Metadata| meta.is_file() && meta.len() == content.len() as u64;
    if fs::metadata(path).is_ok_and(same) && fs::read(path).is_ok_and(|old| old == content) {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, content)
}

/// Writes a new file and the folders above it.
///
/// # Errors
/// When the file is there already, or it or a folder cannot be written.
pub fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::OpenOptions::new().write(true).create_new(true).open(path)?.write_all(content)
}

/// Makes an empty file, or empties the one that is there.
///
/// # Errors
/// When it cannot be written.
pub fn create(path: &Path) -> io::Result<File> {
    File::create(path)
}

/// Removes a file, if it is there.
///
/// # Errors
/// When it is there and stays.
pub fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

/// Makes a folder and those above it.
///
/// # Errors
/// When it cannot be made.
pub fn make(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// Appends to a file, making it where there is none.
///
/// # Errors
/// When it cannot be written.
pub fn append(path: &Path, content: &[u8]) -> io::Result<()> {
    fs::OpenOptions::new().append(true).create(true).open(path)?.write_all(content)
}

/// All regular files below `root` as paths relative to it, with `/` between folders, in order. `.git` and links to folders are not entered.
pub fn files(root: &Path) -> Vec<String> {
    files_outside(root, &[])
}

/// As [`files`], without entering folders that end in one of these paths (`node_modules`, `target/debug`).
pub fn files_outside(root: &Path, skipped: &[&str]) -> Vec<String> {
    // The folder a program works in may be called by no name at all, which nothing can be opened by.
    let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
    walkdir::WalkDir::new(root)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| {
            let below = entry.depth() > 0 && entry.file_type().is_dir();
            entry.file_name() != ".git" && !(below && skipped.iter().any(|folder| entry.path().ends_with(folder)))
        })
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_file())
        .filter_map(|entry| entry.path().strip_prefix(root).ok().map(slashed))
        .collect()
}

/// Everything below `root` that is not a folder, also links that lead nowhere, as [`files`] names it.
///
/// # Errors
/// When a folder cannot be read.
pub fn listing(root: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new(root).sort_by_file_name() {
        let entry = entry?;
        if !entry.path().is_dir() {
            found.extend(entry.path().strip_prefix(root).ok().map(slashed));
        }
    }
    Ok(found)
}

/// The names of the regular files directly in a folder, in order.
///
/// # Errors
/// When the folder cannot be read.
pub fn names(folder: &Path) -> io::Result<Vec<String>> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.path().is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// The names of the folders directly in `root`, in order.
pub fn folders(root: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(root) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.filter_map(Result::ok).filter(|e| e.path().is_dir()).map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort_unstable();
    names
}

/// A path as text with `/` between folders.
pub fn slashed(path: &Path) -> String {
    let tidy: PathBuf = path.components().collect();
    tidy.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}

/// Whether a configured path is a pattern rather than one file's name.
pub fn is_glob(pattern: &str) -> bool {
    pattern.contains(['*', '?', '[', '{'])
}

/// The longest pattern, in bytes.
const PATTERN: usize = 1024;
/// How many `{a,b}` a pattern may have; they multiply.
const CHOICES: usize = 16;

/// A compiled pattern: `*` within a folder, `**` across folders.
#[derive(Clone, Debug)]
pub struct Glob(globset::GlobMatcher);

impl PartialEq for Glob {
    fn eq(&self, other: &Glob) -> bool {
        self.pattern() == other.pattern()
    }
}

impl Glob {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// A sentence about what is wrong with it.
    pub fn new(pattern: &str) -> Result<Glob, String> {
        Glob::build(pattern, true)
    }

    /// Compiles a pattern for names that are no paths: `*` also stands for a `/`.
    ///
    /// # Errors
    /// As [`Glob::new`].
    pub fn of_names(pattern: &str) -> Result<Glob, String> {
        Glob::build(pattern, false)
    }

    fn build(pattern: &str, of_paths: bool) -> Result<Glob, String> {
        // `globset` panics over what its machine cannot hold.
        if pattern.len() > PATTERN {
            return Err(format!("a pattern of {} bytes; the most is {PATTERN}", pattern.len()));
        }
        if pattern.matches('{').count() > CHOICES {
            return Err(format!("a pattern with more than {CHOICES} `{{`"));
        }
        globset::GlobBuilder::new(pattern).literal_separator(of_paths).build().map(|g| Glob(g.compile_matcher())).map_err(|e| e.to_string())
    }

    /// The pattern as it was written.
    pub fn pattern(&self) -> &str {
        self.0.glob().glob()
    }

    /// Whether a path with `/` between folders matches.
    pub fn matches(&self, path: &str) -> bool {
        self.0.is_match(path)
    }
}

/// The folder a process works in.
///
/// # Errors
/// When it was removed or may not be seen.
pub fn working_directory() -> io::Result<PathBuf> {
    std::env::current_dir()
}
