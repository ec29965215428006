//! The door to rules: they are read from the disk, or as they stand in a commit, whatever the working tree says.

use super::fs;
use super::git::{Commit, Kind};
use std::io;
use std::path::Path;

/// Where configuration, packs, waivers, statements, maps and the baseline are read from.
#[derive(Clone, Debug, Default)]
pub enum Shelf {
    /// The working tree.
    #[default]
    Disk,
    /// A commit; nothing outside of it is seen, and its links are not followed.
    Commit(Box<Commit>),
}

impl Shelf {
    /// Whether something is there.
    pub fn exists(&self, path: &Path) -> bool {
        match self {
            Shelf::Disk => fs::exists(path),
            Shelf::Commit(commit) => commit.kind(path).is_some(),
        }
    }

    /// Whether a folder is the top of a repository.
    pub fn is_top(&self, folder: &Path) -> bool {
        match self {
            Shelf::Disk => fs::exists(&folder.join(".git")),
            Shelf::Commit(commit) => commit.name_of(folder).is_some_and(|name| name.is_empty()),
        }
    }

    /// The whole content of a small text file.
    ///
    /// # Errors
    /// As [`fs::read_text`]; in a commit also when it is a link.
    pub fn read_text(&self, path: &Path) -> io::Result<String> {
        match self {
            Shelf::Disk => fs::read_text(path),
            Shelf::Commit(commit) => fs::text(commit.read(path)?),
        }
    }

    /// The whole content of a file.
    ///
    /// # Errors
    /// When it cannot be read; in a commit also when it is a link.
    pub fn read_bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        match self {
            Shelf::Disk => fs::read_bytes(path),
            Shelf::Commit(commit) => commit.read(path),
        }
    }

    /// The names of the folders directly in `root`, in order.
    pub fn folders(&self, root: &Path) -> Vec<String> {
        match self {
            Shelf::Disk => fs::folders(root),
            Shelf::Commit(commit) => {
                let mut names: Vec<String> =
                    commit.below(root).filter_map(|(name, _)| name.split_once('/')).map(|(folder, _)| folder.to_owned()).collect();
                names.dedup();
                names
            }
        }
    }

    /// Everything below `root` that is not a folder, relative to it, in order.
    ///
    /// # Errors
    /// When `root` is no folder that can be read.
    pub fn listing(&self, root: &Path) -> io::Result<Vec<String>> {
        match self {
            Shelf::Disk => fs::listing(root),
            Shelf::Commit(commit) => match commit.kind(root) {
                Some(Kind::Folder) => Ok(commit.below(root).map(|(name, _)| name.to_owned()).collect()),
                _ => Err(commit.absent(root)),
            },
        }
    }
}
