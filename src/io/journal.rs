//! The door to files that several processes append to: whole lines, one process at a time, on the disk before the next may.
//!
//! The lock is on the file itself and goes with the process, so that a crash leaves nothing to clean up. Whoever writes the
//! file anew puts another one in its place; a process that waited for the old one notices and opens the new one.

mod line;

use super::fs::{beside, real};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

pub use line::{Content, content, is_mark};

/// A file that nobody else appends to as long as this lives.
pub struct Journal {
    file: File,
    path: PathBuf,
}

impl Journal {
    /// Opens a file for appending, making it and the folders above it where they are not there, and waits until it is ours.
    ///
    /// # Errors
    /// When it cannot be made, opened or locked.
    pub fn open(path: &Path) -> io::Result<Journal> {
        if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            fs::create_dir_all(parent)?;
        }
        Journal::lock(path, true)
    }

    /// As [`Journal::open`], of a file that is there.
    ///
    /// # Errors
    /// Also when it is not there.
    pub fn existing(path: &Path) -> io::Result<Journal> {
        Journal::lock(path, false)
    }

    fn lock(path: &Path, create: bool) -> io::Result<Journal> {
        loop {
            let file = OpenOptions::new().read(true).append(true).create(create).open(path)?;
            if !file.metadata()?.is_file() {
                return Err(io::Error::new(ErrorKind::InvalidInput, "not a regular file"));
            }
            file.lock()?;
            // A link is followed, or writing anew would put a file in its place.
            let journal = Journal { file, path: real(path) };
            if journal.is_in_place()? {
                return Ok(journal);
            }
        }
    }

    /// Whether the file that is locked is the one that has the name.
    #[cfg(unix)]
    fn is_in_place(&self) -> io::Result<bool> {
        use std::os::unix::fs::MetadataExt;
        let own = self.file.metadata()?;
        match fs::metadata(&self.path) {
            Ok(named) => Ok((own.dev(), own.ino()) == (named.dev(), named.ino())),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(false),
            Err(e) => Err(e),
        }
    }

    /// As above, where files have no numbers: one that was replaced is left empty.
    #[cfg(not(unix))]
    fn is_in_place(&self) -> io::Result<bool> {
        let own = self.file.metadata()?.len();
        match fs::metadata(&self.path) {
            Ok(named) => Ok(own == named.len()),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(false),
            Err(e) => Err(e),
        }
    }

    /// Its size in bytes.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn size(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    /// Its last bytes, at most so many.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn tail(&mut self, most: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.file.seek(SeekFrom::Start(self.size()?.saturating_sub(most)))?;
        (&self.file).take(most).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// From its beginning.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn reader(&mut self) -> io::Result<impl BufRead + '_> {
        self.file.seek(SeekFrom::Start(0))?;
        Ok(BufReader::with_capacity(256 * 1024, &self.file))
    }

    /// Appends bytes with a single write, and brings them to the disk. What could be written of them only in part is taken back.
    ///
    /// # Errors
    /// When they cannot be written; then the file is as it was, as far as the disk allows.
    pub fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let before = self.size()?;
        let written = self.file.write_all(bytes).and_then(|()| self.file.sync_data());
        if written.is_err() {
            let _ = self.file.set_len(before);
        } else if before == 0 {
            settle(&self.path);
        }
        written
    }

    /// Puts other content in the file's place, all of it or none. Waiting processes then append to the new file.
    ///
    /// # Errors
    /// When it cannot be written; then the file is as it was.
    pub fn replace(self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        let new = beside(&self.path, &format!(".{}.new", std::process::id()));
        let written = self.write_new(&new, write).and_then(|()| fs::rename(&new, &self.path));
        if written.is_err() {
            let _ = fs::remove_file(&new);
            return written;
        }
        if cfg!(not(unix)) {
            self.file.set_len(0)?;
        }
        settle(&self.path);
        Ok(())
    }

    fn write_new(&self, path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        let file = OpenOptions::new().write(true).create_new(true).open(path)?;
        file.set_permissions(self.file.metadata()?.permissions())?;
        let mut buffer = BufWriter::with_capacity(256 * 1024, file);
        write(&mut buffer)?;
        buffer.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
    }
}

/// Brings a new name in a folder to the disk, where the system can.
fn settle(path: &Path) {
    if let Some(folder) = path.parent().filter(|_| cfg!(unix)) {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn appends_whole_lines_and_tells_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/er/a.jsonl");
        assert_eq!(Journal::existing(&path).err().map(|e| e.kind()), Some(ErrorKind::NotFound));
        Journal::open(&path).unwrap().append(b"one\ntwo\n").unwrap();
        let mut journal = Journal::existing(&path).unwrap();
        assert_eq!(
            (journal.tail(4).unwrap(), journal.tail(100).unwrap(), journal.size().unwrap()),
            (b"two\n".to_vec(), b"one\ntwo\n".to_vec(), 8)
        );
        journal.append(b"three\n").unwrap();
        assert_eq!(journal.reader().unwrap().lines().map(Result::unwrap).collect::<Vec<_>>(), ["one", "two", "three"]);
        assert!(Journal::open(folder.path()).is_err());
    }

    #[test]
    fn who_waited_for_a_file_appends_to_the_one_in_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        fs::write(&path, "old\nkept\n").unwrap();
        let journal = Journal::existing(&path).unwrap();
        let waiting: Vec<_> = (0..4)
            .map(|n| {
                let path = path.clone();
                std::thread::spawn(move || Journal::open(&path).unwrap().append(format!("new {n}\n").as_bytes()).unwrap())
            })
            .collect();
        std::thread::sleep(std::time::Duration::from_millis(50));
        journal.replace(|out| out.write_all(b"kept\n")).unwrap();
        waiting.into_iter().for_each(|thread| thread.join().unwrap());
        let text = fs::read_to_string(&path).unwrap();
        let mut lines: Vec<&str> = text.lines().collect();
        lines.sort_unstable();
        assert_eq!(lines, ["kept", "new 0", "new 1", "new 2", "new 3"]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left behind");
    }

    #[test]
    fn what_cannot_be_written_anew_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        fs::write(&path, "old\n").unwrap();
        let failed = Journal::existing(&path).unwrap().replace(|out| {
            out.write_all(b"half")?;
            Err(io::Error::other("full"))
        });
        assert!(failed.is_err());
        assert_eq!((fs::read_to_string(&path).unwrap().as_str(), fs::read_dir(folder.path()).unwrap().count()), ("old\n", 1));
    }
}
