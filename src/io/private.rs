//! Temporary files that nobody else can see: a folder of our own, what is copied into one, and more than fits in memory.

pub mod leb128;
mod sorter;
mod spool;

pub use sorter::{Sorter, Source};
pub use spool::Spool;

use std::fs::{self, DirBuilder};
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a private copy was made from. The copy goes when nobody knows of it any more.
#[derive(Debug)]
pub struct Copied {
    /// The size of what was copied, in bytes.
    pub bytes: u64,
    /// SHA-256 of what was copied.
    pub sha256: String,
    /// What should be known of it: problem codes and sentences.
    pub notes: Vec<(&'static str, String)>,
    /// Further files that it was put together from.
    pub parts: Vec<Part>,
    /// The file it was made from, where it was one: what lies beside that lies beside the copy.
    pub from: Option<PathBuf>,
    /// Where the copy is.
    pub folder: Folder,
}

/// A file that is part of a copy.
#[derive(Clone, Debug)]
pub struct Part {
    /// As messages name it.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
    /// One line for people.
    pub content: String,
}

/// A folder that only we can enter, removed with all that is in it.
#[derive(Debug)]
pub struct Folder(pub PathBuf);

impl Folder {
    /// Makes one in the system's place for temporary files.
    ///
    /// # Errors
    /// When that cannot be written to.
    pub fn new() -> io::Result<Folder> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let root = std::env::temp_dir().canonicalize()?;
        loop {
            let n = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = root.join(format!("readiness-{}-{n}", std::process::id()));
            let mut builder = DirBuilder::new();
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            match builder.create(&path) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                other => return other.map(|()| Folder(path)),
            }
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing can be done about a folder that cannot be removed.
        let _ = fs::remove_dir_all(&self.0);
    }
}
