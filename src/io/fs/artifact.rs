//! What is looked at before it is read.

use super::{files, is_dir, sum_of_folder};
use crate::io::hash::Hashing;
use crate::io::private::Copied;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

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
