//! What can be said of a database file before SQLite sees it, and where SQLite may open it.
//!
//! Source: <https://www.sqlite.org/fileformat.html>, sections 1.2, 1.3 and 3.

use super::{Failure, Note, wal};
use crate::io::private::Folder;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

const MAGIC: &[u8; 16] = b"SQLite format 3\0";
const HEADER: usize = 100;
/// No snapshot is as large, in bytes.
const LARGEST: u64 = 256 << 30;

/// Whether a file is called as databases of SQLite are.
pub fn is_named(name: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    ["db", "db3", "sqlite", "sqlite3"].iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// Whether a file begins like an SQLite database.
pub fn is_database(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// A database that may be opened.
#[derive(Debug)]
pub(super) struct Place {
    /// What SQLite is told to open.
    pub(super) uri: String,
    /// The size of the database and its log.
    pub(super) bytes: u64,
    /// What should be known of it.
    pub(super) notes: Vec<Note>,
    /// What may be of interest.
    pub(super) remarks: Vec<Note>,
    original: PathBuf,
    state: State,
    _folder: Option<Folder>,
}

/// What changes when somebody writes.
#[derive(Debug, PartialEq, Eq)]
struct State {
    bytes: u64,
    header: Vec<u8>,
    log: u64,
    journal: bool,
    /// Which files they are, and when they were written to, of the database and of its log.
    stamps: [Option<Stamp>; 2],
}

impl Place {
    /// # Errors
    /// When the file or what lies beside it is not as it was.
    pub(super) fn unchanged(&self) -> Result<(), Failure> {
        if state(&self.original)? == self.state { Ok(()) } else { Err(changed()) }
    }
}

fn changed() -> Failure {
    Failure::new("changed", "the database was written to while it was read; take a copy that nobody writes to")
}

/// Judges a file and what lies beside it. A database with a write-ahead log is copied, both together, into a private
/// folder, because SQLite would otherwise write beside the evidence.
pub(super) fn admit(path: &Path) -> Result<Place, Failure> {
    let path = resolved(path)?;
    let state = state(&path)?;
    let header = Header::read(&state.header)?;
    if state.journal {
        let message = "a -journal lies beside the database: a transaction was cut off; open the database once with its own program, or take the copy with `VACUUM INTO`";
        return Err(Failure::new("hot-journal", message));
    }
    let bytes = state.bytes + state.log;
    if bytes > LARGEST {
        return Err(Failure::new("too-large", format!("the database is larger than {} GiB", LARGEST >> 30)));
    }
    let remarks = header.remarks();
    if state.log > 0 {
        let notes = wal::judge(&sidecar(&path, "-wal"), header.page)?;
        let folder = Folder::new().map_err(|e| Failure::new("unreadable", format!("no private folder could be made: {e}")))?;
        let copy = folder.0.join("copy.db");
        duplicate(&path, &copy)?;
        duplicate(&sidecar(&path, "-wal"), &sidecar(&copy, "-wal"))?;
        let place = Place { uri: uri(&copy, "mode=ro")?, bytes, notes, remarks, original: path, state, _folder: Some(folder) };
        place.unchanged()?;
        return Ok(place);
    }
    header.match_size(state.bytes)?;
    let mut notes = Vec::new();
    if header.logged {
        let message = "the database was written with a write-ahead log, and no -wal lies beside it: the newest rows may be missing";
        notes.push(Note { code: "no-log", message: message.to_owned() });
    }
    Ok(Place { uri: uri(&path, "immutable=1")?, bytes, notes, remarks, original: path, state, _folder: None })
}

/// The path with every link in its folders followed, but not the file itself.
pub(super) fn resolved(path: &Path) -> Result<PathBuf, Failure> {
    let name = path.file_name().ok_or_else(|| Failure::new("unreadable", "the path names no file"))?;
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(folder.canonicalize().map_err(unreadable)?.join(name))
}

fn unreadable(error: io::Error) -> Failure {
    Failure::new("unreadable", error.to_string())
}

fn state(path: &Path) -> Result<State, Failure> {
    let meta = regular(path)?.ok_or_else(|| unreadable(ErrorKind::NotFound.into()))?;
    let mut header = Vec::with_capacity(HEADER);
    File::open(path).and_then(|file| file.take(HEADER as u64).read_to_end(&mut header)).map_err(unreadable)?;
    let log = regular(&sidecar(path, "-wal"))?;
    Ok(State {
        bytes: meta.len(),
        header,
        log: log.as_ref().map_or(0, Metadata::len),
        journal: has_hot_journal(path)?,
        stamps: [Some(stamp(&meta)), log.as_ref().map(stamp)],
    })
}

/// Device, number, and the seconds and nanoseconds of the last change of content and of anything else.
#[cfg(unix)]
type Stamp = [i64; 6];

#[cfg(unix)]
fn stamp(meta: &Metadata) -> Stamp {
    use std::os::unix::fs::MetadataExt;
    [meta.dev().cast_signed(), meta.ino().cast_signed(), meta.mtime(), meta.mtime_nsec(), meta.ctime(), meta.ctime_nsec()]
}

/// When it was written to.
#[cfg(not(unix))]
type Stamp = Option<std::time::SystemTime>;

#[cfg(not(unix))]
fn stamp(meta: &Metadata) -> Stamp {
    meta.modified().ok()
}

/// The file's metadata, if there is one; anything but a regular file is refused.
fn regular(path: &Path) -> Result<Option<Metadata>, Failure> {
    let meta = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        other => other.map_err(unreadable)?,
    };
    if meta.is_file() {
        return Ok(Some(meta));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let what = if meta.is_symlink() { "a link; name the file itself" } else { "not a regular file" };
    Err(Failure::new("unreadable", format!("{name} is {what}")))
}

/// A journal whose first byte is zero was finished; SQLite leaves it lying in some modes.
fn has_hot_journal(path: &Path) -> Result<bool, Failure> {
    let journal = sidecar(path, "-journal");
    if regular(&journal)?.is_none() {
        return Ok(false);
    }
    let mut first = Vec::new();
    File::open(&journal).and_then(|file| file.take(1).read_to_end(&mut first)).map_err(unreadable)?;
    Ok(first.first().is_some_and(|byte| *byte != 0))
}

fn sidecar(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

struct Header {
    page: u64,
    pages: u64,
    logged: bool,
    counted: bool,
    reserved: u8,
    encoding: u32,
    free: u32,
}

impl Header {
    fn read(header: &[u8]) -> Result<Header, Failure> {
        if header.is_empty() {
            return Err(Failure::new("empty-file", "the file is empty"));
        }
        if !MAGIC.starts_with(&header[..header.len().min(MAGIC.len())]) {
            return Err(Failure::new("not-a-database", "the file is not an SQLite database"));
        }
        if header.len() < HEADER {
            return Err(Failure::new("truncated", format!("the file ends after {} bytes, within its header", header.len())));
        }
        let page = match u64::from(number(header, 16) >> 16) {
            1 => 65_536,
            n => n,
        };
        if !page.is_power_of_two() || !(512..=65_536).contains(&page) || header[21..24] != [64, 32, 32] {
            return Err(Failure::new("damaged", "the header of the database is damaged"));
        }
        Ok(Header {
            page,
            pages: number(header, 28).into(),
            logged: header[18] == 2 || header[19] == 2,
            // The count was written by the program that wrote last.
            counted: number(header, 24) == number(header, 92),
            reserved: header[20],
            encoding: number(header, 56),
            free: number(header, 36),
        })
    }

    /// What is not the usual way to write a database.
    fn remarks(&self) -> Vec<Note> {
        let mut remarks = Vec::new();
        let mut say = |code, message: String| remarks.push(Note { code, message });
        if self.reserved > 0 {
            say("reserved-bytes", format!("{} bytes at the end of every page are reserved for an extension", self.reserved));
        }
        if matches!(self.encoding, 2 | 3) {
            say("utf-16", "its texts are in UTF-16".to_owned());
        }
        if self.free > 0 {
            let message = format!("{} pages are free: rows were deleted from this database, or moved within it", self.free);
            say("free-pages", message);
        }
        remarks
    }

    fn match_size(&self, bytes: u64) -> Result<(), Failure> {
        let Header { page, pages, .. } = *self;
        if !self.counted || pages == 0 {
            let message = "the header does not state how many pages the database has; copy it with `VACUUM INTO`";
            return Err(Failure::new("damaged", message));
        }
        if pages * page == bytes {
            return Ok(());
        }
        let fate = if bytes < pages * page { "it was cut short, or is still being written" } else { "something follows the database" };
        let message = format!("the header states {pages} pages of {page} bytes, {} in all, and the file has {bytes}: {fate}", pages * page);
        Err(Failure::new("truncated", message))
    }
}

/// The big-endian number at `at`; 0 beyond the end.
fn number(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_be_bytes)
}

/// `file:` with every byte that means something in a URI escaped.
fn uri(path: &Path, parameter: &str) -> Result<String, Failure> {
    let text = path.to_str().ok_or_else(|| Failure::new("unreadable", "the path is not UTF-8"))?;
    let text = if cfg!(windows) { text.trim_start_matches(r"\\?\").replace('\\', "/") } else { text.to_owned() };
    let mut uri = String::from(if text.starts_with('/') { "file:" } else { "file:/" });
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' | b':' => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    Ok(format!("{uri}?{parameter}"))
}

fn duplicate(from: &Path, to: &Path) -> Result<(), Failure> {
    let copy = || {
        let mut target = OpenOptions::new().write(true).create_new(true).open(to)?;
        io::copy(&mut File::open(from)?, &mut target)
    };
    copy().map(drop).map_err(unreadable)
}
