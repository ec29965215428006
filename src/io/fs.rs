//! The door to the file system, to `walkdir` and to `globset`.

mod artifact;

use crate::io::hash::sha256;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

pub use artifact::Artifact;

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

/// Whether something is there, be it a link that leads nowhere.
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
