//! More bytes than fit in memory, one after the other.

use super::Folder;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};

/// How many bytes are held in memory.
const SPOOLED: usize = 1 << 16;
/// How many are read at once, where all are wanted or few.
const ALL: usize = 1 << 13;
const FEW: usize = 1 << 9;

/// Bytes that are written once, on disk as soon as they are many.
#[derive(Debug, Default)]
pub struct Spool {
    held: Vec<u8>,
    /// How many are on disk.
    written: u64,
    // Closed before the folder is removed.
    file: Option<File>,
    folder: Option<Folder>,
}

impl Spool {
    /// Adds bytes.
    ///
    /// # Errors
    /// When the disk cannot be written to.
    pub fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.held.extend_from_slice(bytes);
        if self.held.len() < SPOOLED {
            return Ok(());
        }
        if self.file.is_none() {
            let folder = Folder::new()?;
            let path = folder.0.join("spool");
            self.file = Some(OpenOptions::new().read(true).append(true).create_new(true).open(path)?);
            self.folder = Some(folder);
        }
        if let Some(file) = &mut self.file {
            file.write_all(&self.held)?;
            self.written += self.held.len() as u64;
        }
        self.held.clear();
        Ok(())
    }

    /// All of them, from the first.
    ///
    /// # Errors
    /// When the disk cannot be read.
    pub fn read(&mut self) -> io::Result<impl BufRead> {
        self.from(0, ALL)
    }

    /// Those at a place, of which few are wanted.
    ///
    /// # Errors
    /// When the disk cannot be read.
    pub fn at(&mut self, place: u64) -> io::Result<impl BufRead> {
        self.from(place, FEW)
    }

    fn from(&mut self, place: u64, at_once: usize) -> io::Result<impl BufRead> {
        if let Some(file) = &mut self.file {
            file.seek(SeekFrom::Start(place.min(self.written)))?;
        }
        let written: Box<dyn Read> = match &self.file {
            Some(file) => Box::new(file),
            None => Box::new(io::empty()),
        };
        let passed = usize::try_from(place.saturating_sub(self.written)).unwrap_or(usize::MAX);
        let held = self.held.get(passed..).unwrap_or_default();
        Ok(BufReader::with_capacity(at_once, written.chain(held)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_spooled_is_read_from_the_first_byte() {
        for length in [0, 10, SPOOLED, 3 * SPOOLED + 5] {
            let mut spool = Spool::default();
            let bytes: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
            bytes.chunks(7).for_each(|chunk| spool.add(chunk).unwrap());
            for place in [0, length / 3, length] {
                let mut read = Vec::new();
                spool.read().unwrap().read_to_end(&mut read).unwrap();
                assert!(read == bytes, "{length}");
                read.clear();
                spool.at(place as u64).unwrap().read_to_end(&mut read).unwrap();
                assert!(read == bytes[place..], "{length} {place}");
            }
            spool.add(&[7]).unwrap();
            assert_eq!(spool.read().unwrap().bytes().last().unwrap().unwrap(), 7, "reading does not move the end");
            let folder = spool.folder.as_ref().map(|folder| folder.0.clone());
            drop(spool);
            assert!(folder.is_none_or(|folder| !folder.exists()));
        }
    }
}
