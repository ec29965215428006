//! The door to what runs of other programs leave: a folder for a while, and files told apart from those that were there before.

use super::fs;
use std::fs::{File, create_dir, remove_dir_all};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A date that no file has that was written now.
const LONG_AGO: SystemTime = SystemTime::UNIX_EPOCH;

/// Gives a file a date of long ago, so that [`is_aged`] tells whether it was written since: two writes can be closer than the clock of a file
/// system ticks.
///
/// # Errors
/// When it may not be written.
pub fn age(path: &Path) -> io::Result<()> {
    File::options().append(true).open(path)?.set_modified(LONG_AGO)
}

/// Whether a file has not been written since [`age`].
pub fn is_aged(path: &Path) -> bool {
    fs::modified(path) == Some(LONG_AGO)
}

/// A folder of our own for a while, removed with all that is in it in the end.
pub struct Scratch(PathBuf);

impl Scratch {
    /// Makes one where the system keeps such things.
    ///
    /// # Errors
    /// When none can be made.
    pub fn new() -> io::Result<Scratch> {
        let place = |n: u32| std::env::temp_dir().join(format!("readiness-{}-{n}", std::process::id()));
        let free = (0..1000).map(place).find_map(|path| match create_dir(&path) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => None,
            made => Some(made.map(|()| Scratch(path))),
        });
        free.unwrap_or_else(|| Err(io::ErrorKind::AlreadyExists.into()))
    }

    /// The path of a file in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What the system does not let go it will sweep out itself.
        let _ = remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_folder_is_there_for_a_while_and_no_two_are_one() {
        let (one, other) = (Scratch::new().unwrap(), Scratch::new().unwrap());
        let file = one.path("file");
        fs::write(&file, b"text").unwrap();
        assert!(file != other.path("file") && fs::exists(&file));
        drop(one);
        assert!(!fs::exists(&file));
    }

    #[test]
    fn a_file_that_is_written_again_is_told_from_one_that_is_not() {
        let folder = Scratch::new().unwrap();
        let file = folder.path("file");
        fs::write(&file, b"text").unwrap();
        assert!(!is_aged(&file));
        age(&file).unwrap();
        assert!(is_aged(&file));
        // The same text again is a new date.
        std::fs::write(&file, b"text").unwrap();
        assert!(!is_aged(&file));
        assert!(age(&folder.path("none")).is_err() && !is_aged(&folder.path("none")));
    }
}
